"""What the drawings say about the values of a trace: sizes of gradients, statistics, names. Reads each thing once. Imports trace."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from .records import Record, Value
from .stats import Kept
from .trace import Trace


def rms_of(kept: Kept | None) -> float | None:
    """L2 / √n of what was kept: by one product where the values are at hand, else from the statistics."""
    if kept is None:
        return None
    if kept._rms is None:
        kept._rms = _rms(kept)
    return kept._rms


def _rms(kept: Kept) -> float:
    array = kept.array if kept.cheap else None
    if array is None or array.dtype.kind != "f" or not array.size:
        return kept.stats.rms
    flat = array.reshape(-1)
    with np.errstate(all="ignore"):
        square = float(np.dot(flat, flat))
    if math.isfinite(square) and square > 1e-30:
        return math.sqrt(square / flat.size)
    return kept.stats.rms  # NaN, infinity, or squares beyond the range of float32


class Facts:
    """Answers about a trace, cached for one drawing."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._rms: dict[int, float | None] = {}

    @cached_property
    def arrived(self) -> dict[int, list[tuple[int, int, Kept]]]:
        """value id -> the contributions to its gradient in the last backward pass that came to it, as (event id, slot, Kept)."""
        found: dict[int, list[tuple[int, int, Kept]]] = {}
        newest: dict[int, int] = {}
        for event in self.trace.events:
            for slot, part in enumerate(event.parts):
                if part is not None:
                    if newest.get(part[0]) != event.number:
                        newest[part[0]], found[part[0]] = event.number, []
                    found[part[0]].append((event.id, slot, part[2]))
        return found

    @cached_property
    def graded(self) -> bool:
        """Whether any gradient is known."""
        leaves = (v.leaf() for v in self.trace.values if v.leaf is not None)
        return bool(self.trace.events) or any(leaf is not None and leaf.grad is not None for leaf in leaves)

    @cached_property
    def event_of(self) -> dict[int, int]:
        """record id -> its event in the last backward pass that came to it."""
        return {event.record: event.id for event in self.trace.events}

    def gradient(self, value: Value) -> Kept | None:
        """The whole gradient of a value: as it flowed, as the sum of what arrived, or as .grad holds it."""
        if value.grad is not None:
            return value.grad
        parts = self.arrived.get(value.id)
        if parts:
            if len(parts) == 1:
                return parts[0][2]
            total = self.trace.gradient(value.id, parts[-1][0])
            if total is not None:
                return Kept(total, None)
        leaf: Any = value.leaf() if value.leaf is not None else None
        return Kept(leaf.grad.array, None) if leaf is not None and leaf.grad is not None else None

    def grad_rms(self, value: Value) -> float | None:
        """The size of a value's gradient, None where it is not known."""
        if value.id not in self._rms:
            self._rms[value.id] = rms_of(self.gradient(value))
        return self._rms[value.id]

    def out_rms(self, record: Record) -> float | None:
        """The size of the gradient that came to a record's output."""
        sizes = [s for v in record.outputs if (s := self.grad_rms(self.trace.values[v])) is not None]
        return max(sizes, key=lambda s: s if s == s else math.inf, default=None)

    def parts(self, record: Record) -> dict[int, Kept]:
        """slot -> what a record gave to the gradient of that input."""
        at = self.event_of.get(record.id)
        return {} if at is None else {slot: part[2] for slot, part in enumerate(self.trace.events[at].parts) if part is not None}

    def parameters(self, records: list[int]) -> list[Value]:
        """The leaves that these records read, each once, in order."""
        seen: dict[Any, Value] = {}
        for i in records:
            for v in self.trace.records[i].inputs:
                value = None if v is None else self.trace.values[v]
                if value is not None and value.role == "parameter":
                    seen.setdefault(id(value.leaf() or value) if value.leaf is not None else value.id, value)
        return list(seen.values())

    def piece_rms(self, records: list[int], shared: bool) -> float | None:
        """The size of the gradient in a part of the graph: of its last output, else of its own parameters."""
        if not self.graded:
            return None
        for i in reversed(records):
            size = self.out_rms(self.trace.records[i])
            if size is not None:
                return size
        if shared:
            return None
        total, count = 0.0, 0
        for value in self.parameters(records):
            size = self.grad_rms(value)
            if size is not None:
                n = math.prod(value.shape)
                total, count = total + size * size * n, count + n
        return math.sqrt(total / count) if count else None
