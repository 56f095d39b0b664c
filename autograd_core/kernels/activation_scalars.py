"""Activation functions and their slopes as compiled scalar functions that vectorise. Imports NumPy, `jit`, `exponential`, `gamma_loops`.

Each takes (x, p, q), p and q its parameters. An exponential below the smallest normal number is 0. Both sides of a choice are computed
before it, so that no branch is left. `scalars(dtype)` gives name -> (function, slope) for float32 or float64.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from .exponential import decay32, decay64, exp32, exp64
from .gamma_loops import digamma, lgamma, trigamma
from .jit import CONTRACT, Kernel, compiled

__all__ = ["scalars"]

# exp(z^2) erfc(z) (1 + z / 2) for z >= 0 as a polynomial in 2 t - 1, t = 1 / (1 + z / 2): interpolated at Chebyshev points with
# 40 digits. Relative errors 3e-8 and below 2e-14.
ERFCX_32 = (
    0.5107913526210115,
    0.3435803125493544,
    0.13973594579655538,
    0.018221749114581846,
    -0.01075331088274667,
    -0.003243733067799928,
    0.0015338470443397175,
    0.00043104002164573793,
    -0.00030471908641577683,
    -3.6764361637663455e-05,
    4.428841467342675e-05,
)
ERFCX_64 = (
    0.5107913526210115,
    0.34358034220690575,
    0.13973604627802627,
    0.018221115753389902,
    -0.01075533094462826,
    -0.0032395925323299643,
    0.0015453060260757375,
    0.00041864800900125626,
    -0.00033153670227968385,
    -1.7185537714896087e-05,
    7.223496689570768e-05,
    -1.7075350759248454e-05,
    -1.08460475531784e-05,
    8.063372736614615e-06,
    -5.697154463001187e-07,
    -1.8280175877168354e-06,
    1.0168929033260905e-06,
    7.055780376182116e-09,
    -3.106807653616633e-07,
    1.5636043109659543e-07,
    2.47869357660659e-08,
    -5.434955491127876e-08,
    1.1151896593439346e-08,
    7.142763610800808e-09,
    -2.7461339951814595e-09,
)
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
TINY = 1e-15  # its square is a normal number, and nothing beside 1
Pair = tuple[Kernel, Kernel]


def _polynomial(real: Any, coefficients: tuple[float, ...]) -> Kernel:
    """Horner's rule written out: LLVM vectorises a straight line, not a loop over a table."""
    text = f"real({coefficients[-1]!r})"
    for c in reversed(coefficients[:-1]):
        text = f"({text} * t + real({c!r}))"
    scope: dict[str, Any] = {"real": real, "__name__": __name__}
    exec(f"def polynomial(t):\n    return {text}", scope)
    return compiled(scope["polynomial"], fastmath=CONTRACT, inline=True)


@functools.cache
def scalars(dtype: str) -> dict[str, Pair]:
    """name -> (function, slope) of one dtype."""
    real, decay = {"float32": (np.float32, decay32), "float64": (np.float64, decay64)}[dtype]
    single = dtype == "float32"
    expm1 = _expm1(real, decay, 7 if single else 14)
    log1p = _log1p(real, 8 if single else 17)
    normal = _normal(real, decay, _polynomial(real, ERFCX_32 if single else ERFCX_64))
    return {
        **_gammas(real),
        **_sigmoids(real, decay, log1p),
        **_normals(real, decay, normal),
        **_errors(real, decay),
        **_exponentials(real, decay, expm1),
        **_straight(real),
    }


def _expm1(real: Any, decay: Kernel, degree: int) -> Kernel:
    """exp(x) − 1 for x <= 0: its series close to 0, where the subtraction would cancel."""
    series = _polynomial(real, tuple(1 / math.factorial(k + 1) for k in range(degree + 1)))

    @compiled(fastmath=CONTRACT, inline=True)
    def expm1(x):  # type: ignore[no-untyped-def]
        near, far = x * series(x), decay(x) - real(1)
        return near if x > real(-0.35) else far

    return expm1


