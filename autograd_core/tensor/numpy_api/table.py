"""NumPy function -> our version of it, under NumPy's names and with NumPy's leading parameters.

The files beside this one fill the table; an argument that an entry does not list has no rule. Imports what the tiers share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .tiers import operand

Axis = Any  # an int, a tuple of ints, or None for all
functions: dict[str, Callable[..., Any]] = {}  # NumPy's name, with its module below np -> ours


def numpy_function(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function under NumPy's names for it."""

    def enter(fn: Callable[..., Any]) -> Callable[..., Any]:
        functions.update(dict.fromkeys(names, fn))
        return fn

    return enter


def axes_of(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes as a tuple."""
    return tuple(range(rank)) if axis is None else axis if isinstance(axis, tuple) else (axis,)


def typed(a: Any, dtype: Any) -> Any:
    """A tensor, in a dtype unless that is None."""
    x = operand(a)
    return x if dtype is None else x.to(dtype)


def floating(a: Any, dtype: Any = None) -> Any:
    """A floating tensor."""
    x = typed(a, dtype)
    return x if x.array.dtype.kind == "f" else x.float()


def flat(x: Any) -> Any:
    """A tensor in one dimension."""
    return operand(x).reshape(-1)


def at_axis(x: Any, axis: int, index: Any) -> Any:
    """x at an index along one axis."""
    return x[(slice(None),) * (axis % x.array.ndim) + (index,)]
