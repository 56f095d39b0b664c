"""Finds what repeats: equal siblings, be they modules or operations, become one run. Imports tree and trace.

Two pieces are equal when their operations, arguments, shapes and the wiring among them are (a Merkle hash of each module
call); a run is a stretch of siblings that repeats with some period, like Block, Block, Block or matmul, add, tanh, matmul,
add, tanh. Linear in the number of operations for each period that is tried.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .trace import Trace
from .tree import Group

PERIODS = 64  # the longest period that is looked for
LEAST = 3  # pieces
BARE = 4  # items that a run must cover, so that two equal neighbours stay as they are
MANY = 8  # pieces from which on side by side is a run too: fewer, like query, key and value, are drawn each
MOVING = {"shape", "views", "pad", "join"}  # their arguments differ from step to step where their results do not


def fold(trace: Trace, root: Group) -> None:
    """Replace every stretch of equal siblings in the tree by a run."""
    kinds = _Kinds(trace)
    order = list(root.inside())
    for group in reversed(order):  # children before parents
        _fold_group(trace, group, kinds)
        for item in group.items:
            if isinstance(item, Group) and item.is_run:
                kinds.close(item)
        kinds.close(group)


class _Kinds:
    """Numbers for what is equal: the same number for the same op on the same shapes, or the same module with the same inside."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.ids: dict[Any, int] = {}
        self.of_group: dict[int, int] = {}

    def number(self, key: Any) -> int:
        return self.ids.setdefault(key, len(self.ids))

    def of(self, item: int | Group) -> int:
        """The number of an operation or of a group that is closed."""
        if isinstance(item, Group):
            return self.of_group[id(item)]
        record, values = self.trace.records[item], self.trace.values
        shapes = tuple([values[v].shape for v in record.outputs])
        statics = repr(record.statics) if record.statics and record.family not in MOVING else ""
        return self.number((record.name, shapes, statics))

    def close(self, group: Group) -> None:
        wires = wiring(self.trace, group)
        inner = tuple([(self.of(item), wire) for item, wire in zip(group.items, wires, strict=True)])
        self.of_group[id(group)] = self.number((group.kind, len(group.pieces), inner))


def wiring(trace: Trace, group: Group) -> list[tuple[int, ...]]:
    """For each item: how many items back its inputs were made, 0 for outside the group, in the order of use."""
    place: dict[int, int] = {}
    members = [item.members() if isinstance(item, Group) else [item] for item in group.items]
    for at, ids in enumerate(members):
        for i in ids:
            place[i] = at
    wires = []
    for at, ids in enumerate(members):
        wire: list[int] = []
        for i in ids:
            for v in trace.records[i].inputs:
                maker = None if v is None else trace.values[v].maker
                source = None if maker is None else place.get(maker)
                if source != at:
                    wire.append(0 if source is None else at - source)
        wires.append(tuple(wire))
    return wires


def _fold_group(trace: Trace, group: Group, kinds: _Kinds) -> None:
    n = len(group.items)
    if n < BARE and not (n >= LEAST and all(isinstance(item, Group) for item in group.items)):
        return
    bare = np.array([kinds.of(item) for item in group.items])
    wires = wiring(trace, group)
    full = np.array([kinds.number(("wired", int(k), wire)) for k, wire in zip(bare, wires, strict=True)])
    runs = stretches(bare, full, wires, [isinstance(item, Group) for item in group.items])
    if not runs:
        return
    items: list[int | Group] = []
    done = 0
    for start, period, count in runs:
        items += group.items[done:start]
        items.append(_run(group, group.items[start : start + period * count], period, count))
        done = start + period * count
    group.items = items + group.items[done:]


def stretches(bare: np.ndarray, full: np.ndarray, wires: list[tuple[int, ...]], module: list[bool]) -> list[tuple[int, int, int]]:
    """(start, period, pieces) of the stretches that repeat, from the left, each as long as can be.

    `bare` numbers what an item is, `full` also where its inputs come from. The first piece may take from outside what the others take from the
    piece before them.
    """
    n = len(full)
    length: dict[int, np.ndarray] = {}
    for p in range(1, min(PERIODS, n // 2) + 1):
        same = full[:-p] == full[p:]
        if same.any():
            breaks = np.flatnonzero(~same)
            next_break = np.append(breaks, len(same))[np.searchsorted(breaks, np.arange(len(same)))]
            length[p] = next_break - np.arange(len(same))
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < n:
        free = found[-1][0] + found[-1][1] * found[-1][2] if found else 0
        start, p, count = _best(at, free, length, bare, wires)
        if p and count >= LEAST and (count * p >= BARE or all(module[start : start + p])) and (count >= MANY or _chained(wires, start + p, p)):
            found.append((start, p, count))
            at = start + p * count
        else:
            at += 1
    return found


def _best(at: int, free: int, length: dict[int, np.ndarray], bare: np.ndarray, wires: list[tuple[int, ...]]) -> tuple[int, int, int]:
    """The stretch from `at` that covers most, as (start, period, pieces), (at, 0, 0) for none; it may open with a piece before `at`."""
    best = (at, 0, 0)
    for p, ahead in length.items():
        for start in range(at, min(at + p, len(ahead))):
            count = int(ahead[start]) // p + 1
            if count < 2 or (count + 1) * p <= best[1] * best[2]:
                continue
            if start - p >= free and _opens(bare, wires, start, p):
                if (count + 1) * p > best[1] * best[2]:
                    best = (start - p, p, count + 1)
            elif start == at and count * p > best[1] * best[2]:
                best = (at, p, count)
    return best


def _chained(wires: list[tuple[int, ...]], start: int, p: int) -> bool:
    """Whether a piece takes something from the piece before it."""
    return any(k < w <= k + p for k in range(p) for w in wires[start + k])


def _opens(bare: np.ndarray, wires: list[tuple[int, ...]], start: int, p: int) -> bool:
    """Whether the p items before a stretch are its first piece: the same items, wired alike inside."""
    if not np.array_equal(bare[start - p : start], bare[start : start + p]):
        return False
    for k in range(p):
        first, then = wires[start - p + k], wires[start + k]
        if [w for w in first if 0 < w <= k] != [w for w in then if 0 < w <= k]:
            return False
    return True


def _run(parent: Group, items: list[int | Group], period: int, count: int) -> Group:
    pieces = [[i for item in items[k * period : (k + 1) * period] for i in (item.members() if isinstance(item, Group) else [item])] for k in range(count)]
    shown = items[period : 2 * period]  # the second piece: it takes from a piece before it, as all but the first do
    single = shown[0] if period == 1 and isinstance(shown[0], Group) else None
    run = Group(parent, single.kind if single else "", "", pieces[0][0])
    run.last = pieces[-1][-1]
    run.pieces = [sorted(piece) for piece in pieces]
    first, last = items[0], items[-1]
    if single and isinstance(first, Group) and isinstance(last, Group):
        run.path = first.path if first.path == last.path else f"{first.path} … {last.path.rpartition('.')[2]}"
        run.base = single.path
        run.items = single.items
        for item in run.items:
            if isinstance(item, Group):
                item.parent = run
    else:
        run.base = parent.base
        run.items = list(shown)
        for item in run.items:
            if isinstance(item, Group):
                item.parent = run
    return run
