"""A weight as a length times a direction, computed anew before every forward. Imports Module's kin.

The older form, by a hook; `parametrizations.weight_norm` is the newer one.
"""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from ..modules.module import Module
from ..parameter import Parameter, is_lazy
from .hooks import hook_of, remove_hook

__all__ = ["WeightNorm", "normed", "norms", "remove_weight_norm", "weight_norm"]

M = TypeVar("M", bound=Module)


def norms(v: Tensor, dim: int) -> Tensor:
    """‖v‖ of every slice of a dimension, in a shape that broadcasts against v; of all of v for dim = −1."""
    if dim == -1:
        return ag.linalg.vector_norm(v)
    if not -v.ndim <= dim < v.ndim:
        raise IndexError(f"Dimension out of range (expected to be in range of [-{v.ndim}, {v.ndim - 1}] but got {dim})")
    others = tuple(d for d in range(v.ndim) if d != dim % v.ndim)
    return ag.linalg.vector_norm(v, 2, others, True) if others else abs(v)


def normed(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """g v / ‖v‖, with a length g for every slice of a dimension."""
    out: Tensor = v * (g / norms(v, dim))
    return out


class WeightNorm:
    """The hook: w = g v / ‖v‖ from the parameters name_g and name_v. Source: Salimans and Kingma (2016)."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        """The weight that the parameters stand for."""
        return normed(getattr(module, self.name + "_v"), getattr(module, self.name + "_g"), self.dim)

    @staticmethod
    def apply(module: Module, name: str, dim: int | None) -> WeightNorm:
        """Put the hook on a parameter. RuntimeError when it has one, ValueError for a lazy parameter."""
        warnings.warn(
            "`nn.utils.weight_norm` is deprecated in favor of `nn.utils.parametrizations.weight_norm`.", FutureWarning, stacklevel=3
        )
        if hook_of(module, WeightNorm, name) is not None:
            raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
        fn = WeightNorm(name, dim)
        weight = getattr(module, name)
        if is_lazy(weight):
            raise ValueError(
                "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward before applying "
                "weight normalization"
            )
        del module._parameters[name]
        module.register_parameter(name + "_g", Parameter(norms(weight, fn.dim).detach()))
        module.register_parameter(name + "_v", Parameter(weight.detach()))
        setattr(module, name, fn.compute_weight(module))
        module.register_forward_pre_hook(fn)
        return fn

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        weight = self.compute_weight(module)
        delattr(module, self.name)
        del module._parameters[self.name + "_g"]
        del module._parameters[self.name + "_v"]
        setattr(module, self.name, Parameter(weight.detach()))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: M, name: str = "weight", dim: int = 0) -> M:
    """Let a parameter be g v / ‖v‖, with a length for every slice of `dim` (one for all if None). Deprecated."""
    WeightNorm.apply(module, name, dim)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Take weight_norm away again. ValueError where there is none."""
    remove_hook(module, WeightNorm, name, "weight_norm")
    return module
