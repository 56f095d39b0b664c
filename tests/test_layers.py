"""The architecture as a test: arrows between modules point down, and importing the library stays light.

The layers are read from the import-linter contract in pyproject.toml, so that they are written once. Beyond the linter, this
sees imports inside functions, calls of import_module, modules without a layer, and what really loads with the library.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograd_core", "nn", "optim", "data")
FACADE = "autograd_core"

# Functions that may import one of our modules when they are called, and why.
LATE: dict[tuple[str, str], str] = {
    ("autograd_core", "__getattr__"): "autograd_core.nn, .optim, .data and .viz are lazy aliases of what stands above",
    ("autograd_core.utils", "__getattr__"): "utils.data is a lazy alias too, and the others are seldom read",
    ("autograd_core.siblings", "sibling"): "finds nn, optim and data by name for those aliases, and imports none itself",
}


class Edge(NamedTuple):
    source: str
    target: str
    line: int
    function: str | None


class Layers:
    """The contract of pyproject.toml; the facade (autograd_core/__init__.py) stands below the first layer and above the second."""

    def __init__(self, rows: list[str]) -> None:
        self.place: dict[str, tuple[int, bool]] = {FACADE: (1, True)}
        for row, text in enumerate(rows):
            siblings_know = ":" in text
            for name in text.replace("|", ":").split(":"):
                self.place[name.strip(" ()")] = (row * 2, siblings_know)

    def of(self, module: str) -> str:
        """The entry of the table that holds `module`: autograd_core.kernels.conv belongs to autograd_core.kernels."""
        parts = module.split(".")
        depth = 2 if parts[0] == FACADE else 1
        return ".".join(parts[:depth])

    def forbids(self, edge: Edge) -> bool:
        source, target = self.of(edge.source), self.of(edge.target)
        if source == target:
            return False
        (high, _), (low, siblings_know) = self.place[source], self.place[target]
        return low < high or (low == high and not siblings_know)


def contract() -> Layers:
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (rows,) = [table["layers"] for table in tables if table["type"] == "layers"]
    return Layers(rows)


def sources() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


LAYERS = contract()
SOURCES = sources()


def absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, node.module] if node.module else parts)


def is_dynamic(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("import_module", "__import__")


def targets(node: ast.AST, module: str, is_package: bool, known: set[str]) -> list[str]:
    """The modules that one statement or call imports; a dynamic import of a computed name counts as one of ours."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = absolute(node, module, is_package)
        return [name if (name := f"{base}.{alias.name}") in known else base for alias in node.names]
    if is_dynamic(node):
        name = node.args[0] if node.args else None
        return [name.value if isinstance(name, ast.Constant) else FACADE]
    return []


def edges(module: str, text: str, is_package: bool, known: set[str]) -> Iterator[Edge]:
    def walk(node: ast.AST, function: str | None) -> Iterator[Edge]:
        for target in targets(node, module, is_package, known):
            yield Edge(module, target, getattr(node, "lineno", 0), function)
        inside = function
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inside = getattr(node, "name", "lambda")
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside)

    return walk(ast.parse(text), None)


def faults(module: str, text: str, is_package: bool, known: set[str]) -> list[str]:
    """What is wrong with the imports of one module, in words."""
    said = []
    for edge in edges(module, text, is_package, known):
        top = edge.target.split(".")[0]
        where = f"{edge.source}:{edge.line} imports {edge.target}"
        if top not in PACKAGES:
            if LAYERS.of(module) == "autograd_core.kernels" and top not in sys.stdlib_module_names | {"numpy", "numba", "llvmlite"}:
                said.append(f"{where}: a kernel knows NumPy and Numba only")
        elif (edge.source, edge.function) in LATE:
            continue
        elif edge.function is not None:
            said.append(f"{where} inside {edge.function}(): import it at the top, or move what needs it up a layer")
        elif LAYERS.of(edge.target) not in LAYERS.place:
            said.append(f"{where}, which has no layer")
        elif LAYERS.forbids(edge):
            said.append(f"{where}: the arrow points up or sideways; see [tool.importlinter] in pyproject.toml")
    return said


