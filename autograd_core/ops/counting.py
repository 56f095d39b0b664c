"""Counting and looking up: what is there, how often, and where it stands. No gradients. Imports op, dtypes, kernels, join, scatter and shape."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..dtypes import number_type
from ..kernels import order as kernel
from ..op import Array, Value, composed, op
from .join import unbind
from .scatter import plain
from .shape import reshape


@op("{x} ≠ 0 at", types="any", spaces="engine", name="nonzero")
def places_of(x: Array) -> Array:
    """The positions of what is not 0, one a row."""
    return np.stack(np.nonzero(x), 1) if x.ndim else np.zeros((int(bool(x)), 0), np.int64)


@composed()
def nonzero(x: Value, *, as_tuple: bool = False) -> Value:
    """The positions of what is not 0, one a row; as_tuple: one tensor for each dimension, as an index takes them."""
    if not as_tuple:
        return places_of(x)
    found = places_of(x if len(x.shape) else reshape(x, (1,)))
    return unbind(found, 1)


@composed()
def argwhere(x: Value) -> Value:
    """The positions of what is not 0, one a row."""
    return places_of(x)


@op("{x} ≠ 0 at", types="any")
def nonzero_static(x: Array, *, size: int, fill_value: int = -1) -> Array:
    """The first `size` positions of what is not 0, one a row, filled up with fill_value."""
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer: got {size}")
    found = places_of.fn(x)[:size]
    out = np.full((size, x.ndim), fill_value, np.int64)
    out[: len(found)] = found
    return out


@op("distinct({x})", types="any", outputs=("output", "inverse", "counts"), spaces="engine", name="unique")
def distinct(x: Array, dim: int | None) -> tuple[Array, Array, Array]:
    """The distinct values (or slices along dim) in order, which of them each value is, and how often each occurs."""
    return kernel.unique(x, dim)


@op("runs({x})", types="any", outputs=("output", "inverse", "counts"), spaces="engine", name="unique_consecutive")
def runs(x: Array, dim: int | None) -> tuple[Array, Array, Array]:
    """The values (or slices) at which runs of equal ones begin, which run each belongs to, and the runs' lengths."""
    return kernel.unique_consecutive(x, dim)


def _chosen(every: Any, return_inverse: bool, return_counts: bool) -> Any:
    out = [every[0]] + ([every[1]] if return_inverse else []) + ([every[2]] if return_counts else [])
    return out[0] if len(out) == 1 else tuple(out)


