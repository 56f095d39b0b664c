"""Recurrent layers over a whole sequence, forward and backward: RNN, LSTM and GRU. Imports NumPy, `recurrent_steps`.

x is (T, N, in), or with `sizes` the rows of a packed sequence, (Σ sizes, in): step t has sizes[t] rows, each of one sequence, longest
first. The products with the inputs of all steps are one GEMM, the gradient of every weight is one GEMM.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .recurrent_steps import Array, Pass, Steps, bias_of, checked, fits, from_input, rows_of, state

__all__ = ["gru", "gru_gradients", "lstm", "lstm_gradients", "rnn", "rnn_gradients"]


def _sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1).astype(x.dtype) / (1 + e)


def _shaped(x: Array, flat: Array) -> Array:
    return flat.reshape(*x.shape[:-1], flat.shape[-1])


def _weight_gradients(
    steps: Steps,
    x: Array,
    h0: Array | None,
    w_ih: Array,
    biases: tuple[Array | None, Array | None],
    states: Array,
    dx: Array,
    dz: Array,
    wants_x: bool,
) -> tuple[Any, ...]:
    """The gradients of x, both weights and both biases from those of the gates: dx for the part of the inputs, dz for the recurrent part."""
    rows = rows_of(x)
    ones = np.ones(len(rows), dx.dtype)  # a product with ones takes a third of the time of a sum over rows
    gx = _shaped(x, dx.dot(w_ih)) if wants_x else None
    gb_ih = ones.dot(dx) if biases[0] is not None else None
    gb_hh = None if biases[1] is None else ones.dot(dz) if dz is not dx or gb_ih is None else gb_ih
    return gx, dx.T.dot(rows), steps.after(dz, states, h0), gb_ih, gb_hh


@np.errstate(all="ignore")
def rnn(
    x: Array,
    h0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    relu: bool,
    sizes: Sequence[int] | None,
    reverse: bool,
) -> tuple[Array, Array]:
    """(out, last h) of h = tanh(x w_ihᵀ + b_ih + h w_hhᵀ + b_hh), or with relu."""
    batch, p = checked(x, w_ih, h0, sizes, "rnn"), w_hh.shape[-1]
    fits("rnn", w_ih=(w_ih, (p, x.shape[-1])), w_hh=(w_hh, (p, p)), b_ih=(b_ih, (p,)), b_hh=(b_hh, (p,)), h0=(h0, (batch, p)))
    steps = Steps(x, sizes, reverse, batch)
    out, h = from_input(rows_of(x), w_ih, b_ih, b_hh), state(h0, batch, p, x.dtype)
    if x.dtype.kind != "f" and not relu:
        return _integer_tanh(x, out, h, w_hh)

    def plain(start: int, b: int) -> None:
        a = out[start : start + b]
        a += h[:b].dot(w_hh.T)
        (np.maximum(a, 0, out=a) if relu else np.tanh(a, out=a))
        h[:b] = a

    way = Pass(steps, "rnn", False, out)
    if way.loops:
        way.launch(w_hh, relu, way.packed(w_hh, True), h, out)
    else:
        way.walk(plain)
    return _shaped(x, out), h


def _integer_tanh(x: Array, a: Array, h: Array, w_hh: Array) -> tuple[Array, Array]:
    """One step on integers, whose result is floating, so that there cannot be a second one."""
    if len(a) != len(h) or a.dtype.kind == "b":
        raise NotImplementedError(f"rnn is not implemented for {x.dtype}: convert with .float() first")
    out = np.tanh((a + h.dot(w_hh.T)).astype(np.float32))
    return _shaped(x, out), out


@np.errstate(all="ignore")
def rnn_gradients(
    g: Array,
    gh: Array,
    x: Array,
    h0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    out: Array,
    relu: bool,
    sizes: Sequence[int] | None,
    reverse: bool,
    wants_x: bool,
) -> tuple[Any, ...]:
    """The gradients of `rnn` for x, h0, both weights and both biases, from those of its output g and its last state gh."""
    batch = len(gh)
    steps = Steps(x, sizes, reverse, batch)
    g, states, back = rows_of(g), rows_of(out), np.array(gh, order="C")
    dz = np.empty_like(states)

    def plain(start: int, b: int) -> None:
        d, a = g[start : start + b] + back[:b], states[start : start + b]
        dz[start : start + b] = np.where(a > 0, d, 0) if relu else d * (1 - a * a)
        np.dot(dz[start : start + b], w_hh, out=back[:b])

    way = Pass(steps, "rnn", True, states)
    if way.loops:
        way.launch(w_hh, relu, way.packed(w_hh, False), g, states, back, dz)
    else:
        way.walk(plain)
    gx, *rest = _weight_gradients(steps, x, h0, w_ih, (b_ih, b_hh), states, dz, dz, wants_x)
    return gx, back, *rest


@np.errstate(all="ignore")
def lstm(
    x: Array,
    h0: Array | None,
    c0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    w_hr: Array | None,
    sizes: Sequence[int] | None,
    reverse: bool,
) -> tuple[Array, Array, Array, Array, Array]:
    """(out, last h, last c, gates, cells) of an LSTM; gates after their activations in the order input, forget, cell, output.

    With w_hr (proj, hidden) the hidden state is w_hr (o tanh c).
    """
    batch = checked(x, w_ih, h0, sizes, "lstm")
    p, q = w_hh.shape[0] // 4, w_hh.shape[-1]
    fits("lstm", w_ih=(w_ih, (4 * p, x.shape[-1])), w_hh=(w_hh, (4 * p, p if w_hr is None else q)), b_ih=(b_ih, (4 * p,)))
    fits("lstm", b_hh=(b_hh, (4 * p,)), w_hr=(w_hr, (q, p)), h0=(h0, (batch, q)), c0=(c0, (batch, p)))
    steps, kind = Steps(x, sizes, reverse, batch), x.dtype
    gates = from_input(rows_of(x), w_ih, b_ih, b_hh)
    h, c = state(h0, batch, q, kind), state(c0, batch, p, kind)
    raw, cells = np.empty((len(gates), p), kind), np.empty((len(gates), p), kind)
    out = raw if w_hr is None else np.empty((len(gates), q), kind)

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        a = gates[rows]
        a += h[:b].dot(w_hh.T)
        a[:, : 2 * p], a[:, 3 * p :] = _sigmoid(a[:, : 2 * p]), _sigmoid(a[:, 3 * p :])
        np.tanh(a[:, 2 * p : 3 * p], out=a[:, 2 * p : 3 * p])
        c[:b] = a[:, p : 2 * p] * c[:b] + a[:, :p] * a[:, 2 * p : 3 * p]
        cells[rows] = c[:b]
        raw[rows] = a[:, 3 * p :] * np.tanh(c[:b])
        if w_hr is not None:
            np.dot(raw[rows], w_hr.T, out=out[rows])
        h[:b] = out[rows]

    way = Pass(steps, "lstm", False, gates)
    if way.loops:
        weights = way.packed(w_hh, True), way.packed(w_hr, True)
        way.launch(w_hh, w_hr is not None, *weights, gates, h, c, cells, raw, out)
    else:
        way.walk(plain)
    return _shaped(x, out), h, c, gates, cells


@np.errstate(all="ignore")
def lstm_gradients(
    g: Array,
    gh: Array,
    gc: Array,
    x: Array,
    h0: Array | None,
    c0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    w_hr: Array | None,
    out: Array,
    gates: Array,
    cells: Array,
    sizes: Sequence[int] | None,
    reverse: bool,
    wants_x: bool,
) -> tuple[Any, ...]:
    """The gradients of `lstm` for x, h0, c0, both weights, both biases and w_hr, from those of its output, last h and last c."""
    (batch, p), kind = gc.shape, gates.dtype
    steps = Steps(x, sizes, reverse, batch)
    g, out, back, dc = rows_of(g), rows_of(out), np.array(gh, order="C"), np.array(gc, order="C")
    first, dz = state(c0, batch, p, kind), np.empty_like(gates)
    if w_hr is not None:
        g = g.copy()  # becomes the gradient of the hidden states
    dh = g if w_hr is None else np.empty_like(cells)

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        i, f, u, o = (gates[rows, k * p : (k + 1) * p] for k in range(4))
        d = g[rows] + back[:b]
        if w_hr is not None:
            g[rows] = d
            d = d.dot(w_hr)
        t = np.tanh(cells[rows])
        c = dc[:b] + d * o * (1 - t * t)
        parts = (c * u * i * (1 - i), c * before[rows] * f * (1 - f), c * i * (1 - u * u), d * t * o * (1 - o))
        np.concatenate(parts, 1, out=dz[rows])
        dc[:b] = c * f
        np.dot(dz[rows], w_hh, out=back[:b])

    way = Pass(steps, "lstm", True, gates)
    if way.loops:
        weights = way.packed(w_hh, False), way.packed(w_hr, False)
        way.launch(w_hh, w_hr is not None, *weights, g, gates, cells, first, back, dc, dh, dz)
    else:
        before = steps.before(cells, first)
        way.walk(plain)
    gx, *rest = _weight_gradients(steps, x, h0, w_ih, (b_ih, b_hh), out, dz, dz, wants_x)
    g_hr = None if w_hr is None else g.T.dot(gates[:, 3 * p :] * np.tanh(cells))
    return gx, back, dc, *rest, g_hr


@np.errstate(all="ignore")
def gru(
    x: Array,
    h0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    sizes: Sequence[int] | None,
    reverse: bool,
) -> tuple[Array, Array, Array, Array]:
    """(out, last h, gates, kept) of a GRU; gates after their activations in the order reset, update, new; kept is h w_hnᵀ + b_hn."""
    batch, p, kind = checked(x, w_ih, h0, sizes, "gru"), w_hh.shape[-1], x.dtype
    fits(
        "gru", w_ih=(w_ih, (3 * p, x.shape[-1])), w_hh=(w_hh, (3 * p, p)), b_ih=(b_ih, (3 * p,)), b_hh=(b_hh, (3 * p,)), h0=(h0, (batch, p))
    )
    steps = Steps(x, sizes, reverse, batch)
    inner = bias_of(3 * p, kind, b_hh)
    bias, inner = np.concatenate((inner[: 2 * p], np.zeros(p, kind))), inner[2 * p :]
    gates, h = from_input(rows_of(x), w_ih, b_ih, bias), state(h0, batch, p, kind)
    kept, out = np.empty((len(gates), p), kind), np.empty((len(gates), p), kind)

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        a, new, z = gates[rows, : 2 * p], gates[rows, 2 * p :], h[:b].dot(w_hh.T)
        a[...] = _sigmoid(a + z[:, : 2 * p])
        kept[rows] = z[:, 2 * p :] + inner
        new += a[:, :p] * kept[rows]
        np.tanh(new, out=new)
        h[:b] = out[rows] = new + a[:, p:] * (h[:b] - new)

    way = Pass(steps, "gru", False, gates)
    if way.loops:
        way.launch(w_hh, inner, way.packed(w_hh[: 2 * p], True), way.packed(w_hh[2 * p :], True), gates, h, kept, out)
    else:
        way.walk(plain)
    return _shaped(x, out), h, gates, kept


@np.errstate(all="ignore")
def gru_gradients(
    g: Array,
    gh: Array,
    x: Array,
    h0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    out: Array,
    gates: Array,
    kept: Array,
    sizes: Sequence[int] | None,
    reverse: bool,
    wants_x: bool,
) -> tuple[Any, ...]:
    """The gradients of `gru` for x, h0, both weights and both biases, from those of its output g and its last state gh."""
    (batch, p), kind = gh.shape, gates.dtype
    steps = Steps(x, sizes, reverse, batch)
    g, states, dh, first = rows_of(g), rows_of(out), np.array(gh, order="C"), state(h0, batch, p, kind)
    dx, dz = np.empty_like(gates), np.empty_like(gates)

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        r, u, n = (gates[rows, k * p : (k + 1) * p] for k in range(3))
        d = g[rows] + dh[:b]
        dn = d * (1 - u) * (1 - n * n)
        np.concatenate((dn * kept[rows] * r * (1 - r), d * (before[rows] - n) * u * (1 - u), dn), 1, out=dx[rows])
        dz[rows] = dx[rows]
        dz[rows, 2 * p :] = dn * r
        dh[:b] = d * u + dz[rows].dot(w_hh)

    way = Pass(steps, "gru", True, gates)
    if way.loops:
        way.launch(w_hh, way.packed(w_hh, False), g, gates, kept, states, first, dh, dx, dz)
    else:
        before = steps.before(states, first)
        way.walk(plain)
    gx, *rest = _weight_gradients(steps, x, h0, w_ih, (b_ih, b_hh), states, dx, dz, wants_x)
    return gx, dh, *rest
