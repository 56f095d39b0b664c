"""Depthwise convolution (one input channel per group) of stride 1: direct loops, no columns.

Imports NumPy, `jit` and `contract`. Arrays have three spatial dimensions; x (N, C, D, H, W),
w (C*M, KD, KH, KW), out (N, C*M, OD, OH, OW).
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer
from .conv_geometry import Geometry
from .jit import CONTRACT, REASSOCIATE, compiled

STRIP = 2048
"""Values of a strip of rows: it stays in the first-level cache while the taps go over it."""

_STATICS = {**{f"P{axis}": integer() for axis in "DHW"}, **{f"D{axis}": integer(1) for axis in "DHW"}}


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
    **_STATICS,
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
    **_STATICS,
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
    _correlate(geo.batch * geo.c_out, x, w, bias, out, geo.c_out // geo.c_in, 1, *geo.padding, *geo.dilation)
    return out


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for x."""
    gx = np.empty(geo.x_shape, g.dtype)
    w = w.reshape(geo.c_out, *geo.kernel)
    back = geo.mirrored
    assert back is not None
    turned = np.ascontiguousarray(w[:, ::-1, ::-1, ::-1])
    zeros = np.zeros(geo.c_in, g.dtype)
    _correlate(geo.batch * geo.c_in, g, turned, zeros, gx, 1, geo.c_out // geo.c_in, *back.padding, *back.dilation)
    return gx


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for w."""
    gw = np.empty((geo.c_out, *geo.kernel), g.dtype)
    _correlate_weight(geo.c_out, g, x, gw, geo.c_out // geo.c_in, *geo.padding, *geo.dilation)
    return gw.reshape(geo.w_shape)


def suits(geo: Geometry) -> bool:
    """Whether there is one input channel per group, and taps are shifts."""
    return geo.groups > 1 and geo.groups == geo.c_in and is_flat(geo)


def is_flat(geo: Geometry) -> bool:
    """Whether taps are shifts of the padded plane, and the rows not mostly padding."""
    return set(geo.stride) == {1} and 2 * geo.padding[-1] <= max(geo.size[-1], 8)
