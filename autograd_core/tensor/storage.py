"""The memory under tensors, as far as programs look at it: its size, its address, its elements. Imports Tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dtypes import OF_NUMPY, dtype
from .base import Tensor

__all__ = ["TypedStorage", "UntypedStorage"]


def _whole(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory of a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class UntypedStorage:
    """The bytes that a tensor and its views share: `tensor.untyped_storage()`."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = _whole(array)
        self.device = "cpu"

    def nbytes(self) -> int:
        """Bytes."""
        return self._array.nbytes

    size = __len__ = nbytes

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self._array.nbytes

    def data_ptr(self) -> int:
        """The address of the first byte: equal for tensors that share memory."""
        return int(self._array.ctypes.data)

    def tolist(self) -> list[int]:
        """The bytes as numbers."""
        found: list[int] = np.frombuffer(self._array.tobytes("A"), np.uint8).tolist()
        return found


class TypedStorage(UntypedStorage):
    """The same memory as elements of the tensor's type: `tensor.storage()`."""

    def __init__(self, array: np.ndarray) -> None:
        super().__init__(array)
        self.dtype: dtype = OF_NUMPY[array.dtype]

    def untyped(self) -> UntypedStorage:
        """The bytes."""
        return UntypedStorage(self._array)

    def element_size(self) -> int:
        """Bytes of one element."""
        return self.dtype.itemsize

    def size(self) -> int:
        """The number of elements."""
        return self._array.nbytes // self.dtype.itemsize

    __len__ = size

    def tolist(self) -> list[Any]:
        """The elements in the order of memory."""
        found: list[Any] = np.frombuffer(self._array.tobytes("A"), self.dtype.numpy).tolist()
        return found

    def __getitem__(self, index: int) -> Any:
        return self.tolist()[index]


setattr(Tensor, "storage", lambda self: TypedStorage(self.array))  # noqa: B010  the class is completed here
setattr(Tensor, "untyped_storage", lambda self: UntypedStorage(self.array))  # noqa: B010
