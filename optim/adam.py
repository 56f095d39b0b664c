"""Adam and AdamW. Imports the base and the update rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .optimizer import ByParameter, Group, Params, advance, check_fused, check_lr, check_options, new_step, scalar, zeros_like

__all__ = ["Adam", "AdamW"]


class Adam(ByParameter):
    """p ← p − lr · m̂ / (√v̂ + eps) with bias-corrected running means m of the gradient and v of its square.

    `amsgrad` takes the largest v so far. `weight_decay` adds to the gradient, or with `decoupled_weight_decay` shrinks
    the parameters themselves. Source: Kingma and Ba (2015); Loshchilov and Hutter (2019) for the decoupling.
    """

    def __init__(
        self,
        params: Params,
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
        first, second = (scalar(b) for b in betas)
        check_options(
            eps=(eps, eps >= 0.0, "epsilon value"),
            first=(betas[0], 0.0 <= first < 1.0, "beta parameter at index 0"),
            second=(betas[1], 0.0 <= second < 1.0, "beta parameter at index 1"),
            weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"),
        )
        check_fused(foreach, fused)
        defaults = {
            "lr": lr,
            "betas": (first, second),
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
        lr, decay, keep = scalar(group["lr"]), scalar(group["weight_decay"]), 1.0
        if group["decoupled_weight_decay"]:
            keep, decay = 1 - lr * decay, 0.0
        return group["amsgrad"], lr, group["betas"], (-1.0 if group["maximize"] else 1.0, decay, keep), group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> None:
        amsgrad, lr, (beta1, beta2), first, eps = options
        state = self.state[p]
        if not state:
            state["step"] = new_step()
            state["exp_avg"], state["exp_avg_sq"] = zeros_like(p), zeros_like(p)
            if amsgrad:
                state["max_exp_avg_sq"] = zeros_like(p)
        step = advance(state)
        size, root = lr / (1 - beta1**step), (1 - beta2**step) ** 0.5
        numbers = (*first, size, 1 - beta1, beta2, 1 - beta2, root, eps)
        arrays = (p.array, g, state["exp_avg"].array, state["exp_avg_sq"].array)
        if amsgrad:
            kernels.update(kernels.amsgrad_loop, kernels.amsgrad_plain, (*arrays, state["max_exp_avg_sq"].array), numbers)
        else:
            kernels.update(kernels.adam_loop, kernels.adam_plain, arrays, numbers)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters instead of adding to the gradient. Source: Loshchilov and Hutter (2019)."""

    def __init__(
        self,
        params: Params,
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
