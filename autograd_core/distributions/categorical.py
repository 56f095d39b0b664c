"""The categorical distribution. Imports the base of distributions and the random numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

from ..autograd.grad_mode import enable_grad, no_grad
from ..dtypes import finfo
from ..tensor.base import Tensor
from ..tensor.create import arange, full
from ..tensor.random import multinomial
from .distribution import ANY_REAL, SIMPLEX, Distribution, joined


class Categorical(Distribution):
    """p(k) = probs[k], or softmax(logits)[k]; the last dimension runs over the classes. ValueError unless one of the two is given."""

    has_enumerate_support = True
    parameters = {"probs": SIMPLEX, "logits": ANY_REAL}

    def __init__(self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        given: Tensor = probs if logits is None else logits  # type: ignore[assignment]
        if given.dim() < 1:
            raise ValueError(f"`{'probs' if logits is None else 'logits'}` parameter must be at least one-dimensional, got a single number")
        if logits is None:
            self.probs = given / given.sum(-1, keepdim=True)
        else:
            self.logits = given - given.logsumexp(-1, keepdim=True)
        self._classes = count = given.shape[-1]
        self.support = (f"an integer from 0 to {count - 1}", lambda a: (a % 1 == 0) & (a >= 0) & (a < count))
        super().__init__(given.shape[:-1], validate_args=validate_args)

    @cached_property
    def logits(self) -> Tensor:
        """log probs, kept finite."""
        eps = finfo(self.probs.dtype).eps
        with enable_grad():
            return self.probs.clamp(eps, 1 - eps).log()

    @cached_property
    def probs(self) -> Tensor:
        """softmax(logits)."""
        with enable_grad():  # sample() may be the first to ask
            return self.logits.softmax(-1)

    @property
    def param_shape(self) -> tuple[int, ...]:
        """The shape of probs."""
        return (self.probs if "probs" in self.__dict__ else self.logits).shape

    @property
    def mean(self) -> Tensor:
        """NaN: classes have no mean."""
        return full(self.batch_shape, math.nan, dtype=self.probs.dtype)

    variance = mean

    @property
    def mode(self) -> Tensor:
        """The most probable class."""
        return self.probs.argmax(-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Classes drawn with their probabilities, int64."""
        with no_grad():
            drawn = multinomial(self.probs.reshape(-1, self._classes), math.prod(sample_shape), True)
            return drawn.T.reshape(self._shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """log probs[value]."""
        place = self._valid(value).long().unsqueeze(-1)
        shape = joined(place.shape[:-1], self.batch_shape)
        return self.logits.expand((*shape, self._classes)).gather(-1, place.expand((*shape, 1))).squeeze(-1)

    def entropy(self) -> Tensor:
        """−Σ probs · log probs."""
        return -(self.logits.clamp(min=finfo(self.logits.dtype).min) * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Every class, along a new first dimension."""
        values = arange(self._classes).reshape((-1,) + (1,) * len(self.batch_shape))
        return values.expand((-1, *self.batch_shape)) if expand else values
