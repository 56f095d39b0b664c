"""Writes a laid-out graph as SVG: one box an op, its leaves as chips on it, one curve a value that flows."""

from __future__ import annotations

import math
from html import escape

from .layout import Place, lay_out
from .reading import Box, Chip, Graph

FONT = "DejaVu Sans, Verdana, sans-serif"
LINE, PAD, CHIP = 15, 9, 18
WIDE = 6.6  # width of a character at 11 px, generous
# Okabe and Ito's colours, told apart with any kind of colour blindness
COLOURS = {
    "#0072B2": "conv linear attention linalg factorize einsum vision",
    "#D55E00": "nonlinear activation softmax",
    "#E69F00": "pointwise special exponential trigonometry extremes rounding comparison bitwise",
    "#009E73": "pool norm reduce statistics order cumulative",
    "#CC79A7": "dropout random",
    "#888888": "shape views arrange join scatter pad embedding resample",
    "#B00020": "loss",
}
FAMILIES = {family: colour for colour, families in COLOURS.items() for family in families.split()}
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>'
)
SCALE = (-8.0, 3.0)  # log10 of a gradient's root mean square, fixed so that pictures can be compared
RAMP = ("#3b4cc0", "#7b9ff9", "#c0d4f5", "#f2cab5", "#ee8468", "#b40426")


def shade(rms: float) -> str:
    """The colour of a gradient's size on the fixed logarithmic scale; black for NaN or infinity."""
    if not math.isfinite(rms):
        return "#000000"
    if rms == 0:
        return "#ffffff"
    low, high = SCALE
    share = min(max((math.log10(rms) - low) / (high - low), 0.0), 1.0)
    return RAMP[min(int(share * len(RAMP)), len(RAMP) - 1)]


def lines_of(box: Box) -> list[str]:
    """What a box says: module and op, arguments, shape and type."""
    head = f"{box.scope} · {box.op}" if box.scope else box.op
    size = " × ".join(str(n) for n in box.shape) if box.shape else "scalar"
    return [head, *([box.detail] if box.detail else []), f"{size}  {box.dtype}"]


def chip_text(chip: Chip) -> str:
    """What a leaf says: its name and shape, its value if it is one number."""
    name = chip.name or "leaf"
    if chip.value is not None:
        return f"{name} = {chip.value:.4g}" + (f"   grad {chip.grad:.4g}" if chip.grad is not None else "")
    return f"{name}  {' × '.join(map(str, chip.shape))}" + (f"   grad {chip.grad:.1e}" if chip.grad is not None else "")


def size_of(box: Box) -> tuple[float, float]:
    """Width and height that a box needs."""
    texts = [*lines_of(box), *[chip_text(c) + "   " for c in box.chips]]
    width = max(len(t) for t in texts) * WIDE + 2 * PAD + 8
    return max(width, 90.0), len(lines_of(box)) * LINE + 2 * PAD + len(box.chips) * (CHIP + 3) + (4 if box.chips else 0)


def to_svg(graph: Graph, title: str = "") -> str:
    """The picture as SVG text."""
    places = lay_out({b.id: size_of(b) for b in graph.boxes}, graph.edges)
    width = max((p.x + p.width / 2 for p in places.values()), default=0) + 40
    height = max((p.y + p.height / 2 for p in places.values()), default=0) + 40 + (26 if title else 0)
    top = 20 + (26 if title else 0)
    size = f'width="{width:.0f}" height="{height:.0f}"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}" font-size="11">',
        TIP,
        f'<rect {size} fill="#fff"/>',
    ]
    if title:
        out.append(f'<text x="20" y="28" font-size="14" font-weight="bold" fill="#222">{escape(title)}</text>')
    out.append(f'<g transform="translate(20 {top})">')
    out.extend(_curve(places[a], places[b]) for a, b in graph.edges)
    out.extend(_draw_box(b, places[b.id], b.id in graph.outputs) for b in graph.boxes)
    return "\n".join([*out, "</g>", "</svg>"])


def _curve(a: Place, b: Place) -> str:
    """From the foot of the maker to the head of the user; a long way bends aside, so that it crosses no box in between."""
    x0, y0, x1, y1 = a.x, a.y + a.height / 2, b.x, b.y - b.height / 2
    if b.rank - a.rank <= 1:
        bend = (y1 - y0) / 2
        path = f"M{x0:.0f} {y0:.0f}C{x0:.0f} {y0 + bend:.0f} {x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1:.0f}"
    else:
        side = max(a.x + a.width / 2, b.x + b.width / 2) + 18
        start, end, middle = x0 + a.width / 4, x1 + b.width / 4, (y0 + y1) / 2
        path = f"M{start:.0f} {y0:.0f}C{side:.0f} {y0 + 26:.0f} {side:.0f} {y0 + 10:.0f} {side:.0f} {middle:.0f}"
        path += f"S{side:.0f} {y1 - 26:.0f} {end:.0f} {y1:.0f}"
    return f'<path d="{path}" fill="none" stroke="#555" stroke-width="1.2" marker-end="url(#tip)"/>'


def _draw_box(box: Box, p: Place, is_output: bool) -> str:
    x, y = p.x - p.width / 2, p.y - p.height / 2
    colour = FAMILIES.get(box.family.partition("_")[0], "#56B4E9")
    out = [f"<g><title>{escape(box.formula)}</title>"]
    if is_output:
        out.append(
            f'<rect x="{x - 3:.0f}" y="{y - 3:.0f}" width="{p.width + 6:.0f}" height="{p.height + 6:.0f}" rx="6" fill="none" '
            'stroke="#333"/>'
        )
    out.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="{p.width:.0f}" height="{p.height:.0f}" rx="4" fill="#fafafa" stroke="#333"/>')
    out.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="6" height="{p.height:.0f}" rx="3" fill="{colour}"/>')
    for k, text in enumerate(lines_of(box)):
        weight = ' font-weight="bold"' if k == 0 else ""
        out.append(
            f'<text x="{x + PAD + 6:.0f}" y="{y + PAD + 10 + k * LINE:.0f}"{weight} '
            f'fill="{"#111" if k == 0 else "#444"}">{escape(text)}</text>'
        )
    at = y + PAD + len(lines_of(box)) * LINE + 4
    for k, chip in enumerate(box.chips):
        out.append(_draw_chip(chip, x + PAD + 4, at + k * (CHIP + 3), p.width - 2 * PAD))
    return "".join([*out, "</g>"])


def _draw_chip(chip: Chip, x: float, y: float, width: float) -> str:
    fill = "#eef3e2" if chip.grad is None else shade(chip.grad)
    swatch = f'<rect x="{x + width - 16:.0f}" y="{y + 3:.0f}" width="12" height="12" rx="2" fill="{fill}" stroke="#666"/>'
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{CHIP}" rx="9" fill="#eef3e2" stroke="#8a9a5b"/>'
        f'<text x="{x + 9:.0f}" y="{y + 13:.0f}" fill="#333" '
        f'font-size="10">{escape(chip_text(chip))}</text>{swatch if chip.grad is not None else ""}'
    )
