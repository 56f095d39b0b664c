"""How many multiply-adds an operation takes: one rule for each operation that multiplies matrices. Imports nothing of ours.

Counted as in the literature: a product and its sum are one; biases, activations, norms, pooling and softmax are not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

__all__ = ["multiply_adds"]

Shape = tuple[int, ...]


def _size(shape: Any) -> int:
    return math.prod(int(n) for n in shape)


def _product(args: tuple[Any, ...], out: Shape) -> int:
    """x · y: each entry of the result is a sum over the last dimension of x."""
    return _size(out) * int(args[0].shape[-1])


def _added_product(args: tuple[Any, ...], out: Shape) -> int:
    """beta · x + alpha · (a · b), batches summed or not."""
    a, b = args[1], args[2]
    return _size(a.shape) * (int(b.shape[-1]) if len(b.shape) > 1 else 1)


def _linear(args: tuple[Any, ...], out: Shape) -> int:
    return _size(out) * int(args[1].shape[-1])


def _convolution(args: tuple[Any, ...], out: Shape) -> int:
    """w: (out, in / groups, *kernel): each output is a sum over a window of the input."""
    return _size(out) * _size(args[1].shape[1:])


def _transposed(args: tuple[Any, ...], out: Shape) -> int:
    """w: (in, out / groups, *kernel): each input is spread over a window of the output."""
    return _size(args[0].shape) * _size(args[1].shape[1:])


def _einsum(args: tuple[Any, ...], out: Shape) -> int:
    """All index combinations, for each operand after the first."""
    sizes: dict[Any, int] = {}
    for x, labels in zip(args[0], args[1], strict=True):
        sizes.update(zip(labels, (int(n) for n in x.shape), strict=False))
    return max(0, len(args[0]) - 1) * math.prod(sizes.values())


def _all_of_x(args: tuple[Any, ...], out: Shape) -> int:
    return _size(args[0].shape)


RULES: dict[str, Callable[[tuple[Any, ...], Shape], int]] = {
    "linear": _linear,
    "matmul": _product,
    "mm": _product,
    "bmm": _product,
    "mv": _all_of_x,
    "dot": _all_of_x,
    "vdot": _all_of_x,
    "addmm": _added_product,
    "addmv": _added_product,
    "addbmm": _added_product,
    "baddbmm": _added_product,
    "einsum": _einsum,
    "convolution": _convolution,
    "conv_input": _transposed,
}
RECURRENT = ("rnn_layer", "lstm_layer", "gru_layer")


def multiply_adds(name: str, args: tuple[Any, ...], params: tuple[str, ...], out: Shape) -> int:
    """The multiply-adds of one call of an operation, 0 for one that multiplies no matrices.

    params: the names of args. out: the shape of the (first) result.
    """
    if name in RECURRENT:  # each step multiplies its input, its state and, with a projection, its result by the weights
        named = dict(zip(params, args, strict=False))
        weights = (named.get(weight) for weight in ("w_ih", "w_hh", "w_hr"))
        return _size(args[0].shape[:-1]) * sum(_size(w.shape) for w in weights if w is not None)
    rule = RULES.get(name)
    return 0 if rule is None else rule(args, out)
