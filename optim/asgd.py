"""ASGD. Imports the base and the update rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from . import kernels
from .checks import check_lr, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, new_scalar, new_step, scalar, scalar_of, sign_of, zeros_like

__all__ = ["ASGD"]


class ASGD(ByParameter):
    """p ← (1 − lambd · η) p − η g with η = lr / (1 + lambd · lr · t)^alpha; state "ax" holds the average of p since step t0.

    Source: Polyak and Juditsky (1992).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_lr(lr)
        check_options(weight_decay=(weight_decay, weight_decay >= 0.0, "weight_decay value"))
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> tuple[Any, ...]:
        return scalar(group["lr"]), group["lambd"], group["alpha"], group["t0"], (sign_of(group), scalar(group["weight_decay"]))

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> kernels.Job:
        lr, lambd, alpha, t0, first = options
        state = self.state[p]
        if not state:
            state["step"], state["eta"], state["mu"] = new_step(), new_scalar(lr), new_scalar(1.0)
            state["ax"] = zeros_like(p)
        step, eta, mu = advance(state), scalar_of(state, "eta"), scalar_of(state, "mu")
        numbers = (*first, 1 - lambd * float(eta), float(eta), float(mu))
        # rounded to the default type first, also where a loaded state holds wider numbers
        eta[...] = new_scalar(lr / (1 + lambd * lr * step) ** alpha).array
        mu[...] = new_scalar(1 / max(1, step - t0)).array
        return kernels.ASGD, (p.array, g, state["ax"].array), numbers
