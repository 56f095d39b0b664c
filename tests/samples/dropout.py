"""Samples of dropout: only what is not random stands here, the rest in tests/ops/test_dropout.py."""

from __future__ import annotations

from .build import call, real

RECORDS = {
    "dropout": [call(real(3, 4), 0.5, False), call(real(3, 4), 0.0, True), call(real(3, 4), 1.0, True)],
    "functional.dropout1d": [call(real(2, 3, 4), 0.5, False), call(real(2, 3, 4), 1.0, True)],
    "functional.dropout2d": [call(real(2, 3, 4, 2), 0.5, False), call(real(2, 3, 4, 2), 1.0, True)],
    "functional.dropout3d": [call(real(2, 3, 4, 2, 2), 0.5, False), call(real(2, 3, 4, 2, 2), 1.0, True)],
    "alpha_dropout": [call(real(3, 4), 0.5, False), call(real(3, 4), 0.0, True)],
    "feature_alpha_dropout": [call(real(3, 4), 0.5, False), call(real(3, 4), 0.0, True)],
}
