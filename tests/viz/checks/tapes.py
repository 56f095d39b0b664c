"""Programs for the checks of drawings: random operations, random boxes in random frames."""

from __future__ import annotations

import random
from typing import Any

import autograd_core as ag
from autograd_core.viz.layout import BETWEEN
from autograd_core.viz.nest import Edge, Frame


def operations(count: int) -> list[ag.Tensor]:
    """`count` operations on tensors chosen among the last six; every result is drawn, so that none is left out."""
    rng = random.Random(0)
    ops = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: a.tanh(), lambda a, b: a.exp()]
    xs = [ag.ones(4, requires_grad=True) for _ in range(4)]
    for _ in range(count):
        xs.append(rng.choice(ops)(rng.choice(xs[-6:]), rng.choice(xs[-6:])))
    return [x for x in xs if not x.is_leaf]


def tape(seed: int) -> tuple[Frame, dict[str, tuple[float, float]], list[Edge], bool, float]:
    """A random program for the layout: boxes with random inputs among the ones before, in random nested frames."""
    rng = random.Random(seed)
    root = Frame("g", header=0)
    running, owner, sizes, edges = [root], {}, {}, []
    for i in range(rng.randint(2, 60)):
        if rng.random() < 0.2 and len(running) < 5:  # a module is called, or returns
            inner = Frame(f"g{i}", title=rng.randint(0, 300), strip=rng.choice([0, 0, 100]), header=rng.choice([30, 34, 46]))
            running[-1].items.append(inner)
            running.append(inner)
        elif rng.random() < 0.2 and len(running) > 1 and running[-1].items:
            running.pop()
        box = f"o{i}"
        running[-1].items.append(box)
        owner[box] = running[-1]
        sizes[box] = (float(rng.randint(40, 320)), float(rng.randint(20, 120)))
        earlier = [b for b in owner if b != box]
        for source in rng.sample(earlier[-12:], min(len(earlier), rng.choice([0, 1, 1, 2, 3]))):
            edges.append(Edge(source, box, f"{source}:{rng.randint(0, 1)}"))
    return root, sizes, edges, rng.random() < 0.4, rng.choice([BETWEEN, 90.0])


def plain(frame: Frame) -> dict[str, Any]:
    """A frame as layout.js takes it."""
    items = [plain(i) if isinstance(i, Frame) else i for i in frame.items]
    return {"id": frame.id, "title": frame.title, "strip": frame.strip, "header": frame.header, "items": items}
