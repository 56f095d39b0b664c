"""The op declarations, one file a family. They know `op` and the kernels, not Tensor. Importing this declares them all."""

from . import (
    join,
    linear,
    loss,
    nonlinear,
    pointwise,
    reduce,
    shape,
)

__all__ = [
    "join",
    "linear",
    "loss",
    "nonlinear",
    "pointwise",
    "reduce",
    "shape",
]
