"""The op declarations, one file a family. They know `op` and the kernels, not Tensor. Importing this declares them all."""

from . import (
    attention,
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
    vision,
)

__all__ = [
    "attention",
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
    "vision",
]
