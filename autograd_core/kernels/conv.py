"""Cross-correlation of 1 to 3 dimensions with both its gradients; picks the method by shape.

Imports NumPy and the kernels of each method: `conv_direct`, `winograd`, `depthwise`, `conv_lanes`,
`conv_tiles`, `conv_gemm`.
x: (N, C, *size), w: (O, C/groups, *kernel), out: (N, O, *out); statics are tuples of one integer per dimension.
Overflow and NaN are values here, as in PyTorch, and NumPy does not warn of them.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from . import conv_direct, conv_gemm, conv_lanes, conv_tiles, depthwise, winograd
from .contract import FLOATS
from .conv_geometry import Geometry, Ints, geometry
from .jit import enabled
from .vector import named

_LOOP_FROM = 1 << 8
"""Multiplications from which a compiled method is worth its launch."""

_MIRROR_UP_TO = 4
"""Output channels per input channel up to which reading columns of the gradient beats adding columns to the result."""


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, stride: Ints, padding: Ints, dilation: Ints, groups: int = 1) -> np.ndarray:
    """out[n, o, p] = b[o] + Σ_{c, t} w[o, c, t] · x[n, c, p·stride - padding + t·dilation].

    x: (N, C, *size), w: (O, C/groups, *kernel), b: (O,) or None. float16 is computed in float32.
    RuntimeError if shapes, dtypes or statics do not fit.
    """
    geo = geometry(x.shape, w.shape, tuple(stride), tuple(padding), tuple(dilation), groups)
    dtype = x.dtype
    if dtype is not w.dtype or (b is not None and dtype is not b.dtype):
        _same_dtype("conv", input=x, weight=w, **({} if b is None else {"bias": b}))
    if b is not None and b.shape != (geo.c_out,):
        raise RuntimeError(f"conv: got bias of shape {b.shape}, expected ({geo.c_out},): one value per output channel")
    out = _conv(_ready(x), _ready(w), None if b is None else _ready(b), geo)
    return _given(out.reshape(geo.out_shape), dtype)


def conv_input(g: np.ndarray, w: np.ndarray, x_shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int = 1) -> np.ndarray:
    """The gradient of `conv` for x, given g of the output's shape; also the forward of a transposed convolution.

    x_shape is the full shape (N, C, *size). RuntimeError if shapes, dtypes or statics do not fit.
    """
    geo = geometry(tuple(x_shape), w.shape, tuple(stride), tuple(padding), tuple(dilation), groups)
    _gradient_fits("conv_input", g, geo)
    dtype = g.dtype
    if dtype is not w.dtype:
        _same_dtype("conv_input", gradient=g, weight=w)
    return _given(_conv_input(_ready(g), _ready(w), geo).reshape(geo.x_shape), dtype)


def conv_weight(g: np.ndarray, x: np.ndarray, w_shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int = 1) -> np.ndarray:
    """The gradient of `conv` for w of shape w_shape, given g of the output's shape.

    RuntimeError if shapes, dtypes or statics do not fit.
    """
    geo = geometry(x.shape, tuple(w_shape), tuple(stride), tuple(padding), tuple(dilation), groups)
    _gradient_fits("conv_weight", g, geo)
    dtype = g.dtype
    if dtype is not x.dtype:
        _same_dtype("conv_weight", gradient=g, input=x)
    return _given(_conv_weight(_ready(g), _ready(x), geo).reshape(geo.w_shape), dtype)


def _ready(array: np.ndarray) -> np.ndarray:
    if array.flags.c_contiguous and array.dtype != np.float16:
        return array
    return np.ascontiguousarray(array, np.float32 if array.dtype == np.float16 else None)


def _given(out: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The result in the dtype that was given: too large a number for float16 is infinite, without a warning."""
    if out.dtype is dtype:
        return out
    with np.errstate(all="ignore"):
        return out.astype(dtype, copy=False)


def _gradient_fits(name: str, g: np.ndarray, geo: Geometry) -> None:
    if g.shape != geo.out_shape:
        raise RuntimeError(f"{name}: got a gradient of shape {g.shape}, expected the output's shape {geo.out_shape}")


