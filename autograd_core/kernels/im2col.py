"""Between images and columns: each column holds the input values that one output position sees.

Imports NumPy, `jit` and `contract`. All arrays have three spatial dimensions (see `Geometry.lifted`); a piece is a
box of output positions (d0, d1, h0, h1) over the full width.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer
from .conv_geometry import Geometry, Ints
from .jit import compiled, enabled

Box = tuple[int, int, int, int]

_LOOP_FROM = 4096

_FITS = (
    "(OD - 1) * SD + (KD - 1) * DD + 1 <= D + 2 * PD",
    "(OH - 1) * SH + (KH - 1) * DH + 1 <= H + 2 * PH",
    "(OW - 1) * SW + (KW - 1) * DW + 1 <= W + 2 * PW",
    "d0 + ND <= OD and h0 + NH <= OH",
)
_SIZES = {
    "x": array("B C D H W", FLOATS),
    "d0": integer(),
    "h0": integer(),
    **{f"O{axis}": integer() for axis in "DH"},
    **{f"S{axis}": integer(1) for axis in "DHW"},
    **{f"P{axis}": integer() for axis in "DHW"},
    **{f"D{axis}": integer(1) for axis in "DHW"},
}


def _sizes(geo: Geometry, box: Box) -> tuple[int, ...]:
    return (box[0], box[2], *geo.out[:2], *geo.stride, *geo.padding, *geo.dilation)


def _taps(geo: Geometry, box: Box) -> list[tuple[Ints, tuple[slice, ...]]]:
    """Every tap with the slices of the padded input that it meets over the box."""
    d0, d1, h0, h1 = box
    ranges = ((d0, d1), (h0, h1), (0, geo.out[2]))
    found = []
    for tap in np.ndindex(*geo.kernel):
        slices = []
        for (lo, hi), k, s, d in zip(ranges, tap, geo.stride, geo.dilation, strict=True):
            slices.append(slice(lo * s + k * d, (hi - 1) * s + k * d + 1, s))
        found.append((tap, tuple(slices)))
    return found


def _padded(x: np.ndarray, padding: Ints) -> np.ndarray:
    return np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)]) if any(padding) else x


def im2col_numpy(x: np.ndarray, cols: np.ndarray, geo: Geometry, box: Box) -> None:
    """Fill cols (C, KD, KH, KW, B, ND, NH, OW) from x (B, C, D, H, W)."""
    padded = _padded(x, geo.padding)
    for tap, slices in _taps(geo, box):
        cols[(slice(None), *tap)] = padded[(slice(None), slice(None), *slices)].transpose(1, 0, 2, 3, 4)


def col2im_numpy(cols: np.ndarray, x: np.ndarray, geo: Geometry, box: Box) -> None:
    """Add cols (C, KD, KH, KW, B, ND, NH, OW) to the places of x that `im2col` reads them from."""
    padded = np.zeros((*x.shape[:2], *(n + 2 * p for n, p in zip(geo.size, geo.padding, strict=True))), x.dtype)
    for tap, slices in _taps(geo, box):
        padded[(slice(None), slice(None), *slices)] += cols[(slice(None), *tap)].transpose(1, 0, 2, 3, 4)
    x += padded[(..., *(slice(p, p + n) for n, p in zip(geo.size, geo.padding, strict=True)))]


@compiled
def valid_range(first, stride, size, count):  # type: ignore[no-untyped-def]
    """The j in range(count) with 0 <= first + j * stride < size, as (lo, hi)."""
    lo = 0 if first >= 0 else (-first + stride - 1) // stride
    hi = 0 if first >= size else (size - 1 - first) // stride + 1
    lo = min(lo, count)
    return lo, max(lo, min(hi, count))


@contract(*_FITS, cols=array("C KD KH KW B ND NH OW", same="x", writes=True), **_SIZES)
@compiled
def _im2col(x, cols, d0, h0, OD, OH, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    B, C, D, H, W = x.shape
    _, KD, KH, KW, _, ND, NH, OW = cols.shape
    for c in range(C):
        for kd in range(KD):
            for kh in range(KH):
                for kw in range(KW):
                    first = kw * DW - PW
                    lo, hi = valid_range(first, SW, W, OW)
                    for b in range(B):
                        for od in range(ND):
                            d = (d0 + od) * SD + kd * DD - PD
                            for oh in range(NH):
                                h = (h0 + oh) * SH + kh * DH - PH
                                to = cols[c, kd, kh, kw, b, od, oh]
                                if d < 0 or d >= D or h < 0 or h >= H or lo == hi:
                                    to[:] = 0
                                    continue
                                to[:lo] = 0
                                to[hi:] = 0
                                inner = to[lo:hi]
                                source = x[b, c, d, h][first + lo * SW :]
                                if SW == 1:
                                    source = source[: len(inner)]
                                    for j in range(len(inner)):
                                        inner[j] = source[j]
                                else:
                                    for j in range(len(inner)):
                                        inner[j] = source[j * SW]


@contract(*_FITS, cols=array("C KD KH KW B ND NH OW", FLOATS), **(_SIZES | {"x": array("B C D H W", same="cols", writes=True)}))
@compiled
def _col2im(cols, x, d0, h0, OD, OH, SD, SH, SW, PD, PH, PW, DD, DH, DW):  # type: ignore[no-untyped-def]
    B, C, D, H, W = x.shape
    _, KD, KH, KW, _, ND, NH, OW = cols.shape
    for c in range(C):
        for kd in range(KD):
            for kh in range(KH):
                for kw in range(KW):
                    first = kw * DW - PW
                    lo, hi = valid_range(first, SW, W, OW)
                    if lo == hi:
                        continue
                    for b in range(B):
                        for od in range(ND):
                            d = (d0 + od) * SD + kd * DD - PD
                            for oh in range(NH):
                                h = (h0 + oh) * SH + kh * DH - PH
                                if d < 0 or d >= D or h < 0 or h >= H:
                                    continue
                                inner = cols[c, kd, kh, kw, b, od, oh][lo:hi]
                                target = x[b, c, d, h][first + lo * SW :]
                                if SW == 1:
                                    target = target[: len(inner)]
                                    for j in range(len(inner)):
                                        target[j] += inner[j]
                                else:
                                    for j in range(len(inner)):
                                        target[j * SW] += inner[j]


def _loops(cols: np.ndarray, x: np.ndarray) -> bool:
    return cols.size >= _LOOP_FROM and x.dtype.name in FLOATS and x.flags.c_contiguous and enabled()


def im2col(x: np.ndarray, cols: np.ndarray, geo: Geometry, box: Box) -> None:
    """Fill cols (C, KD, KH, KW, B, ND, NH, OW) from x (B, C, D, H, W), zero where the kernel is over the padding."""
    if _loops(cols, x):
        _im2col(x, cols, *_sizes(geo, box))
    else:
        im2col_numpy(x, cols, geo, box)


def col2im(cols: np.ndarray, x: np.ndarray, geo: Geometry, box: Box) -> None:
    """Add cols (C, KD, KH, KW, B, ND, NH, OW) to the places of x that `im2col` reads them from."""
    if _loops(cols, x):
        _col2im(cols, x, *_sizes(geo, box))
    else:
        col2im_numpy(cols, x, geo, box)
