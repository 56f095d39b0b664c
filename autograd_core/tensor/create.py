"""Making tensors from data and from nothing: tensor, zeros, arange and their kin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import as_dtype
from .base import Tensor, device, wrap
from .operands import as_array


def _array(data: Any, dtype: Any) -> np.ndarray:
    """A new array from data, with PyTorch's choice of type: Python floats become the default type, ints int64."""
    if isinstance(data, Tensor):
        array = data.array.copy()
    elif isinstance(data, np.ndarray):
        array = as_array(data)
        array = array.copy() if array is data else array
    elif isinstance(data, np.generic):
        array = as_array(np.asarray(data))
    else:
        array = _from_python(data, dtype is not None)
    return array if dtype is None else _converted(array, as_dtype(dtype).numpy)


def _converted(array: np.ndarray, kind: np.dtype) -> np.ndarray:
    with np.errstate(all="ignore"):
        return array if array.dtype == kind else array.astype(kind)


def _from_python(data: Any, typed: bool) -> np.ndarray:
    if isinstance(data, (list, tuple)):
        data = _plain(data)
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(f"expected sequence of equal lengths at every level, to make a tensor of: {error}") from None
    if array.dtype.kind == "f":
        return array if typed else array.astype(dtypes.get_default_dtype().numpy)
    if array.dtype.kind in "iu":
        if array.dtype == np.uint64:
            raise RuntimeError("Overflow when unpacking long: a value does not fit int64")
        return array.astype(np.int64)
    if array.dtype.kind == "b":
        return array
    if array.dtype.kind in "US":
        raise TypeError(f"new(): invalid data type 'str': a tensor holds numbers, got {data!r:.60}")
    if array.dtype.kind == "c":
        raise TypeError("complex numbers are not supported: use two real tensors")
    if array.size == 0 and array.dtype == object:
        return np.zeros(array.shape, dtypes.get_default_dtype().numpy)
    raise TypeError(
        f"could not make a tensor of {type(data).__name__}: expected numbers, sequences of numbers of equal length, arrays or tensors"
    )


def _plain(data: Any) -> Any:
    """Nested sequences with the tensors in them as arrays."""
    if isinstance(data, Tensor):
        return data.array
    if isinstance(data, (list, tuple)):
        return [_plain(d) for d in data]
    return data


def _finish(array: np.ndarray, requires_grad: bool, where: Any = None) -> Tensor:
    if where is not None:
        device(where)
    out = wrap(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(
                f"Only Tensors of floating point and complex dtype can require gradients: this one is {out.dtype}, give dtype=float32"
            )
        out.requires_grad_()
    return out


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """A new leaf with a copy of the data: a number, nested sequences, an array or a tensor."""
    return _finish(_array(data, dtype), requires_grad, device)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """The data as a tensor, sharing memory and history where it can."""
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype is as_dtype(dtype) else data.to(dtype)
    if isinstance(data, np.ndarray):
        array = as_array(data)
        return _finish(array if dtype is None else _converted(array, as_dtype(dtype).numpy), False, device)
    return tensor(data, dtype=dtype, device=device)


asarray = as_tensor


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor that shares the array's memory. TypeError for a type that tensors do not have."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    if array.dtype not in dtypes.OF_NUMPY:
        raise TypeError(f"can't convert np.ndarray of type {array.dtype}. The only supported types are: {dtypes.UNSUPPORTED}.")
    return wrap(array)


def _size(size: tuple[Any, ...], name: str) -> tuple[int, ...]:
    if len(size) == 1 and not hasattr(size[0], "__index__"):
        size = tuple(size[0])
    try:
        sizes = tuple(n.__index__() for n in size)
    except AttributeError:
        raise TypeError(f"{name}(): argument 'size' must be tuple of ints, but got {[type(n).__name__ for n in size]}") from None
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {list(sizes)}")
    if math.prod(sizes) > 2**48:
        raise RuntimeError(f"{name}: a tensor of shape {list(sizes)} does not fit in memory")
    return sizes


def _kind(dtype: Any) -> np.dtype:
    return dtypes.get_default_dtype().numpy if dtype is None else as_dtype(dtype).numpy


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any) -> Tensor:
    """Zeros of a shape."""
    size = size or (ignored.pop("size"),)
    return _finish(np.zeros(_size(size, "zeros"), _kind(dtype)), requires_grad, device)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any) -> Tensor:
    """Ones of a shape."""
    size = size or (ignored.pop("size"),)
    return _finish(np.ones(_size(size, "ones"), _kind(dtype)), requires_grad, device)


def empty(
    *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None, **ignored: Any
) -> Tensor:
    """A tensor of a shape whose values are not set."""
    size = size or (ignored.pop("size"),)
    return _finish(np.empty(_size(size, "empty"), _kind(dtype)), requires_grad, device)


