"""Functions and methods of PyTorch's that are rarely met: range, frombuffer, fill, apply_, set_ and their kin. Imports create and inplace."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import as_dtype
from ..graph import thread
from .base import Tensor, node_of
from .checked import checked
from .create import _finish
from .inplace import bump, check


@checked
def range(start: float = 0, end: float | None = None, step: float = 1, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """start, start + step, ... up to end itself: the old function, floating by default. arange leaves the end out."""
    warnings.warn("range() is deprecated, as in PyTorch: it includes the end; use arange(start, end + step, step)", UserWarning, stacklevel=4)
    first, last = (0, start) if end is None else (start, end)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (last - first) * step < 0:
        raise RuntimeError(f"upper bound and lower bound inconsistent with step sign: range({first}, {last}, {step})")
    kind = dtypes.get_default_dtype().numpy if dtype is None else as_dtype(dtype).numpy
    count = int((last - first) / step) + 1
    return _finish((first + step * np.arange(count, dtype=np.float64)).astype(kind), requires_grad)


@checked
def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """The bytes of a buffer as a vector, sharing its memory. ValueError where they do not fit the type or the count."""
    kind = as_dtype(dtype).numpy
    size = memoryview(buffer).nbytes
    if not 0 <= offset < size:
        raise ValueError(f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({size} bytes) - 1")
    if count == 0 or (count < 0 and (size - offset) % kind.itemsize) or offset + max(count, 0) * kind.itemsize > size:
        raise ValueError(f"buffer length ({size} bytes) after offset ({offset} bytes) does not hold count={count} elements of {as_dtype(dtype)}")
    return _finish(np.frombuffer(buffer, kind, count, offset), requires_grad)


@checked
def fill(input: Tensor, value: Any) -> Tensor:
    """The shape and type of a tensor, filled with one value; gradients flow to a tensor's value."""
    return input.clone().fill_(value)


@checked
def get_device(input: Tensor) -> int:
    """−1: the CPU."""
    return -1


def _in_place(name: str) -> Callable[..., Tensor]:
    def function(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        return getattr(input, name)(*args, **kwargs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`Tensor.{name}` as a function."
    return function


as_strided_, detach_, fill_, resize_as_, zero_ = map(_in_place, ("as_strided_", "detach_", "fill_", "resize_as_", "zero_"))


def is_conj(input: Tensor) -> bool:
    """Whether a conjugation is pending: never, for there are no complex numbers."""
    return False


def is_neg(input: Tensor) -> bool:
    """Whether a negation is pending: never."""
    return False


def _changed(self: Tensor, name: str, values: np.ndarray) -> Tensor:
    if thread.context.grad and node_of(self) is not None:
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    check(self, name)
    self.array[...] = values
    bump(self, name)
    return self


def apply_(self: Tensor, callable: Any) -> Tensor:
    """Every element through a Python function, in place: slow. TypeError for what cannot be called."""
    values = [callable(v) for v in self.array.ravel().tolist()]
    return _changed(self, "apply_", np.asarray(values, object).reshape(self.array.shape).astype(self.array.dtype))


def map_(self: Tensor, tensor: Tensor, callable: Any) -> Tensor:
    """f(own element, the other's), in place: slow."""
    other = np.broadcast_to(tensor.array, self.array.shape)
    values = [callable(a, b) for a, b in zip(self.array.ravel().tolist(), other.ravel().tolist(), strict=True)]
    return _changed(self, "map_", np.asarray(values, object).reshape(self.array.shape).astype(self.array.dtype))


def set_(self: Tensor, source: Tensor | None = None) -> Tensor:
    """Take over the memory and the shape of another tensor of this type; without one, become empty. RuntimeError for other types."""
    check(self, "set_")
    if source is not None and source.array.dtype != self.array.dtype:
        raise RuntimeError(f"Could not set tensor of type {source.dtype} to a tensor of type {self.dtype}")
    self.array = np.empty(0, self.array.dtype) if source is None else source.array
    if source is not None:
        self._counter = source._counter
    self._view = None
    bump(self, "set_")
    return self


def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both are the same memory in the same shape."""
    a, b = self.array, tensor.array
    return a.shape == b.shape and a.strides == b.strides and a.__array_interface__["data"] == b.__array_interface__["data"]


def new_empty_strided(self: Tensor, size: Any, stride: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`empty_strided` in this tensor's type."""
    return empty_strided(size, stride, dtype=self.dtype if dtype is None else dtype, requires_grad=requires_grad)


@checked
def empty_strided(size: tuple[int, ...], stride: tuple[int, ...], *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of a shape whose elements lie as far apart as `stride` says; its values are not set."""
    if len(size) != len(stride) or any(n < 0 for n in (*size, *stride)):
        raise RuntimeError(f"mismatch in length of strides and shape, or negative ones: size {list(size)}, stride {list(stride)}")
    kind = dtypes.get_default_dtype().numpy if dtype is None else as_dtype(dtype).numpy
    count = 0 if 0 in size else 1 + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    memory = np.empty(count, kind)
    return _finish(np.lib.stride_tricks.as_strided(memory, size, [s * kind.itemsize for s in stride]), requires_grad)


def install() -> None:
    """Add the methods to Tensor."""
    methods = {
        "apply_": apply_, "map_": map_, "set_": set_, "is_set_to": is_set_to, "new_empty_strided": new_empty_strided, "is_conj": is_conj,
        "is_neg": is_neg, "to_dense": lambda self, dtype=None: self if dtype is None else self.to(dtype),
        "is_coalesced": lambda self: False, "dense_dim": lambda self: self.array.ndim, "sparse_dim": lambda self: 0,
        "const_data_ptr": lambda self: self.array.ctypes.data,
    }  # fmt: skip
    for name, method in methods.items():
        setattr(Tensor, name, method)
    for name in ("is_nested", "is_vulkan", "is_xla", "is_ipu", "is_mtia", "is_maia", "is_mkldnn", "is_sparse_csr", "is_distributed"):
        setattr(Tensor, name, property(lambda self: False))
