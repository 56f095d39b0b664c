"""Functions of tensors that are no ops: their arguments are checked against their annotations, as those of ops are.

Imports arguments, Tensor and given_out.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from ..arguments import ALL_INTS, KINDS, Kind, Unfit, binding_error, described, fitted, guard_line, overflow, translated
from .base import Tensor
from .given_out import deliver

F = TypeVar("F", bound=Callable[..., Any])


def _tensor(v: Any) -> Tensor:
    if not isinstance(v, Tensor):
        raise Unfit
    return v


KINDS["Tensor"] = Kind("Tensor", "isinstance({v}, Tensor)", _tensor)
KINDS["Tensor | None"] = Kind("Tensor", "{v} is None or isinstance({v}, Tensor)", _tensor)
_VARARGS, _VARKEYWORDS = 0x04, 0x08


def checked(fn: F) -> F:
    """The function behind the checks that its annotations declare: TypeError for an argument of another kind, PyTorch's kind of
    error for what NumPy raises, an unknown keyword with the name that was perhaps meant. Compiled on first use."""
    name = fn.__name__.strip("_")
    written: Callable[..., Any] | None = None

    @functools.wraps(fn)
    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal written
        if written is None:
            written = _write(fn, name)
        if "out" in kwargs and "out" not in fn.__code__.co_varnames:
            return _into(fn, call, kwargs.pop("out"), args, kwargs)
        try:
            return written(*args, **kwargs)
        except Exception as error:
            better = _answer(fn, name, error, args, kwargs)
            if better is None:
                raise
            raise better from error

    return cast(F, call)


def _into(fn: Callable[..., Any], call: Callable[..., Any], out: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result in a tensor that was given for it, and whose type it takes."""
    if isinstance(out, Tensor) and "dtype" in fn.__code__.co_varnames:
        kwargs.setdefault("dtype", out.dtype)
    result = call(*args, **kwargs)
    return result if out is None else deliver(fn.__name__, out, result, args)


def _write(fn: Callable[..., Any], name: str) -> Callable[..., Any]:
    code = fn.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    rest = list(code.co_varnames[len(names) : len(names) + 2])
    defaults = dict(zip(reversed(names[: code.co_argcount]), reversed(fn.__defaults__ or ()), strict=False)) | (fn.__kwdefaults__ or {})
    shown, passed = [], []
    for i, p in enumerate(names):
        if i == code.co_argcount:
            shown.append("*" + rest.pop(0) if code.co_flags & _VARARGS else "*")
            passed += [shown[-1]] * (shown[-1] != "*")
        shown.append(f"{p}=default_{p}" if p in defaults else p)
        passed.append(f"{p}={p}" if i >= code.co_argcount else p)
    if code.co_flags & _VARARGS and not code.co_kwonlyargcount:
        shown.append("*" + rest.pop(0))
        passed.append(shown[-1])
    if code.co_flags & _VARKEYWORDS:
        shown.append("**" + rest.pop(0))
        passed.append(shown[-1])
    lines = [guard_line(name, p, p, str(fn.__annotations__.get(p))) for p in names if str(fn.__annotations__.get(p)) in KINDS]
    body = "\n    ".join([*lines, f"return fn({', '.join(passed)})"])
    scope: dict[str, Any] = {"fn": fn, "fitted": fitted, "all_ints": ALL_INTS, "Tensor": Tensor, "__name__": __name__}
    scope.update({"default_" + p: v for p, v in defaults.items()})
    exec(compile(f"def {name}({', '.join(shown)}):\n    {body}", f"<arguments of {name}>", "exec"), scope)
    return cast(Callable[..., Any], scope[name])


def _answer(fn: Callable[..., Any], name: str, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Exception | None:
    trace = error.__traceback__
    if type(error) is TypeError and trace is not None and trace.tb_next is None:  # the call did not fit the signature
        import inspect  # 15 ms, for a call that failed

        signature = inspect.signature(fn)
        shown = "(" + ", ".join(str(p).split(":")[0] for p in signature.parameters.values()) + ")"
        return binding_error(name, shown, list(signature.parameters), error, described(args, kwargs))
    for p, v in [*zip(fn.__code__.co_varnames[: fn.__code__.co_argcount], args, strict=False), *kwargs.items()]:
        too_big = overflow(name, p, str(fn.__annotations__.get(p)), v)
        if too_big is not None:
            return None if str(too_big) == str(error) else too_big
    return translated(name, error, described(args, kwargs))


def unknown(name: str, named: dict[str, Any], *known: str) -> None:
    """TypeError for a keyword that a function with loose keywords does not take."""
    for key in named:
        if key not in known:
            raise binding_error(name, "", known, TypeError(f"{name}() got an unexpected keyword argument {key!r}"), described((), named))
