"""A tensor that needs gradients among the libraries and the protocols of Python: everyday probes, one small test each."""

from __future__ import annotations

import bisect
import copy
import json
import math
import operator
import pickle
import statistics
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag

ROOT = Path(__file__).parents[1]


@pytest.fixture
def t() -> ag.Tensor:
    return ag.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]], requires_grad=True)


def read_only(a: Any) -> bool:
    return isinstance(a, np.ndarray) and not a.flags.writeable


# conversions


def test_asarray_shares_memory_read_only(t):
    for a in (np.asarray(t), np.array(t, copy=False), np.asanyarray(t), t.to_numpy(), (t * 2).to_numpy()):
        assert read_only(a)
    assert np.shares_memory(np.asarray(t), t.array)
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(t)[0, 0] = 1.0
    assert t.array.flags.writeable


def test_asarray_without_gradient_is_writable(t):
    plain = t.detach()
    np.asarray(plain)[0, 0] = 9.0
    assert t[0, 0] == 9.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("duplicate", [None, True])
def test_array_with_a_type_and_a_copy(t, dtype, duplicate):
    a = np.array(t, dtype=dtype, copy=duplicate)
    assert a.dtype == dtype
    np.testing.assert_array_equal(a, t.array.astype(dtype))
    if duplicate or dtype != np.float32:
        a[0, 0] = 7
        assert t.array[0, 0] == 1


def test_array_that_may_not_be_copied(t):
    with pytest.raises(ValueError, match="leave copy=False out"):
        np.array(t, dtype=np.float64, copy=False)


def test_numpy_keeps_its_error(t):
    with pytest.raises(RuntimeError, match=r"tensor\.detach\(\)\.numpy\(\)"):
        t.numpy()
    assert not read_only(t.numpy(force=True))


def test_nothing_goes_round_the_conversion(t):
    """From Python 3.12 NumPy would prefer either to __array__, and get a writable view of a tensor that needs gradients."""
    assert not hasattr(t, "__buffer__")
    assert not hasattr(t, "__array_interface__")
    with pytest.raises(TypeError):
        memoryview(t)


def test_arrays_of_tensors(t):
    rows = np.array([t[0], t[1]])
    np.testing.assert_array_equal(rows, t.array)
    np.testing.assert_array_equal(np.array([t[0, 0], t[0, 1], 5.0]), [1, 2, 5])
    assert np.array([t, t]).shape == (2, 2, 3)


def test_a_tensor_of_tensors(t):
    made = ag.tensor([t[0, 0], t[1, 2], 3])
    assert (made.tolist(), made.requires_grad, made.dtype) == ([1.0, 6.5, 3.0], False, ag.float32)


def test_tensors_and_arrays_in_arithmetic(t):
    array = np.full((2, 3), 2.0, np.float32)
    for run, derivative in [
        (lambda: array * t, 2), (lambda: t * array, 2), (lambda: array - t, -1), (lambda: t / array, 0.5),
        (lambda: np.float64(3) * t, 3), (lambda: t * np.float32(3), 3), (lambda: np.int64(3) + t, 1),
        (lambda: (array > t) * t, (array > t.array)), (lambda: array[0] + t, 1),
    ]:  # fmt: skip
        out = run()
        assert isinstance(out, ag.Tensor)
        t.grad = None
        out.sum().backward()
        np.testing.assert_array_equal(t.grad.array, np.broadcast_to(derivative, (2, 3)))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_matrix_products_with_arrays(t, kind):
    left, right = np.ones((4, 2), kind), np.ones((3, 4), kind)
    for out in (left @ t, t @ right):
        assert isinstance(out, ag.Tensor)
        assert out.dtype == kind
        t.grad = None
        out.sum().backward()
        np.testing.assert_array_equal(t.grad.array, np.full((2, 3), 4.0))


def test_an_array_changed_by_a_tensor(t):
    array = np.ones((2, 3), np.float32)
    with pytest.raises(TypeError, match=r"writes into an array.*\.detach\(\)"):
        array += t
    array += t.detach()
    np.testing.assert_array_equal(array, t.array + 1)
    array[0] = t[0]
    np.testing.assert_array_equal(array[0], t.array[0])


