"""Recurrent layers over a whole sequence, forward and backward: RNN, LSTM and GRU. Imports NumPy, `jit`, `recurrent_loops`.

x is (T, N, in), or with `sizes` the rows of a packed sequence, (Σ sizes, in): step t has sizes[t] rows, each of one sequence, longest
first. The products with the inputs of all steps are one GEMM, the gradient of every weight is one GEMM.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .jit import enabled
from .recurrent_loops import loops

__all__ = ["gru", "gru_gradients", "lstm", "lstm_gradients", "rnn", "rnn_gradients"]

Array = np.ndarray[Any, Any]
Step = Callable[[int, int], None]  # (first row, rows) of a step

LOOP_FROM = 1 << 11
"""Gates of a whole sequence below which NumPy's passes cost less than a launch."""

OWN_BELOW = 1 << 17
"""Multiplications of a step below which a loop of our own costs less than a call of BLAS and a launch for every step."""

FEW = 4
"""Steps for which it does not pay to transpose the weights."""

_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


class Steps:
    """How a sequence is walked: which rows belong to each step, and in which order the steps come."""

    def __init__(self, x: Array, sizes: Sequence[int] | None, reverse: bool, batch: int) -> None:
        each = (x.shape[1],) * x.shape[0] if sizes is None else tuple(sizes)
        self.count, self.sizes, self.batch, self.reverse = len(each), each, batch, reverse
        self.even = each.count(batch) == len(each)
        self.starts = [0, *itertools.accumulate(each)]
        self.total, rows = self.starts[-1], math.prod(x.shape[:-1])
        if self.total != rows or (not self.even and not 0 <= min(each) <= max(each) <= batch):
            raise RuntimeError(f"the batch sizes {list(each)} do not fit {rows} rows of input and a hidden state of {batch}")
        self.order = list(zip(self.starts, each, strict=False))[:: -1 if reverse else 1]

    def arguments(self) -> tuple[Array, Array]:
        """The arrays that the compiled loops take."""
        return np.array(self.starts[:-1], np.int64), np.array(self.sizes, np.int64)

    def before(self, states: Array, first: Array) -> Array:
        """The state that every row started from: `first` at the first step, then what the step before left."""
        out, n = np.empty_like(states), self.batch
        if self.even and self.count:
            head, tail = (out[-n:], out[:-n]) if self.reverse else (out[:n], out[n:])
            head[...] = first
            tail[...] = states[n:] if self.reverse else states[:-n] if n else states
            return out
        now = first.copy()
        for start, b in self.order:
            out[start : start + b] = now[:b]
            now[:b] = states[start : start + b]
        return out

    def last(self, states: Array, first: Array) -> Array:
        """The state that every sequence ends with."""
        now = first.copy()
        for start, b in self.order if not self.even else self.order[-1:]:
            now[:b] = states[start : start + b]
        return now


def _rows(x: Array) -> Array:
    return np.ascontiguousarray(x.reshape(math.prod(x.shape[:-1]), x.shape[-1]))


def _state(h: Array | None, batch: int, width: int, dtype: Any) -> Array:
    return np.zeros((batch, width), dtype) if h is None else np.array(h, dtype, order="C")


def _checked(x: Array, w: Array, h: Array | None, sizes: Sequence[int] | None, name: str) -> int:
    """The batch size, after checking that the input fits the weights."""
    if x.dtype.kind != "f" and name != "rnn":
        raise NotImplementedError(f"{name} is not implemented for {x.dtype}: convert with .float() first")
    if x.ndim != (3 if sizes is None else 2) or w.ndim != 2 or x.shape[-1] != w.shape[1]:
        raise RuntimeError(
            f"{name} got an input of shape {x.shape} for weights of shape {w.shape}: the input's last size must be {w.shape[-1]}"
        )
    return h.shape[0] if h is not None else x.shape[1] if sizes is None else max(sizes, default=0)


def _fits(name: str, **given: tuple[Array | None, tuple[int, ...]]) -> None:
    for label, (value, shape) in given.items():
        if value is not None and value.shape != shape:
            raise RuntimeError(f"{name} got {label} of shape {value.shape}, expected {shape}")


