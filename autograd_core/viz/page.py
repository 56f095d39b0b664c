"""The interactive page."""

from __future__ import annotations

from .scene import Scene
from .svg import escape, to_svg


def to_html(scene: Scene, sideways: bool) -> str:
    """A page in one file."""
    head = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(scene.title or "graph")}</title></head>'
    return f"{head}<body>{to_svg(scene, sideways)}</body></html>"
