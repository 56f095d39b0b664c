"""Steps of a pass computed again: those whose gradients did not fit the budget. Imports engine and graph; the pass is handed in.

Going on costs one rule a step. Going back begins at the nearest mark: the gradients that waited after every √N-th step, as many of them as there
is room for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ..engine import add, walk
from ..graph import Leaf, Output, Region

Arrays = tuple[list[Any], list[Any]]  # (gradients of the outputs, contributions to the inputs), Regions as they are
Waiting = dict[Any, Any]  # node -> the gradient that has arrived for it


class Again:
    """`arrays(run, k)` of any step; `room` is how many bytes it may hold, half of them for marks. It does not hold the pass: no cycle."""

    def __init__(self, seeds: list[tuple[Any, Any]], nodes: int, room: int) -> None:
        self.room = room
        self.every = max(1, math.isqrt(nodes))  # steps between marks
        self.marks: dict[int, Waiting] = {0: dict(seeds)}
        self.kept: dict[int, Arrays] = {}
        self.walker: Iterator[tuple[Any, Any, Any]] | None = None
        self.reached = 0
        self.waiting: Waiting = {}

    def arrays(self, run: Any, k: int) -> Arrays:
        """What came and what went on in step k."""
        if k not in self.kept:
            on = self.walker is not None and self.reached == k - 1
            if not on:
                self._begin(k)
            self._make_room(0)
            with run.untouched():
                self._go(k, k + self.every if on else k)
        return self.kept[k]

    def _begin(self, k: int) -> None:
        """Start from the last mark before k, unless the walk stands nearer."""
        mark = max(at for at in self.marks if at < k)
        if self.walker is None or not mark <= self.reached < k:
            self.kept.clear()
            self.reached, self.waiting = mark, _copy(self.marks[mark])
            self.walker = walk(list(_copy(self.waiting).items()), keep=True, pure=True, ends=False)

    def _go(self, k: int, last: int) -> None:
        """Walk on to step k, and beyond it up to `last` while there is room: whoever goes step by step asks for those next."""
        assert self.walker is not None
        for node, g, grads in self.walker:
            self._flow(node, grads)
            if type(node) in (Leaf, Output):
                continue
            self.reached += 1
            self.kept[self.reached] = list(g) if type(g) is list else [g], list(grads)
            if self.reached % self.every == 0:
                self._mark()
            if self.reached < k:
                self._make_room(0)
            elif self.reached >= last or not self._make_room(self.reached - k + 1):
                break

    def _flow(self, node: Any, grads: Any) -> None:
        """Keep account of what waits, beside the walk."""
        waiting = self.waiting
        waiting.pop(node, None)
        if type(node) is Output:
            slots = waiting.setdefault(node.source, [None] * len(node.source.shape))
            slots[node.index] = grads[0] if slots[node.index] is None else slots[node.index] + grads[0]
        elif type(node) is not Leaf:
            for parent, part in zip(node.parents, grads, strict=False):
                if parent is not None and part is not None and type(parent) is not Leaf:
                    add(waiting, parent, part, None)

    def _mark(self) -> None:
        """Remember what waits now; with too little room every other mark goes, and from then on they stand twice as far apart."""
        if self.reached in self.marks:
            return
        self.marks[self.reached] = _copy(self.waiting)
        while len(self.marks) > 1 and sum(map(_held, self.marks.values())) > self.room // 2:
            self.every *= 2
            self.marks = {at: waiting for at, waiting in self.marks.items() if at % self.every == 0}

    def _make_room(self, least: int) -> bool:
        """Forget the oldest of the kept steps but for the newest `least`, until one more as large as the newest fits; whether it does."""
        sizes = {k: sum(map(_nbytes, (*came, *went))) for k, (came, went) in self.kept.items()}
        used = sum(sizes.values()) + next(reversed(sizes.values()), 0)
        for k, size in list(sizes.items())[: len(sizes) - least]:
            if used > self.room // 2:
                used -= size
                del self.kept[k]
        return used <= self.room // 2


def _copy(waiting: Waiting) -> Waiting:
    """The same arrays in containers of their own."""
    return {node: list(g) if type(g) is list else g for node, g in waiting.items()}


def _held(waiting: Waiting) -> int:
    return sum(sum(map(_nbytes, g)) if type(g) is list else _nbytes(g) for g in waiting.values())


def _nbytes(a: Any) -> int:
    return 0 if a is None else int(a.values.nbytes if type(a) is Region else a.nbytes)
