"""What a row of the board is, and how the heavy ones are built: forward, and forward with backward. Imports nothing of ours."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A statement to measure after a setup that is not.

    threads: "one" for rows of overhead, "both" for one thread and all.
    kind: "race" for a time in turns; in processes of their own "import" for the time of the import, "memory" for the
        peak over what the import takes, "process" for the peak of everything.
    """

    group: str
    name: str
    statement: str
    setup: str = ""
    threads: str = "one"
    kind: str = "race"


def in_groups(rows: list[Row]) -> list[Row]:
    """The rows of a group one after the other."""
    groups = list(dict.fromkeys(r.group for r in rows))
    return sorted(rows, key=lambda r: groups.index(r.group))


def both_ways(family: str, name: str, out: str, shapes: str, more: str = "", wanted: str = "x") -> list[Row]:
    """A heavy row: forward without recording, and forward with backward, on one thread and on all."""
    setup = "; ".join(
        [*(f"{v} = T.randn({s}, requires_grad=True)" for v, s in (pair.split(":") for pair in shapes.split(";"))), *filter(None, [more])]
    )
    quiet = setup.replace(", requires_grad=True", "")
    backward = f"T.autograd.grad({out}, [{wanted}], g)"
    return [
        Row(f"{family}, forward", name, out, quiet, "both"),
        Row(f"{family}, forward and backward", name, backward, f"{setup}; g = T.ones_like({out})", "both"),
    ]
