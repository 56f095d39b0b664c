"""The recorded graph: nodes, leaves, and the state of the thread that records. Imports frames and a kernel.

A node holds what its rules need and where gradients go next; it never holds a tensor. Ids grow in creation
order, so descending ids are a topological order and no walk needs recursion.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .frames import line_of_mark
from .kernels.indexed import add_at

next_id: Callable[[], int] = itertools.count(1).__next__


class Around(NamedTuple):
    """What a hook may ask about the walk that called it."""

    ticket: int  # differs from walk to walk
    order: list[Any]
    ending: dict[int, list[Any]]
    bare: list[Any]
    needed: set[Any] | None
    ends: bool  # leaves accumulate

    def runs(self, node: Any) -> bool:
        """Whether the rules of a node run: some input of it is needed, or it is a leaf that accumulates."""
        if type(node) is Leaf:
            return self.ends
        needed = self.needed
        return needed is None or any(p in needed for p in node.parents if p is not None)

    def reaches(self, node: Any) -> bool:
        """Whether this walk comes by a node or leaf."""
        if self.needed is not None and node not in self.needed:
            return False
        return node in self.order or node in self.bare or any(node in leaves for leaves in self.ending.values())


class Watch:
    """Sees every operation of a thread, forward and backward, while `Context.watch` is set: subclass it and keep what is wanted."""

    def forward(self, op: Any, bound: tuple[Any, ...], results: Any) -> None:
        """An op ran on tensors: its arguments in order, and the tensor or tensors that it made."""

    def moved(self, result: Any, x: Any) -> None:
        """The values of a result were written into the tensor x, which a change in place was about."""

    def begin(self, roots: tuple[Any, ...]) -> None:
        """A backward pass starts from these tensors."""

    def backward(self, node: Node, g: Any, grads: tuple[Any, ...]) -> None:
        """The rules of a node ran on g, an array (a list of them for several outputs), and gave `grads` for its inputs."""


class Context:
    """What the current thread does with an operation: record it or not, where it stands, who watches."""

    __slots__ = ("_inference", "_pack", "_watch", "grad", "partial", "scope", "special", "walk")

    def __init__(self) -> None:
        self.grad = True  # gradients are recorded
        self.scope: Any = None  # the running module call, pushed by Module.__call__
        self.partial = False  # the running backward pass does not accumulate into every leaf that it reaches
        self.walk: Around | None = None  # the backward walk whose hook is running
        self.special = False  # any of the following is in force: the one question that every op asks
        self._inference = False
        self._watch: Any = None
        self._pack: Any = None

    @property
    def inference(self) -> bool:
        """Tensors made now may never take part in recording."""
        return self._inference

    @inference.setter
    def inference(self, value: bool) -> None:
        self._inference = value
        self._settle()

    @property
    def watch(self) -> Any:
        """Told of every op, forward and backward: anomaly mode, recordings."""
        return self._watch

    @watch.setter
    def watch(self, value: Any) -> None:
        self._watch = value
        self._settle()

    @property
    def pack(self) -> Any:
        """(pack, unpack): the saved-tensor hooks in force."""
        return self._pack

    @pack.setter
    def pack(self, value: Any) -> None:
        self._pack = value
        self._settle()

    def _settle(self) -> None:
        self.special = self._inference or self._watch is not None or self._pack is not None


class _Thread(threading.local):
    def __init__(self) -> None:
        self.context = Context()


thread = _Thread()


class Dress:
    """How gradients look to the user's hooks: `wrap` an array, `unwrap` what a hook returned. The tensor type announces itself here."""

    __slots__ = ("kind", "unwrap", "wrap")

    def __init__(self) -> None:
        self.kind: type = object
        self.wrap: Callable[[Any], Any] = lambda g: g
        self.unwrap: Callable[[Any], Any] = lambda t: t

    def show(self, grads: Any) -> tuple[Any, ...]:
        """A node's gradients as the user's type, None for those that do not flow."""
        return tuple(g if g is None or isinstance(g, self.kind) else self.wrap(g) for g in grads)

    def take(self, hook: Any, changed: Any, grads: Any) -> tuple[Any, ...]:
        """What a hook on a node returned in place of `grads`, checked, as the walk needs it."""
        name = getattr(hook, "__name__", type(hook).__name__)
        if not isinstance(changed, tuple):
            raise TypeError(
                f"expected tuple, but hook returned {type(changed).__name__!r}: {name} must return a tuple of {len(grads)} "
                "gradients or None"
            )
        if len(changed) != len(grads):
            raise RuntimeError(f"hook {name!r} has returned an incorrect number of values (got {len(changed)}, but expected {len(grads)})")
        out: list[Any] = []
        for new, old in zip(changed, grads, strict=True):
            if new is not None and not isinstance(new, self.kind):
                raise TypeError(f"expected Variable, but hook returned {type(new).__name__!r}: {name} must return tensors or None")
            shape = getattr(new, "shape", ())
            if new is not None and old is not None and tuple(shape) != tuple(old.shape):
                raise RuntimeError(f"hook {name!r} has changed the size of value: from {tuple(old.shape)} to {tuple(shape)}")
            out.append(new if new is None or isinstance(old, self.kind) else self.unwrap(new))
        return tuple(out)


