"""How an op runs on tensors: compute on the arrays and, where a gradient is needed, record a node.

Each op's recorder is a small function written out from its declaration and compiled on first use: it has the op's
real signature and touches only what its rules name. A path for all ops alike would cost 5 µs on tiny tensors
where PyTorch takes 2.5 µs; the written-out ones take about 1.5 µs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arguments import ALL_INTS, fitted
from ..calls import MISSING
from ..frames import user_mark
from ..graph import Node, Output, next_id, thread
from ..kernels.sliced import LEAST, wide
from ..op import PUBLIC_NAMES, Op, carriers
from ..quiet import silence
from .base import INFERENCE, Tensor, new, node_of, wrap
from .operands import constant, fail_shapes, lower, lower_many, unify, unify_pair

Reading = Callable[..., Any]
STILL = [0, 0, None, None]  # the version of what is no tensor


def _takes_ellipsis() -> bool:
    try:
        return type(np.negative(np.float32(1), out=...)) is np.ndarray  # type: ignore[call-overload,unused-ignore]
    except TypeError:
        return False


OUT_ELLIPSIS = _takes_ellipsis()


def make_reading(op: Op) -> Reading:
    """The recorder of an op, compiled when it is first called."""
    compiled: Reading | None = None

    def first(*args: Any, **kwargs: Any) -> Any:
        nonlocal compiled
        if compiled is None:
            compiled = compile_recorder(op)
            op.readings.update(dict.fromkeys([kind for kind, known in op.readings.items() if known is first], compiled))
            for name, method in list(vars(Tensor).items()):
                if method is first:  # from now on without this step, which takes 0.15 µs
                    setattr(Tensor, name, compiled)
        return compiled(*args, **kwargs)

    return first


class Source:
    """Lines of a function that is being written out."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, text: str, indent: int = 1) -> None:
        """Add lines at an indentation."""
        self.lines.extend("    " * indent + line for line in text.split("\n"))


def compile_recorder(op: Op, number_first: bool = False) -> Reading:
    """Write out and compile the function that runs `op` on tensors; `number_first` where it is for `2 - x`, not `x - 2`."""
    source = Source()
    names = {p: PUBLIC_NAMES.get(p, p) for p in op.params}
    source.add(f"def {op.name}({_signature(op, names)}):", 0)
    _other_names(op, source, names)
    _spread(op, source)
    bound = _body(op, source, names, list(reversed(op.inputs)) if number_first else list(op.inputs), "NotImplemented")
    _answering(op, source, bound)
    scope = _scope(op)
    exec(compile("\n".join(source.lines), f"<recorder of {op.name}>", "exec"), scope)
    reading: Reading = scope[op.name]
    reading.__doc__ = op.fn.__doc__
    reading.__qualname__ = f"Tensor.{op.name}"
    scope["again"] = reading
    return reading


def _body(op: Op, source: Source, names: dict[str, str], order: list[str], declined: str) -> str:
    """What a recorder does, between its signature and its errors; the arguments by name, as they are handed on."""
    for line in op.guard_lines(op.static_names):
        source.add(line)
    _inputs(op, source, names, order, declined)
    _types(op, source)
    _run(op, source)
    _results(op, source, names)
    if op.differentiable:
        _record(op, source, names)
    bound = ", ".join(names[p] for p in op.params) + ","
    source.add(f"if context.special:\n    special(op, ({bound}), context, {'t' if _single(op) else 'results'})")
    source.add("return t" if _single(op) else "return results")
    return bound


def write_into_call(op: Op, declined: str) -> tuple[list[str], dict[str, Any]]:
    """The body of an op's recorder for its written-out call, and the names that it uses."""
    source = Source()
    _body(op, source, {p: PUBLIC_NAMES.get(p, p) for p in op.params}, list(op.inputs), declined)
    return ["    " + line for line in source.lines], _scope(op)


def _answering(op: Op, source: Source, bound: str) -> None:
    """Put everything under a `try` that turns NumPy's and Python's own errors into PyTorch's kinds: free where nothing is raised."""
    head, *body = source.lines
    source.lines = [head, "    try:", *["    " + line for line in body], "    except Exception as error:"]
    source.add(f"better = op.answer(error, ({bound}), {{}})\nif better is None:\n    raise\nraise better from error", 2)


def _single(op: Op) -> bool:
    return len(op.outputs) == 1


