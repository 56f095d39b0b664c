"""Who wrote a gradient, and which gradients wait: `writes` and `frontier` of a stepper. Imports passes and moments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .moments import called
from .passes import Pass, added, dense
from .readings import step_word
from .words import number, shape_text


class Write(NamedTuple):
    """One += into a gradient: step `k` made it `after` from `before` (None before the first)."""

    k: int
    op: str
    contribution: np.ndarray
    before: np.ndarray | None
    after: np.ndarray

    def __repr__(self) -> str:
        sign = "=" if self.before is None else "+="
        return f"<step {self.k} ({self.op}): {sign} {_short(self.contribution)}, then {_short(self.after)}>"


class Pending(NamedTuple):
    """A gradient that has arrived, wholly or in part: `arrived` of `expected` contributions. `leaf`: it waits for nothing more than those."""

    value: int
    name: str
    arrived: int
    expected: int
    array: np.ndarray
    leaf: bool

    def __repr__(self) -> str:
        return f"<{self.name}: {_short(self.array)}, {self.arrived} of {self.expected} contributions>"


def _short(a: np.ndarray) -> str:
    if a.size == 1:
        return number(float(np.real(a.reshape(-1)[0])), 4)
    with np.errstate(all="ignore"):
        return f"{shape_text(a.shape)} of L2 {number(float(np.sqrt(np.sum(np.abs(a.astype(np.complex128 if a.dtype.kind == 'c' else np.float64)) ** 2))))}"


def writes(run: Pass, value: int) -> list[Write]:
    """Every contribution to the gradient of a value, in order, added as the engine adds."""
    found = []
    start = run.seed(value)
    total = None if start is None else dense(start)
    for k, slot in run.arrivals.get(value, ()):
        part = run.arrays(k)[1][slot]
        after = dense(part) if total is None else np.asarray(added(total, part))
        found.append(Write(k, step_word(run.steps[k - 1]), dense(part), total, after))
        total = after
    return found


def frontier(run: Pass, k: int) -> list[Pending]:
    """The gradients that have arrived after k steps and whose operations have not run, newest first; then those of the leaves."""
    values = run.trace.values
    waiting: list[Pending] = []
    leaves: list[Pending] = []
    seeded = {run.trace.by_source[node.id] for node, _ in run.seeds}
    for value in sorted(set(run.arrivals) | seeded, reverse=True):
        arrived = [at for at, _ in run.arrivals.get(value, ()) if at <= k]
        maker = values[value].maker
        ran = None if maker is None else run.step_of.get(maker)
        if (not arrived and value not in seeded) or (ran is not None and ran <= k):
            continue
        array = run.gradient(value, k)
        if array is not None:
            item = Pending(value, called(run, values[value]), len(arrived), len(run.arrivals.get(value, ())), array, maker is None)
            (leaves if maker is None else waiting).append(item)
    return waiting + leaves
