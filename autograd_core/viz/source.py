"""The user's source line of an operation, decoded when somebody asks. Imports frames."""

from __future__ import annotations

import linecache
import os

from ..frames import Mark, place_of

Site = Mark | str | None  # as a node has it: a mark, or file:line


def line_of(site: Site) -> tuple[str, int] | None:
    """(file, line) of a site; a site given as "file:line" is taken apart."""
    if site is None:
        return None
    if isinstance(site, str):
        file, _, line = site.rpartition(":")
        return (file, int(line)) if line.isdigit() else None
    return place_of(site)


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
