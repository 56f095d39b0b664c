"""Rprop. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_lr
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, new_step, scalar, sign_of, zeros_like

__all__ = ["Rprop"]


class Rprop(ByParameter):
    """p ← p − s · sign(g), each element with a step size s of its own: times etas[1] while its gradient keeps its sign, times
    etas[0], and no step, when it turns; s stays within step_sizes and begins at lr.

    Source: Riedmiller and Braun (1993).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}: the first must be in (0, 1), the second above 1")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        return scalar(group["lr"]), (sign_of(group), *group["etas"], *group["step_sizes"])

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        lr, numbers = options
        state = self.state[p]
        if not state:
            state["step"], state["prev"], state["step_size"] = new_step(), zeros_like(p), zeros_like(p)
            state["step_size"].array[...] = lr
        advance(state)
        return kernels.RPROP, (p.array, g, state["prev"].array, state["step_size"].array), numbers
