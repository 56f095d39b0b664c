"""One backward pass, recorded from the engine's own walk: every gradient that flowed, step by step. Imports engine, graph, records, rewalk.

It changes nothing: no `.grad`, no hook of a tensor that retains its gradient, no saved value, no random number. Gradients are never added
in place here, so that a step is an undo record of references; what does not fit the budget is computed again by another walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..engine import FREED, order_of, walk
from ..graph import Hooks, Leaf, Output, Region, thread
from .records import HEADER, Budget, Record
from .rewalk import Again, Arrays
from .stats import Kept, Stats
from .trace import Trace

Part = tuple[int, int, Kept]  # (value id, which contribution to its gradient it is, what flowed)


class Step:
    """The rule of one operation ran: the gradients of its outputs came, contributions to those of its inputs went on.

    `k` counts from 1. `done` are the leaves whose gradient is complete after it, as (value id, gradient).
    """

    __slots__ = ("done", "k", "node", "parts", "record", "upstream")

    def __init__(self, k: int, node: Any, record: Record, upstream: tuple[Kept | None, ...], parts: tuple[Part | None, ...]) -> None:
        self.k = k
        self.node = node
        self.record = record
        self.upstream = upstream
        self.parts = parts
        self.done: list[tuple[int, Kept]] = []


class Pass:
    """All steps of the backward pass from some seeds. `changes` replaces the gradients that come to a node (what if)."""

    def __init__(self, trace: Trace, seeds: list[tuple[Any, Any]], budget: int, changes: dict[Any, Any] | None = None) -> None:
        self.trace = trace
        self.seeds = seeds
        self.changes = changes or {}
        self.budget = Budget(budget - budget // 4, everything=True)
        self.room = budget // 4  # for what is computed again
        self.steps: list[Step] = []
        self.arrivals: dict[int, list[tuple[int, int]]] = {}  # value id -> (k, slot) of every contribution
        self.step_of: dict[int, int] = {}  # record id -> k
        self.finished: dict[int, tuple[int, Kept]] = {}  # leaf's value id -> (k, its gradient)
        self._known: dict[int, Kept] = {}
        order, ending, _ = order_of([node for node, _ in seeds])
        self.order = order
        self.leaves = [leaf for leaves in ending.values() for leaf in leaves]
        self.saved = [(node, node.saved) for node in order if type(node) is not Output]
        for node, saved in self.saved:
            if saved is None:
                raise RuntimeError(FREED.format(name=node.name(), shape=tuple(node.shape)) + " A stepper wants the graph whole: make it first.")
        self._saved_by = dict(self.saved)
        self._again = Again(seeds, len(order), self.room)
        self._record()

    # the walk

    @contextmanager
    def untouched(self, grad: bool = False, only: Any = None) -> Iterator[None]:
        """The graph, or `only` one node, as it was when the pass was recorded, nobody watching; all as before afterwards."""
        context = thread.context
        before = context.grad, context.watch, context.scope
        then = self.saved if only is None else [(only, self._saved_by[only])]
        now = [(node, node.saved) for node, _ in then]
        every = (*self.order, *self.leaves) if only is None else (only,)
        hooked = [(n, n.hooks) for n in every if n.hooks is not None or n in self.changes]
        context.grad, context.watch = grad, None
        for node, saved in then:
            node.saved = saved
        for node, hooks in hooked:
            node.hooks = self._hooks(node, hooks)
        try:
            with np.errstate(all="ignore"):
                yield
        finally:
            for node, hooks in hooked:
                node.hooks = hooks
            for node, saved in now:
                node.saved = saved
            context.grad, context.watch, context.scope = before

    def _hooks(self, node: Any, hooks: Hooks | None) -> Hooks:
        """A node's hooks without the one that writes a .grad, and with the change that is tried out."""
        own = Hooks()
        if hooks is not None:
            own.value, own.before, own.after = dict(hooks.value), dict(hooks.before), dict(hooks.after)
        if node in self.changes:
            given = self.changes[node]
            own.value[0] = lambda g: given
        return own

    def _walk(self) -> Iterator[tuple[Any, Any, Any]]:
        return walk(list(self.seeds), keep=True, pure=True, ends=False)

    def _record(self) -> None:
        counts: dict[int, int] = {}
        with self.untouched():
            for node, g, grads in self._walk():
                if type(node) is not Leaf and type(node) is not Output:
                    self._step(node, g, grads, counts)
                elif type(node) is Leaf and self.steps:
                    value = self._value(node)
                    if value is not None:
                        kept = self._keep(g)
                        self.steps[-1].done.append((value, kept))
                        self.finished[value] = len(self.steps), kept

    def _step(self, node: Any, g: Any, grads: Any, counts: dict[int, int]) -> None:
        trace = self.trace
        record = trace.records[trace.by_node[node.id]]
        k = len(self.steps) + 1
        parts: list[Part | None] = []
        for slot, (parent, part) in enumerate(zip(node.parents, grads, strict=False)):
            value = None if part is None or parent is None else self._value(parent)
            if value is None:
                parts.append(None)
                continue
            parts.append((value, counts.get(value, 0), self._keep(part)))
            counts[value] = counts.get(value, 0) + 1
            self.arrivals.setdefault(value, []).append((k, slot))
        upstream = tuple([None if a is None else self._keep(a) for a in (g if type(g) is list else [g])])
        self.steps.append(Step(k, node, record, upstream, tuple(parts)))
        self.step_of[record.id] = k

    def _value(self, source: Any) -> int | None:
        return self.trace.by_source.get(source.id)

    def _keep(self, a: Any) -> Kept:
        """The values while the budget lasts, then statistics. One array is kept once however often it flows."""
        known = self._known.get(id(a))
        if known is not None:
            return known
        held = a.values if type(a) is Region else a
        budget = self.budget
        if budget.used + held.nbytes + HEADER > budget.limit:
            budget.dropped += 1
            return Kept(None, Stats.of(a.dense() if type(a) is Region else a))
        budget.used += held.nbytes + HEADER
        kept = self._known[id(a)] = Kept(a, None)
        return kept

    # the arrays

    def arrays(self, k: int) -> Arrays:
        """What came and what went on in step k, computed again where it was not kept."""
        step = self.steps[k - 1]
        every = [kept for kept in (*step.upstream, *[p[2] for p in step.parts if p]) if kept is not None]
        if all(kept.raw is not None for kept in every):
            return [kept and kept.raw for kept in step.upstream], [p and p[2].raw for p in step.parts]
        return self._again.arrays(self, k)

    def gradient(self, value: int, k: int) -> np.ndarray | None:
        """The gradient of a value after k steps: what has arrived of it, added in the engine's order. None before anything has."""
        whole = self.finished.get(value)
        if whole is not None and whole[0] <= k and whole[1].array is not None:
            return whole[1].array
        maker = self.trace.values[value].maker
        ran = None if maker is None else self.step_of.get(maker)
        if ran is not None and ran <= k:
            slot = self.trace.values[value].slot
            came = self.arrays(ran)[0]
            return None if slot >= len(came) or came[slot] is None else dense(came[slot])
        total: Any = self.seed(value)
        for at, slot in self.arrivals.get(value, ()):
            if at > k:
                break
            part = self.arrays(at)[1][slot]
            total = part if total is None else added(total, part)
        return None if total is None else dense(total)

    def seed(self, value: int) -> Any:
        """What the pass starts with at a value, None elsewhere."""
        for node, g in self.seeds:
            if self._value(node) == value:
                return g
        return None


def dense(a: Any) -> np.ndarray:
    """A gradient as an ordinary array."""
    return a.dense() if type(a) is Region else np.asarray(a)


def added(have: Any, part: Any) -> Any:
    """have + part, as the engine adds: a gradient of a few elements into a whole one, one at a time."""
    if type(part) is Region:
        total = have.dense() if type(have) is Region else np.array(have)
        part.add_into(total)
        return total
    return dense(have) + part
