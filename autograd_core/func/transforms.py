"""Functions that make derivatives of functions: grad, vjp, jvp, jacrev, jacfwd, hessian, linearize. Imports tensor, engine, autograd.

They nest in each other and in vmap: each differentiates with respect to fresh copies of its arguments, and keeps the graph
of the result when something outside is being differentiated too.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autograd.grad_mode import enable_grad, is_grad_enabled
from ..engine import order_of
from ..ops.join import stack
from ..ops.shape import getitem, reshape
from ..tensor import gradient
from ..tensor.base import Tensor, node_of, wrap
from .batched import Batched, Level, active, batched, dispatch, highest
from .levels import around, base, spread
from .tree import Spec, flatten, tree_map, unflatten

__all__ = ["grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "vjp"]


# the leaves that transforms made, and for whom: one whose transform is over is nobody's variable any more
owners: weakref.WeakKeyDictionary[Any, Scope] = weakref.WeakKeyDictionary()


class Scope:
    """One transform that is running: its fresh inputs, and whether what it makes may belong to a larger graph."""

    def __init__(self, tensors: Sequence[Any]) -> None:
        self.running = False
        self.attached = is_grad_enabled()
        self.levels: list[Level] = list(active.levels)
        self.inputs = [self.fresh(t) for t in tensors]

    def __enter__(self) -> None:
        self.running = True

    def __exit__(self, *error: object) -> None:
        self.running = False

    def fresh(self, t: Any) -> Any:
        """A copy to differentiate by, with a batch for every vmap around: gradients are then per sample."""
        if not isinstance(t, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(t)}")
        inner = base(spread(t, self.levels))
        if self.attached and inner.requires_grad:
            copy: Tensor = reshape(inner, inner.shape)
        else:
            copy = inner.detach().requires_grad_()
            owners[node_of(copy)] = self
        return around(copy, self.levels)

    def outside(self, outs: Sequence[Any], extra: Sequence[Any] = ()) -> bool:
        """Whether any of the outputs leads to a variable of the user or of a transform around: then their derivatives are recorded."""
        if not self.attached:
            return False
        local = {node_of(base(t)) for t in (*self.inputs, *extra)}
        nodes = [n for n in (node_of(base(o)) for o in outs) if n is not None]
        _, ending, bare = order_of(nodes)
        for leaves in (bare, *ending.values()):
            for leaf in leaves:
                owner = owners.get(leaf)
                if leaf not in local and (owner is None or owner.running):
                    return True
        return False

    def released(self, t: Any) -> Any:
        """A result as the world outside sees it: part of a graph only if something there is differentiated."""
        if not isinstance(t, Tensor) or not t.requires_grad or self.outside([t]):
            return t
        return t.detach()

    def pull(self, outs: Sequence[Any], ins: Sequence[Any], cotangents: Sequence[Any] | None, create_graph: bool, keep: bool) -> list[Any]:
        """The gradients of outs, weighted by the cotangents, with respect to ins; None where outs do not depend on it."""
        given = [None] * len(outs) if cotangents is None else list(cotangents)
        level = highest([c for c in given if c is not None])
        if level is not None and level not in self.levels:
            return self._pull_each(level, outs, ins, given, create_graph)
        live = [(o, c) for o, c in zip(outs, given, strict=True) if isinstance(o, Tensor) and o.requires_grad]
        if not live:
            return [None] * len(ins)
        bases = [base(spread(o, self.levels)) for o, _ in live]
        weights = [
            wrap(np.ones(b.array.shape, b.array.dtype)) if c is None else base(spread(c, self.levels))
            for b, (_, c) in zip(bases, live, strict=True)
        ]
        grads = gradient.grad(
            bases, [base(t) for t in ins], weights, retain_graph=keep or create_graph, create_graph=create_graph, allow_unused=True
        )
        return [None if g is None else around(g, self.levels) for g in grads]

    def _pull_each(self, level: Level, outs: Sequence[Any], ins: Sequence[Any], given: list[Any], create_graph: bool) -> list[Any]:
        """Cotangents that a vmap around the pullback maps over: one backward pass for each."""
        rows = []
        for i in range(level.size):
            row = [dispatch(getitem, c.value, i) if type(c) is Batched and c.level is level else c for c in given]
            rows.append(self.pull(outs, ins, row, create_graph, True))
        return [None if column[0] is None else batched(stack(list(column)), level) for column in zip(*rows, strict=True)]


def zeros(t: Any) -> Tensor:
    """Zeros of the shape of one sample and of its type, floating at least."""
    kind = t.dtype.numpy
    return wrap(np.zeros(tuple(t.shape), kind if kind.kind == "f" else np.float32))


def filled(grads: Sequence[Any], beside: Sequence[Any]) -> list[Any]:
    """Zeros where there is no gradient."""
    return [zeros(t) if g is None else g for g, t in zip(grads, beside, strict=True)]


def unit(t: Any, k: int) -> Tensor:
    """The k-th basis vector in the shape of t."""
    v = np.zeros(t.shape.numel(), t.dtype.numpy)
    v[k] = 1
    return wrap(v.reshape(tuple(t.shape)))


def chosen(argnums: Any, args: tuple[Any, ...]) -> tuple[int, ...]:
    """The positions of the arguments that are differentiated, checked."""
    places = argnums if isinstance(argnums, tuple) else (argnums,)
    if not places or not all(isinstance(i, int) and not isinstance(i, bool) for i in places):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}: {argnums}")
    for i in places:
        if not -len(args) <= i < len(args):
            raise RuntimeError(f"Got argnum={i}, but only {len(args)} positional inputs")
    wrapped = tuple(i % len(args) for i in places)
    if len(set(wrapped)) != len(wrapped):
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    return wrapped


class Arguments:
    """The differentiated arguments of a call, flat, and the call with other ones in their places."""

    def __init__(self, argnums: Any, args: tuple[Any, ...]) -> None:
        self.args = list(args)
        self.places = chosen(argnums, args)
        picked = tuple(args[i] for i in self.places)
        self.leaves, self.spec = flatten(picked if isinstance(argnums, tuple) else picked[0])
        self.several = isinstance(argnums, tuple)

    def replaced(self, leaves: Sequence[Any]) -> list[Any]:
        """All arguments, with new values for the differentiated ones."""
        tree = unflatten(leaves, self.spec)
        out = list(self.args)
        for i, value in zip(self.places, tree if self.several else (tree,), strict=True):
            out[i] = value
        return out

    def shaped(self, leaves: Sequence[Any]) -> Any:
        """Results, one for each differentiated tensor, nested as the arguments are."""
        return unflatten(leaves, self.spec)


def _with_aux(result: Any, has_aux: bool, name: str) -> tuple[Any, Any]:
    if not has_aux:
        return result, None
    if not isinstance(result, tuple) or len(result) != 2:
        raise RuntimeError(f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return result


def grad_and_value(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns (the gradient of func with respect to its arguments `argnums`, the value of func).

    func returns a tensor with one number; with `has_aux` a tuple (number, anything), and the value is that tuple.
    """

    @functools.wraps(func)
    def run(*args: Any, **kwargs: Any) -> Any:
        call = Arguments(argnums, args)
        scope = Scope(call.leaves)
        with scope, enable_grad():
            out, aux = _with_aux(func(*call.replaced(scope.inputs), **kwargs), has_aux, "grad_and_value(f)(*args)")
            if not isinstance(out, Tensor):
                raise RuntimeError(f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(out)}")
            if len(out.shape):
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with {len(out.shape)} dims. "
                    f"Maybe you wanted to "
                    "use the vjp or jacrev APIs instead?"
                )
            grads = scope.pull([out], scope.inputs, None, scope.outside([out]), has_aux)
        result = call.shaped([scope.released(g) for g in filled(grads, scope.inputs)])
        value = scope.released(out)
        return result, ((value, tree_map(scope.released, aux)) if has_aux else value)

    return run


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of func, which returns one number, with respect to its arguments `argnums`.

    >>> grad(lambda x: x.sin())(x)  # cos(x)

    Arguments may be nested containers of tensors; `argnums` may be a tuple. With `has_aux`, func returns (number, aux)
    and the result is (gradient, aux). Per-sample gradients are vmap(grad(f)).
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def run(*args: Any, **kwargs: Any) -> Any:
        result, value = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return run