def _lenient(op: Op) -> bool:
    """Whether keywords under other names are understood (`axis`, `x`): not where operators need every nanosecond."""
    return bool(op.static_names) and op.spread is None


def _signature(op: Op, names: dict[str, str]) -> str:
    parts, starred = [], False
    lenient = _lenient(op)
    for p in op.params:
        if p == op.spread:
            parts.append("*" + names[p])
            starred = True
            continue
        if p in op.keyword_only and not starred:
            parts.append("*")
            starred = True
        parts.append(names[p] + (f"=default_{p}" if p in op.defaults else "=missing" if lenient else ""))
    return ", ".join(parts) + (", **named" if op.spread or lenient else "")


def _other_names(op: Op, source: Source, names: dict[str, str]) -> None:
    """Where something is missing or has another name, the call is put right and made again."""
    required = [names[p] for p in op.params if p not in op.defaults]
    if _lenient(op):
        test = "named" + (f" or {required[-1]} is missing" if required else "")
        given = ", ".join(names[p] for p in op.params)
        source.add(f"if {test}:\n    return settle(op, again, ({given},), named)")


def _spread(op: Op, source: Source) -> None:
    p = op.spread
    if p is None:
        return
    x = PUBLIC_NAMES.get(op.inputs[0], op.inputs[0])
    source.add(f"if named:\n    {p} = named_spread(op, {p}, named)")
    source.add(f"if len({p}) == 1 and not hasattr({p}[0], '__index__'):")
    if op.instead is not None:
        source.add(f"if isinstance({p}[0], instead_of):\n    return instead({x}, {p}[0])", 2)
    source.add(f"    {p} = {p}[0] if {p}[0] is None else tuple({p}[0])")
    if p in op.defaults:
        source.add(f"elif not {p}:\n    {p} = default_{p}")


def _inputs(op: Op, source: Source, names: dict[str, str], order: list[str], declined: str) -> None:
    """The array and the node of each tensor input; of two elementwise ones the second in the order is expected to be a number at times.

    `declined` is what is returned where an operand is unknown.
    """
    for p in order:
        v = names[p]
        fetch = f"{p}_array = {v}.array\n{p}_node = {v}._node if {v}._view is None else node_of({v})"
        if p == op.variadic:
            _many_inputs(op, source, p, v)
            continue
        indent = 1
        if op.annotations.get(p) == "Array | None":
            source.add(f"if {v} is None:\n    {p}_array = {p}_node = None\nelse:")
            indent = 2
        if p != order[0] and elementwise(op):
            source.add(f"kind = type({v})\nif kind is float or kind is int:", indent)
            source.add(f"{p}_array = constant({v}, {order[0]}_array)\n{p}_node = None", indent + 1)
            source.add("else:", indent)
            indent += 1
        if p != order[0] and op.spaces == ("engine",) and op.types == "any" and not op.view:  # rules call these with arrays of their own
            source.add(f"if type({v}) is ndarray:\n    {p}_array = {v}\n    {p}_node = None\nelse:", indent)
            indent += 1
        source.add("try:", indent)
        source.add(fetch, indent + 1)
        decline = "\n" + f"if {p}_array is None:\n    return {declined}" if op.operator else ""
        source.add("except AttributeError:", indent)
        strict = op.types in ("any", "same") and op.annotations.get(p) == "Array" and not isinstance(getattr(op.fn, "ufunc", op.fn), np.ufunc)
        source.add(f"{p}_array, {p}_node = lower(op, {v}, '{v}', {bool(op.operator)}, {strict}){decline}", indent + 1)
        if op.view:
            source.add(f"{v} = wrap({p}_array)", indent + 1)


def _many_inputs(op: Op, source: Source, p: str, v: str) -> None:
    """The arrays and the nodes of a sequence of tensors, and one type for them: one loop, for a comprehension costs 0.1 µs before it begins."""
    check = op.types != "any"
    source.add(f"{p}_array = []\n{p}_nodes = []\nkind = mixed = None\ntry:\n    for t in {v}:")
    source.add(f"a = t.array\n{p}_array.append(a)\n{p}_nodes.append(t._node if t._view is None else node_of(t))", 3)
    if check:
        source.add("if a.dtype is not kind:\n    mixed = kind is not None\n    kind = a.dtype", 3)
    source.add(
        f"except (AttributeError, TypeError):\n    {p}_array, {p}_nodes = lower_many(op, {v}, '{p}')\n    mixed = len({p}_array) > 0"
    )
    source.add(f"{p}_nodes = tuple({p}_nodes)")
    if check:
        source.add(f"if mixed:\n    {p}_array = unify(op, {p}_array)")


