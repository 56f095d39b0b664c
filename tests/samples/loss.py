"""Samples of the losses."""

from __future__ import annotations

from .build import call, fixed, ints, positive, real

LABELS = fixed([0, 2, 1, 3])
RECORDS = {
    "functional.nll_loss": [
        call(real(4, 5), LABELS),
        call(real(4, 5), LABELS, positive(5, grad=False), reduction="sum"),
        call(real(4, 5), LABELS, positive(5, grad=False), ignore_index=1),
        call(real(4, 5, 2, 3), ints(4, 2, 3, low=0, high=5), reduction="none"),
        call(real(4, 5, 2), ints(4, 2, low=0, high=5), positive(5, grad=False)),
        call(real(5), fixed(3)),
    ],
    "functional.cross_entropy": [
        call(real(4, 5), LABELS),
        call(real(4, 5, 2), ints(4, 2, low=0, high=5), positive(5, grad=False), reduction="none"),
    ],
    "functional.mse_loss": [call(real(4, 3), real(4, 3)), call(real(4), real(4), reduction="sum"), call(real(4), real(4), reduction="none")],
}
