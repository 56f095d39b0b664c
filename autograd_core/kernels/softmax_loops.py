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


@compiled
def top32(row):  # type: ignore[no-untyped-def]
    """The largest value of a row, found through integers that order as floats do: comparing floats does not vectorise.

    It may pass over a NaN, whose exponential is NaN all the same.
    """
    keys = row.view(np.int32)
    best = np.int32(-0x80000000)
    for i in range(len(keys)):
        bits = keys[i]
        key = np.int32(bits ^ (np.int32(bits >> np.int32(31)) & np.int32(0x7FFFFFFF)))
        best = key if key > best else best
    return np.int32(best ^ (np.int32(best >> np.int32(31)) & np.int32(0x7FFFFFFF))).view(np.float32)


@compiled
def top64(row):  # type: ignore[no-untyped-def]
    """`top32` for float64."""
    keys = row.view(np.int64)
    best = np.int64(-0x8000000000000000)
    for i in range(len(keys)):
        bits = keys[i]
        key = bits ^ ((bits >> np.int64(63)) & np.int64(0x7FFFFFFFFFFFFFFF))
        best = key if key > best else best
    return np.int64(best ^ ((best >> np.int64(63)) & np.int64(0x7FFFFFFFFFFFFFFF))).view(np.float64)


@compiled(fastmath=REASSOCIATE)
def total(row):  # type: ignore[no-untyped-def]
    """The sum of a row, in float64."""
    s = 0.0
    for i in range(len(row)):
        s += np.float64(row[i])
    return s


@compiled(fastmath=REASSOCIATE)
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
        return _loops(dtype, np.float32, decay32, exp32, top32)
    return _loops(dtype, np.float64, decay64, exp64, top64)


def _loops(dtype: str, real: Any, decay: Kernel, exp: Kernel, top: Kernel) -> SimpleNamespace:
    @compiled(fastmath=CONTRACT)
    def store_exps(row, m, out):  # type: ignore[no-untyped-def]
        for i in range(len(row)):
            out[i] = decay(row[i] - m)

    # Two loops over a piece that stays in cache: one loop would vectorise as the float64 sum does, half as wide.
    @compiled
    def exps(row, m, out):  # type: ignore[no-untyped-def]
        s = 0.0
        for start in range(0, len(row), PIECE):
            piece = out[start : start + PIECE]
            store_exps(row[start : start + PIECE], m, piece)
            s += total(piece)
        return s

    columns, short_rows = _columns(dtype, real, decay)
    columns_input, short_rows_input = _columns_input(dtype, real, exp)
    return SimpleNamespace(
        forward=(_rows(dtype, real, exps, top), columns, short_rows),
        backward=(_rows_input(dtype, real, exp), columns_input, short_rows_input),
        logsumexp=_logsumexp(dtype, real, decay, top),
        few=_few(dtype, real, decay),
        few_input=_few_input(dtype, real, exp),
    )


def _rows(dtype: str, real: Any, exps: Kernel, top: Kernel) -> Any:
    @contract(x=array("m n", (dtype,)), out=array("m n", (dtype,), writes=True), step=integer(1), log=flag())
    @compiled(parallel=True)
    def rows(lo, hi, x, out, step, log):  # type: ignore[no-untyped-def]
        for r in range(lo * step, min(hi * step, len(x))):
            a, b = x[r], out[r]
            m = top(a)
            s = exps(a, m, b)
            if log:
                s = real(np.log(s))
                for i in range(len(b)):
                    b[i] = (a[i] - m) - s
            else:
                s = real(1.0 / s)
                for i in range(len(b)):
                    b[i] = b[i] * s

    return rows


def _rows_input(dtype: str, real: Any, exp: Kernel) -> Any:
    spec = array("m n", (dtype,))

    @contract(g=spec, out=spec, gx=array("m n", (dtype,), writes=True), step=integer(1), log=flag())
    @compiled(parallel=True)
    def rows_input(lo, hi, g, out, gx, step, log):  # type: ignore[no-untyped-def]
        for r in range(lo * step, min(hi * step, len(g))):
            a, b, c = g[r], out[r], gx[r]
            if log:
                s = real(total(a))
                for i in range(len(c)):
                    c[i] = a[i] - exp(b[i]) * s
            else:
                s = real(total_product(a, b))
                for i in range(len(c)):
                    c[i] = (a[i] - s) * b[i]

    return rows_input