def _log1p(real: Any, terms: int) -> Kernel:
    """log(1 + e) for 0 <= e <= 1: 2 artanh(e / (2 + e))."""
    series = _polynomial(real, tuple(2 / (2 * k + 1) for k in range(terms)))
    tiny = real(TINY)

    @compiled(fastmath=CONTRACT, inline=True)
    def log1p(e):  # type: ignore[no-untyped-def]
        s = e / (real(2) + e)
        root = s if s > tiny else real(0)  # a square that is subnormal takes 100 times as long
        return s * series(root * root)

    return log1p


def _normal(real: Any, decay: Kernel, erfcx: Kernel) -> Kernel:
    """(Φ(x), exp(−x²/2)): the normal distribution function from one exponential."""
    zero, half = real(0), real(0.5)
    root = real(math.sqrt(0.5))

    @compiled(fastmath=CONTRACT, inline=True)
    def normal(x):  # type: ignore[no-untyped-def]
        e = decay(-half * (x * x))
        t = real(1) / (real(1) + half * (root * abs(x)))
        tail = half * (e * (t * erfcx(real(2) * t - real(1))))
        return (tail if x < zero else real(1) - tail), e

    return normal


def _sigmoids(real: Any, decay: Kernel, log1p: Kernel) -> dict[str, Pair]:
    zero, one, tiny = real(0), real(1), real(TINY)

    @compiled(fastmath=CONTRACT, inline=True)
    def sigmoid(x, p, q):  # type: ignore[no-untyped-def]
        e = decay(-abs(x))
        return (e if x < zero else one) / (one + e)

    @compiled(fastmath=CONTRACT, inline=True)
    def sigmoid_slope(x, p, q):  # type: ignore[no-untyped-def]
        s = sigmoid(x, p, q)
        return (one - s) * s

    @compiled(fastmath=CONTRACT, inline=True)
    def silu(x, p, q):  # type: ignore[no-untyped-def]
        return x * sigmoid(x, p, q)

    @compiled(fastmath=CONTRACT, inline=True)
    def silu_slope(x, p, q):  # type: ignore[no-untyped-def]
        s = sigmoid(x, p, q)
        return s * (one + x * (one - s))

    @compiled(fastmath=CONTRACT, inline=True)
    def log_sigmoid(x, p, q):  # type: ignore[no-untyped-def]
        return (x if x < zero else real(0)) - log1p(decay(-abs(x)))

    @compiled(fastmath=CONTRACT, inline=True)
    def log_sigmoid_slope(x, p, q):  # type: ignore[no-untyped-def]
        return sigmoid(-x, p, q)

    @compiled(fastmath=CONTRACT, inline=True)
    def softplus(x, p, q):  # type: ignore[no-untyped-def]
        y = x * p
        soft = ((y if y > zero else zero) + log1p(decay(-abs(y)))) / p
        return x if y > q else soft

    @compiled(fastmath=CONTRACT, inline=True)
    def softplus_slope(x, p, q):  # type: ignore[no-untyped-def]
        y = x * p
        s = sigmoid(y, p, q)
        return one if y > q else s

    @compiled(fastmath=CONTRACT, inline=True)
    def tanh_softplus(x):  # type: ignore[no-untyped-def]
        # tanh(log(1 + n)) = (n² + 2 n) / (n² + 2 n + 2) with n = exp(x), in powers of exp(−|x|)
        e = decay(-abs(x))
        root = e if e > tiny else zero
        top = e * (e + real(2)) if x < zero else one + real(2) * e
        return top / (top + (real(2) if x < zero else real(2) * (root * root)))

    @compiled(fastmath=CONTRACT, inline=True)
    def mish(x, p, q):  # type: ignore[no-untyped-def]
        return x * tanh_softplus(x)

    @compiled(fastmath=CONTRACT, inline=True)
    def mish_slope(x, p, q):  # type: ignore[no-untyped-def]
        t = tanh_softplus(x)
        return t + x * (sigmoid(x, p, q) * (one - t * t))

    @compiled(fastmath=CONTRACT, inline=True)
    def sigmoid_by_out(out, p, q):  # type: ignore[no-untyped-def]
        return (one - out) * out

    @compiled(fastmath=CONTRACT, inline=True)
    def tanh_by_out(out, p, q):  # type: ignore[no-untyped-def]
        return one - out * out

    return {
        "sigmoid_by_out": (sigmoid_by_out, sigmoid_by_out),
        "tanh_by_out": (tanh_by_out, tanh_by_out),
        "sigmoid": (sigmoid, sigmoid_slope),
        "silu": (silu, silu_slope),
        "log_sigmoid": (log_sigmoid, log_sigmoid_slope),
        "softplus": (softplus, softplus_slope),
        "mish": (mish, mish_slope),
    }


