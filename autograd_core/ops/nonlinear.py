"""Activation functions as ops: kernels and rules. `activation` gives them PyTorch's signatures. Imports op and the elementwise families."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import prelu as by_channel
from ..kernels.activation import forward, gradient
from ..op import Array, Value, composed, op, quiet
from .comparison import ge, gt, le, logical_and, logical_or, lt, where
from .exponential import exp, sigmoid
from .extremes import hold_between, in_type_of
from .fused import fused, looped, ready
from .special import ndtr
from .trigonometry import tanh

SELU_ALPHA = 1.6732632423543772848170429916717  # Klambauer et al. 2017: zero mean and unit variance are a fixed point
SELU_SCALE = 1.0507009873554804934193349852946
DENSITY = 1 / math.sqrt(2 * math.pi)
BEND = math.sqrt(2 / math.pi)


def floating(x: Array, name: str) -> None:
    """NotImplementedError for integers, which PyTorch's activations do not take."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"{name}_cpu" not implemented for {x.dtype}: activations are floating, use x.float()')


@op("max(0, {x})", x=lambda g, out: relu_input(g, out), types="any", inplace=True)
def relu(x: Array) -> Array:
    """max(0, x); the gradient at 0 is 0. NaN stays NaN."""
    if x.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu: use x.float()")
    return np.maximum(x, 0)


@fused("[{out} ≤ 0] ? 0 : {g}", "relu_by_out")
def relu_input(g: Value, out: Value) -> Value:
    """g where the output is positive."""
    return where(le(out, 0), 0.0, g)


@op(
    "{x} ≤ {threshold} ? {value} : {x}",
    x=lambda g, x, threshold: where(le(x, threshold), 0.0, g),
    types="any",
    inplace=True,
    spaces="engine",
)
def threshold(x: Array, threshold: float, value: float) -> Array:
    """x above the threshold, else the value."""
    if x.dtype == np.uint8 and value < 0:
        raise RuntimeError(f"value cannot be converted to type uint8 without overflow: {value}")
    return np.where(x <= threshold, in_type_of(x, value, "value"), x)


@op(
    "{x} > 0 ? {x} : {negative_slope} · {x}",
    x=lambda g, x, negative_slope: leaky_relu_input(g, x, negative_slope),
    types="any",
    inplace=True,
    spaces="engine",
)
@looped("leaky_relu")
def leaky_relu(x: Array, negative_slope: float) -> Array:
    """x where it is positive, else a small multiple of it."""
    floating(x, "leaky_relu")
    if 0 <= negative_slope <= 1:
        return np.maximum(x, x * x.dtype.type(negative_slope))
    return np.where(x > 0, x, x * x.dtype.type(negative_slope))


@fused("[{x} > 0] ? {g} : {g} · {negative_slope}", "leaky_relu")
def leaky_relu_input(g: Value, x: Value, negative_slope: float) -> Value:
    """g, times the slope where x is not positive."""
    return where(gt(x, 0), g, g * negative_slope)


@op("{x} > 0 ? {x} : {alpha} · (exp({x}) − 1)", x=lambda g, x, alpha: elu_input(g, x, alpha), types="any", inplace=True, spaces="engine")
@looped("elu")
def elu(x: Array, alpha: float) -> Array:
    """x where it is positive, else α (exp(x) − 1)."""
    floating(x, "elu")
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)) * x.dtype.type(alpha))


@fused("[{x} ≤ 0] ? {g} · {alpha} · exp({x}) : {g}", "elu")
def elu_input(g: Value, x: Value, alpha: float) -> Value:
    """The gradient of elu."""
    return where(le(x, 0), g * (alpha * exp(x)), g)


