"""Values and the batches of several vmaps around them: giving a value every batch dimension, and taking them off. Imports batched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ops.shape import expand, permute, unsqueeze
from ..tensor.base import Tensor
from .batched import Batched, Level, batched, dispatch


def spread(x: Any, levels: Sequence[Level]) -> Any:
    """x with a batch dimension for each of the levels, outermost first."""
    if not levels:
        return x
    top = levels[-1]
    if type(x) is Batched and x.level is top:
        value = x.value
    else:
        value = dispatch(expand, dispatch(unsqueeze, x, 0), (top.size, *x.shape))
    return batched(spread(value, levels[:-1]), top)


def base(x: Any) -> Tensor:
    """The tensor that holds the batches of all levels."""
    while type(x) is Batched:
        x = x.value
    return x  # type: ignore[no-any-return]


def around(t: Tensor, levels: Sequence[Level]) -> Any:
    """The inverse of base(spread(...)): a tensor with one leading dimension for each level, innermost last."""
    for level in levels:
        t = batched(t, level)
    return t


def front(x: Any, dim: int) -> Any:
    """x with a dimension moved to the front."""
    rank = len(x.shape)
    d = dim % rank
    return x if d == 0 else dispatch(permute, x, (d, *[i for i in range(rank) if i != d]))


def back(x: Any, dim: int) -> Any:
    """x with its first dimension moved to `dim`."""
    rank = len(x.shape)
    if not -rank <= dim < rank:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {dim})")
    d = dim % rank
    order = list(range(1, rank))
    order.insert(d, 0)
    return x if d == 0 else dispatch(permute, x, tuple(order))
