"""Breakpoints of the stepper: where, and on which values, it stops. Imports passes."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from .passes import Step
from .readings import step_word
from .stats import Kept


class Breakpoint(NamedTuple):
    """Stops at a step whose place fits every pattern that is given, and whose gradients fit any of the values that are given."""

    number: int
    nan: bool = False
    inf: bool = False
    above: float | None = None
    below: float | None = None
    op: str = ""
    module: str = ""
    param: int | None = None  # a value id
    name: str = ""  # of the parameter
    when: Callable[[Any], Any] | None = None

    def hits(self, step: Step) -> bool:
        """Whether it stops here; `when` is asked by the stepper."""
        if self.op and not (fnmatchcase(step.record.name, self.op) or fnmatchcase(step_word(step), self.op)):
            return False
        if self.module and not any(fnmatchcase(path, self.module) for path in paths_of(step)):
            return False
        if self.param is not None and not any(part is not None and part[0] == self.param for part in step.parts):
            return False
        if not (self.nan or self.inf or self.above is not None or self.below is not None):
            return True
        return any(self._bad(kept) for kept in flowing(step))

    def _bad(self, kept: Kept) -> bool:
        s = kept.stats
        if (self.nan and s.nans) or (self.inf and s.infs):
            return True
        if self.above is not None and (s.infs or s.absmax > self.above):
            return True
        return self.below is not None and bool(s.size) and not s.bad and s.rms < self.below

    def __str__(self) -> str:
        shown = [word for word, on in (("NaN", self.nan), ("infinity", self.inf)) if on]
        shown += [f"above {self.above:g}"] if self.above is not None else []
        shown += [f"below {self.below:g}"] if self.below is not None else []
        shown += [f"{word} {text}" for word, text in (("op", self.op), ("module", self.module), ("param", self.name)) if text]
        shown += [f"when {getattr(self.when, '__name__', 'it is true')}"] if self.when is not None else []
        return f"{self.number}: {', '.join(shown)}"


def flowing(step: Step) -> Iterable[Kept]:
    """Every gradient that a step saw."""
    return [kept for kept in (*step.upstream, *[p[2] for p in step.parts if p is not None]) if kept is not None]


def paths_of(step: Step) -> list[str]:
    """The dotted names of the modules around a step, from the outside in."""
    found = []
    call = step.record.scope
    while call is not None:
        found.append(str(getattr(call, "path", call)))
        call = getattr(call, "outer", None)
    return found[::-1]


def checked(steps: list[Step], number: int, op: str, module: str, above: Any, below: Any, when: Any, **rest: Any) -> Breakpoint:
    """A breakpoint whose names are known here. ValueError with what is close for one that would never stop, TypeError for wrong kinds."""
    if op:
        _known("op", op, sorted({name for s in steps for name in (s.record.name, step_word(s))}))
    if module:
        _known("module", module, sorted({path for s in steps for path in paths_of(s) if path}))
    for name, limit in (("above", above), ("below", below)):
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, (int, float)) or math.isnan(limit)):
            raise TypeError(f"break_on({name}=...) takes a number: got {limit!r}")
    if when is not None and not callable(when):
        raise TypeError(f"break_on(when=...) takes a function of a moment, such as lambda m: m.op == 'tanh': got {type(when).__name__}")
    point = Breakpoint(number, above=above, below=below, op=op, module=module, when=when, **rest)
    if not any((point.nan, point.inf, above is not None, below is not None, op, module, point.param is not None, when)):
        raise ValueError("break_on() needs a condition: nan=True, inf=True, above=, below=, op=, module=, param= or when=")
    return point


def _known(kind: str, pattern: str, names: list[str]) -> None:
    if any(fnmatchcase(name, pattern) for name in names):
        return
    near = difflib.get_close_matches(pattern, names, 3, 0.4) or names[:8]
    raise ValueError(f"break_on({kind}={pattern!r}) would never stop: no {kind} of this pass fits it; there are {', '.join(near) or 'none'}")
