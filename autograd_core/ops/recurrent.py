"""Recurrent layers as ops: one for each layer and direction. Imports op, the elementwise ops, the products and the kernels.

The gradient of each is a function with its mathematics in ops, which walks the sequence again step by step, and a kernel that takes
its place on arrays. x is (T, N, in), or with `sizes` the rows of a packed sequence; a state that is None is zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import recurrent as kernels
from ..op import Array, Value, composed, op
from .comparison import gt, where
from .exponential import sigmoid
from .join import cat
from .linear import linear, matmul
from .pointwise import mul
from .reduce import sum
from .shape import getitem, reshape, transpose
from .trigonometry import tanh

Sizes = tuple[int, ...] | None
FLOAT16 = np.dtype(np.float16)


def _in_single(kernel: Any) -> Any:
    """The kernel with half precision computed in single."""

    def run(*args: Any) -> Any:
        if all(a.dtype != FLOAT16 for a in args if isinstance(a, np.ndarray)):
            return kernel(*args)
        out = kernel(*[a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == FLOAT16 else a for a in args])
        return tuple(a.astype(FLOAT16) if isinstance(a, np.ndarray) else a for a in out)

    return run


def columns(a: Value, width: int, count: int) -> list[Value]:
    """The gates that stand side by side in a matrix."""
    return [getitem(a, (slice(None), slice(k * width, (k + 1) * width))) for k in range(count)]


def top(a: Value, rows: int) -> Value:
    """The first rows."""
    return a if a.shape[0] == rows else getitem(a, slice(0, rows))


def over(new: Value, old: Value) -> Value:
    """New first rows over the old ones."""
    rows = new.shape[0]
    return new if rows == old.shape[0] else cat([new, getitem(old, slice(rows, None))])


def state(given: Value | None, batch: int, width: int, like: Value) -> Value:
    """A state, or zeros."""
    kind = np.dtype(getattr(getattr(like, "array", like), "dtype", np.float32))
    return np.zeros((batch, width), kind) if given is None else given


class Walk:
    """A sequence in ops: its rows as a matrix, and the (first row, rows) of its steps in the order of computing."""

    def __init__(self, x: Value, sizes: Sizes, reverse: bool) -> None:
        lead = x.shape[:-1]
        each = (lead[1],) * lead[0] if sizes is None else tuple(sizes)
        self.lead, self.total = tuple(lead), int(np.sum(each, dtype=np.int64))
        starts = np.cumsum((0, *each)).tolist()[:-1]
        self.order = list(zip(starts, each, strict=True))[:: -1 if reverse else 1]
        self.rows = self.matrix(x)

    def matrix(self, x: Value) -> Value:
        """(T, N, width) or (rows, width) as a matrix."""
        return x if len(self.lead) == 1 else reshape(x, (self.total, x.shape[-1]))

    def joined(self, parts: dict[int, Value]) -> Value:
        """Rows of single steps as one matrix in the order of time."""
        return cat([parts[start] for start in sorted(parts)])

    def weights(self, w_ih: Value, dx: Value, dz: Value, before: Value, b_ih: Any, b_hh: Any, wants_x: bool) -> tuple[Any, ...]:
        """The gradients of x, both weights and both biases from those of the gates."""
        gx = reshape(matmul(dx, w_ih), (*self.lead, w_ih.shape[1])) if wants_x else None
        gw_ih, gw_hh = matmul(transpose(dx, 0, 1), self.rows), matmul(transpose(dz, 0, 1), before)
        return gx, gw_ih, gw_hh, None if b_ih is None else sum(dx, 0), None if b_hh is None else sum(dz, 0)


@composed("rnn_backward({g}, {x}, {w_ih}, {w_hh})", spaces="engine", kernel=_in_single(kernels.rnn_gradients))
def rnn_backward(
    g: Value,
    gh: Value,
    x: Value,
    h0: Value | None,
    w_ih: Value,
    w_hh: Value,
    b_ih: Value | None,
    b_hh: Value | None,
    out: Value,
    relu: bool,
    sizes: Sizes,
    reverse: bool,
    wants_x: bool,
) -> tuple[Any, ...]:
    """The gradients of a simple recurrent layer for x, h0, both weights and both biases."""
    walk, h = Walk(x, sizes, reverse), state(h0, gh.shape[0], gh.shape[1], gh)
    a, done, before, parts = linear(walk.rows, w_ih, b_ih), {}, {}, {}
    for start, b in walk.order:
        before[start] = top(h, b)
        z = getitem(a, slice(start, start + b)) + linear(before[start], w_hh, b_hh)
        done[start] = where(gt(z, 0), z, 0.0) if relu else tanh(z)
        h = over(done[start], h)
    g, dh = walk.matrix(g), gh
    for start, b in walk.order[::-1]:
        d, y = getitem(g, slice(start, start + b)) + top(dh, b), done[start]
        parts[start] = where(gt(y, 0), d, 0.0) if relu else d * (1 - y * y)
        dh = over(matmul(parts[start], w_hh), dh)
    dz = walk.joined(parts)
    gx, *rest = walk.weights(w_ih, dz, dz, walk.joined(before), b_ih, b_hh, wants_x)
    return gx, None if h0 is None else dh, *rest


@op(
    "rnn({x}, {h0})",
    joint=lambda g, x, h0, w_ih, w_hh, b_ih, b_hh, out, relu, sizes, reverse, wants_x: rnn_backward(
        g[0], g[1], x, h0, w_ih, w_hh, b_ih, b_hh, out, relu, sizes, reverse, wants_x
    ),
    outputs=("out", "h"),
    spaces="engine",
)
def rnn_layer(
    x: Array,
    h0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    relu: bool = False,
    sizes: Sizes = None,
    reverse: bool = False,
    wants_x: bool = True,
) -> tuple[Array, Array]:
    """(out, last h) of h = tanh(w_ih x + b_ih + w_hh h + b_hh), or with relu. Elman 1990."""
    return _in_single(kernels.rnn)(x, h0, w_ih, w_hh, b_ih, b_hh, relu, sizes, reverse)


@composed("lstm_backward({g}, {x}, {w_ih}, {w_hh})", spaces="engine", kernel=_in_single(kernels.lstm_gradients))
def lstm_backward(
    g: Value,
    gh: Value,
    gc: Value,
    x: Value,
    h0: Value | None,
    c0: Value | None,
    w_ih: Value,
    w_hh: Value,
    b_ih: Value | None,
    b_hh: Value | None,
    w_hr: Value | None,
    out: Value,
    gates: Value,
    cells: Value,
    sizes: Sizes,
    reverse: bool,
    wants_x: bool,
) -> tuple[Any, ...]:
    """The gradients of an LSTM layer for x, h0, c0, both weights, both biases and w_hr."""
    walk, (batch, width) = Walk(x, sizes, reverse), gc.shape
    h, c = state(h0, batch, gh.shape[1], gh), state(c0, batch, width, gc)
    a, before, kept, parts, raws, shown = linear(walk.rows, w_ih, b_ih), {}, {}, {}, {}, {}
    for start, b in walk.order:
        before[start], last = top(h, b), top(c, b)
        z = getitem(a, slice(start, start + b)) + linear(before[start], w_hh, b_hh)
        zi, zf, zu, zo = columns(z, width, 4)
        i, f, u, o = sigmoid(zi), sigmoid(zf), tanh(zu), sigmoid(zo)
        now = f * last + i * u
        t = tanh(now)
        raws[start] = o * t
        kept[start] = (i, f, u, o, last, t)
        c, h = over(now, c), over(raws[start] if w_hr is None else linear(raws[start], w_hr), h)
    g, dh, dc = walk.matrix(g), gh, gc
    for start, b in walk.order[::-1]:
        i, f, u, o, last, t = kept[start]
        shown[start] = getitem(g, slice(start, start + b)) + top(dh, b)
        d = shown[start] if w_hr is None else matmul(shown[start], w_hr)
        e = top(dc, b) + d * o * (1 - t * t)
        parts[start] = cat([e * u * i * (1 - i), e * last * f * (1 - f), e * i * (1 - u * u), d * t * o * (1 - o)], 1)
        dc, dh = over(e * f, dc), over(matmul(parts[start], w_hh), dh)
    dz = walk.joined(parts)
    gx, *rest = walk.weights(w_ih, dz, dz, walk.joined(before), b_ih, b_hh, wants_x)
    g_hr = None if w_hr is None else matmul(transpose(walk.joined(shown), 0, 1), walk.joined(raws))
    return gx, None if h0 is None else dh, None if c0 is None else dc, *rest, g_hr


@op(
    "lstm({x}, {h0}, {c0})",
    joint=lambda g, x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, out, gates, cells, sizes, reverse, wants_x: lstm_backward(
        g[0], g[1], g[2], x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, out, gates, cells, sizes, reverse, wants_x
    ),
    outputs=("out", "h", "c"),
    aux=("gates", "cells"),
    spaces="engine",
)
def lstm_layer(
    x: Array,
    h0: Array | None,
    c0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    w_hr: Array | None,
    sizes: Sizes = None,
    reverse: bool = False,
    wants_x: bool = True,
) -> tuple[Array, Array, Array, Array, Array]:
    """(out, last h, last c) of an LSTM layer, projected by w_hr. Hochreiter, Schmidhuber 1997; Sak et al. 2014."""
    return _in_single(kernels.lstm)(x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse)


@composed("gru_backward({g}, {x}, {w_ih}, {w_hh})", spaces="engine", kernel=_in_single(kernels.gru_gradients))
def gru_backward(
    g: Value,
    gh: Value,
    x: Value,
    h0: Value | None,
    w_ih: Value,
    w_hh: Value,
    b_ih: Value | None,
    b_hh: Value | None,
    out: Value,
    gates: Value,
    kept: Value,
    sizes: Sizes,
    reverse: bool,
    wants_x: bool,
) -> tuple[Any, ...]:
    """The gradients of a GRU layer for x, h0, both weights and both biases."""
    walk, width = Walk(x, sizes, reverse), gh.shape[1]
    h = state(h0, gh.shape[0], width, gh)
    a, before, held, parts, back = linear(walk.rows, w_ih, b_ih), {}, {}, {}, {}
    for start, b in walk.order:
        before[start] = top(h, b)
        xr, xu, xn = columns(getitem(a, slice(start, start + b)), width, 3)
        hr, hu, hn = columns(linear(before[start], w_hh, b_hh), width, 3)
        r, u = sigmoid(xr + hr), sigmoid(xu + hu)
        n = tanh(xn + r * hn)
        held[start] = (r, u, n, hn)
        h = over(n + u * (before[start] - n), h)
    g, dh = walk.matrix(g), gh
    for start, b in walk.order[::-1]:
        r, u, n, hn = held[start]
        d = getitem(g, slice(start, start + b)) + top(dh, b)
        dn = d * (1 - u) * (1 - n * n)
        dr, du = dn * hn * r * (1 - r), d * (before[start] - n) * u * (1 - u)
        parts[start], back[start] = cat([dr, du, dn], 1), cat([dr, du, mul(dn, r)], 1)
        dh = over(matmul(back[start], w_hh) + d * u, dh)
    gx, *rest = walk.weights(w_ih, walk.joined(parts), walk.joined(back), walk.joined(before), b_ih, b_hh, wants_x)
    return gx, None if h0 is None else dh, *rest


@op(
    "gru({x}, {h0})",
    joint=lambda g, x, h0, w_ih, w_hh, b_ih, b_hh, out, gates, kept, sizes, reverse, wants_x: gru_backward(
        g[0], g[1], x, h0, w_ih, w_hh, b_ih, b_hh, out, gates, kept, sizes, reverse, wants_x
    ),
    outputs=("out", "h"),
    aux=("gates", "kept"),
    spaces="engine",
)
def gru_layer(
    x: Array,
    h0: Array | None,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    sizes: Sizes = None,
    reverse: bool = False,
    wants_x: bool = True,
) -> tuple[Array, Array, Array, Array]:
    """(out, last h) of a gated recurrent layer. Cho et al. 2014, with the reset gate after the product."""
    return _in_single(kernels.gru)(x, h0, w_ih, w_hh, b_ih, b_hh, sizes, reverse)
