"""Samples of the reductions and of what counts."""

from __future__ import annotations

from .build import Sample, bools, call, distinct, fixed, ints, no_grad, positive, real

NAN = float("nan")
INF = float("inf")


def over(x=real, grad: bool = True) -> list[Sample]:
    """All elements, one dimension, several, kept or not."""
    make = call if grad else no_grad
    return [make(x(3, 4)), make(x(3, 4), dim=1), make(x(2, 3, 4), dim=(0, -1), keepdim=True), make(x(2, 3), 0, True), make(x())]


def kink(*args: object, **kwargs: object) -> Sample:
    """A call at a point where only PyTorch can say what the gradient is."""
    return Sample(args, kwargs, numeric=False)


SPREAD = [
    call(real(3, 4)),
    call(real(3, 4), 1),
    call(real(3, 4), False),
    call(real(3, 4), unbiased=False),
    call(real(2, 3, 4), (0, -1), True, True),
    call(real(3, 4), dim=0, correction=0, keepdim=True),
    call(real(3, 4), dim=0, correction=1.5),
]
GAPS = fixed([[1.0, NAN, 3.0], [NAN, 5.0, 0.5]])
ORDERS = [
    call(real(3, 4)),
    call(real(3, 4), 1, 0),
    call(real(3, 4, away=(0,)), 1),
    call(real(3, 4, away=(0,)), 3, dim=1, keepdim=True),
    call(real(3, 4, away=(0,)), 2.5, (0, 1)),
    call(real(3, 4, away=(0,)), 1.5, -1),
    call(real(3, 4, away=(0,)), 0.5, -1),
    call(real(3, 4, away=(0,)), -1.5, -1),
    call(distinct(3, 4), INF, 0),
    call(positive(3), -INF),
    call(real(5), 0),
    call(real(2, 0)),
]

