"""AdaptiveLogSoftmaxWithLoss: a softmax over very many classes of which few are frequent. Imports Module, Linear, the functional ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

import autograd_core as ag
from autograd_core.tensor.base import Tensor, wrap

from .. import functional as F
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss"]


class ASMoutput(NamedTuple):
    """The log-probability of each target, and the mean of their negatives."""

    output: Tensor
    loss: Tensor


_ASMoutput = ASMoutput


class AdaptiveLogSoftmaxWithLoss(Module):
    """The log-likelihood of classes numbered from the most frequent to the rarest, in clusters that end before each of `cutoffs`.

    The head scores the first cluster and one entry for each other cluster; cluster i has a softmax of its own behind a projection to
    in_features / div_valueⁱ features. input (N, in_features), target (N,); or without N. Source: Grave et al. 2017.
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        kind = {"device": device, "dtype": dtype}
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if cutoffs != sorted(set(cutoffs)) or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1 or any(int(c) != c for c in cutoffs):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 "
                f"and n_classes-1: got {cutoffs} for {n_classes} classes"
            )
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cutoffs, n_classes]
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **kind)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            inner, classes = int(in_features // div_value ** (i + 1)), self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(Sequential(Linear(in_features, inner, bias=False, **kind), Linear(inner, classes, bias=False, **kind)))

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        self.head.reset_parameters()
        for cluster in self.tail:
            for layer in cluster:
                layer.reset_parameters()

    def forward(self, input_: Any, target_: Any) -> ASMoutput:
        """(log-probability of each target, mean of their negatives)."""
        rank = target_.ndim
        if rank > 1:
            raise RuntimeError(f"0D or 1D target tensor expected, multi-target not supported: got a target of shape {tuple(target_.shape)}")
        if rank == 1 and input_.shape[0] != target_.shape[0]:
            raise RuntimeError(
                f"Input and target should have the same size in the batch dimension: got {input_.shape[0]} and {len(target_)}"
            )
        if input_.ndim != rank + 1:
            raise RuntimeError(
                f"{rank}D target tensor expects {rank + 1}D input tensors, but found inputs with sizes {list(input_.shape)}."
            )
        x, target = (input_, target_.array) if rank else (input_.unsqueeze(0), target_.array.reshape(1))
        if target.size and not 0 <= target.min() <= target.max() < self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min()}, {target.max()}] were found. "
            )
        output = self._log_likelihood(x, target)
        loss = (-output).mean()
        return ASMoutput(output if rank else output.squeeze(0), loss)

    def _log_likelihood(self, x: Any, target: np.ndarray) -> Any:
        cluster = np.searchsorted(self.cutoffs, target, side="right")
        entry = np.where(cluster == 0, target, self.shortlist_size + cluster - 1)
        found = F.log_softmax(self.head(x), dim=1).gather(1, wrap(entry.astype(np.int64)[:, None])).squeeze(1)
        rows, parts = [], []
        for i in range(1, self.n_clusters + 1):
            own = np.flatnonzero(cluster == i)
            if len(own):
                local = F.log_softmax(self.tail[i - 1](x[wrap(own)]), dim=1)
                parts.append(local.gather(1, wrap((target[own] - self.cutoffs[i - 1]).astype(np.int64)[:, None])).squeeze(1))
                rows.append(own)
        return found.index_add(0, wrap(np.concatenate(rows)), ag.cat(parts)) if rows else found

    def _get_full_log_prob(self, input: Any, head_output: Any) -> Any:
        """The log-probabilities of all classes from the head's scores."""
        head = F.log_softmax(head_output, dim=1)
        parts = [head[:, : self.shortlist_size]]
        for i, cluster in enumerate(self.tail):
            parts.append(F.log_softmax(cluster(input), dim=1) + head[:, self.shortlist_size + i].unsqueeze(1))
        return ag.cat(parts, 1)

    def log_prob(self, input: Any) -> Any:
        """The log-probabilities of all classes, (N, n_classes)."""
        return self._get_full_log_prob(input, self.head(input))

    def predict(self, input: Any) -> Any:
        """The most probable class of each row: only rows that the head sends to a cluster run through it."""
        head_output = self.head(input)
        best = head_output.argmax(dim=1)
        outside = best.array >= self.shortlist_size
        if not outside.any():
            return best
        if outside.all():
            return self._get_full_log_prob(input, head_output).argmax(dim=1)
        places = wrap(np.flatnonzero(outside))
        best[places] = self._get_full_log_prob(input[places], head_output[places]).argmax(dim=1)
        return best
