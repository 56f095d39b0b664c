"""Switches and formats that PyTorch programs name and that have one position here. Imports nothing of ours.

Results are the same from run to run, tensors lie as their strides say.
"""

from __future__ import annotations

from typing import Any


class Format:
    """A layout or a memory format: a name to compare and to print."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


strided = Format("strided")
contiguous_format = Format("contiguous_format")
preserve_format = Format("preserve_format")
channels_last = Format("channels_last")
channels_last_3d = Format("channels_last_3d")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Nothing to switch: every operation gives the same result from run to run."""


def are_deterministic_algorithms_enabled() -> bool:
    """Whether results are the same from run to run: always."""
    return True


def set_num_interop_threads(num: int) -> None:
    """Nothing to switch: operations run one after another."""


def get_num_interop_threads() -> int:
    """How many operations run at the same time: one."""
    return 1


def set_default_device(device: Any) -> None:
    """Accepts the CPU. RuntimeError for any other device."""
    if device is not None and str(device).split(":")[0] != "cpu":
        raise RuntimeError(f"device {str(device)!r} does not exist here: autograd_core runs on the CPU, leave the call out")
