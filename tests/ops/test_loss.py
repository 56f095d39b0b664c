"""Losses: what a wrong call is told, special cases, and gradients that samples cannot express."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag
import nn.functional as F

MESSAGES = {
    "label too large": (
        lambda: F.cross_entropy(ag.zeros(3, 4), ag.tensor([0, 5, 9])),
        IndexError,
        ["Target 5 is out of bounds", "target[1]", "(and 1 more)", "[3, 4]", "4 classes", "labels start at 0 and end at 3"],
    ),
    "label below 0": (lambda: F.nll_loss(ag.zeros(1, 2, 2), ag.tensor([[0, -1]])), IndexError, ["Target -1", "target[0, 1]"]),
    "float labels": (lambda: F.nll_loss(ag.zeros(1, 2), ag.tensor([1.0])), RuntimeError, ["Long or Byte", "float32", "target.long()"]),
    "batch sizes": (
        lambda: F.cross_entropy(ag.zeros(3, 4), ag.tensor([0, 1])),
        ValueError,
        ["batch_size (3)", "batch_size (2)", "[3, 4]", "[2]"],
    ),
    "one-hot labels": (lambda: F.cross_entropy(ag.zeros(3, 4), ag.zeros(3, 4).long()), RuntimeError, ["floating point", "target.long()"]),
    "weights": (lambda: F.cross_entropy(ag.zeros(3, 4), ag.tensor([0, 1, 2]), ag.ones(3)), RuntimeError, ["all 4 classes", "[3]"]),
    "reduction": (lambda: F.mse_loss(ag.zeros(3), ag.zeros(3), reduction="avg"), ValueError, ["avg", "'none', 'mean' or 'sum'"]),
    "bce of scores": (
        lambda: F.binary_cross_entropy(ag.tensor([0.5, 1.5]), ag.tensor([0.0, 1.0])),
        RuntimeError,
        ["between 0 and 1", "1.5", "binary_cross_entropy_with_logits"],
    ),
    "bce shapes": (
        lambda: F.binary_cross_entropy_with_logits(ag.zeros(3, 1), ag.zeros(3)),
        ValueError,
        ["Target size ([3])", "[3, 1]", "target.reshape([3, 1])"],
    ),
    "mse misfit": (lambda: F.mse_loss(ag.zeros(3, 2), ag.zeros(3, 4)), RuntimeError, ["(2) must match", "(4)", "mse_loss"]),
    "ctc target": (
        lambda: F.ctc_loss(ag.zeros(4, 1, 3), ag.tensor([[5]]), ag.tensor([4]), ag.tensor([1])),
        RuntimeError,
        ["0 to 2", "5"],
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_messages(case):
    call, kind, parts = MESSAGES[case]
    with pytest.raises(kind) as caught:
        call()
    assert [p for p in parts if p not in str(caught.value)] == [], str(caught.value)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_a_column_against_a_row_warns(name):
    with pytest.warns(UserWarning) as caught:
        getattr(F, name)(ag.zeros(4, 1), ag.zeros(4))
    (warning,) = caught
    text = str(warning.message)
    assert [p for p in ("[4]", "[4, 1]", "[4, 4]", "16 pairs", "target.reshape((4, 1))") if p not in text] == [], text
    assert warning.filename == __file__


def test_older_arguments_warn_at_the_callers_line():
    with pytest.warns(UserWarning, match="reduction='sum'") as caught:
        F.mse_loss(ag.zeros(2), ag.zeros(2), size_average=False)
    assert caught[0].filename == __file__


def test_labels_are_checked_before_anything_runs():
    """A wrong label is found although the scores, being integers, would fail too."""
    with pytest.raises(IndexError):
        F.cross_entropy(ag.zeros(1, 2).long(), ag.tensor([2]))


def test_scores_far_apart():
    x = ag.tensor([[1000.0, -1000.0]]).requires_grad_()
    loss = F.cross_entropy(x, ag.tensor([1]))
    loss.backward()
    assert loss.item() == 2000.0
    np.testing.assert_array_equal(x.grad.array, [[1.0, -1.0]])


@pytest.mark.parametrize("score", [-1000.0, 0.0, 1000.0])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_binary_scores_far_apart(score, target):
    x = ag.tensor([score], dtype=ag.float64).requires_grad_()
    loss = F.binary_cross_entropy_with_logits(x, ag.tensor([target], dtype=ag.float64))
    loss.backward()
    assert loss.item() == pytest.approx(np.logaddexp(0, score) - target * score)
    assert x.grad.item() == pytest.approx({-1000.0: 0, 0.0: 0.5, 1000.0: 1}[score] - target)


def test_sure_misses_cost_100():
    x = ag.tensor([0.0, 1.0]).requires_grad_()
    loss = F.binary_cross_entropy(x, ag.tensor([1.0, 0.0]))
    loss.backward()
    assert loss.item() == 100.0
    assert np.isfinite(x.grad.array).all()


def test_soft_margin_does_not_overflow():
    assert F.soft_margin_loss(ag.tensor([-200.0]), ag.tensor([1.0])).item() == 200.0


def test_ignored_examples_get_no_gradient():
    x = ag.randn(3, 4).requires_grad_()
    F.cross_entropy(x, ag.tensor([1, -100, 2])).backward()
    assert not x.grad.array[1].any()
    assert x.grad.array[[0, 2]].any(1).all()


def test_ctc_gradient_is_that_of_the_scores(rng):
    """Central differences through log_softmax, where the normalisation that ctc supposes holds."""
    scores = rng.standard_normal((5, 2, 4))
    labels, times, sizes = ag.tensor([[1, 2, 2], [3, 1, 1]]), ag.tensor([5, 4]), ag.tensor([3, 1])

    def loss(array):
        return F.ctc_loss(ag.tensor(array).log_softmax(2), labels, times, sizes, reduction="sum").item()

    x = ag.tensor(scores).requires_grad_()
    F.ctc_loss(x.log_softmax(2), labels, times, sizes, reduction="sum").backward()
    step = 1e-6
    for at in np.ndindex(scores.shape):
        bump = np.zeros_like(scores)
        bump[at] = step
        assert x.grad.array[at] == pytest.approx((loss(scores + bump) - loss(scores - bump)) / (2 * step), abs=1e-6)


def test_ctc_has_no_second_derivative():
    x = ag.randn(4, 1, 3).requires_grad_()
    loss = F.ctc_loss(x.log_softmax(2), ag.tensor([[1]]), ag.tensor([4]), ag.tensor([1]))
    (g,) = ag.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="no second derivative"):
        g.sum().backward()


@pytest.mark.parametrize(
    ("activation", "loss", "target"),
    [
        (lambda x: x.softmax(1), F.cross_entropy, ag.tensor([0, 1])),
        (ag.sigmoid, F.binary_cross_entropy_with_logits, ag.zeros(2, 3)),
    ],
)
def test_an_activation_that_the_loss_applies_itself(activation, loss, target):
    x = ag.randn(2, 3).requires_grad_()
    with pytest.warns(UserWarning, match="as they are") as caught:
        loss(activation(x), target)
    assert caught[0].filename == __file__


def test_losses_do_not_warn_in_ordinary_use():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        F.cross_entropy(ag.randn(3, 4), ag.tensor([0, 1, 2]))
        F.mse_loss(ag.randn(3), ag.randn(3))
        F.kl_div(ag.randn(3), ag.rand(3), reduction="batchmean")
