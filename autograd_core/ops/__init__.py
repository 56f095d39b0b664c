"""The op declarations, one file a family. They know `op` and the kernels, not Tensor. Importing this declares them all."""

from . import (
    conv,
    dropout,
    embedding,
    join,
    linear,
    loss,
    nonlinear,
    pad,
    pointwise,
    pool,
    reduce,
    shape,
)

__all__ = [
    "conv",
    "dropout",
    "embedding",
    "join",
    "linear",
    "loss",
    "nonlinear",
    "pad",
    "pointwise",
    "pool",
    "reduce",
    "shape",
]
