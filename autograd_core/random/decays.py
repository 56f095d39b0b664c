"""Exponential, geometric and Cauchy numbers: one function of one uniform double each.

Imports NumPy and its neighbours. Names that end in _ fill an array that they are given, as PyTorch's do. The
logarithms and tangents are the C library's, as PyTorch's, so that not even a last bit differs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import compiled
from .arithmetic import libm
from .filling import FLOATS, Array, cast, empty, fill, number
from .generator import Generator, pick
from .normals import affine

__all__ = ["cauchy", "cauchy_", "exponential", "exponential_", "geometric", "geometric_"]

GEOMETRIC = (*FLOATS, *(np.dtype(name) for name in ("uint8", "int8", "int16", "int32", "int64")))


def exponential(shape: Any, lambd: float = 1.0, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """Numbers with density λ exp(-λ x). Errors as `exponential_`."""
    return exponential_(empty("exponential", shape, dtype), lambd, generator=generator)


def exponential_(out: Array, lambd: float = 1.0, *, generator: Generator | None = None) -> Array:
    """Fill `out` with -ln(1 - u) / λ and return it. RuntimeError unless λ > 0 and `out` is floating."""
    rate = number("exponential_", "lambd", lambd)
    if not rate > 0.0:
        raise RuntimeError(f"exponential_ expected lambd > 0, got lambd={rate}")
    _check_continuous("exponential_", out)
    return _of_uniforms("exponential_", out, generator, lambda u: (-1.0 / rate) * _elementwise("log1p", np.negative(u, out=u)))


def geometric(shape: Any, p: float, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """How many trials of probability p it takes to succeed, 1 at least. Errors as `geometric_`."""
    return geometric_(empty("geometric", shape, dtype), p, generator=generator)


def geometric_(out: Array, p: float, *, generator: Generator | None = None) -> Array:
    """Fill `out` with ⌈ln u / ln(1 - p)⌉ and return it.

    Raises RuntimeError unless 0 < p < 1, NotImplementedError for booleans.
    """
    p = number("geometric_", "p", p)
    if not 0.0 < p < 1.0:
        raise RuntimeError(f"geometric_ expected p in (0, 1), got p={p}")
    if isinstance(out, np.ndarray) and out.size and out.dtype not in GEOMETRIC:
        raise NotImplementedError(f"geometric_ expected an integer or floating type, got {out.dtype}")
    scale = math.log1p(-p)
    return _of_uniforms("geometric_", out, generator, lambda u: np.ceil(_elementwise("log", u) / scale))


def cauchy(shape: Any, median: float = 0.0, sigma: float = 1.0, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """Numbers with density σ / π ((x - median)² + σ²). Errors as `cauchy_`."""
    return cauchy_(empty("cauchy", shape, dtype), median, sigma, generator=generator)


def cauchy_(out: Array, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Array:
    """Fill `out` with median + σ tan π(u - 1/2) and return it. RuntimeError unless σ > 0 and `out` is floating."""
    median, sigma = number("cauchy_", "median", median), number("cauchy_", "sigma", sigma)
    if not sigma > 0.0:
        raise RuntimeError(f"cauchy_ expected sigma > 0, got sigma={sigma}")
    _check_continuous("cauchy_", out)
    return _of_uniforms("cauchy_", out, generator, lambda u: affine(_elementwise("tan", math.pi * (u - 0.5)), median, sigma))


def _check_continuous(name: str, out: Any) -> None:
    """RuntimeError (as PyTorch) for an array that holds no fractions; an empty one passes."""
    if isinstance(out, np.ndarray) and out.size and out.dtype not in FLOATS:
        raise RuntimeError(f"{name} draws from a continuous distribution and expected a floating type, got {out.dtype}")


def _of_uniforms(name: str, out: Array, generator: Generator | None, function: Callable[[NDArray[np.float64]], Any]) -> Array:
    source = pick(generator)

    def produce(flat: Array) -> None:
        with source.lock:
            u = source.engine.doubles(flat.size)
        with np.errstate(all="ignore"):
            cast(function(u), flat)

    return fill(name, out, produce)


def _elementwise(name: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The C library's function on every element; ln 0 is -∞."""
    loops = compiled.loops(40 * x.size)
    if loops is None:
        return libm(_log if name == "log" else getattr(math, name), x)
    getattr(loops, f"map_{name}")(x)
    return x


def _log(x: float) -> float:
    return math.log(x) if x > 0.0 else -math.inf
