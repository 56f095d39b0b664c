"""Dimensions of an array as PyTorch counts and refuses them, and views that bring some of them to the middle or the end.

Imports NumPy.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["Array", "Dims", "axis_of", "axes_of", "before_n_after", "in_rows", "is_dense", "reduced_shape", "three"]

Array = np.ndarray[Any, Any]
Dims = int | Iterable[int] | None


def in_rows(a: Array) -> Array:
    """The array in row-major order, copied where it lies otherwise: a result that `view` can take apart, as PyTorch's is."""
    return a if a.ndim < 2 or a.flags.c_contiguous else a.copy()


def is_dense(a: Array) -> bool:
    """Whether the elements fill their stretch of memory, each its own place, in whatever order of dimensions."""
    if a.flags.c_contiguous or a.flags.f_contiguous:
        return True
    step = a.itemsize
    for stride, n in sorted((s, n) for s, n in zip(a.strides, a.shape, strict=True) if n > 1):
        if stride != step:
            return False
        step *= n
    return True


def axis_of(dim: int, ndim: int) -> int:
    """A dim in [-ndim, ndim - 1], or in [-1, 0] without dimensions, as a non-negative one. IndexError otherwise."""
    dim, wide = operator.index(dim), ndim or 1
    if not -wide <= dim < wide:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-wide}, {wide - 1}], but got {dim})")
    return dim % wide


def axes_of(dim: Dims, ndim: int) -> tuple[int, ...]:
    """The sorted axes that a `dim` argument names: all of them for None and ().

    IndexError out of range, RuntimeError for a dim given twice.
    """
    if dim is None:
        return tuple(range(ndim))
    if isinstance(dim, (int, np.integer)):
        return (axis_of(dim, ndim),)[:ndim]
    axes = [axis_of(d, ndim) for d in dim]
    if len(set(axes)) != len(axes):
        twice = next(a for a in axes if axes.count(a) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims: name each dimension once")
    return (tuple(sorted(axes)) if axes else tuple(range(ndim))) if ndim else ()


def reduced_shape(shape: tuple[int, ...], axes: tuple[int, ...], keepdim: bool) -> tuple[int, ...]:
    """A shape without the axes, or with 1 in their place."""
    if keepdim:
        return tuple(1 if d in axes else n for d, n in enumerate(shape))
    return tuple(n for d, n in enumerate(shape) if d not in axes)


def three(x: Array, axis: int) -> Array:
    """x as a contiguous (before, n, after) around one axis; (1, 1, 1) without dimensions."""
    shape = x.shape or (1,)
    return np.ascontiguousarray(x).reshape(math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :]))


def before_n_after(x: Array, axes: tuple[int, ...]) -> Array:
    """x as a contiguous (before, n, after) whose n runs over all `axes`; copied where these are not neighbours."""
    shape = x.shape
    if not axes:
        return np.ascontiguousarray(x).reshape(x.size, 1, 1)
    first, last = axes[0], axes[-1]
    if last - first + 1 == len(axes):
        sizes = (math.prod(shape[:first]), math.prod(shape[first : last + 1]), math.prod(shape[last + 1 :]))
        return np.ascontiguousarray(x).reshape(sizes)
    kept = [d for d in range(x.ndim) if d not in axes]
    rows = math.prod(shape[d] for d in kept)
    return np.ascontiguousarray(x.transpose([*kept, *axes])).reshape(rows, math.prod(shape[d] for d in axes), 1)
