"""Rounding, and the divisions that round. Imports op and comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import Array, Value, alias, composed, op, quiet
from .comparison import flat, like


def _whole(x: Array, name: str) -> bool:
    """Whether x holds integers, which are round already."""
    if x.dtype.kind == "b":
        raise NotImplementedError(f"\"{name}_vml_cpu\" not implemented for 'Bool': convert with .int() first")
    return x.dtype.kind != "f"


@op("⌊{x}⌋", x=lambda g: flat(g), inplace=True)
def floor(x: Array) -> Array:
    """The largest integer not above x."""
    return x.copy() if _whole(x, "floor") else np.floor(x)


@op("⌈{x}⌉", x=lambda g: flat(g), inplace=True)
def ceil(x: Array) -> Array:
    """The smallest integer not below x."""
    return x.copy() if _whole(x, "ceil") else np.ceil(x)


@op("trunc({x})", x=lambda g: flat(g), inplace=True)
def trunc(x: Array) -> Array:
    """x without its fraction."""
    return x.copy() if _whole(x, "trunc") else np.trunc(x)


alias(trunc, "fix")


@op("round({x})", x=lambda g: flat(g), inplace=True)
@quiet
def round(x: Array, *, decimals: int = 0) -> Array:
    """The nearest integer, halves to the even one; with `decimals` the nearest multiple of 10^−decimals."""
    if _whole(x, "round"):
        if decimals:
            raise NotImplementedError(f"round_cpu with decimals is not implemented for {x.dtype}: use x.float()")
        return x.copy()
    if not decimals:
        return np.rint(x)
    scale = x.dtype.type(10.0 ** np.abs(decimals))
    return np.rint(x * scale) / scale if decimals > 0 else np.rint(x / scale) * scale


alias(round, "special.round")


@op("{x} − trunc({x})", x=lambda g: g, inplace=True)
@quiet
def frac(x: Array) -> Array:
    """The part of x behind the point, with x's sign."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"frac" not implemented for {x.dtype}: integers have no fraction, use x.float()')
    return x - np.trunc(x)


def _no_zero(x: Any, y: Any) -> None:
    """RuntimeError for a division of integers by 0."""
    if getattr(y, "dtype", None) is not None and y.dtype.kind in "biu" and not np.all(y):
        raise RuntimeError("ZeroDivisionError: an integer division by 0 has no result; convert to floating for inf and nan")


@like(np.floor_divide)
@quiet
def _floor_divide(x: Array, y: Array, out: Array | None = None) -> Array:
    """⌊x / y⌋ in the inputs' common type."""
    _no_zero(x, y)
    if x.dtype.kind == "b":
        raise RuntimeError("floor_divide is not implemented for 'Bool': convert with .int() first")
    return np.floor_divide(x, y, out)


floor_divide = op(
    _floor_divide,
    "⌊{x} / {y}⌋",
    x=lambda g: flat(g),
    y=lambda g: flat(g),
    name="floor_divide",
    types="promote",
    operator="floordiv",
    inplace=True,
)


@like(np.remainder)
@quiet
def _remainder(x: Array, y: Array, out: Array | None = None) -> Array:
    """x − ⌊x / y⌋ · y: the remainder with y's sign."""
    _no_zero(x, y)
    if np.result_type(x, y).kind == "b":
        raise NotImplementedError("\"remainder_cpu\" not implemented for 'Bool': convert with .int() first")
    return np.remainder(x, y, out)


remainder = op(
    _remainder,
    "{x} mod {y}",
    x=lambda g: g,
    y=lambda g, x, y: -g * div_floor(x, y),
    name="remainder",
    types="promote",
    operator="mod",
    inplace=True,
)


@like(np.fmod)
@quiet
def _fmod(x: Array, y: Array, out: Array | None = None) -> Array:
    """x − trunc(x / y) · y: the remainder with x's sign."""
    _no_zero(x, y)
    if np.result_type(x, y).kind == "b":
        raise NotImplementedError("\"fmod_cpu\" not implemented for 'Bool': convert with .int() first")
    return np.fmod(x, y, out)


fmod = op(_fmod, "fmod({x}, {y})", x=lambda g: g, y=lambda g, x, y: -g * div_trunc(x, y), name="fmod", types="promote", inplace=True)


@like(np.floor_divide)
@quiet
def _div_floor(x: Array, y: Array, out: Array | None = None) -> Array:
    """The quotient rounded down, in the inputs' common type."""
    _no_zero(x, y)
    return np.floor_divide(x, y, out)


@like(np.floor_divide)
@quiet
def _div_trunc(x: Array, y: Array, out: Array | None = None) -> Array:
    """The quotient rounded towards 0, in the inputs' common type."""
    _no_zero(x, y)
    kind = np.result_type(x, y)
    if kind.kind == "f":
        return np.trunc(np.true_divide(x, y, out), out)
    rest = np.fmod(x, y)
    return np.floor_divide(x - rest, y)


div_floor = op(
    _div_floor,
    "⌊{x} / {y}⌋",
    name="div_floor",
    types="promote",
    spaces="engine",
    x=lambda g: flat(g),
    y=lambda g: flat(g),
    torch_name="DivBackward",
)
div_trunc = op(
    _div_trunc,
    "trunc({x} / {y})",
    name="div_trunc",
    types="promote",
    spaces="engine",
    x=lambda g: flat(g),
    y=lambda g: flat(g),
    torch_name="DivBackward",
)


@composed(spaces="engine")
def divide_rounding(x: Value, y: Value, rounding_mode: str) -> Value:
    """x / y rounded "floor" or "trunc"."""
    if rounding_mode == "floor":
        return div_floor(x, y)
    if rounding_mode == "trunc":
        return div_trunc(x, y)
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}")
