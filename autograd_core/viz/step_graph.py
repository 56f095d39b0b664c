"""The graph of the stepper's page: boxes of operations, module calls around them, runs of equal pieces. Imports tree, fold and passes.

A drawing shows one piece of a run for all; here every piece is kept, since the cursor visits each of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .fold import BARE, LEAST, MOVING, stretches, wiring
from .passes import Pass
from .records import Record, Value
from .step_table import Table, columns
from .theme import FAMILIES, clip, family_word, text_width
from .trace import Trace
from .tree import Group, build, owners
from .words import SIGNS, arguments_text, dtype_text, exact, number, op_word, shape_text

NUMBERS = 200  # operations up to which a graph of numbers is drawn with its leaves and their values
TITLE, SMALL, GAP, EDGE = 13.0, 11.5, 9, 14  # sizes of text, room between texts, room left and right


class PageGraph:
    """Makes the columns of the graph; its texts stand in the page's table."""

    def __init__(self, run: Pass, texts: Table) -> None:
        self.run = run
        self.trace = run.trace
        self.texts = texts
        self.text = texts.at
        self.kept = self.trace.ancestors(self.trace.roots)
        self.numbers = len(self.kept) <= NUMBERS and all(math.prod(v.shape) == 1 for v in self._made())
        self.boxes: list[list[Any]] = []
        self.places: dict[tuple[str, int], int] = {}  # ("o", record) or ("v", value) -> box
        self.groups: list[list[Any]] = []
        self.reader: dict[int, int] = {}  # value from outside -> the first operation that reads it

    def make(self) -> dict[str, Any]:
        """boxes: columns of [width, height, k, family, title, aside, line, chips, value]; groups: of [run, title, aside, items, k, operations],
        the items of a run being its pieces; an item is the place of a box, or −1 − the place of a group, of which the last is the whole."""
        root = folded(self.trace, self.kept)
        self._inputs(root)
        self._groups(root)
        lines = self._lines()
        return {"boxes": columns(self.boxes), "groups": columns(self.groups), "lines": columns(lines), "numbers": int(self.numbers)}

    def _made(self) -> list[Value]:
        return [self.trace.values[v] for i in self.kept for v in self.trace.records[i].outputs]

    # groups

    def _groups(self, root: Group) -> None:
        """Every group with its items, children before parents."""
        done: dict[int, int] = {}
        for group in reversed(list(root.inside())):
            items = [self._item(item, group, done) for item in group.items]
            if items[0] >= 0 and _alone(group):  # one operation that is all of a module: its box bears the module's name
                done[id(group)] = items[0]
                continue
            members = _members(group)
            steps = [k for i in members if (k := self.run.step_of.get(i))]
            title, aside = self._heading(group)
            row = [int(group.is_run), self.text(title), self.text(aside), items, min(steps, default=0), len(members)]
            done[id(group)] = -1 - len(self.groups)
            self.groups.append(row)

    def _item(self, item: int | Group, group: Group, done: dict[int, int]) -> int:
        if isinstance(item, Group):
            return done[id(item)]
        if item < 0:
            return self._data(self.trace.values[-1 - item])
        return self._box(item, (_below(group.path, group.parent) or group.kind) if _alone(group) else "")

    def _heading(self, group: Group) -> tuple[str, str]:
        if not group.is_run:
            return clip(group.kind, 30), clip(_below(group.path, group.parent), 30)
        first = group.items[0]
        assert isinstance(first, Group)
        kinds = [op_word(self.trace.records[i]) if not isinstance(i, Group) else i.kind for i in first.items]
        kind = first.kind or (kinds[0] if len(kinds) == 1 else " ".join(kinds[:3]) + (" …" if len(kinds) > 3 else ""))
        last = group.items[-1]
        assert isinstance(last, Group)
        apart = first.path != last.path
        aside = _below(first.path, group.parent) + ("" if not apart else f" … {last.path.rpartition('.')[2]}")
        return f"{clip(kind, 30)} ×{len(group.items)}", clip(aside, 30) if first.kind else ""

    # boxes

    def _box(self, at: int, module: str) -> int:
        record, run = self.trace.records[at], self.run
        main = self.trace.values[record.outputs[0]] if record.outputs else None
        title = op_word(record) if not self.numbers else SIGNS.get(record.name, op_word(record))
        constants = self._constants(record)
        arguments = arguments_text(record) if record.view or record.name == "getitem" else ""
        title = f"x{arguments}" if record.name == "getitem" else " ".join(t for t in (title, constants, arguments) if t)
        aside = " · ".join(clip(t, 24) for t in (module, main.name if main is not None else "") if t)
        line = "" if main is None else shape_text(main.shape)
        leaves = dict.fromkeys(v for v in record.inputs if not self.numbers and v is not None and self.trace.values[v].role == "parameter")
        chips = [[self.text(self._chip(self.trace.values[v], record.path)), v] for v in leaves]
        family = list(FAMILIES).index(family_word(record.family))
        value = self._value(main)
        row = [*self._size(title, aside, line, chips, value), run.step_of.get(at, 0), family, title, aside, line, chips, value]
        return self._add(("o", at), row)

    def _add(self, key: tuple[str, int], row: list[Any]) -> int:
        row[4:7] = [self.text(clip(t, 48)) for t in row[4:7]]
        self.places[key] = len(self.boxes)
        self.boxes.append(row)
        return len(self.boxes) - 1

    def _size(self, title: str, aside: str, line: str, chips: list[Any], value: str | None) -> tuple[int, int]:
        """Title, aside and shape in a row; the parameters in the next."""
        head = text_width(clip(title, 48), TITLE, True) + (text_width(clip(aside, 48), SMALL) + 2 * GAP if aside else 0)
        if self.numbers:
            return round(max(head, 150) + 2 * EDGE), 48
        head += GAP + text_width(line if value is None else f"= {value}", SMALL) if line else 0
        under = sum(text_width(self.texts.rows[c[0]], SMALL) + 26 for c in chips)
        return round(max(head, under, 60) + 2 * EDGE), 30 + (20 if chips else 0)

    def _value(self, value: Value | None) -> str | None:
        """The one number that a value is, as text."""
        if value is None or math.prod(value.shape) != 1 or value.kept is None or value.kept.array is None or value.dtype.kind not in "fiu":
            return None
        return exact(float(value.kept.array.reshape(-1)[0]))

    def _chip(self, value: Value, path: str) -> str:
        name = value.name.removeprefix(path + ".") if path else value.name
        return f"{clip(name or 'parameter', 30)}  {shape_text(value.shape)}"

    def _constants(self, record: Record) -> str:
        shown = [float(n) for n in record.numbers if isinstance(n, (int, float)) and not isinstance(n, bool)]
        for v in record.inputs:
            value = None if v is None else self.trace.values[v]
            if value is not None and value.role == "input" and not value.shape and value.kept is not None and value.kept.array is not None:
                shown.append(float(value.kept.array) if value.dtype.kind in "fiu" else math.nan)
        return " ".join(number(n) for n in shown[:2] if n == n)

    def _inputs(self, root: Group) -> None:
        """Data from outside, and in a graph of numbers the leaves, as items −1 − value of the group that reads them, or of the whole."""
        owner = owners(root)
        readers: dict[int, list[tuple[Group, int]]] = {}
        for i in self.kept:
            for v in self.trace.records[i].inputs:
                value = None if v is None else self.trace.values[v]
                if value is None or value.maker is not None:
                    continue
                if (value.role == "input" and value.shape) or (self.numbers and value.role == "parameter"):
                    readers.setdefault(value.id, []).append((owner[i], i))
        for v, found in reversed(readers.items()):
            group, self.reader[v] = found[0]
            if any(g is not group for g, _ in found) or _alone(group):
                root.items.insert(0, -1 - v)
            else:
                group.items.insert(group.items.index(found[0][1]), -1 - v)

    def _data(self, value: Value) -> int:
        name = value.name or self._place(value.id) or ("parameter" if value.role == "parameter" else "input")
        line = f"{shape_text(value.shape)} {dtype_text(value.dtype)}"
        shown = self._value(value)
        chips = [[self.text("gradient"), value.id]] if self.numbers and value.role == "parameter" else []
        width, height = self._size(name, "", line, [], shown)
        return self._add(("v", value.id), [width, height, 0, -1, name, "", line, chips, shown])

    def _place(self, v: int) -> str:
        """What the first operation that reads a value calls it, where that says more than x."""
        record = self.trace.records[self.reader[v]]
        names, slot = getattr(record.op, "inputs", ()), record.inputs.index(v)
        return names[slot] if slot < len(names) and len(names[slot]) > 2 and not getattr(record.op, "variadic", None) else ""

    # lines

    def _lines(self) -> list[list[int]]:
        """[from box, to box, value] of every value that flows, each pair once."""
        found: dict[tuple[int, int, int], None] = {}
        for i in self.kept:
            target = self.places.get(("o", i))
            for v in self.trace.records[i].inputs:
                if v is None or target is None:
                    continue
                maker = self.trace.values[v].maker
                source = self.places.get(("v", v) if maker is None else ("o", maker))
                if source is not None:
                    found[source, target, v] = None
        return [list(key) for key in found]


