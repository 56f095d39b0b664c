"""Elementwise arithmetic and functions: out[i] depends on x[i] (and y[i]) only. Imports op and kernels."""

from __future__ import annotations

import math

import numpy as np

from ..kernels.select import select
from ..op import Array, Value, composed, op, quiet


@op("{x}", x=lambda g, x_dtype: cast(g, x_dtype), types="any", spaces="engine", torch_name="ToCopyBackward")
def cast(x: Array, dtype: np.dtype) -> Array:
    """x as another element type. Floating to integer truncates; out of range wraps as the machine does."""
    with np.errstate(all="ignore"):
        return x.astype(dtype)


add = op(np.add, "{x} + {y}", x=lambda g: g, y=lambda g: g, name="add", types="promote", operator="add", spaces="engine")
sub = op(np.subtract, "{x} − {y}", x=lambda g: g, y=lambda g: -g, name="sub", types="promote", operator="sub", spaces="engine")
mul = op(
    np.multiply,
    "{x} · {y}",
    x=lambda g, y: g * y,
    y=lambda g, x: g * x,
    name="mul",
    types="promote",
    operator="mul",
    inplace=True,
)
div_true = op(
    quiet(np.true_divide),
    "{x} / {y}",
    x=lambda g, y: g / y,
    y=lambda g, x, y: -g * x / (y * y),
    name="div",
    types="float",
    operator="truediv",
    spaces="engine",
)
neg = op(np.negative, "−{x}", x=lambda g: -g, name="neg", operator="neg", inplace=True)


@composed(name="add", inplace=True)
def add_scaled(x: Value, y: Value, *, alpha: float = 1) -> Value:
    """x + alpha · y."""
    return add(x, y) if alpha == 1 else add(x, mul(y, alpha))


@composed(name="sub", inplace=True)
def sub_scaled(x: Value, y: Value, *, alpha: float = 1) -> Value:
    """x − alpha · y."""
    return sub(x, y) if alpha == 1 else sub(x, mul(y, alpha))


@composed(name="rsub")
def rsub(x: Value, y: Value, *, alpha: float = 1) -> Value:
    """y − alpha · x."""
    return sub(y, x) if alpha == 1 else sub(y, mul(x, alpha))


@composed(name="div", inplace=True)
def div(x: Value, y: Value, *, rounding_mode: str | None = None) -> Value:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
    if rounding_mode is None:
        return div_true(x, y)
    if rounding_mode == "floor":
        return floor_divide(x, y)
    if rounding_mode == "trunc":
        return div_trunc(x, y)
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}")


floor_divide = op(quiet(np.floor_divide), "⌊{x} / {y}⌋", name="floor_divide", types="promote", operator="floordiv", inplace=True)


@op("trunc({x} / {y})", types="promote", spaces="engine", x=lambda g: g * 0, y=lambda g, y: y * 0)
@quiet
def div_trunc(x: Array, y: Array) -> Array:
    """The quotient rounded towards 0, in the inputs' common type."""
    out = np.trunc(np.true_divide(x, y))
    return out.astype(np.result_type(x, y))


@op("|{x}|", x=lambda g, x: g * sign(x), inplace=True)
def abs(x: Array) -> Array:  # noqa: A001
    """The absolute value; its gradient at 0 is 0."""
    return np.absolute(x)


square = op(np.square, "{x}²", x=lambda g, x: g * (2 * x), inplace=True, torch_name="PowBackward")
sqrt = op(quiet(np.sqrt), "√{x}", x=lambda g, out: g / (2 * out), types="float", inplace=True)
exp = op(quiet(np.exp), "exp({x})", x=lambda g, out: g * out, types="float", inplace=True)
log = op(quiet(np.log), "log({x})", x=lambda g, x: g / x, types="float", inplace=True)
log1p = op(quiet(np.log1p), "log(1 + {x})", x=lambda g, x: g / (1 + x), types="float", inplace=True)
expm1 = op(quiet(np.expm1), "exp({x}) − 1", x=lambda g, out: g * (out + 1), types="float", inplace=True)
sin = op(quiet(np.sin), "sin({x})", x=lambda g, x: g * cos(x), types="float", inplace=True)
cos = op(quiet(np.cos), "cos({x})", x=lambda g, x: -g * sin(x), types="float", inplace=True)
tanh = op(np.tanh, "tanh({x})", x=lambda g, out: g * (1 - out * out), types="float", inplace=True, spaces="torch method functional")


@op("1 / √{x}", x=lambda g, out: -0.5 * g * out * out * out, types="float", inplace=True)
@quiet
def rsqrt(x: Array) -> Array:
    """1 / √x."""
    return np.reciprocal(np.sqrt(x))


@op("1 / {x}", x=lambda g, out: -g * out * out, types="float", inplace=True)
@quiet
def reciprocal(x: Array) -> Array:
    """1 / x."""
    return np.reciprocal(x)


