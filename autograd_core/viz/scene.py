"""The whole picture as plain data: every box, edge and frame that a drawing can show, and which of them stand open.

Made once from a trace; holds nothing of the graph. Imports tree, fold, cards, facts, nest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from .cards import Card, Cards, Style
from .facts import Facts, rms_of
from .fold import fold
from .names import model_names
from .nest import Edge, Frame
from .records import Record, Value
from .trace import Trace
from .tree import Group, build, number, owners
from .words import bytes_text, exact, grad_word, shape_text

PIECES = 3000  # boxes of pieces that are not drawn, at most
BOXES = 40  # that the automatic level shows at most: more make a picture that no slide holds


@dataclass
class Flow:
    """A value that flows from a box to a box, and what flowed back along it."""

    source: str
    target: str
    key: str
    nbytes: int
    note: str
    label: str = ""
    grad: float | None = None
    carried: bool = False  # from each piece of a run to the next


@dataclass
class Module:
    """A module call or run as the page knows it: what is inside by id, its box when closed, its title when open."""

    id: str
    parent: str
    depth: int
    items: list[str]
    card: Card
    merged: bool = False  # it holds one operation, whose box bears its name: it has no frame of its own


@dataclass
class Scene:
    """All that can be shown. `open` holds the ids of the modules that stand open."""

    title: str
    cards: dict[str, Card] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    operations: int = 0
    recorded: bool = False
    color: str = "family"
    scalar: bool = False
    notice: str = ""
    outputs: list[str] = field(default_factory=list)
    pieces: dict[str, list[dict[str, Card]]] = field(default_factory=dict)  # run -> for each piece its boxes, by the ids of those drawn

    def visible(self) -> tuple[Frame, dict[str, Card], list[Flow]]:
        """The frames, boxes and edges that show in the present state."""
        above = {item: m.id for m in self.modules.values() for item in m.items}
        holder: dict[str, str] = {}

        def showing(box: str) -> str:
            found = holder.get(box)
            if found is None:
                found, at = box, above.get(box, "")
                while at:
                    module = self.modules[at]
                    if at != "g" and at not in self.open and not module.merged:
                        found = at
                    at = module.parent
                holder[box] = found
            return found

        root = Frame("g", header=0)
        frames = {"g": root}
        boxes: dict[str, Card] = {}
        stack = [("g", item) for item in reversed(self.modules["g"].items)]
        while stack:
            frame, item = stack.pop()
            module = self.modules.get(item)
            if module is None:
                boxes[item] = self.cards[item]
                frames[frame].items.append(item)
            elif module.merged:
                stack += [(frame, i) for i in reversed(module.items)]
            elif item in self.open:
                frames[item] = Frame(item)
                frames[frame].items.append(frames[item])
                stack += [(item, i) for i in reversed(module.items)]
            else:
                boxes[item] = module.card
                frames[frame].items.append(item)
        merged: dict[tuple[str, str, str], Flow] = {}
        for flow in self.flows:
            a, b = showing(flow.source), showing(flow.target)
            if a == b or flow.carried:
                continue
            known = merged.get((a, b, flow.key))
            if known is None:
                merged[a, b, flow.key] = Flow(a, b, flow.key, flow.nbytes, flow.note, flow.label, flow.grad)
            elif flow.grad is not None:  # several contributions that meet outside: their sizes, as if independent
                known.grad = math.hypot(known.grad or 0.0, flow.grad)
        return root, boxes, list(merged.values())

    def edges(self, flows: Sequence[Flow]) -> list[Edge]:
        """The edges as the layout takes them."""
        return [Edge(f.source, f.target, f"{f.source}:{f.key}") for f in flows]

    def open_to(self, depth: int | None) -> None:
        """Open all modules above a depth, or all."""
        self.open = {m.id for m in self.modules.values() if m.id != "g" and not m.merged and (depth is None or m.depth <= depth)}

    def count(self) -> int:
        """How many boxes show."""
        return len(self.visible()[1])


class _Maker:
    """Builds a scene from a trace."""

    def __init__(self, trace: Trace, roots: Sequence[int], style: Style, folding: bool, title: str) -> None:
        self.trace = trace
        self.style = style
        self.facts = Facts(trace)
        self.cards = Cards(self.facts, style, roots)
        self.cards.models = model_names(trace)
        kept = trace.ancestors(roots) if roots else [r.id for r in trace.records if not r.inside]  # what a result needs of a backward pass stays
        self.root = build(trace, kept)
        if folding and not style.scalar:
            fold(trace, self.root)
        number(self.root)
        self.scene = Scene(title, operations=len(kept), recorded=trace.recorded, color=style.color, scalar=style.scalar)
        self.hidden: dict[int, int] = {}  # record in a piece that is not drawn -> the same place in the piece that is
        self.piece: dict[int, list[tuple[Group, int, int]]] = {}  # record -> (run, piece, place) of the runs around it
        self.drawn: set[int] = set()

    def make(self) -> Scene:
        """Everything."""
        self._pieces()
        self._modules()
        if self.style.scalar:
            self._leaves()
        self._flows()
        self._other_pieces()
        scene = self.scene
        if self.trace.recorded and self.trace.budget.dropped:
            scene.notice = f"recorded {self.trace.budget}"
        scene.outputs = [c.id for c in scene.cards.values() if c.output]
        return scene

    def _pieces(self) -> None:
        for group in self.root.inside():
            self.drawn.update(i for i in group.items if not isinstance(i, Group))
        for run in [g for g in self.root.inside() if g.is_run]:
            shown = run.pieces[1]
            for k, piece in enumerate(run.pieces):
                if k != 1:
                    self.hidden.update(zip(piece, shown, strict=True))
                if k == 1:
                    for i, before in zip(piece, run.pieces[0], strict=True):
                        mine, theirs = self.trace.records[i].arguments, self.trace.records[before].arguments
                        self.cards.varying[i] = frozenset(name for name, v in mine.items() if repr(v) != repr(theirs.get(name)))
                for place, i in enumerate(piece if k < 2 else ()):  # the drawn piece, and the one that it takes from
                    self.piece.setdefault(i, []).append((run, k, place))

    def _stand_in(self, i: int) -> int:
        """The drawn record that stands for a record."""
        while i in self.hidden and i not in self.drawn:
            i = self.hidden[i]
        return i

    def _modules(self) -> None:
        scene, trace = self.scene, self.trace
        for group in self.root.inside():
            name = f"g{group.key}"
            ops = [i for i in group.items if not isinstance(i, Group)]
            merged = group is not self.root and not group.is_run and len(group.items) == 1 and len(ops) == 1
            records = group.records()
            card = Card("g", "module", scene.title)
            if group is not self.root:
                out = self._result(records)
                card = self.cards.group(group, records, out)
            parent = "" if group.parent is None else f"g{group.parent.key}"
            items = [f"g{i.key}" if isinstance(i, Group) else f"o{i}" for i in group.items]
            scene.modules[name] = Module(name, parent, group.depth, items, card, merged)
            for i in ops:
                record = trace.records[i]
                if self.style.scalar and record.outputs:
                    scene.cards[f"o{i}"] = self.cards.scalar(trace.values[record.outputs[0]], record)
                else:
                    scene.cards[f"o{i}"] = self.cards.op(i, group, merged)

    def _other_pieces(self) -> None:
        """The boxes of the pieces of outermost runs that are not drawn, for the page to show in their place."""
        runs = [g for g in self.root.inside() if g.is_run and not _inside_a_run(g)]
        owner = owners(self.root)
        left = PIECES
        for run in runs:
            shown = run.pieces[1]
            drawn = [place for place, i in enumerate(shown) if i in self.drawn]
            left -= len(drawn) * len(run.pieces)
            if left < 0:
                return
            self.scene.pieces[f"g{run.key}"] = [
                {f"o{shown[place]}": self._twin(piece[place], shown[place], owner) for place in drawn} for piece in run.pieces
            ]

    def _twin(self, i: int, drawn: int, owner: dict[int, Group]) -> Card:
        """The box of an operation in the place of the one that is drawn for it."""
        group = owner[drawn]
        module = self.scene.modules[f"g{group.key}"]
        return self.cards.op(i, group, module.merged)

    def _result(self, records: list[int]) -> Value | None:
        """What a module hands on: the last value made in it that is used outside, else its last."""
        made = [self.trace.values[v] for i in records for v in self.trace.records[i].outputs]
        flowing = [v for v in made if v.dtype.kind == "f"]
        return flowing[-1] if flowing else made[-1] if made else None

    def _leaves(self) -> None:
        """Of a scalar graph the leaves are boxes too, before everything else."""
        found: dict[int, Value] = {}
        for i in sorted(self.drawn):
            for v in self.trace.records[i].inputs:
                if v is not None and self.trace.values[v].role != "op" and (self.trace.values[v].role == "parameter" or self.trace.values[v].shape):
                    found.setdefault(v, self.trace.values[v])
        for value in reversed(found.values()):
            card = self.cards.scalar(value, None)
            self.scene.cards[card.id] = card
            self.scene.modules["g"].items.insert(0, card.id)

    def _flows(self) -> None:
        data: dict[int, list[tuple[int, int, int]]] = {}
        for i in sorted(self.drawn):
            for slot, v in enumerate(self.trace.records[i].inputs):
                if v is None:
                    continue
                at, by, carried = self._origin(i, slot, v)
                if carried is not None:
                    self._flow(f"o{carried}", i, v, slot, i, carried=True)
                    self._hand_on(i, self.trace.values[v])
                if at is None:
                    continue
                value = self.trace.values[at]
                if value.maker is not None:
                    self._flow(f"o{self._stand_in(value.maker)}", i, at, slot, by)
                elif self.style.scalar and f"v{at}" in self.scene.cards:
                    self._flow(f"v{at}", i, at, slot, by)
                elif value.role == "input" and value.shape and not self.style.scalar:
                    data.setdefault(at, []).append((i, slot, by))
        for at, uses in reversed(data.items()):
            self._data(self.trace.values[at], uses)

    def _data(self, value: Value, uses: list[tuple[int, int, int]]) -> None:
        """Data from outside: a box, or, where all its users have something else to follow (a target, a mask), a chip on each of them."""
        records = self.trace.records
        made = [any(v is not None and self.trace.values[v].maker is not None for v in records[i].inputs) for i, _, _ in uses]
        if all(made) and all(by == i for i, _, by in uses):
            for i, slot, _ in uses:
                self.scene.cards[f"o{i}"].chips.append(self.cards.data_chip(value, self._place(records[i], slot)))
            return
        card = self.cards.data(value, self._place(records[uses[0][0]], uses[0][1]))
        self.scene.cards[card.id] = card
        self.scene.modules["g"].items.insert(0, card.id)
        for i, slot, by in uses:
            self._flow(card.id, i, value.id, slot, by)

    def _hand_on(self, i: int, value: Value) -> None:
        """Note on a run what its pieces hand on."""
        run = self.piece[i][0][0]
        card = self.scene.modules[f"g{run.key}"].card
        card.carried = (card.carried or "each piece hands on to the next:") + f"\n{shape_text(value.shape)}"

    def _place(self, record: Record, slot: int) -> str:
        """What an op calls an input, where that says more than `input`."""
        names = getattr(record.op, "inputs", ())
        name = names[slot] if slot < len(names) and not getattr(record.op, "variadic", None) else ""
        return name if len(name) > 2 else ""

    def _origin(self, i: int, slot: int, v: int) -> tuple[int | None, int, int | None]:
        """(the value that comes to this input, from outside of a run to its first piece; the record that reads it; the drawn record that
        carries it from piece to piece)."""
        value = self.trace.values[v]
        for run, k, place in self.piece.get(i, ()):
            others = [] if value.maker is None else [(r, n) for r, n, _ in self.piece.get(value.maker, ()) if r is run]
            if others and others[0][1] != k:
                by = run.pieces[0][place]
                return self.trace.records[by].inputs[slot], by, self._stand_in(value.maker) if value.maker is not None else None
            if k == 1 and value.maker is None and value.role == "input":
                by = run.pieces[0][place]
                first = self.trace.records[by].inputs[slot]
                return first, i if first == v else by, None
        return v, i, None

    def _flow(self, source: str, target: int, v: int, slot: int, by: int, carried: bool = False) -> None:
        """An edge to a drawn operation; the gradient on it is what record `by` gave."""
        value = self.trace.values[v]
        kept = self.facts.parts(self.trace.records[by]).get(slot)
        grad = rms_of(kept)
        note = f"{shape_text(value.shape)}, {bytes_text(value.nbytes)}"
        label = ""
        if grad is not None and kept is not None:
            array = kept.array
            single = array is not None and array.size == 1 and self.style.scalar
            label = f"∇ {exact(float(array.reshape(-1)[0]))}" if single and array is not None else grad_word(grad)
            arrived = self.facts.arrived.get(v, [])
            note += f"\nback: {label}"
            if len(arrived) > 1:
                order = next((k for k, (_, s, c) in enumerate(arrived) if c is kept and s == slot), 0)
                note += f", {order + 1} of {len(arrived)} that are added"
                if self.style.scalar or self.style.values == "both":
                    label = ("+= " if order else "") + label
        wanted = self.style.scalar or self.style.values == "both"
        self.scene.flows.append(Flow(source, f"o{target}", str(v), value.nbytes, note, label if wanted else "", grad, carried))


def _inside_a_run(group: Group) -> bool:
    above = group.parent
    while above is not None and not above.is_run:
        above = above.parent
    return above is not None


def make_scene(trace: Trace, roots: Sequence[int], style: Style, folding: bool = True, title: str = "") -> Scene:
    """The scene of what leads to these values, or of everything."""
    return _Maker(trace, roots, style, folding, title).make()
