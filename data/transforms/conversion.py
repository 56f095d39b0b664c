"""Transforms that change what a pixel is: image to tensor and back, type, scale, colours. Random draws are torchvision's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import autograd_core as ag

from . import functional as F


class ToTensor:
    """A PIL image or array (H, W, C) of bytes 0..255 to a float tensor (C, H, W) of 0..1; other types are not scaled."""

    def __call__(self, pic: Any) -> ag.Tensor:
        return F.to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PILToTensor:
    """A PIL image to a tensor (C, H, W) of its own type, not scaled."""

    def __call__(self, pic: Any) -> ag.Tensor:
        return F.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToPILImage:
    """A tensor (C, H, W) or array (H, W, C) to a PIL image."""

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode

    def __call__(self, pic: Any) -> Any:
        return F.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self.mode is None else f'mode={self.mode}'})"


class ConvertImageDtype:
    """Another type, integers scaled to floats 0..1 and back."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype

    def __call__(self, image: ag.Tensor) -> ag.Tensor:
        return F.convert_image_dtype(image, self.dtype)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Normalize:
    """(x − mean) / std for each channel of a float tensor (..., C, H, W)."""

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def __call__(self, tensor: ag.Tensor) -> ag.Tensor:
        return F.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"


class Grayscale:
    """Luma, in one channel or repeated in three."""

    def __init__(self, num_output_channels: int = 1) -> None:
        self.num_output_channels = num_output_channels

    def __call__(self, img: Any) -> Any:
        return F.rgb_to_grayscale(img, self.num_output_channels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"


class RandomGrayscale:
    """Luma instead of colours with probability ``p``, with as many channels as before."""

    def __init__(self, p: float = 0.1) -> None:
        self.p = p

    def __call__(self, img: Any) -> Any:
        if ag.rand(1).item() >= self.p:
            return img
        return F.rgb_to_grayscale(img, F.get_dimensions(img)[0])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class GaussianNoise:
    """Noise N(mean, sigma²) added to a tensor, with ``clip`` kept within 0..1 (``torchvision.transforms.v2``)."""

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> None:
        self.mean = mean
        self.sigma = sigma
        self.clip = clip

    def __call__(self, img: ag.Tensor) -> ag.Tensor:
        return F.gaussian_noise(img, self.mean, self.sigma, self.clip)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, sigma={self.sigma}, clip={self.clip})"


class RandomErasing:
    """With probability ``p``, set a random rectangle of a tensor (..., C, H, W) to ``value``, or to noise with ``value="random"``.

    Source: Zhong et al. 2017, "Random Erasing Data Augmentation".
    """

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: Any = 0,
        inplace: bool = False,
    ) -> None:
        if not 0 <= p <= 1:
            raise ValueError(f"RandomErasing: p must be between 0 and 1, got {p}")
        if not 0 <= scale[0] <= scale[1] <= 1:
            raise ValueError(f"RandomErasing: scale must be (low, high) between 0 and 1, got {scale}")
        if isinstance(value, str) and value != "random":
            raise ValueError(f'RandomErasing: value must be a number, one per channel, or "random", got {value!r}')
        self.p, self.scale, self.ratio, self.value, self.inplace = p, scale, ratio, value, inplace

    def _rectangle(self, channels: int, height: int, width: int) -> tuple[int, int, Any] | None:
        """(top, left, content) of a rectangle that fits; None after ten that do not."""
        low, high = ag.log(ag.tensor([float(bound) for bound in self.ratio])).tolist()
        for _ in range(10):
            area = height * width * ag.empty(1).uniform_(self.scale[0], self.scale[1]).item()
            aspect = ag.exp(ag.empty(1).uniform_(low, high)).item()
            h, w = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if not (h < height and w < width):
                continue
            if self.value == "random":
                content = ag.empty(channels, h, w).normal_()
            else:
                values = self.value if isinstance(self.value, tuple | list) else [self.value]
                if len(values) not in (1, channels):
                    raise ValueError(f"RandomErasing: value must be one number or {channels}, got {self.value!r}")
                content = ag.tensor([float(v) for v in values]).reshape(-1, 1, 1).expand(channels, h, w)
            top = int(ag.randint(0, height - h + 1, (1,)).item())
            return top, int(ag.randint(0, width - w + 1, (1,)).item()), content
        return None

    def __call__(self, img: ag.Tensor) -> ag.Tensor:
        if ag.rand(1).item() >= self.p:
            return img
        channels, height, width = F.get_dimensions(img)
        found = self._rectangle(channels, height, width)
        if found is None:
            return img
        top, left, content = found
        return F.erase(img, top, left, int(content.shape[-2]), int(content.shape[-1]), content, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value}, inplace={self.inplace})"
