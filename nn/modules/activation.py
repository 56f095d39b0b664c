"""Activation functions as modules: each is one function of nn.functional with its arguments.

Imports Module and the functional ops.
"""

from __future__ import annotations

import warnings
from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from .. import functional as F
from .. import init as initialisers
from ..parameter import Parameter
from .module import Module

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Sin",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class _InPlace(Module):
    """An activation whose only argument is `inplace`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """The arguments that are not defaults."""
        return "inplace=True" if self.inplace else ""

    def _also(self) -> str:
        return ", inplace=True" if self.inplace else ""


class _Plain(Module):
    """An activation without arguments; PyTorch's Module takes none either."""


class ReLU(_InPlace):
    """max(0, x)."""

    def forward(self, input: Any) -> Any:
        """max(0, x)."""
        return F.relu(input, inplace=True) if self.inplace else ag.relu(input)


class SiLU(_InPlace):
    """x σ(x), also called swish."""

    def forward(self, input: Any) -> Any:
        """x σ(x)."""
        return F.silu(input, inplace=self.inplace)


class Mish(_InPlace):
    """x tanh(softplus(x))."""

    def forward(self, input: Any) -> Any:
        """x tanh(softplus(x))."""
        return F.mish(input, inplace=self.inplace)


class SELU(_InPlace):
    """Scaled ELU: networks of it keep mean 0 and variance 1. Source: Klambauer et al. (2017)."""

    def forward(self, input: Any) -> Any:
        """scale · (max(0, x) + min(0, α (exp(x) − 1)))."""
        return F.selu(input, inplace=self.inplace)


class Hardswish(_InPlace):
    """x relu6(x + 3) / 6."""

    def forward(self, input: Any) -> Any:
        """x relu6(x + 3) / 6."""
        return F.hardswish(input, inplace=self.inplace)

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class Hardsigmoid(_InPlace):
    """relu6(x + 3) / 6."""

    def forward(self, input: Any) -> Any:
        """relu6(x + 3) / 6."""
        return F.hardsigmoid(input, inplace=self.inplace)

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class Threshold(_InPlace):
    """x where x > threshold, else value."""

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.threshold, self.value = threshold, value

    def forward(self, input: Any) -> Any:
        """x where x > threshold, else value."""
        return F.threshold(input, self.threshold, self.value, inplace=self.inplace)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"threshold={self.threshold}, value={self.value}{self._also()}"


class RReLU(_InPlace):
    """Leaky ReLU with a slope drawn anew for each element in [lower, upper]; their mean when not training."""

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.lower, self.upper = lower, upper

    def forward(self, input: Any) -> Any:
        """x where x ≥ 0, else slope · x."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"lower={self.lower}, upper={self.upper}{self._also()}"


class Hardtanh(_InPlace):
    """x cut off at min_val and max_val."""

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__(inplace)
        for old, given in (("min_val", min_value), ("max_val", max_value)):
            if given is not None:
                warnings.warn(f"keyword argument `{old}ue` is deprecated and renamed to `{old}`", FutureWarning, stacklevel=2)
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        if self.max_val <= self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")

    def forward(self, input: Any) -> Any:
        """x cut off."""
        return F.hardtanh(input, self.min_val, self.max_val, inplace=self.inplace)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"min_val={self.min_val}, max_val={self.max_val}{self._also()}"


class ReLU6(Hardtanh):
    """min(max(0, x), 6)."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        """The arguments that are not defaults."""
        return "inplace=True" if self.inplace else ""


class _Alpha(_InPlace):
    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def extra_repr(self) -> str:
        """The arguments."""
        return f"alpha={self.alpha}{self._also()}"


class ELU(_Alpha):
    """x where x > 0, else α (exp(x) − 1)."""

    def forward(self, input: Any) -> Any:
        """x where x > 0, else α (exp(x) − 1)."""
        return F.elu(input, self.alpha, inplace=self.inplace)


class CELU(_Alpha):
    """max(0, x) + min(0, α (exp(x / α) − 1))."""

    def forward(self, input: Any) -> Any:
        """max(0, x) + min(0, α (exp(x / α) − 1))."""
        return F.celu(input, self.alpha, inplace=self.inplace)


class LeakyReLU(_InPlace):
    """x where x > 0, else negative_slope · x."""

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Any) -> Any:
        """x where x > 0, else negative_slope · x."""
        return F.leaky_relu(input, self.negative_slope, inplace=self.inplace)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"negative_slope={self.negative_slope}{self._also()}"


class Sigmoid(_Plain):
    """1 / (1 + exp(−x))."""

    def forward(self, input: Any) -> Any:
        """1 / (1 + exp(−x))."""
        return ag.sigmoid(input)


class Sin(_Plain):
    """sin(x): networks of waves. Source: Sitzmann et al. (2020)."""

    def forward(self, input: Any) -> Any:
        """sin(x)."""
        return ag.sin(input)


class Tanh(_Plain):
    """tanh(x)."""

    def forward(self, input: Any) -> Any:
        """tanh(x)."""
        return ag.tanh(input)


class LogSigmoid(_Plain):
    """log(σ(x)), without overflow."""

    def forward(self, input: Any) -> Any:
        """log(σ(x))."""
        return F.logsigmoid(input)


class Softsign(_Plain):
    """x / (1 + |x|)."""

    def forward(self, input: Any) -> Any:
        """x / (1 + |x|)."""
        return F.softsign(input)


class Tanhshrink(_Plain):
    """x − tanh(x)."""

    def forward(self, input: Any) -> Any:
        """x − tanh(x)."""
        return F.tanhshrink(input)


class GELU(Module):
    """x Φ(x) with the normal distribution function Φ, or its tanh approximation. Source: Hendrycks and Gimpel (2016)."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Any) -> Any:
        """x Φ(x)."""
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"approximate={self.approximate!r}"


