"""Elementwise arithmetic whose last bit is PyTorch's: fused multiply-adds, libm, and float32 log, sin and cos.

Imports NumPy only. `compiled_loops` holds the same operations for Numba; both give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["box_muller32", "box_muller64", "fma32", "fma64", "libm"]

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

# The Cephes polynomials (Moshier, logf.c and sinf.c) as PyTorch's AVX code holds them.
LOG_POLYNOMIAL = tuple(
    np.float32(c)
    for c in (
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    )
)
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
SQRT_HALF = np.float32(0.707106781186547524)
SIN_POLYNOMIAL = tuple(np.float32(c) for c in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1))
COS_POLYNOMIAL = tuple(np.float32(c) for c in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2))
PI_4_PARTS = tuple(np.float32(c) for c in (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8))
FOUR_OVER_PI, TWO_PI = np.float32(1.27323954473516), np.float32(2 * math.pi)

_TIE_BITS, _TIE = np.int64(0x1FFFFFFF), np.int64(0x10000000)


def fma32(a: F32, b: Any, c: Any) -> F32:
    """a b + c of float32 values, rounded once.

    The product is exact in double. The sum is rounded to double and then to float32, which goes wrong only if the
    double lies exactly between two floats and was itself rounded: it is then moved towards the true sum.
    """
    product = np.multiply(a, b, dtype=np.float64)
    total = product + c
    ties = (total.view(np.int64) & _TIE_BITS) == _TIE
    if ties.any():
        rest = _error_of_sum(product, np.asarray(c, np.float64), total)
        total = np.where(ties & (rest != 0), np.nextafter(total, np.copysign(np.inf, rest)), total)
    with np.errstate(over="ignore"):
        return np.asarray(total, np.float32)


def fma64(a: F64, b: Any, c: Any) -> F64:
    """a b + c of doubles, rounded once (Boldo and Melquiond 2008: an odd-rounded sum of the three parts)."""
    with np.errstate(all="ignore"):
        high = a * b
        low = _error_of_product(a, b, high)
        middle = c + low
        last = _error_of_sum(np.float64(c), low, middle)
        top = high + middle
        first = _error_of_sum(high, middle, top)
        odd = first + last
        rest = _error_of_sum(first, last, odd)
        even = (odd.view(np.int64) & 1) == 0
        odd = np.where(even & (rest != 0), np.nextafter(odd, np.copysign(np.inf, rest)), odd)
        exact = top + odd
        return np.asarray(np.where(np.isfinite(exact), exact, high + c))


def _error_of_sum(a: Any, b: Any, total: Any) -> Any:
    """a + b - total exactly, for the rounded total (Knuth)."""
    part = total - a
    return (a - (total - part)) + (b - part)


def _error_of_product(a: Any, b: Any, product: Any) -> Any:
    """a b - product exactly, for the rounded product (Dekker, Veltkamp)."""
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def _halves(a: Any) -> tuple[Any, Any]:
    scaled = 134217729.0 * a
    high = scaled - (scaled - a)
    return high, a - high


def libm(function: Callable[[float], float], x: F64) -> F64:
    """`function` of Python's math module on every element: the C library's bits, which NumPy's SIMD loops do not give."""
    return np.fromiter(map(function, x.tolist()), np.float64, x.size)


def _log32(x: F32) -> F32:
    """ln x of positive normal floats, within 1 ulp."""
    bits = x.view(np.int32)
    exponent = ((bits >> 23) - 126).astype(np.float32)
    m = ((bits & 0x007FFFFF) | 0x3F000000).view(np.float32)
    small = m < SQRT_HALF
    exponent -= small
    m = (m - np.float32(1)) + np.where(small, m, np.float32(0))
    square = m * m
    y = np.full_like(m, LOG_POLYNOMIAL[0])
    for c in LOG_POLYNOMIAL[1:]:
        y = fma32(y, m, c)
    y = fma32(y * m, square, exponent * LN2_LOW)
    y = fma32(square, np.float32(-0.5), y)
    return fma32(exponent, LN2_HIGH, m + y)


def _sincos32(x: F32) -> tuple[F32, F32]:
    """sin x and cos x of floats in [0, 2π], within 1 ulp of 1."""
    octant = ((x * FOUR_OVER_PI).astype(np.int32) + 1) & -2
    turns = octant.astype(np.float32)
    for part in PI_4_PARTS:
        x = fma32(turns, part, x)
    square = x * x
    c = fma32(fma32(np.full_like(x, COS_POLYNOMIAL[0]), square, COS_POLYNOMIAL[1]), square, COS_POLYNOMIAL[2])
    c = fma32(c * square, square, -(square * np.float32(0.5))) + np.float32(1)
    s = fma32(fma32(np.full_like(x, SIN_POLYNOMIAL[0]), square, SIN_POLYNOMIAL[1]), square, SIN_POLYNOMIAL[2])
    s = fma32(s * square, x, x)
    swapped = (octant & 2) != 0
    sine, cosine = np.where(swapped, c, s), np.where(swapped, s, c)
    np.negative(sine, out=sine, where=(octant & 4) != 0)
    np.negative(cosine, out=cosine, where=((octant - 2) & 4) == 0)
    return sine, cosine


def box_muller32(u: F32, mean: float, std: float) -> None:
    """Turn rows of 16 uniforms into normals in place: u (N, 16), the first 8 give the radius, the last 8 the angle.

    √(-2 ln(1 - u₁)) cos 2πu₂ goes to the first 8, the sine to the last 8 (Box and Muller 1958).
    """
    radius = np.sqrt(np.float32(-2) * _log32(np.float32(1) - u[:, :8]))
    sine, cosine = _sincos32(TWO_PI * u[:, 8:])
    for half, direction in ((u[:, :8], cosine), (u[:, 8:], sine)):
        normal = radius * direction
        half[...] = normal + np.float32(0) if (mean, std) == (0.0, 1.0) else fma32(normal, np.float32(std), np.float32(mean))


def box_muller64(u: F64, mean: float, std: float) -> None:
    """`box_muller32` for doubles, with the C library's log, sin and cos."""
    shape = (len(u), 8)
    first, second = np.ascontiguousarray(1 - u[:, :8]).reshape(-1), np.ascontiguousarray(u[:, 8:]).reshape(-1)
    radius = np.sqrt(-2 * libm(math.log, first))
    angle = 2 * math.pi * second
    for half, function in ((u[:, :8], math.cos), (u[:, 8:], math.sin)):
        half[...] = fma64(radius * libm(function, angle), float(std), float(mean)).reshape(shape)
