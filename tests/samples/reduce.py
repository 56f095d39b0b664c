"""Samples of the reductions."""

from __future__ import annotations

from .build import Sample, call, distinct, ints, no_grad, real


def over(x=real, grad: bool = True) -> list[Sample]:
    """All elements, one dimension, several, kept or not."""
    make = call if grad else no_grad
    return [make(x(3, 4)), make(x(3, 4), dim=1), make(x(2, 3, 4), dim=(0, -1), keepdim=True), make(x(2, 3), 0, True), make(x())]


RECORDS = {
    "sum": [*over(), no_grad(ints(3, 4)), call(real(2, 0))],
    "mean": over(),
    "amax": over(distinct),
    "amin": over(distinct),
}