@composed()
def unique(x: Value, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """The distinct values, or slices along dim, always sorted; with their inverse and counts on request. Each NaN is its own."""
    return _chosen(distinct(x, dim), return_inverse, return_counts)


@composed()
def unique_consecutive(x: Value, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """x without the values, or slices along dim, that repeat the one before."""
    return _chosen(runs(x, dim), return_inverse, return_counts)


@op("count({x})", types="any")
def bincount(x: Array, weights: Array | None = None, minlength: int = 0) -> Array:
    """How often each of 0, 1, ... occurs in a vector of integers, or the sum of its weights."""
    return kernel.bincount(x, weights, minlength)


def _limits(name: str, x: Array, low: float, high: float, spread: float) -> tuple[float, float]:
    """The outer edges of bins: the data's where low and high are equal, moved apart where these are equal too."""
    if low > high:
        raise RuntimeError(f"torch.{name}: max must be larger than min: got {low} and {high}")
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.{name}: range of [{low}, {high}] is not finite")
    return (low - spread, high + spread) if low == high else (low, high)


def _even_edges(low: float, high: float, bins: int, kind: np.dtype) -> Array:
    """The edges of equal bins, counted from both ends as PyTorch's linspace does."""
    step, i = kind.type((kind.type(high) - kind.type(low)) / kind.type(bins)), np.arange(bins + 1).astype(kind)
    return np.where(i < (bins + 1) // 2, kind.type(low) + step * i, kind.type(high) - step * i[::-1])


@op("histogram({x})", types="any")
def histc(x: Array, bins: int = 100, min: float = 0, max: float = 0) -> Array:
    """How many elements fall into each of equal bins between min and max (of the data, when both are 0)."""
    return kernel.histc(x, bins, min, max)


@op("histogram({x})", types="any", outputs=("hist", "bin_edges"), spaces="engine", name="histogram")
def binned(x: Array, edges: Array, weight: Array | None, density: bool) -> tuple[Array, Array]:
    """The number (or weight, or density) of elements between neighbouring edges; the last bin includes its right edge."""
    count, values = len(edges) - 1, x.reshape(-1)
    inside = (values >= edges[0]) & (values <= edges[-1])
    at = np.minimum(np.searchsorted(edges, values[inside], "right") - 1, count - 1)
    hist = np.bincount(at, None if weight is None else weight.reshape(-1)[inside], count).astype(x.dtype)
    return hist / (hist.sum() * np.diff(edges)) if density else hist, edges


@composed()
def histogram(x: Value, bins: Any, *, range: Any = None, weight: Value | None = None, density: bool = False) -> Any:
    """(hist, bin_edges): the elements counted (or weighed) between edges, given as a vector or as a number of equal bins."""
    held, edges = plain(x), plain(bins)
    if held.dtype.kind != "f":
        raise NotImplementedError(f"histogram is not implemented for {held.dtype}: use x.float()")
    if weight is not None and tuple(weight.shape) != held.shape:
        raise RuntimeError("torch.histogram(): if weight tensor is provided it should have the same shape as the input tensor excluding its "
                           f"innermost dimension: got {list(weight.shape)} and {list(held.shape)}")  # fmt: skip
    if hasattr(edges, "__index__") and not hasattr(edges, "shape"):
        if edges <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {edges} for dimension 0")
        first, last = map(float, range) if range is not None else (0.0, 0.0)
        low, high = _limits("histogram", held, first, last, 0.5)
        edges = _even_edges(low, high, int(edges), held.dtype)
    elif edges.ndim != 1 or not edges.size:
        raise RuntimeError(f"torch.histogram(): bins tensor should have one dimension, but got {edges.ndim} dimensions in the bins tensor")
    if edges.dtype != held.dtype:
        raise RuntimeError(f"torch.histogram(): bins and input should have the same type: got {edges.dtype} and {held.dtype}")
    like = reshape(x, (-1,)) if 0 not in held.shape else reshape(x, (0,))
    return binned(like, edges, None if weight is None else plain(weight), density)


@op("histogram({x})", types="any", spaces="engine", name="histogramdd")
def counted_cells(x: Array, edges: Any, weight: Any, density: bool) -> Array:
    """How many points (rows) fall into each cell between the edges of their coordinates."""
    hist, _ = np.histogramdd(
        x.reshape(math.prod(x.shape[:-1]), x.shape[-1]), edges, density=density, weights=None if weight is None else weight.reshape(-1)
    )
    return hist.astype(x.dtype)


@op("{value}", types="any", spaces="engine", name="edges")
def constant_beside(x: Array, value: Any) -> Array:
    """An array that comes with x, on whatever carries x."""
    return value


class HistogramDD(NamedTuple):
    """The counts, and the edges along each coordinate."""

    hist: Any
    bin_edges: tuple[Any, ...]


@composed(spaces="torch")
def histogramdd(x: Value, bins: Any, *, range: Any = None, weight: Value | None = None, density: bool = False) -> Any:
    """(hist, bin_edges): points, the last dimension being their coordinates, counted in cells.

    `bins`: a number of equal ones for all coordinates or for each, or the edges along each; `range`: lower and upper ends.
    """
    held = plain(x)
    if held.dtype.kind != "f":
        raise NotImplementedError(f"histogramdd is not implemented for {held.dtype}: use x.float()")
    if held.ndim < 2:
        raise RuntimeError(f"torch.histogramdd(): input tensor should have at least 2 dimensions, but got {held.ndim}")
    count = held.shape[-1]
    each = [plain(b) for b in (bins if isinstance(bins, (list, tuple)) else [bins] * count)]
    if len(each) != count:
        raise RuntimeError(f"torch.histogramdd(): expected {count} bin counts or edges, one for each coordinate, but got {len(each)}")
    points, edges = held.reshape(math.prod(held.shape[:-1]), count), []
    for k, b in enumerate(each):
        ends = (float(range[2 * k]), float(range[2 * k + 1])) if range is not None else (0.0, 0.0)
        if hasattr(b, "shape"):
            edges.append(b.astype(held.dtype))
        elif b <= 0:
            raise RuntimeError(f"torch.histogramdd(): bins must be > 0, but got {b} for dimension {k}")
        else:
            edges.append(_even_edges(*_limits("histogramdd", points[:, k], *ends, 0.5), int(b), held.dtype))
    hist = counted_cells(x, tuple(edges), None if weight is None else plain(weight), density)
    return HistogramDD(hist, tuple([constant_beside(x, e) for e in edges]))


@op("place of {values} in {sorted_sequence}", types="any")
def searchsorted(
    sorted_sequence: Array,
    values: Array | float,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Array | None = None,
) -> Array:
    """Where each value would be inserted into a sorted sequence (row by row, when it has rows) to keep it sorted.

    On ties before the equal ones, with right=True behind them. `sorter` is the order that sorts the sequence.
    """
    given = values if isinstance(values, np.ndarray) else np.asarray(values, number_type(values))
    return kernel.searchsorted(sorted_sequence, given, right, side, sorter, out_int32)


@composed(spaces="torch")
def bucketize(x: Value, boundaries: Value, *, out_int32: bool = False, right: bool = False) -> Value:
    """Which of the intervals between sorted boundaries each element falls into; right=True: they are closed on the left."""
    if len(boundaries.shape) != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({len(boundaries.shape)})")
    return searchsorted(boundaries, x, out_int32=out_int32, right=right)
