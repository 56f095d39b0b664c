"""Samples of the softmax family."""

from __future__ import annotations

from .build import call, real

OVER = [call(real(3, 4), 1), call(real(3, 4), dim=0), call(real(2, 3, 4), -2), call(real(), 0), call(real(2, 0), 1), call(real(0, 3), 1)]
RECORDS = {
    "softmax": OVER,
    "log_softmax": OVER,
    "functional.softmax": OVER,
    "functional.log_softmax": OVER,
    "functional.softmin": OVER,
}
