"""Convolution and pooling kernels against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core.kernels import conv as conv_kernels
from autograd_core.kernels import jit, pool

torch = pytest.importorskip("torch")
F = torch.nn.functional


@pytest.fixture(params=["compiled", "numpy"])
def carrier(request):
    if request.param == "compiled":
        yield
    else:
        with jit.numpy_only():
            yield


def rand(*shape, dtype="float64", seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(dtype)


def agree(ours, theirs, dtype="float64", scale=1.0):
    theirs = theirs.detach().numpy()
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    bound = {"float64": 1e-12, "float32": 3e-5, "float16": 3e-3}[dtype] * scale
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=bound * max(1.0, float(np.abs(theirs).max(initial=0))))


CONVS = [
    # x, w, stride, padding, dilation, groups
    ((2, 3, 40), (4, 3, 3), (1,), (0,), (1,), 1),
    ((3, 20, 600), (10, 20, 7), (3,), (4,), (2,), 1),
    ((4, 6, 900), (12, 1, 5), (1,), (2,), (1,), 6),
    ((8, 1, 28, 28), (32, 1, 3, 3), (1, 1), (0, 0), (1, 1), 1),
    ((3, 32, 26, 26), (64, 32, 3, 3), (1, 1), (0, 0), (1, 1), 1),
    ((3, 16, 13, 22), (20, 16, 3, 3), (1, 1), (1, 2), (1, 1), 1),
    ((2, 4, 19, 31), (6, 2, 3, 2), (2, 1), (1, 0), (1, 3), 2),
    ((4, 8, 30, 30), (16, 1, 3, 3), (2, 2), (1, 1), (1, 1), 8),
    ((4, 8, 30, 30), (8, 1, 5, 3), (1, 2), (2, 1), (2, 1), 8),
    ((4, 8, 20, 20), (5, 8, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    ((4, 8, 20, 20), (5, 8, 1, 1), (2, 2), (1, 1), (1, 1), 1),
    ((40, 16, 4, 4), (24, 16, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((1, 30, 70, 70), (8, 30, 5, 5), (1, 1), (2, 2), (1, 1), 1),
    ((2, 4, 9, 10, 11), (6, 4, 3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1),
    ((2, 4, 9, 10, 11), (6, 2, 2, 3, 1), (2, 1, 2), (1, 0, 0), (1, 2, 1), 2),
    ((2, 4, 12, 10, 11), (4, 1, 2, 3, 3), (1, 1, 2), (1, 0, 1), (1, 2, 1), 4),
    ((0, 3, 8, 8), (2, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CONVS, ids=str)
def test_conv_and_gradients(case, dtype, carrier):
    x_shape, w_shape, stride, padding, dilation, groups = case
    statics = (stride, padding, dilation, groups)
    x, w, b = rand(*x_shape, dtype=dtype), rand(*w_shape, dtype=dtype), rand(w_shape[0], dtype=dtype)
    tx, tw, tb = (torch.tensor(a, requires_grad=True) for a in (x, w, b))
    out = getattr(F, f"conv{len(stride)}d")(tx, tw, tb, *statics)
    agree(conv_kernels.conv(x, w, b, *statics), out, dtype)
    g = rand(*out.shape, dtype=dtype, seed=1)
    out.backward(torch.tensor(g))
    agree(conv_kernels.conv_input(g, w, x_shape, *statics), tx.grad, dtype)
    agree(conv_kernels.conv_weight(g, x, w_shape, *statics), tw.grad, dtype)


def test_conv_input_is_transposed_convolution(carrier):
    x, w = rand(4, 16, 11, 11), rand(16, 5, 4, 4)
    theirs = F.conv_transpose2d(torch.tensor(x), torch.tensor(w), stride=2, padding=1, output_padding=1)
    agree(conv_kernels.conv_input(x, w, tuple(theirs.shape), (2, 2), (1, 1), (1, 1), 1), theirs)


def test_conv_float16():
    x, w, b = rand(2, 16, 12, 12, dtype="float16"), rand(16, 16, 3, 3, dtype="float16"), rand(16, dtype="float16")
    theirs = F.conv2d(torch.tensor(x), torch.tensor(w), torch.tensor(b))
    agree(conv_kernels.conv(x, w, b, (1, 1), (0, 0), (1, 1), 1), theirs, "float16")


CONV_ERRORS = [
    ((2, 3, 8, 8), (4, 2, 3, 3), (1, 1), (0, 0), (1, 1), 1),
    ((2, 3, 8, 8), (4, 3, 9, 9), (1, 1), (0, 0), (1, 1), 1),
    ((2, 3, 8, 8), (4, 3, 3, 3), (0, 1), (0, 0), (1, 1), 1),
    ((2, 3, 8, 8), (4, 3, 3, 3), (1, 1), (-1, 0), (1, 1), 1),
    ((2, 4, 8, 8), (5, 2, 3, 3), (1, 1), (0, 0), (1, 1), 2),
    ((2, 3, 8, 8), (4, 3, 3, 3), (1, 1), (0, 0), (1, 1), 0),
]


@pytest.mark.parametrize("case", CONV_ERRORS, ids=str)
def test_conv_errors_have_pytorchs_type(case):
    x_shape, w_shape, *statics = case
    with pytest.raises(Exception) as theirs:
        F.conv2d(torch.zeros(x_shape), torch.zeros(w_shape), None, *statics)
    with pytest.raises(theirs.type, match="expected"):
        conv_kernels.conv(np.zeros(x_shape), np.zeros(w_shape), None, *statics)


POOLS = [
    # x, kernel, stride, padding, dilation, ceil_mode
    ((6, 9, 31), (3,), (2,), (1,), (1,), False),
    ((6, 9, 31), (4,), (3,), (2,), (2,), True),
    ((8, 8, 24, 24), (2, 2), (2, 2), (0, 0), (1, 1), False),
    ((8, 8, 25, 23), (2, 2), (2, 2), (0, 0), (1, 1), False),
    ((8, 8, 25, 23), (2, 2), (2, 2), (0, 0), (1, 1), True),
    ((8, 8, 23, 26), (3, 3), (2, 2), (1, 1), (1, 1), False),
    ((8, 8, 23, 26), (3, 3), (2, 2), (1, 1), (1, 1), True),
    ((8, 8, 23, 26), (3, 2), (1, 3), (1, 0), (2, 3), True),
    ((8, 8, 14, 14), (7, 7), (7, 7), (0, 0), (1, 1), False),
    ((8, 16, 6, 6), (6, 6), (1, 1), (0, 0), (1, 1), False),
    ((4, 5, 8, 9, 12), (2, 3, 3), (2, 2, 1), (1, 1, 1), (1, 1, 1), True),
    ((4, 5, 8, 9, 12), (2, 2, 2), (2, 2, 2), (0, 0, 0), (1, 1, 1), False),
    ((0, 3, 8, 8), (2, 2), (2, 2), (0, 0), (1, 1), False),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", POOLS, ids=str)
def test_max_pool(case, dtype, carrier):
    x_shape, *statics = case
    x = np.round(rand(*x_shape, dtype=dtype) * 3)  # with ties
    if x.size:
        x.reshape(-1)[:: x.size // 17 + 1] = np.nan
        x.reshape(-1)[3 :: x.size // 13 + 1] = -np.inf
    tx = torch.tensor(x, requires_grad=True)
    theirs, where = getattr(F, f"max_pool{x.ndim - 2}d")(tx, *statics, return_indices=True)
    out, index = pool.max_pool(x, *statics)
    np.testing.assert_array_equal(out, theirs.detach().numpy())
    np.testing.assert_array_equal(index, where.numpy())
    assert out.dtype == x.dtype and index.dtype == np.int64
    g = rand(*out.shape, dtype=dtype, seed=1)
    theirs.backward(torch.tensor(g))
    agree(pool.max_pool_input(g, index, x_shape), tx.grad, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("include", "divisor"), [(True, None), (False, None), (True, 5)])
@pytest.mark.parametrize("case", [case for case in POOLS if set(case[4]) == {1}], ids=str)
def test_avg_pool(case, include, divisor, dtype, carrier):
    x_shape, kernel, stride, padding, _, ceil_mode = case
    if len(kernel) == 1 and divisor is not None:
        pytest.skip("avg_pool1d has no divisor_override")
    x = rand(*x_shape, dtype=dtype)
    tx = torch.tensor(x, requires_grad=True)
    more = () if divisor is None else (divisor,)
    theirs = getattr(F, f"avg_pool{x.ndim - 2}d")(tx, kernel, stride, padding, ceil_mode, include, *more)
    out = pool.avg_pool(x, kernel, stride, padding, ceil_mode, include, divisor)
    agree(out, theirs, dtype)
    g = rand(*out.shape, dtype=dtype, seed=1)
    theirs.backward(torch.tensor(g))
    agree(pool.avg_pool_input(g, x_shape, kernel, stride, padding, ceil_mode, include, divisor), tx.grad, dtype)


ADAPTIVES = [
    ((6, 9, 91), (7,)),
    ((8, 8, 24, 24), (1, 1)),
    ((8, 8, 25, 23), (7, 5)),
    ((3, 2, 5, 6), (8, 9)),
    ((4, 5, 8, 9, 12), (3, 4, 5)),
    ((0, 3, 8, 8), (2, 2)),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("x_shape", "output_size"), ADAPTIVES, ids=str)
def test_adaptive_pools(x_shape, output_size, dtype, carrier):
    rank = len(output_size)
    x = rand(*x_shape, dtype=dtype)
    g = rand(*x_shape[:2], *output_size, dtype=dtype, seed=1)
    tx = torch.tensor(x, requires_grad=True)
    theirs = getattr(F, f"adaptive_avg_pool{rank}d")(tx, output_size)
    agree(pool.adaptive_avg_pool(x, output_size), theirs, dtype)
    theirs.backward(torch.tensor(g))
    agree(pool.adaptive_avg_pool_input(g, x_shape), tx.grad, dtype)
    if x.size:
        x.reshape(-1)[:: x.size // 17 + 1] = np.nan
    tx = torch.tensor(x, requires_grad=True)
    theirs, where = getattr(F, f"adaptive_max_pool{rank}d")(tx, output_size, return_indices=True)
    out, index = pool.adaptive_max_pool(x, output_size)
    np.testing.assert_array_equal(out, theirs.detach().numpy())
    np.testing.assert_array_equal(index, where.numpy())
    theirs.backward(torch.tensor(g))
    agree(pool.max_pool_input(g, index, x_shape), tx.grad, dtype)


def test_max_unpool(carrier):
    x = rand(6, 7, 20, 22)
    out, index = pool.max_pool(x, (2, 2), (2, 2), (0, 0), (1, 1), False)
    theirs = F.max_unpool2d(torch.tensor(out), torch.tensor(index), 2, output_size=(20, 22))
    agree(pool.max_unpool(out, index, x.shape), theirs)


POOL_ERRORS = [
    ((2, 3, 8, 8), (9, 9), (1, 1), (0, 0)),
    ((2, 3, 8, 8), (2, 2), (1, 1), (2, 2)),
    ((2, 3, 8, 8), (2, 2), (0, 1), (0, 0)),
    ((2, 3, 8, 8), (0, 2), (1, 1), (0, 0)),
    ((2, 3, 8, 8), (2, 2), (1, 1), (-1, 0)),
    ((2, 3, 0, 8), (2, 2), (1, 1), (0, 0)),
]


@pytest.mark.parametrize("case", POOL_ERRORS, ids=str)
def test_pool_errors_have_pytorchs_type(case):
    shape, kernel, stride, padding = case
    with pytest.raises(Exception) as theirs:
        F.max_pool2d(torch.zeros(shape), kernel, stride, padding)
    with pytest.raises(theirs.type, match="expected"):
        pool.max_pool(np.zeros(shape), kernel, stride, padding, (1, 1), False)
    with pytest.raises(Exception) as theirs:
        F.avg_pool2d(torch.zeros(shape), kernel, stride, padding)
    with pytest.raises(theirs.type, match="expected"):
        pool.avg_pool(np.zeros(shape), kernel, stride, padding, False, True)
