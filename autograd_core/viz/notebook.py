"""How tensors and modules show themselves in a notebook once viz is imported. Imports Tensor and stats; IPython only where it runs already.

Nothing is patched: IPython is told how to show these types, and their own `repr` stays as it is.
"""

from __future__ import annotations

import base64
import math
import struct
import sys
import zlib
from html import escape
from typing import Any

import numpy as np

from ..kernels.summary import BINS, LOWEST, WIDTH
from ..tensor import Tensor
from .stats import Stats
from .theme import LIGHT, clip, heat, ink_on
from .words import bytes_text, count_text, dtype_text, number, shape_text

ROWS = 60  # modules listed at most


def install() -> bool:
    """Tell the running IPython how to show tensors and modules; whether there is one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    formatter = getattr(getattr(shell, "display_formatter", None), "formatters", {}).get("text/html")
    if formatter is None:
        return False
    formatter.for_type(Tensor, tensor_html)
    formatter.for_type_by_name("nn.modules.module", "Module", module_html)
    return True


def tensor_html(t: Tensor) -> str:
    """A tensor in a few lines: what it is, its statistics, the histogram of its magnitudes, a thumbnail of matrices, its text."""
    stats = Stats.of(t.array)
    made = t._node.name() if t._node is not None and t._node.op is not None else ""
    head = f"<b>{escape(type(t).__name__)}</b> {shape_text(t.array.shape)} {dtype_text(t.array.dtype)}, {bytes_text(t.array.nbytes)}"
    head += f", {escape(made)}" if made else ", requires grad" if t._node is not None else ""
    rows = [head]
    if stats.size > 1 and t.array.dtype.kind in "fiub":
        line = f"min {number(stats.least)} &nbsp; max {number(stats.greatest)} &nbsp; mean {number(stats.mean)} &nbsp; std {number(stats.std)}"
        if stats.zeros:
            line += f" &nbsp; {100 * stats.zeros / stats.size:.3g} % zeros"
        rows.append(line + (f" &nbsp; <b>{stats.nans} NaN, {stats.infs} infinite</b>" if stats.bad else ""))
        rows.append(bars(stats.histogram) + (picture(stats.thumbnail) if stats.thumbnail is not None and stats.size > 16 else ""))
    cell = t._cell
    if cell is not None and cell.grad is not None:
        rms = Stats.of(cell.grad.array).rms
        fill = heat(rms) or LIGHT.page
        rows.append(f'<span style="background:{fill};color:{ink_on(fill)};padding:0 4px">gradient L2/√n {number(rms)}</span>')
    body = "".join(f"<div>{row}</div>" for row in rows)
    return f'<div style="font:12px sans-serif">{body}<pre style="margin:4px 0">{escape(repr(t))}</pre></div>'


def bars(histogram: tuple[int, ...]) -> str:
    """The histogram of magnitudes as a small SVG."""
    most = max(histogram, default=0) or 1
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{BINS * 9}" height="34" role="img"><title>magnitudes, by powers of two</title>']
    for k, count in enumerate(histogram):
        height = 32 * count / most
        low = 2.0 ** (LOWEST + WIDTH * k)
        note = f"<title>{count} from {number(low, 2)} to {number(low * 2.0**WIDTH, 2)}</title>"
        out.append(f'<rect x="{k * 9}" y="{33 - height:.1f}" width="8" height="{height + 1:.1f}" fill="#0072B2">{note}</rect>')
    return "".join([*out, "</svg>"])


def picture(sheet: np.ndarray) -> str:
    """A thumbnail as an inline PNG, blue below zero and red above."""
    most = float(np.abs(sheet[np.isfinite(sheet)]).max(initial=0.0)) or 1.0
    share = np.nan_to_num(sheet / most, nan=0.0, posinf=1.0, neginf=-1.0)
    fade = (255 * (1 - np.abs(share))).astype(np.uint8)
    full = np.full_like(fade, 255)
    rgb = np.where((share < 0)[..., None], np.stack([fade, fade, full], -1), np.stack([full, fade, fade], -1))
    scale = max(1, 96 // max(sheet.shape))
    image = base64.b64encode(png(rgb)).decode()
    size = f'width="{sheet.shape[1] * scale}" height="{sheet.shape[0] * scale}"'
    return f' <img alt="values" {size} style="image-rendering:pixelated" src="data:image/png;base64,{image}"/>'


def png(rgb: np.ndarray) -> bytes:
    """An array (rows, columns, 3) of uint8 as a PNG file (RFC 2083: signature, IHDR, IDAT, IEND)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows, columns = rgb.shape[:2]
    lines = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(rgb))
    head = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


def module_html(module: Any) -> str:
    """A module as a table: its parts, their own parameters (of the whole: all), and the size of each part's gradient."""
    rows: list[str] = []
    for name, part in module.named_modules():
        if len(rows) == ROWS:
            rows.append("<tr><td>…</td></tr>")
            break
        own = [p for p in part._parameters.values() if p is not None]
        count = sum(math.prod(p.array.shape) for p in (own if name else module.parameters()))
        grads = [p.grad.array for p in own if p.grad is not None]
        total = sum(g.size for g in grads)
        rms = math.sqrt(sum(float(np.square(g, dtype=np.float64).sum()) for g in grads) / total) if total else None
        fill = heat(rms)
        shade = f' style="background:{fill};color:{ink_on(fill)}"' if fill else ""
        indent = "&nbsp;" * 4 * (name.count(".") + 1 if name else 0)
        extra = part.extra_repr() if not part._modules else ""
        rows.append(
            f"<tr><td>{indent}{escape(name.rpartition('.')[2])}</td><td><b>{escape(type(part).__name__)}</b>({escape(clip(extra, 60))})</td>"
            f'<td style="text-align:right">{count_text(count) if count else ""}</td><td{shade}>{number(rms) if rms is not None else ""}</td></tr>'
        )
    head = "<tr><th>name</th><th>module</th><th>parameters</th><th>gradient L2/√n</th></tr>"
    return f'<table style="font:12px sans-serif;text-align:left">{head}{"".join(rows)}</table>'
