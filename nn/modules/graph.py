"""Layers on graphs: GCNConv, GATConv, SAGEConv, with the formulas, options and parameter names of PyTorch Geometric.

Imports Module, Linear and the edge functions. x is (nodes, features), edge_index (2, edges) with sources above targets.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.ops.edges import edge_sum
from autograd_core.tensor.base import Tensor, wrap

from .. import functional as F
from .. import init
from ..parameter import Parameter
from .graph_edges import AGGREGATE, AGGREGATIONS, checked_edges, edge_softmax, rows, symmetric_norm, weighted_sum, with_loops
from .linear import Linear
from .module import Module

__all__ = ["GATConv", "GCNConv", "SAGEConv"]

Sizes = int | tuple[int, int]


def _glorot(weight: Tensor) -> None:
    """Uniform in ±√(6 / (the last two sizes)): PyTorch Geometric's bound, to the bit."""
    bound = math.sqrt(6.0 / (weight.shape[-2] + weight.shape[-1]))
    init.uniform_(weight, -bound, bound)


class _Glorot(Linear):
    """A Linear without bias whose weights start uniform in ±√(6 / (in + out))."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features, bias=False)

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        _glorot(self.weight)

    def _get_name(self) -> str:
        return "Linear"


def _of_nodes(x: Any, features: int, layer: str) -> Any:
    if not isinstance(x, Tensor) or x.ndim != 2 or x.shape[1] != features:
        given = f"shape {tuple(x.shape)}" if isinstance(x, Tensor) else type(x).__name__
        raise RuntimeError(f"{layer}: x must have the shape (nodes, {features}), got {given}")
    return x


def _of_edges(values: Any, edges: int, name: str) -> Any:
    if values is not None and (values.ndim == 0 or values.shape[0] != edges):
        raise RuntimeError(f"{name} must have one entry for each of the {edges} edges, got shape {tuple(values.shape)}")
    return values


class GCNConv(Module):
    """D^-½ Â D^-½ X W + b with Â = A + I and its degrees D. Source: Kipf and Welling (2017).

    edge_weight (edges) replaces the ones in A; `improved` takes Â = A + 2I; `cached` keeps D^-½ Â D^-½ from the first call.
    """

    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        improved: bool = False,
        cached: bool = False,
        add_self_loops: bool | None = None,
        normalize: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if add_self_loops is None:
            add_self_loops = normalize
        if add_self_loops and not normalize:
            raise ValueError("GCNConv adds self loops only when it normalizes: leave add_self_loops out, or add them to edge_index")
        self.in_channels, self.out_channels = in_channels, out_channels
        self.improved, self.cached, self.add_self_loops, self.normalize = improved, cached, add_self_loops, normalize
        self._cached_edge_index: Any = None
        self.lin = _Glorot(in_channels, out_channels)
        self.register_parameter("bias", Parameter(ag.empty(out_channels)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew, bias 0, and forget the cached graph."""
        self.lin.reset_parameters()
        if self.bias is not None:
            init.zeros_(self.bias)
        self._cached_edge_index = None

    def _edges(self, x: Any, edge_index: Any, edge_weight: Any) -> Any:
        if self._cached_edge_index is not None:
            return self._cached_edge_index
        nodes = x.shape[0]
        source, target = checked_edges(edge_index, nodes, nodes)
        weight = _of_edges(edge_weight, len(source), "edge_weight")
        if not self.normalize:
            return source, target, weight
        loops = (2.0 if self.improved else 1.0) if self.add_self_loops else None
        edges = symmetric_norm(source, target, weight, nodes, loops, x.dtype)
        if self.cached:
            self._cached_edge_index = edges
        return edges

    def forward(self, x: Any, edge_index: Any, edge_weight: Any = None) -> Any:
        """(nodes, in_channels) to (nodes, out_channels)."""
        _of_nodes(x, self.in_channels, f"GCNConv({self.in_channels}, {self.out_channels})")
        source, target, weight = self._edges(x, edge_index, edge_weight)
        out = weighted_sum(self.lin(x), weight, source, target, x.shape[0])
        return out if self.bias is None else out + self.bias

    def __repr__(self) -> str:
        return f"{self._get_name()}({self.in_channels}, {self.out_channels})"


