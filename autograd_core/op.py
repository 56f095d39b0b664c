"""What an op is: one declaration, from which its function, method, formula, documentation and tests follow.

    tanh = op(np.tanh, "tanh({x})", x=lambda g, out: g * (1 - out * out))

An op has one meaning per carrier: on arrays it computes, on an `Expr` it prints, and what it does on any other
type is said by that type, which announces itself in `carriers`. Imports `arguments`, `calls`, `expr`, `plan` and `quiet`.
"""

from __future__ import annotations

import functools
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .arguments import ALL_INTS, KINDS, binding_error, described, fitted, guard_line, misfit, noted, overflow, translated, unbound
from .calls import MISSING, PLAIN, composed_call, op_call
from .expr import Expr, apply, text_of
from .plan import Plan, Rule, rule_names
from .quiet import quiet as quiet

Array = np.ndarray
SHAPED = PLAIN | {tuple}
Value = Any  # what an op takes and returns: an array, or any other carrier

# PyTorch's parameter names for ours; NumPy's axis and keepdims are understood where PyTorch understands them
ALIASES = {
    "input": "x",
    "other": "y",
    "axis": "dim",
    "keepdims": "keepdim",
    "tensors": "xs",
    "self": "x",
    "axes": "dims",
    "weight": "w",
    "bias": "b",
}
PUBLIC_NAMES = {"x": "input", "y": "other", "xs": "tensors", "w": "weight", "b": "bias"}
ONE, MANY = "one", "many"
INPUT_ANNOTATIONS = {"Array": ONE, "Array | None": ONE, "Array | float": ONE, "Sequence[Array]": MANY, "Sequence[Array | None]": MANY}

NEAR = {"Array": "Value", "Array | None": "Value | None", "Array | float": "Value", "Sequence[Array]": "Sequence[Value]"}
# whatever is no reduction is a ValueError, which the losses raise; PyTorch asks no more of these flags than that they are true or not
UNCHECKED = {
    "reduction", "size_average", "reduce", "return_indices", "need_weights", "average_attn_weights", "inplace", "full", "swap",
    "recompute_scale_factor",
}  # fmt: skip
PUBLIC = {"torch", "method", "functional", "linalg", "special"}  # the spaces where users find functions

registry: dict[str, Declared] = {}
aliases: list[tuple[str, str, Any]] = []  # (space, name, what it means)


class Carriers(dict[type, Any]):
    """type -> reading: given an op, the function that runs it on values of that type. Subclasses are found by their MRO.

    `above` is a carrier that is asked first wherever it stands among the arguments: the one that holds values of another.
    """

    above: type | None = None

    def __missing__(self, kind: type) -> Any:
        found = next((self[base] for base in kind.__mro__[1:] if base in self), None)
        self[kind] = found
        return found


carriers = Carriers()


