"""Matrix products and what is built on them. Imports op and shape."""

from __future__ import annotations

import numpy as np

from ..op import Array, Value, composed, op
from .shape import permute, reshape, sum_to, transpose, unsqueeze


@op("{x} @ {y}", x=lambda g, x_shape, y: matmul_x(g, x_shape, y), y=lambda g, x, y_shape: matmul_y(g, x, y_shape), operator="matmul")
def matmul(x: Array, y: Array) -> Array:
    """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast."""
    if not x.ndim or not y.ndim:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {x.ndim}D and {y.ndim}D")
    inner = y.shape[-2] if y.ndim > 1 else y.shape[0]
    if x.shape[-1] != inner:
        if x.ndim == 1 and y.ndim == 1:
            raise RuntimeError(f"inconsistent tensor size, expected tensor [{x.shape[0]}] and src [{inner}] to have the same number of elements")
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({'x'.join(map(str, x.shape))} and {'x'.join(map(str, y.shape))}): the last size of the "
            f"first, {x.shape[-1]}, must equal the second's size of rows, {inner}"
        )
    if x.dtype.kind == "b":
        raise RuntimeError("matmul is not implemented for 'Bool': convert with .float()")
    if x.dtype == np.float16:
        return np.matmul(x.astype(np.float32), y.astype(np.float32)).astype(np.float16)
    try:
        return np.matmul(x, y)
    except ValueError:
        raise RuntimeError(f"the batch sizes of {list(x.shape)} and {list(y.shape)} do not broadcast together") from None


def matmul_x(g: Value, x_shape: tuple[int, ...], y: Value) -> Value:
    """g @ yᵀ, in x's shape."""
    rank = len(y.shape)
    if len(x_shape) == 1 and rank == 1:
        return g * y
    if rank == 1:
        return unsqueeze(g, -1) * y
    if len(x_shape) == 1:
        g = unsqueeze(g, -2)
    out = matmul(g, transpose(y, -1, -2))
    return sum_to(reshape(out, out.shape[:-2] + out.shape[-1:]), x_shape) if len(x_shape) == 1 else out


def matmul_y(g: Value, x: Value, y_shape: tuple[int, ...]) -> Value:
    """xᵀ @ g, in y's shape; leading sizes that y lacks are folded into one product."""
    rank = len(x.shape)
    if rank == 1 and len(y_shape) == 1:
        return g * x
    if rank == 1:
        return unsqueeze(x, -1) * unsqueeze(g, -2)
    if len(y_shape) == 1:
        return sum_to(unsqueeze(g, -1) * x, y_shape)
    if len(y_shape) == 2 and rank > 2:
        x, g = reshape(x, (-1, x.shape[-1])), reshape(g, (-1, g.shape[-1]))
    return matmul(transpose(x, -1, -2), g)


@op(
    "{x} @ {w}ᵀ + {b}",
    x=lambda g, w: matmul(g, w),
    w=lambda g, x: linear_weight(g, x),
    b=lambda g: linear_bias(g),
    spaces="functional",
    torch_name="AddmmBackward",
)
def linear(x: Array, w: Array, b: Array | None = None) -> Array:
    """x wᵀ + b for x (..., in), w (out, in), b (out)."""
    if w.ndim not in (1, 2):
        raise RuntimeError(f"linear(): the weight must have 1 or 2 dimensions, got shape {list(w.shape)}")
    if not x.ndim or x.shape[-1] != w.shape[-1]:
        rows = int(np.prod(x.shape[:-1])) if x.ndim else 1
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1] if x.ndim else 1} and {w.shape[-1]}x{w.shape[0]}): x of shape "
            f"{list(x.shape)} must end in in_features={w.shape[-1]}"
        )
    lead = x.shape[:-1]
    flat = x.reshape(-1, x.shape[-1]) if x.ndim != 2 else x
    out = np.matmul(flat, w.T) if x.dtype != np.float16 else np.matmul(flat.astype(np.float32), w.T.astype(np.float32)).astype(np.float16)
    if b is not None:
        out += b
    return out if x.ndim == 2 else out.reshape(lead + w.shape[:-1])


def linear_weight(g: Value, x: Value) -> Value:
    """gᵀ x over all leading dimensions."""
    if len(x.shape) == 1:
        x, g = reshape(x, (1, -1)), reshape(g, (1, -1))
    elif len(x.shape) > 2:
        x, g = reshape(x, (-1, x.shape[-1])), reshape(g, (-1, g.shape[-1]))
    return matmul(transpose(g, 0, 1), x)


def linear_bias(g: Value) -> Value:
    """g summed over all leading dimensions."""
    return sum_to(g, g.shape[-1:])


@composed(spaces="torch method")
def t(x: Value) -> Value:
    """The transpose of a matrix; a vector stays as it is."""
    if len(x.shape) > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {len(x.shape)}D: use x.mT or transpose")
    return permute(x, tuple(reversed(range(len(x.shape)))))
