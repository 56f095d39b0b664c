"""Pruning: how much goes, what stays, and how it lives with training, states and copies."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
import optim
from nn.utils import prune


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 6), st.integers(1, 6), st.floats(0, 1), st.sampled_from(["l1", "random"]), st.integers(0, 2**16))
def test_a_share_of_the_elements_goes(rows: int, columns: int, share: float, how: str, seed: int) -> None:
    ag.manual_seed(seed)
    layer = nn.Linear(columns, rows)
    before = np.abs(layer.weight.detach().numpy()).copy()
    (prune.l1_unstructured if how == "l1" else prune.random_unstructured)(layer, "weight", share)
    kept = layer.weight_mask.numpy() == 1
    assert (~kept).sum() == round(share * kept.size)
    if how == "l1" and 0 < (~kept).sum() < kept.size:
        assert before[~kept].max() <= before[kept].min()


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 5), st.integers(2, 5), st.integers(-2, 1), st.sampled_from([1, 2, float("inf"), None]), st.integers(0, 2**16))
def test_whole_slices_go(rows: int, columns: int, dim: int, n: float | None, seed: int) -> None:
    ag.manual_seed(seed)
    layer = nn.Linear(columns, rows)
    if n is None:
        prune.random_structured(layer, "weight", 1, dim)
    else:
        prune.ln_structured(layer, "weight", 1, n, dim)
    kept = np.moveaxis(layer.weight_mask.numpy(), dim, 0)
    assert sorted(row.min() for row in kept) == [0] + [1] * (len(kept) - 1) and all(row.min() == row.max() for row in kept)


def test_pruned_elements_stay_zero_in_training() -> None:
    layer = prune.l1_unstructured(nn.Linear(4, 4), "weight", 0.5)
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        layer(ag.ones(2, 4)).pow(2).sum().backward()
        optimizer.step()
    layer(ag.ones(2, 4))
    assert (layer.weight == 0).sum().item() == 8 and (layer.weight_orig.grad == 0).sum().item() >= 8
    prune.remove(layer, "weight")
    assert isinstance(layer.weight, nn.Parameter) and (layer.weight == 0).sum().item() == 8 and not prune.is_pruned(layer)


def test_states_and_prunings_of_prunings() -> None:
    layer = nn.Linear(4, 4)
    for amount in (4, 4, 0.5):
        prune.l1_unstructured(layer, "weight", amount)
    assert layer.weight_mask.sum().item() == 4
    twin = prune.identity(nn.Linear(4, 4), "weight")
    twin.load_state_dict(layer.state_dict())
    x = ag.randn(3, 4)
    assert twin(x).tolist() == layer(x).tolist()
    with ag.no_grad():
        layer(x)
    assert copy.deepcopy(layer)(x).tolist() == layer(x).tolist()


def test_a_method_of_ones_own() -> None:
    class EveryOther(prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t: ag.Tensor, default_mask: ag.Tensor) -> ag.Tensor:
            mask = default_mask.clone()
            mask.view(-1)[::2] = 0
            return mask

    layer = nn.Linear(4, 2)
    EveryOther.apply(layer, "weight")
    EveryOther.apply(layer, "weight")  # of those that are left
    assert layer.weight_mask.tolist() == [[0, 0, 0, 1], [0, 0, 0, 1]]


def test_a_failed_pruning_leaves_the_module_as_it_was() -> None:
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="should be smaller"):
        prune.l1_unstructured(layer, "weight", 5)
    assert sorted(layer._parameters) == ["bias", "weight"] and not prune.is_pruned(layer)
    with pytest.raises(AttributeError, match="Did you mean 'weight'"):
        prune.l1_unstructured(layer, "wieght", 1)
