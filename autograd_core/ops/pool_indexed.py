"""Max pooling that always gives the places: nn.functional's names with _with_indices. Imports op and pooling."""

from __future__ import annotations

from typing import Any

from ..op import Value, composed
from .pool import (
    Size,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)


@composed(spaces="functional")
def max_pool1d_with_indices(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """max_pool1d with the places, whatever return_indices says."""
    return max_pool1d(x, kernel_size, stride, padding, dilation, ceil_mode, True)


@composed(spaces="functional")
def max_pool2d_with_indices(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """max_pool2d with the places, whatever return_indices says."""
    return max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode, True)


@composed(spaces="functional")
def max_pool3d_with_indices(
    x: Value,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """max_pool3d with the places, whatever return_indices says."""
    return max_pool3d(x, kernel_size, stride, padding, dilation, ceil_mode, True)


@composed(spaces="functional")
def adaptive_max_pool1d_with_indices(x: Value, output_size: Any, return_indices: bool = False) -> Any:
    """adaptive_max_pool1d with the places, whatever return_indices says."""
    return adaptive_max_pool1d(x, output_size, True)


@composed(spaces="functional")
def adaptive_max_pool2d_with_indices(x: Value, output_size: Any, return_indices: bool = False) -> Any:
    """adaptive_max_pool2d with the places, whatever return_indices says."""
    return adaptive_max_pool2d(x, output_size, True)


@composed(spaces="functional")
def adaptive_max_pool3d_with_indices(x: Value, output_size: Any, return_indices: bool = False) -> Any:
    """adaptive_max_pool3d with the places, whatever return_indices says."""
    return adaptive_max_pool3d(x, output_size, True)
