"""`out=`: the result of a function written into a tensor that the caller gives. Imports Tensor and its changes in place."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..graph import thread
from ..op import Declared
from .base import Tensor, node_of
from .inplace import bump
from .overlap import is_expanded, may_write, refuse_overlap


def deliver(name: str, out: Any, result: Any, operands: tuple[Any, ...]) -> Any:
    """`out`, now holding `result`: one tensor, or as many as there are results.

    Takes the result's shape, warning where it had elements of another. TypeError for what is no tensor; RuntimeError
    where a gradient would be lost, a type narrowed, or an operand shares a part of its memory.
    """
    if isinstance(result, tuple):
        if not isinstance(out, (tuple, list)) or len(out) != len(result):
            raise TypeError(f"{name}(): argument 'out' must be tuple of {len(result)} Tensors, not {type(out).__name__}")
        made = [deliver(name, o, r, operands) for o, r in zip(out, result, strict=True)]
        return type(result)._make(made) if hasattr(result, "_make") else tuple(made)
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if thread.context.grad and (node_of(out) is not None or node_of(result) is not None):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad. "
            "Leave out= away, or call it under no_grad()."
        )
    have, made_of = out.array.dtype, result.array.dtype
    if dtypes.category_of(made_of) > dtypes.category_of(have):
        raise RuntimeError(
            f"{name}(): result type {dtypes.OF_NUMPY[made_of].suffix} can't be cast to the desired output type {dtypes.OF_NUMPY[have].suffix}"
        )
    refuse_overlap(out, (o for o in operands if o is not out), name)
    if out.array.shape != result.array.shape:
        _resize(name, out, result.array.shape)
    elif is_expanded(out.array):
        may_write(out, name)
    with np.errstate(all="ignore"):
        np.copyto(out.array, result.array, casting="unsafe")
    bump(out, f"{name}(out=)")
    return out


def _resize(name: str, out: Tensor, shape: tuple[int, ...]) -> None:
    if out.array.size:
        warnings.warn(
            f"{name}(): an output of shape {list(out.array.shape)} was given for a result of shape {list(shape)} and takes that shape: "
            "give one that fits, or an empty one",
            UserWarning,
            stacklevel=5,
        )
    out.array, out._view = np.empty(shape, out.array.dtype), None


def install() -> None:
    """Let the functions of the registry take `out=`."""
    Declared.deliver = staticmethod(deliver)
