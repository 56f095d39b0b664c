"""Depthwise convolution (one input channel per group): direct loops, no columns.

Imports NumPy, `jit`, `contract` and `rows`. Arrays have three spatial dimensions; x (N, C, D, H, W),
w (C*M, KD, KH, KW), out (N, C*M, OD, OH, OW).
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer
from .conv_geometry import Geometry
from .jit import CONTRACT, REASSOCIATE, compiled
from .rows import valid_range

STRIP = 2048
"""Values of a strip of rows: it stays in the first-level cache while the taps go over it."""

_FITS = (
    "O == C * M",
    "(OD - 1) * SD + (KD - 1) * DD + 1 <= D + 2 * PD",
    "(OH - 1) * SH + (KH - 1) * DH + 1 <= H + 2 * PH",
    "(OW - 1) * SW + (KW - 1) * DW + 1 <= W + 2 * PW",
)
_STATICS = {
    "M": integer(1),
    **{f"S{axis}": integer(1) for axis in "DHW"},
    **{f"P{axis}": integer() for axis in "DHW"},
    **{f"D{axis}": integer(1) for axis in "DHW"},
}


def _statics(geo: Geometry) -> tuple[int, ...]:
    return (geo.c_out // geo.c_in, *geo.stride, *geo.padding, *geo.dilation)


@contract(
    "blocks == N * O",
    *_FITS,
    x=array("N C D H W", FLOATS),
    w=array("O KD KH KW", same="x"),
    b=array("O", same="x"),
    out=array("N O OD OH OW", same="x", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=CONTRACT)
def _forward(first, last, x, w, b, out, M, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    D, H, W = x.shape[2:]
    O, OD, OH, OW = out.shape[1:]
    KD, KH, KW = w.shape[1:]
    for block in range(first, last):
        n, o = block // O, block % O
        for od in range(OD):
            for oh in range(OH):
                to = out[n, o, od, oh]
                to[:] = b[o]
                for kd in range(KD):
                    d = od * SD + kd * DD - PD
                    for kh in range(KH):
                        h = oh * SH + kh * DH - PH
                        if d < 0 or d >= D or h < 0 or h >= H:
                            continue
                        for kw in range(KW):
                            start = kw * DW - PW
                            lo, hi = valid_range(start, SW, W, OW)
                            if lo == hi:
                                continue
                            weight = w[o, kd, kh, kw]
                            inner = to[lo:hi]
                            source = x[n, o // M, d, h][start + lo * SW :]
                            if SW == 1:
                                source = source[: len(inner)]
                                for j in range(len(inner)):
                                    inner[j] += weight * source[j]
                            else:
                                for j in range(len(inner)):
                                    inner[j] += weight * source[j * SW]


@contract(
    "blocks == N * C",
    *_FITS,
    g=array("N O OD OH OW", FLOATS),
    w=array("O KD KH KW", same="g"),
    gx=array("N C D H W", same="g", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=CONTRACT)
def _input(first, last, g, w, gx, M, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    C, D, H, W = gx.shape[1:]
    OD, OH, OW = g.shape[2:]
    KD, KH, KW = w.shape[1:]
    for block in range(first, last):
        n, c = block // C, block % C
        gx[n, c] = 0
        for o in range(c * M, (c + 1) * M):
            for od in range(OD):
                for oh in range(OH):
                    for kd in range(KD):
                        d = od * SD + kd * DD - PD
                        for kh in range(KH):
                            h = oh * SH + kh * DH - PH
                            if d < 0 or d >= D or h < 0 or h >= H:
                                continue
                            for kw in range(KW):
                                start = kw * DW - PW
                                lo, hi = valid_range(start, SW, W, OW)
                                if lo == hi:
                                    continue
                                weight = w[o, kd, kh, kw]
                                inner = g[n, o, od, oh][lo:hi]
                                target = gx[n, c, d, h][start + lo * SW :]
                                if SW == 1:
                                    target = target[: len(inner)]
                                    for j in range(len(inner)):
                                        target[j] += weight * inner[j]
                                else:
                                    for j in range(len(inner)):
                                        target[j * SW] += weight * inner[j]


@contract(
    "blocks == O",
    *_FITS,
    g=array("N O OD OH OW", FLOATS),
    x=array("N C D H W", same="g"),
    gw=array("O KD KH KW", same="g", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=REASSOCIATE)
def _weight(first, last, g, x, gw, M, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    N = x.shape[0]
    D, H, W = x.shape[2:]
    OD, OH, OW = g.shape[2:]
    KD, KH, KW = gw.shape[1:]
    sums = np.zeros((KD, KH, KW), np.float64)
    for o in range(first, last):
        sums[:] = 0
        for n in range(N):
            for od in range(OD):
                for oh in range(OH):
                    for kd in range(KD):
                        d = od * SD + kd * DD - PD
                        for kh in range(KH):
                            h = oh * SH + kh * DH - PH
                            if d < 0 or d >= D or h < 0 or h >= H:
                                continue
                            for kw in range(KW):
                                start = kw * DW - PW
                                lo, hi = valid_range(start, SW, W, OW)
                                if lo == hi:
                                    continue
                                inner = g[n, o, od, oh][lo:hi]
                                source = x[n, o // M, d, h][start + lo * SW :]
                                total = 0.0
                                if SW == 1:
                                    source = source[: len(inner)]
                                    for j in range(len(inner)):
                                        total += np.float64(inner[j]) * np.float64(source[j])
                                else:
                                    for j in range(len(inner)):
                                        total += np.float64(inner[j]) * np.float64(source[j * SW])
                                sums[kd, kh, kw] += total
        for kd in range(KD):
            for kh in range(KH):
                for kw in range(KW):
                    gw[o, kd, kh, kw] = sums[kd, kh, kw]


@compiled
def _pad(plane, PD, PH, PW, padded):  # type: ignore[no-untyped-def]
    """Copy a plane (D, H, W) into the middle of a cleared one."""
    D, H, W = plane.shape
    for d in range(D):
        for h in range(H):
            to, source = padded[PD + d, PH + h][PW : PW + W], plane[d, h]
            for j in range(W):
                to[j] = source[j]


_SHIFT = (
    "D + 2 * PD - (KD - 1) * DD == OD and H + 2 * PH - (KH - 1) * DH == OH and W + 2 * PW - (KW - 1) * DW == OW",
    "OD > 0 and OH > 0 and OW > 0",
)


@contract(
    "blocks == N * O and CI * M == O * Q and OQ == O * Q",
    *_SHIFT,
    x=array("N CI D H W", FLOATS),
    w=array("OQ KD KH KW", same="x"),
    b=array("O", same="x"),
    out=array("N O OD OH OW", same="x", writes=True),
    M=integer(1),
    Q=integer(1),
    **{name: spec for name, spec in _STATICS.items() if name[0] in "PD"},
)
@compiled(parallel=True, fastmath=CONTRACT)
def _correlate(first, last, x, w, b, out, M, Q, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    """Stride 1: out[n, o] = b[o] + Σ_q x[n, o // M * Q + q] correlated with w[o * Q + q].

    Planes are padded first, so that a tap is a shift of the flat plane and a loop goes over many rows at once; the
    values between the rows are computed too and dropped.
    """
    D, H, W = x.shape[2:]
    O, OD, OH, OW = out.shape[1:]
    KD, KH, KW = w.shape[1:]
    pitch = W + 2 * PW
    padded = np.zeros((D + 2 * PD, H + 2 * PH, pitch), x.dtype)
    flat = padded.reshape(-1)
    high = min(OH, max(1, STRIP // pitch))
    strip = np.empty(high * pitch, x.dtype)
    for block in range(first, last):
        n, o = block // O, block % O
        for q in range(Q):
            _pad(x[n, o // M * Q + q], PD, PH, PW, padded)
            kernel = w[o * Q + q]
            for od in range(OD):
                for top in range(0, OH, high):
                    rows = min(high, OH - top)
                    total = strip[: (rows - 1) * pitch + OW]
                    total[:] = b[o]
                    for kd in range(KD):
                        for kh in range(KH):
                            for kw in range(KW):
                                start = ((od + kd * DD) * (H + 2 * PH) + top + kh * DH) * pitch + kw * DW
                                source = flat[start : start + len(total)]
                                weight = kernel[kd, kh, kw]
                                for j in range(len(source)):
                                    total[j] += weight * source[j]
                    for i in range(rows):
                        to, row = out[n, o, od, top + i], strip[i * pitch : i * pitch + OW]
                        if q == 0:
                            for j in range(OW):
                                to[j] = row[j]
                        else:
                            for j in range(OW):
                                to[j] += row[j]


@contract(
    "blocks == O and O == C * M",
    *_SHIFT,
    g=array("N O OD OH OW", FLOATS),
    x=array("N C D H W", same="g"),
    gw=array("O KD KH KW", same="g", writes=True),
    M=integer(1),
    **{name: spec for name, spec in _STATICS.items() if name[0] in "PD"},
)
@compiled(parallel=True, fastmath=REASSOCIATE)
def _correlate_weight(first, last, g, x, gw, M, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    """Stride 1: gw[o] = Σ_n g[n, o] · shifts of padded x[n, o // M], a strip of rows at a time, strips summed in float64."""
    N, _, D, H, W = x.shape
    OD, OH, OW = g.shape[2:]
    KD, KH, KW = gw.shape[1:]
    pitch = W + 2 * PW
    padded = np.zeros((D + 2 * PD, H + 2 * PH, pitch), x.dtype)
    flat = padded.reshape(-1)
    high = min(OH, max(1, STRIP // pitch))
    strip = np.zeros(high * pitch, x.dtype)  # what lies between the rows stays zero
    sums = np.zeros((KD, KH, KW), np.float64)
    zero = x.dtype.type(0)
    for o in range(first, last):
        sums[:] = 0
        for n in range(N):
            _pad(x[n, o // M], PD, PH, PW, padded)
            for od in range(OD):
                for top in range(0, OH, high):
                    rows = min(high, OH - top)
                    for i in range(rows):
                        to, row = strip[i * pitch : i * pitch + OW], g[n, o, od, top + i]
                        for j in range(OW):
                            to[j] = row[j]
                    grad = strip[: (rows - 1) * pitch + OW]
                    for kd in range(KD):
                        for kh in range(KH):
                            for kw in range(KW):
                                start = ((od + kd * DD) * (H + 2 * PH) + top + kh * DH) * pitch + kw * DW
                                source = flat[start : start + len(grad)]
                                total = zero
                                for j in range(len(source)):
                                    total += grad[j] * source[j]
                                sums[kd, kh, kw] += total
        for kd in range(KD):
            for kh in range(KH):
                for kw in range(KW):
                    gw[o, kd, kh, kw] = sums[kd, kh, kw]


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """out[n, o] = b[o] + x[n, o // M] correlated with w[o]."""
    out = np.empty(geo.out_shape, x.dtype)
    bias = np.zeros(geo.c_out, x.dtype) if b is None else b
    w = w.reshape(geo.c_out, *geo.kernel)
    if _is_flat(geo):
        _correlate(geo.batch * geo.c_out, x, w, bias, out, geo.c_out // geo.c_in, 1, *geo.padding, *geo.dilation)
    else:
        _forward(geo.batch * geo.c_out, x, w, bias, out, *_statics(geo))
    return out


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for x."""
    gx = np.empty(geo.x_shape, g.dtype)
    w = w.reshape(geo.c_out, *geo.kernel)
    back = geo.mirrored
    if back is not None and _is_flat(back):
        turned = np.ascontiguousarray(w[:, ::-1, ::-1, ::-1])
        zeros = np.zeros(geo.c_in, g.dtype)
        _correlate(geo.batch * geo.c_in, g, turned, zeros, gx, 1, geo.c_out // geo.c_in, *back.padding, *back.dilation)
    else:
        _input(geo.batch * geo.c_in, g, w, gx, *_statics(geo))
    return gx


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for w."""
    gw = np.empty((geo.c_out, *geo.kernel), g.dtype)
    if _is_flat(geo):
        _correlate_weight(geo.c_out, g, x, gw, geo.c_out // geo.c_in, *geo.padding, *geo.dilation)
    else:
        _weight(geo.c_out, g, x, gw, *_statics(geo))
    return gw.reshape(geo.w_shape)


def _is_flat(geo: Geometry) -> bool:
    """Whether taps are shifts of the padded plane, and the rows not mostly padding."""
    return set(geo.stride) == {1} and 2 * geo.padding[2] <= max(geo.size[2], 8)
