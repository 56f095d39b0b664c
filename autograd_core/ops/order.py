"""Order: extremes with their positions, sorting, selection, quantiles. Imports op, dtypes, kernels, shape, pointwise, reduce and scatter.

NaN counts as greater than every number, as in PyTorch.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import few, scatter
from ..kernels import reduce as kernel
from ..kernels.axes import in_rows
from ..kernels.jit import enabled
from ..op import Array, Value, composed, op
from .comparison import eq, isnan, logical_and, logical_or, where
from .extremes import maximum, minimum
from .reduce import SMALL, add_reduce, amax, amin, kept, sum
from .scatter import gather, plain
from .shape import along, clone, reshape, unsqueeze, wrap_dim
from .views import movedim

MEDIAN = 32  # elements up to which each is compared with all


@op("{g} at {indices}", g=lambda g, indices, dim, keepdim: at_selected(g, indices, dim, keepdim), types="any", spaces="engine")
def place_selected(g: Array, indices: Array, x_shape: tuple[int, ...], dim: int, keepdim: bool) -> Array:
    """Zeros of a shape with g at one position along dim each: the adjoint of a selection."""
    if not x_shape:
        return g.reshape(())
    shape = kept(x_shape, wrap_dim(dim, len(x_shape)))
    return _placed(g.reshape(shape), indices.reshape(shape), x_shape, dim)


def _placed(g: Array, indices: Array, x_shape: tuple[int, ...], dim: int) -> Array:
    """Zeros of a shape with g at the places that `gather` reads, each of them named once."""
    d = wrap_dim(dim, len(x_shape))
    if g.shape == indices.shape and few.serves(x_shape, g.dtype, indices, d):
        out = few.write(g, indices, d, x_shape)
        if out is not None:
            return out
    return scatter.placed(g, x_shape, dim, indices)


@composed("{g}[{indices}]", spaces="engine")
def at_selected(g: Value, indices: Value, dim: int, keepdim: bool) -> Value:
    """g at one position along dim each."""
    shape = tuple(g.shape)
    if not shape:
        return g
    picked = gather(g, dim, indices if keepdim else unsqueeze(indices, wrap_dim(dim, len(shape))))
    return picked if keepdim else reshape(picked, tuple(indices.shape))


def selection(label: str, **extra: Any) -> Any:
    """Declare an op that gives one element along a dimension, with its position."""
    return op(
        label,
        x=lambda g, indices, x_shape, dim, keepdim: place_selected(g, indices, x_shape, dim, keepdim),
        outputs=("values", "indices"),
        discrete=("indices",),
        types="any",
        **extra,
    )


@selection("max({x})", spaces="engine", name="max")
def max_along(x: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The largest element along dim and where it first stands."""
    if 0 < x.size <= SMALL and x.ndim:
        d = wrap_dim(dim, x.ndim)
        return in_rows(np.maximum.reduce(x, d, None, None, keepdim)), x.argmax(d, keepdims=keepdim)
    return kernel.max_dim(x, dim, keepdim)


