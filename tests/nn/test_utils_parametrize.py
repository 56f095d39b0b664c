"""Parametrizations: what holds for any weight, and how they live with copies, states, hooks and drawings."""

from __future__ import annotations

import copy
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core import func, viz
from nn.utils import parametrizations, parametrize
from nn.utils import spectral_norm as older_spectral_norm


def numbers(t: ag.Tensor) -> np.ndarray:
    return t.detach().numpy()


@settings(deadline=None, max_examples=15)
@given(
    st.integers(1, 6), st.integers(1, 6), st.sampled_from(["matrix_exp", "cayley", "householder"]), st.booleans(), st.integers(0, 2**16)
)
def test_an_orthogonal_weight_stays_orthogonal_in_training(rows: int, columns: int, name: str, trivial: bool, seed: int) -> None:
    ag.manual_seed(seed)
    layer = parametrizations.orthogonal(nn.Linear(columns, rows), orthogonal_map=name, use_trivialization=trivial)
    for _ in range(2):
        w = numbers(layer.weight).astype(np.float64)
        gram = w @ w.T if rows < columns else w.T @ w
        np.testing.assert_allclose(gram, np.eye(min(rows, columns)), atol=5e-4)
        (layer(ag.ones(columns)) ** 2).sum().backward()
        with ag.no_grad():
            original = layer.parametrizations.weight.original
            original -= 0.1 * original.grad


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1), st.integers(0, 2**16))
def test_spectral_and_weight_norm_do_what_they_say(rows: int, columns: int, dim: int, seed: int) -> None:
    ag.manual_seed(seed)
    layer = parametrizations.spectral_norm(nn.Linear(columns, rows), dim=dim)
    for _ in range(60):
        w = layer.weight
    assert np.linalg.norm(numbers(w), 2) == pytest.approx(1, abs=0.05)
    layer = nn.Linear(columns, rows)
    before = numbers(layer.weight).copy()
    parametrizations.weight_norm(layer, dim=dim)
    np.testing.assert_allclose(numbers(layer.weight), before, rtol=1e-5, atol=1e-6)
    with ag.no_grad():
        layer.parametrizations.weight.original0.fill_(2.0)
    np.testing.assert_allclose(np.linalg.norm(numbers(layer.weight), axis=1 - dim), 2, rtol=1e-5)


def model() -> nn.Module:
    net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    parametrizations.spectral_norm(net[0])
    parametrizations.orthogonal(net[2])
    return net


def test_a_parametrized_model_is_a_module_like_any_other() -> None:
    net, x = model(), ag.randn(3, 4)
    assert net.double()(x.double()).dtype is ag.float64
    net.float().eval()
    out = net(x)
    twin = model().eval()
    twin.load_state_dict(net.state_dict())
    assert numbers(twin(x)).tolist() == numbers(out).tolist()
    params = dict(net.named_parameters())
    grads = func.grad(lambda p: func.functional_call(net, p, (x,)).sum())(params)
    out.sum().backward()
    for name, p in params.items():
        np.testing.assert_allclose(numbers(grads[name]), numbers(p.grad), rtol=1e-5, atol=1e-6)
    assert "parametrizations" in repr(net) and "<svg" in viz.draw(net(x).sum(), params=net).svg()


def test_a_copy_has_a_cache_of_its_own() -> None:
    net = model()
    twin = copy.deepcopy(net)
    with ag.no_grad():
        twin[0].parametrizations.weight.original.mul_(-1)
    with parametrize.cached():
        assert net[0].weight is net[0].weight
        assert net[0].weight is not twin[0].weight and net[0].weight.tolist() != twin[0].weight.tolist()


def test_the_cache_is_emptied_by_an_error_too() -> None:
    net = model()
    with pytest.raises(ZeroDivisionError), parametrize.cached():
        first = net[0].weight
        _ = 1 / 0
    assert net[0].weight is not first


def test_messages_say_what_there_is() -> None:
    with pytest.raises(ValueError, match="it has weight, bias"):
        parametrize.register_parametrization(nn.Linear(2, 2), "wieght", nn.Identity())
    with pytest.raises(KeyError, match="already exists"):
        model()[0].weight = nn.Parameter(ag.zeros(4, 4))


def test_a_failed_registration_leaves_the_module_as_it_was() -> None:
    class Wider(nn.Module):
        def forward(self, x: ag.Tensor) -> ag.Tensor:
            return ag.cat([x, x])

    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="shape"):
        parametrize.register_parametrization(layer, "weight", Wider())
    assert type(layer) is nn.Linear and list(layer._parameters) == ["weight", "bias"]
    parametrize.register_parametrization(layer, "weight", Wider(), unsafe=True)
    assert layer.weight.shape == (4, 2)


def test_states_of_the_older_norms_load_into_the_newer() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        old = nn.utils.weight_norm(nn.Linear(3, 2))
    new = parametrizations.weight_norm(nn.Linear(3, 2))
    new.load_state_dict(old.state_dict())
    x = ag.randn(4, 3)
    np.testing.assert_allclose(numbers(new(x)), numbers(old(x)), rtol=1e-6)


def test_a_spectral_state_without_v_is_brought_up_to_date() -> None:
    old = older_spectral_norm(nn.Linear(3, 2))
    old(ag.ones(3))
    state = old.state_dict()
    state["weight"] = old.weight.detach()
    del state["weight_v"], state._metadata[""]["spectral_norm"]
    new = older_spectral_norm(nn.Linear(3, 2))
    new.load_state_dict(state)
    new.eval()(ag.ones(3))
    np.testing.assert_allclose(numbers(new.weight), numbers(old.weight), rtol=1e-4)


def test_second_derivatives_pass_through_a_normalised_weight() -> None:
    layer = parametrizations.weight_norm(nn.Linear(3, 1, dtype=ag.float64))
    g, v = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
    x = ag.randn(1, 3, dtype=ag.float64)
    (gv,) = ag.autograd.grad(layer(x).sum(), v, create_graph=True)
    gv.pow(2).sum().backward()
    assert math.isfinite(g.grad.item()) and np.abs(numbers(v.grad)).max() > 0