def test_a_tensor_changed_by_an_array(t):
    out = t * 2
    out += np.ones((2, 3), np.float32)
    out *= np.float32(3)
    out.sum().backward()
    np.testing.assert_array_equal(out.array, (t.array * 2 + 1) * 3)
    np.testing.assert_array_equal(t.grad.array, np.full((2, 3), 6.0))


def test_a_ufunc_that_writes_into_a_tensor(t):
    target = ag.zeros(2, 3)
    assert np.multiply(t, 2, out=target) is target
    target.sum().backward()
    np.testing.assert_array_equal(t.grad.array, np.full((2, 3), 2.0))
    total = ag.zeros(3)
    np.sum(t.detach(), axis=0, out=total)
    assert total.tolist() == [5.0, 7.0, 9.5]
    before = total._version
    np.add.at(total, [0, 0], 1.0)
    assert (total.tolist(), total._version) == ([7.0, 7.0, 9.5], before + 1)
    with pytest.raises(TypeError, match="in place"):
        np.add.at(t, [0], 1.0)


def test_indices_of_arrays(t):
    array = np.arange(6.0).reshape(2, 3)
    assert array[ag.tensor(1), ag.tensor(2)] == 5
    np.testing.assert_array_equal(array[ag.tensor([1, 0])], array[::-1])
    np.testing.assert_array_equal(array[t > 2.5], array[t.array > 2.5])


def test_numpy_testing(t):
    np.testing.assert_allclose(t, t.array)
    np.testing.assert_array_equal(t, t.detach())
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(t, t.array + 1)


# Python's own protocols


def test_numbers(t):
    one = t[0, 1] * 2
    assert (float(one), int(one), complex(one), bool(one), math.sqrt(one), math.floor(one)) == (4.0, 4, 4 + 0j, True, 2.0, 4)
    assert f"{one:.2f} {one:>8.1f} {one:e}" == "4.00      4.0 4.000000e+00"
    assert f"{one}" == "4.0"
    assert "%.3f" % one == "4.000"  # noqa: UP031  the old way is meant


def test_format_of_many_values(t):
    assert f"{t}" == str(t)
    with pytest.raises(TypeError, match=r"item\(\)|tolist\(\)"):
        f"{t:.2f}"


@pytest.mark.parametrize("convert", [float, int, complex, math.sqrt])
def test_many_values_are_no_number(t, convert):
    with pytest.raises(ValueError, match=r"6 elements|only one element"):
        convert(t)
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(t)


def test_indices():
    i = ag.tensor(2)
    assert ([10, 20, 30][i], list(range(i)), hex(i), "ab" * i, [0] * i, operator.index(ag.tensor([3]))) == (
        30,
        [0, 1],
        "0x2",
        "abab",
        [0, 0],
        3,
    )
    assert "abcdef"[ag.tensor(1) : ag.tensor(4)] == "bcd"
    for wrong in (ag.tensor(2.0), ag.tensor([1, 2])):
        with pytest.raises(TypeError, match="index"):
            operator.index(wrong)


def test_round():
    t = ag.tensor([1.26, -2.5, 3.5])
    assert round(t).tolist() == [1.0, -2.0, 4.0]
    assert round(t, 1).tolist() == pytest.approx([1.3, -2.5, 3.5])
    assert float(round(ag.tensor(2.6))) == 3.0


def test_iteration_and_order(t):
    row = t[0]
    assert [float(v) for v in sorted(row, reverse=True)] == [3.0, 2.0, 1.0]
    assert (float(min(row)), float(max(row)), float(sum(row))) == (1.0, 3.0, 6.0)
    assert (len(t), [len(r) for r in t], 2.0 in row, 9.0 in row) == (2, [3, 3], True, False)
    assert bisect.bisect([1.0, 2.5], row[1]) == 1
    a, b, c = row
    (a + 2 * b + 3 * c).backward()
    assert t.grad.tolist() == [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]
    assert reversed(row).tolist() == [3.0, 2.0, 1.0]
    assert {t: 1}[t] == 1
    assert any(row > 2)
    with pytest.raises(TypeError):
        len(t[0, 0])
    with pytest.raises(TypeError):
        iter(t[0, 0])


