"""Fills in what a small graph of numbers did not keep: values from its leaves, gradients by its own rules. Imports engine and trace.

`loss.backward(); draw(loss)` then shows every number of a lecture's example without a recording. The replayed gradients are
shown only if they give the `.grad` of every leaf; no graph, tensor or random number is touched.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import fit
from ..op import Op, quiet
from ..plan import Plan
from .records import Record
from .stats import Kept
from .trace import Trace

RANDOM = {"dropout", "random"}


def replay(trace: Trace) -> None:
    """Complete the trace of a graph that was read, as far as its numbers are known."""
    values_again(trace)
    if len(trace.roots) != 1 or trace.events:
        return
    leaves = [(v, v.leaf()) for v in trace.values if v.leaf is not None]
    known = [(v, leaf.grad.array) for v, leaf in leaves if leaf is not None and leaf.grad is not None]
    if known and _backward(trace) and all(_agrees(trace, v.id, grad) for v, grad in known):
        return
    trace.forget_steps()


def values_again(trace: Trace) -> None:
    """Compute the values that were not kept from those that were, as far as they lead."""
    for record in trace.records:
        _forward(trace, record)


def _agrees(trace: Trace, value: int, grad: np.ndarray) -> bool:
    found = trace.gradient(value)
    return found is not None and bool(np.allclose(found, grad, rtol=1e-5, atol=1e-9, equal_nan=True))


def _arguments(trace: Trace, record: Record) -> list[Any] | None:
    """The value of every parameter of the op, None when one is not known."""
    op = record.op
    if not isinstance(op, Op) or op.variadic or len(record.inputs) != len(op.inputs):
        return None
    arrays: dict[str, Any] = {}
    for name, v in zip(op.inputs, record.inputs, strict=True):
        kept = None if v is None else trace.values[v].kept
        arrays[name] = None if kept is None else kept.array
        if arrays[name] is None and "None" not in op.annotations.get(name, ""):
            return None
    statics = dict(zip(op.static_names, record.statics, strict=True))
    return [arrays[p] if p in arrays else statics[p] for p in op.params]


@quiet
def _forward(trace: Trace, record: Record) -> None:
    out = trace.values[record.outputs[0]]
    if out.kept is not None or len(record.outputs) != 1 or record.family in RANDOM:
        return
    values = _arguments(trace, record)
    if values is None:
        return
    made = record.op.run(values)
    made = made[0] if isinstance(made, tuple) else made
    if np.shape(made) == out.shape:
        out.kept = Kept(np.array(made, out.dtype))


@quiet
def _backward(trace: Trace) -> bool:
    """Run the rules from the root; whether everything needed was known."""
    root = trace.values[trace.roots[0]]
    if root.maker is None or root.shape not in ((), (1,)):
        return False
    pending: dict[int, np.ndarray] = {root.id: np.ones(root.shape, root.dtype)}
    trace.passes = [0]
    for record in reversed(trace.records):
        g = pending.pop(record.outputs[0], None)
        if g is None:
            continue
        grads = _rules(trace, record, g)
        if grads is None:
            return False
        targets: list[int | None] = []
        given: list[np.ndarray | None] = []
        for v, part in zip(record.inputs, grads, strict=True):
            if part is None or v is None or trace.values[v].role == "input":
                targets.append(None)
                given.append(None)
                continue
            part = np.asarray(fit(part, trace.values[v]))
            targets.append(v)
            given.append(part)
            pending[v] = pending[v] + part if v in pending else part
        trace.log.steps += (record.id, g, tuple(targets), tuple(given), 0.0)
    return True


def _rules(trace: Trace, record: Record, g: np.ndarray) -> Any:
    """The contributions of one operation, None when what its rules need is not known."""
    plan, values = record.plan, _arguments(trace, record)
    if type(plan) is not Plan or values is None or len(record.outputs) != 1:
        return None
    saved: list[Any] = []
    for kind, at in plan.take:
        if kind == "output":
            kept = trace.values[record.outputs[0]].kept if at == 0 else None
            if kept is None or kept.array is None:
                return None
            saved.append(kept.array)
        else:
            value = values[at]
            saved.append(value if kind == "value" else np.shape(value) if kind == "shape" else np.asarray(value).dtype)
    if plan.vjp is not None:
        return plan.vjp(g, saved)
    if plan.joint is not None:
        rule, slots = plan.joint
        return rule(g, *[saved[i] for i in slots])
    return None
