"""What can be read (A8): every text on what lies under it, and the families without their colours."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from autograd_core import viz
from autograd_core.viz.svg import defs
from autograd_core.viz.theme import DARK, FAMILIES, LIGHT, Tone, contrast
from tests.viz.browser import NoBrowser, chromium
from tests.viz.checks.registry import Figure, Unavailable, check
from tests.viz.models import PROGRAMS, recorded, steps, transformer

NS = "{http://www.w3.org/2000/svg}"
STYLES = [{"color": color, "values": values} for color in ("family", "grad", "value", "memory", "time") for values in ("none", "both")]
SHADES = """async () => {
  const shot = new Image(); shot.src = URL.createObjectURL(new Blob([document.querySelector("svg").outerHTML], { type: "image/svg+xml" })); await shot.decode();
  const pen = Object.assign(document.createElement("canvas"), { width: 320, height: 40 }).getContext("2d"); pen.drawImage(shot, 0, 0);
  return [...Array(8).keys()].map((k) => { const d = pen.getImageData(40 * k, 0, 32, 32).data;
    return [...Array(1024).keys()].map((i) => Math.round(0.2126 * d[4 * i] + 0.7152 * d[4 * i + 1] + 0.0722 * d[4 * i + 2])); });
}"""


def pairs(svg: str, tone: Tone) -> Iterator[tuple[str, str, str]]:
    """(colour, colour under it, the text) of every text of a picture, in one colour scheme."""
    inks = {"t": tone.ink, "s": tone.soft, "bad": tone.bad}
    fills = {"cd": tone.card, "pl": tone.pill, "ch": tone.chip, "fr": tone.frame, "pg": tone.page}

    def own(e: ET.Element, known: dict[str, str], before: str) -> str:
        styled = re.search(r"fill:(#\w+)", e.attrib.get("style", ""))
        given = next((known[c] for c in e.attrib.get("class", "").split() if c in known), before)
        return styled[1] if styled else given

    def walk(group: ET.Element, under: str) -> Iterator[tuple[str, str, str]]:
        for e in group:
            if e.tag == NS + "rect" and float(e.attrib.get("width", 0)) > 20:
                under = own(e, fills, under)
            elif e.tag == NS + "text":
                ink = own(e, inks, "")
                ground = tone.page if "halo" in e.attrib.get("class", "") else under
                yield from ((own(part, inks, ink), ground, "".join(part.itertext())) for part in (e, *e))
            elif e.tag == NS + "g":
                yield from walk(e, under)

    yield from walk(ET.fromstring(svg), tone.page)


def pictures() -> Iterator[Any]:
    """Programs in every style."""
    losses = [recorded(make())[1] for make in PROGRAMS.values()] + [recorded(transformer(12)[1])[1]]
    for loss in losses:
        for style in STYLES:
            yield viz.draw(loss, **style)


@check("A8", "every text stands out from what is under it", slow=True)
def contrasts() -> Iterator[Figure]:
    """In all styles, as WCAG measures it."""
    svgs = [drawing.svg() for drawing in pictures()]
    for word, tone in (("light", LIGHT), ("dark", DARK)):
        found = {(ink, ground): text for svg in svgs for ink, ground, text in pairs(svg, tone)}
        (ink, ground), text = min(found.items(), key=lambda pair: contrast(*pair[0]))
        least = contrast(ink, ground)
        yield Figure(f"{word}: {len(found)} pairs, the least {ink} on {ground} ({text[:12]})", f"{least:.2f}", ">= 4.5", least >= 4.5)


@check("A8", "the families can be told apart in grey", slow=True)
def greys() -> Iterator[Figure]:
    """As Chromium paints them: the least part of the points by which two families differ."""
    tiles = "".join(f'<rect x="{40 * k}" width="32" height="32" fill="url(#f{k})"/>' for k in range(len(FAMILIES)))
    try:
        with chromium() as engine:
            page = engine.new_page()
            page.set_content(f'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="40">{defs()}{tiles}</svg>')
            shades = dict(zip(FAMILIES, page.evaluate(SHADES), strict=True))
    except NoBrowser as reason:
        raise Unavailable(str(reason)) from None
    differ = {(a, b): sum(abs(p - q) > 25 for p, q in zip(shades[a], shades[b], strict=True)) / 1024 for a, b in combinations(shades, 2)}
    (a, b), least = min(differ.items(), key=lambda pair: pair[1])
    yield Figure(f"{a} and {b}", f"{100 * least:.0f} % of the points", ">= 15 %", least >= 0.15)


@check("A11", "pictures at 1200 px: names, sizes, gradients, and text of nine points at least")
def at_a_slide() -> Iterator[Figure]:
    """Four models after backward, as they are drawn without options."""
    programs = {"convnet": PROGRAMS["convnet"](), "50 steps": steps(50)[1], "12 blocks": transformer(12)[1], "MLP": PROGRAMS["mlp"]()}
    for name, make in programs.items():
        drawing = viz.draw(recorded(make)[1])
        boxes = [card for card in drawing.scene.visible()[1].values() if card.kind in ("op", "module", "run")]
        wide = float(drawing.svg().partition('width="')[2].partition('"')[0])
        sized = sum(any("×" in line or "scalar" in line for line in card.lines) for card in boxes)
        graded = sum(card.grad is not None for card in boxes)
        points = 11 * min(1, 1200 / wide)
        found = f"{sized} {graded} of {len(boxes)}, {points:.0f} px"
        yield Figure(f"{name}: boxes with sizes, with gradients; text", found, "all, >= 9 px", sized == graded == len(boxes) and points >= 9)
