"""Softmax kernels: compiled loops against NumPy, what a row's values may depend on, and what is refused."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import exponential, jit, softmax

INF, NAN = np.inf, np.nan
ROWS = [
    [1.0, 2.0, 3.0],
    [1000.0, 999.0, -1000.0],
    [-INF, -INF, -INF],
    [INF, 1.0, 2.0],
    [NAN, 1.0, 2.0],
    [-NAN, 5.0, 2.0],
    [-INF, 1.0, 2.0],
    [INF, NAN, 1.0],
    [-INF, NAN, -INF],
    [1e38, -1e38, 3e38],
    [-200.0, 0.0, -90.0],
    [-0.0, 0.0, -0.0],
]


@pytest.fixture(autouse=True)
def small_arrays_too(monkeypatch):
    monkeypatch.setattr(softmax, "SMALL", 1)


shapes = st.lists(st.integers(1, 9), min_size=0, max_size=3)
PLAIN = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
"""Loops run as Python: a thousand times slower, so that the long rows stay away."""

lengths = st.sampled_from([1, 2, 7, 48, 49, 130] + [5000] * (not PLAIN))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(before=shapes, n=lengths, after=st.sampled_from([(), (1,), (2,), (3, 30), (300,)]), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=25)
def test_compiled_is_numpy(dtype, before, n, after, seed):
    before = before if n < 1000 else []
    rng = np.random.default_rng(seed)
    x, g = (rng.normal(size=(*before, n, *after)).astype(dtype) * scale for scale in (4, 1))
    dim, tolerance = len(before), 1e-6 if dtype == "float32" else 1e-14
    for forward, backward in ((softmax.softmax, softmax.softmax_input), (softmax.log_softmax, softmax.log_softmax_input)):
        out = forward(x, dim)
        gx = backward(g, out, dim)
        assert out.dtype == gx.dtype == dtype
        with jit.numpy_only():
            np.testing.assert_allclose(out, forward(x, dim), rtol=4 * tolerance, atol=tolerance)
            np.testing.assert_allclose(gx, backward(g, out, dim), rtol=0, atol=30 * tolerance * np.sqrt(n))
    total = softmax.logsumexp(x, dim)
    with jit.numpy_only():
        np.testing.assert_allclose(total, softmax.logsumexp(x, dim), rtol=4 * tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("repeats", [1, 30])
def test_special_rows(dtype, turned, repeats):
    rows = np.array(ROWS).repeat(repeats, axis=1).astype(dtype)
    with np.errstate(all="ignore"):
        wide = rows.astype(np.float64)
        top = wide.max(1, keepdims=True)
        shifted = wide - top
        total = np.log(np.exp(shifted).sum(1, keepdims=True))
        expected = {"softmax": np.exp(shifted - total), "log_softmax": shifted - total}
        expected["logsumexp"] = np.where(np.isinf(top), np.where(np.isnan(wide).any(1, keepdims=True), NAN, top), top + total)[:, 0]
        expected = {name: values.astype(dtype) for name, values in expected.items()}
    for name, values in expected.items():
        given, dim = (np.ascontiguousarray(rows.T), 0) if turned else (rows, 1)
        out = getattr(softmax, name)(given, dim)
        out = out.T if turned else out
        np.testing.assert_allclose(out, values, rtol=1e-6, atol=1e-37, err_msg=name)


@pytest.mark.parametrize("n", [3, 40, 100, pytest.param(9000, marks=pytest.mark.skipif(PLAIN, reason="too long for Python"))])
def test_a_row_does_not_depend_on_its_neighbours_strides_or_threads(rng, n):
    x = rng.normal(size=(300, n)).astype(np.float32) * 3
    threads = jit.get_num_threads()
    try:
        jit.set_num_threads(1)
        alone = softmax.softmax(x, 1)
        jit.set_num_threads(3)
        np.testing.assert_array_equal(softmax.softmax(x, 1), alone)
    finally:
        jit.set_num_threads(threads)
    np.testing.assert_array_equal(softmax.softmax(x[50:200], 1), alone[50:200])
    np.testing.assert_array_equal(softmax.softmax(x[::2], 1), alone[::2])
    np.testing.assert_array_equal(softmax.softmax(np.asfortranarray(x), 1), alone)
    shifted = np.zeros((300, n + 1), np.float32)[:, 1:]
    shifted[...] = x
    np.testing.assert_array_equal(softmax.softmax(shifted, -1), alone)


def test_gradients_are_the_derivatives(rng):
    x, g = rng.normal(size=(2, 5, 60))
    step = 1e-6
    for forward, backward in ((softmax.softmax, softmax.softmax_input), (softmax.log_softmax, softmax.log_softmax_input)):
        gx = backward(g, forward(x, 1), 1)
        direction = rng.normal(size=x.shape)
        slope = (np.vdot(g, forward(x + step * direction, 1)) - np.vdot(g, forward(x - step * direction, 1))) / (2 * step)
        assert np.vdot(gx, direction) == pytest.approx(slope, rel=1e-7)


def test_inputs_are_not_changed_and_shapes_kept(rng):
    x = rng.normal(size=(4, 5, 6)).astype(np.float32)
    before = x.copy()
    for dim in range(-3, 3):
        np.testing.assert_allclose(softmax.softmax(x, dim).sum(dim), 1, rtol=1e-6)
    np.testing.assert_array_equal(x, before)
    assert softmax.logsumexp(x, (0, 2)).shape == (5,)
    assert softmax.logsumexp(x, (0, 2), keepdim=True).shape == (1, 5, 1)
    assert softmax.softmax(np.zeros((0, 3), np.float32), 1).shape == (0, 3)
    assert softmax.softmax(np.float64(3.0), 0) == 1
    np.testing.assert_array_equal(softmax.logsumexp(np.zeros((2, 0)), 1), [-INF, -INF])
    assert softmax.softmax(x.astype(np.float16), 1).dtype == np.float16


REFUSALS = [
    (lambda x: softmax.softmax(x, 2), IndexError, "Dimension out of range"),
    (lambda x: softmax.softmax(x.astype(int), 0), NotImplementedError, r"\.float\(\)"),
    (lambda x: softmax.logsumexp(x, (0, 0)), RuntimeError, "multiple times"),
    (lambda x: softmax.softmax_input(x, x[:1], 0), RuntimeError, "must agree"),
]


@pytest.mark.parametrize("call, error, message", REFUSALS)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call(np.ones((2, 3)))


@pytest.mark.parametrize("dtype, low, high", [("float32", -103.0, 88.7), ("float64", -708.0, 709.7)])
@pytest.mark.parametrize("down", [False, True])
def test_exponential_within_1_1_ulp(rng, dtype, low, high, down):
    kernel = getattr(exponential, ("decay" if down else "exp") + dtype[-2:])

    @jit.compiled
    def loop(x, out):
        for i in range(len(x)):
            out[i] = kernel(x[i])

    edges = [0.0, -0.0, -INF, NAN, -1e9, -1e-30, *([] if down else [INF, 1e9, 1e-30])]
    x = np.concatenate([rng.uniform(max(low, -87.3) if dtype == "float32" else low, 0 if down else high, 500 if PLAIN else 50000), edges]).astype(dtype)
    out = np.empty_like(x)
    with np.errstate(all="ignore"):
        loop(x, out)
        exact = np.exp(x.astype(np.longdouble))
        finite = np.isfinite(exact) & (exact > np.finfo(dtype).tiny)
        error = np.abs(out - exact)[finite] / np.spacing(exact[finite].astype(dtype))
        np.testing.assert_array_equal(out[~finite], exact[~finite].astype(dtype))
    assert error.max() < 1.1
    if not down and dtype == "float32":
        tiny = np.array([-100.0, -103.0, -104.5], np.float32)
        loop(tiny, out[:3])
        np.testing.assert_allclose(out[:3], np.exp(tiny.astype(np.float64)), rtol=0, atol=1.5e-45)
