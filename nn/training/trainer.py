"""Trainer: fit, evaluate and predict, a thin loop over a model, an optimizer, a loss and batches. Imports Module and its neighbours.

It knows optimizers, loaders and schedulers only by their methods. The same loop written by hand is as good; `train_step` is its heart.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from ..modules.module import Module
from ..utils.clip_grad import clip_grad_norm_
from .batches import Stream, as_source, length, split, unpack
from .callbacks.base import Callback, CallbackList
from .history import History
from .losses import class_weights, weighted_loss
from .metrics import Mean, Metric, as_metrics
from .progress import Bar, ProgressBar
from .resume import Random, generators_of
from .run import Run
from .tree import as_array, count, join, tree_map

__all__ = ["Trainer"]


class Trainer:
    """Trains a model: Trainer(model, optim.Adam(model.parameters()), nn.CrossEntropyLoss(), ["accuracy"]).fit(x, y, epochs=5).

    model: any Module. optimizer: anything with zero_grad() and step(). loss: a function (output, target) → scalar tensor.
    metrics: names ("accuracy", "top_3", "precision", "recall", "f1", "auc", "confusion_matrix", "mae", "mse", "r2"), Metric objects, or
    functions (output, target) → number; `weighted_metrics` are those that count a sample by its weight. clip_norm: the largest norm that
    all gradients together may have. generators: sources of randomness of your own that a resumed run must put back (those of loaders and
    their samplers are found). A subclass may replace `train_step`, `test_step` or `forward`.
    """

    def __init__(
        self,
        model: Module,
        optimizer: Any = None,
        loss: Callable[[Any, Any], Tensor] | None = None,
        metrics: Any = (),
        *,
        weighted_metrics: Any = (),
        clip_norm: float | None = None,
        generators: Iterable[Any] = (),
    ) -> None:
        if not isinstance(model, Module):
            raise TypeError(f"model must be an nn.Module, got {type(model).__name__}")
        if optimizer is not None and not (hasattr(optimizer, "step") and hasattr(optimizer, "zero_grad")):
            raise TypeError(f"optimizer must have step() and zero_grad(), got {optimizer!r}: give e.g. optim.Adam(model.parameters())")
        if loss is not None and (isinstance(loss, type) or not callable(loss)):
            raise TypeError(f"loss must be a function (output, target) -> scalar, such as nn.CrossEntropyLoss(), got {loss!r}")
        self.model, self.optimizer = model, optimizer
        self.loss: Callable[[Any, Any], Tensor] | None = loss
        on_logits = getattr(loss, "__name__", type(loss).__name__) in ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits")
        threshold = 0.0 if on_logits else 0.5
        self.metrics: list[Metric] = as_metrics(metrics, threshold)
        self.weighted_metrics: list[Metric] = as_metrics(weighted_metrics, threshold)
        as_metrics(self.all_metrics)  # no name twice
        self.clip_norm = clip_norm
        self.asks = _needs_closure(optimizer)
        self.generators = list(generators)
        self.stop_training = False
        self.params: dict[str, Any] = {}
        self.history = History()  # of the last fit, even of one that was interrupted

    @property
    def all_metrics(self) -> list[Metric]:
        """The metrics without and with weights."""
        return self.metrics + self.weighted_metrics

    @property
    def dtype(self) -> Any:
        """The floating-point type of the model's parameters, into which NumPy's arrays are converted."""
        return next((p.dtype for p in self.model.parameters() if p.is_floating_point()), ag.get_default_dtype())

    # the loop

    def forward(self, x: Any) -> Any:
        """The model's output: a tuple or list of inputs is spread over its arguments, a dictionary over its keywords."""
        if isinstance(x, Mapping):
            return self.model(**x)
        return self.model(*x) if isinstance(x, (tuple, list)) else self.model(x)

    def compute_loss(self, output: Any, target: Any, weight: Tensor | None = None) -> Tensor:
        """The loss of a batch, with weights 1/N · Σ wᵢ·lᵢ."""
        if self.loss is None:
            raise ValueError("this needs a loss: Trainer(model, optimizer, loss=nn.CrossEntropyLoss())")
        if target is None:
            raise ValueError("the batches have no targets: give x and y as two arguments, or yield (x, y)")
        return weighted_loss(self.loss, output, target, weight)

    def train_step(self, x: Any, y: Any, weight: Tensor | None = None) -> tuple[Tensor, Any]:
        """One step of the optimizer: (loss, output)."""
        if self.asks:
            return self._asked_step(x, y, weight)
        loss, output = self._gradients(x, y, weight)
        self.optimizer.step()
        return loss, output

    def _gradients(self, x: Any, y: Any, weight: Tensor | None) -> tuple[Tensor, Any]:
        self.optimizer.zero_grad()
        output = self.forward(x)
        loss = self.compute_loss(output, y, weight)
        loss.backward()
        if self.clip_norm is not None:
            clip_grad_norm_(self.model.parameters(), self.clip_norm)
        return loss, output

    def _asked_step(self, x: Any, y: Any, weight: Tensor | None) -> tuple[Tensor, Any]:
        """A step of an optimizer that evaluates the loss as often as it likes; what it saw first counts."""
        seen: list[tuple[Tensor, Any]] = []

        def closure() -> Tensor:
            loss, output = self._gradients(x, y, weight)
            if not seen:
                seen.append((loss, output))
            return loss

        self.optimizer.step(closure)
        return seen[0]

    def test_step(self, x: Any, y: Any, weight: Tensor | None = None) -> tuple[Tensor, Any]:
        """(loss, output) of a batch that does not train."""
        output = self.forward(x)
        return self.compute_loss(output, y, weight), output

    # the three uses

    def fit(
        self,
        x: Any,
        y: Any = None,
        *,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = 1,
        callbacks: Iterable[Callback] = (),
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        generator: ag.Generator | None = None,
        resume: str | os.PathLike[str] | None = None,
        save_every: int | None = None,
    ) -> History:
        """Train for `epochs` passes over x and y, and return the History.

        x, y: arrays or tensors (tuples or dictionaries of them for several inputs), or x alone: a dataset, a loader, a generator of
        (x, y) or (x, y, sample_weight), or a function that returns one. Arrays and datasets are cut into batches of `batch_size` (32),
        in an order that `shuffle` draws anew for each epoch from `generator`, as a DataLoader draws it. steps_per_epoch ends an epoch
        early, or late, and is what an endless generator needs.
        validation_split: the last share of the arrays validates. validation_data: (x, y), (x, y, weight) or a source like x.
        class_weight: class → weight of its samples in training. verbose: 0 silent, 1 (or "auto") a progress bar, 2 a line for each epoch.
        resume: a file that keeps the run's state, written after every epoch and every `save_every` steps; when it exists, the run goes
        on from there with the very numbers it would have had: start the same program again, and it continues. What no file can hold: the
        random streams of workers that persist, and of a generator function that draws from the global generator as dropout does.
        """
        self._check_fit(epochs, steps_per_epoch, validation_steps, save_every, resume, validation_freq)
        if validation_split:
            if validation_data is not None:
                raise ValueError("validation_split and validation_data exclude each other")
            (x, y, sample_weight), validation_data = split(validation_split, x, y, sample_weight)
        source = as_source(x, y, sample_weight, batch_size=batch_size, shuffle=shuffle, generator=generator)
        checked = None if validation_data is None else self._validation(validation_data, validation_batch_size or batch_size)
        random = Random([*self.generators, *generators_of(source, checked)])
        listed = list(callbacks)
        if not any(isinstance(callback, ProgressBar) for callback in listed):
            listed.insert(0, ProgressBar(1 if verbose == "auto" else verbose))  # type: ignore[arg-type]
        run = Run(
            self,
            Stream(source, random),
            None if checked is None else Stream(checked, random),
            listed,
            random,
            epochs=epochs,
            initial_epoch=initial_epoch,
            steps=steps_per_epoch,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            class_weight=class_weight,
            file=resume,
            save_every=save_every,
        )
        return run.go()

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        *,
        batch_size: int | None = None,
        sample_weight: Any = None,
        steps: int | None = None,
        verbose: int = 1,
    ) -> dict[str, Any]:
        """The loss and the metrics of data as fit takes it, by name; in eval mode, without gradients, and in order."""
        source = as_source(x, y, sample_weight, batch_size=batch_size)
        stream = Stream(source, Random())
        stream.begin()
        bar = Bar(length(source) if steps is None else steps, verbose)
        return self.test(stream.batches(steps), CallbackList([], self), bar)

    def predict(self, x: Any, *, batch_size: int | None = None, steps: int | None = None, verbose: int = 0) -> Any:
        """The model's outputs for all of x, in one tensor (or a container of them); of batches (x, y) the targets are left out."""
        source = as_source(x, batch_size=batch_size)
        stream = Stream(source, Random())
        stream.begin()
        bar, parts = Bar(length(source) if steps is None else steps, verbose), []
        with self._evaluating():
            for batch in stream.batches(steps):
                parts.append(self.forward(unpack(batch, self.dtype)[0]))
                bar.update(len(parts), {})
        if not parts:
            raise ValueError("there is nothing to predict: the data has no batches")
        bar.close({})
        return join(parts)

    # what a run uses

    def test(self, batches: Iterator[Any], callbacks: CallbackList, bar: Bar | None = None) -> dict[str, Any]:
        """The loss and metrics of some batches."""
        loss, steps = Mean(), 0
        for metric in self.all_metrics:
            metric.reset()
        callbacks.tell("on_test_begin", {})
        with self._evaluating():
            dtype = self.dtype
            for batch in batches:
                x, y, weight = unpack(batch, dtype)
                value, output = self.test_step(x, y, weight)
                self.record(loss, value, output, y, weight)
                steps += 1
                if bar is not None:
                    bar.update(steps, self.logs(loss, quick=True) if bar.verbose == 1 and bar.dynamic else {})
        if not steps:
            raise ValueError("the validation data is empty: there is not one batch")
        logs = self.logs(loss)
        if bar is not None:
            bar.close(logs)
        callbacks.tell("on_test_end", logs)
        return logs

    def record(self, mean: Mean, loss: Tensor, output: Any, y: Any, weight: Any) -> None:
        """Take a batch into the mean of the loss and into the metrics."""
        mean.add(loss.item(), count(y if y is not None else output))
        if not self.all_metrics:
            return
        given, target = tree_map(as_array, output), tree_map(as_array, y)
        for metric in self.metrics:
            metric.update(given, target)
        for metric in self.weighted_metrics:
            metric.update(given, target, None if weight is None else as_array(weight))

    def logs(self, mean: Mean, quick: bool = False) -> dict[str, Any]:
        """The results so far by name, the loss first; `quick` leaves out what takes time to compute."""
        return {"loss": mean.result(), **{metric.name: metric.result() for metric in self.all_metrics if metric.quick or not quick}}

    def weights(self, y: Any, weight: Tensor | None, class_weight: Any) -> Tensor | None:
        """The weight of each sample of a batch, None when all count the same."""
        return weight if class_weight is None else class_weights(class_weight, y, weight, self.dtype)

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Eval mode and no gradients; afterwards every module has its own mode back."""
        modes = {module: module.training for module in self.model.modules()}
        self.model.eval()
        try:
            with ag.no_grad():
                yield
        finally:
            for module, mode in modes.items():
                module.training = mode

    def _validation(self, data: Any, batch_size: int | None) -> Any:
        if isinstance(data, tuple) and len(data) in (2, 3):
            return as_source(*data, batch_size=batch_size)
        is_stream = "IterableDataset" in {cls.__name__ for cls in type(data).__mro__}
        cuts = is_stream or (hasattr(data, "__getitem__") and not isinstance(data, list))
        return as_source(data, batch_size=batch_size if cuts else None)

    def _check_fit(self, epochs: int, steps: Any, validation_steps: Any, save_every: Any, resume: Any, validation_freq: Any) -> None:
        if self.optimizer is None:
            raise ValueError("fit needs an optimizer: Trainer(model, optim.Adam(model.parameters()), loss)")
        if self.loss is None and type(self).train_step is Trainer.train_step:
            raise ValueError("fit needs a loss: Trainer(model, optimizer, nn.CrossEntropyLoss())")
        named = {"epochs": epochs, "steps_per_epoch": steps, "validation_steps": validation_steps, "save_every": save_every}
        for name, value in {**named, "validation_freq": validation_freq}.items():
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
                raise ValueError(f"{name} must be a positive integer, got {value!r}")
        if save_every is not None and resume is None:
            raise ValueError(f"save_every={save_every} says how often the state is written, but not where: give resume=file")


def _needs_closure(optimizer: Any) -> bool:
    """Whether step() cannot do without a function that evaluates the loss, as that of LBFGS."""
    if optimizer is None:
        return False
    closure = inspect.signature(optimizer.step).parameters.get("closure")
    required = closure is not None and closure.default is inspect.Parameter.empty
    return required or any(kind.__name__ == "LBFGS" for kind in type(optimizer).__mro__)
