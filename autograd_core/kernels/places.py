"""Indices before they are used: their type, their range, and whether a compiled loop pays. Imports NumPy and its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .axes import Array
from .contract import ContractError
from .jit import enabled
from .scatter_loops import NUMBERS

__all__ = ["FEW", "SMALL", "as_long", "as_vector", "check_range", "pays", "run_within", "within"]

SMALL = 2048
"""Below this many indices NumPy is cheaper than a launch."""

FEW = 32
"""Indices that Python looks through sooner than NumPy."""

_INT64 = np.dtype(np.int64)


def as_long(index: Array, name: str) -> Array:
    index = np.asarray(index)
    if index.dtype is _INT64:
        return index
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name} got an index of {index.dtype}, expected int64 or int32: convert it with .long()")
    return index.astype(np.int64, copy=False)


def within(index: Array, lowest: int, end: int) -> bool:
    """Whether lowest <= i < end for every i in the index."""
    if index.size <= FEW:  # in a list: a third of what two reductions cost
        values = index.ravel().tolist()
        return not values or (min(values) >= lowest and max(values) < end)
    return bool(index.min() >= lowest and index.max() < end)


def check_range(index: Array, size: int, name: str, dim: int | None, error: type[Exception], lowest: int = 0) -> None:
    """Raise `error` with the first index outside of lowest <= index < size."""
    if within(index, lowest, size):
        return
    at = tuple(int(v[0]) for v in np.nonzero((index < lowest) | (index >= size)))
    place = f" at position {at if len(at) != 1 else at[0]} of the index" if index.ndim else ""
    where = "the table" if dim is None else f"dimension {dim}"
    allowed = f"expected {lowest} to {size - 1}" if size else "which has no elements to choose from"
    raise error(f"{name}: index {int(index[at])}{place} is out of range for {where} with size {size}, {allowed}")


def as_vector(index: Array, name: str, error: type[Exception]) -> Array:
    if index.ndim > 1:
        raise error(f"{name} got an index of shape {index.shape}, expected a vector")
    return index.reshape(-1)


def pays(count: int, dtype: np.dtype[Any]) -> bool:
    return count >= SMALL and dtype.name in NUMBERS and enabled()


def run_within(loop: Callable[..., None], index: Array, size: int, name: str, dim: int, error: type[Exception], *args: Any) -> None:
    """Call a loop, whose contract checks the index's range; its refusal becomes PyTorch's exception."""
    try:
        loop(*args)
    except ContractError:
        check_range(index, size, name, dim, error)
        raise