def elementwise(op: Op) -> bool:
    """Whether an op is one NumPy ufunc of two operands, which may be numbers."""
    return len(op.inputs) == 2 and op.types in ("promote", "float") and isinstance(getattr(op.fn, "ufunc", op.fn), np.ufunc)


def _types(op: Op, source: Source) -> None:
    """Bring the inputs to one type where they differ."""
    arrays = [f"{p}_array" for p in op.inputs]
    if op.types == "any":
        return
    if op.variadic:
        return
    if len(arrays) == 1:
        if op.types == "float":
            a = arrays[0]
            source.add(f"if type({a}) is not ndarray or {a}.dtype.kind != 'f':\n    {a}, = unify(op, ({a},))")
        return
    if elementwise(op):
        a, b = arrays
        test = f"type({a}) is not ndarray or type({b}) is not ndarray or {a}.dtype is not {b}.dtype"
        if op.types == "float":
            test += f" or {a}.dtype.kind != 'f'"
        source.add(f"if {test}:\n    {a}, {b} = unify_pair(op, {a}, {b})")
        return
    optional = [f"{p}_array" for p in op.inputs if op.annotations.get(p) == "Array | None"]
    first = next(a for a in arrays if a not in optional and a != "condition_array")
    tests = [f"type({first}) is not ndarray"] + ([f"{first}.dtype.kind != 'f'"] if op.types == "float" else [])
    for a in arrays:
        if a not in (first, "condition_array"):
            test = f"(type({a}) is not ndarray or {a}.dtype is not {first}.dtype)"
            tests.append(f"({a} is not None and {test})" if a in optional else test)
    source.add(f"if {' or '.join(tests)}:\n    {', '.join(arrays)} = unify(op, ({', '.join(arrays)}))")


def _run(op: Op, source: Source) -> None:
    args = [(f"{p}={p}" if p in op.keyword_only else f"{p}_array" if p in op.inputs else p) for p in op.params]
    direct, silent = _direct(op)
    # with out=... NumPy returns a 0-d array instead of a scalar, 0.15 µs sooner than asarray would make one
    call = f"fn({', '.join(args)}{', out=...' if direct and OUT_ELLIPSIS else ''})"
    if direct and not op.static_names:
        large = " or ".join(f"{p}_array.size >= {LEAST}" for p in op.inputs)
        call = f"wide({', '.join(args)}) if {large} else {call}"
    if not (silent or elementwise(op)):
        source.add(f"out = {call}")
        return
    if silent:
        source.add("token = enter()")
    source.add(f"try:\n    out = {call}")
    if elementwise(op):
        source.add(f"except ValueError:\n    raise fail_shapes(op, {op.inputs[0]}_array, {op.inputs[1]}_array) from None")
    if silent:
        source.add("finally:\n    leave(token)")


def _direct(op: Op) -> tuple[bool, bool]:
    """(the kernel is a NumPy ufunc as it stands, it must be kept from warning)."""
    inner = getattr(op.fn, "quiets", None)
    silent = inner is not None and silence() is not None
    return isinstance(inner if silent else op.fn, np.ufunc), silent


def _results(op: Op, source: Source, names: dict[str, str]) -> None:
    """Tensors around the outputs."""
    if not _single(op) or op.aux:
        every = op.outputs + op.aux
        source.add(f"{', '.join('o_' + name for name in every)} = out")
    else:
        source.add(f"o_{op.outputs[0]} = out")
    for name in op.outputs:
        o = "o_" + name
        t = "t" if _single(op) else "t_" + name
        view = "None"
        if not (OUT_ELLIPSIS and _direct(op)[0]):
            source.add(f"if type({o}) is not ndarray:\n    {o} = asarray({o})")
        source.add(f"{t} = new(Tensor)\n{t}.array = {o}\n{t}._cell = {t}._node = None")
        if op.view:
            x = names[op.inputs[0]]
            statics = ", ".join(op.static_names)
            indent = 1
            if op.view == "perhaps":
                source.add(f"if {o}.base is {op.inputs[0]}_array or shares({o}, {op.inputs[0]}_array):")
                indent = 2
            source.add(
                f"version = {t}._counter = {x}._counter\n{t}._view = ({x}, op, ({statics}{',' if statics else ''}), 0 if version "
                "is None else version[0])",
                indent,
            )
            if indent == 2:
                source.add(f"else:\n    {t}._counter = [0, 0, None, None]\n    {t}._view = None")
        else:
            source.add(f"{t}._counter = [0, 0, None, None]\n{t}._view = {view}")
    if not _single(op):
        source.add(f"results = pack_results(op, ({', '.join('t_' + name for name in op.outputs)},))")
    source.add("context = thread.context")