def _tensors_only(result: Any, name: str) -> tuple[list[Any], Spec]:
    outs, spec = flatten(result)
    for out in outs:
        if not isinstance(out, Tensor):
            raise RuntimeError(f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(out)}")
    return outs, spec


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """(func(*primals), the function that maps cotangents to vᵀ J). With `has_aux`, func returns (output, aux), and aux comes third.

    The cotangents are nested as the output is. The pullback may be called many times, and under vmap.
    """
    leaves, spec = flatten(primals)
    scope = Scope(leaves)
    with scope, enable_grad():
        result, aux = _with_aux(func(*unflatten(scope.inputs, spec)), has_aux, "vjp(f, *primals)")
        outs, shape = _tensors_only(result, "vjp(f, *primals)")
    outside = scope.outside(outs)

    def pullback(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given, nested = flatten(cotangents)
        if nested != shape:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {nested}, primal output: {shape}"
            )
        recording = is_grad_enabled() and (outside or any(c.requires_grad for c in given)) if create_graph is None else create_graph
        grads = filled(scope.pull(outs, scope.inputs, given, recording, True), scope.inputs)
        tree = unflatten(grads if recording else [g.detach() for g in grads], spec)
        return tree

    output = unflatten([scope.released(o) for o in outs], shape)
    return (output, pullback, tree_map(scope.released, aux)) if has_aux else (output, pullback)


