"""Compiled loops of average pooling over planes x (P, D, H, W), one block per plane; sums are kept in float64.

Imports NumPy, `jit`, `contract` and the declarations of `pool_max_loops`.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer
from .jit import CONTRACT, REASSOCIATE, compiled
from .pool_max_loops import EDGES, ROW_EDGES, STRIP

_SCALE = array("OD OH OW", ("float64",))


@compiled(fastmath=CONTRACT)
def _add_rows(x, d0, d1, h0, h1, total):  # type: ignore[no-untyped-def]
    """total[w] = the sum of rows d0 ... d1 - 1, h0 ... h1 - 1."""
    total[:] = 0
    for d in range(d0, d1):
        for h in range(h0, h1):
            row = x[d, h]
            for j in range(len(total)):
                total[j] += row[j]


@contract(
    "blocks == P and OD > 0 and OH > 0 and OW > 0 and (OW + 1) * SW + KW + W + PW < 2**30",
    x=array("P D H W", FLOATS),
    scale=_SCALE,
    out=array("P OD OH OW", same="x", writes=True),
    KW=integer(1),
    SW=integer(1),
    PW=integer(),
    **ROW_EDGES,
)
@compiled(parallel=True, fastmath=CONTRACT)
def avg_regular(first, last, x, scale, out, KW, SW, PW, d0, d1, h0, h1):  # type: ignore[no-untyped-def]
    """Windows SW apart, as in `max_regular`: over rows, then over the columns of a strip of rows."""
    OD, OH, OW = out.shape[1:]
    W = x.shape[3]
    wide = max((OW - 1) * SW + KW, PW + W) // SW + 1
    pitch = wide * SW
    high = min(OH, max(1, STRIP // pitch))
    strip, sums = np.zeros(high * pitch + KW), np.empty(high * wide)
    for p in range(first, last):
        for od in range(OD):
            for top in range(0, OH, high):
                rows = min(high, OH - top)
                for i in range(rows):
                    oh = top + i
                    _add_rows(x[p], d0[od], d1[od], h0[oh], h1[oh], strip[i * pitch + PW : i * pitch + PW + W])
                total = sums[: rows * wide]
                total[:] = 0
                for r in range(KW):
                    source = strip[r:]
                    if SW == 1:
                        for q in range(len(total)):
                            total[q] += source[q]
                    elif SW == 2:
                        for q in range(len(total)):
                            total[q] += source[2 * q]
                    else:
                        for q in range(len(total)):
                            total[q] += source[SW * q]
                for i in range(rows):
                    to, by, row = out[p, od, top + i], scale[od, top + i], total[i * wide : i * wide + OW]
                    for j in range(OW):
                        to[j] = row[j] * by[j]


@contract(
    "blocks == P and D > 0 and H > 0 and W > 0 and (OW + 1) * SW + KW + W + PW < 2**30",
    g=array("P OD OH OW", FLOATS),
    scale=_SCALE,
    gx=array("P D H W", same="g", writes=True),
    KW=integer(1),
    SW=integer(1),
    PW=integer(),
    d0=array("D", ("int64",), at_least="0", below="OD + 1"),
    d1=array("D", ("int64",), at_least="0", below="OD + 1"),
    h0=array("H", ("int64",), at_least="0", below="OH + 1"),
    h1=array("H", ("int64",), at_least="0", below="OH + 1"),
)
@compiled(parallel=True, fastmath=CONTRACT)
def avg_regular_input(first, last, g, scale, gx, KW, SW, PW, d0, d1, h0, h1):  # type: ignore[no-untyped-def]
    """The adjoint of `avg_regular`. Row h of gx adds the scaled rows h0[h] ... h1[h] - 1 of g, and every column the windows over it.

    Columns that are SW apart see the same taps, so that a column and its windows are a shift of each other.
    """
    D, H, W = gx.shape[1:]
    OD, OH, OW = g.shape[1:]
    most = (KW - 1) // SW  # a column lies in at most this many windows before its own
    wide = max(OW + most, (PW + W) // SW + 1)
    high = min(H, max(1, STRIP // wide))
    share = np.empty((OD, OH, OW))
    strip, sums = np.zeros(most + high * wide), np.empty(high * wide)
    spread = np.empty((high, wide * SW), gx.dtype)
    flat = spread.reshape(-1)
    for p in range(first, last):
        for i in range(OD):
            for j in range(OH):
                for k in range(OW):
                    share[i, j, k] = g[p, i, j, k] * scale[i, j, k]
        for d in range(D):
            for top in range(0, H, high):
                rows = min(high, H - top)
                for i in range(rows):
                    h = top + i
                    _add_rows(share, d0[d], d1[d], h0[h], h1[h], strip[most + i * wide : most + i * wide + OW])
                for phase in range(SW):
                    total = sums[: rows * wide]
                    total[:] = 0
                    for back in range((KW - 1 - phase) // SW + 1 if phase < KW else 0):
                        source = strip[most - back :]
                        for q in range(len(total)):
                            total[q] += source[q]
                    for q in range(len(total)):
                        flat[q * SW + phase] = total[q]
                for i in range(rows):
                    to, row = gx[p, d, top + i], spread[i, PW : PW + W]
                    for j in range(len(row)):
                        to[j] = row[j]


@contract("blocks == P", x=array("P D H W", FLOATS), scale=_SCALE, out=array("P OD OH OW", same="x", writes=True), **EDGES)
@compiled(parallel=True, fastmath=REASSOCIATE)
def avg_windows(first, last, x, scale, out, d0, d1, h0, h1, w0, w1):  # type: ignore[no-untyped-def]
    """Windows given by tables of first and past-the-last positions."""
    W = x.shape[3]
    for p in range(first, last):
        for od in range(out.shape[1]):
            for oh in range(out.shape[2]):
                for ow in range(out.shape[3]):
                    total = 0.0
                    for d in range(d0[od], d1[od]):
                        if w0[ow] == 0 and w1[ow] == W and h0[oh] < h1[oh]:
                            rows = x[p, d, h0[oh] : h1[oh]].reshape(-1)
                            for j in range(len(rows)):
                                total += np.float64(rows[j])
                            continue
                        for h in range(h0[oh], h1[oh]):
                            row = x[p, d, h][w0[ow] : w1[ow]]
                            for j in range(len(row)):
                                total += np.float64(row[j])
                    out[p, od, oh, ow] = total * scale[od, oh, ow]


@contract("blocks == P", g=array("P OD OH OW", FLOATS), scale=_SCALE, gx=array("P D H W", same="g", writes=True), **EDGES)
@compiled(parallel=True, fastmath=CONTRACT)
def avg_windows_input(first, last, g, scale, gx, d0, d1, h0, h1, w0, w1):  # type: ignore[no-untyped-def]
    """The adjoint of `avg_windows`."""
    for p in range(first, last):
        gx[p] = 0
        for od in range(g.shape[1]):
            for oh in range(g.shape[2]):
                for ow in range(g.shape[3]):
                    share = gx.dtype.type(g[p, od, oh, ow] * scale[od, oh, ow])
                    for d in range(d0[od], d1[od]):
                        for h in range(h0[oh], h1[oh]):
                            row = gx[p, d, h][w0[ow] : w1[ow]]
                            for j in range(len(row)):
                                row[j] += share
