"""Uniform numbers and what is decided by one of them: rand, uniform, bernoulli, dropout masks.

Imports NumPy and its neighbours. Names that end in _ fill an array that they are given, as PyTorch's do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import compiled
from .arithmetic import fma32, fma64
from .filling import Array, check_floating, empty, fill, number
from .generator import Generator, pick
from .mersenne import Mersenne

__all__ = ["bernoulli", "bernoulli_", "doubles", "dropout_mask", "floats", "rand", "uniform", "uniform_"]

FEW = 32  # elements whose masks are drawn in four NumPy calls
CHUNK = 1 << 15  # elements that the NumPy paths handle at a time: their temporaries stay in the cache
_ZERO, _ONE = np.float32(0), np.float32(1)
_MASK24, _UNIT24 = np.uint32((1 << 24) - 1), np.float32(2.0**-24)


def rand(shape: Any, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """Uniform numbers in [0, 1): float32 from the low 24 bits of a word, float64 from the low 53 of a 64-bit one."""
    return uniform_(empty("rand", shape, dtype), generator=generator)


def uniform(shape: Any, low: float = 0.0, high: float = 1.0, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """Uniform numbers in [low, high). Errors as `uniform_`."""
    return uniform_(empty("uniform", shape, dtype), low, high, generator=generator)


def uniform_(out: Array, low: float = 0.0, high: float = 1.0, *, generator: Generator | None = None) -> Array:
    """Fill `out` with low + u (high - low), u uniform in [0, 1), and return it; float16 is drawn as float32.

    Raises NotImplementedError unless `out` is floating, RuntimeError if low > high or a bound or their distance
    cannot be held by its type.
    """
    source = pick(generator)
    low, high = number("uniform_", "low", low), number("uniform_", "high", high)
    check_floating("uniform_", out)
    if low != 0.0 or high != 1.0:
        _check_bounds(low, high, out.dtype)

    def produce(flat: Array) -> None:
        draw = floats if flat.dtype == np.float32 else doubles if flat.dtype == np.float64 else _halves
        with source.lock:
            draw(source.engine, flat, low, high)

    return fill("uniform_", out, produce)


def _check_bounds(low: float, high: float, dtype: np.dtype[Any]) -> None:
    limit = float(np.finfo(dtype).max)
    for name, value in (("low", low), ("high", high)):
        if not -limit <= value <= limit:
            raise RuntimeError(f"uniform_ got {name}={value}, expected a bound that {dtype.name} can hold, up to {limit:g} in size")
    if low > high:
        raise RuntimeError(f"uniform_ expected low <= high, got low={low} > high={high}: exchange them")
    if high - low > limit:
        raise RuntimeError(f"uniform_ got low={low}, high={high}: high - low exceeds what {dtype.name} can hold, {limit:g}")


def floats(engine: Mersenne, out: NDArray[np.float32], low: float = 0.0, high: float = 1.0) -> None:
    """Fill `out`, float32 (n,), from the next n words. The caller holds the lock."""
    plain = low == 0.0 and high == 1.0
    bottom, top = (_ZERO, _ONE) if plain else (np.float32(low), np.float32(high))
    loops = compiled.loops((3 if plain else 12) * out.size)
    if loops is not None:
        loops.fill_floats(engine.key, engine.position, out, bottom, top)
        return
    for start in range(0, out.size, CHUNK):
        part = out[start : start + CHUNK]
        words = engine.words(part.size)
        np.bitwise_and(words, _MASK24, out=words)
        np.multiply(words.view(np.int32), _UNIT24, out=part, dtype=np.float32, casting="unsafe")
        if not plain:
            part[...] = fma32(part, top - bottom, bottom)
            part[part == top] = bottom


def _halves(engine: Mersenne, out: NDArray[np.float16], low: float, high: float) -> None:
    wide = np.empty(out.size, np.float32)
    floats(engine, wide, low, high)
    out[...] = wide
    top = np.float16(high)
    # the bits are compared several times faster than the halves; zero has two patterns of them
    out[out == top if top == 0 else out.view(np.uint16) == top.view(np.uint16)] = low


def doubles(engine: Mersenne, out: NDArray[np.float64], low: float = 0.0, high: float = 1.0) -> None:
    """Fill `out`, float64 (n,), from the next 2 n words. The caller holds the lock."""
    plain = low == 0.0 and high == 1.0
    loops = compiled.loops((10 if plain else 60) * out.size)
    if loops is not None:
        loops.fill_doubles(engine.key, engine.position, out)
        if not plain:
            loops.scale_doubles(out, low, high)
        return
    for start in range(0, out.size, CHUNK):
        part = out[start : start + CHUNK]
        part[...] = engine.doubles(part.size)
        if not plain:
            part[...] = fma64(part, high - low, low)
            part[part == high] = low


def bernoulli(p: Any, shape: Any = None, dtype: Any = None, *, generator: Generator | None = None) -> Array:
    """Ones with probability p, zeros otherwise.

    An array `p` gives an array of its shape and type (float16 and float32 probabilities are compared with float32
    uniforms); a number needs `shape` and is compared with doubles. Errors as `bernoulli_`.
    """
    if isinstance(p, np.ndarray):
        return bernoulli_(np.empty(p.shape if shape is None else shape, dtype or p.dtype), p, generator=generator)
    if shape is None:
        raise TypeError(f"bernoulli got the number p={p!r} without a shape: pass shape=, or an array of probabilities")
    return bernoulli_(empty("bernoulli", shape, dtype or np.float32), p, generator=generator)


def bernoulli_(out: Array, p: Any = 0.5, *, generator: Generator | None = None) -> Array:
    """Fill `out`, of any type, with ones where a uniform number is below `p` and zeros elsewhere, and return it.

    `p` is a number or a floating array that broadcasts to `out`. Raises RuntimeError for a p outside [0, 1] or of a
    wrong shape, NotImplementedError for an array p that is not floating.
    """
    generator = pick(generator)
    if isinstance(p, np.ndarray):
        return _bernoulli_array(out, p, generator)
    p = number("bernoulli_", "p", p)
    if not 0.0 <= p <= 1.0:
        raise RuntimeError(f"bernoulli_ expected p in [0, 1], got p={p}")

    def produce(flat: Array) -> None:
        with generator.lock:
            loops = compiled.loops(6 * flat.size)
            if loops is None:
                flat[...] = generator.engine.doubles(flat.size) < p
                return
            ones = np.empty(flat.size, np.uint8) if flat.itemsize > 1 else flat.view(np.uint8)
            loops.fill_below_threshold(generator.engine.key, generator.engine.position, ones, p)
        if flat.itemsize > 1:
            flat[...] = ones

    return fill("bernoulli_", out, produce)


def _bernoulli_array(out: Array, p: Array, generator: Generator) -> Array:
    check_floating("bernoulli_ with an array of probabilities", p)
    try:
        p = np.broadcast_to(p, out.shape)
    except ValueError:
        raise RuntimeError(f"bernoulli_ got p of shape {p.shape} for an output of shape {out.shape}: p must broadcast to it") from None
    if not ((p >= 0) & (p <= 1)).all():
        worst = p[~((p >= 0) & (p <= 1))].reshape(-1)[0]
        raise RuntimeError(f"bernoulli_ expected every p in [0, 1], got {worst}: clip the probabilities")
    drawn = np.empty_like(out, p.dtype if p.dtype == np.float64 else np.float32, subok=False)
    with np.errstate(all="ignore"):
        uniform_(drawn, generator=generator)
        np.copyto(out, drawn < p, casting="unsafe")
    return out


def dropout_mask(shape: Any, p: float = 0.5, *, generator: Generator | None = None) -> NDArray[np.bool_]:
    """Which elements dropout keeps: bool, each True with probability 1 - p, as `torch.nn.functional.dropout` draws it.

    p = 0 and p = 1 draw nothing, as there. Feature dropout is the mask of shape (N, C, 1, ...). Raises ValueError for
    a p outside [0, 1].
    """
    p = number("dropout_mask", "p", p)
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if type(shape) is tuple and 0 < (n := math.prod(shape)) <= FEW and 0.0 < p < 1.0 and min(shape, default=1) > 0:
        source = pick(generator)
        with source.lock:
            return source.engine.few_below(n, 1.0 - p).reshape(shape)
    mask = empty("dropout_mask", shape, np.bool_)
    if p == 0.0 or p == 1.0:
        mask.fill(p == 0.0)
        return mask
    return bernoulli_(mask, 1.0 - p, generator=generator)
