"""Rules for batches of the layers of networks: convolution, pooling, normalisation, losses. Imports lanes, rules_elements and ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..op import Op
from ..ops.comparison import ne
from ..ops.pointwise import div
from ..ops.reduce import mean, sum
from ..ops.shape import permute, reshape
from .lanes import Call, Rule, rank_of, run, trailing
from .rules_elements import elementwise


def _folded(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """Images of all samples as one batch of images, for ops that treat each image by itself."""
    if flags[0] is not True or any(flag is not False for flag in flags[1:]):
        return NotImplemented
    shape = tuple(values[0].shape)
    out = run(call, op, [call(reshape, values[0], (shape[0] * shape[1], *shape[2:])), *values[1:]])
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


def _lookup(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    return run(call, op, values) if flags[0] is False else NotImplemented


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
    rank = rank_of(x, flags[0])
    if not flags[0] or not flags[1] or rank not in (1, 2) or weight is not None:
        return NotImplemented
    shape = tuple(target.shape)
    flat = call(reshape, target, (-1,))
    each = call(reshape, call(op, call(reshape, x, (-1, x.shape[-1])), flat, None, "none", ignore), shape)
    if kind == "none" or len(shape) == 1:
        return each
    total = call(sum, each, 1)
    return total if kind == "sum" else call(div, total, call(sum, call(ne, target, ignore), 1))


LAYERS: dict[str, Rule] = {
    "convolution": _convolution, "max_pool": _folded, "avg_pool": _folded, "adaptive_mean": _folded, "adaptive_max": _folded,
    "resampled": _folded, "patches": _folded, "folded": _folded, "group_norm_over": _folded, "batch_norm_fixed": _folded,
    "layer_norm": trailing, "rms_norm_over": trailing, "lookup": _lookup, "one_hot": trailing, "pad_constant": _pad,
    "mse_loss": _loss, "l1_loss": _loss, "huber_loss": _loss, "smooth_l1_loss": _loss, "binary_cross_entropy": _loss, "nll_loss": _nll_loss,
}  # fmt: skip
