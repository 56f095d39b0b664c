"""The graph from the user's side: hooks on saved tensors, hooks on several gradients at once, edges into the graph.

Imports tensor and graph.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from .. import graph as _graph
from ..graph import Handle, Leaf, next_id, thread
from ..tensor.base import Tensor, node_of
from ..tensor.gradient import GradientEdge

__all__ = [
    "GradientEdge", "Node", "disable_saved_tensors_hooks", "get_gradient_edge", "increment_version", "register_multi_grad_hook",
    "save_on_cpu", "saved_tensors_hooks",
]  # fmt: skip

Node = _graph.Node | _graph.Leaf  # what grad_fn and next_functions hold; isinstance(fn, Node) works


class _Refused(threading.local):
    message: str | None = None


_refused = _Refused()


class saved_tensors_hooks:  # noqa: N801  PyTorch's name
    """While it is in force, every tensor that an operation saves for backward goes through `pack_hook(tensor)`, whose
    result is kept in its place; backward gets `unpack_hook(kept)`, which must be a tensor with the same values.

    >>> with saved_tensors_hooks(to_disk, from_disk):
    ...     loss = model(x).sum()

    Hooks do not nest: the innermost pair acts. Tensors given to the pack hook must not be changed in place.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if _refused.message is not None:
            raise RuntimeError(_refused.message)
        context = thread.context
        self._before = context.pack
        context.pack = (_guarded(self.pack_hook), self.unpack_hook)

    def __exit__(self, *error: object) -> None:
        thread.context.pack = self._before


def _guarded(pack: Callable[[Tensor], Any]) -> Callable[[Tensor], Any]:
    """The pack hook, with an error when it changes what it is given."""

    def guarded(t: Tensor) -> Any:
        kept = pack(t)
        if t._version:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified "
                "by in-place "
                "operations as this can lead to unexpected side-effects: let the hook work on tensor.clone()."
            )
        return kept

    return guarded


class save_on_cpu(saved_tensors_hooks):  # noqa: N801
    """Keeps saved tensors in main memory, where they are already: for programs that ask for it."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda t: t, lambda t: t)


class disable_saved_tensors_hooks:  # noqa: N801
    """While it is in force, entering saved_tensors_hooks raises RuntimeError(error_message). A decorator too."""

    def __init__(self, error_message: str) -> None:
        self.error_message = error_message

    def __enter__(self) -> None:
        if thread.context.pack is not None:
            raise RuntimeError(self.error_message)
        self._before = _refused.message
        _refused.message = self.error_message

    def __exit__(self, *error: object) -> None:
        _refused.message = self._before

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def inside(*args: Any, **kwargs: Any) -> Any:
            with disable_saved_tensors_hooks(self.error_message):
                return function(*args, **kwargs)

        return inside


class MultiHandle:
    """Removes the hooks of register_multi_grad_hook."""

    def __init__(self, handles: Sequence[Handle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        """Take the hooks away."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> MultiHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[..., None], *, mode: Literal["all", "any"] = "all") -> MultiHandle:
    """Call `fn` once in each backward: with the list of all gradients (None where none flowed) when mode is "all", as
    soon as the last has arrived; with the first that arrives when mode is "any". `fn` cannot change the gradients.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    for t in tensors:
        if node_of(t) is None:
            raise AssertionError(f"Expected gradient function to be set: a tensor of shape {list(t.shape)} does not require grad")
    return _all(tensors, fn) if mode == "all" else _any(tensors, fn)


class _Round:
    """What has arrived in the backward walk that runs now."""

    def __init__(self) -> None:
        self.ticket = 0
        self.grads: list[Tensor | None] = []
        self.missing = 0

    def begins(self) -> bool:
        """Whether this is the first call in a new walk."""
        around = thread.context.walk
        if around is None or around.ticket == self.ticket:
            return False
        self.ticket = around.ticket
        return True


def _all(tensors: Sequence[Tensor], fn: Callable[..., None]) -> MultiHandle:
    state = _Round()
    nodes = [node_of(t) for t in tensors]

    def hook_of(i: int) -> Callable[[Tensor], None]:
        def hook(g: Tensor) -> None:
            if state.begins():
                around = thread.context.walk
                state.grads = [None] * len(nodes)
                state.missing = sum(around is not None and around.reaches(n) for n in nodes)
            have = state.grads[i]
            state.grads[i] = g if have is None else have + g
            state.missing -= 1
            if state.missing == 0:
                fn(state.grads)

        return hook

    return MultiHandle([t.register_hook(hook_of(i)) for i, t in enumerate(tensors)])


def _any(tensors: Sequence[Tensor], fn: Callable[..., None]) -> MultiHandle:
    state = _Round()

    def hook(g: Tensor) -> None:
        if state.begins():
            fn(g)

    return MultiHandle([t.register_hook(hook) for t in tensors])


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Tell autograd that the memory of a tensor was changed behind its back, say through NumPy or a Numba kernel."""
    for t in (tensor,) if isinstance(tensor, Tensor) else tensor:
        if t._counter is None:
            raise RuntimeError("Inference tensors do not track version counter: its version cannot be incremented")
        t._counter[0] = next_id()
        t._counter[1] += 1
        t._counter[2] = "increment_version"


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The place in the graph where the gradient of a tensor is computed; autograd.grad() and backward() take it for the tensor."""
    node = node_of(tensor)
    if node is None:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    fn = node if type(node) is Leaf else tensor.grad_fn
    return GradientEdge(fn, getattr(node, "index", 0), node)
