"""Every displayed equation is true (B3), and every intermediate gradient is PyTorch's (B2)."""

from __future__ import annotations

import base64
import gzip
import json
import math
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autograd_core as ag
import nn.functional as F
from autograd_core import viz
from autograd_core.op import Op, registry
from tests.samples import RECORDS
from tests.viz.checks.programs import programs
from tests.viz.checks.registry import Figure, Unavailable, below, check, equal
from tests.viz.models import PROGRAMS
from tests.viz.test_explain import FLOWING, loss_of

SAMPLES = 200
STEP = 1e-6
ONCE = {"ctc_slope", "sampled_grid"}  # gradients whose own rule is the error that they have no derivative


def off(sum_: float, whole: float, size: float) -> float:
    """How far a sum is from what it should be, relative to its terms."""
    if not math.isfinite(whole) or not math.isfinite(size):
        return 0.0
    return abs(sum_ - whole) / max(size, abs(whole), 1e-300)


def read(text: str) -> tuple[float, float, float]:
    """(sum of the left side, right side, sum of the sizes) of an equation as it is written: 2 · 3 + (4 more: −1) = 5."""
    plain = re.sub(r"\((?:\d+ more|rounding): ([^)]*)\)", r"(\1)", text).replace("−", "-").replace("∞", "inf").replace("NaN", "nan")
    left, _, right = plain.rpartition(" = ")
    terms = [math.prod(float(factor.strip("() ")) for factor in term.split("·")) for term in left.split(" + ")]
    return math.fsum(terms), float(right), math.fsum(map(abs, terms))


def explained(s: viz.Stepper, rng: random.Random) -> Iterator[tuple[viz.Stepper, Any, Any]]:
    """(contribution, explanation) of every contribution of a pass: of its largest element and of a random one."""
    for moment in s:
        for c in moment.contributions:
            if c.array.size and c.array.dtype.kind == "f":
                at = tuple(rng.randrange(n) for n in c.array.shape)
                yield from ((c, moment.explain(index, c.slot)) for index in ([None] if c.array.size == 1 else [None, at]))


@check("B3", "every displayed equation is true, for every operation of the registry", timing=True)  # tests/viz/test_explain tests the same
def every_op() -> Iterator[Figure]:
    """Terms, remainder and gradient; the same read back from the text; the whole against central differences."""
    rng, numbers = random.Random(0), np.random.default_rng(0)
    shown: set[str] = set()
    count, worst, read_back, untrue, differences, tried = 0, 0.0, 0.0, [], 0.0, 0
    samples = [(f"{key} {i}", *loss_of(key, i, numbers), RECORDS[key][i]) for key, i in FLOWING]
    for name, again, leaves, record in [*samples, *((name, *program, None) for name, program in programs().items())]:
        s = viz.stepper(again())
        for c, e in explained(s, rng):
            count += 1
            shown.add(s.at(c.k).step.record.name)
            worst = max(worst, off(e.total, float(c.array[e.place]), math.fsum(abs(t.value) for t in e.terms)))
            left, right, terms = read(e.equation(9)) if e.linear else (0.0, 0.0, 0.0)
            read_back = max(read_back, off(left, right, terms))
            if not e.linear or (e.contribution != c.array[e.place] and not math.isnan(e.contribution)):
                untrue.append(name)
        for op, e in second(again, leaves, shown) if name.endswith(" 0") or record is None else ():
            count += 1
            shown.add(op)
            untrue += [] if e.linear else [f"{name}, second derivative"]
            worst = max(worst, off(e.total, e.contribution, math.fsum(abs(t.value) for t in e.terms)))
        if record is not None and record.numeric:
            differences, tried = max(differences, central(s, again, leaves) / record.tolerance), tried + 1
    ops = {e.name for e in registry.values() if isinstance(e, Op) and e.differentiable}
    yield equal(f"operations explained, of {len(ops)} that have rules; missing", sorted(ops - shown - ONCE), [])
    yield equal(f"of {count:,} equations, those that are no sum of products or show another number", untrue, [])
    yield below("terms + remainder against the gradient, relative", worst, 1e-6)
    yield below("the same read back from the text of 9 digits", read_back, 1e-6)
    yield below(f"against central differences, {tried} samples, in units of their tolerance", differences, 1e-5)


