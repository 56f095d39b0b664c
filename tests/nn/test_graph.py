"""Graph layers against their formulas on dense matrices, and their gradients against finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core import autograd, random

N, IN, OUT = 6, 3, 4
SOURCE = np.array([0, 1, 2, 3, 3, 0, 4, 4, 1])  # node 5 is alone, node 4 has a loop, 0 -> 1 stands twice
TARGET = np.array([1, 2, 0, 0, 2, 1, 4, 3, 3])
EDGES = ag.tensor(np.stack([SOURCE, TARGET]))


def features(nodes: int = N, width: int = IN, seed: int = 0) -> Any:
    return ag.tensor(np.random.default_rng(seed).standard_normal((nodes, width)), requires_grad=True)


def weights(count: int = len(SOURCE)) -> Any:
    return ag.tensor(np.random.default_rng(5).uniform(0.5, 2, count), requires_grad=True)


def made(text: str) -> Any:
    random.manual_seed(0)
    layer = eval(f"nn.{text}", {"nn": nn}).double()
    for p in layer.parameters():
        if (p.array == 0).all():  # biases start as 0, which would hide a mistake
            nn.init.normal_(p)
    return layer


def adjacency(weight: np.ndarray | None = None) -> np.ndarray:
    """A[i, j]: the weight of the edges from j to i."""
    dense = np.zeros((N, N))
    np.add.at(dense, (TARGET, SOURCE), 1.0 if weight is None else weight)
    return dense


def dense_gcn(layer: Any, x: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    a = adjacency(weight)
    if layer.normalize:
        if layer.add_self_loops:
            loops = np.diag(a).copy()
            np.fill_diagonal(a, np.where(loops == 0, 2.0 if layer.improved else 1.0, loops))
        degree = a.sum(1)
        scale = np.where(degree > 0, np.maximum(degree, 1e-300) ** -0.5, 0)
        a = scale[:, None] * a * scale
    out = a @ x @ layer.lin.weight.detach().numpy().T
    return out if layer.bias is None else out + layer.bias.detach().numpy()


GCN = [
    "GCNConv(3, 4)",
    "GCNConv(3, 4, improved=True, bias=False)",
    "GCNConv(3, 4, add_self_loops=False)",
    "GCNConv(3, 4, normalize=False)",
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("text", GCN)
def test_gcn_is_the_normalised_adjacency_times_x_times_w(text: str, weighted: bool) -> None:
    layer, x, weight = made(text), features(), weights() if weighted else None
    out = layer(x, EDGES, weight)
    np.testing.assert_allclose(
        out.detach().numpy(), dense_gcn(layer, x.detach().numpy(), None if weight is None else weight.detach().numpy()), atol=1e-12
    )


def test_gcn_keeps_the_graph_it_is_told_to_cache() -> None:
    layer, x = made("GCNConv(3, 4, cached=True)"), features()
    first = layer(x, EDGES)
    assert (layer(x, ag.zeros((2, 0), dtype=ag.int64)) == first).all()
    layer.reset_parameters()
    assert layer._cached_edge_index is None


def dense_gat(layer: Any, x: np.ndarray, attr: np.ndarray | None) -> np.ndarray:
    """Node by node and head by head."""
    heads, width = layer.heads, layer.out_channels
    edges = [(s, t, e) for e, (s, t) in enumerate(zip(SOURCE, TARGET, strict=True)) if s != t or not layer.add_self_loops]
    of_edge = None if attr is None else {e: attr[e] for _, _, e in edges}
    if layer.add_self_loops:
        for node in range(N):
            if of_edge is not None:
                arriving = [attr[e] for _, t, e in edges if t == node and e >= 0]  # type: ignore[index]
                mean = np.mean(arriving, 0) if arriving else np.zeros(attr.shape[1])  # type: ignore[union-attr]
                of_edge[-node - 1] = mean if layer.fill_value == "mean" else np.full_like(mean, layer.fill_value)
            edges.append((node, node, -node - 1))
    z = (x @ layer.lin.weight.detach().numpy().T).reshape(N, heads, width)
    out = np.zeros((N, heads, width))
    for h in range(heads):
        left, right = (z[:, h] @ getattr(layer, name).detach().numpy()[0, h] for name in ("att_src", "att_dst"))
        for node in range(N):
            into = [(s, e) for s, t, e in edges if t == node]
            scores = np.array([left[s] + right[node] for s, _ in into])
            if of_edge is not None and into:
                map_edge = layer.lin_edge.weight.detach().numpy().reshape(heads, width, -1)[h]
                scores += [map_edge @ of_edge[e] @ layer.att_edge.detach().numpy()[0, h] for _, e in into]
            scores = np.where(scores > 0, scores, layer.negative_slope * scores)
            share = np.exp(scores) / np.exp(scores).sum()
            out[node, h] = sum((a * z[s, h] for a, (s, _) in zip(share, into, strict=True)), np.zeros(width))
    flat = out.reshape(N, -1) if layer.concat else out.mean(1)
    if layer.res is not None:
        flat = flat + x @ layer.res.weight.detach().numpy().T
    return flat if layer.bias is None else flat + layer.bias.detach().numpy()


GAT = [
    "GATConv(3, 4)",
    "GATConv(3, 4, heads=2, negative_slope=0.5)",
    "GATConv(3, 4, heads=3, concat=False, residual=True, bias=False)",
    "GATConv(3, 4, heads=2, add_self_loops=False)",
    "GATConv(3, 4, heads=2, edge_dim=2, residual=True)",
    "GATConv(3, 4, heads=2, edge_dim=2, fill_value=0.5)",
]


@pytest.mark.parametrize("text", GAT)
def test_gat_is_a_softmax_over_each_nodes_edges(text: str) -> None:
    layer, x = made(text), features()
    attr = None if layer.edge_dim is None else features(len(SOURCE), 2, 3)
    out = layer(x, EDGES, attr)
    np.testing.assert_allclose(
        out.detach().numpy(), dense_gat(layer, x.detach().numpy(), None if attr is None else attr.detach().numpy()), atol=1e-12
    )


def test_gat_gives_its_attention_and_drops_it_in_training() -> None:
    layer, x = made("GATConv(3, 4, heads=2, dropout=0.5)").eval(), features()
    out, (edges, alpha) = layer(x, EDGES, return_attention_weights=True)
    assert edges.shape == (2, len(SOURCE) - 1 + N) and alpha.shape == (edges.shape[1], 2)
    sums = np.zeros((N, 2))
    np.add.at(sums, edges.numpy()[1], alpha.detach().numpy())
    np.testing.assert_allclose(sums, 1, atol=1e-12)
    _, (_, dropped) = layer.train()(x, EDGES, return_attention_weights=True)
    zero = dropped.detach().numpy() == 0
    assert zero.any()
    np.testing.assert_allclose(dropped.detach().numpy()[~zero], 2 * alpha.detach().numpy()[~zero])
    assert out.shape == (N, 8)


SAGE = [
    "SAGEConv(3, 4)",
    "SAGEConv(3, 4, aggr='sum', bias=False)",
    "SAGEConv(3, 4, aggr='add', root_weight=False)",
    "SAGEConv(3, 4, aggr='max', normalize=True)",
    "SAGEConv(3, 4, aggr='min', project=True)",
]


@pytest.mark.parametrize("text", SAGE)
def test_sage_aggregates_neighbours(text: str) -> None:
    layer, x = made(text), features()
    z = x.detach().numpy()
    if layer.project:
        z = np.maximum(layer.lin(x).detach().numpy(), 0)
    reduce = {"mean": np.mean, "max": np.max, "min": np.min, "sum": np.sum, "add": np.sum}[layer.aggr]
    arrived = np.array([reduce(z[SOURCE[node == TARGET]], 0) if (node == TARGET).any() else np.zeros(IN) for node in range(N)])
    expected = arrived @ layer.lin_l.weight.detach().numpy().T
    if layer.lin_l.bias is not None:
        expected += layer.lin_l.bias.detach().numpy()
    if layer.root_weight:
        expected += x.detach().numpy() @ layer.lin_r.weight.detach().numpy().T
    if layer.normalize:
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(layer(x, EDGES).detach().numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("text", [*GCN, *GAT, *SAGE])
def test_gradients_are_those_of_finite_differences(text: str) -> None:
    layer, x = made(text), features()
    given: list[Any] = [x]
    if isinstance(layer, nn.GCNConv):
        given.append(weights())
    elif getattr(layer, "edge_dim", None):
        given.append(features(len(SOURCE), 2, 3))
    count = len(given)

    def run(*values: Any) -> Any:
        replaced = dict(zip([name for name, _ in layer.named_parameters()], values[count:], strict=True))
        return ag.func.functional_call(layer, replaced, (values[0], EDGES, *values[1:count]))

    assert autograd.gradcheck(run, (*given, *layer.parameters()))
    if text in ("GCNConv(3, 4)", "GATConv(3, 4)", "SAGEConv(3, 4)"):
        assert autograd.gradgradcheck(run, (*given, *layer.parameters()))


@pytest.mark.parametrize("text", ["GATConv((3, 2), 4, heads=2)", "SAGEConv((3, 2), 4)"])
def test_two_kinds_of_nodes(text: str) -> None:
    layer = made(text)
    edges = ag.tensor([[0, 1, 4, 2], [0, 1, 1, 0]])
    out = layer((features(5), features(2, 2)), edges)
    assert out.shape == (2, 8 if "GAT" in text else 4)
    assert layer((features(5), None), edges, size=(5, 2)).shape == out.shape


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 8), st.integers(0, 20), st.integers(0, 1000))
def test_the_order_of_the_edges_does_not_matter(nodes: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges, order, x = rng.integers(0, nodes, (2, count)), rng.permutation(count), features(nodes)
    for text in ("GCNConv(3, 4)", "GATConv(3, 4, heads=2)", "SAGEConv(3, 4, aggr='max')"):
        layer = made(text)
        a, b = layer(x, ag.tensor(edges)), layer(x, ag.tensor(edges[:, order]))
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), atol=1e-12)


def test_names_and_starts_are_those_of_the_reference_library() -> None:
    random.manual_seed(0)
    layer = nn.GATConv(30, 20, heads=4, edge_dim=5, residual=True)
    assert list(layer.state_dict()) == ["att_src", "att_dst", "att_edge", "bias", "lin.weight", "lin_edge.weight", "res.weight"]
    assert repr(layer) == "GATConv(30, 20, heads=4)"
    bound = np.sqrt(6 / (30 + 80))
    assert bound * 0.98 < np.abs(layer.lin.weight.detach().numpy()).max() <= bound
    assert np.abs(layer.att_src.detach().numpy()).max() <= np.sqrt(6 / 24) and not layer.bias.any()
    assert list(nn.GCNConv(2, 3).state_dict()) == ["bias", "lin.weight"] and repr(nn.GCNConv(2, 3)) == "GCNConv(2, 3)"
    sage = nn.SAGEConv(2, 3, project=True)
    assert list(sage.state_dict()) == ["lin.weight", "lin.bias", "lin_l.weight", "lin_l.bias", "lin_r.weight"]
    assert repr(sage) == "SAGEConv(2, 3, aggr=mean)"


WRONG: list[tuple[str, Any, Any, type[Exception], str]] = [
    ("GCNConv(3, 4)", (6, 3), [[0, 6], [1, 2]], IndexError, "names the source nodes 0 to 6, but x has 6 rows"),
    ("GATConv(3, 4)", (6, 3), [[0, 1], [-1, 2]], IndexError, "names the target nodes -1 to 2"),
    ("SAGEConv(3, 4)", (6, 3), [[0, 1], [1, 2], [2, 3]], RuntimeError, r"must have the shape \(2, edges\)"),
    ("SAGEConv(3, 4)", (6, 3), [[0, 1], [1, 2], [2, 3]], RuntimeError, "edge_index.T"),
    ("GCNConv(3, 4)", (6, 5), [[0], [1]], RuntimeError, r"x must have the shape \(nodes, 3\), got shape \(6, 5\)"),
    ("GCNConv(3, 4)", (6, 3), [[0.0], [1.0]], RuntimeError, "whole numbers"),
]


@pytest.mark.parametrize(("text", "shape", "edges", "kind", "message"), WRONG)
def test_wrong_graphs_are_explained(text: str, shape: Any, edges: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        eval(f"nn.{text}", {"nn": nn})(ag.zeros(shape), ag.tensor(edges))


def test_wrong_options_are_refused() -> None:
    with pytest.raises(ValueError, match="only when it normalizes"):
        nn.GCNConv(3, 4, add_self_loops=True, normalize=False)
    with pytest.raises(ValueError, match="aggr must be one of"):
        nn.SAGEConv(3, 4, aggr="lstm")
    with pytest.raises(ValueError, match="fill_value"):
        nn.GATConv(3, 4, fill_value="median")
    with pytest.raises(RuntimeError, match="one entry for each of the 9 edges"):
        made("GCNConv(3, 4)")(features(), EDGES, weights(3))
