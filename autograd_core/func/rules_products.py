"""Rules for batches of products of matrices and vectors, and of linear algebra. Imports lanes and ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..op import Op
from ..ops.linear import linear, matmul
from ..ops.pointwise import add, mul
from ..ops.shape import reshape, transpose, unsqueeze
from .lanes import Call, Rule, padded, rank_of, trailing, whole


def _matmul(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, y = values
    a, b = rank_of(x, flags[0]), rank_of(y, flags[1])
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
        out = call(matmul, padded(call, x, flags[0], rank), padded(call, y, flags[1], rank))
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
    if rank_of(w, flags[1]) != 2 or not rank_of(x, flags[0]):
        return NotImplemented
    out = _matmul(call, op, (x, call(transpose, w, -1, -2)), (flags[0], flags[1]), size) if flags[0] or flags[1] else call(linear, x, w)
    batch = flags[0] or flags[1]
    if b is None:
        return out
    rank = rank_of(x, flags[0])
    if flags[2]:
        b = padded(call, b, True, rank)
    if not batch:
        out = call(unsqueeze, out, 0)
    return call(add, out, b)


def _product(*ranks: int) -> Rule:
    """A product of operands of fixed ranks, which matmul computes too."""

    def rule(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
        if tuple(rank_of(v, f) for v, f in zip(values, flags, strict=True)) != ranks:
            return NotImplemented
        return _matmul(call, matmul, values, flags, size)

    return rule


def _outer(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    x, y = values
    if rank_of(x, flags[0]) != 1 or rank_of(y, flags[1]) != 1:
        return NotImplemented
    return call(mul, call(unsqueeze, whole(call, x, flags[0], size), 2), call(unsqueeze, whole(call, y, flags[1], size), 1))


def _solve(call: Call, op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """A x = b for matrices on both sides; a vector beside a batch of matrices would be read otherwise."""
    if rank_of(values[0], flags[0]) < 2 or rank_of(values[0], flags[0]) != rank_of(values[1], flags[1]):
        return NotImplemented
    return call(op, whole(call, values[0], flags[0], size), whole(call, values[1], flags[1], size), *values[2:])


PRODUCTS: dict[str, Rule] = {
    "matmul": _matmul, "linear": _linear, "mm": _product(2, 2), "bmm": _product(3, 3), "mv": _product(2, 1), "dot": _product(1, 1),
    "outer": _outer, "linalg_solve_ex": _solve, "linalg_solve_triangular": _solve,
    **dict.fromkeys(
        ["det", "inv", "linalg_inv_ex", "linalg_cholesky_ex", "linalg_eigh", "linalg_svd", "slogdet", "matrix_exp", "tril", "triu"],
        trailing,
    ),
}  # fmt: skip
