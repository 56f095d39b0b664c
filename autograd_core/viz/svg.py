"""Writes a laid-out scene as SVG: self-contained text, no script, no link. Imports boxes, scene, theme and nest."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence

from .boxes import draw_card, draw_strip, escape
from .cards import Card
from .layout import BETWEEN
from .legend import legend
from .measure import SMALL, TITLE, edge_width, frame_header, head_widths, strip_size
from .nest import Plan, arrange
from .scene import Flow, Scene
from .theme import BAD, DARK, FAMILIES, FONT, LIGHT, Tone, heat, text_width

MARGIN = 18
LINE_ON_COLOUR = "#5b6470"


def _css(tone: Tone) -> str:
    return (
        f".pg{{fill:{tone.page}}}.cd{{fill:{tone.card};stroke:{tone.line}}}.ln{{stroke:{tone.line}}}.t{{fill:{tone.ink}}}"
        f".s{{fill:{tone.soft}}}.ch{{fill:{tone.chip};stroke:{tone.line}}}.pl{{fill:{tone.pill};stroke:{tone.line}}}"
        f".fr{{fill:{tone.frame};stroke:{tone.line}}}.e{{stroke:{tone.edge}}}.tip{{fill:{tone.edge}}}.bad{{fill:{tone.bad}}}"
        f".halo{{stroke:{tone.page}}}"
    )


def css(dark: bool = True) -> str:
    """The style sheet: light, and dark where the viewer asks for it."""
    sheet = (
        f"text{{font-family:{FONT};font-size:{SMALL:.0f}px}}.b{{font-size:{TITLE:.0f}px;font-weight:600}}.b .s{{font-size:{SMALL:.0f}px;font-weight:400}}"
        ".m{font-size:10px}.end{text-anchor:end}.e,.ln,.over,.under{fill:none}.ch,.dat{stroke-width:.8}.dat{stroke-dasharray:4 2.5}"
        f".sw,.cell,.up{{stroke:{LINE_ON_COLOUR};stroke-width:.8;stroke-linejoin:round}}.cell{{stroke-width:.5}}.up,.over,.under{{pointer-events:none}}"
        ".over{stroke:#14181d;stroke-width:1.4}.under{stroke:#fff;stroke-width:3;stroke-opacity:.75}"
        f".halo{{stroke-width:4;paint-order:stroke;stroke-linejoin:round}}{_css(LIGHT)}"
    )
    return sheet + (f"@media(prefers-color-scheme:dark){{{_css(DARK)}}}" if dark else "")


def defs(used: Container[str] = FAMILIES) -> str:
    """Textures of the families that are used, and the hatch of NaN."""
    out = ["<defs>"]
    for k, family in enumerate(FAMILIES.values()):
        if family.word not in used:
            continue
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
            frame.title, frame.strip = head_widths(card)
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
        f"<style>{css(dark)}</style>{defs({card.family for card in boxes.values()})}",
        f'<rect class="pg" width="{width}" height="{height}"/>',
    ]
    if scene.title:
        out.append(f'<text class="t" x="{MARGIN}" y="28" style="font-size:15px;font-weight:600">{escape(scene.title)}</text>')
    out.append(f'<g transform="translate({left:.0f} {top})">')
    out += body(scene, plan, boxes, flows)
    out.append(f'</g><g transform="translate({MARGIN} {height - key_height - 6:.0f})">{key}</g></svg>')
    return "\n".join(out)


def body(scene: Scene, plan: Plan, boxes: dict[str, Card], flows: Sequence[Flow]) -> list[str]:
    """Frames, edges, titles, boxes, labels, in that order."""
    out = [draw_frame(scene.modules[i].card, *at) for i, at in plan.frames.items() if i != "g"]
    places = label_places(flows, plan.lines, plan.sideways)
    out += [draw_edge(flow, line, plan.sideways) for flow, line in zip(flows, plan.lines, strict=True)]
    out += [frame_title(scene.modules[i].card, *at) for i, at in plan.frames.items() if i != "g"]
    out += [draw_card(card, *plan.boxes[i][:2]) for i, card in boxes.items()]
    out += [f'<text class="t halo" x="{x:.0f}" y="{y:.0f}" text-anchor="{end}">{escape(flows[k].label)}</text>' for k, (x, y, end) in places.items()]
    return out


def label_places(flows: Sequence[Flow], lines: Sequence[list[tuple[float, float]]], sideways: bool) -> dict[int, tuple[float, float, str]]:
    """edge -> (x, y, anchor) of its label: beside the arrow that comes back, on the side that the edge does not turn to, where only one edge
    leaves the box; else where the edge arrives, half of those at a box on each side of them."""
    leaving: dict[str, int] = {}
    arriving: dict[str, list[tuple[float, int]]] = {}
    for flow in flows:
        leaving[flow.source] = leaving.get(flow.source, 0) + 1
    found: dict[int, tuple[float, float, str]] = {}
    for k, (flow, line) in enumerate(zip(flows, lines, strict=True)):
        if flow.label and leaving[flow.source] == 1:
            (x, y), (u, v) = line[0], line[-1]
            right = u <= x
            found[k] = (x + 12, y + (14 if v < y else -5), "start") if sideways else (x + (9 if right else -9), y + 13, "start" if right else "end")
        elif flow.label:
            arriving.setdefault(flow.target, []).append((line[-1][1 if sideways else 0], k))
    for ends in arriving.values():
        for place, (_, k) in enumerate(sorted(ends)):
            x, y = lines[k][-1]
            before = place < (len(ends) + (1 if sideways else 0)) // 2
            found[k] = (x - 10, y + (-5 if before else 14), "end") if sideways else (x + (-7 if before else 7), y - 7, "end" if before else "start")
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
    way = f"M{x + 20:.0f} {y + h - 7:.0f}H{x + 11:.0f}a4 4 0 0 1 -4 -4V{y + 42:.0f}a4 4 0 0 1 4 -4h3"
    back = f'<path class="e" d="{way}" stroke-dasharray="3 3" stroke-width="1.3"/><path class="tip" d="M{x + 20:.0f} {y + 38:.0f}l-7 -4v8z"/>'
    return f"<g><title>{escape(card.carried)}</title>{back}</g>"


def frame_title(card: Card, x: float, y: float, w: float, h: float) -> str:
    """The title of an open module, over the edges."""
    aside = f' <tspan class="s" dx="5">{escape(card.aside)}</tspan>' if card.aside else ""
    out = f'<g data-g="{card.id}"><title>{escape(card.note)}</title><text class="t b" x="{x + 12:.0f}" y="{y + 20:.0f}">{escape(card.title)}{aside}</text>'
    if card.strip:
        out += draw_strip(card, x + w - strip_size(card)[0] - 12, y + 10)
    return out + "</g>"


def draw_edge(flow: Flow, line: list[tuple[float, float]], sideways: bool) -> str:
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
        out += f'<path class="up" d="{_tip(x0, y0, sideways, -8)}" fill="{paint}"/>'
    return out + "</g>"


def _tip(x: float, y: float, sideways: bool, size: float) -> str:
    """An arrow head that points along the flow (size > 0) or back into the box that the edge leaves (size < 0)."""
    s = abs(size)
    if size > 0:
        return f"M{x:.0f} {y:.0f}l{-s} {-s * 0.55:.1f}v{s * 1.1:.1f}z" if sideways else f"M{x:.0f} {y:.0f}l{-s * 0.55:.1f} {-s}h{s * 1.1:.1f}z"
    return f"M{x:.0f} {y:.0f}l{s} {-s * 0.6:.1f}v{s * 1.2:.1f}z" if sideways else f"M{x:.0f} {y:.0f}l{-s * 0.6:.1f} {s}h{s * 1.2:.1f}z"


def curve(line: list[tuple[float, float]], sideways: bool) -> str:
    """A path through points: straight where it can be, else bent with its ends along the flow."""
    x, y = line[0]
    out = [f"M{x:.0f} {y:.0f}"]
    straight = False
    for u, v in line[1:]:
        if (v == y) if sideways else (u == x):
            if straight:
                out.pop()
            out.append(f"H{u:.0f}" if sideways else f"V{v:.0f}")
            straight, x, y = True, u, v
            continue
        straight = False
        if sideways:
            m = (x + u) / 2
            out.append(f"C{m:.0f} {y:.0f} {m:.0f} {v:.0f} {u:.0f} {v:.0f}")
        else:
            m = (y + v) / 2
            out.append(f"C{x:.0f} {m:.0f} {u:.0f} {m:.0f} {u:.0f} {v:.0f}")
        x, y = u, v
    return "".join(out)
