"""What PyTorch programs ask about hardware: there is the CPU and nothing else, and each of these modules says so.

Imports nothing of ours. Every one can be imported by its path: `import autograd_core.backends.cudnn as cudnn`.
"""

from __future__ import annotations

import contextlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any


def no(*args: Any, **kwargs: Any) -> bool:
    """False."""
    return False


def yes(*args: Any, **kwargs: Any) -> bool:
    """True."""
    return True


def none(*args: Any, **kwargs: Any) -> int:
    """0."""
    return 0


def nothing(*args: Any, **kwargs: Any) -> None:
    """Nothing to do on a CPU."""


def as_it_is(*args: Any, **kwargs: Any) -> contextlib.nullcontext[None]:
    """A block in which nothing changes."""
    return contextlib.nullcontext()


def absent(*args: Any, **kwargs: Any) -> Any:
    """AssertionError: there is no such device."""
    raise AssertionError("autograd_core is not built with CUDA or another accelerator: it runs on the CPU, leave the call out")


def named(does: dict[Any, str]) -> dict[str, Any]:
    """name -> function, from the names that each behaviour has."""
    return {name: function for function, names in does.items() for name in names.split()}


def _place(path: str, does: dict[Any, str], **values: Any) -> Any:
    """A module of that path."""
    module = ModuleType(f"{__package__}.{path}", "What a program asks of a device that is not here.")
    vars(module).update(named(does), __path__=[], **values)
    sys.modules[module.__name__] = module
    return module


# What libraries call in PyTorch's own compiled part.
_C = _place("_C", {nothing: "_log_api_usage_once _get_tracing_state", no: "_get_cudnn_enabled"})
cpu = _place("cpu", {
    yes: "is_available", nothing: "synchronize set_device", as_it_is: "stream",
}, current_device=lambda: "cpu", device_count=lambda: 1)  # fmt: skip
mps = _place("mps", {no: "is_available", none: "current_allocated_memory", nothing: "manual_seed synchronize empty_cache seed"})
xpu = _place("xpu", {no: "is_available", none: "device_count", nothing: "empty_cache synchronize manual_seed manual_seed_all"})
accelerator = _place("accelerator", {no: "is_available", none: "device_count", nothing: "current_accelerator synchronize set_device_index"})
backends = _place(
    "backends", {},
    cuda=_place("backends.cuda", {
        no: "is_built flash_sdp_enabled mem_efficient_sdp_enabled cudnn_sdp_enabled", yes: "math_sdp_enabled",
        nothing: "enable_flash_sdp enable_mem_efficient_sdp enable_math_sdp enable_cudnn_sdp", as_it_is: "sdp_kernel",
    }, matmul=SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=False)),
    cudnn=_place("backends.cudnn", {no: "is_available", nothing: "version", as_it_is: "flags"},
                 enabled=False, benchmark=False, deterministic=True, allow_tf32=False),
    mps=_place("backends.mps", {no: "is_available is_built"}),
    mkl=_place("backends.mkl", {no: "is_available"}),
    mkldnn=_place("backends.mkldnn", {no: "is_available", as_it_is: "flags"}, enabled=False),
    openmp=_place("backends.openmp", {no: "is_available"}),
)  # fmt: skip
