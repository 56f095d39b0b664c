"""What a stepper shows at one place in time: the step that ran, its gradients, its rule, its line. Imports passes, explain, flags."""

from __future__ import annotations

import linecache
from typing import Any, NamedTuple

import numpy as np

from ..tensor.base import Tensor, wrap
from .breaks import flowing, paths_of
from .explain import Explanation, explain, rule_text
from .formula import latex, mathml
from .passes import Pass, Step, dense
from .readings import slot_name, step_word
from .records import Value
from .source import file_name
from .stats import Stats
from .words import number, shape_text


class Contribution(NamedTuple):
    """What a step gave to the gradient of one of its inputs; `nth` of `of`, counted from 1."""

    k: int
    slot: int
    name: str
    value: int  # id in the trace
    nth: int
    of: int
    array: np.ndarray
    stats: Stats

    @property
    def tensor(self) -> Tensor:
        """The numbers as a tensor of its own."""
        return wrap(np.array(self.array))

    def __repr__(self) -> str:
        return f"<to {self.name}: {shape_text(self.array.shape)}, L2/√n {number(self.stats.rms)}, {self.nth} of {self.of}>"


class Element(NamedTuple):
    """One element of what a step sends on: which input, where in it, and that it is the `nth` of `of`, counted from 1."""

    slot: int
    place: tuple[int, ...]
    nth: int
    of: int


