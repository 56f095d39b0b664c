"""Adamax. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_betas, check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, new_step, scalar, sign_of, zeros_like

__all__ = ["Adamax"]


class Adamax(ByParameter):
    """p ← p − lr / (1 − β₁ᵗ) · m / u with m ← β₁ m + (1 − β₁) g and u ← max(β₂ u, |g| + eps): Adam in the infinity norm.

    Source: Kingma and Ba (2015), section 7.1.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_lr(lr)
        check_options(eps=(eps, eps >= 0.0, "epsilon value"), weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"))
        check_betas(betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        return scalar(group["lr"]), group["betas"], (sign_of(group), scalar(group["weight_decay"])), group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        lr, (beta1, beta2), first, eps = options
        state = self.state[p]
        if not state:
            state["step"] = new_step()
            state["exp_avg"], state["exp_inf"] = zeros_like(p), zeros_like(p)
        size = lr / (1 - beta1 ** advance(state))
        arrays = (p.array, g, state["exp_avg"].array, state["exp_inf"].array)
        return kernels.ADAMAX, arrays, (*first, size, 1 - beta1, beta2, eps)
