"""`torch.nn.parallel`: one device, one process. Imports the layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .modules import DataParallel, Module

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


class DistributedDataParallel(Module):
    """A model spread over processes: there is one, as `distributed.is_initialized()` says, and the constructor raises ValueError."""

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        raise ValueError(
            "Default process group has not been initialized: autograd_core trains in one process, use the module without the wrapper"
        )


def data_parallel(
    module: Module, inputs: Any, device_ids: Sequence[Any] | None = None, output_device: Any = None, dim: int = 0, module_kwargs: Any = None
) -> Any:
    """What the module computes from `inputs`."""
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*given, **(module_kwargs or {}))
