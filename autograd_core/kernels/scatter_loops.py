"""The compiled loops of `scatter`: gather, assign and add along the middle dimension of (before, n, after).

Imports NumPy, `jit`, `contract`. A contract bounds the index, or the loop itself does, so that it cannot leave its arrays.
"""

from __future__ import annotations

import numpy as np

from .contract import INDEX, array, contract, flag, integer, number
from .jit import CONTRACT, compiled

__all__ = ["NUMBERS", "TILE", "add_rows", "extreme_rows", "gather_each", "scatter_add_each", "scatter_each"]

NUMBERS = ("float32", "float64", "int64", "int32", "int16", "int8", "uint8")

TILE = 1024
"""Columns that one block writes: blocks share no element, so that sums are in the index's order on any thread."""

_X = array("o n i", NUMBERS)
_EACH = array("o k i", INDEX)
_OUTSIDE = array("1", ("uint8",), writes=True)


@compiled(inline=True)
def _fits(index, n):  # type: ignore[no-untyped-def]
    """Whether 0 <= i < n for every i: looked at while the index is in cache, for two passes over all of it take as long as the reads."""
    most = np.uint64(0)
    for j in range(len(index)):
        i = np.uint64(index[j])
        most = i if i > most else most
    return most < np.uint64(n)


@contract(x=_X, index=_EACH, out=array("o k i", same="x", writes=True), tiles=integer(1), outside=_OUTSIDE)
@compiled(parallel=True)
def gather_each(lo, hi, x, index, out, tiles, outside):  # type: ignore[no-untyped-def]
    """out[o, k, i] = x[o, index[o, k, i], i]; marks `outside` where an index is out of range, and leaves that row."""
    k, after = index.shape[1:]
    for block in range(lo, min(hi, len(x) * tiles)):
        o, a = block // tiles, (block % tiles) * TILE
        source = x[o]
        if after == 1:
            where, column, line = index[o].reshape(k), source.reshape(len(source)), out[o].reshape(k)
            if not _fits(where, len(column)):
                outside[0] = 1
                continue
            for r in range(k):
                line[r] = column[np.uint64(where[r])]
            continue
        for r in range(k):
            at, result = index[o, r, a : a + TILE], out[o, r, a : a + TILE]
            if not _fits(at, len(source)):
                outside[0] = 1
                continue
            for j in range(len(at)):
                result[j] = source[np.uint64(at[j]), a + j]


@contract(index=_EACH, src=array("o k i", same="out"), out=array("o n i", NUMBERS, writes=True), tiles=integer(1), outside=_OUTSIDE)
@compiled(parallel=True)
def scatter_each(lo, hi, index, src, out, tiles, outside):  # type: ignore[no-untyped-def]
    """out[o, index[o, k, i], i] = src[o, k, i]; the last one stays."""
    k, after = index.shape[1:]
    for block in range(lo, min(hi, len(out) * tiles)):
        o, a = block // tiles, (block % tiles) * TILE
        target = out[o]
        if after == 1:
            where, column, line = index[o].reshape(k), target.reshape(len(target)), src[o].reshape(k)
            if not _fits(where, len(column)):
                outside[0] = 1
                continue
            for r in range(k):
                column[np.uint64(where[r])] = line[r]
            continue
        for r in range(k):
            at, values = index[o, r, a : a + TILE], src[o, r, a : a + TILE]
            if not _fits(at, len(target)):
                outside[0] = 1
                continue
            for j in range(len(at)):
                target[np.uint64(at[j]), a + j] = values[j]


@contract(index=_EACH, src=array("o k i", same="out"), out=array("o n i", NUMBERS, writes=True), tiles=integer(1), outside=_OUTSIDE)
@compiled(parallel=True)
def scatter_add_each(lo, hi, index, src, out, tiles, outside):  # type: ignore[no-untyped-def]
    """out[o, index[o, k, i], i] += src[o, k, i], in the order of k."""
    k, after = index.shape[1:]
    for block in range(lo, min(hi, len(out) * tiles)):
        o, a = block // tiles, (block % tiles) * TILE
        target = out[o]
        if after == 1:
            where, column, line = index[o].reshape(k), target.reshape(len(target)), src[o].reshape(k)
            if not _fits(where, len(column)):
                outside[0] = 1
                continue
            for r in range(k):
                column[np.uint64(where[r])] += line[r]
            continue
        for r in range(k):
            at, values = index[o, r, a : a + TILE], src[o, r, a : a + TILE]
            if not _fits(at, len(target)):
                outside[0] = 1
                continue
            for j in range(len(at)):
                target[np.uint64(at[j]), a + j] += values[j]


@compiled(fastmath=CONTRACT)
def _add(row, alpha, out):  # type: ignore[no-untyped-def]
    for j in range(len(row)):
        out[j] += alpha * row[j]


@contract(
    index=array("k", INDEX, at_least="0", below="n"),
    src=array("o k i", same="out"),
    alpha=number(),
    out=array("o n i", NUMBERS, writes=True),
    tiles=integer(1),
)
@compiled(parallel=True)
def add_rows(lo, hi, index, src, alpha, out, tiles):  # type: ignore[no-untyped-def]
    """out[o, index[k], :] += alpha src[o, k, :], in the order of k."""
    factor = out.dtype.type(alpha)
    width = -(-out.shape[2] // tiles)
    for block in range(lo, min(hi, len(out) * tiles)):
        o, a = block // tiles, (block % tiles) * width
        if out.shape[2] == 1:
            column, line = out[o].reshape(out.shape[1]), src[o].reshape(len(index))
            for r in range(len(index)):
                column[index[r]] += factor * line[r]
            continue
        for r in range(len(index)):
            _add(src[o, r, a : a + width], factor, out[o, index[r], a : a + width])


@contract(
    f"(tiles - 1) * {TILE} < i",
    index=array("k", INDEX, at_least="0", below="n"),
    src=array("k i", same="out"),
    out=array("n i", NUMBERS, writes=True),
    tiles=integer(1),
    largest=flag(),
)
@compiled(parallel=True)
def extreme_rows(lo, hi, index, src, out, tiles, largest):  # type: ignore[no-untyped-def]
    """out[index[r]] = the extreme of itself and src[r], NaN if either is; a block is a tile of columns.

    100,000 rows of 64 floats into 10,000 take 51 ms with NumPy's ufunc.at, which goes element by element.
    """
    for block in range(lo, min(hi, tiles)):
        a = block * TILE
        for r in range(len(index)):
            row, values = out[index[r]][a : a + TILE], src[r][a : a + TILE]
            if largest:
                for j in range(len(row)):
                    v, old = values[j], row[j]
                    row[j] = v if (v > old) | (v != v) else old
            else:
                for j in range(len(row)):
                    v, old = values[j], row[j]
                    row[j] = v if (v < old) | (v != v) else old
