"""What a user means by a place or a tensor of a pass: numbers, names, nodes, tensors. Errors say what there is. Imports passes."""

from __future__ import annotations

import difflib
from typing import Any

from ..graph import Leaf, Node, Output
from ..tensor.base import Tensor
from .breaks import paths_of
from .passes import Pass


def step_for(run: Pass, where: Any) -> int:
    """The number of a step, 0 for the seed. IndexError or ValueError for what there is not."""
    n = len(run.steps)
    if isinstance(where, str):
        return _named(run, where)
    if isinstance(where, (Node, Output)):
        source = where.source if isinstance(where, Output) else where
        at = run.trace.by_node.get(source.id)
        if at is None or at not in run.step_of:
            raise ValueError(f"{where!r} takes no part in this backward pass: it lies on no way from the loss to a leaf")
        return run.step_of[at]
    if isinstance(where, (Tensor, Leaf)):
        return _complete(run, value_for(run, where))
    if not hasattr(where, "__index__") or isinstance(where, bool):
        raise TypeError(f'a place is a step number, "start", "end", a name, a node or a tensor: got {type(where).__name__}')
    k = int(where)
    if not -n - 1 <= k <= n:
        raise IndexError(f"there is no step {k}: this pass has {n}, and 0 is the seed")
    return k + n + 1 if k < 0 else k


def _named(run: Pass, name: str) -> int:
    if name in ("start", "end"):
        return 0 if name == "start" else len(run.steps)
    for value in run.trace.values:
        if value.name == name and value.id in run.arrivals:
            return _complete(run, value.id)
    for step in run.steps:
        if name in paths_of(step):
            return step.k
    known = sorted({v.name for v in run.trace.values if v.name and v.id in run.arrivals} | {p for s in run.steps for p in paths_of(s) if p})
    near = difflib.get_close_matches(name, known, 3, 0.4) or known[:8]
    raise ValueError(f'no parameter or module of this pass is called {name!r}: there are {", ".join(near) or "no names"}; or "start", "end"')


def _complete(run: Pass, value: int) -> int:
    """The step after which a gradient is complete."""
    arrived = run.arrivals.get(value)
    return arrived[-1][0] if arrived else 0


def value_for(run: Pass, t: Any) -> int:
    """The value in the trace that a tensor, a leaf or a name stands for. ValueError where no gradient of this pass reaches it."""
    trace = run.trace
    if isinstance(t, str):
        found = [v.id for v in trace.values if v.name == t and v.id in run.arrivals]
        if found:
            return found[-1]
        known = sorted({v.name for v in trace.values if v.name and v.id in run.arrivals})
        near = difflib.get_close_matches(t, known, 3, 0.4) or known[:8]
        raise ValueError(f"no tensor in this pass is called {t!r}: there are {', '.join(near) or 'no names: give params='}")
    if isinstance(t, (Leaf, Node, Output)):
        at = trace.by_source.get(t.id)
    elif isinstance(t, Tensor):
        at = None if t._node is None else trace.by_source.get(t._node.id)
    elif isinstance(t, int) and not isinstance(t, bool) and 0 <= t < len(trace.values):
        at = t
    else:
        raise TypeError(f"gradients are those of tensors: give a Tensor or a parameter's name, not {type(t).__name__}")
    if at is None or (at not in run.arrivals and run.seed(at) is None):
        why = "it does not require grad" if isinstance(t, Tensor) and not t.requires_grad else "the loss does not depend on it"
        raise ValueError(f"no gradient of this pass reaches this tensor: {why}, or it was detached on the way")
    return at