@op("σ({x})", x=lambda g, out: g * (1 - out) * out, types="float", inplace=True, spaces="torch method functional")
@quiet
def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(−x)); exp only ever sees a negative number, so nothing overflows."""
    e = np.exp(-np.absolute(x))
    return np.where(x >= 0, 1, e) / (1 + e)  # type: ignore[no-any-return]


sign = op(np.sign, "sign({x})", x=lambda g: g * 0, inplace=True)
floor = op(np.floor, "⌊{x}⌋", x=lambda g: g * 0, inplace=True)
ceil = op(np.ceil, "⌈{x}⌉", x=lambda g: g * 0, inplace=True)
trunc = op(np.trunc, "trunc({x})", x=lambda g: g * 0, inplace=True)


@op("{x}^{y}", x=lambda g, x, y: pow_base(g, x, y), y=lambda g, x, y, out: pow_exponent(g, x, y, out), types="promote", operator="pow", inplace=True)
@quiet
def pow(x: Array, y: Array) -> Array:  # noqa: A001
    """x to the power y. Integers to negative integer powers are an error, as in PyTorch."""
    kind = getattr(x, "dtype", None) or getattr(y, "dtype", None)
    if kind is not None and kind.kind in "iu" and np.any(np.asarray(y) < 0):
        raise RuntimeError("Integers to negative integer powers are not allowed: use x.float() ** y")
    return np.power(x, y)


@composed("{g} · {y} · {x}^({y} − 1)", spaces="engine")
def pow_base(g: Value, x: Value, y: Value) -> Value:
    """The gradient of x^y for x: y · x^(y−1), and 0 where y is 0."""
    if isinstance(y, (int, float)):
        return g * 0 if y == 0 else g * (y * x) if y == 2 else g * (y * pow(x, y - 1))
    return where(eq(y, 0), g * 0, g * (y * pow(x, y - 1)))


@composed("{g} · {out} · log({x})", spaces="engine")
def pow_exponent(g: Value, x: Value, y: Value, out: Value) -> Value:
    """The gradient of x^y for y: x^y · log x, and 0 where x is 0 and y is not negative."""
    if isinstance(x, (int, float)):
        if x == 0:
            return where(ge(y, 0), g * 0, g * (out * -math.inf))
        return g * (out * (math.log(x) if x > 0 else math.nan))
    return where(logical_and(eq(x, 0), ge(y, 0)), g * 0, g * (out * log(x)))


# where two values tie, each is given half of the gradient
maximum = op(
    np.maximum,
    "max({x}, {y})",
    x=lambda g, x, y: tie_share(g, gt(x, y), eq(x, y)),
    y=lambda g, x, y: tie_share(g, lt(x, y), eq(x, y)),
    types="promote",
)
minimum = op(
    np.minimum,
    "min({x}, {y})",
    x=lambda g, x, y: tie_share(g, lt(x, y), eq(x, y)),
    y=lambda g, x, y: tie_share(g, gt(x, y), eq(x, y)),
    types="promote",
)


@composed("{g} · {won} + {g} · {tied} / 2", spaces="engine")
def tie_share(g: Value, won: Value, tied: Value) -> Value:
    """g where this side won, g/2 where both sides tied, else 0."""
    return where(won, g, where(tied, g / 2, 0.0))


eq = op(np.equal, "[{x} = {y}]", name="eq", types="promote", operator="eq", inplace=True)
ne = op(np.not_equal, "[{x} ≠ {y}]", name="ne", types="promote", operator="ne", inplace=True)
lt = op(np.less, "[{x} < {y}]", name="lt", types="promote", operator="lt", inplace=True)
le = op(np.less_equal, "[{x} ≤ {y}]", name="le", types="promote", operator="le", inplace=True)
gt = op(np.greater, "[{x} > {y}]", name="gt", types="promote", operator="gt", inplace=True)
ge = op(np.greater_equal, "[{x} ≥ {y}]", name="ge", types="promote", operator="ge", inplace=True)
logical_and = op(np.logical_and, "{x} ∧ {y}", types="any", inplace=True)
logical_or = op(np.logical_or, "{x} ∨ {y}", types="any", inplace=True)
logical_xor = op(np.logical_xor, "{x} ⊻ {y}", types="any", inplace=True)
logical_not = op(np.logical_not, "¬{x}", types="any", inplace=True)
isnan = op(np.isnan, "isnan({x})", types="any")
isfinite = op(np.isfinite, "isfinite({x})", types="any")
isinf = op(np.isinf, "isinf({x})", types="any")


@op(
    "{condition} ? {x} : {y}",
    x=lambda g, condition: where(condition, g, 0.0),
    y=lambda g, condition: where(condition, 0.0, g),
    types="promote",
    spaces="engine",
    name="where",
)
def where(condition: Array, x: Array, y: Array) -> Array:
    """x where the condition holds, y elsewhere; all three are broadcast together."""
    return select(condition, x, y)



@op(
    "min(max({x}, {min}), {max})",
    x=lambda g, x, min, max: where(logical_and(True if min is None else ge(x, min), True if max is None else le(x, max)), g, 0.0),
    types="promote",
    inplace=True,
)
def clamp(x: Array, min: float | None = None, max: float | None = None) -> Array:  # noqa: A002
    """x held between min and max; the gradient passes on the edges too. NaN stays NaN."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None: give clamp(min=...) or clamp(max=...)")
    out = x if min is None else np.maximum(x, min)
    return out if max is None else np.minimum(out, max)
