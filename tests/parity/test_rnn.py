"""Recurrent layers against torch.nn: the same seed gives the same weights, the same sequences the same numbers and gradients."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import random

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported", "ignore:dropout option adds dropout")

KINDS = ("RNN", "LSTM", "GRU")
OPTIONS: list[dict[str, Any]] = [
    {},
    {"bias": False},
    {"num_layers": 2, "bidirectional": True},
    {"num_layers": 3, "dropout": 0.4},
    {"bidirectional": True, "batch_first": True, "bias": False},
    {"num_layers": 2, "dropout": 0.5, "bidirectional": True, "batch_first": True},
]
NETWORKS: list[tuple[str, dict[str, Any]]] = [
    *itertools.product(KINDS, OPTIONS),
    ("RNN", {"nonlinearity": "relu", "num_layers": 2}),
    ("LSTM", {"proj_size": 2}),
    ("LSTM", {"proj_size": 3, "num_layers": 2, "bidirectional": True, "bias": False}),
    ("GRU", {"hidden_size": 24, "input_size": 7}),
    ("LSTM", {"hidden_size": 24, "input_size": 7, "num_layers": 2}),
    ("LSTM", {"hidden_size": 70}),
    ("GRU", {"hidden_size": 80, "bidirectional": True}),
    ("RNN", {"hidden_size": 130}),
]
CELLS: list[tuple[str, dict[str, Any]]] = [
    *itertools.product(("RNNCell", "LSTMCell", "GRUCell"), ({}, {"bias": False}, {"hidden_size": 40})),
    ("RNNCell", {"nonlinearity": "relu"}),
]
LENGTHS = [3, 6, 1, 6, 2]
TOLERANCE = {"float64": 1e-9, "float32": 1e-5}


def pair(name: str, options: dict[str, Any], dtype: str = "float32") -> tuple[Any, Any]:
    options = {"input_size": 3, "hidden_size": 5} | options
    random.manual_seed(11)
    torch.manual_seed(11)
    return getattr(nn, name)(**options, dtype=getattr(ag, dtype)), getattr(torch.nn, name)(**options, dtype=getattr(torch, dtype))


def near(ours: Any, theirs: Any, dtype: str, what: str = "") -> None:
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    assert a.dtype == b.dtype
    assert a.shape == b.shape, what
    np.testing.assert_allclose(a, b, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * max(1.0, float(np.abs(b).max(initial=0))), err_msg=what)


def flat(value: Any) -> list[Any]:
    """The floating tensors of a result, in order."""
    if isinstance(value, (tuple, list)):
        return [t for part in value for t in flat(part)]
    return [value] if value is not None and "float" in str(value.dtype) else []


def leaf(array: np.ndarray) -> tuple[Any, Any]:
    return ag.tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)


def compare(ours: Any, theirs: Any, inputs: list[tuple[Any, Any]], results: tuple[Any, Any], dtype: str) -> None:
    """Values, then the gradients of a weighted sum of every result."""
    mine, other = (flat(r) for r in results)
    assert len(mine) == len(other)
    rng = np.random.default_rng(5)
    total, truth = 0.0, 0.0
    for a, b in zip(mine, other, strict=True):
        near(a, b, dtype, "value")
        weight = rng.standard_normal(b.shape).astype(dtype)
        total, truth = total + (a * ag.tensor(weight)).sum(), truth + (b * torch.tensor(weight)).sum()
    ours.zero_grad()
    theirs.zero_grad()
    total.backward()
    truth.backward()
    for i, (a, b) in enumerate(inputs):
        near(a.grad, b.grad, dtype, f"gradient of input {i}")
    for (key, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        near(p.grad, q.grad, dtype, key)


def states(name: str, options: dict[str, Any], batch: tuple[int, ...], dtype: str) -> list[tuple[Any, Any]]:
    """A given hidden state, and for an LSTM a cell state."""
    rng = np.random.default_rng(3)
    rows = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    hidden = options.get("hidden_size", 5)
    widths = [options.get("proj_size") or hidden, hidden] if name == "LSTM" else [hidden]
    return [leaf(rng.standard_normal((rows, *batch, width)).astype(dtype)) for width in widths]


def given(hx: list[tuple[Any, Any]], side: int) -> Any:
    return tuple(h[side] for h in hx) if len(hx) > 1 else hx[0][side] if hx else None


@pytest.mark.parametrize(("name", "options"), NETWORKS, ids=str)
def test_state_and_repr(name, options):
    ours, theirs = pair(name, options)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[key].numpy(), value.numpy(), err_msg=key)
    assert [[tuple(w.shape) for w in ws] for ws in ours.all_weights] == [[tuple(w.shape) for w in ws] for ws in theirs.all_weights]
    ours.flatten_parameters()
    np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "options"), NETWORKS, ids=str)
def test_network(name, options, dtype):
    ours, theirs = pair(name, options, dtype)
    batch_first = options.get("batch_first", False)
    width = options.get("input_size", 3)
    for mode, with_state, batched in ((True, False, True), (False, True, True), (True, True, False)):
        ours.train(mode)
        theirs.train(mode)
        shape = ((4, 6) if batch_first else (6, 4)) if batched else (6,)
        x = leaf(np.random.default_rng(1).standard_normal((*shape, width)).astype(dtype))
        hx = states(name, options, (4,) if batched else (), dtype) if with_state else []
        random.manual_seed(7)
        torch.manual_seed(7)
        compare(ours, theirs, [x, *hx], (ours(x[0], given(hx, 0)), theirs(x[1], given(hx, 1))), dtype)
    np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "options"), [n for n in NETWORKS if not n[1].get("batch_first")], ids=str)
@pytest.mark.parametrize("sort", [False, True])
def test_packed(name, options, sort, dtype):
    ours, theirs = pair(name, options, dtype)
    rng = np.random.default_rng(2)
    lengths = sorted(LENGTHS, reverse=True) if sort else LENGTHS
    seqs = [leaf(rng.standard_normal((n, options.get("input_size", 3))).astype(dtype)) for n in lengths]
    packs = [m.utils.rnn.pack_sequence([s[i] for s in seqs], enforce_sorted=sort) for i, m in enumerate((nn, torch.nn))]
    same_pack(*packs)
    for with_state in (False, True):
        for s, t in seqs:
            s.grad = t.grad = None
        hx = states(name, options, (len(lengths),), dtype) if with_state else []
        random.manual_seed(7)
        torch.manual_seed(7)
        packs = [m.utils.rnn.pack_sequence([s[i] for s in seqs], enforce_sorted=sort) for i, m in enumerate((nn, torch.nn))]
        results = ours(packs[0], given(hx, 0)), theirs(packs[1], given(hx, 1))
        same_pack(results[0][0], results[1][0], dtype)
        compare(ours, theirs, [*seqs, *hx], results, dtype)


def same_pack(ours: Any, theirs: Any, dtype: str = "float32") -> None:
    assert ours._fields == theirs._fields
    near(ours.data, theirs.data, dtype)
    for a, b in zip(ours[1:], theirs[1:], strict=True):
        assert (a is None) == (b is None)
        if b is not None:
            np.testing.assert_array_equal(a.numpy(), b.numpy())
            assert a.numpy().dtype == b.numpy().dtype


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "options"), CELLS, ids=str)
def test_cell(name, options, dtype):
    ours, theirs = pair(name, options, dtype)
    assert repr(ours) == repr(theirs)
    for key, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[key].numpy(), value.numpy(), err_msg=key)
    rng = np.random.default_rng(1)
    for batch, with_state in itertools.product([(7,), (), (70,)], [False, True]):
        x = leaf(rng.standard_normal((*batch, 3)).astype(dtype))
        hx = [leaf(rng.standard_normal((*batch, options.get("hidden_size", 5))).astype(dtype)) for _ in range(2 if "LSTM" in name else 1)]
        hx = hx if with_state else []
        compare(ours, theirs, [x, *hx], (ours(x[0], given(hx, 0)), theirs(x[1], given(hx, 1))), dtype)


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("tail", [(), (2,), (2, 3)])
def test_padding_and_packing(batch_first, tail):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal((n, *tail)) for n in LENGTHS]
    mine, other = [ag.tensor(a) for a in arrays], [torch.tensor(a) for a in arrays]
    ours, theirs = nn.utils.rnn, torch.nn.utils.rnn
    for side, value in (("right", 0.0), ("left", 1.5)):
        padded = ours.pad_sequence(mine, batch_first, value, side)
        near(padded, theirs.pad_sequence(other, batch_first, value, side), "float64")
    padded = theirs.pad_sequence(other, batch_first)
    for lengths in (LENGTHS, torch.tensor(LENGTHS)):
        kept = lengths if lengths is LENGTHS else ag.tensor(LENGTHS)
        a = ours.pack_padded_sequence(ag.tensor(padded.numpy()), kept, batch_first, enforce_sorted=False)
        b = theirs.pack_padded_sequence(padded, lengths, batch_first, enforce_sorted=False)
        same_pack(a, b, "float64")
    for total in (None, 8):
        x, n = ours.pad_packed_sequence(a, batch_first, -2.0, total)
        y, m = theirs.pad_packed_sequence(b, batch_first, -2.0, total)
        near(x, y, "float64")
        np.testing.assert_array_equal(n.numpy(), m.numpy())
    for x, y in zip(ours.unpack_sequence(a), theirs.unpack_sequence(b), strict=True):
        near(x, y, "float64")
    for x, y in zip(ours.unpad_sequence(ag.tensor(padded.numpy()), kept, batch_first), other, strict=True):
        near(x, y, "float64")
    assert repr(a.double() is a) == repr(b.double() is b)
    near(a.float().data, b.float().data, "float32")
    np.testing.assert_array_equal(
        ours.invert_permutation(ag.tensor([2, 0, 1])).numpy(), theirs.invert_permutation(torch.tensor([2, 0, 1])).numpy()
    )


def test_packed_labels_keep_their_type():
    a = nn.utils.rnn.pack_sequence([ag.tensor([1, 2, 3]), ag.tensor([4])])
    b = torch.nn.utils.rnn.pack_sequence([torch.tensor([1, 2, 3]), torch.tensor([4])])
    assert str(a) == str(b)
    x, y = nn.utils.rnn.pad_packed_sequence(a, padding_value=-1)[0], torch.nn.utils.rnn.pad_packed_sequence(b, padding_value=-1)[0]
    np.testing.assert_array_equal(x.numpy(), y.numpy())
    assert x.numpy().dtype == y.numpy().dtype


def build(name: str, *args: Any, **kwargs: Any) -> Any:
    return lambda n, t: getattr(n, name)(*args, **kwargs)


def forward(name: str, shape: Any, *hx: Any, **kwargs: Any) -> Any:
    """The layer (3 features, 5 hidden) on zeros of a shape, with states of shapes."""

    def run(n: Any, t: Any) -> Any:
        state = [t.zeros(s) for s in hx]
        return getattr(n, name)(3, 5, **kwargs)(t.zeros(shape), *([tuple(state)] if "LSTM" in name and state else state))

    return run


def packing(lengths: Any, **kwargs: Any) -> Any:
    return lambda n, t: n.utils.rnn.pack_padded_sequence(t.zeros(4, 3, 2), lengths, **kwargs)


WRONG = {
    "no inputs": build("LSTM", 0, 3),
    "no hidden": build("GRU", 3, 0),
    "no layers": build("RNN", 3, 3, 0),
    "float size": build("RNN", 3.0, 3),
    "float hidden": build("RNN", 3, 3.0),
    "bias": build("LSTM", 3, 3, bias=1),
    "batch_first": build("LSTM", 3, 3, batch_first=2),
    "dropout": build("LSTM", 3, 3, 2, dropout=1.5),
    "dropout text": build("LSTM", 3, 3, 2, dropout="a"),
    "dropout bool": build("LSTM", 3, 3, 2, dropout=True),
    "proj": build("LSTM", 3, 3, proj_size=3),
    "proj below": build("LSTM", 3, 3, proj_size=-1),
    "proj of a gru": build("GRU", 3, 3, proj_size=2),
    "proj of an rnn": build("RNN", 3, 3, proj_size=2),
    "nonlinearity": build("RNN", 3, 3, nonlinearity="sin"),
    "rank": forward("LSTM", (2, 2, 2, 3)),
    "rank gru": forward("GRU", (3,)),
    "width": forward("GRU", (2, 2, 4)),
    "hidden shape": forward("GRU", (2, 2, 3), (2, 2, 5)),
    "hidden rank": forward("RNN", (2, 2, 3), (1, 5)),
    "hidden rank unbatched": forward("RNN", (2, 3), (1, 1, 5)),
    "lstm hidden": forward("LSTM", (2, 2, 3), (1, 2, 5), (1, 2, 4)),
    "lstm rank": forward("LSTM", (2, 2, 3), (2, 5), (2, 5)),
    "lstm rank unbatched": forward("LSTM", (2, 3), (1, 1, 5), (1, 1, 5)),
    "type": lambda n, t: n.LSTM(3, 5)(t.zeros(2, 2, 3, dtype=t.float64)),
    "cell rank": forward("LSTMCell", (2, 2, 3)),
    "cell width": forward("GRUCell", (2, 4)),
    "cell hidden": forward("GRUCell", (2, 3), (2, 4)),
    "cell batch": forward("RNNCell", (2, 3), (3, 5)),
    "cell hidden rank": forward("LSTMCell", (2, 3), (1, 2, 5), (1, 2, 5)),
    "cell nonlinearity": forward("RNNCell", (2, 3), nonlinearity="sin"),
    "unsorted": packing([1, 2, 3]),
    "zero length": packing([3, 2, 0]),
    "too few lengths": packing([3, 2]),
    "nothing": lambda n, t: n.utils.rnn.pack_padded_sequence(t.zeros(0, 3, 2), [1, 1, 1]),
    "total length": lambda n, t: n.utils.rnn.pad_packed_sequence(n.utils.rnn.pack_sequence([t.zeros(3)]), total_length=2),
    "side": lambda n, t: n.utils.rnn.pad_sequence([t.zeros(3), t.zeros(2)], padding_side="top"),
    "no sequences": lambda n, t: n.utils.rnn.pad_sequence([]),
    "other widths": lambda n, t: n.utils.rnn.pad_sequence([t.zeros(3, 2), t.zeros(2, 3)]),
    "not iterable": lambda n, t: n.utils.rnn.pad_sequence(3),
}


@pytest.mark.parametrize("what", WRONG)
def test_errors_are_of_pytorchs_kind(what):
    with pytest.raises(Exception) as theirs:
        WRONG[what](torch.nn, torch)
    with pytest.raises(type(theirs.value)) as ours:
        WRONG[what](nn, ag)
    assert str(ours.value)


def test_dropout_of_one_layer_warns_as_pytorch():
    with pytest.warns(UserWarning, match="num_layers greater than 1"):
        nn.LSTM(3, 4, dropout=0.5)


def test_functions_take_both_forms():
    random.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = nn.GRU(3, 4), torch.nn.GRU(3, 4)
    x, h = np.ones((5, 2, 3), np.float32), np.zeros((1, 2, 4), np.float32)
    a = ag.gru(ag.tensor(x), ag.tensor(h), ours._flat_weights, True, 1, 0.0, False, False, False)
    b = torch.gru(torch.tensor(x), torch.tensor(h), theirs._flat_weights, True, 1, 0.0, False, False, False)
    for p, q in zip(a, b, strict=True):
        near(p, q, "float32")
    sizes = [2, 2, 1]
    a = ag.gru(ag.tensor(x[0, [0, 1, 0, 1, 0]]), ag.tensor(sizes), ag.tensor(h), ours._flat_weights, True, 1, 0.0, False, False)
    b = torch.gru(
        torch.tensor(x[0, [0, 1, 0, 1, 0]]), torch.tensor(sizes), torch.tensor(h), theirs._flat_weights, True, 1, 0.0, False, False
    )
    for p, q in zip(a, b, strict=True):
        near(p, q, "float32")
