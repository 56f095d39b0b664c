"""Batched, the carrier that stands for one sample while it holds them all. Imports op, graph, ops and tensor.

An op on a Batched runs once on the whole batch where `rules` knows how, else once for each sample. What only an
array can answer raises NeedsLoop, and vmap then runs its function sample by sample.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from ..op import Composed, Op, carriers, declared, registry
from ..ops.join import stack
from ..ops.shape import getitem
from ..tensor.base import Size, Tensor
from .rules import rule_of

new = object.__new__

CONTROL = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow ({what}): every sample of the batch "
    "could take "
    "another way. Use where(condition, a, b), or a loop over the samples instead of vmap."
)
ITEM = (
    "vmap: It looks like you're calling .{what}() on a Tensor. We don't support vmap over calling .{what}() on a Tensor, please try "
    "to rewrite "
    "what you're doing with other operations, or loop over the samples."
)


class NeedsLoop(RuntimeError):
    """Something asked for the array of one sample: the function must run on each sample by itself."""


class DataDependent(RuntimeError):
    """A Python value was asked for that differs from sample to sample."""


class Level:
    """One vmap that is running: its batch size and how deep it stands."""

    __slots__ = ("depth", "size")

    def __init__(self, size: int, depth: int) -> None:
        self.size = size
        self.depth = depth


class _Stack(threading.local):
    def __init__(self) -> None:
        self.levels: list[Level] = []


active = _Stack()


def _hidden(name: str) -> property:
    def ask(self: Any) -> Any:
        raise NeedsLoop(f"vmap: {name!r} of one sample was asked for")

    return property(ask)


class Batched(Tensor):
    """One sample of a batch, as a function under vmap sees it. `value` holds all of them along its first dimension."""

    __slots__ = ("level", "value")
    level: Level
    value: Any  # a Tensor, or a Batched of an outer vmap

    array = _hidden("array")
    _node = _hidden("_node")
    _view = _hidden("_view")
    _counter = _hidden("_counter")
    _cell = _hidden("_cell")

    @property
    def shape(self) -> Size:
        """The sizes of one sample."""
        return Size(tuple(self.value.shape)[1:])

    @property
    def ndim(self) -> int:
        """The number of dimensions of one sample."""
        return len(self.value.shape) - 1

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of its elements."""
        return self.value.dtype  # type: ignore[no-any-return]

    @property  # type: ignore[misc]
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        return self.value.requires_grad  # type: ignore[no-any-return]

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self.value.is_leaf  # type: ignore[no-any-return]

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Not inside vmap: RuntimeError."""
        raise RuntimeError(
            "You are attempting to call Tensor.requires_grad_() inside of a function under vmap: use func.grad there, or require it outside"
        )

    def detach(self) -> Tensor:
        """The same values without history."""
        return batched(self.value.detach(), self.level)

    def size(self, dim: int | None = None) -> Any:
        """The shape of one sample, or one of its sizes."""
        return self.shape if dim is None else tuple(self.shape)[dim]

    def dim(self) -> int:
        """The number of dimensions of one sample."""
        return self.ndim

    def numel(self) -> int:
        """The number of elements of one sample."""
        return self.shape.numel()

    def is_floating_point(self) -> bool:
        """Whether its elements are floating-point numbers."""
        return self.value.is_floating_point()  # type: ignore[no-any-return]

    def to(self, *args: Any, **kwargs: Any) -> Tensor:
        """In another dtype."""
        return batched(self.value.to(*args, **kwargs), self.level)

    def type_as(self, other: Tensor) -> Tensor:
        """In the dtype of another tensor."""
        return self.to(other.dtype)

    def contiguous(self, memory_format: Any = None) -> Tensor:
        """Itself: a sample's layout does not show."""
        return self

    def permute(self, *dims: Any) -> Tensor:
        """The dimensions in another order."""
        order = tuple(dims[0]) if len(dims) == 1 and not hasattr(dims[0], "__index__") else dims
        rank = self.ndim
        return batched(self.value.permute(0, *[d % rank + 1 for d in order]), self.level)

    def expand(self, *sizes: Any) -> Tensor:
        """Broadcast to a larger shape without copying; -1 keeps a size."""
        target = tuple(sizes[0]) if len(sizes) == 1 and not hasattr(sizes[0], "__index__") else sizes
        lead = len(target) - self.ndim
        value = self.value.reshape(self.level.size, *(1,) * lead, *self.shape)
        return batched(value.expand(self.level.size, *target), self.level)

    def expand_as(self, other: Any) -> Tensor:
        """Broadcast to the shape of another tensor."""
        return self.expand(*other.shape)

    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order."""
        return self.permute(*reversed(range(self.ndim)))

    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged."""
        return batched(self.value.transpose(-2, -1), self.level)

    def __getitem__(self, index: Any) -> Any:
        items = index if isinstance(index, tuple) else (index,)
        if any(isinstance(i, Batched) for i in items) or any(isinstance(i, (list, Tensor)) for i in items):
            raise NeedsLoop("vmap: a read at a tensor of indices")
        return batched(self.value[(slice(None), *items)], self.level)

    def __setitem__(self, index: Any, value: Any) -> None:
        self[index].copy_(value)

    def copy_(self, src: Any, non_blocking: bool = False) -> Tensor:
        """Take over the values of `src`, broadcast and cast."""
        if isinstance(src, Batched) and src.level is self.level:
            lead = self.ndim - src.ndim
            src = src.value.reshape(self.level.size, *(1,) * lead, *src.shape) if lead > 0 else src.value
        self.value.copy_(src)
        return self

    def fill_(self, value: Any) -> Tensor:
        """Set every element to a value."""
        self.value.fill_(value)
        return self

    def zero_(self) -> Tensor:
        """Set every element to 0."""
        return self.fill_(0)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of a 0-d tensor")
        first: int = self.value.shape[1]
        return first

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        raise DataDependent(CONTROL.format(what="if, while, and, or, not"))

    def __contains__(self, element: Any) -> bool:
        raise DataDependent(CONTROL.format(what="in"))

    def __index__(self) -> int:
        raise DataDependent(CONTROL.format(what="an index"))

    def __int__(self) -> int:
        raise DataDependent(ITEM.format(what="item"))

    def __float__(self) -> float:
        raise DataDependent(ITEM.format(what="item"))

    def item(self) -> Any:
        """Differs from sample to sample: RuntimeError."""
        raise DataDependent(ITEM.format(what="item"))

    def tolist(self) -> Any:
        """Differs from sample to sample: RuntimeError."""
        raise DataDependent(ITEM.format(what="tolist"))

    def numpy(self, *, force: bool = False) -> Any:
        """Differs from sample to sample: RuntimeError."""
        raise DataDependent(ITEM.format(what="numpy"))

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Batched(level={self.level.depth}, size={self.level.size}, value={self.value!r})"


