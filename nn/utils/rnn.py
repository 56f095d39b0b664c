"""Sequences of different lengths in one batch: padded, packed, and back. Imports autograd_core only.

A packed sequence holds the steps one after the other, each with the sequences that are still running, longest first: of abc and x
the rows a x b c, with batch sizes 2, 1, 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

import autograd_core as ag
from autograd_core.tensor.base import Tensor, wrap

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class PackedSequence_(NamedTuple):  # noqa: N801  PyTorch's name
    """The fields of a packed sequence."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(PackedSequence_):
    """The rows of a packed batch and how many belong to each step, made by `pack_padded_sequence` and `pack_sequence`.

    `sorted_indices` says which sequence of the batch stands where after sorting by length, `unsorted_indices` is its inverse; both are
    None for batches that were sorted.
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if batch_sizes is None:
            if not isinstance(data, (list, tuple)) or len(data) != 2:
                raise AssertionError("Expected data to be a list or tuple of length 2: (data, batch_sizes)")
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The packed sequence with its data converted as `Tensor.to` does; itself if there is nothing to convert."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def pin_memory(self) -> PackedSequence:
        """Itself: there is no device to copy to."""
        return self

    def is_pinned(self) -> bool:
        """False: there is no device to copy to."""
        return False

    @property
    def is_cuda(self) -> bool:
        """False."""
        return False

    def cpu(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Itself, converted as `to` does."""
        return self.to(*args, **kwargs) if args or kwargs else self

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """There is no such device: says so."""
        return self.to("cuda")

    def double(self) -> PackedSequence:
        """The data as float64."""
        return self.to(dtype=ag.float64)

    def float(self) -> PackedSequence:
        """The data as float32."""
        return self.to(dtype=ag.float32)

    def half(self) -> PackedSequence:
        """The data as float16."""
        return self.to(dtype=ag.float16)

    def long(self) -> PackedSequence:
        """The data as int64."""
        return self.to(dtype=ag.int64)

    def int(self) -> PackedSequence:
        """The data as int32."""
        return self.to(dtype=ag.int32)

    def short(self) -> PackedSequence:
        """The data as int16."""
        return self.to(dtype=ag.int16)

    def char(self) -> PackedSequence:
        """The data as int8."""
        return self.to(dtype=ag.int8)

    def byte(self) -> PackedSequence:
        """The data as uint8."""
        return self.to(dtype=ag.uint8)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes this one; None for None."""
    if permutation is None:
        return None
    out = np.empty_like(permutation.array)
    out[permutation.array] = np.arange(permutation.array.size, dtype=out.dtype)
    return wrap(out)


def _checked(lengths: np.ndarray, batch: int, longest: int) -> None:
    """RuntimeError unless these are the lengths of the sequences of a batch, longest first."""
    if lengths.ndim != 1 or len(lengths) != batch:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {lengths.size} (batch_size={batch})")
    if lengths.min() <= 0:
        raise RuntimeError(
            f"Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0: {int(lengths.min())} at "
            f"{int(lengths.argmin())}"
        )
    if (np.diff(lengths) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to "
            f"pack_padded_sequence and/or pack_sequence to sidestep this requirement: got {lengths.tolist()}"
        )
    if lengths[0] > longest:
        raise RuntimeError(f"a sequence of length {int(lengths[0])} does not fit into a padded batch of {longest} steps")


def pack_padded_sequence(input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """Pack a padded batch (T, N, *), or (N, T, *) with batch_first, of sequences of these lengths.

    RuntimeError for lengths that are not in decreasing order, unless enforce_sorted is False: then they are sorted first.
    """
    sizes = np.asarray(getattr(lengths, "array", lengths)).astype(np.int64)
    order = None
    if input.ndim < 2 or not input.array.size:
        raise RuntimeError(f"Cannot pack empty tensors: got a padded batch of shape {tuple(input.shape)}")
    steps, batch = input.shape[:2][:: -1 if batch_first else 1]
    if not enforce_sorted:
        if sizes.shape != (batch,):
            _checked(sizes, batch, steps)
        order = np.argsort(-sizes, kind="stable")
        sizes = sizes[order]
    _checked(sizes, batch, steps)
    time, row = np.nonzero(np.arange(sizes[0])[:, None] < sizes)
    batch_sizes = np.bincount(time).astype(np.int64)
    which = row if order is None else order[row]
    data = input[(which, time) if batch_first else (time, which)]
    return PackedSequence(data, wrap(batch_sizes), None if order is None else wrap(order))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """(padded batch (T, N, *), lengths) of a packed sequence, in the order from before packing; (N, T, *) with batch_first.

    total_length: T, at least the longest length (else ValueError).
    """
    sizes = sequence.batch_sizes.array
    steps = len(sizes)
    if total_length is not None:
        if total_length < steps:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {steps}"
            )
        steps = total_length
    batch = int(sizes[0])
    inside = np.zeros((steps, batch), bool)
    inside[: len(sizes)] = np.arange(batch) < sizes[:, None]
    place = np.zeros((steps, batch), np.int64)
    place[inside] = np.arange(len(sequence.data))
    if sequence.unsorted_indices is not None:
        back = sequence.unsorted_indices.array
        inside, place = inside[:, back], place[:, back]
    lengths = wrap(inside.sum(0))
    if batch_first:
        inside, place = inside.T, place.T
    out: Any = sequence.data[np.ascontiguousarray(place)]
    outside = ~inside.reshape(inside.shape + (1,) * (out.ndim - 2))
    return out.masked_fill(wrap(outside), padding_value), lengths


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Tensor:
    """Sequences (L, *) of different lengths L as one batch (T, N, *), or (N, T, *) with batch_first, padded at one side."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}")
    given: list[Tensor] = list(sequences)
    if not given:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    steps, tail = max(len(s) for s in given), tuple(given[0].shape[1:])
    for i, s in enumerate(given):
        if tuple(s.shape[1:]) != tail:
            raise RuntimeError(f"pad_sequence: sequence {i} has shape {tuple(s.shape)}, expected (length, {str(tail)[1:-1].strip(',')})")
    padded = []
    for s in given:
        missing = steps - len(s)
        if missing:
            fill = s.new_full((missing, *tail), padding_value)
            s = ag.cat([s, fill] if padding_side == "right" else [fill, s])
        padded.append(s)
    return ag.stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch (T, N, *), each in its own length."""
    batch = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    sizes = [int(n) for n in getattr(lengths, "array", lengths)]
    if len(sizes) != len(batch):
        raise ValueError(f"unpad_sequence got {len(sizes)} lengths for a batch of {len(batch)} sequences")
    return [batch[i, : max(n, 0)].clone() for i, n in enumerate(sizes)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (L, *) of different lengths, longest first unless enforce_sorted is False."""
    return pack_padded_sequence(pad_sequence(sequences), [len(s) for s in sequences], enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences of a packed batch, in the order from before packing."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
