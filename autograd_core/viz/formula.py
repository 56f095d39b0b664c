"""Formulas as they stand in rules, read from their text and written as MathML, LaTeX and plain text. Standard library only.

The text is what an op's own rule prints on expressions. What is no formula ("g without the padding") stays a sentence.
"""

from __future__ import annotations

import functools
import re
from html import escape
from typing import Any, NamedTuple

POWERS = {"²": "2", "³": "3", "⁻¹": "−1", "⁻²": "−2", "⁻ᵀ": "−T", "ᵀ": "T", "½": "½"}
TOKEN = re.compile(r"\s*(⁻¹|⁻²|⁻ᵀ|\d+(?:\.\d+)?(?:e[+-−]?\d+)?|[A-Za-zΑ-ω∂∇ℓ_][A-Za-z0-9Α-ω₀-₉_∂]*|//|\S)")
SIGNS = {"·": r"\cdot", "⊙": r"\odot", "⊗": r"\otimes", "∗": r"*", "@": "", "×": r"\times", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "∧": r"\wedge",
         "∨": r"\vee", "−": "-", "Σ": r"\sum", "√": r"\sqrt", "∞": r"\infty", "½": r"\tfrac12", "…": r"\dots", "→": r"\to", "¬": r"\neg ", "‖": r"\|",
         "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "⟨": r"\langle ", "⟩": r"\rangle ", "%": r"\%"}  # fmt: skip
GREEK = {"σ": r"\sigma", "Φ": r"\Phi", "φ": r"\varphi", "Γ": r"\Gamma", "ψ": r"\psi", "π": r"\pi", "μ": r"\mu", "ε": r"\varepsilon", "∂": r"\partial "}
OPEN, CLOSE = "([{⌊⌈⟨", ")]}⌋⌉⟩"
LEVELS = (("?", ":"), ("∨",), ("∧",), ("=", "≠", "<", "≤", ">", "≥"), ("+", "−", "-"), ("·", "@", "∗", "⊙", "⊗", "×", "//", "mod", "/"))


class Formula(NamedTuple):
    """A piece: `kind` is "name", "number", "sign", "row", "fraction", "power", "root", "call" or "words"."""

    kind: str
    text: str = ""
    parts: tuple[Formula, ...] = ()


class _Reader:
    """Reads a formula by precedence; a ValueError says that it is none."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise ValueError(token)
        self.at += 1
        return token

    def level(self, n: int = 0) -> Formula:
        """Operations of one strength, from the left."""
        if n == len(LEVELS):
            return self.prefix()
        left = self.level(n + 1)
        while self.peek() in LEVELS[n]:
            sign = self.take()
            right = self.level(n + 1)
            if sign == "/":
                left = Formula("fraction", "", (bare(left), bare(right)))
            else:
                left = Formula("row", "", (left, Formula("sign", sign), right))
        return left

    def prefix(self) -> Formula:
        token = self.peek()
        if token in ("−", "-", "¬", "Σ"):
            self.take()
            return Formula("row", "", (Formula("sign", token), self.prefix()))
        if token == "√":
            self.take()
            return Formula("root", "", (bare(self.postfix()),))
        return self.postfix()

    def postfix(self) -> Formula:
        left = self.atom()
        while True:
            token = self.peek()
            if token in POWERS and token != "½":
                self.take()
                left = Formula("power", "", (left, Formula("number", POWERS[token])))
            elif token == "^":
                self.take()
                left = Formula("power", "", (left, bare(self.prefix())))
            elif token == "[":
                left = Formula("row", "", (left, self.group()))
            else:
                return left

    def atom(self) -> Formula:
        token = self.take()
        if token in OPEN:
            self.at -= 1
            return self.group()
        if token in ("|", "‖"):
            inside = self.level()
            self.take(token)
            return Formula("row", "", (Formula("sign", token), inside, Formula("sign", token)))
        if token[0].isdigit() or token in ("½", "∞", "…"):
            return Formula("number", token)
        if token[0].isalpha() or token[0] in "_∂∇":
            if self.peek() == "(":
                return Formula("call", token, (self.group(),))
            return Formula("name", token)
        raise ValueError(token)

    def group(self) -> Formula:
        """( … ), with commas in it."""
        opening = self.take()
        parts: list[Formula] = [Formula("sign", opening)]
        closing = CLOSE[OPEN.index(opening)]
        while self.peek() != closing:
            parts.append(self.level())
            if self.peek() == ",":
                parts.append(Formula("sign", self.take()))
            elif self.peek() != closing:
                raise ValueError(self.peek())
        parts.append(Formula("sign", self.take()))
        return Formula("row", "()" if opening == "(" and len(parts) == 3 else "", tuple(parts))


def bare(f: Formula) -> Formula:
    """A formula without parentheses that a fraction, a root or an exponent makes needless."""
    return f.parts[1] if f.kind == "row" and f.text == "()" else f


def read(text: str) -> Formula:
    """The structure of a formula; a sentence is "words"."""
    reader = _Reader(text)
    try:
        found = reader.level()
        if reader.peek():
            raise ValueError(reader.peek())
    except (ValueError, RecursionError):
        return Formula("words", text)
    return found


@functools.lru_cache(4096)
def mathml(text: str) -> str:
    """A formula as MathML Core; every character of it is escaped."""
    return f'<math display="inline">{_mathml(read(text))}</math>'


def _mathml(f: Formula) -> str:
    inner = [_mathml(p) for p in f.parts]
    if f.kind == "words":
        return f"<mtext>{escape(f.text)}</mtext>"
    if f.kind == "number":
        return f"<mn>{escape(f.text)}</mn>"
    if f.kind == "sign":
        return f"<mo>{escape(f.text)}</mo>"
    if f.kind == "name":
        return f"<mi>{escape(f.text)}</mi>"
    if f.kind == "fraction":
        return f"<mfrac>{_row(inner[0])}{_row(inner[1])}</mfrac>"
    if f.kind == "power":
        return f"<msup>{_row(inner[0])}{_row(inner[1])}</msup>"
    if f.kind == "root":
        return f"<msqrt>{inner[0]}</msqrt>"
    if f.kind == "call":
        return f"<mrow><mi>{escape(f.text)}</mi>{inner[0]}</mrow>"
    return _row("".join(inner))


def _row(text: str) -> str:
    return f"<mrow>{text}</mrow>"


def latex(text: str) -> str:
    """A formula as LaTeX, for KaTeX or MathJax."""
    return _latex(read(text))


def _latex(f: Formula) -> str:
    inner = [_latex(p) for p in f.parts]
    if f.kind == "words":
        return rf"\text{{{_safe(f.text)}}}"
    if f.kind == "number":
        return {"½": r"\tfrac12", "∞": r"\infty", "…": r"\dots", "T": r"\top"}.get(f.text, f.text.replace("−", "-"))
    if f.kind == "sign":
        return {"[": r"\left[", "]": r"\right]", "(": r"\left(", ")": r"\right)", "{": r"\{", "}": r"\}"}.get(f.text, SIGNS.get(f.text, f.text))
    if f.kind == "name":
        return _name(f.text)
    if f.kind == "fraction":
        return rf"\frac{{{inner[0]}}}{{{inner[1]}}}"
    if f.kind == "power":
        return f"{{{inner[0]}}}^{{{inner[1]}}}"
    if f.kind == "root":
        return rf"\sqrt{{{inner[0]}}}"
    if f.kind == "call":
        return _name(f.text, True) + inner[0]
    return " ".join(p for p in inner if p)


def _name(text: str, function: bool = False) -> str:
    if text in GREEK:
        return GREEK[text]
    shown = "".join(GREEK.get(c, c) for c in text).replace("_", r"\_")
    return shown if len(text) == 1 else (rf"\operatorname{{{shown}}}" if function else rf"\mathrm{{{shown}}}")


def _safe(text: str) -> str:
    """Text that LaTeX prints as it is."""
    special: dict[str, Any] = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", **{c: "\\" + c for c in "{}$&#%_"}}
    signs = {k: f"${v.strip()}$" for k, v in {**SIGNS, **GREEK}.items() if k not in "%@" and v}
    return "".join(special.get(c) or signs.get(c) or c for c in text)
