"""Reductions, scans, sorting and selection: compiled loops against NumPy, ties, NaN, empty dimensions, accuracy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import jit, order, reduce, scan, select_loops

NAN = np.nan


@pytest.fixture(autouse=True)
def small_arrays_too(monkeypatch):
    for module in (reduce, scan, order):
        monkeypatch.setattr(module, "SMALL", 1)
    monkeypatch.setattr(order, "COMPILED", 1)
    monkeypatch.setattr(reduce, "TINY", 0)


@st.composite
def arrays(draw, dtypes=("float32", "float64", "int64", "uint8")):
    """Whole numbers with many ties, some of them NaN, in one to three dimensions."""
    shape = draw(st.lists(st.sampled_from([1, 2, 5, 17, 40]), min_size=1, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(dtypes))
    x = rng.integers(0, 6, size=shape).astype(dtype)
    if dtype.startswith("float") and draw(st.booleans()):
        x[rng.random(shape) < 0.1] = NAN
        x[rng.random(shape) < 0.1] = -0.0
    x = np.asfortranarray(x) if draw(st.booleans()) else x
    return x, draw(st.integers(-len(shape), len(shape) - 1))


def both(call):
    """A kernel's result from its loops and from NumPy."""
    with jit.numpy_only():
        expected = call()
    return call(), expected


def same(ours, theirs, **tolerance):
    for one, other in zip(*((v if isinstance(v, tuple) else (v,)) for v in (ours, theirs)), strict=True):
        assert one.dtype == other.dtype and one.shape == other.shape
        np.testing.assert_allclose(one, other, **tolerance) if tolerance else np.testing.assert_array_equal(one, other)


CALLS = {
    "extremes": lambda x, dim, k: (reduce.amax(x, dim), reduce.argmax(x, dim), *reduce.min_dim(x, dim, True)),
    "running extremes": lambda x, dim, k: (*scan.cummax(x, dim), *scan.cummin(x, dim)),
    "sort": lambda x, dim, k: (*order.sort(x, dim), *order.sort(x, dim, True), *order.unique(x)),
    "topk": lambda x, dim, k: (*order.topk(x, k, dim), *order.topk(x, x.shape[dim], dim, False), *order.topk(x, k, dim, True, False)),
    "kthvalue": lambda x, dim, k: order.kthvalue(x, k, dim),
    "median": lambda x, dim, k: (*order.median(x, dim), *order.nanmedian(x, dim)),
    "mode": lambda x, dim, k: order.mode(x, dim),
}


@pytest.mark.parametrize("name", CALLS)
@given(given=arrays())
@settings(deadline=None, max_examples=25)
def test_compiled_is_numpy(name, given):
    x, dim = given
    same(*both(lambda: CALLS[name](x, dim, min(3, x.shape[dim]))))


@given(given=arrays())
@settings(deadline=None, max_examples=25)
def test_compiled_sums_are_numpy_s(given):
    x, dim = given
    for call in (lambda: reduce.sum(x, dim), lambda: reduce.sum(x), lambda: scan.cumsum(x, dim), lambda: scan.cumprod(x, dim)):
        same(*both(call), rtol=1e-5, atol=1e-6)
    if x.dtype.kind == "f":
        some = (0, dim % x.ndim)[: 1 + (dim % x.ndim > 0)]
        for call in (lambda: reduce.mean(x, dim), lambda: reduce.var(x, dim), lambda: reduce.std(x, some)):
            same(*both(call), rtol=2e-5, atol=1e-6)


@given(given=arrays(("float32", "float64", "int64", "int32", "uint8", "bool")), descending=st.booleans())
@settings(deadline=None, max_examples=40)
def test_sort_is_stable_and_nan_is_last(given, descending):
    x, dim = given
    values, index = order.sort(x, dim, descending)
    np.testing.assert_array_equal(np.take_along_axis(x, index, dim), values)
    rows = np.moveaxis(x, dim, -1).reshape(-1, x.shape[dim])
    keys = np.where(np.isnan(rows), np.inf, rows.astype(np.float64)) if x.dtype.kind == "f" else rows.astype(np.int64)
    expected = np.argsort(-keys if descending else keys, axis=-1, kind="stable")
    np.testing.assert_array_equal(np.moveaxis(index, dim, -1).reshape(rows.shape), expected)


