"""Drawings (A1 to A4, A6, A10): made with nothing installed, fast, in order, folded, the same twice."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import autograd_core as ag
from autograd_core import viz
from autograd_core.viz.theme import heat
from tests.viz.checks.registry import Figure, Unavailable, below, check, equal
from tests.viz.checks.tapes import operations
from tests.viz.models import PROGRAMS, mlp, recorded, transformer

ISOLATED = """
import json, re, sys, xml.etree.ElementTree as ET
from autograd_core import viz
from autograd_core.engine import order_of
from autograd_core.graph import Node
from autograd_core.tensor.base import node_of
from tests.viz.models import PROGRAMS
for name, program in PROGRAMS.items():
    loss = program()()
    d = viz.draw(loss, level="op", fold=False)
    svg, html, dot, data = d.svg(), d.html(), str(d.dot.source), json.loads(d.json())
    drawn = sum(e.attrib.get("data-o", "").startswith("o") for e in ET.fromstring(svg).iter())
    tape = sum(type(n) is Node for n in order_of([node_of(loss)])[0])
    urls = set(re.findall(r"[a-z]+://[^\\s\\"'<>)]+", svg + html + dot + d.json())) - {"http://www.w3.org/2000/svg"}
    print(name, drawn, tape, sum(n["id"].startswith("o") for n in data["nodes"]), sorted(urls), html.count("<script") == html.count("</script"))
"""
CHAIN = """
import resource, time
import autograd_core as ag
from autograd_core import viz
h = w = ag.ones(4, requires_grad=True)
for _ in range(50_000):
    h = (h * w).tanh()
start = time.process_time()
d = viz.draw(h)
d.svg()
print(d.scene.operations, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def best(call: Callable[[], Any], rounds: int = 5) -> float:
    """The shortest of some runs, in seconds of this process, whatever else the machine does."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


@check("A1", "with no program on the PATH and no network every form is made, and names no address", slow=True)
def alone() -> Iterator[Figure]:
    """In a process of its own."""
    command = ["env", "-i", "PATH=/nonexistent", f"PYTHONPATH={':'.join(p for p in sys.path if p)}", sys.executable, "-c", ISOLATED]
    unshare = shutil.which("unshare")
    apart = unshare is not None and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0
    done = subprocess.run([str(unshare), "-rn", *command] if apart else command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    for line in done.stdout.splitlines():
        name, drawn, tape, listed, rest = line.split(maxsplit=4)
        yield equal(f"{name}: boxes in SVG, in JSON; addresses; scripts closed", f"{drawn} {listed} {rest}", f"{tape} {tape} [] True")


@check("A2", "layout and SVG of random tapes", timing=True)
def speed() -> Iterator[Figure]:
    """Every operation drawn, nothing folded."""
    for count, most in ((54, 0.05), (1042, 0.2), (5202, 0.6), (10402, 1.2)):
        drawing = viz.draw(operations(count), level="op", fold=False)
        yield below(f"{count} operations", best(drawing.svg), most, " s")


def faults(drawing: Any) -> tuple[int, int, int, int, int]:
    """(overlapping boxes, edges against the ranks, edges through foreign boxes, edges, boxes outside of their frame)."""
    plan = drawing.layout()
    along = 0 if plan.sideways else 1
    boxes = sorted(plan.boxes.items(), key=lambda b: b[1][1])
    overlaps = 0
    for k, (_, (x, y, w, h)) in enumerate(boxes):
        for _, (u, v, a, _) in boxes[k + 1 :]:
            if v >= y + h:
                break
            overlaps += x < u + a and u < x + w
    _, _, flows = drawing.scene.visible()
    upward = through = 0
    for flow, line in zip(flows, plan.lines, strict=True):
        upward += any(a[along] > b[along] for a, b in pairwise(line))
        top, bottom = min(p[1] for p in line), max(p[1] for p in line)
        through += any(
            max(a, c) > x and min(a, c) < x + w and max(b, d) > y and min(b, d) < y + h
            for i, (x, y, w, h) in boxes
            if i not in (flow.source, flow.target) and y < bottom and y + h > top
            for (a, b), (c, d) in pairwise(line)
        )
    outside = 0
    for m in drawing.scene.modules.values():
        if m.id in plan.frames:
            x, y, w, h = plan.frames[m.id]
            inner = [plan.boxes.get(i) or plan.frames.get(i) for i in m.items]
            outside += sum(p is not None and (p[0] < x or p[1] < y or p[0] + p[2] > x + w or p[1] + p[3] > y + h) for p in inner)
    return overlaps, upward, through, len(flows), outside


@check("A3", "no box over another, edges run on and clear of boxes, children in their frame", slow=True)
def geometry() -> Iterator[Figure]:
    """Both directions, everything open; at most one edge in a hundred through a foreign box."""
    drawings = {f"{name}, {way}": viz.draw(make()(), level="op", direction=way) for name, make in PROGRAMS.items() for way in ("TB", "LR")}
    drawings["random tape of 300"] = viz.draw(operations(300), level="op", fold=False)
    for name, drawing in drawings.items():
        overlaps, upward, through, edges, outside = faults(drawing)
        found = f"{overlaps} {upward} {through} of {edges}, {outside}"
        yield Figure(f"{name}: overlaps, upward, through boxes, outside", found, "0 0 <=1 % 0", not (overlaps or upward or outside or through > edges / 100))


@check("A4", "48 blocks are one, and every operation is there when all is open")
def folded() -> Iterator[Figure]:
    """A transformer of 48 blocks."""
    model, make = transformer(48)
    _, loss = recorded(make)
    drawing = viz.draw(loss, params=model)
    svg = drawing.svg()
    yield below("boxes", len(drawing.scene.visible()[1]), 40)
    yield equal("says ×48", "×48" in svg, True)
    yield below("SVG", len(svg.encode()) / 1024, 40, " KB")
    every = viz.draw(loss, level="op", fold=False)
    yield equal("boxes of operations when all is open", len(re.findall('data-o="o', every.svg())), every.scene.operations)


@check("A4", "48 blocks are drawn at once", timing=True)
def quick() -> Iterator[Figure]:
    """From the graph to the SVG."""
    model, make = transformer(48)
    loss = make()
    yield below("draw and SVG", best(lambda: viz.draw(loss, params=model).svg()), 0.5, " s")


@check("A6", "a chain of 100,000 operations", timing=True)
def chain() -> Iterator[Figure]:
    """In a process of its own, for its memory."""
    try:
        done = subprocess.run([sys.executable, "-c", CHAIN], capture_output=True, text=True, check=True, timeout=300)
    except subprocess.CalledProcessError as error:
        raise RuntimeError(error.stderr[-300:]) from None
    count, seconds, megabytes = map(float, done.stdout.split())
    yield equal("operations", int(count), 100_000)
    yield below("draw and SVG", seconds, 3, " s")
    yield below("memory of the process", megabytes, 500, " MB")


@check("A10", "two drawings are equal to the byte, and colours are logarithmic")
def twice() -> Iterator[Figure]:
    """Thirty layers of sigmoids, whose gradients vanish."""
    deep = mlp(30)
    _, loss = recorded(lambda: deep(ag.ones(4, 5)).square().mean())
    for form in ("svg", "html", "json", "text"):
        yield equal(form, getattr(viz.draw(loss), form)() == getattr(viz.draw(loss), form)(), True)
    fills = {card.fill for card in viz.draw(loss, fold=False, level="op", color="grad").scene.cards.values()} - {""}
    yield Figure("colours of thirty layers", str(len(fills)), ">= 5", len(fills) >= 5)
    yield Figure("gradient 1e-7, 1e-2", f"{heat(1e-7)} {heat(1e-2)}", "two colours", heat(1e-7) != heat(1e-2))
    ET.fromstring(viz.draw(loss).svg())


def program(name: str) -> str:
    """The path of a program. `Unavailable` where it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise Unavailable(f"needs the program {name}")
    return found
