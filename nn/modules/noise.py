"""Noise on the input as a regulariser. Imports Module and the random numbers."""

from __future__ import annotations

from typing import Any

import autograd_core as ag

from .module import Module

__all__ = ["GaussianNoise"]


class GaussianNoise(Module):
    """Adds normal noise of deviation `std` to each element in training, nothing otherwise. ValueError for a negative std.

    The gradient passes unchanged. Source: Bishop (1995), training with noise.
    """

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        if not std >= 0:
            raise ValueError(f"std has to be at least 0, but got {std}")
        self.std = std

    def forward(self, input: Any) -> Any:
        """The input with noise in training, itself otherwise."""
        if not self.training or self.std == 0:
            return input
        return input + ag.randn_like(input) * self.std

    def extra_repr(self) -> str:
        """The arguments."""
        return f"std={self.std}"
