"""Making tensors from data and from nothing: tensor, zeros, arange and their kin."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..arguments import fitted, must_fit, overflow
from ..dtypes import as_dtype, must_hold
from ..quiet import quiet
from .base import Tensor, created, device
from .checked import checked, unknown
from .operands import as_array

COPY = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(), "
    "rather than tensor(sourceTensor), which loses its history."
)


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
        if dtype is not None and as_dtype(dtype).category == 1 and array.size and array.dtype.kind in "if":
            for value in (array.min().item(), array.max().item()):
                must_hold(value, as_dtype(dtype).numpy, "tensor")
    return array if dtype is None else _converted(array, as_dtype(dtype).numpy)


def _converted(array: np.ndarray, kind: np.dtype) -> np.ndarray:
    with np.errstate(all="ignore"):
        return array if array.dtype == kind else array.astype(kind)


def _from_python(data: Any, typed: bool) -> np.ndarray:
    if isinstance(data, (list, tuple)):
        data = _plain(data)
    try:
        array = np.array(data)
    except ValueError:
        refuse(data, typed)
        raise
    if array.dtype.kind == "f":
        return array if typed else _converted(array, dtypes.get_default_dtype().numpy)
    if array.dtype.kind in "iu" and array.dtype != np.uint64:
        return array.astype(np.int64)
    if array.dtype.kind == "b":
        return array
    if array.size == 0 and array.dtype == object and isinstance(data, list):
        return np.zeros(array.shape, dtypes.get_default_dtype().numpy)
    refuse(data, typed)
    return array.astype(np.float64)  # ints of more than 64 bits, for a floating type


def refuse(data: Any, typed: bool) -> None:
    """PyTorch's error for data that make no tensor, from the first value that is wrong."""
    shape, first = [], data
    while isinstance(first, (list, tuple)):
        shape.append(len(first))
        first = first[0] if first else None
    _refuse_within(data, tuple(shape), 0, typed)


