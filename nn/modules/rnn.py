"""Recurrent layers: RNN, LSTM, GRU over whole sequences and their single-step cells. Imports Module, the initialisers, packed sequences."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

import autograd_core as ag
from autograd_core.ops.recurrent_stacks import layers
from autograd_core.tensor.base import Tensor

from .. import init
from ..parameter import Parameter
from ..utils.rnn import PackedSequence
from .module import Module

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNBase", "RNNCell", "RNNCellBase"]

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _draw(module: Module, hidden_size: int) -> None:
    """Every parameter uniform in ±1/√hidden_size."""
    bound = 1.0 / math.sqrt(hidden_size) if hidden_size > 0 else 0
    for weight in module.parameters():
        init.uniform_(weight, -bound, bound)


class RNNBase(Module):
    """What recurrent networks share: their weights, one set for each layer and direction, and the checks of what they are given.

    weight_ih_l0 (gates · hidden, in), weight_hh_l0 (gates · hidden, hidden), bias_ih_l0, bias_hh_l0 and with projections weight_hr_l0;
    then the same with `_reverse`, then those of the next layer. All start uniform in ±1/√hidden.
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._check_arguments(dropout)
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            for direction in range(self._directions):
                self._make(layer, direction, {"device": device, "dtype": dtype})
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _width(self) -> int:
        """The size of the hidden state that a layer shows."""
        return self.proj_size if self.proj_size > 0 else self.hidden_size

    def _check_arguments(self, dropout: Any) -> None:
        if not isinstance(dropout, numbers.Number) or not 0 <= float(dropout) <= 1 or isinstance(dropout, bool):  # type: ignore[arg-type]
            raise ValueError(
                f"dropout should be a number in range [0, 1] representing the probability of an element being zeroed, got {dropout!r}"
            )
        if dropout and self.num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, "
                f"but got dropout={dropout} and num_layers={self.num_layers}",
                stacklevel=4,
            )
        for name, kind in (("bias", bool), ("batch_first", bool), ("input_size", int), ("hidden_size", int)):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(getattr(self, name)).__name__}")
        for name in ("input_size", "hidden_size", "num_layers"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be greater than zero, got {getattr(self, name)}")
        if self.proj_size < 0:
            raise ValueError(f"proj_size should be a positive integer or zero to disable projections, got {self.proj_size}")
        if self.proj_size >= self.hidden_size:
            raise ValueError(f"proj_size has to be smaller than hidden_size: got {self.proj_size} and {self.hidden_size}")
        if self.mode not in GATES:
            raise ValueError(f"Unrecognized RNN mode: {self.mode}")

    def _make(self, layer: int, direction: int, kind: dict[str, Any]) -> None:
        """The weights of one layer and direction."""
        gates = GATES[self.mode] * self.hidden_size
        inputs = self.input_size if layer == 0 else self._width * self._directions
        end = f"_l{layer}" + ("_reverse" if direction else "")
        shapes: dict[str, Any] = {"weight_ih": (gates, inputs), "weight_hh": (gates, self._width)}
        if self.bias:
            shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}
        if self.proj_size > 0:
            shapes["weight_hr"] = (self.proj_size, self.hidden_size)
        for name, shape in shapes.items():
            setattr(self, name + end, Parameter(ag.empty(shape, **kind)))
        self._all_weights.append([name + end for name in shapes])

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        _draw(self, self.hidden_size)

    def flatten_parameters(self) -> None:
        """Nothing: weights need no common memory on a CPU."""

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        own = self._parameters
        return [own[name] if name in own else getattr(self, name) for names in self._all_weights for name in names]

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    # checks

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """ValueError for an input of another type than the weights, RuntimeError for one of another shape."""
        weight = self._flat_weights[0]
        if input.dtype != weight.dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). "
                f"Convert input: input.to({weight.dtype}), or convert model: model.to({input.dtype})"
            )
        expected = 2 if batch_sizes is not None else 3
        if input.ndim != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.ndim}: its shape is {tuple(input.shape)}")
        if self.input_size != input.shape[-1]:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}: "
                f"set input_size={input.shape[-1]}, or give features last"
            )
        if batch_sizes is None and input.shape[1 if self.batch_first else 0] == 0:
            raise RuntimeError(f"Expected sequence length to be larger than 0 in RNN, got input of shape {tuple(input.shape)}")

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """(layers · directions, N, width) of the hidden state that goes with an input."""
        return (self.num_layers * self._directions, self._batch(input, batch_sizes), self._width)

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """(layers · directions, N, hidden_size) of the cell state that goes with an input."""
        return (self.num_layers * self._directions, self._batch(input, batch_sizes), self.hidden_size)

    def _batch(self, input: Tensor, batch_sizes: Tensor | None) -> int:
        return int(batch_sizes[0]) if batch_sizes is not None else input.shape[0 if self.batch_first else 1]

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: tuple[int, int, int], msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """RuntimeError for a state of another shape."""
        if tuple(hx.shape) != tuple(expected_hidden_size):
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.shape)) + self._axes)

    @property
    def _axes(self) -> str:
        batch = " (batch_first says nothing about hidden states)" if self.batch_first else ""
        return f": a hidden state is (layers · directions, batch, width){batch}"

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """The checks of an input and its hidden state."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """The sequences of a hidden state in another order."""
        return hx if permutation is None else hx.index_select(1, permutation)

    # running

    def _states(self, hx: Any) -> list[Any]:
        """The hidden states as the layers take them: one, or for an LSTM two."""
        return [hx]

    def _hidden(self, states: tuple[Any, ...]) -> Any:
        """The opposite of `_states`."""
        return states[0]

    def _run(self, input: Any, hx: Any) -> tuple[Any, Any]:
        if isinstance(input, PackedSequence):
            return self._run_packed(input, hx)
        if input.ndim not in (2, 3):
            raise ValueError(f"Expected input to be 2D or 3D, got {input.ndim}D instead: its shape is {tuple(input.shape)}")
        batched = input.ndim == 3
        if hx is not None:
            self._check_ranks(hx, 3 if batched else 2)
        if not batched:
            input = input.unsqueeze(0 if self.batch_first else 1)
            hx = hx if hx is None else self._hidden(tuple(h.unsqueeze(1) for h in self._states(hx)))
        if hx is None:
            self.check_input(input, None)
        else:
            self.check_forward_args(input, hx, None)
        x = input.transpose(0, 1) if self.batch_first else input
        out, *states = self._layers(x, hx, None)
        out = out.transpose(0, 1) if self.batch_first else out
        if not batched:
            out, states = out.squeeze(0 if self.batch_first else 1), [h.squeeze(1) for h in states]
        return out, self._hidden(tuple(states))

    def _run_packed(self, packed: PackedSequence, hx: Any) -> tuple[Any, Any]:
        data, batch_sizes, order, back = packed
        if hx is None:
            self.check_input(data, batch_sizes)
        else:
            hx = self.permute_hidden(hx, order)
            self.check_forward_args(data, hx, batch_sizes)
        out, *states = self._layers(data, hx, tuple(int(b) for b in batch_sizes.array))
        hidden = self._hidden(tuple(states))
        return PackedSequence(out, batch_sizes, order, back), self.permute_hidden(hidden, back)

    def _layers(self, x: Any, hx: Any, sizes: tuple[int, ...] | None) -> tuple[Any, ...]:
        kind = self.mode.lower()
        states = [None] * (2 if kind == "lstm" else 1) if hx is None else self._states(hx)
        weights = self._flat_weights
        return layers(kind, sizes, x, states, weights, self.bias, self.num_layers, self.dropout, self.training, self.bidirectional)

    def _check_ranks(self, hx: Any, rank: int) -> None:
        if hx.ndim != rank:
            batched = "batched 3-D" if rank == 3 else "unbatched 2-D"
            raise RuntimeError(f"For {batched} input, hx should also be {rank}-D but got {hx.ndim}-D tensor{self._axes}")

    @property
    def _kind(self) -> str:
        return self.mode.partition("_")[0]

    def extra_repr(self) -> str:
        """The sizes, then the arguments that are not defaults."""
        said = f"{self.input_size}, {self.hidden_size}"
        defaults = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False}
        for name, default in defaults.items():
            value = getattr(self, name)
            if value != default if name in ("proj_size", "num_layers", "dropout") else value is not default:
                said += f", {name}={value}"
        return said


class RNN(RNNBase):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_(t−1) + b_hh), or with relu: x (T, N, in) to (T, N, hidden) and the last h.

    With batch_first x is (N, T, in); without a batch (T, in); or a PackedSequence. Dropout acts between layers.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if proj_size:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """(the hidden state of the last layer at every step, that of every layer after the last step)."""
        return self._run(input, hx)


class LSTM(RNNBase):
    """Long short-term memory: x (T, N, in) to (T, N, hidden) and (last h, last c); with proj_size h is projected to that size.

    i, f, o = σ(...), g = tanh(...), each of W_ih x_t + b_ih + W_hh h_(t−1) + b_hh; c_t = f c_(t−1) + i g; h_t = o tanh(c_t).
    Source: Hochreiter, Schmidhuber 1997; projections: Sak, Senior, Beaufays 2014.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__("LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """(the hidden state of the last layer at every step, (h, c) of every layer after the last step)."""
        return self._run(input, hx)

    def _states(self, hx: Any) -> list[Any]:
        return list(hx)

    def _hidden(self, states: tuple[Any, ...]) -> Any:
        return states

    def _check_ranks(self, hx: Any, rank: int) -> None:
        if isinstance(hx, Tensor) or len(hx) != 2:
            given = f"one tensor of shape {list(hx.shape)}" if isinstance(hx, Tensor) else f"{len(hx)} values"
            raise RuntimeError(f"hx must be a pair (h, c) of hidden state and cell state, got {given}: give (h, torch.zeros_like(h))")
        if any(h.ndim != rank for h in hx):
            batched = "batched 3-D" if rank == 3 else "unbatched 2-D"
            ranks = ", ".join(f"{h.ndim}-D" for h in hx)
            raise RuntimeError(f"For {batched} input, hx and cx should also be {rank}-D but got ({ranks}) tensors{self._axes}")

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """The checks of an input and both its states."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden[0], self.get_expected_hidden_size(input, batch_sizes), "Expected hidden[0] size {}, got {}")
        self.check_hidden_size(hidden[1], self.get_expected_cell_size(input, batch_sizes), "Expected hidden[1] size {}, got {}")

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """The sequences of both states in another order."""
        return hx if permutation is None else tuple(h.index_select(1, permutation) for h in hx)


class GRU(RNNBase):
    """Gated recurrent units: x (T, N, in) to (T, N, hidden) and the last h.

    r, z = σ(...) of W_ih x_t + b_ih + W_hh h_(t−1) + b_hh; n = tanh(W_in x_t + b_in + r (W_hn h_(t−1) + b_hn));
    h_t = (1 − z) n + z h_(t−1). Source: Cho et al. 2014.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if proj_size:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """(the hidden state of the last layer at every step, that of every layer after the last step)."""
        return self._run(input, hx)


class RNNCellBase(Module):
    """What single-step cells share: weight_ih (gates · hidden, in), weight_hh (gates · hidden, hidden), bias_ih, bias_hh."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(ag.empty((rows, input_size), device=device, dtype=dtype))
        self.weight_hh = Parameter(ag.empty((rows, hidden_size), device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(ag.empty(rows, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        _draw(self, self.hidden_size)

    def extra_repr(self) -> str:
        """The sizes, then the arguments that are not defaults."""
        said = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            said += f", bias={self.bias}"
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            said += f", nonlinearity={self.__dict__['nonlinearity']}"
        return said

    def _step(self, cell: Any, input: Any, hx: Any) -> Any:
        """The cell on (N, in) or (in,), from zeros where no state is given."""
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead: its shape is {tuple(input.shape)}")
        pair = cell is ag.lstm_cell
        states = [] if hx is None else list(hx) if pair else [hx]
        for i, h in enumerate(states):
            if h.ndim not in (1, 2):
                raise ValueError(f"{name}: Expected {f'hx[{i}]' if pair else 'hidden'} to be 1D or 2D, got {h.ndim}D instead")
        batched = input.ndim == 2
        if not batched:
            input, states = input.unsqueeze(0), [h.unsqueeze(0) for h in states]
        if hx is None:
            states = [ag.zeros(input.shape[0], self.hidden_size, dtype=input.dtype)] * (2 if pair else 1)
        self._check(name, input, states)
        out = cell(input, tuple(states) if pair else states[0], self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        if batched:
            return out
        return tuple(h.squeeze(0) for h in out) if pair else out.squeeze(0)

    def _check(self, name: str, input: Any, states: list[Any]) -> None:
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"{name}: input has inconsistent input_size: got {input.shape[-1]}, expected {self.input_size}")
        for h in states:
            if h.shape[0] != input.shape[0]:
                raise RuntimeError(f"{name}: Input batch size {input.shape[0]} doesn't match hidden0 batch size {h.shape[0]}")
            if h.shape[1] != self.hidden_size:
                raise RuntimeError(f"{name}: hidden0 has inconsistent hidden_size: got {h.shape[1]}, expected {self.hidden_size}")


class RNNCell(RNNCellBase):
    """One step of `RNN`: (N, in) and h (N, hidden) to the next h."""

    nonlinearity: str

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The next hidden state."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}. Select from 'tanh' or 'relu'.")
        return self._step(ag.rnn_tanh_cell if self.nonlinearity == "tanh" else ag.rnn_relu_cell, input, hx)


class LSTMCell(RNNCellBase):
    """One step of `LSTM`: (N, in) and (h, c), each (N, hidden), to the next (h, c)."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """The next (h, c)."""
        out: tuple[Any, Any] = self._step(ag.lstm_cell, input, hx)
        return out


class GRUCell(RNNCellBase):
    """One step of `GRU`: (N, in) and h (N, hidden) to the next h."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The next hidden state."""
        return self._step(ag.gru_cell, input, hx)
