"""Sums and dot products along edges: the compiled loops against plain NumPy, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import edges


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.integers(1, 7), st.integers(0, 400), st.integers(1, 5), st.integers(1, 150), st.booleans(), st.booleans())
def test_loops_agree_with_numpy(m: int, n: int, count: int, heads: int, columns: int, wide: bool, compiled: bool) -> None:
    rng = np.random.default_rng(m * 31 + n * 7 + count)
    kind = np.float64 if wide else np.float32
    x, y = rng.standard_normal((m, heads, columns)).astype(kind), rng.standard_normal((n, heads, columns)).astype(kind)
    weight, source, target = rng.standard_normal((count, heads)).astype(kind), rng.integers(0, m, count), rng.integers(0, n, count)
    expected = np.zeros((n, heads, columns))
    np.add.at(expected, target, x[source].astype(float) * weight[:, :, None])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edges, "SMALL", 0 if compiled else 10**9)
        total, dots = edges.edge_sum(x, weight, source, target, n), edges.edge_dot(x, y, source, target)
    assert total.dtype == dots.dtype == kind
    tolerance = 1e-11 if wide else 2e-4
    np.testing.assert_allclose(total, expected, rtol=0, atol=tolerance)
    np.testing.assert_allclose(dots, (x[source].astype(float) * y[target]).sum(-1), rtol=0, atol=tolerance)


X, W = np.zeros((3, 1, 4)), np.zeros((2, 1))
WRONG = [
    lambda: edges.edge_sum(X, W, np.array([0, 3]), np.array([0, 1]), 2),
    lambda: edges.edge_sum(X, W, np.array([0, 1]), np.array([0, 2]), 2),
    lambda: edges.edge_sum(X, W, np.array([0, -1]), np.array([0, 1]), 2),
    lambda: edges.edge_sum(X, W, np.array([0, 1]), np.array([0]), 2),
    lambda: edges.edge_sum(X, W[:, :0], np.array([0, 1]), np.array([0, 1]), 2),
    lambda: edges.edge_sum(X, W.astype(np.float32), np.array([0, 1]), np.array([0, 1]), 2),
    lambda: edges.edge_dot(X, X[:, :, :3], np.array([0, 1]), np.array([0, 1])),
    lambda: edges.edge_dot(X, X, np.array([0, 5]), np.array([0, 1])),
]


@pytest.mark.parametrize("small", [0, 10**9])
@pytest.mark.parametrize("call", WRONG)
def test_what_does_not_fit_is_refused(call: object, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edges, "SMALL", small)
    with pytest.raises(RuntimeError, match=r"edge_(sum|dot)"):
        call()  # type: ignore[operator]