class GATConv(Module):
    """Σ_j α_ij W x_j + b over a node's neighbours and itself, α the softmax of leaky_relu(a_dst · W x_i + a_src · W x_j [+ a_edge · W_e e_ij]).

    `heads` of them side by side, or their mean without `concat`; `dropout` drops α in training; edges have `edge_dim`
    features, those of the added loops are `fill_value`: a number, or how to aggregate the edges that arrive ("mean", ...).
    in_channels may be a pair (sources, targets). Source: Veličković et al. (2018).
    """

    bias: Parameter | None
    att_src: Parameter
    att_dst: Parameter
    att_edge: Parameter | None

    def __init__(
        self,
        in_channels: Sizes,
        out_channels: int,
        heads: int = 1,
        concat: bool = True,
        negative_slope: float = 0.2,
        dropout: float = 0.0,
        add_self_loops: bool = True,
        edge_dim: int | None = None,
        fill_value: float | str = "mean",
        bias: bool = True,
        residual: bool = False,
    ) -> None:
        super().__init__()
        if isinstance(fill_value, str) and fill_value not in AGGREGATE:
            raise ValueError(f"fill_value must be a number or one of {AGGREGATIONS}, got {fill_value!r}")
        self.in_channels, self.out_channels = in_channels, out_channels
        self.heads, self.concat = heads, concat
        self.negative_slope, self.dropout = negative_slope, dropout
        self.add_self_loops, self.edge_dim, self.fill_value, self.residual = add_self_loops, edge_dim, fill_value, residual
        width, of_source, of_target = heads * out_channels, *_pair(in_channels)
        self.lin = self.lin_src = self.lin_dst = None
        if isinstance(in_channels, int):
            self.lin = _Glorot(in_channels, width)
        else:
            self.lin_src, self.lin_dst = _Glorot(of_source, width), _Glorot(of_target, width)
        self.att_src = Parameter(ag.empty(1, heads, out_channels))
        self.att_dst = Parameter(ag.empty(1, heads, out_channels))
        self.lin_edge = None if edge_dim is None else _Glorot(edge_dim, width)
        self.register_parameter("att_edge", None if edge_dim is None else Parameter(ag.empty(1, heads, out_channels)))
        total = width if concat else out_channels
        self.res = _Glorot(of_target, total) if residual else None
        self.register_parameter("bias", Parameter(ag.empty(total)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew, bias 0."""
        for layer in (self.lin, self.lin_src, self.lin_dst, self.lin_edge, self.res):
            if layer is not None:
                layer.reset_parameters()
        for vector in (self.att_src, self.att_dst, self.att_edge):
            if vector is not None:
                _glorot(vector)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _transformed(self, x: Any) -> tuple[Any, Any, Any]:
        """(W x of the sources, W x of the targets or None, the residual or None)."""
        name = f"GATConv({self.in_channels}, {self.out_channels})"
        given, (of_source, of_target) = x if isinstance(x, (tuple, list)) else (x, x), _pair(self.in_channels)
        source = _of_nodes(given[0], of_source, name)
        target = None if given[1] is None else _of_nodes(given[1], of_target, name)
        split = (-1, self.heads, self.out_channels)
        left = (self.lin or self.lin_src)(source).reshape(split)  # type: ignore[misc]
        if target is source and self.lin is not None:
            right = left
        else:
            right = None if target is None else (self.lin or self.lin_dst)(target).reshape(split)  # type: ignore[misc]
        return left, right, None if self.res is None or target is None else self.res(target)

    def _looped(self, source: Any, target: Any, features: Any, nodes: int) -> Any:
        """The edges with a loop at every node, and the features of all."""
        looped, arrived, kept = with_loops(source, target, nodes)
        if features is None:
            return looped, arrived, None
        features = rows(features, kept)
        if isinstance(self.fill_value, str):
            flat = features.reshape(len(kept), -1)
            extra = AGGREGATE[self.fill_value](flat, np.arange(len(kept)), arrived[: len(kept)], nodes)
            extra = extra.reshape(nodes, *features.shape[1:])
        else:
            extra = ag.full((nodes, *features.shape[1:]), float(self.fill_value), dtype=features.dtype)
        return looped, arrived, ag.cat([features, extra])

    def forward(
        self,
        x: Any,
        edge_index: Any,
        edge_attr: Any = None,
        size: tuple[int, int] | None = None,
        return_attention_weights: bool | None = None,
    ) -> Any:
        """(nodes, in_channels), or a pair of them, to (targets, heads · out_channels), and (edge_index, α) if asked for.

        `size` says how many sources and targets there are where x has no features of the targets.
        """
        left, right, residual = self._transformed(x)
        nodes = right.shape[0] if right is not None else left.shape[0] if size is None else size[1]
        source, target = checked_edges(edge_index, left.shape[0], nodes)
        features = _of_edges(edge_attr, len(source), "edge_attr")
        if self.add_self_loops:
            source, target, features = self._looped(source, target, features, min(left.shape[0], nodes))
        scores = rows((left * self.att_src).sum(-1), source)
        if right is not None:
            scores = scores + rows((right * self.att_dst).sum(-1), target)
        if features is not None and self.lin_edge is not None:
            flat = features.reshape(-1, 1) if features.ndim == 1 else features
            scores = scores + (self.lin_edge(flat).reshape(-1, self.heads, self.out_channels) * self.att_edge).sum(-1)
        alpha = edge_softmax(F.leaky_relu(scores, self.negative_slope), target, nodes)
        alpha = F.dropout(alpha, self.dropout, self.training)
        out = edge_sum(left, alpha, wrap(source), wrap(target), nodes)
        out = out.reshape(nodes, self.heads * self.out_channels) if self.concat else out.mean(1)
        for part in (residual, self.bias):
            out = out if part is None else out + part
        if return_attention_weights is None or return_attention_weights is False:
            return out
        return out, (ag.stack([wrap(source), wrap(target)]), alpha)

    def __repr__(self) -> str:
        return f"{self._get_name()}({self.in_channels}, {self.out_channels}, heads={self.heads})"


class SAGEConv(Module):
    """W_l aggr_j x_j + b_l + W_r x_i over a node's neighbours j, aggr a mean, max, min or sum. Source: Hamilton et al. (2017).

    `project` sends the neighbours through relu(W x + b) first; `normalize` makes every result a vector of length 1;
    without `root_weight` the node itself has no part. in_channels may be a pair (sources, targets).
    """

    def __init__(
        self,
        in_channels: Sizes,
        out_channels: int,
        aggr: str = "mean",
        normalize: bool = False,
        root_weight: bool = True,
        project: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if aggr not in AGGREGATE:
            raise ValueError(f"aggr must be one of {AGGREGATIONS}, got {aggr!r}")
        self.in_channels, self.out_channels, self.aggr = in_channels, out_channels, aggr
        self.normalize, self.root_weight, self.project = normalize, root_weight, project
        of_source, of_target = _pair(in_channels)
        if project:
            self.lin = Linear(of_source, of_source)
        self.lin_l = Linear(of_source, out_channels, bias=bias)
        if root_weight:
            self.lin_r = Linear(of_target, out_channels, bias=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        for layer in self.children():
            layer.reset_parameters()

    def forward(self, x: Any, edge_index: Any, size: tuple[int, int] | None = None) -> Any:
        """(nodes, in_channels), or a pair of them, to (targets, out_channels).

        `size` says how many sources and targets there are where x has no features of the targets.
        """
        name = f"SAGEConv({self.in_channels}, {self.out_channels})"
        given, (of_source, of_target) = x if isinstance(x, (tuple, list)) else (x, x), _pair(self.in_channels)
        source = _of_nodes(given[0], of_source, name)
        own = None if given[1] is None else _of_nodes(given[1], of_target, name)
        nodes = own.shape[0] if own is not None else source.shape[0] if size is None else size[1]
        start, end = checked_edges(edge_index, source.shape[0], nodes)
        neighbours = F.relu(self.lin(source)) if self.project else source
        out = self.lin_l(AGGREGATE[self.aggr](neighbours, start, end, nodes))
        if self.root_weight and own is not None:
            out = out + self.lin_r(own)
        return F.normalize(out, p=2.0, dim=-1) if self.normalize else out

    def __repr__(self) -> str:
        return f"{self._get_name()}({self.in_channels}, {self.out_channels}, aggr={self.aggr})"


def _pair(sizes: Sizes) -> tuple[int, int]:
    return (sizes, sizes) if isinstance(sizes, int) else (sizes[0], sizes[1])
