"""draw and make_dot: the pictures of a computation, as SVG text, a graphviz object or a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import graphviz

from ..tensor import Tensor
from .reading import Graph, read
from .svg import FAMILIES, chip_text, lines_of, shade, to_svg


class Drawing:
    """A picture of a recorded computation. Shows itself in a notebook; `save("x.svg")` or `save("x.dot")` writes a file."""

    def __init__(self, graph: Graph, title: str = "") -> None:
        self.graph = graph
        self.title = title

    def svg(self) -> str:
        """The picture as SVG; needs no other program."""
        return to_svg(self.graph, self.title)

    @property
    def dot(self) -> graphviz.Digraph:
        """The picture as a graphviz object."""
        return to_dot(self.graph)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as .svg or .dot, whole or not at all. ValueError for another ending."""
        target = Path(path)
        texts: dict[str, Callable[[], str]] = {".svg": self.svg, ".dot": lambda: str(self.dot.source)}
        if target.suffix not in texts:
            raise ValueError(f"cannot write {target.name!r}: a drawing is saved as .svg or .dot")
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=target.suffix)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(texts[target.suffix]())
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
        return target

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return f"<drawing of {len(self.graph.boxes)} operations, {sum(len(b.chips) for b in self.graph.boxes)} leaves>"


def draw(tensors: Tensor | Sequence[Tensor], params: Any = None, title: str = "") -> Drawing:
    """The operations that made the tensors: shapes, types, arguments, parameters by name, and gradients once backward() ran.

    `params` names the leaves: a module, a mapping or (name, tensor) pairs. ValueError when nothing was recorded.
    """
    return Drawing(read(tensors, params), title)


def make_dot(var: Tensor | Sequence[Tensor], params: Any = None, show_attrs: bool = False, show_saved: bool = False) -> graphviz.Digraph:
    """The graph as graphviz.Digraph, with torchviz's signature; attributes are shown with show_attrs."""
    return to_dot(read(var, params), show_attrs)


def to_dot(graph: Graph, show_attrs: bool = True) -> graphviz.Digraph:
    """A graph in the DOT language."""
    dot = graphviz.Digraph(node_attr={"shape": "box", "fontname": "DejaVu Sans", "fontsize": "10", "style": "rounded"})
    for box in graph.boxes:
        lines = lines_of(box)
        dot.node(str(box.id), "\n".join(lines if show_attrs else [lines[0], lines[-1]]), color=FAMILIES.get(box.family.partition("_")[0], "#56B4E9"))
        for k, chip in enumerate(box.chips):
            name = f"{box.id}_{k}"
            dot.node(name, chip_text(chip), shape="ellipse", style="filled", fillcolor="#eef3e2" if chip.grad is None else shade(chip.grad))
            dot.edge(name, str(box.id))
    for source, user in graph.edges:
        dot.edge(str(source), str(user))
    return dot
