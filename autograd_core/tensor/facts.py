"""Questions about tensors and types that PyTorch answers with functions: is_tensor, numel, result_type, can_cast."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import OF_NUMPY, as_dtype
from .base import Tensor, device


def is_tensor(obj: Any) -> bool:
    """Whether obj is a Tensor."""
    return isinstance(obj, Tensor)


def get_default_device() -> device:
    """The device of new tensors: the CPU."""
    return device("cpu")


def _array(function: str, input: Any) -> np.ndarray:
    if not isinstance(input, Tensor):
        raise TypeError(f"{function}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return input.array


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floating."""
    return _array("is_floating_point", input).dtype.kind == "f"


def is_complex(input: Tensor) -> bool:
    """Whether the elements are complex: never."""
    return _array("is_complex", input).dtype.kind == "c"


def is_nonzero(input: Tensor) -> bool:
    """The truth of a tensor with one element."""
    _array("is_nonzero", input)
    return bool(input)


def numel(input: Tensor) -> int:
    """The number of elements."""
    return _array("numel", input).size


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype that an operation on the two, tensors or numbers, gives."""
    kinds = [(v.array.dtype, 2 if v.array.ndim else 1) if isinstance(v, Tensor) else (dtypes.number_type(v), 0) for v in (tensor1, tensor2)]
    return OF_NUMPY[dtypes.result_type(*kinds)]


def can_cast(from_: Any, to: Any) -> bool:
    """Whether the category of `from_` may become that of `to`: bool to integer to floating, not back."""
    a, b = as_dtype(from_), as_dtype(to)
    return a.category <= b.category and not (a.category == 1 and b.category == 1 and a.is_signed and not b.is_signed)


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that the shapes broadcast to. RuntimeError if they do not."""
    try:
        return np.broadcast_shapes(*[(s,) if isinstance(s, int) else tuple(s) for s in shapes])
    except ValueError:
        raise RuntimeError(
            f"Shape mismatch: objects cannot be broadcast to a single shape: {', '.join(str(tuple(s)) for s in shapes)}"
        ) from None


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made under inference_mode."""
    _array("is_inference", input)
    return input._counter is None


def is_signed(input: Tensor) -> bool:
    """Whether the elements may be negative."""
    _array("is_signed", input)
    return input.dtype.is_signed


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape."""
    return _array("is_same_size", input).shape == _array("is_same_size", other).shape


def detach(input: Tensor) -> Tensor:
    """The tensor without its history, on the same memory."""
    _array("detach", input)
    return input.detach()


def typename(obj: Any) -> str:
    """The name of a tensor's type, or of any object's class with its module."""
    if isinstance(obj, Tensor):
        return f"torch.{obj.dtype.suffix}Tensor"
    return f"{type(obj).__module__}.{type(obj).__qualname__}".removeprefix("builtins.")


_OPEN = (is_tensor, is_floating_point, is_complex, is_nonzero, numel, result_type, can_cast, is_inference, is_signed, is_same_size)
PUBLIC = {f.__name__: f for f in (*_OPEN, detach, typename)}
