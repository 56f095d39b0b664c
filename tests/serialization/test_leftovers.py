"""What a killed writer leaves beside a file goes with the next save of that file."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import autograd_core as ag
from autograd_core.serialization.writing import _prefix

KILLED = """
import os, sys
import autograd_core.serialization.writing as writing
import autograd_core as ag
writing.seal = lambda file: os.kill(os.getpid(), 9)
ag.save({"w": ag.ones(1000)}, sys.argv[1])
"""


@pytest.mark.skipif(os.name != "posix", reason="other systems give no sign of a dead process")
def test_a_killed_writer_leaves_nothing_for_long(tmp_path):
    path = tmp_path / "model.safetensors"
    ag.save({"w": ag.zeros(3)}, path)
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=os.getcwd()).returncode == -9
    assert len(os.listdir(tmp_path)) == 2
    assert ag.load(path)["w"].tolist() == [0, 0, 0]
    other = tmp_path / f"{_prefix(path)}{os.getppid()}-00.saving"  # of a process that lives
    other.mkdir()
    ag.save({"w": ag.ones(3)}, path)
    assert sorted(os.listdir(tmp_path)) == sorted([path.name, other.name])
