"""Damaged, hostile and foreign files: a clear error, never a crash, never wrong data; a save that fails leaves the old file."""

from __future__ import annotations

import io
import json
import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.serialization import checksums, writing

STATE = {"a.weight": ag.arange(6.0).reshape(2, 3), "b": ag.tensor([1, 2]), "turned": ag.ones(2, 3).T, "n": [1, 2.5, "x", b"y"]}
STATE["view"] = STATE["a.weight"][0]


def written(obj):
    buffer = io.BytesIO()
    ag.save(obj, buffer)
    return buffer.getvalue()


def zipped(arrays, packed):
    buffer = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def flipped(data):
    for at in range(8 * len(data)):
        out = bytearray(data)
        out[at // 8] ^= 1 << at % 8
        yield at, bytes(out)


def test_every_flipped_bit_is_reported():
    data = written(STATE)
    for at, broken in flipped(data):
        with pytest.raises(RuntimeError) as error:
            ag.load(io.BytesIO(broken))
        assert "the BytesIO" in str(error.value), at


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_damage_in_several_bytes_is_reported(data):
    whole = written(STATE)
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(1, 40))
    put = data.draw(st.binary(max_size=40))
    broken = whole[:at] + put + whole[at + length :]
    if broken[: len(whole)] != whole:
        with pytest.raises(RuntimeError):
            ag.load(io.BytesIO(broken))


def test_every_truncation_is_reported(tmp_path):
    data = written(STATE)
    for count in range(len(data)):
        with pytest.raises(RuntimeError, match=r"safetensors|empty|but text"):
            ag.load(io.BytesIO(data[:count]))
    for mmap in (False, True):
        (tmp_path / "x").write_bytes(data[:-3])
        with pytest.raises(RuntimeError, match="it should have"):
            ag.load(tmp_path / "x", mmap=mmap)
        (tmp_path / "x").write_bytes(data + b"\0")
        with pytest.raises(RuntimeError, match="it should have"):
            ag.load(tmp_path / "x", mmap=mmap)


@pytest.mark.parametrize("mmap", [False, True])
def test_the_damaged_tensor_is_named(mmap, tmp_path):
    ag.save({"first": ag.ones(4), "second": ag.zeros(4)}, tmp_path / "x")
    data = bytearray((tmp_path / "x").read_bytes())
    data[-1] ^= 1
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(RuntimeError, match=r"x is no whole safetensors file: the bytes of tensor 'second'"):
        ag.load(tmp_path / "x", mmap=mmap)


@pytest.mark.parametrize("packed", [False, True])
def test_a_flipped_bit_in_an_npz_never_gives_wrong_numbers(packed):
    data = zipped({"a": np.arange(3.0)}, packed)
    caught = 0
    for _, broken in flipped(data):
        try:
            assert ag.load(io.BytesIO(broken))["a"].tolist() == [0, 1, 2]
        except RuntimeError:
            caught += 1
    assert caught > 4 * len(data)
    for count in range(len(data)):
        with pytest.raises(RuntimeError):
            ag.load(io.BytesIO(data[:count]))


# files of other kinds


HEADERS = {
    "no object": b"[1]",
    "a name twice": b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    "negative": b'{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}',
    "backwards": b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}',
    "a gap": b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
    "overlap": b'{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
    "huge": b'{"a":{"dtype":"U8","shape":[1000000000000000],"data_offsets":[0,1000000000000000]}}',
    "overflow": b'{"a":{"dtype":"U8","shape":[4294967296,4294967296,2],"data_offsets":[0,0]}}',
    "bools": b'{"a":{"dtype":"U8","shape":[true],"data_offsets":[0,1]}}',
    "text": b'{"a":"b"}',
    "deep": b'{"a":' + b"[" * 100_000,
    "another size": b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,3]}}',
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_hostile_headers(header):
    with pytest.raises(RuntimeError, match="no whole safetensors"):
        ag.load(io.BytesIO(len(header).to_bytes(8, "little") + header + bytes(4)))