class Pushforward:
    """v ↦ J v at a point: u ↦ uᵀ J is linear, so its derivative is the same at any u, and is taken at 0."""

    def __init__(self, func: Callable[..., Any], primals: Sequence[Any], spec: Spec, has_aux: bool, name: str) -> None:
        self.scope = Scope(primals)
        with self.scope, enable_grad():
            result, self.aux = _with_aux(func(*unflatten(self.scope.inputs, spec)), has_aux, name)
            self.outs, self.shape = _tensors_only(result, name)
            self.us = [self.scope.fresh(zeros(o)) for o in self.outs]
            self.pulled = self.scope.pull(self.outs, self.scope.inputs, self.us, True, True)
        self.outside = self.scope.outside([p for p in self.pulled if p is not None], self.us)

    def __call__(self, tangents: Sequence[Any]) -> list[Any]:
        """J v, one tensor for each output."""
        live = [(p, t) for p, t in zip(self.pulled, tangents, strict=True) if p is not None]
        recording = self.scope.attached and (self.outside or any(t.requires_grad for t in tangents))
        with enable_grad():
            grads = self.scope.pull([p for p, _ in live], self.us, [t for _, t in live], recording, True)
        out = filled(grads, self.outs)
        return out if recording else [g.detach() for g in out]


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """(func(*primals), J v) for tangents v nested as the primals are; the aux of func comes third with `has_aux`.

    Forward mode is made of two backward passes here: the second differentiates uᵀ J by u.
    """
    for given, what in ((primals, "primals"), (tangents, "tangents")):
        if not isinstance(given, tuple):
            raise RuntimeError(f"jvp(f, primals, tangents): Expected {what} to be a tuple. E.g. it should be valid to call f(*primals).")
    leaves, spec = flatten(primals)
    vs, nested = flatten(tangents)
    if nested != spec:
        raise RuntimeError(
            f"jvp(f, primals, tangents): Expected primals and tangents to have the same python structure: got {spec} and {nested}"
        )
    for p, v in zip(leaves, vs, strict=True):
        if isinstance(p, Tensor) and isinstance(v, Tensor) and tuple(p.shape) != tuple(v.shape):
            raise RuntimeError(
                f"jvp(f, primals, tangents): a primal of shape {list(p.shape)} has a tangent of shape {list(v.shape)}: they must be equal"
            )
    push = Pushforward(func, leaves, spec, has_aux, "jvp(f, primals, tangents)")
    if strict and any(p is None for p in push.pulled):
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True."
        )
    result = push(vs)
    output = unflatten([push.scope.released(o) for o in push.outs], push.shape)
    tangent = unflatten(result, push.shape)
    return (output, tangent, tree_map(push.scope.released, push.aux)) if has_aux else (output, tangent)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(func(*primals), the linear function v ↦ J v at that point, which runs func no more)."""
    leaves, spec = flatten(primals)
    push = Pushforward(func, leaves, spec, False, "linearize(f, *primals)")

    def linear(*tangents: Any) -> Any:
        vs, nested = flatten(tangents)
        if nested != spec:
            raise RuntimeError(f"linearize: expected tangents nested as the primals, {spec}: got {nested}")
        for p, v in zip(leaves, vs, strict=True):
            if tuple(p.shape) != tuple(v.shape):
                raise ValueError(f"linearize: a primal of shape {list(p.shape)} has a tangent of shape {list(v.shape)}: they must be equal")
        return unflatten(push(vs), push.shape)

    return unflatten([push.scope.released(o) for o in push.outs], push.shape), linear


def _block(parts: list[Any], out: Any, t: Any, dim: int) -> Any:
    """Rows or columns joined into ∂out/∂t, of shape out.shape + t.shape."""
    shape = (*out.shape, *t.shape)
    if not parts:
        return wrap(np.zeros(shape, out.dtype.numpy))
    return dispatch(reshape, dispatch_stack(parts, dim), shape)


def dispatch_stack(parts: list[Any], dim: int) -> Any:
    """stack, whichever of the parts are batched."""
    return stack(parts, dim)


def jacrev(
    func: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """A function that returns the Jacobian of func by one backward pass for each element of its output.

    Nested as the output of func, and inside each entry as the differentiated arguments; entries have shape out.shape + arg.shape.
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"jacrev: `chunk_size` should be greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def run(*args: Any, **kwargs: Any) -> Any:
        call = Arguments(argnums, args)
        scope = Scope(call.leaves)
        with scope, enable_grad():
            result, aux = _with_aux(func(*call.replaced(scope.inputs), **kwargs), has_aux, "jacrev(f)(*args)")
            outs, shape = _tensors_only(result, "jacrev(f)(*args)")
            recording = scope.outside(outs)
            table = []
            for out in outs:
                rows = [
                    filled(scope.pull([out], scope.inputs, [unit(out, k)], recording, True), scope.inputs) for k in range(out.shape.numel())
                ]
                blocks = [_block([row[j] for row in rows], out, t, 0) for j, t in enumerate(scope.inputs)]
                table.append(call.shaped([scope.released(b) for b in blocks]))
        jacobian = unflatten(table, shape)
        return (jacobian, tree_map(scope.released, aux)) if has_aux else jacobian

    return run


