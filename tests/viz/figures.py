"""Prints what the drawings promise, measured: `python -m tests.viz.figures`. Not collected by pytest, which tests the same on small programs.

Each line is one check: self-contained files, times, geometry, folding, DOT, long chains, the page, contrast, two layouts, determinism.
"""

from __future__ import annotations

import json
import random
import re
import resource
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from itertools import pairwise

import autograd_core as ag
from autograd_core import viz
from autograd_core.viz.theme import DARK, FAMILIES, LIGHT, RAMP, STEPS, ZERO, contrast, heat, ink_on, luminance
from tests.viz.models import PROGRAMS, mlp, recorded, transformer

ISOLATED = """
import json, re, sys, xml.etree.ElementTree as ET
import autograd_core as ag
from autograd_core import viz
from tests.viz.models import network
tensors, make = network()
d = viz.draw(make(), params=tensors)
svg, html = d.svg(), d.html()
nodes = sum(1 for e in ET.fromstring(svg).iter() if e.attrib.get("data-o", "").startswith("o"))
urls = set(re.findall(r"https?://[^\\s\\"'<>)]+", svg + html + str(d.dot.source) + d.json()))
print(nodes, sorted(urls), "torch" in sys.modules)
"""


def random_tape(count: int):
    """A program of `count` operations on tensors chosen among the last six."""
    rng = random.Random(0)
    ops = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: a.tanh(), lambda a, b: a.exp()]
    xs = [ag.ones(4, requires_grad=True) for _ in range(4)]
    for _ in range(count):
        xs.append(rng.choice(ops)(rng.choice(xs[-6:]), rng.choice(xs[-6:])))
    return [x for x in xs if not x.is_leaf]  # every result is drawn, so that none is left out


def best(call, rounds=3):
    """The shortest of some runs, in seconds of this process, whatever else the machine does."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def geometry(drawing):
    """(overlapping boxes, edges against the ranks, edges through foreign boxes, edges, boxes outside of their frame)."""
    plan = drawing.layout()
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
        upward += any(a[1] > b[1] for a, b in pairwise(line))
        crossed = any(
            max(a, c) > x and min(a, c) < x + w and max(b, d) > y and min(b, d) < y + h
            for i, (x, y, w, h) in boxes
            if i not in (flow.source, flow.target) and y < line[-1][1] and y + h > line[0][1]
            for (a, b), (c, d) in pairwise(line)
        )
        through += crossed
    outside = 0
    for m in drawing.scene.modules.values():
        if m.id in plan.frames:
            x, y, w, h = plan.frames[m.id]
            inner = [plan.boxes.get(i) or plan.frames.get(i) for i in m.items]
            outside += sum(p is not None and (p[0] < x or p[1] < y or p[0] + p[2] > x + w or p[1] + p[3] > y + h) for p in inner)
    return overlaps, upward, through, len(flows), outside


def main() -> None:
    """All the figures."""
    command = ["env", "-i", "PATH=/nonexistent", f"PYTHONPATH={':'.join(p for p in sys.path if p)}", sys.executable, "-c", ISOLATED]
    print("A1  7 operations, no PATH:", subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip())
    for count in (54, 1042, 5202, 10402):
        drawing = viz.draw(random_tape(count), level="op", fold=False)
        print(f"A2  {count} ops: layout and SVG {best(drawing.svg):.3f} s, {len(drawing.layout().boxes)} boxes")
    for name, make in PROGRAMS.items():
        print(f"A3  {name}: overlaps, upward, through boxes, edges, outside = {geometry(viz.draw(make()(), level='op'))}")
    print(f"A3  random tape of 1,042: {geometry(viz.draw(random_tape(1042), level='op', fold=False))}")
    model, make = transformer(48)
    loss = make()
    drawing = viz.draw(loss, params=model)
    svg = drawing.svg()
    took = best(lambda: viz.draw(loss, params=model).svg())
    every = viz.draw(loss, level="op", fold=False)
    shown = len(re.findall('data-o="o', every.svg()))
    boxes = len(drawing.scene.visible()[1])
    print(f"A4  48 blocks: {boxes} boxes, ×48 {'×48' in svg}, {len(svg) / 1024:.0f} KB, {took:.2f} s; opened: {shown} of {every.scene.operations}")
    dot = viz.draw(loss).dot
    print(f"A5  {type(dot).__mro__[1].__module__}: {dot.source.count('->')} edges; notebook {sorted(dot._repr_mimebundle_())}")
    h = w = ag.ones(4, requires_grad=True)
    for _ in range(50_000):
        h = (h * w).tanh()
    took = best(lambda: viz.draw(h).svg(), 2)
    print(f"A6  100,000 ops: {took:.2f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    fills = [LIGHT.page, LIGHT.card, LIGHT.chip, LIGHT.pill, LIGHT.frame]
    least = min(contrast(i, f) for i in (LIGHT.ink, LIGHT.soft) for f in fills)
    dark = min(contrast(i, f) for i in (DARK.ink, DARK.soft) for f in (DARK.page, DARK.card, DARK.chip, DARK.pill, DARK.frame))
    scale = min(contrast(ink_on(f), f) for f in (*RAMP, *STEPS, ZERO))
    greys = sorted(round(luminance(f.colour), 2) for f in FAMILIES.values())
    textures = len({f.texture for f in FAMILIES.values()})
    print(f"A8  least contrast {least:.1f} light, {dark:.1f} dark, {scale:.1f} on scales; {textures} textures, greys {greys}")
    deep = mlp(30)
    _, loss = recorded(lambda: deep(ag.ones(4, 5)).square().mean())
    one, two = viz.draw(loss), viz.draw(loss)
    equal = one.svg() == two.svg() and one.html() == two.html()
    print(f"A10 equal {equal}; 1e-7 {heat(1e-7)}, 1e-2 {heat(1e-2)}; JSON of {len(json.loads(one.json())['nodes'])} nodes")
    ET.fromstring(one.svg())
    overhead()


def overhead() -> None:
    """What recording costs on 10,000 small operations with backward, and what it costs when it is off."""
    w = [ag.randn(10, requires_grad=True) for _ in range(2)]

    def run() -> None:
        h = w[0]
        for _ in range(5000):
            h = (h * w[1]).tanh()
        h.sum().backward()

    def watched() -> None:
        with viz.record():
            run()

    off, on = [], []
    for _ in range(10):
        off.append(best(run, 1))
        on.append(best(watched, 1))
    print(f"    recording: {min(off) / 1e4 * 1e6:.2f} µs an op without, {min(on) / 1e4 * 1e6:.2f} µs with: {min(on) / min(off):.2f} times")


if __name__ == "__main__":
    main()
