"""x[...] and x[...] = v: every form of index that NumPy and PyTorch know, split into a view and an advanced part.

PyTorch applies ints, slices and None first, as a view, and tensors to what is left; NumPy would count an int beside
an array as an array. The split makes ours PyTorch's. Ranges are left to NumPy, which checks them before it reads.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..dtypes import must_hold
from ..graph import thread
from ..ops.shape import copied, getitem, put_at, select, take_at
from ..ops.views import common_shape
from ..quiet import quiet
from .base import Tensor, node_of, wrap
from .inplace import adopt, bump, check
from .overlap import is_expanded, may_write, opened, refuse_overlap
from .record import compile_recorder

KINDS = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {kind})"
ELEMENTS = "tensors used as indices must be long, int, byte or bool tensors: got {kind}; convert with .long()"
OLD_TUPLE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated: x[[a, b]] means x[a, b] here, as in PyTorch, and x[tensor([a, b])] in "
    "NumPy; write the one you mean"
)
_FULL = slice(None)
_NONE, _DOTS = type(None), type(Ellipsis)
read_row, read_view, read_places = compile_recorder(select), compile_recorder(getitem), compile_recorder(take_at)
_INTEGERS = (np.dtype(np.int64), np.dtype(np.int32))


def read_item(x: Tensor, index: Any) -> Tensor:
    """x[index]: a view for ints, slices, None and Ellipsis; a copy where a tensor, array, list or mask takes part."""
    kind = type(index)
    if kind is int:
        return read_row(x, 0, index)
    if _is_view(index) if kind is tuple else (kind is slice and _is_plain(index)) or index is None:
        return read_view(x, index)
    if kind is Tensor:
        at = index.array
        if at.ndim and (at.dtype in _INTEGERS or (at.dtype.kind == "b" and at.shape == x.array.shape[: at.ndim])):
            wanted = node_of(x) is not None and thread.context.grad
            return read_places(x, (at.copy() if wanted else at,), at.dtype.kind != "b")
    basic, advanced, repeats = split(x.array.shape, index)
    if basic is not None:
        x = getitem(x, basic)
    if advanced is None:
        return x
    return take_at(x, kept(advanced) if node_of(x) is not None and thread.context.grad else advanced, repeats)


def kept(index: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index as the backward pass will need it, whatever becomes of the tensors it was given as."""
    return tuple([i.copy() if isinstance(i, np.ndarray) else i for i in index])


def write_item(x: Tensor, index: Any, value: Any) -> None:
    """x[index] = value, recorded: gradients flow to the value and to what was not overwritten."""
    context = thread.context
    if not context.special and x._counter is not None and (not context.grad or (x._node if x._view is None else node_of(x)) is None):
        given = type(value)
        if given is float or given is int:
            if write_plain(x, index, value):
                return
        elif given is Tensor and value._counter is not x._counter and (not context.grad or (value._node if value._view is None else node_of(value)) is None):
            if write_plain(x, index, value.array):
                return
    node = check(x, "__setitem__")
    if type(value) is Tensor:
        if value._view is not None and _same_place(x, index, value):
            return  # x[index] += v has already changed that memory
    elif not isinstance(value, (Tensor, np.ndarray, bool, int, float, np.generic)):
        raise TypeError(f"can't assign a {type(value).__name__} to a {x.dtype} tensor: assign a number, or tensor(...) of it")
    kind = type(index)
    simple = kind is int or (_is_view(index) if kind is tuple else kind is slice and _is_plain(index))
    basic, advanced, _ = (index, None, False) if simple else split(x.array.shape, index)
    if advanced is None:
        _write_view(x, node, Ellipsis if basic is None else basic, value)
    else:
        _write_places(x, basic, advanced, value)


