"""What a run must remember to go on as if it had never stopped: random states. Imports the generators.

The state of a whole run is gathered by the trainer; a file of it is written by `autograd_core.save`, whole or not at all.
"""

from __future__ import annotations

import random as python_random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag

__all__ = ["Random", "generators_of", "has_stepped", "require_folder"]


def has_stepped(optimizer: Any) -> None:
    """Let schedulers know that the optimizer has stepped, if before the restart: they warn when they come first."""
    if hasattr(optimizer, "param_groups"):
        optimizer._opt_called = True


def require_folder(file: Path, what: str) -> None:
    """FileNotFoundError now, not after hours of training, when the folder of a file to be written is missing."""
    if not file.parent.is_dir():
        raise FileNotFoundError(f"{what} is to be written to {file}, but there is no folder {file.parent}: make it first")


def generators_of(*sources: Any) -> list[Any]:
    """The generators that loaders, their samplers, datasets and transforms hold as `generator` or `rng`, each once."""
    found: dict[int, Any] = {}
    waiting = list(sources)
    while waiting:
        owner = waiting.pop()
        if owner is None:
            continue
        for name in ("generator", "rng"):
            generator = getattr(owner, name, None)
            if hasattr(generator, "get_state") or hasattr(generator, "bit_generator"):
                found.setdefault(id(generator), generator)
        waiting += [getattr(owner, name, None) for name in ("sampler", "batch_sampler", "dataset", "transform", "target_transform")]
    return list(found.values())


class Random:
    """The states of the library's, NumPy's and Python's global generators, and of others that are given."""

    def __init__(self, generators: Iterable[Any] = ()) -> None:
        self.generators = list({id(generator): generator for generator in generators}.values())
        for generator in self.generators:
            if not (hasattr(generator, "get_state") and hasattr(generator, "set_state")) and not hasattr(generator, "bit_generator"):
                raise TypeError(f"generators= takes ag.Generator and np.random.Generator, got {type(generator).__name__}")

    def state_dict(self) -> dict[str, Any]:
        """All states, as arrays, numbers and strings."""
        return {
            "default": ag.get_rng_state(),
            "numpy": np.random.get_state(legacy=False),  # noqa: NPY002 - the user's transforms may draw from it
            "python": list(python_random.getstate()),
            "others": [g.bit_generator.state if hasattr(g, "bit_generator") else g.get_state() for g in self.generators],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Return to what `state_dict` found. RuntimeError for another number of generators."""
        if len(state["others"]) != len(self.generators):
            raise RuntimeError(
                f"the saved run drew from {len(state['others'])} generators of its own, this one has {len(self.generators)}: "
                "build the same loaders, and name the same generators="
            )
        ag.set_rng_state(state["default"])
        np.random.set_state(state["numpy"])  # noqa: NPY002
        version, words, spare = state["python"]
        python_random.setstate((version, tuple(words), spare))
        for generator, one in zip(self.generators, state["others"], strict=True):
            if hasattr(generator, "bit_generator"):
                generator.bit_generator.state = one
            else:
                generator.set_state(one)