def test_statistics(t):
    row = t[0]
    assert statistics.fmean(row) == 2.0
    assert float(statistics.median(row)) == 2.0
    assert float(statistics.mean(row.detach())) == 2.0
    assert statistics.stdev(row.tolist()) == 1.0
    assert ag.tensor(0.5).as_integer_ratio() == (1, 2)
    assert Fraction(*ag.tensor(3).as_integer_ratio()) == 3
    with pytest.raises(TypeError, match=r"\.mean\(\)"):
        statistics.mean(row)


def test_json(t):
    assert json.loads(json.dumps(t.tolist())) == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]
    assert json.dumps(t[0, 0].item()) == "1.0"
    with pytest.raises(TypeError):
        json.dumps(t)


# copies


def test_pickle(t):
    t.note = "mine"
    back = pickle.loads(pickle.dumps(t))
    assert (back.tolist(), back.requires_grad, back.is_leaf, back.note, back.dtype) == (t.tolist(), True, True, "mine", t.dtype)
    made = pickle.loads(pickle.dumps(t * 2))
    assert (made.requires_grad, made.is_leaf) == (True, True)
    assert not pickle.loads(pickle.dumps(t.detach())).requires_grad
    assert pickle.loads(pickle.dumps([t, t]))[0].tolist() == t.tolist()


def test_copy_shares_memory_and_deepcopy_does_not(t):
    t.sum().backward()
    t.note = [1]
    near, far = copy.copy(t), copy.deepcopy(t)
    assert (near.requires_grad, near.is_leaf, near.grad) == (True, True, None)
    assert np.shares_memory(near.array, t.array)
    assert (far.requires_grad, far.grad.tolist(), far.note) == (True, t.grad.tolist(), [1])
    assert not np.shares_memory(far.array, t.array)
    assert far.note is not t.note
    both = copy.deepcopy([t, t])
    assert both[0] is both[1]
    with pytest.raises(RuntimeError, match=r"detach\(\)\.clone\(\)"):
        copy.deepcopy(t * 2)


class Named(ag.Tensor):
    """A user's own class of tensors."""


def test_subclasses_keep_their_class():
    one = Named(ag.tensor([1.0]))
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert type(other) is Named
        assert other.tolist() == [1.0]


# DLPack


def test_dlpack_between_tensors_and_numpy(t):
    a = np.from_dlpack(t)
    assert read_only(a)
    assert np.shares_memory(a, t.array)
    plain = t.detach()
    np.from_dlpack(plain)[0, 0] = 8.0
    assert plain[0, 0] == 8.0
    back = ag.from_dlpack(np.ones(3, np.float32))
    assert (back.tolist(), back.dtype) == ([1.0, 1.0, 1.0], ag.float32)
    source = np.arange(3.0)
    ag.from_dlpack(source)[0] = 5.0
    assert source[0] == 5.0
    assert ag.from_dlpack(plain.__dlpack__()).tolist() == plain.tolist()


def test_dlpack_device_and_refusals(t):
    assert t.__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError, match=r"\.detach\(\)"):
        t.__dlpack__()
    copied = t.__dlpack__(copy=True)
    assert ag.from_dlpack(copied).tolist() == t.tolist()
    with pytest.raises(TypeError, match="list"):
        ag.from_dlpack([1.0])
    with pytest.raises(BufferError, match="copy=False"):
        ag.from_dlpack(t, copy=False)
    assert not np.shares_memory(ag.from_dlpack(t).array, t.array)


# the lecture


def L_i_vectorized(x, y, W):  # the lecture's own function, as it is printed there
    scores = W.dot(x)
    margins = np.maximum(0, scores - scores[y] + 1)
    margins[y] = 0
    loss_i = np.sum(margins)
    return loss_i


SCORES = {"cat": ([3.2, 5.1, -1.7], 0, 2.9, 2.0404), "car": ([1.3, 4.9, 2.0], 1, 0.0, 0.0791), "frog": ([2.2, 2.5, -3.1], 2, 12.9, 6.1565)}


@pytest.mark.parametrize("name", SCORES)
def test_the_svm_loss_of_the_lecture(name):
    scores, y, loss, _ = SCORES[name]
    x = ag.tensor([1.0, 0.0, 0.0])
    W = ag.tensor(np.column_stack([scores, np.ones(3), np.zeros(3)]), requires_grad=True)
    found = L_i_vectorized(x.double(), y, W)
    assert float(found) == pytest.approx(loss)
    found.backward()
    margins = np.maximum(0, np.array(scores) - scores[y] + 1)
    derivative = (margins > 0) * 1.0
    derivative[y] = 0
    derivative[y] = -derivative.sum()
    np.testing.assert_allclose(W.grad.array, np.outer(derivative, [1, 0, 0]))
    assert float(L_i_vectorized(np.array([1.0, 0, 0]), y, W.detach().numpy())) == pytest.approx(loss)


