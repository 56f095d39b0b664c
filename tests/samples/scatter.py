"""Samples of reading and writing at positions."""

from __future__ import annotations

from .build import Sample, Spec, bools, call, distinct, fixed, ints, no_grad, real

ROWS = fixed([[0, 1, 2, 0], [2, 0, 0, 1]])
FEW = fixed([[0, 2], [1, 0]])
NARROW = fixed([[0, 0], [1, 0]])


def between(*shape: int) -> Spec:
    """`distinct` values that differ from those of `distinct` too."""
    lattice = distinct(*shape)
    return Spec(shape, lambda rng, s: lattice.make(rng, s) + 0.05)


def ours(*args: object, **kwargs: object) -> Sample:
    """A call whose gradient PyTorch does not know."""
    return Sample(args, kwargs, parity=False)


def reduced(kind: str) -> list[Sample]:
    """scatter_reduce of one kind, with the tensor itself counted in or not, and places that meet."""
    x, src = (distinct, between) if kind.startswith("am") else (real, real)
    return [
        call(x(3, 4), 0, ROWS, src(2, 4), kind),
        call(x(3, 4), 1, FEW, src(2, 2), kind, include_self=False),
        ours(x(3, 4), 1, FEW, src(3, 4), kind),
        call(x(4), 0, fixed([1, 1, 3]), src(3), kind, include_self=False),
    ]


RECORDS = {
    "gather": [
        call(real(3, 4), 0, ROWS),
        call(real(3, 4), 1, FEW),
        call(real(5), -1, fixed([4, 4, 0])),
        call(real(), 0, fixed(0)),
        call(real(3, 4), 0, fixed([[1, 1, 1, 1]])),
        call(real(2, 2), 0, ints(0, 2)),
    ],
    "scatter": [
        call(real(3, 4), 1, FEW, real(2, 2)),
        ours(real(3, 4), 1, FEW, real(3, 3)),
        call(real(3, 4), 0, fixed([[0, 1, 2, 0]]), 1.5),
        call(real(3, 4), 0, fixed([[0, 1, 2, 0]]), value=-2),
        ours(real(3, 4), 1, fixed([[0, 3]]), real(1, 2), reduce="add"),
        no_grad(real(3, 4), 1, fixed([[0, 3]]), real(1, 2), reduce="multiply"),
        no_grad(real(3, 4), 1, fixed([[0, 3]]), 3.0, reduce="add"),
        call(real(), 0, fixed(0), real()),
    ],
    "scatter_add": [call(real(3, 4), 0, ROWS, real(2, 4)), ours(real(3, 4), 1, NARROW, real(3, 3)), call(real(), 0, fixed(0), real())],
    "scatter_reduce": [
        *reduced("sum"),
        *reduced("mean"),
        *reduced("prod"),
        *reduced("amax"),
        *reduced("amin"),
        no_grad(ints(4), 0, fixed([1, 1, 3]), ints(3), "mean"),
    ],
    "index_reduce": [
        call(real(3, 2), 0, fixed([0, 2, 0]), real(3, 2), "mean"),
        call(real(3, 2), 0, fixed([0, 2, 0]), real(3, 2), "prod"),
        call(distinct(2, 3), 1, fixed([0, 2]), between(2, 2), "amax", include_self=False),
        call(distinct(2, 3), 1, fixed([0, 2]), between(2, 2), "amin"),
    ],
    "index_select": [
        call(real(3, 4), 0, fixed([2, 0, 2])),
        call(real(3, 4), -1, fixed(1)),
        call(real(3), 0, ints(0)),
        call(real(), 0, fixed([0])),
    ],
    "index_add": [
        call(real(3, 4), 0, fixed([0, 2, 0]), real(3, 4)),
        call(real(3, 4), 1, fixed([3, 1]), real(3, 2), alpha=-2.5),
        no_grad(ints(3), 0, fixed([1, 1]), ints(2), alpha=2),
    ],
    "index_copy": [call(real(3, 4), 0, fixed([2, 0]), real(2, 4)), call(real(3, 4), -1, fixed([1]), real(3, 1))],
    "index_fill": [call(real(3, 4), 0, fixed([2, -3]), 1.5), call(real(3, 4), 1, fixed([1]), real()), no_grad(ints(4), 0, fixed([1]), 2.7)],
    "index_put": [
        call(real(3, 4), (fixed([0, 2]), fixed([1, 1])), real(2)),
        call(real(3, 4), (fixed([0, 2]),), real(4)),
        call(real(3, 4), (fixed([0, 0, 2]), fixed([1, 1, -1])), real(3), True),
        call(real(2, 2), (fixed([[True, False], [True, True]]),), real()),
    ],
    "masked_fill": [
        call(real(3, 4), bools(3, 4), 1.5),
        call(real(3, 4), bools(4), real()),
        call(real(4), bools(3, 4), -1),
        no_grad(ints(3), bools(3), 2.5),
    ],
    "masked_select": [call(real(3, 4), bools(3, 4)), call(real(3, 4), fixed([True, False, False, True])), call(real(4), bools(3, 4))],
    "masked_scatter": [call(real(3, 4), bools(3, 4), real(12)), call(real(4), fixed([True, False, True, True]), real(2, 3))],
    "take": [call(real(3, 4), fixed([0, -1, 5, 5])), call(real(3, 4), fixed([[1, 2], [3, 4]])), call(real(), fixed(0))],
    "put": [call(real(3, 4), fixed([0, -1, 5]), real(3)), call(real(3, 4), fixed([0, 0, 5]), real(3), True)],
    "take_along_dim": [
        call(real(3, 4), fixed([[0, 1, 2, 0]]), 0),
        call(real(3, 4), fixed([[-1], [0], [2]]), 1),
        call(real(3, 4), fixed([5, 0])),
    ],
    "unravel_index": [no_grad(fixed([0, 5, 11]), (3, 4)), no_grad(fixed(7), (3, 4))],
}
