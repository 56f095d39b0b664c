"""The cursor: its place is a state however it was reached (B1), flags are where they belong (B10), what-if branches (B12)."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator

import numpy as np

import autograd_core as ag
import nn
from autograd_core import viz
from tests.viz.checks.registry import Figure, check, equal
from tests.viz.models import PROGRAMS

MODELS = {"a scalar expression": "numbers", "MLP": "mlp", "CNN with batch norm": "convnet", "LSTM": "steps", "transformer": "transformer"}
MOVES = 1000


def leaves(s: viz.Stepper) -> list[int]:
    """The value ids of the leaves that the pass reaches."""
    return [v.id for v in s.run.trace.values if v.role == "parameter" and v.id in s.run.arrivals]


def state(s: viz.Stepper) -> str:
    """A hash of everything that the cursor's place says."""
    found = hashlib.sha256(f"{s.k} {s.element} {s.now.text()}".encode())
    for pending in s.frontier:
        found.update(f"{pending.value} {pending.arrived} {pending.array.shape}".encode() + pending.array.tobytes())
    for v in leaves(s):
        g = s.grad_of(v)
        found.update(b"nothing" if g is None else g.array.tobytes())
    return found.hexdigest()


def walks(s: viz.Stepper, places: list[int]) -> tuple[int, int]:
    """(states that differ after forward k, back 0, forward k; states that differ on a random walk)."""
    fresh = {}
    for k in places:
        fresh[k] = state(s.goto(0).step(k))
    again = sum(state(s.goto(0).step(k).back(k).step(k)) != fresh[k] for k in places)
    rng, wrong = random.Random(0), 0
    moves: list[Callable[[], object]] = [s.step, s.back, s.over, s.out, lambda: s.goto(rng.choice(places))]
    for _ in range(MOVES):
        rng.choice(moves)()
        if s.k in fresh:
            wrong += state(s) != fresh[s.k]
    return again, wrong


@check("B1", "a place of the cursor is one state, however it was reached; at the end the gradients are backward()'s to the bit", slow=True)
def places() -> Iterator[Figure]:
    """Forward, back and forward again, and 1,000 random moves, on five models."""
    for title, name in MODELS.items():
        loss = PROGRAMS[name]()()
        s = viz.stepper(loss)
        every = list(range(len(s) + 1))
        again, wrong = walks(s, every if len(every) < 40 else sorted(random.Random(1).sample(every, 25)))
        yield equal(f"{title}, {len(s)} steps: states that differ, there and back", again, 0)
        yield equal(f"{title}: states that differ on {MOVES:,} random moves", wrong, 0)
        s.goto("end")
        loss.backward()
        values = s.run.trace.values
        differ = sum(not np.array_equal(s.grad_of(v).array, values[v].leaf().grad.array) for v in leaves(s))
        yield equal(f"{title}: gradients that differ from backward()", differ, 0)
    s = viz.stepper(PROGRAMS["network"]()(), granularity="scalar")
    first = [state(s)] + [state(s) for _ in s]
    back = [state(s)] + [state(s.back()) for _ in first[1:]]
    differ = sum(a != b for a, b in zip(first, back[::-1], strict=True))
    yield equal(f"element by element, {len(first) - 1} of them: states that differ on the way back", differ, 0)


class Residual(nn.Module):
    """x + relu(linear(x)), He initialisation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, width)
        nn.init.kaiming_normal_(self.inner.weight)
        self.inner.weight.data.mul_(0.3)

    def forward(self, x: ag.Tensor) -> ag.Tensor:
        return x + self.inner(x).relu()


def deep() -> viz.Stepper:
    """Twenty layers with sigmoids."""
    ag.manual_seed(0)
    model = nn.Sequential(*[part for _ in range(20) for part in (nn.Linear(8, 8), nn.Sigmoid())], nn.Linear(8, 1))
    return viz.stepper(model(ag.randn(16, 8)).square().mean())


def recurrent() -> viz.Stepper:
    """h = W h over 30 steps, of spectral radius 1.5."""
    q = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))[0] * 1.5
    w = ag.tensor(q.astype(np.float32), requires_grad=True)
    h = ag.ones(4, 6)
    for _ in range(30):
        h = h @ w
    return viz.stepper(h.sum(), params={"w": w})


def residual() -> viz.Stepper:
    """Ten residual blocks."""
    ag.manual_seed(0)
    model = nn.Sequential(*[Residual(16) for _ in range(10)], nn.Linear(16, 1))
    return viz.stepper(model(ag.randn(8, 16)).square().mean())


@check("B10", "vanishing and exploding gradients are flagged at the right layer, healthy ones are not")
def flagged() -> Iterator[Figure]:
    """Three networks."""
    s = deep()
    sizes = {m.module: float(np.linalg.norm(m.upstream.array)) for m in s if m.op == "linear"}
    start = next(iter(sizes.values()))
    expected = next(name for name, size in sizes.items() if size < start / 1000)
    yield equal("20 sigmoid layers", [(f.kind, s.at(f.k).module) for f in s.flags], [("vanishing", expected)])
    yield equal("recurrent, spectral radius 1.5", [f.kind for f in recurrent().flags], ["exploding"])
    yield equal("residual ReLU network, He initialisation", [f.kind for f in residual().flags], [])


@check("B12", "what if: a gradient twice as large makes everything below exactly twice as large, and the main line stays")
def doubled() -> Iterator[Figure]:
    """The whole pass doubled, and one operation's gradient doubled in the middle of a chain."""
    for title, name in MODELS.items():
        s = viz.stepper(PROGRAMS[name]()())
        before = state(s.goto("end"))
        branch = s.goto(0).inject(2 * s.upstream)
        differ = sum(not np.array_equal(branch.grad_of(v, -1).array, 2 * s.grad_of(v, -1).array) for v in leaves(s))
        yield equal(f"{title}: gradients that are not exactly twice", differ, 0)
        yield equal(f"{title}: the main line as before", state(s.goto("end")) == before, True)
    x = ag.linspace(-1, 1, 5, requires_grad=True)
    s = viz.stepper((x.tanh().exp() * 3).sum()).goto(2)
    ratios = sorted({float(r) for r in (s.inject(2 * s.upstream).grad_of(x, -1).array / s.grad_of(x, -1).array)})
    yield equal("a chain, from its middle: ratio", ratios, [2.0])
