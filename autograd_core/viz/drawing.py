"""draw and make_dot: the pictures of a computation, as SVG, HTML, PNG, DOT, JSON, text or a file. Imports the rest of viz."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import graphviz

from ..graph import Leaf
from ..tensor import Tensor
from .cards import Style
from .dot import to_dot
from .measure import NARROW, WIDE, measure_all
from .names import name_values, pairs_of
from .nest import Plan
from .page import to_html
from .raster import by_graphviz, to_pdf, to_png
from .replay import replay
from .run import run_model
from .scene import BOXES, Scene, make_scene
from .svg import lay_out_scene, to_svg
from .text import to_text
from .trace import Trace, live, names_of

LEVELS = ("auto", "module", "op", "scalar")
COLORS = ("family", "grad", "value", "memory", "time")
VALUES = ("none", "forward", "both")
ENGINES = ("auto", "builtin", "dot")
FEW = 200  # operations up to which a graph of scalars is drawn as one


class Drawing:
    """A picture of a computation, finished when it is made: later changes of the graph do not show, and it holds nothing of it.

    `svg()`, `html()`, `png()`, `json()`, `text()` and `dot` (a graphviz.Digraph) are its forms; `save("x.svg")` writes one
    by the ending of the path; `layout()` gives the places of the boxes; in a notebook it shows itself.
    """

    def __init__(self, scene: Scene, sideways: bool = False, engine: str = "auto") -> None:
        self.scene = scene
        self.sideways = sideways
        self.engine = engine

    def svg(self) -> str:
        """The picture as SVG text; needs no other program unless engine="dot" was asked for."""
        drawn = by_graphviz(self.dot, "svg") if self.engine == "dot" else None
        return to_svg(self.scene, self.sideways) if drawn is None else drawn.decode()

    def html(self) -> str:
        """A page in one file, for any browser, with no network: click a module to open or close it."""
        return to_html(self.scene, self.sideways)

    def png(self, scale: float = 2.0) -> bytes:
        """The picture as PNG, `scale` times the size of the SVG. ImportError that names the extra when no renderer is installed."""
        return to_png(to_svg(self.scene, self.sideways, dark=False), self.dot, scale, self.engine == "dot")

    @property
    def dot(self) -> graphviz.Digraph:
        """The picture as a graphviz object."""
        dot = to_dot(self.scene, self.sideways)
        dot.built_in = lambda: to_svg(self.scene, self.sideways)
        return dot

    def json(self) -> str:
        """Boxes, edges and modules as JSON text."""
        return json.dumps(as_data(self.scene), ensure_ascii=True, allow_nan=False)

    def text(self) -> str:
        """The picture as indented text."""
        return to_text(self.scene)

    def layout(self) -> Plan:
        """Where everything stands: see `nest.Plan`."""
        return lay_out_scene(self.scene, self.sideways)[0]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write .svg, .png, .pdf, .html, .dot, .json or .txt, whole or not at all. ValueError for another ending, OSError as the system gives it."""
        target = Path(path)
        makers: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.svg, ".html": self.html, ".json": self.json, ".txt": self.text, ".png": self.png,
            ".dot": lambda: str(self.dot.source), ".gv": lambda: str(self.dot.source), ".pdf": lambda: to_pdf(self.dot),
        }  # fmt: skip
        make = makers.get(target.suffix.lower())
        if make is None:
            raise ValueError(f"cannot write {target.name!r}: a drawing is saved as {', '.join(makers)}")
        content = make()
        folder = target.parent
        if not folder.is_dir():
            raise FileNotFoundError(f"cannot write {target}: there is no folder {folder}; make it first, with Path(...).mkdir(parents=True)")
        if target.is_dir():
            raise IsADirectoryError(f"cannot write {target}: it is a folder; name a file in it")
        try:
            handle, name = tempfile.mkstemp(dir=folder, suffix=target.suffix)
        except OSError as error:
            raise OSError(error.errno, f"cannot write here: {error.strerror}", str(target)) from None
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        """For notebooks: the page where scripts run, the picture where they do not, text where neither shows."""
        svg = self.svg()
        image = base64.b64encode(svg.encode()).decode()
        size = svg.split("viewBox", 1)[0]
        height = min(int(float(size.rpartition('height="')[2].split('"')[0].rstrip("pt"))) + 60, 900)
        page = self.html().replace("&", "&amp;").replace('"', "&quot;")
        html = (  # the page lies over the picture, which is what remains where frames are stripped
            f'<div style="position:relative;overflow:hidden;height:{height}px"><img alt="graph" style="max-height:100%" '
            f'src="data:image/svg+xml;base64,{image}"><iframe srcdoc="{page}" sandbox="allow-scripts" title="graph" '
            'style="position:absolute;left:0;top:0;width:100%;height:100%;border:0;background:#fff"></iframe></div>'
        )
        return {"text/html": html, "image/svg+xml": svg, "text/plain": self.text()}

    def __repr__(self) -> str:
        scene = self.scene
        return f"<drawing of {scene.operations} operations in {len(scene.visible()[1])} boxes>"


