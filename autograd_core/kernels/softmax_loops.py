"""The compiled loops of `softmax`: over rows, and over tiles of columns.

Imports NumPy, `jit`, `contract`, `exponential`. `loops(dtype)` gives the kernels of one dtype.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from .contract import array, contract, flag, integer
from .exponential import decay32, decay64, exp32, exp64
from .jit import CONTRACT, REASSOCIATE, Kernel, compiled

__all__ = ["TILE", "loops"]

TILE = 256
"""Columns of a tile."""

PIECE = 4096
"""Elements of a row that are summed as one block."""


@compiled(inline=True)
def top32(keys):  # type: ignore[no-untyped-def]
    """The largest of a row of float32 numbers given as integers, which order as the numbers do once the negative ones are turned round:

    comparing floats does not vectorise. It may pass over a NaN, whose exponential is NaN all the same. The caller takes the integers of the
    whole matrix, for a view inside a loop costs 35 ns.
    """
    best = np.int32(-0x80000000)
    for i in range(len(keys)):
        bits = keys[i]
        key = np.int32(bits ^ (np.int32(bits >> np.int32(31)) & np.int32(0x7FFFFFFF)))
        best = key if key > best else best
    return np.int32(best ^ (np.int32(best >> np.int32(31)) & np.int32(0x7FFFFFFF))).view(np.float32)


@compiled(inline=True)
def top64(keys):  # type: ignore[no-untyped-def]
    """`top32` for float64."""
    best = np.int64(-0x8000000000000000)
    for i in range(len(keys)):
        bits = keys[i]
        key = bits ^ ((bits >> np.int64(63)) & np.int64(0x7FFFFFFFFFFFFFFF))
        best = key if key > best else best
    return np.int64(best ^ ((best >> np.int64(63)) & np.int64(0x7FFFFFFFFFFFFFFF))).view(np.float64)


@compiled(fastmath=REASSOCIATE, inline=True)
def total(row):  # type: ignore[no-untyped-def]
    """The sum of a row, in float64."""
    s = 0.0
    for i in range(len(row)):
        s += np.float64(row[i])
    return s


@compiled(fastmath=REASSOCIATE, inline=True)
def total_product(a, b):  # type: ignore[no-untyped-def]
    """Σ a b, in float64."""
    s = 0.0
    for i in range(len(a)):
        s += np.float64(a[i]) * np.float64(b[i])
    return s


@functools.cache
def loops(kind: str) -> SimpleNamespace:
    """The kernels for "f", float32, or "d", float64: the characters of the dtypes, for a dtype's name takes 2 µs."""
    dtype = np.dtype(kind).name
    if kind == "f":
        return _loops(dtype, np.float32, np.int32, decay32, exp32, top32)
    return _loops(dtype, np.float64, np.int64, decay64, exp64, top64)


def _loops(dtype: str, real: Any, whole: Any, decay: Kernel, exp: Kernel, top: Kernel) -> SimpleNamespace:
    @compiled(fastmath=CONTRACT, inline=True)
    def store_exps(row, m, out):  # type: ignore[no-untyped-def]
        for i in range(len(row)):
            out[i] = decay(row[i] - m)

    # Two loops over a piece that stays in cache: one loop would vectorise as the float64 sum does, half as wide.
    @compiled(inline=True)
    def exps(row, m, out):  # type: ignore[no-untyped-def]
        s = 0.0
        for start in range(0, len(row), PIECE):
            piece = out[start : start + PIECE]
            store_exps(row[start : start + PIECE], m, piece)
            s += total(piece)
        return s

    return SimpleNamespace(
        forward=(_rows(dtype, real, whole, exps, top), _columns(dtype, real, decay)),
        backward=(_rows_input(dtype, real, exp), _columns_input(dtype, real, exp)),
        logsumexp=_logsumexp(dtype, real, whole, decay, top),
        below=_below(dtype, exp),
        few=_few(dtype, real, decay),
        few_input=_few_input(dtype, real, exp),
    )


