"""Pooling kernels: compiled loops against NumPy, gradients against their adjoints, and what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import jit, pool


@pytest.fixture(autouse=True)
def small_arrays_too(monkeypatch):
    monkeypatch.setattr(pool, "_LOOP_FROM", 1)


@st.composite
def problems(draw):
    rank = draw(st.integers(1, 3))
    dims = []
    for _ in range(rank):
        kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
        span = dilation * (kernel - 1) + 1
        padding = draw(st.integers(0, span // 2))
        least = max(1, span - 2 * padding)
        dims.append((draw(st.integers(least, least + 12)), kernel, draw(st.integers(1, 4)), padding, dilation))
    size, kernel, stride, padding, dilation = zip(*dims, strict=True)
    return (draw(st.integers(0, 2)), draw(st.integers(1, 3)), *size), kernel, stride, padding, dilation, draw(st.booleans())


def values(shape, seed, dtype):
    """Small whole numbers with many ties, a few of them NaN or infinite."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-2, 3, size=shape).astype(dtype)
    for special in (np.nan, np.inf, -np.inf, -np.inf):
        if x.size:
            x.reshape(-1)[rng.integers(0, x.size, size=max(1, x.size // 9))] = special
    return x


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(problem=problems(), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=60)
def test_max_pool_compiled_is_numpy(problem, seed, dtype):
    shape, *statics = problem
    x = values(shape, seed, dtype)
    out, index = pool.max_pool(x, *statics)
    with jit.numpy_only():
        expected, places = pool.max_pool(x, *statics)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(index, places)
    flat = x.reshape(*shape[:2], math.prod(shape[2:]))
    taken = np.take_along_axis(flat, np.maximum(index, 0).reshape(*shape[:2], -1 if index.size else 0), axis=2) if index.size else out
    np.testing.assert_array_equal(np.where(index < 0, -np.inf, taken.reshape(out.shape)), out)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(problem=problems(), include=st.booleans(), divisor=st.sampled_from([None, 3, -2]), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=60)
def test_avg_pool_compiled_is_numpy_and_its_gradient_the_adjoint(problem, include, divisor, seed, dtype):
    shape, kernel, stride, padding, _, ceil_mode = problem
    padding = tuple(min(p, k // 2) for p, k in zip(padding, kernel, strict=True))
    if any(n + 2 * p < k for n, p, k in zip(shape[2:], padding, kernel, strict=True)):
        return
    statics = (kernel, stride, padding, ceil_mode, include, divisor)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape).astype(dtype)
    out = pool.avg_pool(x, *statics)
    g = rng.normal(size=out.shape).astype(dtype)
    gx = pool.avg_pool_input(g, shape, *statics)
    with jit.numpy_only():
        tolerance = 1e-12 if dtype == "float64" else 1e-5
        np.testing.assert_allclose(out, pool.avg_pool(x, *statics), rtol=0, atol=tolerance)
        np.testing.assert_allclose(gx, pool.avg_pool_input(g, shape, *statics), rtol=0, atol=tolerance)
    assert np.vdot(out, g) == pytest.approx(np.vdot(x, gx), abs=tolerance * max(1, x.size))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(size=st.lists(st.integers(1, 9), min_size=1, max_size=3), data=st.data())
@settings(deadline=None, max_examples=40)
def test_adaptive_pools_compiled_are_numpy(size, data, dtype):
    output = tuple(data.draw(st.lists(st.integers(0, 11), min_size=len(size), max_size=len(size))))
    shape = (2, 3, *size)
    x = values(shape, 0, dtype)
    finite = np.random.default_rng(1).normal(size=shape).astype(dtype)
    maximum, average = pool.adaptive_max_pool(x, output), pool.adaptive_avg_pool(finite, output)
    g = np.random.default_rng(2).normal(size=average.shape).astype(dtype)
    gx = pool.adaptive_avg_pool_input(g, shape)
    with jit.numpy_only():
        for ours, plain in zip(maximum, pool.adaptive_max_pool(x, output), strict=True):
            np.testing.assert_array_equal(ours, plain)
        np.testing.assert_allclose(average, pool.adaptive_avg_pool(finite, output), rtol=0, atol=1e-5)
        np.testing.assert_allclose(gx, pool.adaptive_avg_pool_input(g, shape), rtol=0, atol=1e-5)
    assert np.vdot(average, g) == pytest.approx(np.vdot(finite, gx), abs=1e-3)


def test_max_pool_by_hand():
    x = np.array([[[[1, 5, 2, 2], [5, 0, 2, np.nan], [-1, -1, -np.inf, -np.inf], [-1, -2, -np.inf, -np.inf]]]])
    out, index = pool.max_pool(x, (2, 2), (2, 2), (0, 0), (1, 1), False)
    np.testing.assert_array_equal(out[0, 0], [[5, np.nan], [-1, -np.inf]])
    np.testing.assert_array_equal(index[0, 0], [[1, 7], [8, 10]])


def test_ceil_mode_drops_a_window_that_starts_in_the_padding():
    x = np.arange(5.0).reshape(1, 1, 5)
    assert pool.max_pool(x, (2,), (2,), (0,), (1,), True)[0].shape == (1, 1, 3)
    assert pool.max_pool(x, (2,), (2,), (0,), (1,), False)[0].shape == (1, 1, 2)
    assert pool.max_pool(x[..., :2], (1,), (3,), (0,), (1,), True)[0].shape == (1, 1, 1)
    np.testing.assert_array_equal(pool.avg_pool(x, (2,), (2,), (0,), True, True), [[[0.5, 2.5, 4.0]]])


def test_averages_count_the_padding_only_when_asked():
    x = np.ones((1, 1, 4))
    np.testing.assert_array_equal(pool.avg_pool(x, (3,), (3,), (1,), False, True), [[[2 / 3, 2 / 3]]])
    np.testing.assert_array_equal(pool.avg_pool(x, (3,), (3,), (1,), False, False), [[[1, 1]]])
    np.testing.assert_array_equal(pool.avg_pool(x, (3,), (3,), (1,), False, True, 2), [[[1, 1]]])


def test_a_window_that_holds_nothing():
    x = np.ones((1, 1, 1))
    out, index = pool.max_pool(x, (2,), (1,), (2,), (3,), False)
    np.testing.assert_array_equal(out, [[[-np.inf, -np.inf]]])
    np.testing.assert_array_equal(index, [[[-1, -1]]])
    np.testing.assert_array_equal(pool.max_pool_input(np.ones_like(out), index, x.shape), [[[0]]])
    np.testing.assert_array_equal(pool.max_unpool_input(x, index), [[[0, 0]]])


@pytest.mark.parametrize("shape", [(2, 3, 9), (2, 3, 8, 9), (2, 3, 5, 6, 7)])
def test_unpooling_and_its_gradient(shape):
    rank = len(shape) - 2
    x = np.random.default_rng(0).normal(size=shape)
    out, index = pool.max_pool(x, (2,) * rank, (2,) * rank, (0,) * rank, (1,) * rank, False)
    back = pool.max_unpool(out, index, shape)
    assert np.count_nonzero(back) == out.size
    np.testing.assert_array_equal(back[back != 0], x[back != 0])
    np.testing.assert_array_equal(pool.max_unpool_input(x, index), out)
    g = np.random.default_rng(1).normal(size=out.shape)
    assert np.vdot(pool.max_pool_input(g, index, shape), x) == pytest.approx(np.vdot(g, out))


@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
@pytest.mark.parametrize("place", [-2, 64, 2**62, -(2**62)])
def test_an_index_outside_the_plane_is_refused(place, carrier, monkeypatch):
    if carrier == "numpy":
        monkeypatch.setattr(pool, "_LOOP_FROM", 10**9)
    x = np.ones((1, 2, 8, 8))
    out, index = pool.max_pool(x, (2, 2), (2, 2), (0, 0), (1, 1), False)
    index[0, 1, 2, 3] = place
    for call in (
        lambda: pool.max_pool_input(out, index, x.shape),
        lambda: pool.max_unpool(out, index, x.shape),
        lambda: pool.max_unpool_input(x, index),
    ):
        with pytest.raises(RuntimeError, match="expected"):
            call()


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float16"])
def test_max_pool_of_other_dtypes(dtype):
    x = np.random.default_rng(0).integers(0, 200, size=(2, 3, 9, 9)).astype(dtype)
    out, index = pool.max_pool(x, (3, 3), (2, 2), (1, 1), (1, 1), False)
    expected, places = pool.max_pool(x.astype("float64"), (3, 3), (2, 2), (1, 1), (1, 1), False)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(index, places)


def test_averages_of_float16_are_summed_wider():
    x = np.full((1, 1, 64, 64), 100, np.float16)
    assert pool.avg_pool(x, (64, 64), (1, 1), (0, 0), False, True).item() == 100
    assert pool.adaptive_avg_pool(x, (1, 1)).item() == 100


def test_float32_averages_lose_nothing_in_large_windows():
    x = np.full((1, 1, 2048, 2048), np.float32(0.1))
    assert pool.adaptive_avg_pool(x, (1, 1)).item() == np.float32(0.1)


ERRORS = {
    "window too large": ((2, 3, 8, 8), (9, 2), (1, 1), (0, 0), (1, 1)),
    "dilated window too large": ((2, 3, 8, 8), (3, 3), (1, 1), (0, 0), (4, 1)),
    "padding over half a window": ((2, 3, 8, 8), (2, 2), (1, 1), (2, 0), (1, 1)),
    "negative padding": ((2, 3, 8, 8), (2, 2), (1, 1), (-1, 0), (1, 1)),
    "stride": ((2, 3, 8, 8), (2, 2), (0, 1), (0, 0), (1, 1)),
    "kernel": ((2, 3, 8, 8), (0, 2), (1, 1), (0, 0), (1, 1)),
    "dilation": ((2, 3, 8, 8), (2, 2), (1, 1), (0, 0), (0, 1)),
    "too few numbers": ((2, 3, 8, 8), (2,), (1, 1), (0, 0), (1, 1)),
    "no channels": ((2, 0, 8, 8), (2, 2), (1, 1), (0, 0), (1, 1)),
    "rank": ((2, 8), (2,), (1,), (0,), (1,)),
}


@pytest.mark.parametrize("name", ERRORS)
def test_wrong_arguments_say_what_was_expected(name):
    shape, *statics = ERRORS[name]
    with pytest.raises(RuntimeError, match="expected"):
        pool.max_pool(np.zeros(shape), *statics, False)


def test_arrays_that_do_not_belong_together():
    x = np.zeros((2, 3, 8, 8))
    statics = ((2, 2), (2, 2), (0, 0), False, True)
    with pytest.raises(RuntimeError, match="divisor_override"):
        pool.avg_pool(x, *statics, 0)
    with pytest.raises(RuntimeError, match="floating-point"):
        pool.avg_pool(x.astype("int64"), *statics)
    with pytest.raises(RuntimeError, match=r"\(2, 3, 4, 4\)"):
        pool.avg_pool_input(np.zeros((2, 3, 4, 5)), x.shape, *statics)
    with pytest.raises(RuntimeError, match="expected"):
        pool.adaptive_avg_pool(x, (2,))
    with pytest.raises(RuntimeError, match="expected"):
        pool.adaptive_max_pool(x, (2, -1))
    with pytest.raises(RuntimeError, match="expected"):
        pool.adaptive_avg_pool_input(np.zeros((2, 4, 2, 2)), x.shape)
    with pytest.raises(RuntimeError, match="one shape"):
        pool.max_pool_input(np.zeros((2, 3, 4, 4)), np.zeros((2, 3, 4, 5), np.int64), x.shape)
    with pytest.raises(RuntimeError, match="int64"):
        pool.max_unpool(np.zeros((2, 3, 4, 4)), np.zeros((2, 3, 4, 4), np.int32), x.shape)


def test_inputs_may_be_strided_and_readonly():
    x = np.random.default_rng(0).normal(size=(9, 8, 3, 2)).astype("float32").T
    x.flags.writeable = False
    out, index = pool.max_pool(x, (2, 2), (2, 2), (0, 0), (1, 1), False)
    expected, places = pool.max_pool(x.copy(), (2, 2), (2, 2), (0, 0), (1, 1), False)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(index, places)
    g = np.broadcast_to(np.float32(1), out.shape)
    assert pool.max_pool_input(g, index, x.shape).sum() == out.size


def test_values_do_not_depend_on_the_thread_count():
    x = np.random.default_rng(0).normal(size=(5, 7, 23, 26)).astype("float32")
    before, results = jit.get_num_threads(), []
    try:
        for threads in (1, 2, 5):
            jit.set_num_threads(threads)
            out, index = pool.max_pool(x, (3, 3), (2, 2), (1, 1), (1, 1), False)
            average = pool.avg_pool(x, (3, 3), (2, 2), (1, 1), False, True)
            results.append(b"".join(a.tobytes() for a in (out, index, average, pool.max_pool_input(out, index, x.shape))))
    finally:
        jit.set_num_threads(before)
    assert len(set(results)) == 1
