"""Recurrent layers, attention and tables inside models: what their errors teach, what saving, copying and double backward keep."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.autograd import grad


class Tagger(nn.Module):
    """A table, a recurrent layer, a head."""

    def __init__(self, kind: str = "LSTM") -> None:
        super().__init__()
        self.table = nn.Embedding(7, 4)
        self.body = nn.ModuleDict({"rnn": getattr(nn, kind)(4, 5, batch_first=True)})
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        return self.head(self.body["rnn"](x if x.array.dtype.kind == "f" else self.table(x))[0])


@pytest.mark.parametrize(
    ("x", "kind", "said"),
    [
        (ag.zeros(2, 3, 6), RuntimeError, r"body\.rnn: LSTM: .*Expected 4, got 6"),
        (ag.zeros(2, 3, 4, dtype=ag.float64), ValueError, r"body\.rnn: LSTM: .*input\.to\(.*float32\)"),
        (ag.zeros(2, 2, 3, 4), ValueError, r"body\.rnn: LSTM: .*2D or 3D, got 4D"),
        (ag.tensor([[1, 9]]), IndexError, r"table: Embedding: .*index 9 at \(0, 1\)"),
    ],
)
def test_errors_name_the_module_and_the_fix(x, kind, said):
    with pytest.raises(kind, match=said):
        Tagger()(x)


def test_attention_says_which_input_is_wrong():
    attention = nn.MultiheadAttention(8, 2)
    x = ag.zeros(3, 2, 8)
    with pytest.raises(AssertionError, match=r"key shape \(3, 2, 5\) does not match value shape \(3, 2, 8\)"):
        attention(x, ag.zeros(3, 2, 5), x)
    with pytest.raises(RuntimeError, match=r"MultiheadAttention\(embed_dim=8, num_heads=2\) got query of shape .*float64"):
        attention(x.double(), x.double(), x.double())


def test_state_travels():
    net = Tagger("GRU")
    other = Tagger("GRU")
    x = ag.tensor([[1, 2, 3]])
    assert not ag.equal(net(x), other(x))
    other.load_state_dict(net.state_dict())
    assert ag.equal(net(x), other(x))
    assert ag.equal(net(x), copy.deepcopy(net)(x))
    twice = copy.deepcopy(net).double()
    np.testing.assert_allclose(twice(x).detach().numpy(), net(x).detach().numpy(), atol=1e-6)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_weights_may_be_replaced(kind):
    layer = getattr(nn, kind)(3, 4)
    layer.weight_hh_l0 = nn.Parameter(ag.zeros_like(layer.weight_hh_l0))
    x = ag.randn(5, 2, 3)
    out, _ = layer(x)
    layer.flatten_parameters()
    assert layer.all_weights[0][1] is layer.weight_hh_l0
    out.sum().backward()
    assert layer.weight_hh_l0.grad is not None


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_second_derivatives(kind):
    layer = getattr(nn, kind)(3, 4, num_layers=2, bidirectional=True).double()
    x = ag.randn(4, 2, 3, dtype=ag.float64, requires_grad=True)

    def slope(at):
        return grad(layer(at)[0].square().sum(), at, create_graph=True)[0].square().sum()

    direction = ag.randn(4, 2, 3, dtype=ag.float64)
    found = (grad(slope(x), x)[0] * direction).sum().item()
    step = 1e-5
    with ag.no_grad():
        ends = [(x + sign * step * direction) for sign in (1, -1)]
    values = [slope(e.detach().requires_grad_()).item() for e in ends]
    assert found == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-5)


def test_an_input_without_gradient_gets_none():
    layer = nn.LSTM(3, 4)
    x = ag.randn(5, 2, 3)
    layer(x)[0].sum().backward()
    assert x.grad is None
    assert layer.weight_ih_l0.grad is not None


def test_lengths_beyond_the_padded_batch_are_refused():
    with pytest.raises(RuntimeError, match="does not fit into a padded batch of 4 steps"):
        nn.utils.rnn.pack_padded_sequence(ag.zeros(4, 3, 2), [7, 2, 1])


def test_max_norm_changes_the_table_in_its_own_type():
    table = nn.Embedding(4, 3, max_norm=0.5, dtype=ag.float64)
    before = table.weight.detach().numpy().copy()
    table(ag.tensor([1]))
    after = table.weight.detach().numpy()
    np.testing.assert_array_equal(before[[0, 2, 3]], after[[0, 2, 3]])
    np.testing.assert_allclose(np.linalg.norm(after[1]), min(0.5, np.linalg.norm(before[1])), rtol=1e-6)


def test_padded_places_come_out_as_zeros_where_pytorch_leaves_them_out():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 1).eval()
    x, padding = ag.randn(2, 3, 8), ag.tensor([[False, False, True], [False, False, False]])
    assert encoder(x, src_key_padding_mask=padding)[0, 2].any()
    with ag.no_grad():
        out = encoder(x, src_key_padding_mask=padding)
    assert not out[0, 2].any()
    assert out[1, 2].any()
