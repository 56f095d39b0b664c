"""save and load: structures come back as they were, files are whole or untouched, broken files are named."""

from __future__ import annotations

import io

import numpy as np
import pytest
from safetensors.numpy import load_file

import autograd_core as ag

STATE = {"a.weight": ag.arange(6.0).reshape(2, 3), "b": ag.tensor([1, 2]), "flag": ag.tensor(True)}
NESTED = {"epoch": 3, "rate": 0.1, "name": "x", "none": None, "model": STATE, "list": [ag.ones(2), (1, 2.5)], "state": {0: {"step": ag.tensor(4.0)}}}


def same(a, b):
    if isinstance(a, ag.Tensor):
        return isinstance(b, ag.Tensor) and a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a.array, b.array)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and a == b


@pytest.mark.parametrize("obj", [STATE, NESTED, ag.ones(3), [ag.ones(1), float("inf")], {}])
def test_round_trip(obj, tmp_path):
    ag.save(obj, tmp_path / "x.pt")
    assert same(obj, ag.load(tmp_path / "x.pt"))
    buffer = io.BytesIO()
    ag.save(obj, buffer)
    buffer.seek(0)
    assert same(obj, ag.load(buffer))


def test_other_readers_understand_a_state_dict(tmp_path):
    ag.save(STATE, tmp_path / "x.safetensors")
    assert set(load_file(tmp_path / "x.safetensors")) == set(STATE)


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "x.pt"
    ag.save(STATE, path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match="state_dict"):
        ag.save({"model": object()}, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.pt"]


@pytest.mark.parametrize("cut", [0, 5, 20, -3])
def test_broken_files_are_named(cut, tmp_path):
    path = tmp_path / "x.pt"
    ag.save(STATE, path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(RuntimeError, match=r"x\.pt is no whole safetensors file"):
        ag.load(path)


def test_no_folder(tmp_path):
    with pytest.raises(RuntimeError, match="does not exist"):
        ag.save(STATE, tmp_path / "no" / "x.pt")
