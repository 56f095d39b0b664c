"""nn.functional: what the op registry declares for this place, and the functions that draw random numbers.

Imports autograd_core's registry, random numbers and Tensor.
"""

from __future__ import annotations

import difflib
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core import random
from autograd_core.op import Declared, declared
from autograd_core.tensor.base import Tensor, wrap


def _with_inplace(fn: Declared) -> Callable[..., Any]:
    """The function with PyTorch's `inplace` argument: True takes the twin whose name ends in _."""
    name = fn.name + "_"

    def function(input: Any, *args: Any, inplace: bool = False, **kwargs: Any) -> Any:
        if args and args[-1] is True and len(args) == len(fn.params):
            args, inplace = args[:-1], True
        return getattr(input, name)(*args, **kwargs) if inplace else fn(input, *args, **kwargs)

    function.__name__ = function.__qualname__ = fn.name
    function.__doc__ = fn.__doc__
    return function


# where PyTorch's functional form takes `inplace` and the op itself does not
_INPLACE = "threshold relu hardtanh hardswish hardsigmoid relu6 elu selu celu leaky_relu rrelu silu mish".split()

globals().update(declared("functional"))
for _name in _INPLACE:
    _fn = globals().get(_name)
    if isinstance(_fn, Declared) and "inplace" not in _fn.params:
        globals()[_name] = _with_inplace(_fn)
        globals()[_name + "_"] = lambda input, *args, _twin=_name + "_", **kwargs: getattr(input, _twin)(*args, **kwargs)


def __getattr__(name: str) -> Any:
    near = difflib.get_close_matches(name, [n for n in globals() if not n.startswith("_")], 1, 0.7)
    hint = f". Did you mean {near[0]!r}?" if near else ""
    raise AttributeError(f"module 'nn.functional' has no attribute {name!r}{hint}", name=name, obj=object())


def _check_probability(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _drop(x: Tensor, p: float, inplace: bool, shape: tuple[int, ...]) -> Tensor:
    """x with whole entries of `shape` set to 0 with probability p and the rest scaled by 1 / (1 − p)."""
    kind = x.array.dtype
    if kind.kind != "f":
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {x.dtype}: dropout takes floating tensors, use x.float()"
        )
    if p == 1.0:
        noise = np.zeros((), kind)
    else:
        noise = random.dropout_mask(shape, p).astype(kind)
        noise *= kind.type(1) / kind.type(1.0 - p)
    return x.mul_(wrap(noise)) if inplace else x * wrap(noise)  # type: ignore[attr-defined, operator, no-any-return]


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set each element to 0 with probability p, independently, and scale the others by 1 / (1 − p); the identity when not training."""
    _check_probability(p)
    if not training or p == 0.0 or not input.array.size:
        return input
    return _drop(input, p, inplace, input.array.shape)


def _drop_channels(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    shape = input.array.shape
    if not training or p == 0.0 or not input.array.size:
        return input
    if len(shape) < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got shape {list(shape)}: use dropout")
    return _drop(input, p, inplace, shape[:2] + (1,) * (len(shape) - 2))


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set whole channels of (N, C, L) or (C, L) to 0 with probability p; the others are scaled by 1 / (1 − p)."""
    _check_probability(p)
    rank = input.array.ndim
    if rank not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {rank}D input. Note that dropout1d exists to provide channel-wise dropout on inputs "
            "with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    return _batched(_drop_channels, input, rank == 2, p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set whole channels of (N, C, H, W) to 0 with probability p; the others are scaled by 1 / (1 − p).

    As in PyTorch, (N, C) and (N, C, L) are dropped in the same way, each with a warning: for (N, C) that is plain dropout.
    """
    _check_probability(p)
    rank = input.array.ndim
    if rank not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {rank}-D input to dropout2d, which is deprecated and will result in an error in a future release. To retain the "
            "behavior and silence this warning, please use dropout instead. Note that dropout2d exists to provide channel-wise dropout on inputs with "
            "2 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).",
            stacklevel=2,
        )
    if rank == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape "
            "(N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch "
            "dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please use dropout1d instead.",
            stacklevel=2,
        )
    return _drop_channels(input, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set whole channels of (N, C, D, H, W) or (C, D, H, W) to 0 with probability p; the others are scaled by 1 / (1 − p)."""
    _check_probability(p)
    rank = input.array.ndim
    if rank not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {rank}-D input to dropout3d, which is deprecated and will result in an error in a future release. To retain the "
            "behavior and silence this warning, please use dropout instead. Note that dropout3d exists to provide channel-wise dropout on inputs with "
            "3 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).",
            stacklevel=2,
        )
    return _batched(_drop_channels, input, rank == 4, p, training, inplace)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout for SELU networks: dropped elements take SELU's negative limit, and mean and variance are kept. Source: Klambauer et al. (2017)."""
    _check_probability(p)
    return _drop_alpha(input, p, training, inplace, input.array.shape)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Alpha dropout of whole channels."""
    _check_probability(p)
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got shape {list(shape)}: use alpha_dropout")
    return _drop_alpha(input, p, training, inplace, shape[:2] + (1,) * (len(shape) - 2))


_SELU_LIMIT = 1.7580993408473766  # −lim selu(x) for x → −∞


def _drop_alpha(x: Tensor, p: float, training: bool, inplace: bool, shape: tuple[int, ...]) -> Tensor:
    if not training or p == 0.0 or not x.array.size:
        return x
    kind = x.array.dtype
    if p == 1.0:
        noise, shift = np.zeros((), kind), np.zeros((), kind)
    else:
        kept = random.dropout_mask(shape, p).astype(kind)
        a = 1.0 / math.sqrt((_SELU_LIMIT * _SELU_LIMIT * p + 1) * (1 - p))
        shift = (kept - kind.type(1)) * kind.type(_SELU_LIMIT * a) + kind.type(_SELU_LIMIT * a * p)
        noise = kept * kind.type(a)
    if inplace:
        return x.mul_(wrap(noise)).add_(wrap(shift))  # type: ignore[attr-defined, no-any-return]
    return x * wrap(noise) + wrap(shift)  # type: ignore[operator, no-any-return]


def _batched(fn: Callable[..., Tensor], x: Tensor, alone: bool, *args: Any) -> Tensor:
    """fn on a batch; one sample alone becomes a batch of one and loses it again."""
    if not alone:
        return fn(x, *args)
    out = fn(x.unsqueeze(0), *args)  # type: ignore[attr-defined]
    return out.squeeze(0)  # type: ignore[attr-defined, no-any-return]


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """softmax((logits + Gumbel noise) / tau): a sample from the categorical distribution that gradients pass through.

    `hard` gives one-hot samples with the gradient of the soft ones. Source: Jang, Gu, Poole (2017).
    """
    drawn = random.exponential_(np.empty_like(logits.array))
    noisy = (logits + wrap(-np.log(drawn))) / tau  # type: ignore[operator]
    soft: Tensor = noisy.softmax(dim)
    if not hard:
        return soft
    best = soft.array.argmax(dim)
    one_hot = np.zeros_like(soft.array)
    np.put_along_axis(one_hot, np.expand_dims(best, dim), 1.0, dim)
    return wrap(one_hot) - soft.detach() + soft  # type: ignore[operator, no-any-return]
