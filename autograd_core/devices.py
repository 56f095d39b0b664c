"""What PyTorch programs ask about hardware: there is the CPU and nothing else, and each of these says so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def _no() -> bool:
    return False


def _none() -> int:
    return 0


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Nothing to do on a CPU."""


def _absent(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError("autograd_core is not built with CUDA or another accelerator: it runs on the CPU, leave the call out")


cuda = SimpleNamespace(
    is_available=_no, device_count=_none, manual_seed=_nothing, manual_seed_all=_nothing, synchronize=_nothing, empty_cache=_nothing,
    current_device=_absent, get_device_name=_absent, is_initialized=_no,
)  # fmt: skip
mps = SimpleNamespace(is_available=_no, manual_seed=_nothing, synchronize=_nothing, empty_cache=_nothing)
xpu = SimpleNamespace(is_available=_no, device_count=_none)
accelerator = SimpleNamespace(is_available=_no, device_count=_none, current_accelerator=_nothing, synchronize=_nothing)
backends = SimpleNamespace(
    mps=SimpleNamespace(is_available=_no, is_built=_no),
    cuda=SimpleNamespace(is_built=_no, matmul=SimpleNamespace(allow_tf32=False)),
    cudnn=SimpleNamespace(is_available=_no, enabled=False, benchmark=False, deterministic=True),
)
