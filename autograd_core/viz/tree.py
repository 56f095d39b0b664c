"""The operations of a trace as a tree of module calls. Plain data, no recursion; imports trace and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .records import Record
from .trace import Trace

Item = "int | Group"


class Group:
    """A module call, or a run of equal pieces: its operations (record ids) and the groups inside it, in program order.

    Of a run, `items` are those of the piece that is drawn, and `pieces` the record ids of every piece in order.
    """

    __slots__ = ("base", "depth", "first", "items", "key", "kind", "last", "module", "parent", "path", "pieces")

    def __init__(self, parent: Group | None, kind: str, path: str, first: int) -> None:
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.kind = kind  # the class of the module, "" for the root
        self.path = path
        self.base = path  # the path of what is drawn inside: of a run that of the drawn piece
        self.first = first  # its lowest and highest record
        self.last = first
        self.items: list[int | Group] = []
        self.pieces: list[list[int]] = []
        self.key = ""  # stable name in pages: where it stands
        self.module = 0  # the id of the module that was called, as long as that exists

    @property
    def is_run(self) -> bool:
        """Whether it stands for several equal pieces."""
        return bool(self.pieces)

    def inside(self) -> Iterator[Group]:
        """Itself and all groups below, from the top, without recursion."""
        stack = [self]
        while stack:
            group = stack.pop()
            yield group
            stack += [item for item in reversed(group.items) if isinstance(item, Group)]

    def records(self) -> list[int]:
        """The records below it that are drawn, in program order."""
        return sorted(item for group in self.inside() for item in group.items if not isinstance(item, Group))

    def members(self) -> list[int]:
        """Every record below it, those of pieces that are not drawn too, in program order."""
        found: list[int] = []
        stack: list[int | Group] = [self]
        while stack:
            at = stack.pop()
            if not isinstance(at, Group):
                found.append(at)
            elif at.is_run:
                found += [i for piece in at.pieces for i in piece]
            else:
                stack += at.items
        return sorted(found)

    def __repr__(self) -> str:
        return f"<{self.kind or 'root'} {self.path} with {len(self.items)} items>"


def build(trace: Trace, records: Iterable[int]) -> Group:
    """The tree of module calls that these records, ascending, ran in."""
    root = Group(None, "", "", 0)
    known: dict[int, Group] = {}
    chains: dict[int, Any] = {}  # keeps the calls, so that their ids stay theirs
    for at in records:
        record = trace.records[at]
        group = _group_of(record, root, known, chains)
        group.items.append(at)
        above: Group | None = group
        while above is not None:
            above.last = at
            above = above.parent
    return root


def _group_of(record: Record, root: Group, known: dict[int, Group], chains: dict[int, Any]) -> Group:
    scope = record.scope
    if scope is None:
        return root
    found = known.get(id(scope))
    if found is not None:
        return found
    missing = []
    call = scope
    while call is not None and id(call) not in known:
        missing.append(call)
        call = getattr(call, "outer", None)
    group = root if call is None else known[id(call)]
    for call in reversed(missing):
        kind = getattr(call, "kind", None)
        below = Group(group, getattr(kind, "__name__", str(call)), str(getattr(call, "path", "")), record.id)
        below.module = id(getattr(call, "module", lambda: None)())
        group.items.append(below)
        known[id(call)], chains[id(call)] = below, call
        group = below
    return group


def owners(root: Group) -> dict[int, Group]:
    """record id -> the group that holds it, for the records that are drawn."""
    return {item: group for group in root.inside() for item in group.items if not isinstance(item, Group)}


def number(root: Group) -> None:
    """Give every group its key: the places of its ancestors and itself among their siblings."""
    for group in root.inside():
        at = 0
        for item in group.items:
            if isinstance(item, Group):
                item.key = f"{group.key}.{at}".lstrip(".")
                item.depth = group.depth + 1
                at += 1
