"""Samples of the ops that change shapes, and of joining."""

from __future__ import annotations

from .build import call, real

RECORDS = {
    "reshape": [call(real(2, 6), (3, 4)), call(real(2, 6), (-1,)), call(real(0, 3), (3, 0)), call(real(1), ())],
    "transpose": [call(real(2, 3, 4), 0, 2), call(real(2, 3), -1, -2), call(real(), 0, -1)],
    "unsqueeze": [call(real(2, 3), 0), call(real(2, 3), -1), call(real(), 0)],
    "squeeze": [call(real(1, 3, 1)), call(real(1, 3, 1), 0), call(real(1, 3, 1), (0, 2)), call(real(2, 3), 0)],
    "flatten": [call(real(2, 3, 4)), call(real(2, 3, 4), 1), call(real(2, 3, 4), 0, 1), call(real())],
    "clone": [call(real(2, 3))],
    "cat": [call([real(2, 3), real(4, 3)]), call([real(2, 3), real(2, 1)], 1), call([real(2, 3), real(2, 0)], -1)],
    "stack": [call([real(2, 3), real(2, 3)]), call([real(2, 3), real(2, 3)], -1), call([real()] * 3)],
    "t": [call(real(2, 3)), call(real(3)), call(real())],
}
