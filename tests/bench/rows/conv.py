"""Convolutions, pooling and resampling."""

from __future__ import annotations

import functools

from .row import Row, both_ways

both = functools.partial(both_ways, "convolutions")
pool = functools.partial(both_ways, "pooling")


def conv(name: str, x: str, w: str, more: str = "", function: str = "conv2d") -> list[Row]:
    """A convolution with the gradients of its input and its weight."""
    return both(
        f"conv {name}, {x.replace(', ', 'x')} by {w.replace(', ', 'x')}", f"F.{function}(x, w{more})", f"x:{x};w:{w}", wanted="x, w"
    )


ROWS: list[Row] = [
    *both("conv 3x3, 64x32x26x26 to 64", "F.conv2d(x, w)", "x:64, 32, 26, 26;w:64, 32, 3, 3", wanted="x, w"),
    *both("conv 3x3, 64x1x28x28 to 32", "F.conv2d(x, w)", "x:64, 1, 28, 28;w:32, 1, 3, 3", wanted="w"),
    *both("conv 5x5 stride 2, 16x8x32x32 to 16", "F.conv2d(x, w, stride=2, padding=2)", "x:16, 8, 32, 32;w:16, 8, 5, 5", wanted="x, w"),
    *both("depthwise 3x3, 16x32x28x28", "F.conv2d(x, w, padding=1, groups=32)", "x:16, 32, 28, 28;w:32, 1, 3, 3", wanted="x, w"),
    *conv("3x3", "32, 64, 32, 32", "64, 64, 3, 3", ", padding=1"),
    *conv("3x3", "16, 128, 16, 16", "128, 128, 3, 3", ", padding=1"),
    *conv("3x3", "16, 256, 8, 8", "256, 256, 3, 3", ", padding=1"),
    *conv("3x3", "32, 512, 4, 4", "512, 512, 3, 3", ", padding=1"),
    *conv("3x3", "8, 17, 33, 33", "48, 17, 3, 3", ", padding=1"),
    *conv("3x3", "4, 3, 150, 150", "32, 3, 3, 3"),
    *conv("5x5", "64, 6, 14, 14", "16, 6, 5, 5"),
    *conv("5x5", "16, 32, 28, 28", "64, 32, 5, 5", ", padding=2"),
    *conv("5x5", "64, 1, 28, 28", "6, 1, 5, 5", ", padding=2"),
    *conv("7x7 stride 2", "4, 3, 112, 112", "64, 3, 7, 7", ", stride=2, padding=3"),
    *conv("3x3 stride 2", "8, 64, 28, 28", "128, 64, 3, 3", ", stride=2, padding=1"),
    *conv("1x1", "16, 64, 28, 28", "128, 64, 1, 1"),
    *conv("4x4 stride 4", "8, 3, 64, 64", "64, 3, 4, 4", ", stride=4"),
    *conv("depthwise stride 2", "8, 64, 28, 28", "64, 1, 3, 3", ", stride=2, padding=1, groups=64"),
    *conv("in 4 groups", "8, 64, 28, 28", "64, 16, 3, 3", ", padding=1, groups=4"),
    *conv("dilated", "8, 32, 28, 28", "32, 32, 3, 3", ", padding=2, dilation=2"),
    *conv("1-d", "16, 32, 256", "64, 32, 5", ", padding=2", "conv1d"),
    *conv("3-d", "2, 8, 16, 16, 16", "16, 8, 3, 3, 3", ", padding=1", "conv3d"),
    *conv("transposed", "8, 64, 14, 14", "64, 32, 4, 4", ", stride=2, padding=1", "conv_transpose2d"),
    *conv("tiny", "1, 1, 8, 8", "4, 1, 3, 3", ", padding=1"),
    *pool("max_pool2d 3 stride 2, 16x64x16x61", "F.max_pool2d(x, 3, 2, 1)", "x:16, 64, 16, 61"),
    *pool("adaptive_avg_pool2d 7, 16x64x13x17", "F.adaptive_avg_pool2d(x, 7)", "x:16, 64, 13, 17"),
    *pool("adaptive_max_pool2d 5, 16x64x13x17", "F.adaptive_max_pool2d(x, 5)", "x:16, 64, 13, 17"),
    *pool("avg_pool2d 3 stride 2, 16x64x33x33", "F.avg_pool2d(x, 3, 2, 1)", "x:16, 64, 33, 33"),
    *pool("adaptive_avg_pool2d 1, 64x256x8x8", "F.adaptive_avg_pool2d(x, 1)", "x:64, 256, 8, 8"),
    *pool("upsample nearest 2, 16x64x15x15", "F.interpolate(x, scale_factor=2)", "x:16, 64, 15, 15"),
    *pool("max_pool2d 2, 64x64x24x24", "F.max_pool2d(x, 2)", "x:64, 64, 24, 24"),
    *pool("avg_pool2d 2, 64x64x24x24", "F.avg_pool2d(x, 2)", "x:64, 64, 24, 24"),
]
