"""RMSprop. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, new_step, scalar, sign_of, zeros_like

__all__ = ["RMSprop"]


class RMSprop(ByParameter):
    """p ← p − lr · g / (√s + eps) with the running mean s of the squared gradient; `centered` takes the variance instead.

    With momentum the steps are summed up as in SGD. Source: Hinton, lecture 6e (2012); Graves (2013) for the centring.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_options(
            eps=(eps, eps >= 0.0, "epsilon value"),
            momentum=(momentum, momentum >= 0.0, "momentum value"),
            weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"),
            alpha=(alpha, alpha >= 0.0, "alpha value"),
        )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        centered, momentum, alpha = group["centered"], group["momentum"], group["alpha"]
        sign = sign_of(group)
        numbers = (sign, scalar(group["weight_decay"]), scalar(group["lr"]), alpha, 1 - alpha, group["eps"], float(centered), momentum)
        return centered, momentum, numbers

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        centered, momentum, numbers = options
        state = self.state[p]
        if not state:
            state["step"] = new_step()
            state["square_avg"] = zeros_like(p)
            if momentum > 0:
                state["momentum_buffer"] = zeros_like(p)
            if centered:
                state["grad_avg"] = zeros_like(p)
        advance(state)
        square = state["square_avg"].array
        # the rule does not touch the arrays that it is not asked for: any array of the right shape stands in
        mean = state["grad_avg"].array if centered else square
        buffer = state["momentum_buffer"].array if momentum > 0 else square
        return kernels.RMSPROP, (p.array, g, square, mean, buffer), numbers
