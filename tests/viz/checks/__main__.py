"""Prints the table of checks: name, what was measured, figure, goal, met or not. `--only B3 --only A`, `--list`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.viz.checks.registry import Check, Figure, Unavailable, chosen

WORDS = {True: "met", False: "NOT MET", None: "not run"}


def main() -> int:
    """Runs the chosen checks; the number of those that were not met is the exit code's truth."""
    parser = argparse.ArgumentParser(prog="python -m tests.viz.checks", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a check (B3) or a letter (A); may be given again")
    parser.add_argument("--list", action="store_true", help="the names and titles")
    options = parser.parse_args()
    failed = 0
    try:
        checks = list(chosen(options.only))
    except ValueError as error:
        parser.error(str(error))
    for each in checks:
        print(f"{each.name:<4} {each.title}", flush=True)
        if not options.list:
            failed += show(each)
    if not options.list:
        print(f"{failed} not met" if failed else "all met")
    return min(failed, 1)


def show(each: Check) -> int:
    """Run one check and print its lines; how many were not met."""
    failed, start = 0, time.perf_counter()
    try:
        for figure in each.run():
            line(figure, figure.met)
            failed += not figure.met
    except Unavailable as reason:
        line(Figure(str(reason), "", "", True), None)
    except Exception as error:
        line(Figure(f"{type(error).__name__}: {error}", "", "", False), False)
        failed += 1
    print(f"     ({time.perf_counter() - start:.1f} s)", flush=True)
    return failed


def line(figure: Figure, met: bool | None) -> None:
    """One line of the table."""
    print(f"     {figure.what:<58} {figure.found:<28} {figure.goal:<22} {WORDS[met]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
