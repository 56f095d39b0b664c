"""Resampling kernels: compiled loops against NumPy, gradients as adjoints, patches, borders, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels import jit, resample


@pytest.fixture(autouse=True)
def small_arrays_too(monkeypatch):
    monkeypatch.setattr(resample, "SMALL", 1)


sizes = st.integers(1, 12)


@st.composite
def interpolations(draw):
    rank = draw(st.integers(1, 3))
    modes = ["nearest", "nearest-exact", "area", {1: "linear", 2: "bilinear", 3: "trilinear"}[rank], *(["bicubic"] if rank == 2 else [])]
    mode = draw(st.sampled_from(modes))
    antialias = mode in ("bilinear", "bicubic") and draw(st.booleans())
    scales = [draw(st.sampled_from([None, 0.7, 2.3])) for _ in range(rank)] if draw(st.booleans()) else None
    shape = [draw(sizes) for _ in range(rank)]
    size = [draw(sizes) if s is None else max(1, int(n * s)) for n, s in zip(shape, scales or [None] * rank, strict=True)]
    return (draw(st.integers(0, 2)), draw(st.integers(1, 3)), *shape), size, scales, mode, draw(st.booleans()), antialias


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(problem=interpolations(), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=60)
def test_interpolate_compiled_is_numpy_and_its_gradient_the_adjoint(dtype, problem, seed):
    shape, size, *statics = problem
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=shape).astype(dtype), rng.normal(size=(*shape[:2], *size)).astype(dtype)
    tolerance = 2e-5 if dtype == "float32" else 1e-12
    out, gx = resample.interpolate(x, size, *statics), resample.interpolate_input(g, shape, *statics)
    with jit.numpy_only():
        np.testing.assert_allclose(out, resample.interpolate(x, size, *statics), rtol=0, atol=tolerance)
        np.testing.assert_allclose(gx, resample.interpolate_input(g, shape, *statics), rtol=0, atol=10 * tolerance)
    assert out.dtype == gx.dtype == dtype and gx.shape == shape
    assert np.vdot(out, g) == pytest.approx(np.vdot(x, gx), abs=tolerance * max(x.size, g.size, 1))
    ones = resample.interpolate(np.ones(shape, dtype), size, *statics)
    np.testing.assert_allclose(ones, 1, rtol=1e-5)


def test_interpolate_by_hand():
    x = np.array([[[0.0, 1.0, 2.0, 4.0]]])
    cases = {
        ("nearest", False, 8): [0, 0, 1, 1, 2, 2, 4, 4],
        ("linear", False, 8): [0, 0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 4],
        ("linear", True, 7): [0, 0.5, 1, 1.5, 2, 3, 4],
        ("area", False, 2): [0.5, 3],
    }
    for (mode, align, n), expected in cases.items():
        np.testing.assert_allclose(resample.interpolate(x, [n], None, mode, align)[0, 0], expected)


@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic", "area"])
def test_an_infinity_stays_within_its_taps(mode, carrier):
    x = np.zeros((1, 1, 8, 8), np.float32)
    x[0, 0, 0, 0] = np.inf
    with jit.numpy_only() if carrier == "numpy" else np.errstate():
        out = resample.interpolate(x, [16, 16], None, mode)
        gx = resample.interpolate_input(resample.interpolate(x, [16, 16]), x.shape, None, mode)
    assert np.isfinite(out[0, 0, 8:, 8:]).all() and not np.isfinite(out[0, 0, 0, 0])
    assert np.isfinite(gx[0, 0, 5:, 5:]).all()


@st.composite
def grids(draw):
    rank = draw(st.integers(2, 3))
    mode = draw(st.sampled_from(["bilinear", "nearest", *(["bicubic"] if rank == 2 else [])]))
    statics = mode, draw(st.sampled_from(["zeros", "border", "reflection"])), draw(st.booleans())
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *(draw(st.integers(1, 6)) for _ in range(rank)))
    return shape, [draw(st.integers(1, 5)) for _ in range(rank)], statics


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(problem=grids(), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=50)
def test_grid_sample_compiled_is_numpy_and_its_gradient_the_adjoint(dtype, problem, seed):
    shape, places, statics = problem
    rng = np.random.default_rng(seed)
    x, grid = rng.normal(size=shape).astype(dtype), (rng.normal(size=(shape[0], *places, len(places))) * 0.8).astype(dtype)
    g = rng.normal(size=(*shape[:2], *places)).astype(dtype)
    results = []
    for carrier in (jit.numpy_only, np.errstate):
        with carrier():
            results.append(
                [
                    resample.grid_sample(x, grid, *statics),
                    *(f(g, x, grid, *statics) for f in (resample.grid_sample_input, resample.grid_sample_grid)),
                ]
            )
    for ours, theirs in zip(*results, strict=True):
        assert ours.dtype == theirs.dtype == dtype and ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4 if dtype == "float32" else 1e-10)
    out, gx, _ = results[0]
    assert np.vdot(out, g) == pytest.approx(np.vdot(x, gx), abs=(1e-4 if dtype == "float32" else 1e-10) * x.size)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align", [False, True])
def test_the_gradient_of_the_grid_is_the_derivative(mode, padding_mode, align, rng):
    x, grid = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(2, 4, 7, 2)) * 0.7
    g, step = rng.normal(size=(2, 3, 4, 7)), 1e-7
    gradient = resample.grid_sample_grid(g, x, grid, mode, padding_mode, align)
    for axis in range(2):
        shift = np.zeros(2)
        shift[axis] = step
        ends = [(g * resample.grid_sample(x, grid + s * shift, mode, padding_mode, align)).sum(1) for s in (1, -1)]
        slope = (ends[0] - ends[1]) / (2 * step)
        # Away from kinks: a point whose one-sided slopes differ is left out.
        middle = (g * resample.grid_sample(x, grid, mode, padding_mode, align)).sum(1)
        smooth = np.abs((ends[0] - middle) - (middle - ends[1])) < 1e-3 * step
        assert smooth.mean() > 0.9
        np.testing.assert_allclose(gradient[..., axis][smooth], slope[smooth], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("carrier", ["compiled", "numpy"])
@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
def test_wild_grids_read_nothing_outside(mode, padding_mode, carrier):
    values = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30, 2.0**40, -7.3, 1.0, -1.0])
    grid = np.stack(np.meshgrid(values, values), -1)[None]
    x = np.ones((1, 40, 3, 3))
    with jit.numpy_only() if carrier == "numpy" else np.errstate():
        out = resample.grid_sample(x, grid, mode, padding_mode)
        gx = resample.grid_sample_input(np.ones_like(out), x, grid, mode, padding_mode)
        resample.grid_sample_grid(np.ones_like(out), x, grid, mode, padding_mode)
    finite = np.isfinite(grid).all(-1)[0]
    if padding_mode == "zeros":
        assert (out[0, :, finite & (np.abs(grid) > 3).any(-1)[0]] == 0).all()
    else:
        np.testing.assert_allclose(out[0, :, finite], 1, rtol=1e-6)
    assert gx.shape == x.shape


def test_the_identity_grid_returns_x(rng):
    x = rng.normal(size=(2, 3, 5, 7))
    theta = np.tile(np.eye(2, 3), (2, 1, 1))
    for align in (False, True):
        grid = resample.affine_grid(theta, x.shape, align)
        for mode in ("bilinear", "nearest", "bicubic"):
            np.testing.assert_allclose(resample.grid_sample(x, grid, mode, "border", align), x, atol=1e-12)
        g = rng.normal(size=grid.shape)
        turned = rng.normal(size=theta.shape)
        assert np.vdot(resample.affine_grid(turned, x.shape, align), g) == pytest.approx(
            np.vdot(turned, resample.affine_grid_theta(g, x.shape, align))
        )


@given(
    size=st.tuples(sizes, sizes),
    kernel=st.tuples(*[st.integers(1, 3)] * 2),
    dilation=st.tuples(*[st.integers(1, 2)] * 2),
    padding=st.tuples(*[st.integers(0, 2)] * 2),
    stride=st.tuples(*[st.integers(1, 3)] * 2),
)
@settings(deadline=None, max_examples=60)
def test_unfold_by_hand_and_fold_is_its_adjoint(size, kernel, dilation, padding, stride):
    statics = (kernel, dilation, padding, stride)
    x = np.random.default_rng(0).normal(size=(2, 3, *size))
    counts = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in zip(size, kernel, dilation, padding, stride, strict=True)]
    if min(counts) < 1:
        with pytest.raises(RuntimeError, match="sliding blocks"):
            resample.unfold(x, *statics)
        return
    columns = resample.unfold(x, *statics)
    assert columns.shape == (2, 3 * math.prod(kernel), math.prod(counts))
    padded = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    for number, (i, j) in enumerate(np.ndindex(*counts)):
        top, left = i * stride[0], j * stride[1]
        patch = padded[:, :, top : top + dilation[0] * kernel[0] : dilation[0], left : left + dilation[1] * kernel[1] : dilation[1]]
        np.testing.assert_array_equal(columns[:, :, number], patch[:, :, : kernel[0], : kernel[1]].reshape(2, -1))
    g = np.random.default_rng(1).normal(size=columns.shape)
    assert np.vdot(columns, g) == pytest.approx(np.vdot(x, resample.fold(g, size, *statics)))
    np.testing.assert_array_equal(resample.unfold(x[0], *statics), columns[0])
    np.testing.assert_array_equal(resample.fold(g[0], size, *statics), resample.fold(g, size, *statics)[0])


X = np.ones((1, 2, 4, 5))
GRID = np.zeros((1, 3, 3, 2))
REFUSALS = [
    (lambda: resample.interpolate(X, (3, 3), None, "linear"), NotImplementedError, "bilinear or bicubic"),
    (lambda: resample.interpolate(X, (0, 3)), RuntimeError, "greater than 0"),
    (lambda: resample.interpolate(X, (3,)), ValueError, "expected 2"),
    (lambda: resample.interpolate(X[0, 0], ()), NotImplementedError, "spatial"),
    (lambda: resample.interpolate(X, (3, 3), None, "nearest", False, True), ValueError, "antialias"),
    (lambda: resample.interpolate(X.astype(int), (3, 3), None, "bilinear"), NotImplementedError, r"\.float"),
    (lambda: resample.interpolate_input(X, (1, 3, 4, 5)), RuntimeError, "must agree"),
    (lambda: resample.grid_sample(X, GRID[..., :1]), RuntimeError, "expected"),
    (lambda: resample.grid_sample(X, GRID.astype(np.float32)), RuntimeError, "floating dtype"),
    (lambda: resample.grid_sample(X, np.zeros((2, 3, 3, 2))), RuntimeError, "expected"),
    (lambda: resample.grid_sample(X[..., :0], GRID), RuntimeError, "not empty"),
    (lambda: resample.grid_sample(X, GRID, "linear"), ValueError, "'bicubic'"),
    (lambda: resample.grid_sample(X, GRID, padding_mode="wrap"), ValueError, "'reflection'"),
    (lambda: resample.grid_sample_input(X, X, GRID), RuntimeError, "9 positions"),
    (lambda: resample.unfold(X[0, 0], 2), RuntimeError, r"\(N, C, H, W\)"),
    (lambda: resample.unfold(X, 0), RuntimeError, "kernel_size"),
    (lambda: resample.fold(np.ones((1, 5, 4)), (3, 3), 2), RuntimeError, "multiple of 4"),
    (lambda: resample.fold(np.ones((1, 4, 5)), (3, 3), 2), RuntimeError, "4 columns"),
    (lambda: resample.affine_grid(np.ones((1, 2, 2)), (1, 1, 3, 3)), ValueError, r"\(1, 2, 3\)"),
    (lambda: resample.affine_grid(np.ones((1, 2, 3)), (1, 1, 3, 0)), ValueError, "positive"),
]


@pytest.mark.parametrize("call, error, message", REFUSALS)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
