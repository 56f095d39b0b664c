"""Compiled loops of pooling over planes x (P, D, H, W), one block per plane.

Imports NumPy, `jit`, `contract` and `rows`. `_rows` loops go through a whole output row per tap (regular windows over
wide planes); `_windows` loops go window by window, given by tables of starts and ends.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, INDEX, array, contract, flag, integer
from .jit import CONTRACT, REASSOCIATE, compiled
from .rows import valid_range

_STATICS = {f"{kind}{axis}": integer(0 if kind == "P" else 1) for kind in "KSPT" for axis in "DHW"}
_EDGES = {f"{axis}{end}": array(f"O{axis.upper()}", INDEX, at_least="0", below=f"{axis.upper()} + 1") for axis in "dhw" for end in "01"}


@contract(
    "blocks == P and OH * 2 <= H and OW * 2 <= W",
    x=array("P H W", FLOATS),
    out=array("P OH OW", same="x", writes=True),
    index=array("P OH OW", INDEX, writes=True),
)
@compiled(parallel=True)
def max_pairs(first, last, x, out, index):  # type: ignore[no-untyped-def]
    """2x2 windows of stride 2, without branches. The later of two NaNs wins, the earlier of two equal values."""
    W = x.shape[2]
    for p in range(first, last):
        for i in range(out.shape[1]):
            top, bottom = x[p, 2 * i], x[p, 2 * i + 1]
            best, where = out[p, i], index[p, i]
            start = 2 * i * W
            for j in range(len(best)):
                a, b, c, d = top[2 * j], top[2 * j + 1], bottom[2 * j], bottom[2 * j + 1]
                k = start + 2 * j
                right = b > a or b != b
                m = b if right else a
                at = k + 1 if right else k
                down = c > m or c != c
                m = c if down else m
                at = k + W if down else at
                down = d > m or d != d
                best[j] = d if down else m
                where[j] = k + W + 1 if down else at


@contract(
    "blocks == P",
    "(OD - 1) * SD < D + PD and (OH - 1) * SH < H + PH and (OW - 1) * SW < W + PW",
    x=array("P D H W", FLOATS),
    out=array("P OD OH OW", same="x", writes=True),
    index=array("P OD OH OW", INDEX, writes=True),
    **_STATICS,
)
@compiled(parallel=True)
def max_rows(first, last, x, out, index, KD, KH, KW, SD, SH, SW, PD, PH, PW, TD, TH, TW):  # type: ignore[no-untyped-def]
    """Regular windows; index -1 where a window holds no value."""
    D, H, W = x.shape[1:]
    OD, OH, OW = out.shape[1:]
    for p in range(first, last):
        for od in range(OD):
            for oh in range(OH):
                out[p, od, oh] = -np.inf
                index[p, od, oh] = -1
                for kd in range(KD):
                    d = od * SD + kd * TD - PD
                    for kh in range(KH):
                        h = oh * SH + kh * TH - PH
                        if d < 0 or d >= D or h < 0 or h >= H:
                            continue
                        for kw in range(KW):
                            start = kw * TW - PW
                            lo, hi = valid_range(start, SW, W, OW)
                            if lo == hi:
                                continue
                            best, where = out[p, od, oh][lo:hi], index[p, od, oh][lo:hi]
                            source = x[p, d, h][start + lo * SW :]
                            at = (d * H + h) * W + start + lo * SW
                            for j in range(len(best)):
                                v = source[j * SW]
                                better = v > best[j] or v != v or where[j] < 0
                                best[j] = v if better else best[j]
                                where[j] = at + j * SW if better else where[j]


@contract(
    "blocks == P",
    x=array("P D H W", FLOATS),
    out=array("P OD OH OW", same="x", writes=True),
    index=array("P OD OH OW", INDEX, writes=True),
    **_EDGES,
)
@compiled(parallel=True)
def max_windows(first, last, x, out, index, d0, d1, h0, h1, w0, w1):  # type: ignore[no-untyped-def]
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


@contract(
    "blocks == P",
    "(OD - 1) * SD < D + PD and (OH - 1) * SH < H + PH and (OW - 1) * SW < W + PW",
    x=array("P D H W", FLOATS),
    scale=array("OD OH OW", same="x"),
    out=array("P OD OH OW", same="x", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=CONTRACT)
def avg_rows(first, last, x, scale, out, KD, KH, KW, SD, SH, SW, PD, PH, PW, TD, TH, TW):  # type: ignore[no-untyped-def]
    D, H, W = x.shape[1:]
    OD, OH, OW = out.shape[1:]
    for p in range(first, last):
        for od in range(OD):
            for oh in range(OH):
                out[p, od, oh] = 0
                for kd in range(KD):
                    d = od * SD + kd * TD - PD
                    for kh in range(KH):
                        h = oh * SH + kh * TH - PH
                        if d < 0 or d >= D or h < 0 or h >= H:
                            continue
                        for kw in range(KW):
                            start = kw * TW - PW
                            lo, hi = valid_range(start, SW, W, OW)
                            if lo == hi:
                                continue
                            total = out[p, od, oh][lo:hi]
                            source = x[p, d, h][start + lo * SW :]
                            for j in range(len(total)):
                                total[j] += source[j * SW]
                total, by = out[p, od, oh], scale[od, oh]
                for j in range(OW):
                    total[j] *= by[j]


@contract(
    "blocks == P",
    "(OD - 1) * SD < D + PD and (OH - 1) * SH < H + PH and (OW - 1) * SW < W + PW",
    g=array("P OD OH OW", FLOATS),
    scale=array("OD OH OW", same="g"),
    gx=array("P D H W", same="g", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=CONTRACT)
def avg_rows_input(first, last, g, scale, gx, KD, KH, KW, SD, SH, SW, PD, PH, PW, TD, TH, TW):  # type: ignore[no-untyped-def]
    D, H, W = gx.shape[1:]
    OD, OH, OW = g.shape[1:]
    share = np.empty(OW, g.dtype)
    for p in range(first, last):
        gx[p] = 0
        for od in range(OD):
            for oh in range(OH):
                grad, by = g[p, od, oh], scale[od, oh]
                for j in range(OW):
                    share[j] = grad[j] * by[j]
                for kd in range(KD):
                    d = od * SD + kd * TD - PD
                    for kh in range(KH):
                        h = oh * SH + kh * TH - PH
                        if d < 0 or d >= D or h < 0 or h >= H:
                            continue
                        for kw in range(KW):
                            start = kw * TW - PW
                            lo, hi = valid_range(start, SW, W, OW)
                            if lo == hi:
                                continue
                            inner = share[lo:hi]
                            target = gx[p, d, h][start + lo * SW :]
                            for j in range(len(inner)):
                                target[j * SW] += inner[j]


@contract(
    "blocks == P", x=array("P D H W", FLOATS), scale=array("OD OH OW", same="x"), out=array("P OD OH OW", same="x", writes=True), **_EDGES
)
@compiled(parallel=True, fastmath=REASSOCIATE)
def avg_windows(first, last, x, scale, out, d0, d1, h0, h1, w0, w1):  # type: ignore[no-untyped-def]
    for p in range(first, last):
        for od in range(out.shape[1]):
            for oh in range(out.shape[2]):
                for ow in range(out.shape[3]):
                    total = 0.0
                    for d in range(d0[od], d1[od]):
                        for h in range(h0[oh], h1[oh]):
                            row = x[p, d, h][w0[ow] : w1[ow]]
                            for j in range(len(row)):
                                total += np.float64(row[j])
                    out[p, od, oh, ow] = total * scale[od, oh, ow]


@contract(
    "blocks == P", g=array("P OD OH OW", FLOATS), scale=array("OD OH OW", same="g"), gx=array("P D H W", same="g", writes=True), **_EDGES
)
@compiled(parallel=True, fastmath=CONTRACT)
def avg_windows_input(first, last, g, scale, gx, d0, d1, h0, h1, w0, w1):  # type: ignore[no-untyped-def]
    for p in range(first, last):
        gx[p] = 0
        for od in range(g.shape[1]):
            for oh in range(g.shape[2]):
                for ow in range(g.shape[3]):
                    share = g[p, od, oh, ow] * scale[od, oh, ow]
                    for d in range(d0[od], d1[od]):
                        for h in range(h0[oh], h1[oh]):
                            row = gx[p, d, h][w0[ow] : w1[ow]]
                            for j in range(len(row)):
                                row[j] += share