def _columns(dtype: str, real: Any, decay: Kernel) -> tuple[Any, Any]:
    """The loops over columns of (before, n, after), and over short rows that are turned into columns."""

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

    @contract(x=array("m n", (dtype,)), out=array("m n", (dtype,), writes=True), log=flag())
    @compiled(parallel=True)
    def short_rows(lo, hi, x, out, log):  # type: ignore[no-untyped-def]
        n = x.shape[1]
        turned, exps = np.empty((n, TILE), real), np.empty((n, TILE), real)
        for block in range(lo, hi):
            a, b = block * TILE, (block + 1) * TILE
            rows, result = x[a:b], out[a:b]
            w = len(rows)
            m, s, t = np.full(w, -np.inf, real), np.zeros(w), np.empty(w, real)
            for r in range(w):
                for k in range(n):
                    turned[k, r] = rows[r, k]
            for k in range(n):
                raise_to(turned[k, :w], m)
            for k in range(n):
                add_exps(turned[k, :w], m, s, exps[k, :w])
            last(s, t, log)
            for k in range(n):
                finish(turned[k, :w], m, t, exps[k, :w], log)
            for r in range(w):
                for k in range(n):
                    result[r, k] = exps[k, r]

    return columns, short_rows


def _few(dtype: str, real: Any, decay: Kernel) -> Any:
    """What short_rows computes, to the bit, in place of the rows of n: so few that turning them would be most of the work."""

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


def _columns_input(dtype: str, real: Any, exp: Kernel) -> tuple[Any, Any]:
    """The same two for the gradients."""

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

    flat = array("m n", (dtype,))

    @contract(g=flat, out=flat, gx=array("m n", (dtype,), writes=True), log=flag())
    @compiled(parallel=True)
    def short_rows_input(lo, hi, g, out, gx, log):  # type: ignore[no-untyped-def]
        n = g.shape[1]
        turned, other = np.empty((n, TILE), real), np.empty((n, TILE), real)
        for block in range(lo, hi):
            a, b = block * TILE, (block + 1) * TILE
            rows, outs, result = g[a:b], out[a:b], gx[a:b]
            w = len(rows)
            s = np.zeros(w)
            for r in range(w):
                for k in range(n):
                    turned[k, r] = rows[r, k]
                    other[k, r] = outs[r, k]
            for k in range(n):
                add(turned[k, :w], other[k, :w], s, log)
            for k in range(n):
                finish(turned[k, :w], other[k, :w], s, turned[k, :w], log)
            for r in range(w):
                for k in range(n):
                    result[r, k] = turned[k, r]

    return columns_input, short_rows_input


def _logsumexp(dtype: str, real: Any, decay: Kernel, top: Kernel) -> tuple[Any, Any, Any]:
    """log Σ exp over rows, columns and short rows.

    Where the largest value is infinite 0 is subtracted instead, and log Σ is added to that infinity: it stays what it
    is, unless there is a NaN. decay's domain ends at 0.
    """

    @compiled(fastmath=CONTRACT)
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
        scratch = np.empty(PIECE, real)
        for r in range(lo * step, min(hi * step, len(x))):
            row = x[r]
            m = top(row)
            c = real(0) if abs(m) == np.inf else m
            s = 0.0
            for start in range(0, len(row), PIECE):
                piece = row[start : start + PIECE]
                store_exps(piece, c, scratch[: len(piece)])
                s += total(scratch[: len(piece)])
            out[r] = np.log(s) + m

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

    @contract(x=array("m n", (dtype,)), out=array("m", (dtype,), writes=True))
    @compiled(parallel=True)
    def short_rows(lo, hi, x, out):  # type: ignore[no-untyped-def]
        n = x.shape[1]
        turned = np.empty((n, TILE), real)
        for block in range(lo, hi):
            a, b = block * TILE, (block + 1) * TILE
            some, result = x[a:b], out[a:b]
            w = len(some)
            m, c, s = np.full(w, -np.inf, real), np.empty(w, real), np.zeros(w)
            for r in range(w):
                for k in range(n):
                    turned[k, r] = some[r, k]
            for k in range(n):
                raise_to(turned[k, :w], m)
            finite(m, c)
            for k in range(n):
                add_exps(turned[k, :w], c, s)
            for j in range(w):
                result[j] = np.log(s[j]) + m[j]

    return rows, columns, short_rows