def as_data(scene: Scene) -> dict[str, Any]:
    """The visible part of a scene as plain data."""
    _, boxes, flows = scene.visible()
    return {
        "schema": 1,
        "title": scene.title,
        "operations": scene.operations,
        "notice": scene.notice,
        "nodes": [
            {
                "id": i, "kind": c.kind, "title": c.title, "name": c.aside, "lines": c.lines, "cells": c.cells, "family": c.family,
                "grad": _finite(c.grad), "bad": c.bad, "output": c.output, "chips": [{"text": p.text, "grad": _finite(p.grad)} for p in c.chips],
                "pieces": [_finite(size) for _, size in c.strip],
            }
            for i, c in boxes.items()
        ],
        "edges": [{"source": f.source, "target": f.target, "bytes": f.nbytes, "grad": _finite(f.grad)} for f in flows],
        "modules": [{"id": m.id, "parent": m.parent, "title": m.card.title, "name": m.card.aside, "open": i in scene.open} for i, m in scene.modules.items()],
    }  # fmt: skip


def _finite(x: float | None) -> float | str | None:
    return x if x is None or abs(x) < float("inf") else str(x)


def draw(
    what: Any,
    *inputs: Any,
    level: str = "auto",
    depth: int | None = None,
    fold: bool = True,
    color: str = "family",
    values: str = "none",
    direction: str = "TB",
    engine: str = "auto",
    params: Any = None,
    title: str = "",
) -> Drawing:
    """The picture of a computation: of tensors and what made them, of a recording, or of a model run on inputs.

    `level`: "module" (modules as boxes, those above `depth` open), "op" (every operation), "scalar" (numbers as in micrograd:
    name | data | grad), "auto" (as deep as 40 boxes allow). `fold`: equal neighbours become one, `Block ×48`, with a strip of
    the gradient size of each. `color`: what fills the boxes: nothing ("family" is the bar at their side), the size of gradients
    or values (fixed scale 1e-8 to 1e3 of L2/√n), memory, time. `values`: statistics in the boxes, and with "both" those of
    gradients and every contribution on its edge. `direction`: "TB" or "LR". `engine`: "builtin", or "dot" where that program
    exists. `params` names tensors: a module, a mapping or pairs; without it the names are those of the modules that ran and of
    variables at the top level of the calling file.

    A graph that `viz.record` saw shows its values, times and gradients; another one its structure, what its nodes saved, and
    `.grad` of its leaves. A model runs once, without changing its buffers or the random numbers.
    TypeError or ValueError where there is nothing to draw.
    """
    for name, given, known in (("level", level, LEVELS), ("color", color, COLORS), ("values", values, VALUES), ("engine", engine, ENGINES)):
        if given not in known:
            raise ValueError(f"{name}={given!r} is not known: it is one of {', '.join(map(repr, known))}")
    if direction not in ("TB", "LR"):
        raise ValueError(f'direction={direction!r} is not known: "TB" is from top to bottom, "LR" from left to right')
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ValueError(f"depth={depth!r} is not known: it is how many levels of modules stand open, 0 or more, or None")
    if not isinstance(title, str):
        raise TypeError(f"title is text: got {type(title).__name__}")
    trace, roots = _trace_of(what, inputs)
    if isinstance(what, Mapping):
        names_of(trace, list(pairs_of(what)))
    name_values(trace, what if params is None and hasattr(what, "named_parameters") else params)
    scalar = level == "scalar" or (level == "auto" and _is_scalar(trace))
    if scalar and not trace.recorded:
        replay(trace)
    scene = make_scene(trace, roots, Style(color, values, scalar), fold, title)
    _open(scene, "op" if scalar else level, depth)
    measure_all(scene, direction == "TB", WIDE if direction == "TB" else NARROW)
    return Drawing(scene, direction == "LR", engine)


