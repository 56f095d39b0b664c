"""nn against torch.nn apart from the layers' numbers (test_nn_layers.py): initialisers, trees of modules, loading, misuse."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import random

torch = pytest.importorskip("torch")

def same_state(ours: Any, theirs: Any, exact: bool = True) -> None:
    mine, other = ours.state_dict(), theirs.state_dict()
    assert list(mine) == list(other)
    for key, value in other.items():
        assert mine[key].array.dtype == value.numpy().dtype, key
        if exact:
            np.testing.assert_array_equal(mine[key].array, value.numpy(), err_msg=key)
        else:
            np.testing.assert_allclose(mine[key].array, value.numpy(), rtol=2e-5, atol=1e-6, err_msg=key)


def test_dropout2d_on_matrices_warns_and_drops_elements_as_pytorch_does() -> None:
    data = np.ones((8, 50), np.float32)
    random.manual_seed(5)
    torch.manual_seed(5)
    with pytest.warns(UserWarning, match="Received a 2-D input to dropout2d"):
        ours = nn.Dropout2d(0.5)(ag.tensor(data))
    with pytest.warns(UserWarning, match="Received a 2-D input to dropout2d"):
        theirs = torch.nn.Dropout2d(0.5)(torch.tensor(data))
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


INITS: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("uniform_", {"a": -2.0, "b": 0.5}, (40, 13)),
    ("normal_", {"mean": 1.0, "std": 0.2}, (40, 13)),
    ("normal_", {}, (3, 2)),
    ("trunc_normal_", {"std": 0.5, "a": -0.6, "b": 0.7}, (40, 13)),
    ("trunc_normal_", {"mean": 0.1, "std": 3.0, "a": -0.6, "b": 0.7}, (40, 13)),
    ("constant_", {"val": 0.3}, (4, 3)),
    ("ones_", {}, (4, 3)),
    ("zeros_", {}, (4, 3)),
    ("eye_", {}, (4, 3)),
    ("dirac_", {}, (4, 3, 5)),
    ("dirac_", {"groups": 2}, (4, 3, 3, 4)),
    ("xavier_uniform_", {"gain": 1.5}, (128, 784)),
    ("xavier_normal_", {}, (8, 4, 3, 3)),
    ("kaiming_uniform_", {"a": 0.3}, (8, 4, 3, 3)),
    ("kaiming_uniform_", {"mode": "fan_out", "nonlinearity": "relu"}, (8, 4, 3)),
    ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "tanh"}, (8, 4)),
    ("kaiming_normal_", {"a": 0.3, "mode": "fan_in", "nonlinearity": "selu"}, (8, 4, 2, 2, 2)),
    ("trunc_normal_", {}, (20, 30)),
    ("normal_", {}, (0, 3)),
    ("dirac_", {"groups": 2}, (4, 2, 3, 3, 2)),
    ("sparse_", {"sparsity": 0.3}, (10, 4)),
]


@pytest.mark.parametrize("own_generator", [False, True])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name, kwargs, shape", INITS, ids=str)
def test_initialisers_draw_the_same_numbers(name: str, kwargs: dict[str, Any], shape: tuple[int, ...], dtype: str, own_generator: bool) -> None:
    results = []
    for t, init, seeds, made in ((ag, nn.init, random, random.Generator), (torch, torch.nn.init, torch, torch.Generator)):
        tensor, options = t.zeros(shape, dtype=getattr(t, dtype)), dict(kwargs)
        seeds.manual_seed(11)
        if own_generator and "generator" in inspect.signature(getattr(torch.nn.init, name)).parameters:
            options["generator"] = made()
            options["generator"].manual_seed(5)
        assert getattr(init, name)(tensor, **options) is tensor
        results.append((tensor.numpy(), t.rand(2).numpy()))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (3, 2, 5)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    ours, theirs = ag.zeros(shape), torch.zeros(shape)
    random.manual_seed(11)
    torch.manual_seed(11)
    np.testing.assert_allclose(nn.init.orthogonal_(ours, 1.3).numpy(), torch.nn.init.orthogonal_(theirs, 1.3).numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"])
def test_gains(name: str) -> None:
    assert nn.init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    assert nn.init.calculate_gain(name, 0.3) == torch.nn.init.calculate_gain(name, 0.3)


NESTED: list[Any] = [
    lambda n: n.Sequential(n.Linear(2, 3), n.Sequential(n.ReLU(), n.Dropout(0.1)), n.Flatten()),
    lambda n: n.ModuleList([n.Linear(2, 2), n.Linear(2, 2), n.ReLU(), n.Linear(2, 2), n.Linear(2, 2), n.Linear(2, 2)]),
    lambda n: n.ModuleList(),
    lambda n: n.Sequential(),
    lambda n: n.ModuleDict({"b": n.Linear(1, 1), "a": n.ModuleList([n.ReLU(), n.ReLU()])}),
    lambda n: n.Sequential(*[n.Sequential(n.Conv2d(1, 1, 1), n.BatchNorm2d(1))] * 2),
]


@pytest.mark.parametrize("make", NESTED)
def test_nested_modules_print_alike(make: Any) -> None:
    assert repr(make(nn)) == repr(make(torch.nn))


def test_containers_of_parameters_print_alike() -> None:
    def make(n: Any, t: Any) -> list[Any]:
        return [n.ParameterList([t.zeros(2, 3), 5]), n.ParameterDict({"b": t.zeros(2), "a": "x"})]

    for ours, theirs in zip(make(nn, ag), make(torch.nn, torch), strict=True):
        assert repr(ours) == repr(theirs)


def shared(n: Any) -> Any:
    """A tree with everything twice: a shared module, tied weights, buffers of both kinds."""
    net = n.Sequential(n.Linear(3, 3), n.BatchNorm1d(3), n.Linear(3, 3))
    net.add_module("again", net[0])
    net[2].weight = net[0].weight
    net.empty = None
    net.register_module("none", None)
    return net


@pytest.mark.parametrize("duplicates", [False, True])
def test_iterators_give_the_same_names_in_the_same_order(duplicates: bool) -> None:
    ours, theirs = shared(nn), shared(torch.nn)
    for method in ("named_parameters", "named_buffers", "named_modules"):
        kwargs = {"remove_duplicate": not duplicates, "prefix": "p"}
        assert [name for name, _ in getattr(ours, method)(**kwargs)] == [name for name, _ in getattr(theirs, method)(**kwargs)], method
    assert [name for name, _ in ours.named_children()] == [name for name, _ in theirs.named_children()]
    assert [name for name, _ in ours.named_parameters(recurse=False)] == []
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert len(list(ours.modules())) == len(list(theirs.modules()))


def exception_of(fn: Any) -> type[BaseException] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fn()
    except Exception as error:
        return type(error)
    return None


def _unready(n: Any, t: Any, value: Any) -> None:
    class Net(n.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.part = value(n, t)

    Net()


MISUSE: list[Any] = [
    lambda n, t: n.Linear(2, 3).register_parameter("a.b", None),
    lambda n, t: n.Linear(2, 3).register_parameter("", None),
    lambda n, t: n.Linear(2, 3).register_parameter("forward", None),
    lambda n, t: n.Linear(2, 3).register_parameter(3, None),
    lambda n, t: n.Linear(2, 3).register_parameter("w", t.zeros(2)),
    lambda n, t: n.Linear(2, 3).register_buffer("weight", t.zeros(2)),
    lambda n, t: n.Linear(2, 3).register_buffer("b", 3),
    lambda n, t: n.Linear(2, 3).add_module("weight", n.ReLU()),
    lambda n, t: n.Linear(2, 3).add_module("m", 3),
    lambda n, t: setattr(n.Linear(2, 3), "weight", t.zeros(3, 2)),
    lambda n, t: setattr(n.Sequential(n.ReLU()), "0", 3),
    lambda n, t: setattr(n.BatchNorm1d(2), "running_mean", 3),
    lambda n, t: n.Linear(2, 3).nothing,
    lambda n, t: delattr(n.Linear(2, 3), "nothing"),
    lambda n, t: n.Linear(2, 3).get_submodule("a.b"),
    lambda n, t: n.Linear(2, 3).get_submodule("weight"),
    lambda n, t: n.Linear(2, 3).get_parameter("bia"),
    lambda n, t: n.Linear(2, 3).get_buffer("weight"),
    lambda n, t: n.Linear(2, 3).load_state_dict({}),
    lambda n, t: n.Linear(2, 3).load_state_dict(3),
    lambda n, t: n.Linear(2, 3).load_state_dict({"weight": t.zeros(9, 9), "bias": t.zeros(3)}, strict=False),
    lambda n, t: n.Linear(2, 3).to(t.int64),
    lambda n, t: n.Linear(2, 3).cuda(),
    lambda n, t: n.Linear(2, 3).train("yes"),
    lambda n, t: n.Module(3),
    lambda n, t: n.Module(a=3),
    lambda n, t: n.Module()(t.zeros(2)),
    lambda n, t: n.Linear(2, 3)(t.zeros(2, 4)),
    lambda n, t: n.Linear(2, 3, bais=True),
    lambda n, t: n.Conv2d(3, 4, 3)(t.zeros(1, 2, 5, 5)),
    lambda n, t: n.Conv2d(3, 4, 3, groups=2),
    lambda n, t: n.Conv2d(3, 4, 3, padding="none"),
    lambda n, t: n.Conv2d(3, 4, 3, padding_mode="mirror"),
    lambda n, t: n.Conv2d(3, 4, 3, padding="same", stride=2),
    lambda n, t: n.ConvTranspose2d(3, 4, 3, padding_mode="reflect"),
    lambda n, t: n.ConvTranspose2d(3, 4, 3, stride=2)(t.zeros(1, 3, 4, 4), output_size=[20, 20]),
    lambda n, t: n.BatchNorm2d(3)(t.zeros(2, 3)),
    lambda n, t: n.BatchNorm1d(3)(t.zeros(1, 3)),
    lambda n, t: n.BatchNorm1d(3)(t.zeros(4, 2)),
    lambda n, t: n.GroupNorm(3, 4),
    lambda n, t: n.Dropout(1.5),
    lambda n, t: n.Embedding(5, 2)(t.tensor([7])),
    lambda n, t: n.Embedding(5, 2, padding_idx=9),
    lambda n, t: n.Hardtanh(1.0, 0.0),
    lambda n, t: n.Unflatten(1, 5),
    lambda n, t: n.Sequential(3),
    lambda n, t: n.Sequential(n.ReLU())[1],
    lambda n, t: n.Sequential(n.ReLU()) + 3,
    lambda n, t: n.Sequential(n.ReLU()) * 0,
    lambda n, t: n.ModuleList(n.ReLU()),
    lambda n, t: n.ModuleList([n.ReLU()])(t.zeros(2)),
    lambda n, t: n.ModuleDict({"a": n.ReLU()})["b"],
    lambda n, t: n.ModuleDict([("a", n.ReLU(), 3)]),
    lambda n, t: n.ParameterList(t.zeros(2)),
    lambda n, t: n.ParameterList([t.zeros(2)])(),
    lambda n, t: n.ParameterDict({3: t.zeros(2)}),
    lambda n, t: n.Parameter(t.tensor([1, 2])),
    lambda n, t: n.init.kaiming_uniform_(t.zeros(3)),
    lambda n, t: n.init.calculate_gain("cos"),
    lambda n, t: n.init.eye_(t.zeros(3)),
    lambda n, t: n.init.orthogonal_(t.zeros(3, 2, dtype=t.float16)),
    lambda n, t: n.init.sparse_(t.zeros(3), 0.5),
    lambda n, t: n.init.xavier_normal_(t.zeros(3)),
    lambda n, t: n.init.kaiming_normal_(t.zeros(3, 2), mode="fan"),
    lambda n, t: n.init.dirac_(t.zeros(3, 2, 1), groups=2),
    lambda n, t: n.utils.clip_grad_norm_(with_grad(n.Linear(2, 2), float("inf")).parameters(), 1.0, error_if_nonfinite=True),
    lambda n, t: n.MultiMarginLoss(p=3),
    lambda n, t: n.MultiMarginLoss()(t.zeros(2, 3), t.zeros(1, 2, dtype=t.int64)),
    lambda n, t: n.SoftMarginLoss()(t.zeros(4), t.zeros(5, 4)),
    lambda n, t: n.KLDivLoss(reduction="sum")(t.zeros(4, dtype=t.int64), t.zeros(4)),
    lambda n, t: n.CosineSimilarity(eps=-1.0)(t.zeros(2, 3), t.zeros(2, 3)),
    lambda n, t: n.Dropout()(t.zeros(3, dtype=t.int64)),
    lambda n, t: n.BatchNorm1d(3, eps=0.0)(t.zeros(4, 3)),
    lambda n, t: n.Conv2d(1, 0, 3)(t.zeros(1, 1, 4, 4)),
    lambda n, t: n.ConvTranspose1d(1, 1, 3, padding="same")(t.zeros(1, 1, 4)),
    lambda n, t: n.MaxUnpool1d(2)(t.zeros(2, 3), t.zeros(1, 2, 3, dtype=t.int64)),
    lambda n, t: n.AdaptiveAvgPool1d(2)(t.zeros(1, 2, 4, dtype=t.int64)),
    lambda n, t: n.FractionalMaxPool2d(2)(t.zeros(1, 1, 4, 4)),
    lambda n, t: n.FractionalMaxPool2d(2, 3)(t.zeros(1, 1, 4, 4, dtype=t.int64)),
    lambda n, t: n.FractionalMaxPool3d(2, 3)(t.zeros(1, 1, 4, 4, 4)),
    lambda n, t: n.CircularPad1d(1)(t.zeros(1, 1, 2, 3)),
    lambda n, t: n.Upsample(size=(5, 7))(t.zeros(1, 1, 1, 2, 3)),
    lambda n, t: n.Upsample(scale_factor=2, mode="bilinear")(t.zeros(1, 2, 3)),
    lambda n, t: n.LazyConv1d(4, 3)(t.zeros(2)),
    lambda n, t: n.LinearCrossEntropyLoss(3, 4)(t.zeros(2, 5), t.tensor([1, 2])),
    lambda n, t: n.SyncBatchNorm(3)(t.zeros(3)),
    lambda n, t: n.RMSNorm((4, 5))(t.zeros(5)),
    lambda n, t: n.LayerNorm((4, 5))(t.zeros(5)),
    lambda n, t: n.LayerNorm(5)(t.zeros(2, 4)),
    lambda n, t: n.GroupNorm(2, 6)(t.zeros(2, 4, 3)),
    lambda n, t: n.PReLU(3)(t.zeros(2, 4)),
    lambda n, t: n.Bilinear(3, 4, 5)(t.zeros(2, 3), t.zeros(2, 5)),
    lambda n, t: n.BCELoss()(t.zeros(2, 3), t.zeros(2, 4)),
    lambda n, t: n.CrossMapLRN2d(3)(t.zeros(2, 3, 4)),
    lambda n, t: n.PixelShuffle(2)(t.zeros(1, 3, 2, 2)),
    lambda n, t: n.ChannelShuffle(2)(t.zeros(1, 3, 2, 2)),
    lambda n, t: _unready(n, t, lambda n, t: n.ReLU()),
    lambda n, t: _unready(n, t, lambda n, t: n.Parameter(t.zeros(2))),
]


def with_grad(module: Any, value: float) -> Any:
    for p in module.parameters():
        p.grad = p.detach() * 0 + value
    return module


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("misuse", MISUSE, ids=[inspect.getsource(m).strip().removeprefix("lambda n, t: ") for m in MISUSE])
def test_misuse_raises_the_same_type_of_error(misuse: Any) -> None:
    assert exception_of(lambda: misuse(nn, ag)) is exception_of(lambda: misuse(torch.nn, torch)) is not None


def test_load_state_dict_says_what_pytorch_says() -> None:
    def message(n: Any, t: Any) -> list[str]:
        net = n.Sequential(n.Linear(2, 3), n.ReLU(), n.BatchNorm1d(3))
        state = net.state_dict()
        state["0.weight"] = t.zeros(3, 3)
        state["0.extra"] = state.pop("2.running_mean")
        with pytest.raises(RuntimeError) as caught:
            net.load_state_dict(state)
        return str(caught.value).splitlines()

    ours, theirs = message(nn, ag), message(torch.nn, torch)
    assert [line for line in ours if "Did you mean" not in line] == theirs


def test_state_moves_between_the_two_libraries() -> None:
    ours, theirs = shared(nn), shared(torch.nn)
    result = ours.load_state_dict({key: ag.tensor(value.numpy()) for key, value in theirs.state_dict().items()})
    assert str(result) == "<All keys matched successfully>"
    same_state(ours, theirs)
    random.manual_seed(2)
    ours = shared(nn)
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    same_state(ours, theirs)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, float("inf"), 0.0])
@pytest.mark.parametrize("limit", [0.5, 1e6])
def test_clip_grad_norm(p: float, limit: float) -> None:
    totals, grads = [], []
    for n, t in ((nn, ag), (torch.nn, torch)):
        rng = np.random.default_rng(0)
        params = [n.Parameter(t.zeros(s)) for s in ((3, 4), (5,))]
        for param in params:
            param.grad = t.tensor(rng.standard_normal(tuple(param.shape)).astype(np.float32))
        totals.append(float(n.utils.clip_grad_norm_(params, limit, p)))
        grads.append([param.grad.numpy() for param in params])
    assert totals[0] == pytest.approx(totals[1], rel=1e-6)
    for a, b in zip(*grads, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_functional_dropout_of_everything_and_of_nothing() -> None:
    x = ag.ones(3, requires_grad=True)
    assert F.dropout(x, 0.5, training=False) is x and F.dropout(x, 0.0) is x
    out = F.dropout(x, 1.0)
    out.sum().backward()
    assert out.tolist() == [0, 0, 0] and x.grad.tolist() == [0, 0, 0]


def test_gumbel_softmax_draws_the_same_samples() -> None:
    data = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
    for hard in (False, True):
        random.manual_seed(9)
        torch.manual_seed(9)
        ours = F.gumbel_softmax(ag.tensor(data, requires_grad=True), 0.7, hard)
        theirs = torch.nn.functional.gumbel_softmax(torch.tensor(data), 0.7, hard)
        np.testing.assert_allclose(ours.detach().numpy(), theirs.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("options", [(1, 0, 1, 1), (2, 1, 2, 2)])
def test_gradients_of_convolutions(rank: int, options: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    groups = options[-1]
    x, w = rng.standard_normal((2, 4, *[7, 6, 5][:rank])), rng.standard_normal((6, 4 // groups, *[3, 2, 2][:rank]))
    g = rng.standard_normal(tuple(getattr(torch.nn.functional, f"conv{rank}d")(torch.tensor(x), torch.tensor(w), None, *options).shape))
    for ours, theirs in (
        (getattr(t.nn.grad, f"conv{rank}d_input")(x.shape, t.tensor(w), t.tensor(g), *options) for t in (ag, torch)),
        (getattr(t.nn.grad, f"conv{rank}d_weight")(t.tensor(x), w.shape, t.tensor(g), *options) for t in (ag, torch)),
    ):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "kwargs",
    [{"acc_policy": "fast"}, {"chunking_method": "aspect_ratio:0"}, {"chunking_method": "rows"}, {"batch_chunk_size": 0}, {"acc_dtype": "f"}],
    ids=str,
)
def test_options_that_pytorch_refuses(kwargs: dict[str, Any]) -> None:
    for n in (nn, torch.nn):
        with pytest.raises(ValueError, match=next(iter(kwargs))):
            n.LinearCrossEntropyOptions(**kwargs)
    assert repr(nn.LinearCrossEntropyOptions(batch_chunk_size=3)) == repr(torch.nn.LinearCrossEntropyOptions(batch_chunk_size=3))


def test_containers_by_name_warn() -> None:
    shown = []
    for n in (nn, torch.nn):
        with pytest.warns(FutureWarning, match="Container"):
            shown.append(repr(n.Container(a=n.ReLU(), b=n.Linear(1, 2))))
    assert shown[0] == shown[1]
