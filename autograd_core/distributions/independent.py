"""Batches read as events. Imports the base of distributions."""

from __future__ import annotations

from collections.abc import Sequence

from ..tensor.base import Tensor
from .distribution import Distribution


class Independent(Distribution):
    """The last dimensions of a batch as one event: their log probabilities add up. ValueError when there are not so many."""

    def __init__(self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None) -> None:
        n, batch = reinterpreted_batch_ndims, base_distribution.batch_shape
        if n > len(batch):
            raise ValueError(
                f"Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), but got {n} > {len(batch)} "
                f"(batch_shape {list(batch)})"
            )
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, n
        cut = len(batch) - n
        self.has_rsample = base_distribution.has_rsample
        super().__init__(batch[:cut], (*batch[cut:], *base_distribution.event_shape), validate_args)

    def expand(self, batch_shape: Sequence[int]) -> Independent:
        """The same distributions, repeated without copies to a larger batch."""
        inner = self.base_dist.batch_shape[len(self.batch_shape) :]
        return Independent(self.base_dist.expand((*batch_shape, *inner)), self.reinterpreted_batch_ndims, validate_args=False)

    @property
    def mean(self) -> Tensor:
        """The base's."""
        return self.base_dist.mean  # type: ignore[attr-defined, no-any-return]

    @property
    def mode(self) -> Tensor:
        """The base's."""
        return self.base_dist.mode  # type: ignore[attr-defined, no-any-return]

    @property
    def variance(self) -> Tensor:
        """The base's."""
        return self.base_dist.variance

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """The base's draws."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """The base's draws, differentiable."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """Σ log_prob of the base over the event."""
        return self._added(self.base_dist.log_prob(value))

    def entropy(self) -> Tensor:
        """Σ entropy of the base over the event."""
        return self._added(self.base_dist.entropy())

    def _added(self, values: Tensor) -> Tensor:
        n = self.reinterpreted_batch_ndims
        return values.sum(tuple(range(-n, 0))) if n else values

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"
