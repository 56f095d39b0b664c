"""The rows of a recording: Value, Record, Event, and the Budget for what they hold. Plain data; `trace` is their table."""

from __future__ import annotations

from typing import Any

import numpy as np

from .source import Site, line_of
from .stats import Kept, Stats

HEADER = 128  # bytes of an array beside its elements
FULL = 4096  # elements up to which the values themselves are kept
ROOMY = 65536  # the same while less than half of the budget is used: a copy takes a tenth of the time that measuring takes


class Budget:
    """How many bytes of values a recording may hold. Beyond it, statistics only."""

    __slots__ = ("dropped", "everything", "limit", "used")

    def __init__(self, limit: int, everything: bool = False) -> None:
        self.limit = limit
        self.used = 0
        self.dropped = 0
        self.everything = everything  # keep large arrays too, as long as they fit

    def keep(self, array: np.ndarray, copy: bool) -> Kept:
        """An array with its values if it is small, or fits and everything is wanted; else its statistics."""
        if self.wants(array.size):
            used = self.used + array.nbytes + HEADER
            if used <= self.limit:
                self.used = used
                return Kept(array.copy() if copy else array, None)
            self.dropped += 1
        return Kept(None, Stats.of(array))

    def wants(self, size: int) -> bool:
        """Whether an array of so many elements is to be kept whole, if it fits."""
        return size <= FULL or self.everything or (size <= ROOMY and 2 * self.used < self.limit)

    def __str__(self) -> str:
        text = f"{self.used / 2**20:.1f} of {self.limit / 2**20:.0f} MB"
        return text + (f"; {self.dropped} values over budget: statistics only" if self.dropped else "")


class Value:
    """A tensor that an operation read or made.

    `role`: "op" (made by a record), "parameter" (a leaf that needs a gradient), "input" (data from outside).
    `alias` is the value whose memory it shares, `version` counts changes in place, `name` is the user's name for it.
    """

    # defaults of the class: a recording makes many of these, and sets what differs
    maker: int | None = None
    slot = 0
    role = "op"
    _kept: Any = None  # a Kept, or what it is to hold: most are never looked at
    _grad: Any = None
    name = ""
    alias: int | None = None
    leaf: Any = None  # a weak reference to the graph's Leaf, which holds .grad
    version = 0

    def __init__(self, number: int, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.id = number
        self.shape = shape
        self.dtype = dtype

    @property
    def kept(self) -> Kept | None:
        """Its values or statistics, None where nothing is known of them."""
        if self._kept is not None and type(self._kept) is not Kept:
            self._kept = Kept(self._kept)
        found: Kept | None = self._kept
        return found

    @kept.setter
    def kept(self, value: Kept | None) -> None:
        self._kept = value

    @property
    def grad(self) -> Kept | None:
        """Those of its whole gradient in the last backward pass."""
        if self._grad is not None and type(self._grad) is not Kept:
            self._grad = Kept(self._grad)
        found: Kept | None = self._grad
        return found

    @grad.setter
    def grad(self, value: Kept | None) -> None:
        self._grad = value

    @property
    def nbytes(self) -> int:
        """The memory of its elements."""
        n = self.dtype.itemsize
        for size in self.shape:
            n *= size
        return int(n)


class Record:
    """An operation that ran.

    `inputs` are value ids in the order of `op.inputs` (a sequence of tensors flat among them), None for a number or nothing;
    `numbers` what stood there instead. `node` is the id of its graph node, 0 when no gradient is recorded. `scope` is the
    module call, `site` the user's line (see `line`), `seconds` the time since the operation before it,
    `inside` says that it ran in a backward pass, as with create_graph.
    """

    node = 0
    outputs: tuple[int, ...] = ()
    numbers: tuple[Any, ...] = ()
    plan: Any = None  # which rules run for it
    freed = False
    seconds = 0.0
    inside = False

    def __init__(self, number: int, op: Any, inputs: tuple[int | None, ...], scope: Any, site: Site, statics: tuple[Any, ...]) -> None:
        self.id = number
        self.op = op
        self.inputs = inputs
        self.scope = scope
        self.site = site
        self.statics = statics

    @property
    def name(self) -> str:
        """The op's name."""
        return str(self.op.name)

    @property
    def family(self) -> str:
        """The file of ops that declares it."""
        return str(getattr(self.op, "family", ""))

    @property
    def view(self) -> bool:
        """Whether its result shares memory with its input."""
        return bool(getattr(self.op, "view", False))

    @property
    def path(self) -> str:
        """The dotted name of the module that ran it, "" outside of modules."""
        return str(getattr(self.scope, "path", "") or "")

    @property
    def line(self) -> tuple[str, int] | None:
        """(file, line) of the user's code that ran it."""
        return line_of(self.site)

    @property
    def saved(self) -> tuple[str, ...]:
        """The names of what is kept for backward, () once it is freed."""
        if self.freed:
            return ()
        every = getattr(self.op, "outputs", ()) + getattr(self.op, "aux", ())
        return tuple(
            (every[at] if kind == "output" else self.op.params[at]) + ("" if kind in ("value", "output") else "_" + kind)
            for kind, at in getattr(self.plan, "take", ())
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """Its non-tensor arguments by name."""
        return dict(zip(getattr(self.op, "static_names", ()), self.statics, strict=False))


class Event:
    """One step of a backward pass: the gradient `upstream` (one Kept for each output) came to a record, which gave `parts`.

    `parts[slot]` is None where no gradient flows, else (value id, which contribution to that value's gradient it is, counted
    from 0 in each pass, Kept). `number` is the pass, `seconds` the time since the event before it.
    """

    __slots__ = ("_given", "_parts", "_upstream", "id", "number", "orders", "record", "seconds", "targets")

    def __init__(
        self,
        number: int,
        of: int,
        record: int,
        upstream: tuple[Any, ...],
        targets: tuple[int | None, ...],
        orders: tuple[int, ...],
        given: tuple[Any, ...],
        seconds: float = 0.0,
    ) -> None:
        self.id = number
        self.number = of
        self.record = record
        self._upstream = upstream  # arrays, or Kepts: most are never looked at
        self.targets = targets
        self.orders = orders
        self._given = given
        self._parts: tuple[tuple[int, int, Kept] | None, ...] | None = None
        self.seconds = seconds

    @property
    def upstream(self) -> tuple[Kept | None, ...]:
        """The gradient of each output."""
        self._upstream = tuple([_as_kept(g) for g in self._upstream])
        return self._upstream

    @property
    def parts(self) -> tuple[tuple[int, int, Kept] | None, ...]:
        """The contribution to each input."""
        if self._parts is None:
            self._parts = tuple(
                [
                    None if v is None or g is None else (v, k, g if type(g) is Kept else Kept(g))
                    for v, k, g in zip(self.targets, self.orders, self._given, strict=True)
                ]
            )
        return self._parts


def _as_kept(g: Any) -> Kept | None:
    return g if g is None or type(g) is Kept else Kept(g)
