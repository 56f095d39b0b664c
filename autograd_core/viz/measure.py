"""How large things are drawn: boxes, chips, strips, titles, edges. Imports cards, scene and theme."""

from __future__ import annotations

import math

from .cards import Card, Chip
from .scene import Scene
from .theme import text_width

LINE, TOP, BAR, CHIP = 16, 8, 9, 20
TITLE, SMALL = 13.0, 11.0
STRIP = 280  # of a row of a heat strip
WIDEST = 330  # of a row of chips


def measure(card: Card) -> None:
    """Set the width and height that a card needs."""
    if card.kind == "scalar":
        cells = ([card.title] if card.title else []) + card.cells
        card.width, card.height = round(sum(text_width(c, TITLE) + 18 for c in cells)) + BAR, 32
        return
    head = text_width(card.title, TITLE, True) + (text_width(card.aside, SMALL) + 10 if card.aside else 0)
    if card.kind == "view":
        card.width = round(head + sum(text_width(t, SMALL) + 8 for t in card.lines[:1]) + 24)
        card.height = 24 + (len(chip_rows(card)) + len(card.lines[1:])) * CHIP
        return
    head += 18 if card.grad is not None and not card.fill else 0
    widths = [head, *[text_width(t, SMALL) for t in card.lines], *[sum(map(chip_width, row)) + 4 * len(row) - 4 for row in chip_rows(card)]]
    if card.strip:
        widths.append(strip_size(card)[0])
    if card.bad:
        widths.append(text_width(card.bad, SMALL, True))
    card.width = round(max(*widths, 70) + BAR + 22)
    strip = strip_size(card)[1] + 2 if card.strip else 0
    card.height = 2 * TOP + LINE + len(card.lines) * (LINE - 1) + len(chip_rows(card)) * (CHIP + 3) + strip + (LINE if card.bad else 0)


def chip_rows(card: Card) -> list[list[Chip]]:
    """The chips in rows: as many beside each other as fit a box of ordinary width."""
    rows: list[list[Chip]] = []
    room = 0.0
    for chip in card.chips:
        room -= chip_width(chip) + 4
        if room < 0:
            rows.append([])
            room = WIDEST - chip_width(chip)
        rows[-1].append(chip)
    return rows


def chip_width(chip: Chip) -> float:
    """How wide a chip is."""
    return text_width(chip.text, SMALL) + (26 + text_width(grad_word(chip.grad), 10) if chip.grad is not None else 16)


def grad_word(grad: float | None) -> str:
    """∇ 3.2e-3, or what is wrong with it."""
    if grad is None:
        return ""
    if not math.isfinite(grad):
        return "∇ NaN" if math.isnan(grad) else "∇ ∞"
    return "∇ 0" if grad == 0 else f"∇ {grad:.1e}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")


def cell_width(card: Card) -> int:
    """Of one piece in a heat strip."""
    return 7 if len(card.strip) <= 40 else 5


def strip_size(card: Card) -> tuple[int, int]:
    """(width, height) of a heat strip: as many rows as it needs."""
    wide = cell_width(card)
    most = STRIP // wide
    return min(len(card.strip), most) * wide, -(-len(card.strip) // most) * 12


def frame_width(card: Card) -> float:
    """What the title of an open module needs."""
    head = text_width(card.title, TITLE, True) + (text_width(card.aside, SMALL) + 10 if card.aside else 0) + 40
    return round(head + (strip_size(card)[0] + 24 if card.strip else 0))


def frame_header(card: Card) -> float:
    """The height of that title: its strip may take several rows."""
    return 22.0 + max(strip_size(card)[1], 12)


def measure_all(scene: Scene) -> None:
    """Sizes of all boxes, and of the titles of all frames."""
    for card in scene.cards.values():
        measure(card)
    for module in scene.modules.values():
        measure(module.card)


def edge_width(nbytes: int) -> float:
    """How wide an edge is: by the logarithm of its bytes."""
    return round(1.1 + min(max(math.log2(nbytes + 1) - 6, 0) / 9, 2.2), 1)
