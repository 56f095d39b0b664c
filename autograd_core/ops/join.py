"""Joining and cutting: cat, stack and what cuts a tensor into parts. Imports op and shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..op import Array, Value, composed, op
from .shape import getitem, unsqueeze, wrap_dim


@op("cat({xs})", xs=lambda g, xs_shapes, dim: split_like(g, xs_shapes, dim), types="promote", spaces="torch")
def cat(xs: Sequence[Array], dim: int = 0) -> Array:
    """The tensors joined along an existing dimension; their other sizes must be equal. Empty 1-d tensors are skipped."""
    if not len(xs):
        raise ValueError("cat(): expected a non-empty list of Tensors")
    rank = max(x.ndim for x in xs)
    parts = [x for x in xs if x.shape != (0,)] or list(xs[:1])
    if any(x.ndim == 0 for x in xs):
        raise RuntimeError("zero-dimensional tensor cannot be concatenated: use stack, or reshape(1) each")
    d = wrap_dim(dim, rank)
    for i, x in enumerate(parts):
        if x.ndim != parts[0].ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {parts[0].ndim} and {x.ndim}")
        for k in range(x.ndim):
            if k != d and x.shape[k] != parts[0].shape[k]:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {d}. Expected size {parts[0].shape[k]} but got size {x.shape[k]} "
                    f"for tensor number {i} in the list: shapes {[list(p.shape) for p in parts]}"
                )
    return np.concatenate(parts, axis=d)


def split_like(g: Value, shapes: Sequence[tuple[int, ...]], dim: int) -> list[Value]:
    """g cut into pieces of the given shapes along dim."""
    out, start = [], 0
    d = wrap_dim(dim, len(g.shape))
    for shape in shapes:
        if shape == (0,) and len(g.shape) != 1:
            out.append(None)
            continue
        stop = start + shape[d]
        out.append(getitem(g, (slice(None),) * d + (slice(start, stop),)))
        start = stop
    return out


@composed(spaces="torch")
def stack(xs: Sequence[Value], dim: int = 0) -> Value:
    """The tensors, all of one shape, joined along a new dimension."""
    if not len(xs):
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = xs[0].shape
    for i, x in enumerate(xs):
        if x.shape != shape:
            raise RuntimeError(f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and {list(x.shape)} at entry {i}")
    d = wrap_dim(dim, len(shape) + 1)
    return cat([unsqueeze(x, d) for x in xs], d)
