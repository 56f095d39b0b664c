"""What every declared function has: names, checks of its arguments, errors in PyTorch's words; the registry, and the types that carry values.

Imports `arguments` and `calls`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .arguments import KINDS, binding_error, described, fitted, guard_line, noted, overflow, translated, unbound
from .calls import MISSING

Array = np.ndarray
Value = Any  # what an op takes and returns: an array, or any other carrier

# PyTorch's parameter names for ours; NumPy's axis and keepdims are understood where PyTorch understands them
ALIASES = {
    "input": "x",
    "other": "y",
    "axis": "dim",
    "keepdims": "keepdim",
    "tensors": "xs",
    "self": "x",
    "axes": "dims",
    "weight": "w",
    "bias": "b",
}
PUBLIC_NAMES = {"x": "input", "y": "other", "xs": "tensors", "w": "weight", "b": "bias"}
ONE, MANY = "one", "many"
INPUT_ANNOTATIONS = {"Array": ONE, "Array | None": ONE, "Array | float": ONE, "Sequence[Array]": MANY, "Sequence[Array | None]": MANY}

NEAR = {"Array": "Value", "Array | None": "Value | None", "Array | float": "Value", "Sequence[Array]": "Sequence[Value]"}
# whatever is no reduction is a ValueError, which the losses raise; PyTorch asks no more of these flags than that they are true or not
UNCHECKED = {
    "reduction", "size_average", "reduce", "return_indices", "need_weights", "average_attn_weights", "inplace", "full", "swap",
    "recompute_scale_factor",
}  # fmt: skip
PUBLIC = {"torch", "method", "functional", "linalg", "special"}  # the spaces where users find functions

OUTSIDE = {"torch", "linalg", "special"}

registry: dict[str, Declared] = {}
aliases: list[tuple[str, str, Any]] = []  # (space, name, what it means)


class Carriers(dict[type, Any]):
    """type -> reading: given an op, the function that runs it on values of that type. Subclasses are found by their MRO.

    `above` is a carrier that is asked first wherever it stands among the arguments: the one that holds values of another.
    `inline` is the type whose reading is written into the calls themselves, and what writes it: (lines, names that they use).
    """

    above: type | None = None
    inline: tuple[type, Callable[[Any, str], tuple[list[str], dict[str, Any]]]] | None = None

    def __missing__(self, kind: type) -> Any:
        found = next((self[base] for base in kind.__mro__[1:] if base in self), None)
        self[kind] = found
        return found


carriers = Carriers()


class Declared:
    """What ops and composed functions have in common: names, places where users find them, a label, tests."""

    what = "function"
    fn: Callable[..., Any]
    in_place: Callable[..., Any]  # the twin that changes its first argument; the carrier that has one sets it
    deliver: Callable[..., Any]  # (name, out, result, operands): writes a result into `out=`; the carrier that can sets it

    def __init__(self, fn: Callable[..., Any], name: str | None, label: str, spaces: str, family: str) -> None:
        self.fn = fn
        self.name = name or fn.__name__.strip("_")
        self.label = label
        self.spaces = tuple(spaces.split())  # of "torch", "method", "functional", "linalg", "special", "engine"
        self.family = family
        self.params, self.defaults, self.keyword_only, self.annotations = parameters(fn)
        self.public = bool(PUBLIC & set(self.spaces))
        place = "" if "torch" in self.spaces or "method" in self.spaces or not self.spaces else self.spaces[0] + "."
        self.key = place + self.name
        if self.key in registry:
            raise ValueError(f"two ops are called {self.key!r}: one of them needs another name")
        registry[self.key] = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    @property
    def __name__(self) -> str:
        return self.name

    def __reduce__(self) -> Any:
        return (registry.__getitem__, (self.key,))

    def written_as(self, call: Callable[..., Any]) -> None:
        """From now on a call is this function: Python looks `__call__` up in the type, so each has a type of its own."""
        kind: Any = type(self)
        own = {"__call__": staticmethod(call), "__doc__": kind.__dict__["__doc__"], "__module__": kind.__module__}
        self.__class__ = type(kind.__name__, (kind,), own)

    def put_right(self, values: tuple[Any, ...], more: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Make a call again whose keywords are our own or NumPy's names (`x`, `axis`). Where that is not what was wrong, Python's error."""
        if self.takes_out(named):
            return self.into(named.pop("out"), (*values, *more), self.put_right(values, more, named))
        given, named = dict(zip(self.params, values, strict=True)), self.rename(named)
        free = [p for p in named if p in given and (given[p] is MISSING or given[p] is self.defaults.get(p, MISSING))]
        whole = {**given, **named}
        if not more and len(free) == len(named) and not any(v is MISSING for v in whole.values()):
            return self(**{PUBLIC_NAMES.get(p, p): v for p, v in whole.items()})
        positional: list[Any] = []
        for p in self.params:
            if given[p] is MISSING or p in self.keyword_only or p in free:
                break
            positional.append(given.pop(p))
        named |= {p: v for p, v in given.items() if v is not MISSING and p not in named and (p in self.keyword_only or p not in self.defaults)}
        args = (*positional, *more)
        try:
            return self.strict(*args, **named)
        except TypeError as error:
            raise (self.answer(error, args, named) or error) from None

    def takes_out(self, named: dict[str, Any]) -> bool:
        """Whether `out=` is given to a function that takes it: those of PyTorch's that are found outside of nn.functional and make something new."""
        if "out" not in named or "out" in self.params or getattr(self, "view", False) or not OUTSIDE.intersection(self.spaces):
            return False
        code = getattr(getattr(self.fn, "ufunc", self.fn), "__code__", None)
        return code is None or not code.co_flags & 0x04  # *args

    def into(self, out: Any, operands: tuple[Any, ...], result: Any) -> Any:
        """The result, written into `out` where that is given."""
        return result if out is None else self.deliver(self.name, out, result, operands)

    def strict(self, *args: Any, **kwargs: Any) -> Any:
        """The function under its own signature, for the errors of Python's that it gives."""
        return self.fn(*args, **kwargs)

    def rename(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Keyword arguments under our parameter names."""
        return {(k if k in self.params or ALIASES.get(k) not in self.params else ALIASES[k]): v for k, v in kwargs.items()}

    def answer(self, error: Exception, args: Any, kwargs: dict[str, Any]) -> Exception | None:
        """The error to raise in place of one that came up in a call: TypeError for an argument of the wrong kind, PyTorch's
        kind for what NumPy or Python raised on the way, None where the error is meant as it is. A text that does not name
        the function gets a note that does, and that says what was given."""
        better = self._better(error, args, kwargs)
        if self.public:
            noted(better or error, self.name, args, kwargs)
        return better

    def _better(self, error: Exception, args: Any, kwargs: dict[str, Any]) -> Exception | None:
        if unbound(error):
            said = str(error)
            for own, public in PUBLIC_NAMES.items():
                said = said.replace(f"'{own}'", f"'{public}'")
            shown = [PUBLIC_NAMES.get(p, p) for p in self.params]
            return binding_error(self.name, str(self.__signature__), shown, TypeError(said), described(args, kwargs))
        better = translated(self.name, error, described(args, kwargs))
        given = [(p, v) for p, v in [*zip(self.params, args, strict=False), *kwargs.items()] if p in self.params]
        for p, v in given:
            too_big = overflow(self.name, PUBLIC_NAMES.get(p, p), self.kind_of(p), v)
            if too_big is not None:
                return None if str(too_big) == str(error) else too_big
        if better is None and type(error) not in (TypeError, ValueError):
            return None
        for p, v in given:
            try:
                if p != getattr(self, "spread", None):
                    self.fit(p, v)
            except TypeError as unfit:
                return unfit
        return better

    def kind_of(self, p: str) -> str:
        """What a parameter takes, as a key of KINDS; "" where anything goes."""
        annotation = str(self.annotations.get(p))
        annotation = NEAR.get(annotation, annotation)
        if self.defaults.get(p, 0) is None and not annotation.endswith("None"):
            annotation += " | None"
        return annotation if annotation in KINDS and p not in UNCHECKED else ""

    def fit(self, p: str, v: Any) -> Any:
        """An argument as its parameter wants it. TypeError where it is of another kind."""
        kind = self.kind_of(p)
        if not kind or (kind.startswith("Value") and carriers[type(v)] is not None):
            return v
        return fitted(self.name, PUBLIC_NAMES.get(p, p), kind, v)

    def guard_lines(self, params: Sequence[str]) -> list[str]:
        """Lines that check these parameters where users call this, for a function that is written out."""
        if not self.public:
            return []
        return [guard_line(self.name, p, PUBLIC_NAMES.get(p, p), self.kind_of(p)) for p in params if self.kind_of(p)]

    @property
    def __signature__(self) -> Any:
        import inspect

        shown = [
            inspect.Parameter(
                PUBLIC_NAMES.get(p, p),
                inspect.Parameter.KEYWORD_ONLY if p in self.keyword_only else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=self.defaults.get(p, inspect.Parameter.empty),
            )
            for p in self.params
        ]
        if self.takes_out({"out": None}):
            shown.append(inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, default=None))
        return inspect.Signature(shown)

    def __repr__(self) -> str:
        return f"<{self.what} {self.key}{self.__signature__}>"


def parameters(fn: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any], frozenset[str], dict[str, str]]:
    """(names, defaults, the keyword-only ones, annotations as text) of a kernel. `inspect` would double the import time."""
    ufunc = getattr(fn, "ufunc", fn)
    if isinstance(ufunc, np.ufunc):
        names: tuple[str, ...] = ("x",) if ufunc.nin == 1 else ("x", "y")
        return names, {}, frozenset(), dict.fromkeys(names, "Array")
    fn = ufunc
    code = fn.__code__
    count = code.co_argcount
    names = code.co_varnames[: count + code.co_kwonlyargcount]
    given = fn.__defaults__ or ()
    defaults = dict(zip(names[count - len(given) : count], given, strict=True))
    defaults.update(fn.__kwdefaults__ or {})
    return names, defaults, frozenset(names[count:]), fn.__annotations__


def carrier_in(values: Any) -> type | None:
    """The type of the first value that is neither an array nor plain Python, looking into lists and tuples; `carriers.above` goes first."""
    above, found = carriers.above, None
    for value in values:
        kind = type(value)
        if kind is list or kind is tuple:
            kind = carrier_in(value)  # type: ignore[assignment]
            if kind is None:
                continue
        elif carriers[kind] is None:
            continue
        if above is None or kind is above:
            return kind
        found = found or kind
    return found


def family_here(depth: int = 2) -> str:
    """The name of the module that is declaring: the family by which drawings colour an op."""
    return sys._getframe(depth).f_globals["__name__"].rpartition(".")[2]  # type: ignore[no-any-return]


def alias(entry: Declared, *names: str) -> None:
    """More names for an op: "absolute" wherever the op itself is found, "special.expit" in that one space.

    A name that ends in _ is the function that changes its first argument.
    """
    for name in names:
        space, _, short = name.rpartition(".")
        meaning = _changing(entry, short) if short.endswith("_") else entry
        for where in (space,) if space else entry.spaces:
            aliases.append((where, short, meaning))


def _changing(entry: Declared, name: str) -> Callable[..., Any]:
    """The op as a function that works in place."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return entry(*args, inplace=True, **kwargs) if "inplace" in entry.params else entry.in_place(*args, **kwargs)

    function.__name__ = name
    function.__doc__ = f"`{entry.name}` in place."
    return function


def declared(space: str) -> Iterator[tuple[str, Declared]]:
    """(name, function) of everything that users find in a space, say "torch" or "functional"."""
    for entry in registry.values():
        if space in entry.spaces:
            yield entry.name, entry
    for where, name, entry in aliases:
        if where == space:
            yield name, entry
