"""Random tensors on PyTorch's CPU stream: rand, randn, randint and their kin, and the methods that fill in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import random as stream
from ..arguments import fitted, must_fit
from ..dtypes import as_dtype
from ..kernels.jit import compiled, enabled
from ..ops.shape import copied
from .base import Tensor, created, wrap
from .checked import checked, unknown
from .create import _finish, _kind, _like, in_layout_of, sequence_of, shape_of
from .inplace import adopt, bump, check

stream.configure(jit=compiled, enabled=enabled)  # the kernels' cache and switches serve the generator too
Generator = stream.Generator
Generator.present = staticmethod(wrap)
manual_seed, seed, initial_seed = stream.manual_seed, stream.seed, stream.initial_seed
get_rng_state, set_rng_state, default_generator = stream.get_rng_state, stream.set_rng_state, stream.default_generator


@checked
def rand(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Uniform numbers in [0, 1)."""
    kind = _kind(dtype)
    return _finish(stream.rand(shape_of(size, "rand", named, kind), kind, generator=generator), requires_grad, device)


@checked
def randn(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Standard normal numbers."""
    kind = _kind(dtype)
    return _finish(stream.randn(shape_of(size, "randn", named, kind), kind, generator=generator), requires_grad, device)


@checked
def randint(
    *bounds: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any
) -> Tensor:
    """Integers in [low, high): randint(high, size) or randint(low, high, size)."""
    unknown("randint", named, "low", "high", "size", "layout", "pin_memory")
    given = list(bounds)
    size = named.pop("size", None)
    if size is None and given:
        size = given.pop()
    low, high = named.pop("low", None), named.pop("high", None)
    numbers = [low] * (low is not None) + given + [high] * (high is not None)
    if not 1 <= len(numbers) <= 2 or size is None:
        raise TypeError(f"randint takes (high, size) or (low, high, size): got {len(bounds)} positional arguments and {sorted(named)}")
    numbers = [fitted("randint", "high", "int", n) for n in numbers]
    first, last = (0, numbers[0]) if len(numbers) == 1 else numbers
    kind = np.dtype(np.int64) if dtype is None else as_dtype(dtype).numpy
    return _finish(stream.randint(first, last, sequence_of(size, "randint", kind), kind, generator=generator), requires_grad, device)


@checked
def randperm(n: int, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A random permutation of 0 … n−1."""
    kind = np.dtype(np.int64) if dtype is None else as_dtype(dtype).numpy
    if n >= 0:
        must_fit("randperm", (n,), kind.itemsize)
    return _finish(stream.randperm(n, kind, generator=generator), requires_grad, device)


@checked
def rand_like(
    input: Tensor, *, dtype: Any = None, generator: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None
) -> Tensor:
    """Uniform numbers in the shape and type of another tensor."""
    kind = _like(input, dtype)
    return _finish(in_layout_of(input, lambda shape: stream.rand(shape, kind, generator=generator)), requires_grad, device)


@checked
def randn_like(
    input: Tensor, *, dtype: Any = None, generator: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None
) -> Tensor:
    """Standard normal numbers in the shape and type of another tensor."""
    kind = _like(input, dtype)
    out = in_layout_of(input, lambda shape: np.empty(shape, kind))
    if out.flags.c_contiguous or kind.kind != "f":
        return _finish(stream.randn(out.shape, kind, generator=generator), requires_grad, device)
    stream.normal_(out, 0.0, 1.0, generator=generator)  # PyTorch draws in blocks where memory is in row-major order only
    return _finish(out, requires_grad, device)


@checked
def randint_like(
    input: Tensor, *bounds: int, low: int | None = None, high: int | None = None, dtype: Any = None, generator: Any = None,
    device: Any = None, requires_grad: bool = False, memory_format: Any = None,
) -> Tensor:  # fmt: skip
    """Integers in [low, high) in the shape and type of another tensor."""
    given = (*bounds, *(bound for bound in (low, high) if bound is not None))
    if not 1 <= len(given) <= 2 or (len(given) == 1 and low is not None):
        raise TypeError(f"randint_like takes (input, high) or (input, low, high): got {len(bounds)} bounds by position, {low=}, {high=}")
    numbers = [fitted("randint_like", "high", "int", n) for n in given]
    floor, ceiling = (0, numbers[0]) if len(numbers) == 1 else numbers
    kind = _like(input, dtype)
    return _finish(in_layout_of(input, lambda shape: stream.randint(floor, ceiling, shape, kind, generator=generator)), requires_grad, device)


def _plain(value: Any) -> Any:
    return value.array if isinstance(value, Tensor) else value


@checked
def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """Normal numbers; mean and std are numbers (with `size`) or tensors that broadcast."""
    shape = None if size is None else sequence_of(size, "normal", _kind(dtype))
    return _finish(np.asarray(stream.normal(_plain(mean), _plain(std), shape, _kind(dtype), generator=generator)), False, device)


@checked
def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands in `input` (or p), else 0, in input's type."""
    if p is not None:
        return created(stream.bernoulli(p, input.array.shape, input.array.dtype, generator=generator))
    return created(np.asarray(stream.bernoulli(input.array, generator=generator)))


@checked
def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Tensor:
    """num_samples indices drawn from each row of weights."""
    return created(stream.multinomial(input.array, num_samples, replacement, generator=generator))


@checked
def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Poisson counts with the rates in `input`."""
    return created(stream.poisson(input.array, generator=generator))


@checked
def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """Binomial counts."""
    return created(stream.binomial(count.array, prob.array, generator=generator))


def _filler(name: str, draw: Callable[..., np.ndarray]) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
        values = [_plain(a) for a in args]
        words = {{"from": "low", "to": "high"}.get(k, k) if name == "uniform_" else k: _plain(v) for k, v in named.items()}
        if check(self, name) is None:
            draw(self.array, *values, generator=generator, **words)
            bump(self, name)
            return self
        fresh = draw(np.empty_like(self.array), *values, generator=generator, **words)
        return adopt(self, copied(self, fresh), name)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    return method


METHODS = {
    name: _filler(name, getattr(stream, name))
    for name in ("uniform_", "normal_", "random_", "bernoulli_", "exponential_", "geometric_", "cauchy_", "log_normal_")
}
PUBLIC = {
    f.__name__: f
    for f in (rand, randn, randint, randperm, rand_like, randn_like, randint_like, normal, bernoulli, multinomial, poisson, binomial)
}


def install() -> None:
    """Add the in-place fillers and the sampling methods to Tensor."""
    for name, method in {**METHODS, "bernoulli": bernoulli, "multinomial": multinomial}.items():
        setattr(Tensor, name, method)
