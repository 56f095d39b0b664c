"""Contracts of compiled loops: what a loop needs of its arguments, declared once and checked before it runs.

Imports NumPy and `jit`. A loop that is handed arguments within its contract cannot read or write outside them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from .jit import Kernel

FLOATS = ("float32", "float64")
INDEX = ("int64",)
MAX_SIZE = 2**62
_C_ORDER, _ALIGNED, _WRITEABLE = 0x1, 0x100, 0x400  # bits of ndarray.flags.num


@dataclass(frozen=True)
class ArraySpec:
    """What one array argument must be; see `array`."""

    dims: tuple[str | int, ...]
    dtypes: tuple[np.dtype, ...]
    same: str | None
    contiguous: bool
    writes: bool
    at_least: str | None
    below: str | None


@dataclass(frozen=True)
class ScalarSpec:
    """What one scalar argument must be; see `scalar`."""

    kinds: tuple[type, ...]
    at_least: int | None


def array(
    dims: str,
    dtypes: tuple[str, ...] = (),
    *,
    same: str | None = None,
    contiguous: bool = True,
    writes: bool = False,
    at_least: str | None = None,
    below: str | None = None,
) -> ArraySpec:
    """An array argument: `array("n c h w", FLOATS)`.

    dims: a name per dimension, equal names mean equal sizes within the call; a number means that size.
    dtypes: the dtypes allowed; `same` names an argument of the same dtype instead.
    contiguous: whether the loop relies on C order. writes: whether it writes into the array.
    at_least, below: expressions in sizes and scalars that bound every value of an index array (one pass over it).
    """
    if not dtypes and same is None:
        raise TypeError(f"array({dims!r}) declares no dtype: pass dtypes=... or same=...")
    return ArraySpec(
        tuple(int(dim) if dim.isdigit() else dim for dim in dims.split()),
        tuple(map(np.dtype, dtypes)),
        same,
        contiguous,
        writes,
        at_least,
        below,
    )


def integer(at_least: int = 0) -> ScalarSpec:
    """An integer argument of at least `at_least` that fits 62 bits."""
    return ScalarSpec((int, np.integer), at_least)


def number() -> ScalarSpec:
    """A real argument: int or float."""
    return ScalarSpec((int, float, np.integer, np.floating), None)


def flag() -> ScalarSpec:
    """A bool argument."""
    return ScalarSpec((bool, np.bool_), None)


class ContractError(RuntimeError):
    """A loop was about to be called with arguments outside its contract."""


class Checked:
    """A kernel behind its contract: checks every argument, then calls it."""

    def __init__(self, kernel: Kernel, specs: dict[str, ArraySpec | ScalarSpec], requires: tuple[str, ...]) -> None:
        names = list(inspect.signature(kernel.loop).parameters)
        self.kernel = kernel
        self.names = ["blocks", *names[2:]] if kernel.parallel else names
        self.specs = {"blocks": integer(0), **specs} if kernel.parallel else specs
        if set(self.names) != set(self.specs):
            raise TypeError(f"{kernel!r} has the arguments {self.names}, its contract declares {sorted(self.specs)}: declare each of them")
        self.requires = [(text, compile(text, "<contract>", "eval")) for text in requires]
        self.bounds = {
            name: tuple(compile(text, "<contract>", "eval") if text else None for text in (spec.at_least, spec.below))
            for name, spec in specs.items()
            if isinstance(spec, ArraySpec) and (spec.at_least or spec.below)
        }
        self.__doc__ = kernel.loop.__doc__

    def __repr__(self) -> str:
        return repr(self.kernel)

    def __call__(self, *args: Any) -> Any:
        if len(args) != len(self.names) or not self.holds(*args):
            self.check(*args)
        return self.kernel(*args)

    @property
    def bare(self) -> Any:
        """The compiled loop without its contract, for a caller that has made or looked at every argument itself: 0.4 µs a launch.

        A parallel one takes `0, blocks` first and runs on the caller's thread.
        """
        return self.kernel.dispatcher

    @functools.cached_property
    def holds(self) -> Callable[..., bool]:
        """Whether the arguments are plainly within the contract; False where `check` has to look.

        Written out from the specifications and compiled on first use: 0.25 µs an array, where `check` takes 1 µs.
        """
        tests: list[str] = []
        known: set[str] = set()
        scope: dict[str, Any] = {"_ndarray": np.ndarray, "_most": MAX_SIZE, "_within": self._within}
        for name in self.names:
            spec = self.specs[name]
            if isinstance(spec, ScalarSpec):
                scope["_kinds_" + name] = tuple(kind for kind in spec.kinds if kind is not int) or (int,)
                plain = [f"type(a_{name}) is {kind.__name__}" for kind in (int, float, bool) if kind in spec.kinds]
                kind = " or ".join([*plain, f"isinstance(a_{name}, _kinds_{name})"])  # a bool is an int, but no NumPy integer
                low = f" and {spec.at_least} <= a_{name} < _most" if spec.at_least is not None else ""
                tests.append(f"({kind}){low} and ({name} := a_{name}) is not None")
            else:
                scope["_dtypes_" + name] = spec.dtypes
                tests += _array_tests(name, spec, known)
        tests += [f"({text})" for text, _ in self.requires]
        tests += [f"_within({name!r}, a_{name}, {{{', '.join(f'{n!r}: {n}' for n in self._sizes())}}})" for name in self.bounds]
        source = f"def holds({', '.join('a_' + name for name in self.names)}):\n    return bool({' and '.join(tests)})"
        exec(compile(source, f"<contract of {self.kernel.loop.__name__}>", "exec"), scope)
        written: Callable[..., bool] = scope["holds"]
        return written

    def _sizes(self) -> list[str]:
        """The names of sizes and scalars, which the expressions of a contract may use."""
        dims = {dim for spec in self.specs.values() if isinstance(spec, ArraySpec) for dim in spec.dims if isinstance(dim, str)}
        return sorted(dims | {name for name, spec in self.specs.items() if isinstance(spec, ScalarSpec)})

    def _within(self, name: str, value: np.ndarray, sizes: dict[str, Any]) -> bool:
        lowest, end = self.bounds[name]
        self._range(name, value, lowest, end, sizes)
        return True

    def check(self, *args: Any) -> None:
        """ContractError unless the arguments are within the contract.

        A caller that goes through one problem in many small calls may check once, with the largest of the ranges that
        it is going to pass, and then call `kernel`.
        """
        if len(args) != len(self.names):
            raise ContractError(f"{self!r} takes {len(self.names)} arguments {self.names}, got {len(args)}")
        given = dict(zip(self.names, args, strict=True))
        sizes: dict[str, Any] = {}
        for name, value in given.items():
            spec = self.specs[name]
            if isinstance(spec, ScalarSpec):
                sizes[name] = self._scalar(name, value, spec)
            else:
                self._array(name, value, spec, sizes, given)
        for text, code in self.requires:
            if not _evaluate(code, sizes):
                raise ContractError(f"{self!r} needs {text}, got {_shown(sizes)}")
        for name, (lowest, end) in self.bounds.items():
            self._range(name, given[name], lowest, end, sizes)

    def _scalar(self, name: str, value: Any, spec: ScalarSpec) -> Any:
        fits = isinstance(value, spec.kinds)  # not inside the condition, where it would narrow the type
        if not fits or (isinstance(value, bool) and bool not in spec.kinds):
            raise ContractError(f"{self!r} needs {name} of type {spec.kinds[0].__name__}, got {value!r}")
        if spec.at_least is not None and not spec.at_least <= int(value) < MAX_SIZE:
            raise ContractError(f"{self!r} needs {spec.at_least} <= {name} < 2**62, got {value}")
        return value

    def _array(self, name: str, value: Any, spec: ArraySpec, sizes: dict[str, Any], given: dict[str, Any]) -> None:
        if type(value) is not np.ndarray:
            raise ContractError(f"{self!r} needs an ndarray for {name}, got {type(value).__name__}")
        dtypes = (getattr(given[spec.same], "dtype", None),) if spec.same is not None else spec.dtypes
        if value.dtype not in dtypes:
            raise ContractError(f"{self!r} needs {name} of dtype {' or '.join(map(str, dtypes))}, got {value.dtype}")
        if value.ndim != len(spec.dims):
            raise ContractError(f"{self!r} needs {name} of shape ({', '.join(map(str, spec.dims))}), got {value.shape}")
        for dim, size in zip(spec.dims, value.shape, strict=True):
            expected = dim if isinstance(dim, int) else sizes.setdefault(dim, size)
            if expected != size:
                raise ContractError(
                    f"{self!r} needs {name} of shape ({', '.join(map(str, spec.dims))}) with {dim} = {expected}, got {value.shape}"
                )
        flags = value.flags
        if not flags.aligned or (spec.contiguous and not flags.c_contiguous) or (spec.writes and not flags.writeable):
            wanted = "aligned" + ", C-contiguous" * spec.contiguous + ", writeable" * spec.writes
            raise ContractError(f"{self!r} needs {name} {wanted}, got {flags}")

    def _range(self, name: str, value: np.ndarray, lowest: CodeType | None, end: CodeType | None, sizes: dict[str, Any]) -> None:
        if value.size == 0:
            return
        if lowest is not None and int(value.min()) < _evaluate(lowest, sizes):
            raise ContractError(f"{self!r} needs {name} >= {_evaluate(lowest, sizes)}, got {value.min()}")
        if end is not None and int(value.max()) >= _evaluate(end, sizes):
            raise ContractError(f"{self!r} needs {name} < {_evaluate(end, sizes)}, got {value.max()}")


def _array_tests(name: str, spec: ArraySpec, known: set[str]) -> list[str]:
    """The conditions of one array argument as source text; `known` are the sizes met so far."""
    a = "a_" + name
    tests = [f"type({a}) is _ndarray and {a}.ndim == {len(spec.dims)}"]
    tests.append(f"{a}.dtype is a_{spec.same}.dtype" if spec.same is not None else f"{a}.dtype in _dtypes_{name}")
    mask = _ALIGNED | _C_ORDER * spec.contiguous | _WRITEABLE * spec.writes
    tests.append(f"{a}.flags.num & {mask} == {mask}")
    for i, dim in enumerate(spec.dims):
        size = f"{a}.shape[{i}]"
        if isinstance(dim, int) or dim in known:
            tests.append(f"{size} == {dim}")
        else:
            known.add(dim)
            tests.append(f"({dim} := {size}) >= 0")
    return tests


def _evaluate(code: CodeType, sizes: dict[str, Any]) -> Any:
    return eval(code, {"__builtins__": {}}, sizes)  # the text is a literal of the kernel's declaration


def _shown(sizes: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sizes.items())


def contract(*requires: str, **specs: ArraySpec | ScalarSpec) -> Callable[[Kernel], Checked]:
    """Declare what a kernel needs; `requires` are Python expressions in the names of sizes and scalars.

        @contract("(out - 1) * stride + k <= n", x=array("n", FLOATS), w=array("k", same="x"), ...)

    Sizes are Python ints here, so that the expressions cannot overflow. A contract names every argument of the loop.
    """
    return lambda kernel: Checked(kernel, specs, requires)
