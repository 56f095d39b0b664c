"""The uniform distribution on an interval. Imports the base of distributions and the random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor.base import Tensor
from ..tensor.random import rand
from .distribution import ANY_REAL, Distribution, broadcast


class Uniform(Distribution):
    """p(x) = 1 / (high − low) for low ≤ x < high."""

    has_rsample = True
    parameters = {"low": ANY_REAL, "high": ANY_REAL}

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)
        if self._validate_args and not (self.low < self.high).all():
            raise ValueError("Uniform is not defined when low >= high: every low must be smaller than its high")
        bounds = self.low.detach().numpy(), self.high.detach().numpy()
        self.support = (f"between low={bounds[0].tolist()} and high={bounds[1].tolist()}", lambda a: (a >= bounds[0]) & (a <= bounds[1]))

    @property
    def mean(self) -> Tensor:
        """(low + high) / 2."""
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Tensor:
        """NaN: every value is as likely."""
        return self.high * float("nan")

    @property
    def variance(self) -> Tensor:
        """(high − low)² / 12."""
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """low + u (high − low) with u uniform on [0, 1)."""
        return self.low + rand(self._shape(sample_shape), dtype=self.low.dtype) * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        """−log(high − low), −inf outside."""
        x = self._valid(value)
        inside = self.low.le(x).type_as(self.low) * self.high.gt(x).type_as(self.low)
        return inside.log() - (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        """(x − low) / (high − low), clamped to [0, 1]."""
        return ((self._valid(value) - self.low) / (self.high - self.low)).clamp(0, 1)

    def entropy(self) -> Tensor:
        """log(high − low)."""
        return (self.high - self.low).log()