@pytest.mark.parametrize("module", SOURCES)
def test_arrows_point_down(module: str) -> None:
    path = SOURCES[module]
    assert LAYERS.of(module) in LAYERS.place, f"give {module} a layer in [tool.importlinter] of pyproject.toml"
    assert faults(module, path.read_text(), path.name == "__init__.py", set(SOURCES)) == []


@pytest.mark.parametrize("package", PACKAGES[1:])
def test_short_names_reach_themselves_relatively(package: str) -> None:
    """`import nn` inside nn would find a user's own nn.py; `from . import` cannot."""
    said = []
    for module, path in SOURCES.items():
        if module.split(".")[0] != package:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            said += [f"{path.relative_to(ROOT)}:{node.lineno}" for name in names if name.split(".")[0] == package]
    assert said == []


# The modules of the made-up cases below.
KNOWN = {"autograd_core.tensor", "autograd_core.engine", "autograd_core.ops", "autograd_core.dtypes", "autograd_core.op"}

WRONG = {
    "up": ("autograd_core.engine", "from autograd_core.tensor import Tensor"),
    "up, relative": ("autograd_core.engine", "from .tensor import Tensor"),
    "up, as a name of the package": ("autograd_core.engine", "from . import tensor"),
    "up, for a type": ("autograd_core.engine", "if TYPE_CHECKING:\n    from .tensor import Tensor"),
    "up, to the facade": ("autograd_core.func", "import autograd_core as ag"),
    "sideways": ("optim.sgd", "import nn"),
    "sideways, below": ("autograd_core.random", "from . import dtypes"),
    "the facade to what stands above": ("autograd_core", "import nn"),
    "late": ("autograd_core.tensor", "def f():\n    from autograd_core import engine"),
    "late, in a method": ("nn.linear", "class A:\n    async def f(self):\n        import autograd_core"),
    "late, dynamic": ("autograd_core.tensor", "def f(n):\n    return importlib.import_module(n)"),
    "dynamic": ("autograd_core.engine", "tensor = __import__('autograd_core.tensor')"),
    "without a layer": ("nn.linear", "import autograd_core.no_such_layer"),
    "a kernel that knows SciPy": ("autograd_core.kernels.conv", "import scipy.signal"),
    "a kernel that knows us": ("autograd_core.kernels.conv", "from ..op import op"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_import_is_found(case: str) -> None:
    module, text = WRONG[case]
    assert len(faults(module, text, module in PACKAGES, KNOWN)) == 1


RIGHT = {
    "down": ("autograd_core.tensor", "from . import engine, ops\nimport autograd_core.kernels.conv"),
    "siblings that may": ("autograd_core.func", "from .autograd import grad"),
    "the facade": ("nn.linear", "import autograd_core as ag\nfrom autograd_core import Tensor"),
    "itself": ("autograd_core.kernels.conv", "from . import gemm\nfrom .gemm import matmul"),
    "third party, late": ("autograd_core.kernels.conv", "def f():\n    import numba"),
    "the alias": ("autograd_core", "def __getattr__(name):\n    return importlib.import_module(name)"),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_right_import_passes(case: str) -> None:
    module, text = RIGHT[case]
    assert faults(module, text, module in PACKAGES, KNOWN) == []


HEAVY = ("numba", "llvmlite", "scipy", "matplotlib", "graphviz", "pygraphviz", "PIL", "pandas", "sklearn", "pooch", "tqdm", "torch")


def test_importing_the_library_loads_nothing_heavy() -> None:
    """NumPy takes 0.2 s, Numba another 0.6 s: what only some programs need is loaded when they need it."""
    program = f"import sys; import {', '.join(PACKAGES)}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout.split(), done.stderr, done.returncode) == ([], "", 0)
