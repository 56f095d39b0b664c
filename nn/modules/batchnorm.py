"""Batch and instance normalisation. Imports Module, the functional ops and the initialisers.

What both share, the affine parameters and the running statistics, stands in `_NormBase`.
"""

from __future__ import annotations

import warnings
from typing import Any

import autograd_core as ag
from autograd_core.frames import user_level
from autograd_core.tensor.base import Tensor

from .. import functional as F
from .. import init
from ..parameter import Parameter
from .module import Module

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "SyncBatchNorm"]


_FITTING = {2: "1d", 3: "1d", 4: "2d", 5: "3d"}  # the layer for an input with so many dimensions


class _NormBase(Module):
    _version = 2
    ranks: tuple[int, ...]  # the numbers of dimensions that an input may have
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        made = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(ag.empty(num_features, **made)) if affine else None)
        self.register_parameter("bias", Parameter(ag.empty(num_features, **made)) if affine and bias else None)
        self.register_buffer("running_mean", ag.zeros(num_features, **made) if track_running_stats else None)
        self.register_buffer("running_var", ag.ones(num_features, **made) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", ag.tensor(0, dtype=ag.int64) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the running statistics: mean 0, variance 1."""
        if self.track_running_stats:
            for buffer, value in ((self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0)):
                buffer.fill_(value)  # type: ignore[union-attr]

    def reset_parameters(self) -> None:
        """Start anew: weight 1, bias 0, no running statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Any) -> None:
        if input.ndim not in self.ranks:
            wanted = " or ".join(f"{rank}D" for rank in self.ranks)
            name, fitting = type(self).__name__, _FITTING.get(input.ndim)
            fix = f": use {name[:-2]}{fitting}" if fitting and name.endswith("d") else ""
            raise ValueError(f"expected {wanted} input (got {input.ndim}D input of shape {list(input.shape)}){fix}")

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: dict[str, Any], *rest: Any) -> None:
        version = local_metadata.get("version")
        key = prefix + "num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            # before version 2 the count was not saved
            state_dict[key] = ag.tensor(0, dtype=ag.int64) if self.num_batches_tracked is None else self.num_batches_tracked
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class _BatchNorm(_NormBase):
    """Normalises each channel by mean and variance over the batch; when not training, by the running ones."""

    def forward(self, input: Any) -> Any:
        """(x − mean) / √(variance + eps) · weight + bias."""
        self._check_input_dim(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        count = self.num_batches_tracked
        if self.training and self.track_running_stats and count is not None:
            count.add_(1)
            if self.momentum is None:  # the plain average of all batches
                momentum = 1.0 / count.item()
        own_statistics = self.training or (self.running_mean is None and self.running_var is None)
        moving = not self.training or self.track_running_stats
        return F.batch_norm(
            input,
            self.running_mean if moving else None,
            self.running_var if moving else None,
            self.weight,
            self.bias,
            own_statistics,
            momentum,
            self.eps,
        )

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        x = args[0] if args else kwargs.get("input")
        if isinstance(x, Tensor) and x.ndim in self.ranks and x.shape[1] != self.num_features:
            return (
                f"{type(self).__name__}(num_features={self.num_features}) got x of shape {tuple(x.shape)}, which has {x.shape[1]} "
                "channels. "
                f"Set num_features={x.shape[1]}."
            )
        return None


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of (N, C) or (N, C, L). Source: Ioffe and Szegedy (2015)."""

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of (N, C, H, W). Source: Ioffe and Szegedy (2015)."""

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of (N, C, D, H, W). Source: Ioffe and Szegedy (2015)."""

    ranks = (5,)


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation of (N, C, ...) over all processes of a group: here there is one process, so it is batch normalisation."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Any) -> None:
        if input.ndim < 2:
            raise ValueError(f"expected at least 2D input (got {input.ndim}D input)")
        if input.shape[1] == 0:
            raise ValueError(f"SyncBatchNorm number of input channels should be non-zero: got x of shape {list(input.shape)}")

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The module with every batch normalisation in it, or itself, made a SyncBatchNorm of the same tensors."""
        out = module
        if isinstance(module, _BatchNorm):
            arguments = (module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats, process_group)
            out = SyncBatchNorm(*arguments, bias=module.bias is not None)
            for table in (module._parameters, module._buffers):
                for name, value in table.items():
                    setattr(out, name, value)
            out.training = module.training
        for name, child in module.named_children():
            out.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return out


class _InstanceNorm(_NormBase):
    """Normalises each channel of each sample by its own mean and variance."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: dict[str, Any], strict: bool, missing: Any, unexpected: Any, error_msgs: Any
    ) -> None:
        old = [prefix + name for name in ("running_mean", "running_var") if prefix + name in state_dict]
        if local_metadata.get("version") is None and not self.track_running_stats and old:
            error_msgs.append(
                f"Unexpected running stats buffer(s) {' and '.join(repr(key) for key in old)} for {type(self).__name__} with "
                "track_running_stats=False. If this checkpoint is from before PyTorch 0.4.0, remove these keys; if the running stats "
                "are needed, set track_running_stats=True"
            )
            for key in old:
                del state_dict[key]
        super()._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing, unexpected, error_msgs)

    def forward(self, input: Any) -> Any:
        """(x − mean) / √(variance + eps) · weight + bias."""
        self._check_input_dim(input)
        at = input.ndim - (self.ranks[-1] - 1)
        if input.shape[at] != self.num_features:
            said = f"expected input's size at dim={at} to match num_features ({self.num_features}), but got: {input.shape[at]}"
            if self.affine:
                raise ValueError(f"{said}: set num_features={input.shape[at]}")
            warnings.warn(f"{said}; without affine=True it is not used", stacklevel=user_level())
        alone = at == 0
        x = input.unsqueeze(0) if alone else input
        own_statistics = self.training or not self.track_running_stats
        momentum = 0.0 if self.momentum is None else self.momentum
        out = F.instance_norm(x, self.running_mean, self.running_var, self.weight, self.bias, own_statistics, momentum, self.eps)
        return out.squeeze(0) if alone else out


class InstanceNorm1d(_InstanceNorm):
    """Instance normalisation of (N, C, L) or (C, L). Source: Ulyanov et al. (2016)."""

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of (N, C, H, W) or (C, H, W). Source: Ulyanov et al. (2016)."""

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of (N, C, D, H, W) or (C, D, H, W). Source: Ulyanov et al. (2016)."""

    ranks = (4, 5)
