"""Matrix products: square ones, those of linear layers, and many small ones."""

from __future__ import annotations

import functools

from .row import Row, both_ways

both = functools.partial(both_ways, "matmul")


def square(n: int) -> list[Row]:
    """The product of two n × n matrices."""
    return both(f"{n}x{n}", "x @ y", f"x:{n}, {n};y:{n}, {n}", wanted="x, y")


def linear(rows: int, inputs: int, outputs: int) -> list[Row]:
    """A linear layer."""
    shapes = f"x:{rows}, {inputs};w:{outputs}, {inputs};b:{outputs}"
    return both(f"linear {inputs}-{outputs} on {rows} rows", "F.linear(x, w, b)", shapes, wanted="x, w, b")


ROWS: list[Row] = [
    *[row for n in (64, 128, 256, 512, 1024, 2048) for row in square(n)],
    *linear(64, 784, 256),
    *linear(64, 100, 10),
    *linear(800, 128, 512),
    *both("batched, 48 of 64x32 by 32x64", "x @ y", "x:48, 64, 32;y:48, 32, 64", wanted="x, y"),
    *both("matrix by vector, 1000x1000", "x @ y", "x:1000, 1000;y:1000", wanted="x, y"),
]
