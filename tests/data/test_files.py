"""Every data file in the package has a line with its source, licence and checksum."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import data

FILES = Path(data.__file__).parent / "_files"
SOURCES = FILES / "SOURCES.md"


def lines() -> dict[str, list[str]]:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in SOURCES.read_text().splitlines() if line.startswith("|")
    ]
    assert rows[0] == ["file", "holds", "source", "licence", "sha256"]
    return {row[0]: row for row in rows[2:]}


def packaged() -> list[str]:
    return sorted(str(path.relative_to(FILES)) for path in FILES.rglob("*") if path.is_file() and path != SOURCES)


def test_files_and_lines_match():
    assert packaged() == sorted(lines())


@pytest.mark.parametrize("name", packaged())
def test_each_line_is_complete_and_the_checksum_right(name):
    row = lines()[name]
    assert len(row) == 5 and all(row)
    assert hashlib.sha256((FILES / name).read_bytes()).hexdigest() == row[4]


def test_the_digits_are_the_ones_that_were_checked():
    digest = hashlib.sha256((FILES / "mnist_70k.npz").read_bytes()).hexdigest()
    assert digest == "ee068f36682cba7f38bafdedc77b0f873ebbcf877036f7ebde566966146ac146"
