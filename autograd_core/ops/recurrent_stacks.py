"""Recurrent networks as functions: layers above each other, in one or both directions, and single cells. Imports op and `recurrent`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..op import Value, composed
from .dropout import dropout as drop
from .join import cat, stack
from .recurrent import gru_layer, lstm_layer, rnn_layer
from .shape import getitem, transpose, unsqueeze

Sizes = tuple[int, ...] | None
Layer = Callable[..., tuple[Value, ...]]  # (x, states, weights, sizes, reverse) -> (out, *last states)


def wants(x: Value) -> bool:
    """Whether the gradient of a layer's input is of use to anyone."""
    return bool(getattr(x, "requires_grad", True))


def _rnn(relu: bool) -> Layer:
    def layer(x: Value, states: Sequence[Value | None], w: Sequence[Value | None], sizes: Sizes, reverse: bool) -> tuple[Value, ...]:
        out: tuple[Value, ...] = rnn_layer(x, states[0], *w[:4], relu, sizes, reverse, wants(x))
        return out

    return layer


def _lstm(x: Value, states: Sequence[Value | None], w: Sequence[Value | None], sizes: Sizes, reverse: bool) -> tuple[Value, ...]:
    out: tuple[Value, ...] = lstm_layer(x, *states, *w, sizes, reverse, wants(x))
    return out


def _gru(x: Value, states: Sequence[Value | None], w: Sequence[Value | None], sizes: Sizes, reverse: bool) -> tuple[Value, ...]:
    out: tuple[Value, ...] = gru_layer(x, states[0], *w[:4], sizes, reverse, wants(x))
    return out


LAYERS: dict[str, tuple[Layer, int]] = {"rnn_tanh": (_rnn(False), 1), "rnn_relu": (_rnn(True), 1), "lstm": (_lstm, 2), "gru": (_gru, 1)}
"""(layer, how many states it carries) of each kind."""


def grouped(params: Sequence[Value], has_biases: bool, groups: int) -> list[tuple[Value | None, ...]]:
    """The weights of each layer and direction as (w_ih, w_hh, b_ih, b_hh, w_hr), None for those that are not there."""
    each = len(params) // groups if groups else 0
    if each * groups != len(params) or each not in ((4, 5) if has_biases else (2, 3)):
        raise RuntimeError(
            f"got {len(params)} weights for {groups} layers and directions, expected {'4 or 5' if has_biases else '2 or 3'} for each: "
            "w_ih, w_hh, then b_ih and b_hh if has_biases, then w_hr with projections"
        )
    out = []
    for k in range(groups):
        own = list(params[k * each : (k + 1) * each])
        biases = own[2:4] if has_biases else [None, None]
        out.append((*own[:2], *biases, own[-1] if each % 2 else None))
    return out


def layers(
    kind: str,
    sizes: Sizes,
    x: Value,
    hx: Sequence[Value | None],
    params: Sequence[Value],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
) -> tuple[Value, ...]:
    """(out, *last states) of a whole network on (T, N, in) or packed rows; states are (layers · directions, N, width), None is zeros."""
    layer, carried = LAYERS[kind]
    if len(hx) != carried:
        raise RuntimeError(f"{kind} expects {'two hidden states' if carried == 2 else 'one hidden state'}, got {len(hx)}")
    directions = 2 if bidirectional else 1
    weights = grouped(params, has_biases, num_layers * directions)
    if any(h is not None and (len(h.shape) != 3 or h.shape[0] != len(weights)) for h in hx):
        shapes = [list(h.shape) for h in hx if h is not None]
        raise RuntimeError(f"{kind}: hidden states are (layers · directions, batch, width) = ({len(weights)}, N, width), got {shapes}")
    if not 0 <= dropout <= 1:
        raise RuntimeError(f"{kind}: dropout probability has to be between 0 and 1, but got {dropout}")
    last: list[tuple[Value, ...]] = []
    for at in range(num_layers):
        outs = []
        for direction in range(directions):
            k = at * directions + direction
            out, *states = layer(x, [None if h is None else getitem(h, k) for h in hx], weights[k], sizes, direction == 1)
            outs.append(out)
            last.append(tuple(states))
        x = cat(outs, -1) if bidirectional else outs[0]
        if dropout and train and at < num_layers - 1:
            x = drop(x, dropout, True)
    if len(last) == 1:
        return x, *[unsqueeze(h, 0) for h in last[0]]
    return x, *[stack([states[i] for states in last]) for i in range(carried)]


def _check_kinds(kind: str, states: Any, tail: tuple[Any, ...], batch_first: Any) -> None:
    """TypeError for arguments of another kind."""
    params, has_biases, num_layers, dropout, train, bidirectional = tail
    wanted = {
        "hx": all(hasattr(h, "shape") for h in states),
        "params": isinstance(params, (tuple, list)) and all(hasattr(p, "shape") for p in params),
        "has_biases": isinstance(has_biases, bool),
        "num_layers": isinstance(num_layers, int) and not isinstance(num_layers, bool),
        "dropout": isinstance(dropout, (int, float)),
        "train": isinstance(train, bool),
        "bidirectional": isinstance(bidirectional, bool),
        "batch_first": isinstance(batch_first, bool),
    }
    for name, fits in wanted.items():
        if not fits:
            raise TypeError(
                f"{kind}() got {name} of another kind: it takes (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, "
                "batch_first), or (data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional), hx and params "
                "tensors, the number of layers an int, dropout a number and the rest bools"
            )


