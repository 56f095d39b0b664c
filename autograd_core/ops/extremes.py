"""The larger and the smaller of two, values held in bounds, replaced or joined piecewise. Imports op, comparison, pointwise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import get_default_dtype
from ..kernels.activation import forward, gradient, ready
from ..op import Array, Value, alias, composed, op, quiet
from .comparison import broadcasting, eq, flat, ge, isfinite, isnan, le, like, logical_and, logical_or, lt, where

hold_between, slope_between = forward("clamp"), gradient("clamp")

# where two values tie, each is given half of the gradient
maximum = op(
    np.maximum,
    "max({x}, {y})",
    x=lambda g, x, y: tie_share(g, x < y, eq(x, y)),
    y=lambda g, x, y: tie_share(g, y < x, eq(x, y)),
    types="promote",
)
minimum = op(
    np.minimum,
    "min({x}, {y})",
    x=lambda g, x, y: tie_share(g, x > y, eq(x, y)),
    y=lambda g, x, y: tie_share(g, y > x, eq(x, y)),
    types="promote",
)


@composed("{g} · ¬{lost} / (1 + {tied})", spaces="engine")
def tie_share(g: Value, lost: Value, tied: Value) -> Value:
    """0 where this side lost, g/2 where both sides tied, else g."""
    return where(lost, 0.0, where(tied, g / 2, g))


# NaN loses here; where two values tie, the first is given the gradient
fmax = op(
    np.fmax,
    "max({x}, {y})",
    x=lambda g, x, y: where(logical_or(ge(x, y), isnan(y)), g, 0.0),
    y=lambda g, x, y: where(logical_or(ge(x, y), isnan(y)), 0.0, g),
    types="promote",
)
fmin = op(
    np.fmin,
    "min({x}, {y})",
    x=lambda g, x, y: where(logical_or(le(x, y), isnan(y)), g, 0.0),
    y=lambda g, x, y: where(logical_or(le(x, y), isnan(y)), 0.0, g),
    types="promote",
)


def in_type_of(x: Array, bound: Any, name: str) -> Any:
    """A number in x's type. RuntimeError when it does not fit; a negative one wraps for uint8."""
    if bound is None:
        return None
    if x.dtype.kind in "iu":
        info = np.iinfo(x.dtype)
        if not (info.min or -info.max) <= bound <= info.max:
            raise RuntimeError(f"value cannot be converted to type {x.dtype} without overflow: {name}={bound}")
        return np.asarray(bound).astype(x.dtype)
    return x.dtype.type(bound)


def _type_with(x: Array, *bounds: Any) -> Array:
    """x in its common type with Python numbers."""
    if x.dtype.kind != "f" and any(isinstance(b, float) for b in bounds):
        return x.astype(get_default_dtype().numpy)
    return x.astype(np.int64) if x.dtype.kind == "b" and any(type(b) is int for b in bounds) else x


@op("min(max({x}, {min}), {max})", x=lambda g, x, min, max: within(g, x, min, max), types="any", spaces="engine", name="clamp")
def clamp_between(x: Array, min: float | None, max: float | None) -> Array:
    """x held between two numbers."""
    if ready(x) and min == min and max == max:  # NaN as a bound makes everything NaN
        return hold_between(x, -math.inf if min is None else min, math.inf if max is None else max)
    if x.dtype.kind == "f":
        out = x if min is None else np.maximum(x, min)
        return out if max is None else np.minimum(out, max)
    x = _type_with(x, min, max)
    low, high = in_type_of(x, min, "min"), in_type_of(x, max, "max")
    if x.dtype.kind == "b":
        raise NotImplementedError("\"clamp_scalar_cpu\" not implemented for 'Bool': convert with .int() first")
    out = x if low is None else np.maximum(x, low)
    return out if high is None else np.minimum(out, high)


def _within_array(g: Array, x: Array, min: float | None, max: float | None) -> Array:
    low, high = -math.inf if min is None else min, math.inf if max is None else max
    return slope_between(g, x, low, high) if ready(g, x) else np.where((x >= low) & (x <= high), g, 0)


@composed("{g} · [{min} ≤ {x} ≤ {max}]", spaces="engine", kernel=_within_array)
def within(g: Value, x: Value, min: float | None, max: float | None) -> Value:
    """g where x is within the bounds, the edges included, else 0."""
    if min is None or max is None:
        return where(le(x, max) if min is None else ge(x, min), g, 0.0)
    return where(logical_and(ge(x, min), le(x, max)), g, 0.0)


