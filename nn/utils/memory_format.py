"""Conversions of the memory layout of convolutions. Imports Module; there is one layout here, so they change nothing."""

from __future__ import annotations

from typing import Any, TypeVar

from ..modules.module import Module

__all__ = ["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"]

M = TypeVar("M", bound=Module)


def convert_conv2d_weight_memory_format(module: M, memory_format: Any) -> M:
    """The module as it is: every kernel takes every layout."""
    return module


def convert_conv3d_weight_memory_format(module: M, memory_format: Any) -> M:
    """The module as it is: every kernel takes every layout."""
    return module
