"""Memory that a change in place would touch twice: expanded tensors, operands that overlap what is written. Imports the Tensor class.

PyTorch's rules: what only sets values may be done to an expanded tensor, what computes may not; an operand may be the written
tensor itself or lie apart from it, and nothing in between.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..kernels.axes import is_dense
from .base import Tensor

SETTING = {"fill_", "zero_", "fill_diagonal_", "constant_", "__setitem__", "tril_", "triu_", "threshold_"}
RESHAPING = {"t_", "squeeze_", "unsqueeze_", "transpose_", "swapaxes_", "swapdims_", "as_strided_"}
DEPRECATED = {"masked_fill_", "index_fill_", "index_put_"}
UNCHECKED = {"addmm_", "addmv_", "addbmm_", "baddbmm_", "masked_scatter_", "index_fill_", "masked_fill_", "ldexp_"}
APART = {"put_", "index_put_", "index_add_", "index_copy_", "index_reduce_", "scatter_", "scatter_add_", "scatter_reduce_", "addr_"}
TWICE = (
    "unsupported operation: {name} on an expanded tensor of shape {shape}: more than one element of the written-to tensor refers to a single "
    "memory location. Please clone() the tensor before performing the operation."
)
PARTLY = (
    "unsupported operation: {name}: some elements of the input tensor, of shape {given}, and the written-to tensor, of shape {shape}, refer to a "
    "single memory location. Please clone() the tensor before performing the operation."
)


def is_expanded(a: np.ndarray) -> bool:
    """Whether several elements lie in one place because a dimension does not move on."""
    return a.size > 1 and any(s == 0 and n > 1 for s, n in zip(a.strides, a.shape, strict=True))


def may_write(x: Tensor, name: str) -> None:
    """RuntimeError where read-only memory is to be changed; memory that is read-only for no reason of its own is opened."""
    if is_expanded(x.array):
        if name in DEPRECATED:
            warnings.warn(f"Use of {name} on expanded tensors is deprecated: clone() the tensor first, every element that shares a place changes",
                          UserWarning, stacklevel=4)  # fmt: skip
        elif name not in SETTING and name not in RESHAPING:
            raise RuntimeError(TWICE.format(name=name, shape=list(x.shape)))
        if not opened(x.array).flags.writeable:
            raise _sealed(name)
        return
    if not opened(x.array).flags.writeable:
        raise _sealed(name)
    x.array.flags.writeable = True


def _sealed(name: str) -> RuntimeError:
    return RuntimeError(f"{name}: the memory of this tensor is read-only (it came from a read-only NumPy array): clone() it first")


def opened(a: np.ndarray) -> np.ndarray:
    """The same memory, writable where its owner is: what is expanded is read-only for everyone else."""
    base = a.base
    if a.flags.writeable or not (isinstance(base, np.ndarray) and base.flags.writeable):
        return a
    view = a.view()
    view.flags.writeable = True
    return view


def refuse_overlap(x: Tensor, operands: Iterable[Any], name: str) -> None:
    """RuntimeError where an operand shares a part of the memory that is about to change."""
    for v in operands:
        if isinstance(v, (list, tuple)):
            refuse_overlap(x, v, name)
        elif isinstance(v, Tensor) and v._counter is x._counter and name not in UNCHECKED and _overlaps(x.array, v.array, name in APART):
            raise RuntimeError(PARTLY.format(name=name, given=list(v.shape), shape=list(x.shape)))


def _overlaps(x: np.ndarray, v: np.ndarray, apart: bool) -> bool:
    if x is v:
        return apart
    if not (x.size and v.size and is_dense(x) and is_dense(v)):
        return False  # PyTorch does not look closer
    (x_from, x_to), (v_from, v_to) = np.lib.array_utils.byte_bounds(x), np.lib.array_utils.byte_bounds(v)
    if (x_from, x_to) == (v_from, v_to) and x.strides == v.strides:
        return apart
    return x_from < v_to and v_from < x_to
