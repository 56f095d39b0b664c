"""Rules for batches of ops that move elements: shapes, views, joins, reads and writes. Imports lanes and ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..op import Op
from ..ops.join import cat
from ..ops.shape import expand, getitem, permute, reshape, transpose, unsqueeze
from .lanes import Call, Rule, further, padded, plain, run, whole


def _reshape(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, shape = values
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    return call(op, x, (size, *shape))


def _permute(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, dims = values
    rank = len(x.shape) - 1
    return call(permute, x, (0, *[d % rank + 1 for d in dims]))


def _transpose(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, a, b = values
    rank = len(x.shape) - 1
    if not rank or not (-rank <= a < rank and -rank <= b < rank):
        return NotImplemented
    return call(transpose, x, a % rank + 1, b % rank + 1)


def _expand(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, shape = values
    return call(expand, padded(call, x, True, len(shape)), (size, *shape))


def _sum_to(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, shape = values
    own = tuple(x.shape)[1:]
    if len(own) < len(shape):
        return NotImplemented
    return call(op, x, (size, *(1,) * (len(own) - len(shape)), *shape)) if len(own) == len(shape) else NotImplemented


def _unsqueeze(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, dim = values
    rank = len(x.shape)
    return call(unsqueeze, x, dim % rank + 1) if -rank <= dim < rank else NotImplemented


def _squeeze(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, dim = values
    rank = len(x.shape) - 1
    shape = tuple(x.shape)
    dims = range(rank) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if any(not -rank <= d < rank for d in dims):
        return NotImplemented
    gone = {d % rank + 1 for d in dims if shape[d % rank + 1] == 1}
    return call(reshape, x, tuple(n for i, n in enumerate(shape) if i not in gone))


def _getitem(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, index = values
    return call(getitem, x, (slice(None), *(index if isinstance(index, tuple) else (index,))))


def _cat(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    xs, dim = values
    parts = [whole(call, x, flag, size) for x, flag in zip(xs, flags[0], strict=True)]
    ranks = {len(x.shape) - 1 for x in parts}
    at = further(dim, ranks.pop()) if len(ranks) == 1 else None
    return NotImplemented if at is None else call(cat, parts, at)


def _stack(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    xs, dim = values
    parts = [whole(call, x, flag, size) for x, flag in zip(xs, flags[0], strict=True)]
    at = further(dim, len(parts[0].shape))
    return NotImplemented if at is None else call(op, parts, at)


def _t(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    rank = len(values[0].shape) - 1
    return NotImplemented if rank > 2 else call(transpose, values[0], 1, 2) if rank == 2 else values[0]


def _along(*names: str) -> Rule:
    """Ops whose parameters of these names are dimensions (or tuples of them) of their first input."""

    def rule(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
        if flags[0] is not True or any(flag is not False for flag in flags[1:]):
            return NotImplemented
        rank, new = len(values[0].shape) - 1, list(values)
        for name in names:
            at = op.params.index(name)
            dims = (values[at],) if isinstance(values[at], int) else values[at]
            moved = [further(d, rank) for d in dims or ()]
            if not moved or None in moved:
                return NotImplemented
            new[at] = moved[0] if isinstance(values[at], int) else tuple(moved)
        return run(call, op, new)

    return rule


def _repeat(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, times = values
    rank = len(x.shape) - 1
    if len(times) < rank:
        if op.name == "repeat":
            return NotImplemented
        times = (1,) * (rank - len(times)) + tuple(times)
    return call(op, padded(call, x, True, len(times)), (1, *times))


def _gather(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """gather and scatter: everything along the batch too."""
    at = op.params.index("dim")
    rank = len(values[0].shape) - (flags[0] is True)
    moved = further(values[at], rank)
    if moved is None:
        return NotImplemented
    inputs = [op.params.index(p) for p in op.inputs]
    if any(len(getattr(values[i], "shape", ())) - (flags[i] is True) != rank for i in inputs):
        return NotImplemented
    new = [whole(call, v, flags[i], size) if i in inputs else v for i, v in enumerate(values)]
    new[at] = moved
    return run(call, op, new)


SHAPES: dict[str, Rule] = {
    "reshape": _reshape, "view": _reshape, "permute": _permute, "transpose": _transpose, "expand": _expand, "sum_to": _sum_to,
    "unsqueeze": _unsqueeze, "squeeze": _squeeze, "getitem": _getitem, "cat": _cat, "stack": _stack, "t": _t, "clone": plain, "cast": plain,
    "flip": _along("dims"), "roll": _along("dims"), "select": _along("dim"), "diagonal": _along("dim1", "dim2"),
    "unfold": _along("dimension"), "index_select": _along("dim"), "repeat": _repeat, "tile": _repeat,
    "gather": _gather, "scatter_add": _gather, "scatter_reduce": _gather,
}  # fmt: skip
