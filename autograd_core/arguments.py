"""What the parameters of ops take, read off their annotations, and what is said of an argument or an error that does not fit.

Imports nothing of ours. The tests on arguments are expressions that compiled callers write out, at 20 ns for one that fits.
"""

from __future__ import annotations

import functools
import math
import operator
import os
import re
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np


class Unfit(Exception):
    """An argument that is not of its parameter's kind."""


class Kind(NamedTuple):
    """What an annotation asks for: PyTorch's words for it, an expression that is true of what fits as it stands, and a conversion."""

    what: str
    test: str
    convert: Callable[[Any], Any]


class OutOfMemory(RuntimeError, MemoryError):
    """An array that does not fit in memory: PyTorch's RuntimeError and Python's MemoryError in one."""


def flag(v: Any) -> bool:
    """A bool, Python's or NumPy's."""
    if not isinstance(v, (bool, np.bool_)):
        raise Unfit
    return bool(v)


def whole(v: Any) -> int:
    """An int, also NumPy's or that of a tensor with one element; never a bool or a float."""
    if isinstance(v, (bool, np.bool_)):
        raise Unfit
    try:
        return operator.index(v)
    except TypeError:
        raise Unfit from None


def real(v: Any) -> Any:
    """A real number, also NumPy's or that of a tensor without dimensions. OverflowError for an int of more than 64 bits."""
    if isinstance(v, (bool, int, float)):
        return narrow(v)
    item = getattr(v, "item", None)
    if item is None or getattr(v, "shape", None) != ():
        raise Unfit
    value = item()
    if not isinstance(value, (bool, int, float)):
        raise Unfit
    return value


def narrow(v: Any) -> Any:
    """The number, unless it is an int of more than 64 bits: OverflowError, as for PyTorch's Scalar."""
    if isinstance(v, int) and not -(2**63) <= v < 2**64:
        raise OverflowError(f"int too big to convert: a number here has at most 64 bits, got {v}; use a float")
    return v


def text(v: Any) -> str:
    """A string."""
    if not isinstance(v, str):
        raise Unfit
    return v


def sizes(v: Any) -> Any:
    """A tuple or list of ints, each of which may be a tensor with one element."""
    if not isinstance(v, (tuple, list)):
        raise Unfit
    return v if {*map(type, v)} <= {int} else tuple([whole(n) for n in v])


def size(v: Any) -> Any:
    """An int, or a tuple or list of ints."""
    return sizes(v) if isinstance(v, (tuple, list)) else whole(v)


def numbers(v: Any) -> Any:
    """What stands for a tensor beside those that record: an array, or a number. The tensor types themselves are known to the caller."""
    if not isinstance(v, (np.ndarray, np.generic, bool, int, float)):
        raise Unfit
    return v


def several(v: Any) -> Any:
    """A tuple or list of tensors."""
    if not isinstance(v, (tuple, list)):
        raise Unfit
    return v


ALL_INTS = frozenset({int}).issuperset  # of the types of a tuple: half the time of making a set of them
_INTS = "type({v}) is tuple and all_ints(map(type, {v}))"
KINDS: dict[str, Kind] = {
    "bool": Kind("bool", "type({v}) is bool", flag),
    "int": Kind("int", "type({v}) is int", whole),
    "float": Kind("float", f"type({{v}}) is float or type({{v}}) is int and {-(2**63)} <= {{v}} < {2**63}", real),
    "str": Kind("str", "type({v}) is str", text),
    "Size": Kind("int or tuple of ints", f"type({{v}}) is int or {_INTS}", size),
    "Size | str": Kind("int, tuple of ints or str", f"type({{v}}) is int or type({{v}}) is str or {_INTS}", size),
    "Dims": Kind("int or tuple of ints", f"{{v}} is None or type({{v}}) is int or {_INTS}", size),
    "Sequence[int]": Kind("tuple of ints", _INTS, sizes),
    "tuple[int, ...]": Kind("tuple of ints", _INTS, sizes),
    "Value": Kind("Tensor", "carriers[type({v})] is not None", numbers),
    "Sequence[Value]": Kind("tuple of Tensors", "type({v}) is list or type({v}) is tuple", several),
}
for _name in ("bool", "int", "float", "str", "Size", "Value", "Sequence[int]", "tuple[int, ...]", "Dims", "Sequence[Value]"):
    _kind = KINDS[_name]
    KINDS[_name + " | None"] = _kind._replace(test=f"{{v}} is None or {_kind.test}")


