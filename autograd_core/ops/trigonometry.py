"""Circular and hyperbolic functions, angles and lengths. Imports op, comparison, fused, pointwise."""

from __future__ import annotations

import math

import numpy as np

from ..op import Array, Value, alias, composed, op, quiet
from .comparison import eq, where
from .fused import BIG, fused
from .pointwise import sqrt

sin = op(quiet(np.sin), "sin({x})", x=lambda g, x: g * cos(x), types="float", inplace=True, spaces="torch method functional")
cos = op(quiet(np.cos), "cos({x})", x=lambda g, x: -g * sin(x), types="float", inplace=True)
tan = op(quiet(np.tan), "tan({x})", x=lambda g, out: g * (1 + out * out), types="float", inplace=True)
asin = op(quiet(np.arcsin), "asin({x})", x=lambda g, x: g / sqrt(1 - x * x), name="asin", types="float", inplace=True)
acos = op(quiet(np.arccos), "acos({x})", x=lambda g, x: -g / sqrt(1 - x * x), name="acos", types="float", inplace=True)
atan = op(quiet(np.arctan), "atan({x})", x=lambda g, x: g / (x * x + 1), name="atan", types="float", inplace=True)
sinh = op(quiet(np.sinh), "sinh({x})", x=lambda g, x: g * cosh(x), types="float", inplace=True)
cosh = op(quiet(np.cosh), "cosh({x})", x=lambda g, x: g * sinh(x), types="float", inplace=True)
tanh = op(quiet(np.tanh), "tanh({x})", x=lambda g, out: tanh_input(g, out), types="float", inplace=True, spaces="torch method functional")
asinh = op(quiet(np.arcsinh), "asinh({x})", x=lambda g, x: g / sqrt(x * x + 1), name="asinh", types="float", inplace=True)
acosh = op(quiet(np.arccosh), "acosh({x})", x=lambda g, x: g / sqrt(x * x - 1), name="acosh", types="float", inplace=True)
atanh = op(quiet(np.arctanh), "atanh({x})", x=lambda g, x: g / (1 - x * x), name="atanh", types="float", inplace=True)


@fused("{g} · (1 − {out}²)", "tanh_by_out", least=BIG)
def tanh_input(g: Value, out: Value) -> Value:
    """The gradient of tanh."""
    return g * (1 - out * out)


for _entry in (asin, acos, atan, asinh, acosh, atanh):
    alias(_entry, "arc" + _entry.name[1:])


@composed("{x} / {y}", spaces="engine")
def ratio(x: Value, y: Value) -> Value:
    """x / y, and 0 where y is 0."""
    return where(eq(y, 0), 0.0, x / y)


atan2 = op(
    quiet(np.arctan2),
    "atan2({x}, {y})",
    x=lambda g, x, y: g * ratio(y, x * x + y * y),
    y=lambda g, x, y: -g * ratio(x, x * x + y * y),
    name="atan2",
    types="float",
    inplace=True,
)
alias(atan2, "arctan2")
hypot = op(
    quiet(np.hypot),
    "√({x}² + {y}²)",
    x=lambda g, x, out: g * (x / out),
    y=lambda g, y, out: g * (y / out),
    types="promote",
    inplace=True,
)


@op("π / 180 · {x}", x=lambda g: deg2rad(g), types="float", inplace=True)
@quiet
def deg2rad(x: Array) -> Array:
    """Degrees as radians."""
    return x * x.dtype.type(math.pi / 180)


@op("180 / π · {x}", x=lambda g: rad2deg(g), types="float", inplace=True)
@quiet
def rad2deg(x: Array) -> Array:
    """Radians as degrees."""
    return x * x.dtype.type(180 / math.pi)


@op("sin(π · {x}) / (π · {x})", x=lambda g, x: sinc_input(g, x), types="float", inplace=True)
@quiet
def sinc(x: Array) -> Array:
    """sin(πx) / (πx), and 1 at 0."""
    turn = x * x.dtype.type(math.pi)
    return np.where(x == 0, x.dtype.type(1), np.sin(turn) / turn)


@composed("{g} · (cos(π · {x}) − sinc({x})) / {x}", spaces="engine")
def sinc_input(g: Value, x: Value) -> Value:
    """The gradient of sinc, 0 at 0."""
    turn = x * math.pi
    return where(eq(turn * x, 0), 0.0, g * ((turn * cos(turn) - sin(turn)) / (turn * x)))


alias(sinc, "special.sinc")
__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cos",
    "cosh",
    "deg2rad",
    "hypot",
    "rad2deg",
    "sin",
    "sinc",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
]
