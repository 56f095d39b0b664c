"""Reductions over dimensions: sums, moments, products, extremes and where they are.

Imports NumPy, `axes`, `reduce_loops`, `norm_loops`, and the families next to it, `scan` and `order`, which it offers under
its own name. Values, dtypes, ties, NaN and the refusal of empty dimensions are PyTorch's; sums of floats are
accumulated in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .axes import Array, Dims, axes_of, axis_of, before_n_after, in_rows, reduced_shape, three
from .jit import enabled
from .norm_loops import moments
from .order import (
    bincount,
    bucketize,
    histc,
    kthvalue,
    median,
    mode,
    nanmedian,
    searchsorted,
    sort,
    topk,
    unique,
    unique_consecutive,
)
from .reduce_loops import BLOCK, ORDERED, TILE, arg_columns, few_variances, sum_all, sum_blocks, sum_rows
from .scan import cummax, cummin, cumprod, cumsum, logcumsumexp
from .threads import get_num_threads, run

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "bincount",
    "bucketize",
    "count_nonzero",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "histc",
    "kthvalue",
    "logcumsumexp",
    "max_dim",
    "mean",
    "median",
    "min_dim",
    "mode",
    "nanmedian",
    "nansum",
    "prod",
    "searchsorted",
    "sort",
    "std",
    "sum",
    "topk",
    "unique",
    "unique_consecutive",
    "var",
]

SMALL = 8192
"""Below this many elements NumPy is cheaper than a launch."""

SHORT = 32
"""Rows of at most this length are reduced column by column."""

FEW = 512
"""Elements that NumPy sums as float64 sooner than a loop is launched."""

_LARGEST = 3e38  # of float32, nearly

THREADED = 1 << 17
"""Elements from which a second thread pays for being handed its part."""

TINY = 128
"""NumPy sums this many floats in one block: no need for float64."""


def _default(x: Array, dtype: Any) -> tuple[Array, np.dtype[Any]]:
    """x converted, and the dtype of a sum or product: int64 for integers and bools."""
    if dtype is not None:
        dtype = np.dtype(dtype)
        with np.errstate(all="ignore"):
            return x.astype(dtype, copy=False), dtype
    return x, np.dtype(np.int64) if x.dtype.kind in "biu" else x.dtype


def _wide(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(np.complex128 if dtype.kind == "c" else np.float64)


def _sum64(x: Array, axes: tuple[int, ...]) -> Array:
    """The sum of floats over axes, as float64; in x's order of the other axes, whose shape it may have lost."""
    if x.size <= FEW or x.dtype.char not in "fd" or not enabled():
        total = np.add.reduce(x, axes, _wide(x.dtype)) if axes else x.astype(_wide(x.dtype))
        return np.asarray(total)
    split = next((i for i in range(len(axes) - 1, 0, -1) if axes[i - 1] + 1 != axes[i]), 0)
    if split:
        # The last run of neighbours first: what is left is small, and no dimension has to be moved.
        run = _sum64(x, axes[split:]).reshape(reduced_shape(x.shape, axes[split:], False))
        return np.asarray(np.add.reduce(run, axes[:split]))
    blocks = before_n_after(x, axes)
    before, n, after = blocks.shape
    if after == 1 and n <= 1024:
        out, step = np.empty(before), max(1, BLOCK // n)
        _launch(sum_rows, x.size, -(-before // step), blocks.reshape(before, n), out, step)
        return out
    step = max(16, BLOCK // after)
    chunks, tiles = -(-n // step), -(-after // TILE)
    out = np.empty((before, chunks, after))
    _launch(sum_blocks, x.size, before * chunks * tiles, blocks, out, step, tiles)
    return out.reshape(before, after) if chunks == 1 else np.add.reduce(out, 1)


def _whole(x: Array) -> float | None:
    """The sum of all elements of a contiguous array, quickly; None where `_sum64` has to see to it."""
    if not FEW < x.size < THREADED or x.dtype.char not in "fd" or not x.flags.c_contiguous or not enabled():
        return None
    found: float = sum_all.bare(x.reshape(-1))
    return found if abs(found) < _LARGEST else None  # the cast of what is infinite or NaN would warn


def _launch(loop: Any, size: int, blocks: int, *arguments: Any) -> None:
    """Run a parallel loop over arrays of this module's own making: few elements on this thread and without the contract."""
    if size < THREADED:
        loop.bare(0, blocks, *arguments)
    else:
        loop(blocks, *arguments)


def sum(x: Array, dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """Σ x; integers and bools are summed as int64."""
    x = np.asarray(x)
    if dim is None is dtype and not keepdim:
        whole = _whole(x)
        if whole is not None:
            return np.array(whole, x.dtype)
    axes = axes_of(dim, x.ndim)
    x, dtype = _default(x, dtype)
    with np.errstate(all="ignore"):
        if dtype.kind not in "fc" or x.size <= TINY:
            return np.asarray(np.add.reduce(x, axes, dtype, None, keepdim))
        return np.asarray(_sum64(x, axes), dtype).reshape(reduced_shape(x.shape, axes, keepdim))


def nansum(x: Array, dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """Σ x with NaN counted as 0."""
    x = np.asarray(x)
    if x.dtype.kind == "c":
        raise RuntimeError(f"nansum does not support {x.dtype}: sum the real and the imaginary part")
    return sum(np.where(np.isnan(x), x.dtype.type(0), x) if x.dtype.kind == "f" else x, dim, keepdim, dtype)


def _count(x: Array, axes: tuple[int, ...]) -> int:
    n = 1
    for a in axes:
        n *= x.shape[a]
    return n


def mean(x: Array, dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """Σ x / n, NaN over no elements. RuntimeError for integers without a floating dtype."""
    x = np.asarray(x)
    if dim is None and not keepdim and (dtype is None or dtype is x.dtype):
        whole = _whole(x)
        if whole is not None:
            return np.array(whole / x.size, x.dtype)
    axes = axes_of(dim, x.ndim)
    kind = np.dtype(x.dtype if dtype is None else dtype)
    if kind.kind not in "fc":
        raise RuntimeError(f"mean(): could not infer output dtype. Expected a floating point or complex dtype, got {kind}: use x.float()")
    x = x.astype(kind, copy=False)
    with np.errstate(all="ignore"):
        return np.asarray(_sum64(x, axes) / np.float64(_count(x, axes)), kind).reshape(reduced_shape(x.shape, axes, keepdim))


def _variance(x: Array, axes: tuple[int, ...], correction: float, root: bool, keepdim: bool) -> Array:
    if x.dtype.kind not in "fc":
        raise RuntimeError(f"std and var only support floating point and complex dtypes, got {x.dtype}: use x.float()")
    if x.dtype.kind == "c":
        parts = [_variance(np.ascontiguousarray(part), axes, correction, False, keepdim) for part in (x.real, x.imag)]
        return np.asarray(np.sqrt(parts[0] + parts[1]) if root else parts[0] + parts[1])
    n = _count(x, axes)
    shape = reduced_shape(x.shape, axes, keepdim)
    if 0 < x.size < SMALL and axes == (x.ndim - 1,) and n > correction and x.dtype.char in "fd" and enabled():
        few = np.empty(shape, x.dtype)
        few_variances(np.ascontiguousarray(x).reshape(-1, n), float(n - correction), root, few.reshape(-1))
        return few
    with np.errstate(all="ignore"):
        if 0 < x.size < SMALL:
            wide = x.astype(np.float64)
            centred = wide - np.add.reduce(wide, axes, keepdims=True) / n
            total = np.add.reduce(centred * centred, axes, keepdims=keepdim) / max(n - correction, np.float64(0))
            return np.asarray(np.sqrt(total) if root else total, x.dtype)
        out = np.full(shape, np.nan) if n == 0 else (_squares(x, axes) / max(np.float64(n) - correction, np.float64(0))).reshape(shape)
        return np.asarray(np.sqrt(out) if root else out, x.dtype)


def _squares(x: Array, axes: tuple[int, ...]) -> Array:
    """Σ (x - mean)² in float64."""
    blocks = before_n_after(x, axes)
    before, n, after = blocks.shape
    if before > 1 and after > 1:
        blocks = np.ascontiguousarray(blocks.transpose(0, 2, 1))
    columns = before == 1 and after > 1
    rows = blocks.reshape((n, after) if columns else (before * after, n))
    if rows.dtype == np.float16:
        rows = rows.astype(np.float32)
    s, _ = moments(rows, np.zeros(after if columns else before * after), columns)
    mean = s / n
    s, q = moments(rows, mean, columns)
    return np.asarray(q - s * (s / n))


def var(x: Array, dim: Dims = None, keepdim: bool = False, correction: float = 1) -> Array:
    """Σ (x - mean)² / max(n - correction, 0): NaN for one element, inf beyond."""
    x = np.asarray(x)
    return _variance(x, axes_of(dim, x.ndim), correction, False, keepdim)


def std(x: Array, dim: Dims = None, keepdim: bool = False, correction: float = 1) -> Array:
    """The root of `var`."""
    x = np.asarray(x)
    return _variance(x, axes_of(dim, x.ndim), correction, True, keepdim)


def prod(x: Array, dim: int | None = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """Π x; integers and bools are multiplied as int64."""
    x = np.asarray(x)
    axes = axes_of(dim, x.ndim)
    x, dtype = _default(x, dtype)
    with np.errstate(all="ignore"):
        out = _fold(np.multiply, x, axes, keepdim, _wide(dtype) if dtype.kind in "fc" else dtype)
        return out.astype(dtype, copy=False)


def _fold(ufunc: np.ufunc, x: Array, axes: tuple[int, ...], keepdim: bool, dtype: Any = None) -> Array:
    """ufunc.reduce; many short rows as whole columns, which NumPy does ten times faster than 100 ns a row."""
    if axes == (x.ndim - 1,) and x.size >= SMALL and 0 < x.shape[-1] <= SHORT:
        out = x[..., 0].astype(dtype or x.dtype)
        for k in range(1, x.shape[-1]):
            ufunc(out, x[..., k], out=out)
        return out[..., None] if keepdim else out
    if dtype is None and x.size >= THREADED and get_num_threads() > 1 and x.flags.c_contiguous:
        return _extreme_shared(ufunc, x, axes, keepdim)
    return np.asarray(ufunc.reduce(x, axes, dtype, keepdims=keepdim))


def _extreme_shared(ufunc: np.ufunc, x: Array, axes: tuple[int, ...], keepdim: bool) -> Array:
    """The extreme over axes on all threads: it does not depend on the order of the elements."""
    if len(axes) == x.ndim:
        flat = x.reshape(-1)
        parts = np.empty(-(-x.size // BLOCK), x.dtype)

        def block(lo: int, hi: int) -> None:
            for i in range(lo, hi):
                parts[i] = ufunc.reduce(flat[i * BLOCK : (i + 1) * BLOCK])

        run(len(parts), block)
        return np.asarray(ufunc.reduce(parts)).reshape((1,) * x.ndim if keepdim else ())
    if 0 in axes or len(x) < 2 * get_num_threads():
        return np.asarray(ufunc.reduce(x, axes, keepdims=keepdim))
    return _by_rows(lambda part, out: ufunc.reduce(part, axes, out=out, keepdims=keepdim), x, np.empty(reduced_shape(x.shape, axes, keepdim), x.dtype))


def _by_rows(reduction: Any, x: Array, out: Array) -> Array:
    """reduction(x, out) on parts of the first dimension, on all threads."""
    run(len(x), lambda lo, hi: reduction(x[lo:hi], out[lo:hi]))
    return out


def _nonempty(x: Array, axes: tuple[int, ...], whole: bool, name: str, error: type[Exception]) -> None:
    if x.size:
        return
    if whole:
        raise error(f"{name}(): x of shape {x.shape} has no elements: specify a reduction dim of non-zero size with the 'dim' argument")
    for a in axes:
        if x.ndim and x.shape[a] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {a} to have non-zero size, got x of shape {x.shape}")


def _extreme(x: Array, dim: Dims, keepdim: bool, name: str, ufunc: np.ufunc) -> Array:
    x = np.asarray(x)
    if x.dtype.kind == "c":
        raise NotImplementedError(f"{name} is not implemented for {x.dtype}: complex numbers have no order")
    axes = axes_of(dim, x.ndim)
    _nonempty(x, axes, dim is None or dim == (), name, RuntimeError)
    with np.errstate(all="ignore"):
        return _fold(ufunc, x, axes, keepdim)


def amax(x: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The largest value, NaN if there is one. RuntimeError or IndexError over no elements."""
    return _extreme(x, dim, keepdim, "amax", np.maximum)


def amin(x: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The smallest value, NaN if there is one. RuntimeError or IndexError over no elements."""
    return _extreme(x, dim, keepdim, "amin", np.minimum)


def _at(x: Array, axis: int, largest: bool) -> Array:
    """Where the first extreme, or the first NaN, is along an axis of a non-empty x."""
    if x.ndim and axis < x.ndim - 1 and x.size >= SMALL and x.dtype.name in ORDERED and enabled():
        blocks = three(x, axis)
        before, _, after = blocks.shape
        best, at = np.empty((before, after), x.dtype), np.empty((before, after), np.int64)
        tiles = -(-after // TILE)
        arg_columns(before * tiles, blocks, best, at, tiles, largest)
        return at.reshape(x.shape[:axis] + x.shape[axis + 1 :])
    find = np.argmax if largest else np.argmin
    if axis and x.size >= THREADED and get_num_threads() > 1 and len(x) >= 2 * get_num_threads():
        return _by_rows(lambda part, out: find(part, axis, out), x, np.empty(reduced_shape(x.shape, (axis,), False), np.int64))
    return np.asarray(find(x, axis if x.ndim else None))


def _arg(x: Array, dim: int | None, keepdim: bool, name: str, largest: bool) -> Array:
    x = np.asarray(x)
    if x.dtype.kind in "bc":
        raise RuntimeError(f"{name}(): does not support {x.dtype} input: convert it with .int() or take its absolute value")
    if dim is None:
        _nonempty(x, (), True, name, IndexError)
        at = np.asarray((np.argmax if largest else np.argmin)(x))
        return at.reshape((1,) * x.ndim) if keepdim else at
    axis = axis_of(dim, x.ndim)
    _nonempty(x, (axis,), False, name, IndexError)
    at = _at(x, axis, largest) if x.size else np.zeros(reduced_shape(x.shape, (axis,), False), np.int64)
    return np.expand_dims(at, axis) if keepdim and x.ndim else at


def argmax(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the first largest value is, or the first NaN; in the flattened x without a dim."""
    return _arg(x, dim, keepdim, "argmax", True)


def argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the first smallest value is, or the first NaN; in the flattened x without a dim."""
    return _arg(x, dim, keepdim, "argmin", False)


def _with_index(x: Array, dim: int, keepdim: bool, name: str, largest: bool) -> tuple[Array, Array]:
    x = np.asarray(x)
    if x.dtype.kind == "c":
        raise RuntimeError(f"{name}(): does not support {x.dtype} input: complex numbers have no order")
    axis = axis_of(dim, x.ndim)
    _nonempty(x, (axis,), False, name, IndexError)
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    at = np.expand_dims(_at(x, axis, largest) if x.size else np.zeros(reduced_shape(x.shape, (axis,), False), np.int64), axis)
    values = np.take_along_axis(x, at, axis)
    return (values, at) if keepdim else (values.squeeze(axis), at.squeeze(axis))


def max_dim(x: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The largest values along `dim` and where the first of each is; NaN counts as the largest."""
    return _with_index(x, dim, keepdim, "max", True)


def min_dim(x: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The smallest values along `dim` and where the first of each is; NaN counts as the smallest."""
    return _with_index(x, dim, keepdim, "min", False)


def _truth(x: Array, dim: Dims, keepdim: bool, ufunc: np.ufunc) -> Array:
    x = np.asarray(x)
    # An empty tuple of dims means none of them here, unlike in the other reductions.
    axes = () if isinstance(dim, tuple) and not dim else axes_of(dim, x.ndim)
    out = in_rows(np.asarray(ufunc.reduce(x.astype(np.bool_, copy=False), axes, np.bool_, keepdims=keepdim)))
    return out.astype(np.uint8) if x.dtype == np.uint8 else out


def all(x: Array, dim: Dims = None, keepdim: bool = False) -> Array:
    """Whether every element is not 0 (NaN is not 0), True for none; uint8 for uint8."""
    return _truth(x, dim, keepdim, np.logical_and)


def any(x: Array, dim: Dims = None, keepdim: bool = False) -> Array:
    """Whether some element is not 0 (NaN is not 0), False for none; uint8 for uint8."""
    return _truth(x, dim, keepdim, np.logical_or)


def count_nonzero(x: Array, dim: Dims = None) -> Array:
    """How many elements are not 0."""
    x = np.asarray(x)
    return np.asarray(np.add.reduce(x != 0, axes_of(dim, x.ndim), np.int64))
