"""save and load: everything comes back as it was, and other readers of safetensors open the file."""

from __future__ import annotations

import gzip
import io
import os
import stat
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

import autograd_core as ag
import nn
import optim

STATE = {"a.weight": ag.arange(6.0).reshape(2, 3), "b": ag.tensor([1, 2]), "flag": ag.tensor(True)}
NESTED = {
    "epoch": 3,
    "rate": 0.1,
    "name": "x\n\u20ac\ud800",
    "none": None,
    "model": STATE,
    "list": [ag.ones(2), (1, 2.5)],
    "state": {0: {"step": ag.tensor(4.0)}},
}
VALUES = {
    "state": STATE,
    "nested": NESTED,
    "tensor": ag.ones(3),
    "list": [ag.ones(1), float("inf")],
    "empty": {},
    "nothing": None,
    "numbers": [True, -(2**70), 1e-300, -0.0, 3 + 4j],
    "bytes": [b"\x00\xff", bytearray(b"abc")],
    "keys": {1: 1, "1": 2, None: 3, (1, "a"): 4, 2.5: 5, False: 6},
    "sets": [{1, "a"}, frozenset({2})],
    "ordered": OrderedDict(z=1, a=OrderedDict()),
    "odd names": {
        "": ag.ones(1),
        "__metadata__": ag.ones(2),
        "\n": ag.ones(3),
        "a.b": ag.ones(4),
        "a": {"b": ag.ones(5)},
        "\ud800": ag.ones(6),
    },
    "plain types": [ag.float16, ag.Size([2, 3]), ag.device("cpu")],
    "arrays": [np.arange(3), np.float32(2.5), np.arange(4, dtype=np.uint16), np.array(3.0), np.array([1.0], ">f8")],
    **{str(d): ag.tensor([[0, 1], [1, 0]]).to(d) for d in ag.dtypes.ALL},
    "0-d": ag.tensor(2.5),
    "no elements": ag.zeros(0, 3),
}


def same(a, b):
    if isinstance(a, ag.Tensor):
        return (
            type(a) is type(b)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and np.array_equal(a.array, b.array)
            and a.requires_grad == b.requires_grad
        )
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype.newbyteorder("=") == b.dtype and np.array_equal(a, b)
    if isinstance(a, dict):
        return type(a) is type(b) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and a == b and str(a) == str(b)


def through_memory(obj, **options):
    buffer = io.BytesIO()
    ag.save(obj, buffer)
    buffer.seek(0)
    return ag.load(buffer, **options)


@pytest.mark.parametrize("obj", VALUES.values(), ids=VALUES)
def test_everything_comes_back(obj, tmp_path):
    path = tmp_path / "x.pt"
    ag.save(obj, path)
    with open(path, "rb") as file:
        again = ag.load(file)
    for back in (ag.load(path), ag.load(str(path)), ag.load(path, mmap=True), again, through_memory(obj)):
        assert same(obj, back)


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
keys = st.text() | st.integers() | st.none()


@settings(deadline=None, max_examples=25)
@given(st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner) | st.tuples(inner, inner), max_leaves=12))
def test_any_tree_comes_back(obj):
    assert same(obj, through_memory(obj))


def test_the_bytes_are_the_same_every_time(tmp_path):
    files = [io.BytesIO() for _ in range(12)]
    for file in files:
        ag.save(NESTED, file)
    ag.save(NESTED, tmp_path / "x")
    assert {file.getvalue() for file in files} == {(tmp_path / "x").read_bytes()}
    with safe_open(tmp_path / "x", "np") as file:
        assert file.metadata()["format"] == "pt"


def test_several_follow_one_another_in_a_file():
    buffer = io.BytesIO()
    for obj in (1, STATE, [ag.ones(2)]):
        ag.save(obj, buffer)
    buffer.seek(0)
    assert [same(obj, ag.load(buffer)) for obj in (1, STATE, [ag.ones(2)])] == [True] * 3


class Trickle(io.BytesIO):
    """Takes and gives a few bytes at a time, as an unbuffered file may."""

    def write(self, data):
        return super().write(bytes(data[:7]))

    def readinto(self, view):
        return super().readinto(view[:5])


def test_files_that_take_a_part_at_a_time():
    file = Trickle()
    ag.save(STATE, file)
    file.seek(0)
    assert same(STATE, ag.load(file))