def _normals(real: Any, decay: Kernel, normal: Kernel) -> dict[str, Pair]:
    zero, one = real(0), real(1)
    density = real(1 / math.sqrt(2 * math.pi))
    bend = real(math.sqrt(8 / math.pi))
    cubic, cubic3 = real(0.044715), real(3 * 0.044715)

    @compiled(fastmath=CONTRACT, inline=True)
    def gelu(x, p, q):  # type: ignore[no-untyped-def]
        phi, _ = normal(x)
        return x * phi

    @compiled(fastmath=CONTRACT, inline=True)
    def gelu_slope(x, p, q):  # type: ignore[no-untyped-def]
        phi, e = normal(x)
        return phi + x * (density * e)

    @compiled(fastmath=CONTRACT, inline=True)
    def half_tanh(x):  # type: ignore[no-untyped-def]
        # ½ (1 + tanh u) = σ(2 u)
        y = bend * (x + cubic * (x * (x * x)))
        e = decay(-abs(y))
        return (e if y < zero else one) / (one + e)

    @compiled(fastmath=CONTRACT, inline=True)
    def gelu_tanh(x, p, q):  # type: ignore[no-untyped-def]
        return x * half_tanh(x)

    @compiled(fastmath=CONTRACT, inline=True)
    def gelu_tanh_slope(x, p, q):  # type: ignore[no-untyped-def]
        s = half_tanh(x)
        return s + x * (s * (one - s)) * (bend * (one + cubic3 * (x * x)))

    return {"gelu": (gelu, gelu_slope), "gelu_tanh": (gelu_tanh, gelu_tanh_slope)}


def _tail(real: Any, decay: Kernel, erfcx: Kernel) -> tuple[Kernel, Kernel]:
    """(erfc(z) for z >= 0, exp(−y²)). The square is split into a part without rounding and a small rest: exp would carry its rounding,

    z² / 2 ulp.
    """
    single = real is np.float32

    @compiled(fastmath=CONTRACT, inline=True)
    def upper(z):  # type: ignore[no-untyped-def]
        # z without the low half of its digits, whose square is exact
        return np.int32(np.float32(z).view(np.int32) & np.int32(-4096)).view(np.float32) if single else np.float64(np.float32(z))

    @compiled(fastmath=CONTRACT, inline=True)
    def bell(z):  # type: ignore[no-untyped-def]
        high = upper(z)
        r = (z - high) * (z + high)
        rest = real(1) - r * (real(1) - r * (real(0.5) - r * (real(1 / 6) - r * real(1 / 24))))
        return decay(-(high * high)) * rest

    @compiled(fastmath=CONTRACT, inline=True)
    def tail(z):  # type: ignore[no-untyped-def]
        z = real(30) if z > real(30) else z
        t = real(1) / (real(1) + real(0.5) * z)
        return bell(z) * (t * erfcx(real(2) * t - real(1)))

    return tail, bell


