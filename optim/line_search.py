"""A line search for the strong Wolfe conditions. Imports NumPy.

Slopes are NumPy scalars of the parameters' type, so that interpolation rounds as PyTorch's does on 0-d tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Point", "strong_wolfe"]


class Point(NamedTuple):
    """A step length with the loss, the gradient and the slope along the direction there."""

    t: Any
    f: Any
    g: np.ndarray
    slope: Any


def _minimum(a: Point, b: Point, bounds: tuple[Any, Any] | None = None) -> Any:
    """Where the cubic through two points with their slopes is least, cut to the bounds; their middle if it has no minimum.

    Source: Nocedal and Wright, Numerical Optimization (2006), equation 3.59.
    """
    least, most = bounds if bounds is not None else (min(a.t, b.t), max(a.t, b.t))
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1**2 - a.slope * b.slope
    if not square >= 0:
        return (least + most) / 2.0
    if not a.t <= b.t:
        a, b = b, a
    d2 = np.sqrt(square)
    t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(t, least), most)


def strong_wolfe(
    evaluate: Callable[[Any], Point], start: Point, t: Any, reach: Any, tolerance: float, tries: int, c1: float = 1e-4, c2: float = 0.9
) -> tuple[Point, int]:
    """A point with f ≤ f₀ + c₁ t f₀′ and |f′| ≤ −c₂ f₀′ along a direction, and how many evaluations finding it took.

    `reach` is the direction's largest element: the search ends where t times it changes less than `tolerance`, or after
    `tries`. Source: Nocedal and Wright (2006), algorithms 3.5 and 3.6.
    """

    def too_high(point: Point) -> bool:
        return bool(point.f > start.f + c1 * point.t * start.slope)

    def flat(point: Point) -> bool:
        return bool(abs(point.slope) <= -c2 * start.slope)

    bracket, done, count = _bracket(evaluate, start, t, tries, too_high, flat)
    if done:
        return bracket[0], count
    return _zoom(evaluate, bracket, count, reach, tolerance, tries, too_high, flat)


def _bracket(
    evaluate: Callable[[Any], Point], start: Point, t: Any, tries: int, too_high: Callable[[Point], bool], flat: Callable[[Point], bool]
) -> tuple[list[Point], bool, int]:
    """Two points around a minimum, or one that meets the conditions; the evaluations so far."""
    before, now = start._replace(t=0), evaluate(t)
    for turn in range(tries):
        if too_high(now) or (turn > 1 and now.f >= before.f):
            return [before, now], False, turn + 1
        if flat(now):
            return [now], True, turn + 1
        if now.slope >= 0:
            return [before, now], False, turn + 1
        bounds = (now.t + 0.01 * (now.t - before.t), now.t * 10)
        before, now = now, evaluate(_minimum(before, now, bounds))
    return [start._replace(t=0), now], False, tries + 1


def _zoom(
    evaluate: Callable[[Any], Point],
    ends: list[Point],
    count: int,
    reach: Any,
    tolerance: float,
    tries: int,
    too_high: Callable[[Point], bool],
    flat: Callable[[Point], bool],
) -> tuple[Point, int]:
    """Narrow a bracket until a point meets the conditions; its better end."""
    low, high = (0, 1) if ends[0].f <= ends[1].f else (1, 0)
    stuck, done = False, False
    while not done and count <= tries:
        least, most = sorted((ends[0].t, ends[1].t))
        if abs(most - least) * reach < tolerance:
            break
        t, margin = _minimum(ends[0], ends[1]), 0.1 * (most - least)
        if min(most - t, t - least) < margin:  # too near an end: a second time in a row it is moved inwards
            if stuck or t >= most or t <= least:
                t, stuck = most - margin if abs(t - most) < abs(t - least) else least + margin, False
            else:
                stuck = True
        else:
            stuck = False
        new = evaluate(t)
        count += 1
        if too_high(new) or new.f >= ends[low].f:
            ends[high] = new
            low, high = (0, 1) if ends[0].f <= ends[1].f else (1, 0)
            continue
        done = flat(new)
        if not done and new.slope * (ends[high].t - ends[low].t) >= 0:
            ends[high] = ends[low]
        ends[low] = new
    return ends[low], count
