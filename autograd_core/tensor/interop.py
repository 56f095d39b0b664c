"""A tensor among NumPy, pandas, matplotlib, DLPack, einops, pickle and Python's own protocols.

A conversion is friendly: it shares memory, read-only when a gradient is needed. A computation stays in the graph or
refuses to leave it: see numpy_api. There is no `__buffer__` and no `__array_interface__`, which NumPy would prefer to
`__array__` and get a writable view from.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..op import registry
from . import einops_backend
from .base import Tensor, created, fill, node_of, wrap
from .numpy_api import array_function, array_ufunc
from .numpy_api.products import dot


def array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    """NumPy's conversion: shares memory, read-only when a gradient is needed, so that it cannot be changed behind the graph."""
    a = self.array
    if dtype is not None and np.dtype(dtype) != a.dtype:
        if copy is False:
            raise ValueError(f"the tensor is {a.dtype}: as {np.dtype(dtype)} it must be copied; leave copy=False out")
        return a.astype(dtype)
    if copy:
        return a.copy()
    if node_of(self) is not None:
        a = a.view()
        a.flags.writeable = False
    return a


def to_numpy(self: Tensor, dtype: Any = None, copy: bool = False, na_value: Any = None) -> np.ndarray:
    """The array, as pandas and matplotlib ask for it: read-only when a gradient is needed."""
    return array(self, dtype, copy or None)


def dlpack(
    self: Tensor,
    *,
    stream: Any = None,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """A DLPack capsule of the memory, read-only when a gradient is needed. BufferError where the consumer cannot take that."""
    a = array(self)
    if not a.flags.writeable and (max_version is None or max_version < (1, 0)) and not copy:
        raise BufferError(
            "DLPack before 1.0 cannot export read-only memory, as that of a tensor that requires grad is: use tensor.detach()"
        )
    return a.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)


class Capsule:
    """A DLPack capsule as an object that has the protocol."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **ignored: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor that shares the memory of an object with `__dlpack__`, or of a capsule; read-only memory is copied."""
    source = ext_tensor
    if not hasattr(source, "__dlpack__"):
        if type(source).__name__ != "PyCapsule":
            raise TypeError(f"from_dlpack() takes an object with __dlpack__ or a capsule: got {type(source).__name__}")
        source = Capsule(source)
    a = np.from_dlpack(source)
    if copy is False and not a.flags.writeable:
        raise BufferError("the memory is read-only: leave copy=False out")
    return created(a if a.flags.writeable and not copy else np.array(a))


def reduce_ex(self: Tensor, protocol: Any) -> Any:
    """Pickle the values, whether a gradient is needed, and the user's own attributes; not the history."""
    return rebuild, (type(self), np.array(self.array), self.requires_grad, self.__dict__ or None)


def rebuild(kind: type[Tensor], values: np.ndarray, requires_grad: bool, notes: dict[str, Any] | None) -> Tensor:
    """A leaf of a class of tensors, as unpickling makes it."""
    out = kind.__new__(kind)
    fill(out, values, None)
    out.requires_grad_(requires_grad)
    if notes:
        out.__dict__.update(notes)
    return out


def shallow_copy(self: Tensor) -> Tensor:
    """A leaf that shares the memory, as copy.copy gives in PyTorch."""
    out = rebuild(type(self), self.array, self.requires_grad, self.__dict__)
    out._counter = self._counter
    return out


def deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A leaf with its own memory, gradient and attributes. RuntimeError for a tensor with a history."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment: this one was made by "
            f"{self.grad_fn!r}; copy it with .detach().clone()"
        )
    if id(self) in memo:
        known: Tensor = memo[id(self)]
        return known
    out = memo[id(self)] = rebuild(type(self), np.array(self.array), self.requires_grad, None)
    cell = self._cell
    if cell is not None and cell.grad is not None:
        out.grad = wrap(np.array(cell.grad.array))
    out.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return out


def as_integer_ratio(self: Tensor) -> tuple[int, int]:
    """The value of a tensor with one element as a ratio: what the statistics module computes with."""
    if self.requires_grad:
        raise TypeError("the statistics module would lose the gradient of a tensor: use its own .mean(), .std(), .median(), or .tolist()")
    ratio: tuple[int, int] = self.item().as_integer_ratio()
    return ratio


def rounded(self: Tensor, ndigits: int | None = None) -> Any:
    """round(tensor, ndigits): every element rounded, half to even."""
    return registry["round"](self, decimals=ndigits or 0)


def dotted(self: Tensor, tensor: Any) -> Any:
    """Σ x y of two vectors. With more dimensions NumPy's dot, W.dot(x) = W @ x, where PyTorch refuses."""
    if isinstance(tensor, Tensor) and self.array.ndim == tensor.array.ndim == 1:
        return registry["dot"](self, tensor)
    return dot(self, tensor)


def turned(self: Tensor) -> Any:
    """reversed(tensor): turned round along its first dimension."""
    return registry["flip"](self, (0,)) if self.array.ndim else self


def install() -> None:
    """Add the protocols to Tensor."""
    methods: dict[str, Any] = {
        "__array__": array, "__array_ufunc__": array_ufunc, "__array_function__": array_function, "to_numpy": to_numpy,
        "__dlpack__": dlpack, "__dlpack_device__": lambda self: (1, 0), "__reduce_ex__": reduce_ex, "__copy__": shallow_copy,
        "__deepcopy__": deepcopy, "as_integer_ratio": as_integer_ratio, "__round__": rounded, "dot": dotted, "__reversed__": turned,
        "__div__": lambda self, other: self / other, "__rdiv__": lambda self, other: other / self,  # PyTorch still has Python 2's names
    }  # fmt: skip
    for name, method in methods.items():
        setattr(Tensor, name, method)
    einops_backend.install()
