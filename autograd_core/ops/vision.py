"""Rearrangements of images and channels: pixel_shuffle, channel_shuffle and their like. Imports op and shape."""

from __future__ import annotations

from ..op import Value, composed
from .shape import permute, reshape


@composed(spaces="torch functional")
def pixel_shuffle(x: Value, upscale_factor: int) -> Value:
    """(*, C·r², H, W) to (*, C, H·r, W·r): channels become the places of finer pixels. Shi et al. 2016."""
    r, shape = int(upscale_factor), tuple(x.shape)
    if len(shape) < 3:
        raise RuntimeError(f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)")
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    *lead, c, h, w = shape
    if c % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={c} is not "
            f"divisible by {r * r}"
        )
    n = len(lead)
    x = reshape(x, (*lead, c // (r * r), r, r, h, w))
    x = permute(x, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return reshape(x, (*lead, c // (r * r), h * r, w * r))


@composed(spaces="torch functional")
def pixel_unshuffle(x: Value, downscale_factor: int) -> Value:
    """The inverse of pixel_shuffle: (*, C, H·r, W·r) to (*, C·r², H, W)."""
    r, shape = int(downscale_factor), tuple(x.shape)
    if len(shape) < 3:
        raise RuntimeError(f"pixel_unshuffle expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)")
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    *lead, c, h, w = shape
    if h % r or w % r:
        raise RuntimeError(
            f"pixel_unshuffle expects height and width to be divisible by downscale_factor, but {h} x {w} is not divisible by {r}"
        )
    n = len(lead)
    x = reshape(x, (*lead, c, h // r, r, w // r, r))
    x = permute(x, (*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return reshape(x, (*lead, c * r * r, h // r, w // r))


@composed(spaces="torch functional")
def channel_shuffle(x: Value, groups: int) -> Value:
    """The channels of (N, C, ...) dealt out of `groups` piles. Zhang et al. 2018."""
    shape = tuple(x.shape)
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0 or shape[1] % groups:
        raise RuntimeError(f"Number of channels must be divisible by groups. Got {shape[1]} channels and {groups} groups.")
    x = reshape(x, (shape[0], groups, shape[1] // groups, *shape[2:]))
    return reshape(permute(x, (0, 2, 1, *range(3, len(shape) + 1))), shape)


@composed(spaces="torch functional")
def native_channel_shuffle(x: Value, groups: int) -> Value:
    """channel_shuffle under the name of PyTorch's kernel."""
    return channel_shuffle(x, groups)
