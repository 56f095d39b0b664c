"""How a batch is read from a dataset, in whichever process that happens. Imports the sibling modules on datasets and collation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .collate import is_default
from .dataset import batch_reader

Reader = Callable[[Any], Any]


class MapReader:
    """From the indices of a batch to the batch, for a map-style dataset."""

    def __init__(self, dataset: Any, collate_fn: Callable[[Any], Any]) -> None:
        self._dataset = dataset
        self._collate = collate_fn
        self._together = getattr(dataset, "__getitems__", None)
        self._whole = batch_reader(dataset) if is_default(collate_fn) else None

    def __call__(self, indices: Any) -> Any:
        if self._whole is not None:
            batch = self._whole(indices)
            if batch is not None:
                return batch
        together, dataset = self._together, self._dataset
        return self._collate(together(indices) if together else [dataset[index] for index in indices])


def stream_reader(dataset: Any, batched: bool, collate_fn: Callable[[Any], Any], drop_last: bool) -> Reader:
    """The function that takes the next batch from a stream; StopIteration at its end."""
    stream = iter(dataset)
    if not batched:
        return lambda _: collate_fn(next(stream))

    def read(slots: list[None]) -> Any:
        samples = list(islice(stream, len(slots)))
        if not samples or (drop_last and len(samples) < len(slots)):
            raise StopIteration
        return collate_fn(samples)

    return read


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process needs to know to read batches of a dataset."""

    dataset: Any
    streaming: bool
    batched: bool
    collate_fn: Callable[[Any], Any]
    drop_last: bool

    def reader(self) -> Reader:
        """The function from what the sampler gave to a batch; a stream begins anew."""
        if self.streaming:
            return stream_reader(self.dataset, self.batched, self.collate_fn, self.drop_last)
        if self.batched:
            return MapReader(self.dataset, self.collate_fn)
        dataset, collate_fn = self.dataset, self.collate_fn
        return lambda index: collate_fn(dataset[index])
