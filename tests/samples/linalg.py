"""Samples of linear algebra. What is unique only up to signs, or reads one triangle only, is tested in tests/ops/test_linalg.py."""

from __future__ import annotations

import numpy as np

from .build import Sample, Spec, call, distinct, fixed, ints, no_grad, real, spd

INF = float("inf")


def regular(n: int, *batch: int) -> Spec:
    """Square matrices far from singular."""
    grown = spd(n, *batch)
    return Spec(grown.shape, lambda rng, s: grown.make(rng, s) + 0.3 * rng.standard_normal(s))


def symmetric_only(sample: Sample) -> Sample:
    """Values only: a derivative in an asymmetric direction means nothing."""
    return Sample(sample.args, sample.kwargs, grad=False, grad2=False)


def signless(*args: object, **kwargs: object) -> Sample:
    """Values that PyTorch may give with other signs."""
    return Sample(args, kwargs, grad=False, grad2=False, parity=False)


def ours(*args: object, **kwargs: object) -> Sample:
    """A call whose gradient PyTorch does not have, or has for elements that are not read."""
    return Sample(args, kwargs, parity=False)


A, B = regular(3), regular(3, 2)

RECORDS = {
    "linalg.inv": [call(A), call(B), call(regular(0))],
    "linalg.inv_ex": [call(A), call(B)],
    "det": [call(A), call(B), call(regular(1)), no_grad(fixed([[1.0, 2.0], [2.0, 4.0]]))],
    "slogdet": [call(A), call(B)],
    "logdet": [call(A), call(B), no_grad(fixed([[0.0, 1.0], [1.0, 0.0]]))],
    "linalg.solve": [
        call(A, real(3, 2)),
        call(A, real(3)),
        call(B, real(2, 3, 2)),
        call(B, real(2, 3)),
        call(B, real(3, 2)),
        call(A, real(2, 3), left=False),
    ],
    "linalg.solve_ex": [call(A, real(3, 2)), call(B, real(2, 3))],
    "linalg.cholesky": [symmetric_only(call(spd(3))), symmetric_only(call(spd(3, 2))), symmetric_only(call(spd(3), upper=True))],
    "linalg.cholesky_ex": [
        symmetric_only(call(spd(3))),
        symmetric_only(call(spd(3), upper=True)),
        no_grad(fixed([[1.0, 2.0], [2.0, 1.0]])),
    ],
    "cholesky": [symmetric_only(call(spd(3))), symmetric_only(call(spd(3), True))],
    "cholesky_solve": [
        no_grad(real(3, 2), spd(3)),
        no_grad(real(3, 2), spd(3), upper=True),
        ours(real(3, 2), fixed([[2.0, 0, 0], [1, 3, 0], [4, 1, 2]])),
    ],
    "cholesky_inverse": [no_grad(spd(3)), no_grad(spd(3), True), ours(fixed([[2.0, 0, 0], [1, 3, 0], [4, 1, 2]]))],
    "linalg.solve_triangular": [
        call(A, real(3, 2), upper=True),
        call(B, real(2, 3, 2), upper=False),
        call(A, real(2, 3), upper=True, left=False),
        call(real(3, 3), real(3, 2), upper=False, unitriangular=True),
        call(A, real(2, 3, 2), upper=True),
    ],
    "triangular_solve": [
        call(real(3, 2), A),
        call(real(3, 2), A, False),
        call(real(3, 2), A, transpose=True),
        call(real(3, 2), A, unitriangular=True),
    ],
    "linalg.qr": [
        call(real(4, 3)),
        call(A),
        call(real(2, 4, 3)),
        call(real(3, 4)),
        call(A, "complete"),
        no_grad(real(4, 3), mode="complete"),
        no_grad(real(4, 3), mode="r"),
    ],
    "qr": [call(real(4, 3)), no_grad(real(4, 3), False)],
    "geqrf": [no_grad(real(4, 3)), no_grad(real(2, 3, 3)), no_grad(real(3, 4))],
    "linalg.householder_product": [call(real(4, 3), real(3)), call(real(2, 4, 2), real(2, 2)), call(real(4, 3), real(2))],
    "ormqr": [
        call(real(4, 3), real(3), real(4, 2)),
        call(real(4, 3), real(3), real(4, 2), transpose=True),
        call(real(4, 3), real(3), real(2, 4), False),
        call(real(4, 3), real(3), real(2, 4), False, True),
    ],
    "linalg.svd": [signless(real(4, 3)), signless(real(2, 3, 4), full_matrices=False), signless(real(3, 3))],
    "svd": [signless(real(4, 3)), signless(real(4, 3), some=False), signless(real(3, 3), compute_uv=False)],
    "linalg.svdvals": [call(real(4, 3)), call(real(2, 3, 4))],
    "linalg.eigh": [signless(spd(3)), signless(spd(3, 2), "U")],
    "linalg.eigvalsh": [symmetric_only(call(spd(3))), symmetric_only(call(spd(3, 2), UPLO="U"))],
    "linalg.lu_factor": [call(A), call(B), call(real(4, 3)), call(real(3, 4))],
    "linalg.lu_factor_ex": [call(A), no_grad(fixed([[0.0, 0.0], [0.0, 1.0]]))],
    "linalg.lu": [call(A), call(B), call(real(4, 3)), call(real(3, 4))],
    "lu": [Sample((A,), parity=False), Sample((A,), {"get_infos": True}, parity=False)],
    "lu_unpack": [
        call(A, Spec((3,), lambda rng, s: rng.integers(1, 4, s).astype("int32"), False)),
        call(real(4, 3), Spec((3,), lambda rng, s: rng.integers(1, 5, s).astype("int32"), False)),
        call(real(3, 4), Spec((3,), lambda rng, s: rng.integers(1, 4, s).astype("int32"), False)),
    ],
    "linalg.lu_solve": [
        call(A, Spec((3,), lambda rng, s: rng.integers(1, 4, s).astype("int32"), False), real(3, 2), left=left, adjoint=adjoint)
        for left, adjoint in [(True, False), (True, True)]
    ]
    + [
        call(A, Spec((3,), lambda rng, s: rng.integers(1, 4, s).astype("int32"), False), real(2, 3), left=False, adjoint=adjoint)
        for adjoint in (False, True)
    ],
    "lu_solve": [call(real(3, 2), A, Spec((3,), lambda rng, s: rng.integers(1, 4, s).astype("int32"), False))],
    "linalg.ldl_factor": [no_grad(spd(3)), no_grad(fixed([[0.0, 2.0], [2.0, 0.0]])), no_grad(spd(4, 2))],
    "linalg.ldl_factor_ex": [no_grad(spd(3))],
    "linalg.ldl_solve": [
        no_grad(spd(3), Spec((3,), lambda rng, s: (rng.integers(0, 1, s) + [1, 2, 3]).astype("int32"), False), real(3, 2)),
    ],
    "linalg.matrix_rank": [no_grad(real(4, 3)), no_grad(A, hermitian=True), no_grad(B, 5.0), no_grad(real(4, 3), atol=1.0, rtol=0.1)],
    "linalg.pinv": [
        call(real(4, 3)),
        call(real(3, 4)),
        call(B),
        no_grad(spd(3), hermitian=True),
        no_grad(real(4, 3), rtol=0.7),
        no_grad(real(3, 2), atol=1.0),
    ],
    "pinverse": [call(real(4, 3))],
    "linalg.lstsq": [
        call(real(4, 3), real(4, 2)),
        call(real(2, 4, 3), real(2, 4, 2)),
        call(real(2, 4, 3), real(2, 4)),
        call(real(4, 3), real(4, 2), driver="gelsd"),
        call(real(4, 3), real(4, 2), driver="gels"),
    ],
    "matrix_power": [call(A, 3), call(B, 2), call(A, -2), call(A, 1), no_grad(A, 0)],
    "matrix_exp": [call(real(3, 3)), call(real(2, 2, 2)), no_grad(real(3, 3, low=-9, high=9)), no_grad(real(0, 0))],
    "linalg.matrix_norm": [
        call(real(3, 4)),
        call(real(2, 3, 4), "nuc"),
        call(real(3, 4), 2),
        call(real(3, 4), -2),
        call(real(3, 4, away=(0,)), 1),
        call(real(3, 4, away=(0,)), -1),
        call(real(3, 4, away=(0,)), INF, (0, 1), True),
        call(real(2, 3, 4, away=(0,)), -INF, (0, 2)),
        call(real(2, 3, 4), "nuc", (0, 2), True),
    ],
    "linalg.norm": [
        call(real(3, 4)),
        call(real(3, 4), 2),
        call(real(3, 4), "fro"),
        call(real(3, 4, away=(0,)), 1, 1),
        call(real(4), 3),
        call(real(2, 3, 4), "nuc", (1, 2)),
        call(real(2, 3, 4), dim=(0, 1), keepdim=True),
    ],
    "norm": [
        call(real(3, 4)),
        call(real(3, 4), 2, 1),
        call(real(3, 4, away=(0,)), p=1, dim=0, keepdim=True),
        call(real(3, 4), "nuc"),
        call(distinct(3, 4), INF),
        call(real(3, 4, away=(0,)), 3, (0, 1)),
        call(real(3, 4), "fro", (0, 1)),
    ],
    "renorm": [call(real(3, 4), 2, 0, 1.0), call(real(3, 4, away=(0,)), 1, 1, 2.5), call(real(2, 3, 2), 3, -1, 0.5)],
    "frobenius_norm": [call(real(3, 4), (0, 1)), call(real(3, 4), 1, True)],
    "nuclear_norm": [call(real(3, 4)), call(real(2, 3, 4), (0, 1), True)],
    "linalg.cond": [
        call(A),
        call(real(4, 3)),
        call(real(4, 3), -2),
        ours(A, "fro"),
        ours(A, 1),
        no_grad(A, "fro"),
        no_grad(A, 1),
        call(A, "nuc"),
    ],
    "linalg.tensorinv": [call(Spec((2, 3, 6), lambda rng, s: rng.standard_normal(s) + 3 * np.eye(6).reshape(s)))],
    "linalg.tensorsolve": [call(Spec((2, 3, 6), lambda rng, s: rng.standard_normal(s) + 3 * np.eye(6).reshape(s)), real(2, 3))],
    "linalg.vander": [call(real(4)), call(real(2, 3), N=5), no_grad(ints(3))],
    "vander": [no_grad(real(4)), ours(real(4)), ours(real(3), 5, True), call(real(3), 1), no_grad(ints(3), 2)],
}
