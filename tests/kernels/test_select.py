"""The choice kernel against np.where: both sides, numbers and 0-d arrays, strided input, NaN and negative zero."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core.kernels.jit import numpy_only
from autograd_core.kernels.select import select

SIZES = [(3,), (9000,), (100, 101)]


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("other", [0.0, -1.5, np.nan])
def test_equals_where(shape, kind, other, rng):
    x = rng.standard_normal(shape).astype(kind)
    x.reshape(-1)[:2] = np.nan, -0.0
    condition = rng.integers(0, 2, shape).astype(bool)
    for strided in (x, np.repeat(x, 2, -1)[..., ::2]):
        for plain in (False, True):
            for number in (other, np.asarray(other, kind)):
                with numpy_only() if plain else np.errstate():
                    assert select(condition, strided, number).tobytes() == np.where(condition, x, kind(other)).tobytes()
                    assert select(condition, number, strided).tobytes() == np.where(condition, kind(other), x).tobytes()


def test_wider_number_and_broadcast_take_the_general_way(rng):
    condition = rng.integers(0, 2, (9000,)).astype(bool)
    x = rng.standard_normal(9000).astype(np.float32)
    assert select(condition, x, np.asarray(1.0, np.float64)).dtype == np.float64
    np.testing.assert_array_equal(select(condition[:, None], x[:2], 0.0), np.where(condition[:, None], x[:2], np.float32(0)))
