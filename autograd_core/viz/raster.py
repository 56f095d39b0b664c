"""PNG and PDF, by whichever renderer is installed: resvg_py, else Graphviz. Imports none of ours."""

from __future__ import annotations

import importlib
from typing import Any

import graphviz


def to_png(svg: str, scale: float = 2.0) -> bytes:
    """SVG text as a PNG file. ImportError when no renderer is installed."""
    try:
        resvg = importlib.import_module("resvg_py")
    except ImportError:
        raise ImportError(
            "a PNG needs a renderer: pip install 'autograd-core[png]' (resvg_py). Without it, save the drawing as .svg or .html, which need nothing"
        ) from None
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=round(scale)))


def to_pdf(dot: Any) -> bytes:
    """A graph as a PDF file, by Graphviz's `dot`. RuntimeError when it is not installed."""
    try:
        return bytes(dot.pipe(format="pdf"))
    except graphviz.ExecutableNotFound:
        raise RuntimeError(
            "a PDF needs Graphviz's `dot` program (apt install graphviz, brew install graphviz). Without it, save the drawing as .svg or .html, which "
            "need nothing"
        ) from None
