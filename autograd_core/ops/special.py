"""Special functions: errors, gammas, Bessel functions, the normal distribution. Imports op, kernels and the elementwise families."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..arguments import must_fit
from ..kernels import gamma_incomplete as incomplete
from ..kernels import special as kernels
from ..op import Array, Value, alias, composed, op, quiet
from .comparison import eq, isnan, like, where
from .exponential import exp, log
from .fused import fused, looped
from .pointwise import sign
from .reduce import sum
from .shape import unsqueeze
from .trigonometry import cos

SLOPE = 2 / math.sqrt(math.pi)
DENSITY = 1 / math.sqrt(2 * math.pi)
ROOT = math.sqrt(0.5)

FEW = 64
"""Without compiled loops, Python's own functions are the quickest up to here."""


def each(f: Callable[[float], float], x: Array) -> Array:
    """A function of one float over a few elements."""
    return np.array([f(v) for v in x.reshape(-1).tolist()], x.dtype).reshape(x.shape)


@op("erf({x})", x=lambda g, x: erf_input(g, x), types="float", inplace=True)
@looped("erf")
def erf(x: Array) -> Array:
    """2 / √π times the integral of exp(−t²) from 0 to x."""
    return each(math.erf, x) if x.size <= FEW else kernels.erf(x)


@fused("{g} · 2 / √π · exp(−{x}²)", "erf")
def erf_input(g: Value, x: Value) -> Value:
    """The gradient of erf."""
    return g * (SLOPE * exp(-(x * x)))


@op("erfc({x})", x=lambda g, x: erfc_input(g, x), types="float", inplace=True)
@looped("erfc")
def erfc(x: Array) -> Array:
    """1 − erf(x), without the loss of digits for large x."""
    return each(math.erfc, x) if x.size <= FEW else kernels.erfc(x)


@fused("−{g} · 2 / √π · exp(−{x}²)", "erfc")
def erfc_input(g: Value, x: Value) -> Value:
    """The gradient of erfc."""
    return g * (-SLOPE * exp(-(x * x)))


@op("Φ({x})", x=lambda g, x: ndtr_input(g, x), types="float", spaces="special")
@looped("ndtr")
def ndtr(x: Array) -> Array:
    """The normal distribution function ½ erfc(−x / √2)."""
    return each(_ndtr, x) if x.size <= FEW else kernels.ndtr(x)


def _ndtr(x: float) -> float:
    return 0.5 * math.erfc(-ROOT * x)


@fused("{g} · φ({x})", "ndtr")
def ndtr_input(g: Value, x: Value) -> Value:
    """The gradient of Φ: g times the normal density exp(−x²/2) / √(2π)."""
    return g * (DENSITY * exp(-0.5 * (x * x)))


erfinv = op(quiet(kernels.erfinv), "erf⁻¹({x})", x=lambda g, out: erfinv_input(g, out), types="float", inplace=True)
erfcx = op(quiet(kernels.erfcx), "erfcx({x})", x=lambda g, x, out: erfcx_input(g, x, out), types="float", spaces="special")
ndtri = op(quiet(kernels.ndtri), "Φ⁻¹({x})", x=lambda g, out: ndtri_input(g, out), types="float", spaces="special")
log_ndtr = op(quiet(kernels.log_ndtr), "log Φ({x})", x=lambda g, x: log_ndtr_input(g, x), types="float", spaces="special")
lgamma = op(looped("lgamma")(kernels.lgamma), "log |Γ({x})|", x=lambda g, x: lgamma_input(g, x), types="float", inplace=True)
digamma = op(looped("digamma")(kernels.digamma), "ψ({x})", x=lambda g, x: digamma_input(g, x), types="float", inplace=True)


@fused("{g} · ψ({x})", "lgamma")
def lgamma_input(g: Value, x: Value) -> Value:
    """The gradient of log |Γ|."""
    return g * digamma(x)


@fused("{g} · ψ⁽¹⁾({x})", "digamma")
def digamma_input(g: Value, x: Value) -> Value:
    """The gradient of ψ."""
    return g * polygamma(1, x)


@composed("{g} · (2 · {x} · {out} − 2 / √π)", spaces="engine")
def erfcx_input(g: Value, x: Value, out: Value) -> Value:
    """The gradient of exp(x²) erfc(x)."""
    return g * (2 * x * out - SLOPE)


@composed("{g} · √π / 2 · exp({out}²)", spaces="engine")
def erfinv_input(g: Value, out: Value) -> Value:
    """The gradient of the inverse of erf."""
    return g * (exp(out * out) / SLOPE)


@composed("{g} / φ({out})", spaces="engine")
def ndtri_input(g: Value, out: Value) -> Value:
    """The gradient of the inverse of Φ; φ is the normal density."""
    return g * (exp(0.5 * (out * out)) / DENSITY)


