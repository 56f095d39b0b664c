"""What stands under `torch.utils`: checkpointing, and by name the modules beside it. Imports autograd."""

from __future__ import annotations

import importlib
from typing import Any

from . import checkpoint

__all__ = ["checkpoint"]

_LATE = ("_pytree", "data", "dlpack", "hooks", "model_zoo")  # imported when their name is first read


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=object())
