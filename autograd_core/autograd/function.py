"""Custom operations: a Function has a forward and a backward written by the user, and records one node.

Imports tensor, engine and graph. The context handed to both is the user's own: every attribute set on it is kept.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import Leaf, Node, Output, thread
from ..tensor.base import Tensor, node_of, wrap
from ..tensor.inplace import bump, rebase
from .function_node import FunctionCtx, FunctionNode, Saved
from .grad_mode import no_grad

__all__ = ["Function", "FunctionCtx", "once_differentiable"]

NO_BACKWARD = (
    "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD: "
    "{name} has neither."
)
DIRTY_LEAF = (
    "a leaf Variable that requires grad has been used in an in-place operation: {name}.forward marked input {at}, a leaf, as dirty. "
    "Give it x.clone(), or change the leaf under no_grad()."
)


class Operation:
    """A custom function as the graph's readers see an op."""

    static_names: tuple[str, ...] = ()
    family = "function"

    def __init__(self, cls: Any) -> None:
        self.function = cls
        self.name = cls.__name__
        self.backward_name = cls.__name__ + "Backward"
        self.label = f"{cls.__name__}(…)"
        self.formula = f"{cls.__name__}.backward, written by the user"
        self.params = self.inputs = ("inputs",)


class FunctionMeta(type):
    """Holds the operation that stands for a Function in the graph."""

    _own: Operation | None

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        super().__init__(name, bases, body)
        cls._own = None

    def _operation(cls) -> Operation:
        if cls._own is None:
            cls._own = Operation(cls)
        return cls._own


