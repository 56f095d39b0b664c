"""Parameter, Buffer and their lazy kin: tensors that a module registers when they are assigned to it.

Imports autograd_core only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.graph import Leaf
from autograd_core.tensor.base import Tensor, node_of, wrap

__all__ = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter", "is_lazy"]


class Parameter(Tensor):
    """A tensor that is a module's parameter: assigned as an attribute it appears in `parameters()`.

    Shares the memory of `data`. TypeError for what is not a tensor, RuntimeError for integers with requires_grad=True.
    """

    __slots__ = ()

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        if data is None:
            data = ag.empty(0)
        if not isinstance(data, Tensor):
            raise TypeError(f"Parameter() takes a Tensor, got {type(data).__name__}: make one with autograd_core.tensor(data)")
        self.array = data.array
        self._node = self._cell = self._view = None
        self._counter = data._counter
        if requires_grad:
            self.requires_grad_()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        known: Parameter | None = memo.get(id(self))
        if known is None:
            known = memo[id(self)] = type(self)(wrap(self.array.copy(order="K")), self.requires_grad)
        return known

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _rebuild, (type(self), self.array, self.requires_grad, dict(self.__dict__))

    def __repr__(self) -> str:
        return "Parameter containing:\n" + Tensor.__repr__(self)


def _rebuild(kind: type[Parameter], array: np.ndarray, requires_grad: bool, notes: dict[str, Any]) -> Parameter:
    out = kind(wrap(array), requires_grad)
    out.__dict__.update(notes)
    return out


class _BufferType(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)


class Buffer(Tensor, metaclass=_BufferType):
    """`Buffer(data, persistent=True)`: a tensor that a module registers as a buffer when it is assigned as an attribute.

    The result is an ordinary Tensor with a note on it; a buffer that is not persistent stays out of the state_dict.
    """

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Any:
        if data is None:
            data = ag.empty(0)
        if not isinstance(data, Tensor):
            raise TypeError(f"Buffer() takes a Tensor, got {type(data).__name__}: make one with autograd_core.tensor(data)")
        out = data.detach().requires_grad_(data.requires_grad)
        out.persistent = persistent  # type: ignore[attr-defined]
        out._is_buffer = True  # type: ignore[attr-defined]
        return out


class _Uninitialized:
    """What a lazy tensor may be asked before its shape is known."""

    _allowed = frozenset(
        (
            "array", "_node", "_cell", "_view", "_counter", "_version", "_new_leaf", "materialize", "_materialized_type", "dtype", "device",
            "is_leaf", "grad", "grad_fn", "requires_grad", "requires_grad_", "data", "_is_buffer", "persistent", "is_floating_point",
            "is_complex", "cpu", "to", "float", "double", "half",
        )
    )  # fmt: skip
    array: Any

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary tensor of a shape whose values are not set."""
        made = ag.empty(tuple(shape), dtype=self.array.dtype if dtype is None else dtype, device=device)
        wanted = Tensor.requires_grad.__get__(self)
        self.__class__ = self._materialized_type
        self.array = made.array
        leaf = self._node
        if type(leaf) is Leaf:
            leaf.shape, leaf.dtype = made.array.shape, made.array.dtype
        elif wanted:
            self.requires_grad_()

    def __getattribute__(self, name: str) -> Any:
        if name == "shape":
            raise RuntimeError(
                "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when "
                "trying to load "
                "an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their "
                "attributes."
            )
        if name in _Uninitialized._allowed or name.startswith("__"):
            return object.__getattribute__(self, name)
        raise ValueError(
            f"Attempted to use an uninitialized parameter in {name}. This error happens when you are using a `LazyModule` or explicitly "
            "manipulating "
            f"uninitialized tensors. Call `forward` with a batch to initialize the parameters before using {name}."
        )


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter whose shape is not known yet: lazy layers give it one at their first call."""

    __slots__ = ()
    _materialized_type = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        Parameter.__init__(self, ag.empty(0, dtype=dtype, device=device), requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> UninitializedParameter:
        known: UninitializedParameter | None = memo.get(id(self))
        if known is None:
            known = memo[id(self)] = type(self)(self.requires_grad, dtype=self.dtype)
        return known

    def __reduce_ex__(self, protocol: Any) -> Any:
        return UninitializedParameter, (self.requires_grad, None, self.dtype)

    def __repr__(self) -> str:
        return "<UninitializedParameter>"


class UninitializedBuffer(_Uninitialized, Tensor):
    """A buffer whose shape is not known yet."""

    _materialized_type = Tensor

    def __init__(self, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True) -> None:
        Tensor.__init__(self, ag.empty(0, dtype=dtype, device=device))
        self.persistent = persistent
        self._is_buffer = True

    def __repr__(self) -> str:
        return "<UninitializedBuffer>"


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer has no shape yet."""
    return isinstance(param, _Uninitialized)


def plain(t: Tensor) -> bool:
    """Whether a tensor is a leaf: made by no recorded operation."""
    node = node_of(t)
    return node is None or type(node) is Leaf