def _network(
    kind: str,
    x: Value,
    hx: Any,
    params: Any,
    has_biases: Any,
    num_layers: Any,
    dropout: Any,
    train: Any,
    bidirectional: Any,
    batch_first: Any,
) -> tuple[Value, ...]:
    """Either of PyTorch's two forms, which have nine arguments each: that of a packed sequence has its batch sizes second."""
    tail: tuple[Any, ...] = (params, has_biases, num_layers, dropout, train, bidirectional)
    packed, sizes = not isinstance(has_biases, (bool, int)), None
    if packed:
        sizes, hx, tail, batch_first = hx, tail[0], (*tail[1:], batch_first), False
    states = list(hx) if isinstance(hx, (tuple, list)) else [hx]
    _check_kinds(kind, states, tail, batch_first)
    if packed:
        if not hasattr(sizes, "shape"):
            raise TypeError(f"{kind}() takes a tensor of batch sizes before hx, got {type(sizes).__name__}")
        each = np.asarray(getattr(sizes, "array", sizes))
        if each.dtype != np.int64 or each.ndim != 1:
            raise RuntimeError(f"{kind}: batch_sizes must be a 1-D tensor of int64, got {each.dtype} of shape {list(each.shape)}")
        return layers(kind, tuple(each.tolist()), x, states, *tail)
    if len(x.shape) != 3:
        raise RuntimeError(f"{kind}: the input must have 3 dimensions (sequence, batch, features), got shape {list(x.shape)}")
    if not batch_first:
        return layers(kind, None, x, states, *tail)
    out, *last = layers(kind, None, transpose(x, 0, 1), states, *tail)
    return transpose(out, 0, 1), *last


@composed(spaces="torch")
def rnn_tanh(
    x: Value, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any
) -> tuple[Value, ...]:
    """(out, last h) of a network of tanh layers on x (T, N, in), or (N, T, in) with batch_first; hx is (layers · directions, N, hidden).

    For packed sequences the arguments are (data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional).
    """
    return _network("rnn_tanh", x, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)


@composed(spaces="torch")
def rnn_relu(
    x: Value, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any
) -> tuple[Value, ...]:
    """`rnn_tanh` with relu."""
    return _network("rnn_relu", x, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)


@composed(spaces="torch")
def lstm(
    x: Value, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any
) -> tuple[Value, ...]:
    """(out, last h, last c) of a network of LSTM layers, with the arguments of `rnn_tanh`; hx is (h, c)."""
    return _network("lstm", x, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)


@composed(spaces="torch")
def gru(
    x: Value, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any
) -> tuple[Value, ...]:
    """(out, last h) of a network of GRU layers, with the arguments of `rnn_tanh`."""
    return _network("gru", x, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)


def _cell(kind: str, x: Value, hx: Sequence[Value], w: Sequence[Value | None]) -> list[Value]:
    """The states after one step on (N, in)."""
    layer, carried = LAYERS[kind]
    if len(hx) != carried:
        raise RuntimeError(f"{kind}_cell expects {carried} hidden states, got {len(hx)}")
    if len(x.shape) != 2 or any(len(h.shape) != 2 for h in hx) or any(h.shape[0] != x.shape[0] for h in hx):
        shapes = [list(h.shape) for h in hx]
        raise RuntimeError(f"{kind}_cell takes an input (N, in) and hidden states (N, width), got {list(x.shape)} and {shapes}")
    return list(layer(x, hx, (*w, None), (x.shape[0],), False)[1:])


@composed(spaces="torch")
def rnn_tanh_cell(x: Value, hx: Value, w_ih: Value, w_hh: Value, b_ih: Value | None = None, b_hh: Value | None = None) -> Value:
    """tanh(w_ih x + b_ih + w_hh h + b_hh) for x (N, in), h (N, hidden)."""
    return _cell("rnn_tanh", x, [hx], (w_ih, w_hh, b_ih, b_hh))[0]


@composed(spaces="torch")
def rnn_relu_cell(x: Value, hx: Value, w_ih: Value, w_hh: Value, b_ih: Value | None = None, b_hh: Value | None = None) -> Value:
    """relu(w_ih x + b_ih + w_hh h + b_hh) for x (N, in), h (N, hidden)."""
    return _cell("rnn_relu", x, [hx], (w_ih, w_hh, b_ih, b_hh))[0]


@composed(spaces="torch")
def lstm_cell(
    x: Value, hx: Sequence[Value], w_ih: Value, w_hh: Value, b_ih: Value | None = None, b_hh: Value | None = None
) -> tuple[Value, Value]:
    """(h, c) after one step of an LSTM on x (N, in) from hx = (h, c)."""
    h, c = _cell("lstm", x, list(hx), (w_ih, w_hh, b_ih, b_hh))
    return h, c


@composed(spaces="torch")
def gru_cell(x: Value, hx: Value, w_ih: Value, w_hh: Value, b_ih: Value | None = None, b_hh: Value | None = None) -> Value:
    """The state after one step of a GRU on x (N, in)."""
    return _cell("gru", x, [hx], (w_ih, w_hh, b_ih, b_hh))[0]
