"""What a recording writes down while the program runs: flat columns, made into records, values and events when somebody looks.

Imports records. Numbers and arrays in one list cost the program a third of what objects cost: there is nothing to make, and little for the
garbage collector to walk over. Rows of an operation, a value and a backward step lie behind each other in one list each.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from .records import Event, Record, Value

OP, VALUE, STEP = 9, 2, 5  # columns


class Log:
    """The rows that nobody has looked at yet, and what few of them have beside them."""

    __slots__ = ("about_ops", "about_values", "changes", "counts", "ops", "renamed", "steps", "values")

    def __init__(self) -> None:
        # op, inputs, scope, mark, seconds, statics, node id, plan, outputs (a number, or several)
        self.ops: list[Any] = []
        # maker, what was kept: an array, or (shape, dtype, Kept)
        self.values: list[Any] = []
        # record, upstream, targets, given, seconds
        self.steps: list[Any] = []
        self.about_ops: dict[int, dict[str, Any]] = {}  # record -> attributes that few have
        self.about_values: dict[int, dict[str, Any]] = {}  # the same of values
        self.changes: dict[int, tuple[int, int]] = {}  # value -> (id of the last change in place that it has seen, their number)
        self.renamed: list[tuple[int, int]] = []  # (value, the one it came from)
        self.counts: tuple[int, dict[int, int]] = (-1, {})  # (a pass, value -> contributions that have arrived)

    def fresh(self) -> bool:
        """Whether there is something that nobody has looked at."""
        return bool(self.values or self.steps or self.ops)

    def settle(self, records: list[Record], values: list[Value], events: list[Event], passes: list[int]) -> None:
        """Make the rows objects, at the ends of these lists."""
        ops, made, steps = self.ops, self.values, self.steps
        self.ops, self.values, self.steps = [], [], []
        self._values(made, values)
        self._records(ops, records, values)
        self._events(steps, events, passes, records, values)

    def _values(self, rows: list[Any], values: list[Value]) -> None:
        for i in range(0, len(rows), VALUE):
            maker, kept = rows[i], rows[i + 1]
            number = len(values)
            if type(kept) is tuple:
                shape, dtype, kept = kept
            else:
                shape, dtype = kept.shape, kept.dtype
            value = Value(number, shape, dtype)
            value.maker, value._kept = maker, kept
            values.append(value)
        _set(values, self.about_values)
        for number, (_, version) in self.changes.items():
            if version:
                values[number].version = version
        for number, before in self.renamed:
            values[number].name = values[number].name or values[before].name
        self.renamed.clear()

    def _records(self, rows: list[Any], records: list[Record], values: list[Value]) -> None:
        for i in range(0, len(rows), OP):
            op, inputs, scope, mark, seconds, statics, node, plan, outputs = rows[i : i + OP]
            record = Record(len(records), op, inputs, scope, mark, statics)
            record.seconds = seconds
            if node:
                record.node, record.plan = node, plan
            record.outputs = outputs if type(outputs) is tuple else (outputs,)
            for slot, v in enumerate(record.outputs[1:], 1):
                values[v].slot = slot
            records.append(record)
        _set(records, self.about_ops)

    def _events(self, rows: list[Any], events: list[Event], passes: list[int], records: list[Record], values: list[Value]) -> None:
        last, counts = self.counts
        for i in range(0, len(rows), STEP):
            record, upstream, targets, given, seconds = rows[i : i + STEP]
            number = bisect_right(passes, len(events)) - 1
            if number != last:
                last, counts = number, {}
            orders = []
            for target in targets:
                orders.append(0 if target is None else counts.get(target, 0))
                if target is not None:
                    counts[target] = orders[-1] + 1
            if type(upstream) is not tuple:  # one output
                upstream = (upstream,)
            for v, g in zip(records[record].outputs, upstream, strict=False):
                values[v]._grad = g
            events.append(Event(len(events), number, record, upstream, targets, tuple(orders), given, seconds))
        self.counts = last, counts


def _set(rows: list[Any], about: dict[int, dict[str, Any]]) -> None:
    for number, attributes in about.items():
        for name, given in attributes.items():
            setattr(rows[number], name, given)
    about.clear()
