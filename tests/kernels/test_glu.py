"""The gated linear unit against float64, on one thread and on several, along any axis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.kernels.glu import glu, glu_input
from autograd_core.kernels.jit import get_num_threads, numpy_only, set_num_threads


def exact(g: np.ndarray, x: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.split(x.astype(np.float64), 2, axis)
    s = 1 / (1 + np.exp(-b))
    return a * s, np.concatenate([g * s, g * a * s * (1 - s)], axis)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=3), st.integers(0, 2), st.sampled_from(["float32", "float64"]), st.integers(0, 99))
def test_against_float64(sizes: list[int], axis: int, kind: str, seed: int) -> None:
    axis %= len(sizes)
    rng = np.random.default_rng(seed)
    shape = tuple(2 * n if d == axis else n for d, n in enumerate(sizes))
    x, g = rng.normal(0, 4, shape).astype(kind), rng.standard_normal(tuple(sizes)).astype(kind)
    out, gx = exact(g, x, axis)
    eps = np.finfo(kind).eps
    assert np.all(np.abs(glu(x, axis) - out) <= 4 * eps * np.abs(out))
    assert np.all(np.abs(glu_input(g, x, axis) - gx) <= 4 * eps * np.abs(gx) + 2 * eps * np.abs(gx).max())
    with numpy_only():
        assert np.allclose(glu(x, axis), out, rtol=8 * eps)


@pytest.mark.parametrize(("shape", "axis"), [((300, 500), 1), ((300, 500), 0), ((2, 100_000), 0)])
def test_threads_change_no_bit(shape: tuple[int, int], axis: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape).astype(np.float32)
    g = rng.standard_normal(glu(x, axis).shape).astype(np.float32)
    before, found = get_num_threads(), []
    try:
        for threads in (1, 3):
            set_num_threads(threads)
            found.append((glu(x, axis), glu_input(g, x, axis)))
    finally:
        set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))
    assert np.allclose(found[0][0], exact(g, x, axis)[0], rtol=1e-6)
