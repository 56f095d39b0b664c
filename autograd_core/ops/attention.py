"""Scaled dot-product attention and the masks of attention. Imports op and other families."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..kernels import causal as kernels
from ..op import Array, Value, composed, op
from .dropout import dropout
from .linear import matmul
from .pointwise import where
from .shape import expand, reshape, transpose, unsqueeze
from .softmax import softmax, softmax_input


def kind_of(mask: Any) -> np.dtype:
    """The type of a mask, whatever carries it."""
    return np.dtype(getattr(getattr(mask, "array", mask), "dtype", float))


def blind(mask: Any) -> Array | None:
    """Where a row of a mask lets its query look nowhere, with the last dimension kept as 1; None if there is no such row."""
    plain: Any = getattr(mask, "array", mask)
    if not isinstance(plain, np.ndarray) or not plain.size:
        return None
    none: Any = ~plain.any(-1, keepdims=True) if plain.dtype.kind == "b" else (plain.max(-1, keepdims=True) == -math.inf)
    return none if none.any() else None


@op("softmax({x}) up to each row's place", x=lambda g, out: softmax_input(g, out, -1), spaces="engine")
def causal_softmax(x: Array) -> Array:
    """The weights of attention to one's own place and those before, for scores (..., L, S)."""
    return kernels.causal_softmax(x)


@composed(spaces="functional")
def scaled_dot_product_attention(
    query: Value,
    key: Value,
    value: Value,
    attn_mask: Value | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Value:
    """softmax(q kᵀ · scale + mask) v for q (..., L, E), k (..., S, E), v (..., S, V); scale defaults to 1/√E.

    A boolean mask lets look where it is True, a floating one is added; a query that may look nowhere gets zeros. With enable_gqa
    k and v may have fewer heads (dimension −3). Vaswani et al. 2017, section 3.2.1.
    """
    if is_causal and attn_mask is not None:
        raise RuntimeError("scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if len(query.shape) < 2 or len(key.shape) < 2 or len(value.shape) < 2:
        raise RuntimeError(
            "scaled_dot_product_attention: all inputs must be at least 2-dimensional (length, features): got "
            f"{list(query.shape)}, {list(key.shape)}, {list(value.shape)}"
        )
    if enable_gqa:
        key, value = _repeat_heads(key, query, "key"), _repeat_heads(value, query, "value")
    factor = 1.0 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = matmul(query * factor, transpose(key, -2, -1))
    nowhere = None
    if attn_mask is not None:
        nowhere = blind(attn_mask)
        scores = where(attn_mask, scores, -math.inf) if kind_of(attn_mask) == np.bool_ else scores + attn_mask
    if is_causal:
        weights = causal_softmax(scores)
    elif nowhere is None:
        weights = softmax(scores, -1)
    else:
        weights = where(nowhere, 0.0, softmax(where(nowhere, 0.0, scores), -1))
    return matmul(dropout(weights, dropout_p) if dropout_p > 0.0 else weights, value)


def _repeat_heads(x: Value, query: Value, name: str) -> Value:
    """Each head as often as queries share it."""
    if len(query.shape) < 3 or len(x.shape) < 3 or not x.shape[-3] or query.shape[-3] % x.shape[-3]:
        raise RuntimeError(
            f"scaled_dot_product_attention: with enable_gqa the heads of {name} {list(x.shape)} must divide those of the query "
            f"{list(query.shape)}"
        )
    *lead, heads, length, width = x.shape
    times = query.shape[-3] // heads
    return reshape(expand(unsqueeze(x, -3), (*lead, heads, times, length, width)), (*lead, heads * times, length, width))
