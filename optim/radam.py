"""RAdam. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_betas, check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, begin_moments, scalar, shrinking, sign_of

__all__ = ["RAdam"]


class RAdam(ByParameter):
    """p ← p − lr · r · m̂ / (√v + eps) · √(1 − β₂ᵗ), Adam with its variance rectified by r; p ← p − lr · m̂ in the first steps.

    ρ∞ = 2 / (1 − β₂) − 1 and ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ) measure how many gradients v has averaged; from ρ > 5 on
    r² = (ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ). Source: Liu et al. (2020).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_options(eps=(eps, eps >= 0.0, "epsilon value"), weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"))
        check_betas(betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        return scalar(group["lr"]), group["betas"], (sign_of(group), *shrinking(group), 0.0), group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        lr, (beta1, beta2), first, eps = options
        state = self.state[p]
        if not state:
            begin_moments(state, p)
        step = advance(state)
        size, root = lr / (1 - beta1**step), 0.0  # the rule's root 0: no division by √v
        left, most = 1 - beta2**step, 2 / (1 - beta2) - 1
        averaged = most - 2 * step * beta2**step / left
        if averaged > 5:
            rectified = (averaged - 4) * (averaged - 2) * most / ((most - 4) * (most - 2) * averaged)
            size, root = size * (rectified * left) ** 0.5, 1.0
        arrays = (p.array, g, state["exp_avg"].array, state["exp_avg_sq"].array)
        return kernels.ADAM, arrays, (*first, size, 1 - beta1, beta2, 1 - beta2, root, eps)
