"""The four names as users meet them: beside their own files, from a wheel, from an editable install, with what is declared."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograd_core", "nn", "optim", "data")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DISTRIBUTION = {"PIL": "pillow"}  # where the name to import is not the name to install

# Imported where the user has them, never asked for.
OPTIONAL = {"IPython", "pandas", "scipy", "einops", "llvmlite", "threadpoolctl", "ml_dtypes"}


def python(*args: object, cwd: Path, path: Path | None = ROOT, executable: object = sys.executable) -> str:
    """Runs Python in `cwd`; the checkout comes last on the path, as an installed package would. Returns what it printed."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PYTEST"))}
    if path is not None:
        env["PYTHONPATH"] = str(path)
    command = [str(part) for part in (executable, *args)]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's project with a plain folder of each short name, holding a module of their own."""
    for name in PACKAGES[1:]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text("who = 'mine'\n")
    return tmp_path


@pytest.mark.parametrize("name", PACKAGES[1:])
def test_a_folder_of_the_same_name_does_not_hide_us(folder: Path, name: str) -> None:
    assert python("-c", f"import {name}; print({name}.__file__)", cwd=folder) == str(ROOT / name / "__init__.py")


@pytest.mark.parametrize("name", PACKAGES[1:])
def test_a_module_in_that_folder_is_found_too(folder: Path, name: str) -> None:
    assert python("-c", f"import {name}.mine; print({name}.mine.who)", cwd=folder) == "mine"


@pytest.mark.parametrize("name", PACKAGES[1:])
def test_the_alias_is_the_same_module(tmp_path: Path, name: str) -> None:
    assert python("-c", f"import autograd_core, {name}; print(autograd_core.{name} is {name})", cwd=tmp_path) == "True"


@pytest.mark.parametrize("name", PACKAGES[1:])
def test_the_alias_finds_us_behind_a_package_of_the_user(folder: Path, name: str) -> None:
    (folder / name / "__init__.py").touch()
    program = f"import {name}, autograd_core; print({name}.__file__, autograd_core.{name}.__file__)"
    files = python("-W", "ignore", "-c", program, cwd=folder).split()
    assert files == [str(folder / name / "__init__.py"), str(ROOT / name / "__init__.py")]


def imported() -> set[str]:
    """The third-party modules that the library imports anywhere, at the top or inside a function."""
    names = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - set(PACKAGES)


def declared(rows: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", row)[0].lower() for row in rows}


def test_what_is_imported_is_declared() -> None:
    extras = [row for rows in PROJECT["optional-dependencies"].values() for row in rows]
    needed = {DISTRIBUTION.get(name, name).lower() for name in imported() - OPTIONAL}
    assert needed - declared(PROJECT["dependencies"] + extras) == set()


def test_what_is_declared_is_imported() -> None:
    assert declared(PROJECT["dependencies"]) - {DISTRIBUTION.get(name, name).lower() for name in imported()} == set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without isolation: no network is needed."""
    for tool in ("hatchling", "pip"):
        if importlib.util.find_spec(tool) is None:
            pytest.skip(f"{tool} is not installed: use `make slow`")
    out = tmp_path_factory.mktemp("wheel")
    python("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", out, ROOT, cwd=out, path=None)
    (built,) = out.glob("*.whl")
    return built


@pytest.mark.slow
def test_wheel_holds_the_four_packages_and_nothing_else(wheel: Path) -> None:
    members = zipfile.ZipFile(wheel).namelist()
    info = f"autograd_core-{PROJECT['version']}.dist-info"
    assert {member.split("/")[0] for member in members} == {*PACKAGES, info}
    assert f"{info}/licenses/LICENSE" in members
    assert not [member for member in members if "__pycache__" in member]


@pytest.mark.slow
def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Sources, stubs, py.typed, data files, templates: what the checkout has, the wheel has."""
    files = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(ROOT).as_posix() for path in files} - set(zipfile.ZipFile(wheel).namelist()) == set()


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [*(f"{name}/py.typed" for name in PACKAGES), r"data/_files/.*mnist.*", r"autograd_core/.*\.pyi"])
def test_wheel_holds(wheel: Path, pattern: str) -> None:
    assert [member for member in zipfile.ZipFile(wheel).namelist() if re.fullmatch(pattern, member)]


def fresh(folder: Path) -> tuple[Path, Path]:
    """A new environment that sees this one's third-party packages behind its own: its interpreter and its site-packages."""
    python("-m", "venv", "--without-pip", folder, cwd=folder, path=None)
    (executable,) = [path for name in ("bin/python", "Scripts/python.exe") if (path := folder / name).exists()]
    site = Path(python("-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder, path=None, executable=executable))
    numpy = importlib.util.find_spec("numpy")
    assert numpy is not None and numpy.origin is not None
    (site / "zz_borrowed.pth").write_text(f"{Path(numpy.origin).parents[1]}\n")
    return executable, site


def install(executable: Path, *what: object, cwd: Path) -> None:
    python("-m", "pip", "--python", executable, "install", "--quiet", "--no-deps", *what, cwd=cwd, path=None)


IMPORT = f"import {', '.join(PACKAGES)}; print(*({', '.join(f'{name}.__file__' for name in PACKAGES)}), sep='\\n')"


@pytest.mark.slow
def test_an_installed_wheel_imports(wheel: Path, tmp_path: Path) -> None:
    executable, site = fresh(tmp_path)
    install(executable, wheel, cwd=tmp_path)
    files = python("-I", "-W", "error", "-c", IMPORT, cwd=tmp_path, path=None, executable=executable)
    assert [Path(file) for file in files.splitlines()] == [site / name / "__init__.py" for name in PACKAGES]


@pytest.mark.slow
def test_an_editable_install_is_one_line_of_path(folder: Path, wheel: Path) -> None:
    executable, site = fresh(folder)
    install(executable, "--no-build-isolation", "--editable", ROOT, cwd=folder)
    (pth,) = site.glob("*autograd_core*.pth")
    assert pth.read_text().split() == [str(ROOT)]
    files = python("-c", IMPORT, cwd=folder, path=None, executable=executable)
    assert [Path(file) for file in files.splitlines()] == [ROOT / name / "__init__.py" for name in PACKAGES]
