"""Every module with every option against torch.nn: state, printed form, outputs, gradients, buffers and the random stream."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import random
from tests.modules import ROWS, arguments, make, options

torch = pytest.importorskip("torch")

TOLERANCE = {"float32": 1e-5, "float64": 1e-9}
OTHER = {  # other tables compare these
    "tests of recurrent layers": "RNN LSTM GRU RNNBase RNNCell LSTMCell GRUCell RNNCellBase",
    "tests of attention": "MultiheadAttention Transformer TransformerEncoder TransformerEncoderLayer TransformerDecoder TransformerDecoderLayer",
    "tests of tables of rows": "EmbeddingBag AdaptiveLogSoftmaxWithLoss",
    "tests of containers": "Module ModuleList ModuleDict ParameterList ParameterDict",
    "warns, an older name of NLLLoss": "NLLLoss2d",
    "warns, an older name of Module": "Container",
    "PyTorch's counts the first channel in every window": "CrossMapLRN2d",
}
LAX = {  # in float64 PyTorch computes these with a constant, or a norm, of single precision
    "Hardsigmoid": 1e-7,
    "CosineSimilarity(-1)": 1e-6,
    "Embedding(10, 4, max_norm": 1e-6,
}
EXCEPT = {name for names in OTHER.values() for name in names.split()}
# not set by any row: where the module lives, what PyTorch has given up, and what belongs to other tests
UNSET = {"self", "args", "kwargs", "device", "dtype", "size_average", "reduce", "min_value", "max_value", "process_group"}
UNSET_OF = {"Embedding": {"scale_grad_by_freq", "sparse", "_weight", "_freeze"}}

CLASSES = {
    name: value for name, value in vars(torch.nn).items() if inspect.isclass(value) and issubclass(value, torch.nn.Module)
}  # fmt: skip


def close(ours: Any, theirs: Any, tolerance: float, what: str) -> None:
    """Equal, relative to the largest number; tuples part by part."""
    if isinstance(theirs, (tuple, list)):
        assert len(ours) == len(theirs)
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            close(a, b, tolerance, f"{what}[{i}]")
        return
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    assert a.dtype == b.dtype and a.shape == b.shape, what
    scale = max(1.0, float(np.nanmax(np.abs(b[np.isfinite(b)]), initial=0.0)))
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * scale, err_msg=what)


def same_state(ours: Any, theirs: Any, tolerance: float | None = None) -> None:
    mine, other = ours.state_dict(), theirs.state_dict()
    assert list(mine) == list(other)
    for key, value in other.items():
        if isinstance(value, torch.nn.parameter.UninitializedTensorMixin):
            assert nn.parameter.is_lazy(mine[key]), key
        elif tolerance is None:
            np.testing.assert_array_equal(mine[key].numpy(), value.numpy(), err_msg=key, strict=True)
        else:
            close(mine[key], value, tolerance, key)


def called(layer: Any, row: Any, t: Any, floating: str, mode: bool) -> tuple[Any, list[Any]]:
    """(output, the inputs that take gradients) of one call. An in-place layer may not change a leaf: it is given a product."""
    leaves, given = [], []
    for value, wants in arguments(row, floating):
        if isinstance(value, np.ndarray):
            value = t.tensor(value, requires_grad=wants)
            if wants:
                leaves.append(value)
                value = value * 1.0
        given.append(value)
    layer.train(mode)
    return layer(*given), leaves


def tensors(out: Any) -> list[Any]:
    return [part for part in (out if isinstance(out, tuple) else (out,)) if part.requires_grad]


@pytest.mark.filterwarnings("ignore:.*batchmean", "ignore:Lazy modules", "ignore:align_corners", "ignore:.*recompute_scale_factor", "ignore:.*num_features")
@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize("row", ROWS, ids=[str(row[0]) for row in ROWS])
def test_module(row: Any, floating: str) -> None:
    tolerance = max([TOLERANCE[floating], *[lax for begin, lax in LAX.items() if row[0].startswith(begin)]])
    random.manual_seed(3)
    ours = make(row[0], nn, ag)
    torch.manual_seed(3)
    theirs = make(row[0], torch.nn, torch)
    assert repr(ours) == repr(theirs)
    same_state(ours, theirs)
    ours.to(getattr(ag, floating))
    theirs.to(getattr(torch, floating))
    for mode in (True, False):
        ours.zero_grad()
        theirs.zero_grad()
        a, ours_in = called(ours, row, ag, floating, mode)
        b, theirs_in = called(theirs, row, torch, floating, mode)
        close(a, b, tolerance, "output")
        g = [np.random.default_rng(2).standard_normal(tuple(part.shape)).astype(floating) for part in tensors(b)]
        for part, other, grad in zip(tensors(a), tensors(b), g, strict=True):
            part.backward(ag.tensor(grad), retain_graph=True)
            other.backward(torch.tensor(grad), retain_graph=True)
        for i, (x, y) in enumerate(zip(ours_in, theirs_in, strict=True)):
            assert (x.grad is None) == (y.grad is None), f"gradient of input {i}"
            if y.grad is not None:
                close(x.grad, y.grad, 10 * tolerance, f"gradient of input {i}")
        for (key, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            if q.grad is not None:
                close(p.grad, q.grad, 10 * tolerance, key)
        same_state(ours, theirs, tolerance)
        assert repr(ours) == repr(theirs)  # lazy layers have become others
        assert type(ours).__name__ == type(theirs).__name__
    np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())


def parameters(kind: Any, method: str = "__init__") -> list[Any]:
    return list(inspect.signature(getattr(kind, method)).parameters.values())


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - EXCEPT))
def test_every_class_and_every_option_has_a_row(name: str) -> None:
    known = [p.name for p in parameters(CLASSES[name])]
    used: set[str] = set()
    for row in ROWS:
        kind, chosen = options(row[0], known[1:])
        if kind == name:
            used |= chosen | {"here"}
    assert used, f"nn.{name} has no row"
    assert set(known) - used - UNSET - UNSET_OF.get(name, set()) == set()


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - EXCEPT))
@pytest.mark.parametrize("method", ["__init__", "forward"])
def test_signature(name: str, method: str) -> None:
    theirs = parameters(CLASSES[name], method)
    ours = parameters(getattr(nn, name), method)
    if not any(p.kind is p.VAR_KEYWORD for p in (*theirs, *ours)):
        assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in theirs]


def test_every_class_has_its_name_here() -> None:
    assert {name for name in CLASSES if not hasattr(nn, name)} == set()
    assert set(EXCEPT) <= CLASSES.keys()


NOT_OURS = {
    "handle_torch_function has_torch_function has_torch_function_unary has_torch_function_variadic": "how PyTorch dispatches to subclasses",
    "boolean_dispatch assert_int_or_pair": "how PyTorch writes its own functions",
    "grouped_mm scaled_mm scaled_grouped_mm": "low-precision products of GPUs",
}


def test_every_function_is_here() -> None:
    left_out = {name for names in NOT_OURS for name in names.split()}
    theirs = {name for name, value in vars(torch.nn.functional).items() if callable(value) and not inspect.isclass(value)}
    missing = {name for name in theirs if not name.startswith("_") and not hasattr(nn.functional, name)} - left_out
    assert {name for name in missing if not name.isupper() and name[:1].islower()} == set()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("shape", [(5,), (4, 6), (2, 4, 3), (2, 4, 3, 2), (2, 4, 1, 3, 2)])
def test_channel_dropout_of_every_rank_draws_the_same_channels(dims: int, shape: tuple[int, ...]) -> None:
    seen = []
    for library, f in ((ag, nn.functional), (torch, torch.nn.functional)):
        library.manual_seed(3)
        try:
            seen.append((getattr(f, f"dropout{dims}d")(library.ones(shape), 0.4).tolist(), library.rand(1).item()))
        except RuntimeError:
            seen.append((None, None))
    assert seen[0] == seen[1]