dress = Dress()


def _on_grads(hook: Any) -> Any:
    """A user's hook(grad_inputs, grad_outputs) as the walk calls it."""

    def after(grads: tuple[Any, ...], gs: tuple[Any, ...]) -> Any:
        changed = hook(dress.show(grads), dress.show(gs))
        return None if changed is None else dress.take(hook, changed, grads)

    return after


def _on_outputs(hook: Any) -> Any:
    """A user's hook(grad_outputs) as the walk calls it."""

    def before(gs: tuple[Any, ...]) -> Any:
        changed = hook(dress.show(gs))
        return None if changed is None else dress.take(hook, changed, gs)

    return before


class Node:
    """One recorded operation.

    `op` says what ran; `parents` are the nodes of its tensor inputs (None where no gradient is needed); `saved`
    the values that its rules name, with `guards` to notice later changes in place; `shape` and `dtype` are those
    of the output; `statics` the non-tensor arguments; `scope` the module call; `site` the user's source line.
    """

    __slots__ = ("__weakref__", "dtype", "guards", "hooks", "id", "op", "parents", "plan", "saved", "scope", "shape", "statics", "where")

    def __init__(
        self,
        op: Any,
        plan: Any,
        parents: tuple[Any, ...],
        saved: tuple[Any, ...] | None,
        guards: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype,
        scope: Any = None,
        statics: tuple[Any, ...] = (),
    ) -> None:
        self.id = next_id()
        self.op = op
        self.plan = plan
        self.parents = parents
        self.saved: Any = saved  # a tuple, what saved-tensor hooks made of it, or None once freed
        self.guards = guards
        self.shape = shape
        self.dtype = dtype
        self.scope = scope
        self.statics = statics
        self.where: Any = None  # what `site` says, or a mark of it
        self.hooks: Hooks | None = None

    @property
    def site(self) -> Any:
        """The user's line that made this node, as file:line, None where it is not known."""
        return line_of_mark(self.where) if type(self.where) is tuple else self.where

    @site.setter
    def site(self, line: Any) -> None:
        self.where = line

    def name(self) -> str:
        """PyTorch's name of the backward step, e.g. MulBackward0."""
        op = self.op
        name: str = op.name_of(self) if hasattr(op, "name_of") else op.backward_name
        return name

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """(node, which of its outputs) for each tensor input, (None, 0) where no gradient flows."""
        return tuple((titled(p.source), p.index) if type(p) is Output else (titled(p), 0) for p in self.parents)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The nodes of the tensor inputs, None where no gradient is needed."""
        return self.parents

    @property
    def formula(self) -> str:
        """The gradient of each input, printed from the op's own rules."""
        text: str = self.op.formula
        return text

    @property
    def attributes(self) -> dict[str, Any]:
        """The non-tensor arguments of the call by name."""
        return dict(zip(self.op.static_names, self.statics, strict=False))

    @property
    def saved_values(self) -> dict[str, Any]:
        """What the rules keep, by name: inputs, outputs, shapes. RuntimeError once a backward pass has freed them."""
        if self.saved is None:
            raise RuntimeError(f"the values saved by {self.name()} were freed by backward(): pass retain_graph=True to keep them")
        take = getattr(self.plan, "take", ())
        results = getattr(self.op, "outputs", ()) + getattr(self.op, "aux", ()) if take else ()
        saved = self.saved if type(self.saved) is tuple else self.saved.unpack()
        named = {}
        for (kind, at), value in zip(take, saved, strict=False):
            name = results[at] if kind == "output" else self.op.params[at]
            named[name if kind in ("value", "output") else f"{name}_{kind}"] = value
        return named

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for the user's own notes on this node."""
        return hooks_of(self).notes

    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_inputs, grad_outputs)` after this node's rules ran; a returned tuple replaces grad_inputs."""
        return Handle(hooks_of(self).after, _on_grads(hook))

    def register_prehook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_outputs)` before this node's rules run; a returned tuple replaces grad_outputs."""
        return Handle(hooks_of(self).before, _on_outputs(hook))

    def __repr__(self) -> str:
        return f"<{self.name()} object at {hex(id(self))}>"


_titles: dict[tuple[type, str], type] = {}


def titled(node: Any) -> Any:
    """The node, its type called as its step: programs that walk a graph read type(node).__name__. Done when someone looks, not before."""
    kind = type(node)
    if isinstance(node, Node) and "untitled" not in kind.__dict__:
        name = node.name()
        made = _titles.get((kind, name))
        if made is None:
            made = _titles[kind, name] = type(name, (kind,), {"__slots__": (), "untitled": kind, "__module__": kind.__module__})
        node.__class__ = made
    return node


def is_plain(node: Any) -> bool:
    """Whether a node is an op's own, not a custom function's."""
    return getattr(type(node), "untitled", type(node)) is Node



