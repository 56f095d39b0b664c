"""Notebooks that are executed and exported as HTML, for the tests and checks of what remains of our output there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

DRAWING = """
import autograd_core as ag
import nn
from autograd_core import viz

ag.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Sequential(nn.Tanh(), nn.Linear(8, 3)))
with viz.record() as trace:
    loss = model(ag.randn(6, 4)).square().mean()
    loss.backward()
viz.draw(loss, params=model)
"""
STEPPER = """
import autograd_core as ag
import nn
from autograd_core import viz

ag.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, {width}))
with viz.record() as trace:
    loss = model(ag.randn(6, 4)).square().mean()
viz.stepper(loss).show()
"""


def executed(cells: list[str], folder: Path) -> Any:
    """A notebook of these cells, run from top to bottom."""
    import nbclient
    import nbformat

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)  # the kernel is another process
    try:
        nbclient.NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    return book


def exported(book: Any, path: Path, sanitize: bool = False) -> Path:
    """The notebook as a page, without the scripts that nbconvert would take from a network."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(sanitize_html=sanitize, embed_images=True)
    page, _ = exporter.from_notebook_node(book)
    lines = [line for line in page.split("\n") if "https://cdnjs.cloudflare.com" not in line or len(line) > 400]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
