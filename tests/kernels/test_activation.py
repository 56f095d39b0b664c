"""The compiled loops of activations and losses against NumPy's formulas and float64, and what must not depend on the place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn.functional as F
from autograd_core.kernels import activation, jit, loss, prelu
from autograd_core.kernels.activation_scalars import scalars
from autograd_core.kernels.contract import ContractError

pytestmark = pytest.mark.skipif(not jit.enabled(), reason="needs Numba")

SIZE = 3 * activation.BLOCK + 17
FUNCTIONS = {
    "sigmoid": ag.sigmoid,
    "tanh": ag.tanh,
    "relu": ag.relu,
    "silu": F.silu,
    "abs": ag.abs,
    "clamp": lambda x: ag.clamp(x, -0.5, 1.5),
    "clamp min": lambda x: ag.clamp(x, min=-0.5),
    "erf": ag.erf,
    "erfc": ag.erfc,
    "ndtr": ag.special.ndtr,
    "log_sigmoid": F.logsigmoid,
    "softplus": F.softplus,
    "softplus 2, 5": lambda x: F.softplus(x, 2.0, 5.0),
    "mish": F.mish,
    "gelu": F.gelu,
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "elu": F.elu,
    "elu 0.5": lambda x: F.elu(x, 0.5),
    "selu": F.selu,
    "celu 0.7": lambda x: F.celu(x, 0.7),
    "celu -0.7": lambda x: F.celu(x, -0.7),
    "leaky_relu": F.leaky_relu,
    "leaky_relu -1.5": lambda x: F.leaky_relu(x, -1.5),
    "hardtanh": lambda x: F.hardtanh(x, -0.5, 1.5),
    "hardsigmoid": F.hardsigmoid,
    "hardswish": F.hardswish,
}
LOSSES = {
    "mse": F.mse_loss,
    "l1": F.l1_loss,
    "smooth_l1": lambda x, t, reduction: F.smooth_l1_loss(x, t, reduction=reduction, beta=0.7),
    "huber": lambda x, t, reduction: F.huber_loss(x, t, reduction=reduction, delta=0.7),
    "logits": F.binary_cross_entropy_with_logits,
}


def points(rng, dtype):
    """Ordinary numbers, far ones, small ones and the special ones."""
    with np.errstate(all="ignore"):
        out = np.concatenate([rng.standard_normal(SIZE) * 3, rng.uniform(-80, 80, 500), rng.standard_normal(500) * 1e-4]).astype(dtype)
    out[:9] = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 3.0, -3.0]
    return rng.permutation(out)


def run(f, values, upstream):
    x = ag.tensor(values).requires_grad_()
    out = f(x)
    out.backward(ag.tensor(upstream))
    return out.array, x.grad.array


DOUBLE = ("erf", "erfc", "sigmoid", "softplus", "gelu", "elu", "hardswish", "leaky_relu")  # the others take 40 s to compile
CASES = [(name, "float32") for name in FUNCTIONS] + [
    pytest.param(name, "float64", marks=() if name in DOUBLE else pytest.mark.slow) for name in FUNCTIONS
]


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_loops_agree_with_numpy(name, dtype, rng):
    values = points(rng, dtype)
    upstream = rng.standard_normal(len(values)).astype(dtype)
    fast = run(FUNCTIONS[name], values, upstream)
    with jit.numpy_only():
        plain = run(FUNCTIONS[name], values, upstream)
    tolerance = 100 * np.finfo(dtype).eps
    for a, b in zip(fast, plain, strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n not in ("tanh", "relu", "celu -0.7", "abs", "clamp", "clamp min")])
def test_single_precision_is_within_a_few_ulp(name, rng):
    """Against the same function in float64, where the result is not below the smallest normal number."""
    values = rng.uniform(-8, 20, SIZE).astype(np.float32)
    single = FUNCTIONS[name](ag.tensor(values)).array
    wide = values.astype(np.float64)
    with jit.numpy_only():
        double = FUNCTIONS[name](ag.tensor(wide)).array
    if name == "gelu tanh":  # 1 + tanh loses its digits where tanh is close to −1
        double = wide / (1 + np.exp(-np.sqrt(8 / np.pi) * (wide + 0.044715 * wide**3)))
    wrong = np.abs(single - double) / np.spacing(np.abs(double).astype(np.float32))
    # the argument of exp(−x²/2) and of the cubic polynomial carries its rounding into the result
    assert wrong.max() < (100 if name.startswith("gelu") else 4), wrong.max()


@pytest.mark.parametrize("name", sorted(scalars("float32")))
def test_values_do_not_depend_on_the_place(name, rng):
    values = rng.standard_normal(SIZE).astype(np.float32)
    p, q = {"softplus": (1.0, 20.0), "hardtanh": (-1.0, 1.0), "clamp": (-1.0, 1.0)}.get(name, (0.7, 0.0))
    whole = activation.forward(name)(values, p, q)
    np.testing.assert_array_equal(activation.forward(name)(values[5 : SIZE - 3], p, q), whole[5 : SIZE - 3])
    np.testing.assert_array_equal(activation.forward(name)(values[::-2], p, q), whole[::-2])
    threads = jit.get_num_threads()
    try:
        jit.set_num_threads(1)
        np.testing.assert_array_equal(activation.forward(name)(values, p, q), whole)
    finally:
        jit.set_num_threads(threads)


@pytest.mark.parametrize("name", ["relu", "hardtanh", "hardsigmoid", "hardswish"])
def test_nothing_passes_where_the_slope_is_0(name):
    values = np.full(SIZE, -10.0, np.float32)
    _, g = run(FUNCTIONS[name], values, np.full(SIZE, np.inf, np.float32))
    assert not g.any()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_losses_agree_with_numpy(name, reduction, dtype, rng):
    values, targets = rng.standard_normal(SIZE).astype(dtype), rng.uniform(0, 1, SIZE).astype(dtype)

    def both():
        x, t = ag.tensor(values).requires_grad_(), ag.tensor(targets).requires_grad_()
        out = LOSSES[name](x, t, reduction=reduction)
        (out * 3).backward()
        return out.array, x.grad.array, t.grad.array

    fast = both()
    with jit.numpy_only():
        plain = both()
    tolerance = 30 * np.finfo(dtype).eps
    for a, b in zip(fast, plain, strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * (1 if reduction == "sum" else 1 / SIZE))


def test_a_sum_does_not_depend_on_the_thread_count(rng):
    x, t = rng.standard_normal((2, SIZE)).astype(np.float32)
    whole, threads = loss.total("mse", x, t), jit.get_num_threads()
    try:
        jit.set_num_threads(1)
        assert loss.total("mse", x, t) == whole
    finally:
        jit.set_num_threads(threads)


def test_a_nan_reaches_the_loss(rng):
    x, t = rng.standard_normal((2, SIZE)).astype(np.float32)
    x[SIZE // 2] = np.nan
    assert all(np.isnan(loss.total(name, x, t, 0.5)) for name in LOSSES)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: activation.forward("silu")(x.astype(np.float16)),
        lambda x: activation.gradient("silu")(x[:-1], x),
        lambda x: loss.total("mse", x, x[:-1]),
        lambda x: loss.gradient("mse", 1.0, x, x.astype(np.float64)),
    ],
)
def test_arrays_outside_the_contract_are_refused(call):
    with pytest.raises((ContractError, KeyError)):
        call(np.zeros(100, np.float32))


def test_nothing_at_all():
    assert activation.forward("silu")(np.zeros((0, 3), np.float32)).shape == (0, 3)
    assert loss.total("mse", np.zeros(0), np.zeros(0)) == 0.0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(outer=st.integers(1, 3), channels=st.integers(1, 5), inner=st.integers(300, 2000), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=10)
def test_prelu_by_channel(outer, channels, inner, seed, dtype):
    rng = np.random.default_rng(seed)
    x, g = (rng.normal(size=(outer, channels, 2, inner)).astype(dtype) for _ in range(2))
    x[0, 0, 0, :4] = np.nan, np.inf, -np.inf, 0
    w = rng.normal(size=(channels, 1, 1)).astype(dtype)
    np.testing.assert_array_equal(prelu.prelu(x, w), np.where(x > 0, x, w * x))
    np.testing.assert_array_equal(prelu.prelu_input(g, x[..., ::-1], w), np.where(x[..., ::-1] > 0, g, g * w))
