"""Layer, group, RMS and local response normalisation. Imports Module, the functional ops and the initialisers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from .. import functional as F
from .. import init
from ..parameter import Parameter
from .module import Module

__all__ = ["CrossMapLRN2d", "GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class _Affine(Module):
    """A weight that starts as 1 and a bias that starts as 0."""

    weight: Parameter | None
    bias: Parameter | None

    def _make(self, shape: Any, weight: bool, device: Any, dtype: Any, **also: bool) -> None:
        self.register_parameter("weight", Parameter(ag.empty(shape, device=device, dtype=dtype)) if weight else None)
        if "bias" in also:
            made = weight and also["bias"]
            self.register_parameter("bias", Parameter(ag.empty(shape, device=device, dtype=dtype)) if made else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start anew: weight 1, bias 0."""
        for name, param in self._parameters.items():
            if param is not None:
                (init.ones_ if name == "weight" else init.zeros_)(param)


class _OverLast(_Affine):
    """What normalises over the last dimensions, normalized_shape."""

    normalized_shape: tuple[int, ...]

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        x = args[0] if args else next(iter(kwargs.values()), None)
        wanted = self.normalized_shape
        if not isinstance(x, Tensor) or tuple(x.shape[-len(wanted) :]) == wanted:
            return None
        said = f"{type(self).__name__}(normalized_shape={list(wanted)}) got x of shape {tuple(x.shape)}"
        if x.ndim < len(wanted):
            return f"{said}, which has fewer dimensions than the {len(wanted)} to normalise."
        return f"{said}, whose last dimensions are {list(x.shape[-len(wanted) :])}. Set normalized_shape={list(x.shape[-len(wanted) :])}."


def _shape(value: int | Sequence[int]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


class LayerNorm(_OverLast):
    """Normalises over the trailing dimensions normalized_shape of each sample. Source: Ba, Kiros, Hinton (2016)."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self._make(self.normalized_shape, elementwise_affine, device, dtype, bias=bias)

    def forward(self, input: Any) -> Any:
        """(x − mean) / √(variance + eps) · weight + bias."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"


class RMSNorm(_OverLast):
    """x / √(mean(x²) + eps) · weight over the trailing dimensions normalized_shape. Source: Zhang and Sennrich (2019)."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self._make(self.normalized_shape, elementwise_affine, device, dtype)

    def forward(self, x: Any) -> Any:
        """x / √(mean(x²) + eps) · weight."""
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_Affine):
    """Normalises each sample of (N, C, ...) over num_groups groups of channels. Source: Wu and He (2018)."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps = eps
        self.affine = affine
        self._make(num_channels, affine, device, dtype, bias=bias)

    def forward(self, input: Any) -> Any:
        """(x − mean) / √(variance + eps) · weight + bias."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        x = args[0] if args else kwargs.get("input")
        if isinstance(x, Tensor) and x.ndim > 1 and x.shape[1] != self.num_channels:
            said = f"GroupNorm(num_groups={self.num_groups}, num_channels={self.num_channels}) got x of shape {tuple(x.shape)}"
            return f"{said}, which has {x.shape[1]} channels. Set num_channels={x.shape[1]}, and num_groups to a divisor of it."
        return None


class LocalResponseNorm(Module):
    """x / (k + alpha · mean of x² over `size` neighbouring channels)^beta. Source: Krizhevsky et al. (2012)."""

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Any) -> Any:
        """The normalised input."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(LocalResponseNorm):
    """LocalResponseNorm of (N, C, H, W) under its older name.

    PyTorch's own form of it counts the first channel in every window; this one counts each window's channels.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)

    def forward(self, input: Any) -> Any:
        """The normalised input. ValueError unless it has four dimensions."""
        if input.ndim != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.ndim}D instead.")
        return super().forward(input)
