"""Convolution kernels against their definition in float64, and what they promise beside the values."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as core
from autograd_core.kernels import conv_direct, conv_gemm, conv_lanes, conv_tiles, depthwise, jit, winograd
from autograd_core.kernels.conv import conv, conv_input, conv_weight
from autograd_core.kernels.conv_geometry import geometry
from autograd_core.kernels.conv_reference import conv_input_reference, conv_reference, conv_weight_reference

BOUND = {"float64": 1e-12, "float32": 1e-4, "float16": 3e-3}


def rand(*shape, dtype="float64", seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(dtype)


def close(ours, exact, dtype):
    assert ours.dtype == dtype and ours.shape == exact.shape
    np.testing.assert_allclose(ours, exact, rtol=0, atol=BOUND[str(np.dtype(dtype))] * max(1.0, float(np.abs(exact).max(initial=0))))


def check_all(x_shape, w_shape, statics, dtype, bias=True):
    x, w, b = rand(*x_shape, dtype=dtype), rand(*w_shape, dtype=dtype), rand(w_shape[0], dtype=dtype) if bias else None
    wide = [None if a is None else a.astype("float64") for a in (x, w, b)]
    exact = conv_reference(*wide, *statics)
    close(conv(x, w, b, *statics), exact, dtype)
    g = rand(*exact.shape, dtype=dtype, seed=1)
    close(conv_input(g, w, x_shape, *statics), conv_input_reference(g.astype("float64"), wide[1], x_shape, *statics), dtype)
    close(conv_weight(g, x, w_shape, *statics), conv_weight_reference(g.astype("float64"), wide[0], w_shape, *statics), dtype)


@st.composite
def problems(draw):
    rank = draw(st.integers(1, 3))
    groups = draw(st.integers(1, 3))
    per_in, per_out = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    dims = []
    for _ in range(rank):
        kernel, dilation, padding = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(0, 3))
        least = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
        dims.append((draw(st.integers(least, least + 9)), kernel, draw(st.integers(1, 3)), padding, dilation))
    size, kernel, stride, padding, dilation = zip(*dims, strict=True)
    batch = draw(st.integers(0, 5))
    return (batch, groups * per_in, *size), (groups * per_out, per_in, *kernel), (stride, padding, dilation, groups)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(problem=problems(), bias=st.booleans())
@settings(deadline=None, max_examples=40)
def test_any_geometry(problem, bias, dtype):
    check_all(*problem, dtype, bias)


METHODS = {
    "winograd": ((5, 16, 13, 18), (20, 16, 3, 3), ((1, 1), (1, 0), (1, 1), 1)),
    "winograd, no padding": ((9, 16, 18, 10), (16, 16, 3, 3), ((1, 1), (0, 0), (1, 1), 1)),
    "winograd, small planes": ((50, 17, 4, 4), (16, 17, 3, 3), ((1, 1), (1, 1), (1, 1), 1)),
    "winograd, bands of rows": ((2, 40, 70, 61), (48, 40, 3, 3), ((1, 1), (1, 2), (1, 1), 1)),
    "winograd, 5x5": ((3, 32, 15, 17), (30, 32, 5, 5), ((1, 1), (2, 1), (1, 1), 1)),
    "winograd, dilated": ((3, 32, 19, 25), (32, 32, 3, 3), ((1, 1), (2, 4), (2, 3), 1)),
    "winograd, groups": ((4, 66, 16, 17), (99, 22, 3, 3), ((1, 1), (1, 1), (1, 1), 3)),
    "winograd, 1-d": ((9, 64, 50), (40, 64, 3), ((1,), (1,), (1,), 1)),
    "winograd, 3-d": ((2, 32, 5, 8, 11), (31, 32, 3, 3, 3), ((1, 1, 1), (1, 1, 1), (1, 1, 1), 1)),
    "depthwise": ((3, 8, 17, 19), (16, 1, 3, 5), ((1, 1), (1, 2), (1, 1), 8)),
    "depthwise, strided and dilated": ((15, 24, 17, 19), (24, 1, 3, 5), ((2, 3), (1, 2), (1, 2), 24)),
    "depthwise, bands of rows": ((1, 17, 140, 90), (17, 1, 3, 3), ((1, 1), (2, 2), (2, 2), 17)),
    "depthwise, large kernel": ((2, 16, 12, 13), (32, 1, 7, 6), ((2, 1), (3, 5), (1, 1), 16)),
    "depthwise, 1-d": ((30, 20, 120), (20, 1, 4), ((3,), (1,), (1,), 20)),
    "tiles, depthwise, few channels": ((1, 3, 70, 90), (3, 1, 3, 3), ((1, 1), (2, 2), (2, 2), 3)),
    "tiles, depthwise, 3-d": ((4, 4, 9, 8, 9), (8, 1, 2, 3, 3), ((1, 1, 1), (1, 1, 0), (1, 2, 1), 4)),
    "pointwise": ((7, 40, 9, 9), (30, 40, 1, 1), ((1, 1), (0, 0), (1, 1), 1)),
    "pointwise, groups": ((7, 40, 9, 9), (30, 20, 1, 1), ((1, 1), (0, 0), (1, 1), 2)),
    "lanes, strided and dilated": ((5, 47, 17, 18), (48, 47, 3, 3), ((2, 3), (1, 2), (1, 2), 1)),
    "lanes, many weights": ((40, 64, 5, 5), (64, 64, 3, 3), ((2, 2), (1, 1), (1, 1), 1)),
    "lanes, bands of rows": ((2, 32, 90, 70), (32, 32, 2, 3), ((2, 2), (1, 0), (1, 1), 1)),
    "lanes, patches": ((3, 32, 24, 20), (48, 32, 2, 4), ((2, 4), (0, 0), (1, 1), 1)),
    "lanes, groups": ((4, 64, 15, 16), (60, 32, 4, 4), ((2, 2), (1, 1), (1, 1), 2)),
    "lanes, 1-d": ((4, 48, 101), (32, 48, 4), ((2,), (1,), (1,), 1)),
    "lanes, one phase without taps": ((6, 32, 17, 18), (32, 32, 1, 2), ((2, 3), (0, 1), (1, 1), 1)),
    "lanes, padding beyond the kernel": ((3, 32, 9, 9), (32, 32, 2, 2), ((2, 2), (4, 5), (1, 1), 1)),
    "tiles, few outputs": ((16, 1, 28, 28), (32, 1, 3, 3), ((1, 1), (0, 0), (1, 1), 1)),
    "tiles": ((6, 24, 20, 20), (8, 24, 7, 7), ((1, 1), (2, 2), (1, 1), 1)),
    "tiles, strided and dilated": ((6, 24, 33, 30), (8, 24, 5, 4), ((2, 3), (2, 1), (3, 2), 1)),
    "tiles, groups": ((6, 24, 20, 20), (8, 12, 5, 5), ((1, 2), (2, 2), (1, 1), 2)),
    "tiles, bands of rows": ((1, 12, 90, 90), (16, 12, 4, 5), ((1, 1), (2, 2), (1, 1), 1)),
    "tiles, phases": ((1, 3, 300, 200), (8, 3, 7, 7), ((2, 2), (3, 3), (1, 1), 1)),
    "tiles, one position": ((33, 8, 6, 6), (20, 8, 6, 6), ((1, 1), (0, 0), (1, 1), 1)),
    "tiles, 1-d": ((4, 20, 500), (16, 20, 7), ((1,), (3,), (1,), 1)),
    "tiles, 3-d": ((2, 8, 9, 10, 11), (8, 8, 3, 3, 3), ((1, 1, 1), (1, 1, 1), (1, 1, 1), 1)),
    "tiles, one phase without taps": ((12, 8, 17, 18), (12, 8, 1, 2), ((2, 3), (0, 1), (1, 1), 1)),
    "tiles, padding beyond the kernel": ((3, 8, 9, 9), (24, 8, 2, 2), ((1, 1), (4, 5), (1, 1), 1)),
    "direct": ((2, 2, 9, 8), (4, 2, 3, 3), ((1, 1), (1, 2), (1, 1), 1)),
    "direct, strided, groups": ((2, 4, 3, 9, 8), (4, 2, 2, 3, 3), ((1, 2, 3), (1, 1, 2), (1, 2, 1), 2)),
    "no images": ((0, 3, 8, 8), (4, 3, 3, 3), ((1, 1), (1, 1), (1, 1), 1)),
}


@pytest.mark.parametrize("carrier", [contextlib.nullcontext, jit.numpy_only])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", METHODS)
def test_each_method(name, dtype, carrier):
    with carrier():
        check_all(*METHODS[name], dtype)


def methods_called(monkeypatch, x_shape, w_shape, statics):
    called = []
    for module in (winograd, conv_direct, depthwise, conv_lanes, conv_tiles, conv_gemm):
        for name in ("conv", "conv_input", "conv_weight"):
            original = getattr(module, name, None)
            if original is None:  # Winograd's gradient for x is the convolution of the turned kernels
                continue

            def spy(*args, original=original, module=module):
                called.append(module.__name__.rpartition(".")[2])
                return original(*args)

            monkeypatch.setattr(module, name, spy)
    check_all(x_shape, w_shape, statics, "float32")
    return set(called)


@pytest.mark.parametrize("method", ["winograd", "depthwise", "lanes", "tiles", "direct"])
def test_the_fast_methods_are_taken(method, monkeypatch):
    if not jit.enabled():
        pytest.skip("Numba is off")
    for name, problem in METHODS.items():
        if name.startswith(method):
            assert methods_called(monkeypatch, *problem) == {method if method in ("winograd", "depthwise") else f"conv_{method}"}, name


@st.composite
def wide_problems(draw):
    """Kernels and channels that transforms and lanes pay for."""
    groups, rank = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    per_in, per_out = draw(st.integers(16, 40)), draw(st.integers(16, 40))
    dims = []
    kernel, step = draw(st.sampled_from([3, 5])) if rank == 2 else 3, draw(st.sampled_from([1, 1, 2, 3]))
    for _ in range(rank):
        dilation, padding = draw(st.integers(1, 3)), draw(st.integers(0, 5))
        least = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
        dims.append((draw(st.integers(least, least + 30)), kernel, step, padding, dilation))
    size, kernel, stride, padding, dilation = zip(*dims, strict=True)
    return (draw(st.integers(1, 5)), groups * per_in, *size), (groups * per_out, per_in, *kernel), (stride, padding, dilation, groups)


@given(problem=wide_problems(), bias=st.booleans())
@settings(deadline=None, max_examples=25)
def test_transforms_stay_close_to_the_definition(problem, bias):
    check_all(*problem, "float32", bias)


def test_the_highest_precision_keeps_to_the_definition(monkeypatch):
    if not jit.enabled():
        pytest.skip("Numba is off")
    problem = METHODS["winograd"]
    try:
        core.set_float32_matmul_precision("highest")
        assert core.get_float32_matmul_precision() == "highest" and "winograd" not in methods_called(monkeypatch, *problem)
        x, w = rand(*problem[0], dtype="float32"), rand(*problem[1], dtype="float32")
        direct = conv(x, w, None, *problem[2])
        exact = conv_reference(x.astype("float64"), w.astype("float64"), None, *problem[2])
        assert np.abs(direct - exact).max() < 2e-6 * np.abs(exact).max()
        with pytest.warns(UserWarning, match="no float32 matmul precision"):
            core.set_float32_matmul_precision("low")
        assert core.get_float32_matmul_precision() == "highest"
    finally:
        core.set_float32_matmul_precision("high")
    assert "winograd" in methods_called(monkeypatch, *problem)


@pytest.mark.parametrize("dtype", ["int64", "complex128"])
def test_other_dtypes_take_the_general_path(dtype):
    x, w = (rand(2, 3, 6, 7) * 5).astype(dtype), (rand(4, 3, 3, 2) * 5).astype(dtype)
    statics = ((2, 1), (1, 0), (1, 1), 1)
    np.testing.assert_allclose(conv(x, w, None, *statics), conv_reference(x, w, None, *statics))


WINOGRAD = ((4, 16, 12, 13), (16, 16, 3, 3), ((1, 1), (1, 1), (1, 1), 1))


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan, 3e38])
@pytest.mark.parametrize("place", [(1, 3, i, j) for i in (0, 1, 4, 7, 11) for j in (0, 2, 5, 12)])
def test_what_is_not_finite_stays_in_its_windows(bad, place):
    x_shape, w_shape, statics = WINOGRAD
    x, w = rand(*x_shape, dtype="float32"), rand(*w_shape, dtype="float32")
    x[place] = bad
    with np.errstate(all="ignore"):
        expected = np.isfinite(conv_reference(x, w, None, *statics))
        np.testing.assert_array_equal(np.isfinite(conv(x, w, None, *statics)), expected)
        np.testing.assert_array_equal(
            np.isfinite(conv_input(x, w, x_shape, *statics)), np.isfinite(conv_input_reference(x, w, x_shape, *statics))
        )
        narrow = ((1, 1), (0, 0), (1, 1), 1)
        larger = (4, 16, 14, 15)
        expected = np.isfinite(conv_input_reference(x, w, larger, *narrow))
        np.testing.assert_array_equal(np.isfinite(conv_input(x, w, larger, *narrow)), expected)
        g = rand(*x_shape, dtype="float32", seed=1)
        expected = np.isfinite(conv_weight_reference(g, x, w_shape, *statics))
        np.testing.assert_array_equal(np.isfinite(conv_weight(g, x, w_shape, *statics)), expected)


@pytest.mark.parametrize(
    "name",
    [
        "tiles, strided and dilated",
        "tiles, padding beyond the kernel",
        "lanes, strided and dilated",
        "lanes, padding beyond the kernel",
        "depthwise",
    ],
)
def test_what_is_not_finite_stays_in_its_windows_of_tiles(name):
    x_shape, w_shape, statics = METHODS[name]
    x, w = rand(*x_shape, dtype="float32"), rand(*w_shape, dtype="float32")
    for place in ((0, 1, 0, 0), (1, 3, -1, -1), (0, 5, 3, 0)):
        x[place] = np.inf
    with np.errstate(all="ignore"):
        out = conv_reference(x, w, None, *statics)
        np.testing.assert_array_equal(np.isfinite(conv(x, w, None, *statics)), np.isfinite(out))
        g = rand(*out.shape, dtype="float32", seed=1)
        expected = np.isfinite(conv_weight_reference(g, x, w_shape, *statics))
        np.testing.assert_array_equal(np.isfinite(conv_weight(g, x, w_shape, *statics)), expected)
        g[0, 2, 0, 1] = g[1, 0, -1, -1] = np.nan
        expected = np.isfinite(conv_input_reference(g, w, x_shape, *statics))
        np.testing.assert_array_equal(np.isfinite(conv_input(g, w, x_shape, *statics)), expected)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_are_not_finite(bad):
    x_shape, w_shape, statics = WINOGRAD
    x, w = rand(*x_shape, dtype="float32"), rand(*w_shape, dtype="float32")
    w[5, 2, 1, 0] = bad
    out = conv(np.tile(x, (9, 1, 1, 1)), w, None, *statics)[-len(x) :]  # no warning, on any thread
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(np.isfinite(out), np.isfinite(conv_reference(x, w, None, *statics)))


@pytest.mark.parametrize("name", METHODS)
def test_inputs_may_be_strided_readonly_and_stay_as_they_are(name):
    x_shape, w_shape, statics = METHODS[name]
    x, w = np.asfortranarray(rand(*x_shape, dtype="float32")), np.asfortranarray(rand(*w_shape, dtype="float32"))
    exact = conv_reference(x.astype("float64"), w.astype("float64"), None, *statics)
    g = np.broadcast_to(np.float32(0.5), exact.shape)
    before = x.copy(), w.copy()
    x.flags.writeable = w.flags.writeable = False
    close(conv(x, w, None, *statics), exact, "float32")
    wide = np.full(exact.shape, 0.5)
    close(conv_input(g, w, x_shape, *statics), conv_input_reference(wide, w.astype("float64"), x_shape, *statics), "float32")
    close(conv_weight(g, x, w_shape, *statics), conv_weight_reference(wide, x.astype("float64"), w_shape, *statics), "float32")
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(w, before[1])


@pytest.mark.parametrize(
    "name",
    [
        "winograd",
        "winograd, 5x5",
        "winograd, bands of rows",
        "depthwise",
        "tiles",
        "tiles, strided and dilated",
        "tiles, 3-d",
        "lanes, groups",
    ],
)
def test_values_do_not_depend_on_the_thread_count(name):
    x_shape, w_shape, statics = METHODS[name]
    x_shape = (48, *x_shape[1:])  # enough work to be shared out
    x, w = rand(*x_shape, dtype="float32"), rand(*w_shape, dtype="float32")
    before = jit.get_num_threads()
    results = []
    try:
        for threads in (2, 3, 8):  # with one thread a single product may be BLAS's own to order
            jit.set_num_threads(threads)
            out = conv(x, w, None, *statics)
            results.append(
                [out.tobytes(), conv_input(out, w, x_shape, *statics).tobytes(), conv_weight(out, x, w_shape, *statics).tobytes()]
            )
    finally:
        jit.set_num_threads(before)
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("run", ["conv", "conv_weight", "conv_input"])
def test_memory_is_bounded(run):
    x, w = rand(2, 8, 300, 300, dtype="float32"), rand(8, 8, 5, 5, dtype="float32")
    statics = ((2, 2), (2, 2), (1, 1), 1)
    out = conv(x, w, None, *statics)
    calls = {
        "conv": lambda: conv(x, w, None, *statics),
        "conv_weight": lambda: conv_weight(out, x, w.shape, *statics),
        "conv_input": lambda: conv_input(out, w, x.shape, *statics),
    }
    tracemalloc.start()
    try:
        result = calls[run]()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    columns = 2 * 8 * 25 * 150 * 150 * 4
    assert peak - result.nbytes < columns / 3


ERRORS = {
    "ranks differ": ((2, 3, 8, 8), (4, 3, 3), ((1, 1), (0, 0), (1, 1), 1)),
    "four dimensions": ((2, 3, 8, 8, 8, 8), (4, 3, 3, 3, 3, 3), ((1,) * 4, (0,) * 4, (1,) * 4, 1)),
    "channels": ((2, 3, 8, 8), (4, 2, 3, 3), ((1, 1), (0, 0), (1, 1), 1)),
    "groups": ((2, 4, 8, 8), (5, 2, 3, 3), ((1, 1), (0, 0), (1, 1), 2)),
    "groups below 1": ((2, 4, 8, 8), (4, 4, 3, 3), ((1, 1), (0, 0), (1, 1), 0)),
    "kernel too large": ((2, 3, 8, 8), (4, 3, 3, 9), ((1, 1), (0, 0), (1, 1), 1)),
    "dilated kernel too large": ((2, 3, 8, 8), (4, 3, 3, 3), ((1, 1), (0, 0), (1, 4), 1)),
    "empty kernel": ((2, 3, 8, 8), (4, 3, 0, 3), ((1, 1), (0, 0), (1, 1), 1)),
    "stride": ((2, 3, 8, 8), (4, 3, 3, 3), ((1, 0), (0, 0), (1, 1), 1)),
    "too few strides": ((2, 3, 8, 8), (4, 3, 3, 3), ((1,), (0, 0), (1, 1), 1)),
    "padding": ((2, 3, 8, 8), (4, 3, 3, 3), ((1, 1), (-1, 0), (1, 1), 1)),
    "dilation": ((2, 3, 8, 8), (4, 3, 3, 3), ((1, 1), (0, 0), (0, 1), 1)),
    "overflow": ((2, 3, 8, 8), (4, 3, 3, 3), ((1, 1), (2**40, 2**40), (1, 1), 1)),
}


@pytest.mark.parametrize("name", ERRORS)
def test_wrong_arguments_say_what_was_expected(name):
    x_shape, w_shape, statics = ERRORS[name]
    x, w = np.zeros(x_shape, "float32"), np.zeros(w_shape, "float32")
    g = np.zeros((2, 4, 6, 6), "float32")
    pattern = "too large" if name == "overflow" else "expected"
    for call in (
        lambda: conv(x, w, None, *statics),
        lambda: conv_input(g, w, x_shape, *statics),
        lambda: conv_weight(g, x, w_shape, *statics),
    ):
        with pytest.raises(RuntimeError, match=pattern):
            call()


def test_arrays_that_do_not_belong_together():
    x, w, statics = np.zeros((2, 3, 8, 8)), np.zeros((4, 3, 3, 3)), ((1, 1), (0, 0), (1, 1), 1)
    with pytest.raises(RuntimeError, match="bias of shape"):
        conv(x, w, np.zeros(3), *statics)
    with pytest.raises(RuntimeError, match="one dtype"):
        conv(x, w.astype("float32"), None, *statics)
    with pytest.raises(RuntimeError, match=r"\(2, 4, 6, 6\)"):
        conv_input(np.zeros((2, 4, 6, 7)), w, x.shape, *statics)
    with pytest.raises(RuntimeError, match=r"\(2, 4, 6, 6\)"):
        conv_weight(np.zeros((2, 4, 7, 6)), x, w.shape, *statics)


def test_geometry_of_the_gradient():
    geo = geometry((2, 3, 9, 9), (4, 3, 3, 2), (1, 1), (1, 0), (2, 1), 1)
    back = geo.mirrored
    assert back is not None and back.out == geo.size and back.size == geo.out and back.c_in == 4
    assert geometry((2, 3, 9, 9), (4, 3, 3, 3), (2, 1), (1, 1), (1, 1), 1).mirrored is None
    assert geometry((2, 3, 9, 9), (4, 3, 3, 3), (1, 1), (3, 1), (1, 1), 1).mirrored is None


BOUNDS = """
import numpy as np
from autograd_core.kernels import pool
from autograd_core.kernels.conv import conv, conv_input, conv_weight
rng = np.random.default_rng(0)
for x_shape, w_shape, statics in {problems!r}:
    x, w = rng.normal(size=x_shape).astype("f4"), rng.normal(size=w_shape).astype("f4")
    out = conv(x, w, None, *statics)
    conv_input(out, w, x_shape, *statics)
    conv_weight(out, x, w_shape, *statics)
