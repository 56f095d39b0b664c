"""What changes pixels where they are: image to tensor and back, type, scale, gray, erasing, noise; on PIL images and tensors (..., H, W).

Pillow is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag

from .geometry import is_pil

_PIL_DTYPES = {"I": np.int32, "F": np.float32}  # "I;16" and its byte orders fall to int16 or uint16 below
_MODES = {
    ("uint8", 1): "L",
    ("int16", 1): "I;16",
    ("int32", 1): "I",
    ("float32", 1): "F",
    ("uint8", 2): "LA",
    ("uint8", 3): "RGB",
    ("uint8", 4): "RGBA",
}
_UNSAFE = (("float32", "int32"), ("float32", "int64"), ("float64", "int64"))
_ALTERNATIVES = {2: ("LA",), 3: ("RGB", "YCbCr", "HSV"), 4: ("RGBA", "CMYK", "RGBX")}


def _channels_first(array: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, C) to a contiguous and writable (C, H, W)."""
    image = np.ascontiguousarray(array[None] if array.ndim == 2 else array.transpose(2, 0, 1))
    return image if image.flags.writeable else image.copy()


def scale_bytes(array: np.ndarray) -> np.ndarray:
    """uint8 0..255 to the default floating type 0..1, any shape: x / 255."""
    scaled = array.astype(ag.get_default_dtype())
    scaled /= 255
    return scaled


def to_tensor(pic: Any) -> ag.Tensor:
    """A PIL image or an array (H, W) or (H, W, C) to a tensor (C, H, W); uint8 is scaled from 0..255 to 0..1.

    Raises:
        TypeError: neither of the two.
        ValueError: an array with another number of dimensions.
    """
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"to_tensor takes an image (H, W) or (H, W, C), got an array with {pic.ndim} dimensions, shape {pic.shape}")
        array = _channels_first(pic)
        return ag.from_numpy(scale_bytes(array) if array.dtype == np.uint8 else array)
    if not is_pil(pic):
        raise TypeError(f"to_tensor takes a PIL image or a NumPy array, got {type(pic)}")
    if pic.mode == "1":
        return ag.from_numpy(scale_bytes(_channels_first(np.asarray(pic, dtype=np.uint8) * np.uint8(255))))
    array = _channels_first(_pil_array(pic))
    return ag.from_numpy(scale_bytes(array) if array.dtype == np.uint8 else array)


def _pil_array(pic: Any) -> np.ndarray:
    """A writable copy of the pixels, in the type that torchvision reads them as."""
    if pic.mode.startswith("I;16"):
        return np.array(pic).astype(np.int16)
    return np.array(pic, dtype=_PIL_DTYPES.get(pic.mode))


def pil_to_tensor(pic: Any) -> ag.Tensor:
    """A PIL image to a tensor (C, H, W) of the same type, not scaled.

    Raises:
        TypeError: not a PIL image.
    """
    if not is_pil(pic):
        raise TypeError(f"pil_to_tensor takes a PIL image, got {type(pic)}; for arrays use to_tensor")
    return ag.from_numpy(_channels_first(np.array(pic)))


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """A tensor (C, H, W) or (H, W), or an array (H, W, C) or (H, W), to a PIL image. Floats are taken as 0..1 unless ``mode="F"``.

    Raises:
        TypeError: neither tensor nor array, or a type of values that no mode holds.
        ValueError: not an image's shape, or a ``mode`` that does not fit it.
    """
    from PIL import Image

    if isinstance(pic, ag.Tensor):
        array = pic.detach().numpy()
        if array.ndim not in (2, 3):
            raise ValueError(f"to_pil_image takes a tensor (C, H, W) or (H, W), got shape {array.shape}")
        if array.dtype.kind == "f" and mode != "F":
            array = (array * array.dtype.type(255)).astype(np.uint8)
        array = array[:, :, None] if array.ndim == 2 else array.transpose(1, 2, 0)
    elif isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"to_pil_image takes an array (H, W, C) or (H, W), got shape {pic.shape}")
        array = pic[:, :, None] if pic.ndim == 2 else pic
    else:
        raise TypeError(f"to_pil_image takes a tensor or a NumPy array, got {type(pic)}")
    channels = array.shape[2]
    if channels > 4:
        raise ValueError(f"an image has at most 4 channels, got {channels} (shape {array.shape} as height, width, channels)")
    image = Image.fromarray(np.ascontiguousarray(array[:, :, 0] if channels == 1 else array))
    return _with_mode(image, array, mode)


