"""Where gradients go wrong: NaN and infinity from birth on, layers whose gradients vanish or explode, and the gains that did it. Imports passes and replay."""

from __future__ import annotations

import math
from typing import NamedTuple

from .breaks import paths_of
from .facts import rms_of
from .passes import Pass, Step
from .readings import step_word
from .replay import values_again
from .source import file_name
from .stats import Kept
from .words import number, shape_text

FAR = 1e3  # how far the size of a gradient may go from its size at the layer nearest to the loss


class Flag(NamedTuple):
    """Something worth a look. `kind`: "nan", "inf", "healed", "vanishing" or "exploding"."""

    k: int
    kind: str
    text: str


class Gain(NamedTuple):
    """How much longer a step made the gradient: L2 of what went on through its widest input over L2 of what came."""

    k: int
    op: str
    path: str
    gain: float


def l2(kept: Kept | None) -> float:
    """The length of a gradient, NaN or infinite when an element is."""
    size = rms_of(kept)
    return 0.0 if kept is None or size is None else size * math.sqrt(kept.size)


def count(kept: Kept, kind: str) -> int:
    """How many elements are NaN ("nan") or infinite ("inf")."""
    if math.isfinite(l2(kept)):
        return 0
    return kept.stats.nans if kind == "nan" else kept.stats.infs


def flags_of(run: Pass) -> list[Flag]:
    """All flags, in the order of the steps."""
    return sorted([*_forward(run), *_bad(run), *_far(run)], key=lambda f: f.k)


def _forward(run: Pass) -> list[Flag]:
    """The operation that first made NaN or infinity going forward, as far as the values are known."""
    born = _first_bad(run)
    if born is not None and any(v is not None and run.trace.values[v].kept is None for v in born.record.inputs):
        with run.untouched():
            values_again(run.trace)  # what it read was not kept: it may have been bad already
        born = _first_bad(run)
    if born is None:
        return []
    trace, record = run.trace, born.record
    made = [kept for v in record.outputs if (kept := trace.values[v].kept) is not None]
    nans = sum(kept.stats.nans for kept in made)
    word = f"{nans} NaN" if nans else f"{sum(kept.stats.infs for kept in made)} infinite values"
    line = f" at {file_name(record.line[0])}:{record.line[1]}" if record.line else ""
    known = [(trace.values[v], kept.stats) for v in record.inputs if v is not None and (kept := trace.values[v].kept) is not None]
    ranges = [f"{shape_text(value.shape)} from {number(s.least, 4)} to {number(s.greatest, 4)}" for value, s in known]
    text = f"{step_word(born)}{line} made {word} going forward" + (f", of {' and '.join(ranges)}" if ranges else "")
    return [Flag(born.k, "nan" if nans else "inf", text)]


def _first_bad(run: Pass) -> Step | None:
    """The first operation whose result is not finite where everything that it read is, or is not known."""
    values = run.trace.values
    for step in sorted(run.steps, key=lambda s: s.record.id):
        made = [kept for v in step.record.outputs if (kept := values[v].kept) is not None]
        if any(not math.isfinite(l2(kept)) for kept in made):
            given = [values[v].kept for v in step.record.inputs if v is not None]
            if not any(kept is not None and kept.stats.bad for kept in given):
                return step
    return None


def _bad(run: Pass) -> list[Flag]:
    """Where NaN and infinity are born, and where they are lost again."""
    found = []
    for step in run.steps:
        came = [k for k in step.upstream if k is not None]
        went = [p[2] for p in step.parts if p is not None]
        for kind in ("nan", "inf"):
            before, after = (sum(count(k, kind) for k in kepts) for kepts in (came, went))
            word = "NaN" if kind == "nan" else "infinity"
            if step.k == 1 and before:
                found.append(Flag(1, kind, f"{word} is the gradient that the pass starts with"))
            elif after and not before and not (kind == "nan" and any(count(k, "inf") for k in came)):
                found.append(Flag(step.k, kind, f"{word} is born here: {step_word(step)} was given finite gradients and made {after} {word}"))
            elif after and not before:
                found.append(Flag(step.k, kind, f"NaN is born here, of infinity: {step_word(step)} made {after} NaN"))
            elif before and went and not after and not any(count(k, "nan") for k in went):
                found.append(Flag(step.k, "healed", f"{word} is lost here: {step_word(step)} passes none of {before} on"))
    return found


def layers(run: Pass) -> list[Step]:
    """The steps that read weights: a parameter of two dimensions or more, perhaps through a transpose."""
    values = run.trace.values
    found = []
    for step in run.steps:
        for v in step.record.inputs:
            while v is not None and values[v].role == "op" and run.trace.records[values[v].maker or 0].view:
                v = run.trace.records[values[v].maker or 0].inputs[0]
            if v is not None and values[v].role == "parameter" and len(values[v].shape) >= 2 and not step.record.view:
                found.append(step)
                break
    return found


def _far(run: Pass) -> list[Flag]:
    """The first layer, from the loss on, whose gradient is a thousand times smaller or larger than at the layer nearest to the loss."""
    deep = layers(run)
    if len(deep) < 2:
        return []
    start = l2(deep[0].upstream[0])
    if not start or not math.isfinite(start):
        return []
    found: list[Flag] = []
    for word, low, high in (("vanishing", 0.0, 1 / FAR), ("exploding", FAR, math.inf)):
        hit = next((s for s in deep[1:] if low < l2(s.upstream[0]) / start < high), None)
        if hit is None:
            continue
        between = [g for g in gains(run) if deep[0].k <= g.k < hit.k]
        worst = (min if word == "vanishing" else max)(between, key=lambda g: g.gain, default=None)
        size = l2(hit.upstream[0])
        cause = ""
        if worst is not None:
            same = [g.gain for g in between if g.op == worst.op]
            typical = math.exp(sum(math.log(g) for g in same) / len(same)) if all(g > 0 for g in same) else worst.gain
            cause = f"; {worst.op} did it: its gain is {number(typical)} on average over {len(same)} of them, {number(worst.gain)} at step {worst.k}"
        where = (paths_of(hit) or [""])[-1] or step_word(hit)
        found.append(Flag(hit.k, word, f"{word} gradient at {where}: L2 is {number(size)}, at the layer nearest to the loss it was {number(start)}{cause}"))
    return found


def gains(run: Pass) -> list[Gain]:
    """The gain of every step whose gradients are finite and not zero, in order."""
    found = []
    for step in run.steps:
        came = math.hypot(*[l2(k) for k in step.upstream])
        went = [l2(p[2]) for p in step.parts if p is not None and run.trace.values[p[0]].role == "op"] or [l2(p[2]) for p in step.parts if p is not None]
        out = max(went, default=0.0)
        if came and math.isfinite(came) and out and math.isfinite(out):
            found.append(Gain(step.k, step_word(step), (paths_of(step) or [""])[-1], out / came))
    return found
