"""Linear layers through packed panels: against float64 over random shapes, the same bits at any place and on any number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import jit, linear
from autograd_core.kernels.contract import ContractError
from autograd_core.kernels.product_loops import product_loops

pytestmark = pytest.mark.skipif(not jit.enabled(), reason="needs Numba")


@pytest.fixture(autouse=True)
def always_panels(monkeypatch):
    monkeypatch.setattr(linear, "LEAST", 0)
    monkeypatch.setattr(linear, "FULL", 0.0)
    monkeypatch.setattr(linear, "ROWS", 1)


def drawn(rng: np.random.Generator, *shape: int, dtype: str = "float32") -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


def spy(monkeypatch, dtype: str) -> list[int]:
    """The numbers of blocks that panels are asked for."""
    loops, calls = product_loops(dtype), []
    kernel = loops.linear
    monkeypatch.setattr(loops, "linear", lambda blocks, *args: (calls.append(blocks), kernel(blocks, *args))[1])
    return calls


@settings(max_examples=40)
@given(st.integers(1, 150), st.integers(1, 600), st.integers(1, 300), st.sampled_from(["float32", "float64"]), st.booleans())
def test_against_float64(m, k, n, dtype, biased):
    rng = np.random.default_rng(m * 1000 + k)
    x, w, b = drawn(rng, m, k, dtype=dtype), drawn(rng, n, k, dtype=dtype), drawn(rng, n, dtype=dtype) if biased else None
    out = linear.linear(x, w, b)
    wide = [a.astype(np.longdouble) for a in (x, w)]
    scale = np.abs(wide[0]) @ np.abs(wide[1]).T + 1  # of the sums without cancellation
    expected = wide[0] @ wide[1].T + (0 if b is None else b)
    assert out.dtype == dtype
    assert (np.abs(out - expected) / scale).max() < 30 * np.finfo(dtype).eps


@pytest.mark.parametrize(("m", "n"), [(70, 300), (300, 33), (5, 64)])
def test_threads_and_places(m, n):
    rng = np.random.default_rng(0)
    x, w, b = drawn(rng, m, 300), drawn(rng, n, 300), drawn(rng, n)
    x[-1], w[-1], b[-1] = x[0], w[0], b[0]
    before = jit.get_num_threads()
    outs = []
    try:
        for threads in (1, 3):
            jit.set_num_threads(threads)
            outs.append(linear.linear(x, w, b))
    finally:
        jit.set_num_threads(before)
    np.testing.assert_array_equal(*outs)
    np.testing.assert_array_equal(outs[0][0], outs[0][-1])
    np.testing.assert_array_equal(outs[0][:, 0], outs[0][:, -1])
    alone = linear.linear(np.ascontiguousarray(x[2:3]), w, b)
    np.testing.assert_array_equal(alone[0], outs[0][2])


def test_what_is_not_finite_stays_in_its_row_and_column():
    rng = np.random.default_rng(1)
    x, w = drawn(rng, 9, 40), drawn(rng, 37, 40)
    x[3, 5], w[36, 0] = np.inf, np.nan
    wrong = ~np.isfinite(linear.linear(x, w))
    expected = np.zeros_like(wrong)
    expected[3], expected[:, 36] = True, True
    np.testing.assert_array_equal(wrong, expected)


def test_layouts_take_one_of_both_roads(monkeypatch):
    rng = np.random.default_rng(2)
    x, w, b = drawn(rng, 40, 50), drawn(rng, 60, 50), drawn(rng, 60)
    calls = spy(monkeypatch, "float32")
    expected = x.astype(np.float64) @ w.T.astype(np.float64) + b
    for a, c, panels in ((x, w, True), (np.asfortranarray(x), w, True), (x[::-1][::-1], w, True), (x, np.asfortranarray(w), False)):
        calls.clear()
        np.testing.assert_allclose(linear.linear(a, c, b), expected, rtol=1e-4, atol=1e-4)
        assert bool(calls) == panels


def test_wrong_shapes_are_refused():
    x, w = np.ones((9, 4), np.float32), np.ones((40, 5), np.float32)
    with pytest.raises(ValueError, match="aligned"):
        linear.linear(x, w)
    with pytest.raises(ContractError):
        product_loops("float32").linear(1, x, w, np.ones(40, np.float32), np.ones((9, 40), np.float32), 9, 64)
    with pytest.raises(ContractError):
        product_loops("float32").linear(2, x, w[:, :4].copy(), np.ones(40, np.float32), np.ones((9, 40), np.float32), 9, 64)