def full(size: Sequence[int], fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A shape filled with one value, whose type decides the dtype unless given."""
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    kind = dtypes.number_type(value) if dtype is None else as_dtype(dtype).numpy
    return _finish(np.full(_size((size,), "full"), value, kind), requires_grad, device)


def _like(x: Tensor, dtype: Any) -> np.dtype:
    return x.array.dtype if dtype is None else as_dtype(dtype).numpy


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Zeros in the shape and type of another tensor."""
    return _finish(np.zeros(input.array.shape, _like(input, dtype)), requires_grad, device)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Ones in the shape and type of another tensor."""
    return _finish(np.ones(input.array.shape, _like(input, dtype)), requires_grad, device)


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """A tensor in the shape and type of another, whose values are not set."""
    return _finish(np.empty(input.array.shape, _like(input, dtype)), requires_grad, device)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None
) -> Tensor:
    """One value in the shape and type of another tensor."""
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    return _finish(np.full(input.array.shape, value, _like(input, dtype)), requires_grad, device)


def arange(*bounds: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """start, start + step, ... below end: arange(end), arange(start, end) or arange(start, end, step)."""
    bounds += tuple(named[k] for k in ("start", "end", "step") if k in named)
    values = [b.item() if isinstance(b, Tensor) else b for b in bounds]
    if not 1 <= len(values) <= 3:
        raise TypeError(f"arange takes (end), (start, end) or (start, end, step): got {len(values)} arguments")
    start, end, step = (0, values[0], 1) if len(values) == 1 else (values[0], values[1], values[2] if len(values) == 3 else 1)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(f"upper bound and lower bound inconsistent with step sign: arange({start}, {end}, {step})")
    floating = any(isinstance(v, float) for v in values)
    kind = as_dtype(dtype).numpy if dtype is not None else (dtypes.get_default_dtype().numpy if floating else np.dtype(np.int64))
    count = math.ceil((end - start) / step)
    array = (start + step * np.arange(count, dtype=np.float64 if floating or kind.kind == "f" else np.int64)).astype(kind)
    return _finish(array, requires_grad, device)


def linspace(start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`steps` evenly spaced values from start to end, both included; counted from both ends so that it is symmetric, as PyTorch does."""
    kind = _kind(dtype)
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative: got {steps}")
    first, last = float(start), float(end)
    work = kind if kind.kind == "f" and kind.itemsize > 2 else np.dtype(np.float64 if kind.kind == "f" else np.float32)
    i = np.arange(steps)
    if steps < 2:
        return _finish(np.full(steps, first, kind), requires_grad, device)
    step = work.type((last - first) / (steps - 1))
    values = np.where(i < steps // 2, work.type(first) + step * i.astype(work), work.type(last) - step * (steps - 1 - i).astype(work))
    return _finish(values.astype(kind), requires_grad, device)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """base raised to `steps` evenly spaced exponents."""
    exponents = linspace(start, end, steps, dtype=dtypes.float64).array
    return _finish(np.power(float(base), exponents).astype(_kind(dtype)), requires_grad, device)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The n × m identity."""
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"n must be greater or equal to 0, got {n if n < 0 else m}")
    return _finish(np.eye(n, m, dtype=_kind(dtype)), requires_grad, device)


def _triangle(indices: Any, row: int, col: int, offset: int, dtype: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"row and col must be non-negative: got {row} and {col}")
    return wrap(np.stack(indices(row, offset, col)).astype(np.int64 if dtype is None else as_dtype(dtype).numpy))


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """(2, n): the row and column indices of the lower triangle of a row × col matrix."""
    return _triangle(np.tril_indices, row, col, offset, dtype)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """(2, n): the row and column indices of the upper triangle of a row × col matrix."""
    return _triangle(np.triu_indices, row, col, offset, dtype)


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A 0-d tensor of the default floating type."""
    return _finish(np.full((), s, _kind(dtype)), requires_grad, device)


def _new(make: Any) -> Any:
    def method(self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
        return make(*size, dtype=self.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad, **named)

    method.__doc__ = f"{make.__doc__} In this tensor's type."
    return method


def new_tensor(self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A new leaf with a copy of the data, in this tensor's type unless given."""
    return tensor(data, dtype=self.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad)


def install() -> None:
    """Add the new_... methods to Tensor."""
    for name, make in (("new_zeros", zeros), ("new_ones", ones), ("new_empty", empty), ("new_full", full)):
        setattr(Tensor, name, _new(make))
    setattr(Tensor, "new_tensor", new_tensor)  # noqa: B010  the class is completed here
