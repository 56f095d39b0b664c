"""Checkpoints of PyTorch put together by hand: the well-formed load without torch, the hostile are refused and nothing of them runs."""

from __future__ import annotations

import builtins
import collections
import io
import os
import pickle
import struct
import sys
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.serialization import torch_zip
from autograd_core.serialization.torch_table import REFUSALS, TABLE
from autograd_core.serialization.unpickler import ACTIONS, Unpickler

FLOATS = np.arange(6, dtype="<f4").tobytes()


def value(x):
    """The opcodes that push a plain value."""
    return pickle.dumps(x, 2)[2:-1]


def named(name):
    module, _, last = name.rpartition(".")
    return f"c{module}\n{last}\n".encode()


def call(name, *arguments):
    return named(name) + b"(" + b"".join(arguments) + b"tR"


def storage(kind="Float", key="0", count=6, where="cpu"):
    return b"(" + value("storage") + named(f"torch.{kind}Storage") + value(key) + value(where) + value(count) + b"tQ"


def tensor(memory=None, offset=0, size=(2, 3), stride=(3, 1), needed=False):
    parts = (
        storage() if memory is None else memory,
        value(offset),
        value(size),
        value(stride),
        value(needed),
        call("collections.OrderedDict"),
    )
    return call("torch._utils._rebuild_tensor_v2", *parts)


def dictionary(**entries):
    return b"}(" + b"".join(value(k) + v for k, v in entries.items()) + b"u"


def archive(pickled, data=None, packing=zipfile.ZIP_STORED, **others):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as file:
        file.writestr("archive/data.pkl", b"\x80\x02" + pickled + b".")
        for name, content in {"byteorder": b"little", "version": b"3\n", **others}.items():
            file.writestr(f"archive/{name}", content)
        for key, content in ({"0": FLOATS} if data is None else data).items():
            file.writestr(f"archive/data/{key}", content)
    return buffer.getvalue()


def stream(pickled, keys=("0",), data=None):
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    heads = b"".join(pickle.dumps(part, 2) for part in (torch_zip.MAGIC, 1001, system))
    body = struct.pack("<q", 6) + FLOATS if data is None else data
    return heads + b"\x80\x02" + pickled + b"." + pickle.dumps(list(keys), 2) + body


def load(data):
    return ag.load(io.BytesIO(data))


# the well-formed