def second(again: Callable[[], ag.Tensor], leaves: list[ag.Tensor], shown: set[str]) -> Iterator[tuple[str, Any]]:
    """(operation, explanation) of those that only second derivatives have, as far as they are not among `shown`."""
    loss = again().square()  # so that the gradient that comes depends on the leaves
    used = [t for t in leaves if t.array.size]
    try:
        grads = [g for g in ag.autograd.grad(loss, used, create_graph=True, allow_unused=True) if g is not None and g.requires_grad]
        if not grads:
            return
        s = viz.stepper(sum((g * g).sum() for g in grads))
    except (RuntimeError, NotImplementedError):  # first derivatives only
        return
    for k, step in enumerate(s.run.steps, 1):
        if step.record.name not in shown:
            for c in s.at(k).contributions:
                if c.array.size and c.array.dtype.kind == "f":
                    yield step.record.name, s.at(k).explain(None, c.slot)


def central(s: viz.Stepper, again: Callable[[], ag.Tensor], leaves: list[ag.Tensor]) -> float:
    """How far the explained gradient of each leaf's largest element is from central differences."""
    worst = 0.0
    for leaf in leaves:
        value = s.run.trace.value_of(leaf)
        if value is None or value.id not in s.run.arrivals or not leaf.array.size:
            continue
        whole = s.grad_of(leaf, -1).array
        at = np.unravel_index(int(np.argmax(np.abs(whole))), whole.shape)
        total = math.fsum(s.at(k).explain(at, slot).total for k, slot in s.run.arrivals[value.id])
        ends = []
        for sign in (1, -1):
            leaf.array[at] += sign * STEP
            ends.append(float(again().array))
            leaf.array[at] -= sign * STEP
        numeric = (ends[0] - ends[1]) / (2 * STEP)
        worst = max(worst, abs(total - numeric) / (1 + abs(numeric)))
    return worst


def in_page(s: viz.Stepper) -> list[Any]:
    """(step, equation) of everything that a page explains, as the browser reads it."""
    packed = re.search(r'<script id="data" type="application/gzip">([A-Za-z0-9+/=]*)</script>', str(s.html()))
    assert packed is not None
    data = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    return [(k, part, e) for k, parts in enumerate(data["steps"][4], 1) for part in parts for e in part[5]]


@check("B3", "equations read back from the page and from the terminal's text", slow=True)
def read_again() -> Iterator[Figure]:
    """200 random equations of five models."""
    rng, page, text, sums, values = random.Random(0), 0.0, 0.0, 0, 0
    steppers = [viz.stepper(make()()) for make in PROGRAMS.values()]
    rows = [(s, *row) for s in steppers for row in in_page(s)]
    for s, k, part, e in rng.sample(rows, min(SAMPLES, len(rows))):
        _, terms, _, rest, contribution, before, after, _, _, linear, _, place, _ = e
        slot = next(c.slot for c in s.at(k).contributions if c.value == part[0] and c.nth == part[2] + 1)
        actual = float(next(c for c in s.at(k).contributions if c.slot == slot).array[tuple(place)])
        given = [t[1] * t[3] for t in terms]
        if linear:
            page = max(page, off(math.fsum([*given, rest]), contribution, math.fsum(map(abs, given))))
        page = max(page, off(contribution, actual, abs(actual)) - 5e-6, 0.0)  # the page has 6 digits
        sums += abs((before or 0.0) + contribution - after) > 2e-5 * (abs(before or 0.0) + abs(contribution))
        left, right, size = read(s.at(k).explain(tuple(place), slot).equation())
        text = max(text, off(left, right, size))
        values += 1
    yield equal("equations", values, SAMPLES)
    yield below("page: terms + remainder against the shown and the actual gradient, relative", page, 1e-6)
    yield equal("page: before + contribution that is not after", sums, 0)
    yield below("terminal: the left side against the right side, of 4 digits", text, 1e-3)


