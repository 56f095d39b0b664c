"""What every distribution shares: shapes, samples without gradients, checks of parameters and values.

Imports Tensor, its constructors and the gradient modes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autograd.grad_mode import no_grad
from ..tensor.base import Size, Tensor
from ..tensor.create import tensor

Check = tuple[str, Callable[[np.ndarray], Any]]  # what a value must be, in words and as a test of each

ANY_REAL: Check = ("a real number", lambda a: a == a)
POSITIVE: Check = ("greater than 0", lambda a: a > 0)
NON_NEGATIVE: Check = ("at least 0", lambda a: a >= 0)
UNIT: Check = ("between 0 and 1", lambda a: (a >= 0) & (a <= 1))
BOOLEAN: Check = ("0 or 1", lambda a: (a == 0) | (a == 1))
SIMPLEX: Check = (
    "at least 0 with the sum 1 along the last dimension",
    lambda a: (a >= 0).all(-1) & (np.abs(a.sum(-1) - 1) < 1e-6 * max(1, a.shape[-1]) + 1e-6),
)


class Distribution:
    """A batch of distributions over events: samples have shape sample_shape + batch_shape + event_shape.

    `parameters` names the attributes with their checks, `support` what values may be. ValueError for parameters and values that
    do not fit, unless validate_args is False.
    """

    has_rsample = False
    has_enumerate_support = False
    parameters: dict[str, Check] = {}
    support: Check = ANY_REAL
    _validate_args = True

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether new distributions check their parameters and values."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args() takes True or False, got {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None) -> None:
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        self._given = [name for name in self.parameters if name in self.__dict__]
        if self._validate_args:
            for name in self._given:
                self._must(self.__dict__[name], self.parameters[name], f"parameter {name}")

    def _must(self, value: Tensor, check: Check, what: str) -> None:
        words, fits = check
        good = np.asarray(fits(value.detach().numpy()))
        if not good.all():
            wrong = value.detach().numpy()[~good].ravel()[:4].tolist()
            raise ValueError(f"Expected {what} of distribution {type(self).__name__} to be {words}, but found invalid values: {wrong}")

    def _valid(self, value: Any) -> Tensor:
        """The value of log_prob and cdf, checked against the support and the shape."""
        if not isinstance(value, Tensor):
            if self._validate_args:
                raise ValueError(f"The value argument to log_prob must be a Tensor, got {type(value).__name__}: use tensor({value!r})")
            return tensor(value)
        if not self._validate_args:
            return value
        events = len(self.event_shape)
        if events and tuple(value.shape[-events:]) != tuple(self.event_shape):
            raise ValueError(
                f"The right-most size of value must match event_shape: {list(value.shape)} vs {list(self.event_shape)}: a value is one event"
            )
        for a, b in zip(reversed(value.shape[: len(value.shape) - events]), reversed(self.batch_shape), strict=False):
            if a != 1 and b != 1 and a != b:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {list(value.shape)} vs {list(self.batch_shape)}")
        self._must(value, self.support, "value argument")
        return value

    def _shape(self, sample_shape: Sequence[int] = ()) -> Size:
        return Size((*sample_shape, *self.batch_shape, *self.event_shape))

    def expand(self, batch_shape: Sequence[int]) -> Distribution:
        """The same distributions, repeated without copies to a larger batch."""
        given = {name: self.__dict__[name] for name in self._given}
        tail = {name: tuple(p.shape[len(self.batch_shape) :]) for name, p in given.items()}
        wider = {name: p.expand((*batch_shape, *tail[name])) for name, p in given.items()}
        return type(self)(**wider, validate_args=False)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Values drawn without a gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def sample_n(self, n: int) -> Tensor:
        """`n` values: sample((n,))."""
        return self.sample((n,))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Values whose gradients reach the parameters. NotImplementedError where the draw is not differentiable."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample: its draws are not differentiable; use sample() and log_prob()")

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at a value."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def entropy(self) -> Tensor:
        """The entropy of each distribution of the batch, in nats."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy")

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def perplexity(self) -> Tensor:
        """exp of the entropy."""
        return self.entropy().exp()

    def __repr__(self) -> str:
        shown = []
        for name in self.parameters:
            value = self.__dict__.get(name)
            if value is not None:
                shown.append(f"{name}: {value if value.numel() == 1 else value.size()}")
        return f"{type(self).__name__}({', '.join(shown)})"


def broadcast(*values: Any) -> tuple[Tensor, ...]:
    """Numbers and tensors as tensors of one shape and of the tensors' type. ValueError for anything else."""
    for value in values:
        if not isinstance(value, (Tensor, int, float, np.number)):
            raise ValueError(f"Input arguments must all be numbers or Tensors, got {type(value).__name__}: use tensor(data)")
    kind = next((v.dtype for v in values if isinstance(v, Tensor)), None)
    made = [v if isinstance(v, Tensor) else tensor(float(v), dtype=kind) for v in values]
    shape = joined(*(m.shape for m in made))
    return tuple(m.expand(shape) for m in made)


def joined(*shapes: Sequence[int]) -> tuple[int, ...]:
    """The shape to which all of these broadcast. RuntimeError when they do not."""
    try:
        return np.broadcast_shapes(*map(tuple, shapes))
    except ValueError:
        shown = ", ".join(str(list(s)) for s in shapes)
        raise RuntimeError(f"The shapes {shown} do not broadcast: from the right, sizes must be equal or 1") from None
