"""Writes a laid-out scene as SVG: self-contained text, no script, no link. Imports scene, theme and nest."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence

from .cards import Card, Chip
from .layout import BETWEEN
from .legend import PLACE, legend
from .measure import (
    BAR,
    CHIP,
    LINE,
    SMALL,
    STRIP,
    TITLE,
    TOP,
    cell_width,
    chip_rows,
    chip_width,
    edge_width,
    frame_header,
    frame_width,
    grad_word,
    strip_size,
)
from .nest import Plan, arrange
from .scene import Flow, Scene
from .theme import BAD, DARK, FAMILIES, FONT, LIGHT, Tone, heat, ink_on, text_width

MARGIN = 18

_ILLEGAL = re.compile("[^\\t\\n\\x20-\\x7e\\x80-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def escape(text: str) -> str:
    """Text for XML, also in attributes; what XML cannot hold becomes a replacement character."""
    return html.escape(_ILLEGAL.sub("\ufffd", text), quote=True)


def _css(tone: Tone) -> str:
    return (
        f".pg{{fill:{tone.page}}}.cd{{fill:{tone.card};stroke:{tone.line}}}.ln{{stroke:{tone.line};fill:none}}.t{{fill:{tone.ink}}}"
        f".s{{fill:{tone.soft}}}.ch{{fill:{tone.chip};stroke:{tone.line}}}.pl{{fill:{tone.pill};stroke:{tone.line}}}"
        f".fr{{fill:{tone.frame};stroke:{tone.line}}}.e{{stroke:{tone.edge};fill:none}}.tip{{fill:{tone.edge}}}.bad{{fill:{tone.bad}}}"
        f".halo{{stroke:{tone.page};stroke-width:4;paint-order:stroke;stroke-linejoin:round}}"
    )


def css(dark: bool = True) -> str:
    """The style sheet: light, and dark where the viewer asks for it."""
    sheet = f"text{{font-family:{FONT};font-size:{SMALL:.0f}px}}.b{{font-size:{TITLE:.0f}px;font-weight:600}}{_css(LIGHT)}"
    return sheet + (f"@media(prefers-color-scheme:dark){{{_css(DARK)}}}" if dark else "")


def defs() -> str:
    """Textures of the families and the hatch of NaN."""
    out = ["<defs>"]
    for k, family in enumerate(FAMILIES.values()):
        stroke = f'<path d="{family.texture}" stroke="#fff" stroke-width="1.6" fill="none"/>' if family.texture else ""
        out.append(
            f'<pattern id="f{k}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="{family.colour}"/>{stroke}</pattern>'
        )
    out.append(
        '<pattern id="nan" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 8L8 0M-2 2L2 -2M6 10L10 6" '
        f'stroke="{BAD}" stroke-width="2"/></pattern></defs>'
    )
    return "".join(out)


def lay_out_scene(scene: Scene, sideways: bool = False) -> tuple[Plan, dict[str, Card], list[Flow]]:
    """The layout of what shows."""
    root, boxes, flows = scene.visible()
    for frame in root.inside():
        if frame.id != "g":
            card = scene.modules[frame.id].card
            frame.least = frame_width(card)
            frame.header = frame_header(card)
    sizes = {i: (card.width, card.height) for i, card in boxes.items()}
    labels = max((text_width(f.label, SMALL) for f in flows if f.label), default=0.0)
    between = BETWEEN if not labels else round(labels) + 26 if sideways else BETWEEN + 14
    return arrange(root, sizes, scene.edges(flows), sideways, between), boxes, flows


def to_svg(scene: Scene, sideways: bool = False, dark: bool = True) -> str:
    """The picture as SVG text; without `dark` it is light wherever it is shown."""
    plan, boxes, flows = lay_out_scene(scene, sideways)
    key, key_width, key_height = legend(scene, boxes, flows, max(plan.width, 300))
    top = MARGIN + (26 if scene.title else 0)
    width = round(max(plan.width, key_width, text_width(scene.title, 15, True)) + 2 * MARGIN)
    height = round(plan.height + top + MARGIN + key_height + 10)
    left = (width - plan.width) / 2
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<style>{css(dark)}</style>{defs()}",
        f'<rect class="pg" width="{width}" height="{height}"/>',
    ]
    if scene.title:
        out.append(f'<text class="t" x="{MARGIN}" y="28" style="font-size:15px;font-weight:600">{escape(scene.title)}</text>')
    out.append(f'<g transform="translate({left:.0f} {top})">')
    out += body(scene, plan, boxes, flows)
    out.append(f'</g><g transform="translate({MARGIN} {height - key_height - 6:.0f})">{key}</g></svg>')
    return "\n".join(out)


def body(scene: Scene, plan: Plan, boxes: dict[str, Card], flows: Sequence[Flow]) -> list[str]:
    """Frames, edges, boxes, in that order."""
    out = [draw_frame(scene.modules[i].card, *at) for i, at in plan.frames.items() if i != "g"]
    before = labels_before(flows, plan.lines, plan.sideways)
    out += [draw_edge(flow, line, plan.sideways, k in before) for k, (flow, line) in enumerate(zip(flows, plan.lines, strict=True))]
    out += [frame_title(scene.modules[i].card, *at) for i, at in plan.frames.items() if i != "g"]
    out += [draw_card(card, *plan.boxes[i][:2]) for i, card in boxes.items()]
    return out


def labels_before(flows: Sequence[Flow], lines: Sequence[list[tuple[float, float]]], sideways: bool) -> set[int]:
    """The edges whose label stands on the left of their arrow (above it, from left to right), so that two at one box do not meet."""
    arriving: dict[str, list[tuple[float, int]]] = {}
    for k, (flow, line) in enumerate(zip(flows, lines, strict=True)):
        if flow.label:
            arriving.setdefault(flow.target, []).append((line[-1][1 if sideways else 0], k))
    found: set[int] = set()
    for ends in arriving.values():
        count = (len(ends) + (1 if sideways else 0)) // 2
        found.update(k for _, k in sorted(ends)[:count])
    return found


def draw_frame(card: Card, x: float, y: float, w: float, h: float) -> str:
    """An open module: its border, two more behind it for a run."""
    stack = ""
    if card.kind == "run":
        stack = "".join(f'<rect class="fr" x="{x + d:.0f}" y="{y + d:.0f}" width="{w:.0f}" height="{h:.0f}" rx="9"/>' for d in (6, 3))
    return f'{stack}<rect class="fr" x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{h:.0f}" rx="9"/>{handed_on(card, x, y, h)}'


def handed_on(card: Card, x: float, y: float, h: float) -> str:
    """In the margin of a run whose pieces follow from each other: a dashed way back from the end to the beginning."""
    if not card.carried:
        return ""
    way = f'<path class="e" d="M{x + 14:.0f} {y + h - 7:.0f}H{x + 7:.0f}V{y + 40:.0f}" stroke-dasharray="3 3" stroke-width="1.3"/>'
    return f'<g><title>{escape(card.carried)}</title>{way}<path class="tip" d="M{x + 7:.0f} {y + 33:.0f}l-4 8h8z"/></g>'


def frame_title(card: Card, x: float, y: float, w: float, h: float) -> str:
    """The title of an open module, over the edges."""
    aside = f'<tspan class="s" dx="8" style="font-size:{SMALL:.0f}px;font-weight:400">{escape(card.aside)}</tspan>' if card.aside else ""
    out = f'<g data-g="{card.id}"><title>{escape(card.note)}</title><text class="t b" x="{x + 12:.0f}" y="{y + 20:.0f}">{escape(card.title)}{aside}</text>'
    if card.strip:
        out += draw_strip(card, x + w - strip_size(card)[0] - 12, y + 10)
    return out + "</g>"


def draw_strip(card: Card, x: float, y: float) -> str:
    """One cell for each piece of a run, coloured by its gradient."""
    out = []
    wide = cell_width(card)
    most = STRIP // wide
    for k, (name, size) in enumerate(card.strip):
        fill = heat(size)
        at = f'x="{x + k % most * wide:.0f}" y="{y + k // most * 12:.0f}" width="{wide}" height="11"'
        note = escape(f"{name}: {grad_word(size) or 'no gradient yet'}")
        paint = f'fill="{fill}"' if fill else 'class="pl"'
        piece = f' data-piece="{k}"' if len(card.strip) == card.count else ""
        out.append(f'<rect{piece} {at} {paint} stroke-width=".5" stroke="#5b6470"><title>{note}</title></rect>')
    return "".join(out)


def draw_edge(flow: Flow, line: list[tuple[float, float]], sideways: bool, before: bool = False) -> str:
    """A value that flows, and at its beginning the arrow of the gradient that came back."""
    wide = edge_width(flow.nbytes)
    path = curve(line, sideways)
    (x0, y0), (x1, y1) = line[0], line[-1]
    out = f'<g><title>{escape(flow.note)}</title><path class="e" d="{path}" stroke-width="{wide}"/>'
    out += f'<path class="tip" d="{_tip(x1, y1, sideways, 6)}"/>'
    paint = heat(flow.grad)
    if paint is not None:
        if flow.grad is not None and not math.isfinite(flow.grad):
            out += f'<path d="{path}" stroke="{BAD}" stroke-width="{wide}" stroke-dasharray="4 3" fill="none"/>'
        out += f'<path d="{_tip(x0, y0, sideways, -8)}" fill="{paint}" stroke="#5b6470" stroke-width=".8"/>'
    if flow.label:
        out += _label(flow.label, line[-1], sideways, before)
    return out + "</g>"


def _tip(x: float, y: float, sideways: bool, size: float) -> str:
    """An arrow head that points along the flow (size > 0) or back into the box that the edge leaves (size < 0)."""
    s = abs(size)
    if size > 0:
        return f"M{x:.0f} {y:.0f}l{-s} {-s * 0.55:.1f}v{s * 1.1:.1f}z" if sideways else f"M{x:.0f} {y:.0f}l{-s * 0.55:.1f} {-s}h{s * 1.1:.1f}z"
    return f"M{x:.0f} {y:.0f}l{s} {-s * 0.6:.1f}v{s * 1.2:.1f}z" if sideways else f"M{x:.0f} {y:.0f}l{-s * 0.6:.1f} {s}h{s * 1.2:.1f}z"


def _label(text: str, end: tuple[float, float], sideways: bool, before: bool) -> str:
    """What flowed back, written where the edge arrives."""
    x, y = end
    if sideways:
        return f'<text class="t halo" x="{x - 10:.0f}" y="{y + (-5 if before else 14):.0f}" text-anchor="end">{escape(text)}</text>'
    return f'<text class="t halo" x="{x + (-7 if before else 7):.0f}" y="{y - 7:.0f}" text-anchor="{"end" if before else "start"}">{escape(text)}</text>'


def curve(line: list[tuple[float, float]], sideways: bool) -> str:
    """A path through points: straight where it can be, else bent with its ends along the flow."""
    x, y = line[0]
    out = [f"M{x:.0f} {y:.0f}"]
    for u, v in line[1:]:
        if (u == x and not sideways) or (v == y and sideways):
            out.append(f"L{u:.0f} {v:.0f}")
        elif sideways:
            m = (x + u) / 2
            out.append(f"C{m:.0f} {y:.0f} {m:.0f} {v:.0f} {u:.0f} {v:.0f}")
        else:
            m = (y + v) / 2
            out.append(f"C{x:.0f} {m:.0f} {u:.0f} {m:.0f} {u:.0f} {v:.0f}")
        x, y = u, v
    return "".join(out)


def draw_card(card: Card, x: float, y: float) -> str:
    """A box with its bar, texts and chips."""
    w, h = card.width, card.height
    note = f"<title>{escape(card.note)}</title>" if card.note else ""
    place = f'data-{"g" if card.kind in ("module", "run") else "o"}="{card.id}" transform="translate({x:.0f} {y:.0f})"'
    return f"<g {place}>{note}{card_body(card, w, h)}</g>"


def card_body(card: Card, w: float, h: float) -> str:
    """What is inside a box, at the origin."""
    round_ = h / 2 if card.kind == "input" and h < 48 else 12 if card.kind in ("view", "input") else 6
    size = f'width="{w:.0f}" height="{h:.0f}" rx="{round_:.0f}"'
    dash = ' stroke-dasharray="5 3"' if card.frozen else ""
    out = []
    if card.output:
        out.append(f'<rect class="ln" x="-4" y="-4" width="{w + 8:.0f}" height="{h + 8:.0f}" rx="{round_ + 4:.0f}" stroke-width="1.4"/>')
    if card.kind == "run":
        out += [f'<rect class="cd" x="{d}" y="{d}" {size}/>' for d in (6, 3)]
    kind = "pl" if card.kind in ("view", "input") else "cd"
    own = f' style="fill:{card.fill}"' if card.fill else ""
    out.append(f'<rect class="{kind}" {size}{dash}{own}/>')
    if card.bad:
        out.append(f'<rect {size} fill="url(#nan)" fill-opacity=".22" stroke="{BAD}" stroke-width="2"/>')
    ink = f' style="fill:{ink_on(card.fill)}"' if card.fill else ""
    if card.kind == "scalar":
        return "".join([*out, _scalar(card, h, ink)])
    left = 14 if kind == "pl" else BAR + 11
    if kind == "cd" and card.family:
        out.append(f'<path d="M6 0H{BAR}V{h:.0f}H6A6 6 0 0 1 0 {h - 6:.0f}V6A6 6 0 0 1 6 0Z" fill="url(#f{PLACE[card.family]})"/>')
    out += _texts(card, left, w, ink)
    return "".join(out)


def _texts(card: Card, left: float, w: float, ink: str) -> list[str]:
    aside = f'<tspan class="s" dx="8" style="font-size:{SMALL:.0f}px;font-weight:400{_own(card)}">{escape(card.aside)}</tspan>' if card.aside else ""
    if card.kind == "view":
        shape = "".join(f'<tspan class="s" dx="8" style="font-size:{SMALL:.0f}px;font-weight:400{_own(card)}">{escape(t)}</tspan>' for t in card.lines[:1])
        out = [f'<text class="t" x="{left}" y="16"{ink}>{escape(card.title)}{shape}{aside}</text>']
        out += [f'<text class="s" x="{left}" y="{16 + CHIP * (k + 1)}"{ink}>{escape(t)}</text>' for k, t in enumerate(card.lines[1:])]
        y = 26.0 + CHIP * len(card.lines[1:])
    else:
        out = [f'<text class="t b" x="{left}" y="{TOP + 13}"{ink}>{escape(card.title)}{aside}</text>']
        y = TOP + 13.0
        for text in card.lines:
            y += LINE - 1
            out.append(f'<text class="s" x="{left}" y="{y:.0f}"{ink}>{escape(text)}</text>')
        y += 7
        if card.bad:
            out.append(f'<text class="bad halo" x="{left}" y="{y + 9:.0f}" style="font-weight:600">{escape(card.bad)}</text>')
            y += LINE
        if card.strip:
            out.append(draw_strip(card, left, y))
            y += strip_size(card)[1] + 4
        if card.grad is not None and not card.fill and card.kind != "input":
            out.append(_swatch(card.grad, w - 20, 9))
    for row in chip_rows(card):
        spare = (w - left - 7 - sum(map(chip_width, row)) - 4 * len(row) + 4) / len(row)
        x = left - 2.0
        for chip in row:
            out.append(draw_chip(chip, x, y, chip_width(chip) + spare))
            x += chip_width(chip) + spare + 4
        y += CHIP + 3
    return out


def _own(card: Card) -> str:
    return f";fill:{ink_on(card.fill)}" if card.fill else ""


def _swatch(grad: float, x: float, y: float) -> str:
    """A small square in the colour of a gradient."""
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="11" height="11" rx="2" fill="{heat(grad)}" stroke="#5b6470"><title>{grad_word(grad)}</title></rect>'


def draw_chip(chip: Chip, x: float, y: float, w: float) -> str:
    """A parameter on the box that uses it, with the size and colour of its gradient."""
    out = f'<g><title>{escape(chip.note)}</title><rect class="ch" x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{CHIP}" rx="10" stroke-width=".8"/>'
    out += f'<text class="t" x="{x + 9:.0f}" y="{y + 14:.0f}">{escape(chip.text)}</text>'
    if chip.grad is not None:
        out += f'<text class="s" x="{x + w - 19:.0f}" y="{y + 14:.0f}" text-anchor="end" style="font-size:10px">{grad_word(chip.grad)}</text>'
        out += f'<rect x="{x + w - 15:.0f}" y="{y + 5:.0f}" width="10" height="10" rx="2" fill="{heat(chip.grad)}" stroke="#5b6470" stroke-width=".8"/>'
    return out + "</g>"


def _scalar(card: Card, h: float, ink: str) -> str:
    """name | data 2.0 | grad −1.5, the sign of the operation before it."""
    x = float(BAR)
    out = []
    if card.family:
        out.append(f'<path d="M6 0H{BAR}V{h:.0f}H6A6 6 0 0 1 0 {h - 6:.0f}V6A6 6 0 0 1 6 0Z" fill="url(#f{PLACE[card.family]})"/>')
    for k, cell in enumerate(([card.title] if card.title else []) + card.cells):
        if k:
            out.append(f'<path class="ln" d="M{x:.0f} 0V{h:.0f}"/>')
        strong = ' style="font-weight:600' + _own(card) + '"' if k == 0 else ink
        out.append(f'<text class="t" x="{x + 9:.0f}" y="21"{strong}><tspan style="font-size:{TITLE:.0f}px">{escape(cell)}</tspan></text>')
        x += text_width(cell, TITLE) + 18
    return "".join(out)


