"""How large things are drawn: boxes, chips, strips, titles, edges. Imports cards, scene and theme."""

from __future__ import annotations

import math

from .cards import Card, Chip
from .scene import Scene
from .theme import text_width
from .words import grad_word

LINE, BAR, CHIP = 15, 9, 20
TITLE, SMALL = 13.0, 11.0
STRIP = 280  # of a row of a heat strip
WIDE, NARROW = 340, 200  # of a row of chips, from top to bottom and from left to right
FLATTEST = 430  # width up to which title, arguments and size stand in one row


def measure(card: Card, flat: bool = False, room: float = WIDE) -> None:
    """Set the width and height that a card needs; `flat`: with its size beside its title where that does not make it too wide."""
    card.room = room
    if card.kind == "scalar":
        cells = ([card.title] if card.title else []) + card.cells
        card.width, card.height = round(sum(text_width(c, TITLE) + 18 for c in cells)) + BAR, 32
        return
    card.flat = flat or card.kind == "view"
    if card.flat and _width(card) > FLATTEST:
        card.flat = False
    card.width = round(max(_width(card), 60))
    card.height = _height(card)


def rows_of(card: Card) -> tuple[list[str], str, list[str]]:
    """(what stands after the title, what stands at the right end of its row, the rows below)."""
    if not card.flat:
        return [], "", card.lines
    beside, below = card.lines[: card.head], card.lines[card.head :]
    return beside[:-1], beside[-1] if beside else "", ["  ·  ".join(below)] if below else []


def _width(card: Card) -> float:
    after, right, below = rows_of(card)
    pill = card.kind == "view"
    head = text_width(card.title, SMALL if pill else TITLE, not pill)
    head += sum(text_width(t, SMALL) + 8 for t in [card.aside, *after] if t) + (text_width(right, SMALL) + (8 if pill else 16) if right else 0)
    head += 18 if swatch_of(card) else 0
    widths = [head, *[text_width(t, SMALL) for t in below], sum(chip_columns(card)) + 4 * len(chip_columns(card)) - 4]
    if card.strip:
        widths.append(strip_size(card)[0])
    if card.bad:
        widths.append(text_width(card.bad, SMALL, True))
    return max(widths) + (26 if card.kind in ("view", "input") else BAR + 20)


def first_line(card: Card) -> float:
    """The baseline of the title."""
    return 16.0 if card.kind == "view" else 20.0


def _height(card: Card) -> float:
    last = first_line(card) + LINE * len(rows_of(card)[2]) + (LINE + 1 if card.bad else 0) + (strip_size(card)[1] + 4 if card.strip else 0)
    rows = len(chip_rows(card))
    return last + (12 + rows * (CHIP + 3) if rows else 8 if card.kind in ("view", "input") else 10)


def swatch_of(card: Card) -> bool:
    """Whether a square in its corner shows the size of the gradient."""
    return card.grad is not None and not card.fill and card.kind not in ("input", "view", "scalar")


def chip_rows(card: Card) -> list[list[Chip]]:
    """The chips in equal rows, as few as there is room for."""
    chips = card.chips
    for rows in range(1, len(chips) + 1):
        per = -(-len(chips) // rows)
        found = [chips[k : k + per] for k in range(0, len(chips), per)]
        if per == 1 or sum(_columns(found)) + 4 * per - 4 <= card.room:
            return found
    return []


def chip_columns(card: Card) -> list[float]:
    """How wide the columns of the chips are."""
    return _columns(chip_rows(card))


def _columns(rows: list[list[Chip]]) -> list[float]:
    return [max(chip_width(row[k]) for row in rows if k < len(row)) for k in range(len(rows[0]) if rows else 0)]


def chip_width(chip: Chip) -> float:
    """How wide a chip is."""
    return text_width(chip.text, SMALL) + (26 + text_width(grad_word(chip.grad), 10) if chip.grad is not None else 18)


def cell_width(card: Card) -> int:
    """Of one piece in a heat strip."""
    return 7 if len(card.strip) <= 40 else 5


def strip_size(card: Card) -> tuple[int, int]:
    """(width, height) of a heat strip: as many rows as it needs."""
    wide = cell_width(card)
    most = STRIP // wide
    return min(len(card.strip), most) * wide, -(-len(card.strip) // most) * 12


def head_widths(card: Card) -> tuple[float, float]:
    """What the title of an open module needs on the left, and its strip on the right."""
    title = text_width(card.title, TITLE, True) + (text_width(card.aside, SMALL) + 8 if card.aside else 0) + 24
    return float(round(title)), float(strip_size(card)[0] + 24 if card.strip else 0)


def frame_header(card: Card) -> float:
    """The height of that title: its strip may take several rows."""
    return 18.0 + max(strip_size(card)[1], 12)


def measure_all(scene: Scene, flat: bool = False, room: float = WIDE) -> None:
    """Sizes of all boxes; `flat` for pictures from top to bottom, little `room` for those from left to right."""
    for card in [*scene.cards.values(), *[module.card for module in scene.modules.values()]]:
        measure(card, flat, room)
    for piece in [piece for pieces in scene.pieces.values() for piece in pieces]:
        for name, card in piece.items():  # takes the place of a card that is drawn
            card.flat, card.room = scene.cards[name].flat, room


def edge_width(nbytes: int) -> float:
    """How wide an edge is: by the logarithm of its bytes."""
    return round(1.1 + min(max(math.log2(nbytes + 1) - 6, 0) / 9, 2.2), 1)
