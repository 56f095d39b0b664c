"""The .pyi files say what is true, hold every public name, and serve a user's type checker."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import autograd_core as ag
from autograd_core import stubs
from autograd_core.op import Declared, declared
from tests.torch_names import NOT_YET, TIER_1, TIER_2

ROOT = Path(__file__).parents[1]


def test_the_committed_stubs_are_not_stale():
    assert stubs.stale() == [], "run `make stubs`"


def test_check_names_the_stale_files(monkeypatch, capsys):
    monkeypatch.setitem(stubs.TARGETS, "nn/functional.pyi", lambda: "other")
    assert stubs.main(["--check"]) == 1
    assert "nn/functional.pyi is stale" in capsys.readouterr().out
    assert stubs.main(["--chek"]) == 2


def names_in(path: str) -> set[str]:
    """The names that a stub defines or exports."""
    found: set[str] = set()
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname for alias in node.names if alias.asname}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def test_every_public_name_stands_in_the_stub():
    public = {k for k, v in vars(ag).items() if not k.startswith("_") and is_ours(v)}
    assert public - names_in("autograd_core/__init__.pyi") == set()


def is_ours(value: Any) -> bool:
    if isinstance(value, ModuleType):
        return False
    home = getattr(value, "__module__", None) or type(value).__module__
    return isinstance(value, Declared) or str(home).startswith("autograd_core")


@pytest.mark.parametrize("space", ["functional", "linalg", "special"])
def test_every_name_of_a_space_stands_in_its_stub(space):
    path = "nn/functional.pyi" if space == "functional" else f"autograd_core/{space}.pyi"
    assert {name for name, _ in declared(space)} - names_in(path) == set()
    assert space != "functional" or "gumbel_softmax" in names_in(path)


def test_every_method_stands_in_the_stub():
    (own,) = [n for n in ast.parse((ROOT / "autograd_core/tensor/declared.pyi").read_text()).body if isinstance(n, ast.ClassDef)]
    names = {n.name for n in own.body if isinstance(n, ast.FunctionDef)} | {
        name for name in vars(ag.Tensor) if name in stubs._in_the_class_statement()
    }
    assert {name for name, _ in declared("method")} - names == set()
    assert {"__add__", "__radd__", "__iadd__", "__eq__", "__getitem__", "backward", "to", "T", "tanh_"} - names == set()


@pytest.mark.parametrize(
    ("name", "parts"),
    {
        "tanh": ["(input: Tensor, *, out: Tensor | None = None) -> Tensor", "out = tanh(x)", "∂x = g · (1 − out²)"],
        "mul": ["(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor", "∂x = g · y", "∂y = g · x", "y is other"],
        "sum": ["dim: Any = None, keepdim: _bool = False, *, dtype: "],
        "frexp": ["-> _return_types.frexp"],
    }.items(),
)
def test_what_an_editor_shows(name, parts):
    text = (ROOT / "autograd_core/__init__.pyi").read_text()
    entry = re.search(rf"^def {name}\(.*?(?=^def )", text, re.DOTALL | re.MULTILINE)
    assert entry is not None
    for part in parts:
        assert part in entry.group()


def found(name: str) -> bool:
    """Whether a name of PyTorch's has its place here: a function, a method, an operator."""
    if name.startswith("nn.functional."):
        return hasattr(ag.nn.functional, name.rpartition(".")[2])
    space, _, short = name.rpartition(".")
    home: Any = getattr(ag, space, None) if space else ag
    return hasattr(home, short) or (not space and any(hasattr(ag.Tensor, short + tail) for tail in ("", "_")))


@pytest.mark.parametrize("names", [TIER_1, TIER_2], ids=["tier 1", "tier 2"])
def test_the_names_of_pytorch(names):
    assert sorted({name for name in names.split() if not found(name)} - set(NOT_YET.split())) == []


