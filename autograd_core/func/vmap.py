"""vmap: a function of one sample becomes a function of a batch. Imports batched, tree, random and tensor."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .. import random
from ..op import carriers
from ..ops.join import cat, stack
from ..ops.shape import expand, getitem, unsqueeze
from ..tensor.base import Tensor
from .batched import Batched, DataDependent, Level, active, batched, dispatch
from .levels import back, front
from .tree import Spec, flatten, spread_over, unflatten

__all__ = ["vmap"]

RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or "
    "perform the randomness operation out of vmap"
)


def _drawn(before: Any) -> bool:
    """Whether random numbers were drawn since the generator was in that state."""
    now = random.get_rng_state()
    return bytes(getattr(now, "array", now)) != bytes(getattr(before, "array", before))


class _Retry(Exception):
    """The batch at once is not what was asked for: random numbers must differ from sample to sample."""


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Callable[..., Any]:
    """A function that applies func to every slice of its arguments along `in_dims` and stacks the results along `out_dims`.

    `in_dims` and `out_dims` are ints, or nested as the arguments and results are; None leaves an argument whole.
    func sees one sample; operations run on all of them at once where a rule for the batch is known, else one by one.
    A Python value that would differ between samples (`if x > 0`, `x.item()`) is a RuntimeError. `randomness` says what
    random numbers inside do: "error", "same" for every sample, or "different". `chunk_size` bounds how many
    samples run at once.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    name = getattr(func, "__name__", type(func).__name__)

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, spec, dims, size = _arguments(name, in_dims, args)
        run = _Run(func, name, spec, out_dims, randomness, kwargs)
        if chunk_size is None or chunk_size >= size:
            return run(leaves, dims, size)
        return _in_chunks(run, leaves, dims, size, chunk_size)

    return mapped


def _arguments(name: str, in_dims: Any, args: tuple[Any, ...]) -> tuple[list[Any], Spec, list[Any], int]:
    """(the flat arguments, their nesting, the dimension that is mapped in each or None, the batch size), checked."""
    said = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{said}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with none."
        )
    leaves, spec = flatten(args)
    dims = spread_over(in_dims, spec)
    if dims is None:
        raise ValueError(f"{said}: in_dims is not compatible with the structure of `inputs`, which is {spec}")
    checked, sizes = [], []
    for value, dim in zip(leaves, dims, strict=True):
        if dim is not None:
            if not isinstance(dim, int):
                raise ValueError(f"{said}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None.")
            if not isinstance(value, Tensor):
                raise ValueError(
                    f"{said}: Got in_dim={dim} for an input but the input is of type {type(value)}. We cannot vmap over non-Tensor "
                    f"arguments, "
                    "please use None as the respective in_dim"
                )
            rank = len(value.shape)
            if not -rank <= dim < rank:
                raise ValueError(
                    f"{said}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {rank} so expected in_dim "
                    f"to satisfy "
                    f"{-rank} <= in_dim < {rank}."
                )
            sizes.append(tuple(value.shape)[dim])
            dim %= rank
        checked.append(dim)
    if not sizes:
        raise ValueError(f"{said}: no argument is mapped: give at least one of them a dimension")
    if len(set(sizes)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension"
        )
    return leaves, spec, checked, sizes[0]


