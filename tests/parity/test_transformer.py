"""Attention and transformers against torch.nn: the same seed gives the same weights, the same inputs the same numbers and gradients."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import random

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings(
    "ignore:enable_nested_tensor is True", "ignore:Support for mismatched", "ignore:The PyTorch API of nested tensors"
)

TOLERANCE = {"float64": 1e-9, "float32": 1e-5}
N, L, S, E, HEADS = 3, 4, 6, 8, 2
PADDING = np.array([[False] * 6, [False] * 4 + [True] * 2, [False] * 3 + [True] * 3])
INF = float("inf")


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def pair(make: Any, dtype: str) -> tuple[Any, Any]:
    """What `make(nn, library, dtype)` gives in both libraries with the same seed."""
    random.manual_seed(5)
    torch.manual_seed(5)
    return make(nn, ag.float64 if dtype == "float64" else ag.float32), make(torch.nn, getattr(torch, dtype))


def leaf(*shape: int, dtype: str) -> tuple[Any, Any]:
    array = rng().standard_normal(shape).astype(dtype)
    return ag.tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)


def both(value: Any) -> tuple[Any, Any]:
    return (ag.tensor(value), torch.tensor(value)) if isinstance(value, np.ndarray) else (value, value)


def near(ours: Any, theirs: Any, dtype: str, what: str = "") -> None:
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    assert a.dtype == b.dtype
    assert a.shape == b.shape, what
    scale = max(1.0, float(np.abs(b[np.isfinite(b)]).max(initial=0)))
    np.testing.assert_allclose(a, b, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * scale, err_msg=what)


def compare(ours: Any, theirs: Any, inputs: list[tuple[Any, Any]], results: tuple[Any, Any], dtype: str) -> None:
    """Values, then the gradients of a weighted sum of every result."""
    mine, other = ([r for r in (given if isinstance(given, tuple) else (given,)) if r is not None] for given in results)
    assert len(mine) == len(other)
    total, truth = 0.0, 0.0
    for a, b in zip(mine, other, strict=True):
        near(a, b, dtype, "value")
        weight = rng().standard_normal(b.shape).astype(dtype)
        total, truth = total + (a * ag.tensor(weight)).sum(), truth + (b * torch.tensor(weight)).sum()
    ours.zero_grad()
    theirs.zero_grad()
    total.backward()
    truth.backward()
    for i, (a, b) in enumerate(inputs):
        near(a.grad, b.grad, dtype, f"gradient of input {i}")
    for (key, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert (p.grad is None) == (q.grad is None), key
        if q.grad is not None:
            near(p.grad, q.grad, dtype, key)


def same_state(ours: Any, theirs: Any) -> None:
    assert repr(ours) == repr(theirs)
    assert [key for key, _ in ours.named_parameters()] == [key for key, _ in theirs.named_parameters()]
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[key].numpy(), value.numpy(), err_msg=key)
    np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())


MODULES: list[dict[str, Any]] = [
    {},
    {"bias": False},
    {"add_bias_kv": True},
    {"add_zero_attn": True},
    {"add_bias_kv": True, "add_zero_attn": True, "batch_first": True},
    {"kdim": 5, "vdim": 7},
    {"kdim": 5, "bias": False, "batch_first": True},
    {"dropout": 0.4},
]
CALLS: list[dict[str, Any]] = [
    {},
    {"need_weights": False},
    {"average_attn_weights": False},
    {"key_padding_mask": PADDING},
    {"key_padding_mask": PADDING, "need_weights": False},
    {"key_padding_mask": np.where(PADDING, -2.0, 0.5)},
    {"attn_mask": np.triu(np.ones((L, S), bool), 2)},
    {"attn_mask": np.triu(np.ones((L, S), bool), 2), "is_causal": True},
    {"attn_mask": np.triu(np.ones((L, S), bool), 1), "is_causal": True, "need_weights": False},
    {"attn_mask": np.linspace(-1, 1, N * HEADS * L * S).reshape(N * HEADS, L, S), "need_weights": False},
    {"attn_mask": np.triu(np.ones((N * HEADS, L, S), bool), 3), "key_padding_mask": PADDING},
    {"attn_mask": np.triu(np.full((L, S), -INF), 2), "key_padding_mask": PADDING},
]


def cast(value: Any, dtype: str) -> Any:
    return value.astype(dtype) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value


@pytest.mark.parametrize("options", MODULES, ids=str)
def test_attention_state(options):
    ours, theirs = pair(lambda m, dtype: m.MultiheadAttention(E, HEADS, dtype=dtype, **options), "float32")
    same_state(ours, theirs)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", MODULES, ids=str)
def test_attention(options, dtype):
    ours, theirs = pair(lambda m, kind: m.MultiheadAttention(E, HEADS, dtype=kind, **options), dtype)
    first = options.get("batch_first", False)
    for call in CALLS:
        for mode in (True, False) if options.get("dropout") else (True,):
            if "bias_kv" in str(options) and call.get("is_causal") and not call.get("need_weights", True):
                continue  # PyTorch leaves out the mask that it was told not to leave out
            ours.train(mode)
            theirs.train(mode)
            shapes = ((n, N, w) for n, w in ((L, E), (S, options.get("kdim", E)), (S, options.get("vdim", E))))
            q, k, v = (leaf(*(s[1], s[0], s[2]) if first else s, dtype=dtype) for s in shapes)
            arguments = {name: both(cast(value, dtype)) for name, value in call.items()}
            random.manual_seed(7)
            torch.manual_seed(7)
            results = [m(q[i], k[i], v[i], **{name: value[i] for name, value in arguments.items()}) for i, m in enumerate((ours, theirs))]
            compare(ours, theirs, [q, k, v], tuple(results), dtype)
    np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())


@pytest.mark.parametrize("batch_first", [False, True])
def test_attention_to_oneself_and_without_a_batch(batch_first):
    ours, theirs = pair(lambda m, kind: m.MultiheadAttention(E, HEADS, batch_first=batch_first, dtype=kind), "float64")
    for shape, call in itertools.product([(4, 3, E), (5, E)], [{}, {"need_weights": False}, {"average_attn_weights": False}]):
        x = leaf(*shape, dtype="float64")
        compare(ours, theirs, [x], (ours(x[0], x[0], x[0], **call), theirs(x[1], x[1], x[1], **call)), "float64")
    ours.eval()
    theirs.eval()
    with ag.no_grad(), torch.no_grad():
        for a, b in zip(ours(x[0], x[0], x[0]), theirs(x[1], x[1], x[1]), strict=True):
            near(a, b, "float64")


DOT: list[dict[str, Any]] = [
    {},
    {"is_causal": True},
    {"scale": 0.3},
    {"attn_mask": rng().integers(0, 2, (L, S)).astype(bool)},
    {"attn_mask": np.zeros((N, 1, L, S), bool)},
    {"attn_mask": np.where(np.arange(L)[:, None] == 1, -INF, rng().standard_normal((L, S)))},
    {"dropout_p": 0.4},
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", DOT, ids=lambda o: ", ".join(o))
def test_scaled_dot_product(options, dtype):
    q, k, v = leaf(N, 4, L, E, dtype=dtype), leaf(N, 4, S, E, dtype=dtype), leaf(N, 4, S, 5, dtype=dtype)
    if options.get("dropout_p"):
        v = leaf(N, 4, S, E, dtype=dtype)
    arguments = {name: both(cast(value, dtype)) for name, value in options.items()}
    random.manual_seed(2)
    torch.manual_seed(2)
    results = [
        f.scaled_dot_product_attention(q[i], k[i], v[i], **{name: value[i] for name, value in arguments.items()})
        for i, f in enumerate((F, torch.nn.functional))
    ]
    holder = nn.Identity(), torch.nn.Identity()
    compare(*holder, [q, k, v], tuple(results), dtype)


def test_grouped_queries():
    q, k, v = leaf(N, 6, L, E, dtype="float64"), leaf(N, 2, S, E, dtype="float64"), leaf(N, 3, S, E, dtype="float64")
    results = [f.scaled_dot_product_attention(q[i], k[i], v[i], enable_gqa=True) for i, f in enumerate((F, torch.nn.functional))]
    compare(nn.Identity(), torch.nn.Identity(), [q, k, v], tuple(results), "float64")


LAYERS: list[dict[str, Any]] = [
    {},
    {"norm_first": True, "activation": "gelu"},
    {"batch_first": True, "layer_norm_eps": 1e-3},
    {"bias": False, "dropout": 0.0, "batch_first": True},
    {"activation": "silu", "dropout": 0.3},
]
MASKS: list[dict[str, Any]] = [
    {},
    {"causal": True},
    {"padding": True},
    {"causal": True, "padding": True},
]


def options_of(options: dict[str, Any], m: Any) -> dict[str, Any]:
    if options.get("activation") == "silu":
        return options | {"activation": m.functional.silu}
    return options


def square(t: Any, kind: Any) -> Any:
    return t.nn.Transformer.generate_square_subsequent_mask(S, dtype=kind)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", LAYERS, ids=str)
@pytest.mark.parametrize("stack", [False, True])
def test_encoder(options, stack, dtype):
    def make(m: Any, kind: Any) -> Any:
        layer = m.TransformerEncoderLayer(E, HEADS, 12, dtype=kind, **options_of(options, m))
        return m.TransformerEncoder(layer, 2, m.LayerNorm(E, dtype=kind)) if stack else layer

    ours, theirs = pair(make, dtype)
    same_state(ours, theirs)
    shape = (N, S, E) if options.get("batch_first") else (S, N, E)
    name = "mask" if stack else "src_mask"
    for mode, masks in itertools.product((True, False), MASKS):
        ours.train(mode)
        theirs.train(mode)
        x = leaf(*shape, dtype=dtype)
        kinds = (ag.float64, torch.float64) if dtype == "float64" else (ag.float32, torch.float32)
        causal = (square(ag, kinds[0]), square(torch, kinds[1]))
        results = []
        random.manual_seed(1)
        torch.manual_seed(1)
        for i, m in enumerate((ours, theirs)):
            call = {name: causal[i]} if masks.get("causal") else {}
            call |= {"src_key_padding_mask": both(PADDING)[i]} if masks.get("padding") else {}
            results.append(m(x[i], **call))
        compare(ours, theirs, [x], tuple(results), dtype)
        np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())
        if not mode:
            with ag.no_grad(), torch.no_grad():
                near(ours(x[0], **split(call, 0)), theirs(x[1], **call), dtype, "without gradients")


def split(call: dict[str, Any], side: int) -> dict[str, Any]:
    """PyTorch's arguments as ours."""
    return {name: ag.tensor(value.numpy()) if side == 0 else value for name, value in call.items()}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", LAYERS, ids=str)
