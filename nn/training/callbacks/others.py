"""Logs as a file, an end to runs that became nan, and callbacks from functions. Imports the base."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..resume import require_folder
from .base import EVENTS, Callback, Logs

__all__ = ["CSVLogger", "LambdaCallback", "TerminateOnNaN"]


class CSVLogger(Callback):
    """A line for each epoch (from 0) with its logs; columns as they come, empty where an epoch has no such value.

    The file is written anew after every epoch and replaced at once: a killed run leaves whole lines, and a resumed one repeats none.
    `append` keeps what was in the file before.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.path, self.separator, self.append = Path(filename), separator, append
        self.rows: list[dict[str, Any]] = []

    def on_train_begin(self, logs: Logs) -> None:
        self.rows = []
        require_folder(self.path, "the log")
        if self.append and self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as file:
                self.rows = list(csv.DictReader(file, delimiter=self.separator))

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        self.rows.append({"epoch": epoch, **{name: float(value) for name, value in logs.items() if np.ndim(value) == 0}})
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, delimiter=self.separator, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        new.write_text(text.getvalue(), encoding="utf-8")
        os.replace(new, self.path)

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.rows = list(state["rows"])


class TerminateOnNaN(Callback):
    """Ends training after a step whose loss is nan or infinite."""

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        if not math.isfinite(logs["loss"]):
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.trainer.stop_training = True


class LambdaCallback(Callback):
    """A callback from functions: LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs["loss"])). TypeError for an unknown event."""

    def __init__(self, **events: Callable[..., Any]) -> None:
        for name, fn in events.items():
            if name not in EVENTS:
                raise TypeError(f"there is no event {name!r}: there are {', '.join(EVENTS)}")
            if not callable(fn):
                raise TypeError(f"{name} must be a function, got {type(fn).__name__}")
            setattr(self, name, fn)