def misfit(function: str, parameter: str, kind: Kind, v: Any) -> TypeError:
    """The error for an argument of another kind: what was given, what is expected."""
    hint = ""
    if kind.what == "Tensor" and isinstance(v, (list, tuple)):
        hint = ": make one with tensor(...)"
    elif "int" in kind.what and isinstance(v, float) and v == v // 1:
        hint = f": use {v:.0f}"
    elif kind.what == "bool" and isinstance(v, int):
        hint = f": use {bool(v)}"
    shown = f" {v!r:.40}" if isinstance(v, (bool, int, float, complex, str, bytes, tuple, list)) else ""
    return TypeError(f"{function}(): argument '{parameter}' must be {kind.what}, not {type(v).__name__}{shown}{hint}")


def fitted(function: str, parameter: str, annotation: str, v: Any) -> Any:
    """The argument as its parameter wants it. TypeError where it is of another kind."""
    kind = KINDS[annotation]
    if v is None and annotation.endswith("None"):
        return v
    try:
        return kind.convert(v)
    except Unfit:
        raise misfit(function, parameter, kind, v) from None


def overflow(function: str, parameter: str, annotation: str, v: Any) -> Exception | None:
    """PyTorch's error for an int argument that does not fit 64 bits; None where it does. Looked at when a call has failed."""
    if not any(word in annotation for word in ("int", "Size", "Dims")):
        return None
    if isinstance(v, int) and not -(2**63) <= v < 2**63:
        return ValueError(f"Overflow when unpacking long long: {function}(): argument '{parameter}' is {v}, which does not fit 64 bits")
    if isinstance(v, (tuple, list)):
        for i, n in enumerate(v):
            if isinstance(n, int) and not -(2**63) <= n < 2**63:
                return TypeError(f"{function}(): argument '{parameter}' failed to unpack the object at pos {i + 1}: {n} does not fit 64 bits")
    return None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ "; did you mean 'weight'?" for the name nearest to a misspelt one, "" when none is near."""
    import difflib  # 5 ms, for a call that failed

    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def binding_error(function: str, signature: str, known: Sequence[str], error: TypeError, given: str) -> TypeError:
    """Python's complaint about the arguments of a call, with the signature, what was given, and the name that was perhaps meant."""
    said = re.sub(rf"^(Tensor\.)?{function}\(\) ", "", str(error))
    quoted = said.rsplit("unexpected keyword argument ", 1)
    hint = did_you_mean(quoted[1].strip("'"), known) if len(quoted) == 2 else ""
    return TypeError(f"{function}{signature}: {said}{hint}; {given}")


_LIBRARY = ("autograd_core", "nn", "numpy", "<compiled>")
_FOREIGN = (AttributeError, KeyError, NameError, ZeroDivisionError, OverflowError, MemoryError, SystemError)
_NUMPY_SAYS = (
    "operands could not be broadcast",
    "could not broadcast",
    "could not be broadcast",
    "Maximum allowed dimension",
    "maximum supported dimension",
    "array is too big",
    "cannot reshape",
    "zero-size array",
    "axes don't match",
    "shape mismatch",
    "total size of new array",
    "negative dimensions",
    "all the input arrays must have",
)


def ended_in(error: BaseException) -> str:
    """The name of the module in which an error was raised."""
    trace: TracebackType | None = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return str(trace.tb_frame.f_globals.get("__name__") or "<compiled>")


