"""What the stepper's page knows: every step in columns, with its numbers as far as the page's size allows. Imports moments and the drawing.

The page computes nothing but what a cursor needs; every equation in it was made here, of the numbers that flowed.
"""

from __future__ import annotations

import linecache
import math
import os
from itertools import pairwise
from typing import Any

import numpy as np

from .cards import Style
from .explain import Explanation, rule_text
from .formula import mathml
from .measure import measure_all
from .moments import called
from .passes import dense
from .readings import slot_name
from .scene import make_scene
from .source import file_name
from .stats import Kept, Stats
from .svg import lay_out_scene
from .theme import FAMILIES, family_word
from .words import shape_text

FEW, MANY = 700, 3000  # steps up to which everything is embedded, and from which on only sizes and one equation each
SMALL = 64  # elements whose numbers are shown
EVERY = 16  # elements each of which has its own equation
AROUND = 4  # lines of the source before and after


class Table:
    """A list without repetitions: `at(x)` is the place of x."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._places: dict[Any, int] = {}

    def at(self, row: Any, key: Any = None) -> int:
        """The place of a row, added when it is new; `key` stands for it in comparisons."""
        key = row if key is None else key
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.rows)
            self.rows.append(row)
        return place


def page_data(stepper: Any, title: str) -> dict[str, Any]:
    """Everything for the page, as plain data."""
    return _Data(stepper, title).make()


class _Data:
    def __init__(self, stepper: Any, title: str) -> None:
        self.stepper = stepper
        self.run = stepper.run
        self.title = title
        self.texts, self.rules, self.stats, self.shapes = Table(), Table(), Table(), Table()
        self.count = len(self.run.steps)
        self.files: dict[str, dict[int, str]] = {}

    def make(self) -> dict[str, Any]:
        """The tables, once every step has been through them."""
        steps = [self._step(k) for k in range(1, self.count + 1)]
        breaks = [[s.k for s in self.run.steps if b.hits(s)] for b in self.stepper.breakpoints]
        return {
            "schema": 1, "title": self.title, "n": self.count, "at": self.stepper.k, "seed": _number(float(np.asarray(self.run.seeds[0][1]).flat[0])),
            "texts": self.texts.rows, "rules": self.rules.rows, "stats": columns(self.stats.rows), "shapes": self.shapes.rows, "steps": columns(steps),
            "values": self._values(), "files": self.files, "flags": [[f.k, f.kind, f.text] for f in self.stepper.flags],
            "breaks": sorted({k for ks in breaks for k in ks}), "graph": self._graph(), "notice": self._notice(),
            "families": [[f.word, f.colour] for f in FAMILIES.values()],
        }  # fmt: skip

    def _notice(self) -> str:
        """What is not in the page, and why."""
        budget = self.run.budget
        said = []
        if budget.dropped:
            said.append(f"{budget.dropped} gradients did not fit the budget of {budget.limit / 2**20:.0f} MB: computed again where needed")
        if self.count > FEW:
            what = "one equation of each" if self.count > MANY else "the equation of the largest element of each gradient"
            said.append(f"{self.count} steps are many: the page holds {what}")
        return "; ".join(said)

    def _step(self, k: int) -> list[Any]:
        """[op, modules, source, came, parts, leaves that are done]"""
        moment = self.stepper.at(k)
        step = moment.step
        source = -1
        if moment.source is not None:
            source = self.texts.at(f"{self._file(moment.source.file, moment.source.line)}:{moment.source.line}")
        came = [-1 if kept is None else self._kept(kept, k, o) for o, kept in enumerate(step.upstream)]
        parts = []
        for slot, part in enumerate(step.parts):
            if part is None:
                continue
            value, nth, kept = part
            rule = self.rules.at(_rule(step, slot), (step.record.op.name, slot_name(step, slot), rule_text(step, slot)))
            parts.append([value, self.texts.at(moment.name_of(slot)), nth, self._kept(kept, k, -1 - slot), rule, self._explained(moment, slot, kept)])
        modules = [self.texts.at(path) for path in moment.modules]
        return [self.texts.at(moment.op), modules, source, came, parts, [v for v, _ in step.done], step.record.id]

    def _kept(self, kept: Kept, k: int, which: int) -> int:
        """The place of an array's statistics; few numbers are given whole."""
        return self.stats.at(self._measured(kept, k, which), id(kept))

    def _measured(self, kept: Kept, k: int, which: int) -> list[Any]:
        s: Stats = kept.stats
        came, went = self.run.arrays(k) if kept.raw is None else ((), ())
        array = kept.array if kept.array is not None else dense(came[which] if which >= 0 else went[-1 - which])
        row: list[Any] = [self.shapes.at(shape_text(array.shape)), *[_number(v, 3 if self.count > MANY else 4) for v in (s.rms, s.least, s.greatest)]]
        row += [_number(s.mean, 4) if self.count <= MANY else 0, s.zeros, s.nans, s.infs, s.size, [], 0]
        if self.count <= MANY:
            row[-2] = list(s.histogram)
            if self.count <= FEW:
                row[-1] = _picture(array, s)
        return row

    def _explained(self, moment: Any, slot: int, kept: Kept) -> list[Any]:
        """The equations of a contribution: of every element where there are few, else of the largest."""
        if not kept.stats.size or (self.count > MANY and slot != next(s for s, p in enumerate(moment.step.parts) if p is not None)):
            return []
        first = moment.explain(None, slot, remarks=self.count <= MANY)
        found = [first]
        if self.count <= FEW // 2 and 1 < kept.stats.size <= EVERY:
            shape = dense(self.run.arrays(moment.k)[1][slot]).shape
            found += [moment.explain(at, slot, remarks=False) for at in np.ndindex(shape) if tuple(at) != first.place]
        return [self._equation(e, *((2, 5) if self.count > MANY else (8, 9))) for e in found]

    def _equation(self, e: Explanation, most: int, digits: int) -> list[Any]:
        """[target, terms, more, rest, contribution, before, after, nth, of, linear, notes, place, given]; the rest is what is missing to the contribution."""
        terms = [[self.texts.at(t.upstream_name), _number(t.upstream, digits), self.texts.at(t.slope_name), _number(t.slope, digits)] for t in e.terms[:most]]
        contribution = _number(e.contribution)
        given = [t[1] * t[3] if isinstance(t[1], float) and isinstance(t[3], float) else math.nan for t in terms]
        rest = _number(contribution - math.fsum(given)) if isinstance(contribution, float) and all(map(math.isfinite, given)) else 0.0
        more = e.more + max(len(e.terms) - most, 0)
        before = None if e.before is None else _number(e.before)
        return [
            self.texts.at(e.target), terms, more, rest if e.linear else 0.0, contribution, before, _number(e.after), e.nth, e.of, int(e.linear),
            [self.texts.at(note) for note in e.notes], list(e.place), [[self.texts.at(name), _number(v, 5)] for name, v in e.given],
        ]  # fmt: skip

    def _values(self) -> dict[str, list[Any]]:
        """value -> [name (-1: after that step), the step that takes its gradient up (0 for a leaf), contributions in all]"""
        values, found = self.run.trace.values, {}
        for value, arrived in self.run.arrivals.items():
            maker = values[value].maker
            taken = 0 if maker is None else self.run.step_of.get(maker, 0)
            name = -1 if taken and not values[value].name else self.texts.at(called(self.run, values[value]))
            found[str(value)] = [name, taken, len(arrived)]
        return found

    def _file(self, path: str, line: int) -> str:
        """A file's name as the reader knows it, with the lines around one kept."""
        name = file_name(path)
        name = os.path.basename(name) if os.path.isabs(name) else name
        lines = self.files.setdefault(name, {})
        for number in range(max(line - AROUND, 1), line + AROUND + 1):
            if number not in lines:
                text = linecache.getline(path, number)
                if text:
                    lines[number] = text.rstrip("\n")[:200]
        return name

    def _graph(self) -> dict[str, Any]:
        """The drawing of the whole graph, laid out: boxes with their steps, lines, frames of modules."""
        trace = self.run.trace
        scene = make_scene(trace, trace.roots, Style(), folding=False)
        scene.open_to(None)
        measure_all(scene)
        plan, boxes, flows = lay_out_scene(scene)
        places = {name: i for i, name in enumerate(plan.boxes)}
        words = list(FAMILIES)
        out = []
        for name, (x, y, w, h) in plan.boxes.items():
            card = boxes[name]
            k = self.run.step_of.get(int(name[1:]), 0) if name[0] == "o" else 0
            family = words.index(family_word(trace.records[int(name[1:])].family)) if name[0] == "o" else -1
            text = [self.texts.at(t) for t in (card.title, card.aside, *card.lines[:1], *[chip.text for chip in card.chips[:2]])]
            out.append([round(x), round(y), round(w), round(h), k, family, text])
        lines = [[places[f.source], places[f.target], _bends(line)] for f, line in zip(flows, plan.lines, strict=True)]
        frames = [
            [round(v) for v in box] + [self.texts.at(f"{scene.modules[name].card.title}  {scene.modules[name].card.aside}".strip())]
            for name, box in plan.frames.items()
            if name != "g"
        ]
        return {"boxes": columns(out), "lines": lines, "frames": frames, "width": round(plan.width), "height": round(plan.height)}


