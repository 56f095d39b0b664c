"""`torch.multiprocessing`: the standard library's processes. Tensors go between them by value. Imports the standard library."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
from collections.abc import Callable
from typing import Any


def get_all_sharing_strategies() -> set[str]:
    """The ways in which tensors reach another process."""
    return {"file_descriptor", "file_system"}


def get_sharing_strategy() -> str:
    """PyTorch's default, to print."""
    return "file_descriptor"


def set_sharing_strategy(new_strategy: str) -> None:
    """Nothing to choose: tensors are copied. AssertionError for a word that is no strategy."""
    assert new_strategy in get_all_sharing_strategies(), f"a strategy is one of {sorted(get_all_sharing_strategies())}, got {new_strategy!r}"


def spawn(
    fn: Callable[..., Any], args: tuple[Any, ...] = (), nprocs: int = 1, join: bool = True, daemon: bool = False, start_method: str = "spawn"
) -> list[Any] | None:
    """Run fn(i, *args) in `nprocs` processes, i = 0, 1, ...; returns None when all have ended, or the processes if `join` is False.

    Raises:
        RuntimeError: one of them failed; the others are ended.
    """
    context = multiprocessing.get_context(start_method)
    started = [context.Process(target=fn, args=(i, *args), daemon=daemon) for i in range(nprocs)]  # type: ignore[attr-defined]
    for process in started:
        process.start()
    if not join:
        return started
    waiting = list(started)
    while waiting:
        multiprocessing.connection.wait([p.sentinel for p in waiting])
        ended = [p for p in waiting if not p.is_alive()]
        waiting = [p for p in waiting if p not in ended]
        for process in ended:
            process.join()
            if process.exitcode:
                for other in waiting:
                    other.terminate()
                raise RuntimeError(f"process {started.index(process)} of spawn ended with exit code {process.exitcode}: see its output above")
    return None


def __getattr__(name: str) -> Any:
    return getattr(multiprocessing, name)