def test_transformer(options, dtype):
    def make(m: Any, kind: Any) -> Any:
        return m.Transformer(E, HEADS, 2, 2, 12, dtype=kind, **options_of(options, m))

    ours, theirs = pair(make, dtype)
    same_state(ours, theirs)
    first = options.get("batch_first")
    shapes = [(N, S, E), (N, L, E)] if first else [(S, N, E), (L, N, E)]
    kinds = (ag.float64, torch.float64) if dtype == "float64" else (ag.float32, torch.float32)
    for mode, masked in itertools.product((True, False), (False, True)):
        ours.train(mode)
        theirs.train(mode)
        src, tgt = (leaf(*shape, dtype=dtype) for shape in shapes)
        results = []
        random.manual_seed(1)
        torch.manual_seed(1)
        for i, (m, t) in enumerate(((ours, ag), (theirs, torch))):
            call: dict[str, Any] = {"tgt_mask": t.nn.Transformer.generate_square_subsequent_mask(L, dtype=kinds[i])}
            if masked:
                call |= {"src_key_padding_mask": both(PADDING)[i], "memory_key_padding_mask": both(PADDING)[i]}
                call |= {"tgt_key_padding_mask": both(PADDING[:, 1 : L + 1])[i]}
            results.append(m(src[i], tgt[i], **call))
        compare(ours, theirs, [src, tgt], tuple(results), dtype)
    np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())
    assert repr(copy.deepcopy(ours)) == repr(theirs)


