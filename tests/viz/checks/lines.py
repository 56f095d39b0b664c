"""Every operation knows its line (B8): in files, in a notebook's cells, through the library's own modules. Marker comments say which."""

from __future__ import annotations

import linecache
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograd_core import viz
from tests.viz.checks.registry import Figure, check, equal

MARK = re.compile(r"# ops?: (.*)$")

DEMOS = {
    "functions": '''
import autograd_core as ag

def layer(x, w):
    h = x @ w  # ops: matmul
    return (
        h.tanh()  # ops: tanh mul
        * 2.0  # a product begins where its first operand does
    )

w = ag.ones(3, 3, requires_grad=True)
x = ag.ones(2, 3)
for _ in range(2):
    x = layer(x, w)
y = [v.exp() for v in (x, w)]  # ops: exp
loss = (lambda a, b: a.sum() + b.mean())(*y)  # ops: sum mean add
loss.backward()
''',
    "modules": '''
import autograd_core as ag
import nn
import nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 3)
        self.rest = nn.Sequential(nn.Tanh(), nn.Linear(3, 2))

    def forward(self, x):
        h = self.first(x)  # ops: linear
        h = F.relu(h)  # ops: relu
        return self.rest(h)  # ops: tanh linear

net = Net()
out = net(ag.ones(5, 4))
loss = F.mse_loss(out, ag.zeros(5, 2))  # ops: mse_loss
loss.backward()
''',
    "classes and decorators": '''
import functools
import autograd_core as ag

def twice(f):
    @functools.wraps(f)
    def run(x):
        return f(x) + f(x)  # ops: add
    return run

class Model:
    @property
    def weight(self):
        return self._w.exp()  # ops: exp

    @twice
    def __call__(self): ...

def rows(x):
    for row in x:  # ops: select
        yield row.square()  # ops: square

model = Model()
model._w = ag.ones(3, 2, requires_grad=True)
f = twice(lambda x: x.sin())  # ops: sin
loss = sum(r.sum() for r in rows(f(model.weight)))  # ops: sum add
loss.backward()
''',
}


def marked(text: str) -> dict[int, set[str]]:
    """line -> the operations that its marker names."""
    found = {n: MARK.search(line) for n, line in enumerate(text.splitlines(), 1)}
    return {n: set(m[1].split()) for n, m in found.items() if m is not None}


def compared(trace: Any, text: str, file: str) -> tuple[int, list[str]]:
    """(operations recorded, those that name another file, a line without their marker, or markers that no operation names)."""
    marks = marked(text)
    wrong, seen = [], set()
    for r in trace.records:
        name, place = r.name, r.line
        if place is None or place[0] != file or name not in marks.get(place[1], ()):
            wrong.append(f"{name} at {place}")
        else:
            seen.add((place[1], name))
    return len(trace.records), wrong + [f"nothing at {n}: {name}" for n, names in marks.items() for name in names if (n, name) not in seen]


def ran(text: str, file: str, name: str = "__main__") -> Any:
    """The recording of a program."""
    with viz.record() as trace:
        exec(compile(text, file, "exec"), {"__name__": name, "__file__": file})
    return trace


@check("B8", "every operation knows its line")
def lines() -> Iterator[Figure]:
    """Three files, the same as cells of a notebook, and one in the user's own package `data`."""
    with tempfile.TemporaryDirectory() as folder:
        for title, text in DEMOS.items():
            file = Path(folder) / f"{title}.py"
            file.write_text(text)
            count, wrong = compared(ran(text, str(file)), text, str(file))
            yield equal(f"a file, {title}: of {count} operations on a wrong line", wrong, [])
            cell = f"/tmp/ipykernel_7/{title}.py"  # what a notebook calls its cells
            linecache.cache[cell] = len(text), None, text.splitlines(True), cell
            count, wrong = compared(ran(text, cell), text, cell)
            yield equal(f"a cell, {title}: of {count} operations on a wrong line", wrong, [])
        text, file = DEMOS["functions"], Path(folder) / "data" / "loader.py"
        count, wrong = compared(ran(text, str(file), "data.loader_of_the_user"), text, str(file))
        yield equal(f"a module of the user's package data: of {count} on a wrong line", wrong, [])
