"""ByParameter, the base of optimizers that treat one parameter after the other, and what their steps share.

Imports the base, the kernels and the graph's context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_core import dtypes
from autograd_core.graph import thread
from autograd_core.tensor.base import Tensor, wrap

from . import kernels
from .optimizer import Group, Optimizer, State

__all__ = [
    "ByParameter", "advance", "begin_moments", "new_scalar", "new_step", "scalar", "scalar_of", "shrinking", "sign_of", "unrecorded", "zeros_like",
]  # fmt: skip


@contextmanager
def unrecorded(grad: bool = False) -> Iterator[None]:
    """Compute without recording, or with (`grad=True`) for a closure inside."""
    context = thread.context
    before, context.grad = context.grad, grad
    try:
        yield
    finally:
        context.grad = before


class ByParameter(Optimizer):
    """An optimizer whose step treats one parameter after the other, by `_update`."""

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters by their gradients; `closure` computes the loss anew, its value is returned."""
        context = thread.context
        before = context.grad
        loss = None
        try:
            if closure is not None:
                context.grad = True
                loss = closure()
            context.grad = False
            with np.errstate(all="ignore"):
                changed, jobs = self._changes()
                kernels.run(jobs)
            self._note(changed)
        finally:
            context.grad = before
        return loss

    def _changes(self) -> tuple[list[Tensor], list[kernels.Job]]:
        """The parameters that have a gradient, and what is left to run for them."""
        changed, jobs = [], []
        for group in self.param_groups:
            options = self._options(group)
            for p in group["params"]:
                cell = p._cell
                if cell is not None and cell.grad is not None:
                    job = self._update(options, p, cell.grad.array)
                    if job is not None:
                        jobs.append(job)
                    changed.append(p)
        return changed, jobs

    def _options(self, group: Group) -> Any:
        """What `_update` needs of a group, worked out once per step."""
        raise NotImplementedError

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job | None:
        """Bring the state of one parameter up to date and say which rule changes it; or change it here and return None."""
        raise NotImplementedError


def scalar(value: Any) -> float:
    """An option that may be a number or a tensor of one element."""
    return float(value)


def new_scalar(value: float) -> Tensor:
    """A number of the state, a 0-d tensor as in PyTorch."""
    kind = np.float64 if dtypes.get_default_dtype().numpy == np.float64 else np.float32
    return wrap(np.array(value, kind))


def new_step() -> Tensor:
    """A step count of 0."""
    return new_scalar(0.0)


def scalar_of(state: State, key: str) -> np.ndarray:
    """A number of the state as its 0-d array; a state saved when PyTorch kept plain numbers has its number converted."""
    value = state[key]
    if not isinstance(value, Tensor):
        value = state[key] = new_scalar(float(value))
    return value.array


def advance(state: State) -> float:
    """One more step: the new count."""
    step = scalar_of(state, "step")
    step += 1
    return float(step)


def zeros_like(p: Tensor) -> Tensor:
    """Zeros in the layout of a parameter."""
    return wrap(np.zeros_like(p.array))


def begin_moments(state: State, p: Tensor) -> None:
    """The state of Adam's family before the first step: running means of the gradient and of its square, both 0."""
    state["step"] = new_step()
    state["exp_avg"], state["exp_avg_sq"] = zeros_like(p), zeros_like(p)


def sign_of(group: Group) -> float:
    """What the gradient is multiplied by: −1 to maximize."""
    return -1.0 if group["maximize"] else 1.0


def shrinking(group: Group) -> tuple[float, float]:
    """(decay, keep): the weight decay that is added to the gradient, and the factor that a decoupled one puts before the parameters."""
    decay = scalar(group["weight_decay"])
    return (0.0, 1 - scalar(group["lr"]) * decay) if group["decoupled_weight_decay"] else (decay, 1.0)
