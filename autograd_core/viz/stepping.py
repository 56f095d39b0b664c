"""The stepper: a cursor over the steps of one backward pass, which goes both ways. Imports passes, moments, breaks and what looks at them.

What it shows is what the engine's own walk did. It only reads: `.grad`, saved values, hooks, counters and random numbers stay as they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..graph import Leaf
from ..tensor.base import Tensor, node_of, wrap
from ..tensor.gradient import seeds_of
from .breaks import Breakpoint, checked
from .check import Check, check
from .explain import Explanation
from .flags import Flag, Gain, flags_of, gains
from .moments import Contribution, Element, Moment, called
from .names import name_values
from .passes import Pass
from .recorder import bytes_of
from .scalars import Elements
from .step_page import Shown, to_page, write
from .tape import adopt
from .targets import step_for, value_for
from .terminal import run as run_terminal
from .trace import Trace, live
from .what_if import Difference, compare
from .why import Path as WhyPath
from .why import why
from .writes import Pending, Write, frontier, writes

GRANULARITIES = ("op", "module", "scalar")


def stepper(
    loss: Tensor, grad: Tensor | None = None, granularity: str = "op", budget: int | float | str = "256MB", params: Any = None
) -> Stepper:
    """A stepper through the backward pass of a tensor, at its seed: no step has been taken.

    `grad` is the gradient that the pass starts with, for a tensor that is no scalar. With `granularity="module"` step() and back() go by
    calls of modules, with "scalar" by single elements of what an operation sends on (over() finishes the operation). Gradients are kept
    until `budget` is used up; those beyond it are computed again when they are looked at. `params` names tensors as in `draw`. The values
    of the graph must still be there: make it before backward(), or after backward(retain_graph=True).
    Lines of the source are known for what was computed inside of `viz.record()`.

    >>> s = viz.stepper(loss)
    >>> s.step()          # the rule of the last operation ran
    >>> s.explain()       # its numbers, element by element
    >>> s.back()

    TypeError, ValueError or RuntimeError for what has no graph to step through.
    """
    if granularity not in GRANULARITIES:
        raise ValueError(f"granularity={granularity!r} is not known: it is one of {', '.join(map(repr, GRANULARITIES))}")
    if not isinstance(loss, Tensor):
        raise TypeError(f"stepper takes a Tensor, the loss: got {type(loss).__name__}")
    node = loss._node
    if node is None or type(node) is Leaf:
        raise ValueError(
            "nothing to step through: no operation was recorded for this tensor. It was detached, or made under no_grad(), or from tensors "
            "without requires_grad=True; compute it with gradients and give it to the stepper before detach() or item()"
        )
    trace = _trace_of(loss, params)
    seeds = seeds_of([loss], [grad], False)
    return Stepper(Pass(trace, seeds, bytes_of(budget)), granularity)


def _trace_of(loss: Tensor, params: Any) -> Trace:
    """The graph of the loss: from the recording that saw it, else read from the nodes. Its events are the stepper's own."""
    seen = next((t for t in list(live) if (v := t.value_of(loss)) is not None and v.maker is not None), None)
    if seen is None:
        trace = Trace.of(loss)
    else:
        adopt(seen, [node_of(loss)])
        trace = seen.beside()
        trace.roots = [trace.by_source[node_of(loss).id]]
    name_values(trace, params)
    return trace


