"""Samples of the matrix products."""

from __future__ import annotations

from .build import Sample, call, no_grad, real

INF = float("inf")


def einsum(equation: str, *operands: object) -> Sample:
    """One Einstein summation."""
    return call(equation, *operands)


RECORDS = {
    "matmul": [
        call(real(3, 4), real(4, 2)),
        call(real(4), real(4)),
        call(real(3, 4), real(4)),
        call(real(4), real(4, 2)),
        call(real(2, 3, 4), real(4, 5)),
        call(real(2, 3, 4), real(2, 4, 5)),
        call(real(2, 1, 3, 4), real(5, 4, 2)),
        call(real(2, 3, 4), real(4)),
        call(real(4), real(2, 4, 3)),
        call(real(0, 4), real(4, 2)),
        call(real(3, 0), real(0, 2)),
    ],
    "functional.linear": [
        call(real(3, 4), real(2, 4), real(2)),
        call(real(2, 3, 4), real(5, 4)),
        call(real(4), real(2, 4), real(2)),
        call(real(3, 4), real(4)),
        call(real(2, 3, 4), real(5, 4), real(5)),
    ],
    "mm": [call(real(3, 4), real(4, 2))],
    "bmm": [call(real(2, 3, 4), real(2, 4, 5))],
    "mv": [call(real(3, 4), real(4))],
    "dot": [call(real(4), real(4))],
    "vdot": [call(real(4), real(4))],
    "outer": [call(real(3), real(4))],
    "inner": [call(real(4), real(4)), call(real(2, 3), real(5, 3)), call(real(), real(2, 3)), call(real(2, 4, 3), real(3))],
    "addmm": [
        call(real(3, 2), real(3, 4), real(4, 2)),
        call(real(2), real(3, 4), real(4, 2), beta=0.5, alpha=-2),
        call(real(3, 1), real(3, 4), real(4, 2), beta=0),
    ],
    "addmv": [call(real(3), real(3, 4), real(4)), call(real(1), real(3, 4), real(4), beta=0.5, alpha=2)],
    "addr": [call(real(3, 4), real(3), real(4)), call(real(4), real(3), real(4), beta=0.5, alpha=2)],
    "addbmm": [call(real(3, 2), real(2, 3, 4), real(2, 4, 2)), call(real(2), real(2, 3, 4), real(2, 4, 2), beta=0.5, alpha=2)],
    "baddbmm": [call(real(2, 3, 2), real(2, 3, 4), real(2, 4, 2)), call(real(3, 1), real(2, 3, 4), real(2, 4, 2), beta=0.5, alpha=2)],
    "tensordot": [
        call(real(2, 3, 4), real(3, 4, 2)),
        call(real(2, 3), real(3, 4), dims=1),
        call(real(2, 3), real(4), dims=0),
        call(real(2, 3, 4), real(4, 5, 2), dims=([0, -1], [2, 0])),
        call(real(2, 3), real(1, 4), dims=([1], [0])),
    ],
    "linalg.multi_dot": [call([real(2, 3), real(3, 4), real(4, 1)]), call([real(3), real(3, 4), real(4)]), call([real(3), real(3, 4)])],
    "chain_matmul": [call(real(2, 3), real(3, 4), real(4, 1)), call(real(2, 3))],
    "linalg.vecdot": [call(real(2, 3), real(2, 3)), call(real(2, 3), real(3)), call(real(2, 3), real(2, 3), dim=0)],
    "cdist": [
        call(real(3, 2), real(4, 2)),
        call(real(2, 3, 2), real(1, 4, 2)),
        call(real(3, 2), real(4, 2), 1.0),
        call(real(3, 2), real(4, 2), p=3.0),
        call(real(3, 2), real(4, 2), INF),
        call(real(30, 2), real(4, 2, low=3, high=5)),
        no_grad(real(3, 2), real(4, 2), 0.0),
        call(real(3, 2), real(4, 2), 2.0, "donot_use_mm_for_euclid_dist"),
    ],
    "pdist": [call(real(4, 2)), call(real(4, 2), 1.0), call(real(4, 3), p=3.0)],
    "einsum": [
        einsum("ij,jk->ik", real(2, 3), real(3, 4)),
        einsum("bij,bjk->bik", real(2, 2, 3), real(2, 3, 4)),
        einsum("ij,kj", real(2, 3), real(4, 3)),
        einsum("ii", real(3, 3)),
        einsum("ii->i", real(3, 3)),
        einsum("iij->ij", real(3, 3, 2)),
        einsum("iii->i", real(2, 2, 2)),
        einsum("ij->ji", real(2, 3)),
        einsum("ij->", real(2, 3)),
        einsum("i,j->ij", real(2), real(3)),
        einsum("...ij,...jk->...ik", real(2, 2, 3), real(1, 3, 4)),
        einsum("...i->...", real(2, 3)),
        einsum("i...,i...->...", real(2, 3), real(2, 3)),
        einsum("ij,jk,kl->il", real(2, 3), real(3, 4), real(4, 2)),
        einsum("bn,anm,bm->ba", real(2, 3), real(4, 3, 5), real(2, 5)),
        einsum("i,i,i->i", real(3), real(3), real(3)),
        einsum(",ij->ij", real(), real(2, 3)),
        einsum("ij,ij->ij", real(2, 1), real(1, 3)),
        einsum("ij,jk->ik", real(2, 1), real(3, 4)),
        einsum("bhqd,bhkd->bhqk", real(2, 2, 3, 4), real(2, 2, 5, 4)),
        einsum("a b, b -> a", real(2, 3), real(3)),
        einsum("iji,jk->ik", real(2, 3, 2), real(3, 2)),
        einsum("ij,k->i", real(2, 3), real(4)),
        call(real(2, 3), [0, 1], real(3, 4), [1, 2], [0, 2]),
        call(real(2, 3), [Ellipsis, 1], [1]),
        call("ij,jk->ik", [real(2, 3), real(3, 4)]),
    ],
    "functional.bilinear": [
        call(real(3, 2), real(3, 4), real(5, 2, 4), real(5)),
        call(real(2, 3, 2), real(2, 3, 4), real(1, 2, 4)),
        call(real(2), real(3), real(4, 2, 3)),
    ],
}
