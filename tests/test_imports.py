"""A fresh interpreter: what `import autograd_core` loads, how long it takes, and that the optional libraries are optional."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = "numba llvmlite scipy matplotlib graphviz pygraphviz PIL pandas sklearn einops pooch tqdm safetensors torch".split()  # noqa: SIM905
BUDGET = 0.3  # seconds of CPU for NumPy and us; printed, not asserted: a shared machine decides it


def fresh(program: str, **env: str) -> str:
    """What a program prints in an interpreter of its own. Warnings are errors there too."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=60
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.strip()


@pytest.mark.parametrize("package", ["autograd_core", "nn", "optim", "data", "autograd_core.func"])
def test_importing_loads_nothing_heavy(package):
    assert fresh(f"import sys, {package}; print(*(name for name in {HEAVY} if name in sys.modules))") == ""


def test_time_of_the_import(tmp_path, capsys):
    """Measured with the bytecode written, as every import but the first is."""
    program = "import time; import autograd_core; print(time.process_time())"
    env = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    fresh(program, **env)
    seconds = min(float(fresh(program, **env)) for _ in range(3))
    with capsys.disabled():
        print(f"\nimport autograd_core: {seconds:.3f} s of CPU with the interpreter's start and NumPy; the budget is {BUDGET} s")


TRAINING = """
import sys
sys.modules.update(dict.fromkeys({absent}))  # importing any of them raises ImportError
import autograd_core as ag
from autograd_core import tensor
x = ag.randn(4, 1, 8, 8)
w = ag.randn(3, 1, 3, 3, requires_grad=True)
import nn.functional as F
y = F.max_pool2d(F.relu(F.conv2d(x, w, padding=1)), 2)
loss = F.cross_entropy(y.flatten(1), tensor([0, 1, 2, 3]))
loss.backward()
print(loss.isfinite().item(), w.grad.shape == w.shape, w.grad.abs().sum().item() > 0)
"""


def test_everything_works_without_the_optional_libraries():
    assert fresh(TRAINING.format(absent=HEAVY)) == "True True True"


@pytest.mark.parametrize("name", ["nn", "optim", "data", "viz"])
def test_the_lazy_aliases(name):
    assert fresh(f"import autograd_core; print(autograd_core.{name}.__name__)").rpartition(".")[2] == name
