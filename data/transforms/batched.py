"""Whole batches through a transform at once, for the transforms where that gives the same bits as one image after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_core as ag

from .composition import Compose
from .conversion import Normalize, ToTensor
from .pixels import channel_constants, scale_bytes

BatchTransform = Callable[[np.ndarray], np.ndarray]


def _flat(transform: Any) -> list[Any]:
    if type(transform) is Compose:
        return [step for part in transform.transforms for step in _flat(part)]
    return [transform]


def batched(transform: Any, channels: int = 1) -> BatchTransform | None:
    """A function from images (N, H, W) or (N, H, W, C) of uint8 to the tensors' values (N, C, H, W), or None where it cannot be.

    It speaks for ToTensor, followed by any number of Normalize, in any nesting of Compose. Subclasses may do anything and are refused.
    Each step is one elementwise NumPy operation in the same type as on a single image, hence the same bits.
    """
    steps = _flat(transform)
    if not steps or type(steps[0]) is not ToTensor or any(type(step) is not Normalize for step in steps[1:]):
        return None
    probe = np.empty((channels, 1, 1), dtype=np.dtype(ag.get_default_dtype()))
    try:
        constants = [channel_constants(step.mean, step.std, probe) for step in steps[1:]]
    except Exception:  # the error belongs to the single image, where its message says which transform it was
        return None
    if any(values.size not in (1, channels) for both in constants for values in both):
        return None

    def apply(images: np.ndarray) -> np.ndarray:
        first = images[:, None] if images.ndim == 3 else np.ascontiguousarray(images.transpose(0, 3, 1, 2))
        values = scale_bytes(first)
        for shift, scale in constants:
            values -= shift
            values /= scale
        return values

    return apply
