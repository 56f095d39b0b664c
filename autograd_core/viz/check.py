"""One rule against finite differences of its own operation, in float64: `check` of a stepper. Imports moments and passes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .moments import Moment
from .passes import Step, dense
from .readings import saved_of, slot_name
from .words import number

EPS = 1e-6
MANY = 64  # elements of an input that are tried one by one


class Check(NamedTuple):
    """What the rule gave and what differences gave, for `tried` elements of an input; `error` is the largest relative one."""

    op: str
    name: str
    tried: int
    error: float
    worst: tuple[int, ...]
    rule: float
    difference: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether they agree."""
        return bool(self.error <= self.tolerance)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        word = "agrees with" if self.passed else "differs from"
        return (
            f"<the rule of {self.op} for {self.name} {word} finite differences: {self.tried} elements, relative error {number(self.error, 2)}; "
            f"at {list(self.worst)} {number(self.rule, 6)} and {number(self.difference, 6)}>"
        )


def check(moment: Moment, slot: int | None = None) -> Check:
    """Nudge elements of one input and see how Σ g · out moves. ValueError where the inputs are not known or are integers."""
    step = moment.step
    if step is None:
        raise ValueError("nothing has run yet: this is the seed. step() first")
    slots = [c.slot for c in moment.contributions]
    if not slots:
        raise ValueError(f"step {moment.k} ({moment.op}) passed no gradient on: there is no rule to check")
    if slot is None:
        slot = slots[0]
    elif slot not in slots:
        raise ValueError(f"slot {slot} of step {moment.k} ({moment.op}) gets no gradient: it is one of {slots}")
    bound, place = _bound(moment, step, slot)
    came, went = moment._run.arrays(moment.k)
    part = dense(went[slot]).astype(np.float64)
    x = _pick(bound, place)
    gs = [None if g is None else dense(g).astype(np.float64) for g in came]
    order = np.argsort(-np.abs(part).reshape(-1), kind="stable")
    flat = np.unique(np.concatenate([order[: MANY // 2], np.linspace(0, part.size - 1, min(MANY // 2, part.size)).astype(int)]))
    worst: tuple[float, tuple[int, ...], float, float] = (-1.0, (), 0.0, 0.0)
    scale = float(np.abs(part[np.isfinite(part)]).max(initial=0.0))
    for i in flat:
        at = tuple(int(v) for v in np.unravel_index(int(i), x.shape))
        h = EPS * max(1.0, abs(float(x[at])))
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[at] += sign * h
            ends.append(_weighted(step, _put(bound, place, moved), gs))
        slope = (ends[0] - ends[1]) / (2 * h)
        error = abs(slope - part[at]) / max(abs(slope), abs(float(part[at])), 1e-3 * scale, 1e-12)
        if not error <= worst[0]:
            worst = (float(error), at, float(part[at]), slope)
    kind = moment._run.trace.values[step.parts[slot][0]].dtype  # type: ignore[index]
    return Check(moment.op, moment.name_of(slot), len(flat), *worst, 1e-4 if kind == np.float64 else 2e-3)


def _bound(moment: Moment, step: Step, slot: int) -> tuple[list[Any], tuple[int, int | None]]:
    """(the operation's arguments in float64, where the input stands among them)."""
    op, trace = step.record.op, moment._run.trace
    if not hasattr(op, "static_positions"):
        raise ValueError(f"{moment.op} is a custom function: its forward cannot be run alone; autograd.gradcheck checks it")
    saved = saved_of(moment._run, step)
    bound: list[Any] = [None] * len(op.params)
    for at, value in zip(op.static_positions, step.record.statics, strict=False):
        bound[at] = value
    flat = 0
    place: tuple[int, int | None] = (0, None)
    many = len(step.record.inputs) - (len(op.inputs) - 1)
    for name, position in zip(op.inputs, op.positions, strict=True):
        if name == op.variadic:
            bound[position] = [_array(moment, step, trace, flat + i, saved) for i in range(many)]
            if flat <= slot < flat + many:
                place = (position, slot - flat)
            flat += many
        else:
            bound[position] = _array(moment, step, trace, flat, saved)
            place = (position, None) if flat == slot else place
            flat += 1
    return bound, place


def _array(moment: Moment, step: Step, trace: Any, flat: int, saved: dict[str, Any]) -> Any:
    """An input's values in float64: what the node saved, else what the recording kept."""
    record = step.record
    v = record.inputs[flat] if flat < len(record.inputs) else None
    array = saved.get(slot_name(step, flat))
    if not isinstance(array, (np.ndarray, int, float)):
        if v is None:
            return record.numbers[flat] if flat < len(record.numbers) else None
        kept = trace.values[v].kept
        array = None if kept is None else kept.array
        if array is None and not set(saved) & {*step.record.op.outputs, *step.record.op.aux}:
            array = np.linspace(0.5, 1.5, max(int(np.prod(trace.values[v].shape)), 1)).reshape(trace.values[v].shape)  # the rule reads none of it
    if array is None:
        raise ValueError(
            f"the values of {moment.name_of(flat) if step.parts[flat] else slot_name(step, flat)} that {moment.op} read were not kept: "
            "compute the loss inside of `with viz.record(everything=True) as trace:`"
        )
    return array.astype(np.float64) if isinstance(array, np.ndarray) and array.dtype.kind == "f" else array


def _pick(bound: list[Any], place: tuple[int, int | None]) -> np.ndarray:
    found = bound[place[0]] if place[1] is None else bound[place[0]][place[1]]
    return np.asarray(found)


def _put(bound: list[Any], place: tuple[int, int | None], x: np.ndarray) -> list[Any]:
    moved = list(bound)
    if place[1] is None:
        moved[place[0]] = x
    else:
        moved[place[0]] = [x if i == place[1] else other for i, other in enumerate(bound[place[0]])]
    return moved


def _weighted(step: Step, bound: list[Any], gs: list[np.ndarray | None]) -> float:
    """Σ g · out, in float64."""
    with np.errstate(all="ignore"):
        out = step.record.op.run(tuple(bound))
    parts = out if isinstance(out, (tuple, list)) else (out,)
    return float(sum(np.sum(g * np.asarray(o)) for g, o in zip(gs, parts, strict=False) if g is not None))
