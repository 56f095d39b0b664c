"""Counting and looking up: what is there, how often, and where it stands. No gradients. Imports op, dtypes, scatter and shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import number_type
from ..op import Array, Value, composed, op
from .join import unbind
from .scatter import plain
from .shape import along, reshape, wrap_dim


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


def _runs(x: Array, order: Array, d: int) -> tuple[Array, Array, Array]:
    """(first of each run of equal slices, run of each slice, length of each run) for slices in a given order."""
    rows = np.moveaxis(x, d, 0)[order]
    flat = rows.reshape(len(rows), math.prod(rows.shape[1:]))
    new = np.ones(len(rows), bool)
    new[1:] = (flat[1:] != flat[:-1]).any(1)
    starts = np.flatnonzero(new)
    inverse = np.empty(len(rows), np.int64)
    inverse[order] = np.cumsum(new) - 1
    return order[starts], inverse, np.diff(np.append(starts, len(rows)))


def _distinct(x: Array, dim: int | None, in_order: bool) -> tuple[Array, Array, Array]:
    """(distinct values or slices, inverse, counts)."""
    shape = x.shape
    if dim is None:
        x, d = x.reshape(-1), 0
    else:
        d = wrap_dim(dim, x.ndim)
        x = x.reshape(1) if not x.ndim else x
        if x.size == 0 and x.shape[d]:
            raise RuntimeError(f"There are 0 sized dimensions, and they aren't selected, so unique cannot be applied: shape {list(shape)}, dim {dim}")
    n = x.shape[d]
    if not in_order:
        order = np.arange(n)
    elif x.ndim == 1:
        order = x.argsort(kind="stable")
    else:
        flat = np.moveaxis(x, d, 0).reshape(n, -1)
        order = np.lexsort(flat.T[::-1]) if flat.size else np.arange(n)
    first, inverse, counts = _runs(x, order, d)
    return x[along(x.shape, d, first)], inverse.reshape(shape) if dim is None else inverse, counts


@op("distinct({x})", types="any", outputs=("output", "inverse", "counts"), spaces="engine", name="unique")
def distinct(x: Array, dim: int | None) -> tuple[Array, Array, Array]:
    """The distinct values (or slices along dim) in order, which of them each value is, and how often each occurs."""
    return _distinct(x, dim, True)


@op("runs({x})", types="any", outputs=("output", "inverse", "counts"), spaces="engine", name="unique_consecutive")
def runs(x: Array, dim: int | None) -> tuple[Array, Array, Array]:
    """The values (or slices) at which runs of equal ones begin, which run each belongs to, and the runs' lengths."""
    return _distinct(x, dim, False)


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
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"bincount is not implemented for {x.dtype}: use x.long()")
    if minlength < 0:
        raise RuntimeError(f"minlength should be >= 0: got {minlength}")
    if x.ndim != 1 or (x.size and x.min() < 0):
        raise RuntimeError(f"bincount only supports 1-d non-negative integral inputs: got shape {list(x.shape)}")
    if weights is not None and weights.shape != x.shape:
        raise RuntimeError(f"weights should be 1-d and have the same length as input: got {list(weights.shape)} and {list(x.shape)}")
    out = np.bincount(x.astype(np.int64), weights, int(minlength))
    return out if weights is None else out.astype(weights.dtype if weights.dtype == np.float32 else np.float64)


def _limits(name: str, x: Array, low: float, high: float, spread: float) -> tuple[float, float]:
    """The outer edges of bins: the data's where low and high are equal, moved apart where these are equal too."""
    if low > high:
        raise RuntimeError(f"torch.{name}: max must be larger than min: got {low} and {high}")
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.{name}: range of [{low}, {high}] is not finite")
    return (low - spread, high + spread) if low == high else (low, high)


@op("histogram({x})", types="any")
def histc(x: Array, bins: int = 100, min: float = 0, max: float = 0) -> Array:
    """How many elements fall into each of equal bins between min and max (of the data, when both are 0)."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f"histc is not implemented for {x.dtype}: use x.float()")
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    low, high = _limits("histc", x, float(min), float(max), 1.0)
    values = x.reshape(-1)
    values = values[(values >= low) & (values <= high)]
    at = ((values - x.dtype.type(low)) * x.dtype.type(bins / (high - low))).astype(np.int64)
    return np.bincount(np.minimum(at, bins - 1), minlength=bins).astype(x.dtype)


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
        low, high = _limits("histogram", held, *(map(float, range) if range is not None else (0.0, 0.0)), 0.5)
        edges = np.linspace(low, high, edges + 1).astype(held.dtype)
    elif edges.ndim != 1 or not edges.size:
        raise RuntimeError(f"torch.histogram(): bins tensor should have one dimension, but got {edges.ndim} dimensions in the bins tensor")
    if edges.dtype != held.dtype:
        raise RuntimeError(f"torch.histogram(): bins and input should have the same type: got {edges.dtype} and {held.dtype}")
    like = reshape(x, (-1,)) if 0 not in held.shape else reshape(x, (0,))
    return binned(like, edges, None if weight is None else plain(weight), density)


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
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(f"torch.searchsorted(): side and right can't be set to opposites, got side of {side} while right was True")
    given = np.asarray(values) if isinstance(values, np.ndarray) else np.asarray(values, number_type(values))
    seq, lead = sorted_sequence, sorted_sequence.shape[:-1]
    if not seq.ndim:
        raise RuntimeError("torch.searchsorted(): input value can be a scalar only when the boundaries tensor has at least one dimension")
    if seq.ndim > 1 and lead != given.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value "
            f"tensor must match, but we got boundaries tensor {list(seq.shape)} and input value tensor {list(given.shape)}"
        )
    if sorter is not None:
        if sorter.shape != seq.shape or sorter.dtype != np.int64:
            raise RuntimeError(f"torch.searchsorted(): sorter must be a long tensor of the boundaries' shape: got {sorter.dtype} {list(sorter.shape)}")
        if sorter.size and (sorter.min() < 0 or sorter.max() >= seq.shape[-1]):
            raise RuntimeError("torch.searchsorted(): sorter index out of range")
        seq = np.take_along_axis(seq, sorter, -1)
    where = "right" if right or side == "right" else "left"
    if seq.ndim == 1:
        out = np.asarray(np.searchsorted(seq, given, where))
    else:
        rows, wanted = seq.reshape(-1, seq.shape[-1]), given.reshape(-1, given.shape[-1])
        out = np.stack([np.searchsorted(a, v, where) for a, v in zip(rows, wanted, strict=True)]) if rows.size else np.zeros(wanted.shape, np.int64)
        out = out.reshape(given.shape)
    return out.astype(np.int32 if out_int32 else np.int64)


@composed(spaces="torch")
def bucketize(x: Value, boundaries: Value, *, out_int32: bool = False, right: bool = False) -> Value:
    """Which of the intervals between sorted boundaries each element falls into; right=True: they are closed on the left."""
    if len(boundaries.shape) != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({len(boundaries.shape)})")
    return searchsorted(boundaries, x, out_int32=out_int32, right=right)
