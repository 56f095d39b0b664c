"""What every filling function shares: checks of types, shapes and outputs, and the order of elements.

Imports NumPy only. PyTorch fills a tensor in the order of its memory, the largest stride outermost, whatever its
dimensions are called; so does `fill`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FLOATS", "Array", "cast", "check_floating", "empty", "fill", "number"]

Array = NDArray[Any]
FLOATS = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))


def check_floating(name: str, array: Any) -> None:
    """TypeError unless it is an array, NotImplementedError (as PyTorch) unless its type is floating."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} expected a NumPy array, got {type(array).__name__}")
    if array.dtype not in FLOATS:
        raise NotImplementedError(f"{name} expected a floating type, got {array.dtype}: use float32, float64 or float16")


def number(name: str, argument: str, value: Any) -> float:
    """`value` as a Python float. TypeError for what is not a number."""
    if type(value) is float:
        return value
    if isinstance(value, (int, float, np.integer, np.floating)):
        return float(value)
    raise TypeError(f"{name} expected a number for {argument}, got {type(value).__name__}: {value!r}")


def empty(name: str, shape: Any, dtype: Any) -> Array:
    """An uninitialised array. TypeError unless `shape` is an int or ints, RuntimeError for a negative one."""
    if type(shape) is tuple:
        try:
            return np.empty(shape, dtype)
        except (TypeError, ValueError):
            pass  # told apart below
    try:
        sizes = tuple(map(operator.index, shape)) if isinstance(shape, Iterable) else (operator.index(shape),)
    except TypeError:
        raise TypeError(f"{name} expected an int or a tuple of ints for the shape, got {shape!r}") from None
    if any(size < 0 for size in sizes):
        raise RuntimeError(f"{name} got the shape {sizes} with a negative dimension: sizes are 0 or more")
    return np.empty(sizes, dtype)


def fill(name: str, out: Array, produce: Callable[[Array], None]) -> Array:
    """Have `produce` fill a flat contiguous array of the type and size of `out`, and put it into `out` in memory order.

    TypeError unless `out` is an array in native byte order, ValueError if it is read-only, RuntimeError if elements
    of it share memory.
    """
    if not isinstance(out, np.ndarray) or not out.dtype.isnative:
        given = f"byte order {out.dtype.str}" if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"{name} fills a NumPy array in native byte order, got {given}")
    if not out.flags.writeable:
        raise ValueError(f"{name} got a read-only array to fill: pass a copy of it")
    if out.size == 0:
        return out
    if out.flags.c_contiguous and out.flags.aligned:
        produce(out.reshape(-1))
        return out
    if any(stride == 0 and size > 1 for stride, size in zip(out.strides, out.shape, strict=True)):
        raise RuntimeError(f"{name} got an expanded array, several elements of which are one in memory: fill a copy of it")
    strides = out.strides
    ordered = out.transpose(sorted(range(out.ndim), key=lambda axis: -abs(strides[axis])))
    buffer = np.empty(ordered.shape, out.dtype)
    produce(buffer.reshape(-1))
    ordered[...] = buffer
    return out


def cast(values: Array, out: Array) -> None:
    """Write doubles into `out` as PyTorch's C casts do: out of range is no error, integers wrap, float16 comes by float32."""
    with np.errstate(all="ignore"):
        if out.dtype == np.float16:
            values = values.astype(np.float32)
        if out.dtype.kind in "iub" and values.dtype.kind == "f":
            values = np.where(np.abs(values) < 9.2e18, values, -9223372036854775808.0).astype(np.int64)
        np.copyto(out, values, casting="unsafe")
