"""Adagrad. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor, wrap

from . import kernels
from .checks import check_fused, check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, new_step, scalar, sign_of

__all__ = ["Adagrad"]


class Adagrad(ByParameter):
    """p ← p − lr / (1 + steps · lr_decay) · g / (√s + eps) with the sum s of squared gradients. Source: Duchi et al. (2011)."""

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_options(
            lr_decay=(lr_decay, lr_decay >= 0.0, "lr_decay value"),
            weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"),
            initial=(initial_accumulator_value, initial_accumulator_value >= 0.0, "initial_accumulator_value value"),
            eps=(eps, eps >= 0.0, "epsilon value"),
        )
        check_fused(foreach, fused)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                self._begin(group, p)

    def _begin(self, group: Group, p: Tensor) -> None:
        self.state[p] = {"step": new_step(), "sum": wrap(np.full_like(p.array, group["initial_accumulator_value"]))}

    def _options(self, group: Group) -> tuple[Any, ...]:
        sign = sign_of(group)
        return group, (sign, scalar(group["weight_decay"])), scalar(group["lr"]), group["lr_decay"], group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        group, first, lr, lr_decay, eps = options
        if not self.state[p]:
            self._begin(group, p)
        state = self.state[p]
        step = advance(state)
        numbers = (*first, lr / (1 + (step - 1) * lr_decay), eps)
        return kernels.ADAGRAD, (p.array, g, state["sum"].array), numbers
