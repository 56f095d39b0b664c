"""The equation of one gradient element with its real numbers: upstream × local derivative, summed, then +=. Imports slopes, readings."""

from __future__ import annotations

import functools
import math
from html import escape
from typing import Any, NamedTuple

import numpy as np

from ..op import Op
from .formula import latex, mathml
from .passes import Pass, Step, dense
from .readings import element, operand, remarks, saved_of, slot_name
from .slopes import Row, slopes
from .words import inert, number

SHOWN = 8  # terms written out; the others are one number
Index = tuple[int, ...]


class Term(NamedTuple):
    """One product of the sum: the gradient of an output element, and the derivative of that element for the input's."""

    upstream_name: str
    upstream: float
    slope_name: str
    slope: float
    output: int  # which output of the operation
    place: Index

    @property
    def value(self) -> float:
        """upstream × local derivative."""
        return self.upstream * self.slope


class Explanation(NamedTuple):
    """Σ upstream · slope over `terms`, plus `rest` of `more` further terms, is `contribution`; before + contribution is after.

    `rest` is the contribution that the engine computed minus the terms shown: with no further terms it is rounding.
    `linear` is False where a rule's contribution is not made of such products (a custom function that clips, say).
    """

    k: int
    target: str  # the input's element, ∂L/∂…
    name: str  # the user's name of the input, or the op's
    place: Index
    rule: str
    terms: tuple[Term, ...]
    more: int
    rest: float
    contribution: float
    before: float | None
    after: float
    nth: int
    of: int
    notes: tuple[str, ...]
    linear: bool
    given: tuple[tuple[str, float], ...] = ()  # what the rule read at the one output element that took part: ("out[0, 1]", 0.5)

    @property
    def total(self) -> float:
        """The terms and the rest, added up."""
        return math.fsum([*(t.value for t in self.terms), self.rest]) if self._finite() else self.contribution

    def _finite(self) -> bool:
        return all(math.isfinite(v) for v in (*(t.value for t in self.terms), self.rest))

    def equation(self, digits: int = 4) -> str:
        """0.31 · 1.2 + (−0.08) · 0.75 + (6 more: −0.011) = 0.301"""
        if not self.linear:
            return f"{self.target} = {number(self.contribution, digits)}"
        fine = self._digits(digits)
        parts = [f"{_in(t.upstream, fine)} · {_in(t.slope, fine)}" for t in self.terms]
        if self.more:
            parts.append(f"({self.more} more: {number(self.rest, fine)})")
        elif self.terms and _visible(self.rest, self.contribution, digits):
            parts.append(f"(rounding: {number(self.rest, digits)})")
        return f"{' + '.join(parts) or '0'} = {number(self.contribution, digits)}"

    def _digits(self, digits: int) -> int:
        """The digits that terms need for their sum to be right to `digits`: more where large ones cancel."""
        largest = max((abs(v) for v in (*(t.value for t in self.terms), self.rest)), default=0.0)
        whole = abs(self.contribution)
        if not whole or not math.isfinite(largest) or not math.isfinite(whole) or largest <= whole:
            return digits
        return min(digits + math.ceil(math.log10(largest / whole)), 9)

    def names(self) -> str:
        """The same with names in place of numbers."""
        if not self.linear:
            return self.target
        parts = [f"{t.upstream_name}·{t.slope_name}" for t in self.terms]
        return f"{self.target} += {' + '.join(parts) or '0'}" + (f" + {self.more} more" if self.more else "")

    def sum_text(self, digits: int = 4) -> str:
        """before + contribution = after."""
        if self.before is None:
            return f"the first contribution{'' if self.of == 1 else f' of {self.of}'}: the gradient is {number(self.after, digits)}"
        added = f"{number(self.before, digits)} + {_in(self.contribution, digits)} = {number(self.after, digits)}"
        return f"+= contribution {self.nth} of {self.of}: {added}"

    def given_text(self, digits: int = 4) -> str:
        """out[0, 1] = 0.5, x[0, 1] = 2"""
        return ", ".join(f"{name} = {number(value, digits)}" for name, value in self.given)

    def text(self, digits: int = 4) -> str:
        """Several lines for a terminal."""
        lines = [f"{self.target}   (step {self.k})", f"  rule  {self.rule}", f"        {self.names()}", f"        {self.equation(digits)}"]
        if self.given:
            lines.append(f"        with {self.given_text(digits)}")
        lines.append(f"        {self.sum_text(digits)}")
        return "\n".join(map(inert, [*lines, *(f"  note  {note}" for note in self.notes)]))

    def latex(self, digits: int = 4) -> str:
        """The rule and the equation as LaTeX."""
        shown = self.equation(digits).replace("·", r"\cdot").replace("−", "-").replace("∞", r"\infty").replace("∂", r"\partial ")
        shown = shown.replace("NaN", r"\mathrm{NaN}").replace("(rounding:", r"(\text{rounding: }").replace(" more:", r"\text{ more: }")
        return latex(self.rule.partition(" = ")[2] or self.rule) + r" \qquad " + shown

    def mathml(self, digits: int = 4) -> str:
        """The rule and the equation as MathML."""
        rule = mathml(self.rule.partition(" = ")[2] or self.rule)
        return f'<p>{rule}</p><p class="eq">{escape(self.equation(digits))}</p>'

    def to_json(self) -> dict[str, Any]:
        """Everything as plain data, numbers in full."""
        terms = [[t.upstream_name, plain(t.upstream), t.slope_name, plain(t.slope)] for t in self.terms]
        numbers = {name: plain(getattr(self, name)) for name in ("rest", "contribution", "after")}
        return {
            "k": self.k, "target": self.target, "index": list(self.place), "rule": self.rule, "terms": terms, "more": self.more,
            "before": None if self.before is None else plain(self.before), "nth": self.nth, "of": self.of, "notes": list(self.notes),
            "linear": self.linear, "given": [[name, plain(value)] for name, value in self.given], **numbers,
        }  # fmt: skip

    def __repr__(self) -> str:
        return self.text()


