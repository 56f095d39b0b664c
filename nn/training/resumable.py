"""Exact resume for a loop written by hand. Imports the streams, the random states, save and load."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import autograd_core as ag

from .batches import Stream
from .resume import Random, generators_of, has_stepped, require_folder

__all__ = ["Resumable"]

KIND = "resumable loop"


class Resumable:
    """Lets a loop that was killed go on with the very numbers it would have had: start the program again, and it continues.

    run = nn.Resumable("run.state", loader, model=model, optimizer=optimizer, scheduler=scheduler)
    for epoch in run.epochs(14):
        for x, y in run.batches():
            ...                       # the ordinary step
        scheduler.step()

    loader: a loader, or any iterable of batches; a generator has one pass that goes on over all epochs. every: after how many batches the
    file is written; at the end of each epoch it is in any case. generators: sources of randomness of your own (those of the loader, its
    sampler and dataset are found). parts: by name, everything with state_dict() and load_state_dict(). `kept` is a dictionary for
    what the program itself counts: numbers, strings, tensors, lists of them.

    What no file can hold: the random streams of workers that persist, and of a generator function that draws from the global generator.
    """

    def __init__(
        self, file: str | os.PathLike[str], loader: Any, *, every: int | None = None, generators: Iterable[Any] = (), **parts: Any
    ) -> None:
        if every is not None and (isinstance(every, bool) or not isinstance(every, int) or every < 1):
            raise ValueError(f"every must be a positive integer, got {every!r}")
        for name, part in parts.items():
            if not (hasattr(part, "state_dict") and hasattr(part, "load_state_dict")):
                raise TypeError(f"{name} must have state_dict() and load_state_dict(), got {type(part).__name__}: numbers go into run.kept")
        self.file, self.every, self.parts = Path(file), every, parts
        require_folder(self.file, "the state of the run")
        self.random = Random([*generators, *generators_of(loader)])
        self.stream = Stream(loader, self.random)
        self.epoch = self.step = 0
        self.kept: dict[str, Any] = {}
        self.inside = False  # the stream stands where the saved one stood
        if self.file.exists():
            self.load_state_dict(ag.load(self.file))

    def epochs(self, count: int) -> Iterator[int]:
        """The numbers of the epochs that are left of `count`, from 0; the file is written after each."""
        while self.epoch < count:
            yield self.epoch
            self.epoch, self.step, self.inside = self.epoch + 1, 0, False
            self.save()

    def batches(self) -> Iterator[Any]:
        """The batches of this epoch that are left."""
        if not self.inside:
            self.stream.begin()
        self.inside = False
        for batch in self.stream.batches(None):
            yield batch
            self.step += 1  # the body of the loop has run
            if self.every is not None and self.step % self.every == 0:
                self.save()

    def save(self) -> None:
        """Write the file: whole, or not at all."""
        ag.save(self.state_dict(), self.file)

    def state_dict(self) -> dict[str, Any]:
        """Everything that the rest of the loop depends on."""
        return {
            "kind": KIND,
            "epoch": self.epoch,
            "step": self.step,
            "kept": self.kept,
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
            "random": self.random.state_dict(),
            "data": self.stream.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put everything back. RuntimeError when the state is not of such a loop, or of other parts."""
        if not isinstance(state, Mapping) or state.get("kind") != KIND:
            raise RuntimeError(f"{self.file} is not the state of a resumable loop: give another file name")
        if set(state["parts"]) != set(self.parts):
            raise RuntimeError(f"{self.file} holds the states of {', '.join(state['parts'])}, but this loop has {', '.join(self.parts)}")
        for name, part in self.parts.items():
            part.load_state_dict(state["parts"][name])
            has_stepped(part)
        self.epoch, self.step, self.kept = state["epoch"], state["step"], dict(state["kept"])
        if self.step or self.stream.once:
            self.stream.load_state_dict(state["data"])
            self.inside = self.step > 0
        self.random.load_state_dict(state["random"])  # last: reading up to the position drew numbers
