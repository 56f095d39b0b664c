"""Matrix products."""

from __future__ import annotations

from .row import Row, both_ways


def square(n: int) -> list[Row]:
    """The product of two n × n matrices."""
    return both_ways("matmul", f"matmul {n}", "x @ y", f"x:{n}, {n};y:{n}, {n}", wanted="x, y")


ROWS: list[Row] = [
    *square(64),
    *square(256),
    *square(512),
]