@pytest.mark.parametrize("make", [archive, stream])
def test_a_state_dict(make):
    back = load(make(dictionary(weight=tensor(), turned=tensor(size=(3, 2), stride=(1, 3)), last=tensor(offset=5, size=(), stride=()))))
    assert back["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert back["turned"].tolist() == back["weight"].T.tolist()
    assert back["last"].item() == 5
    back["weight"].zero_()
    assert back["last"].item() == 0
    layer = nn.Linear(3, 2, bias=False)
    layer.load_state_dict({"weight": back["weight"]})


def test_big_endian():
    back = load(archive(tensor(), {"0": np.arange(6, dtype=">f4").tobytes()}, byteorder=b"big"))
    assert back.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("where", ["cuda:1", "mps", "cpu"])
def test_a_tensor_from_another_device_comes_to_the_cpu(where):
    assert str(load(archive(tensor(storage(where=where)))).device) == "cpu"


def test_a_state_dicts_notes():
    notes = value({"": {"version": 1}})
    pickled = call("collections.OrderedDict") + value("w") + tensor() + b"s" + dictionary(_metadata=notes) + b"b"
    back = load(archive(pickled))
    assert type(back) is collections.OrderedDict
    assert back._metadata == {"": {"version": 1}}


def test_a_parameter():
    back = load(archive(call("torch._utils._rebuild_parameter", tensor(), value(True), call("collections.OrderedDict"))))
    assert (type(back), back.requires_grad) == (nn.Parameter, True)


def test_opcodes_that_text_pickles_use():
    pickled = b"(lp0\nI1\naF2.5\naL3L\naVx\xac\naS'y'\na(I1\nI2\ntp1\nag1\na(dp2\nI1\nI01\nsa."
    assert load(archive(pickled[:-1])) == [1, 2.5, 3, "x¬", "y", (1, 2), (1, 2), {1: True}]


# the hostile


class Gadget:
    """Its pickle calls a function."""

    def __init__(self, function, *arguments):
        self.what = function, arguments

    def __reduce__(self):
        return self.what


GADGETS = {
    "system": (Gadget(os.system, "true"), r"(posix|nt)\.system"), "eval": (Gadget(eval, "1"), r"builtins\.eval"),
    "getattr": (Gadget(getattr, "a", "upper"), r"builtins\.getattr"), "exec": (Gadget(exec, "1"), r"builtins\.exec"),
    "import": (Gadget(builtins.__import__, "os"), r"builtins\.__import__"), "open": (Gadget(open, os.devnull), r"io\.open"),
    "loads": (Gadget(pickle.loads, b"N."), r"pickle\.loads"), "numpy load": (Gadget(np.load, "x"), r"numpy\.load"),
    "objects": (np.array([{}], object), "NumPy dtype 'O"), "records": (np.zeros(1, [("a", "f4")]), "NumPy dtype 'V"),
    "class": (Gadget, "Gadget"), "list": (Gadget(list, "abc"), r"builtins\.list"), "type": (Gadget(type, 1), r"builtins\.type"),
    "default dictionary": (collections.defaultdict(list), r"collections\.defaultdict"),
}  # fmt: skip


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(("obj", "text"), GADGETS.values(), ids=GADGETS)
def test_gadgets_are_named_and_refused(obj, text, protocol):
    for data in (archive(pickle.dumps([obj], protocol)[:-1]), stream(pickle.dumps([obj], protocol)[:-1])):
        with pytest.raises(pickle.UnpicklingError, match=text) as error:
            load(data)
        assert "Nothing in the file was executed" in str(error.value)


DOUBLE = call("numpy.dtype", value("f8"), value(0), value(1)) + value((3, "<")) + b"b"
PICKLES = {
    "attribute of an allowed name": (b"\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.__init__\x93)R", "OrderedDict.__init__"),
    "path in a name": (named("torch._utils.torch.os.system") + b"(" + value("true") + b"tR", "torch._utils.torch.os"),
    "no callable": (b"I1\n(tR", "calls a int"), "a class kept": (named("collections.OrderedDict"), "keeps a function"),
    "a class in a list": (b"]" + named("collections.OrderedDict") + b"a", "keeps a function"),
    "methods of a dictionary": (call("collections.OrderedDict") + dictionary(items=value(1)) + b"b", "sets 'items'"),
    "state of a function": (named("collections.OrderedDict") + dictionary(x=value(1)) + b"b", "state of a Maker"),
    "state of a list": (b"]" + dictionary(x=value(1)) + b"b", "state of a list"), "extension": (b"\x82\x01", "opcode EXT1"),
    "instance": (b"(ios\nsystem\n", "opcode INST"), "object": (b"(" + named("collections.OrderedDict") + b"o", "opcode OBJ"),
    "text reference": (b"Pabc\n", "opcode PERSID"), "reference": (value(3) + b"Q", "refers to a int"),
    "module": (b"(" + value("module") + value(1) + b"tQ", "refers to a module"), "append to nothing": (b"a", "damaged"),
    "append to a tensor": (tensor() + b"I1\na", "appends to a Tensor"), "item of a list": (b"]I1\nI1\ns", "sets items of a list"),
    "memo": (b"h\x07", "damaged"), "mark": (b"t", "damaged"), "nothing": (b"", "damaged"), "unknown opcode": (b"\xff", "damaged"),
    "a list as a key": (b"}]I1\ns", "list as its key"), "deep keys": (b"}(I1\nt" + b"2\x86" * 60 + b"I1\ns", "tuple as its key"),
    "a huge string": (b"\x8d" + struct.pack("<Q", 2**62), "damaged"), "a huge number": (b"\x8b" + struct.pack("<i", 2**31 - 1), "damaged"),
    "a decimal number": (b"I" + b"9" * 10_000 + b"\n", "damaged"), "bytearray of a size": (call("builtins.bytearray", value(10**12)), None),
    "copies": (value(b"x" * 50_000)[:-2] + b"q\x00" + call("builtins.bytearray", b"h\x00") * 2000, "makes more out of its bytes"),
    "scalar of a tensor": (call("numpy._core.multiarray.scalar", tensor(), value(b"1")), "not made of bytes"),
    "array without a state": (call("numpy._core.multiarray._reconstruct"), "unfinished"),
    "array of another size": (call("numpy._core.numeric._frombuffer", value(b"1"), DOUBLE, value((9,)), value("C")), "from 1 bytes"),
    "encoding": (call("_codecs.encode", value("a"), value("zip")), "encoded as 'zip'"), "size": (call("torch.Size", value(("a",))), "Size of other"),
    "a tensor of a module's name": (call("torch._tensor._rebuild_from_type_v2", value("os.system"), value("x"), value(("true",)), b"}"), "no function"),
    "too many arguments": (call("torch.Size", value(1), value(2)), "damaged"),
}  # fmt: skip


@pytest.mark.parametrize(("pickled", "text"), PICKLES.values(), ids=PICKLES)
def test_hostile_pickles(pickled, text):
    if text is None:
        assert len(load(archive(pickled))) == 0
        return
    with pytest.raises(pickle.UnpicklingError, match=text):
        load(archive(pickled))


TENSORS = {
    "beyond the end": (tensor(size=(7,), stride=(1,)), "reaches element 6 of storage 0, which has 6"),
    "by its stride": (tensor(stride=(4, 1), size=(3, 2)), "reaches element 9"), "offset": (tensor(offset=1), "reaches element 6"),
    "negative offset": (tensor(offset=-1), "whole numbers"), "negative stride": (tensor(stride=(3, -1)), "whole numbers"),
    "negative size": (tensor(size=(-1, 2)), "whole numbers"), "overflow": (tensor(size=(2**62, 2), stride=(2**62, 1)), "reaches element"),
    "endless": (tensor(size=(2**40, 2**40), stride=(0, 0)), "damaged"), "flags as sizes": (tensor(size=(True,), stride=(1,)), "whole numbers"),
    "ranks": (tensor(size=(1,), stride=()), "whole numbers"), "text": (tensor(offset="a"), "whole numbers"),
    "no storage": (tensor(memory=value(1)), "on a int in place of a storage"), "another count": (tensor(storage(count=7)), "need 28"),
    "huge count": (tensor(storage(count=2**61)), "need"), "negative count": (tensor(storage(count=-1)), "elements"),
    "two types": (b"]" + tensor() + b"a" + tensor(storage("Double")) + b"a", "need 48"),
    "gradient of integers": (tensor(storage("Int"), needed=True), "floating point"),
}  # fmt: skip


@pytest.mark.parametrize(("pickled", "text"), TENSORS.values(), ids=TENSORS)
def test_tensors_stay_inside_their_storage(pickled, text):
    with pytest.raises(pickle.UnpicklingError, match=text):
        load(archive(pickled))
    with pytest.raises((pickle.UnpicklingError, RuntimeError)):
        load(stream(pickled))


ARCHIVES = {
    "no storage": (archive(tensor(), {}), "without 'archive/data/0'"), "packed": (archive(tensor(), packing=zipfile.ZIP_DEFLATED), "packed or encrypted"),
    "byte order": (archive(tensor(), byteorder=b"middle"), "byte order b'middle'"), "program": (archive(tensor(), **{"constants.pkl": b""}), "TorchScript"),
    "a name twice": (archive(tensor(), {"0": FLOATS, "1": FLOATS}).replace(b"data/1", b"data/0"), "a name twice"),
    "a damaged storage": (archive(tensor()).replace(FLOATS, FLOATS[::-1]), "member 'archive/data/0' are not those"),
    "other": (archive(tensor()).replace(b"data.pkl", b"data.txt"), "a zip archive of something else"),
    "stream of another version": (pickle.dumps(torch_zip.MAGIC, 2) + pickle.dumps(1002, 2), "another version"),
    "stream of other keys": (stream(tensor(), ("1",)), "not that of the tensors"), "truncated": (stream(tensor(), data=FLOATS[:8]), "truncated|elements"),
    "stream of few elements": (stream(tensor(), data=struct.pack("<q", 5) + FLOATS), "has 5 elements"),
    "keys that are no list": (stream(tensor(), data=b"", keys=()), "not that of the tensors"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "text"), ARCHIVES.values(), ids=ARCHIVES)
def test_hostile_files(data, text):
    with pytest.raises((RuntimeError, pickle.UnpicklingError), match=text):
        load(data)


def test_a_bomb_in_an_npz_is_not_unpacked():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.npy", bytes(10_000))
    data = bytearray(buffer.getvalue())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 2**31)
    with pytest.raises(RuntimeError, match="would unpack"):
        load(bytes(data))
    two = bytearray(archive(tensor(), {"0": FLOATS, "1": bytes(2000)}))
    at = two.rindex(b"PK\x01\x02") + 20
    two[at : at + 8] = struct.pack("<II", 2**20, 2**20)
    with pytest.raises(RuntimeError, match="larger than the file"):
        load(bytes(two))


