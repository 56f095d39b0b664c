"""Local derivatives of one operation, exact and for every op alike. Imports engine and Tensor.

A rule is linear in the gradient that comes to it, V(g) = Jᵀ g. So the derivative of one element of V(g) with respect to g is a
row of Jᵀ: all the numbers ∂out[j]/∂in[i] of that input element, from the op's own rule and one backward pass through it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import _contributions as contributions_of
from ..graph import thread
from ..tensor.base import Tensor, wrap
from ..tensor.gradient import grad
from .passes import Pass, dense

PROBES = 2048  # gradients of one element each that are tried where a rule cannot itself be differentiated


SUSPECTS = 64  # places of slope 0 under an infinite gradient, or of slope NaN, that are looked at one by one

Row = tuple[np.ndarray, np.ndarray]  # the slopes ∂out[j]/∂in[index], and which j the input element takes part in


def slopes(run: Pass, k: int, slot: int, index: tuple[int, ...]) -> list[Row | None] | None:
    """For each output of step k, ∂out[j]/∂in[index] for every j, and which of them count: those that are not 0, and those that are 0
    but meet an infinity or NaN. None where the step's contribution is no sum of such products."""
    step = run.steps[k - 1]
    came = [None if g is None else dense(g) for g in run.arrays(k)[0]]
    hooks, step.node.hooks = step.node.hooks, None  # the user's hooks see nothing of this
    try:
        with run.untouched(grad=True, only=step.node):
            step.node.hooks = None
            try:
                rows = _differentiated(step.node, came, slot, index)
            except (RuntimeError, TypeError, NotImplementedError, AttributeError, ValueError, IndexError):
                rows = _probed(step.node, came, slot, index)  # type: ignore[assignment]
            if rows is None:
                return None
            thread.context.grad = False
            given = step.record.inputs[slot]
            shape = () if given is None else tuple(run.trace.values[given].shape)
            return [None if row is None else _counted(step.node, came, o, row, slot, index, shape) for o, row in enumerate(rows)]
    finally:
        step.node.hooks = hooks


def _plain(array: np.ndarray, source: Any) -> Tensor:
    return wrap(array)


def _differentiated(node: Any, came: list[np.ndarray | None], slot: int, index: tuple[int, ...]) -> list[np.ndarray | None]:
    inputs = [None if g is None else wrap(np.array(g)).requires_grad_() for g in came]
    given: Any = inputs if _many(node) else inputs[0]
    part = contributions_of(node, given, _plain, True, None, thread.context)[slot]
    if not isinstance(part, Tensor) or not part.requires_grad:
        return [None if g is None else np.zeros(g.shape) for g in came]
    asked = [t for t in inputs if t is not None]
    rows = iter(grad(part[index] if index else part, asked, allow_unused=True))
    out: list[np.ndarray | None] = []
    for g in came:
        row = None if g is None else next(rows)
        out.append(None if g is None else np.zeros(g.shape) if row is None else np.asarray(row.array, np.float64))
    return out


def _counted(node: Any, came: list[Any], o: int, row: np.ndarray, slot: int, index: tuple[int, ...], shape: tuple[int, ...]) -> Row:
    """The row with the places that count. 0 · ∞ is NaN only where the element takes part: a gradient that is NaN there alone tells."""
    counts = row != 0
    suspects = np.isnan(row) | (~counts & ~np.isfinite(came[o]))
    if not suspects.any():
        return row, counts
    found = np.flatnonzero(suspects)
    counts = counts & ~suspects
    if getattr(node.plan, "pointwise", False) and len(shape) == len(index):
        own = np.zeros(shape, bool)
        own[index] = True
        counts |= suspects & np.broadcast_to(own, row.shape)
    else:
        for j in found[:SUSPECTS]:
            probe = [None if g is None else np.zeros_like(g) for g in came]
            probe[o].reshape(-1)[j] = np.nan  # type: ignore[union-attr]
            part = contributions_of(node, probe if _many(node) else probe[0], None, True, None, thread.context)[slot]
            counts.reshape(-1)[j] = part is not None and bool(np.isnan(dense(part)[index]))
    return np.where(suspects & ~counts, 0.0, row), counts


def _probed(node: Any, came: list[np.ndarray | None], slot: int, index: tuple[int, ...]) -> list[np.ndarray | None] | None:
    """The same numbers from gradients that are 1 in one place: for rules that cannot be differentiated, of few outputs."""
    if sum(0 if g is None else g.size for g in came) > PROBES or any(g is not None and g.dtype.kind != "f" for g in came):
        return None
    thread.context.grad = False
    out: list[np.ndarray | None] = []
    for o, g in enumerate(came):
        if g is None:
            out.append(None)
            continue
        row = np.zeros(g.shape)
        for j in np.ndindex(g.shape):
            probe = [None if other is None else np.zeros_like(other) for other in came]
            probe[o][j] = 1  # type: ignore[index]
            part = contributions_of(node, probe if _many(node) else probe[0], None, True, None, thread.context)[slot]
            row[j] = 0.0 if part is None else dense(part)[index]
        out.append(row)
    return out


def _many(node: Any) -> bool:
    """Whether a node has several outputs, whose gradients come as a list."""
    return bool(node.shape) and isinstance(node.shape[0], tuple)
