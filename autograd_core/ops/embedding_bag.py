"""Bags of rows of a table, each reduced to one row. Imports op, the look-ups and the reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import Array, Value, composed, op
from .comparison import where
from .embedding import lookup, renorm
from .reduce import amax
from .shape import reshape, take_at


@op("Σ {x} of each bag", x=lambda g, bags: take_at(g, (bags,)), spaces="engine", torch_name="EmbeddingBagBackward")
def bag_sum(x: Array, bags: Any, count: int) -> Array:
    """The sums of the rows of x (rows, features) that belong to each of `count` bags, whose numbers `bags` do not decrease."""
    out = np.zeros((count, x.shape[1]), x.dtype)
    if len(bags):
        first = np.flatnonzero(np.r_[True, bags[1:] != bags[:-1]])
        out[bags[first]] = np.add.reduceat(x, first, 0)
    return out


def _cuts(index: Array, offsets: Any, include_last_offset: bool) -> tuple[Array, Array]:
    """Where each bag begins and ends among the flattened indices."""
    if index.ndim == 2:
        if offsets is not None:
            raise ValueError("if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences")
        starts = np.arange(index.shape[0]) * index.shape[1]
        return starts, starts + index.shape[1]
    if index.ndim != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {index.ndim}")
    if offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None: it says where each bag begins")
    cuts = np.asarray(getattr(offsets, "array", offsets))
    if cuts.ndim != 1:
        raise ValueError(f"offsets has to be a 1D Tensor, got one of shape {list(cuts.shape)}")
    if cuts.dtype.kind not in "iu":
        raise RuntimeError(f"offsets must be integers, got {cuts.dtype}: convert with .long()")
    if include_last_offset and not len(cuts):
        raise RuntimeError("include_last_offset: number of offset should be at least 1")
    if len(cuts) and cuts[0] != 0:
        raise RuntimeError(
            f"offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {int(cuts[0])}"
        )
    if len(cuts) and (int(cuts.max()) > len(index) or (np.diff(cuts) < 0).any()):
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length({len(index)}), and offsets may not decrease: got {cuts.tolist()}"
        )
    return (cuts[:-1], cuts[1:]) if include_last_offset else (cuts, np.r_[cuts[1:], len(index)][: len(cuts)])


def _check(weight: Value, index: Array, mode: str, per_sample: Value | None, scaled: bool, sparse: bool) -> None:
    if len(weight.shape) != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {len(weight.shape)}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"mode has to be one of sum, mean or max, got {mode!r}")
    if mode == "max" and scaled:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    table: Any = getattr(weight, "array", weight)
    if table.dtype.kind != "f":
        raise RuntimeError(f"Expected tensor for argument #1 'weight' to be floating: got {weight.dtype}; convert it with .float()")
    if per_sample is None:
        return
    if tuple(per_sample.shape) != index.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({list(per_sample.shape)}) is not None, then it must have the same shape as the input "
            f"({list(index.shape)})"
        )
    if mode != "sum":
        raise NotImplementedError(
            f"embedding_bag: per_sample_weights was not None. It is only supported for mode='sum' (got mode={mode!r})"
        )


@composed(spaces="functional")
def embedding_bag(
    x: Value,
    weight: Value,
    offsets: Value | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Value | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Value:
    """The sum, mean or maximum of the rows of each bag: a row of x (2-D), or x (1-D) cut at `offsets`. Empty bags give zeros.

    Reads of padding_idx take no part, not even in the mean; with include_last_offset the last offset is where the last bag ends.
    """
    index = np.asarray(getattr(x, "array", x))
    _check(weight, index, mode, per_sample_weights, scale_grad_by_freq, sparse)
    starts, ends = _cuts(index, offsets, include_last_offset)
    rows = weight.shape[0]
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise RuntimeError(f"padding_idx must be within the number of embeddings, -{rows} through {rows - 1}, but got {padding_idx}")
        padding_idx %= rows
    if max_norm is not None:
        renorm(weight, x, max_norm, norm_type)
    flat = index.reshape(-1)
    if flat.size and flat.dtype.kind in "iu" and not 0 <= flat.min() <= flat.max() < rows:
        bad = int(np.flatnonzero((flat < 0) | (flat >= rows))[0])
        raise RuntimeError(f"Index {bad} of input takes value {int(flat[bad])} which is not in the valid range [0, {rows})")
    lengths = ends - starts
    bags = np.repeat(np.arange(len(starts)), lengths)
    kept = np.arange(len(bags))
    if padding_idx is not None:
        kept = np.flatnonzero(flat[: len(bags)] != padding_idx)
        bags = bags[kept]
    where_to = reshape(x, (-1,))
    read = lookup(weight, where_to if len(kept) == len(flat) else take_at(where_to, (kept,)), None, bool(scale_grad_by_freq))
    if per_sample_weights is not None:
        read = read * reshape(take_at(reshape(per_sample_weights, (-1,)), (kept,)), (-1, 1))
    if mode == "max":
        return _largest(read, bags, len(starts))
    total = bag_sum(read, bags, len(starts))
    if mode == "sum":
        return total
    table: Any = getattr(weight, "array", weight)
    return total / np.maximum(np.bincount(bags, minlength=len(starts)), 1)[:, None].astype(table.dtype)


def _largest(read: Value, bags: Array, count: int) -> Value:
    """The maximum of each bag: the bags padded to the longest, so that it is one reduction."""
    lengths = np.bincount(bags, minlength=count)
    longest = int(lengths.max(initial=0))
    if not longest:
        return bag_sum(read, bags, count)
    inside = np.arange(longest) < lengths[:, None]
    places = np.zeros((count, longest), np.int64)
    places[inside] = np.arange(len(bags))
    best = amax(where(inside[:, :, None], take_at(read, (places,)), -np.inf), 1)
    return where(lengths[:, None] > 0, best, 0.0)
