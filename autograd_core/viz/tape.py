"""Reads a graph that exists already into a trace: structure, what its nodes saved, leaves with their gradients. Changes nothing.

Imports graph and records; the trace itself is handed in.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..graph import Leaf, Node, Output
from ..plan import Plan
from .records import Record
from .stats import Kept


def adopt(trace: Any, nodes: Iterable[Any]) -> None:
    """Add to a trace what it does not know of the graph above these nodes, in program order."""
    fresh = _unknown(trace, nodes)
    for node in fresh:
        if type(node) is Leaf:
            _leaf(trace, node)
        elif type(node) is Output:
            _output(trace, node)
        else:
            _record(trace, node)


def _unknown(trace: Any, nodes: Iterable[Any]) -> list[Any]:
    """What is not in the trace yet, ascending in id. Stops where the trace knows the graph."""
    seen: set[int] = set()
    stack, found = list(nodes), []
    while stack:
        node = stack.pop()
        if node is None or node.id in seen or node.id in trace.by_source:
            continue
        seen.add(node.id)
        found.append(node)
        stack += node.parents
    found.sort(key=lambda n: n.id)
    return found


def _leaf(trace: Any, leaf: Leaf) -> int:
    tensor = leaf.tensor()
    value = trace.add_value(None, 0, leaf.shape, leaf.dtype, "parameter")
    value.leaf = weakref.ref(leaf)
    if tensor is not None:
        value.kept = trace.budget.keep(tensor.array, True) if trace.recorded else Kept(tensor.array, None)
        if tensor._counter and tensor._counter[0]:
            trace.log.changes[value.id] = tensor._counter[0], tensor._counter[1]
    trace.by_source[leaf.id] = value.id
    return int(value.id)


def _record(trace: Any, node: Node) -> None:
    saved = _saved(node)
    inputs: list[int | None] = []
    for at, parent in enumerate(node.parents):
        if parent is not None:
            inputs.append(trace.by_source[parent.id] if parent.id in trace.by_source else _late(trace, parent))
            _fill(trace, inputs[-1], saved.get(("input", at)))
        else:
            inputs.append(_data(trace, saved.get(("input", at))))
    record = Record(len(trace.records), node.op, tuple(inputs), node.scope, node.where, node.statics)
    record.node = node.id
    record.plan = node.plan
    record.freed = node.saved is None
    trace.records.append(record)
    trace.by_node[node.id] = record.id
    many = bool(node.shape) and isinstance(node.shape[0], tuple)
    shapes: Any = node.shape if many else (node.shape,)
    kinds: Any = node.dtype if many else (node.dtype,)
    outputs = []
    for slot, (shape, kind) in enumerate(zip(shapes, kinds, strict=True)):
        value = trace.add_value(record.id, slot, tuple(shape), kind, "op")
        _fill(trace, value.id, saved.get(("output", slot)))
        outputs.append(value.id)
    record.outputs = tuple(outputs)
    if record.view and inputs and inputs[0] is not None:
        trace.values[outputs[0]].alias = inputs[0]
    trace.by_source[node.id] = outputs[0]


def _output(trace: Any, node: Output) -> None:
    """One of several outputs: its maker has a lower id, hence stands in the trace already."""
    record = trace.records[trace.by_node[node.source.id]]
    trace.by_source[node.id] = record.outputs[node.index]


def _late(trace: Any, parent: Any) -> int:
    """A parent whose id is higher than its user's: an Output or Leaf that was made anew."""
    if type(parent) is Leaf:
        return _leaf(trace, parent)
    if type(parent) is Output and parent.source.id in trace.by_node:
        _output(trace, parent)
        return int(trace.by_source[parent.id])
    value = trace.add_value(None, 0, parent.shape, parent.dtype, "input")
    trace.by_source[parent.id] = value.id
    return int(value.id)


def _saved(node: Node) -> dict[tuple[str, int], np.ndarray]:
    """("input" or "output", place) -> the array that a node saved, if nothing changed it since."""
    plan, saved = node.plan, node.saved
    if type(plan) is not Plan or type(saved) is not tuple:
        return {}
    found: dict[tuple[str, int], np.ndarray] = {}
    for i, (value, owner) in enumerate(zip(saved, plan.owners, strict=False)):
        guard = node.guards[i] if i < len(node.guards) else None
        if isinstance(value, np.ndarray) and (guard is None or guard[0] <= node.id):
            found[owner] = value
    return found


def _fill(trace: Any, value: int | None, array: np.ndarray | None) -> None:
    """What a value holds, learnt from a node that saved it."""
    if value is None or array is None:
        return
    known = trace.values[value]
    if known.kept is None and known.shape == array.shape:
        known.kept = trace.budget.keep(array, True) if trace.recorded else Kept(array, None)


def _data(trace: Any, array: np.ndarray | None) -> int | None:
    """An input without history, known because it was saved: one value for one array."""
    if array is None:
        return None
    key = -id(array)  # the node holds the array while the trace is read
    at = trace.by_source.get(key)
    if at is None:
        kept = trace.budget.keep(array, True) if trace.recorded else Kept(array, None)
        at = trace.by_source[key] = trace.add_value(None, 0, array.shape, array.dtype, "input", kept).id
    return int(at)
