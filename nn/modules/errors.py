"""Errors inside a model: they carry the module's dotted path and, where a layer knows better, what was expected and the fix.

Imports scope. A module may say more in `_diagnose(error, args, kwargs)`; it is asked only when its call has failed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from .scope import Call

_REWRITTEN = (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError, AssertionError)
_OURS = ("autograd_core", "nn", "numpy")


def explain(module: Any, call: Call, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Put the path of the module that failed, and its own diagnosis, into an error that is passing through its call.

    The innermost module speaks. An error raised by the user's own code keeps its message and gets a note.
    """
    if getattr(error, "_said_by_module", False):
        return
    try:
        error._said_by_module = True  # type: ignore[attr-defined]
        message = error.args[0] if len(error.args) == 1 and isinstance(error.args[0], str) else None
        if type(error) not in _REWRITTEN or message is None or not _raised_by_library(error):
            error.add_note(f"raised in {call!r}")
            return
        entered = error.__traceback__ is not None and error.__traceback__.tb_next is not None
        better = module._diagnose(error, args, kwargs) if entered else None  # else the arguments do not fit forward
        where = f"{call.path}: " if call.path else ""
        if better is not None:
            error.args = (f"{where}{better}",)
            error.add_note(f"the operation said: {message}")
        else:
            error.args = (f"{where}{type(module).__name__}: {message}",)
    except Exception as trouble:  # a diagnosis must never hide the error it is about
        error.add_note(f"(no diagnosis: {trouble!r})")


def _raised_by_library(error: Exception) -> bool:
    trace = error.__traceback__
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    name = frame.f_globals.get("__name__") or ""
    return name.split(".", 1)[0] in _OURS or frame.f_code.co_filename.startswith("<recorder")


def other_type(said: str, x: Any, weight: Any) -> str:
    """What was given, continued by its type, which is not that of the weights."""
    return f"{said} and {x.dtype}, but its weights are {weight.dtype}. Use x.to({weight.dtype}), or convert the model with .to({x.dtype})."


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """ ". Did you mean 'weight'?" for the candidate nearest to a misspelt name, "" when none is near."""
    near = difflib.get_close_matches(name, list(candidates), 1, 0.6)
    return f". Did you mean {near[0]!r}?" if near else ""