def _errors(real: Any, decay: Kernel) -> dict[str, Pair]:
    """The error function in the type itself; its complement and the normal distribution, which are small numbers far out, in float64."""
    single = real is np.float32
    terms = tuple(2 / math.sqrt(math.pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(18))
    series, wide_series = _polynomial(real, terms[:10] if single else terms), _polynomial(np.float64, terms)
    tail, bell = _tail(real, decay, _polynomial(real, ERFCX_32 if single else ERFCX_64))
    wide_tail = _tail(np.float64, decay64, _polynomial(np.float64, ERFCX_64))[0] if single else tail
    slope, root, density = real(2 / math.sqrt(math.pi)), math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)
    zero, one = real(0), real(1)

    @compiled(fastmath=CONTRACT, inline=True)
    def erf(x, p, q):  # type: ignore[no-untyped-def]
        z = abs(x)
        near, far = x * series(x * x), one - tail(z)
        signed = -far if x < zero else far
        return near if z < real(0.75) else signed

    @compiled(fastmath=CONTRACT, inline=True)
    def erf_slope(x, p, q):  # type: ignore[no-untyped-def]
        z = abs(x)
        return slope * bell(real(30) if z > real(30) else z)

    @compiled(fastmath=CONTRACT, inline=True)
    def erfc(x, p, q):  # type: ignore[no-untyped-def]
        y = np.float64(x)
        z = abs(y)
        near, far = 1.0 - y * wide_series(y * y), wide_tail(z)
        other = 2.0 - far if y < 0.0 else far
        return real(near if z < 0.25 else other)

    @compiled(fastmath=CONTRACT, inline=True)
    def erfc_slope(x, p, q):  # type: ignore[no-untyped-def]
        return -erf_slope(x, p, q)

    @compiled(fastmath=CONTRACT, inline=True)
    def ndtr(x, p, q):  # type: ignore[no-untyped-def]
        y = np.float64(x)
        half = 0.5 * wide_tail(root * abs(y))
        return real(half if y < 0.0 else 1.0 - half)

    @compiled(fastmath=CONTRACT, inline=True)
    def ndtr_slope(x, p, q):  # type: ignore[no-untyped-def]
        y = np.float64(x)
        return real(density * decay64(-0.5 * (y * y)))

    return {"erf": (erf, erf_slope), "erfc": (erfc, erfc_slope), "ndtr": (ndtr, ndtr_slope)}


def _exponentials(real: Any, decay: Kernel, expm1: Kernel) -> dict[str, Pair]:
    """p is α, positive for celu; q is not used."""
    zero = real(0)
    exp = exp32 if real is np.float32 else exp64

    @compiled(fastmath=CONTRACT, inline=True)
    def tanh(x, p, q):  # type: ignore[no-untyped-def]
        m = expm1(real(-2) * abs(x))
        t = m / (real(2) + m)
        return t if x < zero else -t

    @compiled(fastmath=CONTRACT, inline=True)
    def tanh_slope(x, p, q):  # type: ignore[no-untyped-def]
        t = tanh(x, p, q)
        return real(1) - t * t

    alpha, scale = real(SELU_ALPHA * SELU_SCALE), real(SELU_SCALE)

    @compiled(fastmath=CONTRACT, inline=True)
    def low(x):  # type: ignore[no-untyped-def]
        return zero if x > zero else x

    @compiled(fastmath=CONTRACT, inline=True)
    def elu(x, p, q):  # type: ignore[no-untyped-def]
        y = p * expm1(low(x))
        return x if x > zero else y

    @compiled(fastmath=CONTRACT, inline=True)
    def elu_slope(x, p, q):  # type: ignore[no-untyped-def]
        y = p * decay(low(x))
        return y if x <= zero else real(1)  # PyTorch lets the gradient through at NaN

    @compiled(fastmath=CONTRACT, inline=True)
    def selu(x, p, q):  # type: ignore[no-untyped-def]
        y = alpha * expm1(low(x))
        return scale * x if x > zero else y

    @compiled(fastmath=CONTRACT, inline=True)
    def selu_slope(x, p, q):  # type: ignore[no-untyped-def]
        y = alpha * decay(low(x))
        return y if x <= zero else scale

    @compiled(fastmath=CONTRACT, inline=True)
    def celu(x, p, q):  # type: ignore[no-untyped-def]
        y = p * expm1(low(x) / p)
        return x if x > zero else y

    @compiled(fastmath=CONTRACT, inline=True)
    def celu_slope(x, p, q):  # type: ignore[no-untyped-def]
        y = decay(low(x) / p)
        return y if x <= zero else real(1)

    @compiled(fastmath=CONTRACT, inline=True)
    def plain_exp(x, p, q):  # type: ignore[no-untyped-def]
        return exp(x)

    return {"exp": (plain_exp, plain_exp), "tanh": (tanh, tanh_slope), "elu": (elu, elu_slope), "selu": (selu, selu_slope), "celu": (celu, celu_slope)}