def _bias(width: int, dtype: Any, *biases: Array | None) -> Array:
    out = np.zeros(width, dtype)
    for b in biases:
        if b is not None:
            out += b
    return out


def _from_input(x: Array, w: Array, b: Array | None = None) -> Array:
    """x wᵀ + b, the part of the gates that comes from the inputs."""
    out: Array = x.dot(w.T)
    if b is not None:
        out += b
    return np.ascontiguousarray(out)


def _compiled(steps: Steps, gates: Array) -> bool:
    return gates.size >= LOOP_FROM and gates.dtype in _TYPES and steps.batch > 0 and enabled()


def _own(steps: Steps, w: Array) -> bool:
    return steps.batch * w.size < OWN_BELOW


def _sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1).astype(x.dtype) / (1 + e)


class _Pass:
    """One pass over the steps, forward or backward: whole in one launch, step by step between calls of BLAS, or in NumPy's own operations.

    `inner` are the arrays that the loop takes after those that say where the steps are; `plain(start, b)` is one step in NumPy.
    """

    def __init__(self, steps: Steps, kind: str, backward: bool, gates: Array, w: Array, whole: bool = True) -> None:
        self.steps, self.kind, self.backward, self.w = steps, kind, backward, w
        self.compiled = _compiled(steps, gates)
        self.own = self.compiled and whole and _own(steps, w)
        # the loops multiply by rows: forward with wᵀ
        self.weight = np.ascontiguousarray(w if backward else w.T) if self.own else np.ascontiguousarray(w)

    def run(self, inner: Sequence[Any], plain: Step, before: Step | None, after: Step | None) -> None:
        """Each step between what BLAS does `before` and `after` it; `plain` is a step in NumPy."""
        steps, launch = self.steps, None
        head: tuple[Any, ...] = ()
        if self.compiled:
            kernel = getattr(loops(inner[-1].dtype.name), self.kind)[self.backward]
            head = (steps.reverse, self.own, *steps.arguments())
            if self.own:
                kernel(0, steps.count, *head, *inner)
                return
            kernel.check(0, steps.count, *head, *inner)
            launch = kernel.kernel
        for s, (start, b) in enumerate(steps.order[::-1] if self.backward else steps.order):
            if before is not None:
                before(start, b)
            if launch is None:
                plain(start, b)
            else:
                launch(s, s + 1, *head, *inner)
            if after is not None:
                after(start, b)


def _recurrent(h: Array, w: Array, z: Array, count: int) -> Step:
    """The call of BLAS before a forward step: z = h wᵀ."""
    wt, n = w.T, len(h)
    if count > FEW:
        wt = np.ascontiguousarray(wt)  # BLAS takes two thirds of the time that it takes with the view

    def product(start: int, b: int) -> None:
        if b == n:
            h.dot(wt, z)
        else:
            np.dot(h[:b], wt, out=z[:b])

    return product


def _returning(dz: Array, w: Array, back: Array) -> Step:
    """The call of BLAS after a backward step: back = dz w."""

    def product(start: int, b: int) -> None:
        np.dot(dz[start : start + b], w, out=back[:b])

    return product


def _shaped(x: Array, flat: Array) -> Array:
    return flat.reshape(*x.shape[:-1], flat.shape[-1])


def _weight_gradients(
    x: Array, w_ih: Array, dx: Array, dz: Array, before: Array, biases: tuple[bool, bool], wants_x: bool
) -> tuple[Any, ...]:
    """The gradients of x, both weights and both biases from those of the gates: dx for the part of the inputs, dz for the recurrent part."""
    rows = _rows(x)
    ones = np.ones(len(rows), dx.dtype)  # a product with ones takes a third of the time of a sum over rows
    gx = _shaped(x, dx.dot(w_ih)) if wants_x else None
    gb_ih = ones.dot(dx) if biases[0] else None
    gb_hh = None if not biases[1] else ones.dot(dz) if dz is not dx or gb_ih is None else gb_ih
    return gx, dx.T.dot(rows), dz.T.dot(before), gb_ih, gb_hh


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
    batch, p = _checked(x, w_ih, h0, sizes, "rnn"), w_hh.shape[-1]
    _fits("rnn", w_ih=(w_ih, (p, x.shape[-1])), w_hh=(w_hh, (p, p)), b_ih=(b_ih, (p,)), b_hh=(b_hh, (p,)), h0=(h0, (batch, p)))
    steps = Steps(x, sizes, reverse, batch)
    out, bias = _from_input(_rows(x), w_ih), _bias(p, x.dtype, b_ih, b_hh)
    h, z = _state(h0, batch, p, x.dtype), np.empty((batch, p), x.dtype)
    if x.dtype.kind != "f" and not relu:
        return _integer_tanh(x, out, h, w_hh, bias)

    def plain(start: int, b: int) -> None:
        a = out[start : start + b]
        a += z[:b]
        a += bias
        (np.maximum(a, 0, out=a) if relu else np.tanh(a, out=a))
        h[:b] = a

    way = _Pass(steps, "rnn", False, out, w_hh)
    way.run((relu, bias, way.weight, z, h, out), plain, _recurrent(h, w_hh, z, steps.count), None)
    return _shaped(x, out), h


