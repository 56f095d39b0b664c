"""`record`: the watch that fills a trace while a program runs. Imports graph, tensor, trace, tape.

It costs nothing while it is off. On, it keeps what it sees and leaves measuring and decoding to whoever looks: a small
operation takes 2 to 3 µs more.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable
from time import perf_counter
from typing import Any

import numpy as np

from ..frames import user_mark_within
from ..graph import Leaf, Node, Output, Region, Watch, thread
from ..tensor.base import Tensor
from .log import OP, STEP, VALUE
from .records import FULL, HEADER, Budget
from .stats import Kept
from .tape import adopt
from .trace import Trace, live

STILL = (0, 0)  # of what was never changed in place
PLAIN = frozenset([int, float, bool, str, type(None)])
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
        self._watch.sent.clear()
        node, self._watch.latest = self._watch.latest, None
        if node is not None:  # nobody need name the recording: it lives as long as the graph that it saw last
            weakref.finalize(node, _forget, self.trace).atexit = False


def _forget(trace: Trace) -> None:
    """The graph of a recording is gone, and with this call the last reference to what was recorded for it."""


class Recorder(Watch):
    """Writes into a trace's log what an op or a backward step did. What else watches goes on.

    Everything here runs beside the user's program at every operation: rows are flat, nothing is made that can be made later, and
    what is written out twice (`Budget.keep`, a look-up) saves a call of 0.1 µs.
    """

    def __init__(self, trace: Trace, inner: Any) -> None:
        self.trace = trace
        self.inner = inner
        self.context = thread.context
        self.last = perf_counter()
        self.latest: Node | None = None  # of the last operation in a graph
        self.sent: dict[int, tuple[Any, Kept]] = {}  # node id -> (a large gradient on its way there, its statistics)

    # the forward pass

    def forward(self, op: Any, bound: tuple[Any, ...], results: Any) -> None:
        """See Watch."""
        now = perf_counter()
        if self.inner is not None:
            self.inner.forward(op, bound, results)
        trace = self.trace
        log, by_source = trace.log, trace.by_source
        try:
            positions, fixed = op.positions, op.static_positions
        except AttributeError:  # the user's own function: any argument may be a tensor
            positions, fixed = range(len(bound)), ()
        inputs: list[int | None] = []
        others = False
        for at in positions:
            given = bound[at]
            if isinstance(given, Tensor):
                node = given._node
                found = None if node is None else by_source.get(node.id)
                if found is None or (type(node) is Leaf and (not given._counter or given._counter[0] or found in log.changes)):
                    found = self._input(given)
                inputs.append(found)
            else:
                others = True
                inputs += self._inputs(given)
        number = len(trace._records) + len(log.ops) // OP
        if type(results) is Tensor:
            outputs: Any = self._output(number, results, results.array)
            node = results._node
        else:
            made = [t for t in (results if isinstance(results, (tuple, list)) else (results,)) if isinstance(t, Tensor)]
            outputs = tuple([self._output(number, t, t.array) for t in made])
            node = next((t._node for t in made if t._node is not None), None)
        if type(node) is Output:
            node = node.source
        mark, inside = user_mark_within()
        plan, key = None, 0
        if node is not None and node.id not in trace.by_node and type(node) is not Leaf:
            key, plan = node.id, node.plan
            trace.by_node[key] = number
            self.latest = node
            if node.where is None:
                node.where = mark  # the line outlives the recording
        if inside or others:
            log.about_ops[number] = {"inside": inside, "numbers": _numbers(bound, positions)}
        statics = tuple([s if type(s) in PLAIN else _plain(s) for s in [bound[at] for at in fixed]]) if fixed else ()
        log.ops += (op, tuple(inputs), self.context.scope, mark, now - self.last, statics, key, plan, outputs)
        self.last = perf_counter()

    def _inputs(self, given: Any) -> list[int | None]:
        """The values in an argument that is no tensor: a sequence of them, a number, nothing."""
        if isinstance(given, (list, tuple)):
            return [self._input(t) if isinstance(t, Tensor) else None for t in given]
        return [None]

    def _input(self, t: Tensor) -> int:
        """The value that a tensor stands for now."""
        trace = self.trace
        node = t._node
        if node is not None and type(node) is not Leaf:
            if node.id not in trace.by_source:
                adopt(trace, [node])
            return trace.by_source[node.id]
        at = trace.place_of(t)
        if at is not None and trace.log.changes.get(at, STILL)[0] == (t._counter[0] if t._counter else 0):
            return at
        return self._from_outside(t, "input" if node is None else "parameter", at)

    def _from_outside(self, t: Tensor, role: str, before: int | None) -> int:
        """A leaf or data, seen for the first time or changed since."""
        number = self._output(None, t, t.array)
        log = self.trace.log
        log.about_values[number] = {"role": role} | ({"leaf": weakref.ref(t._node)} if type(t._node) is Leaf else {})
        if before is not None:
            log.renamed.append((number, before))
        return number

    def _output(self, record: int | None, t: Tensor, array: np.ndarray) -> int:
        """A row for what a tensor holds now, made by a record or from outside."""
        trace = self.trace
        budget, rows = trace.budget, trace.log.values
        number = len(trace._values) + len(rows) // VALUE
        used = budget.used + array.nbytes + HEADER
        if array.size <= FULL and used <= budget.limit:  # budget.keep, written out
            budget.used = used
            rows += (record, array.copy())
        else:
            rows += (record, (array.shape, array.dtype, budget.keep(array, True)))
        node, counter = t._node, t._counter
        if node is not None:
            trace.by_source[node.id] = number
        else:
            trace.by_tensor[id(t)] = weakref.ref(t), number
        if counter is not None and counter[0]:
            trace.log.changes[number] = counter[0], counter[1]
        if t._view is not None and record is not None:
            base = trace.place_of(t._view[0])
            if base is not None:
                trace.log.about_values[number] = {"alias": base}
        return number

    def moved(self, result: Tensor, x: Tensor) -> None:
        """See Watch: x stands for the value of the result now."""
        if self.inner is not None:
            self.inner.moved(result, x)
        trace = self.trace
        at = trace.place_of(result)
        if at is None:
            return
        if x._counter:
            trace.log.changes[at] = x._counter[0], x._counter[1]
        node = x._node
        if node is None:
            trace.by_tensor[id(x)] = weakref.ref(x), at
        elif node.id not in trace.by_source and type(node) is not Leaf:
            adopt(trace, [node])
            for t in (x, *((x._view[0],) if x._view is not None else ())):  # a part was changed: so was what it is a part of
                made = trace.value_of(t)
                if made is not None and made.kept is None:
                    made.kept = trace.budget.keep(t.array, True)
        elif type(node) is not Leaf:
            trace.by_source[node.id] = at

    # the backward pass

    def begin(self, roots: tuple[Any, ...]) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.begin(roots)
        trace = self.trace
        nodes = [node for node in (getattr(t, "_node", None) or getattr(t, "node", None) for t in roots) if node is not None]
        unknown = [n for n in nodes if n.id not in trace.by_source]
        if unknown:
            adopt(trace, unknown)
        trace.passes.append(len(trace._events) + len(trace.log.steps) // STEP)
        trace.roots = [trace.by_source[n.id] for n in nodes if n.id in trace.by_source]
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
        sent = self.sent.pop(node.id, None) if self.sent else None
        if sent is not None and sent[0] is g:  # measured when it was sent
            upstream: Any = sent[1]
        else:
            upstream = tuple([self._flowing(a) for a in g]) if type(g) in (list, tuple) else self._flowing(g)
        by_source = trace.by_source
        targets: list[int | None] = []
        given: list[Any] = []
        for parent, part in zip(node.parents, grads):  # noqa: B905  naming `strict` costs 0.1 µs
            target = None if part is None or parent is None else by_source.get(parent.id)
            targets.append(target)
            if target is None:
                given.append(None)
                continue
            flowing = self._flowing(part)
            given.append(flowing)
            if type(flowing) is Kept and type(parent) is Node:
                self.sent[parent.id] = part, flowing
        trace.log.steps += (at, upstream, tuple(targets), tuple(given), now - self.last)
        self.last = perf_counter()

    def _flowing(self, g: Any) -> Any:
        """A gradient on its way, as the array or a Kept. Nothing changes it any more (see trace.py), so that no copy is needed."""
        if g is None:
            return None
        if isinstance(g, Tensor):
            g = g.array
        budget = self.trace.budget
        array = g.values if type(g) is Region else g
        used = budget.used + array.nbytes + HEADER
        if used <= budget.limit and (array.size <= FULL or budget.wants(array.size)):
            budget.used = used
            return g
        return budget.keep(g.dense() if type(g) is Region else np.asarray(g), False)


def _numbers(bound: tuple[Any, ...], positions: Iterable[int]) -> tuple[Any, ...]:
    """What stood in the places of inputs where no tensor did, None where one did; up to the last number."""
    places: list[Any] = []
    for given in [bound[at] for at in positions]:
        many = isinstance(given, (list, tuple))
        places += [None] * len(given) if many else [None if isinstance(given, Tensor) else given]
    while places and places[-1] is None:
        places.pop()
    return tuple(places)


def _plain(value: Any) -> Any:
    """A static argument without the tensors that it may hold."""
    if isinstance(value, Tensor):
        return f"tensor{list(value.shape)}"
    if isinstance(value, (tuple, list)) and any(isinstance(v, Tensor) for v in value):
        return tuple(_plain(v) for v in value)
    return value
