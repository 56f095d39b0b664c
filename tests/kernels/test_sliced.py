"""NumPy's loops over slices on several threads: the values, types and strides of one call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_core.kernels.jit import get_num_threads, set_num_threads
from autograd_core.kernels.sliced import wide

SHAPES = {
    "same": ((400, 500), (400, 500)),
    "number": ((400, 500), ()),
    "row": ((400, 500), (500,)),
    "column": ((400, 500), (400, 1)),
    "outer": ((400, 500), (400, 1)),
    "missing dimensions": ((20, 100, 101), (100, 1)),
    "both broadcast": ((1, 500), (400, 1)),
    "vector": ((200_001,), (200_001,)),
    "few rows": ((2, 100_000), (100_000,)),
    "one element": ((200_001,), (1, 1, 1)),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("ufunc", [np.subtract, np.less, np.arctan2], ids=lambda f: f.__name__)
@pytest.mark.parametrize("order", ["C", "F"])
def test_slices_are_the_whole(name: str, ufunc: Any, order: str) -> None:
    rng = np.random.default_rng(0)
    x, y = (np.asarray(rng.standard_normal(shape), np.float32, order=order) for shape in SHAPES[name])  # type: ignore[call-overload]
    before = get_num_threads()
    try:
        for threads in (1, 3):
            set_num_threads(threads)
            for a, b in ((x, y), (y, x)):
                got, expected = wide(ufunc)(a, b), ufunc(a, b)
                assert np.array_equal(got, expected) and got.dtype == expected.dtype and got.strides == expected.strides
    finally:
        set_num_threads(before)


def test_exp_of_many() -> None:
    x = np.concatenate([np.linspace(-110, 95, 200_000), [np.inf, -np.inf, np.nan, 0.0]]).astype(np.float32)
    with np.errstate(all="ignore"):
        exact = np.exp(x.astype(np.float64))
        got, expected = wide(np.exp)(x), exact.astype(np.float32)
    special = ~np.isfinite(expected)
    assert np.array_equal(got[special], expected[special], equal_nan=True)
    assert np.all(np.abs(got[~special] - exact[~special]) <= 1.6 * np.spacing(expected[~special]))


def test_types_without_a_loop_are_refused_as_by_numpy() -> None:
    x = np.ones(200_000, bool)
    with pytest.raises(TypeError):
        wide(np.subtract)(x, x)