@given(given=arrays(("float64", "int64")), data=st.data())
@settings(deadline=None, max_examples=40)
def test_selection_agrees_with_sorting(given, data):
    x, dim = given
    n = x.shape[dim]
    k = data.draw(st.integers(1, n))
    ascending, descending = np.moveaxis(order.sort(x, dim)[0], dim, 0), np.moveaxis(order.sort(x, dim, True)[0], dim, 0)
    for largest, expected in ((True, descending), (False, ascending)):
        values, index = order.topk(x, k, dim, largest)
        np.testing.assert_array_equal(np.moveaxis(values, dim, 0), expected[:k])
        np.testing.assert_array_equal(np.take_along_axis(x, index, dim), values)
        assert all(len(set(row)) == k for row in np.moveaxis(index, dim, -1).reshape(-1, k).tolist())
    values, index = order.kthvalue(x, k, dim, True)
    np.testing.assert_array_equal(np.moveaxis(values, dim, 0)[0], ascending[k - 1])
    np.testing.assert_array_equal(np.take_along_axis(x, index, dim), values)


@pytest.mark.parametrize("kind", ["equal", "descending", "organ pipe", "killer"])
def test_selection_survives_bad_orders(kind):
    n = 3000
    ramp = np.arange(n)
    killer = np.empty(n, np.int64)  # quadratic for a median of three, unless the depth is limited
    killer[: n // 2 : 2], killer[1 : n // 2 : 2], killer[n // 2 :] = ramp[: n // 4] * 2, ramp[: n // 4] * 2 + n // 2, ramp[: n // 2] * 2 + 1
    x = {"equal": ramp * 0, "descending": ramp[::-1], "organ pipe": np.minimum(ramp, n - ramp), "killer": killer}[kind].astype(np.float32)
    ranked = np.sort(x)
    for k in (1, 40, n // 2, n):
        np.testing.assert_array_equal(order.topk(x, k, 0, False)[0], ranked[:k])
        assert order.kthvalue(x, k, 0)[0] == ranked[k - 1]
    values, counts = np.unique(x, return_counts=True)
    assert order.mode(x, 0)[0] == values[counts.argmax()]


@pytest.mark.parametrize("name", ["_sort", "_nth_element", "_partial_sort", "_quick_select"])
def test_the_compiled_selection_is_the_python_one(name, rng):
    loop = getattr(select_loops, name)
    for n in (1, 2, 5, 16, 17, 100, 700):
        keys = rng.integers(0, max(2, n // 3), size=n)
        middle = int(rng.integers(0, n))
        rest = {"_sort": (0, n), "_nth_element": (0, middle, n), "_partial_sort": (0, middle + 1, n), "_quick_select": (middle,)}[name]
        results = []
        for function in (loop, loop.loop):
            k, p = keys.copy(), np.arange(n)
            function(k, p, *rest)
            np.testing.assert_array_equal(keys[p], k)
            results.append(p)
        np.testing.assert_array_equal(*results)


@pytest.mark.parametrize(
    "shape, dim", [((1_000_000,), 0), ((1000, 1000), 0), ((1000, 1000), 1), ((10, 1000, 100), 1), ((50, 4, 5000), (0, 2))]
)
@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
def test_float32_sums_are_rounded_once(shape, dim, carrier, rng):
    x = (rng.random(shape) + 1000).astype(np.float32)
    exact = x.astype(np.longdouble).sum(dim)
    with jit.numpy_only() if carrier == "numpy" else np.errstate():
        total, mean = reduce.sum(x, dim), reduce.mean(x, dim)
    count = x.size // max(1, np.size(exact))
    np.testing.assert_allclose(total.astype(np.longdouble), exact, rtol=6.1e-8)
    np.testing.assert_allclose(mean.astype(np.longdouble), exact / count, rtol=6.1e-8)


def test_float64_sums_are_as_good_as_pairwise(rng):
    x = rng.normal(size=300_000) * 10.0 ** rng.integers(-5, 5, size=300_000)
    exact = math.fsum(x)
    assert abs(reduce.sum(x) - exact) <= 2 * max(abs(np.sum(x) - exact), np.abs(x).sum() * 1e-16)


def test_sums_do_not_depend_on_threads_or_strides(rng):
    x = rng.normal(size=(700, 900)).astype(np.float32) * 1e3
    threads, results = jit.get_num_threads(), []
    try:
        for count in (1, 3):
            jit.set_num_threads(count)
            results.append([f(v, d) for f in (reduce.sum, reduce.var) for v in (x, np.asfortranarray(x)) for d in (0, 1)])
    finally:
        jit.set_num_threads(threads)
    for one, three in zip(*results, strict=True):
        np.testing.assert_array_equal(one, three)


@pytest.mark.parametrize("correction", [0, 1, 2.5, 40])
def test_variance(correction, rng):
    x = (rng.normal(size=(30, 9)) + 1e4).astype(np.float32)
    with np.errstate(all="ignore"):
        expected = np.square(x - x.mean(0, np.float64)).sum(0, np.float64) / max(30 - correction, 0)
        np.testing.assert_allclose(reduce.var(x, 0, correction=correction), expected, rtol=1e-6)
        np.testing.assert_allclose(reduce.std(x, 0, correction=correction), np.sqrt(expected), rtol=1e-6)


TIES = [
    (lambda: reduce.argmax(np.array([1, 3, 3, 2])), 1),
    (lambda: reduce.argmax(np.array([1.0, NAN, 3.0, NAN])), 1),
    (lambda: reduce.argmin(np.array([[1.0, 0.0, 0.0], [2.0, NAN, NAN]]), 1), [1, 1]),
    (lambda: scan.cummax(np.array([1, 1, 2, 2, 1]), 0)[1], [0, 1, 2, 3, 3]),
    (lambda: scan.cummin(np.array([1, 1, 0, 0, 1]), 0)[1], [0, 1, 2, 3, 3]),
    (lambda: scan.cummax(np.array([1.0, NAN, 2.0, NAN, 5.0]), 0)[1], [0, 1, 1, 3, 3]),
    (lambda: order.median(np.array([2, 1, 2, 1, 1, 2, 3]), 0)[1], 0),
    (lambda: order.median(np.array([1, 1, 1, 1]), 0)[1], 1),
    (lambda: order.median(np.array([5.0, NAN, 1.0]), 0)[1], 1),
    (lambda: order.nanmedian(np.array([5.0, NAN, 1.0]), 0)[0], 1.0),
    (lambda: order.mode(np.array([2, 1, 2, 1, 3]))[0], 1),
    (lambda: order.mode(np.array([2, 1, 2, 1, 3]))[1], 3),
    (lambda: order.unique(np.array([3.0, NAN, 1.0, NAN, 3.0]))[2], [1, 2, 1, 1]),
    (lambda: order.unique(np.array([[1, 2], [0, 9], [1, 2]]), 0)[1], [1, 0, 1]),
    (lambda: order.unique_consecutive(np.array([1, 1, 2, 1]))[2], [2, 1, 1]),
]


@pytest.mark.parametrize("call, expected", TIES)
@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
def test_ties_and_nan(call, expected, carrier):
    with jit.numpy_only() if carrier == "numpy" else np.errstate():
        np.testing.assert_array_equal(call(), expected)


EMPTY = np.zeros((0, 3), np.float32)


def test_empty_dimensions():
    np.testing.assert_array_equal(reduce.sum(EMPTY, 0), np.zeros(3, np.float32))
    np.testing.assert_array_equal(reduce.prod(EMPTY, 0), np.ones(3, np.float32))
    assert np.isnan(reduce.mean(EMPTY)) and np.isnan(reduce.var(EMPTY, 0)).all()
    assert reduce.all(EMPTY) and not reduce.any(EMPTY)
    for call in (reduce.amax, reduce.argmax):
        assert call(EMPTY, 1).shape == (0,)
    for call in (reduce.max_dim, scan.cummax, order.sort, order.median, order.mode):
        values, index = call(EMPTY, 1)
        assert values.shape == index.shape and index.dtype == np.int64
    assert order.unique(EMPTY)[0].shape == (0,)
    assert order.topk(EMPTY, 0, 0)[0].shape == (0, 3)


def test_dtypes():
    x = np.array([[1, 0], [1, 1]])
    for dtype in (bool, np.uint8, np.int32):
        given = x.astype(dtype)
        assert reduce.sum(given).dtype == reduce.prod(given, 0).dtype == scan.cumsum(given, 0).dtype == np.int64
        assert reduce.amax(given).dtype == dtype
    assert reduce.all(x.astype(np.uint8)).dtype == np.uint8 and reduce.any(x).dtype == bool
    assert reduce.sum(x, dtype=np.float32).dtype == reduce.mean(x, dtype=np.float32).dtype == np.float32
    assert reduce.sum(np.ones(3000, np.float16)) == 3000


def test_searching(rng):
    rows = np.sort(rng.normal(size=(6, 50)), axis=-1)
    values = np.concatenate([rng.normal(size=(6, 30)), rows[:, :5], np.full((6, 1), NAN), np.full((6, 1), np.inf)], 1)
    for right in (False, True):
        expected = np.stack([np.searchsorted(r, v, "right" if right else "left") for r, v in zip(rows, values, strict=True)])
        np.testing.assert_array_equal(order.searchsorted(rows, values, right), expected)
        np.testing.assert_array_equal(
            order.bucketize(values, rows[0], right), np.searchsorted(rows[0], values, "right" if right else "left")
        )
    shuffled = rng.permuted(rows, axis=1)
    np.testing.assert_array_equal(order.searchsorted(shuffled, values, sorter=np.argsort(shuffled, 1)), order.searchsorted(rows, values))
    assert order.searchsorted(rows, values, out_int32=True).dtype == np.int32


def test_counting(rng):
    x = np.array([1.0, 2.0, 1.0, NAN, 9.0], np.float32)
    np.testing.assert_array_equal(order.histc(x, 4, 0, 3), np.array([0, 2, 1, 0], np.float32))
    np.testing.assert_array_equal(order.histc(np.array([2.0, 2.0]), 3), [0, 2, 0])
    y = rng.normal(size=5000)
    np.testing.assert_array_equal(order.histc(y, 17, -2, 2), np.histogram(y, 17, (-2, 2))[0])
    index = rng.integers(0, 9, size=100)
    np.testing.assert_array_equal(order.bincount(index, minlength=20), np.bincount(index, minlength=20))
    assert order.bincount(index, np.ones(100, np.float32)).dtype == np.float32


X = np.ones((2, 3))
REFUSALS = [
    (lambda: reduce.sum(X, 2), IndexError, "Dimension out of range"),
    (lambda: reduce.sum(X, (0, -2)), RuntimeError, "multiple times"),
    (lambda: reduce.mean(X.astype(int)), RuntimeError, r"\.float\(\)"),
    (lambda: reduce.var(X.astype(int)), RuntimeError, r"\.float\(\)"),
    (lambda: reduce.amax(EMPTY), RuntimeError, "'dim' argument"),
    (lambda: reduce.amax(EMPTY, 0), IndexError, "non-zero size"),
    (lambda: reduce.argmin(EMPTY), IndexError, "'dim' argument"),
    (lambda: reduce.max_dim(EMPTY, 0), IndexError, "non-zero size"),
    (lambda: reduce.argmax(X > 0), RuntimeError, "bool"),
    (lambda: reduce.amax(X + 1j), NotImplementedError, "no order"),
    (lambda: order.sort(X + 1j), RuntimeError, "no order"),
    (lambda: order.median(EMPTY, 0), IndexError, "non-zero size"),
    (lambda: order.topk(X, 4), RuntimeError, "k = 4"),
    (lambda: order.topk(X, -1), RuntimeError, "k = -1"),
    (lambda: order.kthvalue(X, 0), RuntimeError, "1 to 3"),
    (lambda: order.unique(EMPTY, 1), RuntimeError, "size 0"),
    (lambda: order.searchsorted(X, np.ones(3)), RuntimeError, "need values of shape"),
    (lambda: order.searchsorted(X[0], X, sorter=np.array([0, 1, 3])), RuntimeError, "sorter index out of range"),
    (lambda: order.searchsorted(X[0], X, True, "left"), RuntimeError, "opposites"),
    (lambda: order.bucketize(X, X), RuntimeError, "vector"),
    (lambda: order.histc(np.array([1.0, np.inf])), RuntimeError, "not finite"),
    (lambda: order.histc(X, 0), RuntimeError, "bins"),
    (lambda: order.bincount(np.array([-1])), RuntimeError, "minimum of -1"),
    (lambda: order.bincount(np.array([1, 2]), np.ones(3)), RuntimeError, "same length"),
    (lambda: scan.logcumsumexp(X.astype(int), 0), NotImplementedError, r"\.float\(\)"),
]


@pytest.mark.parametrize("call, error, message", REFUSALS)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