@op(
    "max({x}, {min})",
    x=lambda g, x, min: where(ge(x, min), g, 0.0),
    min=lambda g, x, min: where(lt(x, min), g, 0.0),
    types="promote",
    spaces="engine",
    name="clamp_min",
)
@broadcasting
def clamp_above(x: Array, min: Array) -> Array:
    """x, or the lower bound where that is larger."""
    return np.maximum(x, min)


@op(
    "min({x}, {max})",
    x=lambda g, x, max: where(le(x, max), g, 0.0),
    max=lambda g, x, max: where(x > max, g, 0.0),
    types="promote",
    spaces="engine",
    name="clamp_max",
)
@broadcasting
def clamp_below(x: Array, max: Array) -> Array:
    """x, or the upper bound where that is smaller."""
    return np.minimum(x, max)


@op(
    "min(max({x}, {min}), {max})",
    x=lambda g, x, min, max: where(logical_and(ge(x, min), le(x, max)), g, 0.0),
    min=lambda g, x, min, max: where(logical_and(lt(min, max), lt(x, min)), g, 0.0),
    max=lambda g, x, min, max: where(logical_or(x > max, max < min), g, 0.0),
    types="promote",
    spaces="engine",
)
@broadcasting
def clamp_tensors(x: Array, min: Array, max: Array) -> Array:
    """x held between bounds given for each element."""
    return np.minimum(np.maximum(x, min), max)


@composed(inplace=True)
def clamp(x: Value, min: Value | None = None, max: Value | None = None) -> Value:
    """x held between min and max, numbers or tensors; the gradient passes on the edges too. NaN stays NaN."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None: give clamp(min=...) or clamp(max=...)")
    if not hasattr(min, "shape") and not hasattr(max, "shape"):
        return clamp_between(x, min, max)
    if max is None:
        return clamp_above(x, min)
    if min is None:
        return clamp_below(x, max)
    if not (hasattr(min, "shape") and hasattr(max, "shape")):
        raise TypeError(
            f"clamp() takes two numbers or two tensors: got min of type {type(min).__name__} and max of type {type(max).__name__}"
        )
    return clamp_tensors(x, min, max)


@composed(inplace=True)
def clamp_min(x: Value, min: Value) -> Value:
    """x, or min where that is larger."""
    return clamp(x, min, None)


@composed(inplace=True)
def clamp_max(x: Value, max: Value) -> Value:
    """x, or max where that is smaller."""
    return clamp(x, None, max)


alias(clamp, "clip")


@op("max({x}, {eps})", x=lambda g: g, types="any", spaces="engine")
def at_least(x: Array, eps: float) -> Array:
    """x, not below eps; the gradient passes as if x had been left alone."""
    return np.maximum(x, eps)


@op("nan_to_num({x})", x=lambda g, x: where(isfinite(x), g, 0.0), types="any", inplace=True)
def nan_to_num(x: Array, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Array:
    """x with NaN replaced by 0 and ±∞ by the largest and smallest finite number, or by what is given."""
    if x.dtype.kind != "f":
        return x.copy()
    info = np.finfo(x.dtype)
    out = np.where(np.isnan(x), x.dtype.type(0 if nan is None else nan), x)
    out[x == np.inf] = info.max if posinf is None else posinf
    out[x == -np.inf] = info.min if neginf is None else neginf
    return out


@like(np.heaviside)
@quiet
def _heaviside(x: Array, y: Array, out: Array | None = None) -> Array:
    """1 where x is positive, y where it is 0, else 0."""
    return np.where(x == 0, y, (x > 0).astype(x.dtype))


heaviside = op(
    _heaviside,
    "[{x} > 0] + {y} · [{x} = 0]",
    x=lambda g: flat(g),
    y=lambda g, x: where(eq(x, 0), g, 0.0),
    name="heaviside",
    inplace=True,
)


@like(np.copysign)
@quiet
def _copysign(x: Array, y: Array, out: Array | None = None) -> Array:
    """|x| with the sign of y."""
    return np.copysign(x, y, out)


copysign = op(
    _copysign,
    "|{x}| · sign({y})",
    x=lambda g, x, out: where(eq(x, 0), 0.0, g * (out / x)),
    y=lambda g: flat(g),
    name="copysign",
    types="float",
    inplace=True,
)
nextafter = op(quiet(np.nextafter), "nextafter({x}, {y})", name="nextafter", types="promote", inplace=True)