@op(
    "{x} > 0 ? {scale} · {x} : {scale} · {alpha} · (exp({x}) − 1)",
    x=lambda g, x, alpha, scale: selu_input(g, x, alpha, scale),
    types="any",
    inplace=True,
    spaces="engine",
)
@looped("selu")
def selu(x: Array, alpha: float = SELU_ALPHA, scale: float = SELU_SCALE) -> Array:
    """λ x where x is positive, else λ α (exp(x) − 1), with the constants of self-normalising networks."""
    floating(x, "selu")
    kind = x.dtype.type
    return np.where(x > 0, x * kind(scale), np.expm1(np.minimum(x, 0)) * kind(alpha * scale))


@fused("[{x} ≤ 0] ? {g} · {alpha} · {scale} · exp({x}) : {g} · {scale}", "selu")
def selu_input(g: Value, x: Value, alpha: float, scale: float) -> Value:
    """The gradient of selu."""
    return where(le(x, 0), g * (alpha * scale * exp(x)), g * scale)


@op(
    "{x} > 0 ? {x} : {alpha} · (exp({x} / {alpha}) − 1)",
    x=lambda g, x, alpha: celu_input(g, x, alpha),
    types="any",
    inplace=True,
    spaces="engine",
)
@looped("celu", lambda alpha: alpha > 0)  # its loop takes exponentials of negative numbers only
def celu(x: Array, alpha: float) -> Array:
    """x where it is positive, else α (exp(x / α) − 1): smooth for every α."""
    floating(x, "celu")
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0) / x.dtype.type(alpha)) * x.dtype.type(alpha))


@fused("[{x} ≤ 0] ? {g} · exp({x} / {alpha}) : {g}", "celu", lambda alpha: alpha > 0)
def celu_input(g: Value, x: Value, alpha: float) -> Value:
    """The gradient of celu."""
    return where(le(x, 0), g * exp(x / alpha), g)


@op("{x} · Φ({x})", x=lambda g, x: gelu_input(g, x), types="any", spaces="engine")
@looped("gelu")
def gelu(x: Array) -> Array:
    """x Φ(x), Φ the normal distribution function."""
    floating(x, "GeluKernelImpl")
    return x * ndtr.fn(x)


@fused("{g} · (Φ({x}) + {x} · φ({x}))", "gelu")
def gelu_input(g: Value, x: Value) -> Value:
    """The gradient of gelu; φ is the normal density exp(−x²/2) / √(2π)."""
    return g * (ndtr(x) + x * (DENSITY * exp(-0.5 * (x * x))))


@op("½ · {x} · (1 + tanh(√(2/π) · ({x} + 0.044715 · {x}³)))", x=lambda g, x: gelu_tanh_input(g, x), types="any", spaces="engine")
@looped("gelu_tanh")
def gelu_tanh(x: Array) -> Array:
    """gelu with tanh in place of Φ."""
    floating(x, "GeluKernelImpl")
    kind = x.dtype.type
    return kind(0.5) * x * (1 + np.tanh(kind(BEND) * (x + kind(0.044715) * (x * x * x))))


@fused("{g} · (½ · (1 + t) + ½ · {x} · (1 − t²) · √(2/π) · (1 + 0.134145 · {x}²))", "gelu_tanh")
def gelu_tanh_input(g: Value, x: Value) -> Value:
    """The gradient of gelu_tanh, with t its tanh."""
    square = x * x
    t = tanh(BEND * (x + 0.044715 * (square * x)))
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (BEND * (1 + 0.134145 * square)))


@op("{x} · σ({x})", x=lambda g, x: silu_input(g, x), types="any", inplace=True, spaces="engine")
@looped("silu")
def silu(x: Array) -> Array:
    """x σ(x)."""
    floating(x, "silu")
    e = np.exp(-x)
    e += 1
    return x / e


@fused("{g} · σ({x}) · (1 + {x} · (1 − σ({x})))", "silu")
def silu_input(g: Value, x: Value) -> Value:
    """The gradient of silu."""
    s = sigmoid(x)
    return g * (s * (1 + x * (1 - s)))


