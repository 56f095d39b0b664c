"""`torch.fft`, as far as it needs no complex numbers: frequencies and shifts. The transforms say so when they are called. Imports tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .dtypes import as_dtype, get_default_dtype
from .tensor.base import Tensor, wrap

__all__ = ["fftfreq", "fftshift", "ifftshift", "rfftfreq"]


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies [0, 1, ..., -n/2, ..., -1] / (d·n) of a transform of n samples, d apart."""
    return _frequencies(np.fft.fftfreq, n, d, dtype, requires_grad)


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies [0, 1, ..., n/2] / (d·n) of the transform of n real samples, d apart."""
    return _frequencies(np.fft.rfftfreq, n, d, dtype, requires_grad)


def _frequencies(of: Callable[[int, float], np.ndarray], n: int, d: float, dtype: Any, requires_grad: bool) -> Tensor:
    if n < 1:
        raise RuntimeError(f"the number of samples must be at least 1, got {n}")
    kind = get_default_dtype() if dtype is None else as_dtype(dtype)
    return wrap(of(n, d).astype(kind.numpy)).requires_grad_(requires_grad)


def fftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """The frequency 0 moved from the front to the middle of the dimensions, or of all: roll by n // 2."""
    return _shift(input, dim, lambda n: n // 2)


def ifftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """What undoes fftshift: roll by -(n // 2)."""
    return _shift(input, dim, lambda n: -(n // 2))


def _shift(input: Tensor, dim: int | Sequence[int] | None, by: Callable[[int], int]) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(f"fftshift(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    dims = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    return input.roll(tuple(by(input.size(d)) for d in dims), dims)


_TRANSFORMS = "fft fft2 fftn ifft ifft2 ifftn rfft rfft2 rfftn irfft irfft2 irfftn hfft hfft2 hfftn ihfft ihfft2 ihfftn"


def _needs_complex(name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"fft.{name} needs complex numbers, which tensors do not have yet: np.fft.{name} transforms arrays")

    call.__name__ = name
    return call


globals().update({name: _needs_complex(name) for name in _TRANSFORMS.split()})
