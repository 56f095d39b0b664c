"""`record`: the watch that fills a trace while a program runs. Imports graph, tensor, trace, tape.

It costs nothing while it is off. On, it keeps what it sees and leaves measuring and decoding to whoever looks: a small
operation takes 2 to 3 µs more.
"""

from __future__ import annotations

import re
import weakref
from time import perf_counter
from typing import Any

import numpy as np

from ..graph import Leaf, Node, Output, Region, Watch, thread
from ..op import Op
from ..tensor.base import Tensor
from .records import FULL, Budget, Event, Record, Value
from .source import Known, site_here
from .stats import Kept
from .tape import adopt
from .trace import Trace, live

UNITS = {"": 1, "B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}


def bytes_of(budget: int | float | str) -> int:
    """256, "256MB" or "1.5 GB" as a number of bytes. ValueError for anything else."""
    if isinstance(budget, (int, float)) and not isinstance(budget, bool) and 0 <= budget < 2**60:
        return int(budget)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?B?)\s*", budget.upper()) if isinstance(budget, str) else None
    if found is None:
        raise ValueError(f'budget is a number of bytes or a text like "256MB": got {budget!r}')
    unit = found[2] if found[2] in UNITS else found[2] + "B"
    return int(float(found[1]) * UNITS[unit])


class record:  # noqa: N801  used as `with record() as trace`
    """While it is in force, every operation of this thread and every step of its backward passes goes into a `Trace`.

    Values of up to 4,096 elements are kept whole (up to 65,536 in the first half of the budget), larger ones as statistics, until
    `budget` (bytes, or a text like "256MB") is used up; then statistics only, and the drawings say so. `everything=True` keeps
    large values too, as long as they fit.
    Recordings nest: the outer one sees what the inner one sees. ValueError for a budget that is none.

    >>> with viz.record() as trace:
    ...     loss = criterion(model(x), y)
    ...     loss.backward()
    >>> viz.draw(trace, color="grad")
    """

    def __init__(self, budget: int | float | str = "256MB", everything: bool = False) -> None:
        self.trace = Trace(Budget(bytes_of(budget), everything))

    def __enter__(self) -> Trace:
        context = thread.context
        self._before = context.watch
        context.watch = self._watch = Recorder(self.trace, self._before)
        live.add(self.trace)
        return self.trace

    def __exit__(self, *error: object) -> None:
        context = thread.context
        if context.watch is self._watch:
            context.watch = self._before
        self._watch.known.clear()
        self._watch.sent.clear()


