"""Samples of the normalisations."""

from __future__ import annotations

from .build import call, fixed, positive, real

MEAN = fixed([0.1, -0.2, 0.3], False)
VAR = fixed([0.5, 1.5, 0.8], False)

RECORDS = {
    "functional.batch_norm": [
        call(real(4, 3), None, None, real(3), real(3), True),
        call(real(3, 3, 4, 2), None, None, real(3), real(3), True, 0.1, 1e-3),
        call(real(3, 3, 4), None, None, training=True),
        call(real(4, 3, 2), MEAN, VAR, positive(3), real(3)),
        call(real(4, 3, 2), MEAN, VAR),
    ],
    "layer_norm": [
        call(real(3, 4), (4,), real(4), real(4)),
        call(real(2, 3, 4), (3, 4), real(3, 4), real(3, 4), 1e-3),
        call(real(2, 5), [5]),
        call(real(6), (6,), real(6)),
    ],
    "group_norm": [
        call(real(2, 4, 3), 2, real(4), real(4)),
        call(real(2, 6, 3, 2), 3),
        call(real(3, 4), 1, real(4), real(4)),
    ],
    "functional.instance_norm": [call(real(2, 3, 5), weight=real(3), bias=real(3)), call(real(2, 3, 4, 2))],
    "rms_norm": [call(real(3, 4), (4,), real(4)), call(real(2, 3, 4), (3, 4), None, 1e-3)],
    "functional.local_response_norm": [call(real(2, 5, 3), 3), call(real(2, 4, 3, 2), 2, 0.1, 0.5, 2.0)],
}