@op("{x} · tanh(log(1 + exp({x})))", x=lambda g, x: mish_input(g, x), types="any", inplace=True, spaces="engine")
@looped("mish")
def mish(x: Array) -> Array:
    """x tanh(softplus(x))."""
    floating(x, "mish")
    return x * np.tanh(np.logaddexp(x, x.dtype.type(0)))


@fused("{g} · (t + {x} · σ({x}) · (1 − t²))", "mish")
def mish_input(g: Value, x: Value) -> Value:
    """The gradient of mish, with t = tanh(softplus(x))."""
    t = tanh(softplus(x, 1.0, 20.0))
    return g * (t + x * sigmoid(x) * (1 - t * t))


@op(
    "log(1 + exp({beta} · {x})) / {beta}",
    x=lambda g, x, beta, threshold: softplus_input(g, x, beta, threshold),
    types="any",
    spaces="engine",
)
@looped("softplus")
def softplus(x: Array, beta: float, threshold: float) -> Array:
    """log(1 + exp(βx)) / β, and x itself where βx is above the threshold."""
    floating(x, "softplus")
    scaled = x * x.dtype.type(beta)
    return np.where(scaled > threshold, x, np.log1p(np.exp(np.minimum(scaled, threshold))) / x.dtype.type(beta))


@fused("{g} · σ({x} · {beta})", "softplus")
def softplus_input(g: Value, x: Value, beta: float, threshold: float) -> Value:
    """The gradient of softplus; above the threshold it is g."""
    return where(x * beta > threshold, g, g * sigmoid(x * beta))


@op(
    "{x} − sign({x}) · min(|{x}|, {lambd})",
    x=lambda g, x, lambd: softshrink_input(g, x, lambd),
    types="any",
    spaces="engine",
)
@looped("softshrink")
def softshrink(x: Array, lambd: float) -> Array:
    """x moved by λ towards 0, and 0 within λ of it."""
    floating(x, "softshrink")
    step = x.dtype.type(lambd)
    return np.where(x > step, x - step, np.where(x < -step, x + step, x * 0))


@fused("[|{x}| ≤ {lambd}] ? 0 : {g}", "softshrink")
def softshrink_input(g: Value, x: Value, lambd: float) -> Value:
    """g further than λ from 0."""
    return where(logical_and(ge(x, -lambd), le(x, lambd)), 0.0, g)


@op(
    "|{x}| > {lambd} ? {x} : 0",
    x=lambda g, x, lambd: softshrink_input(g, x, lambd),
    types="any",
    spaces="engine",
)
@looped("hardshrink")
def hardshrink(x: Array, lambd: float) -> Array:
    """x, and 0 within λ of 0."""
    floating(x, "hardshrink")
    return np.where((x >= -lambd) & (x <= lambd), x.dtype.type(0), x)


@op(
    "min(max({x}, {min_val}), {max_val})",
    x=lambda g, x, min_val, max_val: hardtanh_input(g, x, min_val, max_val),
    types="any",
    inplace=True,
    spaces="engine",
)
def hardtanh(x: Array, min_val: float, max_val: float) -> Array:
    """x held in [min_val, max_val]; the gradient on the edges is 0."""
    if x.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh: use x.float()")
    if min_val > max_val:
        raise ValueError(f"min_val cannot be greater than max_val: got {min_val} and {max_val}")
    if x.dtype == np.uint8 and min_val < 0:
        raise RuntimeError(f"cannot do hardtanh on an unsigned type with negative limits: min_val={min_val}")
    if ready(x) and min_val <= max_val:
        return hold_between(x, min_val, max_val)
    return np.minimum(np.maximum(x, in_type_of(x, min_val, "min_val")), in_type_of(x, max_val, "max_val"))


