"""Samples of the losses."""

from __future__ import annotations

from .build import Sample, call, distinct, fixed, ints, positive, real

LABELS = fixed([0, 2, 1, 3])
WEIGHT = positive(5, grad=False)
SIGNS = fixed([1.0, -1.0, -1.0, 1.0], grad=False)
PROBABILITIES = real(4, 3, low=0.1, high=0.9)
REAL_STEPS = real(6, 3, 5, low=-3, high=0)  # log-probabilities of 6 steps, 3 examples and 5 classes
PATHS, TIMES, SIZES = fixed([[1, 2, 2], [3, 3, 1], [2, 1, 3]]), fixed([6, 5, 2]), fixed([2, 3, 3])
ALL = ("mean", "sum", "none")
PAIRS = [call(real(4, 3), distinct(4, 3), reduction=kind) for kind in ALL]
RECORDS = {
    "functional.nll_loss": [
        call(real(4, 5), LABELS),
        call(real(4, 5), LABELS, WEIGHT, reduction="sum"),
        call(real(4, 5), LABELS, WEIGHT, ignore_index=1),
        call(real(4, 5, 2, 3), ints(4, 2, 3, low=0, high=5), reduction="none"),
        call(real(4, 5, 2), ints(4, 2, low=0, high=5), WEIGHT),
        call(real(5), fixed(3)),
        call(real(0, 5), ints(0, low=0, high=5), reduction="sum"),
    ],
    "functional.cross_entropy": [
        call(real(4, 5), LABELS),
        call(real(4, 5), LABELS, ignore_index=2, label_smoothing=0.2),
        call(real(4, 5), LABELS, WEIGHT, ignore_index=2, label_smoothing=0.2),
        call(real(4, 5, 2), ints(4, 2, low=0, high=5), WEIGHT, reduction="none", label_smoothing=0.1),
        call(real(4, 5), LABELS, WEIGHT, reduction="sum", label_smoothing=0.1),
        call(real(5), fixed(3), label_smoothing=0.3),
        call(real(4, 5, 2), ints(4, 2, low=0, high=5), WEIGHT, reduction="none"),
        call(real(4, 5), positive(4, 5)),
        call(real(4, 5, 3), positive(4, 5, 3), WEIGHT, label_smoothing=0.1),
        call(real(4, 5), positive(4, 5), WEIGHT, reduction="none"),
        call(real(5), positive(5), reduction="sum"),
    ],
    "functional.linear_cross_entropy": [
        call(real(4, 3), real(5, 3), LABELS, linear_bias=real(5)),
        call(real(4, 3), real(5, 3), LABELS, weight=WEIGHT, ignore_index=2, label_smoothing=0.1, reduction="sum"),
        call(real(4, 3), real(5, 3), positive(4, 5)),
        call(real(4, 3), real(5, 2, 3), ints(4, 2, low=0, high=5), linear_bias=real(5, 2)),
        call(real(3), real(5, 3), fixed(2)),
    ],
    "functional.mse_loss": [*PAIRS, *[call(real(4), real(4), reduction=kind, weight=positive(4)) for kind in ALL]],
    "functional.l1_loss": [*PAIRS, *[call(real(4), distinct(4), reduction=kind, weight=positive(4)) for kind in ALL]],
    "functional.smooth_l1_loss": [*PAIRS, call(real(7), distinct(7), beta=0.3), call(real(7), distinct(7), beta=0.0)],
    "functional.huber_loss": [*PAIRS, call(real(7), distinct(7), delta=0.3), call(real(4), distinct(4), weight=positive(4))],
    "functional.kl_div": [
        *[call(real(4, 3), positive(4, 3), reduction=kind) for kind in ("sum", "none", "batchmean")],
        call(real(4, 3), real(4, 3), reduction="batchmean", log_target=True),
    ],
    "functional.poisson_nll_loss": [
        call(real(4, 3), positive(4, 3)),
        call(positive(5), positive(5), False, reduction="sum"),
        call(real(9), positive(9, low=0.5, high=4), full=True, reduction="none"),
    ],
    "functional.gaussian_nll_loss": [
        call(real(4, 3), real(4, 3), positive(4, 3)),
        call(real(4, 3), real(4, 3), positive(4), full=True, reduction="none"),
        call(real(4, 3), real(4, 3), positive(4, 1), reduction="sum"),
        call(real(4, 3), real(4, 3), 0.7),
    ],
    "functional.binary_cross_entropy": [
        *[call(PROBABILITIES, real(4, 3, low=0, high=1), reduction=kind) for kind in ALL],
        call(PROBABILITIES, real(4, 3, low=0, high=1), positive(3, grad=False)),
    ],
    "functional.binary_cross_entropy_with_logits": [
        *[call(real(4, 3, low=-5, high=5), real(4, 3, low=0, high=1), reduction=kind) for kind in ALL],
        call(real(4, 3), real(4, 3, low=0, high=1), positive(4, 3, grad=False), pos_weight=positive(3, grad=False)),
        call(real(4, 3), real(4, 3, low=0, high=1), pos_weight=positive(3, grad=False), reduction="sum"),
    ],
    "functional.soft_margin_loss": [call(real(4), SIGNS, reduction=kind) for kind in ALL],
    "functional.multilabel_soft_margin_loss": [
        call(real(4, 3), real(4, 3, low=0, high=1)),
        call(real(4, 3), real(4, 3, low=0, high=1), positive(3), reduction="none"),
    ],
    "functional.hinge_embedding_loss": [call(real(4, away=(1,)), SIGNS, reduction=kind) for kind in ALL],
    "functional.margin_ranking_loss": [call(distinct(4), real(4, low=-0.01, high=0.01), SIGNS, 0.2, reduction=kind) for kind in ALL],
    "functional.cosine_embedding_loss": [call(real(4, 5), real(4, 5), SIGNS, margin=-0.9, reduction=kind) for kind in ALL],
    "functional.triplet_margin_loss": [
        *[call(real(4, 5), real(4, 5), real(4, 5), margin=4.0, reduction=kind) for kind in ALL],
        call(real(4, 5), real(4, 5), real(4, 5), margin=9.0, p=1, swap=True),
    ],
    "functional.triplet_margin_with_distance_loss": [call(real(4, 5), real(4, 5), real(4, 5), margin=4.0)],
    "functional.ctc_loss": [
        *[Sample((REAL_STEPS, PATHS, TIMES, fixed([2, 3, 1])), {"reduction": kind}, grad=False) for kind in ALL],
        Sample((REAL_STEPS, PATHS, TIMES, SIZES), {"blank": 4, "zero_infinity": True}, grad=False),
        Sample((real(6, 5, low=-3, high=0), fixed([1, 1, 2]), fixed([6]), fixed([3])), {"reduction": "none"}, grad=False),
        Sample((REAL_STEPS, fixed([1, 2, 3]), TIMES, fixed([2, 0, 1])), grad=False),
    ],
    "functional.multi_margin_loss": [
        call(distinct(4, 5), LABELS),
        call(real(4, 5), LABELS, p=2, margin=3.0, reduction="none"),
        call(distinct(4, 5), LABELS, weight=WEIGHT, reduction="sum"),
        call(distinct(5), fixed(3)),
    ],
    "functional.multiclass_hinge_loss": [
        Sample((distinct(4, 5), LABELS), parity=False),
        Sample((real(4, 5), LABELS), {"margin": 3.0, "reduction": "none"}, parity=False),
        Sample((distinct(5), fixed(3)), {"reduction": "sum"}, parity=False),
    ],
    "functional.multilabel_margin_loss": [
        call(distinct(3, 4), fixed([[3, 0, -1, 1], [-1, 2, 2, 2], [0, 1, 2, 3]])),
        call(distinct(3, 4), fixed([[3, 0, -1, 1], [1, -1, 2, 2], [0, 1, -1, 3]]), reduction="none"),
        call(distinct(4), fixed([3, 0, -1, 1])),
    ],
}
