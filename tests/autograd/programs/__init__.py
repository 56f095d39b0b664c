"""Programs that run on PyTorch and here, as functions of the namespace (`torch` or `autograd_core`).

What they return is compared, nested as it likes: values, shapes, dtypes, requires_grad, or the kind of error.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

Program = Callable[[Any], Any]


class Programs(dict[str, Program]):
    """name -> program; used as a decorator it adds one."""

    def __call__(self, fn: Program) -> Program:
        if fn.__name__ in self:
            raise ValueError(f"two programs are called {fn.__name__}")
        self[fn.__name__] = fn
        return fn


def sub(T: Any, path: str) -> Any:
    """A module below the namespace: sub(T, "autograd.graph")."""
    return importlib.import_module(f"{T.__name__}.{path}")


def plain(value: Any) -> Any:
    """What a program returned, as nested lists of numbers and texts."""
    if hasattr(value, "requires_grad") and hasattr(value, "detach"):
        numbers = value.detach().numpy().astype(np.float64)
        return (str(value.dtype).rpartition(".")[2], list(value.shape), numbers.tolist(), value.requires_grad)
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def same(a: Any, b: Any) -> bool:
    """Whether two outcomes are equal, floats to 1e-5."""
    if isinstance(a, float) and isinstance(b, float):
        return bool(np.isclose(a, b, rtol=1e-5, atol=1e-6, equal_nan=True))
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return bool(a == b)


def kind_of(error: Exception) -> str:
    """The name of an exception's own kind, or of the built-in kind that it is."""
    return next(c.__name__ for c in type(error).__mro__ if c.__module__ == "builtins")


def outcome(fn: Program, T: Any) -> Any:
    """What a program returns, or the name of the exception that it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain(fn(T))
        except Exception as error:
            return kind_of(error)


def attempt(fn: Callable[[], Any]) -> Any:
    """The value of one step of a program, or the name of the exception that it raises."""
    try:
        return fn()
    except Exception as error:
        return kind_of(error)


def leaf(T: Any, *values: float) -> Any:
    """A vector that requires grad, 1 2 3 4 unless given."""
    return T.tensor(list(values) or [1.0, 2.0, 3.0, 4.0], requires_grad=True)


def mat(T: Any) -> Any:
    """The matrix ((1, 2, 3), (4, 5, 6)) that requires grad."""
    return T.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
