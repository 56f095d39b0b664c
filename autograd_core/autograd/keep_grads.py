"""keep_all_grads: every intermediate tensor keeps its gradient, to be looked at. Imports graph and tensor."""

from __future__ import annotations

from typing import Any

from ..graph import Leaf, Watch, hooks_of, thread
from ..tensor.base import Tensor, node_of

__all__ = ["keep_all_grads"]


class _Keeper(Watch):
    """Asks every result for its gradient."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def forward(self, op: Any, bound: tuple[Any, ...], results: Any) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.forward(op, bound, results)
        for t in (results,) if isinstance(results, Tensor) else results:
            if isinstance(t, Tensor) and t.requires_grad:
                t.retain_grad()

    def moved(self, result: Tensor, x: Tensor) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.moved(result, x)
        node = node_of(x)
        if node is not None and type(node) is not Leaf:
            hooks_of(node).retain = None  # it was asked for on behalf of `result`, which is gone
            x.retain_grad()

    def begin(self, roots: tuple[Any, ...]) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.begin(roots)

    def backward(self, node: Any, g: Any, grads: tuple[Any, ...]) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.backward(node, g, grads)


class keep_all_grads:  # noqa: N801  a context manager, named as the other modes are
    """Within it every tensor that is computed keeps its gradient: as if retain_grad() were called on each.

    >>> with keep_all_grads():
    ...     hidden = layer(x)
    ...     loss = hidden.pow(2).sum()
    >>> loss.backward()
    >>> hidden.grad
    """

    def __enter__(self) -> None:
        self._before = thread.context.watch
        thread.context.watch = _Keeper(self._before)

    def __exit__(self, *error: object) -> None:
        thread.context.watch = self._before
