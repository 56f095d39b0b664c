"""Normalisation kernels: compiled loops against NumPy, float64 statistics, gradients, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import jit, norm, norm_loops

EPS = 1e-5


@pytest.fixture(autouse=True)
def small_arrays_too(monkeypatch):
    monkeypatch.setattr(norm_loops, "SMALL", 1)


SHAPES = [(4, 6), (70, 40), (5, 4, 7), (3, 8, 9, 9), (16, 8, 33, 2), (2, 4, 3, 4, 5), (40, 128, 4), (0, 4, 3), (3, 4, 0)]


def every_norm(x, g, w, b, w_row, b_row):
    """Each kernel's outputs and gradients on the same arrays, by name."""
    out, mean, rstd, var = norm.batch_norm_train(x, w, b, EPS)
    yield "batch_norm", (out, mean, rstd, var, *norm.batch_norm_input(g, x, w, mean, rstd))
    yield "batch_norm eval", (norm.batch_norm_eval(x, w, b, mean, var, EPS), *norm.batch_norm_eval_input(g, x, w, mean, var, EPS))
    for groups in (1, 2):
        out, mean, rstd = norm.group_norm(x, groups, w, b, EPS)
        yield f"group_norm {groups}", (out, mean, rstd, *norm.group_norm_input(g, x, groups, w, mean, rstd))
    shape = x.shape[1:]
    out, mean, rstd = norm.layer_norm(x, shape, w_row, b_row, EPS)
    yield "layer_norm", (out, mean, rstd, *norm.layer_norm_input(g, x, shape, w_row, mean, rstd))
    out, rstd = norm.rms_norm(x, shape, w_row, EPS)
    yield "rms_norm", (out, rstd, *norm.rms_norm_input(g, x, shape, w_row, rstd))


def example(shape, dtype, rng, affine=True):
    x, g = rng.normal(size=(2, *shape)).astype(dtype)
    weights = [rng.normal(size=s).astype(dtype) if affine else None for s in (shape[1], shape[1], shape[1:], shape[1:])]
    return x * 2 + np.asarray(0.5, dtype), g, *weights


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_compiled_is_numpy(shape, affine, dtype, rng):
    given = example(shape, dtype, rng, affine)
    with jit.numpy_only():
        expected = dict(every_norm(*given))
    for name, values in every_norm(*given):
        for ours, theirs in zip(values, expected[name], strict=True):
            assert ours.shape == theirs.shape and ours.dtype == theirs.dtype == dtype, name
            scale = max(1.0, float(np.abs(theirs).max(initial=0)))
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=(2e-5 if dtype == "float32" else 1e-12) * scale, err_msg=name)


@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
@pytest.mark.parametrize("shape", [(6, 4), (3, 4, 5), (2, 4, 3, 3)], ids=str)
def test_gradients_are_the_derivatives(shape, carrier, rng):
    x, g, w, b, w_row, b_row = example(shape, "float64", rng)
    c = shape[1:]
    mean, var = rng.normal(size=shape[1]), rng.uniform(0.5, 2, shape[1])
    cases = {
        "batch": (lambda x, w, b: norm.batch_norm_train(x, w, b, EPS), lambda s: norm.batch_norm_input(g, x, w, *s[:2]), (x, w, b)),
        "eval": (
            lambda x, w, b: (norm.batch_norm_eval(x, w, b, mean, var, EPS),),
            lambda s: norm.batch_norm_eval_input(g, x, w, mean, var, EPS),
            (x, w, b),
        ),
        "group": (lambda x, w, b: norm.group_norm(x, 2, w, b, EPS), lambda s: norm.group_norm_input(g, x, 2, w, *s), (x, w, b)),
        "layer": (lambda x, w, b: norm.layer_norm(x, c, w, b, EPS), lambda s: norm.layer_norm_input(g, x, c, w_row, *s), (x, w_row, b_row)),
        "rms": (lambda x, w: norm.rms_norm(x, c, w, EPS), lambda s: norm.rms_norm_input(g, x, c, w_row, *s), (x, w_row)),
    }
    step = 1e-6
    for name, (forward, backward, inputs) in cases.items():
        with jit.numpy_only() if carrier == "numpy" else np.errstate():
            _, *stats = forward(*inputs)
            for number, gradient in enumerate(backward(stats)):
                direction = rng.normal(size=inputs[number].shape)
                ends = []
                for sign in (step, -step):
                    moved = [v + sign * direction if i == number else v for i, v in enumerate(inputs)]
                    ends.append(np.vdot(g, forward(*moved)[0]))
                slope = (ends[0] - ends[1]) / (2 * step)
                assert np.vdot(gradient, direction) == pytest.approx(slope, rel=2e-6, abs=2e-7), (name, number)


