"""Which module is running: every call of a module puts a `Call` on the thread's scope, and recorded nodes keep it.

Imports nothing of nn. A call holds its module weakly, so that a graph kept inside a module forms no cycle; the
dotted path is only looked up when someone asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Call:
    """One running call of a module, inside the call `outer` of another."""

    __slots__ = ("__weakref__", "_names", "_path", "kind", "module", "outer")

    module: Any  # a weak reference to the module
    kind: type
    outer: Call | None
    _path: str | None
    _names: dict[int, str]  # not there until somebody looks for a module below this one: a call must cost nothing

    @property
    def chain(self) -> list[Call]:
        """The calls from the outermost to this one."""
        out = []
        call: Call | None = self
        while call is not None:
            out.append(call)
            call = call.outer
        return out[::-1]

    @property
    def path(self) -> str:
        """The dotted name of the running module below the outermost one, "" for that one itself.

        A module that has gone by now, or that no module holds, is given by its class name.
        """
        if self._path is None:
            for call in self.chain:
                if call._path is None:
                    call._path = _path_of(call)
        return self._path or ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def __repr__(self) -> str:
        return f"{self.path} ({self.kind.__name__})" if self.path else self.kind.__name__


def _path_of(call: Call) -> str:
    """The path of a call whose outer calls know theirs: below the nearest of them that holds its module."""
    module, above = call.module(), call.outer
    if above is None:
        return ""
    while above is not None and module is not None:
        name = _name_below(above, module)
        if name is not None:
            return f"{above._path}.{name}".strip(".")
        above = above.outer
    assert call.outer is not None
    return f"{call.outer._path}.{call.kind.__name__}".strip(".")


def _name_below(call: Call, module: Any) -> str | None:
    """The dotted name of `module` below that of a call, None if it is not there. The names are listed once for each call:
    a search for each of the calls in it would cost their number squared."""
    above = call.module()
    if above is None or above is module:
        return None if above is None else ""
    try:
        names = call._names
    except AttributeError:
        names = call._names = {id(found): name for name, found in descendants(above)}
    name = names.get(id(module))
    return name if name is not None and _at(above, name) is module else None


def _at(module: Any, name: str) -> Any:
    """The module of a dotted name, None where there is none by now."""
    for part in name.split("."):
        module = None if module is None else module._modules.get(part)
    return module


def descendants(module: Any) -> Iterator[tuple[str, Any]]:
    """(dotted name, module) of everything below a module, children before grandchildren; each module once."""
    seen = {id(module)}
    level = [("", module)]
    while level:
        below = []
        for prefix, parent in level:
            for name, child in parent._modules.items():
                if child is not None and id(child) not in seen:
                    seen.add(id(child))
                    below.append((prefix + name, child))
        yield from below
        level = [(name + ".", child) for name, child in below]
