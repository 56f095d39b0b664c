"""Parameters that nobody registered: modules and parameters inside a plain list, tuple, set or dict of a module.

They would silently not be trained, saved or moved. Imports the parameter class; modules are known by their tables.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from ..parameter import Parameter

V = TypeVar("V")

_DEPTH = 3  # lists in lists in lists


class Members(Generic[V]):
    """The iterator that `parameters()` returns; an optimizer that finds nothing in it can ask why."""

    __slots__ = ("_module", "_walk")

    def __init__(self, walk: Iterator[V], module: Any) -> None:
        self._walk = walk
        self._module = module

    def __iter__(self) -> Iterator[V]:
        return self._walk

    def __next__(self) -> V:
        return next(self._walk)

    def why_empty(self) -> str:
        """What an empty parameter list is due to, as a sentence."""
        found = overlooked(self._module)
        if found:
            return "; ".join(found)
        return f"{type(self._module).__name__} has no parameters: assign layers or nn.Parameter to its attributes in __init__"


def overlooked(root: Any) -> list[str]:
    """A sentence for each plain container below a module that holds trainable parameters which no module registered."""
    modules = dict(root.named_modules())
    known = {id(m) for m in modules.values()} | {id(p) for m in modules.values() for p in m._parameters.values()}
    said = []
    for path, module in modules.items():
        for name, value in module.__dict__.items():
            if not name.startswith("_") and isinstance(value, (list, tuple, set, dict)):
                lost = [item for item in _inside(value, _DEPTH) if id(item) not in known and _trains(item)]
                if lost:
                    said.append(_sentence(f"{path}.{name}".strip("."), value, lost))
    return said


def _inside(value: Any, depth: int) -> Iterator[Any]:
    if isinstance(value, Parameter) or hasattr(type(value), "named_modules"):
        yield value
    elif depth and isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _inside(item, depth - 1)
    elif depth and isinstance(value, dict):
        for item in value.values():
            yield from _inside(item, depth - 1)


def _trains(item: Any) -> bool:
    """Frozen modules are hidden on purpose: a teacher, a reference copy."""
    return bool(item.requires_grad) if isinstance(item, Parameter) else any(p.requires_grad for p in item.parameters())


def _sentence(path: str, value: Any, lost: list[Any]) -> str:
    count = len(lost)
    params = all(isinstance(item, Parameter) for item in lost)
    what = ("Parameter" if params else "Module") + ("s" if count > 1 else "")
    fix = ("Parameter" if params else "Module") + ("Dict" if isinstance(value, dict) else "List")
    return f"self.{path} is a plain {type(value).__name__} of {count} {what}, which parameters() does not see: use nn.{fix}"


def notice(root: Any) -> None:
    """Warn, at the first call of a model, about parameters that would not be trained."""
    root.__dict__["_noticed"] = True
    for sentence in overlooked(root):
        warnings.warn(
            f"{type(root).__name__}: {sentence} (or call requires_grad_(False) on what is hidden on purpose)", UserWarning, stacklevel=3
        )