def jacfwd(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """A function that returns the Jacobian of func column by column: for functions with few inputs and many outputs. As jacrev "
    "otherwise."""

    @functools.wraps(func)
    def run(*args: Any, **kwargs: Any) -> Any:
        call = Arguments(argnums, args)

        def of_chosen(*leaves: Any) -> Any:
            return func(*call.replaced(leaves), **kwargs)

        spec = flatten(tuple(call.leaves))[1]
        push = Pushforward(of_chosen, call.leaves, spec, has_aux, "jacfwd(f)(*args)")
        still = [zeros(t) for t in push.scope.inputs]
        columns = []
        for j, t in enumerate(push.scope.inputs):
            columns.append([push([*still[:j], unit(t, k), *still[j + 1 :]]) for k in range(t.shape.numel())])
        table = []
        for i, out in enumerate(push.outs):
            blocks = [_block([column[i] for column in columns[j]], out, t, -1) for j, t in enumerate(push.scope.inputs)]
            table.append(call.shaped([push.scope.released(b) for b in blocks]))
        jacobian = unflatten(table, push.shape)
        return (jacobian, tree_map(push.scope.released, push.aux)) if has_aux else jacobian

    return run


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """A function that returns the second derivatives of func: jacfwd(jacrev(func))."""
    return jacfwd(jacrev(func, argnums), argnums)
