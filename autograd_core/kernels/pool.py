"""Pooling of 1 to 3 dimensions with its gradients: maxima, averages, adaptive sizes, unpooling.

Imports NumPy, `pool_geometry`, the loops, `pool_reference`, `reduce` and `jit`. Arrays are (N, C, *size); statics are tuples
with one integer per dimension; an index is flat within its plane of the input.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from . import pool_avg_loops as averages
from . import pool_max_loops as maxima
from . import pool_reference as plain
from .jit import enabled
from .pool_geometry import Ints, Windows, adaptive_edges, windows
from .reduce import mean

_LOOP_FROM = 64
"""Elements from which a launch, checks included, costs less than NumPy's averages; a maximum tap by tap always costs more than its launch."""


_NARROW = 4
"""Windows in a row below which an average goes window by window."""

_PAIRS = ((1, 2, 2), (1, 2, 2), (0, 0, 0))
"""Kernel, stride and padding of the commonest maximum."""


def _pays(size: int, dtype: np.dtype) -> bool:
    return size >= _LOOP_FROM and dtype.char in "fd" and enabled()


def _planes(name: str, x: np.ndarray, kinds: str = "f") -> np.ndarray:
    """(N, C, *size) as contiguous (N·C, D, H, W); NotImplementedError for a dtype that is not of these kinds."""
    if x.dtype.kind not in kinds:
        raise NotImplementedError(f"{name}: not implemented for {x.dtype}, expected a floating-point dtype: convert the input")
    size = (1,) * (5 - x.ndim) + x.shape[2:]
    return np.ascontiguousarray(x, np.float32 if x.dtype == np.float16 else None).reshape(x.shape[0] * x.shape[1], *size)


@np.errstate(all="ignore")
def max_pool(x: np.ndarray, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: bool) -> tuple[np.ndarray, np.ndarray]:
    """(maximum of every window, its int64 index): the first of equal values wins, NaN propagates.

    x: (N, C, *size). A window that lies in the padding altogether (wide dilation) yields -inf and the index -1.
    RuntimeError if the windows do not fit.
    """
    win = windows("max_pool", x.shape, tuple(kernel), tuple(stride), tuple(padding), tuple(dilation), bool(ceil_mode))
    planes, lifted = _planes("max_pool", x, "fiu"), win.lifted
    if not (planes.size and planes.dtype.char in "fd" and enabled()):
        out, index = plain.max_pool_numpy(planes, lifted)
    else:
        out, index = np.empty((len(planes), *lifted.out), planes.dtype), np.empty((len(planes), *lifted.out), np.int64)
        _fill_maxima(planes, out, index, lifted)
    shape = (*x.shape[:2], *win.out)
    return out.reshape(shape).astype(x.dtype, copy=False), index.reshape(shape)


def _fill_maxima(planes: np.ndarray, out: np.ndarray, index: np.ndarray, win: Windows) -> None:
    fits = all(2 * n <= size for n, size in zip(win.out[1:], win.size[1:], strict=True))
    if (win.kernel, win.stride, win.padding) == _PAIRS and set(win.dilation) == {1} and fits:
        corner = np.arange(win.out[1])[:, None] * (2 * win.size[2]) + np.arange(win.out[2]) * 2
        maxima.max_pairs(len(planes), planes[:, 0], corner, out[:, 0], index[:, 0])
    else:
        columns = win.kernel[2], win.stride[2], win.padding[2]
        maxima.max_regular(len(planes), planes, out, index, *columns, *win.dilation, *win.edges[:4])


@np.errstate(all="ignore")
def max_pool_input(g: np.ndarray, index: np.ndarray, x_shape: Ints) -> np.ndarray:
    """The gradient of a max pooling for its input of shape x_shape: every g added at its index.

    RuntimeError if g, index and x_shape do not belong together or an index lies outside its plane.
    """
    return _scattered("max_pool_input", g, index, x_shape, adding=True)


def max_unpool(x: np.ndarray, index: np.ndarray, output_shape: Ints) -> np.ndarray:
    """Zeros of output_shape (N, C, *size) with every x put at its index, the inverse of `max_pool`.

    RuntimeError if x, index and output_shape do not belong together or an index lies outside its plane.
    """
    return _scattered("max_unpool", x, index, output_shape, adding=False)


