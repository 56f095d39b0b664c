"""FloatTensor, LongTensor and their kin: one constructor per dtype, which older programs use. Imports Tensor and create.

They make tensors of sizes or of data, name a dtype in `x.type(...)`, and answer isinstance by dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from .base import Size, Tensor, wrap
from .create import tensor


class TensorType(type):
    """The class of FloatTensor and its kin: calling one makes a Tensor of its dtype."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, obj: Any) -> bool:
        return isinstance(obj, Tensor) and obj.dtype is cls.dtype

    def __call__(cls, *data: Any, device: Any = None) -> Tensor:
        return made(cls.dtype, data, cls.__name__)


def made(dtype: dtypes.dtype, data: tuple[Any, ...], name: str) -> Tensor:
    """A tensor of sizes (zeros; in PyTorch whatever the memory holds), or of a sequence, an array or a tensor.

    TypeError for one number that is no size, for a tensor of another dtype and for several arguments that are not all sizes.
    """
    if not data:
        return wrap(np.zeros(0, dtype.numpy))
    first = data[0]
    if isinstance(first, Size):
        return wrap(np.zeros(first, dtype.numpy))
    if all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in data):
        if min(data) < 0:
            raise RuntimeError(f"{name}: trying to create a tensor with a negative dimension: {list(data)}")
        return wrap(np.zeros([int(n) for n in data], dtype.numpy))
    if len(data) > 1:
        raise TypeError(f"{name}() takes sizes, or one sequence, array or tensor: got {[type(d).__name__ for d in data]}; use tensor(data)")
    if isinstance(first, Tensor):
        if first.dtype is not dtype:
            raise TypeError(f"expected {dtype} (got {first.dtype}): use .to({dtype}) to convert")
        return first.detach()
    if not hasattr(first, "__len__") or isinstance(first, (str, bytes)):
        raise TypeError(f"new(): data must be a sequence (got {type(first).__name__}): use tensor(data, dtype={dtype})")
    return tensor(first, dtype=dtype)


def new(self: Tensor, *data: Any, device: Any = None) -> Tensor:
    """A tensor of this one's dtype: of sizes, or of data."""
    return made(self.dtype, data, "new")


setattr(Tensor, "new", new)  # noqa: B010  the class is completed here


def _type(dtype: dtypes.dtype) -> Any:
    return TensorType(f"{dtype.suffix}Tensor", (), {"dtype": dtype, "__module__": "autograd_core"})


BoolTensor = _type(dtypes.bool_)
ByteTensor = _type(dtypes.uint8)
CharTensor = _type(dtypes.int8)
ShortTensor = _type(dtypes.int16)
IntTensor = _type(dtypes.int32)
LongTensor = _type(dtypes.int64)
HalfTensor = _type(dtypes.float16)
FloatTensor = _type(dtypes.float32)
DoubleTensor = _type(dtypes.float64)


def set_default_tensor_type(t: Any) -> None:
    """Set the floating type of new tensors by a tensor type or its name, as FloatTensor. TypeError for any other."""
    kind = {f"torch.{d.suffix}Tensor": d for d in dtypes.ALL}.get(t) if isinstance(t, str) else getattr(t, "dtype", None)
    if kind is None:
        raise TypeError(f"invalid type object: {t!r}: give FloatTensor or DoubleTensor, or call set_default_dtype")
    dtypes.set_default_dtype(kind)
