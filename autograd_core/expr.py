"""Expressions: the carrier on which an op prints instead of computing. Imports nothing of ours.

A rule read with expressions in place of arrays is its own formula, so drawings and documentation cannot drift
from what runs.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
SUPERSCRIPT = {2: "²", 3: "³", -1: "⁻¹", -2: "⁻²", 0.5: "½"}


class Expr:
    """A formula: `text` and how tightly its outermost operation binds. `args` are the expressions it was made of."""

    __slots__ = ("args", "binding", "label", "text")
    __array_ufunc__ = None  # so that `array * expr` asks the expression

    def __init__(self, text: str, binding: int = ATOM, label: str = "", args: tuple[Any, ...] = ()) -> None:
        self.text = text
        self.binding = binding
        self.label = label
        self.args = args

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __add__(self, other: Any) -> Expr:
        return apply("{0} + {1}", (self, other))

    def __radd__(self, other: Any) -> Expr:
        return apply("{0} + {1}", (other, self))

    def __sub__(self, other: Any) -> Expr:
        return apply("{0} − {1}", (self, other))

    def __rsub__(self, other: Any) -> Expr:
        return apply("{0} − {1}", (other, self))

    def __mul__(self, other: Any) -> Expr:
        return square(self) if other is self else apply("{0} · {1}", (self, other))

    def __rmul__(self, other: Any) -> Expr:
        return apply("{0} · {1}", (other, self))

    def __truediv__(self, other: Any) -> Expr:
        return apply("{0} / {1}", (self, other))

    def __rtruediv__(self, other: Any) -> Expr:
        return apply("{0} / {1}", (other, self))

    def __neg__(self) -> Expr:
        return apply("−{0}", (self,))

    def __pow__(self, other: Any) -> Expr:
        known = SUPERSCRIPT.get(other) if isinstance(other, (int, float)) else None
        return apply("{0}" + known, (self,), POWER) if known else apply("{0}^{1}", (self, other), POWER)

    def __rpow__(self, other: Any) -> Expr:
        return apply("{0}^{1}", (other, self), POWER)

    def __matmul__(self, other: Any) -> Expr:
        return apply("{0} @ {1}", (self, other))

    def __rmatmul__(self, other: Any) -> Expr:
        return apply("{0} @ {1}", (other, self))

    def _compare(self, other: Any, sign: str) -> Expr:
        return Expr(f"[{self.text} {sign} {text_of(other)}]", ATOM, "[{0} " + sign + " {1}]", (self, other))

    def __lt__(self, other: Any) -> Expr:
        return self._compare(other, "<")

    def __le__(self, other: Any) -> Expr:
        return self._compare(other, "≤")

    def __gt__(self, other: Any) -> Expr:
        return self._compare(other, ">")

    def __ge__(self, other: Any) -> Expr:
        return self._compare(other, "≥")

    def __eq__(self, other: Any) -> Expr:  # type: ignore[override]
        return self._compare(other, "=")

    def __ne__(self, other: Any) -> Expr:  # type: ignore[override]
        return self._compare(other, "≠")

    __hash__ = object.__hash__

    def __and__(self, other: Any) -> Expr:
        return apply("{0} ∧ {1}", (self, other))

    def __or__(self, other: Any) -> Expr:
        return apply("{0} ∨ {1}", (self, other))

    def __invert__(self) -> Expr:
        return apply("¬{0}", (self,))

    def __getitem__(self, index: Any) -> Expr:
        shown = ", ".join(text_of(i) for i in index) if isinstance(index, tuple) else text_of(index)
        return Expr(f"{within(self, ATOM)}[{shown}]", ATOM, "{0}[{1}]", (self, index))

    def __iter__(self) -> Any:
        raise TypeError("an expression cannot be iterated: the rule that did so must name its parts")

    def __bool__(self) -> bool:
        raise TypeError(f"the truth of {self.text!r} is not known when a formula is printed: use where(...) in the rule")


def text_of(value: Any) -> str:
    """A value as it stands in a formula."""
    if isinstance(value, Expr):
        return value.text
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(text_of(v) for v in value) + ")"
    return str(value).replace("-", "−") if isinstance(value, int) else str(value)


def within(value: Any, binding: int) -> str:
    """A value as part of an operation that binds as tightly as `binding`, in parentheses where it must be."""
    text = text_of(value)
    own = value.binding if isinstance(value, Expr) else (SIGN if text.startswith(("-", "−")) else ATOM)
    return f"({text})" if own < binding else text


def binding_of(label: str) -> int:
    """How tightly a label's outermost operation binds, read off its own text."""
    if re.fullmatch(r"[^\s(]*\(.*\)|[^\s]*\[.*\]|⟨.*⟩|‖.*‖\S*|\|.*\||[⌊⌈].*[⌋⌉]", label):
        return ATOM
    if re.search(r" [+−∧∨<>=≠≤≥?:] ", label):
        return SUM
    if re.search(r" [·/@⊙×] ?|//| mod ", label):
        return PRODUCT
    return SIGN if label.startswith(("−", "¬")) else POWER if re.search(r"[\^²³⁻½ᵀ]|√", label) else ATOM


def apply(label: str, args: tuple[Any, ...], binding: int | None = None, names: tuple[str, ...] = ()) -> Expr:
    """Fill a label's fields, which are named by `names` or numbered, with the arguments."""
    outer = binding_of(label) if binding is None else binding
    enclosed = bool(re.fullmatch(r"\S*[(\[|‖⌊⌈⟨].*", label)) and outer == ATOM
    out, first = [], True
    for literal, field, _, _ in Formatter().parse(label):
        out.append(literal)
        if field is None:
            continue
        value = args[names.index(field)] if names else args[int(field)]
        # the right operand of − and / and a base of a power need parentheses at equal strength too
        strict = outer == POWER or (not first and ("−" in literal or "/" in literal))
        out.append(text_of(value) if enclosed else within(value, outer + (1 if strict and outer < ATOM else 0)))
        first = False
    return Expr("".join(out), outer, label, args)


def square(x: Expr) -> Expr:
    """x · x, shown as a power."""
    return apply("{0}²", (x,), POWER)
