"""NAdam. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_betas, check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, begin_moments, new_scalar, new_step, scalar, scalar_of, shrinking, sign_of

__all__ = ["NAdam"]


class NAdam(ByParameter):
    """p ← p − lr · (μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ) g / (1 − μ₁⋯μₜ)) / (√v̂ + eps): Adam with Nesterov's look ahead.

    The momentum grows as μₜ = β₁ (1 − 0.96^(t · momentum_decay) / 2); m and v are Adam's running means. Source: Dozat (2016).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_options(
            eps=(eps, eps >= 0.0, "epsilon value"),
            weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"),
            momentum_decay=(momentum_decay, momentum_decay >= 0.0, "momentum_decay value"),
        )
        check_betas(betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        return scalar(group["lr"]), group["betas"], group["momentum_decay"], (sign_of(group), *shrinking(group)), group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        lr, (beta1, beta2), decay, first, eps = options
        state = self.state[p]
        if not state:
            state["step"], state["mu_product"] = new_step(), new_scalar(1.0)
            begin_moments(state, p)
        step = advance(state)
        mu, following = (beta1 * (1 - 0.5 * 0.96 ** (t * decay)) for t in (step, step + 1))
        product = scalar_of(state, "mu_product")
        product *= mu
        so_far = float(product)
        now, size = lr * (1 - mu) / (1 - so_far), lr * following / (1 - so_far * following)
        root = (1 - beta2**step) ** 0.5
        arrays = (p.array, g, state["exp_avg"].array, state["exp_avg_sq"].array)
        return kernels.ADAM, arrays, (*first, now, size, 1 - beta1, beta2, 1 - beta2, root, eps)
