"""Which rules of an op run for one choice of inputs that need gradients, and what must be saved for them. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Rule = Callable[..., Any]


class Plan:
    """Which rules run for one choice of inputs that need gradients, and what must be saved for them.

    `take` lists what to save as (kind, position): "value" of a parameter, "output", "shape" or "dtype" of a parameter.
    `rules` holds (rule, slots in saved) for each tensor input, None where no gradient is wanted.
    """

    __slots__ = ("joint", "owners", "pointwise", "rules", "take", "vjp")

    def __init__(self, op: Any, wanted: tuple[bool, ...]) -> None:
        self.take: list[tuple[str, int]] = []
        self.joint = None
        if op.joint is not None:
            self.joint = (op.joint, self._slots(op, op.joint))
            self.rules: tuple[Any, ...] = ()
        else:
            rules = []
            for name, want in zip(op.inputs, wanted, strict=True):
                rule = op.rules.get(name)
                rules.append((rule, self._slots(op, rule)) if want and rule is not None else None)
            self.rules = tuple(rules)
        # for each saved slot: which input or output it is, for the walk that records (create_graph)
        self.owners = tuple(
            ("input", op.inputs.index(op.params[i])) if kind == "value" and op.params[i] in op.inputs else (kind, i)
            for kind, i in self.take
        )
        self.vjp = None if self.joint is not None or op.variadic else self._compile()
        self.pointwise = isinstance(getattr(op.fn, "ufunc", op.fn), np.ufunc) and not op.static_names

    def _compile(self) -> Callable[[Any, Any], tuple[Any, ...]]:
        """(g, saved) -> the gradient of each input, as one expression: picking arguments in a loop costs 0.4 µs a node."""
        parts, scope = [], {}
        for i, entry in enumerate(self.rules):
            if entry is not None:
                scope[f"rule{i}"] = entry[0]
            parts.append("None" if entry is None else f"rule{i}({', '.join(['g', *[f's[{k}]' for k in entry[1]]])})")
        vjp: Callable[[Any, Any], tuple[Any, ...]] = eval(f"lambda g, s: ({', '.join(parts)},)", scope)
        return vjp

    def _slots(self, op: Any, rule: Rule) -> tuple[int, ...]:
        slots = []
        for name in rule_names(rule)[1:]:
            source = op.source(name)
            if source not in self.take:
                self.take.append(source)
            slots.append(self.take.index(source))
        return tuple(slots)


def rule_names(rule: Rule) -> tuple[str, ...]:
    """The parameter names of a rule."""
    code = rule.__code__
    return code.co_varnames[: code.co_argcount]