def _rule(step: Any, slot: int) -> list[str]:
    """[the input's name, the rule as MathML, as text]"""
    text = rule_text(step, slot)
    return [slot_name(step, slot), mathml(text.partition(" = ")[2]), text]


def _number(x: float, digits: int = 9) -> float | str:
    """So many digits: nine are enough for what the equations promise."""
    return float(f"{x:.{digits}g}") if math.isfinite(x) else str(x)


def _bends(line: list[tuple[float, float]]) -> list[int]:
    """The first point of a line and the ways between its bends, without points that lie on the way between their neighbours."""
    points = [(round(x), round(y)) for x, y in line]
    kept = points[:1]
    for i in range(1, len(points) - 1):
        (ax, ay), (bx, by), (cx, cy) = kept[-1], points[i], points[i + 1]
        if (bx - ax) * (cy - ay) != (by - ay) * (cx - ax):
            kept.append(points[i])
    kept += points[-1:]
    return [*kept[0], *[v for (ax, ay), (bx, by) in pairwise(kept) for v in (bx - ax, by - ay)]]


def columns(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of equal length as columns, which pack better."""
    return [list(column) for column in zip(*rows, strict=True)]


def _picture(array: np.ndarray, s: Stats) -> Any:
    """The numbers of a small array, or its thumbnail as signed bytes: [rows, columns, numbers or text, scale]."""
    if not array.size or array.dtype.kind == "c":
        return None
    if array.size <= SMALL:
        sheet = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
        return [*sheet.shape, [_number(float(v), 5) for v in sheet.reshape(-1)], 0]
    sheet = s.thumbnail if s.thumbnail is not None else _row(array)
    most = float(np.abs(sheet[np.isfinite(sheet)]).max(initial=0.0)) or 1.0
    levels = np.clip(np.round(np.nan_to_num(sheet / most, nan=9, posinf=9, neginf=9) * 40), -40, 41).astype(int)
    return [*sheet.shape, "".join(chr(76 + int(v)) for v in levels.reshape(-1)), _number(most, 4)]


def _row(array: np.ndarray) -> np.ndarray:
    flat = array.reshape(-1)
    n = min(flat.size, 64)
    edges = np.arange(n) * flat.size // n
    with np.errstate(all="ignore"):
        sums = np.add.reduceat(flat.astype(np.float64), edges) / np.diff(np.append(edges, flat.size))
    return np.asarray(sums.reshape(1, -1))