STRUCTURES = [
    {"tensor": "none"}, {"list": {"tensor": "w"}}, {"os": "x"}, {}, [1], {"dict": [[{"list": []}, 1]]}, {"dtype": "object"}, {"float": "x"},
    {"device": "cuda"}, {"dict": [[1]]}, {"bytes": 3}, 1.5,
]  # fmt: skip


@pytest.mark.parametrize("root", STRUCTURES, ids=str)
def test_structures_that_save_does_not_write(root):
    def sealed(metadata):
        header = (
            json.dumps({"__metadata__": metadata, "w": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}).replace(": ", ":").encode()
        )
        length = len(header).to_bytes(8, "little")
        return length + checksums.sealed(length, header) + b"\0"

    text = json.dumps({"root": root, "arrays": {"w": {"crc": checksums.of(np.zeros(1, np.uint8))}}})
    with pytest.raises(RuntimeError, match="was not written by"):
        ag.load(io.BytesIO(sealed({checksums.KEY: f"{checksums.MARK}{checksums.BLANK} {text}"})))


FOREIGN = {
    "nothing": (b"", "is empty"),
    "text": (b"epoch,loss\n1,0.5\n", "but text"),
    "web page": (b"<!DOCTYPE html><html>", "a web page"),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(90), "h5py"),
    "gzip": (b"\x1f\x8b\x08" + bytes(90), "gunzip"),
    "pickle": (pickle.dumps({"a": 1}), "a pickle can run any program"),
    "zeros": (bytes(100), "no whole safetensors file"),
    "tar": (b"a".ljust(257, b"\0") + b"ustar" + bytes(200), "a tar archive"),
    "npy of objects": (None, "pickled objects"),
}


@pytest.mark.parametrize(("data", "text"), FOREIGN.values(), ids=FOREIGN)
def test_files_of_other_kinds(data, text, tmp_path):
    if data is None:
        buffer = io.BytesIO()
        np.save(buffer, np.array([{}], object), allow_pickle=True)
        data = buffer.getvalue()
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(RuntimeError, match=text) as error:
        ag.load(tmp_path / "x")
    assert str(tmp_path / "x") in str(error.value)
    assert isinstance(error.value, EOFError) == (not data)


def test_wrong_arguments(tmp_path):
    with pytest.raises(FileNotFoundError):
        ag.load(tmp_path / "x")
    with pytest.raises(IsADirectoryError, match="is a directory"):
        ag.load(tmp_path)
    with pytest.raises(TypeError, match=r"open\(path, 'rb'\)"):
        ag.load(io.StringIO("x"))
    with pytest.raises(TypeError, match="got int"):
        ag.load(3)
    with pytest.raises(TypeError, match="got int"):
        ag.save(1, 3)
    with pytest.raises(ValueError, match="mmap=True reads from a path"):
        ag.load(io.BytesIO(written(1)), mmap=True)
    with pytest.raises(RuntimeError, match="runs on the CPU"):
        ag.load(io.BytesIO(written(1)), map_location="cuda")
    assert ag.load(io.BytesIO(written(1)), "cpu") == 1


# npz and npy


def test_npz_and_npy(tmp_path):
    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3), "f": np.asfortranarray(np.arange(6).reshape(2, 3)), "s": np.array(2.5),
        "big": np.array([1.0], ">f8"), "none": np.zeros((0, 3)), "flag": np.array([True]), "names": np.array(["cat", "dog"]),
    }  # fmt: skip
    for write in (np.savez, np.savez_compressed):
        write(tmp_path / "x.npz", **arrays)
        back = ag.load(tmp_path / "x.npz")
        assert all(np.array_equal(np.asarray(back[k]), arrays[k]) for k in arrays)
        assert {k: type(v) for k, v in back.items() if not isinstance(v, ag.Tensor)} == {"names": np.ndarray}
        assert back["f"].stride() == (1, 2)
        back["a"][0, 0] = 1.0
    np.save(tmp_path / "x.npy", arrays["a"])
    assert ag.load(tmp_path / "x.npy").tolist() == arrays["a"].tolist()


