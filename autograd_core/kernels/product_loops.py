"""Compiled matrix products over packed panels, for other loops and for x wᵀ + b. Imports NumPy, `jit`, `contract`, `vector`,
`vector_products`.

Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008).
"""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from .contract import array, contract, integer
from .jit import CONTRACT, compiled
from .vector import lanes
from .vector_products import copied, product_tile, turned

__all__ = ["ROWS", "product_loops"]

ROWS, VECTORS = 8, 2
"""A tile's rows and columns, in registers: 16 sums, which a machine with 16 registers keeps half in memory."""

DEPTH = 256
"""Products summed in registers before the sum goes back to memory: a panel of that depth stays in the first-level cache."""


@functools.cache
def product_loops(dtype: str) -> SimpleNamespace:
    """The kernels of float32 or float64: `pack` and `panel` for other loops, `linear`, and the `width` of a panel."""
    real, count = np.float32 if dtype == "float32" else np.float64, lanes(dtype)
    width = count * VECTORS
    tile, turn, copy = product_tile(count, ROWS, VECTORS), turned(count), copied(count, VECTORS)

    @compiled
    def pack(b, at, step, column, k, n, packed, to):  # type: ignore[no-untyped-def]
        """packed[to + t·width + j] = b[at + t·step + j·column] for t < k and j < n ≤ width, zeros up to the width; step or column is 1."""
        whole = k if column == 1 else k - k % count
        if n < width:
            whole = 0
        for t in range(0, whole, 1 if column == 1 else count):
            if column == 1:
                copy(b, at + t * step, packed, to + t * width)
            else:
                for v in range(VECTORS):
                    turn(b, at + t + v * count * column, column, packed, to + t * width + v * count, width)
        for t in range(whole, k):
            begin = to + t * width
            for j in range(n):
                packed[begin + j] = b[at + t * step + j * column]
            for j in range(n, width):
                packed[begin + j] = 0

    @compiled
    def panel(a, at, row, m, k, b, b_at, n, first, first_at, first_row, out, to, pitch, edge):  # type: ignore[no-untyped-def]
        """out[to + i·pitch + j] = first[first_at + i·first_row + j] + Σ over t < k of a[at + i·row + t] · (packed panel)[t, j]

        for i < m and j < n ≤ width; tiles that stick out go through `edge`, which has ROWS · width numbers.
        """
        for i in range(0, m, ROWS):
            valid = min(ROWS, m - i)
            out_of = valid < ROWS or n < width
            if out_of:
                for r in range(valid):
                    for j in range(n):
                        edge[r * width + j] = first[first_at + (i + r) * first_row + j]
            # one call of the tile: LLVM takes its time over each
            start, start_at, start_row = (edge, 0, width) if out_of else (first, first_at + i * first_row, first_row)
            target, target_at, target_row = (edge, 0, width) if out_of else (out, to + i * pitch, pitch)
            tile(a, at + i * row, row, 1, valid, k, b, b_at, start, start_at, start_row, target, target_at, target_row)
            if out_of:
                for r in range(valid):
                    for j in range(n):
                        out[to + (i + r) * pitch + j] = edge[r * width + j]

    @contract(
        "m > 0 and n > 0 and k > 0 and blocks == ((m + tall - 1) // tall) * ((n + wide - 1) // wide)",
        x=array("m k", (dtype,)),
        w=array("n k", (dtype,)),
        bias=array("n", (dtype,)),
        out=array("m n", (dtype,), writes=True),
        tall=integer(1),
        wide=integer(1),
    )
    @compiled(parallel=True, fastmath=CONTRACT)
    def linear(lo, hi, x, w, bias, out, tall, wide):  # type: ignore[no-untyped-def]
        """out = x wᵀ + bias in blocks of `tall` rows and `wide` columns."""
        (m, k), n, downs = x.shape, len(w), (len(x) + tall - 1) // tall
        a, b, c = x.reshape(-1), w.reshape(-1), out.reshape(-1)
        packed, edge = np.empty(min(k, DEPTH) * width, real), np.zeros(ROWS * width, real)
        for block in range(lo, hi):
            top, left = block % downs * tall, block // downs * wide
            rows, right = min(tall, m - top), min(n, left + wide)
            for t in range(0, k, DEPTH):
                depth = min(DEPTH, k - t)
                for j in range(left, right, width):
                    some = min(width, right - j)
                    pack(b, j * k + t, 1, k, depth, some, packed, 0)
                    at, to = top * k + t, top * n + j
                    first, begin, row = (bias, j, 0) if t == 0 else (c, to, n)
                    panel(a, at, k, rows, depth, packed, 0, some, first, begin, row, c, to, n, edge)

    return SimpleNamespace(width=width, pack=pack, panel=panel, linear=linear)
