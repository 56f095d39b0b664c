"""The matrices of Winograd's minimal filtering F(4, 3) and F(2, 5), both over tiles of 6 at the points 0, 1, -1, 2, -2 and infinity.

Imports nothing of ours. Sources: Winograd, Arithmetic Complexity of Computations (1980); Lavin and Gray, Fast Algorithms for
Convolutional Neural Networks (2016). A result is Aᵀ [(G w) ∘ (Bᵀ x)]. Rows 1 and 2, and 3 and 4, belong to opposite points.
"""

from __future__ import annotations

from typing import NamedTuple

Map = tuple[tuple[float, ...], ...] | None
"""A matrix, None for the identity of one dimension that has no kernel."""

SIDE = 6
_POINTS = (0.0, 1.0, -1.0, 2.0, -2.0)
_SCALES = (1 / 4, -1 / 6, -1 / 6, 1 / 24, 1 / 24)


def _powers(count: int, scales: tuple[float, ...]) -> tuple[tuple[float, ...], ...]:
    """Rows 1, p, p² ... for every point, and the highest power for infinity."""
    rows = [tuple(scale * point**k for k in range(count)) for point, scale in zip(_POINTS, scales, strict=True)]
    return (*rows, (0.0,) * (count - 1) + (1.0,))


INPUT: Map = (
    (4, 0, -5, 0, 1, 0),
    (0, -4, -4, 1, 1, 0),
    (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0),
    (0, 2, -1, -2, 1, 0),
    (0, 4, 0, -5, 0, 1),
)


class Line(NamedTuple):
    """What a dimension of the kernel takes: results in a tile, places of the transform, and B, A and G."""

    results: int
    places: int
    input: Map
    output: Map
    kernel: Map


LINES = {
    1: Line(1, 1, None, None, None),
    3: Line(4, SIDE, INPUT, _powers(4, (1.0,) * 5), _powers(3, _SCALES)),
    5: Line(2, SIDE, INPUT, _powers(2, (1.0,) * 5), _powers(5, _SCALES)),
}
"""For every size of a kernel that can be transformed: F(4, 3) takes half the multiplications, F(2, 5) three fifths."""
