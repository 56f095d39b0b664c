"""The Numba loops of the random functions: they give the bits of the NumPy code, several times faster.

Imports NumPy and its neighbours; Numba when `make` compiles them. Every loop fills an array that it is given from the
words of a Mersenne state (`key`, `position`) or transforms it in place, through buffers that fit the L1 cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

from . import sequential
from .arithmetic import COS_POLYNOMIAL, FOUR_OVER_PI, LN2_HIGH, LN2_LOW, LOG_POLYNOMIAL, PI_4_PARTS, SIN_POLYNOMIAL, SQRT_HALF, TWO_PI

__all__ = ["make"]

CHUNK = 2048
HIGH_BIT, LOW_BITS, MATRIX = np.uint32(0x80000000), np.uint32(0x7FFFFFFF), np.uint32(0x9908B0DF)
P0, P1, P2, P3, P4, P5, P6, P7, P8 = LOG_POLYNOMIAL
S0, S1, S2 = SIN_POLYNOMIAL
C0, C1, C2 = COS_POLYNOMIAL
D0, D1, D2 = PI_4_PARTS
ONE, HALF, TWO = np.float32(1), np.float32(0.5), np.float32(2)


def fma(a: Any, b: Any, c: Any) -> Any:
    """a b + c, rounded once: compiled to the machine's instruction."""
    return a * b + c


def bits_of(x: Any) -> Any:
    """The int32 with the bits of a float32: compiled to nothing."""
    return x.view(np.int32)


def float_of(x: Any) -> Any:
    """The float32 with the bits of an int32: compiled to nothing."""
    return x.view(np.float32)


def _instructions() -> dict[str, Any]:
    """What stands in compiled code for the three functions above."""
    from numba import types
    from numba.extending import intrinsic

    def fused(typing: Any, a: Any, b: Any, c: Any) -> Any:
        return a(a, a, a), lambda context, builder, signature, args: builder.fma(*args)

    def cast(source: Any, target: Any) -> Any:
        def typed(typing: Any, x: Any) -> Any:
            return target(source), lambda context, builder, signature, args: builder.bitcast(args[0], context.get_value_type(target))

        return typed

    return {
        "fma": intrinsic(fused),
        "bits_of": intrinsic(cast(types.float32, types.int32)),
        "float_of": intrinsic(cast(types.int32, types.float32)),
    }


def mixed(word: Any, following: Any, distant: Any) -> Any:
    """The next value of a word of state, from its neighbour and the one 397 places on."""
    y = (word & HIGH_BIT) | (following & LOW_BITS)
    return distant ^ (y >> np.uint32(1)) ^ ((np.uint32(0) - (y & np.uint32(1))) & MATRIX)


def twist(key: Any) -> None:
    """The next 624 words of state. Written elsewhere and copied back: in place the loops do not vectorise (0.5 against 0.15 µs)."""
    new = np.empty(624, np.uint32)
    words, following, distant, target = key[:227], key[1:228], key[397:624], new[:227]
    for i in range(227):
        target[i] = mixed(words[i], following[i], distant[i])
    words, following, distant, target = key[227:454], key[228:455], new[:227], new[227:454]
    for i in range(227):
        target[i] = mixed(words[i], following[i], distant[i])
    words, following, distant, target = key[454:623], key[455:624], new[227:396], new[454:623]
    for i in range(169):
        target[i] = mixed(words[i], following[i], distant[i])
    new[623] = mixed(key[623], new[0], new[396])
    for i in range(624):
        key[i] = new[i]


def temper(y: Any) -> Any:
    """The word that is handed out for a word of state."""
    y ^= y >> np.uint32(11)
    y ^= (y << np.uint32(7)) & np.uint32(0x9D2C5680)
    y ^= (y << np.uint32(15)) & np.uint32(0xEFC60000)
    return y ^ (y >> np.uint32(18))


def stretch(key: Any, position: Any, n: int) -> Any:
    """Up to n words of state that are next, twisting if there are none; the position moves past them."""
    p = position[0]
    if p < 0 or p >= 624:
        twist(key)
        p = 0
    m = min(624 - p, n)
    position[0] = p + m
    return key[p : p + m]


def fill_words(key: Any, position: Any, out: Any) -> None:
    """out: uint32 (n,)."""
    done, n = 0, len(out)
    while done < n:
        source = stretch(key, position, n - done)
        target = out[done : done + len(source)]
        for i in range(len(source)):
            target[i] = temper(source[i])
        done += len(source)


