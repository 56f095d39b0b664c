"""Layers that PyTorch does not have, and what no table of theirs shows: noise, sums of hinges, conversions, laziness."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F

# the deck's three images: scores of (cat, car, frog) and the right class
SCORES = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]


def test_the_multiclass_hinge_loss_of_the_lecture() -> None:
    x = ag.tensor(SCORES, dtype=ag.float64, requires_grad=True)
    losses = nn.MulticlassHingeLoss(reduction="none")(x, ag.tensor([0, 1, 2]))
    np.testing.assert_allclose(losses.detach().numpy(), [2.9, 0.0, 12.9], atol=1e-12)
    assert nn.MulticlassHingeLoss()(x, ag.tensor([0, 1, 2])).item() == pytest.approx(15.8 / 3)
    losses[0].backward()
    assert x.grad[0].tolist() == [-1, 1, 0]


@pytest.mark.parametrize("margin", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_it_is_pytorchs_mean_form_times_the_classes(margin: float, reduction: str) -> None:
    rng = np.random.default_rng(0)
    x, labels = ag.tensor(rng.standard_normal((6, 5))), ag.tensor(rng.integers(0, 5, 6))
    ours = F.multiclass_hinge_loss(x, labels, margin, reduction)
    np.testing.assert_allclose(ours.numpy(), 5 * F.multi_margin_loss(x, labels, margin=margin, reduction=reduction).numpy())


@pytest.mark.parametrize(
    ("labels", "message"), [([0, 3], "target out of range"), ([0], "inconsistent target size"), ([0.0, 1.0], r"target.long\(\)")]
)
def test_hinges_of_wrong_labels(labels: Any, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        nn.MulticlassHingeLoss()(ag.zeros(2, 3), ag.tensor(labels))


def test_sin_and_its_slope() -> None:
    x = ag.tensor([0.3, -2.0], dtype=ag.float64, requires_grad=True)
    out = nn.Sin()(x)
    out.sum().backward()
    np.testing.assert_allclose(out.detach().numpy(), np.sin([0.3, -2.0]))
    np.testing.assert_allclose(x.grad.numpy(), np.cos([0.3, -2.0]))
    assert repr(nn.Sin()) == "Sin()" and F.sin(x).tolist() == out.tolist()


def test_gaussian_noise_is_there_in_training_only() -> None:
    layer, x = nn.GaussianNoise(0.3), ag.full((20000,), 2.0, requires_grad=True)
    noisy = layer(x)
    added = noisy.detach().numpy() - 2
    assert abs(added.mean()) < 0.01 and added.std() == pytest.approx(0.3, rel=0.03)
    noisy.sum().backward()
    assert (x.grad == 1).all()
    assert layer.eval()(x) is x and nn.GaussianNoise(0.0)(x) is x
    assert repr(layer) == "GaussianNoise(std=0.3)"
    with pytest.raises(ValueError, match="at least 0"):
        nn.GaussianNoise(-1.0)


def test_cross_map_normalisation_is_local_response_normalisation() -> None:
    x = ag.randn(2, 7, 3, 3)
    assert (nn.CrossMapLRN2d(3, 0.5, 0.6, 2)(x) == nn.LocalResponseNorm(3, 0.5, 0.6, 2)(x)).all()
    with pytest.raises(ValueError, match="4D"):
        nn.CrossMapLRN2d(3)(x[0])


def test_batch_normalisations_become_synchronised_ones_of_the_same_tensors() -> None:
    net = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), nn.Sequential(nn.BatchNorm1d(4, affine=False))).eval()
    before = net.state_dict(keep_vars=True)
    out = nn.SyncBatchNorm.convert_sync_batchnorm(net)
    after = out.state_dict(keep_vars=True)
    assert out is net and isinstance(net[1], nn.SyncBatchNorm) and isinstance(net[2][0], nn.SyncBatchNorm)
    assert list(before) == list(after) and all(after[key] is value for key, value in before.items())
    assert not net[1].training and isinstance(nn.SyncBatchNorm.convert_sync_batchnorm(nn.BatchNorm1d(2)), nn.SyncBatchNorm)
    for x, message in ((ag.zeros(3), "at least 2D"), (ag.zeros(2, 0, 3), "non-zero")):
        with pytest.raises(ValueError, match=message):
            nn.SyncBatchNorm(3)(x)


LAZY: list[tuple[Any, type, tuple[int, ...]]] = [
    (lambda: nn.LazyConv2d(4, 3), nn.Conv2d, (2, 3, 5, 5)),
    (lambda: nn.LazyConvTranspose1d(4, 3), nn.ConvTranspose1d, (3, 5)),
    (lambda: nn.LazyBatchNorm1d(), nn.BatchNorm1d, (4, 3)),
    (lambda: nn.LazyInstanceNorm2d(), nn.InstanceNorm2d, (2, 3, 4, 4)),
]


@pytest.mark.parametrize(("make", "become", "shape"), LAZY)
def test_lazy_layers_load_what_eager_ones_saved_and_the_other_way_round(make: Any, become: type, shape: tuple[int, ...]) -> None:
    first, second = make(), make()
    first(ag.zeros(shape))
    assert type(first) is become and not hasattr(first, "initialize_parameters")
    assert second.has_uninitialized_params()
    second.load_state_dict(first.state_dict())
    assert not second.has_uninitialized_params()
    for key, value in first.state_dict().items():
        assert (second.state_dict()[key] == value).all()


@pytest.mark.parametrize(
    ("make", "shape", "kind", "message"),
    [
        (lambda: nn.LazyConv2d(4, 3), (3, 5), RuntimeError, r"Expected 3D \(unbatched\) or 4D \(batched\) input to LazyConv2d"),
        (lambda: nn.LazyConv1d(4, 3, groups=2), (2, 3, 5), ValueError, "in_channels must be divisible by groups"),
        (lambda: nn.FractionalMaxPool2d(2), (1, 1, 4, 4), ValueError, "either an output size, or a pooling ratio"),
        (lambda: nn.FractionalMaxPool2d(2, 3, 0.5), (1, 1, 4, 4), ValueError, "only one of"),
        (lambda: nn.FractionalMaxPool3d(2, output_ratio=1.5), (1, 1, 4, 4, 4), ValueError, "between 0 and 1"),
        (lambda: nn.FractionalMaxPool2d(3, 3), (1, 1, 4, 4), RuntimeError, "do not fit dimension 0 of size 4"),
        (lambda: nn.FractionalMaxPool2d(2, 0), (1, 1, 4, 4), RuntimeError, "do not fit"),
        (lambda: nn.LinearCrossEntropyLoss(3, 4, label_smoothing=2.0), (1, 3), RuntimeError, "label_smoothing"),
        (lambda: nn.TripletMarginWithDistanceLoss(margin=0), (1, 3), ValueError, "margin"),
    ],
)
def test_errors_that_teach(make: Any, shape: tuple[int, ...], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        make()(ag.zeros(shape))


def test_random_windows_lie_inside_and_end_at_the_edge() -> None:
    x = ag.arange(2 * 9 * 8, dtype=ag.float32).reshape(1, 2, 9, 8)
    for _ in range(20):
        out, index = F.fractional_max_pool2d_with_indices(x, 2, output_ratio=0.6)
        assert out.shape == (1, 2, 5, 4)
        assert (out[..., -1, -1] == x[..., -1, -1]).all() and (index >= 0).all() and (index < 72).all()
    broken = ag.full((1, 2, 2), float("nan"))
    assert F.fractional_max_pool2d(x, 2, 3, _random_samples=broken).shape == (1, 2, 3, 3)  # no crash, whatever the samples


def test_older_names_warn() -> None:
    with pytest.warns(FutureWarning, match="NLLLoss2d"):
        nn.NLLLoss2d()
    with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated"):
        assert nn.MSELoss(size_average=False).reduction == "sum"
