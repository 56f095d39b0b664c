"""Gather and scatter kernels: compiled loops against NumPy, against plain loops, and every index out of range."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import indexed, jit, scatter

DTYPES = ["float32", "float64", "int64", "int32", "uint8", "bool"]


@pytest.fixture(autouse=True)
def small_arrays_too(monkeypatch):
    monkeypatch.setattr(scatter, "SMALL", 1)


@st.composite
def problems(draw):
    """x, dim, an index that may be smaller than x elsewhere and longer along dim, and a src that may be larger than it."""
    shape = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    axis = draw(st.integers(0, len(shape) - 1))
    full = draw(st.booleans())
    index = [draw(st.integers(0, 2 * n)) if d == axis else n if full else draw(st.integers(1, n)) for d, n in enumerate(shape)]
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(DTYPES))
    x = (rng.random(shape) * 9).astype(dtype)
    src = (rng.random([n + draw(st.integers(0, 1)) for n in index]) * 9).astype(dtype)
    dim = axis - draw(st.sampled_from([0, len(shape)]))
    return x, dim, rng.integers(0, shape[axis], size=index), src


def plain(x, dim, index, src, combine):
    """out[..., index, ...] = combine(out, src), one element at a time."""
    out, axis = x.copy(), dim % x.ndim
    for place in itertools.product(*map(range, index.shape)):
        target = (*place[:axis], index[place], *place[axis + 1 :])
        out[target] = combine(out[target], src[place])
    return out


@given(problem=problems())
@settings(deadline=None, max_examples=60)
def test_gather_and_scatter(problem):
    x, dim, index, src = problem
    axis = dim % x.ndim
    expected = np.array([x[(*p[:axis], index[p], *p[axis + 1 :])] for p in itertools.product(*map(range, index.shape))], x.dtype)
    for carrier in (jit.numpy_only, np.errstate):
        with carrier():
            out = scatter.gather(x, dim, index)
            np.testing.assert_array_equal(out, expected.reshape(index.shape))
            assert out.dtype == x.dtype
            np.testing.assert_array_equal(scatter.scatter(x, dim, index, src), plain(x, dim, index, src, lambda old, new: new))
            added = plain(x, dim, index, src, np.logical_or if x.dtype == bool else np.add)
            np.testing.assert_allclose(scatter.scatter_add(x, dim, index, src), added, rtol=1e-6)
            value = x.dtype.type(1)
            np.testing.assert_array_equal(
                scatter.scatter(x, dim, index, 1), plain(x, dim, index, np.full(index.shape, value), lambda old, new: new)
            )


@given(problem=problems(), include=st.booleans())
@settings(deadline=None, max_examples=40)
def test_scatter_reduce(problem, include):
    x, dim, index, src = problem
    if x.dtype in (np.bool_, np.uint8):
        return
    ones = plain(np.zeros(x.shape, int), dim, index, np.ones(src.shape, int), np.add)
    names = {"sum": (np.add, 0), "prod": (np.multiply, 1), "amax": (np.maximum, -1000), "amin": (np.minimum, 1000)}
    for reduce, (combine, identity) in names.items():
        start = x if include else np.where(ones > 0, identity, x).astype(x.dtype)
        with np.errstate(all="ignore"):
            expected = plain(start, dim, index, src, combine)
        np.testing.assert_allclose(scatter.scatter_reduce(x, dim, index, src, reduce, include), expected, rtol=1e-5)
    total = plain(x if include else np.where(ones > 0, 0, x).astype(x.dtype), dim, index, src, np.add)
    count = np.maximum(ones + include, 1)
    expected = total // count if x.dtype.kind == "i" else total / count
    np.testing.assert_allclose(scatter.scatter_reduce(x, dim, index, src, "mean", include), expected, rtol=1e-5)


@given(shape=st.lists(st.integers(1, 7), min_size=1, max_size=3), data=st.data())
@settings(deadline=None, max_examples=50)
def test_whole_slices(shape, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = rng.normal(size=shape).astype(data.draw(st.sampled_from(["float32", "float64"])))
    index = rng.integers(0, shape[axis], size=data.draw(st.sampled_from([0, 1, 5, 100])))
    np.testing.assert_array_equal(indexed.index_select(x, axis, index), x.take(index, axis))
    src = rng.normal(size=[len(index) if d == axis else n for d, n in enumerate(shape)]).astype(x.dtype)
    expected = np.moveaxis(x.astype(np.float64), axis, 0).copy()
    np.add.at(expected, index, np.moveaxis(src * 2.5, axis, 0))
    for carrier in (jit.numpy_only, np.errstate):
        with carrier():
            added = indexed.index_add(x, axis, index, src, alpha=2.5)
            np.testing.assert_allclose(added, np.moveaxis(expected, 0, axis), rtol=1e-4, atol=1e-4)
    copied, filled = np.moveaxis(x.copy(), axis, 0), np.moveaxis(x.copy(), axis, 0)
    copied[index], filled[index] = np.moveaxis(src, axis, 0), 7
    np.testing.assert_array_equal(indexed.index_copy(x, axis, index, src), np.moveaxis(copied, 0, axis))
    np.testing.assert_array_equal(indexed.index_fill(x, axis, index - shape[axis], 7), np.moveaxis(filled, 0, axis))


PUTS = [
    ((5, 4), ([0, 1, 1],)),
    ((5, 4), ([0, -1, 1], [3, 2, 2])),
    ((5, 4, 3), (None, [1, 1])),
    ((5, 4, 3), ([[0], [1]], None, [2, 2])),
    ((5, 4, 3), (None, [[0], [1]], [2, 2])),
    ((5, 4), ([True, False, True, True, False],)),
    ((5, 4), (2,)),
    ((2, 3), ([[True, False, True], [False, True, False]],)),
    ((5, 4), ([],)),
]


@pytest.mark.parametrize("shape, indices", PUTS, ids=str)
@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
def test_index_put(shape, indices, carrier, rng):
    x = rng.normal(size=shape)
    arrays = tuple(None if i is None else np.array(i, dtype=None if np.size(i) else np.int64) for i in indices)
    place = tuple(slice(None) if i is None else i for i in arrays)
    values = rng.normal(size=x[place].shape)
    with jit.numpy_only() if carrier == "numpy" else np.errstate():
        put, added = indexed.index_put(x, arrays, values), indexed.index_put(x, arrays, values, accumulate=True)
        one = indexed.index_put(x, arrays, np.float64(2), accumulate=True)
    for out, value, combine in ((added, values, np.add.at), (one, 2.0, np.add.at)):
        expected = x.copy()
        combine(expected, place, value)
        np.testing.assert_allclose(out, expected)
    expected = x.copy()
    expected[place] = values
    np.testing.assert_array_equal(put, expected)


def test_embedding(rng):
    w, index = rng.normal(size=(7, 3)), rng.integers(0, 7, size=(4, 5))
    np.testing.assert_array_equal(indexed.embedding(w, index), w[index])
    g = rng.normal(size=(4, 5, 3))
    expected = np.zeros((7, 3))
    np.add.at(expected, index, g)
    for carrier in (jit.numpy_only, np.errstate):
        with carrier():
            np.testing.assert_allclose(indexed.embedding_weight(g, index, 7), expected)
            scaled = indexed.embedding_weight(g, index, 7, padding_idx=2, scale_grad_by_freq=True)
    counts = np.maximum(np.bincount(index.reshape(-1), minlength=7), 1)[:, None]
    np.testing.assert_allclose(scaled, np.where(np.arange(7)[:, None] == 2, 0, expected / counts))


def test_sums_do_not_depend_on_threads(rng):
    index, src = rng.integers(0, 50, size=(3000, 300)), rng.normal(size=(3000, 300)).astype(np.float32)
    rows, threads = rng.integers(0, 50, size=3000), jit.get_num_threads()
    results = []
    try:
        for count in (1, 3):
            jit.set_num_threads(count)
            zeros = np.zeros((50, 300), np.float32)
            results.append((scatter.scatter_add(zeros, 0, index, src), indexed.index_add(zeros, 0, rows, src)))
    finally:
        jit.set_num_threads(threads)
    for one, three in zip(*results, strict=True):
        np.testing.assert_array_equal(one, three)


X = np.arange(12.0).reshape(3, 4)
ONE = np.ones((1, 4))


def at(*values):
    return np.array(values)


OUT_OF_RANGE = [
    (lambda i: scatter.gather(X, 0, at([0, i])), RuntimeError, (-1, 3)),
    (lambda i: scatter.gather(X, 1, np.full((3, 999), i)), RuntimeError, (-1, 4)),
    (lambda i: scatter.scatter(X, 0, at([0, i]), 1.0), RuntimeError, (-1, 3)),
    (lambda i: scatter.scatter_add(X, 0, at([0, i, 0, 0]), ONE), RuntimeError, (-1, 3)),
    (lambda i: scatter.scatter_reduce(X, 0, at([0, i]), ONE, "amax"), RuntimeError, (-1, 3)),
    (lambda i: indexed.index_select(X, 0, at(i)), IndexError, (-1, 3)),
    (lambda i: indexed.index_add(X, 0, at(i), ONE), RuntimeError, (-1, 3)),
    (lambda i: indexed.index_copy(X, 0, at(i), ONE), IndexError, (-1, 3)),
    (lambda i: indexed.index_fill(X, 0, at(i), 1.0), IndexError, (-4, 3)),
    (lambda i: indexed.index_put(X, (at(0), at(i)), np.float64(1)), IndexError, (-5, 4)),
    (lambda i: indexed.index_put(X, (at(0), at(i)), np.float64(1), True), IndexError, (-5, 4)),
    (lambda i: indexed.embedding(X, at(0, i)), IndexError, (-1, 3)),
    (lambda i: indexed.embedding_weight(np.ones((2, 4)), at(0, i), 3), IndexError, (-1, 3)),
]


@pytest.mark.parametrize("call, error, bad", OUT_OF_RANGE)
@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
@pytest.mark.parametrize("far", [0, 2**62])
def test_indices_out_of_range_are_refused(call, error, bad, carrier, far):
    with jit.numpy_only() if carrier == "numpy" else np.errstate():
        for index in bad:
            index += far if index > 0 else -far
            with pytest.raises(error, match=f"index {index} .*out of range.*expected"):
                call(index)


REFUSALS = [
    (lambda: scatter.gather(X, 2, at([0])), IndexError, "Dimension out of range"),
    (lambda: scatter.gather(X, 0, at(0)), RuntimeError, "equally many dimensions"),
    (lambda: scatter.gather(X, 0, at([0.0])), RuntimeError, "int64"),
    (lambda: scatter.gather(X, 0, np.zeros((1, 5), int)), RuntimeError, "may be larger"),
    (lambda: scatter.scatter(X, 0, np.zeros((1, 2), int), np.ones((1, 1))), RuntimeError, "larger than src"),
    (lambda: scatter.scatter(X, 0, at([0]), np.ones((1, 1), np.float32)), RuntimeError, "one dtype"),
    (lambda: scatter.scatter_reduce(X, 0, at([0]), ONE, "median"), RuntimeError, "'amin'"),
    (lambda: indexed.index_select(X, 0, at([0])), IndexError, "vector"),
    (lambda: indexed.index_select(X, 0, at(True)), RuntimeError, "int64"),
    (lambda: indexed.index_add(X, 0, at(0, 1), ONE), RuntimeError, "2 indices"),
    (lambda: indexed.index_add(X, 0, at(0), ONE[:, :2]), RuntimeError, "must agree"),
    (lambda: indexed.index_copy(X, 0, at(0, 1), ONE), IndexError, "2 indices"),
    (lambda: indexed.index_fill(X, 0, at(0), ONE), RuntimeError, "number"),
    (lambda: indexed.index_put(X, (at(0), at(0), at(0)), np.float64(1)), IndexError, "too many"),
    (lambda: indexed.index_put(X, (at(0, 1), at(0, 1, 2)), np.float64(1)), IndexError, "broadcast"),
    (lambda: indexed.index_put(X, (at(True, False),), np.float64(1)), IndexError, "mask"),
    (lambda: indexed.index_put(X, (at(0.0),), np.float64(1)), IndexError, "bools"),
    (lambda: indexed.index_put(X, (at(0, 1),), np.ones(3)), RuntimeError, "broadcast"),
    (lambda: indexed.index_put(X, (at(0),), np.ones(3, np.float32)), RuntimeError, "one dtype"),
]


@pytest.mark.parametrize("call, error, message", REFUSALS)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
@pytest.mark.parametrize(("reduce", "ufunc"), [("amax", np.maximum), ("amin", np.minimum)])
@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("columns", [(), (3,), (2, 700)])
def test_extremes_of_whole_rows(dtype, reduce, ufunc, include, columns):
    rng = np.random.default_rng(len(columns))
    x, src = (rng.integers(0, 200, size=(n, *columns)).astype(dtype) for n in (40, 3000))
    if dtype.startswith("float"):
        x[1], src[7] = np.nan, np.nan
    rows = rng.integers(2, 40, 3000)
    index = np.broadcast_to(rows.reshape(-1, *(1,) * len(columns)), src.shape)
    expected = x.copy()
    if not include:
        info = np.iinfo(dtype) if dtype[0] in "iu" else np.finfo(dtype)
        expected[rows] = {"amax": info.min, "amin": info.max}[reduce]
    with np.errstate(invalid="ignore"):
        ufunc.at(expected, rows, src)
    np.testing.assert_array_equal(scatter.scatter_reduce(x, 0, index, src, reduce, include), expected)
