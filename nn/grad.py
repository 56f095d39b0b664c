"""The gradients of convolutions as functions of their own: torch.nn.grad's names.

Imports autograd_core's convolution ops, which differentiate again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_core.ops.conv import conv_input, conv_weight, per_dim

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]

Size = int | Sequence[int]


def _statics(stride: Size, padding: Size, dilation: Size, groups: int, rank: int) -> tuple[Any, ...]:
    given = (("stride", stride), ("padding", padding), ("dilation", dilation))
    return (*[per_dim(value, rank, name) for name, value in given], groups)


def conv1d_input(
    input_size: Sequence[int], weight: Any, grad_output: Any, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> Any:
    """The gradient of conv1d for an input of input_size (N, C, L), given that of its output."""
    return conv_input(grad_output, weight, tuple(input_size), *_statics(stride, padding, dilation, groups, 1))


def conv1d_weight(
    input: Any, weight_size: Sequence[int], grad_output: Any, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> Any:
    """The gradient of conv1d for a weight of weight_size (out, in / groups, K), given that of its output."""
    return conv_weight(grad_output, input, tuple(weight_size), *_statics(stride, padding, dilation, groups, 1))


def conv2d_input(
    input_size: Sequence[int], weight: Any, grad_output: Any, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> Any:
    """The gradient of conv2d for an input of input_size (N, C, H, W), given that of its output."""
    return conv_input(grad_output, weight, tuple(input_size), *_statics(stride, padding, dilation, groups, 2))


def conv2d_weight(
    input: Any, weight_size: Sequence[int], grad_output: Any, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> Any:
    """The gradient of conv2d for a weight of weight_size (out, in / groups, KH, KW), given that of its output."""
    return conv_weight(grad_output, input, tuple(weight_size), *_statics(stride, padding, dilation, groups, 2))


def conv3d_input(
    input_size: Sequence[int], weight: Any, grad_output: Any, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> Any:
    """The gradient of conv3d for an input of input_size (N, C, D, H, W), given that of its output."""
    return conv_input(grad_output, weight, tuple(input_size), *_statics(stride, padding, dilation, groups, 3))


def conv3d_weight(
    input: Any, weight_size: Sequence[int], grad_output: Any, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> Any:
    """The gradient of conv3d for a weight of weight_size (out, in / groups, KD, KH, KW), given that of its output."""
    return conv_weight(grad_output, input, tuple(weight_size), *_statics(stride, padding, dilation, groups, 3))
