"""Gradients through random programs of views and changes in place agree with finite differences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from tests.autograd.programs.random_inplace import step, steps

STEP = 1e-6


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    before = ag.get_default_dtype()
    ag.set_default_dtype(ag.float64)
    yield
    ag.set_default_dtype(before)


def total(xs: Any, ws: Any, seed: int) -> tuple[Any, Any, Any]:
    x, w = ag.tensor(xs, requires_grad=True), ag.tensor(ws, requires_grad=True)
    pool, used = [x * 1.0, x + w], []
    for name, r in steps(seed, 16):
        step(ag, name, r, pool[int(r[0] * len(pool))], pool[int(r[1] * len(pool))], w, pool, used)
    out = w.sum() * 0 + x.sum() * 0
    for k, t in enumerate(pool + used):
        out = out + (t * t).sum() * (0.1 * k + 0.3)
    return out, x, w


@pytest.mark.parametrize("seed", [s for s in range(120) if all(name != "detach" for name, _ in steps(s, 16))])
def test_gradient_along_a_random_direction(seed: int, rng: np.random.Generator) -> None:
    xs, ws = np.arange(12.0).reshape(4, 3) / 10 + 0.1, np.array([0.5, -1.0, 2.0])
    out, x, w = total(xs, ws, seed)
    out.backward()
    u, v = rng.standard_normal(xs.shape), rng.standard_normal(ws.shape)
    above, below = (total(xs + s * u, ws + s * v, seed)[0].item() for s in (STEP, -STEP))
    along = (x.grad.numpy() * u).sum() + (w.grad.numpy() * v).sum()
    assert along == pytest.approx((above - below) / (2 * STEP), rel=1e-5, abs=1e-5)
