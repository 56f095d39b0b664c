"""A session in a terminal (B9), names that are hostile, and that looking leaves no trace."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import autograd_core as ag
import nn
from autograd_core import viz
from autograd_core.viz.terminal import Terminal
from tests.viz.checks.registry import Figure, check, equal
from tests.viz.models import convnet
from tests.viz.test_terminal import DEMO, GOLDEN

ROOT = Path(__file__).parents[3]
HOSTILE = "</script><script>alert(1)</script>\x1b[31m\x07\x9b\r\u202e"
COMMANDS = "n\nn\ne\nf\nw\nl\nup\ndown\ninfo\nt end\nf\nw NAME\np NAME\nwhy NAME\nbreak param NAME\nbreak module NAME\ncheck\nh\nq\n"


@check("B9", "a session from a pipe is the one that is written down")
def golden() -> Iterator[Figure]:
    """printf 'n\\nn\\nb\\nf\\nbreak nan\\nc\\nq\\n' | python -m autograd_core.viz.step demo.py"""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "demo.py").write_text(DEMO)
        done = subprocess.run(
            [sys.executable, "-m", "autograd_core.viz.step", "demo.py"], cwd=folder, input="n\nn\nb\nf\nbreak nan\nc\nq\n",
            capture_output=True, text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    yield equal("exit code", done.returncode, 0)
    yield equal("what it says is as written down", done.stdout == GOLDEN, True)
    said = [line for line in done.stderr.splitlines() if "compiling kernels" not in line]  # which a new machine does once
    yield equal("what it says on stderr", said, [])


@check("B9", "hostile names are inert in the terminal")
def hostile() -> Iterator[Figure]:
    """A module, a parameter and a file of that name."""
    model = nn.Sequential()
    name = HOSTILE.replace(".", "")
    model._modules[name] = nn.Linear(2, 2)
    model._modules["relu"] = nn.ReLU()
    program = "h = model(x)\nloss = h.sum()  # " + HOSTILE.replace("\r", "")
    scope: dict[str, Any] = {"__name__": "__main__", "model": model, "x": ag.ones(1, 2)}
    with viz.record() as trace:
        exec(compile(program, HOSTILE + ".py", "exec"), scope)
    out = io.StringIO()
    Terminal(viz.stepper(scope["loss"], params=model), io.StringIO(COMMANDS.replace("NAME", f"'{name}.weight'")), out).cmdloop()
    said = out.getvalue()
    yield equal("operations recorded", [r.name for r in trace.records], ["linear", "relu", "sum"])
    yield equal("the name is shown", "</script><script>alert(1)</script>" in said, True)
    controls = sorted({repr(c) for c in said if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e")})
    yield equal("control characters", controls, [])


def counted(model: nn.Module, loss: ag.Tensor) -> tuple[Any, ...]:
    """Ids, bytes and reference counts of everything that a program holds."""
    tensors = [*model.parameters(), *model.buffers(), loss]
    nodes, stack = {}, [loss._node]
    while stack:
        node = stack.pop()
        if node is not None and id(node) not in nodes:
            nodes[id(node)] = node
            stack += node.parents
    held = [*tensors, *[t.array for t in tensors], *nodes.values()]
    del stack, node
    gc.collect()
    digest = hashlib.sha256(b"".join(t.array.tobytes() for t in tensors)).hexdigest()
    grads = [None if t.grad is None else (id(t.grad), t.grad.array.tobytes()) for t in tensors[:-1]]
    state = ag.get_rng_state().array.tobytes()
    return [id(x) for x in held], [sys.getrefcount(x) for x in held], digest, grads, state, [(n.id, id(n.hooks)) for n in nodes.values()]


@check("B9", "looking leaves no trace: ids, bytes and reference counts are as before", slow=True)
def read_only() -> Iterator[Figure]:
    """Recordings, drawings, steppers and their pages."""
    model, x = convnet(), ag.ones(2, 1, 8, 8)
    loss = model(x).square().mean()
    loss.backward(retain_graph=True)

    def stepped() -> None:
        s = viz.stepper(loss)
        for m in s:
            m.text(), m.explain(), s.frontier, s.flags
        s.check(), s.why("0.weight"), s.goto(2).inject(s.upstream), s.to_json(), s.html()

    def recorded() -> None:
        with ag.no_grad(), viz.record() as trace:
            model[0](x)
        viz.draw(trace).svg()

    looks = {"drawing": lambda: viz.draw(loss, params=model).html(), "stepper": stepped, "recording": recorded, "make_dot": lambda: viz.make_dot(loss)}
    for title, look in looks.items():
        look()
        before = counted(model, loss)
        look()
        after = counted(model, loss)
        words = ("ids", "reference counts", "bytes", "gradients", "random state", "nodes")
        yield equal(f"{title}: what differs", [w for w, a, b in zip(words, before, after, strict=True) if a != b], [])
