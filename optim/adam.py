"""Adam and AdamW. Imports the base and the update rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_betas, check_fused, check_lr, check_options, check_tensor_lr
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, begin_moments, scalar, shrinking, sign_of, zeros_like

__all__ = ["Adam", "AdamW"]


class Adam(ByParameter):
    """p ← p − lr · m̂ / (√v̂ + eps) with bias-corrected running means m of the gradient and v of its square.

    `amsgrad` takes the largest v so far. `weight_decay` adds to the gradient, or with `decoupled_weight_decay` shrinks
    the parameters themselves. Source: Kingma and Ba (2015); Loshchilov and Hutter (2019) for the decoupling.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_lr(lr)
        check_tensor_lr(lr, foreach, capturable)
        check_options(eps=(eps, eps >= 0.0, "epsilon value"), weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"))
        numbers = check_betas(betas)
        if not (all(isinstance(beta, float) for beta in betas) or all(isinstance(beta, Tensor) for beta in betas)):
            raise ValueError(f"betas must be either both floats or both Tensors, but got {betas}")
        check_fused(foreach, fused)
        defaults = {
            "lr": lr,
            "betas": numbers,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        return group["amsgrad"], scalar(group["lr"]), group["betas"], (sign_of(group), *shrinking(group), 0.0), group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        amsgrad, lr, (beta1, beta2), first, eps = options
        state = self.state[p]
        if not state:
            begin_moments(state, p)
            if amsgrad:
                state["max_exp_avg_sq"] = zeros_like(p)
        step = advance(state)
        size, root = lr / (1 - beta1**step), (1 - beta2**step) ** 0.5
        numbers = (*first, size, 1 - beta1, beta2, 1 - beta2, root, eps)
        arrays = (p.array, g, state["exp_avg"].array, state["exp_avg_sq"].array)
        if amsgrad:
            return kernels.AMSGRAD, (*arrays, state["max_exp_avg_sq"].array), numbers
        return kernels.ADAM, arrays, numbers


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters instead of adding to the gradient. Source: Loshchilov and Hutter (2019)."""

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True
