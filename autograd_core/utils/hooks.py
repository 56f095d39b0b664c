"""`torch.utils.hooks`: the handle that registering a hook returns. Imports graph."""

from __future__ import annotations

from ..graph import Handle as RemovableHandle

__all__ = ["RemovableHandle"]
