"""The compiled loops of `reduce` and `scan` over (before, n, after).

Imports NumPy, `jit`, `contract`. Sums of floats are float64 within blocks that the shape fixes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .contract import FLOATS, array, contract, flag, integer
from .jit import REASSOCIATE, compiled

__all__ = ["BLOCK", "TILE", "arg_columns", "cumulate", "extreme_so_far", "sum_blocks"]

BLOCK = 32768
"""Elements of a block."""

PIECE = 1024
"""Elements that are summed at once: some tens for each lane of a vector, which keeps float64 sums accurate too."""

TILE = 2048
"""Columns of a tile, whose float64 sums stay in cache."""

ORDERED = ("float32", "float64", "int64", "int32", "int16", "int8", "uint8")


@compiled(fastmath=REASSOCIATE)
def _sum(row):  # type: ignore[no-untyped-def]
    s = 0.0
    for i in range(len(row)):
        s += row[i]
    return s


@compiled
def _add(row, sums):  # type: ignore[no-untyped-def]
    for j in range(len(row)):
        sums[j] += row[j]


@contract("chunks * step >= n", "tiles * 2048 >= i", x=array("o n i", FLOATS), out=array("o chunks i", ("float64",), writes=True), step=integer(1), tiles=integer(1))
@compiled(parallel=True)
def sum_blocks(lo, hi, x, out, step, tiles):  # type: ignore[no-untyped-def]
    """out[o, c] = Σ x[o, c step : (c + 1) step]; a block is one (o, c, tile of columns)."""
    chunks, after = out.shape[1:]
    for block in range(lo, min(hi, len(x) * chunks * tiles)):
        a = (block % tiles) * TILE
        o, c = (block // tiles) // chunks, (block // tiles) % chunks
        rows = x[o, c * step : (c + 1) * step]
        if after == 1:
            line = rows.reshape(len(rows))
            s = 0.0
            for start in range(0, len(line), PIECE):
                s += _sum(line[start : start + PIECE])
            out[o, c, 0] = s
        else:
            sums = out[o, c, a : a + TILE]
            sums[:] = 0.0
            for r in range(len(rows)):
                _add(rows[r, a : a + TILE], sums)


@compiled
def _better(row, best, at, k, largest):  # type: ignore[no-untyped-def]
    if largest:
        for j in range(len(row)):
            take = (row[j] > best[j]) | ((row[j] != row[j]) & (best[j] == best[j]))
            best[j] = row[j] if take else best[j]
            at[j] = k if take else at[j]
    else:
        for j in range(len(row)):
            take = (row[j] < best[j]) | ((row[j] != row[j]) & (best[j] == best[j]))
            best[j] = row[j] if take else best[j]
            at[j] = k if take else at[j]


@contract("n >= 1", x=array("o n i", ORDERED), best=array("o i", same="x", writes=True), at=array("o i", ("int64",), writes=True), tiles=integer(1), largest=flag())
@compiled(parallel=True)
def arg_columns(lo, hi, x, best, at, tiles, largest):  # type: ignore[no-untyped-def]
    """The first extreme of each column and where it is; the first NaN counts as the extreme."""
    for block in range(lo, min(hi, len(x) * tiles)):
        o, a = block // tiles, (block % tiles) * TILE
        b = min(a + TILE, x.shape[2])
        best[o, a:b] = x[o, 0, a:b]
        at[o, a:b] = 0
        for k in range(1, x.shape[1]):
            _better(x[o, k, a:b], best[o, a:b], at[o, a:b], k, largest)


@compiled
def _running(row, sums, out, product):  # type: ignore[no-untyped-def]
    if product:
        for j in range(len(row)):
            sums[j] *= row[j]
            out[j] = sums[j]
    else:
        for j in range(len(row)):
            sums[j] += row[j]
            out[j] = sums[j]


@contract(x=array("o n i", FLOATS), out=array("o n i", same="x", writes=True), tiles=integer(1), product=flag())
@compiled(parallel=True)
def cumulate(lo, hi, x, out, tiles, product):  # type: ignore[no-untyped-def]
    """Running sums or products along n, in float64."""
    n, after = x.shape[1:]
    for block in range(lo, min(hi, len(x) * tiles)):
        o, a = block // tiles, (block % tiles) * TILE
        if after == 1:
            line, result = x[o].reshape(n), out[o].reshape(n)
            s = 1.0 if product else 0.0
            for k in range(n):
                s = s * line[k] if product else s + line[k]
                result[k] = s
        else:
            sums = np.full(min(TILE, after - a), 1.0 if product else 0.0)
            for k in range(n):
                _running(x[o, k, a : a + TILE], sums, out[o, k, a : a + TILE], product)


@contract("n >= 1", x=array("o n i", ORDERED), out=array("o n i", same="x", writes=True), at=array("o n i", ("int64",), writes=True), largest=flag())
@compiled(parallel=True)
def extreme_so_far(lo, hi, x, out, at, largest):  # type: ignore[no-untyped-def]
    """The extreme up to each element and the last place it occurs; once NaN, always NaN."""
    n, after = x.shape[1:]
    for o in range(lo, min(hi, len(x))):
        out[o, 0] = x[o, 0]
        at[o, 0] = 0
        for k in range(1, n):
            for j in range(after):
                v, best = x[o, k, j], out[o, k - 1, j]
                take = (v != v) | ((best == best) & ((v >= best) if largest else (v <= best)))
                out[o, k, j] = v if take else best
                at[o, k, j] = k if take else at[o, k - 1, j]
