"""Dropout in all its forms. Imports op, the elementwise ops and the random stream."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..frames import user_level
from ..kernels import few
from ..op import Array, Value, composed, op, quiet
from ..random import dropout_mask
from .comparison import values_of

quiet_multiply = quiet(np.multiply)


@op("dropout({x})", x=lambda g, mask, scale: dropped(g, mask, scale), types="any", spaces="engine", torch_name="MulBackward")
def dropped(x: Array, mask: Array, scale: float) -> Array:
    """x · scale where the mask holds, x · 0 elsewhere."""
    if few.row_length(x, None) and mask.shape == x.shape:
        return few.masked(x, mask, scale)
    return quiet_multiply(x, np.multiply(mask, x.dtype.type(scale)))


@op(
    "dropout({x})",
    x=lambda g, mask, scale: dropped(g, mask, scale),
    types="any",
    spaces="engine",
    torch_name="MulBackward",
)
@quiet
def replaced(x: Array, mask: Array, scale: float, value: float, shift: float) -> Array:
    """x where the mask holds and `value` elsewhere, then scaled and shifted: alpha dropout."""
    a = x.dtype.type(scale)
    return np.where(mask, x, x.dtype.type(value)) * a + x.dtype.type(shift)


def _check(p: float, name: str) -> None:
    if not isinstance(p, (int, float)) or not 0.0 <= p <= 1.0:
        raise ValueError(
            f"dropout probability has to be between 0 and 1, but got {p} ({name}: p is the probability that an element is set to 0)"
        )


def _mask_shape(shape: tuple[int, ...], features: bool) -> tuple[int, ...]:
    if features and len(shape) < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, (N, C, ...), got shape {list(shape)}")
    return shape[:2] + (1,) * (len(shape) - 2) if features else shape


def _mask(x: Value, features: bool, p: float) -> np.ndarray:
    """What stays. Single elements are drawn in the order in which they lie in memory, which in a transposed x is not that of its indices."""
    plain = values_of(x)
    shape = _mask_shape(tuple(plain.shape), features)
    if features or not isinstance(plain, np.ndarray) or plain.flags.c_contiguous or 0 in plain.strides:
        return dropout_mask(shape, p)
    order = sorted(range(plain.ndim), key=lambda d: -abs(plain.strides[d]))
    return dropout_mask(tuple(shape[d] for d in order), p).transpose(np.argsort(order))


def _drop(x: Value, p: float, training: bool, inplace: bool, features: bool, name: str) -> Value:
    _check(p, name)
    plain = values_of(x)
    if not training or p == 0.0 or 0 in plain.shape:
        return x
    if plain.dtype.kind != "f":
        raise RuntimeError(f"{name}: result type Float can't be cast to the desired output type {plain.dtype}: use x.float()")
    mask = _mask(x, features, p)
    out = dropped(x, mask, 0.0 if p == 1.0 else 1.0 / (1.0 - p))
    return x.copy_(out) if inplace else out


@composed(spaces="torch functional")
def dropout(x: Value, p: float = 0.5, training: bool = True, inplace: bool = False) -> Value:
    """Each element 0 with probability p, else scaled by 1/(1−p), so that the mean stays; the identity when not training."""
    return _drop(x, p, training, inplace, False, "dropout")


@composed(spaces="functional")
def dropout1d(x: Value, p: float = 0.5, training: bool = True, inplace: bool = False) -> Value:
    """Whole channels of (N, C, L) or (C, L) dropped."""
    if len(x.shape) not in (2, 3):
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {len(x.shape)}D input of shape {list(x.shape)}")
    return _whole(x, p, training, inplace, 3, "dropout1d")


@composed(spaces="functional")
def dropout2d(x: Value, p: float = 0.5, training: bool = True, inplace: bool = False) -> Value:
    """Whole channels of (N, C, H, W) dropped; on (N, C) single elements, with a warning, as in PyTorch."""
    rank = len(x.shape)
    if rank not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {rank}-D input to dropout2d, which is deprecated and will result in an error in a future "
            "release. To retain the "
            "behavior and silence this warning, please use dropout instead. Note that dropout2d exists to provide channel-wise "
            "dropout on inputs with "
            "2 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).",
            stacklevel=user_level(),
        )
    if rank == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is "
            "interpreted as shape "
            "(N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one "
            "without a batch dimension, "
            "i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=user_level(),
        )
    return _drop(x, p, training, inplace, True, "dropout2d")


@composed(spaces="functional")
def dropout3d(x: Value, p: float = 0.5, training: bool = True, inplace: bool = False) -> Value:
    """Whole channels of (N, C, D, H, W) or (C, D, H, W) dropped."""
    rank = len(x.shape)
    if rank not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {rank}-D input to dropout3d, which is deprecated and will result in an error in a future "
            "release. To retain the "
            "behavior and silence this warning, please use dropout instead. Note that dropout3d exists to provide channel-wise "
            "dropout on inputs with "
            "3 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).",
            stacklevel=user_level(),
        )
    return _whole(x, p, training, inplace, 5, "dropout3d")


def _whole(x: Value, p: float, training: bool, inplace: bool, rank: int, name: str) -> Value:
    """Channel dropout on a batch, or on one element without its batch dimension."""
    _check(p, name)
    if len(x.shape) == rank or not x.shape:
        return _drop(x, p, training, inplace, True, name)
    if not training or p == 0.0 or not math.prod(x.shape):
        return x
    mask = dropout_mask((1, x.shape[0]) + (1,) * (len(x.shape) - 1), p)[0]
    out = dropped(x, mask, 0.0 if p == 1.0 else 1.0 / (1.0 - p))
    return x.copy_(out) if inplace else out


ALPHA = -1.7580993408473766  # the negative saturation of SELU: Klambauer et al. 2017, section 3


def _alpha(x: Value, p: float, training: bool, inplace: bool, features: bool, name: str) -> Value:
    _check(p, name)
    if not training or p == 0.0 or not math.prod(x.shape):
        return x
    mask: Any = _mask(x, features, p)
    a = 0.0 if p == 1.0 else 1.0 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    out = replaced(x, mask, a, ALPHA, -a * ALPHA * p)
    return x.copy_(out) if inplace else out


@composed(spaces="torch functional")
def alpha_dropout(x: Value, p: float = 0.5, training: bool = False, inplace: bool = False) -> Value:
    """Dropout to SELU's negative saturation, then scaled and shifted so that mean 0 and variance 1 stay."""
    return _alpha(x, p, training, inplace, False, "alpha_dropout")


@composed(spaces="torch functional")
def feature_alpha_dropout(x: Value, p: float = 0.5, training: bool = False, inplace: bool = False) -> Value:
    """Alpha dropout of whole channels."""
    return _alpha(x, p, training, inplace, True, "feature_alpha_dropout")
