"""Samples of what orders: extremes with positions, sorting, quantiles, running sums."""

from __future__ import annotations

from .build import Sample, bools, call, distinct, fixed, ints, no_grad, real

NAN = float("nan")
TIED = fixed([[3.0, 1.0, 3.0, 1.0, 2.0], [2.0, 2.0, 2.0, 5.0, 5.0]])


def pick() -> list[Sample]:
    """A selection along a dimension, kept or not."""
    return [call(distinct(3, 5), 1), call(distinct(3, 5), 0, True), call(distinct(2, 3, 4), dim=-2), call(distinct(), 0)]


def kink(*args: object, **kwargs: object) -> Sample:
    """A call at a point where only PyTorch can say what the gradient is."""
    return Sample(args, kwargs, numeric=False)


RUNNING = [call(real(3, 4), 1), call(real(3, 4), 0), call(real(2, 3, 4), -2), call(real(), 0), call(real(0, 3), 0), no_grad(ints(3, 4), 1)]

RECORDS = {
    "max": [
        call(distinct(3, 4)),
        *pick(),
        call(real(3, 4), real(4)),
        call(real(3), other=real(3)),
        no_grad(fixed([[1.0, NAN], [2.0, 2.0]]), 1),
    ],
    "min": [
        call(distinct(3, 4)),
        *pick(),
        call(real(3, 4), real(4)),
        call(real(3), other=real(3)),
        no_grad(fixed([[1.0, NAN], [2.0, 2.0]]), 1),
    ],
    "argmax": [
        no_grad(distinct(3, 4)),
        no_grad(distinct(3, 4), 1),
        no_grad(distinct(3, 4), 0, True),
        no_grad(distinct(3), keepdim=True),
        no_grad(TIED, 1),
    ],
    "argmin": [
        no_grad(distinct(3, 4)),
        no_grad(distinct(3, 4), 1),
        no_grad(distinct(3, 4), 0, True),
        no_grad(distinct(3), keepdim=True),
        no_grad(TIED, 1),
    ],
    "sort": [
        call(distinct(3, 5)),
        call(distinct(3, 5), 0, True),
        call(distinct(2, 3, 4), dim=1, descending=True, stable=True),
        call(distinct()),
        no_grad(fixed([1.0, NAN, 0.0, NAN, 2.0])),
        no_grad(fixed([1.0, NAN, 0.0, NAN, 2.0]), descending=True, stable=True),
        no_grad(TIED, descending=True, stable=True),
        no_grad(ints(20), stable=True),
        no_grad(ints(20), descending=True, stable=True),
        no_grad(bools(9), descending=True, stable=True),
    ],
    "argsort": [
        no_grad(distinct(3, 5)),
        no_grad(distinct(3, 5), 0, True),
        no_grad(TIED, stable=True),
        no_grad(TIED, dim=1, descending=True, stable=True),
    ],
    "msort": [call(distinct(3, 5)), call(distinct())],
    "topk": [
        call(fixed([[1.0, 5.0, 3.0, 2.0, 4.0], [9.0, 1.0, 8.0, 2.0, 7.0]]), 2),
        call(distinct(3, 5), 2, 0),
        call(distinct(3, 5), 3, largest=False),
        call(distinct(), 1),
        call(distinct(4), 0),
        no_grad(fixed([1.0, NAN, 0.0]), 2),
    ],
    "kthvalue": [
        call(fixed([[1.0, 5.0, 3.0], [9.0, 1.0, 8.0]]), 2),
        call(distinct(3, 5), 2),
        call(distinct(3, 5), 3, 0, True),
        call(distinct(), 1),
    ],
    "median": [call(distinct(3, 4)), *pick(), no_grad(fixed([[1.0, NAN, 0.0], [4.0, 2.0, 3.0]]), 1), no_grad(fixed([1.0, NAN, 0.0]))],
    "nanmedian": [call(distinct(3, 4)), *pick(), no_grad(fixed([[1.0, NAN, 0.0], [4.0, 2.0, 3.0]]), 1), no_grad(fixed([1.0, NAN, 0.0]))],
    "mode": [
        kink(fixed([[3.0, 1.0, 3.0, 1.0, 2.0], [2.0, 2.0, 2.0, 5.0, 5.0]])),
        no_grad(TIED, 0, True),
        no_grad(ints(5, 7), 1),
        call(real()),
    ],
    "quantile": [
        call(distinct(3, 5), 0.5),
        call(distinct(3, 5), fixed([0.1, 0.75], False), dim=1),
        call(distinct(3, 5), fixed([0.1, 0.75], False), dim=0, keepdim=True),
        call(distinct(2, 3, 4), 0.3, dim=1, interpolation="lower"),
        call(distinct(3, 5), 0.3, 1, interpolation="higher"),
        call(distinct(3, 5), 0.3, 1, interpolation="nearest"),
        call(distinct(3, 5), 0.3, 1, interpolation="midpoint"),
        call(distinct(3, 5), 0.5, keepdim=True),
        no_grad(fixed([[1.0, NAN, 3.0], [1.0, 2.0, 4.0]]), 0.3, 1),
    ],
    "nanquantile": [
        call(distinct(3, 5), 0.5),
        call(fixed([[1.0, NAN, 3.0], [1.0, 2.0, 4.0]]), 0.3, 1),
        no_grad(fixed([[1.0, NAN, 3.0], [NAN, NAN, NAN]]), fixed([0.3, 1.0]), 1, True),
    ],
    "cumsum": RUNNING,
    "cumprod": [
        *RUNNING,
        call(fixed([2.0, 0.0, 3.0, 4.0]), 0),
        call(fixed([[2.0, 0.0, 3.0, 0.0], [1.0, 2.0, 3.0, 4.0]]), 1),
    ],
    "cummax": [
        call(distinct(3, 5), 1),
        call(distinct(), 0),
        no_grad(TIED, 1),
        no_grad(fixed([1.0, NAN, 3.0, NAN, 0.0]), 0),
        no_grad(ints(6), 0),
    ],
    "cummin": [
        call(distinct(3, 5), 1),
        call(distinct(), 0),
        no_grad(TIED, 1),
        no_grad(fixed([1.0, NAN, 3.0, NAN, 0.0]), 0),
        no_grad(ints(6), 0),
    ],
    "logcumsumexp": [call(real(3, 4), 1), call(real(), 0), call(real(2, 3, 4), 1), no_grad(fixed([-float("inf"), 1.0, 200.0]), 0)],
    "diff": [
        call(real(3, 5)),
        call(real(3, 5), 2, 0),
        call(real(3, 5), 7),
        call(real(3, 5), 0),
        call(real(3, 4), prepend=real(3, 1), append=real(3, 2)),
        no_grad(bools(5)),
        no_grad(ints(5)),
    ],
    "trapezoid": [call(real(3, 5)), call(real(3, 5), dx=0.5, dim=0), call(real(3, 5), real(5)), call(real(3, 5), real(3, 5), dim=0)],
    "cumulative_trapezoid": [call(real(3, 5)), call(real(3, 5), dx=0.5, dim=0), call(real(3, 5), real(5))],
    "gradient": [
        call(real(3, 5)),
        call(real(5), spacing=0.5),
        call(real(4, 5), dim=1, edge_order=2),
        call(real(4, 5), spacing=(0.5, 2.0)),
        call(real(4, 5), spacing=(fixed([0.0, 1.0, 1.5, 3.0], False), fixed([0.0, 1.0, 2.5, 3.0, 7.0], False)), edge_order=2),
    ],
}