def _refuse_within(data: Any, shape: tuple[int, ...], dim: int, typed: bool) -> None:
    what = type(data).__name__
    if isinstance(data, str):
        if typed:
            raise ValueError(f"too many dimensions 'str': a tensor holds numbers, got {data!r:.40}")
        raise TypeError(f"new(): invalid data type 'str': a tensor holds numbers, got {data!r:.40}")
    if isinstance(data, complex):
        raise TypeError(f"complex numbers are not supported: use two real tensors, got {data}")
    if isinstance(data, (list, tuple)):
        if dim == len(shape):
            raise TypeError(f"must be real number, not {what} {data!r:.40}: the values before it are numbers at this level")
        if len(data) != shape[dim]:
            raise ValueError(f"expected sequence of equal lengths at every level: of length {shape[dim]} at dim {dim} (got {len(data)})")
        for entry in data:
            _refuse_within(entry, shape, dim + 1, typed)
    elif isinstance(data, (bool, int, float, np.generic)):
        if dim < len(shape):
            raise TypeError(f"not a sequence: {data!r} stands where sequences of length {shape[dim]} are expected")
        if isinstance(data, int) and not typed and not -(2**63) <= data < 2**63:
            raise ValueError(f"Overflow when unpacking long long: {data} does not fit int64; give dtype=float64")
    elif isinstance(data, np.ndarray):
        if data.shape != shape[dim:]:
            raise ValueError(f"only one element tensors can be converted to Python scalars: got a tensor of shape {list(data.shape)}")
    elif typed:
        raise TypeError(f"must be real number, not {what}: a tensor is made of numbers, sequences of equal length, arrays or tensors")
    else:
        raise RuntimeError(f"Could not infer dtype of {what}: a tensor is made of numbers, sequences of equal length, arrays or tensors")


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
    out = created(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(
                f"Only Tensors of floating point and complex dtype can require gradients: this one is {out.dtype}, give dtype=float32"
            )
        out.requires_grad_()
    return out


@checked
def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """A new leaf with a copy of the data: a number, nested sequences, an array or a tensor."""
    if isinstance(data, Tensor):
        warnings.warn(COPY, UserWarning, stacklevel=4)
    return _finish(_array(data, dtype), requires_grad, device)


@checked
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
    return created(array)


def shape_of(size: Any, name: str, named: dict[str, Any] | None = None, kind: np.dtype | None = None) -> tuple[int, ...]:
    """The sizes given as loose ints, one sequence, or by name. TypeError for what are no ints, RuntimeError for what cannot be."""
    if named:
        if "size" in named and not size:
            size = (named["size"],)
        unknown(name, named, "size", "layout", "pin_memory", "names")
    if not size:
        raise TypeError(f"{name}() missing 1 required positional arguments: 'size'; {name}(2, 3) and {name}((2, 3)) mean the same")
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = size[0]
    sizes = tuple(fitted(name, "size", "Sequence[int]", tuple(size)))
    too_big = overflow(name, "size", "Sequence[int]", sizes)
    if too_big is not None:
        raise too_big
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {list(sizes)}")
    must_fit(name, sizes, 4 if kind is None else kind.itemsize)
    return sizes


def sequence_of(size: Any, name: str, kind: np.dtype) -> tuple[int, ...]:
    """The sizes where PyTorch takes no loose ints."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"{name}(): argument 'size' must be tuple of ints, not {type(size).__name__} {size!r:.40}: write ({size!r:.40},)")
    return shape_of((size,), name, None, kind)


def _kind(dtype: Any) -> np.dtype:
    return dtypes.get_default_dtype().numpy if dtype is None else as_dtype(dtype).numpy


@checked
def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Zeros of a shape."""
    kind = _kind(dtype)
    return _finish(np.zeros(shape_of(size, "zeros", named, kind), kind), requires_grad, device)


@checked
def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Ones of a shape."""
    kind = _kind(dtype)
    return _finish(np.ones(shape_of(size, "ones", named, kind), kind), requires_grad, device)


@checked
def empty(
    *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None, **named: Any
) -> Tensor:
    """A tensor of a shape whose values are not set."""
    kind = _kind(dtype)
    return _finish(np.empty(shape_of(size, "empty", named, kind), kind), requires_grad, device)


def _valued(name: str, value: Any, kind: np.dtype) -> Any:
    """A number as it may stand in an array of a type. RuntimeError where it cannot."""
    must_hold(value, kind, name)
    return value


@checked
def full(size: Any, fill_value: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A shape filled with one value, whose type decides the dtype unless given."""
    kind = dtypes.number_type(fill_value) if dtype is None else as_dtype(dtype).numpy
    sizes = sequence_of(size, "full", kind)
    return _finish(_converted(np.full(sizes, _valued("full", fill_value, kind)), kind), requires_grad, device)


def in_layout_of(x: Tensor, make: Callable[[tuple[int, ...]], np.ndarray]) -> np.ndarray:
    """What `make` makes of a shape, laid out in memory as a tensor is: PyTorch's `preserve_format`, where random numbers come in that order."""
    a = x.array
    if a.ndim < 2 or a.flags.c_contiguous or 0 in a.strides:
        return make(a.shape)
    order = sorted(range(a.ndim), key=lambda d: -a.strides[d])
    made = make(tuple([a.shape[d] for d in order]))
    return made.transpose(np.argsort(order))


def _like(x: Tensor, dtype: Any) -> np.dtype:
    return x.array.dtype if dtype is None else as_dtype(dtype).numpy


@checked
def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Zeros in the shape and type of another tensor."""
    kind = _like(input, dtype)
    return _finish(in_layout_of(input, lambda shape: np.zeros(shape, kind)), requires_grad, device)


@checked
def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Ones in the shape and type of another tensor."""
    kind = _like(input, dtype)
    return _finish(in_layout_of(input, lambda shape: np.ones(shape, kind)), requires_grad, device)


@checked
def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """A tensor in the shape and type of another, whose values are not set."""
    kind = _like(input, dtype)
    return _finish(in_layout_of(input, lambda shape: np.empty(shape, kind)), requires_grad, device)


@checked
def full_like(
    input: Tensor, fill_value: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None
) -> Tensor:
    """One value in the shape and type of another tensor."""
    kind = _like(input, dtype)
    value = _converted(np.asarray(_valued("full_like", fill_value, kind)), kind)
    return _finish(in_layout_of(input, lambda shape: np.full(shape, value)), requires_grad, device)


@checked
def arange(*bounds: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """start, start + step, ... below end: arange(end), arange(start, end) or arange(start, end, step)."""
    unknown("arange", named, "start", "end", "step", "layout", "pin_memory")
    bounds += tuple(named[k] for k in ("start", "end", "step") if k in named)
    if not 1 <= len(bounds) <= 3:
        raise TypeError(f"arange takes (end), (start, end) or (start, end, step): got {len(bounds)} arguments")
    values = [fitted("arange", p, "float", b) for p, b in zip(("start", "end", "step") if len(bounds) > 1 else ("end",), bounds, strict=False)]
    start, end, step = (0, values[0], 1) if len(values) == 1 else (values[0], values[1], values[2] if len(values) == 3 else 1)
    if step == 0:
        raise RuntimeError(f"step must be nonzero: arange({start}, {end}, {step})")
    if not (math.isfinite(start) and math.isfinite(end)) or step != step:
        raise RuntimeError(f"unsupported range: arange({start}, {end}, {step})")
    if (end - start) * step < 0:
        raise RuntimeError(f"upper bound and lower bound inconsistent with step sign: arange({start}, {end}, {step})")
    floating = any(isinstance(v, float) for v in values)
    kind = as_dtype(dtype).numpy if dtype is not None else (dtypes.get_default_dtype().numpy if floating else np.dtype(np.int64))
    if not floating and not all(-(2**63) <= v < 2**63 for v in values):
        raise RuntimeError(f"value cannot be converted to type int64_t without overflow: arange({start}, {end}, {step})")
    count = math.ceil((end - start) / step) if math.isfinite((end - start) / step) else 2**63
    must_fit("arange", (count,), 8)
    array = _converted(start + step * np.arange(count, dtype=np.float64 if floating or kind.kind == "f" else np.int64), kind)
    return _finish(array, requires_grad, device)


def _ends(name: str, start: Any, end: Any, steps: int) -> tuple[float, float]:
    for which, value in (("start", start), ("end", end)):
        if isinstance(value, Tensor) and value.ndim:
            raise RuntimeError(f"{name} only supports 0-dimensional start and end tensors, but got {which} with {value.ndim} dimension(s).")
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative: got {steps}")
    must_fit(name, (steps,), 8)
    return float(fitted(name, "start", "float", start)), float(fitted(name, "end", "float", end))


@quiet
def _spaced(first: float, last: float, steps: int, kind: np.dtype) -> np.ndarray:
    work = kind if kind.kind == "f" and kind.itemsize > 2 else np.dtype(np.float64 if kind.kind == "f" else np.float32)
    if steps < 2:
        return np.full(steps, first).astype(kind)
    i = np.arange(steps)
    step = work.type((last - first) / (steps - 1))
    values = np.where(i < steps // 2, work.type(first) + step * i.astype(work), work.type(last) - step * (steps - 1 - i).astype(work))
    return values.astype(kind)


@checked
def linspace(start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`steps` evenly spaced values from start to end, both included; counted from both ends so that it is symmetric, as PyTorch does."""
    first, last = _ends("linspace", start, end, steps)
    return _finish(_spaced(first, last, steps, _kind(dtype)), requires_grad, device)


@quiet
def _powers(base: float, exponents: np.ndarray, kind: np.dtype) -> np.ndarray:
    return np.power(float(base), exponents).astype(kind)


@checked
def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """base raised to `steps` evenly spaced exponents."""
    first, last = _ends("logspace", start, end, steps)
    return _finish(_powers(base, _spaced(first, last, steps, np.dtype(np.float64)), _kind(dtype)), requires_grad, device)


@checked
def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The n × m identity."""
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"n must be greater or equal to 0, got {n if n < 0 else m}")
    must_fit("eye", (n, n if m is None else m), _kind(dtype).itemsize)
    return _finish(np.eye(n, m, dtype=_kind(dtype)), requires_grad, device)


def _triangle(indices: Any, row: int, col: int, offset: int, dtype: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"row and col must be non-negative: got {row} and {col}")
    return created(np.stack(indices(row, offset, col)).astype(np.int64 if dtype is None else as_dtype(dtype).numpy))


@checked
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """(2, n): the row and column indices of the lower triangle of a row × col matrix."""
    return _triangle(np.tril_indices, row, col, offset, dtype)


@checked
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """(2, n): the row and column indices of the upper triangle of a row × col matrix."""
    return _triangle(np.triu_indices, row, col, offset, dtype)


@checked
def scalar_tensor(s: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A 0-d tensor of the default floating type."""
    return _finish(_converted(np.full((), s), _kind(dtype)), requires_grad, device)


def _new(make: Any) -> Any:
    def method(self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
        return make(*size, dtype=self.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad, **named)

    method.__doc__ = f"{make.__doc__} In this tensor's type."
    return method


@checked
def new_tensor(self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A new leaf with a copy of the data, in this tensor's type unless given."""
    return tensor(data, dtype=self.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad)


def install() -> None:
    """Add the new_... methods to Tensor."""
    for name, make in (("new_zeros", zeros), ("new_ones", ones), ("new_empty", empty), ("new_full", full)):
        setattr(Tensor, name, _new(make))
    setattr(Tensor, "new_tensor", new_tensor)  # noqa: B010  the class is completed here