def _same_dtype(name: str, **arrays: np.ndarray) -> None:
    if len({array.dtype for array in arrays.values()}) > 1:
        given = ", ".join(f"{key} {array.dtype}" for key, array in arrays.items())
        raise RuntimeError(f"{name}: got {given}, expected one dtype: convert one of them")


def _method(geo: Geometry, dtype: np.dtype, for_input: bool = False) -> Any:
    """The module of loops that computes this geometry; None for products over columns."""
    return _chosen(geo, named(dtype), for_input) if enabled() else None


@functools.lru_cache(maxsize=1024)
def _chosen(geo: Geometry, dtype: str, for_input: bool) -> Any:
    if dtype not in FLOATS or geo.multiplies < _LOOP_FROM:
        return None
    if conv_direct.suits(geo):
        return conv_direct
    if depthwise.suits(geo.lifted, dtype):
        return depthwise
    if conv_lanes.suits(geo.lifted, dtype, for_input):
        return conv_lanes
    if geo.is_patches and geo.groups == 1:
        return None
    return conv_tiles if conv_tiles.suits(geo) else None


def _conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray:
    method, lifted = _method(geo, x.dtype), geo.lifted
    if method is conv_direct:  # before `np.errstate`, which takes a third of its time
        return conv_direct.conv(x.reshape(lifted.x_shape), w, b, lifted)
    with np.errstate(all="ignore"):
        if geo.is_pointwise and geo.groups == 1:
            return conv_gemm.conv_pointwise(x.reshape(geo.batch, geo.c_in, geo.positions), w.reshape(geo.c_out, geo.c_in), b)
        if method is not None and winograd.suits(lifted, named(x.dtype)):
            out = winograd.conv(x.reshape(lifted.x_shape), w, b, lifted)
            if out is not None:
                return out
        if method is None:
            return conv_gemm.conv(x, w, b, geo)
        found: np.ndarray = method.conv(x.reshape(lifted.x_shape), w, b, lifted)
        return found


def _conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    back, lifted = geo.mirrored, geo.lifted
    method = _method(geo, g.dtype, for_input=True)
    if method is conv_direct:
        return conv_direct.conv_input(g.reshape(lifted.out_shape), w, lifted)
    with np.errstate(all="ignore"):
        if geo.is_pointwise and geo.groups == 1:
            return conv_gemm.conv_pointwise(g.reshape(geo.batch, geo.c_out, geo.positions), w.reshape(geo.c_out, geo.c_in).T, None)
        if method is not None and back is not None and winograd.suits(back.lifted, named(g.dtype)):
            gx = winograd.conv(g.reshape(lifted.out_shape), _turned(w, geo), None, back.lifted)
            if gx is not None:
                return gx
        if method is not None:
            found: np.ndarray = method.conv_input(g.reshape(lifted.out_shape), w, lifted)
            return found
        if back is not None and geo.c_out <= _MIRROR_UP_TO * geo.c_in:
            return conv_gemm.conv(g, _turned(w, geo), None, back)
        return conv_gemm.conv_input(g, w, geo)


def _turned(w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The kernels turned by 180 degrees, with inputs and outputs exchanged within each group."""
    by_group = w.reshape(geo.groups, geo.c_out // geo.groups, geo.c_in // geo.groups, *geo.kernel).swapaxes(1, 2)
    turned = np.flip(by_group, tuple(range(3, by_group.ndim)))
    return np.ascontiguousarray(turned).reshape(geo.c_in, geo.c_out // geo.groups, *geo.kernel)


def _conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray:
    method, lifted = _method(geo, g.dtype), geo.lifted
    if method is conv_direct:
        return conv_direct.conv_weight(g.reshape(lifted.out_shape), x.reshape(lifted.x_shape), lifted)
    with np.errstate(all="ignore"):
        if method is not None and winograd.suits(lifted, named(g.dtype)):
            gw = winograd.conv_weight(g.reshape(lifted.out_shape), x.reshape(lifted.x_shape), lifted)
            if gw is not None:
                return gw
        if method is not None and not (geo.taps == 1 and geo.groups == 1):  # a product of two large matrices is BLAS's
            found: np.ndarray | None = method.conv_weight(g.reshape(lifted.out_shape), x.reshape(lifted.x_shape), lifted)
            if found is not None:
                return found
        return conv_gemm.conv_weight(g, x, geo)
