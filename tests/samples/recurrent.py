"""Samples of recurrent networks and cells."""

from __future__ import annotations

from typing import Any

from .build import Sample, call, fixed, real


def weights(gates: int, width: int, hidden: int, biases: bool = True, directions: int = 1, layers: int = 1) -> list[Any]:
    """The weights of a network, in PyTorch's order."""
    out = []
    for layer in range(layers):
        for _ in range(directions):
            inputs = width if layer == 0 else hidden * directions
            out += [real(gates * hidden, inputs, low=-0.7, high=0.7), real(gates * hidden, hidden, low=-0.7, high=0.7)]
            out += [real(gates * hidden), real(gates * hidden)] * biases
    return out


def network(gates: int, states: int, biases: bool = True, directions: int = 1, layers: int = 1, batch_first: bool = False) -> Sample:
    """A network on 3 steps of 2 sequences with 2 features and a hidden state of 3."""
    hx = [real(layers * directions, 2, 3) for _ in range(states)]
    x = real(2, 3, 2) if batch_first else real(3, 2, 2)
    params = weights(gates, 2, 3, biases, directions, layers)
    return call(x, hx if states > 1 else hx[0], params, biases, layers, 0.0, True, directions == 2, batch_first)


def packed(gates: int, states: int, directions: int = 1) -> Sample:
    """The same on the 5 rows of sequences of lengths 3 and 2."""
    hx = [real(directions, 2, 3) for _ in range(states)]
    params = weights(gates, 2, 3, True, directions)
    return call(real(5, 2), fixed([2, 2, 1]), hx if states > 1 else hx[0], params, True, 1, 0.0, True, directions == 2)


def networks(gates: int, states: int) -> list[Sample]:
    """All forms of one kind."""
    return [
        network(gates, states),
        network(gates, states, biases=False, directions=2, layers=2, batch_first=True),
        packed(gates, states),
        packed(gates, states, directions=2),
    ]


def cell(gates: int, states: int = 1, biases: bool = True) -> Sample:
    """One step of 2 sequences."""
    hx = [real(2, 3) for _ in range(states)]
    return call(real(2, 4), hx if states > 1 else hx[0], *weights(gates, 4, 3, biases))


RECORDS = {
    "rnn_tanh": networks(1, 1),
    "rnn_relu": networks(1, 1),
    "lstm": networks(4, 2),
    "gru": networks(3, 1),
    "rnn_tanh_cell": [cell(1), cell(1, biases=False)],
    "rnn_relu_cell": [cell(1)],
    "lstm_cell": [cell(4, 2), cell(4, 2, biases=False)],
    "gru_cell": [cell(3), cell(3, biases=False)],
}
