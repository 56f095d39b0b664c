"""Callback: what a run tells while it goes on; and the list of them. Imports nothing of nn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Callback", "CallbackList", "Logs"]

Logs = dict[str, Any]
EVENTS = (
    "on_train_begin",
    "on_train_end",
    "on_epoch_begin",
    "on_epoch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
)


class Callback:
    """Override what is wanted; `self.trainer` and `self.model` are there. `logs` may be added to at the end of an epoch.

    What a resumed run must know goes into `state_dict` and comes back by `load_state_dict`. A resumed run calls `on_train_begin`, and
    `on_epoch_begin` if it stopped inside an epoch, before the saved states are put back.
    """

    trainer: Any = None

    @property
    def model(self) -> Any:
        """The model that is trained."""
        return self.trainer.model

    def on_train_begin(self, logs: Logs) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs) -> None:
        """After the last epoch, with its logs."""

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        """Before an epoch; epochs count from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """After an epoch and its validation, with their results: loss, val_loss, ..."""

    def on_train_batch_begin(self, batch: int, logs: Logs) -> None:
        """Before a step; steps count from 0 in each epoch."""

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """After a step, with the results of the epoch so far."""

    def on_test_begin(self, logs: Logs) -> None:
        """Before a validation or evaluation."""

    def on_test_end(self, logs: Logs) -> None:
        """After it, with its results."""

    def state_dict(self) -> dict[str, Any]:
        """What `autograd_core.save` can keep of this callback: tensors, numbers, strings, and containers of them."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a saved state."""


class CallbackList:
    """Callbacks as one, called in their order."""

    def __init__(self, callbacks: Iterable[Any], trainer: Any) -> None:
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if isinstance(callback, type) or not isinstance(callback, Callback):
                kind = callback.__name__ if isinstance(callback, type) else type(callback).__name__
                fix = f"make one: {kind}()" if isinstance(callback, type) else "subclass nn.callbacks.Callback, or use LambdaCallback"
                raise TypeError(f"callbacks takes Callback objects, got {kind}: {fix}")
            callback.trainer = trainer
        # Only those that listen are called: three callbacks that ignore batches cost nothing for each.
        self.listeners = {
            event: [getattr(c, event) for c in self.callbacks if getattr(c, event) != _idle(c, event)] for event in EVENTS
        }

    def tell(self, event: str, *args: Any) -> None:
        """Call an event on every callback that listens to it."""
        for listener in self.listeners[event]:
            listener(*args)

    def state_dict(self) -> list[dict[str, Any]]:
        """The states of all, with their kinds."""
        return [{"kind": type(c).__name__, "state": c.state_dict()} for c in self.callbacks]

    def load_state_dict(self, states: Iterable[Mapping[str, Any]]) -> None:
        """Put saved states back. RuntimeError when the callbacks are not the same kinds in the same order."""
        states = list(states)
        saved, own = [state["kind"] for state in states], [type(c).__name__ for c in self.callbacks]
        if saved != own:
            raise RuntimeError(f"the saved run had the callbacks {saved}, this one has {own}: a resumed run needs the same ones")
        for callback, state in zip(self.callbacks, states, strict=True):
            callback.load_state_dict(state["state"])


def _idle(callback: Callback, event: str) -> Any:
    """The method of the base class, bound: what a callback has that does not listen."""
    return getattr(Callback, event).__get__(callback)
