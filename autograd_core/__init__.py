"""Reverse-mode automatic differentiation on NumPy and Numba, with the PyTorch API.

`import autograd_core as ag` stands where `import torch` stood. The names of the ops come from their declarations.
"""

from __future__ import annotations

import importlib
from typing import Any

from . import op as _op
from .dtypes import (
    bool_,
    double,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
)
from .dtypes import float_ as float  # noqa: A004  PyTorch's name
from .dtypes import int_ as int  # noqa: A004  PyTorch's name
from .tensor import Size, Tensor, device
from .tensor.create import (
    arange,
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    zeros,
    zeros_like,
)

__version__ = "0.1.0"
bool = bool_  # noqa: A001  PyTorch's name
globals().update(_op.declared("torch"))
_SIBLINGS = ("nn", "optim", "data")


def __getattr__(name: str) -> Any:
    if name in _SIBLINGS:
        return importlib.import_module(name)
    raise AttributeError(f"module 'autograd_core' has no attribute {name!r}")