def batched(value: Any, level: Level) -> Batched:
    """All samples, along the first dimension of value, as one."""
    b = new(Batched)
    b.value = value
    b.level = level
    return b


def highest(values: Any) -> Level | None:
    """The innermost level among the values, looking into lists and tuples."""
    best: Level | None = None
    for value in values:
        kind = type(value)
        found = value.level if kind is Batched else highest(value) if kind is list or kind is tuple else None
        if found is not None and (best is None or found.depth > best.depth):
            best = found
    return best


def dispatch(op: Any, *args: Any, **kwargs: Any) -> Any:
    """Run an op on values of which any may be Batched; the call of an op itself asks the first tensor only."""
    if highest(args) is not None or (kwargs and highest(kwargs.values()) is not None):
        return carriers[Batched](op)(*args, **kwargs) if isinstance(op, Op) else op(*args, **kwargs)
    return op(*args, **kwargs)


def _lane(value: Any, level: Level) -> tuple[Any, Any]:
    """(the whole batch, whether it is one) of an argument; lists are looked into."""
    if type(value) is Batched and value.level is level:
        return value.value, True
    if type(value) in (list, tuple):
        pairs = [_lane(v, level) for v in value]
        if any(flag is not False for _, flag in pairs):
            return type(value)(v for v, _ in pairs), [flag for _, flag in pairs]
    return value, False


