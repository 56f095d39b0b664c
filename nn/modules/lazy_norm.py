"""Batch and instance normalisations that take num_features from their first input. Imports those and the lazy mixin."""

from __future__ import annotations

from typing import Any

import autograd_core as ag

from ..parameter import UninitializedBuffer, UninitializedParameter
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .lazy import LazyModuleMixin

__all__ = ["LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d", "LazyInstanceNorm1d", "LazyInstanceNorm2d", "LazyInstanceNorm3d"]


class _LazyNorm(LazyModuleMixin):
    """Weights and running statistics without a shape until the first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=bias)
        own: Any = self
        own.affine, own.track_running_stats = affine, track_running_stats
        made = {"device": device, "dtype": dtype}
        if affine:
            own.weight = UninitializedParameter(**made)
            if bias:
                own.bias = UninitializedParameter(**made)
        if track_running_stats:
            own.running_mean, own.running_var = UninitializedBuffer(**made), UninitializedBuffer(**made)
            own.num_batches_tracked = ag.tensor(0, dtype=ag.int64)

    def reset_parameters(self) -> None:
        """Start anew, once there is anything to start."""
        own: Any = self
        if not own.has_uninitialized_params() and own.num_features != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any) -> None:
        """Take num_features from the second dimension of the input."""
        own: Any = self
        if own.has_uninitialized_params():
            own.num_features = input.shape[1]
            for value in (*own._parameters.values(), own.running_mean, own.running_var):
                if value is not None:
                    value.materialize((own.num_features,))
            self.reset_parameters()


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A BatchNorm1d that takes num_features from the first input it sees, and is a BatchNorm1d from then on."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A BatchNorm2d that takes num_features from the first input it sees, and is a BatchNorm2d from then on."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A BatchNorm3d that takes num_features from the first input it sees, and is a BatchNorm3d from then on."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """An InstanceNorm1d that takes num_features from the first input it sees, and is an InstanceNorm1d from then on."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """An InstanceNorm2d that takes num_features from the first input it sees, and is an InstanceNorm2d from then on."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """An InstanceNorm3d that takes num_features from the first input it sees, and is an InstanceNorm3d from then on."""

    cls_to_become = InstanceNorm3d