@composed("{g} · φ({x}) / Φ({x})", spaces="engine")
def log_ndtr_input(g: Value, x: Value) -> Value:
    """The gradient of log Φ: φ / Φ without its underflow."""
    return g * (2 * DENSITY / erfcx(x * -ROOT))


i0 = op(quiet(kernels.i0), "I₀({x})", x=lambda g, x: g * i1(x), types="float", inplace=True)
i0e = op(quiet(kernels.i0e), "exp(−|{x}|) · I₀({x})", x=lambda g, x, out: g * (i1e(x) - sign(x) * out), types="float", spaces="special")
i1 = op(
    quiet(kernels.i1),
    "I₁({x})",
    x=lambda g, x, out: g * where(eq(x, 0), 0.5, i0(x) - out / x),
    types="float",
    spaces="special",
)
i1e = op(
    quiet(kernels.i1e),
    "exp(−|{x}|) · I₁({x})",
    x=lambda g, x, out: g * where(eq(x, 0), 0.5, i0e(x) - out * sign(x) - out / x),
    types="float",
    spaces="special",
)
entr = op(quiet(kernels.entr), "−{x} · log({x})", x=lambda g, x: g * where(isnan(x), x, -log(x) - 1), types="float", spaces="special")


@op("ψ⁽{n}⁾({x})", x=lambda g, n, x: g * polygamma(n + 1, x), types="float", spaces="torch")
@quiet
def polygamma(n: int, x: Array) -> Array:
    """The n-th derivative of digamma ψ. RuntimeError for a negative n."""
    out = kernels.polygamma(n, x)
    return np.where(np.isinf(x), np.where(x > 0, x.dtype.type(0), x.dtype.type(np.nan)), out) if n > 0 else out


@composed(spaces="engine", inplace=True, name="polygamma_method")
def polygamma_method(x: Value, n: int) -> Value:
    """The n-th derivative of digamma."""
    return polygamma(n, x)


alias(polygamma_method, "method.polygamma")


@like(np.multiply)
@quiet
def _zeta(x: Array, y: Array, out: Array | None = None) -> Array:
    """Hurwitz's zeta function Σ (y + k)^−x."""
    return kernels.zeta(x, y)


zeta = op(_zeta, "ζ({x}, {y})", y=lambda g, x, y: g * (-x * zeta(x + 1, y)), name="zeta", types="float", spaces="special")


@composed(inplace=True)
def mvlgamma(x: Value, p: int) -> Value:
    """log of the multivariate gamma function of dimension p: p (p − 1) / 4 · log π + Σ lgamma(x − i / 2), i from 0 to p − 1."""
    if p < 1:
        raise RuntimeError(f"p has to be greater than or equal to 1: got {p}")
    must_fit("mvlgamma", (*x.shape, p))
    kind = np.dtype(getattr(x.dtype, "numpy", x.dtype))
    halves = (np.arange(p) / 2).astype(kind if kind.kind == "f" else np.float32)
    return sum(lgamma(unsqueeze(x, -1) - halves), -1) + p * (p - 1) / 4 * math.log(math.pi)


def _gamma(kernel: Callable[[Array, Array], Array], name: str) -> Callable[..., Array]:
    @like(np.multiply)
    @quiet
    def gamma(x: Array, y: Array, out: Array | None = None) -> Array:
        return kernel(x, y)

    gamma.__name__, gamma.__doc__ = name, kernel.__doc__
    return gamma


@composed("{g} · {y}^({x} − 1) · exp(−{y}) / Γ({x})", spaces="engine")
def igamma_input(g: Value, x: Value, y: Value) -> Value:
    """The gradient of P(x, y) for y."""
    return g * exp((x - 1) * log(y) - y - lgamma(x))


igamma = op(
    _gamma(incomplete.gammainc, "igamma"),
    "P({x}, {y})",
    y=lambda g, x, y: igamma_input(g, x, y),
    name="igamma",
    types="float",
    inplace=True,
)
igammac = op(
    _gamma(incomplete.gammaincc, "igammac"),
    "Q({x}, {y})",
    y=lambda g, x, y: -igamma_input(g, x, y),
    name="igammac",
    types="float",
    inplace=True,
)
alias(igamma, "special.gammainc")
alias(igammac, "special.gammaincc")


@op("sin({x}) / {x}", x=lambda g, x, out: g * where(eq(x, 0), 0.0, (cos(x) - out) / x), types="float", spaces="special")
@quiet
def spherical_bessel_j0(x: Array) -> Array:
    """sin(x) / x, and 1 at 0."""
    return np.where(x == 0, x.dtype.type(1), np.where(np.isinf(x), x.dtype.type(0), np.sin(x) / x))


alias(i0, "special.modified_bessel_i0")
alias(i1, "special.modified_bessel_i1")
for _entry in (erf, erfc, erfinv, digamma, i0, polygamma):
    alias(_entry, "special." + _entry.name)
alias(lgamma, "special.gammaln")
alias(digamma, "special.psi")
alias(mvlgamma, "special.multigammaln")
