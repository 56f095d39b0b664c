"""The interactive page: one file with data, layout and runtime in it; no network, no kernel. Imports scene and svg."""

from __future__ import annotations

import base64
import gzip
import json
import math
from pathlib import Path
from typing import Any

from .boxes import card_body, draw_strip, escape
from .cards import Card
from .legend import legend
from .measure import SMALL, edge_width, frame_header, head_widths, strip_size
from .scene import Scene
from .svg import css, defs, to_svg
from .theme import BAD, DARK, LIGHT, LOW, RAMP, ZERO, text_width

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
STILL = 800  # boxes up to which the page also holds the picture for readers without scripts
PACKED = 200_000  # bytes of data from which on they are compressed, for browsers that can unpack (since 2023 all do)
STYLE = (
    f"body{{margin:0;display:flex;flex-direction:column;height:100vh;font:13px system-ui,sans-serif;background:{LIGHT.page};color:{LIGHT.ink}}}"
    f"h1{{font-size:15px;margin:0 8px 0 0;display:inline}}"
    f"#bar{{padding:6px 12px;border-bottom:1px solid {LIGHT.line}}}#bar[hidden]{{display:none}}button{{font:inherit;margin-right:3px;padding:2px 9px;"
    f"border:1px solid {LIGHT.line};border-radius:5px;background:{LIGHT.pill};color:{LIGHT.ink};cursor:pointer}}"
    f"#count,.hint{{color:{LIGHT.soft};margin-left:8px}}"
    f"#view{{overflow:auto;flex:1;min-height:0}}#said{{position:fixed;right:10px;bottom:38px;max-width:min(560px,90vw);max-height:50vh;overflow:auto;"
    f"white-space:pre-wrap;background:{LIGHT.page};border:1px solid {LIGHT.line};border-radius:6px;padding:8px 11px;margin:0;font:12px ui-monospace,monospace}}"
    f"#said[hidden]{{display:none}}#key{{border-top:1px solid {LIGHT.line};padding:2px 12px}}.click{{cursor:pointer}}.small{{font-size:11px;font-weight:400}}"
    f"@media(prefers-color-scheme:dark){{body{{background:{DARK.page};color:{DARK.ink}}}button{{background:{DARK.pill};color:{DARK.ink}}}"
    f"#said{{background:{DARK.page}}}#count,.hint{{color:{DARK.soft}}}}}"
)
BUTTONS = (
    ("all", "Open all"), ("none", "Close all"), ("first", "As at first"), ("turn", "Turn"), ("fit", "Fit"), ("more", "+"), ("less", "−"),
)  # fmt: skip


def runtime() -> str:
    """The scripts of every page."""
    here = Path(__file__).parent
    return (here / "layout.js").read_text("utf-8") + (here / "page.js").read_text("utf-8")


def to_html(scene: Scene, sideways: bool) -> str:
    """A page in one file. Without scripts it shows the picture as it is at first."""
    data = json.dumps(page_data(scene, sideways), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    if len(data) > PACKED:
        data = base64.b64encode(gzip.compress(data.encode(), 9, mtime=0)).decode()
    data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    _, boxes, flows = scene.visible()
    still = f"<p>{len(boxes)} boxes: this page needs scripts to draw them.</p>" if len(boxes) > STILL else to_svg(scene, sideways)
    key, width, height = legend(scene, boxes, flows, 900)
    buttons = "".join(f'<button id="{i}" type="button">{word}</button>' for i, word in BUTTONS)
    title = escape(scene.title or "graph")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style></head><body>'
        f'<div id="bar" hidden><h1>{title}</h1>{buttons}<span id="count"></span><span class="hint">click a module to open or close it, '
        "a cell of a strip to see that piece</span></div>"
        f'<div id="view">{still}</div><pre id="said" hidden></pre>'
        f'<div id="key"><svg xmlns="http://www.w3.org/2000/svg" width="{width + 10:.0f}" height="{height:.0f}"><style>{css()}</style>{key}</svg></div>'
        f'<script id="data" type="application/json">{data}</script><script>{runtime()}</script></body></html>'
    )


def page_data(scene: Scene, sideways: bool) -> dict[str, Any]:
    """What the runtime needs: every box as SVG text with its size, every edge, the tree of modules."""
    return {
        "schema": 1,
        "operations": scene.operations,
        "sideways": sideways,
        "open": sorted(scene.open),
        "css": css(),
        "defs": defs(),
        "look": {"ramp": RAMP, "low": LOW, "zero": ZERO, "bad": BAD},
        "boxes": {i: _box(card) for i, card in scene.cards.items()},
        "modules": {
            i: {
                **_box(m.card), "id": i, "items": m.items, "merged": m.merged, "run": m.card.kind == "run", "title": m.card.title, "aside": m.card.aside,
                "head": head_widths(m.card), "header": frame_header(m.card), "strip": draw_strip(m.card, 0, 0) if m.card.strip else "",
                "stripWidth": strip_size(m.card)[0], "carried": m.card.carried,
            }
            for i, m in scene.modules.items()
        },
        "pieces": {
            run: [{i: _twin(scene.cards[i], card) for i, card in piece.items()} for piece in pieces] for run, pieces in scene.pieces.items()
        },
        "flows": [
            [
                f.source, f.target, f.key, edge_width(f.nbytes), f.note, f.label,
                None if f.grad is None else f.grad if math.isfinite(f.grad) else str(f.grad), text_width(f.label, SMALL) if f.label else 0,
            ]
            for f in scene.flows
            if not f.carried
        ],
    }  # fmt: skip


def _box(card: Card) -> dict[str, Any]:
    return {"w": card.width, "h": card.height, "note": card.note, "svg": card_body(card, card.width, card.height)}


def _twin(drawn: Card, card: Card) -> list[str]:
    """Another piece's box in the size of the one that is drawn: (tooltip, SVG)."""
    return [card.note, card_body(card, drawn.width, drawn.height)]