def _gammas(real: Any) -> dict[str, Pair]:
    @compiled(inline=True)
    def log_gamma(x, p, q):  # type: ignore[no-untyped-def]
        return real(lgamma(np.float64(x)))

    @compiled(inline=True)
    def psi(x, p, q):  # type: ignore[no-untyped-def]
        return real(digamma(np.float64(x)))

    @compiled(inline=True)
    def psi_slope(x, p, q):  # type: ignore[no-untyped-def]
        return real(trigamma(np.float64(x)))

    return {"lgamma": (log_gamma, psi), "digamma": (psi, psi_slope)}


def _straight(real: Any) -> dict[str, Pair]:
    zero, one = real(0), real(1)

    @compiled(inline=True)
    def cube(x, p, q):  # type: ignore[no-untyped-def]
        return x * x * x

    @compiled(inline=True)
    def cube_slope(x, p, q):  # type: ignore[no-untyped-def]
        return real(3) * (x * x)

    @compiled(inline=True)
    def leaky_relu(x, p, q):  # type: ignore[no-untyped-def]
        return x if x > zero else x * p

    @compiled(inline=True)
    def leaky_relu_slope(x, p, q):  # type: ignore[no-untyped-def]
        return one if x > zero else p

    @compiled(inline=True)
    def relu_by_out(out, p, q):  # type: ignore[no-untyped-def]
        return zero if out <= zero else one

    @compiled(inline=True)
    def size(x, p, q):  # type: ignore[no-untyped-def]
        return abs(x)

    @compiled(inline=True)
    def sign(x, p, q):  # type: ignore[no-untyped-def]
        up = one if x > zero else zero
        return up - (one if x < zero else zero)

    @compiled(inline=True)
    def clamp_slope(x, p, q):  # type: ignore[no-untyped-def]
        return one if p <= x and x <= q else zero

    @compiled(inline=True)
    def hold(x, low, high):  # type: ignore[no-untyped-def]
        y = low if x < low else x
        return high if y > high else y

    @compiled(inline=True)
    def hardtanh_slope(x, p, q):  # type: ignore[no-untyped-def]
        return zero if x <= p or x >= q else one

    @compiled(inline=True)
    def hardsigmoid(x, p, q):  # type: ignore[no-untyped-def]
        return hold(x + real(3), zero, real(6)) / real(6)

    @compiled(inline=True)
    def hardsigmoid_slope(x, p, q):  # type: ignore[no-untyped-def]
        return real(1 / 6) if real(-3) < x and x < real(3) else zero

    @compiled(inline=True)
    def hardswish(x, p, q):  # type: ignore[no-untyped-def]
        return x * hold(x + real(3), zero, real(6)) / real(6)

    @compiled(inline=True)
    def hardswish_slope(x, p, q):  # type: ignore[no-untyped-def]
        inner = x / real(3) + real(0.5)
        return zero if x <= real(-3) else inner if x < real(3) else one

    @compiled(inline=True)
    def softshrink(x, p, q):  # type: ignore[no-untyped-def]
        moved = x - p if x > p else x * zero
        return x + p if x < -p else moved

    @compiled(inline=True)
    def hardshrink(x, p, q):  # type: ignore[no-untyped-def]
        return zero if -p <= x and x <= p else x

    @compiled(inline=True)
    def shrink_slope(x, p, q):  # type: ignore[no-untyped-def]
        return zero if -p <= x and x <= p else one

    return {
        "cube": (cube, cube_slope),
        "softshrink": (softshrink, shrink_slope),
        "hardshrink": (hardshrink, shrink_slope),
        "relu_by_out": (relu_by_out, relu_by_out),
        "abs": (size, sign),
        "sign": (sign, clamp_slope),
        "clamp": (hold, clamp_slope),
        "leaky_relu": (leaky_relu, leaky_relu_slope),
        "hardtanh": (hold, hardtanh_slope),
        "hardsigmoid": (hardsigmoid, hardsigmoid_slope),
        "hardswish": (hardswish, hardswish_slope),
    }
