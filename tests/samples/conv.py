"""Samples of the convolutions, padding and pooling."""

from __future__ import annotations

import numpy as np

from .build import call, distinct, fixed, real

DRAWN = fixed(np.random.default_rng(0).random((2, 3, 2)), False)

RECORDS = {
    "conv1d": [
        call(real(2, 3, 8), real(4, 3, 3), real(4)),
        call(real(2, 4, 9), real(4, 2, 2), None, 2, 1, 2, 2),
        call(real(3, 8), real(2, 3, 4), None, 1, "same"),
        call(real(2, 3, 8), real(2, 3, 3), real(2), padding="valid"),
    ],
    "conv2d": [
        call(real(2, 3, 7, 6), real(4, 3, 3, 3), real(4)),
        call(real(2, 4, 7, 8), real(6, 2, 3, 2), real(6), (2, 1), (1, 0), (1, 2), 2),
        call(real(2, 4, 6, 6), real(4, 1, 3, 3), None, 1, 1, 1, 4),
        call(real(3, 6, 6), real(2, 3, 4, 3), real(2), 1, "same"),
        call(real(2, 3, 5, 5), real(4, 3, 1, 1), real(4)),
        call(real(0, 3, 5, 5), real(4, 3, 3, 3), real(4)),
    ],
    "conv3d": [
        call(real(1, 2, 4, 5, 4), real(3, 2, 2, 3, 2), real(3)),
        call(real(2, 2, 4, 4, 4), real(2, 1, 2, 2, 2), None, 2, 1, 1, 2),
    ],
    "conv_tbc": [call(real(7, 2, 3), real(3, 3, 4), real(4), 1), call(real(5, 1, 2), real(2, 2, 3), real(3))],
    "conv_transpose1d": [call(real(2, 3, 5), real(3, 2, 3), real(2)), call(real(2, 4, 5), real(4, 2, 3), None, 2, 1, 1, 2, 2)],
    "conv_transpose2d": [
        call(real(2, 3, 4, 3), real(3, 2, 3, 3), real(2)),
        call(real(2, 4, 4, 3), real(4, 3, 3, 2), real(6), (2, 1), 1, (1, 0), 2),
        call(real(3, 4, 4), real(3, 2, 2, 2), None, 2),
    ],
    "conv_transpose3d": [call(real(1, 2, 2, 3, 2), real(2, 2, 2, 2, 2), real(2), 2)],
    "functional.pad": [
        call(real(2, 3), (1, 2)),
        call(real(2, 3), (1, 0, 2, 1), value=1.5),
        call(real(2, 4), (-1, 2)),
        call(real(2, 3, 4), (2, 1), "reflect"),
        call(real(1, 2, 3, 4), (1, 2, 2, 1), "replicate"),
        call(real(1, 2, 3, 4), (1, 2, 2, 1), "circular"),
        call(real(2, 3, 4), (1, 1), "circular"),
    ],
    "functional.max_pool1d": [call(distinct(2, 3, 9), 2), call(distinct(2, 3, 9), 3, 2, 1, 1, True), call(distinct(3, 8), 2, 1, 0, 2)],
    "functional.max_pool2d": [
        call(distinct(2, 3, 6, 6), 2),
        call(distinct(2, 2, 7, 6), (3, 2), (2, 1), 1, 1, True),
        call(distinct(1, 2, 7, 7), 2, 1, 0, 2),
        call(distinct(2, 5, 5), 2, return_indices=True),
    ],
    "functional.max_pool1d_with_indices": [call(distinct(2, 3, 9), 3, 2)],
    "functional.max_pool2d_with_indices": [call(distinct(2, 3, 6, 6), 2)],
    "functional.max_pool3d_with_indices": [call(distinct(1, 2, 4, 4, 4), 2)],
    "functional.adaptive_max_pool1d_with_indices": [call(distinct(2, 3, 9), 4)],
    "functional.adaptive_max_pool2d_with_indices": [call(distinct(2, 3, 7, 6), (3, None))],
    "functional.adaptive_max_pool3d_with_indices": [call(distinct(1, 2, 4, 5, 6), (2, 3, 1))],
    "functional.fractional_max_pool2d": [
        call(distinct(2, 3, 7, 6), 2, (3, 4), _random_samples=DRAWN),
        call(distinct(2, 3, 7, 6), (2, 3), output_ratio=(0.5, 0.6), return_indices=True, _random_samples=DRAWN),
        call(distinct(3, 7, 6), 2, 3, _random_samples=fixed(np.full((1, 3, 2), 0.4), False)),
    ],
    "functional.fractional_max_pool3d": [
        call(distinct(1, 2, 5, 6, 7), 2, (2, 3, 4), _random_samples=fixed([[[0.1, 0.5, 0.9], [0.7, 0.2, 0.3]]], False)),
    ],
    "functional.fractional_max_pool2d_with_indices": [call(distinct(2, 3, 7, 6), 2, (3, 4), _random_samples=DRAWN)],
    "functional.fractional_max_pool3d_with_indices": [
        call(distinct(1, 1, 5, 6, 7), (2, 3, 1), output_ratio=(0.6, 0.5, 0.7), _random_samples=fixed([[[0.1, 0.5, 0.9]]], False)),
    ],
    "functional.max_pool3d": [call(distinct(1, 2, 4, 4, 4), 2), call(distinct(1, 1, 5, 4, 5), 2, 2, 1, 1, True)],
    "functional.avg_pool1d": [call(real(2, 3, 9), 2), call(real(2, 3, 9), 3, 2, 1, True, False)],
    "functional.avg_pool2d": [
        call(real(2, 3, 6, 6), 2),
        call(real(2, 2, 7, 6), (3, 2), (2, 1), 1, True, False),
        call(real(1, 2, 7, 7), 3, 2, 1, divisor_override=4),
    ],
    "functional.avg_pool3d": [call(real(1, 2, 4, 4, 4), 2), call(real(1, 1, 5, 4, 5), 2, 2, 1, True)],
    "functional.adaptive_avg_pool1d": [call(real(2, 3, 7), 3)],
    "functional.adaptive_avg_pool2d": [call(real(2, 3, 7, 6), 3), call(real(2, 3, 7, 6), (None, 2)), call(real(3, 5, 5), 1)],
    "functional.adaptive_avg_pool3d": [call(real(1, 2, 4, 5, 6), (2, 3, 1))],
    "functional.adaptive_max_pool1d": [call(distinct(2, 3, 7), 3)],
    "functional.adaptive_max_pool2d": [call(distinct(2, 3, 7, 6), 3), call(distinct(2, 3, 7, 6), (None, 2), return_indices=True)],
    "functional.adaptive_max_pool3d": [call(distinct(1, 2, 4, 5, 6), (2, 3, 1))],
    "functional.max_unpool1d": [call(real(1, 2, 3), fixed([[[0, 3, 5], [1, 2, 4]]], False), 2)],
    "functional.max_unpool2d": [call(real(1, 1, 2, 2), fixed([[[[0, 3], [9, 14]]]], False), 2)],
    "functional.max_unpool3d": [call(real(1, 1, 1, 1, 2), fixed([[[[[0, 7]]]]], False), 2)],
    "functional.lp_pool1d": [call(real(2, 3, 8, low=0.3), 2.0, 2)],
    "functional.lp_pool2d": [call(real(2, 3, 6, 6, low=0.3), 2.0, 2), call(real(2, 3, 6, 6, low=0.3), 3.0, (2, 3), 2)],
    "functional.lp_pool3d": [call(real(1, 2, 4, 4, 4, low=0.3), 2.0, 2)],
}

