"""softmax, log_softmax, logsumexp and their vector-Jacobian products.

Imports NumPy, `jit`, `axes`, `softmax_loops`. Large arrays take compiled loops: whole rows where the dimension is
contiguous, tiles of columns elsewhere. The exponentials of a row are summed in float64; a row's
values depend neither on its place nor on the thread count.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .axes import Array, Dims, axes_of, axis_of, before_n_after, reduced_shape, three
from .jit import enabled
from .softmax_loops import TILE, loops

__all__ = ["exp_below", "log_softmax", "log_softmax_input", "logsumexp", "softmax", "softmax_input"]

SMALL = 1024
"""Below this many elements logsumexp takes NumPy's passes; softmax takes the loops for one row already: 0.7 µs, not 4."""

BLOCK = 32768
"""Elements of a block of rows."""

SHORT = 48
"""Elements of a row up to which few rows take the loop for few, and columns are not turned into rows."""

FEW = 256
"""Elements up to which rows are taken one by one, in place of a copy and without a contract: the shapes are this module's own."""

NARROW = 64
"""Fewer columns than this do not fill a tile: long ones are turned into rows."""


_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


def _floating(x: Array, name: str) -> Array:
    if x.dtype.kind != "f":
        raise NotImplementedError(f"{name} is not implemented for {x.dtype}: convert with .float() first")
    return x


