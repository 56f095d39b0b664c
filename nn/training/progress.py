"""The progress bar, with the text of Keras 2.13. Imports NumPy and the callback base.

On a terminal and in a notebook a line is drawn over and over; anywhere else only finished lines are written, without control codes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

import numpy as np

from .callbacks.base import Callback

__all__ = ["Bar", "ProgressBar"]

WIDTH = 30
INTERVAL = 0.05  # seconds between two drawings


def is_dynamic(stream: Any) -> bool:
    """Whether a line that was written can be drawn over."""
    return bool(getattr(stream, "isatty", lambda: False)()) or "ipykernel" in sys.modules


def number(value: float) -> str:
    """A value with four places, in exponent form when that would show next to nothing."""
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def each(seconds: float, unit: str) -> str:
    """2ms/step: a duration in the unit that gives it whole digits."""
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/{unit}"
    return f"{seconds * 1e3:.0f}ms/{unit}" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/{unit}"


def remaining(seconds: float) -> str:
    """h:mm:ss, m:ss or 12s."""
    whole = int(seconds)
    if whole > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}" if whole > 60 else f"{whole}s"


class Bar:
    """One line: `update(current, values)` as work goes on, `close(values)` at its end.

    target: how many steps there will be, None when nobody knows. verbose: 0 nothing, 1 the bar, 2 one line without a bar.
    """

    def __init__(
        self,
        target: int | None,
        verbose: int = 1,
        width: int = WIDTH,
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.target, self.verbose, self.width = target, verbose, width
        self.stream = sys.stdout if stream is None else stream
        self.clock = clock
        self.dynamic = is_dynamic(self.stream)
        self.start = clock()
        self.after_first: float | None = None  # the first step compiles and allocates: it does not count
        self.drawn, self.drawn_at = 0, -float("inf")
        self.current = 0

    def update(self, current: int, values: Mapping[str, Any]) -> None:
        """`current` steps are done."""
        self.current = current
        now = self.clock()
        if self.after_first is None:
            self.after_first = now
        if self.verbose == 1 and self.dynamic and now - self.drawn_at >= INTERVAL and current != self.target:
            self._draw(self._bar() + self._left(now) + self._shown(values))
            self.drawn_at = now

    def close(self, values: Mapping[str, Any]) -> None:
        """The last line, with the time it took."""
        now = self.clock()
        if self.target is None:
            self.target = self.current
        took = now - self.start
        if self.verbose == 1:
            self._draw(f"{self._bar()} - {took:.0f}s {each(self._step(now), 'step')}{self._shown(values)}", "\n")
        elif self.verbose == 2:
            times = f" - {each(took, 'epoch')} - {each(took / max(1, self.target), 'step')}"
            self._draw(f"{self._count()} - {took:.0f}s{self._shown(values)}{times}", "\n")

    def _count(self) -> str:
        return f"{self.current:{len(str(self.target))}d}/{self.target}"

    def _bar(self) -> str:
        if self.target is None:
            return f"{self.current:7d}/Unknown"
        done = int(self.width * self.current / self.target) if self.target else self.width
        head = "=" * (done - 1) + (">" if self.current < self.target else "=") if done > 0 else ""
        return f"{self._count()} [{head}{'.' * (self.width - done)}]"

    def _left(self, now: float) -> str:
        if self.target is None:
            return f" - {now - self.start:.0f}s {each(self._step(now), 'step')}"
        return f" - ETA: {remaining(self._step(now) * (self.target - self.current))}"

    def _step(self, now: float) -> float:
        if self.after_first is not None and self.current > 1:
            return (now - self.after_first) / (self.current - 1)
        return (now - self.start) / max(1, self.current)

    def _shown(self, values: Mapping[str, Any]) -> str:
        return "".join(f" - {name}: {number(float(value))}" for name, value in values.items() if np.ndim(value) == 0)

    def _draw(self, text: str, end: str = "") -> None:
        again = "\r" if self.dynamic and self.drawn else ""
        blanks = " " * (self.drawn - len(text))
        self.drawn = len(text)
        self.stream.write(again + text + blanks + end)
        self.stream.flush()


class ProgressBar(Callback):
    """The lines of a fit: `Epoch 1/20`, then a bar with the epoch's logs. Added by `verbose=1`; pass one to change it.

    `names` chooses what is shown, in their order; `width` is the bar's.
    """

    def __init__(
        self,
        verbose: int = 1,
        width: int = WIDTH,
        names: Sequence[str] | None = None,
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if verbose not in (0, 1, 2):
            raise ValueError(f"verbose must be 0 (silent), 1 (a bar) or 2 (one line an epoch), got {verbose!r}")
        self.verbose, self.width, self.names = int(verbose), width, names
        self.stream, self.clock = stream, clock
        self.bar: Bar | None = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any]) -> None:
        epochs = self.trainer.params["epochs"]
        self.bar = Bar(self.trainer.params["steps"], self.verbose, self.width, self.stream, self.clock)
        if self.verbose and epochs > 1:
            print(f"Epoch {epoch + 1}/{epochs}", file=self.bar.stream)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        assert self.bar is not None
        self.bar.update(batch + 1, self._chosen(logs))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        assert self.bar is not None
        self.bar.close(self._chosen(logs))

    def _chosen(self, logs: dict[str, Any]) -> Mapping[str, Any]:
        return logs if self.names is None else {name: logs[name] for name in self.names if name in logs}
