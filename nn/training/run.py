"""One call of fit: where it stands, how it goes on, what of it is saved. Imports the streams, callbacks and metrics of training."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import autograd_core as ag
from autograd_core.frames import user_level

from .batches import Stream, length, unpack
from .callbacks.base import Callback, CallbackList, Logs
from .history import History
from .metrics import Mean
from .resume import Random, has_stepped, require_folder

__all__ = ["Recorder", "Run"]

VERSION = 1


class Recorder(Callback):
    """Fills the history; the last callback, so that it sees what the others added to the logs."""

    def __init__(self) -> None:
        self.history = History()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        self.history.append(epoch, logs)

    def state_dict(self) -> dict[str, Any]:
        return self.history.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.history.load_state_dict(state)


class Run:
    """The epochs of one fit. `file` is where its state is kept: after every epoch, and after every `save_every` steps.

    The state holds the parameters, the optimizer, the callbacks with their schedulers, all random states, the sums of loss and metrics, and
    the position in the data: the random states from which its pass began and the number of batches that are gone. A run that starts with
    such a file begins that pass again, reads up to the position, and puts everything back.
    """

    def __init__(
        self,
        trainer: Any,
        train: Stream,
        validation: Stream | None,
        callbacks: list[Callback],
        random: Random,
        *,
        epochs: int,
        initial_epoch: int = 0,
        steps: int | None = None,
        validation_steps: int | None = None,
        validation_freq: int = 1,
        class_weight: Any = None,
        file: str | os.PathLike[str] | None = None,
        save_every: int | None = None,
    ) -> None:
        self.trainer, self.train, self.validation, self.random = trainer, train, validation, random
        self.recorder = Recorder()
        self.callbacks = CallbackList([*callbacks, self.recorder], trainer)
        self.epochs, self.epoch, self.step = epochs, initial_epoch, 0
        self.steps, self.validation_steps, self.validation_freq = steps, validation_steps, validation_freq
        self.class_weight = class_weight
        self.file = None if file is None else Path(file)
        if self.file is not None:
            require_folder(self.file, "the state of the run")
        self.save_every = save_every
        self.loss = Mean()
        self.logs: Logs = {}

    def go(self) -> History:
        """Train until the last epoch, or until a callback stops it."""
        trainer, tell = self.trainer, self.callbacks.tell
        trainer.stop_training = False
        target = length(self.train.source) if self.steps is None else self.steps
        trainer.params = {"epochs": self.epochs, "steps": target}
        self.recorder.history.params = dict(trainer.params)
        trainer.history = self.recorder.history
        tell("on_train_begin", {})
        inside = self.load()
        while self.epoch < self.epochs and not trainer.stop_training:
            if not inside:
                self.begin_epoch()
            inside = False
            self.train_epoch()
            if self.step:
                self.end_epoch()
        tell("on_train_end", self.logs)
        return self.recorder.history

    def begin_epoch(self) -> None:
        """Fresh sums, a new pass over the data."""
        self.loss.reset()
        for metric in self.trainer.all_metrics:
            metric.reset()
        self.callbacks.tell("on_epoch_begin", self.epoch, {})
        self.train.begin()

    def train_epoch(self) -> None:
        """The steps of this epoch that are left."""
        trainer, tell = self.trainer, self.callbacks.tell
        if not trainer.model.training:
            trainer.model.train()
        wanted = None if self.steps is None else self.steps - self.step
        dtype = trainer.dtype
        for batch in self.train.batches(wanted):
            tell("on_train_batch_begin", self.step, {})
            x, y, weight = unpack(batch, dtype)
            loss, output = trainer.train_step(x, y, trainer.weights(y, weight, self.class_weight))
            trainer.record(self.loss, loss, output, y, weight)
            self.step += 1
            tell("on_train_batch_end", self.step - 1, trainer.logs(self.loss, quick=True))
            if trainer.stop_training:
                break
            if self.save_every is not None and self.step % self.save_every == 0:
                self.save()
        else:
            self.data_ended()

    def data_ended(self) -> None:
        """The data gave its last batch of this epoch: stop where it has no more for the next. ValueError where it never had any."""
        if self.step == 0 and not (self.recorder.history.epoch and (self.steps is not None or self.train.once)):
            raise ValueError("the training data is empty: there is not one batch")
        if self.step == 0 and self.steps is None:
            warnings.warn(
                f"the generator gave its last batch in epoch {self.epoch}: training stops here. Give a function that returns a new "
                "generator for each epoch, or steps_per_epoch",
                stacklevel=user_level(),
            )
        if self.step < (self.steps or 1):
            self.trainer.stop_training = True

    def end_epoch(self) -> None:
        """Validate, tell, save."""
        trainer = self.trainer
        logs = trainer.logs(self.loss)
        if self.validation is not None and (self.epoch + 1) % self.validation_freq == 0:
            self.validation.begin()
            results = trainer.test(self.validation.batches(self.validation_steps), self.callbacks)
            logs |= {f"val_{name}": value for name, value in results.items()}
        self.logs = logs
        self.callbacks.tell("on_epoch_end", self.epoch, logs)
        self.epoch, self.step = self.epoch + 1, 0
        self.save()

    # what a resumed run needs

    def state_dict(self) -> dict[str, Any]:
        """Everything that the rest of the run depends on."""
        trainer = self.trainer
        return {
            "version": VERSION,
            "epoch": self.epoch,
            "step": self.step,
            "stopped": bool(trainer.stop_training),
            "model": trainer.model.state_dict(),
            "optimizer": trainer.optimizer.state_dict(),
            "callbacks": self.callbacks.state_dict(),
            "loss": self.loss.state_dict(),
            "metrics": [metric.state_dict() for metric in trainer.all_metrics],
            "logs": self.logs,
            "random": self.random.state_dict(),
            "data": self.train.state_dict(),
            "steps": self.trainer.params["steps"],
            "validation": None if self.validation is None or not self.validation.once else self.validation.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put everything back. RuntimeError when this run is not the one that was saved."""
        trainer = self.trainer
        if state["step"] and state["steps"] != trainer.params["steps"]:
            raise RuntimeError(
                f"the saved run stopped inside an epoch of {state['steps']} steps, this one has {trainer.params['steps']}: "
                "use the same data, batch_size and steps_per_epoch"
            )
        trainer.model.load_state_dict(state["model"])
        trainer.optimizer.load_state_dict(state["optimizer"])
        has_stepped(trainer.optimizer)
        self.callbacks.load_state_dict(state["callbacks"])
        self.loss.load_state_dict(state["loss"])
        if len(state["metrics"]) != len(trainer.all_metrics):
            raise RuntimeError(f"the saved run had {len(state['metrics'])} metrics, this one has {len(trainer.all_metrics)}")
        for metric, one in zip(trainer.all_metrics, state["metrics"], strict=True):
            metric.load_state_dict(one)
        self.epoch, self.step, self.logs = state["epoch"], state["step"], dict(state["logs"])
        if self.step or self.train.once:
            self.train.load_state_dict(state["data"])
        if self.validation is not None and state["validation"] is not None:
            self.validation.load_state_dict(state["validation"])
        trainer.stop_training = state["stopped"]
        self.random.load_state_dict(state["random"])  # last: reading up to the position drew numbers

    def save(self) -> None:
        """Write the state to the file, if there is one."""
        if self.file is not None:
            ag.save(self.state_dict(), self.file)

    def load(self) -> bool:
        """Go to where the file says, if there is one: whether that is inside an epoch."""
        if self.file is None or not self.file.exists():
            return False
        state = ag.load(self.file)
        if not isinstance(state, Mapping) or state.get("version") != VERSION or "callbacks" not in state:
            raise RuntimeError(f"{self.file} is not the state of a training run: give resume= another file name")
        if state["step"]:
            self.callbacks.tell("on_epoch_begin", state["epoch"], {})
        self.load_state_dict(state)
        return bool(self.step)
