"""How an op runs on a whole batch at once. Imports op and ops.

A rule gets `call` (which runs ops on values of any carrier), the op, the values of all its parameters with the batch
along the first dimension, which of them are batches, and the batch size. NotImplemented means: sample by sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..op import Op
from ..ops.comparison import ne
from ..ops.join import cat
from ..ops.linear import linear, matmul
from ..ops.pointwise import add, div
from ..ops.reduce import mean, sum
from ..ops.shape import expand, getitem, permute, reshape, transpose, unsqueeze

Call = Callable[..., Any]
Rule = Callable[[Call, Op, Sequence[Any], Sequence[Any], int], Any]

ELEMENTWISE = {
    "pointwise",
    "comparison",
    "exponential",
    "rounding",
    "bitwise",
    "extremes",
    "trigonometry",
    "nonlinear",
    "special",
    "dropout",
}
# of these families, what looks beyond one element or has a dimension of its own
NOT_ELEMENTWISE = {"isin", "flat", "prelu", "glu", "rrelu", "cast"}
SEVERAL_DIMS = {
    "sum",
    "mean",
    "amax",
    "amin",
    "var",
    "std",
    "nansum",
    "nanmean",
    "all",
    "any",
    "count_nonzero",
    "norm",
    "logsumexp",
    "prod",
}
ONE_DIM = {
    "softmax", "log_softmax", "cumsum", "cumprod", "logcumsumexp", "argmax", "argmin", "sort", "argsort", "topk", "kthvalue", "mode",
}  # fmt: skip


def rule_of(op: Op) -> Rule | None:
    """The rule of an op, None when there is none."""
    found = RULES.get(op.name)
    if found is not None:
        return found
    if isinstance(getattr(op.fn, "ufunc", op.fn), np.ufunc):
        return elementwise
    if op.family in ELEMENTWISE and op.name not in NOT_ELEMENTWISE and "dim" not in op.params:
        return elementwise
    if op.name in SEVERAL_DIMS | ONE_DIM and "dim" in op.params and len(op.inputs) == 1:
        return over_dims
    return None


def _call(call: Call, op: Op, values: Sequence[Any]) -> Any:
    count = len(op.params) - len(op.keyword_only)
    return call(op, *values[:count], **dict(zip(op.params[count:], values[count:], strict=True)))


def _rank(value: Any, flag: Any) -> int:
    return len(getattr(value, "shape", ())) - (flag is True)


def _padded(call: Call, value: Any, flag: Any, rank: int) -> Any:
    """A batch with dimensions of size 1 after the first, so that samples of fewer dimensions broadcast."""
    missing = rank - _rank(value, flag)
    if flag is not True or missing <= 0:
        return value
    shape = tuple(value.shape)
    return call(reshape, value, (shape[0], *(1,) * missing, *shape[1:]))


def elementwise(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """Broadcasting does it, once all samples have the same number of dimensions."""
    places = [op.params.index(p) for p in op.inputs]
    if any(isinstance(flags[i], list) for i in places):
        return NotImplemented
    rank = max(_rank(values[i], flags[i]) for i in places)
    shapes = [tuple(getattr(values[i], "shape", ()))[flags[i] is True :] for i in places]
    target = np.broadcast_shapes(*shapes)
    out = _call(call, op, [_padded(call, v, flags[i], rank) if i in places else v for i, v in enumerate(values)])
    first = out[0] if isinstance(out, tuple) else out
    return out if tuple(first.shape) == (size, *target) else NotImplemented


def over_dims(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """Reductions and scans: the same over dimensions counted one further."""
    at = op.params.index("dim")
    x, dim = values[op.positions[0]], values[at]
    rank = len(x.shape) - 1
    if isinstance(dim, int):
        if not rank or not -rank <= dim < rank:
            return NotImplemented
        shifted: Any = dim % rank + 1
    elif op.name not in SEVERAL_DIMS:
        return NotImplemented
    else:
        dims = tuple(dim) if dim is not None else ()
        if not rank:
            if dims or ("keepdim" in op.params and values[op.params.index("keepdim")]):
                return NotImplemented
            x, shifted = call(unsqueeze, x, 1), (1,)
        elif any(not -rank <= d < rank for d in dims):
            return NotImplemented
        else:
            shifted = tuple(d % rank + 1 for d in dims) if dims else tuple(range(1, rank + 1))
    new = list(values)
    new[op.positions[0]], new[at] = x, shifted
    return _call(call, op, new)


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
    return call(expand, _padded(call, x, True, len(shape)), (size, *shape))


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


def _matmul(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, y = values
    a, b = _rank(x, flags[0]), _rank(y, flags[1])
    if not a or not b:
        return NotImplemented
    if a == 1:
        x = call(unsqueeze, x, -2)
    if b == 1:
        y = call(unsqueeze, y, -1)
    if flags[0] and not flags[1] and b <= 2 and a > 1:
        out = call(matmul, x, y)  # the batch is one more leading dimension
    else:
        rank = max(a, b, 2)
        out = call(matmul, _padded(call, x, flags[0], rank), _padded(call, y, flags[1], rank))
    shape = tuple(out.shape)
    if a == 1 and b == 1:
        return call(reshape, out, shape[:-2])
    if a == 1:
        return call(reshape, out, shape[:-2] + shape[-1:])
    return call(reshape, out, shape[:-1]) if b == 1 else out


def _linear(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, w, b = values
    if flags[0] and not flags[1] and not flags[2]:
        return call(linear, x, w, b)
    if _rank(w, flags[1]) != 2 or not _rank(x, flags[0]):
        return NotImplemented
    out = _matmul(call, op, (x, call(transpose, w, -1, -2)), (flags[0], flags[1]), size) if flags[0] or flags[1] else call(linear, x, w)
    batch = flags[0] or flags[1]
    if b is None:
        return out
    rank = _rank(x, flags[0])
    if flags[2]:
        b = _padded(call, b, True, rank)
    if not batch:
        out = call(unsqueeze, out, 0)
    return call(add, out, b)


def _cat(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    xs, dim = values
    parts = [x if flag is True else call(expand, call(unsqueeze, x, 0), (size, *x.shape)) for x, flag in zip(xs, flags[0], strict=True)]
    ranks = {len(x.shape) - 1 for x in parts}
    (rank,) = ranks if len(ranks) == 1 else (0,)
    return call(cat, parts, dim % rank + 1) if rank and -rank <= dim < rank else NotImplemented


def _plain(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    return _call(call, op, values)


def _folded(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """Images of all samples as one batch of images, for ops that treat each image by itself."""
    if flags[0] is not True or any(flag is not False for flag in flags[1:]):
        return NotImplemented
    shape = tuple(values[0].shape)
    out = _call(call, op, [call(reshape, values[0], (shape[0] * shape[1], *shape[2:])), *values[1:]])
    parts = out if isinstance(out, tuple) else (out,)
    made = tuple(call(reshape, part, (size, shape[1], *tuple(part.shape)[1:])) for part in parts)
    return made if isinstance(out, tuple) else made[0]


def _convolution(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """With a kernel for each sample, the samples become groups of one convolution."""
    if flags[1] is False and flags[2] is False:
        return _folded(call, op, values, flags, size)
    x, w, b, *rest = values
    if not flags[0] or not flags[1] or (b is not None and not flags[2]):
        return NotImplemented
    n, channels, sizes = x.shape[1], x.shape[2], tuple(x.shape)[3:]
    spatial = range(3, 3 + len(sizes))
    images = call(reshape, call(permute, x, (1, 0, 2, *spatial)), (n, size * channels, *sizes))
    kernels = call(reshape, w, (size * w.shape[1], *tuple(w.shape)[2:]))
    bias = None if b is None else call(reshape, b, (-1,))
    out = call(op, images, kernels, bias, *rest[:-1], rest[-1] * size)
    out = call(reshape, out, (n, size, w.shape[1], *tuple(out.shape)[2:]))
    return call(permute, out, (1, 0, 2, *range(3, len(out.shape))))


def _trailing(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """What works on the last dimensions of its first input does not see one more in front."""
    return _call(call, op, values) if flags[0] is True and all(flag is False for flag in flags[1:]) else NotImplemented


def _lookup(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    return _call(call, op, values) if flags[0] is False else NotImplemented


def _pad(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, pads, *rest = values
    return call(op, x, ((0, 0), *pads), *rest)


def _loss(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """Elementwise, and the reduction of each sample afterwards."""
    at = op.params.index("reduction")
    kind, plain = values[at], list(values)
    plain[at] = "none"
    each = elementwise(call, op, plain, flags, size)
    if each is NotImplemented or kind == "none":
        return each
    dims = tuple(range(1, len(each.shape)))
    return call({"mean": mean, "sum": sum}[kind], each, dims) if dims else each


def _nll_loss(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, target, weight, kind, ignore = values
    rank = _rank(x, flags[0])
    if not flags[0] or not flags[1] or rank not in (1, 2) or weight is not None:
        return NotImplemented
    shape = tuple(target.shape)
    flat = call(reshape, target, (-1,))
    each = call(reshape, call(op, call(reshape, x, (-1, x.shape[-1])), flat, None, "none", ignore), shape)
    if kind == "none" or len(shape) == 1:
        return each
    total = call(sum, each, 1)
    return total if kind == "sum" else call(div, total, call(sum, call(ne, target, ignore), 1))


RULES: dict[str, Rule] = {
    "reshape": _reshape, "view": _reshape, "permute": _permute, "transpose": _transpose, "expand": _expand, "sum_to": _sum_to,
    "unsqueeze": _unsqueeze, "squeeze": _squeeze, "getitem": _getitem, "matmul": _matmul, "linear": _linear, "cat": _cat,
    "clone": _plain, "cast": _plain, "convolution": _convolution, "max_pool": _folded, "avg_pool": _folded, "adaptive_mean": _folded,
    "adaptive_max": _folded, "group_norm_over": _folded, "batch_norm_fixed": _folded, "layer_norm_over": _trailing,
    "rms_norm_over": _trailing,
    "lookup": _lookup, "one_hot": _trailing, "pad_constant": _pad, "mse_loss": _loss, "l1_loss": _loss, "huber_loss": _loss,
    "smooth_l1_loss": _loss, "binary_cross_entropy": _loss, "nll_loss": _nll_loss,
}  # fmt: skip
