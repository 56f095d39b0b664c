"""Exponentials, logarithms and what is made of them. Imports op, comparison, fused."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import few
from ..op import Array, Value, alias, composed, op, quiet
from .comparison import eq, gt, le, like, logical_and, logical_or, lt, where
from .fused import fused, looped

LN2 = math.log(2)
LN10 = math.log(10)

exp = op(quiet(np.exp), "exp({x})", x=lambda g, out: g * out, types="float", inplace=True)
exp2 = op(quiet(np.exp2), "2^{x}", x=lambda g, out: g * by_log2(out), types="float", inplace=True)
expm1 = op(quiet(np.expm1), "exp({x}) − 1", x=lambda g, out: g * (out + 1), types="float", inplace=True)
log = op(quiet(np.log), "log({x})", x=lambda g, x: g / x, types="float", inplace=True)
log2 = op(quiet(np.log2), "log₂({x})", x=lambda g, x: g / by_log2(x), types="float", inplace=True)
log10 = op(quiet(np.log10), "log₁₀({x})", x=lambda g, x: g / by_log10(x), types="float", inplace=True)
log1p = op(quiet(np.log1p), "log(1 + {x})", x=lambda g, x: g / (1 + x), types="float", inplace=True)


@composed("{x} · log(2)", spaces="engine")
def by_log2(x: Value) -> Value:
    """x · log 2."""
    return x * LN2


@composed("{x} · log(10)", spaces="engine")
def by_log10(x: Value) -> Value:
    """x · log 10."""
    return x * LN10


alias(exp2, "special.exp2")
alias(expm1, "special.expm1")
alias(log1p, "special.log1p")


@op("σ({x})", x=lambda g, out: sigmoid_input(g, out), types="float", inplace=True, spaces="torch method functional")
@looped("sigmoid")
def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(−x)); an overflow of exp gives the 0 that is right."""
    e = np.exp(-x)
    e += 1
    return np.reciprocal(e)


@fused("{g} · (1 − {out}) · {out}", "sigmoid_by_out")
def sigmoid_input(g: Value, out: Value) -> Value:
    """The gradient of the sigmoid."""
    return g * ((1 - out) * out)


alias(sigmoid, "special.expit")


@op(
    "log({x} / (1 − {x}))",
    x=lambda g, x, eps: where(outside(x, eps or 0), beyond(eps), g / (x * (1 - x))),
    types="float",
    inplace=True,
)
@quiet
def logit(x: Array, eps: float | None = None) -> Array:
    """log(x / (1 − x)), the inverse of the sigmoid; eps holds x in [eps, 1 − eps]."""
    if eps is not None:
        x = np.minimum(np.maximum(x, eps), 1 - eps)
    return np.log(x / (1 - x))


@composed("¬[{eps} ≤ {x} ≤ 1 − {eps}]", spaces="engine")
def outside(x: Value, eps: float) -> Value:
    """Whether x is not in [eps, 1 − eps]."""
    return logical_or(lt(x, eps), gt(x, 1 - eps))


def beyond(eps: float | None) -> float:
    """The gradient of logit outside its domain: NaN, or 0 where eps held the input."""
    return math.nan if eps is None else 0.0


alias(logit, "special.logit")
logaddexp = op(
    quiet(np.logaddexp),
    "log(exp({x}) + exp({y}))",
    x=lambda g, x, y: g / (1 + exp(y - x)),
    y=lambda g, x, y: g / (1 + exp(x - y)),
    types="promote",
)
logaddexp2 = op(
    quiet(np.logaddexp2),
    "log₂(2^{x} + 2^{y})",
    x=lambda g, x, y: g / (1 + exp2(y - x)),
    y=lambda g, x, y: g / (1 + exp2(x - y)),
    types="promote",
)


@like(np.multiply)
@quiet
def _xlogy(x: Array, y: Array, out: Array | None = None) -> Array:
    """x · log y, and 0 where x is 0 unless y is NaN."""
    if type(x) is np.ndarray is type(y) and x.shape == y.shape and x.dtype is y.dtype and few.row_length(x, None):
        return few.xlogy(x, y)
    product = x * np.log(y)
    return np.where((x == 0) & (y == y), 0, product).astype(product.dtype, copy=False)


@like(np.multiply)
@quiet
def _xlog1py(x: Array, y: Array, out: Array | None = None) -> Array:
    """x · log(1 + y), and 0 where x is 0 unless y is NaN."""
    product = x * np.log1p(y)
    return np.where((x == 0) & (y == y), 0, product).astype(product.dtype, copy=False)


xlogy = op(
    _xlogy,
    "{x} · log({y})",
    x=lambda g, x, y: g * where(logical_and(eq(x, 0), le(y, 0)), 0.0, log(y)),
    y=lambda g, x, y: g * x / y,
    name="xlogy",
    types="float",
    inplace=True,
)
xlog1py = op(
    _xlog1py,
    "{x} · log(1 + {y})",
    x=lambda g, x, y: g * where(logical_and(eq(x, 0), le(y, -1)), 0.0, log1p(y)),
    y=lambda g, x, y: g * x / (1 + y),
    name="xlog1py",
    types="float",
    spaces="special",
)
alias(xlogy, "special.xlogy")
