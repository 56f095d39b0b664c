"""Losses against PyTorch where samples do not reach: older arguments, empty and ignored examples, refusals, ctc over random sizes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
import nn.functional as F  # noqa: E402

SIDES = ((ag, F), (torch, torch.nn.functional))


def outcome(case, m, f, rng):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return case(m, f, rng)
    except Exception as error:
        return error


def agree(case, seed, kind="float64"):
    """Both sides: equal losses and equal gradients of every leaf, or exceptions of one type."""
    results = []
    for m, f in SIDES:
        leaves, numbers = [], np.random.default_rng(seed)

        def make(*shape, low=-2.0, high=2.0, grad=True, m=m, leaves=leaves, rng=numbers):
            t = m.tensor(rng.uniform(low, high, shape).astype(kind))
            if grad:
                leaves.append(t.requires_grad_())
            return t

        out = outcome(case, m, f, make)
        grads = []
        if not isinstance(out, Exception) and out.requires_grad:
            out.backward(m.ones_like(out))
            grads = [leaf.grad for leaf in leaves]
        results.append((out, grads))
    (ours, our_grads), (theirs, their_grads) = results
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs)), f"PyTorch {theirs!r}; ours {ours!r}"
        return
    assert not isinstance(ours, Exception), repr(ours)
    tolerance = 1e-9 if kind == "float64" else 1e-5
    expected = theirs.numpy(force=True)
    assert ours.array.dtype == expected.dtype
    np.testing.assert_allclose(ours.array, expected, tolerance, tolerance)
    for g, h in zip(our_grads, their_grads, strict=True):
        np.testing.assert_allclose(g.array, h.numpy(force=True), 20 * tolerance, 20 * tolerance)


def labels(m, *values):
    return m.tensor(list(values))


CASES = {
    "all labels ignored": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 1), ignore_index=1),
    "all labels ignored, sum": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 1), ignore_index=1, reduction="sum"),
    "ignored label out of range": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, -100)),
    "ignored 255": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 255, 1), ignore_index=255),
    "no examples": lambda m, f, x: f.cross_entropy(x(0, 3), m.zeros(0).long()),
    "no examples, sum": lambda m, f, x: f.nll_loss(x(0, 3), m.zeros(0).long(), reduction="sum"),
    "no examples, none": lambda m, f, x: f.nll_loss(x(0, 3), m.zeros(0).long(), reduction="none"),
    "images": lambda m, f, x: f.cross_entropy(x(2, 3, 4, 5), m.ones(2, 4, 5).long(), x(3, low=0.1, grad=False)),
    "images, none": lambda m, f, x: f.nll_loss(x(2, 3, 4, 5), m.ones(2, 4, 5).long(), reduction="none"),
    "volumes": lambda m, f, x: f.nll_loss(x(2, 3, 2, 2, 2), m.ones(2, 2, 2, 2).long()),
    "byte labels": lambda m, f, x: f.nll_loss(x(2, 3), labels(m, 1, 2).to(m.uint8)),
    "int32 labels": lambda m, f, x: f.nll_loss(x(2, 3), labels(m, 1, 2).to(m.int32)),
    "float labels": lambda m, f, x: f.nll_loss(x(2, 3), m.tensor([1.0, 2.0])),
    "label too large": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 3)),
    "label below 0": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, -1)),
    "label too large, images": lambda m, f, x: f.nll_loss(x(1, 3, 2), labels(m, [1, 7])),
    "batch sizes": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 2, 0)),
    "target with a column": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, [1], [2])),
    "target of another size": lambda m, f, x: f.cross_entropy(x(2, 3, 4), labels(m, [1, 2], [0, 1])),
    "scores without dimensions": lambda m, f, x: f.cross_entropy(x(), m.tensor(0)),
    "one example": lambda m, f, x: f.nll_loss(x(3), m.tensor(1)),
    "weights of another length": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 2), x(2, grad=False)),
    "weights of another type": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 2), m.ones(3)),
    "weights that need gradients": lambda m, f, x: f.nll_loss(x(2, 3), labels(m, 1, 2), x(3)),
    "an unknown reduction": lambda m, f, x: f.nll_loss(x(2, 3), labels(m, 1, 2), reduction="avg"),
    "smoothing beyond 1": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 2), label_smoothing=1.5),
    "smoothing, weights, ignored": lambda m, f, x: f.cross_entropy(
        x(3, 3), labels(m, 1, 2, 0), x(3, low=0.1, grad=False), ignore_index=2, label_smoothing=0.3
    ),
    "smoothing, all ignored": lambda m, f, x: f.cross_entropy(x(2, 3), labels(m, 1, 1), ignore_index=1, label_smoothing=0.3),
    "probabilities": lambda m, f, x: f.cross_entropy(x(2, 3), x(2, 3, low=0)),
    "probabilities of another shape": lambda m, f, x: f.cross_entropy(x(2, 3), x(2, 4)),
    "probabilities and ignore_index": lambda m, f, x: f.cross_entropy(x(2, 3), x(2, 3), ignore_index=1),
    "size_average": lambda m, f, x: f.nll_loss(x(2, 3), labels(m, 1, 2), size_average=False),
    "reduce": lambda m, f, x: f.mse_loss(x(2, 3), x(2, 3), reduce=False),
    "reduce and size_average": lambda m, f, x: f.l1_loss(x(2, 3), x(2, 3), size_average=True, reduce=True),
    "bce outside [0, 1]": lambda m, f, x: f.binary_cross_entropy(x(3, low=1.1), x(3, low=0, high=1)),
    "bce target outside [0, 1]": lambda m, f, x: f.binary_cross_entropy(x(3, low=0, high=1), x(3, low=1.1)),
    "bce shapes": lambda m, f, x: f.binary_cross_entropy(x(3, low=0, high=1), x(3, 1, low=0, high=1)),
    "bce of sure misses": lambda m, f, x: f.binary_cross_entropy(m.tensor([0.0, 1.0]), m.tensor([1.0, 0.0])),
    "bce logits shapes": lambda m, f, x: f.binary_cross_entropy_with_logits(x(3), x(3, 1)),
    "bce logits of integers": lambda m, f, x: f.binary_cross_entropy_with_logits(x(3), labels(m, 1, 0, 1)),
    "mse broadcast": lambda m, f, x: f.mse_loss(x(4, 1), x(4)),
    "mse misfit": lambda m, f, x: f.mse_loss(x(4, 2), x(4, 3)),
    "mse of integers": lambda m, f, x: f.mse_loss(labels(m, 1, 2), labels(m, 3, 4)),
    "mse of types": lambda m, f, x: f.mse_loss(x(3), m.ones(3)),
    "mse weight of another size": lambda m, f, x: f.mse_loss(x(3), x(3), weight=x(2)),
    "mse of nothing": lambda m, f, x: f.mse_loss(x(0, 3), x(0, 3)),
    "smooth_l1 beta below 0": lambda m, f, x: f.smooth_l1_loss(x(3), x(3), beta=-1.0),
    "huber delta 0": lambda m, f, x: f.huber_loss(x(3), x(3), delta=0.0),
    "kl mean": lambda m, f, x: f.kl_div(x(2, 3), x(2, 3, low=0.1)),
    "kl of a zero probability": lambda m, f, x: f.kl_div(x(3), m.tensor([0.0, 0.5, 0.5]), reduction="sum"),
    "gaussian variance below 0": lambda m, f, x: f.gaussian_nll_loss(x(3), x(3), x(3, low=-2, high=-1)),
    "gaussian variance of another size": lambda m, f, x: f.gaussian_nll_loss(x(3, 2), x(3, 2), x(2, low=0.1)),
    "gaussian variance below eps": lambda m, f, x: f.gaussian_nll_loss(x(3), x(3), x(3, low=0.01, high=0.2), eps=0.1),
    "gaussian number": lambda m, f, x: f.gaussian_nll_loss(x(3), x(3), 0.5),
    "gaussian number below 0": lambda m, f, x: f.gaussian_nll_loss(x(3), x(3), -0.5),
    "ranking dimensions": lambda m, f, x: f.margin_ranking_loss(x(3), x(3), x(3, 1)),
    "cosine embedding dimensions": lambda m, f, x: f.cosine_embedding_loss(x(3, 2), x(3, 2), x(3, 2)),
    "cosine embedding of one": lambda m, f, x: f.cosine_embedding_loss(x(3), x(3), m.tensor(1)),
    "triplet margin 0": lambda m, f, x: f.triplet_margin_loss(x(2, 3), x(2, 3), x(2, 3), margin=0.0),
    "triplet dimensions": lambda m, f, x: f.triplet_margin_loss(x(2, 3), x(2, 3), x(3)),
    "triplet of one": lambda m, f, x: f.triplet_margin_loss(x(3), x(3), x(3), p=3.0),
    "triplet, own distance, swapped": lambda m, f, x: f.triplet_margin_with_distance_loss(
        x(2, 3), x(2, 3), x(2, 3), distance_function=lambda a, b: ((a - b) ** 2).sum(-1), swap=True, margin=3.0, reduction="none"
    ),
    "multi margin p=3": lambda m, f, x: f.multi_margin_loss(x(2, 3), labels(m, 1, 2), p=3),
    "multi margin label": lambda m, f, x: f.multi_margin_loss(x(2, 3), labels(m, 1, 3)),
    "multi margin one, none": lambda m, f, x: f.multi_margin_loss(x(3), m.tensor(1), reduction="none"),
    "multilabel margin shapes": lambda m, f, x: f.multilabel_margin_loss(x(2, 3), labels(m, [1, 2])),
    "multilabel margin label": lambda m, f, x: f.multilabel_margin_loss(x(1, 3), labels(m, [1, 3, -1])),
    "multilabel margin none": lambda m, f, x: f.multilabel_margin_loss(x(3), labels(m, -1, 1, 2), reduction="none"),
    "multilabel soft margin": lambda m, f, x: f.multilabel_soft_margin_loss(x(2, 3), x(2, 3, low=0, high=1), x(3), reduction="sum"),
    "ctc too long a target": lambda m, f, x: f.ctc_loss(x(2, 1, 3).log_softmax(2), labels(m, [1, 2, 1]), labels(m, 2), labels(m, 3)),
    "ctc blank": lambda m, f, x: f.ctc_loss(x(2, 1, 3).log_softmax(2), labels(m, [1]), labels(m, 2), labels(m, 1), blank=3),
    "ctc input lengths": lambda m, f, x: f.ctc_loss(x(2, 1, 3).log_softmax(2), labels(m, [1]), labels(m, 3), labels(m, 1)),
    "ctc tuples": lambda m, f, x: f.ctc_loss(x(4, 2, 3).log_softmax(2), labels(m, [1, 2], [2, 1]), (4, 3), (2, 1)),
    "ctc of nothing": lambda m, f, x: f.ctc_loss(x(4, 1, 3).log_softmax(2), m.zeros(1, 0).long(), labels(m, 4), labels(m, 0)),
    "pairwise distance of equals": lambda m, f, x: f.pairwise_distance(m.ones(2, 3).requires_grad_(), m.ones(2, 3), eps=0.0),
    "cosine of zeros": lambda m, f, x: f.cosine_similarity(m.zeros(2, 3), x(2, 3)),
    "normalize zeros": lambda m, f, x: f.normalize(m.zeros(2, 3).requires_grad_()),
    "normalize two dims": lambda m, f, x: f.normalize(x(2, 3, 4), dim=(1, 2)),
    "glu odd": lambda m, f, x: f.glu(x(3)),
    "softmax without dim": lambda m, f, x: f.softmax(x(2, 3)),
    "softmin without dim": lambda m, f, x: f.softmin(x(2, 3, 4)),
}


@pytest.mark.parametrize("case", CASES)
def test_cases(case, seed):
    agree(CASES[case], seed)


@pytest.mark.parametrize("case", [c for c in CASES if "bce" in c or "smooth" in c or "images" in c])
def test_cases_in_single_precision(case, seed):
    agree(CASES[case], seed, "float32")


@settings(deadline=None, max_examples=40)
@given(
    steps=st.integers(1, 8), count=st.integers(1, 4), classes=st.integers(2, 5), longest=st.integers(0, 4), draw=st.integers(0, 2**31),
    kind=st.sampled_from(["none", "sum", "mean"]), zero=st.booleans(),
)  # fmt: skip
def test_ctc(steps, count, classes, longest, draw, kind, zero):
    rng = np.random.default_rng(draw)
    blank = int(rng.integers(classes))
    paths = (blank + rng.integers(1, classes, (count, longest))) % classes
    times, sizes = rng.integers(0, steps + 1, count), rng.integers(0, longest + 1, count)
    with np.errstate(all="ignore"):
        agree(
            lambda m, f, x: f.ctc_loss(
                x(steps, count, classes).log_softmax(2), *[m.tensor(v) for v in (paths, times, sizes)], blank, kind, zero
            ),
            draw,
        )


@settings(deadline=None, max_examples=40)
@given(
    rows=st.integers(0, 4), classes=st.integers(1, 5), extra=st.lists(st.integers(1, 3), max_size=2), draw=st.integers(0, 2**31),
    kind=st.sampled_from(["none", "sum", "mean"]), weighted=st.booleans(), smoothing=st.sampled_from([0.0, 0.2]),
    ignored=st.integers(-1, 2),
)  # fmt: skip
def test_cross_entropy(rows, classes, extra, draw, kind, weighted, smoothing, ignored):
    rng = np.random.default_rng(draw)
    target = rng.integers(0, classes, (rows, *extra))
    with np.errstate(all="ignore"):
        agree(
            lambda m, f, x: f.cross_entropy(
                x(rows, classes, *extra), m.tensor(target), x(classes, low=0.1, grad=False) if weighted else None,
                ignore_index=ignored, reduction=kind, label_smoothing=smoothing,
            ),
            draw,
        )  # fmt: skip


def test_rrelu_draws_what_pytorch_draws():
    x = np.random.default_rng(0).standard_normal(100).astype(np.float32)
    ag.random.manual_seed(7)
    torch.manual_seed(7)
    t = torch.tensor(x, requires_grad=True)
    y = ag.tensor(x).requires_grad_()
    theirs, ours = torch.nn.functional.rrelu(t, training=True), F.rrelu(y, training=True)
    np.testing.assert_allclose(ours.array, theirs.numpy(force=True), 1e-6)
    theirs.sum().backward()
    ours.sum().backward()
    np.testing.assert_allclose(y.grad.array, t.grad.numpy(), 1e-6)
