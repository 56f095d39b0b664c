"""MultiheadAttention. Imports Module, Linear, the functional ops and the initialisers."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from .. import functional as F
from .. import init
from ..parameter import Parameter
from .errors import other_type
from .linear import Linear
from .module import Module

__all__ = ["MultiheadAttention"]


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear, under the name that PyTorch prints for the output projection of attention."""


class MultiheadAttention(Module):
    """softmax(Q Kᵀ / √head) V in num_heads parallel heads of embed_dim / num_heads features, each with projections of its own.

    query (L, N, E), key (S, N, kdim), value (S, N, vdim) to (L, N, E) and the weights (N, L, S); with batch_first the batch comes
    first, without a batch (L, E). add_bias_kv adds a learned key and value, add_zero_attn one of zeros.
    Source: Vaswani et al. 2017, section 3.2.2.
    """

    bias_k: Any
    bias_v: Any

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead")
        super().__init__()
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError(f"embed_dim must be divisible by num_heads: got {embed_dim} and {num_heads}")
        kind = {"device": device, "dtype": dtype}
        widths = (embed_dim, self.kdim, self.vdim)
        shapes: list[Any] = [None, None, None] if self._qkv_same_embed_dim else [(embed_dim, width) for width in widths]
        stacked = (3 * embed_dim, embed_dim) if self._qkv_same_embed_dim else None
        # PyTorch registers the parameters that there are before those that are None, which state_dict does not show
        for name, shape in (("in_proj_weight", stacked), *zip(_SEPARATE, shapes, strict=True)):
            self.register_parameter(name, None if shape is None else Parameter(ag.empty(shape, **kind)))
        self.register_parameter("in_proj_bias", Parameter(ag.empty(3 * embed_dim, **kind)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **kind)
        if add_bias_kv:
            self.bias_k = Parameter(ag.empty((1, 1, embed_dim), **kind))
            self.bias_v = Parameter(ag.empty((1, 1, embed_dim), **kind))
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for name in ("in_proj_weight",) if self._qkv_same_embed_dim else _SEPARATE:
            init.xavier_uniform_(getattr(self, name))
        if self.in_proj_bias is not None:
            for bias in (self.in_proj_bias, self.out_proj.bias):
                init.constant_(bias, 0.0)  # type: ignore[arg-type]
        if self.bias_k is not None:
            init.xavier_normal_(self.bias_k)
            init.xavier_normal_(self.bias_v)

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """(output, weights), the weights averaged over heads, by head, or None.

        Masks: True forbids, numbers are added to the scores. key_padding_mask (N, S), attn_mask (L, S) or (N · heads, L, S).
        """
        turned = self.batch_first and query.ndim == 3
        if turned:
            first = query.transpose(0, 1)
            second = first if key is query else key.transpose(0, 1)
            query, key, value = first, second, second if value is key else value.transpose(0, 1)
        separate = {} if self._qkv_same_embed_dim else {name: getattr(self, name) for name in _SEPARATE}
        out, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=bool(separate),
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
            **separate,
        )
        return (out.transpose(0, 1) if turned else out), weights

    def merge_masks(self, attn_mask: Tensor | None, key_padding_mask: Tensor | None, query: Tensor) -> tuple[Tensor | None, int | None]:
        """Both masks as one and what it is: 0 for (L, L), 1 for (N, L) padding, 2 for (N, heads, L, L)."""
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else 1
        batch, length, _ = query.shape
        merged: Any = attn_mask.reshape(batch if attn_mask.ndim == 3 else 1, -1, length, length)
        merged = merged.expand(batch, self.num_heads, -1, -1)
        if key_padding_mask is not None:
            padding: Any = key_padding_mask
            merged = merged + padding.reshape(batch, 1, 1, length).expand(-1, self.num_heads, -1, -1)
        return merged, 2

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        names = ("query", "key", "value")
        given = dict(zip(names, args, strict=False)) | {k: v for k, v in kwargs.items() if k in names}
        said = f"MultiheadAttention(embed_dim={self.embed_dim}, num_heads={self.num_heads})"
        for name, width in zip(names, (self.embed_dim, self.kdim, self.vdim), strict=True):
            x = given.get(name)
            if not isinstance(x, Tensor):
                return f"{said} takes tensors, got {type(x).__name__} for {name}"
            if x.ndim in (2, 3) and x.shape[-1] != width:
                fix = "" if name == "query" else f" Set {name[0]}dim={x.shape[-1]}."
                return f"{said} got {name} of shape {tuple(x.shape)}: its last size must be {width}.{fix}"
            if x.dtype != self.out_proj.weight.dtype:
                return other_type(f"{said} got {name} of shape {tuple(x.shape)}", x, self.out_proj.weight)
        return None


_SEPARATE = ("q_proj_weight", "k_proj_weight", "v_proj_weight")
