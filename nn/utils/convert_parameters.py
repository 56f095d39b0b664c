"""All parameters as one vector, and back. Imports autograd_core's cat and Tensor."""

from __future__ import annotations

from collections.abc import Iterable

import autograd_core as ag
from autograd_core.tensor.base import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The parameters one after the other in one vector; gradients flow back to them."""
    vector: Tensor = ag.cat([p.view(-1) for p in parameters])
    return vector


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let each parameter take its part of the vector, sharing its memory. RuntimeError when the vector is too short."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected Tensor, but got: {type(vec).__name__}")
    start = 0
    for param in parameters:
        size = param.array.size
        if start + size > vec.array.size:
            raise RuntimeError(f"the vector of {vec.array.size} elements ends before a parameter of shape {list(param.shape)} at {start}")
        param.data = vec.detach()[start : start + size].view(param.shape)
        start += size
