"""A scene as indented text: for terminals, logs and text/plain in notebooks. No control codes. Imports scene."""

from __future__ import annotations

import math

from .nest import Frame
from .scene import Scene
from .words import grad_word, inert

LEVELS = "▁▂▃▄▅▆▇█"


def to_text(scene: Scene, limit: int = 400) -> str:
    """One line for each box, indented by its module; a run shows the sizes of its pieces' gradients as bars."""
    root, boxes, flows = scene.visible()
    sources: dict[str, list[str]] = {}
    for flow in flows:
        sources.setdefault(flow.target, []).append(flow.source)
    out = [scene.title] if scene.title else []
    numbers = {name: k for k, name in enumerate(boxes)}
    stack: list[tuple[int, str | Frame]] = [(0, item) for item in reversed(root.items)]
    while stack:
        depth, item = stack.pop()
        if len(out) >= limit:
            out.append(f"… {len(boxes)} boxes in all")
            break
        card = scene.modules[item.id].card if isinstance(item, Frame) else boxes[item]
        parts = ["  " * depth + ("▾ " if isinstance(item, Frame) else f"{numbers[item]:>3} ") + card.title, card.aside]
        if not isinstance(item, Frame):
            parts += [*card.cells, *card.lines, grad_word(card.grad) if not card.cells else ""]
            parts += [f"[{chip.text} {grad_word(chip.grad)}]".replace(" ]", "]") for chip in card.chips]
            came = [str(numbers[s]) for s in dict.fromkeys(sources.get(item, []))]
            parts.append(f"← {', '.join(came)}" if came else "")
        parts += [bars(card.strip) if card.strip else "", f"!! {card.bad}" if card.bad else ""]
        out.append("  ".join(p for p in parts if p).rstrip())
        if isinstance(item, Frame):
            stack += [(depth + 1, i) for i in reversed(item.items)]
    if scene.notice:
        out.append(scene.notice)
    return "\n".join(inert(line) for line in out)


def bars(strip: list[tuple[str, float | None]]) -> str:
    """The pieces' gradient sizes as bars on the fixed scale from 1e-8 to 1e3, ? where it is unknown, ! for NaN."""
    out = []
    for _, size in strip[:120]:
        if size is None:
            out.append("·")
        elif not math.isfinite(size):
            out.append("!")
        else:
            place = 0 if size == 0 else min(max((math.log10(size) + 8) / 11, 0), 0.999)
            out.append(LEVELS[int(place * len(LEVELS))])
    return "".join(out)