@pytest.mark.parametrize("shape", [(64, 3, 50), (3000, 5)])
def test_a_large_mean_does_not_spoil_the_variance(shape, rng):
    noise = rng.normal(size=shape)
    x = (noise + 3000).astype(np.float32)
    axes = tuple(d for d in range(len(shape)) if d != 1)
    _, mean, rstd, var = norm.batch_norm_train(x, None, None, EPS)
    np.testing.assert_allclose(var, x.astype(np.float64).var(axes, ddof=1), rtol=1e-6)
    np.testing.assert_allclose(mean, x.astype(np.float64).mean(axes), rtol=1e-7)
    np.testing.assert_allclose(rstd, 1 / np.sqrt(x.astype(np.float64).var(axes) + EPS), rtol=1e-6)


@given(rows=st.integers(1, 400), n=st.integers(1, 70), seed=st.integers(0, 5))
@settings(deadline=None, max_examples=15)
def test_thread_count_and_strides_do_not_change_a_bit(rows, n, seed):
    rng = np.random.default_rng(seed)
    given = example((rows, n), "float32", rng)
    threads = jit.get_num_threads()
    results = []
    try:
        for count in (1, 3):
            jit.set_num_threads(count)
            results.append(dict(every_norm(*given) if n % 2 == 0 else ()))
    finally:
        jit.set_num_threads(threads)
    for name, values in results[0].items():
        for one, three in zip(values, results[1][name], strict=True):
            np.testing.assert_array_equal(one, three, err_msg=name)
    x = given[0]
    plain, strided = norm.layer_norm(x, (n,), None, None, EPS)[0], norm.layer_norm(np.asfortranarray(x), (n,), None, None, EPS)[0]
    np.testing.assert_array_equal(plain, strided)


def test_not_finite_stays_where_it_is(rng):
    x = rng.normal(size=(8, 3, 40)).astype(np.float32)
    x[2, 1, 5] = np.nan
    out, mean, _, _ = norm.batch_norm_train(x, None, None, EPS)
    assert np.isnan(out[:, 1]).all() and np.isnan(mean[1])
    assert np.isfinite(out[:, [0, 2]]).all()
    out = norm.layer_norm(x, (40,), None, None, EPS)[0]
    assert np.isnan(out[2, 1]).all() and np.isnan(out).sum() == 40


X = np.ones((2, 6, 3), np.float32)
REFUSALS = [
    (lambda: norm.batch_norm_train(X[0, 0], None, None, EPS), RuntimeError, r"expected \(N, C"),
    (lambda: norm.batch_norm_train(X, np.ones(5), None, EPS), RuntimeError, "weight of shape"),
    (lambda: norm.batch_norm_eval(X, None, None, np.ones(6), np.ones(7), EPS), RuntimeError, "running_var"),
    (lambda: norm.batch_norm_train(X.astype(int), None, None, EPS), NotImplementedError, r"\.float"),
    (lambda: norm.batch_norm_input(X[:1], X, None, np.ones(6), np.ones(6)), RuntimeError, "gradient of shape"),
    (lambda: norm.group_norm(X, 4, None, None, EPS), RuntimeError, "divisor of 6"),
    (lambda: norm.group_norm(X, 0, None, None, EPS), RuntimeError, "divisor of 6"),
    (lambda: norm.group_norm_input(X, X, 2, None, np.ones((2, 3)), np.ones((2, 2))), RuntimeError, "mean of shape"),
    (lambda: norm.layer_norm(X, (6,), None, None, EPS), RuntimeError, "last dimensions"),
    (lambda: norm.layer_norm(X, (), None, None, EPS), RuntimeError, "empty normalized_shape"),
    (lambda: norm.layer_norm(X, (3,), np.ones(2), None, EPS), RuntimeError, "weight of shape"),
    (lambda: norm.rms_norm_input(X, X, (3,), None, np.ones((2, 6))), RuntimeError, "rstd of shape"),
]


@pytest.mark.parametrize("call, error, message", REFUSALS)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
