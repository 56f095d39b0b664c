"""Normalisation of few elements, forward and backward, in one launch each and in place of a copy. Imports NumPy, `jit`, `norm_loops`.

The callers see to it that shapes and types fit; the loops are those of large arrays, row by row, so that the bits are theirs.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from .jit import compiled
from .norm_loops import add_row, normalise_row, normalise_row_input, sum_square, weighted_sums

__all__ = ["FEW", "loops"]

FEW = 512
"""Elements up to which a row after the other on the caller's thread is all that there is to do."""


@functools.cache
def loops(kind: str) -> Any:
    """The loops for "f", float32, or "d", float64."""
    real, wide = (np.float32, False) if kind == "f" else (np.float64, True)

    @compiled
    def rows(x, n, w, b, weighted, shifted, eps, centred, mean, rstd):  # type: ignore[no-untyped-def]
        weight, bias = w, b
        if not weighted:
            weight = np.ones(n, real)
        if not shifted:
            bias = np.zeros(n, real)
        for r in range(len(mean)):
            row = x[r * n : (r + 1) * n]
            s, q = sum_square(row, 0.0)
            m = s / n if centred else 0.0
            if wide and centred:
                _, q = sum_square(row, m)
            else:
                q = max(q - m * s, 0.0)
            mean[r] = m
            rstd[r] = 1.0 / np.sqrt(q / n + eps)
            normalise_row(row, mean[r], rstd[r], weight, bias, row)

    @compiled
    def rows_input(g, x, n, w, weighted, mean, rstd, centred, sums):  # type: ignore[no-untyped-def]
        weight = w
        if not weighted:
            weight = np.ones(n, real)
        gw, gb = np.zeros(n), np.zeros(n)
        for r in range(len(rstd)):
            row, given = x[r * n : (r + 1) * n], g[r * n : (r + 1) * n]
            m = mean[r] if centred else real(0)
            add_row(given, row, m, rstd[r], gw, gb)
            s, q = weighted_sums(given, row, m, weight)
            k1 = s / n if centred else 0.0
            k2 = q / n * np.float64(rstd[r]) * np.float64(rstd[r])
            normalise_row_input(given, row, weight, m, rstd[r], real(k1), real(k2), given)
        for i in range(n):
            sums[i] = gw[i]
            sums[n + i] = gb[i]

    v = np.empty(0, real)
    return SimpleNamespace(
        rows=rows.entry(v, 1, v, v, True, True, 0.0, True, v, v),
        rows_input=rows_input.entry(v, v, 1, v, True, v, v, True, v),
    )
