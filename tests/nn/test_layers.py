"""Layers without PyTorch at hand: the lecture's models by their numbers, and properties that must hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import random


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def lenet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def cats_and_dogs() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(64, 128, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36992, 128), nn.ReLU(), nn.Linear(128, 1), nn.Sigmoid(),
    )  # fmt: skip


LECTURE: list[tuple[Any, list[int], tuple[int, ...], tuple[int, ...]]] = [
    (lenet, [456, 2416, 48120, 10164, 850], (1, 3, 32, 32), (1, 10)),
    (cats_and_dogs, [896, 18496, 73856, 4735104, 129], (1, 3, 150, 150), (1, 1)),
    (
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)),
        [100480, 1290],
        (2, 28, 28),
        (2, 10),
    ),
]


@pytest.mark.parametrize("make, counts, shape, out", LECTURE)
def test_models_of_the_lecture_have_the_parameters_that_it_states(make: Any, counts: list[int], shape: Any, out: Any) -> None:
    model = make()
    assert [count(layer) for layer in model if count(layer)] == counts
    assert model(ag.zeros(shape)).shape == out


@pytest.mark.parametrize("shape, bound", [((128, 784), 0.08111), ((128, 36992), 0.012714), ((32, 3, 3, 3), 0.13801)])
def test_glorot_bounds(shape: tuple[int, ...], bound: float) -> None:
    w = nn.init.xavier_uniform_(ag.empty(shape)).numpy()
    assert np.abs(w).max() == pytest.approx(bound, rel=1e-2) and np.abs(w).max() <= bound * 1.0001


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(0, 3))
def test_two_linear_layers_are_one(a: int, b: int, c: int, n: int) -> None:
    first, second = nn.Linear(a, b).double(), nn.Linear(b, c).double()
    x = ag.from_numpy(np.random.default_rng(0).standard_normal((n, a)))
    w = second.weight @ first.weight
    np.testing.assert_allclose(second(first(x)).detach().numpy(), (x @ w.T + first_bias(first, second)).detach().numpy(), atol=1e-12)


def first_bias(first: Any, second: Any) -> Any:
    return second.weight @ first.bias + second.bias


@settings(max_examples=15, deadline=None)
@given(st.floats(0.05, 0.9))
def test_dropout_keeps_the_mean(p: float) -> None:
    random.manual_seed(0)
    layer, x = nn.Dropout(p), ag.ones(20000)
    out = layer(x).numpy()
    assert out.mean() == pytest.approx(1, abs=6 * math.sqrt(p / (1 - p) / 20000))
    assert set(np.unique(out)) <= {0, np.float32(1 / (1 - p))} and abs((out == 0).mean() - p) < 0.02
    assert layer.eval()(x) is x


def test_convolution_commutes_with_shifts() -> None:
    layer = nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular", bias=False)
    x = np.random.default_rng(0).standard_normal((1, 1, 6, 6)).astype(np.float32)
    shifted = layer(ag.from_numpy(np.roll(x, (2, 1), (2, 3)))).detach().numpy()
    np.testing.assert_allclose(shifted, np.roll(layer(ag.from_numpy(x)).detach().numpy(), (2, 1), (2, 3)), atol=1e-5)


@pytest.mark.parametrize(
    "layer, dims", [(nn.BatchNorm2d(3), (0, 2, 3)), (nn.LayerNorm([3, 4, 4]), (1, 2, 3)), (nn.InstanceNorm2d(3), (2, 3))]
)
def test_normalised_means_are_0_and_variances_1(layer: Any, dims: tuple[int, ...]) -> None:
    x = ag.from_numpy(np.random.default_rng(0).normal(3, 2, (8, 3, 4, 4)).astype(np.float32))
    out = layer(x).detach().numpy()
    np.testing.assert_allclose(out.mean(dims), 0, atol=1e-5)
    np.testing.assert_allclose(out.var(dims), 1, atol=1e-4)


def test_running_statistics_approach_those_of_the_data() -> None:
    layer = nn.BatchNorm1d(2, momentum=None)
    rng = np.random.default_rng(0)
    for _ in range(50):
        layer(ag.from_numpy(rng.normal([1, -2], [2, 0.5], (64, 2)).astype(np.float32)))
    np.testing.assert_allclose(layer.running_mean.numpy(), [1, -2], atol=0.1)
    np.testing.assert_allclose(layer.running_var.numpy(), [4, 0.25], rtol=0.1)
    assert layer.num_batches_tracked.item() == 50
    layer.reset_running_stats()
    assert layer.running_mean.tolist() == [0, 0] and layer.num_batches_tracked.item() == 0


def test_embedding_rows_and_padding() -> None:
    layer = nn.Embedding(4, 2, padding_idx=1)
    assert layer.weight[1].tolist() == [0, 0]
    layer(ag.tensor([[0, 1], [1, 3]])).sum().backward()
    assert layer.weight.grad.tolist() == [[1, 1], [0, 0], [0, 0], [1, 1]]
    frozen = nn.Embedding.from_pretrained(ag.ones(3, 2))
    assert not frozen.weight.requires_grad and frozen(ag.tensor([2])).tolist() == [[1, 1]]


def test_transposed_convolution_undoes_the_shape() -> None:
    down, up = nn.Conv2d(2, 3, 3, stride=2, padding=1), nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1)
    x = ag.zeros(1, 2, 8, 8)
    assert up(down(x)).shape == (1, 2, 7, 7) and up(down(x), output_size=x.shape).shape == x.shape
    with pytest.raises(ValueError, match="valid sizes range from"):
        up(down(x), output_size=[9, 9])


def test_functional_names_are_the_registrys_and_take_inplace() -> None:
    x = ag.tensor([-1.0, 2.0])
    assert F.relu(x, inplace=True) is x and x.tolist() == [0, 2]
    assert F.leaky_relu(ag.tensor([-1.0]), 0.5, True).tolist() == [-0.5]
    assert nn.LeakyReLU(0.5, inplace=True)(x) is x


def test_layers_take_the_type_they_are_asked_for() -> None:
    for layer in (nn.Linear(2, 3, dtype=ag.float64), nn.Conv1d(1, 1, 1, dtype=ag.float64), nn.LayerNorm(2, dtype=ag.float64)):
        assert {p.dtype for p in layer.parameters()} == {ag.float64}
    with pytest.raises(RuntimeError, match="cuda"):
        nn.Linear(2, 3, device="cuda")
