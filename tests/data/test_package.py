"""The package as a whole: its names, its place among a user's own files, and what importing it loads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import data

ROOT = Path(data.__file__).resolve().parents[1]


def run(code: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("own_package", [False, True])
def test_a_users_own_data_folder_keeps_working(tmp_path, own_package):
    own = tmp_path / "data"
    own.mkdir()
    (own / "houses.py").write_text("PRICES = [1, 2, 3]\n")
    if own_package:
        (own / "__init__.py").write_text("")
    use = "from data.houses import PRICES; from data import DataLoader; print(PRICES, len(DataLoader(PRICES)))"
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {use}"
    assert run(code, tmp_path) == "[1, 2, 3] 3"


def test_importing_loads_neither_pillow_nor_the_digits(tmp_path):
    heavy = ["PIL", "pooch", "requests", "torch", "numba", "multiprocessing.pool", "matplotlib"]
    code = f"import data, sys; print([name for name in {heavy!r} if name in sys.modules])"
    assert run(code, tmp_path) == "[]"


@pytest.mark.parametrize("module", [data, data.distributed, data.transforms, data.transforms.functional, data.datasets])
def test_every_listed_name_exists_and_is_described(module):
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name).__doc__, name