def _rows(dtype: str, real: Any, whole: Any, exps: Kernel, top: Kernel) -> Any:
    @contract(x=array("m n", (dtype,)), out=array("m n", (dtype,), writes=True), step=integer(1), log=flag())
    @compiled(parallel=True)
    def rows(lo, hi, x, out, step, log):  # type: ignore[no-untyped-def]
        keys = x.view(whole)
        most = min(step, len(x))
        tops, sums = np.empty(most, real), np.empty(most)
        # Passes over some rows: one over each row, with a logarithm in the middle, has to fetch its constants anew after that call, 20 ns.
        # Rows of a slice that are counted from 0: counted from elsewhere each costs 30 ns more.
        for block in range(lo, hi):
            some, bits, made = x[block * step : (block + 1) * step], keys[block * step : (block + 1) * step], out[block * step : (block + 1) * step]
            for r in range(len(some)):
                m = top(bits[r])
                sums[r] = exps(some[r], m, made[r])
                tops[r] = m
            if log:
                for r in range(len(some)):
                    sums[r] = np.log(sums[r])
                for r in range(len(some)):
                    a, b, m, less = some[r], made[r], tops[r], real(sums[r])
                    for i in range(len(b)):
                        b[i] = (a[i] - m) - less
            else:
                for r in range(len(some)):
                    b, share = made[r], real(1.0 / sums[r])
                    for i in range(len(b)):
                        b[i] = b[i] * share

    return rows


def _rows_input(dtype: str, real: Any, exp: Kernel) -> Any:
    spec = array("m n", (dtype,))

    @contract(g=spec, out=spec, gx=array("m n", (dtype,), writes=True), step=integer(1), log=flag())
    @compiled(parallel=True)
    def rows_input(lo, hi, g, out, gx, step, log):  # type: ignore[no-untyped-def]
        grads, outs, made = g[lo * step : hi * step], out[lo * step : hi * step], gx[lo * step : hi * step]
        for r in range(len(grads)):
            a, b, c = grads[r], outs[r], made[r]
            # two names: one variable of both types would be float64, and the loops with it
            if log:
                sum_g = real(total(a))
                for i in range(len(c)):
                    c[i] = a[i] - exp(b[i]) * sum_g
            else:
                mean_g = real(total_product(a, b))
                for i in range(len(c)):
                    c[i] = (a[i] - mean_g) * b[i]

    return rows_input


def _columns(dtype: str, real: Any, decay: Kernel) -> Any:
    """The loop over columns of (before, n, after)."""

    @compiled
    def raise_to(row, m):  # type: ignore[no-untyped-def]
        for j in range(len(row)):
            m[j] = row[j] if row[j] > m[j] else m[j]

    @compiled(fastmath=CONTRACT)
    def add_exps(row, m, s, out):  # type: ignore[no-untyped-def]
        for j in range(len(row)):
            out[j] = decay(row[j] - m[j])
        for j in range(len(row)):
            s[j] += np.float64(out[j])

    @compiled
    def finish(row, m, s, out, log):  # type: ignore[no-untyped-def]
        if log:
            for j in range(len(row)):
                out[j] = (row[j] - m[j]) - s[j]
        else:
            for j in range(len(row)):
                out[j] = out[j] * s[j]

    @compiled
    def last(s, t, log):  # type: ignore[no-untyped-def]
        for j in range(len(s)):
            t[j] = real(np.log(s[j])) if log else real(1.0 / s[j])

    @contract(x=array("o n i", (dtype,)), out=array("o n i", (dtype,), writes=True), tiles=integer(1), log=flag())
    @compiled(parallel=True)
    def columns(lo, hi, x, out, tiles, log):  # type: ignore[no-untyped-def]
        n, after = x.shape[1:]
        for block in range(lo, min(hi, len(x) * tiles)):
            o, a = block // tiles, (block % tiles) * TILE
            b = min(a + TILE, after)
            m, s, t = np.full(b - a, -np.inf, real), np.zeros(b - a), np.empty(b - a, real)
            for k in range(n):
                raise_to(x[o, k, a:b], m)
            for k in range(n):
                add_exps(x[o, k, a:b], m, s, out[o, k, a:b])
            last(s, t, log)
            for k in range(n):
                finish(x[o, k, a:b], m, t, out[o, k, a:b], log)

    return columns