def test_the_mean_svm_loss_of_the_lecture():
    losses = [L_i_vectorized(ag.ones(1), y, ag.tensor(scores).reshape(3, 1)) for scores, y, _, _ in SCORES.values()]
    assert float(sum(losses) / 3) == pytest.approx(5.2667, abs=1e-4)


@pytest.mark.parametrize("name", SCORES)
def test_softmax_and_cross_entropy_of_the_lecture(name):
    values, y, _, loss = SCORES[name]
    scores = ag.tensor(values, requires_grad=True)
    p = np.exp(scores) / np.sum(np.exp(scores))
    found = -np.log(p[y])
    found.backward()
    assert float(found) == pytest.approx(loss, abs=1e-4)
    onehot = np.eye(3)[y]
    np.testing.assert_allclose(scores.grad.array, p.array - onehot, atol=1e-6)
    if name == "cat":
        np.testing.assert_allclose(p.array, [0.130, 0.869, 0.001], atol=5e-4)
        np.testing.assert_allclose(scores.grad.array, [-0.870, 0.869, 0.001], atol=5e-4)


# libraries


def test_matplotlib(t, tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 4)
    axes = axes.ravel()
    (line,) = axes[0].plot(t[0], t[1])
    np.testing.assert_array_equal(line.get_ydata(), t.array[1])
    image = axes[1].imshow(t)
    np.testing.assert_array_equal(image.get_array(), t.array)
    counts, _, _ = axes[2].hist(t.reshape(-1), bins=3)
    assert counts.sum() == 6
    points = axes[3].scatter(t[0], t[1], c=t[0], s=t[1])
    np.testing.assert_array_equal(points.get_offsets(), t.array.T)
    bars = axes[4].bar([0, 1, 2], t[0])
    assert [b.get_height() for b in bars] == [1.0, 2.0, 3.0]
    axes[5].fill_between(t[0], t[1])
    axes[6].boxplot(t[0])
    axes[7].errorbar(t[0], t[1], yerr=t[0])
    axes[0].axhline(t[0, 1])
    figure.savefig(tmp_path / "all.png")
    plt.close(figure)


def test_pandas(t):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(t, columns=["a", "b", "c"])
    np.testing.assert_array_equal(frame.to_numpy(), t.array)
    frame = pandas.DataFrame({"x": t[0], "y": t[1]})
    assert frame["y"].tolist() == [4.0, 5.0, 6.5]
    assert pandas.Series(t[0]).mean() == 2.0
    assert pandas.Series([t[0, 0], t[0, 1]]).astype(float).tolist() == [1.0, 2.0]
    frame["z"] = t[0]
    assert frame["z"].dtype == np.float32


def test_sklearn(t):
    linear_model = pytest.importorskip("sklearn.linear_model")
    x = ag.tensor([[0.0], [1.0], [2.0]], requires_grad=True)
    y = ag.tensor([1.0, 3.0, 5.0], requires_grad=True)
    model = linear_model.LinearRegression().fit(x, y)
    assert (model.coef_[0], model.intercept_) == pytest.approx((2.0, 1.0), abs=1e-5)
    assert model.score(x, y) == pytest.approx(1.0)
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    assert np.abs(preprocessing.StandardScaler().fit_transform(t).mean(0)).max() < 1e-6
    metrics = pytest.importorskip("sklearn.metrics")
    assert metrics.accuracy_score(ag.tensor([0, 1, 1]), ag.tensor([0, 1, 0])) == pytest.approx(2 / 3)


def test_scipy(t):
    optimize = pytest.importorskip("scipy.optimize")

    def both(x: np.ndarray) -> tuple[float, np.ndarray]:
        leaf = ag.tensor(x, requires_grad=True)
        loss = np.sum((leaf - 3.0) ** 2)
        loss.backward()
        return loss.item(), leaf.grad.numpy()

    assert optimize.minimize(both, np.zeros(2), jac=True).x == pytest.approx([3.0, 3.0])
    stats = pytest.importorskip("scipy.stats")
    assert stats.pearsonr(t[0], t[1]).statistic == pytest.approx(np.corrcoef(t.array)[0, 1])


