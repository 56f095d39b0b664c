"""What recording costs, and what the possibility of it costs while it is off (B7)."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import viz
from tests.viz.checks.registry import Figure, below, check

LOOPS: dict[str, Callable[..., ag.Tensor]] = {
    "add": lambda h, w, m: h + w,
    "mul": lambda h, w, m: h * w,
    "tanh": lambda h, w, m: h.tanh(),
    "matmul": lambda h, w, m: h @ m,
    "linear": lambda h, w, m: F.linear(h, m),
    "softmax": lambda h, w, m: h.softmax(-1),
}


def loop(name: str, count: int, back: bool) -> Callable[[], None]:
    """A chain of `count` small operations on 10 floats."""
    w = ag.ones(10, requires_grad=True)
    m = (ag.eye(10) * 0.5).requires_grad_()
    op = LOOPS[name]

    def run() -> None:
        h = w
        for _ in range(count):
            h = op(h, w, m)
        if back:
            h.sum().backward()

    return run


def step_of(model: nn.Module, x: ag.Tensor) -> Callable[[], None]:
    """Forward and backward of a model."""

    def run() -> None:
        model.zero_grad()
        out = model(x)
        (out[0] if isinstance(out, tuple) else out).square().mean().backward()

    return run


def cells() -> Callable[[], None]:
    """An LSTM cell over 50 steps."""
    cell, x = nn.LSTMCell(16, 32), ag.randn(50, 8, 16)

    def run() -> None:
        cell.zero_grad()
        state = None
        for t in range(50):
            state = cell(x[t], state)
        state[0].square().mean().backward()

    return run


def models() -> dict[str, Callable[[], None]]:
    """Steps of training, without the update."""
    ag.manual_seed(0)
    mlp = nn.Sequential(nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 10))
    cnn = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 11 * 11, 10)
    )
    return {
        "MLP step, batch 32": step_of(mlp, ag.randn(32, 64)),
        "CNN step, batch 16": step_of(cnn, ag.randn(16, 1, 28, 28)),
        "LSTM, 50 steps (one kernel)": step_of(nn.LSTM(16, 32), ag.randn(50, 8, 16)),
        "LSTM cell, 50 steps": cells(),
    }


def watched(run: Callable[[], None]) -> Callable[[], None]:
    """The same, recorded."""

    def record() -> None:
        with viz.record():
            run()

    return record


def race(a: Callable[[], None], b: Callable[[], None], rounds: int) -> tuple[float, float]:
    """The shortest of alternating runs, in seconds of this process."""
    best = [float("inf"), float("inf")]
    for each in (a, b):
        each()
    for _ in range(rounds):
        for i, each in enumerate((a, b)):
            start = time.process_time()
            each()
            best[i] = min(best[i], time.process_time() - start)
    return best[0], best[1]


@check("B7", "recording costs at most three times the time", timing=True)
def on() -> Iterator[Figure]:
    """Recorded against not recorded."""
    for name in LOOPS:
        for back in (False, True):
            run = loop(name, 10_000, back)
            off, seen = race(run, watched(run), 9)
            yield below(f"10,000 {name}{', backward too' if back else ''}: {off * 100:.2f} -> {seen * 100:.2f} µs an op", seen / off, 3, " times")
    for name, run in models().items():
        off, seen = race(run, watched(run), 10)
        yield below(f"{name}: {off * 1e3:.2f} -> {seen * 1e3:.2f} ms", seen / off, 3, " times")


@check("B7", "not recording costs at most 1 %", timing=True)
def off() -> Iterator[Figure]:
    """With the places where a recording hangs, against the same functions without them: 20 alternations."""
    done = subprocess.run([sys.executable, "-m", "tests.viz.checks.unhooked"], capture_output=True, text=True, check=True)
    for name, (without, having) in json.loads(done.stdout.splitlines()[-1]).items():
        yield below(f"{name}: {without * 1e3:.2f} -> {having * 1e3:.2f} ms", 100 * (having / without - 1), 1, " %", 2)