@functools.cache
def _memory() -> int:
    """The bytes of this machine's memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # pragma: no cover - Windows
        return 2**40


def must_fit(function: str, shape: Sequence[int], itemsize: int = 4) -> None:
    """RuntimeError for an array that this machine cannot hold, before anyone tries: zeroed pages are free until they are touched."""
    count = math.prod(shape)
    if count >= 2**28 and count * itemsize > _memory():
        raise OutOfMemory(
            f"{function}: not enough memory: you tried to allocate {count * itemsize} bytes for shape {list(shape)}, "
            f"and this machine has {_memory()}"
        )


_PYTHON_SAYS = ("positional argument", "unexpected keyword argument", "multiple values for argument", "keyword-only argument")


def unbound(error: BaseException) -> bool:
    """Whether a call failed before it began: its arguments do not fit the signature."""
    if type(error) is not TypeError or not any(phrase in str(error) for phrase in _PYTHON_SAYS):
        return False
    return ended_in(error).rpartition(".")[2] in ("op", "composed", "declaration", "record", "methods", "calls", "arguments")


def translated(function: str, error: Exception, given: str) -> Exception | None:
    """PyTorch's kind of error for one that NumPy or Python raised on a call's behalf; None for an error that is meant as it is."""
    kind = type(error)
    said = str(error)
    if isinstance(error, MemoryError) and not isinstance(error, OutOfMemory):
        return OutOfMemory(f"{function}: not enough memory: {said[:200] or 'the result is too large'}; {given}")
    if kind.__module__.startswith("numpy") or (kind in _FOREIGN and ended_in(error).split(".")[0] in _LIBRARY):
        numeric = isinstance(error, (ArithmeticError, ValueError))
        made: type[Exception] = IndexError if isinstance(error, IndexError) else RuntimeError if numeric else TypeError
        if isinstance(error, OverflowError):
            if said.startswith("int too big"):
                return None  # our own
            made = OverflowError
        return made(f"{function} cannot work on these arguments ({said[:200]}); {given}")
    if kind is ValueError and any(phrase in said for phrase in _NUMPY_SAYS):
        if "operands could not be broadcast" in said:
            return unbroadcast(function, [tuple(int(n) for n in re.findall(r"\d+", shape)) for shape in re.findall(r"\(([\d,]*)\)", said)])
        return RuntimeError(f"{function} cannot work on these shapes ({said[:200]}); {given}")
    return None


def unbroadcast(function: str, shapes: Sequence[tuple[int, ...]]) -> RuntimeError:
    """PyTorch's error for shapes that do not broadcast."""
    shown = ", ".join(str(list(s)) for s in shapes)
    rank = max((len(s) for s in shapes), default=0)
    for d in range(1, rank + 1):
        found = [s[-d] for s in shapes if len(s) >= d and s[-d] != 1]
        if any(n != found[0] for n in found):
            other = next(n for n in found if n != found[0])
            return RuntimeError(
                f"The size of tensor a ({found[0]}) must match the size of tensor b ({other}) at non-singleton dimension {rank - d}: "
                f"{function} got shapes {shown}; sizes must be equal, or 1, counted from the right"
            )
    return RuntimeError(f"{function} cannot run on shapes {shown}")


def described(args: Iterable[Any], kwargs: dict[str, Any]) -> str:
    """The arguments of a call for an error: tensors by type and shape, the rest by value."""
    parts = [_shown(a) for a in args] + [f"{k}={_shown(v)}" for k, v in kwargs.items()]
    return f"got ({', '.join(parts)})"


def noted(error: Exception, function: str, args: Iterable[Any], kwargs: dict[str, Any]) -> None:
    """Add a note that names the function and what it was given, unless the error does so: the text itself stays PyTorch's."""
    notes = getattr(error, "__notes__", ())
    if not any(function in text for text in (str(error), *notes)):
        error.add_note(f"raised in {function}(), which {described(args, kwargs)}")


def _shown(v: Any) -> str:
    if hasattr(v, "shape") and hasattr(v, "dtype"):
        return f"{type(v).__name__} {v.dtype} {list(v.shape)}".replace("torch.", "")
    if isinstance(v, (list, tuple)) and len(v) < 8:
        return ("[{}]" if isinstance(v, list) else "({},)" if len(v) == 1 else "({})").format(", ".join(map(_shown, v)))
    return f"{v!r:.40}" if isinstance(v, (bool, int, float, str, type(None))) else type(v).__name__


def guard_line(function: str, parameter: str, public: str, annotation: str) -> str:
    """A line of Python that brings a parameter to its kind; `public` is PyTorch's name of it."""
    test = KINDS[annotation].test.format(v=parameter)
    return f"if not ({test}): {parameter} = fitted({function!r}, {public!r}, {annotation!r}, {parameter})"