@quiet
def write_plain(x: Tensor, index: Any, value: Any) -> bool:
    """Write where nothing is recorded and NumPy means what PyTorch does; False, and nothing written, where that is not certain."""
    array, kind = x.array, type(index)
    if kind is Tensor:
        index = index.array
        at = index.dtype
        if not index.ndim or not (at.kind == "b" or at in _INTEGERS) or (type(value) is np.ndarray and value.dtype != array.dtype):
            return False
    elif kind is not int and not (_is_view(index) if kind is tuple else kind is slice and _is_plain(index)):
        return False
    at = array.dtype
    if at.kind != "f" and getattr(value, "dtype", None) != at:
        return False
    if type(value) is float and not -3e38 < value < 3e38:
        return False  # which may not fit
    try:
        array[index] = value
    except (ValueError, IndexError, TypeError, OverflowError):
        return False
    bump(x, "__setitem__")
    return True


def _same_place(x: Tensor, index: Any, value: Tensor) -> bool:
    """Whether value is x[index] itself."""
    if value._counter is not x._counter:
        return False
    own = read_item(x, index).array
    other = value.array
    return (
        own.shape == other.shape and own.strides == other.strides and own.__array_interface__["data"] == other.__array_interface__["data"]
    )


def _write_view(x: Tensor, node: Any, index: Any, value: Any) -> None:
    held = value.array if isinstance(value, Tensor) else value
    if (
        node is None
        and (not isinstance(value, Tensor) or not thread.context.grad or node_of(value) is None)
        and thread.context.watch is None
    ):
        part = getitem.fn(opened(x.array), index)  # nothing is recorded: NumPy writes
        if not x.array.flags.writeable or (isinstance(value, Tensor) and value._counter is x._counter):
            _may_copy(wrap(part, None, x._counter), value)
        with np.errstate(all="ignore"):
            np.copyto(part, _fitting(held, part.shape, part.dtype), casting="unsafe")
        bump(x, "__setitem__")
        return
    part = getitem(x, index)
    shape = part.array.shape
    _fitting(held, shape, part.array.dtype)
    if np.ndim(held) > len(shape):
        value = value.reshape(np.shape(held)[np.ndim(held) - len(shape) :])
    _may_copy(part, value)
    adopt(part, copied(part, value), "__setitem__")


def _may_copy(part: Tensor, value: Any) -> None:
    """RuntimeError where a part cannot take a value because elements would share a place."""
    if is_expanded(part.array):
        may_write(part, "copy_")
    if isinstance(value, Tensor) and value.array.size == part.array.size:  # one that is stretched is not looked at, as in PyTorch
        refuse_overlap(part, (value,), "copy_")


def _write_places(x: Tensor, basic: Any, advanced: tuple[Any, ...], value: Any) -> None:
    part = getitem(x, Ellipsis if basic is None else basic)
    if not part.array.flags.writeable:
        may_write(part, "index_put_")
    refuse_overlap(part, (value,), "index_put_")
    held = value.array if isinstance(value, Tensor) else value
    if isinstance(value, Tensor) and held.dtype != part.array.dtype and held.ndim:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {x.dtype} for the destination and {value.dtype} for the source: "
            f"convert with .to({x.dtype})"
        )
    target = _result_shape(part.array, advanced)
    given = np.shape(held)
    if common_shape([given[max(0, len(given) - len(target)) :], target]) != target or any(
        n != 1 for n in given[: max(0, len(given) - len(target))]
    ):
        raise _no_fit(given, target)
    if len(given) > len(target):
        value = value.reshape(given[len(given) - len(target) :])
    if isinstance(value, Tensor) and value.array.dtype != part.array.dtype:
        value = value.to(x.dtype)
    elif isinstance(value, np.ndarray):
        value = value.astype(part.array.dtype, copy=False)
    else:
        must_hold(value, part.array.dtype, "__setitem__")
    adopt(part, put_at(part, kept(advanced), value), "__setitem__")


