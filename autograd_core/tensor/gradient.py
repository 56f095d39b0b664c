"""backward() and grad(): what drains the engine's walk, and what picks from it."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine import walk
from ..graph import Leaf, Output, is_plain, next_id, thread
from ..ops.join import stack
from ..ops.pointwise import cast
from ..ops.shape import clone
from ..quiet import hush, quiet, unhush
from .base import Tensor, node_of, wrap

CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient, which can keep memory until "
    "the garbage collector runs: use autograd.grad when creating the graph, or set .grad to None after use."
)


class GradientEdge(NamedTuple):
    """Where in the graph the gradient of a tensor is computed: a node and which of its outputs."""

    node: Any
    output_nr: int
    ownership_token: Any = None  # the node's Output, when it has several


Tensors = Tensor | GradientEdge | Sequence[Tensor | GradientEdge]


def lift(array: np.ndarray, source: Any) -> Tensor:
    """A saved array as a tensor that records: with the node it came from."""
    if source is None:
        return wrap(array)
    node, slot = source
    if slot is not None and is_plain(node) and type(node.shape) is tuple and node.shape and isinstance(node.shape[0], tuple):
        node = Output(node, slot, array.shape, array.dtype) if slot < len(node.shape) else None
    elif slot:
        node = None
    return wrap(array, node)


def _place(t: Any) -> tuple[Any, tuple[int, ...], np.dtype]:
    """(node, shape, dtype) of a tensor or an edge."""
    if isinstance(t, Tensor):
        return node_of(t), t.array.shape, t.array.dtype
    if isinstance(t, GradientEdge):
        node = t.node if t.ownership_token is None else t.ownership_token
        return node, node.shape, node.dtype
    raise TypeError(f"gradients are taken of Tensors: got {type(t).__name__}")


def seeds_of(tensors: Sequence[Any], grads: Sequence[Tensor | None], recording: bool) -> list[tuple[Any, Any]]:
    """(node, gradient) pairs from which the walk starts, checked."""
    if len(grads) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(grads)} gradients: give one gradient, or None, for each tensor")
    if len(tensors) == 1:
        t, g = tensors[0], grads[0]
        if type(t) is Tensor is type(g):
            node, have, want = node_of(t), g.array, t.array
            if node is not None and have.dtype is want.dtype and have.shape == want.shape:  # nothing to check further
                return [(node, g if recording else have)]
    return [_seed(i, *_place(t), g, recording) for i, (t, g) in enumerate(zip(tensors, grads, strict=True))]


def _seed(i: int, node: Any, shape: tuple[int, ...], kind: np.dtype, g: Any, recording: bool) -> tuple[Any, Any]:
    if node is None:
        raise RuntimeError(
            f"element {i} of tensors does not require grad and does not have a grad_fn: nothing it was made from has requires_grad=True, "
            "or it was made under no_grad()"
        )
    if g is None:
        if math.prod(shape) != 1:
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs: this tensor has shape {list(shape)}. "
                "Reduce it with .sum() or .mean(), or pass gradient= of the same shape."
            )
        g = wrap(np.ones(shape, kind))
    elif not isinstance(g, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(g).__name__}")
    elif g.array.shape != shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {list(g.shape)} and output[{i}] has a shape of {list(shape)}: "
            "give a gradient of the output's own shape"
        )
    if recording:
        return node, g if g.array.dtype == kind else cast(g, kind)
    return node, g.array if g.array.dtype == kind else g.array.astype(kind)


def sequence(tensors: Any) -> tuple[Any, ...]:
    """One tensor or several, as a tuple."""
    if isinstance(tensors, (Tensor, GradientEdge)):
        return (tensors,)
    if not isinstance(tensors, Iterable):
        raise TypeError(f"gradients are taken of a Tensor or a sequence of Tensors: got {type(tensors).__name__} {tensors!r:.40}")
    return tuple(tensors)


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Accumulate into the leaves' `.grad` the gradient of the sum of `tensors`, weighted by `grad_tensors`.

    `retain_graph` keeps what the graph saved, for another backward; `create_graph` records the gradients
    themselves; `inputs` restricts the accumulation to those tensors. RuntimeError for a non-scalar without gradient.
    """
    if create_graph:
        warnings.warn(CYCLE, UserWarning, stacklevel=3)
    roots = sequence(tensors)
    given = [None] * len(roots) if grad_tensors is None else list(sequence(grad_tensors))
    wanted: set[Any] | None = None
    if inputs is not None:
        chosen = sequence(inputs)
        if not chosen:
            raise RuntimeError("'inputs' argument to backward() cannot be empty: leave it out, or give the tensors whose .grad is wanted")
        wanted = {_source(t) for t in chosen}
        for t in chosen:
            if isinstance(t, Tensor):
                t.retain_grad()  # of a non-leaf the walk itself keeps the gradient; of a leaf it is accumulated
    keep = create_graph if retain_graph is None else retain_graph
    context = thread.context
    if context.watch is not None:
        context.watch.begin(roots)
    before = context.grad, context.partial
    context.grad, context.partial = create_graph, wanted is not None
    token = hush()  # a rule's overflow or 0/0 is a value, not a warning, as in PyTorch
    try:
        _fill_leaves(seeds_of(roots, given, create_graph), wanted, keep, create_graph)
    finally:
        unhush(token)
        context.grad, context.partial = before