def max_unpool_input(g: np.ndarray, index: np.ndarray) -> np.ndarray:
    """The values of g (N, C, *size) at index; the gradient of `max_unpool` and of `max_pool_input` for their first argument.

    RuntimeError if an index lies outside its plane.
    """
    planes, places = g.reshape(*g.shape[:2], math.prod(g.shape[2:])), index.reshape(*index.shape[:2], math.prod(index.shape[2:]))
    if g.shape[:2] != index.shape[:2]:
        raise RuntimeError(f"max_unpool_input: got values {g.shape} and index {index.shape}, expected equal first two sizes")
    if places.size and not (places.min() >= -1 and places.max() < planes.shape[2]):
        raise RuntimeError(
            f"max_unpool_input: got indices from {places.min()} to {places.max()}, expected 0 to {planes.shape[2] - 1}: "
            f"take the index that the pooling of this shape returned"
        )
    if places.size == 0:
        return np.zeros(index.shape, g.dtype)
    taken = np.take_along_axis(planes, np.maximum(places, 0), axis=2)
    taken[places < 0] = 0
    return taken.reshape(index.shape)


def _scattered(name: str, g: np.ndarray, index: np.ndarray, shape: Ints, adding: bool) -> np.ndarray:
    shape = tuple(shape)
    if g.shape != index.shape or len(shape) < 3 or g.shape[:2] != shape[:2]:
        raise RuntimeError(
            f"{name}: got values {g.shape}, index {index.shape} and target shape {shape}, expected values and index of one shape "
            f"(N, C, *out) and a target (N, C, *size): use the index that the pooling returned"
        )
    if index.dtype != np.int64:
        raise RuntimeError(f"{name}: got an index of dtype {index.dtype}, expected int64")
    values = _planes(name, g, "fiuc")
    values = values.reshape(len(values), math.prod(g.shape[2:]))
    places = np.ascontiguousarray(index).reshape(values.shape)
    size = math.prod(shape[2:])
    if _pays(len(values) * size, values.dtype):
        out, bad = np.empty((len(values), size), values.dtype), np.zeros(len(values), np.int64)
        maxima.scatter(len(values), values, places, out, adding, bad)
        outside = int(bad.sum())
    else:
        out, outside = plain.scatter_numpy(values, places, size, adding)
    if outside:
        raise RuntimeError(
            f"{name}: got {outside} indices outside 0 to {size - 1}, expected flat places in a plane of {shape[2:]}: "
            f"use the index that the pooling of this shape returned"
        )
    return out.reshape(shape).astype(g.dtype, copy=False)


@functools.lru_cache(maxsize=1024)
def _averaging(
    shape: Ints, kernel: Ints, stride: Ints, padding: Ints, ceil_mode: bool, count_include_pad: bool, divisor_override: int | None
) -> tuple[Windows, np.ndarray]:
    """(windows lifted to three dimensions, one over the number of values that each counts)."""
    win = windows("avg_pool", tuple(shape), kernel, stride, padding, (1,) * len(kernel), ceil_mode).lifted
    if divisor_override is not None:
        if divisor_override == 0:
            raise RuntimeError("avg_pool: got divisor_override 0, expected another integer, or None for the window's size")
        return win, np.full(win.out, 1 / divisor_override)
    d, h, w = win.counts(count_include_pad)
    return win, 1 / (d[:, None, None] * h[:, None] * w)


@np.errstate(all="ignore")
def avg_pool(
    x: np.ndarray, kernel: Ints, stride: Ints, padding: Ints, ceil_mode: bool, count_include_pad: bool, divisor_override: int | None = None
) -> np.ndarray:
    """The sum of every window over divisor_override, or else over the number of values in it (padding counts if asked to).

    x: (N, C, *size). RuntimeError if the windows do not fit or the divisor is 0.
    """
    win, scale = _averaging(x.shape, tuple(kernel), tuple(stride), tuple(padding), ceil_mode, count_include_pad, divisor_override)
    planes = _planes("avg_pool", x)
    if _pays(planes.size, planes.dtype):
        out = np.empty((len(planes), *win.out), planes.dtype)
        if win.out[2] < _NARROW:
            averages.avg_windows(len(planes), planes, scale, out, *win.edges)
        else:
            averages.avg_regular(len(planes), planes, scale, out, win.kernel[2], win.stride[2], win.padding[2], *win.edges[:4])
    else:
        out = plain.avg_pool_numpy(planes, scale.astype(planes.dtype), win)
    return out.reshape(*x.shape[:2], *win.out[5 - x.ndim :]).astype(x.dtype, copy=False)


