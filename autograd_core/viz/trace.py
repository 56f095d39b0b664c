"""The recording that feeds every view: what ran, on what, and what flowed back. Imports records, tape and Tensor.

    with viz.record() as trace:         a live recording: values, source lines, times, every step of backward()
        loss = model(x).sum()
        loss.backward()
    trace = Trace.of(loss)              structure only, read from a graph that exists already; gradients from .grad

    trace.records[i]   Record   an operation, in program order; `id` is its place in the list
    trace.values[i]    Value    a tensor that an operation read or made; `id` is its place in the list
    trace.events[k]    Event    one step of a backward pass, in the order in which the engine ran it
    trace.passes       list     the index of the first event of each backward pass
    trace.roots        list     ids of the values that backward passes started from, or that were read with `Trace.of`
    trace.record_of(node), trace.value_of(tensor)   look-up by graph node and by tensor; None when unknown
    trace.arrivals(value, at=None)   [(event id, slot, Kept)]: every contribution to a gradient in order, up to an event
    trace.gradient(value, at=None)   its sum as an array after event `at`: first + second + ..., as the engine adds; None if dropped
    trace.budget       Budget   bytes kept so far, and how many values were kept as statistics only
    trace.to_json()    dict     everything but the arrays; `schema` is its version

Edges: `Record.inputs` are value ids and `Value.maker` is the record that made the value, None for what came from outside.
A record of several outputs has several `outputs`; only their `slot` differs.

Cotangents are immutable. The engine adds in place only into a sum of its own, before it is handed on; what an event holds
is the array that flowed, and `accumulate` copies a gradient that somebody else holds. An event is therefore an undo record of
references: the state before it is the state after it minus its contributions, exact to the bit, whichever way time runs.
A `Kept` whose values did not fit the budget has `array` None, and `stats` always.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..tensor.base import Tensor, node_of
from .log import Log
from .records import Budget, Event, Record, Value
from .stats import Kept
from .tape import adopt

SCHEMA = 1

live: weakref.WeakSet[Trace] = weakref.WeakSet()  # recordings that still exist, so that draw(loss) finds the values of its graph


class Trace:
    """A recorded computation; the module's docstring is its interface."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.log = Log()  # what nobody has looked at yet
        self._whose: Trace | None = None  # the trace that the log belongs to, if another one
        self._records: list[Record] = []
        self._values: list[Value] = []
        self._events: list[Event] = []
        self.passes: list[int] = []
        self.roots: list[int] = []
        self.budget = budget or Budget(0)
        self.recorded = budget is not None  # a live recording, not the structure of a graph
        self.by_node: dict[int, int] = {}  # graph node id -> record id
        self.by_source: dict[int, int] = {}  # id of a Node, Output or Leaf -> id of the newest value that it stands for
        self.by_tensor: dict[int, tuple[weakref.ref[Any], int]] = {}  # id of a tensor without a node -> (the tensor, value id)

    @property
    def records(self) -> list[Record]:
        """The operations, in program order."""
        if self.log.fresh():
            self._settle()
        return self._records

    @property
    def values(self) -> list[Value]:
        """The tensors that they read and made."""
        if self.log.fresh():
            self._settle()
        return self._values

    @property
    def events(self) -> list[Event]:
        """The steps of backward passes, in the engine's order."""
        if self.log.fresh():
            self._settle()
        return self._events

    def _settle(self) -> None:
        whose = self._whose or self
        self.log.settle(whose._records, whose._values, whose._events, whose.passes)

    def forget_steps(self) -> None:
        """As if no backward pass had run."""
        self._settle()
        self._events.clear()
        self.passes = []
        for value in self._values:
            value.grad = None

    def beside(self) -> Trace:
        """A trace of the same operations and values, for other backward steps."""
        other = Trace()
        other._whose = self._whose or self
        for name in ("log", "_records", "_values", "by_node", "by_source", "by_tensor", "recorded", "budget"):
            setattr(other, name, getattr(self, name))
        return other

    @staticmethod
    def of(tensors: Tensor | Sequence[Tensor]) -> Trace:
        """What a graph that exists says of itself: structure, saved values, the gradients of its leaves. TypeError for what is no tensor."""
        roots: list[Any] = [tensors] if not isinstance(tensors, (list, tuple)) else list(tensors)
        for t in roots:
            if not isinstance(t, Tensor):
                raise TypeError(f"a graph is read from Tensors: got {type(t).__name__}")
        trace = Trace()
        nodes = [node for node in map(node_of, roots) if node is not None]
        adopt(trace, nodes)
        trace.roots = [trace.by_source[node.id] for node in nodes]
        for t, at in zip([t for t in roots if t._node is not None], trace.roots, strict=True):
            trace.values[at].kept = Kept(t.array, None)
            if t._cell is not None and t._cell.grad is not None:
                trace.values[at].grad = Kept(t._cell.grad.array, None)
        return trace

    def add_value(self, maker: int | None, slot: int, shape: tuple[int, ...], dtype: np.dtype, role: str, kept: Kept | None = None) -> Value:
        """A new value at the end of the list."""
        value = Value(len(self.values), shape, dtype)
        value.maker, value.slot, value.role, value.kept = maker, slot, role, kept
        self.values.append(value)
        return value

    def record_of(self, node: Any) -> Record | None:
        """The record of a graph node (or of the node that made an Output)."""
        at = self.by_node.get(getattr(node, "source", node).id)
        return None if at is None else self.records[at]

    def value_of(self, tensor: Any) -> Value | None:
        """What is known about a tensor, None if no operation here touched it."""
        at = self.place_of(tensor)
        return None if at is None else self.values[at]

    def place_of(self, tensor: Any) -> int | None:
        """The id of that value."""
        node = tensor._node
        if node is not None:
            return self.by_source.get(node.id)
        found = self.by_tensor.get(id(tensor))
        return found[1] if found is not None and found[0]() is tensor else None

    def arrivals(self, value: int, at: int | None = None) -> list[tuple[int, int, Kept]]:
        """Every contribution to the gradient of a value in the pass of event `at` (the last pass), as (event id, slot, Kept), up to `at`."""
        if not self.events:
            return []
        stop = len(self.events) - 1 if at is None else at
        start = self.passes[self.events[stop].number]
        return [
            (event.id, slot, part[2])
            for event in self.events[start : stop + 1]
            for slot, part in enumerate(event.parts)
            if part is not None and part[0] == value
        ]

    def gradient(self, value: int, at: int | None = None) -> np.ndarray | None:
        """The sum of those contributions, added in the engine's order. None if there is none, or if one was kept as statistics only."""
        total: np.ndarray | None = None
        for _, _, kept in self.arrivals(value, at):
            if kept.array is None:
                return None
            total = kept.array if total is None else np.asarray(total + kept.array)
        return total

    def ancestors(self, values: Iterable[int]) -> list[int]:
        """The ids of the records that lead to these values, in program order."""
        wanted: set[int] = set()
        stack = [self.values[v].maker for v in values]
        while stack:
            at = stack.pop()
            if at is None or at in wanted:
                continue
            wanted.add(at)
            stack += [self.values[v].maker for v in self.records[at].inputs if v is not None]
        return sorted(wanted)

    def to_json(self) -> dict[str, Any]:
        """Everything but the arrays, as plain data."""
        return {
            "schema": SCHEMA,
            "records": [
                {
                    "id": r.id, "op": r.name, "family": r.family, "path": r.path, "inputs": list(r.inputs), "outputs": list(r.outputs),
                    "line": list(r.line or ()), "arguments": {k: repr(v)[:80] for k, v in r.arguments.items()}, "saved": list(r.saved),
                }
                for r in self.records
            ],
            "values": [
                {
                    "id": v.id, "maker": v.maker, "slot": v.slot, "shape": list(v.shape), "dtype": str(v.dtype), "role": v.role,
                    "name": v.name, "version": v.version, "stats": None if v.kept is None else v.kept.stats.to_json(),
                    "grad": None if v.grad is None else v.grad.stats.to_json(),
                }
                for v in self.values
            ],
            "events": [
                {"id": e.id, "pass": e.number, "record": e.record, "parts": [None if p is None else [p[0], p[1], p[2].stats.rms] for p in e.parts]}
                for e in self.events
            ],
            "budget": str(self.budget) if self.recorded else "",
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<trace of {len(self.records)} operations, {len(self.values)} values, {len(self.events)} backward steps>"


def names_of(trace: Trace, pairs: Sequence[tuple[str, Any]]) -> None:
    """Give values the user's names for their tensors; the first name wins."""
    for name, tensor in pairs:
        value = trace.value_of(tensor)
        if value is not None and not value.name:
            value.name = name