def _record(op: Op, source: Source, names: dict[str, str]) -> None:
    """The node, with what the rules name."""
    flowing = [name for name in op.outputs if name not in op.discrete]
    able = [p for p in op.inputs if op.joint is not None or op.rules.get(p) is not None]
    if op.variadic:
        nodes = " + ".join(f"{p}_nodes" if p == op.variadic else f"({p}_node,)" for p in op.inputs)
        source.add(f"nodes = {nodes}\nif context.grad and nodes.count(None) != len(nodes):")
    else:
        source.add(f"if ({' or '.join(p + '_node is not None' for p in able)}) and context.grad:")
        source.add(f"nodes = ({', '.join(p + '_node' for p in op.inputs)},)", 2)
    source.add(
        "node = new(Node)\nnode.id = next_id()\nnode.op = op\nnode.parents = nodes\nnode.hooks = node.where = None\nnode.scope = "
        "context.scope",
        2,
    )
    if op.sited:
        source.add("node.where = user_mark()", 2)
    if op.variadic:
        _branches(op, source, names, able)
    elif len(able) > 2:
        wanted = f"({', '.join(p + '_node is not None' for p in op.inputs)},)"
        source.add(f"node.plan, save = plans({wanted})", 2)
        values, versions = _saveable(op, names, ())
        source.add(f"node.saved, node.guards = save({', '.join([*values.values(), *versions.values()])})", 2)
    else:
        _branches(op, source, names, able)
    statics = ", ".join(op.static_names)
    source.add(f"node.statics = ({statics + ',' if statics else ''})", 2)
    if len(flowing) == 1:
        t = "t" if _single(op) else "t_" + flowing[0]
        source.add(f"{t}._node = node\nnode.shape = o_{flowing[0]}.shape\nnode.dtype = o_{flowing[0]}.dtype", 2)
    else:
        pairs = ", ".join(f"(t_{name}, o_{name})" for name in flowing)
        source.add(f"outputs_of(node, ({pairs},))", 2)


def _branches(op: Op, source: Source, names: dict[str, str], able: list[str]) -> None:
    """One branch for each choice of inputs that need gradients, saving what its rules name."""
    choices = [able] if len(able) == 1 or op.variadic else [able, able[:1], able[1:]]
    for i, chosen in enumerate(choices):
        indent = 2
        if len(choices) > 1:
            missing = [p for p in able if p not in chosen]
            test = f"{able[0]}_node is not None and {able[1]}_node is not None" if not missing else f"{chosen[0]}_node is not None"
            source.add(f"{'if' if i == 0 else 'elif'} {test}:" if i < 2 else "else:", 2)
            indent = 3
        plan = op.plan(tuple(p in chosen for p in op.inputs))
        values, versions = _saveable(op, names, () if op.variadic else chosen)
        guards, test = _guards(op, plan, versions)
        source.add(f"node.plan = plan{i}\nnode.saved = {_saved(op, plan, values)}\nnode.guards = {guards}", indent)
        if test:
            source.add(f"if {test}:\n    raise RuntimeError(INFERENCE)", indent)


