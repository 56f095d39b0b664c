"""What the rules for batches have in common. Imports op and ops.

A rule gets `call` (which runs ops on values of any carrier), the op, the values of all its parameters with the batch
along the first dimension, which of them are batches, and the batch size. NotImplemented means: sample by sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..op import Op
from ..ops.shape import expand, reshape, unsqueeze

Call = Callable[..., Any]
Rule = Callable[[Call, Op, Sequence[Any], Sequence[Any], int], Any]


def run(call: Call, op: Op, values: Sequence[Any]) -> Any:
    """The op with the values of all its parameters in order."""
    count = len(op.params) - len(op.keyword_only)
    return call(op, *values[:count], **dict(zip(op.params[count:], values[count:], strict=True)))


def rank_of(value: Any, flag: Any) -> int:
    """The number of dimensions of one sample."""
    return len(getattr(value, "shape", ())) - (flag is True)


def padded(call: Call, value: Any, flag: Any, rank: int) -> Any:
    """A batch with dimensions of size 1 after the first, so that samples of fewer dimensions broadcast."""
    missing = rank - rank_of(value, flag)
    if flag is not True or missing <= 0:
        return value
    shape = tuple(value.shape)
    return call(reshape, value, (shape[0], *(1,) * missing, *shape[1:]))


def whole(call: Call, value: Any, flag: Any, size: int) -> Any:
    """A batch, made of one value for all samples where it is none."""
    return value if flag is True else call(expand, call(unsqueeze, value, 0), (size, *value.shape))


def further(dim: int, rank: int) -> int | None:
    """A dimension of a sample counted in the batch, None when it is out of range."""
    return dim % rank + 1 if rank and -rank <= dim < rank else None


def plain(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """The op does not see that there is a batch."""
    return run(call, op, values)


def trailing(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """What works on the last dimensions of its first input does not see one more in front."""
    return run(call, op, values) if flags[0] is True and all(flag is False for flag in flags[1:]) else NotImplemented