USER = """
import autograd_core as ag
import nn.functional as F
from autograd_core import Tensor, no_grad, tensor


def loss_of(x: Tensor, w: Tensor, target: Tensor) -> Tensor:
    h = F.relu(x @ w + 1.0).reshape(-1, 3)
    h = (h * 2 - h.mean(dim=1, keepdim=True)) / 3
    h += 1
    return F.cross_entropy(h, target).tanh() + ag.tanh(h).sum() + 0.5 * h[0, 0] + ag.linalg.norm(w)


w = tensor([[1.0, 2.0, 3.0]], requires_grad=True)
loss = loss_of(ag.ones(2, 1), w, ag.zeros(2, dtype=ag.long))
loss.backward()
with no_grad():
    w -= 0.1 * w.grad if w.grad is not None else 0
size: ag.Size = w.shape
number: float = loss.item()
reveal_type(ag.frexp(w).mantissa)
reveal_type(w > 0)
reveal_type(ag.float32)
ag.tanh("text")
w.no_such_method()
"""
SAID = [
    'note: Revealed type is "autograd_core.tensor.base.Tensor"',
    'note: Revealed type is "autograd_core.tensor.base.Tensor"',
    'note: Revealed type is "autograd_core.dtypes.dtype"',
    'error: Argument 1 to "tanh" has incompatible type "str"; expected "Tensor"  [arg-type]',
    'error: "Tensor" has no attribute "no_such_method"  [attr-defined]',
]


@pytest.mark.slow
def test_a_users_program_is_checked_strictly(tmp_path):
    pytest.importorskip("mypy")
    program = tmp_path / "program.py"
    program.write_text(USER)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path / "cache"), str(program)],
        cwd=tmp_path, env={"MYPYPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("program.py")]
    assert [re.sub(r"^program\.py:\d+: ", "", line) for line in lines] == SAID


# What stubtest sees otherwise than a caller does, and why.
ALLOWED = {
    r"is not a function$": "an op is an object that is called",
    r"stub parameter \"self\" differs from runtime parameter \"(x|input)\"$": "a method's first parameter has the op's name for it",
    r"does not have \*args parameter \"args\"$": "an in-place twin passes on what it gets",
    r"stub does not have \*\*kwargs parameter": "the same",
    r"runtime does not have \*args parameter \"(xs|matrices)\"$": "an op's __signature__ does not show loose tensors",
}


@pytest.mark.slow
def test_stubtest(tmp_path):
    pytest.importorskip("mypy")
    config = tmp_path / "mypy.ini"
    config.write_text("[mypy]\nignore_missing_imports = True\nignore_errors = True\n")
    modules = ["autograd_core", "nn.functional"]
    command = [sys.executable, "-m", "mypy.stubtest", *modules, "--concise", "--ignore-missing-stub", "--mypy-config-file", str(config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert "Traceback" not in done.stderr
    checked = r"(autograd_core\.\w+|autograd_core\.tensor\.base\..*|autograd_core\.(linalg|special|return_types)\..*|nn\.functional\..*) "
    lines = [line for line in done.stdout.splitlines() if re.match(checked, line)]
    assert len(lines) > 100, "stubtest checked next to nothing: " + done.stdout[:500] + done.stderr[:500]
    assert [line for line in lines if not any(re.search(pattern, line) for pattern in ALLOWED)] == []


def test_the_stubs_cost_nothing_to_import():
    """They are read by tools only; no module of the library imports the writer."""
    program = "import sys, autograd_core, nn, optim, data; print('autograd_core.stubs' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60).stdout == "False\n"


def test_named_results_have_a_home():
    mantissa, _ = result = ag.frexp(ag.tensor([8.0]))
    assert type(result) is ag.return_types.frexp
    assert mantissa.item() == 0.5
    with pytest.raises(AttributeError, match="no_such_op"):
        ag.return_types.no_such_op
    assert inspect.isclass(ag.return_types.frexp)