class Stepper:
    """Where a backward pass stands, and what it was, will be, or would be. `viz.stepper(loss)` makes one.

    `k` steps have been taken; the properties `node`, `op`, `module`, `source`, `rule`, `upstream`, `contributions`, `stats` and `flags` are those
    of the last of them, and `at(k)` has them for any other.
    """

    def __init__(self, run: Pass, granularity: str = "op", parent: Stepper | None = None) -> None:
        self.run = run
        self.granularity = granularity
        self.parent = parent
        self.elements = Elements(run) if granularity == "scalar" else None
        self.k = 0
        self.breakpoints: list[Breakpoint] = []

    @property
    def k(self) -> int:
        """How many steps have been taken; with granularity "scalar" the last of them may be under way (see `element`)."""
        return self._k

    @k.setter
    def k(self, k: int) -> None:
        self._k = k
        self.element = 0 if self.elements is None else self.elements.count(k)  # how many elements of step k have gone on

    @property
    def _complete(self) -> int:
        """How many steps are complete."""
        return self._k - (self.elements is not None and self.element < self.elements.count(self._k))

    # moving

    def step(self, n: int = 1) -> Stepper:
        """n steps on, of one operation, one module call or one element; at the end it stays."""
        for _ in range(_count(n, "step")):
            if self.elements is not None:
                self._k, self.element = self.elements.after(self._k, self.element)
                continue
            self.k = self._module_end(self.k) if self.granularity == "module" else min(self.k + 1, len(self))
        return self

    def back(self, n: int = 1) -> Stepper:
        """n steps back; at the seed it stays."""
        for _ in range(_count(n, "back")):
            if self.elements is not None:
                self._k, self.element = self.elements.before(self._k, self.element)
                continue
            self.k = self._module_start(self.k) if self.granularity == "module" else max(self.k - 1, 0)
        return self

    def goto(self, where: Any) -> Stepper:
        """To step number `where` (from the end where negative), "start", "end", the step of a node, the completion of a tensor's gradient
        (a tensor or the name of a parameter), or the first step in a module by its name."""
        self.k = step_for(self.run, where)
        return self

    def over(self) -> Stepper:
        """Past the whole module call that comes next; one operation where none does, or the rest of the one that is under way."""
        if self._complete < self.k:
            return self.goto(self.k)
        ahead = self._calls(self.k + 1)
        inside = self._calls(self.k)
        new = [call for call in ahead if not any(call is c for c in inside)]
        return self._while_in(new[0]) if new else self.goto(min(self.k + 1, len(self))) if self.elements else self.step()

    def out(self) -> Stepper:
        """To the end of the module call that it is in; to the end of everything outside of modules."""
        calls = self._calls(self.k)
        self.goto(self.k if calls else "end")
        if not calls:
            return self
        return self._while_in(calls[-1])

    def cont(self) -> Stepper:
        """On to the next breakpoint, or to the end."""
        self.k = next((k for k in range(self.k + 1, len(self) + 1) if self._stops(k)), len(self))
        return self

    def rcont(self) -> Stepper:
        """Back to the breakpoint before, or to the seed."""
        self.k = next((k for k in range(self.k - 1, 0, -1) if self._stops(k)), 0)
        return self

    def _calls(self, k: int) -> list[Any]:
        """The module calls around step k, from the outside in."""
        found: list[Any] = []
        call = self.run.steps[k - 1].record.scope if 0 < k <= len(self) else None
        while call is not None:
            found.insert(0, call)
            call = getattr(call, "outer", None)
        return found

    def _while_in(self, call: Any) -> Stepper:
        while self.k < len(self) and any(c is call for c in self._calls(self.k + 1)):
            self.k += 1
        return self

    def _module_end(self, k: int) -> int:
        """The last step of the innermost module call that the next step is in."""
        scope = self._scope(k + 1)
        k = min(k + 1, len(self))
        while scope is not None and k < len(self) and self._scope(k + 1) is scope:
            k += 1
        return k

    def _module_start(self, k: int) -> int:
        """The step before the innermost module call that step k is in."""
        scope = self._scope(k)
        k = max(k - 1, 0)
        while scope is not None and k > 0 and self._scope(k) is scope:
            k -= 1
        return k

    def _scope(self, k: int) -> Any:
        return self.run.steps[k - 1].record.scope if 0 < k <= len(self) else None

    # breakpoints

    def break_on(
        self,
        nan: bool = False,
        inf: bool = False,
        above: float | None = None,
        below: float | None = None,
        op: str = "",
        module: str = "",
        param: Any = None,
        when: Callable[[Moment], Any] | None = None,
    ) -> Breakpoint:
        """Stop `cont()` and `rcont()` where a gradient is NaN, infinite, has an element above or a size (L2/√n) below a limit: any of them;
        at an op, in a module (patterns such as "blocks.3.*"), where a parameter's gradient is written, where `when(moment)` is true: all of them.

        ValueError for a name that is not in this pass.
        """
        number = max((b.number for b in self.breakpoints), default=0) + 1
        value = None if param is None else value_for(self.run, param)
        name = "" if value is None else called(self.run, self.run.trace.values[value])
        point = checked(self.run.steps, number, op, module, above, below, when, nan=nan, inf=inf, param=value, name=name)
        self.breakpoints.append(point)
        return point

    def clear(self, number: int | None = None) -> None:
        """Take away one breakpoint by its number, or all. ValueError for a number that there is not."""
        if number is not None and all(b.number != number for b in self.breakpoints):
            raise ValueError(f"there is no breakpoint {number}: there are {', '.join(str(b.number) for b in self.breakpoints) or 'none'}")
        self.breakpoints = [b for b in self.breakpoints if number is not None and b.number != number]

    def _stops(self, k: int) -> bool:
        return any(b.hits(self.run.steps[k - 1]) and (b.when is None or b.when(self.at(k))) for b in self.breakpoints)

    # looking

    def at(self, k: int) -> Moment:
        """The state after step k, wherever the cursor stands."""
        return Moment(self.run, step_for(self.run, k), self._flags)

    @property
    def now(self) -> Moment:
        """The state at the cursor."""
        return Moment(self.run, self.k, self._flags, self._last())

    def _last(self) -> Element | None:
        """The element that went on last, with granularity "scalar"."""
        place = None if self.elements is None else self.elements.place(self.k, self.element)
        return None if place is None or self.elements is None else Element(*place, self.element, self.elements.count(self.k))

    @property
    def node(self) -> Any:
        """The graph node whose rule ran last, None at the seed."""
        return self.now.node

    @property
    def op(self) -> str:
        """The name of its operation."""
        return self.now.op

    @property
    def module(self) -> str:
        """The dotted name of the module that ran it."""
        return self.now.module

    @property
    def source(self) -> Any:
        """The user's line that made it, None where it was not recorded."""
        return self.now.source

    @property
    def rule(self) -> str:
        """The gradient of each input, printed from the op's own declaration."""
        return self.now.rule

    @property
    def upstream(self) -> Any:
        """The gradient that came."""
        return self.now.upstream

    @property
    def contributions(self) -> list[Contribution]:
        """What went on to each input."""
        return self.now.contributions

    @property
    def stats(self) -> list[Any]:
        """Statistics of every gradient of this step."""
        return self.now.stats

    @cached_property
    def flags(self) -> list[Flag]:
        """Everywhere that something is wrong in this pass: NaN and infinity at their birth, vanishing and exploding layers with their cause."""
        return flags_of(self.run)

    @cached_property
    def _flags(self) -> dict[int, list[Flag]]:
        found: dict[int, list[Flag]] = {}
        for flag in self.flags:
            found.setdefault(flag.k, []).append(flag)
        return found

    @property
    def gains(self) -> list[Gain]:
        """How much longer or shorter each step made the gradient, the largest change first."""
        return sorted(gains(self.run), key=lambda g: -abs(np.log(g.gain)))

    def grad_of(self, t: Any, k: int | None = None) -> Tensor | None:
        """The gradient of a tensor (or of a parameter by its name) as far as it has arrived at the cursor, or after step k; None before."""
        value = value_for(self.run, t)
        if k is None and self.elements is not None:
            array = self.elements.gradient(value, self.k, self.element)
        else:
            array = self.run.gradient(value, self.k if k is None else step_for(self.run, k))
        return None if array is None else wrap(np.array(array))

    @property
    def frontier(self) -> list[Pending]:
        """The gradients that have arrived and wait for their operation's rule, and those of leaves."""
        return frontier(self.run, self._complete)

    def writes(self, t: Any) -> list[Write]:
        """Every contribution that makes the gradient of a tensor, in order."""
        return writes(self.run, value_for(self.run, t))

    def last_write(self, t: Any) -> Write | None:
        """The last of them up to the cursor, None when nothing has been written."""
        return next((w for w in reversed(self.writes(t)) if w.k <= self._complete), None)

    def explain(self, index: Any = None, slot: int | None = None) -> Explanation:
        """upstream × local derivative = contribution, with the numbers of one element of an input's gradient at the cursor.

        `slot` chooses the input (a parameter where there is one); `index` the element (the largest; one that is NaN first).
        """
        return self.now.explain(index, slot)

    def why(self, t: Any, index: Any = None) -> WhyPath:
        """Why an element of a gradient is what it is: the way from the loss that gave most of it, product by product."""
        return why(self.run, value_for(self.run, t), index)

    def check(self, slot: int | None = None) -> Check:
        """The rule of this step alone against finite differences of its operation in float64."""
        return check(self.now, slot)

    def inject(self, value: Any) -> Stepper:
        """A branch in which this gradient came to the current operation instead (at the seed: the pass started with it). This stepper stays."""
        run = self.run
        step = self.now.step
        shape, kind = (run.seeds[0][0].shape, run.seeds[0][0].dtype) if step is None else (step.node.shape, step.node.dtype)
        if isinstance(kind, tuple):
            raise ValueError(f"{self.op} has several outputs: inject() at a step of one output, or make a stepper with grad=")
        given = np.asarray(value.array if isinstance(value, Tensor) else value)
        if given.shape != tuple(shape):
            raise ValueError(f"inject() takes the gradient of the output of {self.op}, of shape {tuple(shape)}: got {given.shape}")
        array = given.astype(kind)
        changes, seeds = dict(run.changes), list(run.seeds)
        if step is None:
            seeds = [(seeds[0][0], array)]
        else:
            changes[step.node] = array
        branch = Stepper(Pass(run.trace, seeds, run.budget.limit + run.room, changes), self.granularity, self)
        branch.k = self.k
        return branch

    def diff(self, other: Stepper) -> list[Difference]:
        """How the gradients of the leaves differ from those of another stepper through the same graph, the largest change first."""
        return compare(self.run, other.run)

    # writing

    def html(self, path: str | os.PathLike[str] | None = None, title: str = "") -> str | Path:
        """One page for any browser, with no network and no kernel: its text, or the path it was written to. OSError for a path that cannot be."""
        page = to_page(self, title)
        return page if path is None else write(page, path)

    def show(self, height: int = 720) -> Shown:
        """The page in a notebook's output, with text beside it where no page can be shown."""
        return Shown(str(self.html()), self.now.text(), height)

    def terminal(self) -> None:
        """Step in this terminal, with pdb's words: h lists them."""
        run_terminal(self)

    def to_json(self) -> dict[str, Any]:
        """The steps as plain data, without the arrays."""
        values = self.run.trace.values
        return {
            "schema": 1,
            "steps": [
                {
                    "k": s.k, "op": m.op, "module": m.module, "rules": m.rules, "source": None if m.source is None else [*m.source],
                    "upstream": [None if kept is None else kept.stats.to_json() for kept in s.upstream],
                    "parts": [
                        None if p is None else {"value": p[0], "name": called(self.run, values[p[0]]), "nth": p[1], **p[2].stats.to_json()}
                        for p in s.parts
                    ],
                }
                for s, m in ((s, self.at(s.k)) for s in self.run.steps)
            ],
            "flags": [flag._asdict() for flag in self.flags],
            "budget": str(self.run.budget),
        }  # fmt: skip

    def __iter__(self) -> Iterator[Moment]:
        """From the cursor to the end, which the cursor follows."""
        while self._complete < len(self):
            self.step()
            yield self.now

    def __len__(self) -> int:
        """The number of steps of the pass."""
        return len(self.run.steps)

    def __repr__(self) -> str:
        return self.now.text()


def _count(n: Any, name: str) -> int:
    if not hasattr(n, "__index__") or isinstance(n, bool) or int(n) < 0:
        raise ValueError(f"{name}({n!r}): the number of steps is a whole number, 0 or more; back() goes the other way")
    return int(n)

