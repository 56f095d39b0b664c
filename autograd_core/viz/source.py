"""The user's source line of an operation, kept as (code, offset) and decoded when somebody asks. Imports the standard library only."""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType
from typing import Any, NamedTuple

from ..frames import PACKAGES


class Where(NamedTuple):
    """A place in a program; as text it is file:line."""

    code: CodeType
    offset: int

    def __str__(self) -> str:
        place = line_of(self)
        return "" if place is None else f"{place[0]}:{place[1]}"


Site = Where | str | None

OURS, ENGINE, THEIRS = 1, 2, 3
Known = dict[int, tuple[int, Any]]  # id of a module's globals -> (whose it is, the globals, so that the id stays theirs)


def _whose(names: dict[str, Any], known: Known) -> int:
    name = names.get("__name__", "autograd_core")  # the compiled recorders have no name
    kind = ENGINE if name == "autograd_core.engine" else OURS if name.split(".", 1)[0] in PACKAGES else THEIRS
    known[id(names)] = kind, names
    return kind


def site_here(known: Known) -> tuple[Where | None, bool]:
    """((code, offset of the running instruction) of the first frame outside this library, whether a backward walk runs it)."""
    frame: Any = sys._getframe(2)
    inside = False
    while frame is not None:
        names = frame.f_globals
        found = known.get(id(names))
        kind = _whose(names, known) if found is None else found[0]
        if kind == THEIRS:
            return Where(frame.f_code, frame.f_lasti), inside
        inside = inside or kind == ENGINE
        frame = frame.f_back
    return None, inside


def line_of(site: Site) -> tuple[str, int] | None:
    """(file, line) of a site; a site given as "file:line" is taken apart."""
    if site is None:
        return None
    if isinstance(site, str):
        file, _, line = site.rpartition(":")
        return (file, int(line)) if line.isdigit() else None
    code, offset = site
    for start, end, line_number in code.co_lines():
        if start <= offset < end and line_number is not None:
            return code.co_filename, line_number
    return code.co_filename, code.co_firstlineno


def file_name(path: str) -> str:
    """A file as its reader knows it: from the current folder, or as a cell of a notebook; else its whole path."""
    folder, name = os.path.split(path)
    if os.path.basename(folder).startswith("ipykernel_"):
        return f"cell {name.removesuffix('.py')}"
    here = os.getcwd() + os.sep
    return path[len(here) :] if path.startswith(here) else path


def text_of(site: Site) -> str:
    """The line itself without its indentation, "" where it cannot be found."""
    place = line_of(site)
    return "" if place is None else linecache.getline(*place).strip()
