"""Colours, textures and words of the drawings: one place, so that every text stands on a fill it can be read on. Pure data."""

from __future__ import annotations

import math
from typing import NamedTuple

FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


class Family(NamedTuple):
    """A kind of operation: its word in the legend, its colour (Okabe and Ito's, told apart with any colour blindness) and its texture."""

    word: str
    colour: str
    texture: str  # an SVG path in a tile of 8 × 8, drawn in white over the colour
    members: str


FAMILIES = {
    f.word: f
    for f in (
        Family("linear", "#0072B2", "", "conv linear linear_chains linalg linalg_norms einsum attention factorize recurrent vision"),
        Family("activation", "#D55E00", "M0 8L8 0", "nonlinear activation softmax"),
        Family("elementwise", "#E69F00", "M0 4H8", "pointwise special exponential trigonometry extremes rounding comparison bitwise polynomials"),
        Family("normalise, reduce", "#009E73", "M0 2H8M0 6H8M2 0V8M6 0V8", "norm reduce statistics order cumulative similarity"),
        Family("pool, select", "#56B4E9", "M4 0V8", "pool pool_fractional pool_indexed embedding scatter scatter_places resample select"),
        Family("random", "#CC79A7", "M1 1h2v2h-2zM5 5h2v2h-2z", "dropout random"),
        Family("shape", "#767676", "M0 0L4 4L8 0M0 8L4 4L8 8", "shape views arrange join pad strided fused inplace"),
        Family("loss", "#222222", "M0 0L8 8M0 8L8 0", "loss loss_binary loss_classes loss_ctc loss_margin loss_reduction"),
    )
}  # fmt: skip
_WORD = {member: f.word for f in FAMILIES.values() for member in f.members.split()}


def family_word(family: str) -> str:
    """The family in the legend of a file of ops."""
    return _WORD.get(family, _WORD.get(family.partition("_")[0], "elementwise"))


class Tone(NamedTuple):
    """The colours of one colour scheme, by their class in the SVG."""

    page: str
    card: str  # fill of a box
    line: str  # its outline
    ink: str  # main text
    soft: str  # second text
    chip: str
    pill: str
    frame: str  # fill of a module's frame, over the page
    edge: str
    bad: str  # text about NaN


LIGHT = Tone("#ffffff", "#ffffff", "#5b6470", "#14181d", "#4a5361", "#eef2e6", "#eceff3", "#f5f7fa", "#6b7480", "#a30015")
DARK = Tone("#0f1419", "#1b222b", "#93a0b0", "#eef2f6", "#b4bfcc", "#26301f", "#28313c", "#151b22", "#93a0b0", "#ff9a9a")

# log10 of L2/√n from -8 to +3 in eleven steps of one decade: blue vanishes, white is healthy, red explodes
LOW, HIGH = -8, 3
RAMP = ("#2c4d9e", "#4a74c0", "#7a9fd8", "#a9c5e9", "#d3e2f4", "#f4f4f0", "#fbe3d0", "#f6c09c", "#ea9470", "#d2603f", "#ab2a1e")
# shares of the largest, for memory and time
STEPS = ("#f7f7f2", "#e3ecd5", "#c3dcb0", "#97c68d", "#63ab6f", "#2b7d4c", "#0f6a40")
ZERO, BAD = "#c9ced6", "#b00020"


def decade(rms: float) -> int:
    """The step of the gradient scale that a size falls on."""
    return min(max(math.floor(math.log10(rms)) - LOW, 0), HIGH - LOW - 1)


def heat(rms: float | None) -> str | None:
    """The colour of a gradient's size on the fixed logarithmic scale: grey for exactly 0, red for NaN and infinity."""
    if rms is None:
        return None
    if not math.isfinite(rms):
        return BAD
    return ZERO if rms == 0 else RAMP[decade(rms)]


def share(part: float, whole: float) -> str:
    """The colour of a share of the largest, on a logarithmic scale of three decades."""
    if part <= 0 or whole <= 0:
        return STEPS[0]
    place = 1 + math.log10(part / whole) / 3
    return STEPS[min(max(round(place * (len(STEPS) - 1)), 0), len(STEPS) - 1)]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(fill: str) -> str:
    """Black or white, whichever can be read on a fill."""
    return "#14181d" if contrast("#14181d", fill) >= contrast("#ffffff", fill) else "#ffffff"


# widths of the characters from space on in hundredths of the font size, as in DejaVu Sans, the widest of the faces, so that a text fits whatever is there
_ASCII = (
    "32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 "
    "79 69 63 61 73 68 99 69 61 69 39 34 39 84 50 50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84"
)
_WIDTHS = {chr(32 + k): int(w) for k, w in enumerate(_ASCII.split())} | {"·": 32, "∇": 68, "√": 64, "μ": 64, "σ": 63}


def text_width(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is at most."""
    known = _WIDTHS
    units = 0
    for c in text:
        units += known.get(c, 84 if ord(c) < 0x2E80 else 100)
    return units * size * (0.0112 if bold else 0.01)


def clip(text: str, limit: int = 40) -> str:
    """A text of at most `limit` characters, its middle left out where it is longer; control characters shown as dots."""
    shown = text if text.isprintable() else "".join(c if c.isprintable() else "·" for c in text)
    return shown if len(shown) <= limit else f"{shown[: limit - limit // 3 - 1]}…{shown[-(limit // 3) :]}"
