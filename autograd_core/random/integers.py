"""Random integers: randint, random_ and randperm.

Imports NumPy and its neighbours. Names that end in _ fill an array that they are given, as PyTorch's do. An integer
is a word modulo the range, of 32 bits where the range is below 2**28 and of 64 otherwise.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from . import compiled, sequential
from .filling import FLOATS, Array, empty, fill
from .generator import Generator, pick
from .mersenne import Mersenne

__all__ = ["randint", "random_", "randperm"]

LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1
NARROW = 1 << 28
LONG_PERMUTATION = (1 << 32) // 20  # from here on PyTorch draws 64-bit words, inside out
DIGITS = {np.dtype(np.float16): 11, np.dtype(np.float32): 24, np.dtype(np.float64): 53}
WHOLE_RANGE = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


def randint(low: int, high: int, shape: Any, dtype: Any = np.int64, *, generator: Generator | None = None) -> Array:
    """Integers in [low, high). Errors as `random_`."""
    return random_(empty("randint", shape, dtype), low, high, generator=generator)


def random_(out: Array, *bounds: int | None, generator: Generator | None = None) -> Array:
    """Fill `out` with integers and return it: `random_(out)`, `random_(out, high)` or `random_(out, low, high)`.

    Without bounds they lie in [0, max of an integer type] or [0, 2**mantissa bits] of a floating type; with one in
    [0, high), with two in [low, high), up to that maximum if high is None. `random_(out, -2**63, None)` takes all of
    int64. A floating type narrows the bounds to numbers that it holds. Raises RuntimeError for an empty range or
    bounds that the type cannot hold, NotImplementedError for a type without a full range, TypeError for bounds that
    are not integers, ValueError for those that are no int64.
    """
    generator = pick(generator)
    if not isinstance(out, np.ndarray):
        raise TypeError(f"random_ fills a NumPy array, got {type(out).__name__}")
    if not bounds:
        return _full_range(out, generator)
    if len(bounds) > 2:
        raise TypeError(f"random_ takes at most low and high, got {len(bounds)} bounds: {bounds}")
    low = _bound("low", bounds[0]) if len(bounds) == 2 else 0
    if bounds[-1] is None and low == LOWEST:
        return _every_int64(out, generator)
    given = bounds[-1] is not None
    top = _bound("high", bounds[-1]) - 1 if given else _default_top(out.dtype)
    low, top = _narrowed(low, top, out.dtype, given)
    _check_range(low, top, out.dtype)
    return fill("random_", out, lambda flat: _below(generator, flat, top - low + 1, low))


def _bound(name: str, value: Any) -> int:
    try:
        found = operator.index(value)
    except TypeError:
        raise TypeError(f"random_ expected an int for {name}, got {type(value).__name__}: {value!r}") from None
    if not LOWEST <= found <= HIGHEST:
        raise ValueError(f"random_ expected {name} in [-2**63, 2**63), got {found}")
    return found


def _default_top(dtype: np.dtype[Any]) -> int:
    if dtype in FLOATS:
        return 1 << DIGITS[dtype]
    return 1 if dtype == np.bool_ else min(int(np.iinfo(dtype).max), HIGHEST) if dtype.kind in "iu" else 0


def _narrowed(low: int, top: int, dtype: np.dtype[Any], given: bool) -> tuple[int, int]:
    """The bounds moved inwards to where rounding to a floating type cannot leave them; RuntimeError if none are left."""
    if low > top and given:
        raise RuntimeError(f"random_ expected low < high, got low={low} >= high={top + 1}")
    if dtype not in FLOATS:
        return low, top
    start = _rounded(low + 1, dtype)
    if start < low:
        low = start + (1 << abs(low + 1).bit_length() >> DIGITS[dtype])
    end = _rounded(top, dtype) if given else top
    if given and end >= top + 1:
        top = end - (1 << abs(top).bit_length() >> DIGITS[dtype]) - 1
    if low > top or (not given and low == top):
        raise RuntimeError(f"random_ found no {dtype.name} in the range given: from low={low} to {top} after rounding; widen it")
    return low, top


def _rounded(value: int, dtype: np.dtype[Any]) -> int:
    """The integer that `value` becomes in a floating type, saturated to int64."""
    with np.errstate(over="ignore"):
        found = float(np.array(value, np.float32 if dtype == np.float16 else dtype).astype(dtype))
    return LOWEST if not abs(found) < 2.0**63 else int(found)


def _check_range(low: int, top: int, dtype: np.dtype[Any]) -> None:
    if dtype in FLOATS:
        least, most = -float(np.finfo(dtype).max), float(np.finfo(dtype).max)
    elif dtype == np.bool_:
        least, most = 0, 1
    elif dtype.kind in "iu":
        least, most = int(np.iinfo(dtype).min), min(int(np.iinfo(dtype).max), HIGHEST)
    else:
        raise RuntimeError(f"random_ expected an integer, floating or boolean type, got {dtype}")
    for name, value in (("low", low), ("high - 1", top)):
        if not least <= value <= most:
            raise RuntimeError(f"random_ got {name}={value}, out of bounds for {dtype.name}, which holds {least} to {most}")
        if dtype in FLOATS and abs(value) > 1 << DIGITS[dtype]:
            warnings.warn(
                f"random_ got {name}={value}: {dtype.name} holds every integer only up to 2**{DIGITS[dtype]}, some are never drawn",
                UserWarning,
                stacklevel=4,
            )


def _below(generator: Generator, flat: Array, count: int, base: int) -> None:
    """flat <- word mod count + base."""
    with generator.lock:
        if count >= NARROW:
            flat[...] = _as(flat.dtype, _wide_below(generator.engine, flat.size, count, base))
            return
        loops = compiled.loops(4 * flat.size)
        if loops is None:
            rest = _remainder(generator.engine.words(flat.size), np.uint32(count))
            flat[...] = _as(flat.dtype, rest.astype(np.int64) + base if base else rest)
            return
        target = flat.view(np.uint8) if flat.dtype == np.bool_ else flat
        if flat.dtype == np.float16:  # which Numba does not know
            target = np.empty(flat.size, np.float32)
        loops.fill_below(generator.engine.key, generator.engine.position, target, count, base)
    if flat.dtype == np.float16:
        flat[...] = target


def _wide_below(engine: Mersenne, n: int, count: int, base: int) -> Array:
    """64-bit word mod count + base, in int64's circle: (n,)."""
    divisor, shift = np.uint64(count % (1 << 64)), np.uint64(base % (1 << 64))
    loops = compiled.loops(8 * n)
    if loops is not None:
        out = np.empty(n, np.int64)
        loops.fill_below64(engine.key, engine.position, out, divisor, shift)
        return out
    wide = engine.words64(n)
    if divisor:
        wide = _remainder(wide, divisor)
    wide += shift
    return wide.view(np.int64)