RECORDS = {
    "sum": [*over(), no_grad(ints(3, 4)), call(real(2, 0)), call(real(3, 4), ()), no_grad(bools(3, 4), 0)],
    "mean": [*over(), call(real(3, 4), ())],
    "nansum": [*over(), call(GAPS), call(GAPS, 1), call(GAPS, (0,), True)],
    "nanmean": [*over(), call(GAPS), call(GAPS, 1), call(GAPS, (0,), True)],
    "prod": [
        call(real(3, 4)),
        call(real(3, 4), 1),
        call(real(2, 3, 4), 0, True),
        call(real()),
        call(fixed([2.0, 0.0, 3.0])),
        call(fixed([[2.0, 0.0, 3.0], [0.0, 4.0, 0.0], [1.0, 2.0, 3.0]]), 1),
        call(real(0, 3), 0),
        no_grad(ints(3)),
    ],
    "var": SPREAD,
    "std": SPREAD,
    "var_mean": SPREAD,
    "std_mean": SPREAD,
    "amax": [*over(distinct), kink(fixed([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), 1)],
    "amin": [*over(distinct), kink(fixed([[1.0, 3.0, 1.0], [2.0, 2.0, 2.0]]), 1)],
    "aminmax": [call(distinct(3, 4)), call(distinct(3, 4), dim=1), call(distinct(3, 4), dim=0, keepdim=True), call(distinct())],
    "all": [no_grad(bools(3, 4)), *over(real, False), no_grad(bools(3, 4), 1), no_grad(ints(3, 4), ())],
    "any": [no_grad(bools(3, 4)), *over(real, False), no_grad(bools(3, 4), 1), no_grad(ints(3, 4), ())],
    "count_nonzero": [no_grad(ints(3, 4)), no_grad(bools(3, 4), 1), no_grad(real(2, 3, 4), (0, -1))],
    "logsumexp": [
        call(real(3, 4), 1),
        call(real(2, 3, 4), (0, -1), True),
        call(real(), 0),
        call(fixed([[-INF, 1.0], [0.0, 2.0]]), 1),
        no_grad(fixed([[INF, 1.0], [-INF, -INF]]), 1),
    ],
    "linalg.vector_norm": ORDERS,
    "dist": [call(real(3, 4), real(3, 4)), call(real(3, 4), real(4), 1), call(distinct(3), positive(3, low=20, high=30), INF)],
    "trace": [call(real(3, 3)), call(real(2, 4)), no_grad(ints(3, 3))],
    "cov": [
        call(real(3, 5)),
        call(real(5)),
        call(real(3, 5), correction=0),
        call(real(3, 4), fweights=fixed([1, 2, 3, 1])),
        call(real(3, 4), aweights=fixed([0.5, 1.0, 2.0, 1.0], False)),
        call(real(2, 4), fweights=fixed([1, 2, 3, 1]), aweights=fixed([0.5, 1.0, 2.0, 1.0], False)),
    ],
    "corrcoef": [call(real(3, 5)), no_grad(real(5))],
    "nonzero": [
        no_grad(ints(3, 4)),
        no_grad(ints(3, 4), as_tuple=True),
        no_grad(fixed(2.0)),
        no_grad(fixed(2.0), as_tuple=True),
        no_grad(ints(0, 2)),
    ],
    "argwhere": [no_grad(ints(3, 4)), no_grad(fixed(0.0))],
    "nonzero_static": [no_grad(ints(3, 4), size=4), no_grad(ints(3), size=6, fill_value=-7)],
    "unique": [
        no_grad(fixed([3, 1, 2, 1, 3])),
        no_grad(fixed([[3.0, 1.0], [1.0, 2.0]]), return_inverse=True, return_counts=True),
        no_grad(fixed([3.0, NAN, NAN, 1.0]), return_counts=True),
        no_grad(fixed([[3, 1], [1, 2], [3, 1]]), dim=0, return_inverse=True, return_counts=True),
        no_grad(fixed([[3, 1, 3], [1, 2, 1]]), dim=1, return_counts=True),
        no_grad(real(0)),
        no_grad(real()),
    ],
    "unique_consecutive": [
        no_grad(fixed([1, 1, 2, 2, 1])),
        no_grad(fixed([[1.0, 1.0], [2.0, 1.0]]), True, True),
        no_grad(fixed([[1, 1], [1, 1], [2, 1]]), return_inverse=True, return_counts=True, dim=0),
    ],
    "bincount": [
        no_grad(fixed([1, 2, 2, 5])),
        no_grad(fixed([1, 2, 2, 5]), minlength=9),
        no_grad(fixed([1, 2, 2, 5]), real(4)),
    ],
    "histc": [no_grad(real(20), 5), no_grad(real(20), 5, -1, 1), no_grad(real(3, 4)), no_grad(fixed([2.0, 2.0]), 3)],
    "histogram": [
        no_grad(real(20), 5),
        no_grad(real(20), 4, range=(-1.0, 1.0)),
        no_grad(real(4, 5), 4, weight=real(4, 5), density=True),
        no_grad(real(20), fixed([-1.0, 0.0, 0.5, 2.0])),
    ],
    "histogramdd": [
        no_grad(real(9, 2), [3, 2]),
        no_grad(real(9, 2), bins=2, range=[-1.0, 1.0, -2.0, 2.0], density=True),
        no_grad(real(5, 2), [fixed([-2.0, 0.0, 2.0]), fixed([-2.0, 1.0])], weight=real(5)),
    ],
    "searchsorted": [
        no_grad(fixed([-1.0, 0.0, 0.5, 2.0]), real(3, 4)),
        no_grad(fixed([-1.0, 0.0, 0.5, 2.0]), fixed([0.0, 0.5]), right=True),
        no_grad(fixed([[-1.0, 0.0], [0.5, 2.0]]), real(2, 5), side="right", out_int32=True),
        no_grad(fixed([-1.0, 0.0, 0.5, 2.0]), 0.25),
        no_grad(fixed([2.0, 0.0, 1.0]), fixed([0.0, 0.5]), sorter=fixed([1, 2, 0])),
    ],
    "bucketize": [
        no_grad(real(3, 4), fixed([-1.0, 0.0, 0.5])),
        no_grad(fixed([0.0, 0.5]), fixed([-1.0, 0.0, 0.5]), right=True, out_int32=True),
        no_grad(2, fixed([1.0, 3.0])),
    ],
}