def networks(lib: Any, f: Any, kind: str, keep: Callable[[Any], Any]) -> dict[str, Callable[[], Any]]:
    """Programs that are the same text for both libraries; `keep` sees every intermediate value."""
    rng = np.random.default_rng(0)

    def data(*shape: int, grad: bool = True) -> Any:
        t = lib.tensor(rng.standard_normal(shape).astype(kind) * 0.5)
        return keep(t.requires_grad_()) if grad else t

    x, w1, b1, w2 = data(6, 5, grad=False), data(7, 5), data(7), data(3, 7)
    image, k1, scale, shift, w3 = data(2, 3, 9, 9, grad=False), data(4, 3, 3, 3), data(4), data(4), data(3, 36)
    seq, wi, wh, b = data(5, 2, 4, grad=False), data(12, 4), data(12, 3), data(12)
    tokens, q, k, v, o, ln = data(2, 6, 8, grad=False), data(8, 8), data(8, 8), data(8, 8), data(8, 8), data(8)
    target = lib.tensor(np.array([0, 2, 1, 1, 0, 2]))

    def mlp() -> Any:
        h = keep(f.gelu(keep(f.linear(x, w1, b1))))
        return f.cross_entropy(keep(f.linear(h, w2)), target)

    def cnn() -> Any:
        h = keep(f.conv2d(image, k1, padding=1))
        h = keep(f.batch_norm(h, None, None, scale, shift, training=True))
        h = keep(f.max_pool2d(keep(f.relu(h)), 3))
        return keep(f.linear(keep(h.flatten(1)), w3)).square().mean()

    def lstm() -> Any:
        h = c = lib.zeros(2, 3, dtype=seq.dtype)
        for t in range(5):
            i, g, u, r = keep(f.linear(seq[t], wi, b) + f.linear(h, wh)).chunk(4, 1)
            c = keep(g.sigmoid() * c + i.sigmoid() * u.tanh())
            h = keep(r.sigmoid() * keep(c.tanh()))
        return h.square().sum()

    def attention() -> Any:
        y = keep(f.layer_norm(tokens, (8,), ln))
        heads = [keep(f.linear(y, w).view(2, 6, 2, 4).transpose(1, 2)) for w in (q, k, v)]
        a = keep(f.softmax(keep(heads[0] @ heads[1].transpose(-2, -1) / 2), -1))
        return (tokens + keep(f.linear(keep((a @ heads[2]).transpose(1, 2).reshape(2, 6, 8)), o))).square().mean()

    return {"MLP": mlp, "CNN with batch norm": cnn, "LSTM": lstm, "attention": attention}


@check("B2", "every intermediate gradient is the one that PyTorch retains", slow=True)
def twins() -> Iterator[Figure]:
    """The same programs in both libraries, in float64 and float32."""
    try:
        import torch
    except ImportError:
        raise Unavailable("PyTorch is not installed") from None
    for kind, most in (("float64", 1e-9), ("float32", 1e-5)):
        ours: list[Any] = []
        theirs: list[Any] = []

        def retained(t: Any, seen: list[Any] = theirs) -> Any:
            t.retain_grad()
            seen.append(t)
            return t

        def kept(t: Any, seen: list[Any] = ours) -> Any:
            seen.append(t)
            return t

        mine, other = networks(ag, F, kind, kept), networks(torch, torch.nn.functional, kind, retained)
        for name in mine:
            first = len(ours), len(theirs)
            s = viz.stepper(mine[name]()).goto("end")
            other[name]().backward()
            leaves = [(a, b) for a, b in zip(ours[:18], theirs[:18], strict=True) if b.grad is not None]
            pairs = [*zip(ours[first[0] :], theirs[first[1] :], strict=True), *leaves]
            worst = max(float(np.abs(s.grad_of(a).array - b.grad.numpy()).max() / max(np.abs(b.grad.numpy()).max(), 1e-30)) for a, b in pairs)
            for _, b in leaves:
                b.grad = None
            yield below(f"{kind}, {name}: {len(pairs)} gradients, relative to the largest element of each", worst, most)
