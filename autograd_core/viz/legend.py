"""What the colours of a picture mean, as SVG: only what the picture uses. Imports cards, scene, theme and measure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .cards import Card
from .measure import SMALL
from .scene import Flow, Scene
from .theme import BAD, FAMILIES, HIGH, LOW, RAMP, STEPS, ZERO, text_width

PLACE = {word: k for k, word in enumerate(FAMILIES)}  # of a family's texture among the definitions


def legend(scene: Scene, boxes: dict[str, Card], flows: Sequence[Flow], wide: float) -> tuple[str, float, float]:
    """(what the colours mean, its width, its height): only what the picture uses."""
    out: list[str] = []
    x, y, widest = 0.0, 14.0, 0.0
    used = {card.family for card in boxes.values() if card.family}
    for word in FAMILIES:
        if word in used:
            need = text_width(word, SMALL) + 26
            if x and x + need > max(wide, 380):
                x, y = 0.0, y + 18
            out.append(f'<rect x="{x:.0f}" y="{y - 10:.0f}" width="12" height="12" rx="2" fill="url(#f{PLACE[word]})"/>')
            out.append(f'<text class="s" x="{x + 17:.0f}" y="{y:.0f}">{escape(word)}</text>')
            x += need
            widest = max(widest, x)
    shown = [c.grad for c in boxes.values()] + [c.grad for b in boxes.values() for c in b.chips] + [f.grad for f in flows]
    graded = any(g is not None for g in shown) or any(s is not None for c in boxes.values() for _, s in c.strip)
    if scene.color in ("memory", "time"):
        y += 20 if out else 0
        out.append(_scale(STEPS, y, "0.1 %", "100 %", f"{scene.color}: share of the largest"))
        widest = max(widest, 360)
    if graded or scene.color in ("grad", "value"):
        y += 20 if out else 0
        what = "value" if scene.color == "value" else "gradient"
        out.append(_scale(RAMP, y, f"1e{LOW}".replace("-", "−"), f"1e{HIGH}", f"{what} L2/√n"))
        at = 270
        for colour, word in ((ZERO, "0"), (BAD, "NaN, ∞")):
            out.append(f'<rect x="{at}" y="{y - 10:.0f}" width="12" height="12" fill="{colour}" stroke="#5b6470"/>')
            out.append(f'<text class="s" x="{at + 17}" y="{y:.0f}">{word}</text>')
            at += 40
        widest = max(widest, 370)
    if scene.notice:
        y += 18
        out.append(f'<text class="bad" x="0" y="{y:.0f}">{escape(scene.notice)}</text>')
        widest = max(widest, text_width(scene.notice, SMALL))
    return "".join(out), widest, y + 6 if out else 0.0


def _scale(colours: Sequence[str], y: float, low: str, high: str, word: str) -> str:
    out = [f'<text class="s" x="0" y="{y:.0f}">{low}</text>']
    x = 36
    for colour in colours:
        out.append(f'<rect x="{x}" y="{y - 10:.0f}" width="9" height="12" fill="{colour}" stroke="#5b6470" stroke-width=".4"/>')
        x += 9
    out.append(f'<text class="s" x="{x + 5}" y="{y:.0f}">{high}  {word}</text>')
    return "".join(out)
