"""Pooling: maxima and means over windows. Imports op, shape and the pooling kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arguments import fitted, must_fit
from ..kernels import pool as kernels
from ..op import Array, Value, alias, composed, op
from .comparison import values_of
from .nonlinear import relu
from .pointwise import abs, mul, pow, sign
from .reduce import sum
from .shape import expand, squeeze, unsqueeze

Ints = tuple[int, ...]
Size = int | Sequence[int]
BOUND = 2**31  # of windows, steps and padding, as in PyTorch


@op(
    "maxpool({x})",
    x=lambda g, x_shape, index: pool_spread(g, index, x_shape),
    outputs=("out", "index"),
    discrete=("index",),
    types="any",
    spaces="engine",
    torch_name="MaxPoolWithIndicesBackward",
)
def max_pool(x: Array, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: bool) -> tuple[Array, Array]:
    """The maximum of every window and its flat place in the plane; the first of equal values wins."""
    return kernels.max_pool(x, kernel, stride, padding, dilation, ceil_mode)


@op("{y} at [{index}]", y=lambda g, index: pool_read(g, index), types="any", spaces="engine")
def pool_spread(y: Array, index: Array, shape: Ints) -> Array:
    """Zeros of a shape with each y added at its place in the plane."""
    return kernels.max_pool_input(y, index, shape)


@op("{x}[{index}]", x=lambda g, index, x_shape: pool_spread(g, index, x_shape), types="any", spaces="engine")
def pool_read(x: Array, index: Array) -> Array:
    """The values at places in the plane."""
    return kernels.max_unpool_input(x, index)


@op("unpool({x})", x=lambda g, index: pool_read(g, index), types="any", spaces="engine")
def max_unpool(x: Array, index: Array, shape: Ints) -> Array:
    """Zeros of a shape with each x put at its place in the plane."""
    return kernels.max_unpool(x, index, shape)


@op(
    "mean of windows of {x}",
    x=lambda g, x_shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor: avg_pool_input(
        g, x_shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor
    ),
    types="any",
    spaces="engine",
)
def avg_pool(x: Array, kernel: Ints, stride: Ints, padding: Ints, ceil_mode: bool, count_include_pad: bool, divisor: int | None) -> Array:
    """The mean of every window; of int64 it is rounded towards 0."""
    if x.dtype == np.int64:
        return kernels.avg_pool(x.astype(np.float64), kernel, stride, padding, ceil_mode, count_include_pad, divisor).astype(np.int64)
    return kernels.avg_pool(x, kernel, stride, padding, ceil_mode, count_include_pad, divisor)


@op(
    "{y} spread evenly over windows",
    y=lambda g, kernel, stride, padding, ceil_mode, count_include_pad, divisor: avg_pool(
        g, kernel, stride, padding, ceil_mode, count_include_pad, divisor
    ),
    types="any",
    spaces="engine",
)
def avg_pool_input(
    y: Array, shape: Ints, kernel: Ints, stride: Ints, padding: Ints, ceil_mode: bool, count_include_pad: bool, divisor: int | None
) -> Array:
    """The transpose of avg_pool for an input of a shape."""
    return kernels.avg_pool_input(y, shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor)


@op("mean of windows of {x}", x=lambda g, x_shape: adaptive_mean_input(g, x_shape), types="any", spaces="engine")
def adaptive_mean(x: Array, size: Ints) -> Array:
    """Means over size windows that cover each dimension evenly."""
    return kernels.adaptive_avg_pool(x, size)


@op("{y} spread evenly over windows", y=lambda g, y_shape: adaptive_mean(g, y_shape[2:]), types="any", spaces="engine")
def adaptive_mean_input(y: Array, shape: Ints) -> Array:
    """The transpose of adaptive_mean for an input of a shape."""
    return kernels.adaptive_avg_pool_input(y, shape)


@op(
    "maxpool({x})",
    x=lambda g, x_shape, index: pool_spread(g, index, x_shape),
    outputs=("out", "index"),
    discrete=("index",),
    types="any",
    spaces="engine",
)
def adaptive_max(x: Array, size: Ints) -> tuple[Array, Array]:
    """Maxima over size windows that cover each dimension evenly, and their places."""
    return kernels.adaptive_max_pool(x, size)


def dims_of(value: Size | None, rank: int, name: str, default: Ints | None = None) -> Ints:
    """A static argument as one int per spatial dimension; `default` where it was left out."""
    if default is not None and (value is None or value == () or value == []):
        return default
    values = (value,) * rank if isinstance(value, int) else tuple(value or ())
    values = values * rank if len(values) == 1 else values
    if len(values) != rank:
        raise RuntimeError(f"{name} must either be a single int, or a tuple of {rank} ints: got {value}")
    if any(not -BOUND <= n < BOUND for n in values):
        raise RuntimeError(f"value cannot be converted to type int without overflow: {name}={value}, a size here is below {BOUND}")
    return values


def batched(x: Value, rank: int, name: str) -> tuple[Value, bool]:
    if len(x.shape) not in (rank + 1, rank + 2):
        raise RuntimeError(
            f"{name}: Expected {rank + 1}D or {rank + 2}D input (channels first, the batch may be left out), but got {list(x.shape)}"
        )
    return (x, True) if len(x.shape) == rank + 2 else (unsqueeze(x, 0), False)


def both(out: tuple[Value, Value], had_batch: bool, return_indices: bool) -> Any:
    values, index = out if had_batch else (squeeze(out[0], 0), squeeze(out[1], 0))
    return (values, index) if return_indices else values


def _max_pool(x: Value, kernel: Size, stride: Size | None, padding: Size, dilation: Size, ceil_mode: bool, return_indices: bool, rank: int) -> Any:
    x, had_batch = batched(x, rank, f"max_pool{rank}d")
    window = dims_of(kernel, rank, "kernel_size")
    steps = dims_of(stride, rank, "stride", window)
    out = max_pool(x, window, steps, dims_of(padding, rank, "padding"), dims_of(dilation, rank, "dilation"), ceil_mode)
    return both(out, had_batch, return_indices)


def _avg_pool(
    x: Value, kernel: Size, stride: Size | None, padding: Size, ceil_mode: bool, count_include_pad: bool, divisor: int | None, rank: int
) -> Value:
    x, had_batch = batched(x, rank, f"avg_pool{rank}d")
    window = dims_of(kernel, rank, "kernel_size")
    steps = dims_of(stride, rank, "stride", window)
    if divisor == 0:
        raise RuntimeError("divisor must be not zero")
    out = avg_pool(x, window, steps, dims_of(padding, rank, "padding"), ceil_mode, count_include_pad, divisor)
    return out if had_batch else squeeze(out, 0)


@composed(spaces="functional")
def max_pool1d(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum over windows of (N, C, L); stride defaults to the window. With return_indices also its place."""
    return _max_pool(x, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 1)


