"""Gradients of large arrays from one loop written out of a rule's expression: the gradients that the rule gives in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.kernels.jit import numpy_only
from autograd_core.op import registry
from autograd_core.ops.fused_rules import of_large
from autograd_core.ops.pointwise import div_true

SHAPE = (400, 500)
CALLS = {
    "mul": lambda x, y: x * y,
    "mul by a number": lambda x, y: x * 2.5,
    "mul broadcast": lambda x, y: x * y[0],
    "div": lambda x, y: x / y,
    "number over": lambda x, y: 3.0 / x,
    "div by a number": lambda x, y: x / 7,
    "sub": lambda x, y: x - y,
    "neg": lambda x, y: -x,
    "exp": lambda x, y: x.exp(),
    "log": lambda x, y: x.log(),
    "log1p": lambda x, y: x.log1p(),
    "sqrt": lambda x, y: x.sqrt(),
    "reciprocal": lambda x, y: x.reciprocal(),
    "square": lambda x, y: x.square(),
    "atanh": lambda x, y: (x / 4).atanh(),
    "acos": lambda x, y: (x / 4).acos(),
    "tan": lambda x, y: x.tan(),
    "fmax": lambda x, y: ag.fmax(x, y),
    "addcmul": lambda x, y: ag.addcmul(x, x, y, value=0.5),
    "lerp": lambda x, y: ag.lerp(x, y, 0.3),
    "logaddexp": lambda x, y: ag.logaddexp(x, y),
    "expand": lambda x, y: x[:1].expand(*SHAPE) * y,
    "transposed": lambda x, y: x.t() / y.t(),
}


def gradients(call: Any, x: np.ndarray, y: np.ndarray, g: np.ndarray) -> list[np.ndarray]:
    a, b = (ag.from_numpy(v.copy()).requires_grad_() for v in (x, y))
    out = call(a, b)
    g = np.ascontiguousarray(g.reshape(tuple(out.shape)), out.array.dtype)
    out.backward(ag.from_numpy(g))
    return [np.zeros(SHAPE) if t.grad is None else t.grad.array for t in (a, b)]


@pytest.mark.parametrize("name", CALLS)
def test_against_float64(name: str) -> None:
    rng = np.random.default_rng(0)
    x, y = (rng.uniform(0.5, 3.0, SHAPE) for _ in range(2))
    g = rng.standard_normal(SHAPE)
    given = [v.astype(np.float32) for v in (x, y, g)]
    got = gradients(CALLS[name], *given)
    with numpy_only():
        exact = gradients(CALLS[name], *[v.astype(np.float64) for v in given])
    for a, b in zip(got, exact, strict=True):
        scale = np.abs(b).max() if "cast" in name or name == "expand" else np.abs(b).mean()  # sums cancel
        assert np.all(np.abs(a - b) <= 4e-7 * (np.abs(b) + scale))


@pytest.mark.parametrize("name", ["div", "sqrt", "exp", "mul"])
def test_threads_change_no_bit(name: str) -> None:
    rng = np.random.default_rng(1)
    x, y, g = (rng.uniform(0.5, 3.0, SHAPE).astype(np.float32) for _ in range(3))
    before, found = ag.get_num_threads(), []
    try:
        for threads in (1, 3):
            ag.set_num_threads(threads)
            found.append(gradients(CALLS[name], x, y, g))
    finally:
        ag.set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


def test_special_values_as_the_rule_has_them() -> None:
    x = np.resize(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, -1.0, 3e38], np.float32), SHAPE)
    y, g = np.full(SHAPE, 2.0, np.float32), np.resize(np.array([1.0, 0.0, np.inf], np.float32), SHAPE)
    for name in ("div", "sqrt", "reciprocal", "fmax"):
        got = gradients(CALLS[name], x, y, g)
        with numpy_only():
            expected = gradients(CALLS[name], x, y, g)
        for a, b in zip(got, expected, strict=True):
            assert np.array_equal(np.isnan(a), np.isnan(b)), name


@pytest.mark.parametrize("op", [div_true, registry["sqrt"], registry["square"], registry["reciprocal"], registry["log1p"]], ids=lambda op: op.name)
def test_rules_of_several_operations_have_a_loop(op: Any) -> None:
    assert of_large(op.plan((True,) * len(op.inputs))) is not None


def test_rules_that_do_more_have_none() -> None:
    for name in ("sum", "reshape", "cumsum"):
        assert of_large(registry[name].plan((True,))) is None


def test_without_numba_the_rules_run_as_they_stand() -> None:
    x = np.full(SHAPE, 2.0, np.float32)
    with numpy_only():
        assert np.allclose(gradients(CALLS["div"], x, x, x)[1], -1.0)
