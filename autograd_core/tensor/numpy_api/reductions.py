"""np.sum, np.mean, np.quantile, np.cumsum, ...: NumPy's reductions and running sums on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .table import Axis, axes_of, flat, floating, functions, numpy_function, typed
from .tiers import Unsupported, operand, plain, rule


def _reduction(key: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
        x = make(a, dtype)
        return x if axis == () else rule(key)(x, axes_of(axis, x.array.ndim), keepdims)

    return reduce


def _extreme(key: str) -> Callable[..., Any]:
    def extreme(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False) -> Any:
        x = operand(a)
        return x if axis == () else rule(key)(x, axes_of(axis, x.array.ndim), keepdims)

    return extreme


def _spread(key: str) -> Callable[..., Any]:
    def spread(
        a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *, correction: Any = None
    ) -> Any:
        x = floating(a, dtype)
        return rule(key)(x, axes_of(axis, x.array.ndim), correction=ddof if correction is None else correction, keepdim=keepdims)

    return spread


functions.update({
    "sum": _reduction("sum", typed), "nansum": _reduction("nansum", typed), "mean": _reduction("mean", floating),
    "nanmean": _reduction("nanmean", floating), "max": _extreme("amax"), "amax": _extreme("amax"), "min": _extreme("amin"),
    "amin": _extreme("amin"), "var": _spread("var"), "std": _spread("std"),
})  # fmt: skip


@numpy_function("prod")
def prod(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    x = typed(a, dtype)
    for d in sorted((d % x.array.ndim for d in axes_of(axis, x.array.ndim)), reverse=True):
        x = rule("prod")(x, d, keepdims)
    return x


@numpy_function("nanprod")
def nanprod(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    return prod(_without_nan(a, 1), axis, dtype, None, keepdims)


def _without_nan(a: Any, value: float) -> Any:
    x = operand(a)
    return rule("where")(rule("isnan")(x), value, x)


@numpy_function("ptp")
def ptp(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False) -> Any:
    return functions["max"](a, axis, None, keepdims) - functions["min"](a, axis, None, keepdims)


@numpy_function("average")
def average(a: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    x = floating(a)
    if weights is None:
        mean = functions["mean"](x, axis, None, None, keepdims)
        total = operand(np.asarray(x.array.size / max(mean.array.size, 1), x.array.dtype))
    else:
        w = operand(weights)
        if w.array.shape != x.array.shape:
            if not isinstance(axis, int) or w.array.shape != (x.array.shape[axis],):
                raise Unsupported("weights must have the shape of a, or be 1-d along one axis")
            w = w.reshape([-1 if d == axis % x.array.ndim else 1 for d in range(x.array.ndim)]).expand(x.array.shape)
        total = functions["sum"](w, axis, None, None, keepdims)
        mean = functions["sum"](x * w, axis, None, None, keepdims) / total
    return (mean, total.expand(mean.array.shape)) if returned else mean


def _quantiles(scale: float, key: str) -> Callable[..., Any]:
    def quantile(
        a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, method: str = "linear", keepdims: bool = False
    ) -> Any:
        x = floating(a)
        if axis is not None and not isinstance(axis, int):
            raise Unsupported("quantiles have a rule over one axis or over all")
        if method not in ("linear", "lower", "higher", "midpoint", "nearest"):
            raise Unsupported(f"method {method!r} has no rule")
        q = (operand(np.asarray(plain(q), np.float64) / scale)).to(x.dtype)
        return rule(key)(x, q, axis, keepdims, interpolation=method)

    return quantile


def _median(key: str) -> Callable[..., Any]:
    find = _quantiles(1, key)

    def median(a: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
        return find(a, 0.5, axis, None, False, "linear", keepdims)

    return median


functions.update({
    "quantile": _quantiles(1, "quantile"), "percentile": _quantiles(100, "quantile"), "median": _median("quantile"),
    "nanquantile": _quantiles(1, "nanquantile"), "nanpercentile": _quantiles(100, "nanquantile"), "nanmedian": _median("nanquantile"),
})  # fmt: skip


def _running(key: str, fill: float | None = None) -> Callable[..., Any]:
    def run(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        x = typed(a, dtype) if fill is None else _without_nan(typed(a, dtype), fill)
        return rule(key)(flat(x), 0) if axis is None else rule(key)(x, axis)

    return run


def _cumulative(key: str) -> Callable[..., Any]:
    def cumulative(x: Any, /, *, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        if axis is None and operand(x).array.ndim > 1:
            raise ValueError("axis is required for arrays of more than one dimension")
        return _running(key)(x, axis, dtype)

    return cumulative


functions.update({
    "cumsum": _running("cumsum"), "cumprod": _running("cumprod"), "nancumsum": _running("cumsum", 0), "nancumprod": _running("cumprod", 1),
    "cumulative_sum": _cumulative("cumsum"), "cumulative_prod": _cumulative("cumprod"),
})  # fmt: skip


@numpy_function("cov")
def cov(
    m: Any, y: None = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None, aweights: Any = None
) -> Any:
    x = operand(m) if rowvar or operand(m).array.ndim < 2 else operand(m).T
    weights = {k: operand(w) for k, w in (("fweights", fweights), ("aweights", aweights)) if w is not None}
    return rule("cov")(x, correction=(0 if bias else 1) if ddof is None else ddof, **weights)


@numpy_function("corrcoef")
def corrcoef(x: Any, y: None = None, rowvar: bool = True) -> Any:
    return rule("corrcoef")(operand(x) if rowvar else operand(x).T)


@numpy_function("trapezoid")
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    y = rule("movedim")(operand(y), axis, -1)
    steps: Any = dx
    if x is not None:
        x = operand(x) if np.ndim(plain(x)) == 1 else rule("movedim")(operand(x), axis, -1)
        steps = x[..., 1:] - x[..., :-1]
    return rule("sum")((y[..., 1:] + y[..., :-1]) * steps / 2, -1)