def plain(x: float) -> float | str:
    """A number for JSON, NaN and infinity as text."""
    return x if math.isfinite(x) else str(x)


def _in(x: float, digits: int) -> str:
    """A number as a factor: negative ones in parentheses."""
    text = number(x, digits)
    return f"({text})" if text.startswith("−") else text


def _visible(rest: float, whole: float, digits: int) -> bool:
    """Whether rounding would show in the digits that are written."""
    return not math.isfinite(rest) or abs(rest) > abs(whole) * 10.0**-digits


def rule_text(step: Step, slot: int) -> str:
    """∂L/∂x = g · (1 − out²): the rule of one input, as the op's own declaration prints."""
    op = step.record.op
    name = slot_name(step, slot)
    formulas = _formulas(op) if isinstance(op, Op) else {}
    text = formulas.get(name.partition("[")[0]) or next(iter(formulas.values()), "")
    if not text:
        text = f"what {op.name} returns for it"
    elif name not in formulas and len(formulas) == 1:
        text += "" if name.endswith("]") else f" (its part for {name})"
    return f"∂L/∂{name} = {text}"


@functools.cache
def _formulas(op: Op) -> dict[str, str]:
    """The gradients of an op's inputs as it prints them."""
    return op.gradient_formulas()


def largest(part: np.ndarray) -> Index:
    """Where a contribution is NaN or infinite, else where it is largest."""
    if not part.size:
        raise ValueError("this gradient has no elements: there is nothing to explain")
    flat = np.abs(part).reshape(-1)
    bad = np.flatnonzero(~np.isfinite(flat))
    at = int(bad[0]) if bad.size else int(np.argmax(flat))
    return tuple(int(i) for i in np.unravel_index(at, part.shape))


def check_index(index: Any, shape: Index) -> Index:
    """An element's index as a tuple, from the end where negative. IndexError that says the shape."""
    given = tuple(index) if isinstance(index, (tuple, list)) else (index,)
    if len(given) != len(shape) or not all(hasattr(i, "__index__") for i in given):
        raise IndexError(f"index {given} names no element of a gradient of shape {shape}: give {len(shape)} whole numbers")
    at = tuple(int(i) + n if int(i) < 0 else int(i) for i, n in zip(given, shape, strict=True))
    if any(not 0 <= i < n for i, n in zip(at, shape, strict=True)):
        raise IndexError(f"index {given} is outside of a gradient of shape {shape}")
    return at


def explain(run: Pass, k: int, slot: int, index: Any = None, name: str = "", wanted: bool = True) -> Explanation:
    """The equation of one element of the contribution that step k makes to input `slot`; `wanted` says that remarks are."""
    step = run.steps[k - 1]
    came, went = run.arrays(k)
    part = dense(went[slot])
    at = largest(part) if index is None else check_index(index, part.shape)
    value, nth, _ = step.parts[slot]  # type: ignore[misc]
    contribution = complex(part[at]).real if part.dtype.kind == "c" else float(part[at])
    rows = None if part.dtype.kind == "c" else slopes(run, k, slot, at)
    found, total, size = _terms(run, step, slot, at, came, rows)
    linear = rows is not None and _agrees(total, contribution, size, part.dtype)
    shown = tuple(found[:SHOWN]) if linear else ()
    rest = contribution - math.fsum(t.value for t in shown) if linear and all(math.isfinite(t.value) for t in shown) else 0.0
    before = _so_far(run, value, k, slot, at)
    after = contribution if before is None else float(part.dtype.type(before) + part.dtype.type(contribution)) if part.dtype.kind == "f" else contribution
    own = slot_name(step, slot)
    notes = remarks(run, k, slot) if wanted else []
    if wanted:
        notes += _hooked(run, value, at)
    if not linear:
        notes.append("this rule's result is no sum of upstream × derivative (complex numbers, a hook, or a rule of the user's): shown whole")
    more = len(found) - len(shown) if linear else 0
    given = _given(saved_of(run, step), shown[0]) if len(shown) == 1 and not more and shown[0].slope_name.startswith("∂") else ()
    target = element(f"∂L/∂{name or own}", at)
    of = len(run.arrivals.get(value, ()))
    return Explanation(
        k, target, name or own, at, rule_text(step, slot), shown, more, rest, contribution, before, after, nth + 1, of, tuple(notes), linear, given
    )


