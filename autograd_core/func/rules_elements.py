"""Rules for batches of elementwise ops, reductions and scans. Imports lanes and ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..op import Op
from ..ops.shape import reshape, unsqueeze
from .lanes import Call, further, padded, rank_of, run

SEVERAL_DIMS = {"sum", "mean", "amax", "amin", "var", "std", "nansum", "nanmean", "all", "any", "count_nonzero", "norm", "logsumexp"}
ONE_DIM = {
    "softmax", "log_softmax", "cumsum", "cumprod", "logcumsumexp", "cummax", "cummin", "sort", "argsort", "topk", "kthvalue", "mode",
    "max", "min", "median", "nanmedian", "aminmax", "length",
}  # fmt: skip
FLATTENED = {"argmax", "argmin", "prod"}  # one dimension, or all elements in a row


def elementwise(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """Broadcasting does it, once all samples have the same number of dimensions."""
    places = [op.params.index(p) for p in op.inputs]
    if any(isinstance(flags[i], list) for i in places):
        return NotImplemented
    rank = max(rank_of(values[i], flags[i]) for i in places)
    shapes = [tuple(getattr(values[i], "shape", ()))[flags[i] is True :] for i in places]
    target = np.broadcast_shapes(*shapes)
    out = run(call, op, [padded(call, v, flags[i], rank) if i in places else v for i, v in enumerate(values)])
    first = out[0] if isinstance(out, tuple) else out
    return out if tuple(first.shape) == (size, *target) else NotImplemented


def over_dims(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """Reductions and scans: the same over dimensions counted one further."""
    at = op.params.index("dim")
    x, dim = values[op.positions[0]], values[at]
    keepdim = "keepdim" in op.params and values[op.params.index("keepdim")]
    rank = len(x.shape) - 1
    moved: Any
    if isinstance(dim, int):
        moved = further(dim, rank)
    elif op.name in FLATTENED and dim is None and not keepdim:
        x, moved = call(reshape, x, (size, -1)), 1
    elif op.name in SEVERAL_DIMS:
        x, moved = _several(call, op, x, dim, rank, keepdim)
    else:
        return NotImplemented
    if moved is None:
        return NotImplemented
    new = list(values)
    new[op.positions[0]], new[at] = x, moved
    return run(call, op, new)


def _several(call: Call, op: Op, x: Any, dim: Any, rank: int, keepdim: bool) -> tuple[Any, Any]:
    """(x, its dimensions in the batch), None where the samples must be taken one by one."""
    dims = tuple(dim) if dim is not None else ()
    if dim is not None and not dims and op.name in ("all", "any"):
        return x, None  # for these no dimensions are none, for sums they are all
    if not rank:
        return (x, None) if dims or keepdim else (call(unsqueeze, x, 1), (1,))
    moved = [further(d, rank) for d in dims] if dims else list(range(1, rank + 1))
    return x, None if None in moved else tuple(moved)
