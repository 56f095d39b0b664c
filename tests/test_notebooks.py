"""Every notebook runs from top to bottom without an error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"


@pytest.mark.slow
@pytest.mark.parametrize("notebook", sorted(path.name for path in FOLDER.glob("*.ipynb")))
def test_notebook_runs(notebook: str, tmp_path: Path) -> None:
    """In a copy of the folder, so that what it writes stays out of the checkout."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    work = shutil.copytree(FOLDER, tmp_path / "notebooks")
    book = nbformat.read(work / notebook, as_version=4)
    nbclient.NotebookClient(book, timeout=500, kernel_name="python3", resources={"metadata": {"path": str(work)}}).execute()
