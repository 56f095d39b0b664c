"""Layers that are one matrix product: Linear, Bilinear, Identity, LazyLinear.

Imports Module, the functional ops and the initialisers.
"""

from __future__ import annotations

import math
from typing import Any

import autograd_core as ag
from autograd_core.graph import Leaf
from autograd_core.tensor.base import Tensor, node_of

from .. import functional as F
from .. import init
from ..parameter import Parameter, UninitializedParameter
from .errors import other_type
from .lazy import LazyModuleMixin
from .module import Module

__all__ = ["Bilinear", "Identity", "LazyLinear", "Linear"]


class Identity(Module):
    """Returns what it is given; any arguments are accepted and ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input."""
        return input


class Linear(Module):
    """x Wᵀ + b for x (..., in_features), W (out_features, in_features), b (out_features).

    Both start uniform in ±1/√in_features.
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(ag.empty((out_features, in_features), device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(ag.empty(out_features, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Any) -> Any:
        """The affine image of the last dimension."""
        own: Any = self._parameters  # self.weight costs 0.5 µs, for Python first looks everywhere else
        if "weight" in own and "bias" in own:
            return F.linear(input, own["weight"], own["bias"])
        return F.linear(input, self.weight, self.bias)  # one of them is computed from other parameters

    def extra_repr(self) -> str:
        """The arguments."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        x = args[0] if args else kwargs.get("input")
        if not isinstance(x, Tensor):
            return f"Linear(in_features={self.in_features}) takes a tensor, got {type(x).__name__}: make one with autograd_core.tensor(x)"
        shape = tuple(x.shape)
        said = f"Linear(in_features={self.in_features}) got x of shape {shape}"
        if shape and shape[-1] == self.in_features:
            if x.dtype != self.weight.dtype:
                return other_type(said, x, self.weight)
            return None
        if not shape:
            return f"{said}: it needs at least one dimension, of size {self.in_features}."
        fix = f"Set in_features={shape[-1]}, or use LazyLinear({self.out_features})."
        if math.prod(shape[1:]) == self.in_features and len(shape) > 2:
            fix = "Flatten it first: x.flatten(1), or a Flatten() layer."
        return f"{said}. {fix}{flattened_from(x)}"


_LOOK_BACK = 12  # recorded operations between a convolution and the layer that reads it flattened


def flattened_from(x: Tensor) -> str:
    """Where the last size of x came from, when it was flattened out of the output of an earlier module: read off the graph."""
    node, size = node_of(x), x.shape[-1] if x.ndim else 0
    found = None
    for _ in range(_LOOK_BACK):
        if node is None or type(node) is Leaf or not isinstance(node.shape, tuple):
            break
        shape = node.shape
        if found is not None and shape != found.shape:
            break
        if len(shape) > 2 and math.prod(shape[1:]) == size:
            found = node  # an activation keeps the shape of the layer before it: go back to that
        node = node.parents[0] if node.parents else None
    if found is None:
        return ""
    call = found.scope
    where = found.name() if call is None else repr(call)
    return f" {size} = {' x '.join(map(str, found.shape[1:]))} from {where}."


class Bilinear(Module):
    """x1ᵀ W x2 + b for x1 (..., in1), x2 (..., in2), W (out, in1, in2)."""

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in1_features: int, in2_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = Parameter(ag.empty((out_features, in1_features, in2_features), device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(ag.empty(out_features, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        if self.in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={self.in1_features})")
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Any, input2: Any) -> Any:
        """The bilinear form of the last dimensions."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The arguments."""
        sizes = f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        for i, wanted in ((1, self.in1_features), (2, self.in2_features)):
            x = args[i - 1] if len(args) >= i else kwargs.get(f"input{i}")
            if isinstance(x, Tensor) and x.ndim and x.shape[-1] != wanted:
                said = f"Bilinear(in{i}_features={wanted}) got input{i} of shape {tuple(x.shape)}"
                return f"{said}. Set in{i}_features={x.shape[-1]}."
        return None


class LazyLinear(LazyModuleMixin, Linear):
    """A Linear that takes in_features from the first input it sees, and is a Linear from then on."""

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw the weights anew, once there are any."""
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Any) -> None:
        """Take in_features from the input."""
        if self.has_uninitialized_params():
            self.in_features = input.shape[-1]
            self.weight.materialize((self.out_features, self.in_features))  # type: ignore[attr-defined]
            if self.bias is not None:
                self.bias.materialize((self.out_features,))  # type: ignore[attr-defined]
            self.reset_parameters()
        if self.in_features == 0:
            self.in_features = self.weight.shape[-1]
