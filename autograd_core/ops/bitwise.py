"""Bits, shifts and divisors of integers, and the parts of floating numbers. Imports op, comparison, exponential."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..op import Array, op, quiet
from .comparison import like
from .exponential import by_log2, exp2


def _bits(ufunc: np.ufunc, doc: str, bools: bool = True) -> Callable[..., Array]:
    """A function of bits, with PyTorch's refusal of floating numbers (and of bools)."""

    def kernel(x: Array, y: Array, out: Array | None = None) -> Array:
        kind = np.result_type(x, y)
        if kind.kind == "f" or (kind.kind == "b" and not bools):
            raise NotImplementedError(f'"{ufunc.__name__}_cpu" not implemented for {kind}: it works on integers, use .long()')
        return ufunc(x, y, out)

    kernel.__doc__ = doc
    return like(ufunc)(kernel)


bitwise_and = op(
    _bits(np.bitwise_and, "x and y, bit by bit."), "{x} ∧ {y}", name="bitwise_and", types="promote", operator="and", inplace=True
)
bitwise_or = op(_bits(np.bitwise_or, "x or y, bit by bit."), "{x} ∨ {y}", name="bitwise_or", types="promote", operator="or", inplace=True)
bitwise_xor = op(
    _bits(np.bitwise_xor, "Either x or y, bit by bit."), "{x} ⊻ {y}", name="bitwise_xor", types="promote", operator="xor", inplace=True
)


@op("¬{x}", types="any", operator="invert", inplace=True)
def bitwise_not(x: Array) -> Array:
    """Every bit of x turned over; of a bool, its opposite."""
    if x.dtype.kind == "f":
        raise TypeError(f"~ is only implemented on integer and Boolean-type tensors: got {x.dtype}, use .long() or logical_not()")
    return np.invert(x)


def _shift(ufunc: np.ufunc, doc: str) -> Callable[..., Array]:
    def kernel(x: Array, y: Array, out: Array | None = None) -> Array:
        kind = np.result_type(x, y)
        if kind.kind == "f" or kind.kind == "b":
            raise NotImplementedError(f'"{ufunc.__name__}_cpu" not implemented for {kind}: it shifts the bits of integers, use .long()')
        width = 8 * kind.itemsize
        outside = (y < 0) | (y >= width)
        if not np.any(outside):
            return ufunc(x, y, out)
        # C leaves such shifts undefined; every bit has left, the sign stays on the right shift
        last = width - (kind.kind == "i") if ufunc is np.right_shift else 0
        shifted = ufunc(x, np.where(outside, last, y).astype(kind))
        return shifted if ufunc is np.right_shift and kind.kind == "i" else np.where(outside, kind.type(0), shifted)

    kernel.__doc__ = doc
    return like(ufunc)(kernel)


bitwise_left_shift = op(
    _shift(np.left_shift, "x · 2^y: the bits of x moved up by y."),
    "{x} << {y}",
    name="bitwise_left_shift",
    types="promote",
    operator="lshift",
    inplace=True,
)
bitwise_right_shift = op(
    _shift(np.right_shift, "⌊x / 2^y⌋: the bits of x moved down by y."),
    "{x} >> {y}",
    name="bitwise_right_shift",
    types="promote",
    operator="rshift",
    inplace=True,
)
gcd = op(_bits(np.gcd, "The greatest common divisor.", False), "gcd({x}, {y})", name="gcd", types="promote", inplace=True)
lcm = op(_bits(np.lcm, "The least common multiple.", False), "lcm({x}, {y})", name="lcm", types="promote", inplace=True)


@like(np.multiply)
@quiet
def _ldexp(x: Array, y: Array, out: Array | None = None) -> Array:
    """x · 2^y."""
    return np.multiply(x, np.exp2(y), out)


ldexp = op(
    _ldexp,
    "{x} · 2^{y}",
    x=lambda g, y: g * exp2(y),
    y=lambda g, out: g * by_log2(out),
    name="ldexp",
    types="float",
    inplace=True,
)


@op(
    "frexp({x})",
    x=lambda g, exponent: g / exp2(exponent),
    outputs=("mantissa", "exponent"),
    discrete=("exponent",),
    types="any",
)
@quiet
def frexp(x: Array) -> tuple[Array, Array]:
    """(mantissa, exponent) with x = mantissa · 2^exponent and the mantissa in [½, 1)."""
    if x.dtype.kind != "f":
        raise RuntimeError(f"torch.frexp() only supports floating-point dtypes, got {x.dtype}: use x.float()")
    return np.frexp(x)