def _trace_of(what: Any, inputs: tuple[Any, ...]) -> tuple[Trace, list[int]]:
    """(the trace, ids of the values that are drawn)."""
    if isinstance(what, Trace):
        if not what.records:
            raise ValueError("nothing to draw: this recording is empty. Compute inside of `with viz.record() as trace:`")
        return what, what.roots or list(what.records[-1].outputs)
    if hasattr(what, "named_parameters") and callable(what):
        return run_model(what, inputs)
    if inputs:
        raise TypeError(f"inputs are for a model: got them with {type(what).__name__}. Draw the result alone, or draw(model, *inputs)")
    roots = _tensors(what)
    if roots is None or not roots or not all(isinstance(t, Tensor) for t in roots):
        kind = type(what).__name__ if roots is None else f"{type(what).__name__} of {', '.join(sorted({type(t).__name__ for t in roots})) or 'nothing'}"
        raise TypeError(f"draw takes Tensors, a recording, or a model and its inputs: got {kind}")
    for trace in sorted(live, key=lambda t: (-len(t.events), -len(t.records))):  # the recording that knows most of it
        values = [value for value in map(trace.value_of, roots) if value is not None and value.maker is not None]
        if len(values) == len(roots):
            return trace, [value.id for value in values]
    if all(t._node is None or type(t._node) is Leaf for t in roots):
        raise ValueError(
            "nothing to draw: no operation was recorded for this tensor. It was detached, or made under no_grad() or from tensors without "
            "requires_grad=True; compute it with gradients, or inside of `with viz.record() as trace:` and draw the trace"
        )
    trace = Trace.of(roots)
    return trace, list(trace.roots)


def _tensors(what: Any) -> list[Any] | None:
    """What is in a tensor, a mapping of them or another collection, in the order in which a set's were made."""
    if isinstance(what, Tensor):
        return [what]
    if isinstance(what, Mapping):
        return list(what.values())
    if isinstance(what, Set) and all(isinstance(t, Tensor) for t in what):
        return sorted(what, key=lambda t: 0 if t._node is None else t._node.id)
    return list(what) if isinstance(what, (Sequence, Set, Iterator)) and not isinstance(what, str) else None


def _is_scalar(trace: Trace) -> bool:
    """Whether this is a small graph of numbers."""
    if not 0 < len(trace.records) <= FEW or any(r.scope is not None for r in trace.records):
        return False
    return all(len(v.shape) <= 1 and v.nbytes <= 4 * v.dtype.itemsize for v in trace.values)


def _open(scene: Scene, level: str, depth: int | None) -> None:
    """Open the modules that the level asks for."""
    if level == "op" and depth is None:
        scene.open_to(None)
        return
    if level == "module" or depth is not None:
        if depth is None:
            scene.open_to(None)
            inner = {m.parent for m in scene.modules.values() if m.id != "g" and not m.merged}
            scene.open &= inner  # whoever holds modules stands open, the innermost are boxes
        else:
            scene.open_to(depth)
        return
    deepest = max((m.depth for m in scene.modules.values()), default=0)
    for d in range(deepest, 0, -1):
        scene.open_to(d)
        if scene.count() <= BOXES:
            return
    scene.open_to(0)


def make_dot(var: Any, params: Any = None, show_attrs: bool = False, show_saved: bool = False) -> graphviz.Digraph:
    """The graph of a tensor, or of several, as graphviz.Digraph, with torchviz's signature; every operation is a node."""
    drawing = draw(var, params=params, level="op", fold=False)
    dot = to_dot(drawing.scene, False, show_attrs, show_saved)
    dot.built_in = drawing.svg
    return dot