NPY = {
    "version": b"\x93NUMPY\x09\x00v\x00{}",
    "larger than the file": b"\x93NUMPY\x01\x00v\x00"
    + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }".ljust(117)
    + b"\n",
    "call": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': exit(), 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n",
    "records": b"\x93NUMPY\x01\x00v\x00"
    + b"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }".ljust(117)
    + b"\n"
    + bytes(8),
    "complex": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n" + bytes(8),
    "short": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }".ljust(117) + b"\n" + bytes(8),
    "long": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }".ljust(117) + b"\n" + bytes(8),
    "negative": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1), }".ljust(117) + b"\n" + bytes(8),
}


@pytest.mark.parametrize("case", NPY)
def test_hostile_npy(case):
    data, text = NPY[case], "are not those of" if case in ("larger than the file", "short", "long") else r"no \.npy file"
    with pytest.raises(RuntimeError, match=text):
        ag.load(io.BytesIO(data))


# a save that fails


def test_a_refused_object_leaves_the_old_file(tmp_path):
    path = tmp_path / "x.pt"
    ag.save(STATE, path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match="state_dict"):
        ag.save({"model": object()}, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.pt"]


def test_the_file_is_synced_before_it_takes_the_place_and_the_folder_after(tmp_path, monkeypatch):
    told = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(writing.os, "fsync", lambda handle: (told.append(stat.S_IFMT(os.fstat(handle).st_mode)), sync(handle)))
    monkeypatch.setattr(writing.os, "replace", lambda *names: (told.append("replace"), replace(*names)))
    ag.save(STATE, tmp_path / "x")
    assert told == [stat.S_IFREG, "replace", stat.S_IFDIR]


@pytest.mark.parametrize("step", ["save_file", "seal", "sync_folder"])
def test_an_interruption_at_any_step_leaves_no_litter(step, tmp_path, monkeypatch):
    path = tmp_path / "x"
    ag.save([1], path)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        ag.save([2], path)
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert ag.load(path) == ([2] if step == "sync_folder" else [1])


KILLED = """
import os, resource, signal, sys
import autograd_core as ag
folder = sys.argv[1]
path = os.path.join(folder, "x")
ag.save({"w": ag.zeros(4), "n": "old"}, path)
old = open(path, "rb").read()
new = {"w": ag.ones(20), "n": "new"}
ag.save(new, path + "2")
size = os.path.getsize(path + "2")
os.remove(path + "2")
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
for killed in (True, False):  # by a signal in the write that passes the limit; by an error, as from a full disk
    for limit in range(0, size, 1 if killed else 7):
        if not os.fork():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL if killed else signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                ag.save(new, path)
            except RuntimeError as error:
                os._exit(3 if isinstance(error, OSError) and "untouched" in str(error) else 4)
            os._exit(0)
        status = os.wait()[1]
        assert (os.WTERMSIG(status) == signal.SIGXFSZ) if killed else (os.waitstatus_to_exitcode(status) == 3), (limit, status)
        assert open(path, "rb").read() == old, limit
        left = [name for name in os.listdir(folder) if name != "x"]
        assert len(left) <= killed, left  # what one killed writer left, the next removes
ag.save(new, path)
assert ag.load(path)["n"] == "new"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on a file's size are POSIX")
def test_a_process_killed_at_any_byte_leaves_the_old_file(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=True, timeout=120, cwd=Path(__file__).parents[2])


def test_places_that_cannot_be_written(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="does not exist: make it first"):
        ag.save(STATE, tmp_path / "no" / "x.pt")
    with pytest.raises(OSError, match="is a directory"):
        ag.save(STATE, tmp_path)
    ag.save(1, tmp_path / "x")
    monkeypatch.setattr(writing.os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(OSError, match="is read-only"):
        ag.save(2, tmp_path / "x")
    assert ag.load(tmp_path / "x") == 1
