"""The library with and without the places where a recording would hang, in turns: `python -m tests.viz.checks.unhooked` prints two times each.

Every compiled recorder and the engine's step have a second code object from which the questions "does somebody watch?" are cut. Swapping the
code of the same functions leaves everything else as it is. It must see the recorders being compiled, hence a process of its own.
"""

from __future__ import annotations

import gc
import inspect
import json
import re
import textwrap
import time
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from autograd_core import engine
from autograd_core.tensor import record

ROUNDS, TURNS = 20, 3
ASKS = re.compile(r"\n *if context\.special:\n *special\(.*\)")
WATCHES = re.compile(r"\n *watch = context\._watch\n *if watch is not None:\n *watch\.backward\(.*\)")

cut: dict[CodeType, CodeType] = {}


def compiling(source: str, name: str, mode: str) -> CodeType:
    """In the place of `compile`: remembers what the recorder would be without its question."""
    with_it, without, asked = compile(source, name, mode), *ASKS.subn("", source)
    assert asked == 1, name
    cut[_inner(with_it)] = _inner(compile(without, name, mode))
    return with_it


def _inner(code: CodeType) -> CodeType:
    return next(c for c in code.co_consts if isinstance(c, CodeType))


def engines() -> tuple[CodeType, CodeType]:
    """The code of the engine's step, and what it is without its question."""
    text = textwrap.dedent(inspect.getsource(engine._contributions))
    less, asked = WATCHES.subn("", text)
    assert asked == 1
    scope: dict[str, Any] = dict(vars(engine))
    exec(compile("from __future__ import annotations\n" + less, engine.__file__, "exec"), scope)
    return engine._contributions.__code__, scope["_contributions"].__code__


def compare(run: Callable[[], None]) -> tuple[float, float]:
    """(seconds without, seconds with) the questions: the shortest of alternating turns."""
    run()
    hooked = [f for f in gc.get_objects() if isinstance(f, FunctionType) and f.__code__ in cut]
    pairs = [(f, (cut[f.__code__], f.__code__)) for f in hooked] + [(engine._contributions, engines()[::-1])]
    best = [float("inf"), float("inf")]
    for turn in range(ROUNDS):
        for which in (0, 1) if turn % 2 else (1, 0):
            for f, codes in pairs:
                f.__code__ = codes[which]
            for _ in range(TURNS):
                start = time.process_time()
                run()
                best[which] = min(best[which], time.process_time() - start)
    for f, codes in pairs:
        f.__code__ = codes[1]
    return best[0], best[1]


def main() -> None:
    """The 10,000 small operations and a step of a convolutional network."""
    from tests.viz.checks.recording import loop, models

    record.compile = compiling  # type: ignore[attr-defined]
    programs = {"10,000 mul": loop("mul", 10_000, False), "10,000 mul, backward too": loop("mul", 10_000, True), "CNN step": models()["CNN step, batch 16"]}
    print(json.dumps({name: compare(run) for name, run in programs.items()}))


if __name__ == "__main__":
    main()