@composed(spaces="functional")
def max_pool2d(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum over windows of (N, C, H, W); stride defaults to the window. With return_indices also its place."""
    return _max_pool(x, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 2)


@composed(spaces="functional")
def max_pool3d(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum over windows of (N, C, D, H, W); stride defaults to the window. With return_indices also its place."""
    return _max_pool(x, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 3)


@composed(spaces="functional")
def avg_pool1d(
    x: Value, kernel_size: Size, stride: Size | None = None, padding: Size = 0, ceil_mode: bool = False, count_include_pad: bool = True
) -> Value:
    """The mean over windows of (N, C, L)."""
    return _avg_pool(x, kernel_size, stride, padding, ceil_mode, count_include_pad, None, 1)


@composed(spaces="functional")
def avg_pool2d(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Value:
    """The mean over windows of (N, C, H, W); divisor_override replaces the number of elements."""
    return _avg_pool(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, 2)


@composed(spaces="functional")
def avg_pool3d(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Value:
    """The mean over windows of (N, C, D, H, W); divisor_override replaces the number of elements."""
    return _avg_pool(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, 3)


def sizes_of(x: Value, output_size: Any, rank: int, name: str) -> Ints:
    """The output size with None filled in by the input's."""
    one = not isinstance(output_size, (list, tuple))
    values = tuple([None if v is None else fitted(name, "output_size", "int", v) for v in ([output_size] if one else output_size)])
    if one:
        if output_size is None:
            raise TypeError(f"{name}(): argument 'output_size' must be int or tuple of {rank} ints, in which None keeps a size, not None")
        values = values * rank
    if len(values) != rank:
        raise RuntimeError(f"{name}: output_size must have {rank} elements, got {output_size}")
    sizes = tuple([x.shape[2 + i] if v is None else v for i, v in enumerate(values)])
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"{name}: elements of output_size must be greater than or equal to 0 but received {sizes}")
    must_fit(name, (*x.shape[:2], *sizes))
    return sizes


def _adaptive_avg(x: Value, output_size: Any, rank: int) -> Value:
    name = f"adaptive_avg_pool{rank}d"
    x, had_batch = batched(x, rank, name)
    sizes = sizes_of(x, output_size, rank, name)
    if x.shape[1] == 0 and 0 not in x.shape[2:]:  # no channel: the windows are of no interest
        out = expand(sum(x, tuple(range(2, rank + 2)), True), (*x.shape[:2], *sizes))
    else:
        out = adaptive_mean(x, sizes)
    return out if had_batch else squeeze(out, 0)


def _adaptive_max(x: Value, output_size: Any, return_indices: bool, rank: int) -> Any:
    name = f"adaptive_max_pool{rank}d"
    x, had_batch = batched(x, rank, name)
    return both(adaptive_max(x, sizes_of(x, output_size, rank, name)), had_batch, return_indices)


@composed(spaces="functional")
def adaptive_avg_pool1d(x: Value, output_size: Any) -> Value:
    """Means over output_size windows that cover L evenly."""
    return _adaptive_avg(x, output_size, 1)


@composed(spaces="functional")
def adaptive_avg_pool2d(x: Value, output_size: Any) -> Value:
    """Means over output_size windows that cover (H, W) evenly; None keeps a size."""
    return _adaptive_avg(x, output_size, 2)


@composed(spaces="functional")
def adaptive_avg_pool3d(x: Value, output_size: Any) -> Value:
    """Means over output_size windows that cover (D, H, W) evenly; None keeps a size."""
    return _adaptive_avg(x, output_size, 3)


@composed(spaces="functional")
def adaptive_max_pool1d(x: Value, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over output_size windows that cover L evenly."""
    return _adaptive_max(x, output_size, return_indices, 1)


@composed(spaces="functional")
def adaptive_max_pool2d(x: Value, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over output_size windows that cover (H, W) evenly; None keeps a size."""
    return _adaptive_max(x, output_size, return_indices, 2)


@composed(spaces="functional")
def adaptive_max_pool3d(x: Value, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over output_size windows that cover (D, H, W) evenly; None keeps a size."""
    return _adaptive_max(x, output_size, return_indices, 3)


def _unpool(x: Value, indices: Value, kernel_size: Size, stride: Size | None, padding: Size, output_size: Size | None, rank: int) -> Value:
    had_batch = len(x.shape) == rank + 2
    x, _ = batched(x, rank, f"max_unpool{rank}d")
    places, _ = batched(indices, rank, f"max_unpool{rank}d")
    if tuple(indices.shape) != tuple(x.shape if had_batch else x.shape[1:]):
        given = list(x.shape if had_batch else x.shape[1:])
        raise RuntimeError(f"Expected shape of indices to be same as that of the input tensor ({given}) but got {list(indices.shape)}")
    window = dims_of(kernel_size, rank, "kernel_size")
    steps, around = dims_of(stride, rank, "stride", window), dims_of(padding, rank, "padding")
    name = f"max_unpool{rank}d"
    default = tuple([(n - 1) * s - 2 * p + k for n, s, p, k in zip(x.shape[2:], steps, around, window, strict=True)])
    if any(n < 0 for n in default):
        raise ValueError(f"{name}: output_size must be non-negative: stride {steps}, padding {around} and kernel {window} give {default}")
    sizes: Any = default if output_size is None else output_size
    if not isinstance(sizes, (tuple, list)) or len(sizes) not in (rank, rank + 2):
        raise ValueError(f"{name}: output_size should be a sequence containing {rank} or {rank + 2} elements, but got {output_size}")
    sizes = tuple(sizes)[-rank:]
    for got, wanted, s in zip(sizes, default, steps, strict=True):
        if not wanted - s <= got <= wanted + s:
            raise ValueError(f"{name}: invalid output_size {sizes}: each must lie within a stride of the default {default}")
    if values_of(indices).dtype != np.int64:
        raise RuntimeError(f"{name}: elements in indices should be type int64 but got: {values_of(indices).dtype}; use indices.long()")
    must_fit(name, (*x.shape[:2], *sizes))
    out = max_unpool(x, places, (*x.shape[:2], *sizes))
    return out if had_batch else squeeze(out, 0)


@composed(spaces="functional")
def max_unpool1d(x: Value, indices: Value, kernel_size: Size, stride: Size | None = None, padding: Size = 0, output_size: Size | None = None) -> Value:
    """The inverse of max_pool1d: values at their indices, zeros elsewhere."""
    return _unpool(x, indices, kernel_size, stride, padding, output_size, 1)


@composed(spaces="functional")
def max_unpool2d(x: Value, indices: Value, kernel_size: Size, stride: Size | None = None, padding: Size = 0, output_size: Size | None = None) -> Value:
    """The inverse of max_pool2d: values at their indices, zeros elsewhere."""
    return _unpool(x, indices, kernel_size, stride, padding, output_size, 2)


@composed(spaces="functional")
def max_unpool3d(x: Value, indices: Value, kernel_size: Size, stride: Size | None = None, padding: Size = 0, output_size: Size | None = None) -> Value:
    """The inverse of max_pool3d: values at their indices, zeros elsewhere."""
    return _unpool(x, indices, kernel_size, stride, padding, output_size, 3)


def _lp_pool(x: Value, norm_type: float, kernel: Size, stride: Size | None, ceil_mode: bool, rank: int) -> Value:
    window = dims_of(kernel, rank, "kernel_size")
    count = 1
    for k in window:
        count *= k
    mean = _avg_pool(pow(x, norm_type), window, stride, 0, ceil_mode, True, None, rank)
    return pow(mul(sign(mean), relu(abs(mean))) * count, 1.0 / norm_type)


@composed(spaces="functional")
def lp_pool1d(x: Value, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False) -> Value:
    """(Σ x^p)^(1/p) over windows of (N, C, L)."""
    return _lp_pool(x, norm_type, kernel_size, stride, ceil_mode, 1)


@composed(spaces="functional")
def lp_pool2d(x: Value, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False) -> Value:
    """(Σ x^p)^(1/p) over windows of (N, C, H, W)."""
    return _lp_pool(x, norm_type, kernel_size, stride, ceil_mode, 2)


@composed(spaces="functional")
def lp_pool3d(x: Value, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False) -> Value:
    """(Σ x^p)^(1/p) over windows of (N, C, D, H, W)."""
    return _lp_pool(x, norm_type, kernel_size, stride, ceil_mode, 3)


for entry in (max_pool1d, max_pool2d, max_pool3d, avg_pool1d, adaptive_avg_pool1d):
    alias(entry, f"torch.{entry.name}")  # PyTorch has these few in both places
