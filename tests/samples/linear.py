"""Samples of the matrix products."""

from __future__ import annotations

from .build import call, real

RECORDS = {
    "matmul": [
        call(real(3, 4), real(4, 2)),
        call(real(4), real(4)),
        call(real(3, 4), real(4)),
        call(real(4), real(4, 2)),
        call(real(2, 3, 4), real(4, 5)),
        call(real(2, 3, 4), real(2, 4, 5)),
        call(real(2, 1, 3, 4), real(5, 4, 2)),
        call(real(2, 3, 4), real(4)),
        call(real(4), real(2, 4, 3)),
        call(real(0, 4), real(4, 2)),
    ],
    "functional.linear": [call(real(3, 4), real(2, 4), real(2)), call(real(2, 3, 4), real(5, 4)), call(real(4), real(2, 4), real(2))],
}
