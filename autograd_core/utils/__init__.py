"""What stands under `torch.utils`: checkpointing. Imports autograd."""

from __future__ import annotations

from . import checkpoint

__all__ = ["checkpoint"]
