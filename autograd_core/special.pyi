# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from builtins import bool as _bool, complex as _complex, float as _float, int as _int, type as _type
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from .dtypes import dtype as _dtype
from .tensor.base import Size, Tensor, device as _device
from . import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float

def chebyshev_polynomial_t(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial T_n of x; 0 for a negative n.

    out = T_n(x)
    """
def chebyshev_polynomial_u(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial U_n of x; 0 for a negative n.

    out = U_n(x)
    """
def chebyshev_polynomial_v(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial V_n of x; 0 for a negative n.

    out = V_n(x)
    """
def chebyshev_polynomial_w(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial W_n of x; 0 for a negative n.

    out = W_n(x)
    """
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma: NaN at negative integers, -inf at 0 and inf at -0.

    out = ψ(x)

    ∂x = g · ψ⁽¹⁾(x)

    (x is input; g is the gradient of out.)
    """
def entr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-x log x: 0 at 0, -inf below.

    out = −x · log(x)

    ∂x = g · (isnan(x) ? x : −log(x) − 1)

    (x is input; g is the gradient of out.)
    """
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """2 / √π times the integral of exp(−t²) from 0 to x.

    out = erf(x)

    ∂x = g · 2 / √π · exp(−x²)

    (x is input; g is the gradient of out.)
    """
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 − erf(x), without the loss of digits for large x.

    out = erfc(x)

    ∂x = −g · 2 / √π · exp(−x²)

    (x is input; g is the gradient of out.)
    """
def erfcx(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(x²) erfc(x).

    out = erfcx(x)

    ∂x = g · (2 · x · out − 2 / √π)

    (x is input; g is the gradient of out.)
    """
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf: ±inf at ±1, NaN beyond.

    out = erf⁻¹(x)

    ∂x = g · √π / 2 · exp(out²)

    (x is input; g is the gradient of out.)
    """
def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = 2^x

    ∂x = g · out · log(2)

    (x is input; g is the gradient of out.)
    """
def expit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + exp(−x)); an overflow of exp gives the 0 that is right.

    out = σ(x)

    ∂x = g · (1 − out) · out

    (x is input; g is the gradient of out.)
    """
def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = exp(x) − 1

    ∂x = g · (out + 1)

    (x is input; g is the gradient of out.)
    """
def gammainc(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """P(a, x) = ∫ t^(a−1) exp(−t) dt from 0 to x, divided by Γ(a): NaN for negative arguments.

    out = P(x, y)

    ∂y = g · y^(x − 1) · exp(−y) / Γ(x)

    (x is input, y is other; g is the gradient of out.)
    """
def gammaincc(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """Q(a, x) = 1 − P(a, x), without cancellation.

    out = Q(x, y)

    ∂y = −(g · y^(x − 1) · exp(−y) / Γ(x))

    (x is input, y is other; g is the gradient of out.)
    """
def gammaln(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log |Γ(x)|: inf at 0, -1, -2, ...

    out = log |Γ(x)|

    ∂x = g · ψ(x)

    (x is input; g is the gradient of out.)
    """
def hermite_polynomial_h(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial H_n of x; 0 for a negative n.

    out = H_n(x)
    """
def hermite_polynomial_he(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial He_n of x; 0 for a negative n.

    out = He_n(x)
    """
def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function I₀(x).

    out = I₀(x)

    ∂x = g · I₁(x)

    (x is input; g is the gradient of out.)
    """
def i0e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(-|x|) I₀(x).

    out = exp(−|x|) · I₀(x)

    ∂x = g · (exp(−|x|) · I₁(x) − sign(x) · out)

    (x is input; g is the gradient of out.)
    """
def i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function I₁(x).

    out = I₁(x)

    ∂x = g · ([x = 0] ? 0.5 : I₀(x) − out / x)

    (x is input; g is the gradient of out.)
    """
def i1e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(-|x|) I₁(x).

    out = exp(−|x|) · I₁(x)

    ∂x = g · ([x = 0] ? 0.5 : exp(−|x|) · I₀(x) − out · sign(x) − out / x)

    (x is input; g is the gradient of out.)
    """
def laguerre_polynomial_l(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial L_n of x; 0 for a negative n.

    out = L_n(x)
    """
def legendre_polynomial_p(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial P_n of x; 0 for a negative n.

    out = P_n(x)
    """
def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = log(1 + x)

    ∂x = g / (1 + x)

    (x is input; g is the gradient of out.)
    """
def log_ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(ndtr(x)), finite far to the left.

    out = log Φ(x)

    ∂x = g · φ(x) / Φ(x)

    (x is input; g is the gradient of out.)
    """
def log_softmax(input: Tensor, dim: _int, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """log softmax(x) over dim, without the overflow and the loss of digits of its two steps.

    out = log_softmax(x)

    ∂x = g − exp(out) · Σ g

    (x is input; g is the gradient of out.)
    """
def logit(input: Tensor, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(x / (1 − x)), the inverse of the sigmoid; eps holds x in [eps, 1 − eps].

    out = log(x / (1 − x))

    ∂x = ¬[0 ≤ x ≤ 1 − 0] ? nan : g / (x · (1 − x))

    (x is input; g is the gradient of out.)
    """
def logsumexp(input: Tensor, dim: Any, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """log Σ exp(x) over dim, with the largest x taken out so that nothing overflows.

    out = log Σ exp(x)

    ∂x = g · exp(x − out)

    (x is input; g is the gradient of out.)
    """
def modified_bessel_i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function I₀(x).

    out = I₀(x)

    ∂x = g · I₁(x)

    (x is input; g is the gradient of out.)
    """
def modified_bessel_i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function I₁(x).

    out = I₁(x)

    ∂x = g · ([x = 0] ? 0.5 : I₀(x) − out / x)

    (x is input; g is the gradient of out.)
    """
def multigammaln(input: Tensor, p: _int, *, out: Tensor | None = None) -> Tensor:
    """log of the multivariate gamma function of dimension p: p (p − 1) / 4 · log π + Σ lgamma(x − i / 2), i from 0 to p − 1."""
def ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The normal distribution function ½ erfc(−x / √2).

    out = Φ(x)

    ∂x = g · φ(x)

    (x is input; g is the gradient of out.)
    """
def ndtri(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of ndtr: -inf at 0, inf at 1, NaN outside of [0, 1].

    out = Φ⁻¹(x)

    ∂x = g / φ(out)

    (x is input; g is the gradient of out.)
    """
def polygamma(n: _int, input: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The n-th derivative of digamma ψ. RuntimeError for a negative n.

    out = ψ⁽n⁾(x)

    ∂x = g · ψ⁽n + 1⁾(x)

    (x is input; g is the gradient of out.)
    """
def psi(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma: NaN at negative integers, -inf at 0 and inf at -0.

    out = ψ(x)

    ∂x = g · ψ⁽¹⁾(x)

    (x is input; g is the gradient of out.)
    """
def round(input: Tensor, *, decimals: _int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest integer, halves to the even one; with `decimals` the nearest multiple of 10^−decimals.

    out = round(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def shifted_chebyshev_polynomial_t(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial T_n of 2 x − 1; 0 for a negative n.

    out = T*_n(x)
    """
def shifted_chebyshev_polynomial_u(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial U_n of 2 x − 1; 0 for a negative n.

    out = U*_n(x)
    """
def shifted_chebyshev_polynomial_v(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial V_n of 2 x − 1; 0 for a negative n.

    out = V*_n(x)
    """
def shifted_chebyshev_polynomial_w(input: Tensor, n: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The polynomial W_n of 2 x − 1; 0 for a negative n.

    out = W*_n(x)
    """
def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(πx) / (πx), and 1 at 0.

    out = sin(π · x) / (π · x)

    ∂x = g · (cos(π · x) − sinc(x)) / x

    (x is input; g is the gradient of out.)
    """
def softmax(input: Tensor, dim: _int, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1.

    out = softmax(x)

    ∂x = (g − Σ g · out) · out

    (x is input; g is the gradient of out.)
    """
def spherical_bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(x) / x, and 1 at 0.

    out = sin(x) / x

    ∂x = g · ([x = 0] ? 0 : (cos(x) − out) / x)

    (x is input; g is the gradient of out.)
    """
def xlog1py(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x · log(1 + y), and 0 where x is 0 unless y is NaN.

    out = x · log(1 + y)

    ∂x = g · ([x = 0] ∧ [y ≤ −1] ? 0 : log(1 + y))
    ∂y = g · x / (1 + y)

    (x is input, y is other; g is the gradient of out.)
    """
def xlogy(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x · log y, and 0 where x is 0 unless y is NaN.

    out = x · log(y)

    ∂x = g · ([x = 0] ∧ [y ≤ 0] ? 0 : log(y))
    ∂y = g · x / y

    (x is input, y is other; g is the gradient of out.)
    """
def zeta(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """Hurwitz's zeta function Σ (y + k)^−x.

    out = ζ(x, y)

    ∂y = g · −x · ζ(x + 1, y)

    (x is input, y is other; g is the gradient of out.)
    """
