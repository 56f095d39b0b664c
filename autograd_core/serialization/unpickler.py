"""A pickle reader that makes data and runs nothing: names are looked up in a fixed table, never imported. Imports nothing of ours.

It interprets the opcodes that `pickletools` splits off. What a pickle asks for beyond the table is an UnpicklingError that names it.
"""

from __future__ import annotations

import io
import pickletools
import sys
from collections import OrderedDict
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

import numpy as np

HIGHEST_RATIO = 100  # bytes made for a byte of the pickle: by memory that is copied over and over a small file could fill any machine
SCALARS = (str, bytes, int, float, complex, np.generic, type(None))


class Maker:
    """A name of the table that stands for a function: what it makes may be made, and nothing else be done with it."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[..., Any]) -> None:
        self.make = make


class Unfinished:
    """A value that a BUILD opcode completes: `finish(state)` gives what takes its place."""

    __slots__ = ("finish", "memos")

    def __init__(self, finish: Callable[[Any], Any]) -> None:
        self.finish = finish
        self.memos: list[int] = []


def data(value: Any) -> Any:
    """A value that may be kept. UnpicklingError for a function, and for what was left unfinished."""
    if isinstance(value, (Maker, Unfinished)):
        raise UnpicklingError("it keeps a function or something unfinished where data belongs")
    return value


def hashable(key: Any) -> Any:
    """A key that is a scalar or a tuple of scalars: hashing deeper ones can take for ever. UnpicklingError for any other."""
    if isinstance(key, SCALARS) or (isinstance(key, tuple) and all(isinstance(part, SCALARS) for part in key)):
        return key
    raise UnpicklingError(f"a dictionary or set with a {type(key).__name__} as its key")


def mapping(kind: type[dict[Any, Any]], pairs: Any = ()) -> Any:
    """A dictionary of a kind from pairs, as older pickles spell one."""
    return kind((hashable(key), value) for key, value in pairs)


class Bounded:
    """A file that is never asked for more than is left of it: a pickle may declare a string of 2⁶⁰ bytes."""

    def __init__(self, file: Any, end: int) -> None:
        self.file, self.end = file, end

    def read(self, count: int) -> bytes:
        """At most `count` bytes."""
        got: bytes = self.file.read(max(0, min(count, self.end - self.file.tell())))
        return got

    def readline(self) -> bytes:
        """A line, or what is left."""
        got: bytes = self.file.readline(max(0, self.end - self.file.tell()))
        return got

    def tell(self) -> int:
        """The position."""
        at: int = self.file.tell()
        return at


class Unpickler:
    """Reads one pickle. `table` maps "module.name" to a `Maker` or a value, `stored` makes what a persistent id stands for."""

    def __init__(self, table: dict[str, Any], stored: Callable[[Any], Any], refusals: dict[str, str]) -> None:
        self.table, self.stored, self.refusals = table, stored, refusals
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.room = 0

    def load(self, file: Any, end: int) -> Any:
        """The value of the pickle at the file's position, which is left behind it. UnpicklingError for all that is wrong with it."""
        bounded: Any = file if isinstance(file, io.BytesIO) else Bounded(file, end)
        self.room = HIGHEST_RATIO * (end - file.tell()) + 2**20
        try:
            for opcode, argument, _ in pickletools.genops(bounded):
                if opcode.name == "STOP":
                    return data(self.stack.pop())
                act = ACTIONS.get(opcode.name)
                if act is None:
                    raise UnpicklingError(f"opcode {opcode.name}, which no checkpoint needs")
                act(self, argument)
        except UnpicklingError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, EOFError, Warning) as error:
            raise UnpicklingError(f"the pickle is damaged: {error}") from None
        raise UnpicklingError("the pickle ends early")

    def marked(self) -> list[Any]:
        """What was pushed since the last mark."""
        above, self.stack = self.stack, self.below.pop()
        return above

    def mark(self, _: Any) -> None:
        self.below.append(self.stack)
        self.stack = []

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def put(self, key: Any) -> None:
        """Remember the top of the stack; without a key, under the next number."""
        key = len(self.memo) if key is None else int(key)
        top = self.memo[key] = self.stack[-1]
        if isinstance(top, Unfinished):
            top.memos.append(key)

    def named(self, name: str) -> None:
        """Push what a name stands for. UnpicklingError for a name that is not in the table."""
        name = name.replace("__builtin__.", "builtins.") if name.startswith("__builtin__.") else name
        if name not in self.table:
            why = next((text for start, text in self.refusals.items() if name.startswith(start)), None)
            raise UnpicklingError(f"it asks for {name}" + (f": {why}" if why else ", which is code, not data"))
        self.push(self.table[name])

    def stack_named(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not (isinstance(name, str) and isinstance(module, str)):
            raise UnpicklingError("a name that is no string")
        self.named(f"{module}.{name}")

    def call(self, _: Any) -> None:
        arguments, maker = self.stack.pop(), self.stack.pop()
        if not isinstance(maker, Maker) or not isinstance(arguments, tuple):
            raise UnpicklingError(f"it calls a {type(maker).__name__}")
        made = maker.make(*arguments)
        self.room -= sys.getsizeof(made)
        if self.room < 0:
            raise UnpicklingError("it makes more out of its bytes than data does")
        self.push(made)

    def build(self, _: Any) -> None:
        """Complete a value with a state: an unfinished one, or an OrderedDict's notes such as a state_dict's `_metadata`."""
        state, value = self.stack.pop(), self.stack[-1]
        if isinstance(value, Unfinished):
            self.stack[-1] = done = value.finish(state)
            for key in value.memos:
                self.memo[key] = done
        elif type(value) is OrderedDict and isinstance(state, dict):
            for key, note in state.items():
                if not isinstance(key, str) or hasattr(OrderedDict, key):
                    raise UnpicklingError(f"it sets {str(key)[:40]!r} of an OrderedDict")
                setattr(value, key, note)
        else:
            raise UnpicklingError(f"it sets the state of a {type(value).__name__}")

    def append(self, _: Any) -> None:
        self.extend([self.stack.pop()])

    def extend(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            raise UnpicklingError(f"it appends to a {type(target).__name__}")
        target.extend(data(value) for value in values)

    def add(self, _: Any) -> None:
        values, target = self.marked(), self.stack[-1]
        if type(target) is not set:
            raise UnpicklingError(f"it adds to a {type(target).__name__}")
        target.update(hashable(value) for value in values)

    def set_items(self, pairs: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict):
            raise UnpicklingError(f"it sets items of a {type(target).__name__}")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            target[hashable(key)] = data(value)

    def set_item(self, _: Any) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.set_items([key, value])

    def tuple_of(self, count: int) -> None:
        if len(self.stack) < count:
            raise UnpicklingError("a tuple without its parts")
        self.stack[len(self.stack) - count :] = [tuple(self.stack[len(self.stack) - count :])]

    def made(self, make: Callable[[list[Any]], Any]) -> None:
        values = self.marked()
        self.push(make(values))

    def pop(self, _: Any) -> None:
        if self.stack:
            self.stack.pop()
        else:
            self.drop()

    def drop(self) -> None:
        self.marked()

    def pairs(self) -> None:
        values = self.marked()
        self.push({})
        self.set_items(values)


def _nothing(machine: Unpickler, _: Any) -> None:
    pass


Action = Callable[[Unpickler, Any], None]
_LITERALS = [
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING", "SHORT_BINSTRING",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
]  # fmt: skip
ACTIONS: dict[str, Action] = {name: lambda m, value: m.push(value) for name in _LITERALS} | {
    "PROTO": _nothing,
    "FRAME": _nothing,
    "NONE": lambda m, _: m.push(None),
    "NEWTRUE": lambda m, _: m.push(True),
    "NEWFALSE": lambda m, _: m.push(False),
    "EMPTY_LIST": lambda m, _: m.push([]),
    "EMPTY_DICT": lambda m, _: m.push({}),
    "EMPTY_SET": lambda m, _: m.push(set()),
    "EMPTY_TUPLE": lambda m, _: m.push(()),
    "TUPLE1": lambda m, _: m.tuple_of(1),
    "TUPLE2": lambda m, _: m.tuple_of(2),
    "TUPLE3": lambda m, _: m.tuple_of(3),
    "TUPLE": lambda m, _: m.made(tuple),
    "LIST": lambda m, _: m.made(list),
    "DICT": lambda m, _: m.pairs(),
    "FROZENSET": lambda m, _: m.made(lambda values: frozenset(hashable(v) for v in values)),
    "APPEND": Unpickler.append,
    "APPENDS": lambda m, _: m.extend(m.marked()),
    "ADDITEMS": Unpickler.add,
    "SETITEM": Unpickler.set_item,
    "SETITEMS": lambda m, _: m.set_items(m.marked()),
    "MARK": Unpickler.mark,
    "POP": Unpickler.pop,
    "POP_MARK": lambda m, _: m.drop(),
    "DUP": lambda m, _: m.push(m.stack[-1]),
    "PUT": Unpickler.put,
    "BINPUT": Unpickler.put,
    "LONG_BINPUT": Unpickler.put,
    "MEMOIZE": Unpickler.put,
    "GET": lambda m, key: m.push(m.memo[int(key)]),
    "BINGET": lambda m, key: m.push(m.memo[key]),
    "LONG_BINGET": lambda m, key: m.push(m.memo[key]),
    "GLOBAL": lambda m, name: m.named(name.replace(" ", ".", 1)),
    "STACK_GLOBAL": Unpickler.stack_named,
    "REDUCE": Unpickler.call,
    "NEWOBJ": Unpickler.call,
    "BUILD": Unpickler.build,
    "BINPERSID": lambda m, _: m.push(m.stored(m.stack.pop())),
}
