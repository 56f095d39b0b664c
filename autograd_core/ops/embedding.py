"""Look-ups of rows: embedding, one_hot. Imports op, shape and the elementwise ops."""

from __future__ import annotations

import numpy as np

from ..kernels.axes import in_rows
from ..kernels.places import within
from ..op import Array, Value, composed, op
from .pointwise import mul, ne, where
from .shape import place, unsqueeze


def _checked(index: Array, rows: int, name: str) -> Array:
    """The indices as they may be used: integers within the table. IndexError names the first that is not."""
    if index.dtype.kind not in "iu" or index.dtype.itemsize < 4:
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{index.dtype} ({name})"
        )
    if not within(index, 0, rows):
        bad = np.argwhere((index < 0) | (index >= rows))[0]
        raise IndexError(
            f"index out of range in self: {name} got index {int(index[tuple(bad)])} at {tuple(int(i) for i in bad)}; the table has "
            f"{rows} rows, 0 to {rows - 1}"
        )
    return index


@op(
    "{w}[{index}]",
    w=lambda g, index, w_shape, padding_idx, by_frequency: embedding_weight(g, index, w_shape, padding_idx, by_frequency),
    types="any",
    spaces="engine",
    torch_name="EmbeddingBackward",
)
def lookup(w: Array, index: Array, padding_idx: int | None = None, by_frequency: bool = False) -> Array:
    """The rows of w (rows, features) at integer indices of any shape; the row padding_idx receives no gradient.

    by_frequency: the gradient of a row is divided by the number of its reads.
    """
    if w.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D: the table has shape {list(w.shape)}, expected (num_embeddings, embedding_dim)")
    return w.take(_checked(index, w.shape[0], "embedding"), 0)


@composed("Σ {g} at [{index}]", spaces="engine")
def embedding_weight(g: Value, index: Value, shape: tuple[int, ...], padding_idx: int | None, by_frequency: bool = False) -> Value:
    """g added into the rows of a table of zeros."""
    places = np.asarray(getattr(index, "array", index))
    if padding_idx is not None:
        g = where(unsqueeze(ne(index, padding_idx), -1), g, 0.0)
    if by_frequency and places.size:
        counts = np.bincount(places.reshape(-1))[places][..., None]
        g = g / counts.astype(getattr(getattr(g, "array", g), "dtype", np.float32))
    return place(g, shape, (places,), True)


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
    """The rows of weight (rows, features) at the integers x.

    `max_norm` rescales the rows that are read, in place; `scale_grad_by_freq` divides the gradient of a row by the number of its reads.
    Gradients are dense, also with sparse=True.
    """
    rows = weight.shape[0]
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise AssertionError(f"Padding_idx must be within num_embeddings: got {padding_idx} for {rows} rows")
        padding_idx %= rows
    if max_norm is not None:
        renorm(weight, x, max_norm, norm_type)
    return lookup(weight, x, padding_idx, bool(scale_grad_by_freq))


def renorm(weight: Value, index: Value, max_norm: float, norm_type: float) -> None:
    """Scale the rows that will be read down to a norm, in place and outside the graph."""
    table = weight.detach() if hasattr(weight, "detach") else weight
    raw, places = getattr(table, "array", table), getattr(index, "array", index)
    used = np.unique(_checked(np.asarray(places), raw.shape[0], "embedding"))
    norms = np.linalg.norm(raw[used].astype(np.float64), norm_type, axis=1)
    long = norms > max_norm
    if long.any():
        scale = np.ones((len(raw), 1), raw.dtype)
        scale[used[long], 0] = max_norm / (norms[long] + 1e-7)
        table[...] = mul(table, scale)


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
    return in_rows((x[..., None] == np.arange(count)).astype(np.int64))
