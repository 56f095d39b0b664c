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
    """(what the colours mean, its width, its height): only what the picture uses, in as many rows as `wide` makes of it."""
    rows = _Rows(max(wide, 380))
    used = {card.family for card in boxes.values() if card.family and card.kind not in ("view", "input")}
    for word in FAMILIES:
        if word in used:
            rows.add(f'<rect y="-10" width="12" height="12" rx="2" fill="url(#f{PLACE[word]})"/>', word)
    rows.end()
    if scene.color in ("memory", "time"):
        rows.add(*_scale(STEPS, "0.1 %", "100 %", f"of the largest {scene.color}"))
        rows.end()
    chips = [chip.grad for card in boxes.values() for chip in card.chips]
    cells = [size for card in [*boxes.values(), *[scene.modules[i].card for i in scene.open]] for _, size in card.strip]
    back = any(flow.grad is not None for flow in flows)
    known = back or any(g is not None for g in [*chips, *cells, *[card.grad for card in boxes.values()]])
    if known or scene.color in ("grad", "value"):
        what = "gradient" if scene.color != "value" else "value, gradient" if known else "value"
        rows.add(*_scale(RAMP, f"1e{LOW}".replace("-", "−"), f"1e{HIGH}", f"{what}, L2/√n"))
        rows.add(f'<rect y="-10" width="12" height="12" fill="{ZERO}" stroke="#5b6470"/>', "0")
        rows.add(f'<rect y="-10" width="12" height="12" fill="{BAD}" stroke="#5b6470"/>', "NaN, ∞")
        if back:
            rows.add(f'<path d="M6 -10l-6 11h12z" fill="{RAMP[3]}" stroke="#5b6470" stroke-width=".8"/>', "flows back along the edge")
        rows.end()
    if scene.notice:
        rows.add("", scene.notice, "bad")
        rows.end()
    return "".join(rows.out), rows.widest, rows.y - 8 if rows.out else 0.0


class _Rows:
    """Entries in rows: a sign of some width, and a word."""

    def __init__(self, wide: float) -> None:
        self.wide = wide
        self.out: list[str] = []
        self.x, self.y, self.widest = 0.0, 14.0, 0.0

    def add(self, sign: str, word: str, kind: str = "s", size: float = 12.0) -> None:
        """An entry, in the next row if this one is full."""
        room = size + 5 if sign else 0.0
        need = room + text_width(word, SMALL)
        if self.x and self.x + need > self.wide:
            self.end()
        if sign:
            self.out.append(f'<g transform="translate({self.x:.0f} {self.y:.0f})">{sign}</g>')
        self.out.append(f'<text class="{kind}" x="{self.x + room:.0f}" y="{self.y:.0f}">{escape(word)}</text>')
        self.widest = max(self.widest, self.x + need)
        self.x += need + 12

    def end(self) -> None:
        """Go to the next row."""
        if self.x:
            self.x, self.y = 0.0, self.y + 19


def _scale(colours: Sequence[str], low: str, high: str, word: str) -> tuple[str, str, str, float]:
    """The scale from low to high as the sign of an entry."""
    out = [f'<text class="s" y="0">{low}</text>']
    x = round(text_width(low, SMALL)) + 3
    for colour in colours:
        out.append(f'<rect x="{x}" y="-10" width="9" height="12" fill="{colour}" stroke="#5b6470" stroke-width=".4"/>')
        x += 9
    return "".join(out), f"{high}  {word}", "s", float(x)
