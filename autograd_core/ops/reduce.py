"""Reductions: sums, extremes, products over dimensions. Imports op and kernels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..op import Array, Value, composed, op
from .shape import Dims, expand, unsqueeze, wrap_dims


def restore(g: Value, x_shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Value:
    """A reduced gradient with its dimensions back, ready to be broadcast to x_shape."""
    if keepdim or not x_shape:
        return g
    for d in sorted(wrap_dims(dim, len(x_shape))):
        g = unsqueeze(g, d)
    return g


@op("Σ {x}", x=lambda g, x_shape, dim, keepdim: expand(restore(g, x_shape, dim, keepdim), x_shape), types="any", spaces="torch method")
def sum(x: Array, dim: Dims = None, keepdim: bool = False, *, dtype: np.dtype | None = None) -> Array:  # noqa: A001
    """The sum over dim (all dimensions by default); integers and bools are summed as int64."""
    if dtype is None and x.dtype.kind in "biu":
        dtype = np.dtype(np.int64)
    return np.add.reduce(x, None if dim is None else wrap_dims(dim, x.ndim), dtype, None, keepdim)  # type: ignore[no-any-return]


@op("mean({x})", x=lambda g, x_shape, dim, keepdim: expand(restore(g, x_shape, dim, keepdim) / count(x_shape, dim), x_shape), types="any")
def mean(x: Array, dim: Dims = None, keepdim: bool = False, *, dtype: np.dtype | None = None) -> Array:
    """The mean over dim (all dimensions by default)."""
    kind = x.dtype if dtype is None else dtype
    if kind.kind != "f":
        raise RuntimeError(
            f"mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {kind}; use x.float().mean()"
        )
    with np.errstate(all="ignore"):
        total = np.sum(x, axis=wrap_dims(dim, x.ndim) if x.ndim else None, keepdims=keepdim, dtype=kind)
        return np.true_divide(total, kind.type(count(x.shape, dim)), dtype=kind)  # type: ignore[no-any-return]


def count(shape: Sequence[int], dim: Dims) -> int:
    """How many elements are reduced into one."""
    n = 1
    for d in wrap_dims(dim, len(shape)) if len(shape) else ():
        n *= shape[d]
    return n


@op("max({x})", x=lambda g, x, out, dim, keepdim: spread_ties(g, x, out, dim, keepdim), types="any")
def amax(x: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The largest value over dim; equal values share the gradient evenly."""
    return np.amax(x, axis=wrap_dims(dim, x.ndim) if x.ndim else None, keepdims=keepdim)  # type: ignore[no-any-return]


@op("min({x})", x=lambda g, x, out, dim, keepdim: spread_ties(g, x, out, dim, keepdim), types="any")
def amin(x: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The smallest value over dim; equal values share the gradient evenly."""
    return np.amin(x, axis=wrap_dims(dim, x.ndim) if x.ndim else None, keepdims=keepdim)  # type: ignore[no-any-return]


@composed("{g} · [{x} = {out}] / Σ [{x} = {out}]", spaces="engine")
def spread_ties(g: Value, x: Value, out: Value, dim: Dims, keepdim: bool) -> Value:
    """The gradient of an extreme: shared evenly by the elements that attain it."""
    tied = x == restore(out, x.shape, dim, keepdim)
    return restore(g, x.shape, dim, keepdim) * tied / sum(tied, dim, True)
