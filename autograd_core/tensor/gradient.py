"""backward() and grad(): what drains the engine's walk, and what picks from it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine import walk
from ..graph import Leaf, Node, Output, thread
from ..ops.join import stack
from .base import Tensor, node_of, wrap

Tensors = Tensor | Sequence[Tensor]


def lift(array: np.ndarray, source: Any) -> Tensor:
    """A saved array as a tensor that records: with the node it came from."""
    if source is None:
        return wrap(array)
    node, slot = source
    if slot is not None and type(node) is Node and type(node.shape) is tuple and node.shape and isinstance(node.shape[0], tuple):
        node = Output(node, slot, array.shape, array.dtype) if slot < len(node.shape) else None
    elif slot:
        node = None
    return wrap(array, node)


def seeds_of(tensors: Sequence[Tensor], grads: Sequence[Tensor | None], recording: bool) -> list[tuple[Any, Any]]:
    """(node, gradient) pairs from which the walk starts, checked."""
    if len(grads) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(grads)} gradients: give one gradient, or None, for each tensor")
    out = []
    for t, g in zip(tensors, grads, strict=True):
        if not isinstance(t, Tensor):
            raise TypeError(f"gradients are taken of Tensors: got {type(t).__name__}")
        node = node_of(t)
        if node is None:
            raise RuntimeError(
                "element 0 of tensors does not require grad and does not have a grad_fn: nothing it was made from has requires_grad=True, "
                "or it was made under no_grad()"
            )
        if g is None:
            if t.array.size != 1:
                raise RuntimeError(
                    f"grad can be implicitly created only for scalar outputs: this tensor has shape {list(t.shape)}. "
                    "Reduce it with .sum() or .mean(), or pass gradient= of the same shape."
                )
            if t.array.dtype.kind != "f":
                raise RuntimeError(f"grad can be created only for floating-point outputs: this one is {t.dtype}")
            g = wrap(np.ones(t.array.shape, t.array.dtype))
        elif not isinstance(g, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(g).__name__}")
        elif g.array.shape != t.array.shape:
            raise RuntimeError(f"Mismatch in shape: grad_output[0] has a shape of {g.shape} and output[0] has a shape of {t.shape}.")
        value: Any = g if recording else g.array
        if g.array.dtype != t.array.dtype:
            value = g.to(t.dtype) if recording else g.array.astype(t.array.dtype)  # type: ignore[attr-defined]
        out.append((node, value))
    return out


def sequence(tensors: Any) -> tuple[Any, ...]:
    """One tensor or several, as a tuple."""
    return (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)


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
    roots = sequence(tensors)
    given = [None] * len(roots) if grad_tensors is None else list(sequence(grad_tensors))
    wanted: dict[Any, Tensor] | None = None
    if inputs is not None:
        chosen = sequence(inputs)
        if not chosen:
            raise RuntimeError("'inputs' argument to backward() cannot be empty.")
        wanted = {_source(t): t for t in chosen}
    keep = create_graph if retain_graph is None else retain_graph
    context = thread.context
    before = context.grad
    context.grad = create_graph
    try:
        steps = walk(seeds_of(roots, given, create_graph), None if wanted is None else set(wanted), keep, lift if create_graph else None)
        for node, g, _ in steps:
            if type(node) is Leaf and (wanted is None or node in wanted):
                accumulate(node, g, create_graph)
            elif wanted is not None and node in wanted:
                t = wanted[node]
                t.grad = wrap(np.array(g)) if not isinstance(g, Tensor) else g
    finally:
        context.grad = before


def _source(t: Tensor) -> Any:
    node = node_of(t)
    if node is None:
        raise RuntimeError("One of the differentiated Tensors does not require grad: set requires_grad=True before computing with it")
    return node


# references to a gradient that nothing else holds: the walk's variable, ours, and getrefcount's own argument
_ALONE = 4
_PICKED = 3


def accumulate(leaf: Leaf, g: Any, recording: bool) -> None:
    """leaf.grad += g. The first gradient is taken as it is when nothing else holds its memory, else copied."""
    have = leaf.grad
    if recording:
        leaf.grad = g if have is None else have + g
    elif have is None:
        alone = g.base is None and sys.getrefcount(g) <= _ALONE and g.flags.c_contiguous and g.flags.writeable
        leaf.grad = wrap(g if alone else np.array(g))
    elif have._node is not None:
        leaf.grad = wrap(have.array + g)
    else:
        np.add(have.array, g, out=have.array)
        have._counter[0] += 1
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
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of `outputs` (weighted by `grad_outputs`) for each of `inputs`, without touching any `.grad`.

    RuntimeError when an input was not used, unless `allow_unused` (then None) or `materialize_grads` (then zeros).
    With `is_grads_batched` the first dimension of `grad_outputs` runs over several vectors.
    """
    outs, ins = sequence(outputs), sequence(inputs)
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.")
    given = [None] * len(outs) if grad_outputs is None else list(sequence(grad_outputs))
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        return _batched(outs, ins, given, keep, create_graph, allow_unused, materialize_grads)
    sources = [_source(t) for t in ins]
    found: dict[Any, Any] = {}
    context = thread.context
    before = context.grad
    context.grad = create_graph
    try:
        wanted = set(sources)
        for node, g, _ in walk(seeds_of(outs, given, create_graph), wanted, keep, lift if create_graph else None):
            if node in wanted:
                found[node] = g
    finally:
        context.grad = before
    results: list[Tensor | None] = []
    g = None
    for t, source in zip(ins, sources, strict=True):
        g = found.get(source)
        if g is None and materialize_grads:
            g = np.zeros(t.array.shape, t.array.dtype)
        if g is None and not allow_unused:
            raise RuntimeError(
                "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior: "
                f"the input of shape {list(t.shape)} does not lead to the outputs."
            )
        results.append(g if g is None or isinstance(g, Tensor) else wrap(g if g.flags.writeable and g.base is None and sys.getrefcount(g) <= _PICKED else np.array(g)))
    return tuple(results)


def _batched(outs: Any, ins: Any, given: Any, keep: bool, create_graph: bool, allow_unused: Any, materialize: bool) -> tuple[Tensor | None, ...]:
    rows = len(next(g for g in given if g is not None))
    each = [
        grad(outs, ins, [None if g is None else g[i] for g in given], True if i < rows - 1 else keep, create_graph, allow_unused, False, materialize)
        for i in range(rows)
    ]
    return tuple(None if column[0] is None else stack(list(column)) for column in zip(*each, strict=True))