def test_causal_masks_and_defaults():
    near(nn.Transformer.generate_square_subsequent_mask(4), torch.nn.Transformer.generate_square_subsequent_mask(4), "float32")
    ours, theirs = pair(lambda m, kind: m.TransformerDecoderLayer(E, 2, dtype=kind), "float32")
    same_state(ours, theirs)
    layer = nn.TransformerEncoderLayer(E, 2, activation=nn.GELU())
    assert repr(layer) == repr(torch.nn.TransformerEncoderLayer(E, 2, activation=torch.nn.GELU()))


def heads(**options: Any) -> Any:
    return lambda n, t: n.MultiheadAttention(E, HEADS, **options)


def attend(*shapes: Any, **options: Any) -> Any:
    """Attention on zeros of three shapes; tuples among the options are masks of that shape."""

    def run(n: Any, t: Any) -> Any:
        call = {k: t.zeros(v, dtype=t.bool) if isinstance(v, tuple) else v for k, v in options.items()}
        return n.MultiheadAttention(E, HEADS)(*(t.zeros(s) for s in shapes), **call)

    return run


def transformer(src: Any, tgt: Any, **options: Any) -> Any:
    return lambda n, t: n.Transformer(E, HEADS, 1, 1, 8, **options)(t.zeros(src), t.zeros(tgt))