def test_pipes_and_packed_files(tmp_path):
    ag.save(STATE, tmp_path / "x")
    data = (tmp_path / "x").read_bytes()
    reading, writing = os.pipe()
    with open(writing, "wb") as pipe:
        ag.save(STATE, pipe)
    with open(reading, "rb") as pipe:
        assert same(STATE, ag.load(pipe))
    with gzip.open(tmp_path / "y", "wb") as file:
        file.write(data)
    with gzip.open(tmp_path / "y") as file:
        assert same(STATE, ag.load(file))
    with open(tmp_path / "z", "wb", buffering=0) as file:
        ag.save(STATE, file)
    assert (tmp_path / "z").read_bytes() == data
    with pytest.raises(TypeError, match="'wb'"), open(tmp_path / "z", "w") as text:
        ag.save(STATE, text)


# memory


def test_shared_memory_is_written_once_and_shared_again():
    whole = ag.arange(1000.0)
    back = through_memory({"whole": whole, "part": whole[2:4], "turned": whole.reshape(10, 100).T, "other": ag.ones(2)})
    back["part"][0] = -1.0
    assert back["whole"][2] == -1.0
    assert back["turned"][2, 0] == -1.0
    buffer = io.BytesIO()
    ag.save([whole, whole[:], whole.reshape(10, 100)], buffer)
    assert len(buffer.getvalue()) < 2 * 4000


def test_views_that_no_tensor_covers_share_memory_too():
    whole = ag.arange(10.0)
    left, right = through_memory([whole[:6], whole[4:]])
    left[5] = -1.0
    assert right.tolist() == [4, -1, 6, 7, 8, 9]
    assert left.tolist() == [0, 1, 2, 3, 4, -1]


def test_a_tensor_that_occurs_twice_is_one_tensor():
    t = ag.ones(2)
    a, b, c = through_memory([t, {"again": t}, t.detach()])
    assert a is b["again"]
    assert c is not a
    assert np.shares_memory(a.array, c.array)


@pytest.mark.parametrize("cut", [lambda t: t.T, lambda t: t.permute(2, 0, 1), lambda t: t[:, ::2], lambda t: t[0].expand(3, 3, 4)])
def test_strides_of_dense_tensors_come_back(cut):
    t = cut(ag.arange(24.0).reshape(2, 3, 4))
    back = through_memory(t)
    assert back.tolist() == t.tolist()
    if t.numel() == 24:
        assert back.stride() == t.stride()


def test_parameters_and_requires_grad():
    p, q, r = through_memory([nn.Parameter(ag.ones(2)), ag.ones(2, requires_grad=True), nn.Parameter(ag.tensor([1]), requires_grad=False)])
    assert [type(t) for t in (p, q, r)] == [nn.Parameter, ag.Tensor, nn.Parameter]
    assert [t.requires_grad for t in (p, q, r)] == [True, True, False]
    made = through_memory(q * 2)
    assert (made.requires_grad, made.is_leaf) == (True, True)


def test_mapped_tensors_do_not_write_to_the_file(tmp_path):
    ag.save(STATE, tmp_path / "x")
    before = (tmp_path / "x").read_bytes()
    back = ag.load(tmp_path / "x", mmap=True)
    back["a.weight"].fill_(7.0)
    assert (tmp_path / "x").read_bytes() == before
    ag.save(back, tmp_path / "x")  # over the file that is mapped
    assert ag.load(tmp_path / "x")["a.weight"].tolist() == [[7.0] * 3] * 2


# states


def test_a_training_state(tmp_path):
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.1, betas=(0.8, 0.9))
    model(ag.randn(5, 3)).sum().backward()
    optimizer.step()
    generator = ag.Generator().manual_seed(3)
    ag.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "random": generator.get_state()}, tmp_path / "x")
    back = ag.load(tmp_path / "x")
    twin = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    twin.load_state_dict(back["model"])
    assert back["model"]._metadata == model.state_dict()._metadata
    other = optim.Adam(twin.parameters())
    other.load_state_dict(back["optimizer"])
    for net, opt in ((model, optimizer), (twin, other)):
        opt.zero_grad()
        net(ag.ones(5, 3)).sum().backward()
        opt.step()
    assert all(same(x, y) for x, y in zip(model.state_dict().values(), twin.state_dict().values(), strict=True))
    again = ag.Generator()
    again.set_state(back["random"])
    assert ag.rand(3, generator=again).tolist() == ag.rand(3, generator=generator).tolist()


