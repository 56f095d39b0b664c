"""Sampling loops whose next step depends on the last: shuffling and the rejection samplers.

Plain Python over arrays or lists, run as they stand or compiled by Numba; imports NumPy and `math` only. A rejection
sampler works on uniforms drawn beforehand and says how many of them it used.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["LOOPS", "binomials", "gammas", "insert", "poissons", "shuffle"]

LOWEST = -9223372036854775808
SQUEEZE = float(np.float32(0.0331))
STIRLING = (
    0.0810614667953272,
    0.0413406959554092,
    0.0276779256849983,
    0.02079067210376509,
    0.0166446911898211,
    0.0138761288230707,
    0.0118967099458917,
    0.0104112652619720,
    0.00925546218271273,
    0.00833056343336287,
)


def shuffle(values: list[int], places: list[int]) -> None:
    """A Fisher-Yates shuffle in place: values[i] <-> values[places[i]]."""
    for i, j in enumerate(places):
        values[i], values[j] = values[j], values[i]


def insert(values: Any, places: Any, start: int) -> None:
    """Steps start, start + 1, ... of the inside-out shuffle: i takes its place and what was there moves to the end."""
    for i in range(start, start + len(places)):
        j = places[i - start]
        values[i] = i
        values[i] = values[j]
        values[j] = i


def truncated(x: float) -> float:
    """Floor of x as a C cast to int64 gives it: the lowest integer for what does not fit."""
    return float(math.floor(x)) if abs(x) < 9.2e18 else float(LOWEST)


def poisson_small(rate: float, u: Any, k: int) -> tuple[float, int]:
    """A Poisson variate by multiplying uniforms (Knuth). Returns it and the next index, -1 if `u` ran out."""
    limit = math.exp(-rate)
    product, count = 1.0, 0.0
    while k < len(u):
        product *= u[k]
        k += 1
        if product <= limit:
            return count, k
        count += 1.0
    return 0.0, -1


def poisson_large(rate: float, u: Any, k: int) -> tuple[float, int]:
    """A Poisson variate by transformed rejection (Hörmann 1993, PTRS), for rates of 10 and more."""
    root, log_rate = math.sqrt(rate), math.log(rate)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2)
    while k + 1 < len(u):
        x, v = u[k] - 0.5, u[k + 1]
        k += 2
        us = 0.5 - abs(x)
        if us == 0.0:
            continue
        count = truncated((2 * a / us + b) * x + rate + 0.43)
        if us >= 0.07 and v <= v_r:
            return count, k
        if count < 0 or (us < 0.013 and v > us):
            continue
        bound = -rate + count * log_rate - math.lgamma(count + 1)
        if v == 0.0 or math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b) <= bound:
            return count, k
    return 0.0, -1


def poissons(out: Any, start: int, rates: Any, u: Any) -> tuple[int, int]:
    """Fill out[start:] until `u` runs out. Returns how many are done and how many uniforms those used."""
    k = 0
    for i in range(start, len(out)):
        rate = rates[i]
        if rate == 0.0:
            out[i] = 0.0
            continue
        value, after = poisson_large(rate, u, k) if rate >= 10.0 else poisson_small(rate, u, k)
        if after < 0:
            return i, k
        out[i], k = value, after
    return len(out), k


def gamma_one(d: float, scale: float, u: Any, k: int, valid: bool, cached: float) -> tuple[float, int, bool, float]:
    """A gamma variate of shape d + 1/3, times `scale`, by the squeeze of Marsaglia and Tsang (2000).

    `cached` is the second normal of the last pair, if `valid`. Returns the variate, the next index, -1 if `u` ran out,
    and the two anew.
    """
    c = 1.0 / math.sqrt(9.0 * d) if d > 0 else math.nan
    while True:
        y = x = 0.0
        while y <= 0.0:
            if valid:
                x = cached
            elif k + 1 < len(u):
                radius, angle = math.sqrt(-2.0 * math.log1p(-u[k + 1])), 2.0 * math.pi * u[k]
                x, cached = radius * math.cos(angle), radius * math.sin(angle)
                k += 2
            else:
                return 0.0, -1, valid, cached
            valid = not valid
            y = 1.0 + c * x
        if k >= len(u):
            return 0.0, -1, valid, cached
        v, uniform, xx = y * y * y, 1.0 - u[k], x * x
        k += 1
        if uniform < 1.0 - SQUEEZE * xx * xx or math.log(uniform) < 0.5 * xx + d * (1.0 - v + math.log(v)):
            return scale * d * v, k, valid, cached


def gammas(out: Any, start: int, d: Any, kind: Any, inverse: Any, u: Any, normal: Any) -> tuple[int, int]:
    """Fill out[start:] until `u` runs out; kind is 1 where the shape is below 1, 2 where it is 0; inverse is 1 / shape.

    normal: (valid, value), the second normal of the last pair, brought up to date.
    """
    k, valid, cached = 0, normal[0] != 0.0, normal[1]
    done = len(out)
    for i in range(start, len(out)):
        after, scale = k, 1.0
        if kind[i] == 2.0:
            out[i] = 0.0
            continue
        if kind[i] == 1.0:
            scale = (1.0 - u[k]) ** inverse[i] if k < len(u) else 0.0
            after = k + 1
        value, after, now_valid, now_cached = gamma_one(d[i], scale, u, after, valid, cached)
        if after < 0:
            done = i
            break
        out[i], k, valid, cached = value, after, now_valid, now_cached
    normal[0], normal[1] = 1.0 if valid else 0.0, cached
    return done, k


def binomial_small(count: float, log_q: float, u: Any, k: int) -> tuple[float, int]:
    """A binomial variate as the number of geometric steps that fit into `count`; log_q = ln(1 - p)."""
    total, successes = 0.0, 0.0
    while k < len(u):
        if u[k] == 0.0:
            return successes, k + 1
        total += math.ceil(math.log(u[k]) / log_q)
        k += 1
        if total > count:
            return successes, k
        successes += 1.0
    return 0.0, -1


def stirling(k: float) -> float:
    """ln k! less Stirling's approximation."""
    if k < 10.0:
        return STIRLING[int(k)]
    square = (k + 1) * (k + 1)
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)


