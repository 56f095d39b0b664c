"""Look-ups of rows: embedding, embedding_bag, one_hot. Imports op, shape and the elementwise ops."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import Array, Value, composed, op
from .pointwise import ne, where
from .reduce import amax, sum
from .shape import place, reshape, take_at, unsqueeze


def _checked(index: Array, rows: int, name: str) -> Array:
    """The indices as they may be used: integers within the table. IndexError names the first that is not."""
    if index.dtype.kind not in "iu" or index.dtype.itemsize < 4:
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{index.dtype} ({name})"
        )
    if index.size and (int(index.min()) < 0 or int(index.max()) >= rows):
        bad = np.argwhere((index < 0) | (index >= rows))[0]
        raise IndexError(
            f"index out of range in self: {name} got index {int(index[tuple(bad)])} at {tuple(int(i) for i in bad)}; the table has "
            f"{rows} rows, 0 to {rows - 1}"
        )
    return index


@op(
    "{w}[{index}]",
    w=lambda g, index, w_shape, padding_idx: embedding_weight(g, index, w_shape, padding_idx),
    types="any",
    spaces="engine",
    torch_name="EmbeddingBackward",
)
def lookup(w: Array, index: Array, padding_idx: int | None = None) -> Array:
    """The rows of w (rows, features) at integer indices of any shape; the row padding_idx receives no gradient."""
    if w.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D: the table has shape {list(w.shape)}, expected (num_embeddings, embedding_dim)")
    return w[_checked(index, w.shape[0], "embedding")]


@composed("Σ {g} at [{index}]", spaces="engine")
def embedding_weight(g: Value, index: Value, shape: tuple[int, ...], padding_idx: int | None) -> Value:
    """g added into the rows of a table of zeros."""
    if padding_idx is not None:
        g = where(unsqueeze(ne(index, padding_idx), -1), g, 0.0)
    return place(g, shape, (getattr(index, "array", index),), True)


@composed(spaces="functional")
def embedding(
    x: Value,
    weight: Value,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Value:
    """The rows of weight (rows, features) at the integers x. `max_norm` rescales the rows that are read, in place; gradients are dense."""
    if scale_grad_by_freq:
        raise NotImplementedError("scale_grad_by_freq=True is not available: divide the gradient by the counts in a hook, or leave it out")
    rows = weight.shape[0]
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise AssertionError(f"Padding_idx must be within num_embeddings: got {padding_idx} for {rows} rows")
        padding_idx %= rows
    if max_norm is not None:
        _renorm(weight, x, max_norm, norm_type)
    return lookup(weight, x, padding_idx)


def _renorm(weight: Value, index: Value, max_norm: float, norm_type: float) -> None:
    """Scale the rows that will be read down to a norm, in place and outside the graph."""
    table = weight.detach() if hasattr(weight, "detach") else weight
    raw, places = getattr(table, "array", table), getattr(index, "array", index)
    used = np.unique(_checked(np.asarray(places), raw.shape[0], "embedding"))
    norms = np.linalg.norm(raw[used], norm_type, axis=1)
    scale = np.where(norms > max_norm, max_norm / (norms + 1e-7), 1.0).astype(raw.dtype)
    changed = raw.copy()
    changed[used] *= scale[:, None]
    table[...] = changed if table is raw else type(table)(changed)


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
    """The sum, mean or maximum of the rows of each bag: a row of x (2-D), or x (1-D) cut at `offsets`."""
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    table: Any = getattr(weight, "array", weight)
    if table.dtype.kind != "f":
        raise RuntimeError(f"Expected tensor for argument #1 'weight' to be floating: got {weight.dtype}; convert it with .float()")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            f"embedding_bag: per_sample_weights was not None. It is only supported for mode='sum' (got mode={mode!r})"
        )
    index = np.asarray(getattr(x, "array", x))
    if index.ndim == 2:
        if offsets is not None:
            raise ValueError("if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences")
        bags = [list(range(i * index.shape[1], (i + 1) * index.shape[1])) for i in range(index.shape[0])]
    elif index.ndim == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        cuts = [int(i) for i in np.asarray(getattr(offsets, "array", offsets))]
        if cuts and cuts[0] != 0:
            raise ValueError(
                f"offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {cuts[0]}"
            )
        ends = cuts[1:] if include_last_offset else [*cuts[1:], len(index)]
        bags = [list(range(a, b)) for a, b in zip(cuts, ends, strict=False)]
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {index.ndim}")
    flat = index.reshape(-1)
    if padding_idx is not None:
        bags = [[i for i in bag if flat[i] != padding_idx % weight.shape[0]] for bag in bags]
    return _bags(embedding(reshape(x, (-1,)), weight, None, max_norm, norm_type), bags, mode, per_sample_weights, weight)


def _bags(rows: Value, bags: list[list[int]], mode: str, weights: Value | None, table: Value) -> Value:
    """Reduce each bag of rows: padded to the longest bag, so that it is one read and one reduction."""
    longest = max([len(bag) for bag in bags], default=0)
    if not bags or not longest:
        return sum(reshape(rows, (-1, table.shape[1])), 0, True)[:0] if not bags else take_at(table * 0, (np.zeros(len(bags), np.int64),))
    places = np.array([bag + [0] * (longest - len(bag)) for bag in bags])
    inside = np.array([[True] * len(bag) + [False] * (longest - len(bag)) for bag in bags])[:, :, None]
    if weights is not None:
        rows = rows * reshape(weights, (-1, 1))
    read = take_at(rows, (places,))
    if mode == "max":
        best = amax(where(inside, read, -np.inf), 1)
        return where(inside.any(1), best, 0.0)
    total = sum(where(inside, read, 0.0), 1)
    return total if mode == "sum" else total / np.maximum(inside.sum(1), 1)


@op("onehot({x})", types="any", spaces="functional")
def one_hot(x: Array, num_classes: int = -1) -> Array:
    """int64 vectors with a 1 at the class; -1 takes the largest class + 1."""
    if x.dtype != np.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor: got {x.dtype}; convert with .long()")
    if x.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor: give num_classes")
    if x.size and int(x.min()) < 0:
        raise RuntimeError("Class values must be non-negative.")
    count = int(x.max()) + 1 if num_classes == -1 else num_classes
    if x.size and int(x.max()) >= count:
        raise RuntimeError(f"Class values must be smaller than num_classes: got {int(x.max())} with num_classes={num_classes}")
    return (x[..., None] == np.arange(count)).astype(np.int64)
