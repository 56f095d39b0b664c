"""Drawings for other programs (A5, A9): Graphviz takes the DOT text, layout.js finds the places that Python finds."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import graphviz

from autograd_core import viz
from autograd_core.viz.nest import arrange
from autograd_core.viz.raster import RENDER
from tests.viz.checks.drawing import program
from tests.viz.checks.registry import Figure, Unavailable, check, equal
from tests.viz.checks.tapes import plain, tape
from tests.viz.models import PROGRAMS, recorded, transformer

WORST = '</script> "]]> \\N <b>&amp; \x00\x1b[31m\u202e {|} ;//'
LAYOUT = """
const { arrange } = require(process.argv[1]);
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((c) => arrange(c.root, c.sizes, c.edges, c.sideways, c.between))));
"""


def drawings() -> Iterator[tuple[str, Any]]:
    """The programs after backward, one folded, one with a name that is no name."""
    for name, make in PROGRAMS.items():
        yield name, viz.draw(recorded(make())[1], level="op", values="both")
    yield "12 blocks", viz.draw(recorded(transformer(12)[1])[1])
    yield "hostile title", viz.draw(recorded(PROGRAMS["network"]())[1], title=WORST)


def counts(drawing: Any) -> tuple[int, int]:
    """(nodes, edges) of the DOT text that the JSON tells of: a chip is a node with an edge."""
    data = json.loads(drawing.json())
    chips = sum(len(node["chips"]) for node in data["nodes"])
    return len(data["nodes"]) + chips, len(data["edges"]) + chips


@check("A5", "the program dot accepts the DOT text, with the nodes and edges of the JSON", slow=True)
def by_dot() -> Iterator[Figure]:
    """-Tcanon reads it, -Tplain lists it."""
    dot = program("dot")
    for name, drawing in drawings():
        source = str(drawing.dot.source)
        canon = subprocess.run([dot, "-Tcanon"], input=source, capture_output=True, text=True, check=False, timeout=60)
        listed = subprocess.run([dot, "-Tplain"], input=source, capture_output=True, text=True, check=False, timeout=60).stdout.splitlines()
        found = tuple(sum(line.startswith(word) for line in listed) for word in ("node ", "edge "))
        yield equal(f"{name}: status, messages, nodes and edges", (canon.returncode, canon.stderr, *found), (0, "", *counts(drawing)))


@check("A5", "pygraphviz draws it", slow=True)
def by_pygraphviz() -> Iterator[Figure]:
    """In a process of its own, as the drawings do."""
    if importlib.util.find_spec("pygraphviz") is None:
        raise Unavailable("needs pygraphviz")
    for name, drawing in drawings():
        done = subprocess.run([sys.executable, "-c", RENDER, "svg"], input=str(drawing.dot.source).encode(), capture_output=True, check=False, timeout=60)
        nodes, edges = counts(drawing)
        found = (done.stdout.count(b'class="node"'), done.stdout.count(b'class="edge"'))
        yield equal(f"{name}: nodes and edges", found, (nodes, edges))


@check("A5", "make_dot gives a graphviz.Digraph that shows itself where there is no program dot")
def like_torchviz() -> Iterator[Figure]:
    """With a PATH that leads nowhere."""
    dot = viz.make_dot(PROGRAMS["network"]()(), show_attrs=True, show_saved=True)
    yield equal("a graphviz.Digraph", isinstance(dot, graphviz.Digraph), True)
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = "/nonexistent"
    try:
        shown = dot._repr_mimebundle_()
    finally:
        os.environ["PATH"] = path
    yield equal("in a notebook", "<svg" in shown.get("image/svg+xml", ""), True)


@check("A9", "Python and JavaScript find the same places")
def two_layouts() -> Iterator[Figure]:
    """To the last digit."""
    node, tapes = program("node"), [tape(seed) for seed in range(50)]
    given = [
        {"root": plain(root), "sizes": sizes, "edges": [vars(e) for e in edges], "sideways": sideways, "between": between}
        for root, sizes, edges, sideways, between in tapes
    ]
    script = str(Path(viz.__file__).parent / "layout.js")
    done = subprocess.run([node, "-e", LAYOUT, script], input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60)
    equals = 0
    for one, theirs in zip(tapes, json.loads(done.stdout), strict=True):
        mine = arrange(*one)
        ours = {
            "boxes": {k: list(v) for k, v in mine.boxes.items()}, "frames": {k: list(v) for k, v in mine.frames.items()},
            "lines": [[list(p) for p in line] for line in mine.lines], "width": mine.width, "height": mine.height,
        }  # fmt: skip
        equals += ours == theirs
    yield equal("random tapes that agree", equals, len(tapes))
