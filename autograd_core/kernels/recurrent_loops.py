"""The compiled loops of recurrent layers: what happens at every step of a sequence, forward and backward.

Imports NumPy, `jit`, `contract`, `activation_scalars`. A launch goes through the steps `lo` to `hi` in the order in which they are
computed. Small layers multiply inside the loop (`own`), so that one launch does a whole sequence; for larger ones the caller has BLAS
multiply and launches step by step. Step t owns the rows starts[t] to starts[t] + sizes[t] of every array over the sequence.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from .activation_scalars import scalars
from .contract import Checked, array, contract, flag, integer
from .jit import CONTRACT, compiled

__all__ = ["loops"]

# what `own` needs of the weights, which the loop does not look at otherwise
OWN_SQUARE = "not own or (rows == p and columns == p)"
OWN_BACK = "not own or (rows == g and columns == p)"


@compiled(fastmath=CONTRACT)
def multiply(x, start, rows, w, out):  # type: ignore[no-untyped-def]
    """out = x @ w for some rows of x."""
    for n in range(rows):
        a, b = x[start + n], out[n]
        b[:] = 0
        for k in range(len(a)):
            v, row = a[k], w[k]
            for j in range(len(b)):
                b[j] += v * row[j]


@compiled
def copy_rows(x, start, rows, out):  # type: ignore[no-untyped-def]
    """out[n] = x[start + n]."""
    for n in range(rows):
        out[n] = x[start + n]


@functools.cache
def loops(dtype: str) -> SimpleNamespace:
    """The kernels of float32 or float64: (forward, backward) of each kind of layer."""
    real = np.float32 if dtype == "float32" else np.float64
    sigmoid, tanh = scalars(dtype)["sigmoid"][0], scalars(dtype)["tanh"][0]
    zero, one = real(0), real(1)

    # Each loop has few arrays: the checks that many of them do not overlap would keep it from being vectorised.
    @compiled(fastmath=CONTRACT)
    def sigmoids(a, z, bias):  # type: ignore[no-untyped-def]
        for j in range(len(a)):
            a[j] = sigmoid(a[j] + z[j] + bias[j], zero, zero)

    @compiled(fastmath=CONTRACT)
    def tanhs(a, z, bias):  # type: ignore[no-untyped-def]
        for j in range(len(a)):
            a[j] = tanh(a[j] + z[j] + bias[j], zero, zero)

    @compiled(fastmath=CONTRACT)
    def squash(a, out):  # type: ignore[no-untyped-def]
        for j in range(len(a)):
            out[j] = tanh(a[j], zero, zero)

    @compiled(fastmath=CONTRACT)
    def show(o, c, out):  # type: ignore[no-untyped-def]
        for j in range(len(c)):
            out[j] = o[j] * tanh(c[j], zero, zero)

    made = SimpleNamespace(dtype=dtype, sigmoids=sigmoids, tanhs=tanhs, squash=squash, show=show, zero=zero, one=one)
    return SimpleNamespace(
        rnn=(_rnn_forward(made), _rnn_backward(made)),
        lstm=(_lstm_forward(made), _lstm_backward(made)),
        gru=(_gru_forward(made), _gru_backward(made)),
    )


def _contract(dtype: str, *requires: str, writes: str, **dims: Any) -> Any:
    """The contract that all the loops share, with their floating arrays, each of which is given by its dimensions."""
    specs = {name: array(d, (dtype,), writes=name in writes.split()) if isinstance(d, str) else d for name, d in dims.items()}
    return contract(
        "hi <= t",
        *requires,
        lo=integer(),
        hi=integer(),
        backwards=flag(),
        own=flag(),
        starts=array("t", ("int64",), at_least="0", below="total + 1"),
        sizes=array("t", ("int64",), at_least="0", below="n + 1"),
        **specs,
    )


def _rnn_forward(made: SimpleNamespace) -> Checked:
    tanhs, zero = made.tanhs, made.zero

    @_contract(made.dtype, OWN_SQUARE, writes="z h out", relu=flag(), bias="p", w="rows columns", z="n p", h="n p", out="total p")
    @compiled(fastmath=CONTRACT)
    def forward(lo, hi, backwards, own, starts, sizes, relu, bias, w, z, h, out):  # type: ignore[no-untyped-def]
        for s in range(lo, hi):
            t = len(sizes) - 1 - s if backwards else s
            start = starts[t]
            rows = min(sizes[t], len(out) - start)
            if own:
                multiply(h, 0, rows, w, z)
            for n in range(rows):
                a, b = out[start + n], z[n]
                if relu:
                    for j in range(len(a)):
                        v = a[j] + b[j] + bias[j]
                        a[j] = zero if v < zero else v
                else:
                    tanhs(a, b, bias)
            copy_rows(out, start, rows, h)

    return forward


def _rnn_backward(made: SimpleNamespace) -> Checked:
    zero, one = made.zero, made.one

    @compiled(fastmath=CONTRACT)
    def row(g, back, out, dz, relu):  # type: ignore[no-untyped-def]
        if relu:
            for j in range(len(g)):
                d = g[j] + back[j]
                dz[j] = d if out[j] > zero else zero
        else:
            for j in range(len(g)):
                dz[j] = (g[j] + back[j]) * (one - out[j] * out[j])

    @_contract(
        made.dtype, OWN_SQUARE, writes="back dz", relu=flag(), w="rows columns", g="total p", out="total p", back="n p", dz="total p"
    )
    @compiled(fastmath=CONTRACT)
    def backward(lo, hi, backwards, own, starts, sizes, relu, w, g, out, back, dz):  # type: ignore[no-untyped-def]
        for s in range(lo, hi):
            t = s if backwards else len(sizes) - 1 - s
            start = starts[t]
            rows = min(sizes[t], len(out) - start)
            for n in range(rows):
                row(g[start + n], back[n], out[start + n], dz[start + n], relu)
            if own:
                multiply(dz, start, rows, w, back)

    return backward


def _lstm_forward(made: SimpleNamespace) -> Checked:
    sigmoids, tanhs, show = made.sigmoids, made.tanhs, made.show

    @compiled(fastmath=CONTRACT)
    def cell(i, f, u, c, cells):  # type: ignore[no-untyped-def]
        for j in range(len(c)):
            v = f[j] * c[j] + i[j] * u[j]
            c[j] = v
            cells[j] = v

    floats = {
        "bias": "g",
        "w": "rows columns",
        "gates": "total g",
        "z": "n g",
        "h": "n q",
        "c": "n p",
        "cells": "total p",
        "out": "total p",
    }

    @_contract(made.dtype, "g == 4 * p", "not own or (q == p and rows == p and columns == g)", writes="gates z h c cells out", **floats)
    @compiled(fastmath=CONTRACT)
    def forward(lo, hi, backwards, own, starts, sizes, bias, w, gates, z, h, c, cells, out):  # type: ignore[no-untyped-def]
        p = c.shape[1]
        for s in range(lo, hi):
            t = len(sizes) - 1 - s if backwards else s
            start = starts[t]
            rows = min(sizes[t], len(out) - start)
            if own:
                multiply(h, 0, rows, w, z)
            for n in range(rows):
                a, b = gates[start + n], z[n]
                sigmoids(a[: 2 * p], b[: 2 * p], bias[: 2 * p])
                tanhs(a[2 * p : 3 * p], b[2 * p : 3 * p], bias[2 * p : 3 * p])
                sigmoids(a[3 * p :], b[3 * p :], bias[3 * p :])
                cell(a[:p], a[p : 2 * p], a[2 * p : 3 * p], c[n], cells[start + n])
                show(a[3 * p :], c[n], out[start + n])
            if h.shape[1] == p:  # else the caller projects it
                copy_rows(out, start, rows, h)

    return forward


def _lstm_backward(made: SimpleNamespace) -> Checked:
    squash, one = made.squash, made.one

    @compiled(fastmath=CONTRACT)
    def through_cell(g, back, o, t, dc, do):  # type: ignore[no-untyped-def]
        for j in range(len(g)):
            d = g[j] + back[j]
            dc[j] += d * o[j] * (one - t[j] * t[j])
            do[j] = d * t[j] * o[j] * (one - o[j])

    @compiled(fastmath=CONTRACT)
    def input_gate(dc, i, u, di, du):  # type: ignore[no-untyped-def]
        for j in range(len(dc)):
            di[j] = dc[j] * u[j] * i[j] * (one - i[j])
            du[j] = dc[j] * i[j] * (one - u[j] * u[j])

    @compiled(fastmath=CONTRACT)
    def forget_gate(dc, f, before, df):  # type: ignore[no-untyped-def]
        for j in range(len(dc)):
            d = dc[j] * f[j]
            df[j] = d * before[j] * (one - f[j])
            dc[j] = d

    floats = {
        "w": "rows columns", "g": "total p", "gates": "total g", "cells": "total p", "before": "total p",
        "t": "p", "back": "n p", "dc": "n p", "dz": "total g",
    }  # fmt: skip

    @_contract(made.dtype, "g == 4 * p", OWN_BACK, writes="t back dc dz", **floats)
    @compiled(fastmath=CONTRACT)
    def backward(lo, hi, backwards, own, starts, sizes, w, g, gates, cells, before, t, back, dc, dz):  # type: ignore[no-untyped-def]
        p = dc.shape[1]
        for s in range(lo, hi):
            k = s if backwards else len(sizes) - 1 - s
            start = starts[k]
            rows = min(sizes[k], len(g) - start)
            for n in range(rows):
                a, d, c = gates[start + n], dz[start + n], dc[n]
                squash(cells[start + n], t)
                through_cell(g[start + n], back[n], a[3 * p :], t, c, d[3 * p :])
                input_gate(c, a[:p], a[2 * p : 3 * p], d[:p], d[2 * p : 3 * p])
                forget_gate(c, a[p : 2 * p], before[start + n], d[p : 2 * p])
            if own:
                multiply(dz, start, rows, w, back)

    return backward


def _gru_forward(made: SimpleNamespace) -> Checked:
    sigmoids, squash = made.sigmoids, made.squash

    @compiled(fastmath=CONTRACT)
    def candidate(r, z, bias, new, kept):  # type: ignore[no-untyped-def]
        for j in range(len(r)):
            v = z[j] + bias[j]
            kept[j] = v
            new[j] += r[j] * v

    @compiled(fastmath=CONTRACT)
    def mix(u, new, before, out):  # type: ignore[no-untyped-def]
        for j in range(len(u)):
            out[j] = new[j] + u[j] * (before[j] - new[j])

    floats = {"bias": "g", "w": "rows columns", "gates": "total g", "z": "n g", "h": "n p", "kept": "total p", "out": "total p"}

    @_contract(made.dtype, "g == 3 * p", "not own or (rows == p and columns == g)", writes="gates z h kept out", **floats)
    @compiled(fastmath=CONTRACT)
    def forward(lo, hi, backwards, own, starts, sizes, bias, w, gates, z, h, kept, out):  # type: ignore[no-untyped-def]
        p = h.shape[1]
        for s in range(lo, hi):
            t = len(sizes) - 1 - s if backwards else s
            start = starts[t]
            rows = min(sizes[t], len(out) - start)
            if own:
                multiply(h, 0, rows, w, z)
            for n in range(rows):
                a, new = gates[start + n], gates[start + n][2 * p :]
                sigmoids(a[: 2 * p], z[n][: 2 * p], bias[: 2 * p])
                candidate(a[:p], z[n][2 * p :], bias[2 * p :], new, kept[start + n])
                squash(new, new)
                mix(a[p : 2 * p], new, h[n], out[start + n])
            copy_rows(out, start, rows, h)

    return forward


def _gru_backward(made: SimpleNamespace) -> Checked:
    one = made.one

    @compiled(fastmath=CONTRACT)
    def update_gate(g, back, dh, u, new, before, du):  # type: ignore[no-untyped-def]
        for j in range(len(g)):
            d = g[j] + back[j] + dh[j]
            dh[j] = d
            du[j] = d * (before[j] - new[j]) * u[j] * (one - u[j])

    @compiled(fastmath=CONTRACT)
    def new_gate(dh, u, new, dn):  # type: ignore[no-untyped-def]
        for j in range(len(dh)):
            d = dh[j]
            dn[j] = d * (one - u[j]) * (one - new[j] * new[j])
            dh[j] = d * u[j]

    @compiled(fastmath=CONTRACT)
    def reset_gate(dn, r, kept, dr, dk):  # type: ignore[no-untyped-def]
        for j in range(len(dn)):
            dr[j] = dn[j] * kept[j] * r[j] * (one - r[j])
            dk[j] = dn[j] * r[j]

    floats = {
        "w": "rows columns", "g": "total p", "gates": "total g", "kept": "total p", "before": "total p",
        "back": "n p", "dh": "n p", "dx": "total g", "dz": "total g",
    }  # fmt: skip

    @_contract(made.dtype, "g == 3 * p", OWN_BACK, writes="back dh dx dz", **floats)
    @compiled(fastmath=CONTRACT)
    def backward(lo, hi, backwards, own, starts, sizes, w, g, gates, kept, before, back, dh, dx, dz):  # type: ignore[no-untyped-def]
        p = dh.shape[1]
        for s in range(lo, hi):
            k = s if backwards else len(sizes) - 1 - s
            start = starts[k]
            rows = min(sizes[k], len(g) - start)
            for n in range(rows):
                a, d, e, h = gates[start + n], dx[start + n], dz[start + n], dh[n]
                update_gate(g[start + n], back[n], h, a[p : 2 * p], a[2 * p :], before[start + n], d[p : 2 * p])
                new_gate(h, a[p : 2 * p], a[2 * p :], d[2 * p :])
                reset_gate(d[2 * p :], a[:p], kept[start + n], d[:p], e[2 * p :])
                e[: 2 * p] = d[: 2 * p]
            if own:
                multiply(dz, start, rows, w, back)

    return backward
