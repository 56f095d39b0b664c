"""Elementwise arithmetic: sums, products, quotients, powers, signs. Imports op, comparison, rounding, exponential.

The names of the neighbours are found here too: rules of other families import them from one place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.activation import forward, gradient
from ..op import Array, Value, alias, composed, op, quiet
from .comparison import broadcasting, eq, flat, ge, gt, le, like, logical_and, logical_not, logical_or, lt, ne, where
from .exponential import exp, log
from .fused import BIG, fused, looped, ready
from .rounding import divide_rounding, floor_divide

__all__ = [
    "abs", "add", "cast", "div", "div_true", "eq", "exp", "floor_divide", "ge", "gt", "le", "log", "logical_and", "logical_not",
    "logical_or", "lt", "mul", "ne", "neg", "pow", "reciprocal", "rsqrt", "sign", "sqrt", "square", "sub", "where",
]  # fmt: skip


@op("{x}", x=lambda g, x_dtype: cast(g, x_dtype), types="any", spaces="engine", torch_name="ToCopyBackward")
@quiet
def cast(x: Array, dtype: np.dtype) -> Array:
    """x as another element type. Floating to integer truncates; out of range wraps as the machine does."""
    return x.astype(dtype)


def no_bool(x: Any, y: Any) -> None:
    """PyTorch refuses to subtract truth values: RuntimeError."""
    kinds = [getattr(v, "dtype", np.dtype(type(v))).kind for v in (x, y)]
    if "b" in kinds:
        both = "two bool tensors" if kinds == ["b", "b"] else "a bool tensor"
        raise RuntimeError(
            f"Subtraction, the `-` operator, with {both} is not supported. Use the `^` or `~` operator, or convert with .int()."
        )


_subtract = quiet(np.subtract)


@like(np.subtract)
def _sub(x: Array, y: Array, out: Array | None = None) -> Array:
    """x − y."""
    try:
        return _subtract(x, y, out)
    except TypeError:
        no_bool(x, y)
        raise


@like(np.negative)
def _neg(x: Array, out: Array | None = None) -> Array:
    """−x."""
    try:
        return np.negative(x, out)
    except TypeError:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. Use the `~` or `logical_not()` operator."
        ) from None


add = op(quiet(np.add), "{x} + {y}", x=lambda g: g, y=lambda g: g, name="add", types="promote", operator="add", spaces="engine")
sub = op(_sub, "{x} − {y}", x=lambda g: g, y=lambda g: -g, name="sub", types="promote", operator="sub", spaces="engine")
sub.guard = no_bool
mul = op(
    quiet(np.multiply), "{x} · {y}", x=lambda g, y: g * y, y=lambda g, x: g * x, name="mul", types="promote", operator="mul", inplace=True
)
div_true = op(
    quiet(np.true_divide),
    "{x} / {y}",
    x=lambda g, y: g / y,
    y=lambda g, x, y: -g * ((x / y) / y),
    name="div",
    types="float",
    operator="truediv",
    spaces="engine",
)
neg = op(_neg, "−{x}", x=lambda g: -g, name="neg", operator="neg", inplace=True)
alias(mul, "multiply")
alias(neg, "negative")


def _check_alpha(x: Any, y: Any, alpha: Any) -> None:
    """alpha must not bring a kind of number that the operands do not have."""
    kinds = {np.dtype(getattr(v.dtype, "numpy", v.dtype)).kind if hasattr(v, "dtype") else np.dtype(type(v)).kind for v in (x, y)}
    if isinstance(alpha, bool) and kinds != {"b"}:
        raise RuntimeError("Boolean alpha only supported for Boolean results: use a number")
    if isinstance(alpha, float) and "f" not in kinds:
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")


def _scaled(x: Value, y: Value, alpha: float) -> Value:
    """alpha · y, checked."""
    _check_alpha(x, y, alpha)
    return mul(y, alpha)


@composed(name="add", inplace=True)
def add_scaled(x: Value, y: Value, *, alpha: float = 1) -> Value:
    """x + alpha · y."""
    return add(x, y) if type(alpha) is int and alpha == 1 else add(x, _scaled(x, y, alpha))


@composed(name="sub", inplace=True)
def sub_scaled(x: Value, y: Value, *, alpha: float = 1) -> Value:
    """x − alpha · y."""
    return sub(x, y) if type(alpha) is int and alpha == 1 else sub(x, _scaled(x, y, alpha))


@composed(name="rsub", spaces="torch")
def rsub(x: Value, y: Value, *, alpha: float = 1) -> Value:
    """y − alpha · x."""
    if type(y) in (int, float) and alpha == 1:
        return y - x
    return sub(y, x) if type(alpha) is int and alpha == 1 else sub(y, _scaled(y, x, alpha))


@composed(name="div", inplace=True)
def div(x: Value, y: Value, *, rounding_mode: str | None = None) -> Value:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
    return div_true(x, y) if rounding_mode is None else divide_rounding(x, y, rounding_mode)


alias(sub_scaled, "subtract")
alias(div, "divide", "true_divide")
for _entry, _direct in [(add_scaled, add), (sub_scaled, sub), (div, div_true)]:
    _entry.direct = _direct.fn


@composed(operator="pos")
def positive(x: Value) -> Value:
    """x itself. RuntimeError for truth values."""
    if x.dtype == np.bool_:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported: convert with .int()")
    return x


@op("|{x}|", x=lambda g, x: abs_input(g, x), operator="abs", inplace=True)
def abs(x: Array) -> Array:
    """The absolute value; its gradient at 0 is 0."""
    if x.dtype.kind == "b":
        raise NotImplementedError("\"abs_cpu\" not implemented for 'Bool': convert with .int() first")
    return np.absolute(x)


@fused("{g} · sign({x})", "abs")
def abs_input(g: Value, x: Value) -> Value:
    """The gradient of |x|, 0 at 0."""
    return g * sign(x)


alias(abs, "absolute")


@op("arg({x})", x=lambda g: flat(g), types="float")
@quiet
def angle(x: Array) -> Array:
    """The angle of x in the complex plane: π for negative numbers, else 0; NaN for NaN."""
    return np.where(np.isnan(x), x, np.where(x < 0, x.dtype.type(np.pi), x.dtype.type(0)))


@composed()
def real(x: Value) -> Value:
    """x itself, for there are no complex numbers here."""
    return x


@composed(inplace=True)
def conj_physical(x: Value) -> Value:
    """x itself: the conjugate of a real number."""
    return x


alias(real, "conj", "resolve_conj", "resolve_neg")


@looped("sign")
def _sign(x: Array) -> Array:
    """−1, 0 or 1; 0 for NaN, as in PyTorch."""
    if x.dtype.kind == "f":
        return np.where(np.isnan(x), x.dtype.type(0), np.sign(x))
    return x.copy() if x.dtype.kind == "b" else np.sign(x)


sign = op(_sign, "sign({x})", x=lambda g: flat(g), name="sign", inplace=True)
sgn = op(_sign, "sign({x})", x=lambda g: flat(g), name="sgn", inplace=True)


@op("{x}²", x=lambda g, x: g * (2 * x), inplace=True, torch_name="PowBackward")
@quiet
def square(x: Array) -> Array:
    """x²."""
    return np.square(x) if x.dtype.kind != "b" else x.astype(np.int64)


sqrt = op(quiet(np.sqrt), "√{x}", x=lambda g, out: g / (2 * out), types="float", inplace=True)


@op("1 / √{x}", x=lambda g, out: rsqrt_input(g, out), types="float", inplace=True)
@quiet
def rsqrt(x: Array) -> Array:
    """1 / √x."""
    return np.reciprocal(np.sqrt(x))


@composed("−½ · {g} · {out}³", spaces="engine")
def rsqrt_input(g: Value, out: Value) -> Value:
    """The gradient of 1 / √x."""
    return -0.5 * g * (out * out * out)


@op("1 / {x}", x=lambda g, out: -g * (out * out), types="float", inplace=True)
@quiet
def reciprocal(x: Array) -> Array:
    """1 / x."""
    return np.reciprocal(x)


_cube, _cube_slope = forward("cube"), gradient("cube")


def _small_power(x: Array, e: float, out: Array | None) -> Array | None:
    """The powers that are quicker, and in PyTorch other functions: √x of −∞ is NaN, its power ½ would be ∞."""
    if e == 2:
        return np.multiply(x, x, out)
    if e == 0.5:
        return np.sqrt(x, out)
    if e == 3 and out is None and ready(x, None, BIG):
        return _cube(x)
    if e == 3:
        return np.multiply(np.multiply(x, x), x, out)
    if e == -1:
        return np.reciprocal(x, out)
    if e == -0.5:
        return np.reciprocal(np.sqrt(x), out)
    return np.reciprocal(np.multiply(x, x), out) if e == -2 else None


@like(np.power)
@quiet
def _power(x: Array, y: Array, out: Array | None = None) -> Array:
    """x to the power y. RuntimeError for integers to a negative number; by element such powers are 0 (±1 for ±1)."""
    kind = np.result_type(x, y).kind
    if kind == "f":
        found = _small_power(x, float(y), out) if np.ndim(y) == 0 and np.ndim(x) else None
        return np.power(x, y, out) if found is None else found
    if kind == "b":
        if np.ndim(y) == 0:  # x or ones, as PyTorch for a number
            return np.logical_or(x, not y, out)
        raise NotImplementedError("\"pow\" not implemented for 'Bool': convert with .int() first")
    low = np.less(y, 0)
    if not low.any():
        return np.power(x, y, out)
    if np.ndim(y) == 0 and np.ndim(x):
        raise RuntimeError("Integers to negative integer powers are not allowed: use x.float() ** y")
    odd = np.where(np.asarray(y) & 1, x, np.multiply(x, x))
    return np.where(low, np.where(np.absolute(x) == 1, odd, 0), np.power(x, np.where(low, 0, y)))


pow = op(
    _power,
    "{x}^{y}",
    x=lambda g, x, y: pow_base(g, x, y),
    y=lambda g, x, y, out: pow_exponent(g, x, y, out),
    name="pow",
    types="promote",
    operator="pow",
    inplace=True,
)


def _pow_base_array(g: Array, x: Array, y: Array) -> Array:
    if np.ndim(y):
        return np.where(y == 0, 0, g * (y * _power(x, y - 1)))
    e = float(y)
    if e == 2:
        return g * (2 * x)
    if e == 3 and ready(g, x, BIG):
        return _cube_slope(g, x)
    return np.zeros_like(g) if e == 0 else g * (e * _power(x, np.asarray(e - 1, x.dtype)))


@composed("{g} · {y} · {x}^({y} − 1)", spaces="engine", kernel=_pow_base_array)
def pow_base(g: Value, x: Value, y: Value) -> Value:
    """The gradient of x^y for x: y · x^(y−1), and 0 where y is 0."""
    return where(eq(y, 0), 0.0, g * (y * pow(x, y - 1)))


@composed("{g} · {out} · log({x})", spaces="engine")
def pow_exponent(g: Value, x: Value, y: Value, out: Value) -> Value:
    """The gradient of x^y for y: x^y · log x, and 0 where x is 0 and y is not negative."""
    return g * where(logical_and(eq(x, 0), ge(y, 0)), 0.0, out * log(x))


@composed(inplace=True)
def float_power(x: Value, y: Value) -> Value:
    """x to the power y, computed in float64."""
    if hasattr(x, "shape"):
        return pow(cast(x, np.dtype(np.float64)), cast(y, np.dtype(np.float64)) if hasattr(y, "shape") else float(y))
    return pow(float(x), cast(y, np.dtype(np.float64)))


@op(
    "{x} + {value} · {tensor1} · {tensor2}",
    x=lambda g: g,
    tensor1=lambda g, tensor2, value: g * (tensor2 * value),
    tensor2=lambda g, tensor1, value: g * (tensor1 * value),
    types="promote",
    inplace=True,
)
@broadcasting
def addcmul(x: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    """x + value · tensor1 · tensor2."""
    if x.dtype.kind == "b":
        raise NotImplementedError("\"addcmul_cpu_out\" not implemented for 'Bool': convert with .int() first")
    _check_alpha(x, x, value)
    return x + (tensor1 * tensor2 if value == 1 else tensor1 * x.dtype.type(value) * tensor2)


@op(
    "{x} + {value} · {tensor1} / {tensor2}",
    x=lambda g: g,
    tensor1=lambda g, tensor2, value: g * (value / tensor2),
    tensor2=lambda g, tensor1, tensor2, value: -g * (value * tensor1 / (tensor2 * tensor2)),
    types="promote",
    inplace=True,
)
@broadcasting
def addcdiv(x: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    """x + value · tensor1 / tensor2."""
    if tensor1.dtype.kind != "f":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported: use (x + value * tensor1 / tensor2), or convert with .float()"
        )
    return x + (tensor1 / tensor2 if value == 1 else x.dtype.type(value) * tensor1 / tensor2)


@op(
    "{x} + {weight} · ({end} − {x})",
    x=lambda g, weight: g * (1 - weight),
    end=lambda g, weight: g * weight,
    weight=lambda g, x, end: g * (end - x),
    inplace=True,
)
@broadcasting
def lerp(x: Array, end: Array, weight: Array | float) -> Array:
    """From x at weight 0 to end at weight 1 on a straight line; exact at both ends."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"lerp_kernel" not implemented for {x.dtype}: use x.float()')
    step = end - x
    if isinstance(weight, (int, float)):
        return x + weight * step if -0.5 < weight < 0.5 else end - step * (1 - weight)
    return np.where(np.absolute(weight) < 0.5, x + weight * step, end - step * (1 - weight)).astype(x.dtype, copy=False)
