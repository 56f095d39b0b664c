"""Max pooling of windows whose steps are drawn at random, about 1 / output_ratio long. Imports Module and the functional ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import functional as F
from .module import Module
from .sizes import ntuple

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d"]

Ratio = float | Sequence[float]
Size = int | Sequence[int]


class _FractionalMaxPool(Module):
    rank: int

    def __init__(
        self,
        kernel_size: Size,
        output_size: Size | None = None,
        output_ratio: Ratio | None = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> None:
        super().__init__()
        name, rank = type(self).__name__, self.rank
        self.kernel_size = ntuple(kernel_size, rank)
        if rank == 3 and any(k <= 0 for k in self.kernel_size):
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else ntuple(output_size, rank)
        self.output_ratio = None if output_ratio is None else ntuple(output_ratio, rank)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio: give output_size or output_ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def _kept(self) -> tuple[Any, ...]:
        return self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples


class FractionalMaxPool2d(_FractionalMaxPool):
    """(N, C, H, W) to (N, C, *output_size), or to output_ratio of it, by random windows. Source: Graham (2014)."""

    rank = 2

    def forward(self, input: Any) -> Any:
        """The maxima, and where they were if `return_indices`."""
        return F.fractional_max_pool2d(input, *self._kept())


class FractionalMaxPool3d(_FractionalMaxPool):
    """(N, C, D, H, W) to (N, C, *output_size), or to output_ratio of it, by random windows. Source: Graham (2014)."""

    rank = 3

    def forward(self, input: Any) -> Any:
        """The maxima, and where they were if `return_indices`."""
        return F.fractional_max_pool3d(input, *self._kept())
