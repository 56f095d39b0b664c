"""Names of `torch.compile` and `torch.compiler`: programs run as they stand. Imports the standard library."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

__all__ = [
    "allow_in_graph", "assume_constant_result", "compile", "cudagraph_mark_step_begin", "disable", "is_compiling", "is_dynamo_compiling",
    "is_exporting", "list_backends", "reset", "set_stance",
]  # fmt: skip


def compile(model: Any = None, **options: Any) -> Any:
    """The function or module itself; a decorator when it is left out. The options of PyTorch's compiler are accepted.

    Raises:
        RuntimeError: `model` is not callable.
    """
    if model is None:
        return compile
    if not callable(model):
        raise RuntimeError(f"compile() takes a function or a module, got {type(model).__name__}")
    return model


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself, as a decorator with or without parentheses."""
    return fn if fn is not None else lambda f: f


def allow_in_graph(fn: Any) -> Any:
    """The function itself."""
    return fn


def assume_constant_result(fn: Any) -> Any:
    """The function itself."""
    return fn


def is_compiling() -> bool:
    """Whether a compiler reads the program: never."""
    return False


is_dynamo_compiling: Callable[[], bool] = is_compiling
is_exporting: Callable[[], bool] = is_compiling


def reset() -> None:
    """Nothing to forget."""


def cudagraph_mark_step_begin() -> None:
    """Nothing to mark."""


def list_backends(exclude_tags: Any = ()) -> list[str]:
    """The compilers there are: none."""
    return []


def set_stance(stance: str = "default", **options: Any) -> contextlib.AbstractContextManager[None]:
    """A block in which nothing changes."""
    return contextlib.nullcontext()
