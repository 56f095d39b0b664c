"""Lays out boxes in frames in frames: each frame by itself from the inside out, edges led through ports in their borders.

Numbers in, numbers out, without recursion. Imports layout only. layout.js holds the same code.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .layout import BETWEEN, ENTRY, EXIT, Spot, Wire, lay_out

PAD = 14.0
HEADER = 30
MANY = 500  # edges from which on a layout is large


@dataclass
class Frame:
    """A module that stands open: its boxes and frames in program order.

    In its header stand a title on the left and a strip on the right, of these widths; edges come in between them.
    """

    id: str
    items: list[str | Frame] = field(default_factory=list)
    title: float = 0.0
    strip: float = 0.0
    header: float = HEADER

    def inside(self) -> Iterator[Frame]:
        """Itself and the frames in it, from the outside in."""
        stack = [self]
        while stack:
            frame = stack.pop()
            yield frame
            stack += [item for item in reversed(frame.items) if isinstance(item, Frame)]


@dataclass
class Edge:
    """A value that flows from a box to a box; edges with one `key` (the value) share their way as far as they can."""

    source: str
    target: str
    key: str


@dataclass
class Plan:
    """A finished layout: id -> (left, top, width, height) of boxes and frames; a line of points for each edge; the size of it all."""

    boxes: dict[str, tuple[float, float, float, float]]
    frames: dict[str, tuple[float, float, float, float]]
    lines: list[list[tuple[float, float]]]
    width: float
    height: float
    sideways: bool


class _Nest:
    def __init__(self, root: Frame, sizes: dict[str, tuple[float, float]], edges: list[Edge], sideways: bool, between: float) -> None:
        self.frames = list(root.inside())
        self.root = root
        self.sizes = {i: (h, w) if sideways else (w, h) for i, (w, h) in sizes.items()}
        self.edges = edges
        self.sideways = sideways
        self.between = between
        self.parent: dict[str, Frame | None] = {root.id: None}
        self.depth: dict[str, int] = {root.id: 0}
        for frame in self.frames:
            for item in frame.items:
                name = item.id if isinstance(item, Frame) else item
                self.parent[name], self.depth[name] = frame, self.depth[frame.id] + 1
        self.local: dict[str, dict[tuple[str, str, str], Wire]] = {frame.id: {} for frame in self.frames}
        self.steps: list[list[tuple[Frame, tuple[str, str, str]]]] = []  # per edge: (frame, wire) from source to target
        self.ports: dict[str, dict[str, float]] = {frame.id: {} for frame in self.frames}  # "<key" entry, ">key" exit: place across
        self.spots: dict[str, dict[str, Spot]] = {}

    def split(self) -> None:
        """Cut each edge where it crosses the border of a frame."""
        for edge in self.edges:
            a, b = edge.source, edge.target
            out: list[tuple[Frame, tuple[str, str, str]]] = []
            into: list[tuple[Frame, tuple[str, str, str]]] = []
            while self.parent[a] is not self.parent[b]:
                if self.depth[a] >= self.depth[b]:
                    frame = self.parent[a]
                    assert frame is not None
                    out.append((frame, (a, ">" + edge.key, edge.key)))
                    a = frame.id
                else:
                    frame = self.parent[b]
                    assert frame is not None
                    into.append((frame, ("<" + edge.key, b, edge.key)))
                    b = frame.id
            home = self.parent[a]
            assert home is not None
            self.steps.append([*out, (home, (a, b, edge.key)), *reversed(into)])
            for frame, step in self.steps[-1]:
                self.local[frame.id].setdefault(step, Wire(0, 0))

    def place(self) -> None:
        """Every frame, the innermost first: a frame that is placed is a box of known size to the one around it."""
        for frame in reversed(self.frames):
            self._one(frame)

    def _one(self, frame: Frame) -> None:
        wires = self.local[frame.id]
        names = [item.id if isinstance(item, Frame) else item for item in frame.items]
        entries = list(dict.fromkeys(a for a, _, _ in wires if a[0] == "<"))
        exits = list(dict.fromkeys(b for _, b, _ in wires if b[0] == ">"))
        order = [*entries, *names, *exits]
        at = {name: k for k, name in enumerate(order)}
        spots = [Spot(0, 0, ENTRY) for _ in entries] + [Spot(*self.sizes[n]) for n in names] + [Spot(0, 0, EXIT) for _ in exits]
        for (a, b, key), wire in wires.items():
            wire.source, wire.target = at[a], at[b]
            wire.leave = self.ports[a].get(">" + key, 0.0) if a in self.ports else 0.0
            wire.enter = self.ports[b].get("<" + key) if b in self.ports else 0.0 if b[0] == ">" else None
            wire.loose = a[0] != "<" and a not in self.ports
        across, along = lay_out(spots, list(wires.values()), self.between)
        shift, size = self._border(frame, across, along, [s.x for s in spots[: len(entries)]])
        if shift != (0.0, 0.0):
            for s in spots:
                s.x += shift[0]
                s.y += shift[1]
            for wire in wires.values():
                wire.points = [(x + shift[0], y + shift[1]) for x, y in wire.points]
        self.sizes[frame.id] = size
        self.spots[frame.id] = dict(zip(order, spots, strict=True))
        for name in [*entries, *exits]:
            self.ports[frame.id][name] = self.spots[frame.id][name].x - size[0] / 2

    def _border(self, frame: Frame, across: float, along: float, doors: list[float]) -> tuple[tuple[float, float], tuple[float, float]]:
        """(what the contents of a frame are moved by, its size): from top to bottom no edge may come in through its title or strip."""
        before, after, header = (0.0, 0.0, 0.0) if frame is self.root else (PAD, PAD, frame.header)
        if self.sideways:
            return (header, before), (2.0 * math.ceil((across + header + after) / 2), max(along + before + after, frame.title + frame.strip))
        left = right = 0
        if doors and frame is not self.root:
            left = math.ceil(max(frame.title - before - min(doors), 0.0))
            right = math.ceil(max(frame.strip - after - across + max(doors), 0.0))
        extra = max(frame.title + frame.strip - across - before - after - left - right, 0.0)
        width = across + before + after + left + right + extra
        # an even width, so that a place on the border lies whole pixels from the middle
        return (before + left + math.floor(extra / 2 + 0.5), header), (2.0 * math.ceil(width / 2), along + header + after)

    def gather(self) -> Plan:
        """Absolute places, from the outside in, and the whole line of each edge."""
        corner: dict[str, tuple[float, float]] = {self.root.id: (0.0, 0.0)}
        boxes: dict[str, tuple[float, float, float, float]] = {}
        frames: dict[str, tuple[float, float, float, float]] = {}
        for frame in self.frames:
            x0, y0 = corner[frame.id]
            frames[frame.id] = (x0, y0, *self.sizes[frame.id])
            for item in frame.items:
                name = item.id if isinstance(item, Frame) else item
                spot = self.spots[frame.id][name]
                corner[name] = (x0 + spot.x - spot.across / 2, y0 + spot.y - spot.along / 2)
                if not isinstance(item, Frame):
                    boxes[name] = (*corner[name], spot.across, spot.along)
        lines = []
        for steps in self.steps:
            line: list[tuple[float, float]] = []
            for frame, step in steps:
                x0, y0 = corner[frame.id]
                for x, y in self.local[frame.id][step].points or self._direct(frame, step):
                    point = (x + x0, y + y0) if x0 or y0 else (x, y)
                    if not line or line[-1] != point:
                        line.append(point)
            lines.append(line)
        plan = Plan(boxes, frames, lines, *self.sizes[self.root.id], self.sideways)
        return turned(plan) if self.sideways else plan

    def _direct(self, frame: Frame, step: tuple[str, str, str]) -> list[tuple[float, float]]:
        """The line of an edge against the program order, which the layers did not take."""
        a, b = self.spots[frame.id][step[0]], self.spots[frame.id][step[1]]
        return [(a.x, a.y + a.along / 2), (b.x, b.y - b.along / 2)]


@contextmanager
def collector_at_rest(wanted: bool) -> Iterator[None]:
    """No garbage collection meanwhile: a large layout makes so many small lists that Python would walk all of the user's objects several
    times, for two fifths of its time. None of them are in cycles."""
    wanted = wanted and gc.isenabled()
    if wanted:
        gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


def turned(plan: Plan) -> Plan:
    """The layout from left to right: across is down."""
    boxes = {i: (y, x, h, w) for i, (x, y, w, h) in plan.boxes.items()}
    frames = {i: (y, x, h, w) for i, (x, y, w, h) in plan.frames.items()}
    return Plan(boxes, frames, [[(y, x) for x, y in line] for line in plan.lines], plan.height, plan.width, True)


def arrange(root: Frame, sizes: dict[str, tuple[float, float]], edges: list[Edge], sideways: bool = False, between: float = BETWEEN) -> Plan:
    """Lay everything out; `sizes` are (width, height) of the boxes, `between` is the room between layers."""
    with collector_at_rest(len(edges) > MANY):
        nest = _Nest(root, sizes, edges, sideways, between)
        nest.split()
        nest.place()
        return nest.gather()