class Source(NamedTuple):
    """A line of the user's code."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{file_name(self.file)}:{self.line}  {self.text}".rstrip()


class Moment:
    """The state after step k, k = 0 before any: read only, cheap to make. `element` is the one that went on last where elements are stepped."""

    def __init__(self, run: Pass, k: int, flags: dict[int, list[Any]], element: Element | None = None) -> None:
        self.element = element
        self._run = run
        self._flags = flags
        self.k = k

    @property
    def step(self) -> Step | None:
        """The recorded step, None at the seed."""
        return self._run.steps[self.k - 1] if self.k else None

    @property
    def node(self) -> Any:
        """The graph node whose rule ran."""
        return None if self.step is None else self.step.node

    @property
    def op(self) -> str:
        """The name of its operation, "seed" before the first step."""
        return "seed" if self.step is None else step_word(self.step)

    @property
    def module(self) -> str:
        """The dotted name of the module that ran it."""
        return "" if self.step is None else (paths_of(self.step) or [""])[-1]

    @property
    def modules(self) -> list[str]:
        """The modules around it, from the outside in."""
        return [] if self.step is None else paths_of(self.step)

    @property
    def source(self) -> Source | None:
        """The user's line that made the operation, None where it was not recorded (compute the loss inside of `viz.record()`)."""
        place = None if self.step is None else self.step.record.line
        return None if place is None else Source(*place, linecache.getline(*place).strip())

    @property
    def upstream(self) -> Tensor | list[Tensor | None]:
        """The gradient that came to the operation's output; a list for several outputs. At the seed what the pass starts with."""
        if not self.k:
            return wrap(np.array(self._run.seeds[0][1]))
        came = [None if g is None else wrap(np.array(dense(g))) for g in self._run.arrays(self.k)[0]]
        return came[0] if len(came) == 1 and came[0] is not None else came

    @property
    def contributions(self) -> list[Contribution]:
        """What went on to each input that needs a gradient."""
        if self.step is None:
            return []
        _, went = self._run.arrays(self.k)
        found = []
        for slot, part in enumerate(self.step.parts):
            if part is not None:
                value, nth, kept = part
                of = len(self._run.arrivals[value])
                found.append(Contribution(self.k, slot, self.name_of(slot), value, nth + 1, of, dense(went[slot]), kept.stats))
        return found

    def name_of(self, slot: int) -> str:
        """What an input is called: by the user, else by the operation."""
        assert self.step is not None
        part = self.step.parts[slot]
        value = None if part is None else self._run.trace.values[part[0]]
        return (value.name if value is not None else "") or slot_name(self.step, slot)

    @property
    def rule(self) -> str:
        """The gradient of each input, printed from the op's own declaration."""
        return "\n".join(self.rules)

    @property
    def rules(self) -> list[str]:
        """The same, one text for each input that gets a gradient."""
        return [] if self.step is None else [rule_text(self.step, slot) for slot, part in enumerate(self.step.parts) if part is not None]

    @property
    def rule_mathml(self) -> str:
        """The rules as MathML."""
        return "".join(mathml(text.partition(" = ")[2]) for text in self.rules)

    @property
    def rule_latex(self) -> str:
        """The rules as LaTeX."""
        return r" \\ ".join(latex(text.partition(" = ")[2]) for text in self.rules)

    @property
    def stats(self) -> list[Stats]:
        """Statistics of every gradient of this step: those that came, then those that went on."""
        return [] if self.step is None else [kept.stats for kept in flowing(self.step)]

    @property
    def flags(self) -> list[Any]:
        """What is wrong here."""
        return self._flags.get(self.k, [])

    def explain(self, index: Any = None, slot: int | None = None, remarks: bool = True) -> Explanation:
        """The equation of one element; see `Stepper.explain`."""
        if self.step is None:
            raise ValueError("nothing has run yet: this is the seed. step() first")
        slots = [s for s, part in enumerate(self.step.parts) if part is not None]
        if not slots:
            raise ValueError(f"step {self.k} ({self.op}) passed no gradient on: there is nothing to explain")
        if slot is None and index is None and self.element is not None:
            slot, index = self.element.slot, self.element.place
        if slot is None:
            values = self._run.trace.values
            slot = next((s for s in slots if values[self.step.parts[s][0]].role == "parameter"), slots[0])  # type: ignore[index]
        elif slot not in slots:
            raise ValueError(f"slot {slot} of step {self.k} ({self.op}) gets no gradient: it is one of {slots}")
        return explain(self._run, self.k, slot, index, self.name_of(slot), remarks)

    def title(self) -> str:
        """linear  net.0"""
        return f"{self.op}  {self.module}".rstrip()

    def text(self) -> str:
        """Where this is, in a few lines."""
        run = self._run
        head = f"step {self.k} of {len(run.steps)}: {self.title()}" if self.k else f"step 0 of {len(run.steps)}: the seed, ∂L/∂L = 1"
        lines = [head]
        if self.source is not None:
            lines.append(f"  at    {self.source}")
        if self.step is not None:
            lines += [f"  rule  {text}" for text in self.rules]
            lines += [f"  came  {_line(kept)}" for kept in self.step.upstream if kept is not None]
            for slot, part in enumerate(self.step.parts):
                if part is not None:
                    of = len(run.arrivals[part[0]])
                    count = f", {part[1] + 1} of {of}" if of > 1 else ""
                    lines.append(f"  to    {self.name_of(slot)}: {_line(part[2])}{count}")
            if self.element is not None:
                lines += [f"  element {self.element.nth} of {self.element.of}", *("  " + line for line in self.explain(remarks=False).text().split("\n"))]
            if self.element is None or self.element.nth == self.element.of:
                lines += [f"  done  {run.trace.values[v].name or 'a leaf'}: its gradient is complete" for v, _ in self.step.done]
        return "\n".join(lines + [f"  ! {flag.text}" for flag in self.flags])

    def __repr__(self) -> str:
        return self.text()


def _line(kept: Any) -> str:
    s = kept.stats
    array = kept.array if s.size <= 4 else None
    if array is not None:
        return f"{shape_text(array.shape)}  " + ", ".join(number(float(np.real(v)), 4) for v in array.reshape(-1))
    shape = kept.array.shape if kept.array is not None else (s.size,)
    text = f"{shape_text(shape)}  L2/√n {number(s.rms)}, {number(s.least)} … {number(s.greatest)}"
    if s.zeros:
        text += f", {100 * s.zeros / s.size:.3g} % zeros"
    return text + (f", {s.nans} NaN" if s.nans else "") + (f", {s.infs} infinite" if s.infs else "")


def called(run: Pass, value: Value) -> str:
    """A value in words: its name, or what made it."""
    if value.name:
        return value.name
    if value.maker is None:
        return "a leaf" if value.role == "parameter" else "data"
    record = run.trace.records[value.maker]
    return f"{record.name}{f' of {record.path}' if record.path else ''} (operation {record.id})"
