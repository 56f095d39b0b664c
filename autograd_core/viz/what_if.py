"""How two backward passes through one graph differ: the other half of `inject`. Imports passes and moments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .moments import called
from .passes import Pass
from .words import number


class Difference(NamedTuple):
    """A leaf's gradient in two passes: sizes (L2), the length of their difference over that of the first, and their ratio where there is one."""

    name: str
    value: int
    mine: float
    other: float
    change: float
    ratio: float | None  # other = ratio · mine, to the last bits

    def __repr__(self) -> str:
        if not self.change:
            return f"<{self.name}: L2 {number(self.mine)}, unchanged>"
        what = f"exactly {number(self.ratio, 4)} times" if self.ratio is not None else f"changed by {number(100 * self.change)} %"
        return f"<{self.name}: L2 {number(self.mine)} and {number(self.other)}, {what}>"


def compare(a: Pass, b: Pass) -> list[Difference]:
    """The leaves' gradients of two passes, the largest change first. ValueError for passes through different graphs."""
    if a.trace is not b.trace and [n.id for n in a.order] != [n.id for n in b.order]:
        raise ValueError("diff() compares two passes through one graph: make the other one with inject(), or from the same loss")
    found = []
    for value in sorted(v for v in a.arrivals if a.trace.values[v].maker is None):
        x, y = a.gradient(value, len(a.steps)), b.gradient(value, len(b.steps))
        if x is None or y is None:
            continue
        p, q = x.astype(np.float64).reshape(-1), y.astype(np.float64).reshape(-1)
        with np.errstate(all="ignore"):
            mine, other, apart = (float(np.sqrt(np.dot(v, v))) for v in (p, q, q - p))
            change = apart / mine if mine else float(apart > 0) * np.inf
        found.append(Difference(called(a, a.trace.values[value]), value, mine, other, change if apart else 0.0, _ratio(p, q)))
    return sorted(found, key=lambda d: -d.change)


def _ratio(p: np.ndarray, q: np.ndarray) -> float | None:
    """The one number by which every element was multiplied, None if there is none."""
    if not p.any() or not np.isfinite(p).all() or not np.isfinite(q).all():
        return None
    ratio = float(np.dot(p, q) / np.dot(p, p))
    return ratio if np.allclose(q, ratio * p, rtol=1e-6, atol=0) else None
