"""Causal softmax: the compiled loop against NumPy and float64 over random shapes, and that nothing behind a row's place matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import causal, jit

pytestmark = pytest.mark.skipif(not jit.enabled(), reason="needs Numba")


@settings(max_examples=30)
@given(st.integers(1, 4), st.integers(1, 90), st.integers(1, 90), st.sampled_from(["float32", "float64"]), st.floats(0.1, 4))
def test_against_float64(batch, rows, columns, dtype, scale):
    x = (np.random.default_rng(rows).standard_normal((batch, rows, columns)) * scale).astype(dtype)
    wide = np.where(np.tri(rows, columns, dtype=bool), x.astype(np.longdouble), -np.inf)
    e = np.exp(wide - wide.max(-1, keepdims=True))
    expected = e / e.sum(-1, keepdims=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(causal, "LOOP_FROM", 1)
        out = causal.causal_softmax(x)
    plain = causal.causal_softmax(x) if x.size < causal.LOOP_FROM else None
    for found in (out, plain):
        if found is not None:
            assert found.dtype == dtype
            np.testing.assert_allclose(found, expected, rtol=100 * np.finfo(dtype).eps, atol=0)


def test_what_comes_later_does_not_matter(monkeypatch):
    monkeypatch.setattr(causal, "LOOP_FROM", 1)
    x = np.random.default_rng(0).standard_normal((3, 40, 40)).astype(np.float32)
    expected = causal.causal_softmax(x)
    x[:, np.triu(np.ones((40, 40), bool), 1)] = np.nan
    np.testing.assert_array_equal(causal.causal_softmax(x), expected)
    before = jit.get_num_threads()
    try:
        jit.set_num_threads(3)
        np.testing.assert_array_equal(causal.causal_softmax(x), expected)
    finally:
        jit.set_num_threads(before)
    assert causal.causal_softmax(x[:0]).shape == (0, 40, 40)
