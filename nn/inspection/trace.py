"""One run of a model, watched: every call of a module with its outputs, and the work and memory of the operations in it.

Imports the thread's watch, Module and the generators. The model is left as it was: modes, hooks, buffers, random state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.graph import Watch, thread
from autograd_core.tensor.base import Tensor

from ..modules.module import Module
from ..training.resume import Random
from ..training.tree import leaves
from .work import multiply_adds

__all__ = ["Call", "Shapes", "traced"]

Shapes = list[tuple[int, ...]]


@dataclass
class Call:
    """One call of a module: its place in the model, what it gave, what its own operations cost (those of calls inside it not)."""

    path: str
    module: Module
    depth: int
    outputs: Shapes = field(default_factory=list)
    inside: list[Call] = field(default_factory=list)
    multiply_adds: int = 0
    activation_bytes: int = 0

    def walk(self) -> Iterator[Call]:
        """This call and all those inside it, in the order in which they began."""
        waiting = [self]
        while waiting:
            call = waiting.pop()
            yield call
            waiting.extend(reversed(call.inside))


class _Counter(Watch):
    """Adds the work and the new memory of every operation to the module call in which it runs."""

    def __init__(self, calls: dict[Any, Call]) -> None:
        self.calls = calls

    def forward(self, op: Any, bound: tuple[Any, ...], results: Any) -> None:
        call = self.calls.get(thread.context.scope)
        if call is None:
            return
        made = [r for r in (results if isinstance(results, (tuple, list)) else (results,)) if isinstance(r, Tensor)]
        given = [x.array for x in leaves(list(bound)) if isinstance(x, Tensor)]
        if made:
            call.multiply_adds += multiply_adds(op.name, bound, op.params, tuple(made[0].shape))
        # a view takes no memory; bounds that overlap are enough to tell it
        call.activation_bytes += sum(r.array.nbytes for r in made if not any(np.may_share_memory(r.array, x) for x in given))


class _Recorder:
    """The hooks on every module that note when a call begins and what it gave."""

    def __init__(self) -> None:
        self.calls: dict[Any, Call] = {}
        self.root: Call | None = None

    def before(self, module: Module, args: Any, kwargs: Any) -> None:
        scope = thread.context.scope
        outer = self.calls.get(scope.outer)
        call = Call(scope.path, module, 0 if outer is None else outer.depth + 1)
        self.calls[scope] = call
        if outer is None:
            self.root = call
        else:
            outer.inside.append(call)

    def after(self, module: Module, args: Any, kwargs: Any, output: Any) -> None:
        self.calls[thread.context.scope].outputs = shapes(output)


def shapes(output: Any) -> Shapes:
    """The shapes of all tensors in an output; of a packed sequence that of its data."""
    if hasattr(output, "batch_sizes"):
        output = output.data
    return [tuple(int(n) for n in leaf.shape) for leaf in leaves(output) if isinstance(leaf, Tensor)]


def traced(model: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    """Run the model once, in eval mode and without gradients: the call of the model with those inside it."""
    recorder = _Recorder()
    context = thread.context
    outer_watch, outer_scope = context.watch, context.scope
    with ExitStack() as stack:
        stack.enter_context(_unchanged(model))
        stack.enter_context(ag.no_grad())
        for module in model.modules():
            stack.enter_context(module.register_forward_pre_hook(recorder.before, with_kwargs=True))
            stack.enter_context(module.register_forward_hook(recorder.after, with_kwargs=True))
        model.eval()
        context.watch, context.scope = _Counter(recorder.calls), None
        try:
            model(*args, **kwargs)
        finally:
            context.watch, context.scope = outer_watch, outer_scope
    assert recorder.root is not None
    return recorder.root


@contextmanager
def _unchanged(model: Module) -> Iterator[None]:
    """Afterwards the modes, the buffers and the random states are those of before."""
    random = Random()
    states = random.state_dict()
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(module, name, tensor) for module in model.modules() for name, tensor in module._buffers.items() if tensor is not None]
    copies = [tensor.array.copy() for _, _, tensor in buffers]
    try:
        yield
    finally:
        random.load_state_dict(states)
        for module, mode in modes:
            module.training = mode
        for (module, name, tensor), values in zip(buffers, copies, strict=True):
            module._buffers[name] = tensor
            if tensor.array.tobytes() != values.tobytes():
                tensor.array[...] = values