@fused("[{x} ≤ {min_val} or {x} ≥ {max_val}] ? 0 : {g}", "hardtanh")
def hardtanh_input(g: Value, x: Value, min_val: float, max_val: float) -> Value:
    """g strictly between the edges."""
    return where(logical_or(le(x, min_val), ge(x, max_val)), 0.0, g)


@op(
    "min(max({x} + 3, 0), 6) / 6",
    x=lambda g, x: hardsigmoid_input(g, x),
    types="any",
    inplace=True,
    spaces="engine",
)
@looped("hardsigmoid")
def hardsigmoid(x: Array) -> Array:
    """A sigmoid of three straight lines."""
    floating(x, "hardsigmoid")
    return np.minimum(np.maximum(x + 3, 0), 6) / 6


@fused("{g} / 6 · [−3 < {x} < 3]", "hardsigmoid")
def hardsigmoid_input(g: Value, x: Value) -> Value:
    """A sixth of g on the middle line."""
    return where(logical_and(gt(x, -3), lt(x, 3)), g / 6, 0.0)


@op(
    "{x} · min(max({x} + 3, 0), 6) / 6",
    x=lambda g, x: hardswish_input(g, x),
    types="any",
    inplace=True,
    spaces="engine",
)
@looped("hardswish")
def hardswish(x: Array) -> Array:
    """x times the hard sigmoid."""
    floating(x, "hardswish")
    out = np.minimum(np.maximum(x + 3, 0), 6)
    out *= x
    out /= 6
    return out


@fused("[{x} ≤ −3] ? 0 : [{x} < 3] ? {g} · ({x} / 3 + ½) : {g}", "hardswish")
def hardswish_input(g: Value, x: Value) -> Value:
    """The gradient of hardswish."""
    return where(le(x, -3), 0.0, where(lt(x, 3), g * (x / 3 + 0.5), g))


@op("log σ({x})", x=lambda g, x: log_sigmoid_input(g, x), types="any", spaces="engine", name="log_sigmoid")
@looped("log_sigmoid")
def logsigmoid(x: Array) -> Array:
    """log σ(x) = min(0, x) − log(1 + exp(−|x|))."""
    floating(x, "log_sigmoid")
    return np.minimum(x, 0) - np.log1p(np.exp(-np.absolute(x)))


@fused("{g} · σ(−{x})", "log_sigmoid")
def log_sigmoid_input(g: Value, x: Value) -> Value:
    """The gradient of log σ."""
    return g * sigmoid(-x)


@op(
    "{x} > 0 ? {x} : {w} · {x}",
    x=lambda g, x, w: prelu_input(g, x, w),
    w=lambda g, x: where(gt(x, 0), 0.0, g * x),
    spaces="engine",
)
@quiet
def prelu(x: Array, w: Array) -> Array:
    """x where it is positive, else w x; w is broadcast."""
    floating(x, "prelu")
    if _one_weight(x, w):
        return forward("leaky_relu")(x, float(w.reshape(())))
    return by_channel.prelu(x, w)


def _one_weight(x: Array, w: Array) -> bool:
    """Whether this is a leaky ReLU that the compiled loop serves."""
    return w.size == 1 and w.ndim <= x.ndim and ready(x)


@quiet
def _prelu_slope(g: Array, x: Array, w: Array) -> Array:
    if _one_weight(x, w) and ready(g, x):
        return gradient("leaky_relu")(g, x, float(w.reshape(())))
    return by_channel.prelu_input(g, x, w)


@composed("[{x} > 0] ? {g} : {g} · {w}", spaces="engine", kernel=_prelu_slope)
def prelu_input(g: Value, x: Value, w: Value) -> Value:
    """The gradient of prelu for x."""
    return where(gt(x, 0), g, g * w)


@op("rrelu({x})", x=lambda g, slopes: g * slopes, types="any", spaces="engine", inplace=True)
def rrelu(x: Array, slopes: Array) -> Array:
    """x times slopes that were drawn at random where x is negative and are 1 elsewhere."""
    return x * slopes