class Function(FunctionCtx, metaclass=FunctionMeta):
    """An operation with its own gradient: subclass it, write the static methods, and call `apply`.

    >>> class Exp(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         y = x.exp()
    ...         ctx.save_for_backward(y)
    ...         return y
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (y,) = ctx.saved_tensors
    ...         return g * y
    >>> Exp.apply(x)

    forward runs without recording. backward gets one gradient for each output and returns one for each input of
    forward, None where there is none; written in tensor operations it is differentiable itself. `forward(*args)`
    without ctx goes with `setup_context(ctx, inputs, output)`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static: call {type(self).__name__}.apply(...)",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with "
            "static forward "
            f"method, and call {type(self).__name__}.apply(...)."
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs from (ctx, *inputs), or from the inputs alone when there is a setup_context."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Save for backward what a forward without ctx saw."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the inputs from those of the outputs."""
        raise NotImplementedError

    vjp = backward

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward, and record a node when an input requires grad."""
        if cls.setup_context is not Function.setup_context:
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, {}
        ctx = FunctionCtx()
        nodes = tuple(node_of(a) if isinstance(a, Tensor) else None for a in args)
        ctx.needs_input_grad = tuple(n is not None for n in nodes)
        context = thread.context
        before = context.grad
        context.grad = False
        try:
            if cls.setup_context is Function.setup_context:
                output = cls.forward(ctx, *args, **kwargs)
            else:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
        finally:
            context.grad = before
        several = isinstance(output, tuple)
        outs = output if several else (output,)
        for t in ctx.dirty_tensors:
            bump(t, cls.__name__)  # before the node is made: its id must be the higher one
        node = None
        if before and any(ctx.needs_input_grad):
            node = FunctionNode(cls._operation(), _run_backward, ctx, nodes, tuple(isinstance(a, Tensor) for a in args))
            _describe(node, outs)
            node.saved = _save(ctx, args, outs)
        results = tuple(_result(node, ctx, args, out, i) for i, out in enumerate(outs))
        ctx.to_save, ctx.dirty_tensors, ctx.non_differentiable = None, (), ()
        if context.watch is not None:
            context.watch.forward(cls._operation(), args, results)
        return results if several else results[0]


def _among(t: Any, tensors: Any) -> bool:
    return any(t is other for other in tensors)


def _describe(node: FunctionNode, outs: tuple[Any, ...]) -> None:
    """Shapes and types of the outputs; with several, every output has its own slot."""
    node.many = len(outs) != 1
    shapes = tuple(o.array.shape if isinstance(o, Tensor) else () for o in outs)
    kinds = tuple(o.array.dtype if isinstance(o, Tensor) else None for o in outs)
    node.shape, node.dtype = (shapes, kinds) if node.many else (shapes[0], kinds[0])  # type: ignore[assignment]


def _save(ctx: FunctionCtx, args: tuple[Any, ...], outs: tuple[Any, ...]) -> tuple[Any, ...]:
    kept = []
    for t in ctx.to_save or ():
        slot = next((i for i, o in enumerate(outs) if o is t), None)
        if slot is not None and _among(t, args) and not _among(t, ctx.dirty_tensors):
            slot = None  # an input that was handed through
        kept.append(None if t is None else Saved(t, slot))
    return tuple(kept)


def _result(node: FunctionNode | None, ctx: FunctionCtx, args: tuple[Any, ...], out: Any, slot: int) -> Any:
    """One output of forward as the caller gets it: with its history, and never the very input unless that was changed in place."""
    if not isinstance(out, Tensor):
        return out
    source: Any = None
    if node is not None and out.array.dtype.kind == "f" and not _among(out, ctx.non_differentiable):
        source = Output(node, slot, out.array.shape, out.array.dtype) if node.many else node
    if _among(out, ctx.dirty_tensors):
        if source is not None:
            if type(node_of(out)) is Leaf:
                raise RuntimeError(DIRTY_LEAF.format(name=node.name(), at=next(i for i, a in enumerate(args) if a is out)))  # type: ignore[union-attr]
            rebase(out, source)
        return out
    if _among(out, args) or out._node is not None or out._view is not None:
        return wrap(out.array, source, out._counter)
    out._node = source
    return out


def _run_backward(node: FunctionNode, g: Any, lift: Any) -> list[Any]:
    """The user's backward: gradients in and out are tensors, the walk's are arrays (or tensors that record)."""
    cls, ctx = node.op.function, node.ctx
    parts = g if node.many else [g]
    shapes, kinds = (node.shape, node.dtype) if node.many else ((node.shape,), (node.dtype,))
    given = []
    for part, shape, kind in zip(parts, shapes, kinds, strict=True):  # type: ignore[arg-type]
        if part is None and ctx.materialize_grads and kind is not None:
            part = np.zeros(shape, kind)
        given.append(part if part is None or isinstance(part, Tensor) else wrap(part))
    if cls.backward is not Function.backward:
        if cls.vjp is not Function.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them."
            )
        returned = cls.backward(ctx, *given)
    elif cls.vjp is not Function.vjp:
        returned = cls.vjp(ctx, *given)
    else:
        raise NotImplementedError(NO_BACKWARD.format(name=cls.__name__))
    grads = returned if isinstance(returned, tuple) else (returned,)
    return [part if part is None or lift is not None else part.array for part in _checked(node, grads)]


def _checked(node: FunctionNode, grads: tuple[Any, ...]) -> list[Any]:
    """What backward returned: one gradient for each input of forward, of its shape, None for what was no tensor."""
    name, count = node.name(), len(node.parents)
    given = len(grads)
    while len(grads) > count and grads[-1] is None:
        grads = grads[:-1]
    if len(grads) != count:
        raise RuntimeError(
            f"function {name} returned an incorrect number of gradients (expected {count}, got {given}): return one for each argument "
            f"of apply(), "
            "None for those without a gradient"
        )
    out: list[Any] = []
    for i, (part, parent, tensor) in enumerate(zip(grads, node.parents, node.kinds, strict=True)):
        if part is not None:
            if not isinstance(part, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(part).__name__}): {name} must return tensors, at index {i} too")
            if not tensor:
                raise RuntimeError(
                    f"function {name} returned a gradient different than None at position {i + 1}, but the corresponding forward "
                    f"input was not a Variable"
                )
            if parent is not None and part.array.shape != parent.shape and not _sums_to(part.array.shape, parent.shape):
                raise RuntimeError(
                    f"Function {name} returned an invalid gradient at index {i} - got {list(part.array.shape)} but expected shape "
                    f"compatible with "
                    f"{list(parent.shape)}"
                )
        out.append(part)
    return out


def _sums_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    lead = len(shape) - len(target)
    return lead >= 0 and all(n in (1, m) for n, m in zip(target, shape[lead:], strict=True))


class Once:
    """Stands in the history of gradients that cannot be differentiated again."""

    name = label = "once_differentiable"
    backward_name = "DelayedError"
    family = "function"
    static_names: tuple[str, ...] = ()
    params = inputs = ("inputs",)
    formula = "none: the function that made this was marked with @once_differentiable"

    def __call__(self, node: Node, g: Any, lift: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable: write its backward in tensor "
            "operations and "
            "take the mark away"
        )


_ONCE = Once()


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a backward that is not written in differentiable operations: a second derivative through it is an error, not a wrong number."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any) -> Any:
        with no_grad():
            outputs = fn(ctx, *args)
        parents = tuple(node_of(a) for a in args if isinstance(a, Tensor))
        if not thread.context.grad or not any(p is not None for p in parents):
            return outputs
        several = isinstance(outputs, tuple)
        marked = [
            o if o is None else wrap(o.array, Node(_ONCE, _ONCE, parents, (), (), o.array.shape, o.array.dtype))
            for o in (outputs if several else (outputs,))
        ]
        return tuple(marked) if several else marked[0]

    return wrapper
