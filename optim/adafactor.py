"""Adafactor. Imports the base."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor, wrap

from .checks import check_lr
from .optimizer import Group, ParamsT
from .stepping import ByParameter, advance, new_step, scalar, sign_of, zeros_like

__all__ = ["Adafactor"]


class Adafactor(ByParameter):
    """p ← p − α U / max(1, rms(U) / d) with U = g / √v̂ and α = max(eps₂, rms(p)) · min(lr, 1 / √t).

    Of a matrix only the means R of g² over its rows and C over its columns are kept, v̂ = R C / mean(R); they decay by
    1 − t^beta2_decay. Weight decay shrinks p by lr · weight_decay. Source: Shazeer and Stern (2018), algorithms 4 and 5.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        check_lr(lr, "Learning rate should be >= 0 but is: {}")
        ranges = {
            "beta2_decay should be <= 0": (beta2_decay, beta2_decay <= 0.0),
            "epsilon1 should be >= 0": (eps[0], eps[0] is None or eps[0] >= 0.0),
            "epsilon2 should be >= 0": (eps[1], eps[1] >= 0.0),
            "Clipping threshold d should be >= 1": (d, d >= 1.0),
            "weight_decay should be >= 0": (weight_decay, weight_decay >= 0.0),
        }
        for what, (value, fine) in ranges.items():
            if not fine:
                raise ValueError(f"{what} but is: {value}")
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _options(self, group: Group) -> Any:
        return {**group, "lr": scalar(group["lr"]), "sign": sign_of(group)}

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> None:
        lr, (eps1, eps2), values = options["lr"], options["eps"], p.array
        state = self.state[p]
        if not state:
            self._begin(state, p)
        step = advance(state)
        share = step ** options["beta2_decay"]
        if eps1 is None:
            eps1 = float(np.finfo(values.dtype).eps)
        alpha = max(eps2, _rms(values)) * min(lr, 1 / step**0.5)
        if options["weight_decay"]:
            values *= 1 - lr * options["weight_decay"]
        update = g / np.sqrt(np.maximum(_variance(state, g, share, eps1), eps1 * eps1))
        update *= options["sign"] * alpha / max(1.0, _rms(update) / options["d"])
        values -= update

    def _begin(self, state: dict[str, Any], p: Tensor) -> None:
        state["step"] = new_step()
        if p.array.ndim > 1:
            *batch, rows, columns = p.array.shape
            state["row_var"] = wrap(np.zeros((*batch, rows, 1), p.array.dtype))
            state["col_var"] = wrap(np.zeros((*batch, 1, columns), p.array.dtype))
        else:
            state["variance"] = zeros_like(p)


def _rms(x: np.ndarray) -> float:
    """√mean(x²)."""
    return float(np.sqrt(np.vdot(x, x) / x.size)) if x.size else 0.0


def _mean(x: np.ndarray, axis: int) -> np.ndarray:
    """The mean along an axis, which is kept; of nothing without a warning."""
    out: np.ndarray = np.add.reduce(x, axis=axis, keepdims=True) / x.shape[axis]
    return out


def _variance(state: dict[str, Any], g: np.ndarray, share: float, least: float) -> np.ndarray:
    """The running mean of g², for a matrix as the product of those of its rows and columns."""
    square = g * g
    mean: np.ndarray
    if g.ndim < 2:
        mean = state["variance"].array
        mean[...] = mean + share * (square - mean)
        return mean
    row, column = state["row_var"].array, state["col_var"].array
    row += share * (_mean(square, -1) - row)
    column += share * (_mean(square, -2) - column)
    mean = (row @ column) / np.maximum(_mean(row, -2), least)
    return mean
