"""The way from the loss to one element of a gradient along which most of it came. Imports explain and passes."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .explain import Explanation, Index, check_index, explain, largest
from .moments import called
from .passes import Pass
from .readings import step_word
from .words import inert, number

LONGEST = 10_000  # steps of a way that are followed


class Hop(NamedTuple):
    """One operation on the way: of this element's gradient `share` came through it, as upstream · slope."""

    k: int
    op: str
    module: str
    place: Index  # of the element of its input
    upstream: float
    slope: float
    share: float
    explanation: Explanation


class Path(NamedTuple):
    """The way from an element back to the loss: `hops[0]` wrote to the element itself, the last hop starts at the loss."""

    target: str
    gradient: float
    hops: tuple[Hop, ...]
    seed: float  # where the way begins: what the loss starts with, or a gradient to which nothing but 0 came
    reached: bool = True  # whether that is the loss

    @property
    def product(self) -> float:
        """The product of the local derivatives along the way, times the seed: this way's part of the gradient."""
        return math.prod([self.seed, *(h.slope for h in self.hops)])

    def __repr__(self) -> str:
        lines = [f"{self.target} = {number(self.gradient, 4)}; the way that gave most of it brings {number(self.product, 4)}:"]
        lines.append(f"  the loss starts with {number(self.seed, 4)}" if self.reached else "  no product but 0 came here: the way to the loss ends")
        for h in reversed(self.hops):
            where = f"  {h.module}" if h.module else ""
            lines.append(
                f"  step {h.k:<4} {h.op}{where}: {number(h.upstream, 4)} × {number(h.slope, 4)} = {number(h.upstream * h.slope, 4)}"
                f"  into {list(h.place)}" + (f"  ({100 * h.share:.3g} % of it)" if math.isfinite(h.share) else "")
            )
        return "\n".join(map(inert, lines))


def why(run: Pass, value: int, index: Any) -> Path:
    """Follow, from an element, the largest product upstream · slope of the contributions that made it, up to a seed."""
    whole = run.gradient(value, len(run.steps))
    if whole is None or not run.arrivals.get(value):
        raise ValueError("no contribution of this pass reaches this tensor: it is where the pass starts")
    at = largest(whole) if index is None else check_index(index, whole.shape)
    target = f"∂L/∂{called(run, run.trace.values[value])}{list(at) if at else ''}"
    hops: list[Hop] = []
    here, place = value, at
    while run.arrivals.get(here) and len(hops) < LONGEST:
        best = _best(run, here, place)
        if best is None:
            break
        hop, output, index_there = best
        hops.append(hop)
        here, place = run.steps[hop.k - 1].record.outputs[output], index_there
    seed = run.seed(here)
    start = float(np.asarray(seed)[place]) if seed is not None else float(run.gradient(here, len(run.steps))[place])  # type: ignore[index]
    return Path(target, float(np.real(whole[at])), tuple(hops), start, seed is not None)


def _best(run: Pass, value: int, at: Index) -> tuple[Hop, int, Index] | None:
    """The largest product among all contributions to one element, with the output element that it came from."""
    found: tuple[float, Explanation, Any] | None = None
    total = 0.0
    for k, slot in run.arrivals[value]:
        e = explain(run, k, slot, at, wanted=False)
        total += e.contribution
        for term in e.terms:
            size = abs(term.value)
            if found is None or not math.isfinite(size) or size > found[0]:
                found = size, e, term
    if found is None:
        return None
    _, e, term = found
    step = run.steps[e.k - 1]
    share = term.value / total if total else math.nan
    return Hop(e.k, step_word(step), step.record.path, at, term.upstream, term.slope, share, e), term.output, term.place