EINOPS = {
    "rearrange": (lambda e, x: e.rearrange(x, "a b c -> c (a b)"), lambda x: x.transpose(2, 0, 1).reshape(4, 6)),
    "split": (
        lambda e, x: e.rearrange(x, "a b (c d) -> (d a) b c", d=2),
        lambda x: x.reshape(2, 3, 2, 2).transpose(3, 0, 1, 2).reshape(4, 3, 2),
    ),
    "list": (lambda e, x: e.rearrange([x[0], x[1]], "n b c -> b n c"), lambda x: x.transpose(1, 0, 2)),
    "mean": (lambda e, x: e.reduce(x, "a b c -> a", "mean"), lambda x: x.mean((1, 2))),
    "sum": (lambda e, x: e.reduce(x, "a b c -> b c", "sum"), lambda x: x.sum(0)),
    "max": (lambda e, x: e.reduce(x, "a b (c two) -> a b c", "max", two=2), lambda x: x.reshape(2, 3, 2, 2).max(3)),
    "min": (lambda e, x: e.reduce(x, "a b c -> ", "min"), lambda x: x.min()),
    "prod": (lambda e, x: e.reduce(x, "a b c -> c", "prod"), lambda x: x.prod((0, 1))),
    "repeat": (lambda e, x: e.repeat(x, "a b c -> a (b n) c m", n=2, m=3), lambda x: np.repeat(np.repeat(x, 2, 1)[..., None], 3, 3)),
    "einsum": (lambda e, x: e.einsum(x, x, "a b c, d b c -> a d"), lambda x: np.einsum("abc,dbc->ad", x, x)),
    "pack": (lambda e, x: e.pack([x, x[:, 0]], "a * c")[0], lambda x: np.concatenate([x, x[:, :1]], 1)),
    "unpack": (lambda e, x: e.unpack(x, [(), (2,)], "a * c")[1], lambda x: x[:, 1:]),
}


@pytest.mark.parametrize("name", EINOPS)
def test_einops(name):
    einops = pytest.importorskip("einops")
    run, truth = EINOPS[name]
    x = ag.tensor(np.arange(24.0).reshape(2, 3, 4) / 7 + 0.1, requires_grad=True)
    out = run(einops, x)
    assert out.requires_grad
    np.testing.assert_allclose(out.array, truth(x.array))
    out.sum().backward()
    assert x.grad.shape == x.shape


@pytest.mark.parametrize(
    "order", ["einops, autograd_core", "autograd_core, einops", "einops.einops, autograd_core", "autograd_core, einops.layers"]
)
def test_einops_finds_us_in_either_order(order):
    pytest.importorskip("einops")
    program = (
        f"import {order}\nimport einops, sys\nimport autograd_core as ag\n"
        "x = einops.rearrange(ag.arange(6), '(a b) -> b a', a=2)\n"
        "print(x.tolist(), einops.asnumpy(x).tolist(), [k for k in ('torch', 'numba') if k in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.strip() == "[[0, 3], [1, 4], [2, 5]] [[0, 3], [1, 4], [2, 5]] []"


def test_nobody_imports_einops_for_the_user():
    program = "import autograd_core, sys; print('einops' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("pattern", ["ij,jk->ik", "ij,jk->ki", "ij,jk,kl->il", "ij,jk,kl->li", "ij,ij->", "ijk,jk->i", "ij,jk->"])
def test_opt_einsum(pattern):
    opt_einsum = pytest.importorskip("opt_einsum")
    sizes = dict(zip("ijkl", (2, 3, 4, 5), strict=True))
    arrays = [
        np.arange(1.0, 1 + math.prod(sizes[c] for c in term)).reshape([sizes[c] for c in term])
        for term in pattern.split("->")[0].split(",")
    ]
    leaves = [ag.tensor(a, requires_grad=True) for a in arrays]
    out = opt_einsum.contract(pattern, *leaves)
    np.testing.assert_allclose(out.array, np.einsum(pattern, *arrays))
    out.sum().backward()
    assert all(leaf.grad is not None for leaf in leaves)
