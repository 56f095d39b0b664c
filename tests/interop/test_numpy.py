"""NumPy's functions and ufuncs on tensors: each stands in one tier, and gives NumPy's values with the true derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.tensor.numpy_api.functions import CHANGES_ITS_FIRST_ARGUMENT, WITHOUT_DERIVATIVE, numpy_named
from autograd_core.tensor.numpy_api.table import functions
from autograd_core.tensor.numpy_api.ufuncs import SCIPY
from tests.interop.calls import CALLS, METHODS, UFUNCS, Call, draw, one, two

STEP = 1e-6


def parts(value: Any) -> list[Any]:
    return [v for part in value for v in parts(part)] if isinstance(value, (tuple, list)) else [value]


def check(f: Any, call: Call, rng: np.random.Generator) -> None:
    """The same values and shapes as NumPy's, and the derivative that finite differences of NumPy's own function give."""
    arrays = draw(call, rng)
    leaves = [ag.tensor(a, requires_grad=True) for a in arrays]
    ours, truth = parts(call.run(f, *leaves)), parts(call.run(f, *arrays))
    assert len(ours) == len(truth)
    weights = []
    for a, b in zip(ours, truth, strict=True):
        assert isinstance(a, ag.Tensor)
        assert a.shape == np.shape(b)
        np.testing.assert_allclose(a.array, b, rtol=1e-9, atol=1e-12)
        weights.append(rng.standard_normal(np.shape(b)) if a.requires_grad else np.zeros(np.shape(b)))
    loss = sum((a * ag.tensor(w)).sum() for a, w in zip(ours, weights, strict=True) if a.requires_grad)
    assert isinstance(loss, ag.Tensor), "no result is differentiable"
    loss.backward()

    def total(arrays: list[np.ndarray]) -> float:
        return float(sum(np.nansum(np.asarray(b) * w) for b, w in zip(parts(call.run(f, *arrays)), weights, strict=True)))

    for k, leaf in enumerate(leaves):
        numeric = np.zeros_like(arrays[k])
        for i in np.ndindex(arrays[k].shape):
            sides = []
            for step in (STEP, -STEP):
                moved = [a.copy() for a in arrays]
                moved[k][i] += step
                sides.append(total(moved))
            numeric[i] = (sides[0] - sides[1]) / (2 * STEP)
        found = np.zeros_like(arrays[k]) if leaf.grad is None else leaf.grad.numpy()
        np.testing.assert_allclose(found, numeric, rtol=1e-5, atol=1e-6)


MADE = {"zeros_like", "ones_like", "empty_like"}

# No rule: refused where a gradient would be lost, computed on the arrays where none is needed.
REFUSED: dict[str, tuple[Any, ...]] = {
    "angle": (), "apply_along_axis": ("f", 0, "x"), "apply_over_axes": ("f", "x", [0]), "choose": ("i", "[x]"), "geomspace": (2.0,),
    "gradient": (), "insert": (0, 1.0), "logspace": (2.0,), "nanmax": (), "nanmin": (), "nanstd": (), "nanvar": (),
    "piecewise": ("[x>0]", [1.0]), "poly": (), "polyadd": ("x",), "polyder": (), "polydiv": ("x",), "polyfit": ("x", 1), "polyint": (),
    "polymul": ("x",), "polysub": ("x",), "resize": ((2,),), "roots": (), "sort_complex": (), "trim_zeros": (), "unwrap": (),
    "linalg.eig": (), "linalg.eigvals": (), "linalg.lstsq": ("x",),
}  # fmt: skip
# They take no tensors: dates, text.
NOT_NUMBERS = {"busday_count", "busday_offset", "datetime_as_string", "is_busday"}


def names_of_numpy() -> list[str]:
    kind = type(np.sum)
    found = [name for name in dir(np) if isinstance(getattr(np, name), kind)]
    return found + [f"linalg.{name}" for name in dir(np.linalg) if isinstance(getattr(np.linalg, name), kind)]


@pytest.mark.parametrize("name", names_of_numpy())
def test_every_function_of_numpy_stands_in_one_tier(name):
    f = numpy_named(name)
    tiers = [functions, WITHOUT_DERIVATIVE.split(), CHANGES_ITS_FIRST_ARGUMENT.split(), REFUSED, NOT_NUMBERS]
    assert sum(any(numpy_named(other) is f for other in tier) for tier in tiers) == 1


def test_every_rule_is_tested():
    assert set(functions) - set(CALLS) == MADE
    assert set(CALLS) - set(functions) == set()


@pytest.mark.parametrize(("name", "index"), [(name, i) for name, calls in CALLS.items() for i in range(len(calls))])
def test_a_function_with_a_rule(name, index, rng):
    check(numpy_named(name), CALLS[name][index], rng)


@pytest.mark.parametrize("name", sorted(MADE))
def test_tensors_of_the_same_shape(name):
    t = ag.tensor([[1.0, 2.0]], requires_grad=True)
    made = numpy_named(name)(t, dtype=np.float64)
    assert isinstance(made, ag.Tensor)
    assert (made.shape, made.dtype, made.requires_grad) == ((1, 2), ag.float64, False)


def filled(name: str, t: Any) -> list[Any]:
    """The arguments of a refused function, its tensor first unless its place is marked."""
    values = {"f": np.sum, "x": t, "i": np.zeros(3, int), "[x]": [t, t], "[x>0]": [t.detach().numpy() > 0]}
    args = [values[a] if isinstance(a, str) else a for a in REFUSED[name]]
    return (
        args if any(a in ("x", "[x]") for a in REFUSED[name] if isinstance(a, str)) and name.startswith(("apply", "choose")) else [t, *args]
    )


@pytest.mark.parametrize("name", REFUSED)
def test_a_function_without_a_rule(name):
    square = (
        name.startswith(("linalg", "poly"))
        and name not in ("polyfit",)
        and name not in ("polyadd", "polysub", "polymul", "polydiv", "polyder", "polyint")
    )
    values = np.array([[2.0, 1.0, 0.5], [0.1, 3.0, 0.2], [0.3, 0.4, 4.0]]) if square else np.array([1.0, 2.0, 4.0])
    t = ag.tensor(values, requires_grad=True)
    with pytest.raises(TypeError, match=rf"np\.{name}.* would lose the gradient .*\.detach\(\)") as caught:
        numpy_named(name)(*filled(name, t))
    assert "rule" in str(caught.value)
    plain = ag.tensor(values)
    found, truth = numpy_named(name)(*filled(name, plain)), numpy_named(name)(*[np_of(a) for a in filled(name, plain)])
    for a, b in zip(parts(found), parts(truth), strict=True):
        assert not isinstance(a, ag.Tensor)
        np.testing.assert_array_equal(a, b)
    with ag.no_grad():
        numpy_named(name)(*filled(name, t))


def np_of(value: Any) -> Any:
    if isinstance(value, ag.Tensor):
        return value.numpy()
    return [np_of(v) for v in value] if isinstance(value, list) else value


def twice(f: Any, x: Any) -> Any:
    return f(x, x)


FREE: dict[str, Callable[..., Any]] = {
    "all": one, "any": one, "argmax": one, "argmin": one, "argsort": one, "argwhere": one, "array2string": one, "array_repr": one,
    "array_str": one, "atleast_1d": one, "atleast_2d": one, "atleast_3d": one, "count_nonzero": one, "flatnonzero": one, "histogram": one,
    "histogram_bin_edges": one, "imag": one, "iscomplex": one, "iscomplexobj": one, "isneginf": one, "isposinf": one, "isreal": one,
    "isrealobj": one, "linalg.matrix_rank": one, "min_scalar_type": one, "nanargmax": one, "nanargmin": one, "ndim": one, "nonzero": one,
    "result_type": one, "shape": one, "size": one, "tril_indices_from": one, "triu_indices_from": one, "unique": one, "unique_all": one,
    "unique_counts": one, "unique_inverse": one, "unique_values": one, "broadcast_arrays": one, "meshgrid": one, "common_type": one,
    "histogramdd": one, "lexsort": one,
    "allclose": twice, "array_equal": twice, "array_equiv": twice, "isclose": twice, "isin": twice, "intersect1d": twice,
    "setdiff1d": twice, "setxor1d": twice, "union1d": twice, "may_share_memory": twice,
    "shares_memory": twice,
    "argpartition": lambda f, x: f(x, 1), "searchsorted": lambda f, x: f(np.arange(3.0), x), "digitize": lambda f, x: f(x, [0.0, 1.0]),
    "interp": lambda f, x: f(x, [0.0, 1.0], [5.0, 6.0]), "histogram2d": lambda f, x: f(x[0], x[1]),
    "bincount": lambda f, x: f([0, 1, 1], x[0]),
    "einsum_path": lambda f, x: f("ij,ij", x, x)[0], "can_cast": lambda f, x: f(np.float32, np.float64),
    "diag_indices_from": lambda f, x: f(x), "ix_": lambda f, x: f([0, 1]),
    "packbits": lambda f, x: f(x > 0), "unpackbits": lambda f, x: f(np.array([3], np.uint8)),
    "unravel_index": lambda f, x: f(np.array([1]), (2, 2)), "ravel_multi_index": lambda f, x: f((np.array([1]), np.array([0])), (2, 2)),
}  # fmt: skip
WRITES_A_FILE = {"save", "savetxt", "savez", "savez_compressed"}


@pytest.mark.parametrize("name", [n for n in WITHOUT_DERIVATIVE.split() if n not in WRITES_A_FILE])
def test_a_function_without_derivative(name):
    values = np.array([[1.5, -0.5, 2.5], [0.5, 3.5, -1.5], [1.0, 1.0, 0.0]])
    found, truth = FREE[name](numpy_named(name), ag.tensor(values, requires_grad=True)), FREE[name](numpy_named(name), values)
    for a, b in zip(parts(found), parts(truth), strict=True):
        assert not isinstance(a, ag.Tensor)
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", sorted(WRITES_A_FILE))
def test_files(name, tmp_path):
    t = ag.tensor([[1.0, 2.0]], requires_grad=True)
    path = tmp_path / {"save": "a.npy", "savetxt": "a.txt"}.get(name, "a.npz")
    numpy_named(name)(path, t)
    back = np.loadtxt(path) if name == "savetxt" else np.load(path)
    np.testing.assert_array_equal(np.ravel(back["arr_0"] if name.startswith("savez") else back), [1, 2])


CHANGES: dict[str, Callable[..., Any]] = {
    "copyto": lambda f, a: f(a, 7.0), "fill_diagonal": lambda f, a: f(a, 7.0), "place": lambda f, a: f(a, np.eye(2, dtype=bool), [7.0]),
    "put": lambda f, a: f(a, [0, 3], 7.0), "putmask": lambda f, a: f(a, np.eye(2, dtype=bool), 7.0),
    "put_along_axis": lambda f, a: f(a, np.array([[0], [1]]), 7.0, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES_ITS_FIRST_ARGUMENT.split())
def test_a_function_that_changes_a_tensor(name):
    t, truth = ag.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=ag.float64), np.array([[1.0, 2.0], [3.0, 4.0]])
    x = ag.tensor([[1.0, 1.0], [1.0, 1.0]], dtype=ag.float64, requires_grad=True)
    product = x * t
    CHANGES[name](numpy_named(name), t)
    CHANGES[name](numpy_named(name), truth)
    np.testing.assert_array_equal(t.array, truth)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.sum().backward()
    with pytest.raises(TypeError, match=r"tensor\[index\] = value"):
        CHANGES[name](numpy_named(name), x)


QUESTIONS = """
    equal greater greater_equal isfinite isinf isnan less less_equal logical_and logical_not logical_or logical_xor nextafter not_equal
    signbit
