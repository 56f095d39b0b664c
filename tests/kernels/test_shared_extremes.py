"""Extremes and where they are, and log Σ exp, of arrays large enough for several threads: NaN, ties, every axis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_core.kernels import reduce
from autograd_core.kernels.jit import get_num_threads, numpy_only, set_num_threads
from autograd_core.kernels.softmax import exp_below, logsumexp

CALLS: dict[str, Any] = {
    "amax of all": lambda x: reduce.amax(x),
    "amin of all, kept": lambda x: reduce.amin(x, (0, 1), True),
    "amax 1": lambda x: reduce.amax(x, 1),
    "amin 1, kept": lambda x: reduce.amin(x, 1, True),
    "amax 0": lambda x: reduce.amax(x, 0),
    "argmax 1": lambda x: reduce.argmax(x, 1),
    "argmin 0": lambda x: reduce.argmin(x, 0),
    "max 1": lambda x: reduce.max_dim(x, 1)[0],
    "sum 0": lambda x: reduce.sum(x, 0),
    "sum of all": lambda x: reduce.sum(x),
}


def sample() -> np.ndarray:
    x = np.random.default_rng(0).integers(-50, 50, (700, 300)).astype(np.float32)
    x[5, 7] = np.nan
    return x


@pytest.mark.parametrize("name", CALLS)
def test_as_without_threads_and_loops(name: str) -> None:
    x = sample()
    with numpy_only():
        expected = CALLS[name](x)
    before = get_num_threads()
    try:
        for threads in (1, 3):
            set_num_threads(threads)
            got = CALLS[name](x)
            assert np.array_equal(got, expected, equal_nan=expected.dtype.kind == "f") and got.dtype == expected.dtype
    finally:
        set_num_threads(before)


def test_log_sum_exp_and_its_gradient_against_float64() -> None:
    x = np.random.default_rng(1).normal(0, 20, (300, 64)).astype(np.float32)
    x[3], x[4, 5] = -np.inf, np.inf
    g = np.linspace(-1, 1, 300, dtype=np.float32)[:, None]
    with np.errstate(all="ignore"):
        exact = np.log(np.exp(x.astype(np.float64)).sum(1))
    out = logsumexp(x, 1)
    finite = np.isfinite(exact)
    assert np.all(np.abs(out[finite] - exact[finite]) <= 3e-7 * (1 + np.abs(exact[finite]))) and np.array_equal(out[~finite], exact[~finite])
    gx = exp_below(g, x, out[:, None])
    rows = finite.nonzero()[0]
    wanted = g[rows] * np.exp(x[rows].astype(np.float64) - out[rows, None])
    assert np.all(np.abs(gx[rows] - wanted) <= 5e-6 * np.abs(wanted) + 1e-37) and not gx[3].any()
