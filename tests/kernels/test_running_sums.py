"""Running sums of large arrays in both directions against float64, whatever the thread count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import scan
from autograd_core.kernels.jit import get_num_threads, set_num_threads


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 9), st.integers(0, 2), st.sampled_from(["float32", "float64"]))
def test_against_float64(a: int, b: int, c: int, dim: int, kind: str) -> None:
    x = np.random.default_rng(a * b + c).standard_normal((a, b, c)).astype(kind)
    tolerance = np.finfo(kind).eps * np.abs(x).sum(dim, keepdims=True)
    wide = x.astype(np.longdouble)
    assert np.all(np.abs(scan.cumsum(x, dim) - wide.cumsum(dim)) <= tolerance)
    assert np.all(np.abs(scan.cumsum_back(x, dim) - np.flip(np.flip(wide, dim).cumsum(dim), dim)) <= tolerance)
    products = scan.cumprod(x, dim)
    assert np.allclose(products, wide.cumprod(dim).astype(np.float64), rtol=1e-5 if kind == "float32" else 1e-13, atol=1e-30)


@pytest.mark.parametrize("dim", [0, 1])
def test_threads_change_no_bit(dim: int) -> None:
    x = np.random.default_rng(0).standard_normal((501, 403)).astype(np.float32)
    before, found = get_num_threads(), []
    try:
        for threads in (1, 3):
            set_num_threads(threads)
            found.append((scan.cumsum(x, dim), scan.cumsum_back(x, dim)))
    finally:
        set_num_threads(before)
    assert all(np.array_equal(p, q) for p, q in zip(*found, strict=True))


def test_infinity_and_nan_stay_in_their_row() -> None:
    x = np.ones((64, 64), np.float32)
    x[1, 5], x[2, 6] = np.inf, np.nan
    out, back = scan.cumsum(x, 1), scan.cumsum_back(x, 1)
    assert np.isinf(out[1, 5:]).all() and np.isnan(out[2, 6:]).all() and np.isfinite(np.delete(out, [1, 2], 0)).all()
    assert np.isinf(back[1, :6]).all() and np.isnan(back[2, :7]).all() and np.isfinite(np.delete(back, [1, 2], 0)).all()
