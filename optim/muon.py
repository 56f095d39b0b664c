"""Muon. Imports the base."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor

from .checks import check_lr
from .optimizer import Group, ParamsT
from .stepping import ByParameter, scalar, zeros_like

__all__ = ["Muon"]


_ADJUSTMENTS = (None, "original", "match_rms_adamw")


class Muon(ByParameter):
    """p ← (1 − lr · weight_decay) p − lr · a · O for matrices, with O the nearest orthogonal matrix to the running mean of the gradient.

    m ← momentum · m + (1 − momentum) g, `nesterov` looks one step ahead; O comes from ns_steps Newton-Schulz iterations
    X ← aX + b(XXᵀ)X + c(XXᵀ)²X with the ns_coefficients a, b, c. The step's size is adjusted to the shape (A, B) by
    √max(1, A/B), or with "match_rms_adamw" by 0.2 √max(A, B). Source: Jordan et al. (2024); Liu et al. (2025) for the latter.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        check_lr(lr, "Learning rate should be >= 0 but is: {}")
        for name, value in (("momentum", momentum), ("weight decay", weight_decay)):
            if not value >= 0.0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn not in _ADJUSTMENTS:
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported: take one of {_ADJUSTMENTS}")
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                if p.array.ndim != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {p.size()}. Give the others to AdamW."
                    )

    def _options(self, group: Group) -> Group:
        return group

    def _update(self, options: Any, p: Tensor, g: np.ndarray) -> None:
        state, momentum, lr = self.state[p], options["momentum"], scalar(options["lr"])
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = zeros_like(p)
        mean = state["momentum_buffer"].array
        mean += (1 - momentum) * (g - mean)
        update = g + momentum * (mean - g) if options["nesterov"] else mean
        update = _orthogonal(update, options["ns_coefficients"], options["ns_steps"], options["eps"])
        A, B = g.shape
        adjusted = 0.2 * max(A, B) ** 0.5 if options["adjust_lr_fn"] == "match_rms_adamw" else max(1, A / B) ** 0.5
        p.array *= 1 - lr * options["weight_decay"]
        p.array -= (lr * adjusted) * update


def _rounded(x: np.ndarray) -> np.ndarray:
    """float32 rounded to the nearest bfloat16, ties to even: PyTorch iterates in bfloat16, and so do we, to follow its steps."""
    bits = x.view(np.uint32)
    kept = (bits + (np.uint32(0x7FFF) + ((bits >> 16) & 1))) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(x), x, kept.view(np.float32))


def _orthogonal(g: np.ndarray, coefficients: tuple[float, float, float], steps: int, eps: float) -> np.ndarray:
    """U Vᵀ of g = U S Vᵀ, roughly: the Newton-Schulz iteration drives every singular value to about 1."""
    if steps >= 100:
        raise ValueError(f"Number of steps must be less than 100 for computational efficiency, but ns_steps is {steps}")
    if len(coefficients) != 3:
        raise ValueError(f"Coefficients must be a tuple of exactly 3 values, but ns_coefficients is {coefficients}")
    a, b, c = coefficients
    x = _rounded(np.ascontiguousarray(g, np.float32))
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = np.ascontiguousarray(x.T)
    norm = _rounded(np.sqrt(np.add.reduce(x * x, axis=None, dtype=np.float64, keepdims=True)).astype(np.float32))
    x = _rounded(x / np.maximum(norm, _rounded(np.full((1, 1), eps, np.float32))))
    for _ in range(steps):
        gram = _rounded(x @ x.T)
        poly = _rounded(np.float32(b) * gram + np.float32(c) * (gram @ gram))
        x = _rounded(np.float32(a) * x + poly @ x)
    return x.T if tall else x
