"""The compiled loops of recurrent layers: a whole sequence in one launch, forward and backward.

Imports NumPy, `jit`, `contract`, `activation_scalars`, `product_loops`. The sequences of a batch know nothing of each other, so that
threads share them in blocks of `tall`; a range of blocks goes through the steps together. Step t owns the rows starts[t] to
starts[t] + sizes[t] of every array over the sequence, one for each of its sequences. Recurrent weights come packed (`packed`).
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from .activation_scalars import scalars
from .contract import Checked, array, contract, flag, integer
from .jit import CONTRACT, compiled
from .product_loops import ROWS, product_loops

__all__ = ["loops"]


@compiled
def alive(t, starts, sizes, first, last, total):  # type: ignore[no-untyped-def]
    """How many of the sequences from `first` up to `last` are in step t."""
    return min(sizes[t], last, total - starts[t]) - first


@compiled
def came_from(t, n, backwards, starts, sizes, total):  # type: ignore[no-untyped-def]
    """The row of sequence n at the step that was computed before t, -1 where t is its first."""
    u = t + 1 if backwards else t - 1
    if u < 0 or u >= len(sizes) or n >= sizes[u] or starts[u] + n >= total:
        return -1
    return starts[u] + n


@functools.cache
def loops(dtype: str) -> SimpleNamespace:
    """The kernels of float32 or float64: `packed`, and (forward, backward) of each kind of layer."""
    real = np.float32 if dtype == "float32" else np.float64
    sigmoid, tanh = scalars(dtype)["sigmoid"][0], scalars(dtype)["tanh"][0]
    zero, one = real(0), real(1)
    product = product_loops(dtype)
    width, pack, panel = product.width, product.pack, product.panel

    @contract("lw == n * k", "lp == ((n + width - 1) // width) * width * k", w=array("lw", (dtype,)), k=integer(1), n=integer(1),
              turn=flag(), out=array("lp", (dtype,), writes=True), width=integer(width))  # fmt: skip
    @compiled
    def packed(w, k, n, turn, out, width):  # type: ignore[no-untyped-def]
        """The panels of a matrix (k, n), which lies turned round as (n, k) if `turn`."""
        for j in range(0, n, width):
            pack(w, j * k if turn else j, 1 if turn else n, k if turn else 1, k, min(width, n - j), out, j * k)

    @compiled
    def multiply(x, at, m, k, w, n, first, first_at, first_row, out, to, pitch, edge):  # type: ignore[no-untyped-def]
        """m rows of x, which are k long, by packed weights onto `first`, see `panel`."""
        for j in range(0, n, width):
            panel(x, at, k, m, k, w, j * k, min(width, n - j), first, first_at + j, first_row, out, to + j, pitch, edge)

    # Each loop has few arrays, all different: a check that they do not overlap comes before the vectorised loop.
    @compiled(fastmath=CONTRACT)
    def sigmoids(a):  # type: ignore[no-untyped-def]
        for j in range(len(a)):
            a[j] = sigmoid(a[j], zero, zero)

    @compiled(fastmath=CONTRACT)
    def tanhs(a):  # type: ignore[no-untyped-def]
        for j in range(len(a)):
            a[j] = tanh(a[j], zero, zero)

    @compiled(fastmath=CONTRACT)
    def squash(a, out):  # type: ignore[no-untyped-def]
        for j in range(len(a)):
            out[j] = tanh(a[j], zero, zero)

    @compiled
    def copy(x, out):  # type: ignore[no-untyped-def]
        for j in range(len(x)):
            out[j] = x[j]

    @compiled
    def add(x, y, out):  # type: ignore[no-untyped-def]
        for j in range(len(x)):
            out[j] = x[j] + y[j]

    made = SimpleNamespace(
        dtype=dtype, real=real, width=width, room=ROWS * width, multiply=multiply, sigmoids=sigmoids, tanhs=tanhs, squash=squash, add=add, copy=copy,
        tanh=tanh, zero=zero, one=one,
    )  # fmt: skip
    return SimpleNamespace(
        dtype=dtype,
        packed=packed,
        width=width,
        rnn=(_rnn_forward(made), _rnn_backward(made)),
        lstm=(_lstm_forward(made), _lstm_backward(made)),
        gru=(_gru_forward(made), _gru_backward(made)),
    )


def _contract(made: SimpleNamespace, *requires: str, writes: str, **dims: Any) -> Any:
    """The contract that all the loops share, with their floating arrays, each of which is given by its dimensions.

    Packed weights are given as (name of the size, products, columns).
    """
    specs, rules = {}, list(requires)
    for name, d in dims.items():
        if isinstance(d, tuple):
            size, k, n = d
            rules.append(f"{size} == (({n} + {made.width - 1}) // {made.width}) * {made.width} * {k}")
            d = size
        specs[name] = array(d, (made.dtype,), writes=name in writes.split()) if isinstance(d, str) else d
    return contract(
        "blocks == (n + tall - 1) // tall",
        *rules,
        tall=integer(1),
        backwards=flag(),
        starts=array("t", ("int64",), at_least="0", below="total + 1"),
        sizes=array("t", ("int64",), at_least="0", below="n + 1"),
        **specs,
    )


def _rnn_forward(made: SimpleNamespace) -> Checked:
    multiply, tanhs, copy, zero, real, room = made.multiply, made.tanhs, made.copy, made.zero, made.real, made.room

    @compiled
    def row(a, h, relu):  # type: ignore[no-untyped-def]
        if relu:
            for j in range(len(a)):
                a[j] = zero if a[j] < zero else a[j]
        else:
            tanhs(a)
        copy(a, h)

    @_contract(made, writes="h out", relu=flag(), w=("lw", "p", "p"), h="n p", out="total p")
    @compiled(parallel=True, fastmath=CONTRACT)
    def forward(lo, hi, tall, backwards, starts, sizes, relu, w, h, out):  # type: ignore[no-untyped-def]
        (total, p), count, edge = out.shape, len(sizes), np.empty(room, real)
        first, last, flat, states = lo * tall, min(hi * tall, len(h)), out.reshape(-1), h.reshape(-1)
        for s in range(count):
            t = count - 1 - s if backwards else s
            rows, start = alive(t, starts, sizes, first, last, total), starts[t] + first
            multiply(states, first * p, rows, p, w, p, flat, start * p, p, flat, start * p, p, edge)
            for i in range(rows):
                row(out[start + i], h[first + i], relu)

    return forward


def _rnn_backward(made: SimpleNamespace) -> Checked:
    multiply, zero, one, real, room = made.multiply, made.zero, made.one, made.real, made.room

    @compiled(fastmath=CONTRACT)
    def through_squash(g, back, out, dz):  # type: ignore[no-untyped-def]
        for j in range(len(g)):
            dz[j] = (g[j] + back[j]) * (one - out[j] * out[j])

    @compiled
    def through_relu(g, back, out, dz):  # type: ignore[no-untyped-def]
        for j in range(len(g)):
            d = g[j] + back[j]
            dz[j] = d if out[j] > zero else zero

    @_contract(made, writes="back dz", relu=flag(), w=("lw", "p", "p"), g="total p", out="total p", back="n p", dz="total p")
    @compiled(parallel=True, fastmath=CONTRACT)
    def backward(lo, hi, tall, backwards, starts, sizes, relu, w, g, out, back, dz):  # type: ignore[no-untyped-def]
        (total, p), count, edge, none = out.shape, len(sizes), np.empty(room, real), np.zeros(out.shape[1], real)
        first, last, flat, backs = lo * tall, min(hi * tall, len(back)), dz.reshape(-1), back.reshape(-1)
        for s in range(count):
            t = s if backwards else count - 1 - s
            rows, start = alive(t, starts, sizes, first, last, total), starts[t] + first
            for i in range(rows):
                if relu:
                    through_relu(g[start + i], back[first + i], out[start + i], dz[start + i])
                else:
                    through_squash(g[start + i], back[first + i], out[start + i], dz[start + i])
            multiply(flat, start * p, rows, p, w, p, none, 0, 0, backs, first * p, p, edge)

    return backward


def _lstm_forward(made: SimpleNamespace) -> Checked:
    multiply, sigmoids, tanhs, copy, tanh, zero, real, room = (
        made.multiply, made.sigmoids, made.tanhs, made.copy, made.tanh, made.zero, made.real, made.room,
    )  # fmt: skip

    @compiled(fastmath=CONTRACT)
    def cell(i, f, u, c, cells):  # type: ignore[no-untyped-def]
        for j in range(len(c)):
            v = f[j] * c[j] + i[j] * u[j]
            c[j] = v
            cells[j] = v

    @compiled(fastmath=CONTRACT)
    def show(o, c, out):  # type: ignore[no-untyped-def]
        for j in range(len(c)):
            out[j] = o[j] * tanh(c[j], zero, zero)

    @compiled
    def row(a, p, c, cells, raw):  # type: ignore[no-untyped-def]
        sigmoids(a[: 2 * p])
        tanhs(a[2 * p : 3 * p])
        sigmoids(a[3 * p :])
        cell(a[:p], a[p : 2 * p], a[2 * p : 3 * p], c, cells)
        show(a[3 * p :], c, raw)

    floats = {
        "w": ("lw", "q", "g"), "w_hr": "lr", "gates": "total g", "h": "n q", "c": "n p", "cells": "total p", "raw": "total p",
        "out": "total q",
    }  # fmt: skip
    projects = f"lr == ((q + {made.width - 1}) // {made.width}) * {made.width} * p if projected else q == p"

    @_contract(made, "g == 4 * p", projects, writes="gates h c cells raw out", projected=flag(), **floats)
    @compiled(parallel=True, fastmath=CONTRACT)
    def forward(lo, hi, tall, backwards, starts, sizes, projected, w, w_hr, gates, h, c, cells, raw, out):  # type: ignore[no-untyped-def]
        (total, p), q, count, edge, none = raw.shape, h.shape[1], len(sizes), np.empty(room, real), np.zeros(h.shape[1], real)
        first, last, flat, states = lo * tall, min(hi * tall, len(h)), gates.reshape(-1), h.reshape(-1)
        raws, outs = raw.reshape(-1), out.reshape(-1)
        for s in range(count):
            t = count - 1 - s if backwards else s
            rows, start = alive(t, starts, sizes, first, last, total), starts[t] + first
            multiply(states, first * q, rows, q, w, 4 * p, flat, start * 4 * p, 4 * p, flat, start * 4 * p, 4 * p, edge)
            for i in range(rows):
                row(gates[start + i], p, c[first + i], cells[start + i], raw[start + i])
            if projected:
                multiply(raws, start * p, rows, p, w_hr, q, none, 0, 0, outs, start * q, q, edge)
            for i in range(rows):
                copy(out[start + i] if projected else raw[start + i], h[first + i])

    return forward


def _lstm_backward(made: SimpleNamespace) -> Checked:
    multiply, squash, add, copy, one, real, room = made.multiply, made.squash, made.add, made.copy, made.one, made.real, made.room

    @compiled(fastmath=CONTRACT)
    def through_cell(d, o, t, dc, do):  # type: ignore[no-untyped-def]
        for j in range(len(d)):
            dc[j] += d[j] * o[j] * (one - t[j] * t[j])
            do[j] = d[j] * t[j] * o[j] * (one - o[j])

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

    @compiled
    def row(a, p, within, cells, before, shown, c, d):  # type: ignore[no-untyped-def]
        squash(cells, shown)
        through_cell(within, a[3 * p :], shown, c, d[3 * p :])
        input_gate(c, a[:p], a[2 * p : 3 * p], d[:p], d[2 * p : 3 * p])
        forget_gate(c, a[p : 2 * p], before, d[p : 2 * p])

    floats = {
        "w": ("lw", "g", "q"), "w_hr": "lr", "g": "total q", "gates": "total g", "cells": "total p", "c0": "n p", "back": "n q",
        "dc": "n p", "dh": "total p", "dz": "total g",
    }  # fmt: skip
    projects = f"lr == ((p + {made.width - 1}) // {made.width}) * {made.width} * q if projected else q == p"

    @_contract(made, "g == 4 * p", projects, writes="g back dc dh dz", projected=flag(), **floats)
    @compiled(parallel=True, fastmath=CONTRACT)
    def backward(lo, hi, tall, backwards, starts, sizes, projected, w, w_hr, g, gates, cells, c0, back, dc, dh, dz):  # type: ignore[no-untyped-def]
        (total, p), q, count, edge, none = cells.shape, back.shape[1], len(sizes), np.empty(room, real), np.zeros(gates.shape[1], real)
        first, last, shown, within = lo * tall, min(hi * tall, len(back)), np.empty(p, real), np.empty(p, real)
        gs, dhs, dzs, backs = g.reshape(-1), dh.reshape(-1), dz.reshape(-1), back.reshape(-1)
        for s in range(count):
            t = s if backwards else count - 1 - s
            rows, start = alive(t, starts, sizes, first, last, total), starts[t] + first
            if projected:
                for i in range(rows):
                    add(g[start + i], back[first + i], g[start + i])
                multiply(gs, start * q, rows, q, w_hr, p, none, 0, 0, dhs, start * p, p, edge)
            for i in range(rows):
                if projected:
                    copy(dh[start + i], within)
                else:
                    add(g[start + i], back[first + i], within)
                k = came_from(t, first + i, backwards, starts, sizes, total)
                before = c0[first + i] if k < 0 else cells[k]
                row(gates[start + i], p, within, cells[start + i], before, shown, dc[first + i], dz[start + i])
            multiply(dzs, start * 4 * p, rows, 4 * p, w, q, none, 0, 0, backs, first * q, q, edge)

    return backward


def _gru_forward(made: SimpleNamespace) -> Checked:
    multiply, sigmoids, tanhs, copy, real, room = made.multiply, made.sigmoids, made.tanhs, made.copy, made.real, made.room

    @compiled(fastmath=CONTRACT)
    def candidate(r, kept, new):  # type: ignore[no-untyped-def]
        for j in range(len(r)):
            new[j] += r[j] * kept[j]

    @compiled(fastmath=CONTRACT)
    def mix(u, new, before, out):  # type: ignore[no-untyped-def]
        for j in range(len(u)):
            out[j] = new[j] + u[j] * (before[j] - new[j])

    @compiled
    def row(a, p, kept, h, out):  # type: ignore[no-untyped-def]
        sigmoids(a[: 2 * p])
        candidate(a[:p], kept, a[2 * p :])
        tanhs(a[2 * p :])
        mix(a[p : 2 * p], a[2 * p :], h, out)
        copy(out, h)

    floats = {
        "bias": "p", "w": ("lw", "p", "(2 * p)"), "w_new": ("ln", "p", "p"), "gates": "total g", "h": "n p", "kept": "total p", "out": "total p",
    }  # fmt: skip

    @_contract(made, "g == 3 * p", writes="gates h kept out", **floats)
    @compiled(parallel=True, fastmath=CONTRACT)
    def forward(lo, hi, tall, backwards, starts, sizes, bias, w, w_new, gates, h, kept, out):  # type: ignore[no-untyped-def]
        (total, p), count, edge = out.shape, len(sizes), np.empty(room, real)
        first, last, flat, keeps, states = lo * tall, min(hi * tall, len(h)), gates.reshape(-1), kept.reshape(-1), h.reshape(-1)
        for s in range(count):
            t = count - 1 - s if backwards else s
            rows, start = alive(t, starts, sizes, first, last, total), starts[t] + first
            multiply(states, first * p, rows, p, w, 2 * p, flat, start * 3 * p, 3 * p, flat, start * 3 * p, 3 * p, edge)
            multiply(states, first * p, rows, p, w_new, p, bias, 0, 0, keeps, start * p, p, edge)
            for i in range(rows):
                row(gates[start + i], p, kept[start + i], h[first + i], out[start + i])

    return forward


def _gru_backward(made: SimpleNamespace) -> Checked:
    multiply, add, copy, one, real, room = made.multiply, made.add, made.copy, made.one, made.real, made.room

    @compiled(fastmath=CONTRACT)
    def update_gate(dh, u, new, before, du):  # type: ignore[no-untyped-def]
        for j in range(len(dh)):
            du[j] = dh[j] * (before[j] - new[j]) * u[j] * (one - u[j])

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

    @compiled
    def row(a, p, g, kept, before, h, d, e):  # type: ignore[no-untyped-def]
        add(g, h, h)
        update_gate(h, a[p : 2 * p], a[2 * p :], before, d[p : 2 * p])
        new_gate(h, a[p : 2 * p], a[2 * p :], d[2 * p :])
        reset_gate(d[2 * p :], a[:p], kept, d[:p], e[2 * p :])
        copy(d[: 2 * p], e[: 2 * p])

    floats = {
        "w": ("lw", "g", "p"), "g": "total p", "gates": "total g", "kept": "total p", "out": "total p", "h0": "n p",
        "dh": "n p", "dx": "total g", "dz": "total g",
    }  # fmt: skip

    @_contract(made, "g == 3 * p", writes="dh dx dz", **floats)
    @compiled(parallel=True, fastmath=CONTRACT)
    def backward(lo, hi, tall, backwards, starts, sizes, w, g, gates, kept, out, h0, dh, dx, dz):  # type: ignore[no-untyped-def]
        (total, p), count, edge = out.shape, len(sizes), np.empty(room, real)
        first, last, flat, states = lo * tall, min(hi * tall, len(dh)), dz.reshape(-1), dh.reshape(-1)
        for s in range(count):
            t = s if backwards else count - 1 - s
            rows, start = alive(t, starts, sizes, first, last, total), starts[t] + first
            for i in range(rows):
                k = came_from(t, first + i, backwards, starts, sizes, total)
                before = h0[first + i] if k < 0 else out[k]
                row(gates[start + i], p, g[start + i], kept[start + i], before, dh[first + i], dx[start + i], dz[start + i])
            multiply(flat, start * 3 * p, rows, 3 * p, w, p, states, first * p, p, states, first * p, p, edge)

    return backward
