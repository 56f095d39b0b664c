"""np.concatenate, np.split, np.where, np.take, ...: NumPy's joining, cutting and choosing on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base import Tensor
from .table import at_axis, flat, functions, numpy_function, typed
from .tiers import operand, plain, rule


def _tensors(values: Any) -> list[Tensor]:
    return list(values) if isinstance(values, Tensor) else [operand(v) for v in values]


@numpy_function("concatenate", "concat")
def concatenate(arrays: Any, /, axis: int | None = 0, out: None = None, *, dtype: Any = None) -> Any:
    parts = [typed(p, dtype) for p in _tensors(arrays)]
    return rule("cat")([flat(p) for p in parts], 0) if axis is None else rule("cat")(parts, axis)


@numpy_function("append")
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return concatenate([arr, values], axis)


@numpy_function("stack")
def stack(arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None) -> Any:
    return rule("stack")([typed(p, dtype) for p in _tensors(arrays)], axis)


def _side(key: str) -> Callable[..., Any]:
    return lambda tup, *, dtype=None: rule(key)([typed(p, dtype) for p in _tensors(tup)])


@numpy_function("block")
def block(arrays: Any) -> Any:
    def depth(v: Any) -> int:
        return 1 + depth(v[0]) if isinstance(v, list) else 0

    def rank(v: Any) -> int:
        return max(map(rank, v)) if isinstance(v, list) else np.ndim(plain(v))

    levels = depth(arrays)
    ranks = max(levels, rank(arrays))

    def join(v: Any, level: int) -> Any:
        if isinstance(v, list):
            return rule("cat")([join(p, level + 1) for p in v], level - levels)
        x = operand(v)
        return x.reshape((1,) * (ranks - x.array.ndim) + x.array.shape)

    return join(arrays, 0)


@numpy_function("array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    parts = indices_or_sections if isinstance(indices_or_sections, int) else tuple(int(i) for i in plain(indices_or_sections))
    return list(rule("tensor_split")(operand(ary), parts, axis))


@numpy_function("split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if isinstance(indices_or_sections, int) and operand(ary).array.shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


functions.update({
    "vstack": _side("vstack"), "hstack": _side("hstack"), "dstack": _side("dstack"),
    "column_stack": lambda tup: rule("column_stack")(_tensors(tup)),
    "vsplit": lambda ary, indices_or_sections: split(ary, indices_or_sections, 0),
    "hsplit": lambda ary, indices_or_sections: split(ary, indices_or_sections, 0 if operand(ary).array.ndim == 1 else 1),
    "dsplit": lambda ary, indices_or_sections: split(ary, indices_or_sections, 2),
    "unstack": lambda x, /, *, axis=0: rule("unbind")(operand(x), axis),
})  # fmt: skip


@numpy_function("where")
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    if x is None and y is None:
        return np.nonzero(plain(condition))
    values = [v if isinstance(v, (Tensor, bool, int, float)) else operand(v) for v in (x, y)]
    return rule("where")(operand(condition).bool(), *values)


@numpy_function("select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    out = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        out = where(condition, choice, out)
    return out


@numpy_function("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: None = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (given if given is not None else short for given, short in ((a_min, min), (a_max, max)))
    x = operand(a)
    if low is not None:
        x = rule("maximum")(x, operand(low)) if np.ndim(plain(low)) else rule("clamp")(x, min=plain(low))
    if high is not None:
        x = rule("minimum")(x, operand(high)) if np.ndim(plain(high)) else rule("clamp")(x, max=plain(high))
    return x


@numpy_function("take")
def take(a: Any, indices: Any, axis: int | None = None) -> Any:
    x = operand(a)
    return at_axis(flat(x), 0, indices) if axis is None else at_axis(x, axis, indices)


@numpy_function("take_along_axis")
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        return rule("take_along_dim")(flat(arr), flat(indices), 0)
    return rule("take_along_dim")(operand(arr), operand(indices), axis)


@numpy_function("compress")
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    chosen = np.flatnonzero(plain(condition))
    return take(a, chosen, axis)


@numpy_function("extract")
def extract(condition: Any, arr: Any) -> Any:
    return compress(np.ravel(plain(condition)), arr)


@numpy_function("delete")
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    x = flat(arr) if axis is None else operand(arr)
    axis = 0 if axis is None else axis
    return at_axis(x, axis, np.delete(np.arange(x.array.shape[axis]), plain(obj)))


@numpy_function("sort")
def sort(a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: Any = None) -> Any:
    return rule("sort")(flat(a), 0)[0] if axis is None else rule("sort")(operand(a), axis)[0]


@numpy_function("partition")
def partition(a: Any, kth: Any, axis: int | None = -1) -> Any:
    x = flat(a) if axis is None else operand(a)
    return take_along_axis(x, np.argpartition(x.array, kth, -1 if axis is None else axis), -1 if axis is None else axis)


@numpy_function("diagonal")
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return rule("diagonal")(operand(a), offset, axis1, axis2)


functions.update(
    {
        "diag": lambda v, k=0: rule("diag")(operand(v), k),
        "diagflat": lambda v, k=0: rule("diagflat")(operand(v), k),
        "tril": lambda m, k=0: rule("tril")(operand(m), k),
        "triu": lambda m, k=0: rule("triu")(operand(m), k),
    }
)
