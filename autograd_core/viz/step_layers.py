"""The layers of a network in their order, each with the sizes that say how well a gradient travels through it. Imports passes and facts."""

from __future__ import annotations

import math
from typing import Any

from .facts import rms_of
from .passes import Pass, Step
from .readings import step_word
from .records import Value
from .stats import Kept
from .step_table import Table, columns, rounded

MOST = 240  # layers that are drawn: of more some, evenly


def page_layers(run: Pass, texts: Table) -> list[list[Any]]:
    """Columns of [name, step, activation, gradient of it, gradients of its parameters, its parameters]; sizes are L2/√n, null where unknown."""
    rows = []
    for steps in _units(run):
        last = min(steps, key=lambda s: s.k)  # backward begins at what the layer handed on
        name = getattr(last.record.scope, "path", "") or getattr(getattr(last.record.scope, "kind", None), "__name__", "") or step_word(last)
        grads, weights = [], []
        for value in _leaves(run, steps):
            known = run.finished.get(value.id)
            if known is not None and value.kept is not None:
                grads.append((rms_of(known[1]), known[1].size))
                weights.append((rms_of(value.kept), known[1].size))
        out = [kept for v in last.record.outputs if (kept := run.trace.values[v].kept) is not None]
        came = [kept for kept in last.upstream if kept is not None]
        rows.append([texts.at(str(name)), last.k, _size(out), _size(came), _joint(grads), _joint(weights)])
    return columns(rows)


def _units(run: Pass) -> list[list[Step]]:
    """The steps of each layer, layers in the order in which they ran: innermost module calls, else operations that read parameters."""
    steps = sorted(run.steps, key=lambda s: s.record.id)
    if all(s.record.scope is None for s in steps):
        with_leaves = [[s] for s in steps if any(v is not None and run.trace.values[v].role == "parameter" for v in s.record.inputs)]
        return with_leaves[:: max(-(-len(with_leaves) // MOST), 1)]
    calls: dict[int, list[Step]] = {}
    for step in steps:
        if getattr(step.record.scope, "outer", None) is not None:  # what the outermost module does between its parts is no layer
            calls.setdefault(id(step.record.scope), []).append(step)
    units = list(calls.values()) or [[s] for s in steps]
    return units[:: -(-len(units) // MOST)]


def _leaves(run: Pass, steps: list[Step]) -> list[Value]:
    values = run.trace.values
    return [values[v] for v in dict.fromkeys(v for s in steps for v in s.record.inputs if v is not None) if values[v].role == "parameter"]


def _size(kepts: list[Kept]) -> float | str | None:
    sizes = [size for kept in kepts if (size := rms_of(kept)) is not None]
    return _plain(max(sizes)) if sizes else None


def _joint(parts: list[tuple[float | None, int]]) -> float | str | None:
    """The size of several tensors as if they were one."""
    known = [(size, n) for size, n in parts if size is not None]
    return _plain(math.sqrt(sum(s * s * n for s, n in known) / max(sum(n for _, n in known), 1))) if known else None


def _plain(x: float) -> float | str:
    return rounded(x, 4)
