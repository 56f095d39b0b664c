"""Names of `torch.distributed`, for programs that ask before they use it: there is one process. Imports the standard library."""

from __future__ import annotations

import enum
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

__all__ = ["ReduceOp", "get_rank", "get_world_size", "group", "init_process_group", "is_available", "is_initialized"]


class ReduceOp(enum.Enum):
    """How the values of several processes would be joined."""

    SUM, PRODUCT, MIN, MAX, BAND, BOR, BXOR, AVG = range(8)


class ProcessGroup:
    """A group of processes: nothing is one."""


class group:  # noqa: N801  PyTorch's name
    """The group of all processes: there is none."""

    WORLD = None


class Backend:
    """The names of PyTorch's transports."""

    UNDEFINED, GLOO, NCCL, MPI = "undefined", "gloo", "nccl", "mpi"


def is_available() -> bool:
    """Whether processes can be joined: no."""
    return False


is_initialized: Callable[[], bool] = is_available
is_nccl_available: Callable[[], bool] = is_available
is_gloo_available: Callable[[], bool] = is_available
is_mpi_available: Callable[[], bool] = is_available
is_torchelastic_launched: Callable[[], bool] = is_available


def init_process_group(*args: Any, **kwargs: Any) -> None:
    """RuntimeError: there is one process."""
    raise RuntimeError("autograd_core trains in one process: leave init_process_group out (is_available() says so before the call)")


def destroy_process_group(*args: Any, **kwargs: Any) -> None:
    """Nothing to end."""


def _needs_group(name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        raise ValueError(
            "Default process group has not been initialized: autograd_core trains in one process. "
            f"Ask is_initialized() before {name}(), or leave the call out"
        )

    call.__name__ = name
    return call


get_rank, get_world_size, get_backend = _needs_group("get_rank"), _needs_group("get_world_size"), _needs_group("get_backend")
all_reduce, all_gather, reduce, broadcast = map(_needs_group, ("all_reduce", "all_gather", "reduce", "broadcast"))
gather, scatter, barrier, send, recv = map(_needs_group, ("gather", "scatter", "barrier", "send", "recv"))
all_gather_object, broadcast_object_list, new_group = map(_needs_group, ("all_gather_object", "broadcast_object_list", "new_group"))
reduce_scatter, all_gather_into_tensor, all_to_all = map(_needs_group, ("reduce_scatter", "all_gather_into_tensor", "all_to_all"))
nn = SimpleNamespace(all_reduce=all_reduce, all_gather=all_gather, broadcast=broadcast)  # torch.distributed.nn: the same, differentiable
