"""`python -m autograd_core.viz.step script.py`: runs a program and stops in its backward passes. Imports recorder and interrupt."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Sequence

from ..graph import thread
from .interrupt import Stop
from .recorder import record
from .terminal import condition


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. 0 when the user quits or the program ends after a pass, 1 when there was none, 2 for a wrong command line."""
    parser = argparse.ArgumentParser(prog="python -m autograd_core.viz.step", description="Run a program and step through its backward passes.")
    parser.add_argument("script", help="the program")
    parser.add_argument("--break", dest="conditions", action="append", default=[], metavar="CONDITION", help='go on to there: nan, "above 1e3", "op relu"')
    parser.add_argument("--skip", type=int, default=0, metavar="N", help="let N backward passes run first")
    parser.add_argument("--html", default="", metavar="PATH", help="write the page of the pass instead of opening a session")
    parser.add_argument("--budget", default="256MB", help='bytes of values that the recording may hold, such as "1GB"')
    parser.epilog = "What is not listed here goes to the program; everything after -- does."
    every = list(sys.argv[1:] if arguments is None else arguments)
    cut = every.index("--") if "--" in every else len(every)
    given, rest = parser.parse_known_args(every[:cut])
    rest += every[cut + 1 :]
    if not os.path.isfile(given.script):
        parser.error(f"there is no file {given.script}")
    for words in given.conditions:
        try:
            condition(words)
        except ValueError as error:
            parser.error(str(error))
    before = sys.argv, list(sys.path)
    sys.argv = [given.script, *rest]
    sys.path.insert(0, os.path.dirname(os.path.abspath(given.script)))
    try:
        with record(given.budget) as trace:
            stop = Stop(thread.context.watch, given.conditions, given.html, given.skip)
            thread.context.watch = stop
            try:
                runpy.run_path(given.script, run_name="__main__")
            finally:
                thread.context.watch = stop.inner
    finally:
        sys.argv, sys.path[:] = before
    if stop.passes <= given.skip:
        print(f"{given.script} ran to its end: {stop.passes} calls of backward() on a scalar, {len(trace.records)} operations", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
