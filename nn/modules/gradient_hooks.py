"""Full backward hooks in the graph: one node in front of a module's inputs and one behind its outputs.

Both pass gradients on unchanged and tell the hooks. Imports the graph and Tensor.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_core.graph import Node, Output, thread
from autograd_core.tensor.base import Tensor, node_of, wrap

Hook = Callable[..., Any]
Grads = tuple[Any, ...]


class _Passage:
    """The op of a node that passes gradients through `tell(grads) -> grads`."""

    name = "module_hook"
    label = "{x}"
    backward_name = "BackwardHookFunctionBackward"
    family = "hooks"
    params = inputs = ("x",)
    static_names = ()
    formula = "∂x = g"


_PASSAGE = _Passage()


def _pass_through(tensors: Sequence[Tensor], tell: Callable[[Grads], Grads]) -> list[Tensor]:
    """The tensors again, behind one node that runs `tell` on the gradients of all of them when they have arrived."""

    def plan(node: Node, g: Any, lift: Any) -> Grads:
        several = type(g) is list
        grads = tuple(None if part is None else part if isinstance(part, Tensor) else wrap(part) for part in (g if several else (g,)))
        told = tell(grads)
        return tuple(None if part is None else part.array if lift is None and isinstance(part, Tensor) else part for part in told)

    nodes = tuple(node_of(t) for t in tensors)
    first = tensors[0].array
    node = Node(_PASSAGE, plan, nodes, (), (), first.shape, first.dtype, thread.context.scope)
    if len(tensors) == 1:
        return [wrap(first, node, tensors[0]._counter)]
    several: Any = node  # of several outputs a node holds the shapes and the types
    several.shape = tuple(t.array.shape for t in tensors)
    several.dtype = tuple(t.array.dtype for t in tensors)
    return [wrap(t.array, Output(node, i, t.array.shape, t.array.dtype), t._counter) for i, t in enumerate(tensors)]


class GradientHooks:
    """The full backward hooks of one call of a module."""

    def __init__(self, module: Any, hooks: list[Hook], pre_hooks: list[Hook]) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_outputs: Grads | None = None
        self.inputs_at: list[int] | None = None
        self.input_kinds: list[Any] = []  # (shape, dtype) of each argument that is a tensor, else None
        self.output_count = 0

    def inputs(self, args: Grads) -> Grads:
        """The arguments, those that need gradients behind the node that runs the hooks."""
        self.input_kinds = [(a.array.shape, a.array.dtype) if isinstance(a, Tensor) else None for a in args]
        passed, self.inputs_at = self._place(args, self._inputs_reached)
        return passed

    def outputs(self, result: Any) -> Any:
        """The result, its tensors behind the node that notes their gradients and runs the pre-hooks."""
        single = not isinstance(result, tuple)
        values = (result,) if single else result
        self.output_count = len(values)
        places: list[int] = []

        def tell(grads: Grads) -> Grads:
            return self._outputs_reached(places, grads)

        passed, found = self._place(values, tell)
        places += found or []
        if single:
            return passed[0]
        return passed if type(result) is tuple else type(result)(*passed)

    def _place(self, values: Grads, tell: Callable[[Grads], Grads]) -> tuple[Grads, list[int] | None]:
        places = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
        if not places or not thread.context.grad:
            return values, None
        out = list(values)
        for i, t in zip(places, _pass_through([values[i] for i in places], tell), strict=True):
            out[i] = t
        return tuple(out), places

    def _outputs_reached(self, places: list[int], grads: Grads) -> Grads:
        spread = _spread(grads, places, self.output_count)
        for hook in self.pre_hooks:
            changed = hook(self.module, spread)
            if changed is not None:
                changed = changed if isinstance(changed, tuple) else (changed,)
                if len(changed) != len(spread):
                    raise RuntimeError(
                        f"Backward pre hook returned an invalid number of grad_output, got {len(changed)}, but expected {len(spread)}"
                    )
                spread = changed
        self.grad_outputs = spread
        if self.inputs_at is None:
            self._without_inputs()
        return tuple(spread[i] for i in places)

    def _without_inputs(self) -> None:
        """No input needs a gradient: the hooks run now, and there is nothing for them to change."""
        if self.hooks:
            warnings.warn(
                f"Full backward hook of {type(self.module).__name__} is firing when gradients are computed with respect to module outputs "
                "since no "
                "inputs require gradients: grad_input is None.",
                stacklevel=8,
            )
        for hook in self.hooks:
            changed = hook(self.module, (None,) * len(self.input_kinds), self.grad_outputs)
            if changed is not None and not (isinstance(changed, tuple) and all(part is None for part in changed)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for all gradients."
                )
        self.grad_outputs = None

    def _inputs_reached(self, grads: Grads) -> Grads:
        if self.grad_outputs is None:  # the gradient came by another way than through the outputs
            return grads
        assert self.inputs_at is not None
        known = _spread(grads, self.inputs_at, len(self.input_kinds))
        spread = tuple(wrap(np.zeros(*k)) if g is None and k is not None else g for g, k in zip(known, self.input_kinds, strict=True))
        for hook in self.hooks:
            changed = hook(self.module, spread, self.grad_outputs)
            if changed is not None:
                changed = changed if isinstance(changed, tuple) else (changed,)
                if len(changed) != len(spread):
                    raise RuntimeError(
                        f"Backward hook returned an invalid number of grad_input, got {len(changed)}, but expected {len(spread)}"
                    )
                spread = changed
        self.grad_outputs = None
        return tuple(spread[i] for i in self.inputs_at)


def _spread(grads: Grads, places: list[int], count: int) -> Grads:
    out: list[Any] = [None] * count
    for i, g in zip(places, grads, strict=True):
        out[i] = g
    return tuple(out)


def hook_last_node(module: Any, hook: Hook, result: Any) -> None:
    """The older kind of backward hook: it runs on the node of the (first) output, whatever the module did before it."""
    while not isinstance(result, Tensor):
        result = next(v for v in result.values() if isinstance(v, Tensor)) if isinstance(result, dict) else result[0]
    node = result.grad_fn
    if node is None:
        return

    def tell(grads: Grads, g: Grads) -> Any:
        changed = hook(module, tuple(map(_tensor, grads)), tuple(map(_tensor, g)))
        if changed is None:
            return None
        changed = changed if isinstance(changed, tuple) else (changed,)
        return tuple(c.array if isinstance(c, Tensor) and not isinstance(old, Tensor) else c for c, old in zip(changed, grads, strict=True))

    node.register_hook(tell)


def _tensor(value: Any) -> Any:
    if value is None or isinstance(value, Tensor):
        return value
    return wrap(value.dense() if hasattr(value, "dense") else value)
