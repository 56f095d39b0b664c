"""nn.functional: what the op registry declares for this place, and what needs no op.

Imports autograd_core's registry, random numbers and Tensor.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core import random
from autograd_core.op import Declared, declared
from autograd_core.tensor.base import Tensor, wrap


def _with_inplace(fn: Any) -> Callable[..., Any]:
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
_INPLACE = (
    "threshold", "relu", "hardtanh", "hardswish", "hardsigmoid", "relu6", "elu", "selu", "celu", "leaky_relu", "rrelu", "silu", "mish",
)  # fmt: skip

globals().update(declared("functional"))
for _name in _INPLACE:
    _fn = globals().get(_name)
    if isinstance(_fn, Declared) and "inplace" not in _fn.params:
        globals()[_name] = _with_inplace(_fn)
        globals()[_name + "_"] = lambda input, *args, _twin=_name + "_", **kwargs: getattr(input, _twin)(*args, **kwargs)


def __getattr__(name: str) -> Any:
    near = difflib.get_close_matches(name, [n for n in globals() if not n.startswith("_")], 1, 0.6)
    hint = f". Did you mean {near[0]!r}?" if near else ""
    raise AttributeError(f"module 'nn.functional' has no attribute {name!r}{hint}", name=name, obj=object())


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
