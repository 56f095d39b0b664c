"""nn.utils: limits on gradients, parameters as one vector."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn import utils


def net() -> nn.Module:
    m = nn.Linear(2, 2)
    m.weight.grad, m.bias.grad = ag.tensor([[3.0, 0.0], [0.0, 0.0]]), ag.tensor([0.0, -4.0])
    return m


def test_the_norm_of_all_gradients_is_limited() -> None:
    m = net()
    grad = m.weight.grad
    assert utils.clip_grad_norm_(m.parameters(), 1.0).item() == 5
    assert m.weight.grad is grad and grad.tolist()[0][0] == pytest.approx(0.6) and m.bias.grad.tolist()[1] == pytest.approx(-0.8)
    assert utils.clip_grad_norm_(m.parameters(), 10.0).item() == pytest.approx(1)
    assert utils.clip_grad_norm_(m.weight, 0.3).item() == pytest.approx(0.6) and grad._version > 0


def test_nan_in_the_norm_reaches_every_gradient() -> None:
    m = net()
    m.bias.grad.array[0] = np.nan
    assert np.isnan(utils.clip_grad_norm_(m.parameters(), 1.0).item())
    assert np.isnan(m.weight.grad.numpy()).all()


def test_no_parameters_at_all_is_a_warning() -> None:
    with pytest.warns(UserWarning, match="no gradient clipping will occur"):
        assert utils.clip_grad_norm_(nn.ReLU().parameters(), 1.0).item() == 0
    assert utils.clip_grad_norm_([], 1.0).item() == 0


def test_values_are_limited() -> None:
    m = net()
    utils.clip_grad_value_(m.parameters(), 1)
    assert m.weight.grad.tolist() == [[1, 0], [0, 0]] and m.bias.grad.tolist() == [0, -1]


def test_a_vector_and_back() -> None:
    m = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    vector = utils.parameters_to_vector(m.parameters())
    assert vector.shape == (13,) and vector.requires_grad
    vector.sum().backward()
    assert m[0].weight.grad.tolist() == [[1, 1]] * 3
    fresh = ag.arange(13.0)
    utils.vector_to_parameters(fresh, m.parameters())
    assert m[1].bias.tolist() == [12] and all(p.is_leaf and p.requires_grad for p in m.parameters())
    fresh.array[12] = 5  # the parameters lie in the vector
    assert m[1].bias.tolist() == [5]
    with pytest.raises(RuntimeError, match="ends before"):
        utils.vector_to_parameters(ag.zeros(3), m.parameters())