def reading(op: Op) -> Callable[..., Any]:
    """How an op runs on Batched values."""
    rule = rule_of(op)

    def run(*args: Any, **kwargs: Any) -> Any:
        bound = op.bound(args, kwargs)
        level = highest(bound)
        if level is None:
            return op(*args, **kwargs)
        values, flags = zip(*[_lane(v, level) for v in bound], strict=True)
        out = NotImplemented if rule is None else rule(dispatch, op, values, flags, level.size)
        if out is NotImplemented:
            out = one_by_one(op, values, flags, level.size)
        if isinstance(out, tuple):
            made = tuple(batched(o, level) for o in out)
            return op.result_type(made) if len(op.outputs) > 1 else made
        return batched(out, level)

    return run


def invoke(op: Any, values: Sequence[Any]) -> Any:
    """Call an op with the values of all its parameters in order."""
    count = len(op.params) - len(op.keyword_only)
    return dispatch(op, *values[:count], **dict(zip(op.params[count:], values[count:], strict=True)))


def pick(value: Any, flag: Any, i: int) -> Any:
    """Sample i of an argument."""
    if flag is True:
        return dispatch(getitem, value, i)
    if flag is False:
        return value
    return type(value)(pick(v, f, i) for v, f in zip(value, flag, strict=True))


def one_by_one(op: Op, values: Sequence[Any], flags: Sequence[Any], size: int) -> Any:
    """The op on each sample by itself, the results stacked."""
    results = [invoke(op, [pick(v, f, i) for v, f in zip(values, flags, strict=True)]) for i in range(size)]
    if not results:
        raise NeedsLoop(f"vmap: {op.name} on a batch of no samples")
    if isinstance(results[0], tuple):
        return tuple(stack(list(column)) for column in zip(*results, strict=True))
    return stack(results)


carriers[Batched] = reading


def _method(entry: Any) -> Callable[..., Any]:
    if isinstance(entry, Op):
        run = entry.reading(Batched)
        return lambda self, *args, **kwargs: run(self, *args, **kwargs)
    return lambda self, *args, **kwargs: entry(self, *args, **kwargs)


def _twin(entry: Any) -> Callable[..., Any]:
    def method(self: Batched, *args: Any, **kwargs: Any) -> Tensor:
        out = dispatch(entry, self, *args, **kwargs)
        if tuple(out.shape) != tuple(self.shape):
            raise RuntimeError(f"output with shape {list(self.shape)} doesn't match the broadcast shape {list(out.shape)}")
        return self.copy_(out)

    return method


def _cast(kind: dtypes.dtype) -> Callable[..., Any]:
    return lambda self, memory_format=None: batched(self.value.to(kind), self.level)


def install() -> None:
    """Give Batched the methods and operators that the registry declares."""
    own = set(Batched.__dict__)
    for name, entry in declared("method"):
        if name not in own:
            setattr(Batched, name, _method(entry))
        if getattr(entry, "inplace", False) and isinstance(entry, (Op, Composed)):
            setattr(Batched, name + "_", _twin(entry))
    for entry in registry.values():
        operator = getattr(entry, "operator", None)
        if operator:
            forward = _method(entry)
            setattr(Batched, f"__{operator}__", forward)
            if hasattr(Tensor, f"__r{operator}__"):
                setattr(Batched, f"__r{operator}__", lambda self, other, entry=entry: dispatch(entry, other, self))
            if hasattr(Tensor, f"__i{operator}__"):
                setattr(Batched, f"__i{operator}__", _twin(entry))
    for kind, name in {
        dtypes.float32: "float", dtypes.float64: "double", dtypes.float16: "half", dtypes.int64: "long", dtypes.int32: "int",
        dtypes.int16: "short", dtypes.int8: "char", dtypes.uint8: "byte", dtypes.bool_: "bool",
    }.items():  # fmt: skip
        setattr(Batched, name, _cast(kind))
    for name in ("__array__", "__array_ufunc__", "__array_function__", "__dlpack__"):
        if hasattr(Tensor, name):
            setattr(Batched, name, _refuse)


def _refuse(self: Batched, *args: Any, **kwargs: Any) -> Any:
    raise NeedsLoop("vmap: a sample was given to NumPy")


install()
