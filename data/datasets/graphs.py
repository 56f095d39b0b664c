"""Small real graphs as tensors: Zachary's karate club, and the citation graphs Cora and Citeseer. Imports autograd_core and NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

import autograd_core as ag

from ..dataset import Dataset
from .packaged import arrays


@dataclass(frozen=True, eq=False)
class Graph:
    """One graph with N nodes and M directed edges; an undirected edge is there in both directions, sorted by source and target.

    Attributes:
        x: (N, F) float32 node features.
        edge_index: (2, M) int64, sources above targets.
        y: (N,) int64 classes.
        edge_weight: (M,) float32, ones where the graph has no weights.
        train_mask, val_mask, test_mask: (N,) bool.
        classes: their names.
    """

    x: ag.Tensor
    edge_index: ag.Tensor
    y: ag.Tensor
    edge_weight: ag.Tensor
    train_mask: ag.Tensor
    val_mask: ag.Tensor
    test_mask: ag.Tensor
    classes: Sequence[str] = field(repr=False)

    @property
    def num_nodes(self) -> int:
        """How many nodes there are."""
        return int(self.y.shape[0])

    @property
    def num_edges(self) -> int:
        """How many directed edges there are."""
        return int(self.edge_index.shape[1])

    def adjacency(self, self_loops: bool = False, normalize: bool = False) -> ag.Tensor:
        """The (N, N) float32 matrix A with A[target, source] = weight.

        ``self_loops`` adds the identity; ``normalize`` gives D^(-1/2) A D^(-1/2) with the row sums D (Kipf and Welling 2017, eq. 2).
        """
        matrix = np.zeros((self.num_nodes, self.num_nodes), np.float32)
        sources, targets = self.edge_index.numpy()
        matrix[targets, sources] = self.edge_weight.numpy()
        if self_loops:
            matrix += np.eye(self.num_nodes, dtype=np.float32)
        if normalize:
            degree = matrix.sum(1)
            scale = np.where(degree > 0, 1 / np.sqrt(np.where(degree > 0, degree, 1)), 0).astype(np.float32)
            matrix = scale[:, None] * matrix * scale
        return ag.from_numpy(matrix)


def _both_ways(edges: np.ndarray, weights: np.ndarray) -> tuple[ag.Tensor, ag.Tensor]:
    """edge_index and edge_weight of undirected edges (E, 2), each edge once in each direction."""
    pairs = np.concatenate([edges, edges[:, ::-1]]).astype(np.int64)
    pairs, first = np.unique(pairs, axis=0, return_index=True)
    weight = np.concatenate([weights, weights])[first].astype(np.float32)
    return ag.from_numpy(np.ascontiguousarray(pairs.T)), ag.from_numpy(weight)


def _mask(count: int, rows: np.ndarray) -> ag.Tensor:
    mask = np.zeros(count, bool)
    mask[rows] = True
    return ag.from_numpy(mask)


class _OneGraph(Dataset[Graph]):
    """A dataset whose only sample is its graph."""

    graph: Graph

    def __getitem__(self, index: int) -> Graph:
        if index not in (0, -1):
            raise IndexError(f"{type(self).__name__} holds one graph, index 0; got {index}")
        return self.graph

    def __len__(self) -> int:
        return 1

    @property
    def classes(self) -> Sequence[str]:
        """The names of the classes."""
        return self.graph.classes

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.graph.classes)

    @property
    def num_features(self) -> int:
        """How many features a node has."""
        return int(self.graph.x.shape[1])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(nodes={self.graph.num_nodes}, edges={self.graph.num_edges}, classes={self.num_classes})"


class Karate(_OneGraph):
    """Zachary's karate club: 34 members, 78 friendships, and which of two parts each joined. ``Karate()[0]`` is the graph.

    The features are the identity matrix; the two leaders, members 0 and 33, are the training nodes. ``edge_weight`` counts the
    contexts in which two members met. Source: Zachary 1977, "An Information Flow Model for Conflict and Fission in Small Groups".
    """

    def __init__(self) -> None:
        edges, weights, y = arrays("karate.npz", "edges", "weights", "y")
        edge_index, edge_weight = _both_ways(edges, weights)
        n = len(y)
        others = np.arange(1, n - 1)
        masks = (_mask(n, np.array([0, n - 1])), _mask(n, others[:0]), _mask(n, others))
        x, labels = ag.from_numpy(np.eye(n, dtype=np.float32)), ag.from_numpy(y.astype(np.int64))
        self.graph = Graph(x, edge_index, labels, edge_weight, *masks, ("Mr. Hi", "Officer"))


class _Citations(_OneGraph):
    file: str

    def __init__(self, normalize: bool = False) -> None:
        """``normalize`` divides each node's words by their number, as the papers on graph networks do."""
        keys = ("x_indices", "x_indptr", "x_shape", "y", "edges", "train_idx", "val_idx", "test_idx")
        indices, starts, shape, y, edges, *splits = arrays(self.file, *keys)
        x = np.zeros(tuple(shape), np.float32)
        x[np.repeat(np.arange(shape[0]), np.diff(starts)), indices] = 1
        if normalize:
            x /= np.maximum(x.sum(1, keepdims=True), 1)
        edge_index, edge_weight = _both_ways(edges, np.ones(len(edges)))
        labels = ag.from_numpy(y.astype(np.int64))
        train, val, test = (_mask(len(y), rows) for rows in splits)
        self.graph = Graph(ag.from_numpy(x), edge_index, labels, edge_weight, train, val, test, self._names())

    def _names(self) -> Sequence[str]:
        raise NotImplementedError


class Cora(_Citations):
    """2,708 papers on machine learning, 5,278 citations between them, 1,433 words (there or not), 7 subjects.

    140 nodes to train on, 20 of each class, 500 to validate, 1,000 to test, drawn for this package (not the Planetoid split).
    Source: McCallum et al. 2000; Sen et al. 2008, "Collective Classification in Network Data".
    """

    file = "cora.npz"

    def _names(self) -> Sequence[str]:
        return [str(name) for name in arrays(self.file, "class_names")[0]]


class Citeseer(_Citations):
    """3,327 papers, 4,676 citations, 3,703 words, 6 subjects; the Planetoid split of 120, 500 and 1,000 nodes.

    The subjects have no names here, and 15 nodes without any citation have no true label. Source: Giles et al. 1998; Yang et al. 2016, arXiv:1603.08861.
    """

    file = "citeseer.npz"

    def _names(self) -> Sequence[str]:
        return [f"class {i}" for i in range(6)]
