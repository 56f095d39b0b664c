"""Graphviz's own pictures, and PNG: by whichever program or package is installed. Imports none of ours."""

from __future__ import annotations

import importlib
import importlib.util
import re
import subprocess
import sys
from typing import Any

SECONDS = 60  # that Graphviz may take; a large graph takes it minutes
RENDER = "import sys, pygraphviz\nsys.stdout.buffer.write(pygraphviz.AGraph(string=sys.stdin.read()).draw(format=sys.argv[1], prog='dot'))"


def to_png(svg: str, dot: Any, scale: float = 2.0, graphviz_first: bool = False) -> bytes:
    """SVG text as a PNG file, by resvg_py, else the graph as Graphviz draws it. ImportError when neither is installed."""
    if not isinstance(scale, (int, float)) or not 0 < scale <= 20:
        raise ValueError(f"scale={scale!r}: the size of a PNG is 0 to 20 times that of the SVG")
    made = by_graphviz(dot, "png") if graphviz_first else None
    if made is None and importlib.util.find_spec("resvg_py") is not None:
        return bytes(importlib.import_module("resvg_py").svg_to_bytes(svg_string=_scaled(svg, scale)))
    if made is None:
        made = by_graphviz(dot, "png")
    if made is None:
        raise ImportError(
            "a PNG needs a renderer: pip install 'autograd-core[png]', which is resvg_py, or Graphviz: its `dot` program or pip install "
            "'autograd-core[dot]'. Without them, save the drawing as .svg or .html, which need nothing"
        )
    return made


def _scaled(svg: str, scale: float) -> str:
    """The same picture in another size."""
    return re.sub(r'width="(\d+)" height="(\d+)"', lambda m: f'width="{int(m[1]) * scale:.0f}" height="{int(m[2]) * scale:.0f}"', svg, count=1)


def by_graphviz(dot: Any, form: str) -> bytes | None:
    """A graph as Graphviz draws it, by the `dot` program, else by pygraphviz in a process of its own (it holds the interpreter's
    lock while it works). None when neither is there, or when it takes longer than a minute."""
    source = str(dot.source).encode()
    commands = [["dot", f"-T{form}"]]
    if importlib.util.find_spec("pygraphviz") is not None:
        commands.append([sys.executable, "-c", RENDER, form])
    for command in commands:
        try:
            done = subprocess.run(command, input=source, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and done.stdout:
            return done.stdout
    return None


def to_pdf(dot: Any) -> bytes:
    """A graph as a PDF file, by Graphviz. RuntimeError when it is not installed."""
    made = by_graphviz(dot, "pdf")
    if made is None:
        raise RuntimeError(
            "a PDF needs Graphviz: its `dot` program (apt install graphviz, brew install graphviz) or pip install 'autograd-core[dot]'. Without it, save "
            "the drawing as .svg or .html, which need nothing"
        )
    return made