def _below(dtype: str, exp: Kernel) -> Any:
    each = array("m", (dtype,))

    @compiled(fastmath=CONTRACT, inline=True)
    def weigh(g, row, level, out):  # type: ignore[no-untyped-def]
        for i in range(len(row)):
            out[i] = g * exp(row[i] - level)

    @contract(g=each, x=array("m n", (dtype,)), level=each, out=array("m n", (dtype,), writes=True), step=integer(1))
    @compiled(parallel=True)
    def below(lo, hi, g, x, level, out, step):  # type: ignore[no-untyped-def]
        rows, made, weights, levels = x[lo * step : hi * step], out[lo * step : hi * step], g[lo * step : hi * step], level[lo * step : hi * step]
        for r in range(len(rows)):
            least = levels[r]
            weigh(weights[r], rows[r], least if least > -np.inf or least != least else weights.dtype.type(0), made[r])

    return below


def _few(dtype: str, real: Any, decay: Kernel) -> Any:
    """The same for few short rows of n, in place."""

    @compiled(fastmath=CONTRACT)
    def few(x, n, log):  # type: ignore[no-untyped-def]
        for r in range(len(x) // n):
            a = x[r * n : (r + 1) * n]
            m, s = real(-np.inf), 0.0
            for k in range(n):
                m = a[k] if a[k] > m else m
            if log:
                for k in range(n):
                    s += np.float64(decay(a[k] - m))
                t = real(np.log(s))
                for k in range(n):
                    a[k] = (a[k] - m) - t
            else:
                for k in range(n):
                    a[k] = decay(a[k] - m)
                    s += np.float64(a[k])
                t = real(1.0 / s)
                for k in range(n):
                    a[k] = a[k] * t

    return few.entry(np.empty(0, dtype), 1, False)


def _few_input(dtype: str, real: Any, exp: Kernel) -> Any:
    """The same for the gradients, in place of g."""

    @compiled(fastmath=CONTRACT)
    def few_input(g, out, n, log):  # type: ignore[no-untyped-def]
        for r in range(min(len(g), len(out)) // n):
            a, b = g[r * n : (r + 1) * n], out[r * n : (r + 1) * n]
            s = 0.0
            if log:
                for k in range(n):
                    s += np.float64(a[k])
                for k in range(n):
                    a[k] = a[k] - exp(b[k]) * real(s)
            else:
                for k in range(n):
                    s += np.float64(a[k]) * np.float64(b[k])
                for k in range(n):
                    a[k] = (a[k] - real(s)) * b[k]

    return few_input.entry(np.empty(0, dtype), np.empty(0, dtype), 1, False)


def _columns_input(dtype: str, real: Any, exp: Kernel) -> Any:
    """The gradients over columns."""

    @compiled(fastmath=CONTRACT)
    def add(g, out, s, log):  # type: ignore[no-untyped-def]
        if log:
            for j in range(len(g)):
                s[j] += np.float64(g[j])
        else:
            for j in range(len(g)):
                s[j] += np.float64(g[j]) * np.float64(out[j])

    @compiled(fastmath=CONTRACT)
    def finish(g, out, s, gx, log):  # type: ignore[no-untyped-def]
        if log:
            for j in range(len(g)):
                gx[j] = g[j] - exp(out[j]) * real(s[j])
        else:
            for j in range(len(g)):
                gx[j] = (g[j] - real(s[j])) * out[j]

    spec = array("o n i", (dtype,))

    @contract(g=spec, out=spec, gx=array("o n i", (dtype,), writes=True), tiles=integer(1), log=flag())
    @compiled(parallel=True)
    def columns_input(lo, hi, g, out, gx, tiles, log):  # type: ignore[no-untyped-def]
        n, after = g.shape[1:]
        for block in range(lo, min(hi, len(g) * tiles)):
            o, a = block // tiles, (block % tiles) * TILE
            b = min(a + TILE, after)
            s = np.zeros(b - a)
            for k in range(n):
                add(g[o, k, a:b], out[o, k, a:b], s, log)
            for k in range(n):
                finish(g[o, k, a:b], out[o, k, a:b], s, gx[o, k, a:b], log)

    return columns_input


def _logsumexp(dtype: str, real: Any, whole: Any, decay: Kernel, top: Kernel) -> tuple[Any, Any]:
    """log Σ exp over rows and columns.

    Where the largest value is infinite 0 is subtracted instead, and log Σ is added to that infinity: it stays what it
    is, unless there is a NaN. decay's domain ends at 0.
    """

    @compiled(fastmath=CONTRACT, inline=True)
    def store_exps(row, m, out):  # type: ignore[no-untyped-def]
        for i in range(len(row)):
            y = row[i] - m
            out[i] = decay(real(0) if y > real(0) else y)

    @compiled(fastmath=CONTRACT)
    def add_exps(row, m, s):  # type: ignore[no-untyped-def]
        for j in range(len(row)):
            y = row[j] - m[j]
            s[j] += np.float64(decay(real(0) if y > real(0) else y))

    @compiled
    def raise_to(row, m):  # type: ignore[no-untyped-def]
        for j in range(len(row)):
            m[j] = row[j] if row[j] > m[j] else m[j]

    @compiled
    def finite(m, c):  # type: ignore[no-untyped-def]
        for j in range(len(m)):
            c[j] = real(0) if abs(m[j]) == np.inf else m[j]

    @contract(x=array("m n", (dtype,)), out=array("m", (dtype,), writes=True), step=integer(1))
    @compiled(parallel=True)
    def rows(lo, hi, x, out, step):  # type: ignore[no-untyped-def]
        scratch, keys = np.empty(PIECE, real), x.view(whole)
        most = min(step, len(x))
        tops, sums = np.empty(most, real), np.empty(most)
        for block in range(lo, hi):
            some, bits, made = x[block * step : (block + 1) * step], keys[block * step : (block + 1) * step], out[block * step : (block + 1) * step]
            for r in range(len(some)):
                row, m = some[r], top(bits[r])
                c = real(0) if abs(m) == np.inf else m
                s = 0.0
                for start in range(0, len(row), PIECE):
                    piece = row[start : start + PIECE]
                    store_exps(piece, c, scratch[: len(piece)])
                    s += total(scratch[: len(piece)])
                sums[r], tops[r] = s, m
            for r in range(len(some)):
                made[r] = np.log(sums[r]) + tops[r]

    @contract(x=array("o n i", (dtype,)), out=array("o i", (dtype,), writes=True), tiles=integer(1))
    @compiled(parallel=True)
    def columns(lo, hi, x, out, tiles):  # type: ignore[no-untyped-def]
        n, after = x.shape[1:]
        for block in range(lo, min(hi, len(x) * tiles)):
            o, a = block // tiles, (block % tiles) * TILE
            b = min(a + TILE, after)
            m, c, s = np.full(b - a, -np.inf, real), np.empty(b - a, real), np.zeros(b - a)
            for k in range(n):
                raise_to(x[o, k, a:b], m)
            finite(m, c)
            for k in range(n):
                add_exps(x[o, k, a:b], c, s)
            result = out[o, a:b]
            for j in range(b - a):
                result[j] = np.log(s[j]) + m[j]

    return rows, columns