def fill_floats(key: Any, position: Any, out: Any, low: Any, high: Any) -> None:
    """out: float32 (n,), uniform in [low, high)."""
    done, n, span = 0, len(out), high - low
    while done < n:
        source = stretch(key, position, n - done)
        target = out[done : done + len(source)]
        for i in range(len(source)):
            u = np.float32(np.int32(temper(source[i]) & np.uint32(0xFFFFFF))) * np.float32(2.0**-24)
            x = fma(u, span, low)
            target[i] = low if x == high else x
        done += len(source)


def fill_doubles(key: Any, position: Any, out: Any) -> None:
    """out: float64 (n,), uniform in [0, 1)."""
    buffer = np.empty(2 * CHUNK, np.uint32)
    for start in range(0, len(out), CHUNK):
        target = out[start : start + CHUNK]
        words = buffer[: 2 * len(target)]
        fill_words(key, position, words)
        for i in range(len(target)):
            high = np.int64(words[2 * i] & np.uint32(0x1FFFFF))
            target[i] = np.float64((high << 32) | np.int64(words[2 * i + 1])) * 2.0**-53


def scale_doubles(out: Any, low: float, high: float) -> None:
    """out: float64 (n,) in [0, 1) -> [low, high)."""
    span = high - low
    for i in range(len(out)):
        x = fma(out[i], span, low)
        out[i] = low if x == high else x


def fill_below(key: Any, position: Any, out: Any, divisor: int, base: int) -> None:
    """out: any integer or floating type (n,): word mod divisor + base, with 0 < divisor < 2**28.

    The quotient by a multiplication with 1 / divisor is at most one off; the remainder is mended.
    """
    buffer = np.empty(CHUNK, np.uint32)
    inverse = 1.0 / divisor
    for start in range(0, len(out), CHUNK):
        target = out[start : start + CHUNK]
        words = buffer[: len(target)]
        fill_words(key, position, words)
        for i in range(len(target)):
            word = np.int64(words[i])
            rest = word - np.int64(np.float64(word) * inverse) * divisor
            rest += divisor if rest < 0 else 0
            rest -= divisor if rest >= divisor else 0
            target[i] = rest + base


def fill_below64(key: Any, position: Any, out: Any, divisor: Any, base: Any) -> None:
    """out: int64 (n,): 64-bit word mod divisor + base, all in uint64; a divisor of 0 stands for 2**64."""
    buffer = np.empty(2 * CHUNK, np.uint32)
    mask = divisor - np.uint64(1)
    masked = (divisor & mask) == np.uint64(0)
    for start in range(0, len(out), CHUNK):
        target = out[start : start + CHUNK]
        words = buffer[: 2 * len(target)]
        fill_words(key, position, words)
        for i in range(len(target)):
            wide = (np.uint64(words[2 * i]) << np.uint64(32)) | np.uint64(words[2 * i + 1])
            rest = wide & mask if masked else wide % divisor
            target[i] = np.int64(rest + base)


def fill_below_threshold(key: Any, position: Any, out: Any, p: float) -> None:
    """out: uint8 (n,): 1 where the next double is below p."""
    buffer = np.empty(2 * CHUNK, np.uint32)
    bound = np.int64(math.ceil(p * 2.0**53))  # u 2^53 is an integer, so u < p where it is below this
    for start in range(0, len(out), CHUNK):
        target = out[start : start + CHUNK]
        words = buffer[: 2 * len(target)]
        fill_words(key, position, words)
        for i in range(len(target)):
            high = np.int64(words[2 * i] & np.uint32(0x1FFFFF))
            target[i] = ((high << 32) | np.int64(words[2 * i + 1])) < bound


def log32(x: Any) -> Any:
    """ln x of a positive normal float."""
    bits = bits_of(x)
    m = float_of((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000))
    exponent = np.float32((bits >> np.int32(23)) - np.int32(126))
    small = m < SQRT_HALF
    exponent = exponent - (ONE if small else np.float32(0))
    m = (m - ONE) + (m if small else np.float32(0))
    square = m * m
    y = fma(fma(fma(P0, m, P1), m, P2), m, P3)
    y = fma(fma(fma(fma(fma(y, m, P4), m, P5), m, P6), m, P7), m, P8)
    y = fma(square, -HALF, fma(y * m, square, exponent * LN2_LOW))
    return fma(exponent, LN2_HIGH, m + y)


