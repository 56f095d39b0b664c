"""Rows of the losses, with every reduction."""

from __future__ import annotations

import numpy as np

from tests.samples.build import Spec, distinct, fixed, ints, positive, real

ALL = ("'mean'", "'sum'", "'none'")
X, Y = real(5, 4), real(5, 4, grad=False)
NEAR = positive(5, 4, low=0.05, high=0.95)
LABELS = ints(5, low=0, high=4)
SIGNS = fixed([1, -1, 1, 1, -1])
TABLE = fixed(np.where(np.arange(20).reshape(5, 4) % 3, 1.0, -1.0), False)
WEIGHT = "tensor([0.2, 1.0, 3.0, 0.5])"
STEPS = Spec((6, 3, 5), lambda rng, s: np.log(rng.dirichlet(np.ones(s[-1]), s[:-1])))

REDUCED = [
    ("MSELoss(", X, Y),
    ("L1Loss(", X, Y),
    ("SmoothL1Loss(beta=0.3, ", X, Y),
    ("HuberLoss(delta=0.3, ", X, Y),
    ("NLLLoss(", X, LABELS),
    (f"NLLLoss({WEIGHT}, ignore_index=2, ", X, LABELS),
    ("CrossEntropyLoss(", X, LABELS),
    (f"CrossEntropyLoss(weight={WEIGHT}, label_smoothing=0.1, ignore_index=1, ", X, LABELS),
    (f"CrossEntropyLoss(weight={WEIGHT}, label_smoothing=0.2, ", X, positive(5, 4, grad=False)),
    ("CrossEntropyLoss(ignore_index=-1, ", real(2, 4, 3), fixed([[1, -1, 3], [0, 2, 1]])),
    ("BCELoss(", NEAR, positive(5, 4, low=0.0, high=1.0, grad=False)),
    (f"BCELoss({WEIGHT}, ", NEAR, positive(5, 4, low=0.0, high=1.0, grad=False)),
    (f"BCEWithLogitsLoss(weight={WEIGHT}, pos_weight={WEIGHT}, ", X, positive(5, 4, low=0.0, high=1.0, grad=False)),
    ("PoissonNLLLoss(full=True, ", X, positive(5, 4, grad=False)),
    ("PoissonNLLLoss(log_input=False, eps=1e-3, ", positive(5, 4), positive(5, 4, grad=False)),
    ("GaussianNLLLoss(full=True, eps=1e-3, ", X, Y, positive(5, 4)),
    ("HingeEmbeddingLoss(0.4, ", X, TABLE),
    ("SoftMarginLoss(", X, TABLE),
    (f"MultiLabelSoftMarginLoss({WEIGHT}, ", X, ints(5, 4, low=0, high=2)),
    ("MultiLabelMarginLoss(", distinct(3, 4), fixed([[3, 0, -1, 1], [1, -1, 2, 2], [0, 1, -1, 3]])),
    (f"MultiMarginLoss(2, 0.5, {WEIGHT}, ", X, LABELS),
    ("MultiMarginLoss(", distinct(5, 4), LABELS),
    ("MarginRankingLoss(0.3, ", real(5), real(5), SIGNS),
    ("CosineEmbeddingLoss(0.1, ", real(5, 4), real(5, 4), SIGNS),
    ("TripletMarginLoss(0.7, 3.0, 1e-3, True, ", real(5, 4), real(5, 4), real(5, 4)),
    ("TripletMarginWithDistanceLoss(margin=0.7, swap=True, distance_function=CosineSimilarity(), ", real(5, 4), real(5, 4), real(5, 4)),
    ("TripletMarginWithDistanceLoss(", real(5, 4), real(5, 4), real(5, 4)),
    ("CTCLoss(0, ", STEPS, fixed([[1, 2], [3, 3], [4, 1]]), fixed([6, 5, 6]), fixed([2, 2, 1])),
    ("CTCLoss(blank=4, zero_infinity=True, ", STEPS, fixed([[1, 2], [3, 3], [0, 1]]), fixed([6, 2, 6]), fixed([2, 2, 1])),
    ("LinearCrossEntropyLoss(4, 3, bias=True, label_smoothing=0.1, ", X, ints(5, low=0, high=3)),
    ("LinearCrossEntropyLoss(4, 3, weight=tensor([0.2, 1.0, 3.0]), ignore_index=1, ", X, ints(5, low=0, high=3)),
]

ROWS = [
    *[(f"{row[0]}reduction={kind})", *row[1:]) for row in REDUCED for kind in ALL],
    *[(f"KLDivLoss(reduction={kind}, log_target=True)", X, Y) for kind in ("'batchmean'", "'sum'", "'none'")],
    ("KLDivLoss(reduction='batchmean')", X, positive(5, 4, grad=False)),
    ("LinearCrossEntropyLoss(4, 3, options=LinearCrossEntropyOptions(True, 2, None, 'compact'))", X, ints(5, low=0, high=3)),
    ("LinearCrossEntropyLoss(4, 3, out_features=(2,))", X, ints(5, 2, low=0, high=3)),
]