def _launch(loop: tuple[Any, Any], arrays: list[Array], axis: int, log: bool) -> None:
    """Run the loop over rows or columns on arrays (inputs..., output) of one shape."""
    rows, columns = loop
    shape = arrays[0].shape
    if axis == len(shape) - 1:
        n = shape[axis]
        step = max(1, BLOCK // n)
        flat = [np.ascontiguousarray(x).reshape(-1, n) for x in arrays]
        blocks = -(-len(flat[0]) // step)
        if blocks == 1:  # made here, of one shape: no contract, 3 µs
            rows.bare(0, 1, *flat, step, log)
        else:
            rows(blocks, *flat, step, log)
        return
    views = [three(x, axis) for x in arrays]
    before, n, after = views[0].shape
    if 1 < after < NARROW and n > SHORT:
        turned = [np.ascontiguousarray(v.transpose(0, 2, 1)) for v in views[:-1]] + [np.empty((before, after, n), views[-1].dtype)]
        _launch(loop, turned, 2, log)
        views[-1][...] = turned[-1].transpose(0, 2, 1)
        return
    if after == 1:
        _launch(loop, [v.reshape(before, n) for v in views], 1, log)
        return
    tiles = -(-after // TILE)
    columns(before * tiles, *views, tiles, log)


def _forward(x: Array, dim: int, log: bool) -> Array:
    if 0 < x.size <= FEW and (dim == -1 or dim == x.ndim - 1) and x.dtype in _TYPES and enabled():
        n = x.shape[-1] if x.ndim else 1
        if n <= SHORT:
            out = x.copy()
            loops(x.dtype.char).few(out.ravel(), n, log)
            return out
    if x.dtype not in _TYPES:
        x = _floating(x, "log_softmax" if log else "softmax")
        return _forward(x.astype(np.float32), dim, log).astype(np.float16)
    axis = axis_of(dim, x.ndim)
    if not (x.size and enabled()):
        return _reference(x, axis, log)
    out = np.empty(x.shape, x.dtype)
    _launch(loops(x.dtype.char).forward, [x, out], axis, log)
    return out


def _reference(x: Array, axis: int, log: bool) -> Array:
    if x.size == 0:
        return x.copy()
    axes = axis if x.ndim else None
    with np.errstate(all="ignore"):
        shifted = x - np.max(x, axes, keepdims=True)
        exps = np.exp(shifted)
        total = np.sum(exps, axes, keepdims=True, dtype=np.float64)
        return np.asarray(shifted - np.log(total).astype(x.dtype) if log else exps / total.astype(x.dtype))


def _backward(g: Array, out: Array, dim: int, log: bool) -> Array:
    if 0 < g.size <= FEW and (dim == -1 or dim == g.ndim - 1) and g.dtype in _TYPES:
        n = g.shape[-1] if g.ndim else 1
        if n <= SHORT and g.shape == out.shape and g.dtype == out.dtype and enabled():
            gx = g.copy()
            loops(g.dtype.char).few_input(gx.ravel(), out.ravel(), n, log)
            return gx
    if g.shape != out.shape or g.dtype != out.dtype:
        raise RuntimeError(f"the gradient is {g.dtype} of shape {g.shape}, the output {out.dtype} of shape {out.shape}: they must agree")
    if out.dtype not in _TYPES:
        out = _floating(out, "softmax_input")
        return _backward(g.astype(np.float32), out.astype(np.float32), dim, log).astype(np.float16)
    axis = axis_of(dim, out.ndim)
    if not (out.size and enabled()):
        return _reference_input(g, out, axis, log)
    gx = np.empty(out.shape, out.dtype)
    _launch(loops(out.dtype.char).backward, [g, out, gx], axis, log)
    return gx


def _reference_input(g: Array, out: Array, axis: int, log: bool) -> Array:
    axes = axis if out.ndim else None
    with np.errstate(all="ignore"):
        if log:
            return np.asarray(g - np.exp(out) * np.sum(g, axes, keepdims=True, dtype=np.float64).astype(g.dtype))
        return np.asarray((g - np.sum(g * out, axes, keepdims=True, dtype=np.float64).astype(g.dtype)) * out)


def softmax(x: Array, dim: int) -> Array:
    """exp(x - max x) / Σ exp(x - max x) along `dim`.

    NaN for a row that is all -inf or has a NaN or inf. Raises IndexError for a wrong dim, NotImplementedError for
    integers.
    """
    return _forward(x, dim, log=False)


def log_softmax(x: Array, dim: int) -> Array:
    """x - log Σ exp(x) along `dim`, without overflow."""
    return _forward(x, dim, log=True)


def softmax_input(g: Array, out: Array, dim: int) -> Array:
    """out (g - Σ g out): the gradient of softmax."""
    return _backward(g, out, dim, log=False)


def log_softmax_input(g: Array, out: Array, dim: int) -> Array:
    """g - exp(out) Σ g: the gradient of log_softmax."""
    return _backward(g, out, dim, log=True)


def logsumexp(x: Array, dim: Dims, keepdim: bool = False) -> Array:
    """log Σ exp(x) over the dimensions `dim`: -inf over no elements, inf where x has an inf. Integers become float32."""
    x = np.asarray(x)
    x = _floating(x.astype(np.float32) if x.dtype.kind in "biu" else x, "logsumexp")
    axes = axes_of(dim, x.ndim)
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    with np.errstate(all="ignore"):
        out = _logsumexp(before_n_after(wide, axes))
    return out.reshape(reduced_shape(x.shape, axes, keepdim)).astype(x.dtype, copy=False)


def exp_below(g: Array, x: Array, level: Array) -> Array:
    """g exp(x - level), g and level (..., 1) beside x (..., n); a level of -inf counts as 0. The gradient of logsumexp."""
    n = x.shape[-1]
    with np.errstate(all="ignore"):
        if not (x.size and enabled() and x.dtype in _TYPES):
            return np.asarray(g * np.exp(x - np.where(level == -np.inf, 0, level)), x.dtype)
    out = np.empty(x.shape, x.dtype)
    flat = np.ascontiguousarray(x).reshape(-1, n)
    weight, below = (np.ascontiguousarray(v, x.dtype).reshape(-1) for v in (g, level))
    step = max(1, BLOCK // n)
    loops(x.dtype.char).below(-(-len(flat) // step), weight, flat, below, out.reshape(flat.shape), step)
    return out


def _logsumexp(x: Array) -> Array:
    """(before, n, after) -> (before, after)."""
    before, n, after = x.shape
    if x.size == 0:
        return np.full((before, after), -np.inf, x.dtype)
    if x.size < SMALL or not enabled():
        top = np.max(x, 1, keepdims=True)
        c = np.where(np.isinf(top), 0, top)
        s = np.sum(np.exp(np.minimum(x - c, 0)), 1, dtype=np.float64)
        return (np.log(s) + top[:, 0]).astype(x.dtype)
    if 1 < after < NARROW and n > SHORT:
        return _logsumexp(np.ascontiguousarray(x.transpose(0, 2, 1)).reshape(before * after, n, 1)).reshape(before, after)
    out = np.empty((before, after), x.dtype)
    rows, columns = loops(x.dtype.char).logsumexp
    if after > 1:
        tiles = -(-after // TILE)
        columns(before * tiles, x, out, tiles)
    else:
        step = max(1, BLOCK // n)
        rows(-(-before // step), x.reshape(before, n), out.reshape(before), step)
    return out