# other readers and writers


def test_other_readers_open_a_state_dict(tmp_path):
    state = {**STATE, "turned": ag.arange(6.0).reshape(2, 3).T, "empty": ag.zeros(0, 2)}
    ag.save(state, tmp_path / "x.safetensors")
    back = load_file(tmp_path / "x.safetensors")
    assert set(back) == set(state)
    assert all(np.array_equal(back[k], state[k].array) and back[k].dtype == state[k].array.dtype for k in state)


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_files_of_other_writers_load_without_checksums(metadata, tmp_path):
    arrays = {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([True, False]), "n": np.array(3, np.int16)}
    save_file(arrays, tmp_path / "x", metadata)
    back = ag.load(tmp_path / "x")
    assert all(isinstance(back[k], ag.Tensor) and np.array_equal(back[k].array, arrays[k]) for k in arrays)


def test_unsigned_integers_of_other_writers_are_widened(tmp_path):
    save_file({"a": np.array([65535], np.uint16), "b": np.array([1], np.uint64)}, tmp_path / "x")
    with pytest.warns(UserWarning, match="1 uint64 as int64, 1 uint16 as int32"):
        back = ag.load(tmp_path / "x")
    assert (back["a"].dtype, back["a"].item()) == (ag.int32, 65535)
    save_file({"big": np.array([2**63], np.uint64)}, tmp_path / "x")
    with pytest.raises(RuntimeError, match="beyond int64"):
        ag.load(tmp_path / "x")


def by_hand(entry, data):
    header = ('{"w":' + entry + "}").encode()
    return io.BytesIO(len(header).to_bytes(8, "little") + header + data)


def test_bfloat16_is_widened():
    numbers = np.array([1.5, -2.0, np.inf], np.float32)
    data = (numbers.view(np.uint32) >> 16).astype(np.uint16).tobytes()
    with pytest.warns(UserWarning, match="1 bfloat16 as float32"):
        back = ag.load(by_hand('{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}', data))
    assert back["w"].tolist() == numbers.tolist()


@pytest.mark.parametrize("kind", ["F8_E4M3", "C64", "F4", "?"])
def test_types_that_are_not_here(kind):
    with pytest.raises(RuntimeError, match="'w' has elements of type"):
        ag.load(by_hand(f'{{"dtype":"{kind}","shape":[1],"data_offsets":[0,8]}}', bytes(8)))


# what cannot be saved


def inside_itself():
    out: list = []
    out.append(out)
    return out


def deep():
    out: list = []
    for _ in range(100_000):
        out = [out]
    return out


WRONG = {
    "object": (lambda: {"model": object()}, TypeError, r"got object at model.*state_dict"),
    "module": (lambda: nn.Linear(1, 1), TypeError, r"got Linear at the top; save its state_dict\(\)"),
    "generator": (ag.Generator, TypeError, r"save its get_state\(\)"),
    "function": (lambda: [1, len], TypeError, "got builtin_function_or_method at 1"),
    "object key": (lambda: {object(): 1}, TypeError, "got object"),
    "complex array": (lambda: np.ones(2, complex), TypeError, "complex128"),
    "text array": (lambda: {"x": np.array(["a"])}, TypeError, "x has dtype <U1"),
    "inside itself": (inside_itself, ValueError, "inside itself"),
    "lazy": (lambda: nn.LazyLinear(3).state_dict(), ValueError, "weight has no shape yet; run the model"),
    "deep": (deep, ValueError, "levels"),
}


@pytest.mark.parametrize(("make", "error", "text"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_saved(make, error, text):
    with pytest.raises(error, match=text):
        ag.save(make(), io.BytesIO())


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path):
    path, link = tmp_path / "x", tmp_path / "link"
    ag.save(1, path)
    path.chmod(0o640)
    link.symlink_to(path)
    ag.save(2, link)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    (tmp_path / "usual").touch()
    ag.save(1, tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert link.is_symlink()
    assert ag.load(path) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_what_is_no_regular_file_is_written_to_and_not_replaced(tmp_path):
    """A named pipe stands for devices too: a test must not be able to replace one of the system's."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    ag.save(STATE, path)
    with open(reading, "rb") as file:
        assert same(STATE, ag.load(io.BytesIO(file.read())))
    assert path.is_fifo()
