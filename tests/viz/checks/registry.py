"""How a check is written: a generator of figures, under a name. Every file of this package is imported, and its checks are found.

    @check("B1", "the cursor's place is a state, however it was reached")
    def walks():
        yield Figure("mlp, 1,000 moves", "0 differ", "0 differ", True)

`timing=True`: no test, for machines differ or it takes minutes; a figure only. `slow=True`: a test that is marked slow. A check that
cannot run here (no browser, no program `dot`) raises `Unavailable` with the reason.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Figure(NamedTuple):
    """One line of the table: what was measured, what came out, what it should be, and whether it is."""

    what: str
    found: str
    goal: str
    met: bool


class Unavailable(Exception):
    """What a check needs is not on this machine."""


class Check(NamedTuple):
    """A registered check; call `run` for its figures."""

    name: str
    title: str
    run: Callable[[], Iterable[Figure]]
    timing: bool
    slow: bool


CHECKS: list[Check] = []


def check(name: str, title: str, timing: bool = False, slow: bool = False) -> Callable[[Callable[[], Iterable[Figure]]], Callable[[], Iterable[Figure]]]:
    """Register a generator of figures. One name may have several checks."""

    def register(run: Callable[[], Iterable[Figure]]) -> Callable[[], Iterable[Figure]]:
        CHECKS.append(Check(name, title, run, timing, slow))
        return run

    return register


def below(what: str, found: float, most: float, unit: str = "", digits: int = 3) -> Figure:
    """A figure that may be at most `most`."""
    return Figure(what, f"{found:.{digits}g}{unit}", f"<= {most:.{digits}g}{unit}", found <= most)


def equal(what: str, found: object, wanted: object) -> Figure:
    """A figure that must be `wanted`."""
    return Figure(what, str(found), str(wanted), found == wanted)


def every() -> list[Check]:
    """All checks, by name: A1, A2, ..., A10, B1, ..."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "__main__":
            importlib.import_module(f"{__package__}.{module.name}")
    return sorted(CHECKS, key=lambda c: (c.name[:1], int("".join(filter(str.isdigit, c.name)) or 0), c.timing))


def chosen(only: Iterable[str]) -> Iterator[Check]:
    """The checks of these names, or of all; a letter stands for all that begin with it. ValueError for a name that is none."""
    found, wanted = every(), [w.upper() for w in only]
    for word in wanted:
        if not any(c.name == word or c.name[0] == word for c in found):
            raise ValueError(f"there is no check {word!r}: there are {', '.join(dict.fromkeys(c.name for c in found))}")
    return (c for c in found if not wanted or c.name in wanted or c.name[0] in wanted)
