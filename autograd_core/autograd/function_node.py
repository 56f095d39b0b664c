"""The node of a custom function, its context, and the tensors that it saves. Imports tensor, engine and graph."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import CHANGED, FREED
from ..frames import line_of_mark
from ..graph import Leaf, Node, Output, thread
from ..tensor.base import INFERENCE, Tensor, node_of, wrap


class Saved:
    """One tensor given to save_for_backward: its array, where its history goes on, and its version then."""

    __slots__ = ("array", "counter", "output", "source", "undo")

    def __init__(self, t: Tensor, output: int | None) -> None:
        if t._counter is None and not thread.context.inference:
            raise RuntimeError(INFERENCE)
        self.output = output  # which output of this very node it is; the node itself would make a cycle
        self.source = None if output is not None else node_of(t)
        pack = thread.context.pack
        if pack is None:
            self.array: Any = t.array
            self.counter: Any = t._counter
            self.undo: Any = None
        else:
            self.array, self.undo, self.counter = pack[0](wrap(t.array)), pack[1], None

    def tensor(self, node: Node) -> Tensor:
        """The saved tensor, as it was. RuntimeError when it was changed in place."""
        if self.counter is not None and self.counter[0] > node.id:
            who, line = self.counter[2] or "an operation", f" at {line_of_mark(self.counter[3])}" if self.counter[3] else ""
            raise RuntimeError(CHANGED.format(name=node.name(), shape=tuple(node.shape), at="", who=who, line=line))
        array = self.array
        if self.undo is not None:
            kept = self.undo(array)
            if not isinstance(kept, Tensor):
                raise TypeError(f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(kept).__name__}")
            array = kept.array
        source = self.source
        if self.output is not None:
            source = node if not isinstance(node, FunctionNode) or not node.many else Output(node, self.output, array.shape, array.dtype)
        elif type(source) is Leaf:
            leaf = source.tensor()
            if leaf is not None and leaf.array is array:
                return leaf  # type: ignore[no-any-return]
        return wrap(array, source, self.counter)


class FunctionCtx:
    """What forward leaves for backward. Set any attribute on it; tensors go through `save_for_backward`."""

    needs_input_grad: tuple[bool, ...] = ()
    materialize_grads = True
    to_save: tuple[Any, ...] | None = None
    dirty_tensors: tuple[Tensor, ...] = ()
    non_differentiable: tuple[Tensor, ...] = ()
    _node: Any = None  # a weak reference to the node, which holds this context

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors (inputs, outputs or others) for backward, which reads them as `ctx.saved_tensors`."""
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(t).__name__}: set it as an "
                    f"attribute of ctx"
                )
        self.to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Accepted for PyTorch's sake: forward-mode derivatives here are made of two backward ones."""

    def mark_dirty(self, *args: Tensor) -> None:
        """Say which inputs forward changed in place; each must be returned too."""
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Say which outputs have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (True, the default) or None for an output that nothing used."""
        self.materialize_grads = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors given to save_for_backward."""
        node = None if self._node is None else self._node()
        if node is None:
            return () if self.to_save is None else self.to_save
        return saved_tensors_of(node)


class FunctionNode(Node):
    """The node of a custom function. What the user set on ctx can be read here too."""

    __slots__ = ("ctx", "kinds", "many")

    def __init__(self, op: Any, plan: Callable[..., Any], ctx: FunctionCtx, parents: tuple[Any, ...], kinds: tuple[bool, ...]) -> None:
        super().__init__(op, plan, parents, (), (), (), np.dtype(np.float32), thread.context.scope)
        self.ctx = ctx
        ctx._node = weakref.ref(self)
        self.kinds = kinds  # for each input, whether it was a tensor
        self.many = False

    def __getattr__(self, name: str) -> Any:
        if name in FunctionNode.__slots__:
            raise AttributeError(name)
        return getattr(self.ctx, name)

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """(node, which of its outputs) for each tensor among the inputs, (None, 0) where no gradient flows."""
        every = Node.next_functions.fget(self)  # type: ignore[attr-defined]
        return tuple(pair for pair, tensor in zip(every, self.kinds, strict=True) if tensor)

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors that forward saved."""
        return saved_tensors_of(self)

    def __repr__(self) -> str:
        return f"<autograd_core.autograd.function.{self.name()} object at {hex(id(self))}>"


def saved_tensors_of(node: FunctionNode) -> tuple[Tensor | None, ...]:
    """The tensors that a custom function saved. RuntimeError when they were freed or changed in place."""
    if node.saved is None:
        raise RuntimeError(FREED.format(name=node.name(), shape=tuple(node.shape)))
    return tuple(None if s is None else s.tensor(node) for s in node.saved)
