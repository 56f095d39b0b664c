"""Multi-head attention, as nn.MultiheadAttention runs it. Imports op, attention and other families."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ..frames import user_level
from ..op import Value, composed
from .attention import kind_of, scaled_dot_product_attention
from .dropout import dropout
from .join import cat
from .linear import linear, matmul
from .pad import pad_constant
from .pointwise import where
from .reduce import mean
from .shape import expand, getitem, reshape, transpose, unsqueeze
from .softmax import softmax


def added_mask(mask: Value | None, name: str, like: Value, other: Value | None = None, other_name: str = "") -> Value | None:
    """A mask as numbers to be added to scores: −inf where a boolean one is True. AssertionError for integers, a warning for two kinds."""
    if mask is None:
        return None
    kind = kind_of(mask)
    if kind.kind not in "bf":
        raise AssertionError(f"only bool and floating types of {name} are supported, got {kind}")
    if other is not None and kind_of(other) != kind:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.", stacklevel=user_level()
        )
    return where(mask, -math.inf, kind_of(like).type(0)) if kind.kind == "b" else mask


def _assert(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)


def _check_ranks(query: Value, key: Value, value: Value, padding: Value | None, mask: Value | None, heads: int) -> bool:
    """Whether there is a batch; AssertionError for ranks that do not go together."""
    rank = len(query.shape)
    _assert(rank in (2, 3), f"query should be unbatched 2D or batched 3D tensor but received {rank}-D query tensor")
    what = "batched (3-D)" if rank == 3 else "unbatched (2-D)"
    _assert(
        len(key.shape) == rank and len(value.shape) == rank,
        f"For {what} `query`, expected `key` and `value` to be {rank}-D but found {len(key.shape)}-D and {len(value.shape)}-D tensors "
        "respectively",
    )
    if padding is not None:
        found = len(padding.shape)
        _assert(
            found == rank - 1, f"For {what} `query`, expected `key_padding_mask` to be `None` or {rank - 1}-D but found {found}-D tensor"
        )
    if mask is not None:
        found = len(mask.shape)
        _assert(found in (2, 3), f"For {what} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {found}-D tensor instead")
        expected = (heads, query.shape[0], key.shape[0])
        if rank == 2 and found == 3:
            _assert(tuple(mask.shape) == expected, f"Expected `attn_mask` shape to be {expected} but got {tuple(mask.shape)}")
    return rank == 3


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


def _more_keys(x: Value | None, count: int) -> Value | None:
    """A mask with keys that everyone may look at added at its end."""
    return x if x is None or not count else pad_constant(x, ((0, 0),) * (len(x.shape) - 1) + ((0, count),))


def _merged(mask: Value | None, padding: Value | None, batch: int, heads: int) -> Value | None:
    """Both masks as one (N or 1, heads or 1, L or 1, S) to be added to the scores."""
    if mask is not None and len(mask.shape) == 3:
        mask = reshape(mask, (batch, heads, *mask.shape[1:]))
    if padding is None:
        return mask
    padding = unsqueeze(unsqueeze(padding, 1), 1)
    return padding if mask is None else mask + padding


def _check_masks(mask: Value | None, padding: Value | None, batch: int, heads: int, length: int, source: int) -> None:
    if mask is not None:
        expected = (length, source) if len(mask.shape) == 2 else (batch * heads, length, source)
        if tuple(mask.shape) != expected:
            raise RuntimeError(f"The shape of the {len(mask.shape)}D attn_mask is {tuple(mask.shape)}, but should be {expected}.")
    if padding is not None:
        expected = (batch, source)
        _assert(
            tuple(padding.shape) == expected,
            f"Expected key_padding_mask to be (batch, source length) = {expected}, but got {tuple(padding.shape)}",
        )


def _check_sizes(query: Value, key: Value, value: Value, e: int, heads: int, weights: tuple[Value | None, ...], separate: bool) -> None:
    found = query.shape[-1]
    _assert(found == e, f"was expecting embedding dimension of {e}, but got {found}")
    _assert(heads > 0 and e % heads == 0, f"embed_dim {e} not divisible by num_heads {heads}")
    if separate:
        _assert(
            tuple(key.shape[:2]) == tuple(value.shape[:2]),
            f"key's sequence and batch dims {tuple(key.shape[:2])} do not match value's {tuple(value.shape[:2])}",
        )
        for name, w in zip(("q", "k", "v"), weights[1:], strict=True):
            _assert(w is not None, f"use_separate_proj_weight is True but {name}_proj_weight is None")
        return
    _assert(tuple(key.shape) == tuple(value.shape), f"key shape {tuple(key.shape)} does not match value shape {tuple(value.shape)}")
    _assert(weights[0] is not None, "use_separate_proj_weight is False but in_proj_weight is None")


def _static(x: Value | None, rows: int, head: int, name: str) -> None:
    if x is not None:
        _assert(x.shape[0] == rows, f"expecting {name}.size(0) of {rows}, but got {x.shape[0]}")
        _assert(x.shape[2] == head, f"expecting {name}.size(2) of {head}, but got {x.shape[2]}")


def _attend(q: Value, k: Value, v: Value, mask: Value | None, dropout_p: float) -> tuple[Value, Value]:
    """(what was read, the weights) for q, k, v (N, heads, ·, head)."""
    scores = matmul(q * math.sqrt(1.0 / q.shape[-1]), transpose(k, -2, -1))
    weights = softmax(scores if mask is None else scores + mask, -1)
    if dropout_p > 0.0:
        weights = dropout(weights, dropout_p)
    return matmul(weights, v), weights


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
    """Multi-head attention on (L, N, E) or (L, E): (output, weights averaged over heads or None). Vaswani et al. 2017, section 3.2.2.

    A boolean mask forbids where it is True. AssertionError or RuntimeError for shapes that do not go together.
    """
    batched = _check_ranks(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        same = (query is key, key is value)
        query, key, value = unsqueeze(query, 1), unsqueeze(key, 1), unsqueeze(value, 1)
        key_padding_mask = None if key_padding_mask is None else unsqueeze(key_padding_mask, 0)
        key = query if same[0] else key
        value = key if same[1] else value
    length, batch, e = query.shape
    padding = added_mask(key_padding_mask, "key_padding_mask", query, attn_mask, "attn_mask")
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method `generate_square_subsequent_mask` "
            "to create this mask."
        )
    is_causal = is_causal and padding is None and not need_weights
    mask = None if is_causal else added_mask(attn_mask, "attn_mask", query)
    weights = (in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight)
    _check_sizes(query, key, value, embed_dim_to_check, num_heads, weights, use_separate_proj_weight)
    head = e // num_heads
    q, k, v = _project(query, key, value, e, in_proj_weight, in_proj_bias, weights[1:] if use_separate_proj_weight else None)
    _check_masks(mask, padding, batch, num_heads, length, key.shape[0] if static_k is None else static_k.shape[1])
    extra = int(add_zero_attn)
    if bias_k is not None and bias_v is not None:
        _assert(static_k is None, "bias cannot be added to static key.")
        _assert(static_v is None, "bias cannot be added to static value.")
        k, v = cat([k, expand(bias_k, (1, batch, e))]), cat([v, expand(bias_v, (1, batch, e))])
        extra += 1
    else:
        _assert(bias_k is None, "bias_k is set but bias_v is None")
        _assert(bias_v is None, "bias_v is set but bias_k is None")
    _static(static_k, batch * num_heads, head, "static_k")
    _static(static_v, batch * num_heads, head, "static_v")

    def heads(x: Value, static: Value | None = None) -> Value:
        x = transpose(reshape(x, (x.shape[0], batch * num_heads, head)), 0, 1) if static is None else static
        return reshape(x, (batch, num_heads, x.shape[1], head))

    q, k, v = heads(q), heads(k, static_k), heads(v, static_v)
    if add_zero_attn:
        more = ((0, 0), (0, 0), (0, 1), (0, 0))
        k, v = pad_constant(k, more), pad_constant(v, more)
    merged = _merged(_more_keys(mask, extra), _more_keys(padding, extra), batch, num_heads)
    rate, shown = (dropout_p if training else 0.0), None
    if need_weights:
        out, shown = _attend(q, k, v, merged, rate)
        shown = mean(shown, 1) if average_attn_weights else shown
    else:
        out = scaled_dot_product_attention(q, k, v, merged, rate, is_causal)
    out = reshape(transpose(transpose(out, 1, 2), 0, 1), (length * batch, e))
    out = reshape(linear(out, out_proj_weight, out_proj_bias), (length, batch, out_proj_weight.shape[0]))
    if batched:
        return out, shown
    return getitem(out, (slice(None), 0)), None if shown is None else getitem(shown, 0)