def _result_shape(x: np.ndarray, advanced: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape of x[advanced], without reading x. IndexError where the index does not fit."""
    return take_at.fn(np.broadcast_to(np.empty((), bool), x.shape), advanced).shape


def _no_fit(shape: tuple[int, ...], target: tuple[int, ...]) -> RuntimeError:
    return RuntimeError(
        f"shape mismatch: value tensor of shape {list(shape)} cannot be broadcast to indexing result of shape {list(target)}"
    )


def _fitting(value: Any, target: tuple[int, ...], kind: np.dtype) -> Any:
    """A value as NumPy can write it to a part of this shape: leading sizes of 1 are dropped, as PyTorch does."""
    shape = np.shape(value)
    if shape != target:
        extra = len(shape) - len(target)
        core = shape[extra:] if extra > 0 else shape
        if any(n != 1 for n in shape[: max(extra, 0)]) or any(n not in (1, m) for n, m in zip(core[::-1], target[::-1], strict=False)):
            raise RuntimeError(
                f"The expanded size of the tensor does not match: a value of shape {list(shape)} cannot be written to a part of shape {list(target)}; "
                "sizes must be equal, or 1, counted from the right"
            )
        if extra > 0:
            return np.reshape(value, core)
    if shape or isinstance(value, np.ndarray):
        return value
    if kind.char != "e":  # where PyTorch lets infinity be stored
        must_hold(value, kind, "__setitem__")
    return value if kind.kind == "f" else np.asarray(value).astype(kind)


def _is_plain(s: slice) -> bool:
    """Whether a slice is made of ints and None, with a step that PyTorch allows."""
    start, stop, step = s.start, s.stop, s.step
    return (
        (step is None or (type(step) is int and step > 0)) and (start is None or type(start) is int) and (stop is None or type(stop) is int)
    )


def _is_view(index: tuple[Any, ...]) -> bool:
    """Whether an index is made of ints, slices, None and at most one Ellipsis."""
    dots = False
    for i in index:
        kind = type(i)
        if kind is int or kind is _NONE:
            continue
        if kind is slice:
            if not _is_plain(i):
                return False
        elif kind is _DOTS and not dots:
            dots = True
        else:
            return False
    return True


def _item(i: Any) -> Any:
    """One part of an index: an int, slice, None, Ellipsis, or an array of integers or bools."""
    kind = type(i)
    if kind is int or kind is _NONE or kind is _DOTS:
        return i
    if kind is slice:
        return i if _is_plain(i) else _slice(i)
    if isinstance(i, Tensor):
        i = i.array
        return _position(i) if i.ndim == 0 and i.dtype.kind in "iu" and i.dtype != np.uint8 else _indices(i)
    if kind is bool or isinstance(i, np.bool_):
        return np.asarray(i, bool)
    if isinstance(i, np.ndarray):
        return _indices(i)
    if isinstance(i, (list, range, tuple)):
        return _indices(_array_of(i))
    if hasattr(i, "__index__"):
        return i.__index__()
    raise (TypeError if isinstance(i, str) else IndexError)(KINDS.format(kind=kind.__name__))


def _position(i: np.ndarray) -> int:
    if i.dtype not in _INTEGERS:
        raise IndexError(ELEMENTS.format(kind=i.dtype))
    return int(i)


def _indices(i: np.ndarray) -> np.ndarray:
    if i.dtype == np.uint8:  # PyTorch's masks of old
        warnings.warn("indexing with dtype uint8 is deprecated: it means a mask, write .bool(), or .long() for positions", UserWarning, stacklevel=5)
        return i.astype(bool)
    if i.dtype.kind != "b" and i.dtype not in _INTEGERS:
        raise IndexError(ELEMENTS.format(kind=i.dtype))
    return i


def _array_of(values: Any) -> np.ndarray:
    """Nested lists of ints and bools, or of 0-d tensors, as an array."""
    if not len(values):
        return np.zeros(0, np.int64)
    try:
        array = np.array([_plain(v) for v in values])
    except ValueError:
        raise ValueError(f"expected sequence of equal lengths at every level of an index: got {values!r:.80}") from None
    if array.dtype.kind in "US":
        raise TypeError(f"an index is made of ints, slices, None, lists and tensors: got {values!r:.80}")
    return array if array.size else array.astype(np.int64)


def _plain(v: Any) -> Any:
    return v.array if isinstance(v, Tensor) else [_plain(u) for u in v] if isinstance(v, (list, tuple, range)) else v


def _slice(s: slice) -> slice:
    parts = []
    for p in (s.start, s.stop, s.step):
        if p is not None and type(p) is not int:
            if not hasattr(p, "__index__"):
                raise TypeError(f"slice indices must be integers or None or have an __index__ method: got {type(p).__name__}")
            p = p.__index__()
        parts.append(p)
    if parts[2] is not None and parts[2] <= 0:
        raise ValueError(f"step must be greater than zero: got {parts[2]}; use .flip(dim) to reverse")
    return slice(*parts)


def _is_old_tuple(index: Any) -> bool:
    """Whether a list stands for a tuple, by PyTorch's rule: a short one that holds a sequence, tensor, slice, None or Ellipsis."""
    if not isinstance(index, list) or len(index) >= 32:
        return False
    return any(i is None or i is Ellipsis or isinstance(i, (Tensor, np.ndarray, list, tuple, range, slice)) for i in index)


def split(shape: tuple[int, ...], index: Any) -> tuple[Any, Any, bool]:
    """(view part or None, advanced part or None, whether the advanced part may name a place twice)."""
    if _is_old_tuple(index):
        warnings.warn(OLD_TUPLE, UserWarning, stacklevel=3)
        index = tuple(index)
    items = [_item(i) for i in index] if type(index) is tuple else [_item(index)]
    used = sum(i.ndim if isinstance(i, np.ndarray) and i.dtype.kind == "b" else i is not None and i is not Ellipsis for i in items)
    if used > len(shape):
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}: got {used}")
    if sum(i is Ellipsis for i in items) > 1:
        items = _one_ellipsis(items)
    fill = [_FULL] * (len(shape) - used)
    at = next((k for k, i in enumerate(items) if i is Ellipsis), None)
    items = items + fill if at is None else items[:at] + fill + items[at + 1 :]
    basic: list[Any] = []
    advanced: list[Any] = []
    dim = 0
    for i in items:
        if isinstance(i, np.ndarray):
            dim += _spread_array(i, shape, dim, basic, advanced)
            continue
        basic.append(i)
        if type(i) is not int:
            advanced.append(_FULL)
        dim += i is not None
    arrays = [i for i in advanced if isinstance(i, np.ndarray)]
    if not arrays:
        return tuple(basic), None, False
    while advanced[-1] is _FULL:
        advanced.pop()
    view = None if all(i is _FULL or i == _FULL for i in basic) else tuple(basic)
    return view, tuple(advanced), not (len(arrays) == 1 and arrays[0].dtype.kind == "b")