def _with_mode(image: Any, array: np.ndarray, mode: str | None) -> Any:
    from PIL import Image

    channels = array.shape[2]
    natural = _MODES.get((array.dtype.name, channels))
    if natural is None:
        raise TypeError(f"no PIL mode holds {channels} channels of {array.dtype}; convert to uint8 (or float between 0 and 1)")
    allowed = (natural,) if channels == 1 else _ALTERNATIVES[channels]
    if mode is not None and mode not in allowed:
        raise ValueError(f"mode={mode!r} does not fit {channels} channels of {array.dtype}: use one of {allowed}")
    if mode in (None, natural):
        return image
    # The same bytes under another name, not a conversion of colours.
    return Image.frombytes(mode, image.size, image.tobytes())


def normalize(tensor: ag.Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> ag.Tensor:
    """(x − mean) / std for each channel of a float tensor (..., C, H, W).

    Raises:
        TypeError: not a tensor of floats.
        ValueError: fewer than three dimensions, or a std that is zero in the tensor's type.
    """
    if not isinstance(tensor, ag.Tensor):
        raise TypeError(f"normalize takes a tensor, got {type(tensor)}; put ToTensor() before Normalize(...)")
    if not tensor.is_floating_point():
        raise TypeError(f"normalize takes floats, got a tensor of {tensor.dtype}; put ToTensor() or ConvertImageDtype(...) before it")
    if tensor.dim() < 3:
        raise ValueError(f"normalize takes an image (..., C, H, W), got shape {tuple(tensor.shape)}")
    array = tensor.detach().numpy()
    shift, scale = channel_constants(mean, std, array)
    if tensor.requires_grad:
        return (tensor - ag.from_numpy(shift)) / ag.from_numpy(scale)
    if inplace:
        return tensor.sub_(ag.from_numpy(shift)).div_(ag.from_numpy(scale))
    result = array - shift
    result /= scale
    return ag.from_numpy(result)


def channel_constants(mean: Any, std: Any, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``mean`` and ``std`` in the image's type, shaped to broadcast over (..., C, H, W). ValueError where they do not fit or std is 0."""
    constants = []
    for name, given in (("mean", mean), ("std", std)):
        values = np.asarray(given, dtype=image.dtype)
        if values.ndim == 1:
            if values.size not in (1, image.shape[-3]) and image.shape[-3] != 1:
                raise RuntimeError(f"normalize: {name} has {values.size} values, the image has {image.shape[-3]} channels")
            values = values.reshape(-1, 1, 1)
        constants.append(values)
    if (constants[1] == 0).any():
        raise ValueError(f"normalize: std={std} is zero in {image.dtype}, which would divide by zero")
    return constants[0], constants[1]


def convert_image_dtype(image: ag.Tensor, dtype: Any = None) -> ag.Tensor:
    """The same picture in another type: integers span their whole range, floats 0..1. ``dtype`` is float32 unless given.

    Raises:
        RuntimeError: float32 to int32 or int64, float64 to int64: those floats cannot count that far.
    """
    source, target = image.array.dtype, np.dtype(dtype if dtype is not None else np.float32)
    if source == target:
        return image
    array = image.detach().numpy()
    if source.kind == "f":
        if target.kind == "f":
            return ag.from_numpy(array.astype(target))
        if (source.name, target.name) in _UNSAFE:
            raise RuntimeError(f"{source} cannot hold every {target}: convert to a smaller integer type")
        # One less than the number of steps, so that 1.0 itself stays in range.
        return ag.from_numpy((array * source.type(np.iinfo(target).max + 1 - 1e-3)).astype(target))
    high = np.iinfo(source).max
    if target.kind == "f":
        return ag.from_numpy(array.astype(target) / target.type(high))
    ratio = (np.iinfo(target).max + 1) / (high + 1)
    if ratio < 1:
        return ag.from_numpy((array // int(1 / ratio)).astype(target))
    return ag.from_numpy(array.astype(target) * target.type(int(ratio)))


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Luma 0.2989 R + 0.587 G + 0.114 B of a tensor (..., 3, H, W), or Pillow's own of a PIL image.

    Raises:
        ValueError: ``num_output_channels`` not 1 or 3.
        TypeError: a tensor with other than 1 or 3 channels.
    """
    if num_output_channels not in (1, 3):
        raise ValueError(f"num_output_channels must be 1 or 3, got {num_output_channels}")
    if is_pil(img):
        gray = img.convert("L")
        return gray if num_output_channels == 1 else _triple(gray)
    array = img.detach().numpy()
    channels = array.shape[-3] if array.ndim >= 3 else 0
    if channels not in (1, 3):
        raise TypeError(f"rgb_to_grayscale takes a tensor (..., 1 or 3, H, W), got shape {array.shape}")
    if channels == 3:
        red, green, blue = (array[..., i : i + 1, :, :] for i in range(3))
        array = (0.2989 * red + 0.587 * green + 0.114 * blue).astype(array.dtype)
    return ag.from_numpy(np.repeat(array, 3, axis=-3) if num_output_channels == 3 else array.copy())


def _triple(gray: Any) -> Any:
    from PIL import Image

    return Image.merge("RGB", (gray, gray, gray))


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """``rgb_to_grayscale`` of a PIL image."""
    if not is_pil(img):
        raise TypeError(f"to_grayscale takes a PIL image, got {type(img)}; for tensors use rgb_to_grayscale")
    return rgb_to_grayscale(img, num_output_channels)


def erase(img: ag.Tensor, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> ag.Tensor:
    """The rectangle of height ``h`` and width ``w`` with corner (i, j) set to ``v``, in a tensor (..., C, H, W).

    Raises:
        TypeError: not a tensor.
    """
    if not isinstance(img, ag.Tensor):
        raise TypeError(f"erase takes a tensor, got {type(img)}; put it after ToTensor()")
    result = img if inplace else img.clone()
    result[..., i : i + h, j : j + w] = v
    return result


def gaussian_noise(img: ag.Tensor, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> ag.Tensor:
    """x + mean + sigma · N(0, 1), with ``clip`` kept within 0..1; uint8 images are noised in the same scale of 0..1.

    Raises:
        TypeError: not a tensor.
        ValueError: a type other than floats and uint8, or a negative ``sigma``.
    """
    if not isinstance(img, ag.Tensor):
        raise TypeError(f"gaussian_noise takes a tensor, got {type(img)}; put it after ToTensor()")
    if not img.is_floating_point() and img.dtype != ag.uint8:
        raise ValueError(f"gaussian_noise takes floats or uint8, got {img.dtype}")
    if sigma < 0:
        raise ValueError(f"gaussian_noise: sigma must not be negative, got {sigma}")
    if img.is_floating_point():
        noisy = img + (mean + ag.randn(img.shape, dtype=img.dtype) * sigma)
        return noisy.clamp(0, 1) if clip else noisy
    noise = mean * 255 + ag.randn(img.shape) * (sigma * 255)
    noisy = img.to(ag.int16) + noise.to(ag.int16)
    return (noisy.clamp(0, 255) if clip else noisy).to(ag.uint8)