def test_nothing_is_imported():
    before = set(sys.modules)
    for name in ("antigravity.x", "this.s", "torch.hub.load"):
        with pytest.raises(pickle.UnpicklingError):
            load(archive(named(name)))
    assert set(sys.modules) == before


OPCODES = [bytes([code]) for code in range(256)]
PIECES = [
    value(1),
    value("a"),
    value((1, 2)),
    value({"a": [1]}),
    b"(",
    b"}",
    b"]",
    b")",
    tensor(),
    storage(),
    named("torch.Size"),
    b"q\x00",
    b"h\x00",
]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(OPCODES + PIECES * 8) | st.binary(max_size=4), max_size=30).map(b"".join))
def test_any_bytes_give_data_or_an_error(pickled):
    for data in (archive(pickled), stream(pickled)):
        try:
            load(data)
        except (pickle.UnpicklingError, RuntimeError):
            pass


def test_the_table_holds_no_function_that_a_pickle_could_reach():
    """What is pushed by name is opaque: of the values in the table none is callable."""
    assert not [name for name, entry in TABLE.items() if callable(entry)]
    assert set(ACTIONS) & {"INST", "OBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID", "NEXT_BUFFER"} == set()
    with pytest.raises(pickle.UnpicklingError):
        Unpickler(TABLE, lambda pid: None, REFUSALS).load(io.BytesIO(b"\x80\x02"), 2)


def test_the_checksum_of_the_pickle_itself_is_compared():
    data = archive(dictionary(a=value(1)))
    assert zlib.crc32(data)
    with pytest.raises(RuntimeError, match=r"member 'archive/data\.pkl' are not those"):
        load(data.replace(b"X\x01\x00\x00\x00a", b"X\x01\x00\x00\x00b", 1))