class Declared:
    """What ops and composed functions have in common: names, places where users find them, a label, tests."""

    fn: Callable[..., Any]
    in_place: Callable[..., Any]  # the twin that changes its first argument; the carrier that has one sets it

    def __init__(self, fn: Callable[..., Any], name: str | None, label: str, spaces: str, family: str) -> None:
        self.fn = fn
        self.name = name or fn.__name__.strip("_")
        self.label = label
        self.spaces = tuple(spaces.split())  # of "torch", "method", "functional", "linalg", "special", "engine"
        self.family = family
        self.params, self.defaults, self.keyword_only, self.annotations = parameters(fn)
        self.public = bool(PUBLIC & set(self.spaces))
        place = "" if "torch" in self.spaces or "method" in self.spaces or not self.spaces else self.spaces[0] + "."
        self.key = place + self.name
        if self.key in registry:
            raise ValueError(f"two ops are called {self.key!r}: one of them needs another name")
        registry[self.key] = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    @property
    def __name__(self) -> str:
        return self.name

    def __reduce__(self) -> Any:
        return (registry.__getitem__, (self.key,))

    def written_as(self, call: Callable[..., Any]) -> None:
        """From now on a call is this function: Python looks `__call__` up in the type, so each has a type of its own."""
        kind: Any = type(self)
        own = {"__call__": staticmethod(call), "__doc__": kind.__dict__["__doc__"], "__module__": kind.__module__}
        self.__class__ = type(kind.__name__, (kind,), own)

    def put_right(self, values: tuple[Any, ...], more: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Make a call again whose keywords are our own or NumPy's names (`x`, `axis`). Where that is not what was wrong, Python's error."""
        given, named = dict(zip(self.params, values, strict=True)), self.rename(named)
        free = [p for p in named if p in given and (given[p] is MISSING or given[p] is self.defaults.get(p, MISSING))]
        whole = {**given, **named}
        if not more and len(free) == len(named) and not any(v is MISSING for v in whole.values()):
            return self(**{PUBLIC_NAMES.get(p, p): v for p, v in whole.items()})
        positional: list[Any] = []
        for p in self.params:
            if given[p] is MISSING or p in self.keyword_only or p in free:
                break
            positional.append(given.pop(p))
        named |= {p: v for p, v in given.items() if v is not MISSING and p not in named and (p in self.keyword_only or p not in self.defaults)}
        args = (*positional, *more)
        try:
            return self.strict(*args, **named)
        except TypeError as error:
            raise (self.answer(error, args, named) or error) from None

    def strict(self, *args: Any, **kwargs: Any) -> Any:
        """The function under its own signature, for the errors of Python's that it gives."""
        return self.fn(*args, **kwargs)

    def rename(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Keyword arguments under our parameter names."""
        return {(k if k in self.params or ALIASES.get(k) not in self.params else ALIASES[k]): v for k, v in kwargs.items()}

    def answer(self, error: Exception, args: Any, kwargs: dict[str, Any]) -> Exception | None:
        """The error to raise in place of one that came up in a call: TypeError for an argument of the wrong kind, PyTorch's
        kind for what NumPy or Python raised on the way, None where the error is meant as it is. A text that does not name
        the function gets a note that does, and that says what was given."""
        better = self._better(error, args, kwargs)
        if self.public:
            noted(better or error, self.name, args, kwargs)
        return better

    def _better(self, error: Exception, args: Any, kwargs: dict[str, Any]) -> Exception | None:
        if unbound(error):
            said = str(error)
            for own, public in PUBLIC_NAMES.items():
                said = said.replace(f"'{own}'", f"'{public}'")
            shown = [PUBLIC_NAMES.get(p, p) for p in self.params]
            return binding_error(self.name, str(self.__signature__), shown, TypeError(said), described(args, kwargs))
        better = translated(self.name, error, described(args, kwargs))
        given = [(p, v) for p, v in [*zip(self.params, args, strict=False), *kwargs.items()] if p in self.params]
        for p, v in given:
            too_big = overflow(self.name, PUBLIC_NAMES.get(p, p), self.kind_of(p), v)
            if too_big is not None:
                return None if str(too_big) == str(error) else too_big
        if better is None and type(error) not in (TypeError, ValueError):
            return None
        for p, v in given:
            try:
                if p != getattr(self, "spread", None):
                    self.fit(p, v)
            except TypeError as unfit:
                return unfit
        return better

    def kind_of(self, p: str) -> str:
        """What a parameter takes, as a key of KINDS; "" where anything goes."""
        annotation = str(self.annotations.get(p))
        annotation = NEAR.get(annotation, annotation)
        if self.defaults.get(p, 0) is None and not annotation.endswith("None"):
            annotation += " | None"
        return annotation if annotation in KINDS and p not in UNCHECKED else ""

    def fit(self, p: str, v: Any) -> Any:
        """An argument as its parameter wants it. TypeError where it is of another kind."""
        kind = self.kind_of(p)
        if not kind or (kind.startswith("Value") and carriers[type(v)] is not None):
            return v
        return fitted(self.name, PUBLIC_NAMES.get(p, p), kind, v)

    def guard_lines(self, params: Sequence[str]) -> list[str]:
        """Lines that check these parameters where users call this, for a function that is written out."""
        if not self.public:
            return []
        return [guard_line(self.name, p, PUBLIC_NAMES.get(p, p), self.kind_of(p)) for p in params if self.kind_of(p)]

    @property
    def __signature__(self) -> Any:
        import inspect

        signature = inspect.Signature(
            [
                inspect.Parameter(
                    PUBLIC_NAMES.get(p, p),
                    inspect.Parameter.KEYWORD_ONLY if p in self.keyword_only else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                    default=self.defaults.get(p, inspect.Parameter.empty),
                )
                for p in self.params
            ]
        )
        return signature

    def __repr__(self) -> str:
        return f"<{'op' if isinstance(self, Op) else 'composed'} {self.key}{self.__signature__}>"


def parameters(fn: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any], frozenset[str], dict[str, str]]:
    """(names, defaults, the keyword-only ones, annotations as text) of a kernel. `inspect` would double the import time."""
    ufunc = getattr(fn, "ufunc", fn)
    if isinstance(ufunc, np.ufunc):
        names: tuple[str, ...] = ("x",) if ufunc.nin == 1 else ("x", "y")
        return names, {}, frozenset(), dict.fromkeys(names, "Array")
    fn = ufunc
    code = fn.__code__
    count = code.co_argcount
    names = code.co_varnames[: count + code.co_kwonlyargcount]
    given = fn.__defaults__ or ()
    defaults = dict(zip(names[count - len(given) : count], given, strict=True))
    defaults.update(fn.__kwdefaults__ or {})
    return names, defaults, frozenset(names[count:]), fn.__annotations__


def _shown_results(results: Any) -> str:
    """Named results as PyTorch prints them, one to a line."""
    return f"torch.return_types.{type(results).__name__}(\n" + ",\n".join(f"{k}={v!r}" for k, v in results._asdict().items()) + ")"


class Op(Declared):
    """A primitive: a kernel on arrays and one rule per differentiable input. See `op` for the declaration."""

    instead: tuple[type, Callable[..., Any]] | None = None  # a type of argument to `spread` for which another function is meant
    guard: Callable[[Any, Any], None] | None = None  # looks at two operands before their types are made one
    sited = False  # its nodes remember the user's line that called it, for warnings that name it (1 µs)

    def __init__(
        self,
        fn: Callable[..., Any],
        label: str,
        rules: dict[str, Rule | None],
        *,
        name: str | None,
        joint: Rule | None,
        outputs: tuple[str, ...],
        aux: tuple[str, ...],
        discrete: tuple[str, ...],
        view: bool | str,
        types: str,
        operator: str | None,
        inplace: bool,
        spread: str | None,
        spaces: str,
        family: str,
        torch_name: str | None,
    ) -> None:
        super().__init__(fn, name, label or (name or fn.__name__) + "(…)", spaces, family)
        self.inputs = tuple(p for p in self.params if self.annotations.get(p) in INPUT_ANNOTATIONS)
        self.variadic = next((p for p in self.inputs if INPUT_ANNOTATIONS[self.annotations[p]] == MANY), None)
        self.static_names = tuple(p for p in self.params if p not in self.inputs)
        self.positions = tuple(self.params.index(p) for p in self.inputs)
        self.static_positions = tuple(self.params.index(p) for p in self.static_names)
        self.rules = rules
        self.joint = joint
        self.outputs, self.aux, self.discrete = outputs, aux, discrete
        self.view, self.types, self.operator, self.inplace, self.spread = view, types, operator, inplace, spread
        self.differentiable = joint is not None or any(r is not None for r in rules.values())
        self.torch_name = torch_name
        self.plans: dict[tuple[bool, ...], Plan] = {}
        self.readings: dict[type, Callable[..., Any]] = {}
        self._bind: Callable[..., tuple[Any, ...]] | None = None
        self._result_type: Any = None
        self._check()

    def _check(self) -> None:
        for name in self.rules:
            if name not in self.inputs:
                raise TypeError(f"op {self.name}: a rule is given for {name!r}, which is no tensor input; its inputs are {self.inputs}")
        for rule in [self.joint, *self.rules.values()]:
            if rule is None:
                continue
            names = rule_names(rule)
            if not names or names[0] != "g":
                raise TypeError(f"op {self.name}: the first parameter of a rule is the incoming gradient g, not {names[:1]}")
            for name in names[1:]:
                self.source(name)

    def source(self, name: str) -> tuple[str, int]:
        """Where a rule's parameter comes from, as (kind, position)."""
        if name in self.params:
            return "value", self.params.index(name)
        every = self.outputs + self.aux
        if name in every:
            return "output", every.index(name)
        stem, _, what = name.rpartition("_")
        if stem in self.inputs and what in ("shape", "dtype", "shapes"):
            return what, self.params.index(stem)
        raise TypeError(
            f"op {self.name}: a rule asks for {name!r}; it may ask for g, {', '.join(self.params + every)}, or <input>_shape, <input>_dtype"
        )

    def plan(self, wanted: tuple[bool, ...]) -> Plan:
        """The plan for the inputs that want gradients; made once for each choice."""
        plan = self.plans.get(wanted)
        if plan is None:
            plan = self.plans[wanted] = Plan(self, wanted)
        return plan

    @property
    def bind(self) -> Callable[..., tuple[Any, ...]]:
        """(args, kwargs) -> the value of every parameter in order. Compiled from the signature on first use."""
        if self._bind is None:
            self._bind = self._compile_bind()
        return self._bind

    def _compile_bind(self) -> Callable[..., tuple[Any, ...]]:
        scope: dict[str, Any] = {"_d_" + k: v for k, v in self.defaults.items()}
        shown, starred = [], False
        for p in self.params:
            if p == self.spread:
                shown.append("*" + p)
                starred = True
                continue
            if p in self.keyword_only and not starred:
                shown.append("*")
                starred = True
            shown.append(p + (f"=_d_{p}" if p in self.defaults else ""))
        source = f"def {self.name}({', '.join(shown)}):\n    return ({', '.join(self.params)},)"
        exec(source, scope)
        bind: Callable[..., tuple[Any, ...]] = scope[self.name]
        return self._spread(bind) if self.spread else bind

    def _spread(self, bind: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
        """view(2, 3) and view((2, 3)) are the same call."""
        assert self.spread is not None
        spread, at = self.spread, self.params.index(self.spread)

        def gather(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
            if spread in kwargs:
                args = (*args, kwargs.pop(spread))
            values = list(bind(*args, **kwargs))
            sizes = values[at]
            if len(sizes) == 1 and not hasattr(sizes[0], "__index__"):
                sizes = sizes[0] if sizes[0] is None or type(sizes[0]) is Expr else tuple(sizes[0])
            if not values[at] and spread in self.defaults:
                sizes = self.defaults[spread]
            values[at] = sizes
            return tuple(values)

        return gather

    def bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """`bind` with PyTorch's keyword names and an error that shows the signature."""
        try:
            return self.bind(*args, **self.rename(kwargs)) if kwargs else self.bind(*args)
        except TypeError as error:
            raise (self.answer(error, args, kwargs) or error) from None

    def run(self, values: tuple[Any, ...] | list[Any]) -> Any:
        """The kernel on bound values."""
        if not self.keyword_only:
            return self.fn(*values)
        count = len(self.params) - len(self.keyword_only)
        return self.fn(*values[:count], **dict(zip(self.params[count:], values[count:], strict=True)))

    def reading(self, kind: type) -> Callable[..., Any]:
        """The function that runs this op on carriers of a type."""
        found = self.readings.get(kind)
        if found is None:
            make = carriers[kind]
            same = (known for other, known in self.readings.items() if carriers[other] is make)  # one for a class and its subclasses
            found = self.readings[kind] = next(same, None) or make(self)
        return found

    def strict(self, *args: Any, **kwargs: Any) -> Any:
        """`bind` on arguments that do not fit it."""
        return self.bind(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.inputs and not self.spread and not self.variadic:
            self.written_as(op_call(self, {p: PUBLIC_NAMES.get(p, p) for p in self.params}, carriers))
            return self(*args, **kwargs)
        try:
            if args and carriers.above is None:  # most often the first argument says it: 0.3 µs sooner than looking at all
                kind: Any = type(args[0])
                reading = self.readings.get(kind)
                if reading is None and (kind is list or kind is tuple) and args[0]:
                    kind = type(args[0][0])
                    reading = self.readings.get(kind)
                if reading is not None and kind is not Array:
                    out = reading(*args, **kwargs) if kwargs else reading(*args)
                    if out is not NotImplemented:
                        return out
            return self.dispatch(args, kwargs)
        except Exception as error:
            better = self.answer(error, args, self.rename(kwargs))
            if better is None:
                raise
            raise better from error

    def dispatch(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The op on whatever carrier is among the arguments, or on arrays."""
        kind = carrier_in(args) or (carrier_in(kwargs.values()) if kwargs else None)
        if kind is not None:
            out = self.reading(kind)(*args, **kwargs)
            if out is NotImplemented:
                raise TypeError(f"{self.name}() takes tensors{' and numbers' if self.types in ('promote', 'float') else ''}: {_kinds(args, kwargs)}")
            return out
        if not args or type(args[0]) is not Array:
            self.arrays_only(args, kwargs)
        own = self.readings.get(np.ndarray)
        if own is not None:
            return own(*args, **kwargs)
        if kwargs or self.spread or self.keyword_only:
            return first_of(self, self.run(self.bound(args, kwargs)))
        return first_of(self, self.fn(*args))

    def arrays_only(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """TypeError for an input that is no array, where nothing else is a tensor either: numbers count as arrays of no dimension."""
        for p, v in [*zip(self.params, args, strict=False), *kwargs.items()]:
            if p not in self.inputs or (v is None and "None" in self.annotations[p]):
                continue
            several = p == self.variadic
            if not isinstance(v, (list, tuple) if several else (Array, np.generic, bool, int, float)):
                raise misfit(self.name, PUBLIC_NAMES.get(p, p), KINDS["Sequence[Value]" if several else "Value"], v)

    @property
    def result_type(self) -> Any:
        """Makes the tuple of several outputs: a named tuple called as in PyTorch, say autograd_core.return_types.max."""
        if self._result_type is None:
            kind = namedtuple(self.name, self.outputs)  # type: ignore[misc]
            kind.__module__ = "autograd_core.return_types"
            kind.__repr__ = _shown_results  # type: ignore[method-assign]
            self._result_type = kind._make
        return self._result_type

    @property
    def backward_name(self) -> str:
        """PyTorch's name for the backward step of this op."""
        if self.torch_name:
            return self.torch_name + "0"
        return "".join(part.capitalize() for part in self.name.split("_")) + "Backward0"

    def gradient_formulas(self) -> dict[str, str]:
        """input name -> its gradient, printed by running the rule on expressions."""
        out = {}
        for name, rule in self.rules.items():
            if rule is not None:
                out[name] = self._print(rule)
        if self.joint is not None:
            out["(" + ", ".join(self.inputs) + ")"] = self._print(self.joint)
        return out

    def _print(self, rule: Rule) -> str:
        args: list[Any] = []
        for p in rule_names(rule):
            static = p in self.static_names and p in self.defaults and not isinstance(self.defaults[p], (int, float))
            args.append(self.defaults[p] if static else Expr(p))
        try:
            return text_of(rule(*args))
        except (TypeError, ValueError, AttributeError, IndexError, RuntimeError):
            return f"{self.name}_backward({', '.join(rule_names(rule))})"

    @property
    def formula(self) -> str:
        """The gradients of all inputs, one line each."""
        return "\n".join(f"∂{name} = {text}" for name, text in self.gradient_formulas().items())

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        own = "" if isinstance(self.fn, np.ufunc) else (self.fn.__doc__ or "").strip()
        forward = f"out = {show(self)}"
        return "\n\n".join(part for part in (own, forward, self.formula) if part)


class Composed(Declared):
    """A function written in ops: it needs no rule of its own. With a kernel, arrays take the kernel and every
    other carrier the plain mathematics, which the tests hold against each other."""

    direct: Callable[..., Any] | None = None  # with the defaults, the NumPy function that can write the result in place

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None,
        label: str,
        spaces: str,
        family: str,
        kernel: Any,
        inplace: bool,
        operator: str | None = None,
    ) -> None:
        super().__init__(fn, name, label, spaces, family)
        self.kernel = self.guarded(kernel) if kernel is not None and self.public else kernel
        self.inplace = inplace
        self.operator = operator

        self.plain = kernel is None and not label  # one reading for all carriers

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.plain:
            self.written_as(self.written)
            return self.written(*args, **kwargs)
        if kwargs:
            kwargs = self.rename(kwargs)
        elif self.kernel is not None and PLAIN.issuperset(map(type, args)):  # most often: 0.6 µs sooner than asking each for its carrier
            return self.kernel(*args)
        elif self.kernel is not None and SHAPED.issuperset(map(type, args)):
            for a in args:
                if type(a) is tuple and not ALL_INTS(map(type, a)):
                    break
            else:
                return self.kernel(*args)
        if self.kernel is not None and carrier_in(args) is None and (not kwargs or carrier_in(kwargs.values()) is None):
            return self.kernel(*args, **kwargs)
        if self.label and any(type(a) is Expr for a in args):
            return apply(self.label, args + tuple(self.defaults.get(p) for p in self.params[len(args) :]), None, self.params)
        return self.written(*args, **kwargs)

    def guarded(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """A function whose errors are put as `answer` says."""

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return fn(*args, **kwargs)
            except Exception as error:
                better = self.answer(error, args, kwargs)
                if better is None:
                    raise
                raise better from error

        return call

    @functools.cached_property
    def written(self) -> Callable[..., Any]:
        """The function behind the checks of its arguments that their annotations declare; compiled on first use."""
        if not self.public:
            return self.fn
        if self.fn.__code__.co_flags & 0x0C:  # *args, **kwargs
            return self.guarded(self.fn)
        return composed_call(self, {p: PUBLIC_NAMES.get(p, p) for p in self.params}, carriers)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.fn.__doc__


def carrier_in(values: Any) -> type | None:
    """The type of the first value that is neither an array nor plain Python, looking into lists and tuples; `carriers.above` goes first."""
    above, found = carriers.above, None
    for value in values:
        kind = type(value)
        if kind is list or kind is tuple:
            kind = carrier_in(value)  # type: ignore[assignment]
            if kind is None:
                continue
        elif carriers[kind] is None:
            continue
        if above is None or kind is above:
            return kind
        found = found or kind
    return found


def first_of(op: Op, out: Any) -> Any:
    """The user's part of a kernel's result: the outputs without the values kept for the rules."""
    if not op.aux:
        return out
    return out[0] if len(op.outputs) == 1 else out[: len(op.outputs)]


def _kinds(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    shown = [type(a).__name__ for a in args] + [f"{k}={type(v).__name__}" for k, v in kwargs.items()]
    return f"got ({', '.join(shown)})"


def show(op: Op) -> str:
    """The forward formula with the parameter names in place."""
    return apply(op.label, tuple(Expr(p) for p in op.params), None, op.params).text


def _expr_reading(op: Op) -> Callable[..., Any]:
    def reading(*args: Any, **kwargs: Any) -> Any:
        values = op.bound(args, kwargs)
        if op.label.endswith("(…)"):
            inside = ", ".join(text_of(v) for v in values if v is not None and v is not False)
            return Expr(f"{op.name}({inside})", label=op.label, args=tuple(values))
        return apply(op.label, tuple(values), None, op.params)

    return reading


carriers[Expr] = _expr_reading


def family_here(depth: int = 2) -> str:
    """The name of the module that is declaring: the family by which drawings colour an op."""
    return sys._getframe(depth).f_globals["__name__"].rpartition(".")[2]  # type: ignore[no-any-return]


def op(
    fn: Any = None,
    label: str = "",
    *,
    name: str | None = None,
    joint: Rule | None = None,
    outputs: tuple[str, ...] = ("out",),
    aux: tuple[str, ...] = (),
    discrete: tuple[str, ...] = (),
    view: bool | str = False,
    types: str = "same",
    operator: str | None = None,
    inplace: bool = False,
    spread: str | None = None,
    spaces: str = "torch method",
    torch_name: str | None = None,
    **rules: Rule | None,
) -> Any:
    """Declare an op: a kernel on arrays, how it is written, and the gradient of each input.

    Directly, `tanh = op(np.tanh, "tanh({x})", x=...)`, or as a decorator of the kernel, `@op("Σ {x}", x=...)`.
    The kernel's parameters annotated `Array` (`Array | None`, `Sequence[Array]`) are its tensor inputs, the others
    its static arguments. A rule is a function of g and of any of: an input, an output or `aux` by name, a static
    argument, `<input>_shape`, `<input>_dtype`; what no rule names is not kept. `joint` is one rule that returns the
    gradients of all inputs. `outputs` names several results (`discrete` those without gradient), `aux` results
    that only rules see. `types` says how input types meet: "promote" (PyTorch's promotion), "float" (and
    integers become floating), "same" (must be equal), "any" (left alone). `view`: the result shares memory ("perhaps": where it can).
    `operator`: the Python operator ("mul" gives *, and from the right). `inplace`: PyTorch has the twin `name_`.
    `spread`: the parameter that also takes loose arguments (`view(2, 3)`). `spaces`: where users find it.
    """

    def declare(kernel: Callable[..., Any], family: str) -> Op:
        return Op(
            kernel,
            label,
            rules,
            name=name,
            joint=joint,
            outputs=outputs,
            aux=aux,
            discrete=discrete,
            view=view,
            types=types,
            operator=operator,
            inplace=inplace,
            spread=spread,
            spaces=spaces,
            family=family,
            torch_name=torch_name,
        )

    family = family_here()
    if callable(fn):
        return declare(fn, family)
    label = fn or label
    return lambda kernel: declare(kernel, family)


def composed(
    label: str = "",
    *,
    name: str | None = None,
    spaces: str = "torch method",
    kernel: Any = None,
    inplace: bool = False,
    operator: str | None = None,
) -> Callable[[Callable[..., Any]], Composed]:
    """Declare a function made of ops: users find it where `spaces` says. `kernel` is a faster equal for arrays."""
    family = family_here()
    return lambda fn: Composed(fn, name, label, spaces, family, kernel, inplace, operator)


def alias(entry: Declared, *names: str) -> None:
    """More names for an op: "absolute" wherever the op itself is found, "special.expit" in that one space.

    A name that ends in _ is the function that changes its first argument.
    """
    for name in names:
        space, _, short = name.rpartition(".")
        meaning = _changing(entry, short) if short.endswith("_") else entry
        for where in (space,) if space else entry.spaces:
            aliases.append((where, short, meaning))


def _changing(entry: Declared, name: str) -> Callable[..., Any]:
    """The op as a function that works in place."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return entry(*args, inplace=True, **kwargs) if "inplace" in entry.params else entry.in_place(*args, **kwargs)

    function.__name__ = name
    function.__doc__ = f"`{entry.name}` in place."
    return function


def declared(space: str) -> Iterator[tuple[str, Declared]]:
    """(name, function) of everything that users find in a space, say "torch" or "functional"."""
    for entry in registry.values():
        if space in entry.spaces:
            yield entry.name, entry
    for where, name, entry in aliases:
        if where == space:
            yield name, entry
