"""The loops of small matrices against NumPy, and what they leave to the general kernels."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core.kernels import few, order, scatter
from autograd_core.kernels.jit import enabled, numpy_only

pytestmark = pytest.mark.skipif(not enabled(), reason="the loops are Numba's")
CASES = [((7,), 0, 3), ((3, 5), 0, 2), ((3, 5), 1, 5), ((4, 1), 1, 1), ((1, 6), 0, 1)]


def _index(shape, axis, count, seed=0):
    own = list(shape)
    own[axis] = count
    return np.random.default_rng(seed).integers(0, shape[axis], own)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("shape, axis, count", CASES)
def test_reads_and_writes(shape, axis, count, kind):
    """Each gives what the general kernel gives without compiled loops."""
    x = np.random.default_rng(1).normal(size=shape).astype(kind)
    index = _index(shape, axis, count)
    g = np.random.default_rng(2).normal(size=index.shape).astype(kind)
    assert few.serves(shape, x.dtype, index, axis)
    with numpy_only():
        read, added, put = scatter.gather(x, axis, index), scatter.gathered_back(g, shape, axis, index), scatter.placed(g, shape, axis, index)
    np.testing.assert_array_equal(few.read(x, index, axis), read)
    np.testing.assert_allclose(few.add(g, index, axis, shape), added, rtol=1e-6)
    np.testing.assert_array_equal(few.write(g, index, axis, shape), put)


@pytest.mark.parametrize("wrong", [-1, 7])
def test_out_of_range(wrong):
    """No index outside is followed."""
    index = np.array([0, wrong, 2])
    x = np.arange(7.0)
    assert few.read(x, index, 0) is None
    assert few.write(x[:3], index, 0, (7,)) is None
    assert few.add(x[:3], index, 0, (7,)) is None


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("shape, axis, count", CASES)
def test_top(shape, axis, count, largest):
    """The first of each row, as the general kernel orders them."""
    x = np.random.default_rng(3).permutation(np.prod(shape)).reshape(shape).astype(np.float32)
    values, at = few.top(x, count, axis, largest)
    expected, places = order.topk(x, count, axis, largest)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(at, places)


@pytest.mark.parametrize("row", [[1.0, 3.0, 3.0, 2.0], [2.0, np.nan, 1.0, 0.0], [np.nan, 1.0, 2.0, 3.0]])
def test_ties_and_nan_are_left(row):
    """What has an order of PyTorch's own is not decided here."""
    assert few.top(np.array([row]), 2, 1, True) is None


@pytest.mark.parametrize(
    "row, at",
    [([3.0], 0), ([2.0, 1.0], 1), ([5.0, 1.0, 3.0], 2), ([4.0, 1.0, 3.0, 2.0], 3), ([1.0, 2.0, 2.0], -1), ([1.0, np.nan, 2.0], -1), ([np.nan], -1)],
)
def test_median(row, at):
    """Where the lower median stands."""
    assert few.median_at(np.array(row)) == at
