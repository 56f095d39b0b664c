"""Checkpoints that PyTorch writes, in both of its formats, come back with the same values, types, strides and shared memory."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from collections import Counter, OrderedDict

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim

torch = pytest.importorskip("torch")

FORMATS = {"zip": {}, "stream": {"_use_new_zipfile_serialization": False}}
KINDS = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
WIDER = {"bfloat16": "float32", "uint16": "int32", "uint32": "int64", "uint64": "int64"}


def through(obj, written, tmp_path=None, **options):
    buffer = io.BytesIO()
    torch.save(obj, buffer, **FORMATS[written])
    if tmp_path is None:
        buffer.seek(0)
        return ag.load(buffer)
    (tmp_path / "x.pt").write_bytes(buffer.getvalue())
    return ag.load(tmp_path / "x.pt", **options)


def same(ours, theirs):
    if isinstance(theirs, torch.Tensor):
        assert isinstance(ours, nn.Parameter) == isinstance(theirs, torch.nn.Parameter)
        assert str(ours.dtype) == str(theirs.dtype)
        assert (tuple(ours.shape), ours.requires_grad) == (tuple(theirs.shape), theirs.requires_grad)
        assert ours.stride() == theirs.stride() or not theirs.numel()
        assert ours.tolist() == theirs.tolist()
    elif isinstance(theirs, dict):
        assert type(ours) is type(theirs)
        assert list(ours) == list(theirs)
        for key in theirs:
            same(ours[key], theirs[key])
    elif isinstance(theirs, torch.Size):
        assert type(ours) is ag.Size
        assert tuple(ours) == tuple(theirs)
    elif isinstance(theirs, (list, tuple)):
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b)
    elif isinstance(theirs, torch.dtype):
        assert isinstance(ours, ag.dtype)
        assert str(ours) == str(theirs)
    else:
        assert type(ours) is type(theirs)
        assert np.array_equal(ours, theirs) if isinstance(theirs, np.ndarray) else ours == theirs


def views():
    x = torch.arange(24.0).reshape(2, 3, 4)
    return {
        "x": x,
        "t": x.T if x.ndim == 2 else x.permute(2, 0, 1),
        "row": x[1],
        "step": x[:, ::2],
        "last": x[..., -1],
        "wide": x[0, 0].expand(5, 4),
    }


def trained(make, **options):
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1))
    optimizer = make(model.parameters(), **options)
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    return {"optimizer": optimizer.state_dict(), "model": model.state_dict()}


class Odd:
    """Attributes on tensors."""


def noted():
    p = torch.nn.Parameter(torch.ones(2))
    p.note = "mine"
    return [p]


VALUES = {
    **{kind: (lambda kind=kind: torch.tensor([[0, 1, 1], [1, 0, 1]]).to(getattr(torch, kind))) for kind in KINDS},
    "0-d": lambda: torch.tensor(2.5),
    "no elements": lambda: torch.zeros(0, 3),
    "views": views,
    "requires grad": lambda: [torch.ones(2, requires_grad=True), torch.nn.Parameter(torch.ones(2)), torch.ones(2, requires_grad=True) * 2],
    "frozen": lambda: torch.nn.Parameter(torch.tensor([1, 2]), requires_grad=False),
    "containers": lambda: OrderedDict(a=[1, (2, {"x": None})], b={1: True, "1": 2.5, (1, 2): -(2**70)}, c=torch.Size([2, 3]), d=(), e=Counter("aab")),
    "plain": lambda: ["text\u20ac", b"\x00\xff", bytearray(b"ab"), {1, 2}, frozenset([3]), 3 + 4j, float("inf"), torch.float16, 10**30],
    "numpy": lambda: [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.eye(2)), np.float32(2.5), np.int64(3), np.bool_(True), np.array(["ab"]),
                      np.zeros((0, 2))],
    "sgd": lambda: trained(torch.optim.SGD, lr=0.1, momentum=0.9),
    "adam": lambda: trained(torch.optim.Adam, betas=(0.8, 0.9), amsgrad=True),
    "rng": torch.get_rng_state,
    "twice": lambda: [torch.ones(2)] * 2,
    "module state": lambda: torch.nn.LSTM(2, 3, bidirectional=True).state_dict(),
}  # fmt: skip


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize("make", VALUES.values(), ids=VALUES)
def test_values(make, written, tmp_path):
    theirs = make()
    same(through(theirs, written), theirs)
    same(through(theirs, written, tmp_path), theirs)
    if written == "zip":
        same(through(theirs, written, tmp_path, mmap=True), theirs)


@pytest.mark.parametrize("protocol", range(1, 6))
def test_pickle_protocols(protocol):
    theirs = [torch.arange(3.0), OrderedDict(a=[1, b"x", "y" * 300, {2}]), np.arange(3), torch.nn.Parameter(torch.ones(1))]
    buffer = io.BytesIO()
    torch.save(theirs, buffer, pickle_protocol=protocol)
    buffer.seek(0)
    same(ag.load(buffer), theirs)


@pytest.mark.parametrize("written", FORMATS)
def test_shared_storage_is_shared_again(written):
    x = torch.zeros(2, 3)
    back = through({"x": x, "y": x, "t": x.T, "row": x[1]}, written)
    back["row"][2] = 5.0
    assert back["x"][1, 2] == back["t"][2, 1] == 5.0
    assert back["x"] is back["y"]


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize("kind", WIDER)
def test_wider_types(kind, written):
    theirs = torch.tensor([1.0, 2.5, 3e4]).to(getattr(torch, kind))
    with pytest.warns(UserWarning, match=f"1 {kind} as {WIDER[kind]}"):
        back = through({"x": theirs, "y": theirs[1:]}, written)
    assert str(back["x"].dtype) == f"torch.{WIDER[kind]}"
    assert back["x"].tolist() == theirs.tolist()
    back["y"][0] = 7
    assert back["x"][1] == 7


def quantised():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)


REFUSED = {
    "complex": (lambda: torch.ones(2, dtype=torch.complex64), "complex64, which no tensor here has"),
    "float8": (lambda: torch.ones(2).to(torch.float8_e5m2), "float8_e5m2, which no tensor here has"),
    "sparse": (lambda: torch.eye(2).to_sparse(), r"sparse tensors are not here, convert it with \.to_dense"),
    "quantised": (quantised, "quantised tensors are not here"),
    "meta": (lambda: torch.ones(2, device="meta"), "no values"),
    "module": (lambda: torch.nn.Linear(1, 1), r"torch\.nn\.modules\.linear\.Linear: that is a whole module.*save its state_dict"),
    "lazy": (lambda: torch.nn.LazyLinear(3).state_dict(), "without a shape: run the model"),
    "optimizer": (lambda: torch.optim.SGD([torch.nn.Parameter(torch.ones(1))]), "whole module or optimizer"),
    "generator": (torch.Generator, r"it asks for torch"),
    "class": (Odd, "it asks for"),
}


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("make", "text"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(make, text, written):
    with pytest.raises(pickle.UnpicklingError, match=text) as error:
        through([make()], written)
    assert "Nothing in the file was executed" in str(error.value)


@pytest.mark.parametrize("written", FORMATS)
def test_attributes_of_tensors(written):
    (back,) = through(noted(), written)
    assert (type(back), back.note) == (nn.Parameter, "mine")


def test_checksums_that_pytorch_left_out():
    torch.serialization.set_crc32_options(False)
    try:
        same(through([torch.ones(3)], "zip"), [torch.ones(3)])
    finally:
        torch.serialization.set_crc32_options(True)


@pytest.mark.parametrize("written", FORMATS)
def test_every_flipped_bit_and_truncation(written):
    """An error or the right numbers from the archives, which have checksums; no crash from the streams, which have none."""
    buffer = io.BytesIO()
    torch.save({"a": torch.arange(3.0)}, buffer, **FORMATS[written])
    data = buffer.getvalue()
    for count in range(len(data)):
        with pytest.raises((RuntimeError, pickle.UnpicklingError)):
            ag.load(io.BytesIO(data[:count]))
    for at in range(8 * len(data)):
        broken = bytearray(data)
        broken[at // 8] ^= 1 << at % 8
        try:
            back = ag.load(io.BytesIO(broken))
        except (RuntimeError, pickle.UnpicklingError):
            continue
        except UserWarning:  # a type that is widened, in a stream
            assert written == "stream"
            continue
        assert written == "stream" or (list(back) == ["a"] and back["a"].tolist() == [0, 1, 2])


def test_an_optimizer_goes_on_from_pytorchs_state():
    theirs = torch.nn.Linear(3, 2)
    their_optimizer = torch.optim.Adam(theirs.parameters(), lr=0.1)
    x = torch.arange(6.0).reshape(2, 3)

    def step(model, optimizer, x):
        optimizer.zero_grad()
        (model(x) ** 2).sum().backward()
        optimizer.step()

    step(theirs, their_optimizer, x)
    back = through({"model": theirs.state_dict(), "optimizer": their_optimizer.state_dict()}, "zip")
    ours = nn.Linear(3, 2)
    ours.load_state_dict(back["model"])
    our_optimizer = optim.Adam(ours.parameters())
    our_optimizer.load_state_dict(back["optimizer"])
    step(theirs, their_optimizer, x)
    step(ours, our_optimizer, ag.tensor(x.numpy()))
    np.testing.assert_allclose(ours.weight.detach().numpy(), theirs.weight.detach().numpy(), rtol=1e-5)


def test_pytorch_reads_the_tensors_of_our_state_dict(tmp_path):
    reader = pytest.importorskip("safetensors.torch")
    ours = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    ag.save(ours.state_dict(), tmp_path / "x.safetensors")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    theirs.load_state_dict(reader.load_file(tmp_path / "x.safetensors"))
    assert theirs[0].weight.tolist() == ours[0].weight.tolist()


def test_the_types_of_errors(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    whole = io.BytesIO()
    torch.save([1], whole)
    calls = {
        "missing": lambda lib: lib.load(tmp_path / "none"),
        "empty": lambda lib: lib.load(tmp_path / "empty"),
        "no folder": lambda lib: lib.save([1], tmp_path / "no" / "x"),
        "mmap": lambda lib: lib.load(io.BytesIO(whole.getvalue()), mmap=True),
    }
    for name, call in calls.items():
        with pytest.raises(Exception) as theirs:
            call(torch)
        with pytest.raises(theirs.type):
            call(ag)
        assert name


# copy and pickle


def both(make):
    return make(ag, nn), make(torch, torch.nn)


def plain(T, N):
    t = T.arange(6.0).reshape(2, 3)
    return t


def with_grad(T, N):
    t = T.ones(2, requires_grad=True)
    (t * 3).sum().backward()
    t.note = [1]
    return t


def parameter(T, N):
    p = N.Parameter(T.ones(2))
    (p * 3).sum().backward()
    return p


def non_leaf_without_grad(T, N):
    return T.ones(2, 3).T


COPIED = {
    "plain": plain, "with grad": with_grad, "parameter": parameter, "frozen": lambda T, N: N.Parameter(T.ones(2), requires_grad=False),
    "turned": non_leaf_without_grad, "step": lambda T, N: T.arange(10.0)[::2], "0-d": lambda T, N: T.tensor(2), "empty": lambda T, N: T.zeros(0, 3),
    "view": lambda T, N: T.arange(6.0)[2:4], "wide": lambda T, N: T.ones(1).expand(3), "detached": lambda T, N: with_grad(T, N).detach(),
}  # fmt: skip
TWINS = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda t: pickle.loads(pickle.dumps(t)),
    "pickle 5": lambda t: pickle.loads(pickle.dumps(t, 5)),
}


def dense(t):
    """Whether its elements fill their memory: of other tensors PyTorch copies the whole storage, and we what the tensor shows."""
    return t.numel() > 0 and sum((n - 1) * s for n, s in zip(t.shape, t.stride(), strict=True)) == t.numel() - 1


def facts(t, twin):
    grad = twin.grad
    return {
        "class": type(twin).__name__, "values": twin.tolist(), "stride": twin.stride() if dense(t) else None, "requires grad": twin.requires_grad,
        "leaf": twin.is_leaf, "grad": None if grad is None else grad.tolist(), "own grad": grad is None or grad is not t.grad,
        "notes": dict(twin.__dict__), "shares": twin.data_ptr() == t.data_ptr() if twin.numel() else None, "itself": twin is t,
    }  # fmt: skip


@pytest.mark.parametrize("way", TWINS)
@pytest.mark.parametrize("make", COPIED.values(), ids=COPIED)
def test_copies_of_tensors(make, way):
    ours, theirs = both(make)
    assert facts(ours, TWINS[way](ours)) == facts(theirs, TWINS[way](theirs))


@pytest.mark.parametrize("way", TWINS)
def test_copies_of_results(way):
    ours, theirs = both(lambda T, N: T.ones(2, requires_grad=True) * 2)
    try:
        expected = facts(theirs, TWINS[way](theirs))
    except Exception as error:
        with pytest.raises(type(error)) as found:
            TWINS[way](ours)
        assert str(error)[:80] == str(found.value)[:80]
    else:
        assert facts(ours, TWINS[way](ours)) == expected


def model(T, N):
    net = N.Sequential(N.Linear(3, 3), N.BatchNorm1d(3), N.Linear(3, 3))
    net[2].weight = net[0].weight  # shared
    net.register_buffer("seen", T.zeros(1), persistent=False)
    net[0].bias.requires_grad_(False)
    net.eval()
    net(T.ones(2, 3)).sum().backward()
    return net


def hook(module, args, output):
    return output + 1


@pytest.mark.parametrize("way", TWINS)
def test_copies_of_modules(way):
    told = []
    for net in both(model):
        net.register_forward_hook(hook)
        twin = TWINS[way](net)
        told.append(
            {
                "keys": list(twin.state_dict()),
                "shared": twin[0].weight is twin[2].weight,
                "buffers": [n for n, _ in twin.named_buffers()],
                "grads": [None if p.grad is None else p.grad.shape for p in twin.parameters()],
                "needed": [p.requires_grad for p in twin.parameters()],
                "training": twin.training,
                "hooks": len(twin._forward_hooks),
                "same": twin[0] is net[0],
                "own": twin[0].weight is net[0].weight,
                "class": [type(p).__name__ for p in twin.parameters()],
            }
        )
    assert told[0] == told[1]


@pytest.mark.parametrize("way", TWINS)
def test_copies_of_optimizers_and_generators(way):
    told = []
    for T, N, O in ((ag, nn, optim), (torch, torch.nn, torch.optim)):
        net = N.Linear(2, 1)
        optimizer = O.Adam(net.parameters(), lr=0.1)
        net(T.ones(1, 2)).sum().backward()
        optimizer.step()
        net2, twin = TWINS[way]([net, optimizer])
        generator = T.Generator().manual_seed(3)
        other = TWINS[way](generator) if way in ("copy", "deepcopy") and T is ag else generator.clone_state()
        told.append(
            {
                "class": type(twin).__name__,
                "state": len(twin.state),
                "options": {k: v for k, v in twin.param_groups[0].items() if k in ("lr", "betas")},
                "of the twin": twin.param_groups[0]["params"][0] is net2.weight,
                "of the old": twin.param_groups[0]["params"][0] is net.weight,
                "draws": T.rand(2, generator=other).tolist(),
            }
        )
    assert told[0] == told[1]