for size, kernel, stride, padding, dilation, ceil_mode in {pools!r}:
    x = rng.normal(size=(8, 16, *size)).astype("f4")
    out, index = pool.max_pool(x, kernel, stride, padding, dilation, ceil_mode)
    pool.max_pool_input(out, index, x.shape)
    out = pool.avg_pool(x, kernel, stride, padding, ceil_mode, False)
    pool.avg_pool_input(out, x.shape, kernel, stride, padding, ceil_mode, False)
    pool.adaptive_avg_pool_input(pool.adaptive_avg_pool(x, (5, 7)), x.shape)
    pool.adaptive_max_pool(x, (5, 7))
"""

POOLS = [
    ((24, 24), (2, 2), (2, 2), (0, 0), (1, 1), False),
    ((25, 23), (2, 2), (2, 2), (0, 0), (1, 1), True),
    ((23, 26), (3, 3), (2, 2), (1, 1), (1, 1), True),
    ((23, 26), (3, 2), (1, 3), (1, 1), (1, 1), True),
    ((9, 9), (7, 7), (3, 3), (3, 3), (1, 1), False),
]


@pytest.mark.slow
def test_no_loop_leaves_its_arrays(tmp_path):
    problems = [problem for name, problem in METHODS.items() if name.startswith(("winograd", "depthwise", "lanes", "tiles", "direct"))]
    root = str(Path(__file__).parents[2])
    env = os.environ | {"NUMBA_BOUNDSCHECK": "1", "AUTOGRAD_CORE_CACHE_DIR": str(tmp_path), "PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", BOUNDS.format(problems=problems, pools=POOLS)], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
