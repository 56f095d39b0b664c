"""What the stepper's page knows: every step in columns, with its numbers as far as the page's size allows. Imports moments and the page's tables.

The page computes nothing but what a cursor needs; every equation in it was made here, of the numbers that flowed.
"""

from __future__ import annotations

import linecache
import math
import os
from typing import Any

import numpy as np

from .explain import Explanation, rule_text
from .facts import rms_of
from .formula import mathml
from .moments import called
from .passes import Step, dense
from .readings import slot_name, step_word
from .source import file_name
from .stats import Kept, Stats
from .step_graph import PageGraph
from .step_layers import page_layers
from .step_table import Table, columns, rounded
from .theme import FAMILIES
from .words import shape_text

FEW, MANY = 700, 3000  # steps up to which everything is embedded, and from which on only sizes and the equations of some steps
SOME = 500  # steps that have an equation in a page of very many
SMALL = 64  # elements whose numbers are shown
EVERY, EXTRA = 16, 600  # elements each of which has its own equation, and such equations in all beside those of the largest elements
AROUND = 4  # lines of the source before and after


def page_data(stepper: Any, title: str) -> dict[str, Any]:
    """Everything for the page, as plain data."""
    return _Data(stepper, title).make()


class _Data:
    def __init__(self, stepper: Any, title: str) -> None:
        self.stepper = stepper
        self.run = stepper.run
        self.title = title
        self.texts, self.rules, self.stats, self.shapes, self.scopes = Table(), Table(), Table(), Table(), Table()
        self.count = len(self.run.steps)
        self.files: dict[str, dict[int, str]] = {}
        self.sites: dict[Any, int] = {}
        self.names: dict[str, str] = {}  # of files by their paths
        self.extra = EXTRA
        self.told = self._told()

    def make(self) -> dict[str, Any]:
        """The tables, once every step has been through them."""
        steps = [self._step(step) for step in self.run.steps]
        breaks = [[s.k for s in self.run.steps if b.hits(s)] for b in self.stepper.breakpoints]
        return {
            "schema": 2, "title": self.title, "n": self.count, "at": self.stepper.k, "by": self.stepper.granularity,
            "seed": rounded(float(np.asarray(self.run.seeds[0][1]).flat[0])), "texts": self.texts.rows, "rules": self.rules.rows,
            "stats": columns(self.stats.rows), "shapes": self.shapes.rows, "scopes": self.scopes.rows, "steps": columns(steps),
            "values": self._values(), "files": self.files, "flags": [[f.k, f.kind, self._short(f.text)] for f in self.stepper.flags],
            "breaks": sorted({k for ks in breaks for k in ks}), "graph": PageGraph(self.run, self.texts).make(),
            "layers": page_layers(self.run, self.texts), "notice": self._notice(), "families": [[f.word, f.colour] for f in FAMILIES.values()],
        }  # fmt: skip

    def _told(self) -> set[int]:
        """The steps whose equations are in the page: all, or of very many those with a flag and some of each operation."""
        if self.count <= MANY:
            return set(range(1, self.count + 1))
        found = {k + d for k in (f.k for f in self.stepper.flags) for d in (-1, 0, 1)}
        seen: dict[str, int] = {}
        for step in self.run.steps:
            seen[step.record.name] = seen.get(step.record.name, 0) + 1
            if seen[step.record.name] <= 4:
                found.add(step.k)
        return found | set(range(1, self.count + 1, -(-self.count // SOME))) | {self.count}

    def _notice(self) -> str:
        """What is not in the page, and why."""
        budget = self.run.budget
        said = []
        if budget.dropped:
            said.append(f"{budget.dropped} gradients did not fit the budget of {budget.limit / 2**20:.0f} MB: computed again where needed")
        if self.count > MANY:
            said.append(f"{self.count:,} steps are many: the page holds the sizes of all, the equations of {len(self.told):,}, and no pictures of tensors")
        elif self.count > FEW:
            said.append(f"{self.count} steps are many: the page holds the equation of the largest element of each gradient, and no pictures of tensors")
        return "; ".join(said)

    def _step(self, step: Step) -> list[Any]:
        """[op, scope, source, came, parts, leaves that are done]"""
        came = [-1 if kept is None else self._kept(kept, step.k, o) for o, kept in enumerate(step.upstream)]
        moment = self.stepper.at(step.k) if step.k in self.told else None
        parts = []
        for slot, part in enumerate(step.parts):
            if part is None:
                continue
            value, nth, kept = part
            own = slot_name(step, slot)
            rule = self.rules.known((step.record.op.name, own, own))
            if rule is None:
                rule = self._rule(step, slot, own)
            name = self.texts.at(self.run.trace.values[value].name or own)
            parts.append([value, name, nth, self._kept(kept, step.k, -1 - slot), rule, self._explained(moment, slot, kept) if moment else []])
        return [self.texts.at(step_word(step)), self._scope(step.record.scope), self._source(step), came, parts, [v for v, _ in step.done]]

    def _rule(self, step: Step, slot: int, own: str) -> int:
        """[the input's name, the rule as MathML, as text]"""
        text = rule_text(step, slot)
        return self.rules.at([own, mathml(text.partition(" = ")[2]), text], (step.record.op.name, own, own))

    def _scope(self, scope: Any) -> int:
        """The place of [names of the modules from the outside in, their classes]; 0 is none."""
        if not self.scopes.rows:
            self.scopes.at([[], []], 0)
        if scope is None:
            return 0
        place = self.scopes.known(id(scope))
        if place is None:
            chain = [scope]
            while getattr(chain[-1], "outer", None) is not None:
                chain.append(chain[-1].outer)
            names = [self.texts.at(str(getattr(call, "path", call))) for call in reversed(chain)]
            kinds = [self.texts.at(getattr(getattr(call, "kind", None), "__name__", "")) for call in reversed(chain)]
            place = self.scopes.at([names, kinds], id(scope))
        return place

    def _source(self, step: Step) -> int:
        site = step.record.site
        place = self.sites.get(site)
        if place is None:
            line = step.record.line
            place = -1 if line is None else self.texts.at(f"{self._file(*line)}:{line[1]}")
            self.sites[site] = place
        return place

    def _kept(self, kept: Kept, k: int, which: int) -> int:
        """The place of an array's statistics; few numbers are given whole."""
        place = self.stats.known(id(kept))
        return self.stats.at(self._measured(kept, k, which), id(kept)) if place is None else place

    def _measured(self, kept: Kept, k: int, which: int) -> list[Any]:
        """[shape, L2/√n, min, max, mean, zeros, NaN, infinite, elements, histogram, picture]"""
        came, went = self.run.arrays(k) if kept.raw is None else ((), ())
        array = kept.array if kept.array is not None else dense(came[which] if which >= 0 else went[-1 - which])
        shape = self.shapes.at(shape_text(array.shape))
        size = rms_of(kept) if self.count > MANY else None
        if size is not None and math.isfinite(size) and array.size and array.dtype.kind == "f":
            least, greatest = float(array.min()), float(array.max())
            zeros = array.size - np.count_nonzero(array) if least <= 0 <= greatest else 0
            return [shape, rounded(size, 3), rounded(least, 3), rounded(greatest, 3), 0, int(zeros), 0, 0, int(array.size), [], 0]
        s: Stats = kept.stats
        digits = 4 if s.size > 1 else 9
        row: list[Any] = [shape, *[rounded(v, digits) for v in (s.rms, s.least, s.greatest, s.mean)], s.zeros, s.nans, s.infs, s.size, [], 0]
        if self.count <= MANY:
            row[-2] = list(s.histogram)
            if self.count <= FEW:
                row[-1] = _picture(array, s)
        return row

    def _explained(self, moment: Any, slot: int, kept: Kept) -> list[Any]:
        """The equations of a contribution: of every element where there are few, else of the largest."""
        if not kept.size:
            return []
        first = moment.explain(None, slot)
        found = [first]
        if self.count <= FEW and 1 < kept.size <= min(EVERY, self.extra):
            self.extra -= kept.size - 1
            shape = dense(self.run.arrays(moment.k)[1][slot]).shape
            found += [moment.explain(at, slot, remarks=False) for at in np.ndindex(shape) if tuple(at) != first.place]
        return [self._equation(e, 4 if self.count > FEW else 8) for e in found]

    def _equation(self, e: Explanation, most: int) -> list[Any]:
        """[target, terms, more, rest, contribution, before, after, nth, of, linear, notes, place, given]; the rest is what is missing to the contribution."""
        terms = [[self.texts.at(t.upstream_name), rounded(t.upstream), self.texts.at(t.slope_name), rounded(t.slope)] for t in e.terms[:most]]
        contribution = rounded(e.contribution)
        given = [t[1] * t[3] if isinstance(t[1], float) and isinstance(t[3], float) else math.nan for t in terms]
        rest = rounded(contribution - math.fsum(given)) if isinstance(contribution, float) and all(map(math.isfinite, given)) else 0.0
        more = e.more + max(len(e.terms) - most, 0)
        before = None if e.before is None else rounded(e.before)
        return [
            self.texts.at(e.target), terms, more, rest if e.linear else 0.0, contribution, before, rounded(e.after), e.nth, e.of, int(e.linear),
            [self.texts.at(note) for note in e.notes], list(e.place), [[self.texts.at(name), rounded(v, 5)] for name, v in e.given],
        ]  # fmt: skip

    def _values(self) -> dict[str, list[Any]]:
        """value -> [name (-1: after that step), the step that takes its gradient up (0 for a leaf), contributions in all, size of the whole]"""
        values, found = self.run.trace.values, {}
        for value, arrived in self.run.arrivals.items():
            maker = values[value].maker
            taken = 0 if maker is None else self.run.step_of.get(maker, 0)
            name = -1 if taken and not values[value].name else self.texts.at(called(self.run, values[value]))
            whole = self.run.finished.get(value)
            size = None if whole is None else rms_of(whole[1])
            found[str(value)] = [name, taken, len(arrived), None if size is None else rounded(size, 3)]
        return found

    def _short(self, text: str) -> str:
        """A text without the folders of files: pages are shared, and where a file lies is nobody's business."""
        for path, name in self.names.items():
            text = text.replace(path, name)
        return text

    def _file(self, path: str, line: int) -> str:
        """A file's name as the reader knows it, with the lines around one kept."""
        name = file_name(path)
        if os.path.isabs(name):
            self.names[name] = os.path.basename(name)
            name = self.names[name]
        lines = self.files.setdefault(name, {})
        for number in range(max(line - AROUND, 1), line + AROUND + 1):
            if number not in lines:
                text = linecache.getline(path, number)
                if text:
                    lines[number] = text.rstrip("\n")[:200]
        return name


def _picture(array: np.ndarray, s: Stats) -> Any:
    """The numbers of a small array, or its thumbnail as signed bytes: [rows, columns, numbers or text, scale]."""
    if not array.size or array.dtype.kind == "c":
        return None
    if array.size <= SMALL:
        sheet = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
        return [*sheet.shape, [rounded(float(v), 5) for v in sheet.reshape(-1)], 0]
    sheet = s.thumbnail if s.thumbnail is not None else _row(array)
    most = float(np.abs(sheet[np.isfinite(sheet)]).max(initial=0.0)) or 1.0
    levels = np.clip(np.round(np.nan_to_num(sheet / most, nan=9, posinf=9, neginf=9) * 40), -40, 41).astype(int)
    return [*sheet.shape, "".join(chr(76 + int(v)) for v in levels.reshape(-1)), rounded(most, 4)]


def _row(array: np.ndarray) -> np.ndarray:
    flat = array.reshape(-1)
    n = min(flat.size, 64)
    edges = np.arange(n) * flat.size // n
    with np.errstate(all="ignore"):
        sums = np.add.reduceat(flat.astype(np.float64), edges) / np.diff(np.append(edges, flat.size))
    return np.asarray(sums.reshape(1, -1))
