"""What stands in each box of a drawing, as plain text and numbers: nothing of the graph is kept. Imports facts, tree, words, theme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .facts import Facts, rms_of
from .records import Record, Value
from .source import line_of, text_of
from .stats import Kept
from .theme import clip, family_word, heat, share
from .tree import Group
from .words import SIGNS, arguments_text, bytes_text, count_text, dtype_text, exact, grad_word, number, op_word, seconds_text, shape_text

CELLS = 160  # of a heat strip at most
CHIPS = 4  # chips on a box of a whole module; more are summed up


@dataclass
class Chip:
    """A leaf that stands on the operation that uses it: a parameter, a tensor that wants a gradient, or data beside the main way."""

    text: str  # name, two spaces, shape
    grad: float | None = None
    note: str = ""
    data: bool = False


@dataclass
class Card:
    """One box. `kind`: op, view, module, run, input or scalar; the other fields are what is written and how it is coloured."""

    id: str
    kind: str
    title: str
    aside: str = ""  # beside the title: the module's name
    lines: list[str] = field(default_factory=list)
    head: int = 1  # how many of the lines, arguments and size, may stand beside the title
    chips: list[Chip] = field(default_factory=list)
    family: str = ""
    fill: str = ""  # colour of what the drawing is coloured by, "" for none
    grad: float | None = None
    bad: str = ""  # what is wrong with its values
    output: bool = False
    frozen: bool = False
    strip: list[tuple[str, float | None]] = field(default_factory=list)  # of a run: (name, gradient size) of each piece
    cells: list[str] = field(default_factory=list)  # of a scalar: name, data, grad
    count: int = 0  # of a run: its pieces
    carried: str = ""  # of a run: what goes from each piece to the next
    note: str = ""  # the tooltip
    width: float = 0
    height: float = 0
    flat: bool = False  # title, arguments and size in one row
    room: float = 0  # of a row of chips


@dataclass
class Style:
    """What a drawing shows: see `draw`."""

    color: str = "family"
    values: str = "none"
    scalar: bool = False


class Cards:
    """Makes the boxes of one drawing."""

    def __init__(self, facts: Facts, style: Style, outputs: Sequence[int]) -> None:
        self.facts = facts
        self.trace = facts.trace
        self.style = style
        self.outputs = set(outputs)
        records = self.trace.records
        self.largest = max((v.nbytes for v in self.trace.values), default=0)
        self.models: dict[int, str] = {}  # the user's names of the outermost modules, where there are several
        self.varying: dict[int, frozenset[str]] = {}  # record in a run -> its arguments that differ from piece to piece
        self.slowest = max((r.seconds for r in records), default=0.0)

    def op(self, at: int, group: Group, alone: bool) -> Card:
        """The box of an operation; `alone` when it is all that its module does, so that the box bears the module's name."""
        record = self.trace.records[at]
        values = [self.trace.values[v] for v in record.outputs]
        main = values[0] if values else None
        title = op_word(record)
        card = Card(f"o{at}", "view" if record.view else "op", title, family=family_word(record.family))
        constant = self._constants(record)
        arguments = arguments_text(record, self.varying.get(at, frozenset()))
        card.title = " ".join(t for t in (title, constant, arguments if record.view else "") if t)
        if record.name == "getitem":
            card.title = f"x{arguments}"
        card.aside = clip(_below(group.path, group.parent) or group.kind, 36) if alone else ""
        if main is not None:
            size = f"{shape_text(main.shape)} {dtype_text(main.dtype)}"
            card.lines = [shape_text(main.shape)] if record.view else [f"{size} · {bytes_text(main.nbytes)}" if main.shape else size]
            if arguments and not record.view:
                card.lines.insert(0, arguments)
                card.head = 2
            card.grad = self.facts.out_rms(record)
            self._values(card, main)
            card.output = any(v.id in self.outputs for v in values)
            if main.name:
                card.aside = clip(main.name, 36) if not card.aside else f"{card.aside} · {clip(main.name, 20)}"
        card.chips = [self._chip(v, record.path or group.base) for v in self._leaves(record)]
        card.fill = self._fill(main, card.grad, sum(v.nbytes for v in values), record.seconds)
        card.note = self._note(record, main)
        return card

    def _constants(self, record: Record) -> str:
        shown = [n for n in record.numbers if isinstance(n, (int, float)) and not isinstance(n, bool)]
        for v in record.inputs:
            value = None if v is None else self.trace.values[v]
            if value is not None and value.role == "input" and not value.shape and value.kept is not None and value.kept.array is not None:
                shown.append(float(value.kept.array) if value.dtype.kind == "f" else int(value.kept.array))
        return " ".join(number(float(n)) for n in shown[:2])

    def _leaves(self, record: Record) -> list[Value]:
        found = dict.fromkeys(v for v in record.inputs if v is not None and self.trace.values[v].role == "parameter")
        return [self.trace.values[v] for v in found]

    def _chip(self, value: Value, base: str) -> Chip:
        name = value.name
        if base and f".{base}." in f".{name}":  # given names may have a prefix of their own
            name = f".{name}".partition(f".{base}.")[2]
        grad = self.facts.grad_rms(value)
        text = f"{clip(name or 'tensor', 36)}  {shape_text(value.shape)}"
        if not value.shape and value.kept is not None and value.kept.array is not None:
            text = f"{clip(name or 'tensor', 36)} = {exact(float(value.kept.array))}"
        note = f"{value.name or 'a tensor that needs a gradient'} {shape_text(value.shape)} {dtype_text(value.dtype)}, {bytes_text(value.nbytes)}"
        if grad is not None:
            note += f"\n{grad_word(grad)}"
        return Chip(text, grad, note)

    def _values(self, card: Card, value: Value) -> None:
        """The line of statistics, and the warning about NaN."""
        kept, grad = value.kept, self.facts.gradient(value)
        wanted = self.style.values != "none"
        if kept is not None and (wanted or self.trace.recorded):
            stats = kept.stats if wanted or not kept.cheap else None
            rms = rms_of(kept)
            if rms is not None and not math.isfinite(rms):
                stats = kept.stats
                card.bad = " and ".join(f"{n} {word}" for n, word in ((stats.nans, "NaN"), (stats.infs, "infinite")) if n) or "not finite"
            if wanted and stats is not None and stats.size > 1:
                card.lines.append(f"μ {number(stats.mean, 2)}, σ {number(stats.std, 2)}")
            elif wanted and stats is not None and stats.size:
                card.lines.append(f"= {exact(stats.least)}")
        if card.grad is not None and not math.isfinite(card.grad):
            card.bad = f"{card.bad}; gradient {number(card.grad)}".lstrip("; ")
        if self.style.values == "both" and grad is not None:
            card.lines.append(grad_word(card.grad or 0.0))

    def _fill(self, value: Value | None, grad: float | None, size: float, seconds: float) -> str:
        color = self.style.color
        if color == "grad":
            return heat(grad) or ""
        if color == "value" and value is not None:
            return heat(rms_of(value.kept)) or ""
        if color == "memory":
            return share(size, self.largest)
        if color == "time" and self.slowest:
            return share(seconds, self.slowest)
        return ""

    def _note(self, record: Record, value: Value | None) -> str:
        """The tooltip: the call, the rule, the line, the numbers."""
        given = ", ".join(f"{k}={clip(repr(v), 30)}" for k, v in record.arguments.items() if v is not None and v is not False)
        lines = [f"{record.name}({given})" + (f" in {record.path}" if record.path else "")]
        place = line_of(record.site)
        if place is not None:
            file = place[0].replace("\\", "/").rpartition("/")[2]  # pictures are shared: where a file lies is nobody's business
            lines.append(f"{file}:{place[1]}  {clip(text_of(record.site), 60)}")
        formula = str(getattr(record.op, "formula", "") or "")
        lines += [clip(line, 100) for line in formula.split("\n")[:3]]
        if value is not None and value.kept is not None and not value.kept.cheap:
            lines.append(stats_text("value", value.kept))
        if value is not None and self.facts.grad_rms(value) is not None:
            lines.append(f"{grad_word(self.facts.grad_rms(value))} (L2/√n)")
        if record.saved:
            lines.append("saves " + ", ".join(record.saved))
        if self.trace.recorded:
            lines.append(seconds_text(record.seconds))
        return "\n".join(lines)

    def group(self, group: Group, records: list[int], out: Value | None) -> Card:
        """The box of a whole module, or of a run that is closed."""
        card = Card(f"g{group.key}", "run" if group.is_run else "module", "", family="")
        self.heading(card, group)
        every = [i for piece in group.pieces for i in piece] if group.is_run else records
        words = [family_word(self.trace.records[i].family) for i in records if not self.trace.records[i].view]
        card.family = max(dict.fromkeys(words), key=words.count) if words else "shape"
        if out is not None:
            card.lines.append(f"{shape_text(out.shape)} {dtype_text(out.dtype)}" + (f" · {bytes_text(out.nbytes)}" if out.shape else ""))
            self._values(card, out)
            card.output = any(v in self.outputs for i in records for v in self.trace.records[i].outputs)
        leaves = self.facts.parameters(every)
        card.lines.append(f"{len(every)} ops")
        if 0 < len(leaves) <= (2 if group.is_run else CHIPS):
            card.chips = [self._chip(v, group.base) for v in leaves]
        elif leaves:
            n = sum(math.prod(v.shape) for v in leaves)
            grads = [(g, math.prod(v.shape)) for v in leaves if (g := self.facts.grad_rms(v)) is not None]
            size = math.sqrt(sum(g * g * m for g, m in grads) / max(sum(m for _, m in grads), 1)) if grads else None
            card.chips = [Chip(f"{len(leaves)} parameters  {count_text(n)}", size)]
        sizes = [self.trace.values[v].nbytes for i in every for v in self.trace.records[i].outputs]
        card.grad = self.facts.piece_rms(records, shared=True) if card.grad is None else card.grad
        card.fill = self._fill(out, card.grad, sum(sizes), sum(self.trace.records[i].seconds for i in every))
        card.note = f"{group.kind} {group.path}\n{len(every)} operations, {bytes_text(sum(sizes))} made"
        if group.is_run:
            card.note += f"\n{len(group.pieces)} equal pieces; the numbers inside are those of the second"
        return card

    def heading(self, card: Card, group: Group) -> None:
        """The title of a module or a run, and the strip of a run."""
        if not group.is_run:
            card.title, card.aside = clip(group.kind, 30), clip(_below(group.path, group.parent), 36)
            if not group.path:  # a whole model
                count = sum(math.prod(v.shape) for v in self.facts.parameters(group.members()))
                card.aside = " · ".join(t for t in (clip(self.models.get(group.module, ""), 24), f"{count_text(count)} parameters" if count else "") if t)
            return
        inside = [i for i in group.items if isinstance(i, Group)]
        kinds = [op_word(self.trace.records[i]) if not isinstance(i, Group) else i.kind for i in group.items]
        name = group.kind or (inside[0].kind if len(group.items) <= 3 and len(inside) == 1 else " ".join(kinds[:3]) + (" …" if len(kinds) > 3 else ""))
        card.count = len(group.pieces)
        card.title = f"{clip(name, 30)} ×{card.count}"
        card.aside = clip(_below(group.path, group.parent), 36)
        leaves = [frozenset(v.leaf() if v.leaf else v.id for v in self.facts.parameters(piece)) for piece in group.pieces[:2]]
        shared = bool(leaves[0] & leaves[1])
        card.strip = self._strip(group, shared)
        if shared and not card.aside:
            card.aside = "shared weights"

    def _strip(self, group: Group, shared: bool) -> list[tuple[str, float | None]]:
        """(name, gradient size) of each piece; of very many the smallest of some neighbours, NaN first."""
        names = [self.trace.records[piece[0]].path for piece in group.pieces]
        if len(set(names)) < len(names):
            names = [f"{k + 1}: {name}".rstrip(": ") for k, name in enumerate(names)]
        sizes = [self.facts.piece_rms(piece, shared) for piece in group.pieces]
        step = -(-len(sizes) // CELLS)
        if step == 1:
            return [(clip(name, 48), size) for name, size in zip(names, sizes, strict=True)]
        out: list[tuple[str, float | None]] = []
        for k in range(0, len(sizes), step):
            known = [s for s in sizes[k : k + step] if s is not None]
            least = min(known, key=lambda s: s if math.isfinite(s) else -1.0, default=None)
            out.append((f"the smallest of {k + 1} … {min(k + step, len(sizes))}", least))
        return out

    def data(self, value: Value, place: str) -> Card:
        """The box of data that came from outside."""
        card = Card(f"v{value.id}", "input", clip(value.name or place or "input", 30), family="")
        card.lines = [f"{shape_text(value.shape)} {dtype_text(value.dtype)}"]
        if value.kept is not None and self.style.values != "none":
            self._values(card, value)
        card.note = _data_note(value)
        card.frozen = True
        return card

    def data_chip(self, value: Value, place: str) -> Chip:
        """Data that comes in beside the main way: a target, a mask."""
        name = clip(value.name or place or "data", 30)
        return Chip(f"{name}  {shape_text(value.shape)} {dtype_text(value.dtype)}", None, _data_note(value), True)

    def scalar(self, value: Value, record: Record | None) -> Card:
        """A number as micrograd draws it: name, data, grad."""
        sign = "" if record is None else SIGNS.get(record.name, op_word(record))
        name = clip(value.name, 24)
        constant = self._constants(record) if record is not None else ""
        head = " ".join(t for t in (sign, constant) if t)
        card = Card(f"o{record.id}" if record is not None else f"v{value.id}", "scalar", head, family=family_word(record.family) if record else "")
        kept, grad = value.kept, self.facts.gradient(value)
        card.cells = [name] if name else []
        card.cells.append(f"data {few(kept)}")
        if value.role != "input":
            card.cells.append(f"grad {few(grad)}")
        card.grad = self.facts.grad_rms(value)
        card.fill = self._fill(value, card.grad, value.nbytes, record.seconds if record else 0)
        card.output = value.id in self.outputs
        card.frozen = value.role == "input"
        card.note = self._note(record, value) if record is not None else (value.name or "leaf")
        for k in (kept, grad):
            if k is not None and k.stats.bad:
                card.bad = "NaN" if k.stats.nans else "infinite"
        return card


def _data_note(value: Value) -> str:
    return f"data, no gradient\n{shape_text(value.shape)} {dtype_text(value.dtype)}, {bytes_text(value.nbytes)}"


def _below(name: str, group: Group | None) -> str:
    """A dotted name as it reads inside a module."""
    prefix = "" if group is None else group.base + "."
    return name[len(prefix) :] if len(prefix) > 1 and name.startswith(prefix) else name


def few(kept: Kept | None) -> str:
    """One number, or up to four of them."""
    array: Any = None if kept is None else kept.array
    if array is None:
        return "?"
    flat = [exact(float(v)) for v in array.reshape(-1)[:4]] + (["…"] if array.size > 4 else [])
    return flat[0] if array.ndim == 0 or len(flat) == 1 else f"[{', '.join(flat)}]"


def stats_text(word: str, kept: Kept) -> str:
    """min, max, mean, std, zeros of what was kept, in a line."""
    s = kept.stats
    text = f"{word}: {number(s.least)} … {number(s.greatest)}, mean {number(s.mean)}, std {number(s.std)}"
    if s.size and s.zeros:
        text += f", {100 * s.zeros / s.size:.3g} % zeros"
    return text + (f", {s.nans} NaN, {s.infs} infinite" if s.bad else "")
