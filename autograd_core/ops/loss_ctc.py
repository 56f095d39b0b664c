"""Connectionist temporal classification: the loss of an unaligned labelling. Imports op and the other ops.

Graves, Fernández, Gomez, Schmidhuber 2006: sums over all alignments of the labels, interleaved with blanks, to the time
steps, forwards (alpha) and for the gradient backwards (beta), in logarithms.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from ..op import Array, Value, composed, op, quiet
from .comparison import values_of
from .loss_reduction import reduce_loss, reduction_of
from .shape import reshape, unsqueeze

NEVER = -np.inf


def _states(targets: Array, blank: int) -> tuple[Array, Array]:
    """(labels with blanks around each (N, 2S + 1), whether a state may be entered from two before it)."""
    count, size = targets.shape
    states = np.full((count, 2 * size + 1), blank, np.int64)
    states[:, 1::2] = targets
    skips = np.zeros(states.shape, bool)
    skips[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
    return states, skips


def _shift(x: Array, by: int) -> Array:
    """x moved along its last dimension, with log 0 coming in."""
    out = np.full_like(x, NEVER)
    if by > 0:
        out[:, by:] = x[:, :-by]
    else:
        out[:, :by] = x[:, -by:]
    return out


@quiet
def _alphas(emit: Array, skips: Array, target_lengths: Array) -> Array:
    """log of the probability to have come to a state at a time (T, N, 2S + 1)."""
    alphas = np.full(emit.shape, NEVER, emit.dtype)
    if not len(emit):
        return alphas
    alphas[0, :, 0] = emit[0, :, 0]
    if emit.shape[2] > 1:
        alphas[0, :, 1] = np.where(target_lengths > 0, emit[0, :, 1], NEVER)
    for t in range(1, len(emit)):
        before = alphas[t - 1]
        reached = np.logaddexp(before, _shift(before, 1))
        reached = np.logaddexp(reached, np.where(skips, _shift(before, 2), NEVER))
        alphas[t] = reached + emit[t]
    return alphas


@quiet
def _betas(emit: Array, skips: Array, input_lengths: Array, target_lengths: Array) -> Array:
    """log of the probability to go from a state at a time to the end (T, N, 2S + 1)."""
    betas = np.full(emit.shape, NEVER, emit.dtype)
    onward = np.zeros_like(skips)
    onward[:, :-2] = skips[:, 2:]
    ends = np.arange(emit.shape[2])
    last = (ends == 2 * target_lengths[:, None]) | (ends == 2 * target_lengths[:, None] - 1)
    after = np.full(emit.shape[1:], NEVER, emit.dtype)
    for t in range(len(emit) - 1, -1, -1):
        reached = np.logaddexp(after, _shift(after, -1))
        reached = np.logaddexp(reached, np.where(onward, _shift(after, -2), NEVER))
        ending = (input_lengths - 1 == t)[:, None]
        betas[t] = np.where(ending, np.where(last, 0, NEVER), reached) + emit[t]
        after = betas[t]
    return betas


@op(
    "ctc({log_probs})",
    log_probs=lambda g, log_probs, losses, alphas, targets, input_lengths, target_lengths, blank, zero_infinity: ctc_slope(
        g, log_probs, losses, alphas, targets, input_lengths, target_lengths, blank, zero_infinity
    ),
    outputs=("losses",),
    aux=("alphas",),
    types="any",
    spaces="engine",
    torch_name="CtcLossBackward",
)
@quiet
def ctc(log_probs: Array, targets: Any, input_lengths: Any, target_lengths: Any, blank: int, zero_infinity: bool) -> tuple[Array, Array]:
    """−log of the probability of each target (N) under log-probabilities (T, N, C)."""
    states, skips = _states(targets, blank)
    rows = np.arange(len(targets))
    alphas = _alphas(log_probs[:, rows[:, None], states], skips, target_lengths)
    ends = alphas[np.maximum(input_lengths, 1) - 1, rows] if len(alphas) else np.full(states.shape, NEVER, log_probs.dtype)
    final = ends[rows, 2 * target_lengths]
    before = np.where(target_lengths > 0, ends[rows, np.maximum(2 * target_lengths - 1, 0)], NEVER)
    losses = -np.logaddexp(final, before)
    losses = np.where(input_lengths == 0, np.where(target_lengths == 0, 0, np.inf), losses)
    if zero_infinity:
        losses = np.where(np.isinf(losses), 0, losses)
    return losses.astype(log_probs.dtype, copy=False), alphas


@composed("undefined", spaces="engine")
def ctc_bend(g: Value) -> NoReturn:
    """The second derivative, which is refused."""
    raise RuntimeError("ctc_loss has no second derivative: its gradient cannot be differentiated again")


@op(
    "{seed} · (exp({log_probs}) − posterior)",
    seed=lambda g: ctc_bend(g),
    log_probs=lambda g: ctc_bend(g),
    types="any",
    spaces="engine",
)
@quiet
def ctc_slope(
    seed: Array,
    log_probs: Array,
    losses: Array,
    alphas: Array,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int,
    zero_infinity: bool,
) -> Array:
    """The gradient for scores whose log_softmax is log_probs: each class's probability less its share of all alignments.

    It is PyTorch's too, and supposes that the probabilities of each time step sum to 1.
    """
    states, skips = _states(targets, blank)
    rows = np.arange(len(targets))
    emit = log_probs[:, rows[:, None], states]
    betas = _betas(emit, skips, input_lengths, target_lengths)
    shares = np.exp(alphas + betas - emit + losses[:, None])
    out = np.exp(log_probs)
    for s in range(states.shape[1]):
        out[:, rows, states[:, s]] -= np.where(np.isnan(shares[:, :, s]), 0, shares[:, :, s])
    if len(out):
        out[:, np.isinf(_ends(alphas, input_lengths, target_lengths))] = 0 if zero_infinity else np.nan
    out[np.arange(len(out))[:, None] >= input_lengths] = 0
    return out * seed[:, None]


def _ends(alphas: Array, input_lengths: Array, target_lengths: Array) -> Array:
    """log of the probability of each whole target."""
    rows = np.arange(alphas.shape[1])
    ends = alphas[np.maximum(input_lengths, 1) - 1, rows]
    final, before = ends[rows, 2 * target_lengths], ends[rows, np.maximum(2 * target_lengths - 1, 0)]
    return np.maximum(final, np.where(target_lengths > 0, before, NEVER))


def _lengths(lengths: Any, count: int, most: int, name: str) -> Array:
    """One length for each example, checked."""
    values = np.asarray(values_of(lengths))
    if values.dtype.kind not in "iu" and values.size:
        raise RuntimeError(f"{name} must be integral: got {values.dtype}")
    values = values.astype(np.int64).reshape(-1)
    if values.shape != (count,):
        raise RuntimeError(f"{name} must be of size batch_size: got {len(values)} lengths for a batch of {count}")
    if values.size and (values.min() < 0 or values.max() > most):
        raise RuntimeError(f"Expected {name} to have values from 0 to {most}, but got {int(values.min())} to {int(values.max())}")
    return values


def _padded(targets: Any, target_lengths: Any, count: int, classes: int) -> tuple[Array, Array]:
    """(labels (N, S), their lengths) of a padded (N, S) target, or of one that joins all examples."""
    labels = np.asarray(values_of(targets))
    if labels.dtype.kind not in "iu":
        raise RuntimeError(f"targets must be integral: got {labels.dtype}, use targets.long()")
    labels = labels.astype(np.int64)
    lengths = _lengths(target_lengths, count, labels.shape[-1] if labels.ndim == 2 else labels.size, "target_lengths")
    if labels.ndim == 1:
        if int(lengths.sum()) != labels.size:
            raise RuntimeError(f"Expected tensor to have size {int(lengths.sum())} at dimension 0, but got size {labels.size} for targets")
        joined = labels
        labels = np.zeros((count, int(lengths.max(initial=0))), np.int64)
        labels[np.arange(labels.shape[1]) < lengths[:, None]] = joined
    elif labels.ndim != 2 or len(labels) != count:
        raise RuntimeError(f"Expected targets of shape ({count}, S) or (sum of target_lengths,), but got {list(labels.shape)}")
    used = np.arange(labels.shape[1]) < lengths[:, None]
    labels = np.where(used, labels, 0)
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise RuntimeError(f"targets must be class numbers from 0 to {classes - 1}: got {int(labels.min())} to {int(labels.max())}")
    return labels, lengths


@composed(spaces="functional")
def ctc_loss(
    log_probs: Value,
    targets: Value,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Value:
    """−log of the probability of each target, summed over its alignments; log_probs (T, N, C) or (T, C) from log_softmax.

    Targets are (N, S), padded, or all joined in one dimension. "mean" divides each loss by its target's length first.
    With zero_infinity a target that is too long for its input counts 0 instead of ∞.
    """
    kind = reduction_of(reduction)
    rank = len(log_probs.shape)
    if rank not in (2, 3):
        raise RuntimeError(f"log_probs must have shape (T, N, C) or (T, C): got {list(log_probs.shape)}")
    if values_of(log_probs).dtype.kind != "f":
        raise RuntimeError(f'"ctc_loss" not implemented for {log_probs.dtype}: log_probs are floating')
    x = log_probs if rank == 3 else unsqueeze(log_probs, 1)
    steps, count, classes = x.shape
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range: got {blank} for {classes} classes")
    if rank == 2:
        targets = np.asarray(values_of(targets)).reshape(1, -1)
    times = _lengths(input_lengths, count, steps, "input_lengths")
    labels, lengths = _padded(targets, target_lengths, count, classes)
    losses = ctc(x, labels, times, lengths, blank, zero_infinity)
    if kind == "mean":
        losses = losses / np.maximum(lengths, 1).astype(values_of(x).dtype)
    return reshape(losses, ()) if kind == "none" and rank == 2 else reduce_loss(losses, kind)