def _remainder(words: Array, divisor: Any) -> Array:
    """words mod divisor in place; NumPy's division by a constant is vectorised, its remainder is not."""
    quotient = words // divisor
    words -= np.multiply(quotient, divisor, out=quotient)
    return words


def _as(dtype: np.dtype[Any], values: Array) -> Array:
    """A C cast of integers; to float16 by way of float32."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32).astype(dtype) if dtype == np.float16 else values.astype(dtype)


def _full_range(out: Array, generator: Generator) -> Array:
    dtype = out.dtype
    if dtype.name not in WHOLE_RANGE:
        raise NotImplementedError(f"random_ without bounds expected one of {', '.join(WHOLE_RANGE)}, got {dtype}: pass low and high")
    count = _default_top(dtype) + 1

    def produce(flat: Array) -> None:
        with generator.lock:
            if dtype in (np.float64, np.int64):
                flat[...] = _wide_below(generator.engine, flat.size, count, 0)
            else:
                flat[...] = _remainder(generator.engine.words(flat.size), np.uint32(count))

    return fill("random_", out, produce)


def _every_int64(out: Array, generator: Generator) -> Array:
    if out.size and out.dtype not in (np.int64, np.float64, np.float32):
        kind = NotImplementedError if out.dtype.name in ("float16", "bool", "uint16", "uint32", "uint64") else RuntimeError
        raise kind(f"random_ from -2**63 without an end expected int64, float64 or float32, got {out.dtype}: pass high")
    return fill("random_", out, lambda flat: _below(generator, flat, 1 << 64, 0))


def randperm(n: int, dtype: Any = np.int64, *, generator: Generator | None = None) -> Array:
    """The integers 0 .. n - 1 in random order: (n,), by swapping each in turn with one that is not behind it.

    Raises TypeError unless n is an int, RuntimeError if it is negative or the type cannot count so far,
    NotImplementedError for booleans.
    """
    generator = pick(generator)
    kind = np.dtype(dtype)
    if isinstance(n, (bool, np.bool_)):
        raise TypeError(f"randperm expected an int for n, got bool: {n}")
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError(f"randperm expected an int for n, got {type(n).__name__}: {n!r}") from None
    if n < 0:
        raise RuntimeError(f"randperm expected n >= 0, got n={n}")
    if kind.name not in WHOLE_RANGE[1:]:
        raise NotImplementedError(f"randperm expected an integer or floating type, got {kind}: use int64")
    most = (1 << DIGITS[kind]) + 1 if kind in FLOATS else int(np.iinfo(kind).max)
    if n > most:
        raise RuntimeError(f"randperm got n={n}, but {kind.name} counts to {most} only: use int64")
    return _permutation(n, kind, generator)


def _permutation(n: int, kind: np.dtype[Any], generator: Generator) -> Array:
    if n >= LONG_PERMUTATION:
        return _inside_out(n, kind, generator)
    with generator.lock:
        words = generator.engine.words(max(n - 1, 0))
    loops = compiled.loops(120 * n)
    if loops is not None:
        values = np.arange(n, dtype=np.int32)
        loops.shuffle_words(values, words)
        return values.astype(kind)
    order = list(range(n))
    places = words % np.arange(n, 1, -1, dtype=np.uint32) + np.arange(n - 1) if n > 1 else words
    sequential.shuffle(order, places.tolist())
    return np.array(order, kind)


def _inside_out(n: int, kind: np.dtype[Any], generator: Generator) -> Array:
    """The shuffle of 2**32 / 20 and more: values[i] <- values[j], values[j] <- i for j = a 64-bit word mod (i + 1)."""
    values = np.empty(n, np.int64)
    step = 1 << 20
    with generator.lock:
        for start in range(0, n, step):
            count = min(step, n - start)
            places = generator.engine.words64(count) % np.arange(start + 1, start + count + 1, dtype=np.uint64)
            loops = compiled.loops(120 * count)
            (sequential if loops is None else loops).insert(values, places.astype(np.int64), start)
    return values.astype(kind)
