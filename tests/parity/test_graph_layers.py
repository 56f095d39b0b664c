"""Graph layers against PyTorch Geometric, the reference: state, repr, values and gradients from the same seed."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag
import nn

torch = pytest.importorskip("torch")
before = dict(vars(torch))
with warnings.catch_warnings():  # of its own imports
    warnings.simplefilter("ignore")
    theirs = pytest.importorskip("torch_geometric.nn")
for name, value in before.items():  # it replaces torch.index_select and torch.select: the other files compare with PyTorch itself
    setattr(torch, name, value)

NODES, EDGES = 12, 40
CASES = [
    ("GCNConv", {}, False),
    ("GCNConv", {}, True),
    ("GCNConv", {"improved": True, "bias": False}, True),
    ("GCNConv", {"add_self_loops": False}, False),
    ("GCNConv", {"normalize": False}, True),
    ("GCNConv", {"cached": True}, False),
    ("GATConv", {}, False),
    ("GATConv", {"heads": 3}, False),
    ("GATConv", {"heads": 3, "concat": False, "negative_slope": 0.1}, False),
    ("GATConv", {"add_self_loops": False, "bias": False}, False),
    ("GATConv", {"residual": True, "heads": 2}, False),
    ("SAGEConv", {}, False),
    ("SAGEConv", {"aggr": "max"}, False),
    ("SAGEConv", {"aggr": "sum", "normalize": True}, False),
    ("SAGEConv", {"root_weight": False}, False),
    ("SAGEConv", {"project": True, "bias": False}, False),
]


def run(m, library, name, options, arrays):
    m.manual_seed(3)
    layer = getattr(library, name)(5, 4, **options)
    x, *rest = map(m.tensor, arrays)
    x.requires_grad_()
    out = layer(x, *rest)
    slopes = m.arange(out.numel(), dtype=m.float32).reshape(out.shape) / out.numel()
    (out * slopes).sum().backward()
    state = {key: np.asarray(value) for key, value in layer.state_dict().items()}
    return repr(layer), state, [out.detach().numpy(), x.grad.numpy(), *(p.grad.numpy() for p in layer.parameters())]


@pytest.mark.parametrize("name, options, weighted", CASES)
def test_graph_layer(name, options, weighted):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal((NODES, 5)).astype(np.float32), rng.integers(0, NODES, (2, EDGES))]
    arrays += [rng.random(EDGES).astype(np.float32)] if weighted else []
    shown, state, values = run(ag, nn, name, options, arrays)
    their_repr, their_state, their_values = run(torch, theirs, name, options, arrays)
    assert shown == their_repr and list(state) == list(their_state)
    for key, value in their_state.items():
        np.testing.assert_array_equal(state[key], value)
    for ours, wanted in zip(values, their_values, strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=1e-5)
