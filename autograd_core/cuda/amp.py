"""`torch.cuda.amp`, the older place of amp. Imports amp."""

from __future__ import annotations

import functools

from .. import amp
from ..amp import custom_bwd, custom_fwd

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]

GradScaler = functools.partial(amp.GradScaler, "cuda")


class autocast(amp.autocast):  # noqa: N801  PyTorch's name
    """A block that changes nothing, as amp.autocast("cuda")."""

    def __init__(self, enabled: bool = True, dtype: object = None, cache_enabled: bool = True) -> None:
        super().__init__("cuda", dtype, enabled, cache_enabled)