@selection("min({x})", spaces="engine", name="min")
def min_along(x: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The smallest element along dim and where it first stands."""
    if 0 < x.size <= SMALL and x.ndim:
        d = wrap_dim(dim, x.ndim)
        return in_rows(np.minimum.reduce(x, d, None, None, keepdim)), x.argmin(d, keepdims=keepdim)
    return kernel.min_dim(x, dim, keepdim)


def _overload(name: str, x: Value, dim: Any, keepdim: bool, other: Any, whole: Any, rows: Any, pairs: Any) -> Value:
    if other is not None or hasattr(dim, "shape"):
        return pairs(x, dim if other is None else other)
    if dim is None:
        if 0 in x.shape:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
            )
        return whole(x)
    if not hasattr(dim, "__index__"):
        raise TypeError(
            f"{name}() takes nothing, a dim (an int) or another tensor: got {type(dim).__name__}; for several dims use a{name}()"
        )
    return rows(x, dim, keepdim)


@composed()
def max(x: Value, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Value:
    """The largest element of all, or (values, indices) along dim, or the elementwise maximum with another tensor."""
    if dim is None and other is None and plain(x).size:
        return amax(x)
    return _overload("max", x, dim, keepdim, other, amax, max_along, maximum)


@composed()
def min(x: Value, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Value:
    """The smallest element of all, or (values, indices) along dim, or the elementwise minimum with another tensor."""
    if dim is None and other is None and plain(x).size:
        return amin(x)
    return _overload("min", x, dim, keepdim, other, amin, min_along, minimum)


@op("argmax({x})", types="any")
def argmax(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the largest element along dim first stands; without dim counted through all elements."""
    if 0 < x.size <= SMALL and x.ndim and x.dtype.kind != "b" and (dim is not None or not keepdim):
        return np.asarray(x.argmax() if dim is None else x.argmax(wrap_dim(dim, x.ndim), keepdims=keepdim))
    return kernel.argmax(x, dim, keepdim)


@op("argmin({x})", types="any")
def argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the smallest element along dim first stands; without dim counted through all elements."""
    if 0 < x.size <= SMALL and x.ndim and x.dtype.kind != "b" and (dim is not None or not keepdim):
        return np.asarray(x.argmin() if dim is None else x.argmin(wrap_dim(dim, x.ndim), keepdims=keepdim))
    return kernel.argmin(x, dim, keepdim)


def _sorted(x: Array, d: int, descending: bool) -> tuple[Array, Array]:
    """The elements of a small array along d in stable order, and where each stood, by NumPy's own sorts."""
    if not descending:
        values = x.copy()
        values.sort(d, "stable")
        return values, x.argsort(d, "stable")
    back = along(x.shape, d, slice(None, None, -1))
    values = x[back].copy()
    at = (x.shape[d] - 1 - values.argsort(d, "stable"))[back].copy()
    values.sort(d, "stable")
    return values[back].copy(), at


@op(
    "sort({x})",
    x=lambda g, indices, dim: unsorted(g, indices, dim),
    outputs=("values", "indices"),
    discrete=("indices",),
    types="any",
)
def sort(x: Array, dim: int = -1, descending: bool = False, stable: bool = False) -> tuple[Array, Array]:
    """The elements along dim in order, and where each stood. Always stable."""
    if 0 < x.size <= SMALL and x.ndim:
        return _sorted(x, wrap_dim(dim, x.ndim), descending)
    return kernel.sort(x, dim, descending)


@op("{g} at {indices}", g=lambda g, indices, dim: gather(g, dim, indices), types="any", spaces="engine")
def unsorted(g: Array, indices: Array, dim: int) -> Array:
    """The elements of g back where a sort took them from."""
    return _placed(g, indices, g.shape, dim)


@op("argsort({x})", types="any")
def argsort(x: Array, dim: int = -1, descending: bool = False, stable: bool = False) -> Array:
    """Where the elements along dim stand, in their order. Always stable."""
    return kernel.sort(x, dim, descending)[1]


@composed()
def msort(x: Value) -> Value:
    """The elements along the first dimension in order."""
    return sort(x, 0)[0]


@op("{g} at {indices}", g=lambda g, indices, dim: gather(g, dim, indices), types="any", spaces="engine")
def place_top(g: Array, indices: Array, x_shape: tuple[int, ...], dim: int) -> Array:
    """Zeros of a shape with g at different positions along dim."""
    return _placed(g, indices, x_shape, dim)


@op(
    "top {k} of {x}",
    x=lambda g, indices, x_shape, dim: place_top(g, indices, x_shape, dim),
    outputs=("values", "indices"),
    discrete=("indices",),
    types="any",
)
def topk(x: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Array, Array]:
    """The k largest (or smallest) elements along dim in order, and where they stand. RuntimeError for too many."""
    if 0 < x.size <= few.FEW and 0 < x.ndim < 3 and x.dtype.char in "fd" and enabled():
        d = wrap_dim(dim, x.ndim)
        found = few.top(x, k, d, bool(largest)) if 0 <= k <= x.shape[d] else None
        if found is not None:  # which of equal values come first the kernel knows
            return found
    return kernel.topk(x, k, dim, largest, sorted)


@selection("{k}th of {x}")
def kthvalue(x: Array, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Array, Array]:
    """The kth smallest element along dim, counted from 1, and where it stands."""
    return kernel.kthvalue(x, k, dim, keepdim)


@selection("median({x})", spaces="engine", name="median")
def median_along(x: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The lower median along dim and where it stands; NaN where one occurs."""
    if x.ndim == 1 and 0 < x.size <= MEDIAN and x.dtype.char in "fd" and not keepdim and wrap_dim(dim, 1) == 0 and enabled():
        at = few.median_at(x)
        if at >= 0:  # which of equal values is meant the kernel knows
            return np.array(x[at]), np.array(at)
    return kernel.median(x, dim, keepdim)


@selection("nanmedian({x})", spaces="engine", name="nanmedian")
def nanmedian_along(x: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The lower median along dim of what is not NaN, and where it stands."""
    return kernel.nanmedian(x, dim, keepdim)


def _flat_median(x: Value, along_dim: Any) -> Value:
    size = math.prod(x.shape)
    if not size:
        return clone(sum(x)) * (math.nan if as_dtype(x.dtype).is_floating_point else 1)
    return along_dim(x if len(x.shape) == 1 else reshape(x, (size,)), 0)[0]


def _share_alike_array(g: Array, x: Array, out: Array) -> Array:
    same = x == out if out == out else x != x
    return np.where(same, g / np.count_nonzero(same), x.dtype.type(0))


@composed("{g} · ({x} = {out}) / Σ({x} = {out})", spaces="engine", kernel=_share_alike_array)
def share_alike(g: Value, x: Value, out: Value) -> Value:
    """The gradient of one element picked by its value: those that equal it share evenly; NaN equals NaN here."""
    same = logical_or(eq(x, out), logical_and(isnan(x), isnan(out)))
    return where(same, g / sum(same), 0.0)


@op("median({x})", x=lambda g, x, out: share_alike(g, x, out), types="any", spaces="engine", torch_name="MedianBackward")
def median_of_all(x: Array) -> Array:
    """The lower median of all elements; equal values share the gradient evenly."""
    return np.asarray(_flat_median(x, median_along))


@op("nanmedian({x})", x=lambda g, x, out: share_alike(g, x, out), types="any", spaces="engine", torch_name="NanmedianBackward")
def nanmedian_of_all(x: Array) -> Array:
    """The lower median of all that is not NaN; equal values share the gradient evenly."""
    return np.asarray(_flat_median(x, nanmedian_along))


@composed()
def median(x: Value, dim: int | None = None, keepdim: bool = False) -> Value:
    """The lower median of all elements, or (values, indices) along dim. NaN where one occurs."""
    return median_of_all(x) if dim is None else median_along(x, dim, keepdim)


@composed()
def nanmedian(x: Value, dim: int | None = None, keepdim: bool = False) -> Value:
    """`median` of what is not NaN."""
    return nanmedian_of_all(x) if dim is None else nanmedian_along(x, dim, keepdim)


@selection("mode({x})")
def mode(x: Array, dim: int = -1, keepdim: bool = False) -> tuple[Array, Array]:
    """The most frequent element along dim, the smallest of several, and where it last stands."""
    return kernel.mode(x, dim, keepdim)


ROUNDING: dict[str, Any] = {"lower": np.floor, "higher": np.ceil, "nearest": np.round}


def _checked_q(x: Value, q: Any, name: str, interpolation: str) -> Array:
    """The quantiles as a 0-d or 1-d array of x's type."""
    kind = plain(x).dtype
    if kind not in (np.float32, np.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype: got {kind}")
    if not math.prod(x.shape):
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if interpolation not in (*ROUNDING, "linear", "midpoint"):
        raise RuntimeError(f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}")
    given = plain(q)
    if hasattr(given, "dtype"):
        if given.ndim > 1:
            raise RuntimeError(f"{name}() q must be a scalar or 1D tensor: got shape {list(given.shape)}")
        if given.dtype != kind:
            raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor: got {given.dtype} and {kind}")
    elif not 0 <= given <= 1:
        raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {given}")
    given = np.asarray(given, kind)
    if given.size and not (given.min() >= 0 and given.max() <= 1):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    return given


def _quantile(x: Value, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool) -> Value:
    wanted = _checked_q(x, q, "nanquantile" if skip_nan else "quantile", interpolation)
    shape = tuple(x.shape)
    d = wrap_dim(dim, len(shape)) if dim is not None and shape else None
    if d is None:
        rows, left = reshape(x, (math.prod(shape),)), (1,) * len(shape) if keepdim else ()
    else:
        rows, left = movedim(x, d, -1), kept(shape, d) if keepdim else shape[:d] + shape[d + 1 :]
    ranked = sort(rows, -1)[0]
    rank = _ranks(plain(ranked), wanted.reshape(-1), skip_nan)
    if interpolation in ROUNDING:
        rank = ROUNDING[interpolation](rank)
    below = np.floor(rank).astype(np.int64)
    out = gather(ranked, -1, below)
    if interpolation in ("linear", "midpoint"):
        above = gather(ranked, -1, np.ceil(rank).astype(np.int64))
        out = out + (above - out) * np.asarray((rank != below) / 2 if interpolation == "midpoint" else rank - below, rank.dtype)
    return reshape(movedim(out, -1, 0), (*wanted.shape, *left))


def _ranks(ranked: Array, q: Array, skip_nan: bool) -> Array:
    """Where the quantiles stand in sorted rows; where a row holds a NaN that counts, at its end, where the NaN is."""
    missing, n = np.isnan(ranked), ranked.shape[-1]
    number = n - add_reduce(missing, -1, np.int64, None, True) * skip_nan
    rank = q * (np.maximum(number, 1) - 1).astype(q.dtype)
    return rank if skip_nan else np.where(missing.any(-1, keepdims=True), q.dtype.type(n - 1), rank)


@composed()
def quantile(x: Value, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Value:
    """The q-quantiles along dim (of all elements by default): q a number or a vector, which becomes the first dimension."""
    return _quantile(x, q, dim, keepdim, interpolation, False)


@composed()
def nanquantile(x: Value, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Value:
    """`quantile` of what is not NaN."""
    return _quantile(x, q, dim, keepdim, interpolation, True)
