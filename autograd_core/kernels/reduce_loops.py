"""The compiled loops of `reduce` and `scan` over (before, n, after).

Imports NumPy, `jit`, `contract`. Sums of floats are float64 within blocks that the shape fixes.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, flag, integer, number
from .jit import REASSOCIATE, compiled

__all__ = [
    "BLOCK",
    "ORDERED",
    "TILE",
    "arg_columns",
    "cumulate_columns",
    "cumulate_rows",
    "extreme_so_far_columns",
    "extreme_so_far_rows",
    "few_variances",
    "sum_all",
    "sum_blocks",
    "sum_rows",
]

BLOCK = 32768
"""Elements of a block."""

PIECE = 1024
"""Elements that are summed at once: some tens for each lane of a vector, which keeps float64 sums accurate too."""

TILE = 2048
"""Columns of a tile, whose float64 sums stay in cache."""

ORDERED = ("float32", "float64", "int64", "int32", "int16", "int8", "uint8")


@compiled(fastmath=REASSOCIATE, inline=True)
def _sum(row):  # type: ignore[no-untyped-def]
    s = 0.0
    for i in range(len(row)):
        s += np.float64(row[i])
    return s


@compiled
def _add(row, sums):  # type: ignore[no-untyped-def]
    for j in range(len(row)):
        sums[j] += np.float64(row[j])


@compiled
def _add_eight(rows, a, b, sums):  # type: ignore[no-untyped-def]
    """Eight rows in one pass over the float64 sums, whose traffic is what costs."""
    r0, r1, r2, r3, r4, r5, r6, r7 = rows[0, a:b], rows[1, a:b], rows[2, a:b], rows[3, a:b], rows[4, a:b], rows[5, a:b], rows[6, a:b], rows[7, a:b]
    for j in range(len(sums)):
        low = (np.float64(r0[j]) + np.float64(r1[j])) + (np.float64(r2[j]) + np.float64(r3[j]))
        high = (np.float64(r4[j]) + np.float64(r5[j])) + (np.float64(r6[j]) + np.float64(r7[j]))
        sums[j] += low + high


@contract(
    "chunks * step >= n",
    "tiles * 2048 >= i",
    x=array("o n i", FLOATS),
    out=array("o chunks i", ("float64",), writes=True),
    step=integer(1),
    tiles=integer(1),
)
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
            whole = len(rows) // 8 * 8
            for r in range(0, whole, 8):
                _add_eight(rows[r : r + 8], a, a + TILE, sums)
            for r in range(whole, len(rows)):
                _add(rows[r, a : a + TILE], sums)


@contract(x=array("n", FLOATS))
@compiled
def sum_all(x):  # type: ignore[no-untyped-def]
    """Σ x, as `sum_blocks` adds up one block."""
    s = 0.0
    for start in range(0, len(x), PIECE):
        s += _sum(x[start : start + PIECE])
    return s


@contract(x=array("m n", FLOATS), out=array("m", ("float64",), writes=True), step=integer(1))
@compiled(parallel=True)
def sum_rows(lo, hi, x, out, step):  # type: ignore[no-untyped-def]
    """out[m] = Σ x[m], for rows too short to be cut; a block is `step` rows."""
    rows, sums = x[lo * step : hi * step], out[lo * step : hi * step]
    for r in range(len(rows)):
        sums[r] = _sum(rows[r])


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


@contract(
    "n >= 1",
    x=array("o n i", ORDERED),
    best=array("o i", same="x", writes=True),
    at=array("o i", ("int64",), writes=True),
    tiles=integer(1),
    largest=flag(),
)
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
            sums[j] += np.float64(row[j])
            out[j] = sums[j]


@contract(x=array("o n i", FLOATS), out=array("o n i", same="x", writes=True), tiles=integer(1), product=flag(), backwards=flag())
@compiled(parallel=True)
def cumulate_columns(lo, hi, x, out, tiles, product, backwards):  # type: ignore[no-untyped-def]
    """Running sums or products along n, from its end where `backwards`; in float64."""
    n, after = x.shape[1:]
    for block in range(lo, min(hi, len(x) * tiles)):
        o, a = block // tiles, (block % tiles) * TILE
        sums = np.full(min(TILE, after - a), 1.0 if product else 0.0)
        for i in range(n):
            k = n - 1 - i if backwards else i
            _running(x[o, k, a : a + TILE], sums, out[o, k, a : a + TILE], product)


@compiled
def _running_one(row, out, product):  # type: ignore[no-untyped-def]
    s = 1.0 if product else 0.0
    for k in range(len(row)):
        s = s * np.float64(row[k]) if product else s + np.float64(row[k])
        out[k] = s


@contract(x=array("m n", FLOATS), out=array("m n", same="x", writes=True), step=integer(1), product=flag(), backwards=flag())
@compiled(parallel=True)
def cumulate_rows(lo, hi, x, out, step, product, backwards):  # type: ignore[no-untyped-def]
    """Running sums or products of each row, from its end where `backwards`; in float64."""
    rows, made = x[lo * step : hi * step], out[lo * step : hi * step]
    if backwards:
        given, results = rows[:, ::-1], made[:, ::-1]
    else:
        given, results = rows[:, ::1], made[:, ::1]
    for r in range(len(rows)):
        _running_one(given[r], results[r], product)


@contract(
    "n >= 1",
    x=array("m n", ORDERED),
    out=array("m n", same="x", writes=True),
    at=array("m n", ("int64",), writes=True),
    step=integer(1),
    largest=flag(),
)
@compiled(parallel=True)
def extreme_so_far_rows(lo, hi, x, out, at, step, largest):  # type: ignore[no-untyped-def]
    """The extreme up to each element of a row and the last place it occurs; once NaN, always NaN."""
    for r in range(lo * step, min(hi * step, len(x))):
        best, place = x[r, 0], 0
        for k in range(x.shape[1]):
            v = x[r, k]
            if v != v or (best == best and (v >= best if largest else v <= best)):
                best, place = v, k
            out[r, k] = best
            at[r, k] = place


@compiled
def _renew(row, out, at, best, place, k, largest):  # type: ignore[no-untyped-def]
    for j in range(len(row)):
        v, b = row[j], best[j]
        take = (v != v) | ((b == b) & ((v >= b) if largest else (v <= b)))
        out[j] = v if take else b
        at[j] = k if take else place[j]


@contract(
    "n >= 1",
    x=array("o n i", ORDERED),
    out=array("o n i", same="x", writes=True),
    at=array("o n i", ("int64",), writes=True),
    tiles=integer(1),
    largest=flag(),
)
@compiled(parallel=True)
def extreme_so_far_columns(lo, hi, x, out, at, tiles, largest):  # type: ignore[no-untyped-def]
    """`extreme_so_far_rows` along n of (before, n, after)."""
    for block in range(lo, min(hi, len(x) * tiles)):
        o, a = block // tiles, (block % tiles) * TILE
        b = min(a + TILE, x.shape[2])
        out[o, 0, a:b] = x[o, 0, a:b]
        at[o, 0, a:b] = 0
        for k in range(1, x.shape[1]):
            _renew(x[o, k, a:b], out[o, k, a:b], at[o, k, a:b], out[o, k - 1, a:b], at[o, k - 1, a:b], k, largest)


@contract("free > 0", x=array("m n", FLOATS), free=number(), root=flag(), out=array("m", same="x", writes=True))
@compiled
def few_variances(x, free, root, out):  # type: ignore[no-untyped-def]
    """Σ (x - mean)² / free of each row, or its root."""
    for r in range(len(x)):
        row, s, q = x[r], 0.0, 0.0
        for i in range(len(row)):
            s += np.float64(row[i])
        mean = s / len(row)
        for i in range(len(row)):
            q += (np.float64(row[i]) - mean) ** 2
        out[r] = np.sqrt(q / free) if root else q / free
