"""What a box looks like in SVG: its bar, texts, chips and strip, at the origin. Imports cards, measure, theme and words."""

from __future__ import annotations

import html
import math
import re

from .cards import Card, Chip
from .legend import PLACE
from .measure import BAR, CHIP, LINE, STRIP, TITLE, cell_width, chip_columns, chip_rows, first_line, rows_of, strip_size, swatch_of
from .theme import BAD, HIGH, LOW, heat, ink_on, text_width
from .words import grad_word

# what XML cannot hold, and the marks that turn the direction of the text that follows
_BAD = "[^\\t\\n\\x20-\\x7e\\x80-\\u200d\\u2010-\\u2029\\u202f-\\u2065\\u206a-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
_ILLEGAL, _SPECIAL = re.compile(_BAD), re.compile(f"{_BAD}|[&<>\"']")


def escape(text: str) -> str:
    """Text for XML, also in attributes; what it cannot hold or what would turn its direction becomes a replacement character."""
    if _SPECIAL.search(text) is None:
        return text
    return html.escape(_ILLEGAL.sub("\ufffd", text), quote=True)


def draw_card(card: Card, x: float, y: float) -> str:
    """A box with its bar, texts and chips."""
    w, h = card.width, card.height
    note = f"<title>{escape(card.note)}</title>" if card.note else ""
    place = f'data-{"g" if card.kind in ("module", "run") else "o"}="{card.id}" transform="translate({x:.0f} {y:.0f})"'
    return f"<g {place}>{note}{card_body(card, w, h)}</g>"


def card_body(card: Card, w: float, h: float) -> str:
    """What is inside a box, at the origin."""
    pill = card.kind in ("view", "input")
    round_ = min(h / 2, 14) if pill else 6
    size = f'width="{w:.0f}" height="{h:.0f}" rx="{round_:.0f}"'
    dash = ' stroke-dasharray="5 3"' if card.frozen else ""
    out = []
    if card.output:
        out.append(f'<rect class="ln" x="-4" y="-4" width="{w + 8:.0f}" height="{h + 8:.0f}" rx="{round_ + 4:.0f}" stroke-width="1.4"/>')
    if card.kind == "run":
        out += [f'<rect class="cd" x="{d}" y="{d}" {size}/>' for d in (6, 3)]
    own = f' style="fill:{card.fill}"' if card.fill else ""
    out.append(f'<rect class="{"pl" if pill else "cd"}" {size}{dash}{own}/>')
    if card.bad:
        out.append(f'<rect {size} fill="url(#nan)" fill-opacity=".22" stroke="{BAD}" stroke-width="2"/>')
    if card.kind == "scalar":
        return "".join([*out, _scalar(card, h)])
    if card.family and not pill:
        out.append(_bar(card, h))
    return "".join(out + _texts(card, 13 if pill else BAR + 10, w))


def _bar(card: Card, h: float) -> str:
    return f'<path d="M6 0H{BAR}V{h:.0f}H6Q0 {h:.0f} 0 {h - 6:.0f}V6Q0 0 6 0Z" fill="url(#f{PLACE[card.family]})"/>'


def _ink(card: Card, rest: str = "") -> str:
    """The style of a text on a box: its own colour where the box is filled."""
    own = [f"fill:{ink_on(card.fill)}"] if card.fill else []
    return f' style="{";".join(own + [rest] if rest else own)}"' if own or rest else ""


def _texts(card: Card, left: float, w: float) -> list[str]:
    """Title row, the rows below it, what is wrong, strip, chips."""
    pill = card.kind == "view"
    after, right, below = rows_of(card)
    y, ink = first_line(card), _ink(card)
    beside = [t for t in ([right, card.aside] if pill else [card.aside, *after]) if t]
    spans = "".join(f' <tspan class="s" dx="5"{ink}>{escape(t)}</tspan>' for t in beside)
    out = [f'<text class="t{"" if pill else " b"}" x="{left}" y="{y:.0f}"{ink}>{escape(card.title)}{spans}</text>']
    swatch = swatch_of(card)
    if right and not pill:
        end = w - (27 if swatch else 13 if card.kind == "input" else 10)
        out.append(f'<text class="s end" x="{end:.0f}" y="{y:.0f}"{ink}>{escape(right)}</text>')
    for text in below:
        y += LINE
        out.append(f'<text class="s" x="{left}" y="{y:.0f}"{ink}>{escape(text)}</text>')
    if card.bad:
        y += LINE + 1
        out.append(f'<text class="bad halo" x="{left}" y="{y:.0f}" style="font-weight:600">{escape(card.bad)}</text>')
    if card.strip:
        out.append(draw_strip(card, left, y + 8))
        y += strip_size(card)[1] + 4
    if swatch and card.grad is not None:
        out.append(_swatch(card.grad, w - 21, 10))
    return out + _chips(card, left - 2, y + 8, w)


