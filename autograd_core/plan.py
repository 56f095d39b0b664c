"""Which rules of an op run for one choice of inputs that need gradients, and what must be saved for them. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from types import CellType, CodeType, FunctionType
from typing import Any

import numpy as np

Rule = Callable[..., Any]
FAMILIES = "autograd_core.ops."  # the modules whose functions are made of ops


class Plan:
    """Which rules run for one choice of inputs that need gradients, and what must be saved for them.

    `take` lists what to save as (kind, position): "value" of a parameter, "output", "shape" or "dtype" of a parameter.
    `rules` holds (rule, slots in saved) for each tensor input, None where no gradient is wanted.
    """

    __slots__ = ("joint", "large", "on_arrays", "owners", "pointwise", "rules", "take", "vjp")

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
        several = op.variadic and self.joint is None
        self.vjp = None if several else self._compile(lambda rule: rule)
        self.on_arrays = None if several else self._compile(on_arrays)  # the same where g and all that is saved are arrays
        self.large: Any = False  # the rules on large arrays: False until they are asked for, None where they have no other form
        self.pointwise = isinstance(getattr(op.fn, "ufunc", op.fn), np.ufunc) and not op.static_names

    def _compile(self, reading: Callable[[Rule], Rule]) -> Callable[[Any, Any], tuple[Any, ...]]:
        """(g, saved) -> the gradient of each input, as one expression: picking arguments in a loop costs 0.4 µs a node."""
        parts, scope = [], {}
        for i, entry in enumerate(self.rules if self.joint is None else (self.joint,)):
            if entry is not None:
                scope[f"rule{i}"] = reading(entry[0])
            parts.append("None" if entry is None else f"rule{i}({', '.join(['g', *[f's[{k}]' for k in entry[1]]])})")
        vjp: Callable[[Any, Any], tuple[Any, ...]] = eval(f"lambda g, s: {parts[0] if self.joint is not None else f'({chr(44).join(parts)},)'}", scope)
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


_on_arrays: dict[FunctionType, FunctionType] = {}


def on_arrays(fn: Any) -> Any:
    """A rule, or a function made of ops, as it is where all is arrays: each op that it names is its kernel, 0.3 to 0.6 µs sooner a call.

    The same code under other globals: what `op(x)` does on arrays is said by `op.on_arrays`.
    """
    if type(fn) is not FunctionType:
        return fn
    made = _on_arrays.get(fn)
    if made is None:
        names = _names_in(fn.__code__)
        if not names.isdisjoint(("fn", "kernel")):  # it reaches into the ops themselves
            return fn
        scope: dict[str, Any] = {"__builtins__": fn.__globals__["__builtins__"], "__name__": fn.__globals__["__name__"]}
        cells = tuple([CellType(_on_arrays_of(cell.cell_contents)) for cell in fn.__closure__ or ()])
        made = _on_arrays[fn] = FunctionType(fn.__code__, scope, fn.__name__, fn.__defaults__, cells)
        made.__kwdefaults__ = fn.__kwdefaults__
        scope.update({name: _on_arrays_of(fn.__globals__[name]) for name in names if name in fn.__globals__})
    return made


def _on_arrays_of(value: Any) -> Any:
    if hasattr(type(value), "on_arrays"):
        return value.on_arrays
    return on_arrays(value) if type(value) is FunctionType and value.__module__.startswith(FAMILIES) else value


def _names_in(code: CodeType) -> set[str]:
    """The global names and attributes that code mentions, those of functions inside it among them."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return {*code.co_names}.union(*map(_names_in, inner))
