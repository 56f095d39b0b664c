"""Changes in place, tracked as in PyTorch: version counters shared by views, history moved on, views and bases kept true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import dtypes
from ..frames import user_mark
from ..graph import Leaf, Node, is_plain, next_id, thread
from ..op import Composed, Declared, Op
from ..ops.pointwise import cast
from .base import Tensor, chain_of, move_retained, node_of, replay, wrap
from .overlap import may_write, opened, refuse_overlap

LEAF = (
    "a leaf Variable that requires grad is being used in an in-place operation: {name} on a leaf of shape {shape}. "
    "Use the out-of-place form, or change it under autograd_core.no_grad()."
)
INFERENCE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed: {name} on a tensor of shape {shape} that was made under "
    "inference_mode(). You can make a clone to get a normal tensor before doing inplace update."
)
LEAF_VIEW = (
    "a view of a leaf Variable that requires grad is being used in an in-place operation: {name}. "
    "Use it under no_grad(), or clone() the leaf."
)


def check(x: Tensor, name: str) -> Any:
    """The node of x if the change must be recorded, else None. RuntimeError where a leaf would lose its gradient."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{name}(): argument 'self' must be Tensor, not {type(x).__name__}")
    if not x.array.flags.writeable:
        may_write(x, name)
    context = thread.context
    if x._counter is None and not context.inference:
        raise RuntimeError(INFERENCE.format(name=name, shape=list(x.shape)))
    node = node_of(x)
    if not context.grad:
        return None
    if type(node) is Leaf:
        raise RuntimeError(LEAF.format(name=name, shape=list(x.shape)))
    if x._view is not None and type(chain_of(x)[0]._node) is Leaf:
        raise RuntimeError(LEAF_VIEW.format(name=name))
    return node


def bump(x: Tensor, name: str) -> None:
    """Count a change in place, and remember what made it and where."""
    if x._counter is not None:
        _note(x._counter, name, user_mark())


def bump_all(xs: Iterable[Tensor], name: str) -> None:
    """`bump` of tensors that one call changes: where it was made takes longer to find than to note."""
    mark = user_mark()
    for x in xs:
        if x._counter is not None:
            _note(x._counter, name, mark)


def _note(version: list[Any], name: str, mark: Any) -> None:
    version[0] = next_id()
    version[1] += 1
    version[2] = name
    version[3] = mark


def adopt(x: Tensor, result: Tensor, name: str) -> Tensor:
    """Let x, in its own memory, become `result`: its values and its history."""
    if result.array.shape != x.array.shape:
        raise RuntimeError(
            f"output with shape {list(x.shape)} doesn't match the broadcast shape {list(result.shape)}: {name} cannot change the "
            "shape of its "
            "tensor; use the out-of-place form"
        )
    have, made = x.array.dtype, result.array.dtype
    if dtypes.category_of(made) > dtypes.category_of(have):
        raise RuntimeError(
            f"result type {dtypes.OF_NUMPY[made].suffix} can't be cast to the desired output type {dtypes.OF_NUMPY[have].suffix}: "
            f"{name} would lose it; convert the tensor first"
        )
    node = result._node
    if is_plain(node):
        unshare(node, x)
    with np.errstate(all="ignore"):
        np.copyto(opened(x.array), result.array, casting="unsafe")
    bump(x, name)
    context = thread.context
    if context.grad:
        if node is not None and made != have:
            node = _cast_node(node, have)
        rebase(x, node)
    if context.watch is not None:
        context.watch.moved(result, x)
    return x


def _cast_node(node: Any, kind: np.dtype) -> Node:
    return Node(cast, cast.plan((True,)), (node,), (node.dtype,), (), node.shape, kind)


def unshare(node: Node, x: Tensor) -> None:
    """Copy what the new node saved of x's memory, which is about to change."""
    saved = node.saved
    if type(saved) is not tuple or not saved:
        return
    kept, guards = list(saved), list(node.guards)
    for i, value in enumerate(kept):
        if isinstance(value, np.ndarray) and i < len(guards) and guards[i] is x._counter and guards[i] is not None:
            kept[i] = value.copy()
            guards[i] = None
    node.saved, node.guards = tuple(kept), tuple(guards)


