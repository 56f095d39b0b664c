"""Looks for wrong calls that are answered wrongly: `python -m tests.fuzz [--ours] [--seed N] [--count N] [--jobs N] [name ...]`."""

from __future__ import annotations

import argparse
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from .parent import outcomes
from .right_calls import names
from .verdicts import disagreement, fault


def main() -> None:
    """Prints every kind of finding with its number and one example."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--ours", action="store_true", help="without PyTorch")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=0, help="calls of each function, by lot; 0: all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*", help="functions, say add or functional.relu or Tensor.view; all where none is given")
    given = parser.parse_args()
    chosen = given.names or names()
    groups = [chosen[i :: 8 * given.jobs] for i in range(8 * given.jobs)]
    who = "ours" if given.ours else "both"
    with ThreadPoolExecutor(given.jobs) as pool:
        records = list(chain(*pool.map(lambda group: outcomes(group, who, given.seed, given.count), groups)))
    found = defaultdict(list)
    for record in records:
        for kind, details in filter(None, (fault(record), disagreement(record))):
            found[record["name"], kind[:60]].append((record, kind, details))
    for (name, _), rows in sorted(found.items()):
        record, kind, details = rows[0]
        print(f"{name} x{len(rows)} [{record['wrong']}] {record['call']}\n    {kind}\n    {details}")
    print(f"{len(records)} calls of {len(chosen)} functions, {sum(map(len, found.values()))} findings of {len(found)} kinds")


if __name__ == "__main__":
    main()
