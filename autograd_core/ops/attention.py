"""Attention: the scaled dot product and the multi-head form behind nn.MultiheadAttention. Imports op and other families."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..op import Value, composed
from .dropout import dropout
from .join import cat
from .linear import linear, matmul
from .pad import pad_constant
from .pointwise import where
from .reduce import mean
from .shape import expand, getitem, reshape, transpose, unsqueeze
from .softmax import softmax


def causal_mask(rows: int, columns: int) -> np.ndarray:
    """True where a query may look: at its own place and before."""
    return np.tri(rows, columns, dtype=bool)


def _scores(scores: Value, mask: Any) -> Value:
    """Scores with a mask: bool keeps where True, a floating mask is added."""
    kind = np.dtype(getattr(getattr(mask, "array", mask), "dtype", float))
    return where(mask, scores, -math.inf) if kind == np.bool_ else scores + mask


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
    """softmax(q kᵀ · scale + mask) v for q (..., L, E), k (..., S, E), v (..., S, V); scale defaults to 1/√E. Vaswani et al. "
    "2017, section 3.2.1."""
    if is_causal and attn_mask is not None:
        raise RuntimeError("scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if len(query.shape) < 2 or len(key.shape) < 2 or len(value.shape) < 2:
        raise RuntimeError("scaled_dot_product_attention: all inputs must be at least 2-dimensional (length, features)")
    if enable_gqa:
        repeats = query.shape[-3] // key.shape[-3]
        key, value = _repeat_heads(key, repeats), _repeat_heads(value, repeats)
    factor = 1.0 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = matmul(query * factor, transpose(key, -2, -1))
    if is_causal:
        scores = where(causal_mask(query.shape[-2], key.shape[-2]), scores, -math.inf)
    if attn_mask is not None:
        scores = _scores(scores, attn_mask)
    weights = softmax(scores, -1)
    if attn_mask is not None:
        weights = where(weights == weights, weights, 0.0)  # a row that may look nowhere attends to nothing, as in PyTorch
    return matmul(dropout(weights, dropout_p) if dropout_p > 0.0 else weights, value)


def _repeat_heads(x: Value, times: int) -> Value:
    *lead, heads, length, width = x.shape
    return reshape(expand(unsqueeze(x, -3), (*lead, heads, times, length, width)), (*lead, heads * times, length, width))


def _project(query: Value, key: Value, value: Value, e: int, w: Value | None, b: Value | None, separate: Any) -> tuple[Value, Value, Value]:
    """The three input projections, from one stacked weight or from three."""
    biases = (None, None, None) if b is None else tuple(getitem(b, slice(i * e, (i + 1) * e)) for i in range(3))
    if separate is not None:
        weights = separate
    else:
        if query is key and key is value:
            out = linear(query, w, b)
            return tuple(getitem(out, (..., slice(i * e, (i + 1) * e))) for i in range(3))
        weights = tuple(getitem(w, slice(i * e, (i + 1) * e)) for i in range(3))
    return tuple(linear(x, wi, bi) for x, wi, bi in zip((query, key, value), weights, biases, strict=True))


def _merged_mask(attn_mask: Any, key_padding_mask: Any, batch: int, heads: int, like: Value) -> Any:
    """Both masks of multi-head attention as one floating mask (N, heads or 1, L or 1, S) to be added; True means: do not look."""
    merged: Any = None
    for mask, is_padding in ((attn_mask, False), (key_padding_mask, True)):
        if mask is None:
            continue
        kind = np.dtype(getattr(getattr(mask, "array", mask), "dtype", float))
        if kind.kind not in "bf":
            raise AssertionError(
                f"only bool and floating types of {'key_padding_mask' if is_padding else 'attn_mask'} are supported, got {kind}"
            )
        plain: Any = getattr(like, "array", like)
        added = where(mask, -math.inf, plain.dtype.type(0)) if kind.kind == "b" else mask
        if is_padding:
            added = unsqueeze(unsqueeze(added, 1), 1)
        elif len(added.shape) == 3:
            added = reshape(added, (batch, heads, *added.shape[1:]))
        merged = added if merged is None else merged + added
    return merged


@composed(spaces="functional")
def multi_head_attention_forward(
    query: Value,
    key: Value,
    value: Value,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Value | None,
    in_proj_bias: Value | None,
    bias_k: Value | None,
    bias_v: Value | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Value,
    out_proj_bias: Value | None,
    training: bool = True,
    key_padding_mask: Value | None = None,
    need_weights: bool = True,
    attn_mask: Value | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Value | None = None,
    k_proj_weight: Value | None = None,
    v_proj_weight: Value | None = None,
    static_k: Value | None = None,
    static_v: Value | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Value, Value | None]:
    """Multi-head attention on (L, N, E) or (L, E): (output, weights averaged over heads or None). Vaswani et al. 2017, section 3.2.2."""
    batched = len(query.shape) == 3
    if len(query.shape) not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {len(query.shape)}-D query tensor")
    same = (query is key, key is value)
    if not batched:
        query, key, value = unsqueeze(query, 1), unsqueeze(key, 1), unsqueeze(value, 1)
        key_padding_mask = None if key_padding_mask is None else unsqueeze(key_padding_mask, 0)
        key = query if same[0] else key
        value = key if same[1] else value
    length, batch, e = query.shape
    if e != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {e}")
    head = e // num_heads
    if head * num_heads != e:
        raise AssertionError(f"embed_dim {e} not divisible by num_heads {num_heads}")
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    separate = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None
    q, k, v = _project(query, key, value, e, in_proj_weight, in_proj_bias, separate)
    extra = 0
    if bias_k is not None and bias_v is not None:
        k = cat([k, expand(bias_k, (1, batch, e))])
        v = cat([v, expand(bias_v, (1, batch, e))])
        extra += 1

    def heads(x: Value) -> Value:
        return transpose(reshape(x, (x.shape[0], batch * num_heads, head)), 0, 1)

    q = heads(q)
    k = heads(k) if static_k is None else static_k
    v = heads(v) if static_v is None else static_v
    if add_zero_attn:
        k, v = pad_constant(k, ((0, 0), (0, 1), (0, 0))), pad_constant(v, ((0, 0), (0, 1), (0, 0)))
        extra += 1
    mask = _merged_mask(attn_mask, key_padding_mask, batch, num_heads, query)
    if mask is not None and extra:
        mask = pad_constant(mask, ((0, 0),) * (len(mask.shape) - 1) + ((0, extra),))
    q, k, v = (reshape(x, (batch, num_heads, x.shape[1], head)) for x in (q, k, v))
    scores = matmul(q * math.sqrt(1.0 / head), transpose(k, -2, -1))
    weights = softmax(scores if mask is None else scores + mask, -1)
    if training and dropout_p > 0.0:
        weights = dropout(weights, dropout_p)
    out = reshape(transpose(transpose(matmul(weights, v), 1, 2), 0, 1), (length * batch, e))
    out = reshape(linear(out, out_proj_weight, out_proj_bias), (length, batch, out_proj_weight.shape[0]))
    shown = None if not need_weights else mean(weights, 1) if average_attn_weights else weights
    if batched:
        return out, shown
    return getitem(out, (slice(None), 0)), None if shown is None else getitem(shown, 0)