"""
WHOLE = "bitwise_and bitwise_or bitwise_xor invert left_shift right_shift"
NO_RULE = "cbrt spacing"
NOT_FLOATING = "bitwise_count gcd isnat lcm"  # nothing to lose a gradient of


def ufuncs_of_numpy() -> list[str]:
    """The ufuncs under their own names."""
    return sorted({getattr(np, name).__name__ for name in dir(np) if isinstance(getattr(np, name), np.ufunc)})


@pytest.mark.parametrize("name", ufuncs_of_numpy())
def test_every_ufunc_is_tested(name):
    assert [*UFUNCS, *" ".join((QUESTIONS, WHOLE, NO_RULE, NOT_FLOATING)).split()].count(name) == 1


@pytest.mark.parametrize("name", UFUNCS)
def test_a_ufunc_with_a_rule(name, rng):
    check(getattr(np, name), UFUNCS[name], rng)


@pytest.mark.parametrize("name", QUESTIONS.split())
def test_a_ufunc_that_asks(name):
    f = getattr(np, name)
    values = [np.array([1.0, -2.0, np.inf]), np.array([1.0, 0.0, 2.0])][: f.nin]
    found = f(*[ag.tensor(v, requires_grad=True) for v in values])
    assert isinstance(found, ag.Tensor)
    assert not found.requires_grad
    np.testing.assert_array_equal(found.array, f(*values))
    assert found.array.dtype == f(*values).dtype


@pytest.mark.parametrize("name", WHOLE.split())
def test_a_ufunc_of_whole_numbers(name):
    f = getattr(np, name)
    values = [np.array([5, 3, 12]), np.array([1, 2, 3])][: f.nin]
    found = f(*[ag.tensor(v) for v in values])
    assert isinstance(found, ag.Tensor)
    np.testing.assert_array_equal(found.array, f(*values))


@pytest.mark.parametrize("name", NO_RULE.split())
def test_a_ufunc_without_a_rule(name):
    f = getattr(np, name)
    values = [np.array([1.0, 8.0])] * f.nin
    with pytest.raises(TypeError, match=rf"np\.{name} would lose the gradient .*\.detach\(\)"):
        f(*[ag.tensor(v, requires_grad=True) for v in values])
    found = f(*[ag.tensor(v) for v in values])
    for a, b in zip(parts(found), parts(f(*values)), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_a_ufunc(name, rng):
    check(getattr(np, name.split(".")[0]), METHODS[name], rng)


@pytest.mark.parametrize(
    "run", [lambda t: np.add.reduceat(t, [0, 2]), lambda t: np.hypot.reduce(t), lambda t: np.sum(t, where=[True, False, True])]
)
def test_a_method_or_argument_without_a_rule(run):
    values = np.array([1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match=r"would lose the gradient .*\.detach\(\)"):
        run(ag.tensor(values, requires_grad=True))
    np.testing.assert_array_equal(run(ag.tensor(values)), run(values))


SCIPY_AT = {
    **dict.fromkeys(["erfinv", "logit", "ndtri"], "unit"),
    **dict.fromkeys(["entr", "gammaln", "digamma", "psi", "log1p"], "positive"),
}


@pytest.mark.parametrize("name", SCIPY)
def test_a_ufunc_of_scipy(name, rng):
    special = pytest.importorskip("scipy.special")
    f = getattr(special, name)
    run = (lambda f, x: x + f(x)) if name == "round" else one if f.nin == 1 else two
    check(f, Call(run, ((3, 2),) * f.nin, SCIPY_AT.get(name, "positive" if f.nin == 2 else "real")), rng)
