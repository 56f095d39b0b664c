"""Activation functions. Imports op and the elementwise families."""

from __future__ import annotations

import numpy as np

from ..op import Array, op
from .comparison import gt, where


@op("max(0, {x})", x=lambda g, out: where(gt(out, 0), g, 0.0), types="any", inplace=True, spaces="torch method functional")
def relu(x: Array) -> Array:
    """max(0, x); the gradient at 0 is 0. NaN stays NaN."""
    return np.maximum(x, 0)
