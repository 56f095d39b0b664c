"""`torch.nn.attention`: the choice among PyTorch's attention kernels, of which there is one here. Imports the standard library."""

from __future__ import annotations

import contextlib
import enum
from typing import Any

__all__ = ["SDPBackend", "sdpa_kernel"]


class SDPBackend(enum.IntEnum):
    """PyTorch's kernels of scaled_dot_product_attention."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


@contextlib.contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Any:
    """A block in which attention runs as it always does. AssertionError unless `backends` are of SDPBackend."""
    wanted = [backends] if isinstance(backends, SDPBackend) else backends
    assert isinstance(wanted, (list, tuple, set)), "Backend must be an instance of SDPBackend or a list of SDPBackend instances"
    assert all(isinstance(b, SDPBackend) for b in wanted), "Backend must be an instance of SDPBackend or a list of SDPBackend instances"
    yield
