"""Linear algebra against PyTorch where samples cannot go: what is unique up to signs, what reads one triangle, singular input, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from autograd_core.tensor import grad  # noqa: E402


def symmetric(T: Any, x: Any) -> Any:
    return (x + x.mT) / 2


def definite(T: Any, x: Any) -> Any:
    return x @ x.mT + 2 * T.eye(x.shape[-1], dtype=x.dtype)


# functions that do not depend on signs, of a matrix of the given shape
INVARIANT: dict[str, tuple[tuple[int, ...], Callable[[Any, Any], Any]]] = {
    "cholesky": ((3, 3), lambda T, x: T.linalg.cholesky(definite(T, x))),
    "cholesky of a batch": ((2, 3, 3), lambda T, x: T.linalg.cholesky(definite(T, x))),
    "cholesky upper": ((3, 3), lambda T, x: T.linalg.cholesky(definite(T, x), upper=True)),
    "cholesky_ex": ((3, 3), lambda T, x: T.linalg.cholesky_ex(definite(T, x)).L),
    "cholesky_solve": ((3, 3), lambda T, x: T.cholesky_solve(x[:, :2], T.linalg.cholesky(definite(T, x)))),
    "cholesky_inverse": ((3, 3), lambda T, x: T.cholesky_inverse(T.linalg.cholesky(definite(T, x)))),
    "eigvalsh": ((4, 4), lambda T, x: T.linalg.eigvalsh(symmetric(T, x))),
    "eigvalsh of a batch": ((2, 3, 3), lambda T, x: T.linalg.eigvalsh(symmetric(T, x))),
    "eigh": ((4, 4), lambda T, x: (lambda r: (r[1] * T.exp(r[0])) @ r[1].mT)(T.linalg.eigh(symmetric(T, x)))),
    "eigenvectors": ((3, 3), lambda T, x: T.linalg.eigh(symmetric(T, x))[1] ** 2),
    "eigenvectors upper": ((3, 3), lambda T, x: T.linalg.eigh(symmetric(T, x), "U").eigenvectors.abs()),
    "svd tall": ((5, 3), lambda T, x: (lambda r: (r[0] * r[1] ** 2) @ r[2])(T.linalg.svd(x, full_matrices=False))),
    "svd wide": ((3, 5), lambda T, x: (lambda r: (r[0] * r[1] ** 2) @ r[2])(T.linalg.svd(x, full_matrices=False))),
    "svd square": ((3, 3), lambda T, x: T.linalg.svd(x)[0] ** 2 + T.linalg.svd(x)[2] ** 2),
    "svd of a batch": ((2, 4, 3), lambda T, x: T.linalg.svd(x, full_matrices=False).U.abs()),
    "svd right": ((3, 4), lambda T, x: T.linalg.svd(x, full_matrices=False).Vh ** 2),
    "old svd": ((4, 3), lambda T, x: (lambda r: (r[0] * r[1]) @ r[2].mT)(T.svd(x)) + T.svd(x).U ** 2),
    "singular values of full": ((4, 3), lambda T, x: T.linalg.svd(x).S),
    "nuclear norm": ((3, 4), lambda T, x: T.linalg.norm(x, "nuc")),
    "spectral norm": ((3, 4), lambda T, x: T.linalg.norm(x, 2)),
    "pinv hermitian": ((3, 3), lambda T, x: T.linalg.pinv(definite(T, x), hermitian=True)),
    "qr": ((4, 3), lambda T, x: (lambda r: r[0] ** 2 @ r[1] ** 2)(T.linalg.qr(x))),
    "qr wide": ((3, 5), lambda T, x: (lambda r: r[0] ** 2 @ r[1] ** 2)(T.linalg.qr(x))),
    "lu": ((4, 4), lambda T, x: (lambda r: r[1] ** 2 + r[2] ** 2)(T.linalg.lu(x))),
    "lu tall": ((4, 3), lambda T, x: (lambda r: r[1] @ r[2] ** 2)(T.linalg.lu(x))),
    "lu wide": ((3, 4), lambda T, x: (lambda r: r[1] ** 2 @ r[2])(T.linalg.lu(x))),
    "lu_solve": ((3, 3), lambda T, x: T.linalg.lu_solve(*T.linalg.lu_factor(definite(T, x)), x[:, :2])),
    "slogdet": ((4, 4), lambda T, x: T.linalg.slogdet(x).logabsdet),
    "logdet": ((3, 3), lambda T, x: T.logdet(definite(T, x))),
    "matrix_exp": ((4, 4), lambda T, x: T.linalg.matrix_exp(x)),
    "lstsq": ((5, 3), lambda T, x: T.linalg.lstsq(x, x[:, :2] ** 2).solution),
    "householder": ((4, 3), lambda T, x: T.linalg.householder_product(x, x[0])),
}
# where PyTorch's second derivative does not exist or is not one
ONCE = {"cholesky_ex", "pinv hermitian", "lstsq", "householder", "matrix_exp"}


@pytest.mark.parametrize("name", INVARIANT)
def test_derivatives(name, rng):
    shape, fn = INVARIANT[name]
    values, seed = rng.standard_normal(shape), rng.standard_normal(shape)
    found = []
    for T, diff in [(ag, grad), (torch, torch.autograd.grad)]:
        x = T.tensor(values, requires_grad=True)
        out = fn(T, x)
        (first,) = diff((out * out.detach().cos()).sum(), x, create_graph=True)
        parts = [out, first]
        if name not in ONCE:
            parts.append(diff((first * T.tensor(seed)).sum(), x)[0])
        found.append([np.asarray(p.detach().tolist()) for p in parts])
    for a, b, scale in zip(*found, (1, 10, 1000), strict=False):
        np.testing.assert_allclose(a, b, rtol=1e-8 * scale, atol=1e-9 * scale)


SINGULAR = np.array([[1.0, 2], [2, 4]])
ERRORS = {
    "inv": (lambda T: T.linalg.inv(T.zeros(2, 2)), "diagonal element"),
    "inv rectangular": (lambda T: T.linalg.inv(T.zeros(2, 3)), "2 by 3"),
    "inv integers": (lambda T: T.linalg.inv(T.ones(2, 2, dtype=T.int64)), "Expected a floating point"),
    "inv half": (lambda T: T.linalg.inv(T.ones(2, 2, dtype=T.float16)), "Low precision"),
    "inv vector": (lambda T: T.linalg.inv(T.ones(2)), "at least 2 dimensions"),
    "solve": (lambda T: T.linalg.solve(T.zeros(2, 2), T.ones(2)), "singular"),
    "solve shapes": (lambda T: T.linalg.solve(T.eye(2), T.ones(3)), "Incompatible shapes"),
    "solve left": (lambda T: T.linalg.solve(T.eye(2), T.ones(2, 3), left=False), "Incompatible shapes"),
    "cholesky": (lambda T: T.linalg.cholesky(-T.eye(2)), "not positive-definite"),
    "cholesky batch": (lambda T: T.linalg.cholesky(T.stack([T.eye(2), -T.eye(2)])), "Batch element 1"),
    "qr mode": (lambda T: T.linalg.qr(T.eye(2), "full"), "unrecognized mode"),
    "eigh": (lambda T: T.linalg.eigh(T.ones(2, 3)), "2 by 3"),
    "eigh UPLO": (lambda T: T.linalg.eigh(T.eye(2), "X"), "UPLO"),
    "lu_factor": (lambda T: T.linalg.lu_factor(T.zeros(2, 2)), "is zero"),
    "lu pivot": (lambda T: T.linalg.lu_factor(T.eye(2), pivot=False), "without pivoting"),
    "lu_solve": (lambda T: T.linalg.lu_solve(T.eye(2), T.tensor([1, 2], dtype=T.int32), T.ones(3, 1)), "Incompatible shapes"),
    "triangular": (lambda T: T.linalg.solve_triangular(T.eye(2), T.ones(3, 1), upper=True), "Incompatible shapes"),
    "multi_dot": (lambda T: T.linalg.multi_dot([T.eye(2)]), "at least 2 tensors"),
    "matrix_norm": (lambda T: T.linalg.matrix_norm(T.eye(2), 3), "Order 3 not supported"),
    "matrix_norm dims": (lambda T: T.linalg.matrix_norm(T.eye(2), dim=(0, 0)), "dims must be different"),
    "norm rank": (lambda T: T.linalg.norm(T.ones(2, 2, 2), 2), "must be 1D or 2D"),
    "vector_norm": (lambda T: T.linalg.vector_norm(T.ones(2, dtype=T.int64)), "floating point"),
    "cond": (lambda T: T.linalg.cond(T.ones(2, 3), 1), "2 by 3"),
    "matrix_power": (lambda T: T.linalg.matrix_power(T.ones(2, 3), 2), "2 by 3"),
    "tensorinv": (lambda T: T.linalg.tensorinv(T.ones(2, 3), ind=1), "prod"),
    "tensorsolve": (lambda T: T.linalg.tensorsolve(T.ones(2, 3), T.ones(2)), "prod"),
    "lstsq": (lambda T: T.linalg.lstsq(T.ones(2, 2), T.ones(3, 1)), "size"),
    "lstsq driver": (lambda T: T.linalg.lstsq(T.ones(2, 2), T.ones(2, 1), driver="x"), "driver"),
    "cross": (lambda T: T.linalg.cross(T.ones(2), T.ones(2)), "length 3"),
    "vecdot": (lambda T: T.linalg.vecdot(T.ones(2, dtype=T.int64), T.ones(2, dtype=T.int64)), "floating point"),
    "householder": (lambda T: T.linalg.householder_product(T.ones(2, 3), T.ones(2)), "greater than or equal"),
    "qr derivative": (lambda T: T.linalg.qr(T.eye(3, requires_grad=True), "r").R.sum().backward(), "mode='reduced'|mode='r'"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    call, text = ERRORS[name]
    with pytest.raises(RuntimeError) as theirs:
        call(torch)
    with pytest.raises(RuntimeError, match=text) as ours:
        call(ag)
    named = type(theirs.value).__name__.strip("_")
    assert type(ours.value).__name__ == named


@pytest.mark.parametrize(
    "call",
    [
        lambda T, x: T.linalg.det(x),
        lambda T, x: T.linalg.matrix_rank(x),
        lambda T, x: T.linalg.pinv(x),
        lambda T, x: T.linalg.cond(x),
        lambda T, x: T.linalg.slogdet(x)[1],
        lambda T, x: T.linalg.inv_ex(x)[1],
        lambda T, x: T.linalg.solve_ex(x, x)[1],
        lambda T, x: T.linalg.cholesky_ex(x)[1],
        lambda T, x: T.linalg.lu_factor_ex(x)[2],
        lambda T, x: T.linalg.svdvals(x),
        lambda T, x: T.linalg.eigvalsh(x),
        lambda T, x: T.linalg.lstsq(x, x, driver="gelsd")[0],
    ],
)
def test_singular_matrices(call):
    ours, theirs = call(ag, ag.tensor(SINGULAR)), call(torch, torch.tensor(SINGULAR))
    a, b = np.asarray(ours.tolist()), np.asarray(theirs.tolist())
    if np.abs(b).max() > 1e15:
        assert np.abs(a).min() > 1e15
    else:
        np.testing.assert_allclose(a, b, atol=1e-7)


def test_gradient_of_the_determinant_of_a_singular_matrix():
    found = []
    for T in (ag, torch):
        x = T.tensor([[1.0, 2, 3], [2, 4, 6], [1, 1, 5]], dtype=T.float64, requires_grad=True)
        T.linalg.det(x).backward()
        found.append(np.asarray(x.grad.tolist()))
    np.testing.assert_allclose(*found, atol=1e-6)


@pytest.mark.parametrize("shape", [(0, 0), (2, 0, 0), (0, 3, 3)])
@pytest.mark.parametrize(
    "name", ["inv", "det", "cholesky", "qr", "svd", "eigh", "lu_factor", "matrix_exp", "matrix_norm", "svdvals", "slogdet", "pinv"]
)
def test_nothing_in_nothing_out(name, shape):
    ours, theirs = (getattr(T.linalg, name)(T.zeros(*shape)) for T in (ag, torch))
    ours, theirs = (r if isinstance(r, tuple) else (r,) for r in (ours, theirs))
    for a, b in zip(ours, theirs, strict=True):
        assert tuple(a.shape) == tuple(b.shape)
        np.testing.assert_array_equal(np.asarray(a.tolist()), np.asarray(b.tolist()))


@pytest.mark.parametrize("n", [40, 100])
def test_larger_matrices(n, rng):
    a, b = rng.standard_normal((n, n)), rng.standard_normal((n, 3))
    x, y = ag.tensor(a), ag.tensor(b)
    LU, pivots = ag.linalg.lu_factor(x)
    theirs = torch.linalg.lu_factor(torch.tensor(a))
    np.testing.assert_array_equal(pivots.array, theirs.pivots.numpy())
    np.testing.assert_allclose(LU.array, theirs.LU.numpy(), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose((x @ ag.linalg.lu_solve(LU, pivots, y)).array, b, atol=1e-8)
    for upper in (True, False):
        t = x / n + ag.eye(n, dtype=ag.float64)
        found = ag.linalg.solve_triangular(t, y, upper=upper).array
        np.testing.assert_allclose(
            found, torch.linalg.solve_triangular(torch.tensor(t.array), torch.tensor(b), upper=upper).numpy(), rtol=1e-7
        )
    s = a + a.T
    LD, steps = ag.linalg.ldl_factor(ag.tensor(s))
    np.testing.assert_array_equal(steps.array, torch.linalg.ldl_factor(torch.tensor(s)).pivots.numpy())
    np.testing.assert_allclose(s @ ag.linalg.ldl_solve(LD, steps, y).array, b, atol=1e-6)
    np.testing.assert_allclose(
        ag.linalg.matrix_exp(x / 5).array, torch.linalg.matrix_exp(torch.tensor(a / 5)).numpy(), rtol=1e-6, atol=1e-8
    )


@pytest.mark.parametrize("pivots", [[0, 1], [1, 3], [-2, 1], [-1, -2]])
def test_pivots_out_of_range_are_refused(pivots):
    p = ag.tensor(pivots, dtype=ag.int32)
    with pytest.raises(RuntimeError, match="pivots"):
        ag.linalg.ldl_solve(ag.eye(2), p, ag.ones(2, 1))
    with pytest.raises(RuntimeError, match="pivots"):
        ag.linalg.lu_solve(ag.eye(2), p, ag.ones(2, 1))


def test_gradients_of_vectors_that_are_not_unique_are_refused():
    x = ag.randn(4, 3, requires_grad=True)
    with pytest.raises(RuntimeError, match="not unique"):
        ag.linalg.svd(x)[0].sum().backward()
