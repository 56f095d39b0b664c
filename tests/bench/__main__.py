"""The command: races the rows and prints one table, with the geometric mean of each group."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench.race import Result, Side, import_time, race, sides
from tests.bench.rows import ROWS, Row

IMPORT = Row("import", "import time, CPU", "")


def mean_ratio(results: Iterable[Result]) -> float | None:
    """The geometric mean of the ratios, None where there are none."""
    logs = [math.log(r.ratio) for r in results if r.ratio]
    return math.exp(sum(logs) / len(logs)) if logs else None


def shown(seconds: float | None) -> str:
    """A time in the unit that suits it."""
    if seconds is None:
        return "-"
    for unit, scale in (("s ", 1.0), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.2f} {unit}"
    return f"{seconds * 1e6:.2f} µs"


def line(name: str, ours: str, theirs: str, ratio: float | None, note: str = "") -> str:
    """One line of the table."""
    return f"{name:<58}{ours:>12}{theirs:>12}{'-' if ratio is None else f'{ratio:.2f}':>8}  {note}".rstrip()


def run(rows: list[Row], ours: Side, theirs: Side | None, seconds: float, every: int) -> Iterator[Result]:
    """Race every row on one thread and, where it says so, on `every`; print as it goes."""
    group = None
    for row in rows:
        if row.group != group:
            group = row.group
            print(f"\n{line(group, 'ours', 'torch', None).replace('       -', '   ratio')}")
        if row is IMPORT:
            results = [Result(row, 1, import_time("autograd_core"), import_time("torch") if theirs else None)]
        else:
            choices = (1, every) if row.threads == "both" and every > 1 else (1,)
            results = [race(row, threads, ours, theirs, seconds) for threads in choices]
        for r in results:
            name = row.name if row.threads == "one" else f"{row.name}, {r.threads} thread{'s' * (r.threads > 1)}"
            print(line("  " + name, shown(r.ours), shown(r.theirs), r.ratio, r.said), flush=True)
            yield r


def summary(results: list[Result]) -> dict[str, float]:
    """The geometric mean of each group and of all."""
    groups = {r.row.group: None for r in results}
    means = {group: mean_ratio(r for r in results if r.row.group == group) for group in groups} | {"all": mean_ratio(results)}
    return {name: mean for name, mean in means.items() if mean is not None}


def as_json(results: list[Result]) -> str:
    """The results for machines."""
    rows = [
        {
            "group": r.row.group,
            "name": r.row.name,
            "threads": r.threads,
            "ours": r.ours,
            "torch": r.theirs,
            "ratio": r.ratio,
            "said": r.said,
        }
        for r in results
    ]
    where = {"python": platform.python_version(), "machine": platform.machine(), "cpus": os.cpu_count()}
    return json.dumps({"where": where, "rows": rows, "means": summary(results)}, indent=1)


def main(arguments: list[str] | None = None) -> int:
    """Parse, race, print; the exit status is the number of rows that failed on our side."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="one short round of each row on one thread: do they run?")
    parser.add_argument("--only", metavar="TEXT", action="append", help="only rows whose group or name contains TEXT; may be repeated")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results there too")
    parser.add_argument("--seconds", type=float, default=0.3, help="how long a row is raced (default 0.3)")
    options = parser.parse_args(arguments)
    rows = [r for r in [*ROWS, IMPORT] if not options.only or any(text in f"{r.group}: {r.name}" for text in options.only)]
    if not rows:
        print(f"no row contains any of {options.only}", file=sys.stderr)
        return 1
    ours, theirs = sides()
    if theirs is None:
        print("PyTorch is not installed: only our times (pip install --group parity)")
    results = list(run(rows, ours, theirs, 0.0 if options.smoke else options.seconds, 1 if options.smoke else os.cpu_count() or 1))
    if theirs is not None:
        print("\n" + "\n".join(line(f"geometric mean: {name}", "", "", mean) for name, mean in summary(results).items()))
    if options.json:
        options.json.write_text(as_json(results))
    return sum(r.ours is None for r in results)


if __name__ == "__main__":
    sys.exit(main())
