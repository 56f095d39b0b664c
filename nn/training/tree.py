"""Nested batches: tuples, lists and dictionaries with tensors or arrays at their ends. Imports Tensor and NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.tensor.base import Tensor

__all__ = ["as_array", "as_tensors", "count", "is_array", "join", "leaves", "take", "tree_map"]


def is_array(value: Any) -> bool:
    """Whether a value holds numbers by itself: a tensor, an array, or what turns into one (a pandas column)."""
    return isinstance(value, (Tensor, np.ndarray, np.generic)) or (hasattr(value, "__array__") and not isinstance(value, type))


def as_array(value: Any) -> np.ndarray:
    """The numbers of a tensor or array, outside the graph."""
    return np.asarray(value.detach() if isinstance(value, Tensor) else value)


def tree_map(fn: Callable[[Any], Any], value: Any) -> Any:
    """`value` with `fn` applied to everything that is no tuple, list or dictionary."""
    if isinstance(value, (Tensor, np.ndarray)):  # nearly always; asking for a Mapping takes a microsecond
        return fn(value)
    if isinstance(value, Mapping):
        return {key: tree_map(fn, part) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(tree_map(fn, part) for part in value))
    if isinstance(value, (tuple, list)):
        return type(value)(tree_map(fn, part) for part in value)
    return fn(value)


def leaves(value: Any) -> Iterator[Any]:
    """Everything in a nested value that is no container, from left to right."""
    if isinstance(value, (Tensor, np.ndarray)):
        yield value
        return
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def count(value: Any) -> int:
    """The number of samples in a batch: the first size of its first tensor, 1 where that has none."""
    first = next((leaf for leaf in leaves(value) if is_array(leaf)), None)
    shape = () if first is None else first.shape
    return int(shape[0]) if shape else 1


def take(value: Any, rows: Any) -> Any:
    """The given rows of every tensor and array."""
    return tree_map(lambda leaf: leaf[rows] if isinstance(leaf, (Tensor, np.ndarray)) else np.asarray(leaf)[rows], value)


def as_tensors(value: Any, floating: Any, whole: Any = None) -> Any:
    """`value` with its arrays as tensors: floating-point ones in the dtype `floating`, integers in `whole` where it is given.

    Tensors stay as they are. NumPy computes in float64 and models in float32, so an array's dtype says little.
    """

    def convert(leaf: Any) -> Any:
        if isinstance(leaf, Tensor) or leaf is None:
            return leaf
        if not is_array(leaf) and not isinstance(leaf, (int, float, bool)):
            raise TypeError(
                f"a batch must be made of tensors, arrays and numbers, got {type(leaf).__name__}: {str(leaf)[:60]!r}. "
                "Convert it in the dataset or in collate_fn"
            )
        array = np.asarray(leaf)
        if array.dtype.kind == "f":
            return ag.tensor(array, dtype=floating)
        return ag.tensor(array, dtype=whole) if whole is not None and array.dtype.kind in "iu" else ag.tensor(array)

    return tree_map(convert, value)


def join(parts: Sequence[Any]) -> Any:
    """The outputs of many batches as one: tensors one after another, containers leaf by leaf."""
    first = parts[0]
    if isinstance(first, Mapping):
        return {key: join([part[key] for part in parts]) for key in first}
    if isinstance(first, (tuple, list)):
        columns = [join(column) for column in zip(*parts, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else type(first)(columns)
    return ag.cat(list(parts)) if isinstance(first, Tensor) and first.dim() else list(parts)
