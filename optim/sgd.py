"""Stochastic gradient descent. Imports the base and the update rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_fused, check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, scalar, sign_of, zeros_like

__all__ = ["SGD"]


class SGD(ByParameter):
    """p ← p − lr · v with v = g, or with momentum v ← momentum · v + (1 − dampening) · g, where g is the gradient plus weight_decay · p.

    Nesterov's form takes g + momentum · v. `maximize` climbs; `foreach` and `fused` are accepted and change nothing.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_options(
            momentum=(momentum, momentum >= 0.0, "momentum value"),
            weight_decay=(weight_decay, float(weight_decay) >= 0.0, "weight_decay value"),
        )
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        check_fused(foreach, fused)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        sign = sign_of(group)
        momentum = float(group["momentum"])
        ahead = momentum if group["nesterov"] else 0.0
        return (sign, scalar(group["weight_decay"]), scalar(group["lr"])), momentum, 1.0 - group["dampening"], ahead

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        numbers, momentum, fresh, ahead = options
        if momentum == 0:
            return kernels.SGD, (p.array, g), numbers
        state = self.state[p]
        buffer = state.get("momentum_buffer")
        if buffer is None:  # the first step takes the gradient as it is, without dampening
            buffer = state["momentum_buffer"] = zeros_like(p)
            fresh, momentum = 1.0, 0.0
        return kernels.MOMENTUM, (p.array, g, buffer.array), (*numbers, momentum, fresh, ahead)
