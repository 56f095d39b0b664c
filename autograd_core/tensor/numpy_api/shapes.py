"""np.reshape, np.transpose, np.pad, ...: NumPy's changes of shape on tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import Tensor
from .table import Axis, at_axis, axes_of, flat, functions, numpy_function
from .tiers import Unsupported, operand, plain, rule


@numpy_function("reshape")
def reshape(a: Any, /, shape: Any, order: str = "C") -> Any:
    if order != "C":
        raise Unsupported(f"order {order!r} has no rule: permute first")
    return operand(a).reshape(shape if isinstance(shape, (tuple, list)) else (shape,))


@numpy_function("ravel")
def ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, -1, order)


@numpy_function("transpose", "permute_dims")
def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    x = operand(a)
    return x.permute(tuple(range(x.array.ndim)[::-1] if axes is None else axes))


@numpy_function("squeeze")
def squeeze(a: Any, axis: Axis = None) -> Any:
    x = operand(a)
    if axis is None:
        return rule("squeeze")(x)
    shape = np.empty(x.array.shape, bool).squeeze(axis).shape  # NumPy's own error where a size is not 1
    return x.reshape(shape)


@numpy_function("expand_dims")
def expand_dims(a: Any, axis: Axis) -> Any:
    x = operand(a)
    axes = axes_of(axis, 0)
    for d in sorted(d % (x.array.ndim + len(axes)) for d in axes):
        x = rule("unsqueeze")(x, d)
    return x


@numpy_function("rollaxis")
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    rank = operand(a).array.ndim
    axis, start = axis % rank, start + rank if start < 0 else start
    return rule("movedim")(operand(a), axis, start - 1 if axis < start else start)


@numpy_function("flip")
def flip(m: Any, axis: Axis = None) -> Any:
    x = operand(m)
    return rule("flip")(x, axes_of(axis, x.array.ndim))


@numpy_function("roll")
def roll(a: Any, shift: Any, axis: Axis = None) -> Any:
    if axis is None:
        return rule("roll")(operand(a), shift)
    axes = axes_of(axis, 0)
    return rule("roll")(operand(a), tuple(np.broadcast_to(shift, len(axes)).tolist()), axes)


@numpy_function("tile")
def tile(A: Any, reps: Any) -> Any:
    return rule("tile")(operand(A), tuple(reps) if isinstance(reps, (tuple, list)) else (reps,))


@numpy_function("repeat")
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    repeats = repeats if isinstance(repeats, int) else operand(repeats)
    return rule("repeat_interleave")(flat(a) if axis is None else operand(a), repeats, 0 if axis is None else axis)


@numpy_function("pad")
def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    x = operand(array)
    widths = np.broadcast_to(np.asarray(plain(pad_width)), (x.array.ndim, 2)).tolist()
    if mode == "constant":
        if np.ndim(plain(constant_values)) or isinstance(constant_values, Tensor):
            raise Unsupported("constant_values has a rule when it is one number")
        return rule("functional.pad")(x, [n for pair in reversed(widths) for n in pair], "constant", constant_values)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise Unsupported(f"mode {mode!r} has no rule")
    for axis, (before, after) in enumerate(widths):
        if before or after:
            index = np.pad(np.arange(x.array.shape[axis]), (before, after), mode)  # type: ignore[call-overload]
            x = at_axis(x, axis, index)
    return x


functions.update(
    {
        "swapaxes": lambda a, axis1, axis2: rule("transpose")(operand(a), axis1, axis2),
        "moveaxis": lambda a, source, destination: rule("movedim")(operand(a), source, destination),
        "matrix_transpose": lambda x, /: rule("transpose")(operand(x), -2, -1),
        "broadcast_to": lambda array, shape: operand(array).expand(shape if isinstance(shape, (tuple, list)) else (shape,)),
        "fliplr": lambda m: rule("flip")(operand(m), (1,)),
        "flipud": lambda m: rule("flip")(operand(m), (0,)),
        "rot90": lambda m, k=1, axes=(0, 1): rule("rot90")(operand(m), k, axes),
    }
)
