"""Where a stepper stands, and how it moves: steps, module calls, elements, breakpoints. Imports passes, breaks, scalars and targets."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Self

from .breaks import Breakpoint, checked
from .flags import Flag, flags_of
from .moments import Element, Moment, called
from .passes import Pass
from .scalars import Elements
from .targets import step_for, value_for


class Cursor:
    """`k` steps of a pass have been taken. Moves return the cursor, so that they can be chained."""

    def __init__(self, run: Pass, granularity: str = "op", parent: Any = None) -> None:
        self.run = run
        self.granularity = granularity
        self.parent = parent
        self.elements = Elements(run) if granularity == "scalar" else None
        self.k = 0
        self.breakpoints: list[Breakpoint] = []

    @property
    def k(self) -> int:
        """How many steps have been taken; with granularity "scalar" the last of them may be under way (see `element`)."""
        return self._k

    @k.setter
    def k(self, k: int) -> None:
        self._k = k
        self.element = 0 if self.elements is None else self.elements.count(k)  # how many elements of step k have gone on

    @property
    def _complete(self) -> int:
        """How many steps are complete."""
        return self._k - (self.elements is not None and self.element < self.elements.count(self._k))

    def __len__(self) -> int:
        """The number of steps of the pass."""
        return len(self.run.steps)

    # moving

    def step(self, n: int = 1) -> Self:
        """n steps on, of one operation, one module call or one element; at the end it stays."""
        for _ in range(_count(n, "step")):
            if self.elements is not None:
                self._k, self.element = self.elements.after(self._k, self.element)
                continue
            self.k = self._module_end(self.k) if self.granularity == "module" else min(self.k + 1, len(self))
        return self

    def back(self, n: int = 1) -> Self:
        """n steps back; at the seed it stays."""
        for _ in range(_count(n, "back")):
            if self.elements is not None:
                self._k, self.element = self.elements.before(self._k, self.element)
                continue
            self.k = self._module_start(self.k) if self.granularity == "module" else max(self.k - 1, 0)
        return self

    def goto(self, where: Any) -> Self:
        """To step number `where` (from the end where negative), "start", "end", the step of a node, the completion of a tensor's gradient
        (a tensor or the name of a parameter), or the first step in a module by its name."""
        self.k = step_for(self.run, where)
        return self

    def over(self) -> Self:
        """Past the whole module call that comes next; one operation where none does, or the rest of the one that is under way."""
        if self._complete < self.k:
            return self.goto(self.k)
        ahead = self._calls(self.k + 1)
        inside = self._calls(self.k)
        new = [call for call in ahead if not any(call is c for c in inside)]
        return self._while_in(new[0]) if new else self.goto(min(self.k + 1, len(self))) if self.elements else self.step()

    def out(self) -> Self:
        """To the end of the module call that it is in; to the end of everything outside of modules."""
        calls = self._calls(self.k)
        self.goto(self.k if calls else "end")
        if not calls:
            return self
        return self._while_in(calls[-1])

    def cont(self) -> Self:
        """On to the next breakpoint, or to the end."""
        self.k = next((k for k in range(self.k + 1, len(self) + 1) if self._stops(k)), len(self))
        return self

    def rcont(self) -> Self:
        """Back to the breakpoint before, or to the seed."""
        self.k = next((k for k in range(self.k - 1, 0, -1) if self._stops(k)), 0)
        return self

    def _calls(self, k: int) -> list[Any]:
        """The module calls around step k, from the outside in."""
        found: list[Any] = []
        call = self.run.steps[k - 1].record.scope if 0 < k <= len(self) else None
        while call is not None:
            found.insert(0, call)
            call = getattr(call, "outer", None)
        return found

    def _while_in(self, call: Any) -> Self:
        while self.k < len(self) and any(c is call for c in self._calls(self.k + 1)):
            self.k += 1
        return self

    def _module_end(self, k: int) -> int:
        """The last step of the innermost module call that the next step is in."""
        scope = self._scope(k + 1)
        k = min(k + 1, len(self))
        while scope is not None and k < len(self) and self._scope(k + 1) is scope:
            k += 1
        return k

    def _module_start(self, k: int) -> int:
        """The step before the innermost module call that step k is in."""
        scope = self._scope(k)
        k = max(k - 1, 0)
        while scope is not None and k > 0 and self._scope(k) is scope:
            k -= 1
        return k

    def _scope(self, k: int) -> Any:
        return self.run.steps[k - 1].record.scope if 0 < k <= len(self) else None

    # breakpoints

    def break_on(
        self,
        nan: bool = False,
        inf: bool = False,
        above: float | None = None,
        below: float | None = None,
        op: str = "",
        module: str = "",
        param: Any = None,
        when: Callable[[Moment], Any] | None = None,
    ) -> Breakpoint:
        """Stop `cont()` and `rcont()` where a gradient is NaN, infinite, has an element above or a size (L2/√n) below a limit: any of them;
        at an op, in a module (patterns such as "blocks.3.*"), where a parameter's gradient is written, where `when(moment)` is true: all of them.

        ValueError for a name that is not in this pass.
        """
        number = max((b.number for b in self.breakpoints), default=0) + 1
        value = None if param is None else value_for(self.run, param)
        name = "" if value is None else called(self.run, self.run.trace.values[value])
        point = checked(self.run.steps, number, op, module, above, below, when, nan=nan, inf=inf, param=value, name=name)
        self.breakpoints.append(point)
        return point

    def clear(self, number: int | None = None) -> None:
        """Take away one breakpoint by its number, or all. ValueError for a number that there is not."""
        if number is not None and all(b.number != number for b in self.breakpoints):
            raise ValueError(f"there is no breakpoint {number}: there are {', '.join(str(b.number) for b in self.breakpoints) or 'none'}")
        self.breakpoints = [b for b in self.breakpoints if number is not None and b.number != number]

    def _stops(self, k: int) -> bool:
        return any(b.hits(self.run.steps[k - 1]) and (b.when is None or b.when(self.at(k))) for b in self.breakpoints)

    # the state there

    def at(self, k: int) -> Moment:
        """The state after step k, wherever the cursor stands."""
        return Moment(self.run, step_for(self.run, k), self._flags)

    @property
    def now(self) -> Moment:
        """The state at the cursor."""
        return Moment(self.run, self.k, self._flags, self._last())

    def _last(self) -> Element | None:
        """The element that went on last, with granularity "scalar"."""
        place = None if self.elements is None else self.elements.place(self.k, self.element)
        return None if place is None or self.elements is None else Element(*place, self.element, self.elements.count(self.k))

    @cached_property
    def flags(self) -> list[Flag]:
        """Everywhere that something is wrong in this pass: NaN and infinity at their birth, vanishing and exploding layers with their cause."""
        return flags_of(self.run)

    @cached_property
    def _flags(self) -> dict[int, list[Flag]]:
        found: dict[int, list[Flag]] = {}
        for flag in self.flags:
            found.setdefault(flag.k, []).append(flag)
        return found


def _count(n: Any, name: str) -> int:
    if not hasattr(n, "__index__") or isinstance(n, bool) or int(n) < 0:
        raise ValueError(f"{name}({n!r}): the number of steps is a whole number, 0 or more; back() goes the other way")
    return int(n)

