"""Compiled loops of max pooling and unpooling over planes x (P, D, H, W), one block per plane.

Imports NumPy, `jit` and `contract`. Everywhere the first of equal values wins and the last NaN, as in PyTorch.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, INDEX, array, contract, flag, integer
from .jit import compiled

STRIP = 1024
"""Values of a strip of reduced rows, which stays in the first-level cache."""

NOWHERE = 2**31 - 1

EDGES = {f"{axis}{end}": array(f"O{axis.upper()}", INDEX, at_least="0", below=f"{axis.upper()} + 1") for axis in "dhw" for end in "01"}
ROW_EDGES = {name: spec for name, spec in EDGES.items() if name[0] != "w"}


@contract(
    "blocks == P and OH * 2 <= H and OW * 2 <= W and W < 2**30",
    x=array("P H W", FLOATS),
    corner=array("OH OW", INDEX),
    out=array("P OH OW", same="x", writes=True),
    index=array("P OH OW", INDEX, writes=True),
)
@compiled(parallel=True)
def max_pairs(first, last, x, corner, out, index):  # type: ignore[no-untyped-def]
    """2x2 windows of stride 2. corner: the place of each window's first value.

    1.4 ns a window, 3.5 ns in rows too short to vectorise; writing the 64-bit index in the same loop takes twice as long.
    """
    W = x.shape[2]
    below, across = np.int32(W), np.int32(W + 1)
    one, none = np.int32(1), np.int32(0)
    step = np.empty(corner.shape, np.int32)
    for p in range(first, last):
        for i in range(out.shape[1]):
            top, bottom, best, at = x[p, 2 * i], x[p, 2 * i + 1], out[p, i], step[i]
            for j in range(len(best)):
                a, b, c, d = top[2 * j], top[2 * j + 1], bottom[2 * j], bottom[2 * j + 1]
                better = (b > a) | (b != b)
                value, k = b if better else a, one if better else none
                better = (c > value) | (c != c)
                value, k = c if better else value, below if better else k
                better = (d > value) | (d != d)
                best[j], at[j] = d if better else value, across if better else k
        where, corners, steps = index[p].reshape(-1), corner.reshape(-1), step.reshape(-1)
        for q in range(len(where)):
            where[q] = corners[q] + steps[q]


@compiled
def _max_rows(x, d0, d1, h0, h1, step_d, step_h, best, which):  # type: ignore[no-untyped-def]
    """best[w], which[w] = the greatest value of rows d0, d0 + step_d, ..., h0, ... and its row d * H + h."""
    H = x.shape[1]
    for d in range(d0, d1, step_d):
        for h in range(h0, h1, step_h):
            row, number = x[d, h], np.int32(d * H + h)
            if d == d0 and h == h0:
                for j in range(len(best)):
                    best[j], which[j] = row[j], number
                continue
            for j in range(len(best)):
                v = row[j]
                better = (v > best[j]) | (v != v)
                best[j] = v if better else best[j]
                which[j] = number if better else which[j]


@compiled
def _better(v, n, old, row):  # type: ignore[no-untyped-def]
    """Whether value v of row n, in a later column, takes the place of `old` of `row`; without branches."""
    return (v > old) | ((v == old) & (n < row)) | ((v != v) & ((old == old) | (n >= row)))


@compiled
def _max_columns(best, which, taps, step, stride, value, row, at):  # type: ignore[no-untyped-def]
    """For windows `stride` apart: the greatest value, its row and its distance from the first column.

    The strides 1 and 2 are written out because LLVM vectorises a stride that it knows.
    """
    value[:] = -np.inf
    row[:] = NOWHERE
    for r in range(taps):
        b, k, shift = best[r * step :], which[r * step :], np.int32(r * step)
        if stride == 1:
            for q in range(len(value)):
                v, n, old = b[q], k[q], value[q]
                better = _better(v, n, old, row[q])
                value[q], row[q], at[q] = v if better else old, n if better else row[q], shift if better else at[q]
        elif stride == 2:
            for q in range(len(value)):
                v, n, old = b[2 * q], k[2 * q], value[q]
                better = _better(v, n, old, row[q])
                value[q], row[q], at[q] = v if better else old, n if better else row[q], shift if better else at[q]
        else:
            for q in range(len(value)):
                v, n, old = b[stride * q], k[stride * q], value[q]
                better = _better(v, n, old, row[q])
                value[q], row[q], at[q] = v if better else old, n if better else row[q], shift if better else at[q]


@contract(
    "blocks == P and OD > 0 and OH > 0 and OW > 0 and D * H < 2**31 - 1 and (OW + 1) * SW + KW * TW + W + PW < 2**30",
    x=array("P D H W", FLOATS),
    out=array("P OD OH OW", same="x", writes=True),
    index=array("P OD OH OW", INDEX, writes=True),
    KW=integer(1),
    SW=integer(1),
    PW=integer(),
    TD=integer(1),
    TH=integer(1),
    TW=integer(1),
    **ROW_EDGES,
)
@compiled(parallel=True)
def max_regular(first, last, x, out, index, KW, SW, PW, TD, TH, TW, d0, d1, h0, h1):  # type: ignore[no-untyped-def]
    """Windows SW apart: first over the rows of each window, a whole width at a time, then over the columns of a strip of rows.

    A strip's rows are padded so that windows stay SW apart from row to row; windows between rows are computed and dropped.
    The index is -1 in an empty window.
    """
    OD, OH, OW = out.shape[1:]
    W = x.shape[3]
    wide = max((OW - 1) * SW + (KW - 1) * TW + 1, PW + W) // SW + 1
    pitch = wide * SW
    high = min(OH, max(1, STRIP // pitch))
    best, which = np.full(high * pitch + KW * TW, -np.inf, x.dtype), np.full(high * pitch + KW * TW, NOWHERE, np.int32)
    value, row, at = np.empty(high * wide, x.dtype), np.empty(high * wide, np.int32), np.empty(high * wide, np.int32)
    for p in range(first, last):
        for od in range(OD):
            for top in range(0, OH, high):
                rows = min(high, OH - top)
                for i in range(rows):
                    b, k = best[i * pitch + PW : i * pitch + PW + W], which[i * pitch + PW : i * pitch + PW + W]
                    oh = top + i
                    if d0[od] >= d1[od] or h0[oh] >= h1[oh]:
                        b[:] = -np.inf
                        k[:] = NOWHERE
                    else:
                        _max_rows(x[p], d0[od], d1[od], h0[oh], h1[oh], TD, TH, b, k)
                _max_columns(best, which, KW, TW, SW, value[: rows * wide], row[: rows * wide], at[: rows * wide])
                for i in range(rows):
                    to, where = out[p, od, top + i], index[p, od, top + i]
                    for j in range(OW):
                        q = i * wide + j
                        to[j] = value[q]
                        place = row[q] * np.int64(W) + at[q] + j * SW - PW
                        where[j] = -1 if row[q] == NOWHERE else place


@contract(
    "blocks == P",
    x=array("P D H W", FLOATS),
    out=array("P OD OH OW", same="x", writes=True),
    index=array("P OD OH OW", INDEX, writes=True),
    **EDGES,
)
@compiled(parallel=True)
def max_windows(first, last, x, out, index, d0, d1, h0, h1, w0, w1):  # type: ignore[no-untyped-def]
    """Windows given by tables of first and past-the-last positions."""
    H, W = x.shape[2:]
    for p in range(first, last):
        for od in range(out.shape[1]):
            for oh in range(out.shape[2]):
                for ow in range(out.shape[3]):
                    best, at = x.dtype.type(-np.inf), -1
                    for d in range(d0[od], d1[od]):
                        for h in range(h0[oh], h1[oh]):
                            row = x[p, d, h][w0[ow] : w1[ow]]
                            for j in range(len(row)):
                                v = row[j]
                                if v > best or v != v or at < 0:
                                    best, at = v, (d * H + h) * W + w0[ow] + j
                    out[p, od, oh, ow] = best
                    index[p, od, oh, ow] = at


@contract(
    "blocks == P",
    g=array("P M", FLOATS),
    index=array("P M", INDEX),
    out=array("P L", same="g", writes=True),
    adding=flag(),
    bad=array("P", INDEX, writes=True),
)
@compiled(parallel=True)
def scatter(first, last, g, index, out, adding, bad):  # type: ignore[no-untyped-def]
    """Put (or add) g where index says; -1 is nowhere, `bad` counts what is outside the plane. Clears out."""
    size = out.shape[1]
    for p in range(first, last):
        plane, source, where = out[p], g[p], index[p]
        plane[:] = 0
        wrong = 0
        for j in range(len(source)):
            at = where[j]
            if at < 0 or at >= size:
                wrong += at != -1
            elif adding:
                plane[at] += source[j]
            else:
                plane[at] = source[j]
        bad[p] = wrong