class _Shrink(Module):
    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        """The arguments."""
        return str(self.lambd)


class Hardshrink(_Shrink):
    """x where |x| > lambd, else 0."""

    def forward(self, input: Any) -> Any:
        """x where |x| > lambd, else 0."""
        return F.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    """x moved towards 0 by lambd, 0 where |x| ≤ lambd."""

    def forward(self, input: Any) -> Any:
        """x moved towards 0 by lambd."""
        return F.softshrink(input, self.lambd)


class Softplus(Module):
    """log(1 + exp(beta x)) / beta, and x itself where beta x > threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Any) -> Any:
        """log(1 + exp(beta x)) / beta."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"beta={self.beta}, threshold={self.threshold}"


class PReLU(Module):
    """x where x > 0, else weight · x with a learned weight, one for all channels or one for each. Source: He et al. (2015)."""

    weight: Parameter

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(ag.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start anew from `init`."""
        initialisers.constant_(self.weight, self.init)

    def forward(self, input: Any) -> Any:
        """x where x > 0, else weight · x."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"num_parameters={self.num_parameters}"

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        x = args[0] if args else kwargs.get("input")
        if isinstance(x, Tensor) and x.ndim > 1 and self.num_parameters not in (1, x.shape[1]):
            said = f"PReLU(num_parameters={self.num_parameters}) got x of shape {tuple(x.shape)}, which has {x.shape[1]} channels"
            return f"{said}. Set num_parameters={x.shape[1]}, or 1 for all of them."
        return None


class GLU(Module):
    """a σ(b) of the two halves a, b of a dimension."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        """a σ(b)."""
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"dim={self.dim}"


class _OverDim(Module):
    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def _dim(self, input: Any) -> int:
        """The dimension; None is guessed as PyTorch guesses, with a warning."""
        if self.dim is not None:
            return self.dim
        name = type(self).__name__
        warnings.warn(
            f"Implicit dimension choice for {name.lower()} has been deprecated. Change the call to include dim=X as an argument: "
            f"{name}(dim=1).",
            stacklevel=4,
        )
        return 0 if input.ndim in (0, 1, 3) else 1

    def extra_repr(self) -> str:
        """The arguments."""
        return f"dim={self.dim}"


class Softmax(_OverDim):
    """exp(x) / Σ exp(x) along a dimension."""

    def forward(self, input: Any) -> Any:
        """exp(x) / Σ exp(x)."""
        return F.softmax(input, self._dim(input))


class LogSoftmax(_OverDim):
    """x − log Σ exp(x) along a dimension."""

    def forward(self, input: Any) -> Any:
        """x − log Σ exp(x)."""
        return F.log_softmax(input, self._dim(input))


class Softmin(_OverDim):
    """softmax of −x along a dimension."""

    def forward(self, input: Any) -> Any:
        """exp(−x) / Σ exp(−x)."""
        return F.softmin(input, self._dim(input))


class Softmax2d(_Plain):
    """softmax over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input: Any) -> Any:
        """softmax over the channels."""
        if input.ndim not in (3, 4):
            raise ValueError(f"expected input to be 3D or 4D, got {input.ndim}D instead")
        return F.softmax(input, -3)
