"""Where the user's own code stands on the stack: for warnings and errors that point at it, and for recordings. Imports nothing of ours."""

from __future__ import annotations

import os
import sys
from types import CodeType
from typing import Any

PACKAGES = ("autograd_core", "nn", "optim", "data")
HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THEIRS, OURS, ENGINE = 0, 1, 2

Mark = tuple[CodeType, int]  # a place in a program: the code that runs and how far it is, which `place_of` spells out

_whose: dict[Any, int] = {}  # by the name of a module


def _look(names: dict[str, Any]) -> int:
    """Whose module this is, told by its name and, where the user has a package of that name too, by its file."""
    name = names.get("__name__", "autograd_core")  # some compiled functions have no name
    top = str(name).split(".", 1)[0]
    kind = THEIRS
    if top in PACKAGES:
        file = names.get("__file__")
        inside = file is None or os.path.abspath(file).startswith(os.path.join(HOME, top) + os.sep)
        kind = THEIRS if not inside else ENGINE if name == "autograd_core.engine" else OURS
    _whose[names.get("__name__")] = kind
    return kind


def user_frame() -> tuple[Any, int]:
    """(the first frame outside this library, or None, and how many frames it lies above the caller)."""
    frame: Any = sys._getframe(2)
    level = 1
    while frame is not None:
        names = frame.f_globals
        kind = _whose.get(names.get("__name__"))
        if (_look(names) if kind is None else kind) == THEIRS:
            break
        frame = frame.f_back
        level += 1
    return frame, level


def user_site() -> str | None:
    """The user's line that is running, as file:line."""
    frame, _ = user_frame()
    return None if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def user_mark() -> Mark | None:
    """The user's line that is running, not yet spelled out: 0.4 µs sooner than `user_site`."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        names = frame.f_globals
        kind = _whose.get(names.get("__name__"))
        if (_look(names) if kind is None else kind) == THEIRS:
            return frame.f_code, frame.f_lasti
        frame = frame.f_back
    return None


def user_mark_within() -> tuple[Mark | None, bool]:
    """(the same, whether a backward walk of the library runs it). For a watch: what called the watch is not looked at, it is ours."""
    frame: Any = sys._getframe(3)
    inside = False
    while frame is not None:
        names = frame.f_globals
        kind = _whose.get(names.get("__name__"))
        if kind is None:
            kind = _look(names)
        if kind == THEIRS:
            return (frame.f_code, frame.f_lasti), inside
        if kind == ENGINE:
            inside = True
        frame = frame.f_back
    return None, inside


def place_of(mark: Mark) -> tuple[str, int]:
    """A mark as (file, line)."""
    code, at = mark
    for start, end, line in code.co_lines():
        if start <= at < end and line is not None:
            return code.co_filename, line
    return code.co_filename, code.co_firstlineno


def line_of_mark(mark: Mark) -> str:
    """A mark as file:line."""
    return "{}:{}".format(*place_of(mark))


def user_level() -> int:
    """The stacklevel with which warnings.warn, called where this is called, names the user's line."""
    return user_frame()[1]
