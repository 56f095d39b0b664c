"""The distribution of a coin. Imports the base of distributions, the random numbers and the cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..autograd.grad_mode import enable_grad, no_grad
from ..dtypes import finfo
from ..ops.loss_binary import binary_cross_entropy_with_logits
from ..tensor.base import Tensor
from ..tensor.create import arange
from ..tensor.random import bernoulli
from .distribution import ANY_REAL, BOOLEAN, UNIT, Distribution, broadcast


class Bernoulli(Distribution):
    """p(1) = probs = sigmoid(logits), p(0) = 1 − probs. ValueError unless one of the two is given."""

    has_enumerate_support = True
    parameters = {"probs": UNIT, "logits": ANY_REAL}
    support = BOOLEAN

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        if logits is None:
            (self.probs,) = broadcast(probs)
        else:
            (self.logits,) = broadcast(logits)
        super().__init__((self.probs if logits is None else self.logits).shape, validate_args=validate_args)

    @cached_property
    def logits(self) -> Tensor:
        """log(probs / (1 − probs)), kept finite."""
        eps = finfo(self.probs.dtype).eps
        with enable_grad():
            p = self.probs.clamp(eps, 1 - eps)
            return p.log() - (-p).log1p()

    @cached_property
    def probs(self) -> Tensor:
        """sigmoid(logits)."""
        with enable_grad():  # sample() may be the first to ask
            return self.logits.sigmoid()

    @property
    def mean(self) -> Tensor:
        """probs."""
        return self.probs

    @property
    def variance(self) -> Tensor:
        """probs (1 − probs)."""
        return self.probs * (1 - self.probs)

    @property
    def mode(self) -> Tensor:
        """1 where probs > ½, 0 where it is less, NaN between."""
        out = (self.probs >= 0.5).to(self.probs.dtype)
        out[self.probs == 0.5] = float("nan")
        return out

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Zeros and ones, in the type of the parameter."""
        with no_grad():
            return bernoulli(self.probs.expand(self._shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """value · log probs + (1 − value) · log(1 − probs)."""
        logits, x = broadcast(self.logits, self._valid(value))
        cost: Tensor = binary_cross_entropy_with_logits(logits, x, None, None, "none")
        return -cost

    def entropy(self) -> Tensor:
        """−Σ p log p over the two outcomes."""
        cost: Tensor = binary_cross_entropy_with_logits(self.logits, self.probs, None, None, "none")
        return cost

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """0 and 1, along a new first dimension."""
        values = arange(2, dtype=self.probs.dtype).reshape((-1,) + (1,) * len(self.batch_shape))
        return values.expand((-1, *self.batch_shape)) if expand else values
