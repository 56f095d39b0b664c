"""The stepper as one page: data, style and runtime in one file, no network, no kernel. Imports step_data."""

from __future__ import annotations

import base64
import gzip
import json
import os
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from .step_data import page_data
from .theme import BAD, DARK, HIGH, LIGHT, LOW, RAMP, ZERO

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
SCRIPTS = ("layout.js", "step_graph.js", "step_strip.js", "step_page.js")
COLOURS = ("page", "card", "line", "ink", "soft", "pill", "frame", "edge", "bad")


def to_page(stepper: Any, title: str = "") -> str:
    """The page's text."""
    here = Path(__file__).parent
    data = page_data(stepper, title or "Gradient steps")
    data["look"] = {"ramp": RAMP, "low": LOW, "high": HIGH, "zero": ZERO, "bad": BAD}
    packed = base64.b64encode(gzip.compress(json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode(), 9, mtime=0)).decode()
    lines = ("--frame-line:#c9d0d9;", "--frame-line:#39424e;")
    tones = ["".join(f"--{name}:{getattr(tone, name)};" for name in COLOURS) + line for tone, line in zip((LIGHT, DARK), lines, strict=True)]
    style = f":root{{{tones[0]}}}@media(prefers-color-scheme:dark){{:root{{{tones[1]}}}}}" + (here / "step_page.css").read_text("utf-8")
    runtime = "".join((here / name).read_text("utf-8") for name in SCRIPTS)
    body = (here / "step_page.html").read_text("utf-8").replace("{{title}}", escape(title or "Gradient steps"))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title or "Gradient steps")}</title><style>{style}</style></head>'
        f'<body>{body}<script id="data" type="application/gzip">{packed}</script><script>{runtime}</script></body></html>'
    )


def write(page: str, path: str | os.PathLike[str]) -> Path:
    """The page as a file, whole or not at all. FileNotFoundError for a folder that is not there, OSError as the system gives it."""
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target}: there is no folder {target.parent}; make it first, with Path(...).mkdir(parents=True)")
    if target.is_dir():
        raise IsADirectoryError(f"cannot write {target}: it is a folder; give the path of a file, such as {target / 'step.html'}")
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(page)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
    return target


class Shown:
    """A page for a notebook's output."""

    def __init__(self, page: str, text: str, height: int) -> None:
        self.page = page
        self.text = text
        self.height = int(height)

    def _repr_html_(self) -> str:
        inside = self.page.replace("&", "&amp;").replace('"', "&quot;")
        return (
            f'<iframe srcdoc="{inside}" sandbox="allow-scripts" style="width:100%;height:{self.height}px;border:1px solid #8888" '
            f'title="gradient steps"></iframe><noscript><pre>{escape(self.text)}</pre></noscript>'
        )

    def __repr__(self) -> str:
        return self.text
