"""Sums of elementwise losses, and their gradients, over large arrays in one pass each. Imports NumPy, `jit`, `contract`, the scalars.

A block of elements is summed in float64, piece by piece; the blocks' sums are added in order, so that the value does not
depend on the thread count. The callers keep NumPy formulas for small arrays; `activation.ready` says which path a call takes.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .activation_scalars import scalars
from .contract import array, contract, number
from .jit import CONTRACT, REASSOCIATE, Kernel, compiled, enabled

__all__ = ["gradient", "picked_loss", "place_picked", "total"]

Array = np.ndarray[Any, Any]

_INT64 = np.dtype(np.int64)

BLOCK = 1 << 14
PIECE = 1 << 11

FLOOR = -100.0
"""A logarithm of a probability is held above this, so that a sure miss costs 100 and not ∞."""

LEAST = 1e-12
"""The least denominator in the slope of a loss of probabilities."""


@functools.cache
def _losses(dtype: str) -> dict[str, tuple[Kernel, Kernel]]:
    """name -> (loss, slope) as functions of the prediction, the target and one parameter."""
    real = np.float32 if dtype == "float32" else np.float64
    zero, half, one = real(0), real(0.5), real(1)
    floor, least = real(FLOOR), real(LEAST)
    log_sigmoid, _ = scalars(dtype)["log_sigmoid"]
    sigmoid, _ = scalars(dtype)["sigmoid"]

    @compiled(inline=True)
    def mse(x, t, p):  # type: ignore[no-untyped-def]
        return (x - t) * (x - t)

    @compiled(inline=True)
    def mse_slope(x, t, p):  # type: ignore[no-untyped-def]
        return real(2) * (x - t)

    @compiled(inline=True)
    def l1(x, t, p):  # type: ignore[no-untyped-def]
        return abs(x - t)

    @compiled(inline=True)
    def l1_slope(x, t, p):  # type: ignore[no-untyped-def]
        up = one if x > t else zero
        return up - (one if x < t else zero)

    @compiled(inline=True)
    def smooth_l1(x, t, p):  # type: ignore[no-untyped-def]
        d = abs(x - t)
        square, line = d * d * (half / p), d - half * p
        return square if d < p else line

    @compiled(inline=True)
    def held(d, p):  # type: ignore[no-untyped-def]
        y = -p if d < -p else d
        return p if y > p else y

    @compiled(inline=True)
    def smooth_l1_slope(x, t, p):  # type: ignore[no-untyped-def]
        return held((x - t) / p, one)

    @compiled(inline=True)
    def huber(x, t, p):  # type: ignore[no-untyped-def]
        d = abs(x - t)
        square, line = half * (d * d), p * (d - half * p)
        return line if d > p else square

    @compiled(inline=True)
    def huber_slope(x, t, p):  # type: ignore[no-untyped-def]
        return held(x - t, p)

    @compiled(fastmath=CONTRACT, inline=True)
    def logits(x, t, p):  # type: ignore[no-untyped-def]
        return (one - t) * x - log_sigmoid(x, zero, zero)

    @compiled(fastmath=CONTRACT, inline=True)
    def logits_slope(x, t, p):  # type: ignore[no-untyped-def]
        return sigmoid(x, zero, zero) - t

    @compiled(inline=True)
    def probability(x, t, p):  # type: ignore[no-untyped-def]
        if not (zero <= x <= one and zero <= t <= one):
            return real(np.nan)
        miss, hit = np.log1p(-x), np.log(x)
        return (t - one) * (miss if miss > floor else floor) - t * (hit if hit > floor else floor)

    @compiled(inline=True)
    def probability_slope(x, t, p):  # type: ignore[no-untyped-def]
        spread = (one - x) * x
        return (x - t) / (least if spread < least else spread)

    return {
        "probability": (probability, probability_slope),
        "mse": (mse, mse_slope),
        "l1": (l1, l1_slope),
        "smooth_l1": (smooth_l1, smooth_l1_slope),
        "huber": (huber, huber_slope),
        "logits": (logits, logits_slope),
    }


@compiled(fastmath=REASSOCIATE)
def _sum(row):  # type: ignore[no-untyped-def]
    s = 0.0
    for i in range(len(row)):
        s += row[i]
    return s


def total(name: str, x: Array, target: Array, p: float = 0.0) -> float:
    """Σ loss(x, target). NaN where "probability" is given what is none.

    One block goes to the loop itself: two arrays of one size and type is all that its contract asks.
    """
    (bare, run), flat, other = _total(name, x.dtype.char), x.ravel(), target.ravel()
    if 0 < flat.size == other.size <= BLOCK and target.dtype is x.dtype:
        sums = np.empty(1)
        bare(0, 1, flat, other, p, sums)
        return sums.item()
    blocks = -(-x.size // BLOCK)
    sums = np.zeros(blocks)
    run(blocks, flat, other, float(p), sums)
    return float(np.add.reduce(sums))


def gradient(name: str, scale: float, x: Array, target: Array, p: float = 0.0) -> Array:
    """scale · slope(x, target): the gradient for the prediction."""
    out = np.empty(x.shape, x.dtype)
    (bare, run), flat, other = _gradient(name, x.dtype.char), x.ravel(), target.ravel()
    if 0 < flat.size == other.size <= BLOCK and target.dtype is x.dtype:
        bare(0, 1, scale, flat, other, p, out.ravel())
    else:
        run(-(-x.size // BLOCK), float(scale), flat, other, float(p), out.ravel())
    return out


@functools.cache
def _total(name: str, char: str) -> Any:
    dtype = np.dtype(char).name
    f, _ = _losses(dtype)[name]
    real = np.float32 if dtype == "float32" else np.float64
    spec = array("n", (dtype,))

    @contract(f"(blocks - 1) * {BLOCK} < n", x=spec, target=spec, p=number(), sums=array("blocks", ("float64",), writes=True))
    @compiled(parallel=True, fastmath=CONTRACT)
    def over(lo, hi, x, target, p, sums):  # type: ignore[no-untyped-def]
        u = real(p)
        losses = np.empty(PIECE, real)
        for block in range(lo, hi):
            a, b = x[block * BLOCK : (block + 1) * BLOCK], target[block * BLOCK : (block + 1) * BLOCK]
            s = 0.0
            for start in range(0, len(a), PIECE):
                c, d = a[start : start + PIECE], b[start : start + PIECE]
                piece = losses[: len(c)]
                for i in range(len(c)):
                    piece[i] = f(c[i], d[i], u)
                s += _sum(piece)
            sums[block] = s

    like = np.empty(0, dtype)
    return over.kernel.entry(0, 1, like, like, 0.0, np.empty(1)), over


@functools.cache
def _gradient(name: str, char: str) -> Any:
    dtype = np.dtype(char).name
    _, f = _losses(dtype)[name]
    real = np.float32 if dtype == "float32" else np.float64
    spec = array("n", (dtype,))

    @contract(f"(blocks - 1) * {BLOCK} < n", scale=number(), x=spec, target=spec, p=number(), out=array("n", (dtype,), writes=True))
    @compiled(parallel=True, fastmath=CONTRACT)
    def over(lo, hi, scale, x, target, p, out):  # type: ignore[no-untyped-def]
        a, b, c = x[lo * BLOCK : hi * BLOCK], target[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK]
        u, v = real(p), real(scale)
        for i in range(len(a)):
            c[i] = v * f(a[i], b[i], u)

    like = np.empty(0, dtype)
    return over.kernel.entry(0, 1, 0.0, like, like, 0.0, like), over


@functools.cache
def _labelled(char: str) -> Any:
    """(the loop that sums the scores of labels, the loop that puts a number at their places); False for a label that does not count."""

    @compiled
    def pick(x, labels, ignored, mean, out):  # type: ignore[no-untyped-def]
        s = 0.0
        for i in range(len(labels)):
            k = labels[i]
            if k < 0 or k >= x.shape[1] or k == ignored:
                return False
            s -= np.float64(x[i, k])
        out[()] = s / len(labels) if mean else s
        return True

    @compiled
    def place(out, labels, ignored, value):  # type: ignore[no-untyped-def]
        for i in range(len(labels)):
            k = labels[i]
            if k < 0 or k >= out.shape[1] or k == ignored:
                return False
            out[i, k] = value
        return True

    strided, labels = np.empty((2, 4), char)[:, ::2], np.empty(4, np.int64)[::2]
    return pick.entry(strided, labels, 0, True, np.empty((), char)), place.entry(np.empty((2, 2), char), labels, 0, 0.0)


def _one_each(shape: tuple[int, ...], kind: np.dtype[Any], labels: Array) -> bool:
    """Whether there is one int64 label for each row of a floating matrix."""
    return len(shape) == 2 and kind.char in "fd" and labels.shape == shape[:1] != (0,) and labels.dtype == _INT64 and enabled()


def picked_loss(x: Array, labels: Array, ignored: int, mean: bool) -> Array | None:
    """−Σ x[i, labels[i]] in float64, or its mean; None where a label is no column or `ignored`, and for other shapes and types."""
    if not _one_each(x.shape, x.dtype, labels):
        return None
    out = np.empty((), x.dtype)
    return out if _labelled(x.dtype.char)[0](x, labels, ignored, mean, out) else None


def place_picked(shape: tuple[int, ...], kind: np.dtype[Any], labels: Array, ignored: int, value: float) -> Array | None:
    """Zeros with a number at [i, labels[i]]: the adjoint of `picked_loss`; None as there."""
    if not _one_each(shape, kind, labels):
        return None
    out = np.zeros(shape, kind)
    return out if _labelled(kind.char)[1](out, labels, ignored, value) else None