def _saveable(op: Op, names: dict[str, str], tensors: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """(expression of every value by name, expression of its version counter); `tensors` are known not to be numbers."""
    every = op.outputs + op.aux
    values = {p: f"{p}_array" if p in op.inputs else p for p in op.params} | {name: "o_" + name for name in every}
    versions = {
        p: f"{names[p]}._counter"
        if p in tensors
        else f"({names[p]}._counter if isinstance({names[p]}, Tensor) else STILL)"
        if _named(op, p)
        else "None"
        for p in op.inputs
    } | {name: (f"{'t' if _single(op) else 't_' + name}._counter" if name in op.outputs else "None") for name in every}
    return values, versions


def _named(op: Op, p: str) -> bool:
    """Whether some rule names this input, so that a change in place must be noticed."""
    return p != op.variadic and any(p in rule.__code__.co_varnames for rule in [op.joint, *op.rules.values()] if rule is not None)


def _saved(op: Op, plan: Any, values: dict[str, str]) -> str:
    """The expression for what a plan saves."""
    every = op.params + op.outputs + op.aux
    parts = []
    for kind, at in plan.take:
        name = every[at] if kind != "output" else (op.outputs + op.aux)[at]
        v = values[name]
        if kind == "shapes":
            parts.append(f"[a.shape for a in {v}]")
        elif kind in ("shape", "dtype"):
            parts.append(f"{v}.{kind}" if op.annotations.get(name) == "Array" and op.types != "promote" else f"{kind}_of({v})")
        else:
            parts.append(v)
    return f"({', '.join(parts)}{',' if parts else ''})"


def _guards(op: Op, plan: Any, versions: dict[str, str]) -> tuple[str, str]:
    """(the expression for the version counters of the arrays that a plan saves, a test for an input among them that has none)."""
    every = op.params
    parts, tests = [], []
    for kind, at in plan.take:
        name = every[at] if kind == "value" else (op.outputs + op.aux)[at] if kind == "output" else ""
        parts.append(versions.get(name, "None"))
        if kind == "value" and name in op.inputs and name != op.variadic:
            tests.append(f"{parts[-1]} is None")
    if op.variadic and ("value", every.index(op.variadic)) in plan.take:
        given = PUBLIC_NAMES.get(op.variadic, op.variadic)
        parts.append(f"*[t._counter if isinstance(t, Tensor) else STILL for t in {given}]")
        tests.append(f"any(isinstance(t, Tensor) and t._counter is None for t in {given})")
    expression = f"({', '.join(parts)}{',' if parts else ''})" if any(p != "None" for p in parts) else "()"
    return expression, " or ".join(tests)


def _planner(op: Op) -> Callable[[tuple[bool, ...]], Any]:
    """wanted inputs -> (plan, function that collects what it saves)."""
    known: dict[tuple[bool, ...], Any] = {}
    params = list(op.params + op.outputs + op.aux)
    counters = ["v_" + name for name in op.inputs + op.outputs + op.aux]

    def plans(wanted: tuple[bool, ...]) -> Any:
        found = known.get(wanted)
        if found is None:
            plan = op.plan(wanted)
            names = [name if name in op.params else "o_" + name for name in params]
            values = dict(zip(params, names, strict=True))
            versions = dict(zip(op.inputs + op.outputs + op.aux, counters, strict=True))
            guards, test = _guards(op, plan, versions)
            body = f"lambda {', '.join(names + counters)}: ({_saved(op, plan, values)}, {f'refuse() if {test} else ' if test else ''}{guards})"
            found = known[wanted] = plan, eval(body, {"shape_of": np.shape, "dtype_of": _dtype_of, "refuse": _refuse})
        return found

    return plans


def _refuse() -> None:
    raise RuntimeError(INFERENCE)


def _dtype_of(value: Any) -> Any:
    return getattr(value, "dtype", None)


OTHER_NAMES = {"axis": "dim", "keepdims": "keepdim", "axes": "dims", **PUBLIC_NAMES}


def settle(op: Op, reading: Reading, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Call a recorder again with keywords of NumPy's and our own (`axis`, `keepdims`, `x`) under PyTorch's names."""
    names = [PUBLIC_NAMES.get(p, p) for p in op.params]
    values = dict(zip(names, given, strict=True))
    defaults = {PUBLIC_NAMES.get(p, p): v for p, v in op.defaults.items()}
    for key, value in named.items():
        name = OTHER_NAMES.get(key, key)
        if name not in values:
            raise TypeError(f"{op.name}() got an unexpected keyword argument {key!r}")
        if values[name] is not MISSING and values[name] is not defaults.get(name, MISSING):
            raise TypeError(f"{op.name}() got multiple values for argument {name!r}")
        values[name] = value
    lacking = [name for name, value in values.items() if value is MISSING]
    if lacking:
        raise TypeError(f"{op.name}() missing required positional argument {lacking[0]!r}")
    return reading(**values)


def named_spread(op: Op, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """The spread argument when it was given by its name."""
    named = {OTHER_NAMES.get(key, key): value for key, value in named.items()}
    if op.instead is not None and "dtype" in named:
        named = {str(op.spread): named.pop("dtype"), **named}
    if set(named) != {op.spread} or given:
        raise TypeError(f"{op.name}() got an unexpected keyword argument {next(iter(set(named) - {op.spread}), op.spread)!r}")
    return (named[op.spread],)  # type: ignore[index]


def shares(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether a result of reshape is a view of its input."""
    return (a.base is b.base and a.base is not None) or bool(np.may_share_memory(a, b))


def outputs_of(node: Node, pairs: Sequence[tuple[Tensor, np.ndarray]]) -> None:
    """Hang several differentiable outputs on one node."""
    several: Any = node  # its shape and dtype are tuples, one for each output
    several.shape = tuple(array.shape for _, array in pairs)
    several.dtype = tuple(array.dtype for _, array in pairs)
    for slot, (t, array) in enumerate(pairs):
        t._node = Output(node, slot, array.shape, array.dtype)


def special(op: Op, bound: tuple[Any, ...], context: Any, results: Any) -> None:
    """The rare companions of an op: inference mode, saved-tensor hooks, and whoever watches."""
    pack, watch = context._pack, context._watch
    if context._inference or pack is not None:
        for t in (results,) if isinstance(results, Tensor) else results:
            if context._inference and t._view is None:
                t._counter = t._node = None
            node = t._node.source if type(t._node) is Output else t._node
            if pack is not None and node is not None and type(node.saved) is tuple and node.saved:
                node.saved = packed(node.saved, pack)
    if watch is not None:
        watch.forward(op, bound, results)


def pack_results(op: Op, results: tuple[Tensor, ...]) -> Any:
    """Several outputs as PyTorch returns them: a named tuple."""
    return op.result_type(results)


class Packed:
    """Saved values as the user's saved-tensor hooks keep them."""

    __slots__ = ("kept", "undo")

    def __init__(self, kept: list[Any], undo: Any) -> None:
        self.kept = kept
        self.undo = undo

    def unpack(self) -> tuple[Any, ...]:
        """The saved values, through the user's unpack hook."""
        out = []
        for is_array, value in self.kept:
            if not is_array:
                out.append(value)
                continue
            t = self.undo(value)
            if not isinstance(t, Tensor):
                raise TypeError(f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(t).__name__}")
            out.append(t.array)
        return tuple(out)


def packed(saved: tuple[Any, ...], hooks: tuple[Any, Any]) -> Any:
    """Saved values passed through the user's pack hook."""
    pack, unpack = hooks
    return Packed([(True, pack(wrap(v))) if isinstance(v, np.ndarray) else (False, v) for v in saved], unpack)


def _scope(op: Op) -> dict[str, Any]:
    scope: dict[str, Any] = {
        "__name__": __name__,  # a frame of ours
        "op": op, "fn": op.fn, "new": new, "Tensor": Tensor, "Node": Node, "node_of": node_of, "ndarray": np.ndarray, "asarray": np.asarray,
        "thread": thread, "next_id": next_id, "lower": lower, "lower_many": lower_many, "unify": unify, "unify_pair": unify_pair,
        "fitted": fitted, "all_ints": ALL_INTS, "carriers": carriers, "constant": constant, "fail_shapes": fail_shapes, "special": special, "shares": shares,
        "outputs_of": outputs_of,
        "named_spread": named_spread, "pack_results": pack_results, "shape_of": np.shape, "dtype_of": _dtype_of,
        "settle": settle, "user_mark": user_mark, "missing": MISSING, "wrap": wrap, "STILL": STILL, "INFERENCE": INFERENCE,
    }  # fmt: skip
    if op.instead is not None:
        scope["instead_of"], scope["instead"] = op.instead
    direct, silent = _direct(op)
    if direct:
        scope["wide"] = wide(op.fn.quiets if silent else op.fn)  # type: ignore[attr-defined]
    if silent:
        scope["enter"], scope["leave"] = silence()  # type: ignore[misc]
        scope["fn"] = op.fn.quiets  # type: ignore[attr-defined]
    scope.update({"default_" + p: v for p, v in op.defaults.items()})
    if op.differentiable:
        scope["plans"] = _planner(op)
        able = [p for p in op.inputs if op.joint is not None or op.rules.get(p) is not None]
        for i, chosen in enumerate([able, able[:1], able[1:]]):
            scope[f"plan{i}"] = op.plan(tuple(p in chosen for p in op.inputs))
    return scope


carriers[Tensor] = make_reading
carriers.inline = Tensor, write_into_call
