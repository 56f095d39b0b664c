"""Adadelta. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, new_step, scalar, sign_of, zeros_like

__all__ = ["Adadelta"]


class Adadelta(ByParameter):
    """p ← p − lr · √(d + eps) / √(s + eps) · g with running means s of the squared gradient and d of the squared step.

    Source: Zeiler (2012).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_options(
            rho=(rho, 0.0 <= rho <= 1.0, "rho value"),
            eps=(eps, eps >= 0.0, "epsilon value"),
            weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"),
        )
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[float, ...]:
        sign, rho = sign_of(group), group["rho"]
        return sign, scalar(group["weight_decay"]), scalar(group["lr"]), rho, 1 - rho, group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        state = self.state[p]
        if not state:
            state["step"] = new_step()
            state["square_avg"], state["acc_delta"] = zeros_like(p), zeros_like(p)
        advance(state)
        arrays = (p.array, g, state["square_avg"].array, state["acc_delta"].array)
        return kernels.ADADELTA, arrays, options