class Recorder(Watch):
    """Appends to a trace what an op or a backward step did. What else watches goes on."""

    def __init__(self, trace: Trace, inner: Any) -> None:
        self.trace = trace
        self.inner = inner
        self.known: Known = {}
        self.last = perf_counter()
        self.counts: dict[int, int] = {}
        self.sent: dict[int, tuple[Any, Kept]] = {}  # node id -> (a large gradient on its way there, its statistics)

    # the forward pass

    def forward(self, op: Any, bound: tuple[Any, ...], results: Any) -> None:
        """See Watch."""
        now = perf_counter()
        if self.inner is not None:
            self.inner.forward(op, bound, results)
        trace = self.trace
        inputs: list[int | None] = []
        numbers: list[Any] = []
        for at in op.positions if isinstance(op, Op) else range(len(bound)):
            given = bound[at]
            if isinstance(given, Tensor):
                inputs.append(self._input(given))
            elif isinstance(given, (list, tuple)):
                inputs += [self._input(t) if isinstance(t, Tensor) else None for t in given]
            else:
                inputs.append(None)
                if given is not None:
                    numbers += [None] * (len(inputs) - 1 - len(numbers)) + [given]
        statics = [bound[at] for at in op.static_positions] if isinstance(op, Op) and op.static_positions else ()
        records = trace.records
        site, inside = site_here(self.known)
        record = Record(len(records), op, tuple(inputs), thread.context.scope, site, tuple([_plain(s) for s in statics]) if statics else ())
        if numbers:
            record.numbers = tuple(numbers)
        if inside:
            record.inside = True
        records.append(record)
        if type(results) is Tensor:
            record.outputs = (self._output(record, 0, results),)
        else:
            made = results if isinstance(results, (tuple, list)) else (results,)
            record.outputs = tuple([self._output(record, slot, t) for slot, t in enumerate(made) if isinstance(t, Tensor)])
        record.seconds = now - self.last
        self.last = perf_counter()

    def _input(self, t: Tensor) -> int:
        """The value that a tensor stands for now."""
        trace = self.trace
        node = t._node
        if node is None:
            found = trace.by_tensor.get(id(t))
            if found is not None and found[0]() is t and trace.values[found[1]].stamp == (t._counter[0] if t._counter else 0):
                return found[1]
            return self._from_outside(t, "input", found[1] if found is not None and found[0]() is t else None)
        at = trace.by_source.get(node.id)
        if type(node) is not Leaf:
            if at is None:
                adopt(trace, [node])
                at = trace.by_source[node.id]
            return at
        if at is None or trace.values[at].stamp != (t._counter[0] if t._counter else 0):
            return self._from_outside(t, "parameter", at)
        return at

    def _from_outside(self, t: Tensor, role: str, before: int | None) -> int:
        """A leaf or data, seen for the first time or changed since."""
        trace, array = self.trace, t.array
        value = trace.add_value(None, 0, array.shape, array.dtype, role, trace.budget.keep(array, True))
        if t._counter:
            value.stamp, value.version = t._counter[0], t._counter[1]
        if type(t._node) is Leaf:
            value.leaf = weakref.ref(t._node)
        if before is not None:
            value.name = trace.values[before].name
        self._know(t, value)
        return value.id

    def _output(self, record: Record, slot: int, t: Tensor) -> int:
        trace, array, node = self.trace, t.array, t._node
        budget, values = trace.budget, trace.values
        number = len(values)
        value = Value(number, array.shape, array.dtype)
        value.maker = record.id
        if slot:
            value.slot = slot
        used = budget.used + array.nbytes + 128
        if array.size <= FULL and used <= budget.limit:  # budget.keep, written out: 0.3 µs on every operation
            budget.used = used
            value._kept = array.copy()
        else:
            value._kept = budget.keep(array, True)
        values.append(value)
        if t._counter:
            value.stamp = t._counter[0]
        if t._view is not None:
            base = trace.value_of(t._view[0])
            value.alias = None if base is None else base.id
        if node is None:
            trace.by_tensor[id(t)] = weakref.ref(t), number
            return number
        trace.by_source[node.id] = number
        inner = node.source if type(node) is Output else node
        if isinstance(inner, Node) and inner.id not in trace.by_node:
            trace.by_node[inner.id] = record.id
            record.node = inner.id
            record.plan = inner.plan
            inner.site = inner.site or record.site  # the line outlives the recording
        return number

    def _know(self, t: Tensor, value: Value) -> None:
        if t._node is None:
            self.trace.by_tensor[id(t)] = weakref.ref(t), value.id
        else:
            self.trace.by_source[t._node.id] = value.id

    def moved(self, result: Tensor, x: Tensor) -> None:
        """See Watch: x stands for the value of the result now."""
        if self.inner is not None:
            self.inner.moved(result, x)
        value = self.trace.value_of(result)
        if value is None:
            return
        if x._counter:
            value.stamp, value.version = x._counter[0], x._counter[1]
        node = x._node
        if node is not None and node.id not in self.trace.by_source and type(node) is not Leaf:
            adopt(self.trace, [node])
            for t in (x, *((x._view[0],) if x._view is not None else ())):  # a part was changed: so was what it is a part of
                made = self.trace.value_of(t)
                if made is not None and made.kept is None:
                    made.kept = self.trace.budget.keep(t.array, True)
        elif type(node) is not Leaf:
            self._know(x, value)

    # the backward pass

    def begin(self, roots: tuple[Any, ...]) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.begin(roots)
        trace = self.trace
        nodes = [node for node in (getattr(t, "_node", None) or getattr(t, "node", None) for t in roots) if node is not None]
        adopt(trace, [n for n in nodes if n.id not in trace.by_source])
        trace.passes.append(len(trace.events))
        trace.roots = [trace.by_source[n.id] for n in nodes if n.id in trace.by_source]
        self.counts = {}
        self.sent = {}
        self.last = perf_counter()

    def backward(self, node: Any, g: Any, grads: tuple[Any, ...]) -> None:
        """See Watch."""
        now = perf_counter()
        if self.inner is not None:
            self.inner.backward(node, g, grads)
        trace = self.trace
        at = trace.by_node.get(node.id)
        if at is None:
            adopt(trace, [node])
            at = trace.by_node[node.id]
        if not trace.passes:
            trace.passes.append(0)
        sent = self.sent.pop(node.id, None)
        if sent is not None and sent[0] is g:  # measured when it was sent
            upstream: tuple[Any, ...] = (sent[1],)
        else:
            upstream = tuple([self._flowing(a) for a in g]) if type(g) in (list, tuple) else (self._flowing(g),)
        values, counts, by_source = trace.values, self.counts, trace.by_source
        for v, kept in zip(trace.records[at].outputs, upstream, strict=False):
            values[v]._grad = kept
        targets: list[int | None] = []
        orders: list[int] = []
        given: list[Any] = []
        for parent, part in zip(node.parents, grads, strict=False):
            target = None if part is None or parent is None else by_source.get(parent.id)
            k = 0
            if target is not None:
                k = counts.get(target, 0)
                counts[target] = k + 1
            targets.append(target)
            orders.append(k)
            if target is None:
                given.append(None)
                continue
            flowing = self._flowing(part)
            given.append(flowing)
            if k:
                self.sent.pop(parent.id, None)  # a sum arrives, not this
            elif type(flowing) is Kept and type(parent) is Node:
                self.sent[parent.id] = part, flowing
        events = trace.events
        events.append(Event(len(events), len(trace.passes) - 1, at, upstream, tuple(targets), tuple(orders), tuple(given), now - self.last))
        self.last = perf_counter()

    def _flowing(self, g: Any) -> Any:
        """A gradient on its way, as the array or a Kept. Nothing changes it any more (see trace.py), so that no copy is needed."""
        if g is None:
            return None
        if isinstance(g, Tensor):
            g = g.array
        budget = self.trace.budget
        array = g.values if type(g) is Region else g
        used = budget.used + array.nbytes + 128
        if used <= budget.limit and budget.wants(array.size):
            budget.used = used
            return g
        return budget.keep(g.dense() if type(g) is Region else np.asarray(g), False)


def _plain(value: Any) -> Any:
    """A static argument without the tensors that it may hold."""
    if isinstance(value, Tensor):
        return f"tensor{list(value.shape)}"
    if isinstance(value, (tuple, list)) and any(isinstance(v, Tensor) for v in value):
        return tuple(_plain(v) for v in value)
    return value
