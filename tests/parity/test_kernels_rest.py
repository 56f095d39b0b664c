"""Softmax, normalisation, scatter, reduction, resampling and special-function kernels against PyTorch."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pytest

from autograd_core.kernels import indexed, jit, norm, reduce, resample, scatter, softmax, special

torch = pytest.importorskip("torch")
F = torch.nn.functional
T = torch.from_numpy
EPS = 1e-5


@pytest.fixture(params=["compiled", "numpy"])
def carrier(request):
    if request.param == "compiled":
        yield
    else:
        with jit.numpy_only():
            yield


def agree(ours, theirs, tolerance=0.0, name=""):
    """The same dtype, shape and values; of tuples, one by one."""
    if isinstance(ours, tuple):
        for one, other in zip(ours, tuple(theirs), strict=True):
            agree(one, other, tolerance, name)
        return
    assert isinstance(ours, np.ndarray), name
    theirs = theirs.detach().numpy()
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape, (name, ours.dtype, theirs.dtype, ours.shape, theirs.shape)
    if tolerance and ours.dtype.kind == "f":
        scale = max(1.0, float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0)))
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * scale, err_msg=name)
    else:
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


def outcome(call):
    """A call's result, or the exception that it raises."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning)  # PyTorch's remarks on degrees of freedom and the like
            return call()
    except Exception as error:
        return error


def alike(ours, theirs, tolerance=0.0, name=""):
    """Both calls give the same, or raise the same type of exception."""
    one, other = outcome(ours), outcome(theirs)
    if isinstance(one, Exception) or isinstance(other, Exception):
        assert type(one) is type(other), (name, repr(one), repr(other))
    else:
        agree(one, other, tolerance, name)