@np.errstate(all="ignore")
def avg_pool_input(
    g: np.ndarray,
    x_shape: Ints,
    kernel: Ints,
    stride: Ints,
    padding: Ints,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> np.ndarray:
    """The gradient of `avg_pool` for its input of shape x_shape. RuntimeError if g does not have the output's shape."""
    win, scale = _averaging(tuple(x_shape), tuple(kernel), tuple(stride), tuple(padding), ceil_mode, count_include_pad, divisor_override)
    _gradient_fits("avg_pool_input", g, (*x_shape[:2], *win.out[5 - len(x_shape) :]))
    planes = _planes("avg_pool_input", g)
    if _pays(len(planes) * math.prod(win.size), planes.dtype):
        gx = np.empty((len(planes), *win.size), planes.dtype)
        if win.out[2] < _NARROW:
            averages.avg_windows_input(len(planes), planes, scale, gx, *win.edges)
        else:
            columns = win.kernel[2], win.stride[2], win.padding[2]
            averages.avg_regular_input(len(planes), planes, scale, gx, *columns, *win.covered[:4])
    else:
        gx = plain.avg_pool_input_numpy(planes, scale.astype(planes.dtype), win)
    return gx.reshape(x_shape).astype(g.dtype, copy=False)


def _gradient_fits(name: str, g: np.ndarray, shape: Ints) -> None:
    if g.shape != shape:
        raise RuntimeError(f"{name}: got a gradient of shape {g.shape}, expected the output's shape {shape}")


def _adaptive(name: str, shape: Ints, output_size: Ints) -> tuple[list[np.ndarray], np.ndarray]:
    """(edges, scale) of adaptive windows, lifted to three dimensions."""
    size, edges = adaptive_edges(name, shape, output_size)
    for _ in range(3 - len(size)):
        edges = [np.zeros(1, np.int64), np.ones(1, np.int64), *edges]
    d, h, w = (end - start for start, end in zip(edges[::2], edges[1::2], strict=True))
    return edges, 1 / (d[:, None, None] * h[:, None] * w)


@np.errstate(all="ignore")
def adaptive_avg_pool(x: np.ndarray, output_size: Ints) -> np.ndarray:
    """The mean over windows i·size//out to ⌈(i + 1)·size/out⌉, so that the output has output_size. x: (N, C, *size)."""
    edges, scale = _adaptive("adaptive_avg_pool", x.shape, output_size)
    planes = _planes("adaptive_avg_pool", x)
    if scale.size == 1 and planes.size:  # a mean of rows: 0.2 ms where windows take 0.5, on 64x256x8x8 floats
        whole = mean(planes.reshape(len(planes), -1), 1)
        return whole.reshape(*x.shape[:2], *output_size).astype(x.dtype, copy=False)
    if _pays(planes.size, planes.dtype):
        out = np.empty((len(planes), *scale.shape), planes.dtype)
        averages.avg_windows(len(planes), planes, scale, out, *edges)
    else:
        out = plain.avg_windows_numpy(planes, scale.astype(planes.dtype), edges)
    return out.reshape(*x.shape[:2], *output_size).astype(x.dtype, copy=False)


@np.errstate(all="ignore")
def adaptive_avg_pool_input(g: np.ndarray, x_shape: Ints) -> np.ndarray:
    """The gradient of `adaptive_avg_pool` for its input of shape x_shape, given g of the output's shape."""
    edges, scale = _adaptive("adaptive_avg_pool", tuple(x_shape), g.shape[2:])
    _gradient_fits("adaptive_avg_pool_input", g, (*x_shape[:2], *g.shape[2:]))
    planes = _planes("adaptive_avg_pool_input", g)
    size = (1,) * (5 - len(x_shape)) + tuple(x_shape[2:])
    if scale.size == 1:
        gx = np.empty((len(planes), math.prod(size)), planes.dtype)
        gx[...] = planes.reshape(-1, 1) * scale.astype(planes.dtype).reshape(())
    elif _pays(len(planes) * math.prod(size), planes.dtype):
        gx = np.empty((len(planes), *size), planes.dtype)
        averages.avg_windows_input(len(planes), planes, scale, gx, *edges)
    else:
        gx = plain.avg_windows_input_numpy(planes, scale.astype(planes.dtype), edges, size)
    return gx.reshape(x_shape).astype(g.dtype, copy=False)


def adaptive_max_pool(x: np.ndarray, output_size: Ints) -> tuple[np.ndarray, np.ndarray]:
    """(maximum over every adaptive window, its int64 index); `max_pool_input` is its gradient. x: (N, C, *size)."""
    edges, scale = _adaptive("adaptive_max_pool", x.shape, output_size)
    planes = _planes("adaptive_max_pool", x, "fiu")
    if _pays(planes.size, planes.dtype):
        out, index = np.empty((len(planes), *scale.shape), planes.dtype), np.empty((len(planes), *scale.shape), np.int64)
        maxima.max_windows(len(planes), planes, out, index, *edges)
    else:
        out, index = plain.max_windows_numpy(planes, edges)
    shape = (*x.shape[:2], *output_size)
    return out.reshape(shape).astype(x.dtype, copy=False), index.reshape(shape)
