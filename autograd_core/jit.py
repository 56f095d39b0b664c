"""Names of `torch.jit`: what is scripted or traced here is the Python program itself, and runs as it stands. Imports the standard library.

There is no compiler of programs; graphs are recorded as they run, and Numba compiles the loops inside the operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

__all__ = [
    "Error", "Final", "ScriptFunction", "ScriptModule", "ScriptWarning", "TracedModule", "TracerWarning", "annotate", "export", "freeze",
    "ignore", "interface", "is_scripting", "is_tracing", "load", "optimize_for_inference", "save", "script", "script_if_tracing",
    "script_method", "trace", "trace_module", "unused",
]  # fmt: skip

T = TypeVar("T")


class Error(RuntimeError):
    """An error of the compiler: never raised."""


class ScriptWarning(Warning):
    """A warning of the compiler: never given."""


class TracerWarning(Warning):
    """A warning of the tracer: never given."""


class ScriptFunction:
    """A compiled function: nothing is one, so that `isinstance` says no."""


class ScriptModule:
    """A compiled module: nothing is one, so that `isinstance` says no."""


class TracedModule:
    """A traced module: nothing is one, so that `isinstance` says no."""


def _same(given: T) -> T:
    return given


def script(obj: T, *args: Any, **kwargs: Any) -> T:
    """The function, class or module itself."""
    return obj


def trace(func: T, *args: Any, **kwargs: Any) -> T:
    """The function or module itself; the example inputs are not run."""
    return func


def trace_module(mod: T, *args: Any, **kwargs: Any) -> T:
    """The module itself."""
    return mod


def freeze(mod: T, *args: Any, **kwargs: Any) -> T:
    """The module itself."""
    return mod


def optimize_for_inference(mod: T, *args: Any, **kwargs: Any) -> T:
    """The module itself."""
    return mod


export = interface = script_method = script_if_tracing = _same


def unused(fn: T) -> T:
    """The function itself."""
    return fn


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """A decorator, with or without parentheses, that returns the function itself."""
    return drop if callable(drop) else _same


def annotate(the_type: Any, the_value: T) -> T:
    """The value."""
    return the_value


def is_scripting() -> bool:
    """Whether a compiler reads the program: never."""
    return False


def is_tracing() -> bool:
    """Whether a tracer runs the program: never."""
    return False


def _refuse(name: str, instead: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"jit.{name} needs compiled programs, which do not exist here: {instead}")

    call.__name__ = name
    return call


save = _refuse("save", "save the parameters with autograd_core.save(model.state_dict(), path)")
load = _refuse("load", "make the model in Python and load its parameters with load_state_dict(autograd_core.load(path))")
