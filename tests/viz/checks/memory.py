"""Budgets hold (B6): `python -m tests.viz.checks.memory` runs the programs in a process of their own and prints what they needed."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
from collections.abc import Iterator

import numpy as np

import autograd_core as ag
import nn
from autograd_core import viz
from autograd_core.viz.step_data import page_data
from tests.viz.checks.registry import Figure, below, check, equal

MB = 2**20
BUDGET = 64


def peak() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def network() -> tuple[nn.Module, ag.Tensor]:
    """Convolutions whose gradients come to a gigabyte."""
    ag.manual_seed(0)
    parts: list[nn.Module] = [nn.Conv2d(3, 32, 3, padding=1)]
    for _ in range(36):
        parts += [nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1)]
    return nn.Sequential(*parts), ag.randn(8, 3, 96, 96)


def measure() -> dict[str, object]:
    """Peaks of a plain pass, of a recorded one, and of a stepper that goes there and back."""
    model, x = network()

    def plain() -> ag.Tensor:
        model.zero_grad()
        loss = model(x).square().mean()
        loss.backward(retain_graph=True)
        return loss

    for _ in range(2):
        plain()
    gc.collect()
    base = peak()
    with viz.record(budget=f"{BUDGET}MB", everything=True) as trace:
        loss = plain()
    recorded = peak()
    notice = str(trace.budget)
    del trace, loss  # the recording lives as long as the graph that it saw
    loss = plain()
    total = 0
    s = viz.stepper(loss, budget=f"{BUDGET}MB")
    sums = []
    for m in s:
        contributions = m.contributions
        sums.append([float(c.array.sum()) for c in contributions])
        total += contributions[0].array.nbytes + sum(c.array.nbytes for c in contributions)
        del contributions
    same = all(sums[k - 1] == [float(c.array.sum()) for c in s.goto(k).contributions] for k in (len(s), len(s) - 1, len(s) // 2, 3))
    exact = all(np.array_equal(s.grad_of(p, -1).array, p.grad.array) for p in model.parameters())
    stepped = peak()
    page = "did not fit the budget" in page_data(s, "")["notice"]
    return {
        "base": base, "recorded": recorded, "stepped": stepped, "total": total / MB, "same": same, "exact": exact, "notice": notice,
        "dropped": s.run.budget.dropped, "page": page,
    }  # fmt: skip


@check("B6", "a budget of 64 MB holds where gradients come to 1 GB", slow=True)
def budget() -> Iterator[Figure]:
    """A recording and a stepper."""
    done = subprocess.run([sys.executable, "-m", "tests.viz.checks.memory"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    most = BUDGET * 1.2
    yield Figure("gradients in all", f"{found['total']:.0f} MB", ">= 1024 MB", found["total"] >= 1024)
    yield below("recording: the peak grows by", found["recorded"] - found["base"], most, " MB")
    yield below("stepper, there and back: the peak grows by", found["stepped"] - found["base"], most, " MB")
    yield equal("steps on the way back whose gradients differ", found["same"], True)
    yield equal("gradients of parameters as backward() gave them", found["exact"], True)
    yield Figure("what the recording says", found["notice"], "says what was dropped", "over budget" in found["notice"])
    yield equal("the page says so", found["page"], True)


if __name__ == "__main__":
    print(json.dumps(measure()))