def folded(trace: Trace, kept: list[int]) -> Group:
    """The tree of module calls, stretches of equal siblings made runs whose items are all their pieces."""
    root = build(trace, kept)
    numbers: dict[Any, int] = {}
    of_group: dict[int, int] = {}

    def numbered(key: Any) -> int:
        return numbers.setdefault(key, len(numbers))

    def kind(item: int | Group) -> int:
        if isinstance(item, Group):
            return of_group[id(item)]
        record = trace.records[item]
        statics = repr(record.statics) if record.statics and record.family not in MOVING else ""
        return numbered((record.name, tuple([trace.values[v].shape for v in record.outputs]), statics))

    for group in reversed(list(root.inside())):  # children before parents
        wires = wiring(trace, group)
        bare = [kind(item) for item in group.items]
        of_group[id(group)] = numbered((group.kind, tuple(zip(bare, wires, strict=True))))
        modules = [isinstance(item, Group) for item in group.items]
        if len(bare) >= (LEAST if all(modules) else BARE):
            full = [numbered(("wired", k, wire)) for k, wire in zip(bare, wires, strict=True)]
            _fold(group, stretches(np.array(bare), np.array(full), wires, modules))
    return root


def _fold(group: Group, runs: list[tuple[int, int, int]]) -> None:
    items: list[int | Group] = []
    done = 0
    for start, period, count in runs:
        items += group.items[done:start]
        done = start + period * count
        run = Group(group, "", group.path, 0)
        run.items = [_piece(run, group.items[at : at + period]) for at in range(start, done, period)]
        run.pieces = [_members(piece) for piece in run.items if isinstance(piece, Group)]
        run.base = group.base
        items.append(run)
    group.items = items + group.items[done:]


def _piece(run: Group, items: list[int | Group]) -> Group:
    only = items[0]
    if len(items) == 1 and isinstance(only, Group):
        only.parent = run
        return only
    piece = Group(run, "", run.path, 0)
    piece.items = list(items)
    for item in items:
        if isinstance(item, Group):
            item.parent = piece
    return piece


def _members(group: Group) -> list[int]:
    """The records below a group."""
    return sorted(i for g in group.inside() for i in g.items if not isinstance(i, Group) and i >= 0)


def _alone(group: Group) -> bool:
    """Whether a group is a module that is one operation, which then bears its name."""
    return bool(group.kind) and not group.is_run and len(group.items) == 1 and not isinstance(group.items[0], Group)


def _below(name: str, group: Group | None) -> str:
    """A dotted name as it reads inside a module."""
    prefix = "" if group is None or not group.path else group.path + "."
    return name[len(prefix) :] if prefix and name.startswith(prefix) else name