class _Run:
    """One mapped function: on a batch at once, or sample by sample."""

    def __init__(self, func: Any, name: str, spec: Spec, out_dims: Any, randomness: str, kwargs: dict[str, Any]) -> None:
        self.func, self.name, self.spec, self.out_dims = func, name, spec, out_dims
        self.randomness, self.kwargs = randomness, kwargs

    def __call__(self, leaves: Sequence[Any], dims: Sequence[Any], size: int) -> Any:
        before = random.get_rng_state()
        level = Level(size, len(active.levels) + 1)
        try:
            result = self.at_once(leaves, dims, level, before)
        except DataDependent:
            raise
        except Exception:
            if size == 0:
                raise
            random.set_rng_state(before)
            # whatever the batch met, a sample meets too if it is the function's own error, with the shapes that its author knows
            return self.one_by_one(leaves, dims, size, before)
        outs, spec, places = self.outputs(result)
        return unflatten([self.taken(o, d, level) for o, d in zip(outs, places, strict=True)], spec)

    def at_once(self, leaves: Sequence[Any], dims: Sequence[Any], level: Level, before: Any) -> Any:
        inputs = [v if d is None else batched(front(v, d), level) for v, d in zip(leaves, dims, strict=True)]
        carriers.above = Batched  # from the first vmap on: what follows pays 0.05 µs a call for it
        levels = active.levels
        levels.append(level)
        try:
            result = self.func(*unflatten(inputs, self.spec), **self.kwargs)
        finally:
            levels.pop()
        if self.randomness != "same" and _drawn(before):
            if self.randomness == "error":
                raise DataDependent(RANDOM)
            raise _Retry
        return result

    def outputs(self, result: Any) -> tuple[list[Any], Spec, list[Any]]:
        outs, spec = flatten(result)
        places = spread_over(self.out_dims, spec)
        if places is None:
            raise ValueError(
                f"vmap({self.name}, ..., out_dims={self.out_dims})(<inputs>): out_dims is not compatible with the structure of "
                f"`outputs`, which is {spec}"
            )
        for out, place in zip(outs, places, strict=True):
            if not isinstance(out, Tensor) and place is not None:
                raise ValueError(
                    f"vmap({self.name}, ...): `{self.name}` must only return Tensors, got type {type(out)}. Did you mean to set "
                    f"out_dims= to None for output?"
                )
        return outs, spec, places

    def taken(self, out: Any, place: Any, level: Level) -> Any:
        mine = type(out) is Batched and out.level is level
        if place is None:
            if mine:
                raise ValueError(f"vmap({self.name}, ...): `{self.name}` can not return a BatchedTensor when out_dim is None")
            return out
        value = out.value if mine else dispatch(expand, dispatch(unsqueeze, out, 0), (level.size, *out.shape))
        return back(value, place)

    def one_by_one(self, leaves: Sequence[Any], dims: Sequence[Any], size: int, before: Any) -> Any:
        rows, spec = [], self.spec
        places: list[Any] = []
        shared = [v for v, d in zip(leaves, dims, strict=True) if d is None and type(v) is not Batched and isinstance(v, Tensor)]
        versions = [v._version for v in shared]
        for i in range(size):
            if self.randomness == "same":
                random.set_rng_state(before)
            inputs = [v if d is None else dispatch(getitem, v, (slice(None),) * d + (i,)) for v, d in zip(leaves, dims, strict=True)]
            result = self.func(*unflatten(inputs, self.spec), **self.kwargs)
            if [v._version for v in shared] != versions:
                raise RuntimeError(
                    "vmap: inplace arithmetic(self, *extra_args) is not possible because self is not mapped while what is added to it "
                    "is: every sample "
                    "would change the same tensor. Use the out-of-place form, or map self too."
                )
            if self.randomness == "error" and _drawn(before):
                raise DataDependent(RANDOM)
            outs, spec, places = self.outputs(result)
            rows.append(outs)
        columns = zip(*rows, strict=True)
        return unflatten([c[0] if d is None else back(stack(list(c)), d) for c, d in zip(columns, places, strict=True)], spec)


def _in_chunks(run: _Run, leaves: Sequence[Any], dims: Sequence[Any], size: int, chunk: int) -> Any:
    rows, spec = [], run.spec
    places: list[Any] = []
    for start in range(0, size, chunk):
        stop = min(start + chunk, size)
        part = [
            v if d is None else dispatch(getitem, v, (slice(None),) * d + (slice(start, stop),)) for v, d in zip(leaves, dims, strict=True)
        ]
        outs, spec, places = run.outputs(run(part, dims, stop - start))
        rows.append(outs)
    return unflatten([c[0] if d is None else cat(list(c), d) for c, d in zip(zip(*rows, strict=True), places, strict=True)], spec)
