"""What an op is: one declaration, from which its function, method, formula, documentation and tests follow.

    tanh = op(np.tanh, "tanh({x})", x=lambda g, out: g * (1 - out * out))

An op has one meaning per carrier: on arrays it computes, on an `Expr` it prints, and what it does on any other
type is said by that type, which announces itself in `carriers`. Imports `declaration`, `composed`, `arguments`,
`calls`, `expr`, `plan` and `quiet`; op families import all they declare with from here.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

from .arguments import ALL_INTS, KINDS, misfit
from .calls import PLAIN, op_call, spread_call
from .composed import Composed as Composed
from .composed import composed as composed
from .declaration import INPUT_ANNOTATIONS as INPUT_ANNOTATIONS
from .declaration import MANY as MANY
from .declaration import PUBLIC_NAMES as PUBLIC_NAMES
from .declaration import Array as Array
from .declaration import Declared as Declared
from .declaration import Value as Value
from .declaration import alias as alias
from .declaration import aliases as aliases
from .declaration import carrier_in as carrier_in
from .declaration import carriers as carriers
from .declaration import declared as declared
from .declaration import family_here as family_here
from .declaration import registry as registry
from .expr import Expr, apply, text_of
from .overloads import VARIANTS
from .plan import Plan, Rule, rule_names
from .quiet import quiet as quiet

ALL_ARRAYS = frozenset({Array}).issuperset  # of the types of a sequence


def _shown_results(results: Any) -> str:
    """Named results as PyTorch prints them, one to a line."""
    return f"torch.return_types.{type(results).__name__}(\n" + ",\n".join(f"{k}={v!r}" for k, v in results._asdict().items()) + ")"


class Op(Declared):
    """A primitive: a kernel on arrays and one rule per differentiable input. See `op` for the declaration."""

    what = "op"
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

    @property
    def on_arrays(self) -> Callable[..., Any]:
        """What a call does where all is arrays and plain Python."""
        own = self.readings.get(np.ndarray)
        if own is not None:
            return own
        fn, spread, many = self.fn, self.spread, len(self.outputs)
        if spread:
            return lambda x, *args, **kwargs: fn(x, *args) if len(args) == 1 and type(args[0]) is tuple and not kwargs else self(x, *args, **kwargs)
        if not self.aux:
            return fn
        return lambda *args: fn(*args)[0] if many == 1 else fn(*args)[:many]

    def strict(self, *args: Any, **kwargs: Any) -> Any:
        """`bind` on arguments that do not fit it."""
        return self.bind(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.inputs and not self.spread and (not self.variadic or self.params[0] == self.variadic):
            self.written_as(op_call(self, {p: PUBLIC_NAMES.get(p, p) for p in self.params}, carriers))
            return self(*args, **kwargs)
        if self.spread and carriers.inline is not None:
            self.written_as(spread_call(self, carriers))
            return self(*args, **kwargs)
        return self.called(*args, **kwargs)

    def called(self, *args: Any, **kwargs: Any) -> Any:
        """A call of which nothing is known yet, its errors in PyTorch's words."""
        if kwargs and self.takes_out(kwargs):
            return self.into(kwargs.pop("out"), args, self(*args, **kwargs))
        try:
            return self.sort_out(args, kwargs)
        except Exception as error:
            better = self.answer(error, args, self.rename(kwargs))
            if better is None:
                raise
            raise better from error

    def sort_out(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The op on arguments of which nothing is known yet."""
        if args and self.variadic == self.params[0] and carriers[type(args[0])] is not None:
            raise TypeError(f"{self.name}(): argument 'tensors' must be tuple of Tensors, not {type(args[0]).__name__}: write [tensor, ...]")
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
            elif reading is None and self._plainly(args, kind) and not kwargs:
                return first_of(self, self.fn(*args))
        return self.dispatch(args, kwargs)

    def _plainly(self, args: tuple[Any, ...], kind: Any) -> bool:
        """Whether a call is plainly one on arrays: rules reshape and join many a small one, and `dispatch` takes 3 µs to see it."""
        if kind is not Array or self.keyword_only:
            return False
        if self.spread:
            return len(args) == 2 and self.params[1] == self.spread and type(args[1]) is tuple and ALL_INTS(map(type, args[1]))
        return self.variadic is not None and type(args[0]) is not Array and ALL_ARRAYS(map(type, args[0])) and PLAIN.issuperset(map(type, args[1:]))

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

    def name_of(self, node: Any) -> str:
        """PyTorch's name for the backward step of one call, whose number or kind may depend on the arguments."""
        variant = VARIANTS.get(self.name)
        return self.backward_name if variant is None else variant(node)

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
