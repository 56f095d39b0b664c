"""Stops a running program where its backward passes begin, and opens the stepper there. Imports stepping and terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph import Watch
from ..tensor.base import Tensor
from .stepping import stepper
from .terminal import condition, run


class Stop(Watch):
    """Opens a session where a backward pass is about to begin, then lets it run."""

    def __init__(self, inner: Watch, conditions: Sequence[str], page: str, skip: int) -> None:
        self.inner = inner
        self.conditions = conditions
        self.page = page
        self.skip = skip
        self.passes = 0

    def forward(self, op: Any, bound: tuple[Any, ...], results: Any) -> None:
        """See Watch."""
        self.inner.forward(op, bound, results)

    def moved(self, result: Any, x: Any) -> None:
        """See Watch."""
        self.inner.moved(result, x)

    def begin(self, roots: tuple[Any, ...]) -> None:
        """See Watch."""
        losses = [t for t in roots if isinstance(t, Tensor) and t.array.size == 1]
        if not losses:
            return
        self.passes += 1
        if self.passes <= self.skip:
            return
        session = stepper(losses[0])
        for words in self.conditions:
            session.break_on(**condition(words))
        if self.page:
            print(session.html(self.page))
            raise SystemExit(0)
        if self.conditions:
            session.cont()
        if run(session):
            raise SystemExit(0)
