"""Batch norm folded into the layer before it, for evaluation. Imports Module's kin and Tensor's operations."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from ..modules.module import Module
from ..parameter import Parameter

__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]

M = TypeVar("M", bound=Module)


def fuse_conv_bn_eval(conv: M, bn: Module, transpose: bool = False) -> M:
    """A convolution that does what `conv` and `bn` after it do in evaluation; with `transpose` for a transposed one.

    AssertionError in training mode or without running statistics.
    """
    fused = _evaluating(conv, bn)
    layer: Any = bn
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, layer.running_mean, layer.running_var, layer.eps, layer.weight, layer.bias, transpose
    )
    out: M = fused
    return out


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """W γ / √(σ² + ε) and (b − μ) γ / √(σ² + ε) + β, the scale along the output channels of W."""
    scale = ag.rsqrt(bn_rv + bn_eps) * (1 if bn_w is None else bn_w)
    shape = [1] * conv_w.ndim
    shape[1 if transpose else 0] = -1
    return _fused(conv_w, conv_b, scale.reshape(shape), scale, bn_rm, bn_b)


def fuse_linear_bn_eval(linear: M, bn: Module) -> M:
    """A linear layer that does what `linear` and `bn` after it do in evaluation.

    AssertionError in training mode, without running statistics, or where bn normalises another number of features.
    """
    fused, layer = _evaluating(linear, bn), bn
    outputs, features = fused.out_features, layer.num_features
    if features not in (1, outputs):
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={outputs} and bn.num_features={features}"
        )
    fused.weight, fused.bias = fuse_linear_bn_weights(
        fused.weight, fused.bias, layer.running_mean, layer.running_var, layer.eps, layer.weight, layer.bias
    )
    out: M = fused
    return out


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor, bn_b: Tensor
) -> tuple[Parameter, Parameter]:
    """W γ / √(σ² + ε) and (b − μ) γ / √(σ² + ε) + β, the scale along the rows of W."""
    scale = bn_w * ag.rsqrt(bn_rv + bn_eps)
    return _fused(linear_w, linear_b, scale.unsqueeze(-1), scale, bn_rm, bn_b)


def _evaluating(layer: Module, bn: Any) -> Any:
    """A copy of the layer, where both are in evaluation mode and the statistics are known."""
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return copy.deepcopy(layer)


def _fused(
    w: Tensor, b: Tensor | None, along: Tensor, scale: Tensor, mean: Tensor, shift: Tensor | None
) -> tuple[Parameter, Parameter]:
    with ag.no_grad():
        bias = ag.zeros_like(mean) if b is None else b
        kind = w.dtype if b is None else b.dtype
        fused_b = ((bias - mean) * scale + (0 if shift is None else shift)).to(dtype=kind)
        return Parameter((w * along).to(dtype=w.dtype), w.requires_grad), Parameter(fused_b, bias.requires_grad)
