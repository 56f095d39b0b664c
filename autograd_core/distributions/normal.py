"""The normal distribution. Imports the base of distributions, the random numbers and erf."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..autograd.grad_mode import no_grad
from ..tensor.base import Tensor
from ..tensor.create import empty
from ..tensor.random import normal
from .distribution import ANY_REAL, POSITIVE, Distribution, broadcast

LOG_ROOT_2PI = math.log(math.sqrt(2 * math.pi))


class Normal(Distribution):
    """p(x) = exp(−(x − loc)² / (2 scale²)) / (scale √(2π))."""

    has_rsample = True
    parameters = {"loc": ANY_REAL, "scale": POSITIVE}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """loc."""
        return self.loc

    mode = mean

    @property
    def stddev(self) -> Tensor:
        """scale."""
        return self.scale

    @property
    def variance(self) -> Tensor:
        """scale²."""
        return self.scale.pow(2)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Values drawn without a gradient."""
        shape = self._shape(sample_shape)
        with no_grad():
            return normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """loc + scale · ε with ε of the standard normal distribution."""
        noise = empty(self._shape(sample_shape), dtype=self.loc.dtype).normal_()
        return self.loc + noise * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        """−(x − loc)² / (2 scale²) − log scale − log √(2π)."""
        return -((self._valid(value) - self.loc) ** 2) / (2 * self.scale**2) - self.scale.log() - LOG_ROOT_2PI

    def cdf(self, value: Tensor) -> Tensor:
        """(1 + erf((x − loc) / (scale √2))) / 2."""
        return 0.5 * (1 + ((self._valid(value) - self.loc) * self.scale.reciprocal() / math.sqrt(2)).erf())

    def icdf(self, value: Tensor) -> Tensor:
        """The x at which the cdf has this value."""
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)

    def entropy(self) -> Tensor:
        """½ + log √(2π) + log scale."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()