def _fill_leaves(seeds: Any, wanted: set[Any] | None, keep: bool, recording: bool) -> None:
    """Drain the walk into the leaves."""
    for node, g, _ in walk(seeds, wanted, keep, lift if recording else None):
        if type(node) is Leaf and (wanted is None or node in wanted):
            accumulate(node, g, recording)
        node = g = _ = None  # the walk must be the only one that holds a gradient


@quiet
def _pick(seeds: Any, wanted: set[Any], keep: bool, recording: bool) -> dict[Any, Any]:
    """Drain the walk, and keep the gradients that are asked for."""
    found = {}
    for node, g, _ in walk(seeds, wanted, keep, lift if recording else None, ends=False):
        if node in wanted:
            found[node] = g
        node = g = _ = None
    return found


def _source(t: Any) -> Any:
    node = _place(t)[0]
    if node is None:
        raise RuntimeError("One of the differentiated Tensors does not require grad: set requires_grad=True before computing with it")
    return node


# references to a gradient that nothing else holds: the walk's variable, ours, and getrefcount's own argument
_ALONE = 4
_OWN = 0x401  # C order and writeable, as bits of flags.num: each flag by its name is 0.05 µs
_PICKED = 3


def _settled(g: np.ndarray) -> np.ndarray:
    """A gradient that grad() may hand out, when others may hold its memory: a copy, of one of each where it repeats along a dimension."""
    base = g.base
    if type(base) is np.ndarray and base.base is None and base.flags.owndata and sys.getrefcount(base) <= _PICKED:
        return g  # a view of memory that nobody else knows
    if 0 not in g.strides or not g.size:
        return np.array(g)
    return np.broadcast_to(g[tuple(slice(None) if step else slice(1) for step in g.strides)].copy(), g.shape)


def accumulate(leaf: Leaf, g: Any, recording: bool) -> None:
    """leaf.grad += g. The first gradient is taken as it is when nothing else holds its memory, else copied."""
    have = leaf.grad
    if leaf.off:
        return
    if recording:
        leaf.grad = clone(g) if have is None else have + g
    elif have is None:
        alone = g.base is None and sys.getrefcount(g) <= _ALONE and g.flags.num & _OWN == _OWN
        leaf.grad = wrap(g if alone else np.array(g))
    elif have._node is not None or not have.array.flags.writeable:
        leaf.grad = wrap(have.array + g)
    else:
        np.add(have.array, g, out=have.array)
        have._counter[0] = next_id()
        have._counter[1] += 1
        have._counter[2] = "backward"
    if leaf.hooks is not None and leaf.hooks.done:
        tensor = leaf.tensor()
        for hook in list(leaf.hooks.done.values()):
            hook(tensor)


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of `outputs` (weighted by `grad_outputs`) for each of `inputs`, without touching any `.grad`.

    RuntimeError when an input was not used, unless `allow_unused` (then None) or `materialize_grads` (then zeros).
    With `is_grads_batched` the first dimension of `grad_outputs` runs over several vectors. `only_inputs` is always so.
    """
    outs, ins = sequence(outputs), sequence(inputs)
    if not only_inputs:
        warnings.warn("only_inputs=False has no effect: use autograd.backward() to accumulate into .grad", FutureWarning, stacklevel=2)
    if not ins:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty: give the tensors whose gradients are wanted")
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.")
    given = [None] * len(outs) if grad_outputs is None else list(sequence(grad_outputs))
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        return _batched(outs, ins, given, keep, create_graph, allow_unused, materialize_grads)
    sources = [_source(t) for t in ins]
    context = thread.context
    if context.watch is not None:
        context.watch.begin(outs)
    before = context.grad, context.partial
    context.grad, context.partial = create_graph, True
    try:
        found = _pick(seeds_of(outs, given, create_graph), set(sources), keep, create_graph)
    finally:
        context.grad, context.partial = before
    results: list[Tensor | None] = []
    seen = {id(g) for g in given}
    known = {id(t.array): t for t in given if type(t) is Tensor}
    for t, source in zip(ins, sources, strict=True):
        g = found.get(source)
        _, shape, kind = _place(t)
        if g is None and materialize_grads:
            g = np.zeros(shape, kind)
        if g is None and not allow_unused:
            raise RuntimeError(
                "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is "
                "the desired behavior: "
                f"the input of shape {list(shape)} does not lead to the outputs."
            )
        if isinstance(g, Tensor):
            g = clone(g) if id(g) in seen else g
            seen.add(id(g))
        elif g is not None:
            same = known.pop(id(g), None)  # a gradient that passes through unchanged is the tensor given, as in PyTorch; once
            if same is not None:
                results.append(same)
                continue
            g = wrap(g if g.flags.writeable and g.base is None and sys.getrefcount(g) <= _PICKED else _settled(g))
        results.append(g)
    return tuple(results)


def _batched(
    outs: Any, ins: Any, given: Any, keep: bool, create_graph: bool, allow_unused: Any, materialize: bool
) -> tuple[Tensor | None, ...]:
    rows = len(next(g for g in given if g is not None))
    each = [
        grad(
            outs,
            ins,
            [None if g is None else g[i] for g in given],
            True if i < rows - 1 else keep,
            create_graph,
            allow_unused=allow_unused,
            materialize_grads=materialize,
        )
        for i in range(rows)
    ]
    return tuple(None if column[0] is None else stack(list(column)) for column in zip(*each, strict=True))
