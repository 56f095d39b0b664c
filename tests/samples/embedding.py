"""Samples of the look-ups."""

from __future__ import annotations

from .build import Sample, call, fixed, ints, no_grad, real

RECORDS = {
    "functional.embedding": [
        call(ints(2, 3, low=0, high=5), real(5, 4)),
        Sample((fixed([[1, 0], [2, 1]]), real(3, 2), 1), numeric=False),
        call(ints(low=0, high=4), real(4, 2)),
        Sample((fixed([[1, 0, 1], [2, 1, 1]]), real(4, 2)), {"scale_grad_by_freq": True}, numeric=False),
    ],
    "functional.embedding_bag": [
        call(ints(3, 4, low=0, high=5), real(5, 2)),
        call(ints(6, low=0, high=5), real(5, 2), fixed([0, 2, 2, 5]), mode="sum"),
        call(ints(3, 4, low=0, high=5), real(5, 2), mode="max"),
        Sample((ints(6, low=0, high=5), real(5, 2), fixed([0, 4])), {"mode": "sum", "per_sample_weights": real(6)}, grad2=False),
        Sample((fixed([[1, 0], [2, 1]]), real(3, 2)), {"padding_idx": 1}, numeric=False),
        call(fixed([1, 0, 3, 1, 2]), real(4, 2), fixed([0, 2, 2, 5]), mode="sum", include_last_offset=True, padding_idx=-3),
        Sample((fixed([[1, 0], [1, 0]]), real(4, 2)), {"scale_grad_by_freq": True}, numeric=False),
        # PyTorch divides by the reads of another row here
        Sample((fixed([[1, 0, 1], [2, 1, 1]]), real(4, 2)), {"scale_grad_by_freq": True}, numeric=False, parity=False),
    ],
    "functional.one_hot": [no_grad(ints(2, 3, low=0, high=5)), no_grad(ints(4, low=0, high=3), 6)],
}