def polar32(first: Any, second: Any, mean: Any, std: Any) -> None:
    """first, second: float32 (n,), uniforms in, normals out: the cosines and the sines."""
    for j in range(len(first)):
        radius = np.sqrt(-TWO * log32(ONE - first[j]))
        x = TWO_PI * second[j]
        octant = (np.int32(x * FOUR_OVER_PI) + np.int32(1)) & np.int32(-2)
        turns = np.float32(octant)
        x = fma(turns, D2, fma(turns, D1, fma(turns, D0, x)))
        square = x * x
        c = fma(fma(C0, square, C1), square, C2) * square
        c = fma(c, square, -(square * HALF)) + ONE
        s = fma(fma(S0, square, S1), square, S2) * square
        s = fma(s, x, x)
        swapped = (octant & np.int32(2)) != np.int32(0)
        sine, cosine = (c if swapped else s), (s if swapped else c)
        sine = -sine if (octant & np.int32(4)) != np.int32(0) else sine
        cosine = -cosine if ((octant - np.int32(2)) & np.int32(4)) == np.int32(0) else cosine
        first[j] = fma(radius * cosine, std, mean)
        second[j] = fma(radius * sine, std, mean)


def box_muller32(u: Any, mean: Any, std: Any) -> None:
    """u: float32 (16 n,), uniforms in, normals out. The halves of many rows are gathered into long vectors."""
    first, second = np.empty(CHUNK, np.float32), np.empty(CHUNK, np.float32)
    for start in range(0, len(u), 2 * CHUNK):
        part = u[start : start + 2 * CHUNK]
        n = len(part) // 2
        for row in range(n // 8):
            for j in range(8):
                first[8 * row + j] = part[16 * row + j]
                second[8 * row + j] = part[16 * row + 8 + j]
        polar32(first[:n], second[:n], mean, std)
        for row in range(n // 8):
            for j in range(8):
                part[16 * row + j] = first[8 * row + j]
                part[16 * row + 8 + j] = second[8 * row + j]


def box_muller64(u: Any, mean: float, std: float) -> None:
    """u: float64 (16 n,), uniforms in, normals out."""
    for start in range(0, len(u), 16):
        first, second = u[start : start + 8], u[start + 8 : start + 16]
        for j in range(8):
            radius = math.sqrt(-2.0 * math.log(1.0 - first[j]))
            angle = 2.0 * math.pi * second[j]
            first[j] = fma(radius * math.cos(angle), std, mean)
            second[j] = fma(radius * math.sin(angle), std, mean)


def pair_normals(u: Any) -> None:
    """u: float64 (2 n,), pairs of uniforms (u₁, u₂) in, √(-2 ln(1 - u₂)) (cos 2πu₁, sin 2πu₁) out."""
    for i in range(0, len(u) - 1, 2):
        radius = math.sqrt(-2.0 * math.log1p(-u[i + 1]))
        angle = 2.0 * math.pi * u[i]
        u[i] = radius * math.cos(angle)
        u[i + 1] = radius * math.sin(angle)


def affine(x: Any, scale: float, shift: float) -> None:
    """scale x + shift in place, rounded once."""
    for i in range(len(x)):
        x[i] = fma(x[i], scale, shift)


def shuffle_words(values: Any, words: Any) -> None:
    """The Fisher-Yates shuffle in place: values[i] <-> values[i + word mod (n - i)]."""
    n = np.uint32(len(values))
    for i in range(len(words)):
        j = i + np.int64(words[i] % (n - np.uint32(i)))
        values[i], values[j] = values[j], values[i]


def map_log(x: Any) -> None:
    """ln in place."""
    for i in range(len(x)):
        x[i] = math.log(x[i])


def map_log1p(x: Any) -> None:
    """ln(1 + x) in place."""
    for i in range(len(x)):
        x[i] = math.log1p(x[i])


def map_exp(x: Any) -> None:
    """eˣ in place."""
    for i in range(len(x)):
        x[i] = math.exp(x[i])


def map_tan(x: Any) -> None:
    """tan in place."""
    for i in range(len(x)):
        x[i] = math.tan(x[i])


# Callees first.
LOOPS = (
    *(mixed, twist, temper, stretch, fill_words, fill_floats, fill_doubles, scale_doubles),
    *(fill_below, fill_below64, fill_below_threshold, log32, polar32, box_muller32, box_muller64),
    *(pair_normals, affine, shuffle_words, map_log, map_log1p, map_exp, map_tan),
)


def make(jit: Callable[..., Any]) -> SimpleNamespace:
    """The loops of this module and of `sequential` under `jit`, by name; ImportError without Numba.

    Copies are compiled, in which the loops called are the compiled ones: the modules stay as they are.
    """
    known = _instructions()
    for names, functions in ((globals(), LOOPS), (vars(sequential), sequential.LOOPS)):
        for function in functions:
            copy = FunctionType(function.__code__, {**names, **known}, function.__name__, function.__defaults__)
            copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
            known[function.__name__] = jit(copy)
    return SimpleNamespace(**known)
