"""Every Python example of the README runs as it stands there, in a fresh interpreter."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)


def test_there_are_examples():
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example(number, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EXAMPLES[number]], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    for line in re.findall(r"print\(.*?\)\s*# (.*)", EXAMPLES[number]):
        if line[0] in "∂S2":
            assert line in done.stdout


def test_every_room_named_in_the_architecture_exists():
    root = README.parent
    for path in re.findall(r"`((?:autograd_core|nn|optim|data|tests|notebooks)/[\w/.]*)`", README.read_text(encoding="utf-8")):
        assert (root / path).exists(), path