def leaf(x):
    return None if x is None else T(x).double().requires_grad_()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "shape, dim", [((40, 1000), 1), ((300, 10), -1), ((8, 21, 30, 30), 1), ((1000, 33), 0), ((5,), 0), ((), 0), ((2, 0), 1)]
)
def test_softmax(shape, dim, dtype, carrier, rng):
    x, g = np.asarray(rng.normal(size=shape) * 3, dtype), np.asarray(rng.normal(size=shape), dtype)
    tolerance = 2e-6 if dtype == "float32" else 1e-13
    for name in ("softmax", "log_softmax"):
        out = getattr(softmax, name)(x, dim)
        agree(out, getattr(torch, name)(T(x), dim), tolerance, name)
        backward = getattr(torch.ops.aten, f"_{name}_backward_data")
        agree(getattr(softmax, f"{name}_input")(g, out, dim), backward(T(g), T(out), dim, T(x).dtype), 30 * tolerance, name)
    agree(softmax.logsumexp(x, dim), torch.logsumexp(T(x), dim), tolerance)
    agree(softmax.logsumexp(x, ()), torch.logsumexp(T(x), tuple(range(len(shape)))), tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("shape", [(64, 72), (5, 4, 7), (3, 8, 9, 9), (16, 8, 33, 2), (2, 4, 3, 4, 5)], ids=str)
def test_norms(shape, affine, dtype, carrier, rng):
    c, row = shape[1], shape[1:]
    x, g = rng.normal(size=(2, *shape)).astype(dtype)
    w, b, w_row, b_row = (rng.normal(size=s).astype(dtype) if affine else None for s in (c, c, row, row))
    mean, var = rng.normal(size=c).astype(dtype), rng.uniform(0.5, 2, size=c).astype(dtype)
    tolerance = 2e-5 if dtype == "float32" else 1e-11

    def check(outputs, gradients, theirs, weight, bias):
        leaves = [leaf(v) for v in (x, weight, bias)]
        expected = theirs(*leaves)
        slopes = torch.autograd.grad(expected, [v for v in leaves if v is not None], T(g).double())
        agree(outputs, expected.to(T(x).dtype), tolerance)
        for ours, other in zip(gradients, slopes, strict=False):
            agree(ours, other.to(T(x).dtype), 5 * tolerance)

    out, mu, rstd, unbiased = norm.batch_norm_train(x, w, b, EPS)
    check(out, norm.batch_norm_input(g, x, w, mu, rstd), lambda x, w, b: F.batch_norm(x, None, None, w, b, True, 0.1, EPS), w, b)
    agree(unbiased, T(x).var([0, *range(2, x.ndim)]), tolerance)
    fixed = T(mean).double(), T(var).double()
    check(
        norm.batch_norm_eval(x, w, b, mean, var, EPS),
        norm.batch_norm_eval_input(g, x, w, mean, var, EPS),
        lambda x, w, b: F.batch_norm(x, *fixed, w, b, False, 0.1, EPS),
        w,
        b,
    )
    for groups in (1, 2):
        out, mu, rstd = norm.group_norm(x, groups, w, b, EPS)
        check(out, norm.group_norm_input(g, x, groups, w, mu, rstd), partial(_group_norm, groups), w, b)
    out, mu, rstd = norm.layer_norm(x, row, w_row, b_row, EPS)
    check(out, norm.layer_norm_input(g, x, row, w_row, mu, rstd), lambda x, w, b: F.layer_norm(x, row, w, b, EPS), w_row, b_row)
    eps = float(np.finfo(dtype).eps)
    out, rstd = norm.rms_norm(x, row, w_row)
    check(out, norm.rms_norm_input(g, x, row, w_row, rstd), lambda x, w, b: F.rms_norm(x, row, w, eps), w_row, None)


def _group_norm(groups, x, w, b):
    return F.group_norm(x, groups, w, b, EPS)


@pytest.mark.parametrize("number", range(40))
def test_random_scatters(number, carrier, rng):
    rank, big = int(rng.integers(1, 5)), number % 3 == 0
    shape = [int(n) for n in rng.integers(1, (14 if rank > 2 else 90) if big else 6, size=rank)]
    dim = int(rng.integers(-rank, rank))
    axis, dtype = dim % rank, rng.choice(["float32", "float64", "int64", "int32"])
    x = (rng.random(shape) * 5).astype(dtype)
    full = [n if number % 2 or d == axis else int(rng.integers(1, n + 1)) for d, n in enumerate(shape)]
    full[axis] = int(rng.integers(0, 2 * shape[axis] + 2))
    index = rng.integers(0, shape[axis], size=full)
    src = (rng.random([n + int(rng.integers(0, 2)) for n in full]) * 5).astype(dtype)
    agree(scatter.gather(x, dim, index), T(x).gather(dim, T(index)))
    agree(scatter.scatter_add(x, dim, index, src), T(x).scatter_add(dim, T(index), T(src)), 1e-5)
    agree(scatter.scatter(x, dim, index, 3), T(x).scatter(dim, T(index), 3))
    if index.size:
        agree(scatter.scatter(x, dim, index, src), T(x).scatter(dim, T(index), T(src)))
    for name in ("sum", "prod", "mean", "amax", "amin"):
        values, include = np.clip(src, 0.5, 1.5).astype(dtype) if name == "prod" else src, bool(rng.integers(2))
        agree(
            scatter.scatter_reduce(x, dim, index, values, name, include),
            T(x).scatter_reduce(dim, T(index), T(values), name, include_self=include),
            1e-4,
            name,
        )
    vector = rng.integers(0, shape[axis], size=int(rng.integers(0, 2 * shape[axis] + 1)))
    rows = (rng.random([len(vector) if d == axis else n for d, n in enumerate(shape)]) * 5).astype(dtype)
    agree(indexed.index_select(x, dim, vector), T(x).index_select(dim, T(vector)))
    agree(indexed.index_add(x, dim, vector, rows, 2), T(x).index_add(dim, T(vector), T(rows), alpha=2), 1e-5)
    agree(indexed.index_fill(x, dim, vector - shape[axis], 3), T(x).index_fill(dim, T(vector - shape[axis]), 3))
    distinct = np.unique(vector)
    agree(indexed.index_copy(x, dim, distinct, rows.take(range(len(distinct)), axis)), _index_copy(x, dim, distinct, rows, axis))


def _index_copy(x, dim, index, rows, axis):
    return T(x).index_copy(dim, T(index), T(np.ascontiguousarray(rows.take(range(len(index)), axis))))


PUTS = [(None, [0, -1]), ([[0], [1]], None, [2, 2]), ([0, 1, 1], [2, -2, -2]), ([1],), (1,), ([True, False, True],)]


@pytest.mark.parametrize("indices", PUTS, ids=str)
@pytest.mark.parametrize("accumulate", [False, True])
def test_index_put_and_embedding(indices, accumulate, carrier, rng):
    x = rng.normal(size=(3, 4, 5)).astype(np.float32)
    arrays = [None if i is None else np.array(i) for i in indices]
    tensors = [None if i is None else T(i) for i in arrays]
    values = rng.normal(size=x[tuple(slice(None) if i is None else i for i in arrays)].shape).astype(np.float32)
    agree(indexed.index_put(x, arrays, values, accumulate), torch.ops.aten.index_put(T(x), tensors, T(values), accumulate), 1e-6)
    index, g = rng.integers(0, 9, size=(6, 7)), rng.normal(size=(6, 7, 80)).astype(np.float32)
    for scaled in (False, True):
        theirs = torch.ops.aten.embedding_dense_backward(T(g), T(index), 9, 2, scaled)
        agree(indexed.embedding_weight(g, index, 9, 2, scaled), theirs, 1e-5)


X, ONE = np.arange(12.0).reshape(3, 4), np.ones((1, 4))


def at(*values):
    return np.array(values)


REFUSED = [
    *[("gather", lambda f, i=i: f(0, i)) for i in (at([3]), at([-1]), at([0.0]), at([0]).astype(np.int8))],
    *[("index_select", lambda f, i=i: f(0, i)) for i in (at(3), at(-1), at(0.0), at(0).astype(np.int8), at([0]))],
    ("gather", lambda f: f(0, at([[0]]))),
    ("gather", lambda f: f(0, np.zeros((1, 5), np.int64))),
    ("gather", lambda f: f(2, at([0]))),
    *[("scatter", lambda f, a=a: f(0, *a)) for a in ((at([3]), ONE), (at([0]), ONE.astype(np.float32)), (np.zeros((2, 4), np.int64), ONE))],
    *[("scatter_reduce", lambda f, r=r: f(0, at([0]), ONE, r)) for r in ("median", "sum")],
    *[(name, lambda f, i=i: f(0, i, ONE)) for name in ("index_add", "index_copy") for i in (at(3), at(-1), at([0]), at(0, 1), at(0.0))],
    *[(name, lambda f: f(0, at(0), ONE[:, :2])) for name in ("index_add", "index_copy")],
    *[("index_fill", lambda f, i=i: f(0, i, 1.0)) for i in (at(3), at(-4), at([0]))],
    *[
        ("index_put", lambda f, i=i: f(i, np.array(1.0)))
        for i in ((at(3),), (at(-4),), (at(0),) * 3, (at(0, 1), at(0, 1, 2)), (at(True),), (at(0.0),))
    ],
    ("index_put", lambda f: f((at(0, 1),), np.ones(3))),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_refused_indices(number, carrier):
    name, call = REFUSED[number]

    def theirs(*args):
        return getattr(T(X), name)(*(tuple(map(T, v)) if isinstance(v, tuple) else T(v) if isinstance(v, np.ndarray) else v for v in args))

    ours = getattr(scatter if hasattr(scatter, name) else indexed, name)
    alike(lambda: call(partial(ours, X)), lambda: call(theirs), name=name)


DTYPES = ["float32", "float32", "float64", "int64", "int32", "uint8", "float16", "bool"]


@pytest.mark.parametrize("number", range(60))
def test_random_reductions(number, carrier, rng):
    rank, big, dtype = int(rng.integers(0, 5)), number % 4 == 0, str(rng.choice(DTYPES))
    shape = [int(n) for n in rng.integers(0 if number % 6 == 0 else 1, (16 if rank > 2 else 120) if big else 7, size=rank)]
    x = np.asarray(rng.normal(size=shape) * 3)
    x = np.asarray(np.abs(np.rint(x) if number % 2 else x) if dtype == "uint8" else np.rint(x) if number % 2 else x, dtype)
    has_nan = x.dtype.kind == "f" and number % 3 == 0
    x = np.where(rng.random(shape) < 0.1, np.nan, x).astype(dtype) if has_nan else x
    tolerance = 2e-2 if dtype == "float16" else 3e-5
    t, keepdim = T(x.copy()), bool(rng.integers(2))
    dim = int(rng.integers(-max(rank, 1), max(rank, 1)))
    dims = tuple(int(d) for d in rng.choice(max(rank, 1), size=rng.integers(0, max(rank, 1) + 1), replace=False)) if rank else ()
    for name in ("sum", "mean", "nansum", "amax", "amin", "all", "any"):
        ours, theirs = getattr(reduce, name), getattr(torch, name)
        for given in (dim, dims):
            alike(
                partial(ours, x, given, keepdim),
                partial(theirs, t, dim=given, keepdim=keepdim),
                tolerance,
                f"{name} {dtype} {shape} {given}",
            )
        alike(partial(ours, x), partial(theirs, t), tolerance, f"{name} {dtype} {shape}")
    for name in ("var", "std"):
        for correction in (0, 1, 2.5):
            theirs = partial(getattr(torch, name), t, dim=dims, keepdim=keepdim, correction=correction)
            alike(partial(getattr(reduce, name), x, dims, keepdim, correction), theirs, max(tolerance, 1e-4), name)
    small = np.asarray(np.clip(x, 0, 1))
    alike(lambda: reduce.prod(small, dim, keepdim), lambda: torch.prod(T(small.copy()), dim=dim, keepdim=keepdim), tolerance, "prod")
    alike(lambda: reduce.cumprod(small, dim), lambda: torch.cumprod(T(small.copy()), dim), tolerance, "cumprod")
    alike(lambda: reduce.cumsum(x, dim), lambda: torch.cumsum(t, dim), 3 * tolerance, "cumsum")
    alike(lambda: reduce.logcumsumexp(x, dim), lambda: torch.logcumsumexp(t, dim), tolerance, "logcumsumexp")
    alike(lambda: reduce.count_nonzero(x, dims), lambda: torch.count_nonzero(t, dim=dims), name="count_nonzero")
    for ours, theirs in ((reduce.argmax, torch.argmax), (reduce.argmin, torch.argmin)):
        alike(partial(ours, x, dim, keepdim), partial(theirs, t, dim=dim, keepdim=keepdim), name=theirs.__name__)
        alike(partial(ours, x), partial(theirs, t), name=theirs.__name__)
    k = int(rng.integers(0, (x.shape[dim] if rank else 1) + 2))
    alike(
        partial(reduce.kthvalue, x, k, dim, keepdim),
        partial(torch.kthvalue, t, k, dim, keepdim),
        name=f"kthvalue {dtype} {shape} {k} {dim}",
    )
    for ours, theirs in ((reduce.max_dim, torch.max), (reduce.min_dim, torch.min), (reduce.mode, torch.mode)):
        if theirs is torch.mode and has_nan:
            continue  # PyTorch sorts NaN with a comparison that has no order for it
        alike(partial(ours, x, dim, keepdim), partial(theirs, t, dim, keepdim), name=f"{theirs.__name__} {dtype} {shape} {dim}")
    for ours, theirs in ((reduce.cummax, torch.cummax), (reduce.cummin, torch.cummin)):
        alike(partial(ours, x, dim), partial(theirs, t, dim), name=theirs.__name__)


@pytest.mark.parametrize("number", range(60))
def test_random_orders(number, carrier, rng):
    rank, big, dtype = int(rng.integers(1, 4)), number % 4 == 0, str(rng.choice(DTYPES[:-1]))
    shape = [int(n) for n in rng.integers(1, (16 if rank > 2 else 400 if rank == 1 else 100) if big else 9, size=rank)]
    x = np.asarray(np.rint(np.abs(rng.normal(size=shape) * 3)) if number % 3 else np.abs(rng.normal(size=shape)), dtype)
    has_nan = x.dtype.kind == "f" and number % 5 == 0
    x = np.where(rng.random(shape) < 0.1, np.nan, x).astype(dtype) if has_nan else x
    t, dim = T(x.copy()), int(rng.integers(-rank, rank))
    n, descending, keepdim = x.shape[dim], bool(rng.integers(2)), bool(rng.integers(2))
    agree(reduce.sort(x, dim, descending), torch.sort(t, dim=dim, descending=descending, stable=True))
    for k in (int(rng.integers(0, n + 2)), min(n, 2)):
        for ordered in (True, False):
            statics = k, dim, descending, ordered
            alike(partial(reduce.topk, x, *statics), partial(torch.topk, t, *statics), name=f"topk {dtype} {shape} {statics}")
    for name in ("median", "nanmedian"):
        agree(getattr(reduce, name)(x, dim, keepdim), getattr(torch, name)(t, dim, keepdim), name=name)
        agree(getattr(reduce, name)(x), getattr(torch, name)(t), name=name)
    if not has_nan:
        every = {"return_inverse": True, "return_counts": True}
        agree(reduce.unique(x), torch.unique(t, **every))
        agree(reduce.unique(x, dim), torch.unique(t, **every, dim=dim))
        agree(reduce.unique_consecutive(x, dim), torch.unique_consecutive(t, **every, dim=dim))
    if x.dtype in (np.float32, np.float64):
        alike(lambda: reduce.histc(x, 7), lambda: torch.histc(t, 7), name="histc")
        agree(reduce.histc(x, 7, -1, 3), torch.histc(t, 7, -1, 3))
        bounds = np.sort(rng.normal(size=(*shape[:-1], 9)).astype(dtype), -1)
        agree(reduce.searchsorted(bounds, x, descending), torch.searchsorted(T(bounds), t, right=descending))
        agree(
            reduce.bucketize(x, bounds.reshape(-1, 9)[0], descending),
            torch.bucketize(t, T(bounds.reshape(-1, 9)[0].copy()), right=descending),
        )
    if x.dtype.kind in "iu":
        agree(reduce.bincount(x.reshape(-1), minlength=4), torch.bincount(t.reshape(-1), minlength=4))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("number", range(6))
def test_interpolate(number, rank, dtype, carrier, rng):
    shape = [int(n) for n in rng.integers(2, (60, 20, 8)[rank - 1], size=rank)]
    x = rng.normal(size=(2, 3, *shape)).astype(dtype)
    for mode in (
        "nearest",
        "nearest-exact",
        "area",
        {1: "linear", 2: "bilinear", 3: "trilinear"}[rank],
        *(["bicubic"] if rank == 2 else []),
    ):
        smooth = "linear" in mode or "cubic" in mode
        align, antialias = (bool(rng.integers(2)) if smooth else None), rank == 2 and smooth and bool(rng.integers(2))
        scales = None if mode == "area" or number % 2 else [float(s) for s in rng.uniform(0.6, 2.9, size=rank)]
        size = (
            [int(n) for n in rng.integers(2, 20, size=rank)] if scales is None else [int(n * s) for n, s in zip(shape, scales, strict=True)]
        )
        antialias = antialias and min(size) > 1  # PyTorch repeats one row where an output is one column wide
        if scales and any(o in (n, 2 * n) for n, o in zip(shape, size, strict=True)):
            continue  # PyTorch's paths disagree among each other on whether the factor or the sizes' ratio counts
        t = T(x).requires_grad_()
        given = {"size": size} if scales is None else {"scale_factor": tuple(scales)}
        theirs = F.interpolate(t, mode=mode, align_corners=align, antialias=antialias, **given)
        statics, name = (scales, mode, bool(align), antialias), f"{mode} {shape} {size} {scales} {align} {antialias}"
        tolerance = 5e-5 if dtype == "float32" else 1e-11
        if not smooth and mode != "area" and dtype == "float64":
            # At exact halves the rounding of the coordinate decides; in float64 PyTorch's gradient rounds otherwise than its forward.
            ours = resample.interpolate(x, size, *statics)
            assert (ours != theirs.detach().numpy()).mean() < 0.15
            continue
        agree(resample.interpolate(x, size, *statics), theirs, tolerance, name)
        g = rng.normal(size=theirs.shape).astype(dtype)
        agree(resample.interpolate_input(g, x.shape, *statics), torch.autograd.grad(theirs, t, T(g))[0], 10 * tolerance, name)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [2, 3])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align", [False, True])
def test_grid_sample(align, padding_mode, rank, dtype, carrier, rng):
    shape, places = (2, 3, *rng.integers(2, 7, size=rank)), [int(n) for n in rng.integers(2, 9, size=rank)]
    x, grid = rng.normal(size=shape).astype(dtype), (rng.normal(size=(2, *places, rank)) * 0.8).astype(dtype)
    for mode in ("bilinear", "nearest", *(["bicubic"] if rank == 2 else [])):
        leaves = T(x).requires_grad_(), T(grid).requires_grad_()
        theirs, statics = F.grid_sample(*leaves, mode, padding_mode, align), (mode, padding_mode, align)
        g = rng.normal(size=theirs.shape).astype(dtype)
        slopes, tolerance = torch.autograd.grad(theirs, leaves, T(g)), 1e-4 if dtype == "float32" else 1e-10
        agree(resample.grid_sample(x, grid, *statics), theirs, tolerance, mode)
        agree(resample.grid_sample_input(g, x, grid, *statics), slopes[0], 10 * tolerance, mode)
        agree(resample.grid_sample_grid(g, x, grid, *statics), slopes[1], 10 * tolerance, mode)
    theta = rng.normal(size=(2, rank, rank + 1)).astype(dtype)
    t = T(theta).requires_grad_()
    theirs = F.affine_grid(t, [2, 3, *places], align)
    agree(resample.affine_grid(theta, [2, 3, *places], align), theirs, 1e-5)
    g = rng.normal(size=theirs.shape).astype(dtype)
    agree(resample.affine_grid_theta(g, [2, 3, *places], align), torch.autograd.grad(theirs, t, T(g))[0], 1e-5)


@pytest.mark.parametrize("number", range(25))
def test_unfold_and_fold(number, rng):
    x = rng.normal(size=(2, 3, *rng.integers(1, 12, size=2)))
    statics = [[int(n) for n in rng.integers(low, 4, size=2)] for low in (1, 1, 0, 1)]
    alike(lambda: resample.unfold(x, *statics), lambda: F.unfold(T(x), *statics), name="unfold")
    columns = outcome(lambda: resample.unfold(x, *statics))
    if not isinstance(columns, Exception):
        size = x.shape[2:]
        agree(resample.fold(columns, size, *statics), F.fold(T(columns), size, *statics), 1e-12)
        alike(lambda: resample.fold(columns[:, :, 1:], size, *statics), lambda: F.fold(T(columns[:, :, 1:]), size, *statics), name="fold")


# name, interval, ulps from PyTorch in float64 (None where PyTorch is the less accurate one), in float32
SPECIAL = [
    ("erf", -6, 6, 6, 2),
    ("erfc", -6, 26, 8, 2),
    ("erfcx", -2, 20, None, 70),
    ("erfinv", -1, 1, 8, 3),
    ("ndtr", -4, 8, None, 4e4),
    ("log_ndtr", -30, 4, None, 60),
    ("ndtri", 0, 1, 20, 10),
    ("gammaln", 0, 100, 20, 2),
    ("gammaln", -10, 0, None, None),
    ("digamma", 2, 100, 20, 40),
    ("i0", -50, 80, 20, 20),
    ("i0e", -50, 700, 20, 20),
    ("i1", -50, 80, 40, 40),
    ("i1e", -50, 700, 40, 40),
    ("entr", 0, 3, 2, 2),
    ("logit", 0, 0.4, 8, 8),
]


@pytest.mark.parametrize("name, low, high, bound, bound32", SPECIAL)
def test_special(name, low, high, bound, bound32, rng):
    theirs, ours = getattr(torch.special, name), getattr(special, {"gammaln": "lgamma"}.get(name, name))
    for dtype, limit in (("float64", bound), ("float32", bound32)):
        x = rng.uniform(low, high, 3000).astype(dtype)
        out, expected = ours(x), theirs(T(x)).numpy()
        assert out.dtype == expected.dtype == dtype
        np.testing.assert_array_equal(np.isfinite(out), np.isfinite(expected))
        there = np.isfinite(expected)
        if limit is None:
            rough = 1e-9 if dtype == "float64" else 1e-5
            np.testing.assert_allclose(out[there], expected[there], rtol=rough, atol=1e-3 * rough)
        else:
            error = np.abs(out[there] - expected[there]) / np.spacing(np.abs(expected[there]))
            assert error.max() <= limit


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_polygamma_and_zeta(n, rng):
    x = rng.uniform(0.1, 30, 1000)
    np.testing.assert_allclose(special.polygamma(n, x), torch.polygamma(n, T(x)).numpy(), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(special.zeta(np.float64(n + 1.5), x), torch.special.zeta(n + 1.5, T(x)).numpy(), rtol=1e-12)
    left = rng.uniform(-9, 0, 300)
    left = left[np.abs(left - np.rint(left)) > 0.01]
    np.testing.assert_allclose(special.polygamma(n, left), torch.polygamma(n, T(left)).numpy(), rtol=1e-8, atol=1e-9)


EDGES = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    -2.0,
    0.5,
    -0.5,
    np.inf,
    -np.inf,
    np.nan,
    5e-324,
    -1e-300,
    1e300,
    -1e300,
    30.0,
    -25.0,
    0.25,
    100.0,
    -100.0,
    710.0,
    -2.5,
]


@pytest.mark.parametrize(
    "name", ["erf", "erfc", "erfcx", "erfinv", "log_ndtr", "ndtri", "gammaln", "digamma", "i0", "i0e", "i1", "i1e", "entr", "logit"]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_edges(name, dtype):
    with np.errstate(all="ignore"):
        x = np.array(EDGES).astype(dtype)
    ours = getattr(special, {"gammaln": "lgamma"}.get(name, name))(x)
    np.testing.assert_allclose(ours, getattr(torch.special, name)(T(x)).numpy(), rtol=1e-5 if dtype == "float32" else 1e-11, atol=1e-300)


@pytest.mark.parametrize("name", ["xlogy", "xlog1py"])
def test_special_pairs(name):
    x, y = np.meshgrid([0.0, -0.0, 1.0, -1.0, 2.5, np.inf, -np.inf, np.nan], [0.0, 1.0, -1.0, 3.0, np.inf, np.nan])
    agree(getattr(special, name)(x, y), getattr(torch.special, name)(T(x), T(y)), 1e-14)