def _integer_tanh(x: Array, a: Array, h: Array, w_hh: Array, bias: Array) -> tuple[Array, Array]:
    """One step on integers, whose result is floating, so that there cannot be a second one."""
    if len(a) != len(h) or a.dtype.kind == "b":
        raise NotImplementedError(f"rnn is not implemented for {x.dtype}: convert with .float() first")
    out = np.tanh((a + h.dot(w_hh.T) + bias).astype(np.float32))
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
    g, states, back = _rows(g), _rows(out), np.array(gh, order="C")
    dz = np.empty_like(states)

    def plain(start: int, b: int) -> None:
        d, a = g[start : start + b] + back[:b], states[start : start + b]
        dz[start : start + b] = np.where(a > 0, d, 0) if relu else d * (1 - a * a)

    way = _Pass(steps, "rnn", True, states, w_hh)
    way.run((relu, way.weight, g, states, back, dz), plain, None, _returning(dz, w_hh, back))
    before = steps.before(states, _state(h0, batch, w_hh.shape[1], states.dtype))
    gx, *rest = _weight_gradients(x, w_ih, dz, dz, before, (b_ih is not None, b_hh is not None), wants_x)
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
    batch = _checked(x, w_ih, h0, sizes, "lstm")
    p, q = w_hh.shape[0] // 4, w_hh.shape[-1]
    _fits("lstm", w_ih=(w_ih, (4 * p, x.shape[-1])), w_hh=(w_hh, (4 * p, p if w_hr is None else q)), b_ih=(b_ih, (4 * p,)))
    _fits("lstm", b_hh=(b_hh, (4 * p,)), w_hr=(w_hr, (q, p)), h0=(h0, (batch, q)), c0=(c0, (batch, p)))
    steps, kind = Steps(x, sizes, reverse, batch), x.dtype
    gates, bias = _from_input(_rows(x), w_ih), _bias(4 * p, kind, b_ih, b_hh)
    h, c, z = _state(h0, batch, q, kind), _state(c0, batch, p, kind), np.empty((batch, 4 * p), kind)
    raw, cells = np.empty((len(gates), p), kind), np.empty((len(gates), p), kind)
    out = raw if w_hr is None else np.empty((len(gates), q), kind)

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        a = gates[rows]
        a += z[:b]
        a += bias
        a[:, : 2 * p], a[:, 3 * p :] = _sigmoid(a[:, : 2 * p]), _sigmoid(a[:, 3 * p :])
        np.tanh(a[:, 2 * p : 3 * p], out=a[:, 2 * p : 3 * p])
        c[:b] = a[:, p : 2 * p] * c[:b] + a[:, :p] * a[:, 2 * p : 3 * p]
        cells[rows] = c[:b]
        raw[rows] = a[:, 3 * p :] * np.tanh(c[:b])
        if w_hr is None:
            h[:b] = raw[rows]

    def project(start: int, b: int) -> None:
        rows = slice(start, start + b)
        h[:b] = out[rows] = raw[rows].dot(w_hr.T)  # type: ignore[union-attr]

    way = _Pass(steps, "lstm", False, gates, w_hh, w_hr is None)
    inner = (bias, way.weight, gates, z, h, c, cells, raw)
    way.run(inner, plain, _recurrent(h, w_hh, z, steps.count), None if w_hr is None else project)
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
    g, out, back, dc = _rows(g), _rows(out), np.array(gh, order="C"), np.array(gc, order="C")
    c_before = steps.before(cells, _state(c0, batch, p, kind))
    dz, squashed = np.empty_like(gates), np.empty(p, kind)
    if w_hr is None:
        dh, within = g, back
    else:
        dh, within = np.empty_like(cells), np.zeros((batch, p), kind)

    def project(start: int, b: int) -> None:
        rows = slice(start, start + b)
        g[rows] += back[:b]
        np.dot(g[rows], w_hr, out=dh[rows])  # type: ignore[arg-type]

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        i, f, u, o = (gates[rows, k * p : (k + 1) * p] for k in range(4))
        d, t = dh[rows] + within[:b], np.tanh(cells[rows])
        c = dc[:b] + d * o * (1 - t * t)
        parts = (c * u * i * (1 - i), c * c_before[rows] * f * (1 - f), c * i * (1 - u * u), d * t * o * (1 - o))
        np.concatenate(parts, 1, out=dz[rows])
        dc[:b] = c * f

    if w_hr is not None:
        g = g.copy()
    way = _Pass(steps, "lstm", True, gates, w_hh, w_hr is None)
    inner = (way.weight, dh, gates, cells, c_before, squashed, within, dc, dz)
    way.run(inner, plain, None if w_hr is None else project, _returning(dz, w_hh, back))
    before = steps.before(out, _state(h0, batch, w_hh.shape[1], kind))
    gx, *rest = _weight_gradients(x, w_ih, dz, dz, before, (b_ih is not None, b_hh is not None), wants_x)
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
    batch, p, kind = _checked(x, w_ih, h0, sizes, "gru"), w_hh.shape[-1], x.dtype
    _fits(
        "gru", w_ih=(w_ih, (3 * p, x.shape[-1])), w_hh=(w_hh, (3 * p, p)), b_ih=(b_ih, (3 * p,)), b_hh=(b_hh, (3 * p,)), h0=(h0, (batch, p))
    )
    steps = Steps(x, sizes, reverse, batch)
    gates, bias = _from_input(_rows(x), w_ih, b_ih), _bias(3 * p, kind, b_hh)
    h, z = _state(h0, batch, p, kind), np.empty((batch, 3 * p), kind)
    kept, out = np.empty((len(gates), p), kind), np.empty((len(gates), p), kind)

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        a, new = gates[rows, : 2 * p], gates[rows, 2 * p :]
        y = z[:b] + bias
        a[...] = _sigmoid(a + y[:, : 2 * p])
        kept[rows] = y[:, 2 * p :]
        new += a[:, :p] * y[:, 2 * p :]
        np.tanh(new, out=new)
        h[:b] = out[rows] = new + a[:, p:] * (h[:b] - new)

    way = _Pass(steps, "gru", False, gates, w_hh)
    way.run((bias, way.weight, gates, z, h, kept, out), plain, _recurrent(h, w_hh, z, steps.count), None)
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
    g, states, dh, back = _rows(g), _rows(out), np.array(gh, order="C"), np.zeros_like(gh, order="C")
    before = steps.before(states, _state(h0, batch, p, kind))
    dx, dz = np.empty_like(gates), np.empty_like(gates)

    def plain(start: int, b: int) -> None:
        rows = slice(start, start + b)
        r, u, n = (gates[rows, k * p : (k + 1) * p] for k in range(3))
        d = g[rows] + back[:b] + dh[:b]
        dn = d * (1 - u) * (1 - n * n)
        np.concatenate((dn * kept[rows] * r * (1 - r), d * (before[rows] - n) * u * (1 - u), dn), 1, out=dx[rows])
        dz[rows] = dx[rows]
        dz[rows, 2 * p :] = dn * r
        dh[:b] = d * u

    way = _Pass(steps, "gru", True, gates, w_hh)
    way.run((way.weight, g, gates, kept, before, back, dh, dx, dz), plain, None, _returning(dz, w_hh, back))
    gx, *rest = _weight_gradients(x, w_ih, dx, dz, before, (b_ih is not None, b_hh is not None), wants_x)
    return gx, dh + back, *rest
