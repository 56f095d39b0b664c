"""`torch.utils.dlpack`: tensors to and from other libraries without a copy. Imports tensor."""

from __future__ import annotations

from typing import Any

from ..tensor.base import Tensor
from ..tensor.interop import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """The capsule of a tensor, for a library that takes capsules."""
    return tensor.__dlpack__()
