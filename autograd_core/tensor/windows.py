"""Windows of signal processing: hann, hamming, blackman, bartlett, kaiser. Imports create.

They are computed in float64 and rounded once. `periodic` windows are the first n values of the symmetric one of n + 1, as spectra need them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import as_dtype
from .base import Tensor
from .checked import checked
from .create import _finish


def _window(name: str, length: int, periodic: bool, dtype: Any, requires_grad: bool, shape: Callable[[np.ndarray], np.ndarray]) -> Tensor:
    """`shape` of places from 0 to 1. RuntimeError for a negative length or a type that is not floating."""
    kind = dtypes.get_default_dtype().numpy if dtype is None else as_dtype(dtype).numpy
    if kind.kind != "f":
        raise RuntimeError(f"{name} expects floating point dtypes, got: {as_dtype(dtype)}")
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    if length < 2:
        return _finish(np.ones(length, kind), requires_grad)
    count = length + 1 if periodic else length
    return _finish(shape(np.arange(length) / (count - 1)).astype(kind), requires_grad)


@checked
def hann_window(window_length: int, periodic: bool = True, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """½ − ½ cos 2πt for t from 0 to 1."""
    return _window("hann_window", window_length, periodic, dtype, requires_grad, lambda t: 0.5 - 0.5 * np.cos(2 * np.pi * t))


@checked
def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """α − β cos 2πt for t from 0 to 1."""
    return _window("hamming_window", window_length, periodic, dtype, requires_grad, lambda t: alpha - beta * np.cos(2 * np.pi * t))


@checked
def blackman_window(window_length: int, periodic: bool = True, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """0.42 − ½ cos 2πt + 0.08 cos 4πt for t from 0 to 1."""

    def shape(t: np.ndarray) -> np.ndarray:
        return 0.42 - 0.5 * np.cos(2 * np.pi * t) + 0.08 * np.cos(4 * np.pi * t)

    return _window("blackman_window", window_length, periodic, dtype, requires_grad, shape)


@checked
def bartlett_window(window_length: int, periodic: bool = True, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """1 − |2t − 1| for t from 0 to 1: a triangle."""
    return _window("bartlett_window", window_length, periodic, dtype, requires_grad, lambda t: 1 - np.abs(2 * t - 1))


@checked
def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """I₀(β √(1 − (2t − 1)²)) / I₀(β) for t from 0 to 1."""

    def shape(t: np.ndarray) -> np.ndarray:
        return np.i0(beta * np.sqrt(np.maximum(1 - (2 * t - 1) ** 2, 0))) / np.i0(beta)

    return _window("kaiser_window", window_length, periodic, dtype, requires_grad, shape)
