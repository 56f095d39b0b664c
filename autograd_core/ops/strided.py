"""as_strided: any window on the memory of a tensor, its adjoint, and the copy that replaces such a window. Imports op and shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..op import Array, Value, composed, op
from .scatter import plain
from .shape import sizes_of
from .views import zeros_like_shape


def _root(x: Array) -> Array:
    while isinstance(x.base, np.ndarray):
        x = x.base
    return x


def address(x: Array) -> int:
    """Where x's first element lies."""
    at: int = x.__array_interface__["data"][0]
    return at


def steps_of(x: Array) -> tuple[int, ...]:
    """x's strides counted in elements."""
    return tuple([s // x.itemsize for s in x.strides])


def contiguous_steps(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a row-major array of this shape, counted in elements."""
    return tuple([math.prod(shape[d + 1 :]) for d in range(len(shape))])


def _window(x: Array, size: tuple[int, ...], stride: tuple[int, ...], away: int) -> Array:
    """The window that begins `away` elements after x's first. RuntimeError where it leaves x's memory."""
    root = _root(x)
    low, high = np.lib.array_utils.byte_bounds(root)
    start = address(x) + away * x.itemsize
    reach = 0 if 0 in size else sum([(n - 1) * s for n, s in zip(size, stride, strict=True)]) + 1
    if start < low or start + reach * x.itemsize > high:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {(start - low) // x.itemsize}, and itemsize {x.itemsize} requiring "
            f"a storage size of {start - low + reach * x.itemsize} are out of bounds for storage of size {high - low}"
        )
    whole = root.reshape(-1, order="A", copy=False) if root.flags.forc else x.reshape(-1, copy=False)
    flat = (
        np.ndarray((max(0, (high - start) // x.itemsize),), x.dtype, whole.view(np.uint8), start - address(whole))
        if reach
        else x.reshape(-1)[:0]
    )
    return np.lib.stride_tricks.as_strided(flat, size, [s * x.itemsize for s in stride], writeable=bool(x.flags.writeable))


@op(
    "window({x})",
    x=lambda g, x_shape, size, stride, away, own: window_back(g, x_shape, size, stride, away, own),
    view=True,
    types="any",
    spaces="engine",
    name="as_strided",
)
def window(x: Array, size: tuple[int, ...], stride: tuple[int, ...], away: int, own: tuple[int, ...]) -> Array:
    """The elements x₀[away + Σ iₖ strideₖ], counted from x's first element; `own` are x's own strides."""
    return _window(x, size, stride, away)


def _places(size: tuple[int, ...], stride: tuple[int, ...], away: int) -> Array:
    """Where the elements of a window lie, counted from the first element of the tensor it was cut from."""
    out = np.full((1,) * len(size), away, np.int64)
    for d, (n, s) in enumerate(zip(size, stride, strict=True)):
        out = out + (np.arange(n) * s).reshape((-1,) + (1,) * (len(size) - d - 1))
    return np.broadcast_to(out, size)


def _shifted(
    x_shape: tuple[int, ...], size: tuple[int, ...], stride: tuple[int, ...], away: int, own: tuple[int, ...]
) -> tuple[Array, Array, int]:
    """(places of the tensor, places of the window, how many places there are), from 0 on."""
    mine, seen = _places(x_shape, own, 0), _places(size, stride, away)
    low = min(int(mine.min(initial=0)), int(seen.min(initial=0)))
    return mine - low, seen - low, max(int(mine.max(initial=0)), int(seen.max(initial=0))) - low + 1


@op("Σ window({g})", g=lambda g, size, stride, away, own: window_of(g, size, stride, away, own), types="any", spaces="engine")
def window_back(
    g: Array, x_shape: tuple[int, ...], size: tuple[int, ...], stride: tuple[int, ...], away: int, own: tuple[int, ...]
) -> Array:
    """What the window gathered, added up at the tensor's own places; shared where several elements of the tensor are one place."""
    mine, seen, count = _shifted(x_shape, size, stride, away, own)
    memory = np.zeros(count, g.dtype)
    np.add.at(memory, seen, g)
    if math.prod(x_shape) > 1 and 0 in own:
        memory = memory / np.maximum(np.bincount(mine.reshape(-1), minlength=count), 1).astype(g.dtype)
    return memory[mine]


@op(
    "window({x})",
    x=lambda g, x_shape, size, stride, away, own: window_back(g, x_shape, size, stride, away, own),
    types="any",
    spaces="engine",
)
def window_of(x: Array, size: tuple[int, ...], stride: tuple[int, ...], away: int, own: tuple[int, ...]) -> Array:
    """`window` of a tensor whose elements lie at the places that `own` strides say: a copy."""
    mine, seen, count = _shifted(x.shape, size, stride, away, own)
    memory = np.zeros(count, x.dtype)
    memory[mine] = x
    return memory[seen]


def _geometry(x: Value, size: Any, stride: Any, storage_offset: int | None) -> tuple[Any, ...]:
    """The arguments of `window` after the size: checked strides, the way from x's first element, x's own strides."""
    sizes, strides, held = sizes_of(size, "as_strided"), sizes_of(stride, "as_strided"), plain(x)
    if len(sizes) != len(strides):
        raise RuntimeError(f"mismatch in length of strides and shape: {list(sizes)} and {list(strides)}")
    if any(s < 0 for s in strides):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(strides)}")
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"as_strided: sizes must not be negative, got {list(sizes)}")
    begin = (address(held) - np.lib.array_utils.byte_bounds(_root(held))[0]) // held.itemsize
    offset = begin if storage_offset is None else storage_offset
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    return sizes, strides, offset - begin, steps_of(held)


@composed()
def as_strided(x: Value, size: Any, stride: Any, storage_offset: int | None = None) -> Value:
    """A view of x's memory with any sizes and strides, counted in elements from storage_offset (x's own by default).

    RuntimeError where the view would leave that memory.
    """
    return window(x, *_geometry(x, size, stride, storage_offset))


@op(
    "{x} with part ← {src}",
    x=lambda g, src_shape, size, stride, away: replace_window(g, zeros_like_shape(g, src_shape), size, stride, away),
    src=lambda g, size, stride, away: window_in_rows(g, size, stride, away),
    spaces="engine",
    name="as_strided_scatter",
)
def replace_window(x: Array, src: Array, size: tuple[int, ...], stride: tuple[int, ...], away: int) -> Array:
    """A copy of x with src in a window of it."""
    out = x.copy()
    _window(out, size, stride, away)[...] = src
    return out


@composed("window({g})", spaces="engine")
def window_in_rows(g: Value, size: tuple[int, ...], stride: tuple[int, ...], away: int) -> Value:
    """A window of g laid out row by row."""
    return window_of(g, size, stride, away, contiguous_steps(tuple(g.shape)))


@composed()
def as_strided_scatter(x: Value, src: Value, size: Any, stride: Any, storage_offset: int | None = None) -> Value:
    """A copy of x with src where `as_strided` of the copy would look. RuntimeError unless src has that size."""
    sizes, strides, _, _ = _geometry(x, size, stride, 0)
    if tuple(src.shape) != sizes:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = {list(sizes)}"
        )
    return replace_window(x, src, sizes, strides, storage_offset or 0)