def binomial_large(n: float, p: float, sd: float, mean: float, ratio: float, mode: float, u: Any, k: int) -> tuple[float, int]:
    """A binomial variate by transformed rejection (Hörmann 1993, BTRS); sd, mean, ratio = p/(1-p), mode are in the type of n."""
    b = 1.15 + 2.53 * sd
    a = -0.0873 + 0.0248 * b + 0.01 * p
    alpha = (2.83 + 5.1 / b) * sd
    while k + 1 < len(u):
        x, v = u[k] - 0.5, u[k + 1]
        k += 2
        us = 0.5 - abs(x)
        if us == 0.0:
            continue
        count = truncated((2 * a / us + b) * x + (mean + 0.5))
        if count < 0 or count > n:
            continue
        if us >= 0.07 and v <= 0.92 - 4.2 / b:
            return count, k
        bound = (mode + 0.5) * math.log((mode + 1) / (ratio * (n - mode + 1))) + (n + 1) * math.log((n - mode + 1) / (n - count + 1))
        bound += (count + 0.5) * math.log(ratio * (n - count + 1) / (count + 1))
        bound = bound + stirling(mode) + stirling(n - mode) - stirling(count) - stirling(n - count)
        if v == 0.0 or math.log(v * alpha / (a / (us * us) + b)) <= bound:
            return count, k
    return 0.0, -1


def binomials(out: Any, start: int, cases: Any, u: Any) -> tuple[int, int]:
    """Fill out[start:] until `u` runs out.

    cases (n, 9): kind (0 the constant in column 1, 1 few, 2 many successes), count, 1 where successes and failures are
    exchanged, p, ln(1 - p), standard deviation, mean, p / (1 - p), mode.
    """
    k = 0
    for i in range(start, len(out)):
        case = cases[i]
        kind, n = case[0], case[1]
        if kind == 0.0:
            out[i] = n
            continue
        if kind == 1.0:
            value, after = binomial_small(n, case[4], u, k)
        else:
            value, after = binomial_large(n, case[3], case[5], case[6], case[7], case[8], u, k)
        if after < 0:
            return i, k
        out[i], k = (n - value if case[2] != 0.0 else value), after
    return len(out), k


LOOPS = (
    *(insert, truncated, poisson_small, poisson_large, poissons),
    *(gamma_one, gammas, binomial_small, stirling, binomial_large, binomials),
)
