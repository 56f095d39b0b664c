"""Elementwise rules on large arrays: compiled from their own Expr reading into one loop, threaded. Imports op, expr, kernels.

A rule on arrays is as many NumPy passes as it has operations, on one thread. Read with expressions it is a tree, and where every
operation of the tree is known here, the gradients of an op's inputs come out of one pass over memory. It stays the same rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..expr import Expr
from ..kernels.jit import enabled
from ..kernels.sliced import LEAST, wide
from ..kernels.written import formulas
from ..op import Array
from ..plan import Plan, rule_names
from .comparison import eq, flat, ge, gt, le, logical_and, logical_not, logical_or, lt, ne, where
from .exponential import exp
from .pointwise import abs, add, div_true, mul, neg, sqrt, sub

__all__ = ["LEAST", "of_large"]

Fast = Callable[[Array, Any], "tuple[Any, ...] | None"]

# label -> the operation in Python, and the NumPy function that is all of it
SPELLED: dict[str, tuple[str, Any]] = {
    "{0} + {1}": ("{0} + {1}", np.add), add.label: ("{0} + {1}", np.add),
    "{0} − {1}": ("{0} - {1}", np.subtract), sub.label: ("{0} - {1}", np.subtract),
    "{0} · {1}": ("{0} * {1}", np.multiply), mul.label: ("{0} * {1}", np.multiply),
    "{0} / {1}": ("{0} / {1}", np.true_divide), div_true.label: ("{0} / {1}", np.true_divide),
    "−{0}": ("-{0}", np.negative), neg.label: ("-{0}", np.negative),
    "{0}²": ("{0} * {0}", None), "{0}³": ("{0} * {0} * {0}", None),
    "[{0} < {1}]": ("{0} < {1}", None), lt.label: ("{0} < {1}", None),
    "[{0} ≤ {1}]": ("{0} <= {1}", None), le.label: ("{0} <= {1}", None),
    "[{0} > {1}]": ("{0} > {1}", None), gt.label: ("{0} > {1}", None),
    "[{0} ≥ {1}]": ("{0} >= {1}", None), ge.label: ("{0} >= {1}", None),
    "[{0} = {1}]": ("{0} == {1}", None), eq.label: ("{0} == {1}", None),
    "[{0} ≠ {1}]": ("{0} != {1}", None), ne.label: ("{0} != {1}", None),
    logical_and.label: ("{0} & {1}", None), logical_or.label: ("{0} | {1}", None), logical_not.label: ("not {0}", None),
    where.label: ("{1} if {0} else {2}", None),
    sqrt.label: ("np.sqrt({0})", None), exp.label: ("exp({0})", None), abs.label: ("abs({0})", None), flat.label: ("real(0)", None),
}  # fmt: skip


class _Unknown(Exception):
    """An operation that has no spelling."""


class _Lines:
    """The operations of some trees as assignments, each made once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.known: dict[str, str] = {}

    def value(self, node: Any) -> str:
        """The name under which a tree's value is found."""
        if isinstance(node, (int, float)) and not isinstance(node, bool):
            return f"real({node!r})" if np.isfinite(node) else f"real(np.{'nan' if node != node else 'inf' if node > 0 else '-inf'})"
        if not isinstance(node, Expr):
            raise _Unknown
        if not node.label and not node.args:
            return node.text
        if node.label not in SPELLED:
            raise _Unknown
        text = SPELLED[node.label][0].format(*[self.value(a) for a in node.args])
        if text not in self.known:
            self.known[text] = f"t{len(self.lines)}"
            self.lines.append(f"{self.known[text]} = {text}")
        return self.known[text]


def of_large(plan: Plan) -> Fast | None:
    """(g, saved) -> the gradients as the plan's rules give them, for g of `LEAST` elements; None where the arrays do not fit.

    None instead of a function where a rule does more than known elementwise operations.
    """
    if plan.vjp is None or plan.joint is not None or not any(plan.rules):
        return None
    trees: list[Any] = []
    slots: dict[str, int] = {}
    for entry in plan.rules:
        if entry is None:
            trees.append(None)
            continue
        rule, at = entry
        names = rule_names(rule)[1:]
        slots.update(zip(names, at, strict=True))
        try:
            trees.append(rule(*[Expr(name) for name in ("g", *names)]))
        except (TypeError, ValueError, AttributeError, IndexError, RuntimeError):  # it asks for a value, a shape or a truth
            return None
    try:
        return _single(trees, slots) or _joint(trees, slots)
    except _Unknown:
        return None


def _leaf(tree: Any) -> bool:
    return isinstance(tree, Expr) and not tree.label and not tree.args


def _single(trees: list[Any], slots: dict[str, int]) -> Fast | None:
    """Where each tree is g, or one NumPy function of leaves: that function, threaded."""
    calls: list[Any] = []
    for tree in trees:
        if tree is None or (_leaf(tree) and tree.text == "g"):
            calls.append(tree)
            continue
        if not isinstance(tree, Expr) or SPELLED.get(tree.label, (0, None))[1] is None or not all(map(_leaf, tree.args)):
            return None
        calls.append((wide(SPELLED[tree.label][1]), [a.text for a in tree.args]))
    if all(type(c) is not tuple for c in calls):
        raise _Unknown

    def run(g: Array, saved: Any) -> tuple[Any, ...] | None:
        values = {name: saved[i] for name, i in slots.items()}
        values["g"] = g
        return tuple([c if c is None else g if type(c) is not tuple else c[0](*[values[name] for name in c[1]]) for c in calls])

    return run


def _joint(trees: list[Any], slots: dict[str, int]) -> Fast:
    """One loop for all trees but those that are g itself."""
    lines = _Lines()
    results = [None if tree is None else lines.value(tree) for tree in trees]
    made = tuple(r for r in results if r is not None and r != "g")
    used = [name for name in ("g", *slots) if any(name in _words(line) for line in (*lines.lines, *made))]
    forms: dict[tuple[bool, ...], Any] = {}

    def run(g: Array, saved: Any) -> tuple[Any, ...] | None:
        values = [g if name == "g" else saved[slots[name]] for name in used]
        full = tuple([type(v) is np.ndarray and v.size > 1 for v in values])
        if not g.flags.c_contiguous or g.dtype.char not in "fd" or not full[0] or not enabled():
            return None
        for v, whole in zip(values, full, strict=True):
            if v.shape != g.shape or v.dtype is not g.dtype or not v.flags.c_contiguous if whole else _no_number(v):
                return None
        form = forms.get(full)
        if form is None:
            split = [tuple(n for n, whole in zip(used, full, strict=True) if whole is kind) for kind in (True, False)]
            form = forms[full] = formulas(tuple(lines.lines), made, *split)
        outs = iter(form([v for v, whole in zip(values, full, strict=True) if whole], [v for v, w in zip(values, full, strict=True) if not w]))
        return tuple([None if r is None else g if r == "g" else next(outs) for r in results])

    return run


def _no_number(v: Any) -> bool:
    return isinstance(v, bool) or not (isinstance(v, (int, float)) or (isinstance(v, (np.ndarray, np.generic)) and v.size == 1 and v.dtype.kind in "fiu"))


def _words(line: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in line).split())