def _swatch(grad: float, x: float, y: float) -> str:
    """A small square in the colour of a gradient."""
    return f'<path class="sw" d="M{x:.0f} {y:.0f}h10v10h-10z" fill="{heat(grad)}"/>'


def _chips(card: Card, left: float, y: float, w: float) -> list[str]:
    """The chips in columns, as wide as the box where gradients stand at their ends."""
    columns = chip_columns(card)
    spare = 0.0
    if any(chip.grad is not None for chip in card.chips):
        spare = (w - left - 7 - sum(columns) - 4 * len(columns) + 4) / len(columns)
    out = []
    for row in chip_rows(card):
        x = left
        for chip, wide in zip(row, columns, strict=False):
            out.append(draw_chip(chip, x, y, wide + spare))
            x += wide + spare + 4
        y += CHIP + 3
    return out


def draw_chip(chip: Chip, x: float, y: float, w: float) -> str:
    """A parameter on the box that uses it, with the size and colour of its gradient; data has a dashed border."""
    kind = "pl dat" if chip.data else "ch"
    name, _, shape = chip.text.partition("  ")
    shape = f' <tspan class="s" dx="3">{escape(shape)}</tspan>' if shape else ""
    out = f'<g><title>{escape(chip.note)}</title><rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{CHIP}" rx="10"/>'
    out += f'<text class="t" x="{x + 9:.0f}" y="{y + 14:.0f}">{escape(name)}{shape}</text>'
    if chip.grad is not None:
        out += f'<text class="s m end" x="{x + w - 19:.0f}" y="{y + 14:.0f}">{grad_word(chip.grad)}</text>'
        out += _swatch(chip.grad, x + w - 15, y + 5)
    return out + "</g>"


def _scalar(card: Card, h: float) -> str:
    """name | data 2.0 | grad −1.5, the sign of the operation before it."""
    x = float(BAR)
    out = [_bar(card, h)] if card.family else []
    for k, cell in enumerate(([card.title] if card.title else []) + card.cells):
        if k:
            out.append(f'<path class="ln" d="M{x:.0f} 0V{h:.0f}"/>')
        strong = _ink(card, "font-weight:600" if k == 0 else "")
        out.append(f'<text class="t" x="{x + 9:.0f}" y="21"{strong}><tspan style="font-size:{TITLE:.0f}px">{escape(cell)}</tspan></text>')
        x += text_width(cell, TITLE) + 18
    return "".join(out)


def draw_strip(card: Card, x: float, y: float) -> str:
    """One cell for each piece of a run, coloured by its gradient, and over them a line as high as the gradient is on the same scale."""
    out, line = [], ""
    wide = cell_width(card)
    most = STRIP // wide
    last = None  # the height of the line in the cell before
    for k, (name, size) in enumerate(card.strip):
        fill = heat(size)
        left, top = round(x + k % most * wide), round(y + k // most * 12)
        note = escape(f"{name}: {grad_word(size) or 'no gradient yet'}")
        piece = f' data-piece="{k}"' if len(card.strip) == card.count else ""
        paint = f'fill="{fill}"' if fill else 'class="pl"'
        out.append(f'<path{piece} d="M{left} {top}h{wide}v11h{-wide}z" {paint}><title>{note}</title></path>')
        if size is None or not math.isfinite(size):
            last = None
            continue
        high = round(9 * min(max((math.log10(size) - LOW) / (HIGH - LOW), 0), 1)) if size else 0
        if last is None or k % most == 0:
            line += f"M{left + wide // 2} {top + 10 - high}"
        else:
            line += f"h{wide}" if high == last else f"l{wide} {last - high}"
        last = high
    over = f'<path class="under" d="{line}"/><path class="over" d="{line}"/>' if len(card.strip) > 2 and line else ""
    return f'<g class="cell">{"".join(out)}</g>{over}'