class Leaf:
    """The end of a gradient's way: a tensor that was made with requires_grad=True. Holds its `.grad`."""

    __slots__ = ("__weakref__", "dtype", "grad", "hooks", "id", "off", "shape", "tensor")
    op = None
    plan = None
    parents: tuple[Any, ...] = ()
    saved: tuple[Any, ...] = ()
    guards: tuple[Any, ...] = ()
    next_functions: tuple[Any, ...] = ()
    inputs: tuple[Any, ...] = ()
    statics: tuple[Any, ...] = ()
    scope = None
    site = None

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, tensor: Any) -> None:
        self.id = next_id()
        self.shape = shape
        self.dtype = dtype
        self.grad: Any = None
        self.hooks: Hooks | None = None
        self.off = False  # its tensor has stopped requiring grad
        self.tensor = tensor  # a weak reference: the graph keeps the leaf, not the tensor

    @property
    def variable(self) -> Any:
        """The tensor whose gradient is accumulated here, None when it is gone."""
        return self.tensor()

    def name(self) -> str:
        """PyTorch's name of this end."""
        return "torch::autograd::AccumulateGrad"

    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_inputs, grad_outputs)` once the gradient has arrived."""
        return Handle(hooks_of(self).after, _on_grads(hook))

    def register_prehook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_outputs)` before the gradient is accumulated."""
        return Handle(hooks_of(self).before, _on_outputs(hook))

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {hex(id(self))}>"


Leaf.__name__ = "AccumulateGrad"  # what type(node).__name__ says in PyTorch


class Output:
    """One differentiable output of a node that has several: passes its gradient on to slot `index` of `source`."""

    __slots__ = ("__weakref__", "dtype", "hooks", "id", "index", "shape", "source")
    op = None
    plan = None
    saved: tuple[Any, ...] = ()
    guards: tuple[Any, ...] = ()

    def __init__(self, source: Node, index: int, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.id = next_id()
        self.source = source
        self.index = index
        self.shape = shape
        self.dtype = dtype
        self.hooks: Hooks | None = None

    @property
    def parents(self) -> tuple[Node, ...]:
        """The node that made this output."""
        return (self.source,)

    def name(self) -> str:
        """The name of the node that made this output."""
        return self.source.name()

    def __repr__(self) -> str:
        return f"<output {self.index} of {self.source!r}>"


class Hooks:
    """Everything a user hung on a node: made on first use, for most nodes have none."""

    __slots__ = ("after", "before", "done", "notes", "retain", "value")

    def __init__(self) -> None:
        self.value: dict[int, Any] = {}  # on the gradient of the output tensor: hook(g) -> g or None
        self.before: dict[int, Any] = {}  # on the node, before its rules
        self.after: dict[int, Any] = {}  # on the node, after its rules
        self.done: dict[int, Any] = {}  # on a leaf, after its gradient was accumulated
        self.retain: Any = None  # the cell of a tensor that retains its gradient
        self.notes: dict[Any, Any] = {}


class Handle:
    """Returned by every `register_...`; `remove()` takes the hook away again. Usable as a context manager."""

    __slots__ = ("hooks", "key")

    def __init__(self, hooks: dict[int, Any], hook: Any, first: bool = False) -> None:
        self.key = next_id()
        self.hooks = hooks
        if first:
            rest = dict(hooks)
            hooks.clear()
            hooks[self.key] = hook
            hooks.update(rest)
        else:
            hooks[self.key] = hook

    @property
    def id(self) -> int:
        """The key of the hook in its dictionary."""
        return self.key

    def remove(self) -> None:
        """Take the hook away; harmless when it is gone already."""
        self.hooks.pop(self.key, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


Handle.__name__ = Handle.__qualname__ = "RemovableHandle"  # PyTorch's name


def hooks_of(node: Any) -> Hooks:
    """The hooks of a node or leaf, made on first use."""
    if node.hooks is None:
        node.hooks = Hooks()
    hooks: Hooks = node.hooks
    return hooks


class Region:
    """A gradient that is zero outside `array[index]`: kept as (index, values) until it meets a buffer.

    n reads of one tensor then cost the size of what was read, not n times the size of the tensor.
    """

    __slots__ = ("accumulate", "dtype", "index", "shape", "values")

    def __init__(self, values: np.ndarray, shape: tuple[int, ...], index: Any, accumulate: bool) -> None:
        self.values = values
        self.shape = shape
        self.dtype = values.dtype
        self.index = index
        self.accumulate = accumulate  # the index may name one place twice

    def add_into(self, buffer: np.ndarray) -> None:
        """buffer[index] += values."""
        if self.accumulate:
            add_at(buffer, self.index, self.values)
        else:
            buffer[self.index] += self.values

    def dense(self) -> np.ndarray:
        """The gradient as an ordinary array."""
        out = np.zeros(self.shape, self.dtype)
        if self.accumulate:
            add_at(out, self.index, self.values)
        else:
            out[self.index] = self.values
        return out