class ViewAssign:
    """The op that stands in a base's history where one of its views was changed."""

    name = "view_assign"
    label = "{x} with a part replaced by {y}"
    backward_name = "CopySlices"
    family = "inplace"
    static_names = ("chain",)
    params = ("x", "y")
    inputs = ("x", "y")
    formula = "∂x = g outside the part, 0 inside\n∂y = the part of g"

    def __call__(self, node: Node, g: Any, lift: Any) -> tuple[Any, Any]:
        chain = node.statics[0]
        if lift is None:
            rest = g.copy()
            part = rest
            for op, statics in chain:
                part = op.run((part, *statics))
            inside = part.copy()
            part[...] = 0
            return rest, inside
        rest = g.clone()
        part = rest
        inside = g
        for op, statics in chain:
            part, inside = op(part, *statics), op(inside, *statics)
        part.zero_()
        return rest, inside


VIEW_ASSIGN = ViewAssign()


def rebase(x: Tensor, node: Any) -> None:
    """Give x a new node; when x is a view, its base gets a history in which that part was replaced."""
    old = x._node
    if x._view is None:
        x._node = node
        move_retained(old, node)
        return
    base, chain = chain_of(x)
    if node is not None or base._node is not None:
        base._node = Node(VIEW_ASSIGN, VIEW_ASSIGN, (base._node, node), (), (), base.array.shape, base.array.dtype, None, (chain,))
        x._node = replay(base._node, base.array, chain)
        move_retained(old, x._node)
    x._view = (*x._view[:3], x._counter[0])


def twin(entry: Declared) -> Callable[..., Tensor]:
    """The in-place method of an op: `name_`."""
    name = entry.name + "_"
    ufunc = getattr(entry.fn, "ufunc", entry.fn)
    direct = entry.fn if isinstance(entry, Op) and isinstance(ufunc, np.ufunc) else getattr(entry, "direct", None)

    def method(x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        node = check(x, name)
        if direct is not None and node is None and not kwargs and thread.context.watch is None and _plain(x, args):
            others = [a.array if isinstance(a, Tensor) else a for a in args]
            bump(x, name)
            made = direct(x.array, *others, out=x.array)
            if made is not x.array:  # a kernel in the place of a NumPy function may leave `out` alone
                x.array[...] = made
            return x
        refuse_overlap(x, (*args, *kwargs.values()), name)
        shadow = x
        if isinstance(entry, Composed) and node is not None:
            shadow = wrap(x.array.copy(), node)  # what its ops save must outlive the change
        result = entry(shadow, *args, **kwargs)
        return adopt(x, result if isinstance(result, Tensor) else result[0], name)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = f"`{entry.name}` in place."
    return method


def _plain(x: Tensor, args: tuple[Any, ...]) -> bool:
    """Whether NumPy may write the result straight into x: equal types, no history, no growth."""
    kind = x.array.dtype
    if kind.kind != "f":
        return False
    for a in args:
        if isinstance(a, Tensor):
            if a.array.dtype != kind or (node_of(a) is not None and thread.context.grad):
                return False
            if a._counter is x._counter and a is not x:
                return False
            if a.array.shape != x.array.shape and a.array.ndim:
                return False
        elif type(a) not in (float, int):
            return False
    return True


def view_twin(entry: Declared) -> Callable[..., Tensor]:
    """The in-place method of a view op, `unsqueeze_`: the tensor takes another shape over the same memory."""
    name = entry.name + "_"

    def method(x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        check(x, name)
        before = wrap(x.array, x._node, x._counter)
        before._view = x._view
        after = entry(before, *args, **kwargs)
        x.array = after.array
        leaf = x._node
        if type(leaf) is Leaf:  # under no_grad: the leaf stays what it is, in its new shape
            leaf.shape = x.array.shape
        else:
            x._node, x._view = after._node, after._view
        bump(x, name)
        if x._view is not None:
            x._view = (*x._view[:3], x._counter[0])
        return x

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = f"`{entry.name}` in place: another shape over the same memory."
    return method
