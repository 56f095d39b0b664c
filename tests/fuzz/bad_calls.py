"""Wrong calls derived from right ones: one argument at a time is made wrong in every way known here.

A call is data: tensors stand in it as `T`, so that each side makes its own. Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

NAN, INF = float("nan"), float("inf")


@dataclass(frozen=True)
class T:
    """A tensor to be made: values, how they lie in memory, whether it is a leaf that needs gradients."""

    array: np.ndarray
    layout: str = "plain"  # or "strided", "turned", "expanded"
    grad: bool = False

    def __repr__(self) -> str:
        notes = [self.layout] * (self.layout != "plain") + ["leaf"] * self.grad
        return f"T({', '.join([str(self.array.dtype), str(list(self.array.shape)), *notes])})"


@dataclass(frozen=True)
class Raw:
    """An argument that stays what it is: an ndarray where a tensor belongs."""

    value: Any

    def __repr__(self) -> str:
        return f"Raw({type(self.value).__name__})"


@dataclass(frozen=True)
class Dtype:
    """An element type by name, each side's own."""

    name: str


class Thing:
    """An object of no use."""

    def __repr__(self) -> str:
        return "<thing>"


THING = Thing()


@dataclass(frozen=True)
class Call:
    """One call: what is wrong with it, and its arguments."""

    wrong: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __repr__(self) -> str:
        shown = [repr(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs.items()]
        return f"({', '.join(shown)})"


NOT_TENSORS: tuple[tuple[str, Any], ...] = (
    ("None", None), ("str", "text"), ("object", THING), ("True", True), ("int", 3), ("float", 2.5), ("nan", NAN), ("complex", 1j), ("dict", {}),
    ("empty list", []), ("type", float), ("huge int", 2**70), ("bytes", b"ab"), ("slice", slice(2)), ("ellipsis", ...),
)  # fmt: skip
INTS: tuple[Any, ...] = (
    -1, 0, 1, 7, -(2**31), 2**31, 2**62, 2**63, 2**70, 1.5, 2.0, NAN, INF, "1", None, True, (), (1,), (1, 1, 1, 1, 1, 1, 1), [2], THING, 1j, b"1", {},
)  # fmt: skip
FLOATS: tuple[Any, ...] = (NAN, INF, -INF, -1.0, 0.0, 1e30, 0, -3, 2**62, 2**70, "1", "mean", None, True, [], (1.0,), THING, 1j, {})
STRINGS: tuple[Any, ...] = ("nonsense", "", "MEAN", None, 3, True, ["mean"], THING, b"mean")
BOOLS: tuple[Any, ...] = ("x", "", None, 2, 0, 1.0, [], (True,), THING)
ANY: tuple[Any, ...] = (-1, 0, 3, 2**62, 1.5, NAN, "nonsense", (), (1, 2), [1], THING, True, 1j)
KINDS = ("float16", "float32", "float64", "int64", "int32", "int8", "uint8", "bool")


def derive(args: tuple[Any, ...], kwargs: dict[str, Any], params: tuple[str, ...], defaults: dict[str, Any]) -> Iterator[Call]:
    """Every wrong call from a right one; `params` and `defaults` are the function's, in PyTorch's names."""
    yield Call("nothing", args, kwargs)
    rank = next((a.array.ndim for a in leaves((*args, *kwargs.values()))), 0)
    for at, value in [*enumerate(args), *kwargs.items()]:
        name = at if isinstance(at, str) else params[at] if at < len(params) else f"#{at}"
        for wrong, new in variants(value, rank, name):
            yield put(args, kwargs, at, new, f"{name}: {wrong}")
    yield from together(args, kwargs)
    yield from signatures(args, kwargs, params)
    for name in params[len(args) :]:
        if name in defaults and name not in kwargs:
            for wrong, new in static(defaults[name], rank, name):
                yield Call(f"{name}: {wrong}", args, {**kwargs, name: new})


def put(args: tuple[Any, ...], kwargs: dict[str, Any], at: int | str, new: Any, wrong: str) -> Call:
    """The call with one argument replaced."""
    if isinstance(at, str):
        return Call(wrong, args, {**kwargs, at: new})
    return Call(wrong, (*args[:at], new, *args[at + 1 :]), kwargs)


def leaves(values: Any) -> Iterator[T]:
    """The tensors among arguments."""
    for v in values:
        if isinstance(v, T):
            yield v
        elif isinstance(v, (list, tuple)):
            yield from leaves(v)


def variants(value: Any, rank: int, name: str) -> Iterator[tuple[str, Any]]:
    """What may be put in the place of one argument."""
    if isinstance(value, T):
        yield from tensors(value)
    elif isinstance(value, (list, tuple)) and any(True for _ in leaves(value)):
        kind = type(value)
        for i in sorted({0, len(value) - 1}):
            for wrong, new in variants(value[i], rank, name):
                yield f"[{i}] {wrong}", kind((*value[:i], new, *value[i + 1 :]))
        yield "empty list", []
        yield "one tensor", value[0]
        yield "tuple", tuple(value)
        yield from ((wrong, new) for wrong, new in NOT_TENSORS)
    else:
        yield from static(value, rank, name)


def tensors(t: T) -> Iterator[tuple[str, Any]]:
    """Tensors that are wrong in shape, type, layout or value, and what is no tensor."""
    a = t.array
    yield from shapes(a)
    for kind in KINDS:
        if kind != str(a.dtype):
            with np.errstate(all="ignore"):
                yield f"dtype {kind}", T(a.astype(kind))
    yield from values(a)
    if a.ndim:
        yield "strided", T(a, "strided")
        yield "turned", T(a, "turned")
        if a.size:
            yield "expanded", T(np.broadcast_to(a[:1], a.shape).copy(), "expanded")
    if a.dtype.kind == "f":
        yield "leaf", T(a, grad=True)
    yield "ndarray", Raw(a)
    yield "list of numbers", a.tolist()
    yield "list of it", [t]
    yield "number", a.flat[0].item() if a.size else 1.0
    yield from ((wrong, new) for wrong, new in NOT_TENSORS)


def shapes(a: np.ndarray) -> Iterator[tuple[str, T]]:
    """The same values in other shapes."""
    yield "rank + 1 in front", T(a[None])
    yield "rank + 1 behind", T(a[..., None])
    yield "rank + 3", T(a[None, None, None])
    yield "0-d", T(np.asarray(a.flat[0] if a.size else a.dtype.type(1)))
    yield "1-d of one", T(np.asarray([a.flat[0] if a.size else a.dtype.type(1)]))
    yield "empty 1-d", T(np.zeros(0, a.dtype))
    yield "all sizes 0", T(np.zeros((0,) * a.ndim, a.dtype))
    if a.ndim and a.shape[0]:
        yield "rank - 1", T(np.ascontiguousarray(a[0]))
        yield "flat", T(a.reshape(-1))
    for d in sorted({0, 1, a.ndim - 1} & set(range(a.ndim))):
        if a.shape[d]:
            index = np.r_[np.arange(a.shape[d]), 0]
            yield f"size {d} + 1", T(a.take(index, d))
            yield f"size {d} - 1", T(a.take(index[: a.shape[d] - 1], d))
            yield f"size {d} is 1", T(a.take([0], d))
        yield f"size {d} is 0", T(a.take(np.zeros(0, int), d))


def values(a: np.ndarray) -> Iterator[tuple[str, T]]:
    """The same shape with values out of range, one at a time."""
    if a.dtype.kind == "f":
        odd: tuple[Any, ...] = (NAN, INF, -1.5)
    elif a.dtype.kind == "i":
        odd = (-1, -2, 5, 100, 2**31, 2**40, 2**62, -(2**63))
    else:
        return
    low, high = (-INF, INF) if a.dtype.kind == "f" else (np.iinfo(a.dtype).min, np.iinfo(a.dtype).max)
    for v in odd:
        if a.size and (v != v or low <= v <= high):
            changed = a.copy()
            changed.flat[-1] = v
            yield f"value {v}", T(changed)


def static(value: Any, rank: int, name: str) -> Iterator[tuple[str, Any]]:
    """What may stand in the place of a number, a string, a flag or a sequence of numbers."""
    if isinstance(value, (bool, np.bool_)):
        options: tuple[Any, ...] = BOOLS
    elif isinstance(value, int):
        options = (*INTS, rank, -rank - 1, rank + 1)
    elif isinstance(value, float):
        options = FLOATS
    elif isinstance(value, str):
        options = STRINGS
    elif isinstance(value, (tuple, list)):
        options = (*sequences(value), *INTS)
    elif value is None:
        options = (*ANY, rank, -rank - 1)
    else:
        options = (None, THING, 3, "nonsense")
    seen = set()
    for option in options:
        shown = repr(option)
        if shown not in seen and option is not value:
            seen.add(shown)
            yield shown if len(shown) < 40 else shown[:36] + "...", option
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield "tensor of one", T(np.asarray(value))
        yield "tensor of two", T(np.asarray([value, value]))


def sequences(value: Any) -> Iterator[Any]:
    """Sequences with a wrong length or a wrong entry."""
    entries = tuple(value)
    yield (*entries, 1)
    yield (*entries, *entries)
    yield entries[:-1]
    yield list(entries)
    yield (entries,)
    for wrong in (-1, 0, 5, 2**31, 2**62, 2**63, 2**70, -(2**63), 1.5, NAN, "1", None, True, (1,), THING, 1j):
        for i in sorted({0, len(entries) - 1} & set(range(len(entries)))):
            yield (*entries[:i], wrong, *entries[i + 1 :])
    if entries:
        yield (2**31,) * len(entries)
        yield (2**16,) * 5


def together(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Call]:
    """All tensors of the call changed alike."""

    def change(value: Any, how: Any) -> Any:
        if isinstance(value, T):
            return how(value)
        if isinstance(value, (list, tuple)) and any(True for _ in leaves(value)):
            return type(value)(change(v, how) for v in value)
        return value

    def every(wrong: str, how: Any) -> Call:
        return Call(f"all: {wrong}", tuple(change(a, how) for a in args), {k: change(v, how) for k, v in kwargs.items()})

    def cast(t: T, kind: str) -> T:
        with np.errstate(all="ignore"):
            return T(t.array.astype(kind)) if t.array.dtype.kind == "f" else t

    for kind in ("float16", "float64", "int64", "bool"):
        yield every(f"dtype {kind}", lambda t, kind=kind: cast(t, kind))
    yield every("turned", lambda t: replace(t, layout="turned") if t.array.ndim else t)
    yield every("0-d", lambda t: T(np.asarray(t.array.flat[0] if t.array.size else t.array.dtype.type(1))))
    yield every("rank + 1", lambda t: T(t.array[None]))
    yield every("empty", lambda t: T(t.array[:0]) if t.array.ndim else t)
    yield every("leaf", lambda t: T(t.array, grad=True) if t.array.dtype.kind == "f" else t)
    yield every("nan", lambda t: T(np.full_like(t.array, NAN)) if t.array.dtype.kind == "f" else t)
    yield every("None", lambda t: None)
    yield every("ndarray", lambda t: Raw(t.array))


def signatures(args: tuple[Any, ...], kwargs: dict[str, Any], params: tuple[str, ...]) -> Iterator[Call]:
    """Arguments that are missing, too many, unknown, or given twice."""
    yield Call("no arguments", (), {})
    if args:
        yield Call("last argument missing", args[:-1], kwargs)
        yield Call("first argument missing", args[1:], kwargs)
        yield Call("first argument twice", args, {**kwargs, params[0] if params else "input": args[0]})
    for n in range(1, len(args) + 1):
        if n <= len(params):
            named = dict(zip(params[len(args) - n : len(args)], args[len(args) - n :], strict=False))
            yield Call(f"{n} by keyword", args[: len(args) - n], {**kwargs, **named})
    yield Call("too many arguments", (*args, *[THING] * (len(params) - len(args) + 1)), kwargs)
    yield Call("far too many arguments", (*args, *[1] * 20), kwargs)
    yield Call("unknown keyword", args, {**kwargs, "frobnicate": 1})
    for name in list(kwargs)[:2]:
        yield Call("misspelt keyword", args, {**{k: v for k, v in kwargs.items() if k != name}, name[:-1] + "zz": kwargs[name]})
