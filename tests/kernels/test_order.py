"""Selections put ties on the same places with Numba and without, however long the rows."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core.kernels import jit, order


@pytest.mark.skipif(not jit.enabled(), reason="compares with the compiled loops")
@pytest.mark.parametrize("n", [700, 9000])
@pytest.mark.parametrize("values", [1, 2, 50, 10**6])
def test_ties_fall_on_the_same_places_without_numba(n, values, rng):
    x = rng.integers(0, values, (2, n)).astype(np.float32)
    x[1].sort()
    for k in (1, n // 64, n // 2, n):
        calls = [lambda k=k: order.kthvalue(x, k), *[lambda k=k, s=s: order.topk(x, k, -1, True, s) for s in (True, False)]]
        for call in calls:
            expected = call()[1]
            with jit.numpy_only():
                np.testing.assert_array_equal(call()[1], expected)