QKV = ((4, 3, E), (6, 3, E), (6, 3, E))
WRONG = {
    "heads do not divide": lambda n, t: n.MultiheadAttention(7, 2),
    "no heads": lambda n, t: n.MultiheadAttention(8, 0),
    "no width": lambda n, t: n.MultiheadAttention(0, 1),
    "activation": lambda n, t: n.TransformerEncoderLayer(E, HEADS, activation="sin"),
    "rank": attend((3, 4, 5, E), *QKV[1:]),
    "rank of keys": attend(QKV[0], (6, E), (6, E)),
    "rank of keys without a batch": attend((4, E), *QKV[1:]),
    "width": attend((4, 3, E + 1), *QKV[1:]),
    "key and value": attend(QKV[0], QKV[1], (5, 3, E)),
    "mask shape": attend(*QKV, attn_mask=(4, 5)),
    "mask of heads": attend(*QKV, attn_mask=(3, 4, 6)),
    "mask rank": attend(*QKV, attn_mask=(6,)),
    "mask of heads without a batch": attend((4, E), (6, E), (6, E), attn_mask=(3, 4, 6)),
    "padding rank": attend(*QKV, key_padding_mask=(6,)),
    "padding shape": attend(*QKV, key_padding_mask=(6, 3)),
    "padding rank without a batch": attend((4, E), (6, E), (6, E), key_padding_mask=(1, 6)),
    "causal without a mask": attend(*QKV, is_causal=True),
    "integer mask": lambda n, t: n.MultiheadAttention(E, HEADS)(*(t.zeros(s) for s in QKV), attn_mask=t.ones(4, 6, dtype=t.int64)),
    "batches": transformer((4, 3, E), (4, 2, E)),
    "batches first": transformer((3, 4, E), (2, 4, E), batch_first=True),
    "width of src": transformer((4, 3, E - 1), (4, 3, E)),
    "vectors": lambda n, t: n.functional.scaled_dot_product_attention(t.zeros(3), t.zeros(3), t.zeros(3)),
    "groups": lambda n, t: n.functional.scaled_dot_product_attention(
        t.zeros(1, 5, 3, 4), t.zeros(1, 2, 3, 4), t.zeros(1, 2, 3, 4), enable_gqa=True
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_errors_are_of_pytorchs_kind(what):
    with pytest.raises(Exception) as theirs:
        WRONG[what](torch.nn, torch)
    with pytest.raises(type(theirs.value)) as ours:
        WRONG[what](nn, ag)
    assert str(ours.value)


def test_masks_of_two_kinds_warn():
    attention = nn.MultiheadAttention(E, HEADS)
    x = ag.zeros(6, 3, E)
    with pytest.warns(UserWarning, match="Support for mismatched key_padding_mask and attn_mask"):
        attention(x, x, x, key_padding_mask=ag.tensor(PADDING), attn_mask=ag.zeros(6, 6))


def test_a_mask_of_ones_own_and_a_causal_one_are_refused():
    x = ag.zeros(1, 2, 3, 4)
    with pytest.raises(RuntimeError, match="Explicit attn_mask should not be set"):
        F.scaled_dot_product_attention(x, x, x, attn_mask=ag.ones(3, 3, dtype=ag.bool), is_causal=True)


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 0, 1), (0, 2, 1)])
@pytest.mark.parametrize("name", ["dropout", "alpha_dropout"])
def test_dropout_of_a_transposed_tensor_draws_in_the_order_of_memory(order, name):
    random.manual_seed(0)
    torch.manual_seed(0)
    a = getattr(F, name)(ag.ones(3, 4, 5).permute(order), 0.5, True)
    b = getattr(torch.nn.functional, name)(torch.ones(3, 4, 5).permute(order), 0.5, True)
    near(a, b, "float32")
