"""Which module is running: every call of a module puts a `Call` on the thread's scope, and recorded nodes keep it.

Imports nothing of nn. A call holds its module weakly, so that a graph kept inside a module forms no cycle; the
dotted path is only looked up when someone asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Call:
    """One running call of a module, inside the call `outer` of another."""

    __slots__ = ("__weakref__", "_path", "kind", "module", "outer")

    module: Any  # a weak reference to the module
    kind: type
    outer: Call | None
    _path: str | None

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
            self._path = _path_of(self.chain)
        return self._path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def __repr__(self) -> str:
        return f"{self.path} ({self.kind.__name__})" if self.path else self.kind.__name__


def _path_of(chain: list[Call]) -> str:
    parts: list[tuple[Any, str]] = [(chain[0].module(), "")]
    for call in chain[1:]:
        module = call.module()
        for above, path in reversed(parts):
            name = None if above is None or module is None else find(above, module)
            if name is not None:
                parts.append((module, f"{path}.{name}".strip(".")))
                break
        else:
            parts.append((module, f"{parts[-1][1]}.{call.kind.__name__}".strip(".")))
    return parts[-1][1]


def find(above: Any, module: Any) -> str | None:
    """The dotted name of `module` below `above`, None if it is not there."""
    if above is module:
        return ""
    return next((name for name, found in descendants(above) if found is module), None)


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
