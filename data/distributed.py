"""DistributedSampler under the name of torch.utils.data.distributed. Imports the sibling module on samplers."""

from __future__ import annotations

from .sampler import DistributedSampler

__all__ = ["DistributedSampler"]
