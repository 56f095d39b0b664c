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

from tests.bench.apart import apart
from tests.bench.race import Result, Side, race, sides
from tests.bench.rows import ROWS, Row


def mean_ratio(results: Iterable[Result]) -> float | None:
    """The geometric mean of the ratios, None where there are none."""
    logs = [math.log(r.ratio) for r in results if r.ratio]
    return math.exp(sum(logs) / len(logs)) if logs else None


def shown(value: float | None, kind: str = "race") -> str:
    """A time in the unit that suits it, or an amount of memory."""
    if value is None:
        return "-"
    if kind in ("memory", "process"):
        return f"{value / 1e6:.1f} MB"
    for unit, scale in (("s ", 1.0), ("ms", 1e3)):
        if value * scale >= 1:
            return f"{value * scale:.2f} {unit}"
    return f"{value * 1e6:.2f} µs"


def line(name: str, ours: str, theirs: str, ratio: str, note: str = "") -> str:
    """One line of the table."""
    return f"{name:<64}{ours:>12}{theirs:>12}{ratio:>8}  {note}".rstrip()


def threads_of(row: Row, smoke: bool) -> tuple[int, ...]:
    """The numbers of threads that a row is raced on."""
    every = os.cpu_count() or 1
    return (1, every) if row.threads == "both" and every > 1 and not smoke else (1,)


def run(rows: list[Row], ours: Side, theirs: Side | None, seconds: float, smoke: bool) -> Iterator[Result]:
    """Race every row on one thread and, where it says so, on all; print as it goes."""
    group = None
    for row in rows:
        if row.group != group:
            group = row.group
            print("\n" + line(group, "ours", "torch", "ratio"))
        if row.kind == "race":
            results = [race(row, threads, ours, theirs, 0.0 if smoke else seconds) for threads in threads_of(row, smoke)]
        else:
            results = [apart(row, 1 if smoke else 5)]
        for r in results:
            name = row.name if row.threads == "one" else f"{row.name}, {r.threads} thread{'s' * (r.threads > 1)}"
            ratio = "-" if r.ratio is None else f"{r.ratio:.2f}"
            print(line("  " + name, shown(r.ours, row.kind), shown(r.theirs, row.kind), ratio, r.said), flush=True)
            yield r


def summary(results: list[Result]) -> dict[str, dict[str, float]]:
    """The geometric mean of each group and of all times, on one thread and on all."""
    groups = {r.row.group: [s for s in results if s.row.group == r.row.group] for r in results}
    groups |= {"all times": [r for r in results if r.row.kind == "race"]}
    counts = sorted({r.threads for r in results})
    means = {name: {str(n): mean_ratio(r for r in group if r.threads == n) for n in counts} for name, group in groups.items()}
    return {name: {n: mean for n, mean in by.items() if mean is not None} for name, by in means.items() if any(by.values())}


def show_summary(results: list[Result]) -> None:
    """Print the means, and how many rows are behind."""
    counts = sorted({str(r.threads) for r in results}, key=int)
    print("\n" + line("geometric means of the ratio", *[f"{n} thread{'s' * (n != '1')}" for n in counts][:2], *[""] * (3 - len(counts))))
    for name, by in summary(results).items():
        cells = [f"{by[n]:.2f}" if n in by else "-" for n in counts]
        print(line("  " + name, *cells, *[""] * (3 - len(cells))))
    ratios = [r.ratio for r in results if r.ratio]
    print(f"\n{sum(ratio > 1 for ratio in ratios)} of {len(ratios)} figures are above 1, {sum(ratio > 1.1 for ratio in ratios)} above 1.1")


def as_json(results: list[Result]) -> str:
    """The results for machines."""
    rows = [
        {
            "group": r.row.group,
            "name": r.row.name,
            "kind": r.row.kind,
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
    rows = [r for r in ROWS if not options.only or any(text in f"{r.group}: {r.name}" for text in options.only)]
    if not rows:
        print(f"no row contains any of {options.only}", file=sys.stderr)
        return 1
    ours, theirs = sides()
    if theirs is None:
        print("PyTorch is not installed: only our times (pip install --group parity)")
    results = list(run(rows, ours, theirs, options.seconds, options.smoke))
    if theirs is not None:
        show_summary(results)
    if options.json:
        options.json.write_text(as_json(results))
    return sum(r.ours is None for r in results)


if __name__ == "__main__":
    sys.exit(main())
