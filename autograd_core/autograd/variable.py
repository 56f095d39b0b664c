"""Variable, PyTorch's old name for a tensor that may require grad. Imports tensor."""

from __future__ import annotations

from typing import Any

from ..tensor.base import Tensor, wrap


class _Kind(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Tensor)


class Variable(metaclass=_Kind):
    """Variable(data, requires_grad=False) is the tensor itself, or a leaf with its values: old programs run as they are."""

    def __new__(cls, data: Tensor, requires_grad: bool = False, volatile: bool = False) -> Any:
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        t = wrap(data.array, None, data._counter)
        return t.requires_grad_() if requires_grad else t
