"""Convolution written out as loops, of any geometry: for problems too small for anything that has to be prepared.

Imports NumPy, `jit`, `contract` and `rows`. Arrays have three spatial dimensions; x (N, C, D, H, W), w (O, C/groups, KD, KH, KW),
out (N, O, OD, OH, OW). One launch: 18, 16 and 17 µs for a 3x3 kernel on one image 1x8x8 to 4 channels
(forward, input, weight), where columns took 30, 42 and 33.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer
from .conv_geometry import Geometry
from .jit import CONTRACT, REASSOCIATE, compiled
from .rows import valid_range

UP_TO = 1 << 16
"""Multiplications of a problem up to which loops over short rows cost less than packing and tiles."""

_FITS = (
    "C % P == 0 and O % (C // P) == 0",
    "(OD - 1) * SD + (KD - 1) * DD + 1 <= D + 2 * PD",
    "(OH - 1) * SH + (KH - 1) * DH + 1 <= H + 2 * PH",
    "(OW - 1) * SW + (KW - 1) * DW + 1 <= W + 2 * PW",
)
_STATICS = {
    **{f"S{axis}": integer(1) for axis in "DHW"},
    **{f"P{axis}": integer() for axis in "DHW"},
    **{f"D{axis}": integer(1) for axis in "DHW"},
}


@contract(
    "blocks == N * O",
    *_FITS,
    x=array("N C D H W", FLOATS),
    w=array("O P KD KH KW", same="x"),
    b=array("O", same="x"),
    out=array("N O OD OH OW", same="x", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=CONTRACT)
def _forward(first, last, x, w, b, out, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    C, D, H, W = x.shape[1:]
    O, OD, OH, OW = out.shape[1:]
    P, KD, KH, KW = w.shape[1:]
    for block in range(first, last):
        n, o = block // O, block % O
        group = o // (O // (C // P))
        out[n, o] = b[o]
        for c in range(P):
            for kd in range(KD):
                dlo, dhi = valid_range(kd * DD - PD, SD, D, OD)
                for kh in range(KH):
                    hlo, hhi = valid_range(kh * DH - PH, SH, H, OH)
                    for kw in range(KW):
                        start = kw * DW - PW
                        lo, hi = valid_range(start, SW, W, OW)
                        if lo == hi:
                            continue
                        weight = w[o, c, kd, kh, kw]
                        for od in range(dlo, dhi):
                            for oh in range(hlo, hhi):
                                inner = out[n, o, od, oh][lo:hi]
                                source = x[n, group * P + c, od * SD + kd * DD - PD, oh * SH + kh * DH - PH][start + lo * SW :]
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
    w=array("O P KD KH KW", same="g"),
    gx=array("N C D H W", same="g", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=CONTRACT)
def _input(first, last, g, w, gx, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    C, D, H, W = gx.shape[1:]
    O, OD, OH, OW = g.shape[1:]
    P, KD, KH, KW = w.shape[1:]
    per_out = O // (C // P)
    for block in range(first, last):
        n, c = block // C, block % C
        gx[n, c] = 0
        for o in range(c // P * per_out, (c // P + 1) * per_out):
            for kd in range(KD):
                dlo, dhi = valid_range(kd * DD - PD, SD, D, OD)
                for kh in range(KH):
                    hlo, hhi = valid_range(kh * DH - PH, SH, H, OH)
                    for kw in range(KW):
                        start = kw * DW - PW
                        lo, hi = valid_range(start, SW, W, OW)
                        if lo == hi:
                            continue
                        weight = w[o, c % P, kd, kh, kw]
                        for od in range(dlo, dhi):
                            for oh in range(hlo, hhi):
                                inner = g[n, o, od, oh][lo:hi]
                                target = gx[n, c, od * SD + kd * DD - PD, oh * SH + kh * DH - PH][start + lo * SW :]
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
    gw=array("O P KD KH KW", same="g", writes=True),
    **_STATICS,
)
@compiled(parallel=True, fastmath=REASSOCIATE)
def _weight(first, last, g, x, gw, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    N, C, D, H, W = x.shape
    O, OD, OH, OW = g.shape[1:]
    P, KD, KH, KW = gw.shape[1:]
    zero = x.dtype.type(0)
    for o in range(first, last):
        group = o // (O // (C // P))
        for c in range(P):
            for kd in range(KD):
                dlo, dhi = valid_range(kd * DD - PD, SD, D, OD)
                for kh in range(KH):
                    hlo, hhi = valid_range(kh * DH - PH, SH, H, OH)
                    for kw in range(KW):
                        start = kw * DW - PW
                        lo, hi = valid_range(start, SW, W, OW)
                        total = 0.0
                        if lo < hi:
                            for n in range(N):
                                for od in range(dlo, dhi):
                                    for oh in range(hlo, hhi):
                                        inner = g[n, o, od, oh][lo:hi]
                                        source = x[n, group * P + c, od * SD + kd * DD - PD, oh * SH + kh * DH - PH][start + lo * SW :]
                                        part = zero
                                        for j in range(len(inner)):
                                            part += inner[j] * source[j * SW]
                                        total += part
                        gw[o, c, kd, kh, kw] = total


def suits(geo: Geometry) -> bool:
    """Whether the problem is small: up to UP_TO multiplications."""
    return 0 < geo.multiplies <= UP_TO


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """out[n, o] = b[o] + Σ_c x[n, c] correlated with w[o, c]."""
    out = np.empty(geo.out_shape, x.dtype)
    bias = np.zeros(geo.c_out, x.dtype) if b is None else b
    _forward.bare(0, geo.batch * geo.c_out, x, w.reshape(geo.w_shape), bias, out, *geo.stride, *geo.padding, *geo.dilation)
    return out


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for x."""
    gx = np.empty(geo.x_shape, g.dtype)
    _input.bare(0, geo.batch * geo.c_in, g, w.reshape(geo.w_shape), gx, *geo.stride, *geo.padding, *geo.dilation)
    return gx


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for w."""
    gw = np.empty(geo.w_shape, g.dtype)
    _weight.bare(0, geo.c_out, g, x, gw, *geo.stride, *geo.padding, *geo.dilation)
    return gw