def _terms(
    run: Pass, step: Step, slot: int, at: Index, came: list[Any], rows: list[Row | None] | None
) -> tuple[list[Term], float, float]:
    """(the products, largest first when there are many; their sum; the sum of their sizes)."""
    terms: list[tuple[float, int, Index, float, float]] = []
    total = size = 0.0
    for o, (g, found) in enumerate(zip(came, rows or [], strict=False)):
        if g is None or found is None:
            continue
        up, (row, counts) = dense(g), found
        live = np.flatnonzero(counts)  # elsewhere nothing flows: of a large array that is nearly everything
        with np.errstate(all="ignore"):
            products = up.reshape(-1)[live].astype(np.float64) * row.reshape(-1)[live]
        total, size = total + float(products.sum()), size + float(np.abs(products).sum())
        for i in range(live.size) if live.size <= SHOWN else _largest_of(np.abs(products)):
            where = tuple(int(v) for v in np.unravel_index(int(live[i]), up.shape))
            terms.append((float(products[i]), o, where, float(up[where]), float(row[where])))
        terms += [(0.0, -1, (), 0.0, 0.0)] * max(live.size - SHOWN, 0)
    real = [t for t in terms if t[1] >= 0]
    if len(terms) > SHOWN:
        real.sort(key=lambda t: -abs(t[0]) if math.isfinite(t[0]) else -math.inf)
        real = real[:SHOWN]
    saved = saved_of(run, step)
    many = len(came) > 1
    outputs = getattr(step.record.op, "outputs", ("out",))
    made = [_term(step, saved, slot, at, o, j, g, s, outputs, many) for _, o, j, g, s in real]
    return made + [made[0]] * (len(terms) - len(made)) if made else [], total, size


def _given(saved: dict[str, Any], term: Term) -> tuple[tuple[str, float], ...]:
    """The numbers that the rule of an elementwise operation read at one place."""
    found = []
    for name, value in saved.items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.ndim == len(term.place):
            at = tuple(0 if n == 1 else i for i, n in zip(term.place, value.shape, strict=True))
            if all(i < n for i, n in zip(at, value.shape, strict=True)):
                found.append((element(name, at), float(value[at])))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found.append((name, float(value)))
    return tuple(found)


def _largest_of(sizes: np.ndarray) -> np.ndarray:
    sizes = np.where(np.isfinite(sizes), sizes, np.inf)
    chosen = np.argpartition(sizes, -SHOWN)[-SHOWN:]
    return chosen[np.argsort(-sizes[chosen], kind="stable")]


def _term(step: Step, saved: dict[str, Any], slot: int, i: Index, o: int, j: Index, g: float, s: float, outputs: Any, many: bool) -> Term:
    out = (outputs[o] if o < len(outputs) else f"out{o}") if many else "out"
    known = operand(step, saved, slot, i, j, s)
    slope = known[0] if known is not None else "1" if s == 1 else f"∂{element(out, j)}/∂{element(slot_name(step, slot), i)}"
    return Term(element(f"g_{out}" if many else "g", j), g, slope, s, o, j)


def _agrees(total: float, contribution: float, size: float, kind: np.dtype) -> bool:
    if not math.isfinite(contribution) or not math.isfinite(size):
        return True  # NaN and infinity: the terms show where they come from
    tolerance = 1e-9 if kind == np.float64 else 2e-5 if kind == np.float32 else 2e-2
    return abs(total - contribution) <= tolerance * (size + abs(contribution)) + 1e-300


def _hooked(run: Pass, value: int, at: Index) -> list[str]:
    """What the user's hooks made of the gradient when all contributions were in; not asked where it would have to be computed again."""
    if run.budget.dropped:
        return []
    whole, after = run.gradient(value, len(run.steps)), _so_far(run, value, 0, 0, at)
    if whole is None or whole.dtype.kind != "f" or after is None:
        return []
    made = float(whole[at])
    close = made == after or (math.isnan(made) and math.isnan(after)) or abs(made - after) <= 1e-3 * max(abs(made), abs(after))
    return [] if close else [f"a hook made the gradient {number(made, 4)} of the sum {number(after, 4)}: what flows on is that"]


def _so_far(run: Pass, value: int, k: int, slot: int, at: Index) -> float | None:
    """The element of a gradient before a contribution came; None before the first."""
    start = run.seed(value)
    total: Any = None if start is None else dense(start)[at]
    for j, s in run.arrivals.get(value, ()):
        if (j, s) == (k, slot):
            break
        part = dense(run.arrays(j)[1][s])[at]
        total = part if total is None else total + part
    return None if total is None else float(np.real(total))
