"""Who is blamed for a NaN (B4): the two programs that PyTorch's anomaly mode gets wrong, and the stepper's flag for the same."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import autograd_core as ag
from autograd_core import viz
from tests.viz.checks.registry import Figure, check, equal


def nested() -> ag.Tensor:
    """The inner root makes the NaN; PyTorch names the outer one, whose gradient is NaN first."""
    x = ag.tensor([1.0, 6.0], requires_grad=True)
    inner = ag.sqrt(x - 2)  # the culprit
    return ag.sqrt(inner).sum()


def silent() -> ag.Tensor:
    """The loss is NaN and its gradient finite; PyTorch says nothing."""
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    return ag.log(-x).sum()  # the culprit


def culprit(program: object) -> str:
    """file:line of the marked line."""
    text, first = inspect.getsourcelines(program)  # type: ignore[arg-type]
    return f"{__file__}:{first + next(i for i, line in enumerate(text) if line.rstrip().endswith('# the culprit'))}"


@check("B4", "a NaN is blamed on the operation that made it, with shapes, values and the line")
def blamed() -> Iterator[Figure]:
    """The exception of anomaly mode, and the flag of a stepper."""
    for program, op, values, shape in ((nested, "sqrt", "[-1.,  4.]", "[2]"), (silent, "log", "[-1., -2.]", "[2]")):
        try:
            with ag.autograd.detect_anomaly():
                program().backward()
            said = "nothing"
        except RuntimeError as error:
            said = str(error)
        wanted = {"the operation": f"by {op} at", "the line": culprit(program), "the shape": f"input: shape {shape}", "the values": f"values {values}"}
        for what, text in wanted.items():
            yield equal(f"{program.__name__}: the exception has {what}", text in said, True)
        with viz.record():
            loss = program()
        s = viz.stepper(loss)
        flag = next((f for f in s.flags if f.kind == "nan" and "going forward" in f.text), None)
        where = "none" if flag is None else f"{s.goto(flag.k).op} {s.source.file}:{s.source.line}"
        yield equal(f"{program.__name__}: the stepper's flag", where, f"{op} {culprit(program)}")
        s.break_on(nan=True)
        yield equal(f"{program.__name__}: what a breakpoint finds", s.goto(0).cont().flags != [], True)