def _one_ellipsis(items: list[Any]) -> list[Any]:
    """What an index with several ellipses means in PyTorch: the first takes every free dimension, so that nothing may follow the next."""
    first, second = [k for k, i in enumerate(items) if i is Ellipsis][:2]
    if any(i is not None and i is not Ellipsis for i in items[second + 1 :]):
        raise IndexError("an index can only have a single ellipsis ('...')")
    return [i for k, i in enumerate(items) if i is not Ellipsis or k == first]


def _spread_array(i: np.ndarray, shape: tuple[int, ...], dim: int, basic: list[Any], advanced: list[Any]) -> int:
    """Put an array or mask into both parts; return how many dimensions it takes."""
    if i.dtype.kind != "b":
        basic.append(_FULL)
        advanced.append(i)
        return 1
    if not i.ndim:  # x[True] and x[False]: a new dimension of size 1 or 0
        basic.append(None)
        advanced.append(np.zeros(int(i), np.int64))
        return 0
    if i.shape != shape[dim : dim + i.ndim]:
        raise IndexError(
            f"The shape of the mask {list(i.shape)} at index 0 does not match the shape of the indexed tensor {list(shape)} at index {dim}"
        )
    basic.extend([_FULL] * i.ndim)
    advanced.append(i)
    return i.ndim
