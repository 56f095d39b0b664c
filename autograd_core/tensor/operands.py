"""What may stand beside a tensor in an op - numbers, arrays, other types - and how the types meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..arguments import narrow
from ..dtypes import number_type, result_type
from ..op import PUBLIC_NAMES, Op
from .base import Tensor, node_of

ndarray = np.ndarray
_constants: dict[Any, np.ndarray] = {}


def constant(value: float | int, beside: Any) -> Any:
    """A Python number as a 0-d array of the type of the array beside it, where that is PyTorch's result type; else the number.

    The arrays are kept: NumPy takes 0.3 µs longer for a number than for a 0-d array.
    """
    if type(beside) is not ndarray:
        return value
    kind = beside.dtype
    if kind.kind != "f" and (type(value) is float or kind.kind == "b"):
        return value
    key = (value, type(value), kind)
    found = _constants.get(key)
    if found is None:
        narrow(value)
        if kind.kind in "iu" and not _fits(value, kind):
            return np.asarray(value, np.int64).astype(kind)  # wraps, as PyTorch does
        with np.errstate(over="ignore"):
            found = np.asarray(value).astype(kind)
        if value != 0:  # 0.0 and -0.0 are one key
            if len(_constants) > 1000:
                _constants.clear()
            found.flags.writeable = False
            _constants[key] = found
    return found


def _fits(v: Any, kind: np.dtype) -> bool:
    info = np.iinfo(kind)
    return bool(info.min <= v <= info.max)


def lower(op: Op, v: Any, name: str, decline: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """(array or number, node) of an argument that may not be a tensor; (None, None) for the unknown where an operator may decline.

    `strict`: numbers are refused, as PyTorch does outside of elementwise functions.
    """
    if isinstance(v, Tensor):
        return v.array, node_of(v)
    if isinstance(v, (bool, int, float)) and not strict:
        return narrow(v.item() if isinstance(v, np.generic) else v), None
    if isinstance(v, np.ndarray):
        if decline and op.types == "same":
            return None, None  # tensor @ array: NumPy's turn, which comes back with both in one type
        return as_array(v), None
    if isinstance(v, np.generic) and v.dtype.kind in "biuf" and not strict:
        return v.item(), None
    if decline:
        return None, None
    raise TypeError(f"{op.name}(): argument '{name}' must be Tensor, not {type(v).__name__}: wrap it in tensor(...)")


def lower_many(op: Op, values: Any, name: str) -> tuple[list[Any], tuple[Any, ...]]:
    """The arrays and nodes of a sequence of tensors."""
    if isinstance(values, Tensor) or not isinstance(values, (list, tuple)):
        raise TypeError(f"{op.name}(): argument 'tensors' must be tuple of Tensors, not {type(values).__name__}")
    pairs = [(None, None) if v is None else lower(op, v, name, False, True) for v in values]
    return [a for a, _ in pairs], tuple([n for _, n in pairs])


def as_array(v: Any) -> np.ndarray:
    """A NumPy array as it may enter an op: one of our element types, in native byte order."""
    array = np.asarray(v)
    if array.dtype not in dtypes.OF_NUMPY:
        wider = {"u": np.int64, "f": np.float64}.get(array.dtype.kind)
        if wider is None:
            raise TypeError(f"can't convert np.ndarray of type {array.dtype}. The only supported types are: {dtypes.UNSUPPORTED}.")
        array = array.astype(wider)
    return array


def _operand(v: Any) -> tuple[np.dtype, int]:
    return (v.dtype, 2 if v.ndim else 1) if isinstance(v, ndarray) else (number_type(v), 0)


def _target(op: Op, values: Sequence[Any]) -> np.dtype:
    kind = result_type(*[_operand(v) for v in values if v is not None])
    return dtypes.get_default_dtype().numpy if op.types == "float" and kind.kind != "f" else kind


def unify_pair(op: Op, a: Any, b: Any) -> tuple[Any, Any]:
    """Two operands in their common type."""
    if op.guard is not None:
        op.guard(a, b)
    return tuple(_cast(v, kind) for kind in (_target(op, (a, b)),) for v in (a, b))  # type: ignore[return-value]


def _cast(v: Any, kind: np.dtype) -> np.ndarray:
    if isinstance(v, ndarray):
        return v if v.dtype == kind else v.astype(kind)
    if kind.kind in "iu" and not _fits(v, kind):
        return np.asarray(v, np.int64).astype(kind)
    return np.asarray(v, kind)


def unify(op: Op, values: Sequence[Any]) -> list[Any]:
    """The tensor inputs in one type: promoted, made floating, or required to be equal, as the op declares.

    A parameter called `condition` takes no part. Numbers stay numbers for ops that are not elementwise in NumPy.
    """
    out = list(values)
    skip = 0 if op.params[0] == "condition" else -1
    arrays = [v for i, v in enumerate(out) if isinstance(v, ndarray) and i != skip]
    if op.types == "same":
        if any(a.dtype != arrays[0].dtype for a in arrays[1:]):
            raise fail_types(op, values)
        return out
    rest = [v for i, v in enumerate(out) if i != skip]
    kind = _target(op, rest)
    for i, v in enumerate(out):
        if v is not None and i != skip and not (isinstance(v, ndarray) and v.dtype == kind):
            keep_number = not isinstance(v, ndarray) and arrays and not (kind.kind in "iu" and not _fits(v, kind))
            out[i] = (float(v) if kind.kind == "f" else v) if keep_number else _cast(v, kind)
    return out


def fail_types(op: Op, values: Sequence[Any]) -> Exception:
    """PyTorch's error for tensors of several types where one is expected; says which to cast, to the type that needs fewest casts."""
    each = [(PUBLIC_NAMES.get(p, p), v.dtype) for p, v in zip(op.inputs, values, strict=False) if isinstance(v, ndarray)]
    if op.variadic:
        names = PUBLIC_NAMES.get(op.variadic, op.variadic)
        each = [(f"{names}[{i}]", v.dtype) for i, v in enumerate(values) if isinstance(v, ndarray)]
    kinds = [kind for _, kind in each]
    floating = [kind for kind in kinds if kind.kind == "f"] or kinds
    usual = dtypes.get_default_dtype().numpy
    aim = max(floating, key=lambda kind: (kinds.count(kind), kind == usual))
    shown = ", ".join(f"{name}: {kind}" for name, kind in each)
    fix = " and ".join(f"{name}.to({aim})" for name, kind in each if kind != aim)
    return RuntimeError(f"{op.name}: expected all tensors to have the same dtype, but found {shown}; use {fix}")


def fail_shapes(op: Op, a: Any, b: Any) -> Exception:
    """PyTorch's error for shapes that do not broadcast."""
    sa, sb = np.shape(a), np.shape(b)
    for i in range(1, min(len(sa), len(sb)) + 1):
        if sa[-i] != sb[-i] and 1 not in (sa[-i], sb[-i]):
            at = max(len(sa), len(sb)) - i
            return RuntimeError(
                f"The size of tensor a ({sa[-i]}) must match the size of tensor b ({sb[-i]}) at non-singleton dimension {at}: "
                f"{op.name} got shapes {list(sa)} and {list(sb)}; sizes must be equal, or 1, counted from the right"
            )
    return RuntimeError(f"{op.name} cannot run on shapes {list(sa)} and {list(sb)}")
