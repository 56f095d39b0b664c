"""Programs written for PyTorch, run on ours with nothing changed but their import lines, and with PyTorch's numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = sorted((Path(__file__).parent / "third_party").glob("*.py"))
# PyTorch's module -> ours
MODULES = {
    "torch.utils.data": "data",
    "torch.nn.functional": "nn.functional",
    "torch.nn.utils.rnn": "nn.utils.rnn",
    "torch.nn.utils": "nn.utils",
    "torch.nn.init": "nn.init",
    "torch.nn": "nn",
    "torch.optim.lr_scheduler": "optim.lr_scheduler",
    "torch.optim": "optim",
    "torch.autograd": "autograd_core.autograd",
    "torch.distributions": "autograd_core.distributions",
    "torch": "autograd_core",
}
# the largest relative difference accepted after all the training steps; float32 sums run in another order
CLOSE = 2e-3


def ours(text: str) -> str:
    """The program with its import lines, and no others, naming our modules."""

    def line(match: re.Match[str]) -> str:
        head, module, tail = match.groups()
        name = MODULES[module]
        if head == "import " and not tail:
            tail = " as torch" if module == "torch" else ""
        return f"{head}{name}{tail}"

    return re.sub(r"^(import |from )(torch[\w.]*)(.*)$", line, text, flags=re.MULTILINE)


def run(text: str, name: str) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": f"third_party_{name}"}
    exec(compile(text, name, "exec", dont_inherit=True), scope)
    return {key: numbers(value) for key, value in scope["main"]().items()}


def numbers(value: Any) -> Any:
    """A result as nested lists of floats."""
    return value.tolist() if hasattr(value, "tolist") else value


def test_only_import_lines_change():
    for path in PROGRAMS:
        text = path.read_text()
        before, after = text.splitlines(), ours(text).splitlines()
        changed = [a for a, b in zip(before, after, strict=True) if a != b]
        assert changed
        assert all(line.startswith(("import torch", "from torch")) for line in changed)
        assert not re.search(r"^(import|from) torch", ours(text), re.MULTILINE)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_runs_and_learns(path):
    results = run(ours(path.read_text()), path.stem)
    curve = next(iter(results.values()))
    assert len(curve) > 3
    assert all(abs(v) < 1e4 for v in flat(curve))


@pytest.mark.parity
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_gives_the_numbers_of_pytorch(path):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)  # the programs are small: more threads only wait for each other
    text = path.read_text()
    mine, theirs = run(ours(text), path.stem), run(text, path.stem)
    assert mine.keys() == theirs.keys()
    for key, value in theirs.items():
        assert flat(mine[key]) == pytest.approx(flat(value), rel=CLOSE, abs=CLOSE / 10), key


def flat(value: Any) -> list[float]:
    return [x for v in value for x in flat(v)] if isinstance(value, list | tuple) else [float(value)]
