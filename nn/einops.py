"""einops' layers as modules: stands where `einops.layers.torch` stood. Imports einops when it is imported, and the layers.

`from nn.einops import Rearrange, Reduce, EinMix`; nothing else here needs einops.
"""

from __future__ import annotations

from typing import Any

from autograd_core.ops.einsum import einsum
from autograd_core.tensor.create import zeros

from .modules.module import Module
from .parameter import Parameter

try:
    from einops.layers import RearrangeMixin, ReduceMixin
    from einops.layers._einmix import _EinmixMixin
except ImportError as error:
    raise ImportError("nn.einops needs the einops package: pip install einops") from error

__all__ = ["EinMix", "Rearrange", "Reduce"]


class Rearrange(RearrangeMixin, Module):
    """einops.rearrange as a layer: Rearrange("b c h w -> b (c h w)")."""

    def forward(self, input: Any) -> Any:
        """The tensor with its axes as the pattern names them."""
        return self._apply_recipe(input)  # type: ignore[no-untyped-call]


class Reduce(ReduceMixin, Module):
    """einops.reduce as a layer: Reduce("b c (h 2) (w 2) -> b c h w", "max")."""

    def forward(self, input: Any) -> Any:
        """The tensor with the axes that the pattern leaves out reduced."""
        return self._apply_recipe(input)  # type: ignore[no-untyped-call]


class EinMix(_EinmixMixin, Module):
    """A linear layer between named axes: EinMix("b t c -> b t k", weight_shape="c k", bias_shape="k", c=8, k=16)."""

    def _create_parameters(self, weight_shape: Any, weight_bound: float, bias_shape: Any, bias_bound: float) -> None:
        self.weight = Parameter(zeros(weight_shape).uniform_(-weight_bound, weight_bound))
        self.bias = None if bias_shape is None else Parameter(zeros(bias_shape).uniform_(-bias_bound, bias_bound))

    def _create_rearrange_layers(self, pre_pattern: str | None, pre_lengths: Any, post_pattern: str | None, post_lengths: Any) -> None:
        self.pre_rearrange = None if pre_pattern is None else Rearrange(pre_pattern, **pre_lengths)
        self.post_rearrange = None if post_pattern is None else Rearrange(post_pattern, **post_lengths)

    def forward(self, input: Any) -> Any:
        """einsum with the weight, plus the bias."""
        x = input if self.pre_rearrange is None else self.pre_rearrange(input)
        out = einsum(self.einsum_pattern, x, self.weight)
        if self.bias is not None:
            out = out + self.bias
        return out if self.post_rearrange is None else self.post_rearrange(out)
