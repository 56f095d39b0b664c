"""What LinearCrossEntropyLoss may be told about PyTorch's way of saving memory. Imports autograd_core's types."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import autograd_core as ag

__all__ = ["LinearCrossEntropyOptions"]

_POLICIES = ("auto", "accurate", "balanced", "compact")


@dataclasses.dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """PyTorch's options of linear_cross_entropy, checked and kept, so that programs run; no value depends on them here.

    ValueError for what PyTorch refuses.
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        if self.acc_policy not in _POLICIES:
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}, expected one of {_POLICIES}")
        method = self.chunking_method
        if method not in (None, "auto") and not re.fullmatch(r"aspect_ratio(:0*[1-9]\d*)?", str(method)):
            raise ValueError(f"invalid chunking_method: {method!r}, expected None, 'auto', 'aspect_ratio' or 'aspect_ratio:N'")
        size = self.batch_chunk_size
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")
        if self.acc_dtype not in (None, ag.float16, ag.float32, ag.float64):
            raise ValueError(f"acc_dtype must be one of None, float16, float32, float64, got {self.acc_dtype!r}")
