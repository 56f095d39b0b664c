"""Normal numbers: randn, normal with numbers or arrays for mean and deviation, and the log-normal.

Imports NumPy and its neighbours. Names that end in _ fill an array that they are given, as PyTorch's do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import compiled
from .arithmetic import box_muller32, box_muller64, fma64, libm
from .filling import Array, cast, check_floating, empty, fill, number
from .generator import Generator, pick
from .mersenne import unit
from .uniforms import doubles, floats

__all__ = ["affine", "log_normal", "log_normal_", "normal", "normal_", "randn"]

ROWS = 2048  # rows of 16 that the NumPy path transforms at a time: its temporaries stay in the cache


def randn(shape: Any, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """Standard normal numbers. Errors as `normal_`."""
    return normal_(empty("randn", shape, dtype), generator=generator)


def normal(mean: Any = 0.0, std: Any = 1.0, shape: Any = None, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """Normal numbers; `mean` and `std` are numbers (then `shape` is needed) or arrays that broadcast with each other.

    With an array the result has the type of `mean` if that is the array, else of `std`, and is z std + mean of
    standard normal z. Raises RuntimeError for a negative std or shapes that do not broadcast.
    """
    if not isinstance(mean, np.ndarray) and not isinstance(std, np.ndarray):
        if shape is None:
            raise TypeError(f"normal got the numbers mean={mean!r}, std={std!r} without a shape: pass shape=")
        return normal_(empty("normal", shape, dtype), mean, std, generator=generator)
    if not isinstance(std, np.ndarray):
        out = normal_(np.empty(mean.shape, mean.dtype), 0.0, std, generator=generator)
        out += mean
        return out
    if std.size and not std.min() >= 0:
        raise RuntimeError(f"normal expected every std >= 0, got {std.min()}: take the absolute value")
    if not isinstance(mean, np.ndarray):
        mean = np.asarray(number("normal", "mean", mean), std.dtype)
    try:
        out = np.empty(np.broadcast_shapes(mean.shape, std.shape), mean.dtype)
    except ValueError:
        raise RuntimeError(f"normal got mean of shape {mean.shape} and std of shape {std.shape}: they must broadcast") from None
    normal_(out, generator=generator)
    out *= std
    out += mean
    return out


def normal_(out: Array, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Array:
    """Fill `out` with mean + std z and return it.

    As in PyTorch, 16 and more contiguous elements come from rows of 16 uniforms; fewer, or a strided array, come one
    by one from pairs of doubles, the second of which waits in the generator. So the same seed gives other numbers for
    15 elements than for 16. Raises NotImplementedError unless `out` is floating, RuntimeError for a negative std.
    """
    generator = pick(generator)
    mean, std = number("normal_", "mean", mean), number("normal_", "std", std)
    if not std >= 0.0:
        raise RuntimeError(f"normal_ expected std >= 0, got std={std}")
    check_floating("normal_", out)
    rows = out.size >= 16 and out.flags.c_contiguous

    def produce(flat: Array) -> None:
        with generator.lock:
            if rows:
                _fill_rows(generator, flat, mean, std)
            else:
                values = affine(pairs(generator, flat.size), mean, std)
                if flat.dtype == np.float32 and abs(mean) + std < 1e30:  # |z| < 9: no overflow, no need for `cast`
                    flat[...] = values
                else:
                    cast(values, flat)

    return fill("normal_", out, produce)


def _fill_rows(generator: Generator, flat: Array, mean: float, std: float) -> None:
    """Whole rows of 16, then the last 16 elements anew if the size is no multiple of 16."""
    whole = flat.size - flat.size % 16
    if flat.dtype == np.float64:
        doubles(generator.engine, flat)
        _transform(flat[:whole], mean, std)
    elif flat.dtype == np.float32:
        floats(generator.engine, flat)
        _transform(flat[:whole], mean, std)
    else:
        flat[:whole] = _single_rows(generator, whole, mean, std)
    if whole == flat.size:
        return
    if flat.dtype == np.float64:
        last: Array = generator.engine.doubles(16)
        _transform(last, mean, std)
    else:
        last = _single_rows(generator, 16, mean, std)
    with np.errstate(over="ignore"):
        flat[-16:] = last


def _single_rows(generator: Generator, n: int, mean: float, std: float) -> NDArray[np.float32]:
    out = np.empty(n, np.float32)
    floats(generator.engine, out)
    _transform(out, mean, std)
    return out


def _transform(flat: Array, mean: float, std: float) -> None:
    """Uniforms to normals in place, in rows of 16."""
    single = flat.dtype == np.float32
    loops = compiled.loops((60 if single else 120) * flat.size)
    if loops is not None:
        if single:
            loops.box_muller32(flat, np.float32(mean), np.float32(std))
        else:
            loops.box_muller64(flat, mean, std)
        return
    u = flat.reshape(-1, 16)
    transform: Any = box_muller32 if single else box_muller64
    for start in range(0, len(u), ROWS):
        transform(u[start : start + ROWS], mean, std)


def pairs(generator: Generator, n: int) -> NDArray[np.float64]:
    """The next `n` standard normals of the pairwise kind; a waiting one comes first, a left over one waits. Locked by the caller."""
    waiting = [] if generator.normal is None else [generator.normal]
    missing = n - len(waiting)
    if n == 0 or missing == 0:
        generator.normal = None if n else generator.normal
        return np.array(waiting[:n])
    drawn = (_few_pairs if missing <= 16 else _many_pairs)(generator, (missing + 1) // 2)
    generator.normal = float(drawn[missing]) if missing % 2 else None
    if missing % 2:
        drawn = drawn[:missing]
    return np.concatenate((waiting, drawn)) if waiting else np.asarray(drawn)


def _few_pairs(generator: Generator, n: int) -> list[float]:
    """√(-2 ln(1 - u₂)) (cos 2πu₁, sin 2πu₁) of n pairs of uniforms, side by side (2 n,)."""
    raw = generator.engine.few(4 * n)
    values = []
    for i in range(0, 4 * n, 4):
        angle = 2.0 * math.pi * unit(raw[i], raw[i + 1])
        radius = math.sqrt(-2.0 * math.log1p(-unit(raw[i + 2], raw[i + 3])))
        values += [radius * math.cos(angle), radius * math.sin(angle)]
    return values


def _many_pairs(generator: Generator, n: int) -> NDArray[np.float64]:
    """The same for many pairs."""
    u = generator.engine.doubles(2 * n)
    loops = compiled.loops(150 * n)
    if loops is not None:
        loops.pair_normals(u)
        return u
    radius, angle = np.sqrt(-2.0 * libm(math.log1p, -u[1::2])), 2.0 * math.pi * u[::2]
    u[::2], u[1::2] = radius * libm(math.cos, angle), radius * libm(math.sin, angle)
    return u


def affine(z: NDArray[np.float64], mean: float, std: float) -> NDArray[np.float64]:
    """std z + mean, rounded once."""
    if mean == 0.0 and std == 1.0:
        return z + 0.0
    loops = compiled.loops(50 * z.size)
    if loops is None:
        return fma64(z, std, mean)
    loops.affine(z, std, mean)
    return z


def log_normal(shape: Any, mean: float = 1.0, std: float = 2.0, dtype: Any = np.float32, *, generator: Generator | None = None) -> Array:
    """exp of normal numbers with this mean and deviation. Errors as `log_normal_`."""
    return log_normal_(empty("log_normal", shape, dtype), mean, std, generator=generator)


def log_normal_(out: Array, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Array:
    """Fill `out` with exp(mean + std z) and return it.

    Raises RuntimeError unless std > 0, NotImplementedError unless `out` is floating.
    """
    generator = pick(generator)
    mean, std = number("log_normal_", "mean", mean), number("log_normal_", "std", std)
    if not std > 0.0:
        raise RuntimeError(f"log_normal_ expected std > 0, got std={std}")
    check_floating("log_normal_", out)

    def produce(flat: Array) -> None:
        with generator.lock:
            values = affine(pairs(generator, flat.size), mean, std)
        loops = compiled.loops(40 * flat.size)
        if loops is not None:
            loops.map_exp(values)
        else:
            values = libm(_exp, values)
        cast(values, flat)

    return fill("log_normal_", out, produce)


def _exp(x: float) -> float:
    """math.exp with infinity in place of an OverflowError."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf
