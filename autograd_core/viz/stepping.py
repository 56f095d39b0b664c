"""The stepper: a cursor over the steps of one backward pass, and what can be asked where it stands. Imports cursor, trace and what looks at them.

What it shows is what the engine's own walk did. It only reads: `.grad`, saved values, hooks, counters and random numbers stay as they are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..graph import Leaf
from ..tensor.base import Tensor, node_of, wrap
from ..tensor.gradient import seeds_of
from .check import Check, check
from .cursor import Cursor
from .explain import Explanation
from .flags import Gain, gains
from .moments import Contribution, Moment, called
from .names import name_values
from .passes import Pass
from .recorder import bytes_of
from .step_page import Shown, to_page, write
from .tape import adopt
from .targets import step_for, value_for
from .terminal import run as run_terminal
from .trace import Trace, live
from .what_if import Difference, compare
from .why import Path as WhyPath
from .why import why
from .writes import Pending, Write, frontier, writes

GRANULARITIES = ("op", "module", "scalar")


def stepper(
    loss: Tensor, grad: Tensor | None = None, granularity: str = "op", budget: int | float | str = "256MB", params: Any = None
) -> Stepper:
    """A stepper through the backward pass of a tensor, at its seed: no step has been taken.

    `grad` is the gradient that the pass starts with, for a tensor that is no scalar. With `granularity="module"` step() and back() go by
    calls of modules, with "scalar" by single elements of what an operation sends on (over() finishes the operation). Gradients are kept
    until `budget` is used up; those beyond it are computed again when they are looked at. `params` names tensors as in `draw`. The values
    of the graph must still be there: make it before backward(), or after backward(retain_graph=True).
    Lines of the source are known for what was computed inside of `viz.record()`.

    >>> s = viz.stepper(loss)
    >>> s.step()          # the rule of the last operation ran
    >>> s.explain()       # its numbers, element by element
    >>> s.back()

    TypeError, ValueError or RuntimeError for what has no graph to step through.
    """
    if granularity not in GRANULARITIES:
        raise ValueError(f"granularity={granularity!r} is not known: it is one of {', '.join(map(repr, GRANULARITIES))}")
    if not isinstance(loss, Tensor):
        raise TypeError(f"stepper takes a Tensor, the loss: got {type(loss).__name__}")
    node = loss._node
    if node is None or type(node) is Leaf:
        raise ValueError(
            "nothing to step through: no operation was recorded for this tensor. It was detached, or made under no_grad(), or from tensors "
            "without requires_grad=True; compute it with gradients and give it to the stepper before detach() or item()"
        )
    trace = _trace_of(loss, params)
    seeds = seeds_of([loss], [grad], False)
    return Stepper(Pass(trace, seeds, bytes_of(budget)), granularity)


def _trace_of(loss: Tensor, params: Any) -> Trace:
    """The graph of the loss: from the recording that saw it, else read from the nodes. Its events are the stepper's own."""
    seen = next((t for t in list(live) if (v := t.value_of(loss)) is not None and v.maker is not None), None)
    if seen is None:
        trace = Trace.of(loss)
    else:
        adopt(seen, [node_of(loss)])
        trace = seen.beside()
        trace.roots = [trace.by_source[node_of(loss).id]]
    name_values(trace, params)
    return trace


class Stepper(Cursor):
    """Where a backward pass stands, and what it was, will be, or would be. `viz.stepper(loss)` makes one.

    `k` steps have been taken; the properties `node`, `op`, `module`, `source`, `rule`, `upstream`, `contributions`, `stats` and `flags` are those
    of the last of them, and `at(k)` has them for any other.
    """

    # looking

    @property
    def node(self) -> Any:
        """The graph node whose rule ran last, None at the seed."""
        return self.now.node

    @property
    def op(self) -> str:
        """The name of its operation."""
        return self.now.op

    @property
    def module(self) -> str:
        """The dotted name of the module that ran it."""
        return self.now.module

    @property
    def source(self) -> Any:
        """The user's line that made it, None where it was not recorded."""
        return self.now.source

    @property
    def rule(self) -> str:
        """The gradient of each input, printed from the op's own declaration."""
        return self.now.rule

    @property
    def upstream(self) -> Any:
        """The gradient that came."""
        return self.now.upstream

    @property
    def contributions(self) -> list[Contribution]:
        """What went on to each input."""
        return self.now.contributions

    @property
    def stats(self) -> list[Any]:
        """Statistics of every gradient of this step."""
        return self.now.stats

    @property
    def gains(self) -> list[Gain]:
        """How much longer or shorter each step made the gradient, the largest change first."""
        return sorted(gains(self.run), key=lambda g: -abs(np.log(g.gain)))

    def grad_of(self, t: Any, k: int | None = None) -> Tensor | None:
        """The gradient of a tensor (or of a parameter by its name) as far as it has arrived at the cursor, or after step k; None before."""
        value = value_for(self.run, t)
        if k is None and self.elements is not None:
            array = self.elements.gradient(value, self.k, self.element)
        else:
            array = self.run.gradient(value, self.k if k is None else step_for(self.run, k))
        return None if array is None else wrap(np.array(array))

    @property
    def frontier(self) -> list[Pending]:
        """The gradients that have arrived and wait for their operation's rule, and those of leaves."""
        return frontier(self.run, self._complete)

    def writes(self, t: Any) -> list[Write]:
        """Every contribution that makes the gradient of a tensor, in order."""
        return writes(self.run, value_for(self.run, t))

    def last_write(self, t: Any) -> Write | None:
        """The last of them up to the cursor, None when nothing has been written."""
        return next((w for w in reversed(self.writes(t)) if w.k <= self._complete), None)

    def explain(self, index: Any = None, slot: int | None = None) -> Explanation:
        """upstream × local derivative = contribution, with the numbers of one element of an input's gradient at the cursor.

        `slot` chooses the input (a parameter where there is one); `index` the element (the largest; one that is NaN first).
        """
        return self.now.explain(index, slot)

    def why(self, t: Any, index: Any = None) -> WhyPath:
        """Why an element of a gradient is what it is: the way from the loss that gave most of it, product by product."""
        return why(self.run, value_for(self.run, t), index)

    def check(self, slot: int | None = None) -> Check:
        """The rule of this step alone against finite differences of its operation in float64."""
        return check(self.now, slot)

    def inject(self, value: Any) -> Stepper:
        """A branch in which this gradient came to the current operation instead (at the seed: the pass started with it). This stepper stays."""
        run = self.run
        step = self.now.step
        shape, kind = (run.seeds[0][0].shape, run.seeds[0][0].dtype) if step is None else (step.node.shape, step.node.dtype)
        if isinstance(kind, tuple):
            raise ValueError(f"{self.op} has several outputs: inject() at a step of one output, or make a stepper with grad=")
        given = np.asarray(value.array if isinstance(value, Tensor) else value)
        if given.shape != tuple(shape):
            raise ValueError(f"inject() takes the gradient of the output of {self.op}, of shape {tuple(shape)}: got {given.shape}")
        array = given.astype(kind)
        changes, seeds = dict(run.changes), list(run.seeds)
        if step is None:
            seeds = [(seeds[0][0], array)]
        else:
            changes[step.node] = array
        branch = Stepper(Pass(run.trace, seeds, run.budget.limit + run.room, changes), self.granularity, self)
        branch.k = self.k
        return branch

    def diff(self, other: Stepper) -> list[Difference]:
        """How the gradients of the leaves differ from those of another stepper through the same graph, the largest change first."""
        return compare(self.run, other.run)

    # writing

    def html(self, path: str | os.PathLike[str] | None = None, title: str = "") -> str | Path:
        """One page for any browser, with no network and no kernel: its text, or the path it was written to. OSError for a path that cannot be."""
        page = to_page(self, title)
        return page if path is None else write(page, path)

    def show(self, height: int = 720) -> Shown:
        """The page in a notebook's output, with text beside it where no page can be shown."""
        return Shown(str(self.html()), self.now.text(), height)

    def terminal(self) -> None:
        """Step in this terminal, with pdb's words: h lists them."""
        run_terminal(self)

    def to_json(self) -> dict[str, Any]:
        """The steps as plain data, without the arrays."""
        values = self.run.trace.values
        return {
            "schema": 1,
            "steps": [
                {
                    "k": s.k, "op": m.op, "module": m.module, "rules": m.rules, "source": None if m.source is None else [*m.source],
                    "upstream": [None if kept is None else kept.stats.to_json() for kept in s.upstream],
                    "parts": [
                        None if p is None else {"value": p[0], "name": called(self.run, values[p[0]]), "nth": p[1], **p[2].stats.to_json()}
                        for p in s.parts
                    ],
                }
                for s, m in ((s, self.at(s.k)) for s in self.run.steps)
            ],
            "flags": [flag._asdict() for flag in self.flags],
            "budget": str(self.run.budget),
        }  # fmt: skip

    def __iter__(self) -> Iterator[Moment]:
        """From the cursor to the end, which the cursor follows."""
        while self._complete < len(self):
            self.step()
            yield self.now

    def __repr__(self) -> str:
        return self.now.text()
