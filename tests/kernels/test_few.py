"""The loops of small matrices against NumPy, and what they leave to the general kernels."""

from __future__ import annotations

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.special import xlogy

from autograd_core.kernels import few, loss, order, scatter
from autograd_core.kernels.jit import compiled, enabled, numpy_only

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
    if x.ndim == 1:
        np.testing.assert_array_equal(few.pick(x[::-1], index), x[::-1][index])
    np.testing.assert_allclose(few.add(g, index, axis, shape), added, rtol=1e-6)
    np.testing.assert_array_equal(few.write(g, index, axis, shape), put)


@pytest.mark.parametrize("wrong", [-1, 7])
def test_out_of_range(wrong):
    """No index outside is followed."""
    index = np.array([0, wrong, 2])
    x = np.arange(7.0)
    assert few.read(x, index, 0) is None
    assert few.pick(x, index) is None
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


FLOATS = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=6),
    elements=st.floats(-8, 8, width=32),
)


@given(x=FLOATS, turned=st.booleans(), whole=st.booleans(), correction=st.sampled_from([0, 1]))
@settings(deadline=None, max_examples=40)
def test_spread(x, turned, whole, correction):
    """The variance and its gradient against float64, whatever the strides."""
    x = x.T if turned else x
    dim = None if whole else -1
    n = few.row_length(x, dim)
    assert n == (x.size if whole else x.shape[-1])
    if n <= correction:
        return
    wide = x.astype(np.float64)
    shape = () if whole else x.shape[:-1]
    out = few.spread(x, n, shape, n - correction, False)
    assert out.dtype == x.dtype and out.shape == shape
    np.testing.assert_allclose(out, np.var(wide, dim, ddof=correction), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(few.spread(x, n, shape, n - correction, True), np.std(wide, dim, ddof=correction), rtol=1e-6, atol=1e-3)
    g = np.linspace(-1, 1, x.size // n).reshape(shape).astype(x.dtype)
    slope = 2 * (wide - wide.mean(dim, keepdims=True)) / (n - correction)
    each = np.reshape(g, (*shape, *[1] * (x.ndim - len(shape))))
    np.testing.assert_allclose(few.spread_input(g, x, n, n - correction), slope * each, rtol=1e-5, atol=1e-5)


@given(x=FLOATS, turned=st.booleans(), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=40)
def test_choices(x, turned, seed):
    """Masks, replacements, extremes and x · log y, whatever the strides."""
    rng = np.random.default_rng(seed)
    x = x.T if turned else x
    mask, y = rng.random(x.shape) < 0.5, rng.choice([0.0, 0.5, 1.0, 7.0], x.shape).astype(x.dtype)
    np.testing.assert_array_equal(few.masked(x, mask, 2.5), x * (mask * x.dtype.type(2.5)))
    np.testing.assert_array_equal(few.choose(x, mask, 0.25, True), np.where(mask, x.dtype.type(0.25), x))
    np.testing.assert_array_equal(few.choose(x, mask, 0.25, False), np.where(mask, x, x.dtype.type(0.25)))
    for largest, of in [(True, np.max), (False, np.min)]:
        assert few.extreme(x, largest) == of(x)
        broken = x.copy()
        broken[tuple(rng.integers(0, x.shape))] = np.nan
        assert np.isnan(few.extreme(broken, largest))
    np.testing.assert_allclose(few.xlogy(x, y), xlogy(x.astype(np.float64), y), rtol=1e-6)


def test_xlogy_at_nan():
    """0 · log NaN is NaN, 0 · log of anything else is 0."""
    out = few.xlogy(np.array([0.0, 0.0, 0.0, 1.0]), np.array([np.nan, -1.0, 0.0, 0.0]))
    np.testing.assert_array_equal(out, [np.nan, 0.0, 0.0, -np.inf])


@pytest.mark.parametrize("x, dim", [(np.zeros(0), None), (np.zeros(few.FEW + 1), None), (np.zeros(3, np.float16), None), (np.zeros((2, 3)), 0)])
def test_what_is_left(x, dim):
    """Nothing, too much, half precision, and dimensions other than the last."""
    assert few.row_length(x, dim) == 0


@pytest.mark.parametrize("labels, ignored, counts", [([0, 2], -100, True), ([0, 3], -100, False), ([-1, 1], -100, False), ([1, 2], 2, False)])
def test_labels(labels, ignored, counts):
    """The loop of labels stops at one that is no column or is ignored, and says so."""
    x, at = np.arange(6.0).reshape(2, 3), np.array(labels)
    picked, placed = loss.picked_loss(x, at, ignored, True), loss.place_picked(x.shape, x.dtype, at, ignored, 5.0)
    if not counts:
        assert picked is None and placed is None
        return
    assert picked == -(x[0, labels[0]] + x[1, labels[1]]) / 2
    np.testing.assert_array_equal(placed, np.eye(3)[labels] * 5)


def test_entry_is_the_loop():
    """A loop past its dispatcher gives what it gives through it."""

    @compiled
    def twice(x, factor):
        for i in range(len(x)):
            x[i] = x[i] * 2 * factor

    a, b = np.arange(4.0), np.arange(4.0)
    twice(a, 3.0)
    twice.entry(np.empty(0), 1.0)(b, 3.0)
    np.testing.assert_array_equal(a, b)
