"""The functions that users call, written out from declarations with a real signature, so that Python itself binds the arguments.

A call through `*args, **kwargs` costs 0.15 to 0.3 µs more, and a composed op is several calls. Imports `arguments`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .arguments import ALL_INTS, fitted, guard_line

PLAIN = frozenset({np.ndarray, float, int, bool, str, type(None), np.float32, np.float64})  # types that are no carriers


class Missing:
    """Stands for an argument that was not given."""

    def __repr__(self) -> str:
        return "missing"


MISSING = Missing()
# the names in what is written out begin with _, so that they are those of no parameter


def _head(entry: Any, names: dict[str, str]) -> list[str]:
    """The signature, and the lines that hand over a call whose arguments are not all in their places."""
    shown = []
    for p in entry.params:
        if p in entry.keyword_only and "*more" not in shown:
            shown.append("*more")
        shown.append(f"{names[p]}=default_{p}" if p in entry.defaults else f"{names[p]}=_missing")
    shown += ["**named"] if "*more" in shown else ["*more", "**named"]
    lacking = "".join(f" or {names[p]} is _missing" for p in entry.params if p not in entry.defaults)
    every = "".join(f"{names[p]}, " for p in entry.params)
    return [
        f"def {entry.name}({', '.join(shown)}):",
        f"    if more or named{lacking}:",
        f"        return _put_right(({every}), more, named)",
        "    try:",
    ]


def _tail(entry: Any, names: dict[str, str]) -> list[str]:
    every = "".join(f"{names[p]}, " for p in entry.params)
    return [
        "    except Exception as _error:",
        f"        _better = _answer(_error, ({every}), {{}})",
        "        if _better is None:",
        "            raise",
        "        raise _better from _error",
    ]


def _compile(entry: Any, lines: list[str], scope: dict[str, Any]) -> Callable[..., Any]:
    scope |= {"default_" + p: v for p, v in entry.defaults.items()}
    scope |= {"__name__": __name__, "_fn": entry.fn, "_put_right": entry.put_right, "_answer": entry.answer, "_missing": MISSING, "all_ints": ALL_INTS}
    exec(compile("\n".join(lines), f"<call of {entry.name}>", "exec"), scope)
    call: Callable[..., Any] = scope[entry.name]
    call.__doc__ = entry.fn.__doc__
    return call


def composed_call(entry: Any, names: dict[str, str], carriers: Any) -> Callable[..., Any]:
    """A composed function behind the checks of its arguments that their annotations declare."""
    passed = [f"{p}={names[p]}" if p in entry.keyword_only else names[p] for p in entry.params]
    guards = [guard_line(entry.name, names[p], names[p], entry.kind_of(p)) for p in entry.params if entry.kind_of(p)]
    lines = [*_head(entry, names), *["        " + line for line in guards], f"        return _fn({', '.join(passed)})", *_tail(entry, names)]
    return _compile(entry, lines, {"fitted": fitted, "carriers": carriers})


def spread_call(entry: Any, carriers: Any) -> Callable[..., Any]:
    """An op with loose arguments: of the type whose reading is written out elsewhere it is that reading, 0.3 µs sooner than by `called`."""
    kind, readings, called = carriers.inline[0], entry.readings, entry.called
    entry.reading(kind)

    def call(*args: Any, **kwargs: Any) -> Any:
        if args and type(args[0]) is kind and carriers.above is None and "out" not in kwargs:
            return readings[kind](*args, **kwargs)
        return called(*args, **kwargs)

    call.__doc__ = entry.fn.__doc__
    return call


def op_call(entry: Any, names: dict[str, str], carriers: Any) -> Callable[..., Any]:
    """An op on what its first argument is: arrays without a carrier among them are computed, other types have their reading.

    The reading of one type stands here itself: a second call would cost 0.2 µs.
    """
    first = names[entry.inputs[0]]
    passed = ", ".join(f"{p}={names[p]}" if p in entry.keyword_only else names[p] for p in entry.params)
    positional = "".join(names[p] + ", " for p in entry.params if p not in entry.keyword_only)
    keywords = ", ".join(f"{p!r}: {names[p]}" for p in entry.params if p in entry.keyword_only)
    dispatched = f"_dispatch(({positional}), {{{keywords}}})"
    inline, scope = _inlined(entry, carriers, first, dispatched)
    lines = [*_head(entry, names), f"        _kind = type({first})", *inline]
    if not entry.variadic:
        lines += [f"        {'el' if inline else ''}if _kind is _ndarray:", *_on_arrays(entry, names, passed)]
        lines += ["        else:", "            _reading = _reading_of(_kind)", "            if _reading is not None and carriers.above is None:"]
        lines += [f"                _out = _reading({passed})", "                if _out is not NotImplemented:", "                    return _out"]
    lines += [f"        return {dispatched}", *_tail(entry, names)]
    own = entry.readings.get(np.ndarray)
    scope |= {"_plain": PLAIN, "_reading_of": entry.readings.get, "carriers": carriers, "_ndarray": np.ndarray, "_own": own}
    scope["_dispatch"] = entry.sort_out if entry.variadic else entry.dispatch
    return _compile(entry, lines, scope)


def _inlined(entry: Any, carriers: Any, first: str, dispatched: str) -> tuple[list[str], dict[str, Any]]:
    """Lines that run the op on the type whose reading is written out here, and the names that they use."""
    if carriers.inline is None:
        return [], {}
    kind, write = carriers.inline
    body, scope = write(entry, dispatched)
    test = f"(_kind is list or _kind is tuple) and {first} and type({first}[0])" if entry.variadic else "_kind"
    return [f"        if {test} is _inline and carriers.above is None:", *["        " + line for line in body]], {**scope, "_inline": kind}


def _on_arrays(entry: Any, names: dict[str, str], passed: str) -> list[str]:
    """Lines that compute where all arguments are plain."""
    tests = [f"type({names[p]}) in _plain" for p in entry.inputs[1:]]
    tests += [f"(type({names[p]}) in _plain or (type({names[p]}) is tuple and all_ints(map(type, {names[p]}))))" for p in entry.static_names]
    own = entry.readings.get(np.ndarray)
    part = "" if own or not entry.aux else "[0]" if len(entry.outputs) == 1 else f"[:{len(entry.outputs)}]"
    return [f"            if {' and '.join(tests) or True}:", f"                return {'_own' if own else '_fn'}({passed}){part}"]
