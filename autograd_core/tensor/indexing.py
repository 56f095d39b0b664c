"""x[...] and x[...] = v: every form of index that NumPy and PyTorch know, split into a view and an advanced part.

PyTorch applies ints, slices and None first, as a view, and tensors to what is left; NumPy would count an int beside
an array as an array. The split makes ours PyTorch's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.shape import copied, getitem, put_at, take_at
from .base import Tensor
from .inplace import adopt, check

KINDS = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {kind})"
_FULL = slice(None)
_BASIC = (int, slice, type(None), type(Ellipsis))


def read_item(x: Tensor, index: Any) -> Tensor:
    """x[index]: a view for ints, slices, None and Ellipsis; a copy where a tensor, array, list or mask takes part."""
    kind = type(index)
    if kind is int:
        return getitem(x, _checked_int(index, x.array.shape))
    if kind is slice and type(index.step) is not int and x.array.ndim and _plain_bounds(index):
        return getitem(x, index)
    basic, advanced, repeats = split(x, index)
    if basic is not None:
        x = getitem(x, basic)
    if advanced is None:
        return x
    _check_advanced(x, advanced)
    return take_at(x, advanced, repeats)


def _plain_bounds(s: slice) -> bool:
    return s.step is None and (s.start is None or type(s.start) is int) and (s.stop is None or type(s.stop) is int)


def write_item(x: Tensor, index: Any, value: Any) -> None:
    """x[index] = value, recorded: gradients flow to the value and to what was not overwritten."""
    check(x, "__setitem__")
    if not isinstance(value, (Tensor, np.ndarray, bool, int, float, np.generic)):
        raise TypeError(f"can't assign a {type(value).__name__} to a {x.dtype} tensor: assign a number or a tensor")
    basic, advanced, _ = split(x, index)
    part = getitem(x, basic if basic is not None else Ellipsis)
    if advanced is None:
        _check_fits(np.shape(value.array if isinstance(value, Tensor) else value), part.array.shape)
        if isinstance(value, (Tensor, np.ndarray)) and np.ndim(getattr(value, "array", value)) > part.array.ndim:
            value = value.reshape(part.array.shape)
        adopt(part, copied(part, value), "__setitem__")
    else:
        _check_advanced(part, advanced)
        target = part.array[advanced].shape
        _check_fits(np.shape(value.array if isinstance(value, Tensor) else value), target)
        adopt(part, put_at(part, advanced, value.to(x.dtype) if isinstance(value, Tensor) else value), "__setitem__")


def _check_fits(shape: tuple[int, ...], target: tuple[int, ...]) -> None:
    core = shape
    while len(core) > len(target) and core[0] == 1:
        core = core[1:]
    if len(core) > len(target) or any(n not in (1, m) for n, m in zip(core[::-1], target[::-1], strict=False)):
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(shape)} cannot be broadcast to indexing result of shape {list(target)}"
        )


def _checked_int(i: int, shape: tuple[int, ...], dim: int = 0) -> int:
    if not shape:
        raise IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a 0-dim tensor to a number")
    if not -shape[dim] <= i < shape[dim]:
        raise IndexError(f"index {i} is out of bounds for dimension {dim} with size {shape[dim]}")
    return i


def _item(i: Any) -> Any:
    """One part of an index: an int, slice, None, Ellipsis, or an integer or bool array."""
    if type(i) in _BASIC:
        return _slice(i) if type(i) is slice else i
    if isinstance(i, Tensor):
        i = i.array
    if isinstance(i, (bool, np.bool_)):
        return np.asarray(i)
    if isinstance(i, (list, range, tuple)):
        i = np.asarray([u.array if isinstance(u, Tensor) else u for u in i]) if len(i) else np.zeros(0, np.int64)
    if isinstance(i, np.ndarray):
        if i.dtype.kind == "b":
            return i
        if i.dtype == np.uint8:
            return i.astype(bool) if i.ndim else int(i)
        if i.dtype.kind in "iu":
            return i if i.ndim else int(i)
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors: got {i.dtype}; convert with .long()")
    if hasattr(i, "__index__"):
        return i.__index__()
    raise TypeError(KINDS.format(kind=type(i).__name__))


def _slice(s: slice) -> slice:
    parts = []
    for p in (s.start, s.stop, s.step):
        if p is not None and not isinstance(p, int):
            if not hasattr(p, "__index__"):
                raise TypeError(f"slice indices must be integers or None or have an __index__ method: got {type(p).__name__}")
            p = p.__index__()
        parts.append(p)
    if parts[2] is not None and parts[2] <= 0:
        raise ValueError(f"step must be greater than zero: got {parts[2]}; use .flip(dim) to reverse")
    return slice(*parts)


def split(x: Tensor, index: Any) -> tuple[Any, Any, bool]:
    """(view part or None, advanced part or None, whether the advanced part may name a place twice)."""
    items = [_item(i) for i in index] if type(index) is tuple else [_item(index)]
    shape = x.array.shape
    used = sum(i.ndim if isinstance(i, np.ndarray) and i.dtype.kind == "b" else i is not None and i is not Ellipsis for i in items)
    if used > len(shape):
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}: got {used}")
    if sum(i is Ellipsis for i in items) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    fill = [_FULL] * (len(shape) - used)
    at = next((k for k, i in enumerate(items) if i is Ellipsis), None)
    items = items + fill if at is None else items[:at] + fill + items[at + 1 :]
    basic: list[Any] = []
    advanced: list[Any] = []
    dim = 0
    for i in items:
        if isinstance(i, np.ndarray):
            width = i.ndim if i.dtype.kind == "b" else 1
            _check_array(i, shape, dim)
            basic.extend([_FULL] * width)
            advanced.append(i)
            dim += width
        elif i is None:
            basic.append(None)
            advanced.append(_FULL)
        elif type(i) is int:
            basic.append(_checked_int(i, shape, dim))
            dim += 1
        else:
            basic.append(i)
            advanced.append(_FULL)
            dim += 1
    arrays = [i for i in advanced if isinstance(i, np.ndarray)]
    if not arrays:
        return tuple(basic), None, False
    while advanced and advanced[-1] is _FULL:
        advanced.pop()
    view = None if all(i is _FULL or i == _FULL for i in basic) else tuple(basic)
    return view, tuple(advanced), not (len(arrays) == 1 and arrays[0].dtype.kind == "b")


def _check_array(i: np.ndarray, shape: tuple[int, ...], dim: int) -> None:
    if i.dtype.kind == "b":
        if i.shape != shape[dim : dim + i.ndim]:
            raise IndexError(
                f"The shape of the mask {list(i.shape)} at index 0 does not match the shape of the indexed tensor {list(shape)} at "
                f"index {dim}"
            )
    elif i.size:
        low, high = int(i.min()), int(i.max())
        if low < -shape[dim] or high >= shape[dim]:
            raise IndexError(f"index {high if high >= shape[dim] else low} is out of bounds for dimension {dim} with size {shape[dim]}")


def _check_advanced(x: Tensor, advanced: tuple[Any, ...]) -> None:
    shapes = [i.shape for i in advanced if isinstance(i, np.ndarray) and i.dtype.kind != "b"]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {', '.join(map(str, shapes))}"
        ) from None
