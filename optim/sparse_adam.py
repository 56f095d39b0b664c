"""SparseAdam. Imports the base."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from .checks import check_betas, check_options
from .optimizer import Group, ParamsT
from .stepping import ByParameter, scalar, sign_of, zeros_like

__all__ = ["SparseAdam"]


class SparseAdam(ByParameter):
    """Adam that leaves the rows without a gradient alone, their running means too: for tables of which a batch uses few rows.

    Gradients are dense here: a row (an index of the first dimension) takes part when any of its gradients is not 0. In
    PyTorch a sparse gradient says which rows do, even where it is 0. Source: Kingma and Ba (2015).
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        check_options(lr=(lr, float(lr) > 0.0, "learning rate"), eps=(eps, eps > 0.0, "epsilon value"))
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def _options(self, group: Group) -> tuple[Any, ...]:
        return scalar(group["lr"]), group["betas"], sign_of(group), group["eps"]

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> None:
        lr, (beta1, beta2), sign, eps = options
        state = self.state[p]
        if not state:
            state["step"] = 0
            state["exp_avg"], state["exp_avg_sq"] = zeros_like(p), zeros_like(p)
        state["step"] += 1
        step = state["step"]
        whole, g, mean, square = (np.atleast_1d(a) for a in (p.array, g, state["exp_avg"].array, state["exp_avg_sq"].array))
        rows = np.flatnonzero(g.reshape(len(g), -1).any(axis=1)) if g.size else np.arange(0)
        grad = sign * g[rows]
        m, s = mean[rows], square[rows]
        m += (1 - beta1) * (grad - m)
        s += (1 - beta2) * (grad * grad - s)
        mean[rows], square[rows] = m, s
        size = lr * (1 - beta2**step) ** 0.5 / (1 - beta1**step)
        whole[rows] -= size * (m / (np.sqrt(s) + eps))
