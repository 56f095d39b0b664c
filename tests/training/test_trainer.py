"""fit, evaluate and predict: the same numbers as the loop written by hand, for every kind of data, and errors that teach."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
import optim
from data import DataLoader, Dataset, IterableDataset, TensorDataset
from optim.lr_scheduler import StepLR

N = 22


def net() -> nn.Sequential:
    ag.manual_seed(1)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))


def table() -> tuple[ag.Tensor, ag.Tensor]:
    generator = ag.Generator().manual_seed(3)
    return ag.randn(N, 4, generator=generator), ag.randint(0, 3, (N,), generator=generator)


def trained(*args: Any, metrics: Any = (), loss: Any = None, **options: Any) -> tuple[nn.Sequential, nn.History]:
    model = net()
    trainer = nn.Trainer(model, optim.Adam(model.parameters(), lr=0.01), nn.CrossEntropyLoss() if loss is None else loss, metrics)
    ag.manual_seed(2)
    return model, trainer.fit(*args, verbose=0, **options)


def same(first: nn.Module, second: nn.Module) -> bool:
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(np.array_equal(a.numpy(), b.numpy()) for a, b in pairs)


def by_hand(epochs: int, loader: Any, scheduler: bool = False) -> tuple[nn.Sequential, list[float], list[float]]:
    """The ordinary loop, with the means that the history must have."""
    model = net()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    step = StepLR(optimizer, 1, 0.5) if scheduler else None
    losses, hits = [], []
    ag.manual_seed(2)
    for _ in range(epochs):
        total = right = count = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            output = model(x)
            loss = F.cross_entropy(output, y)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(y), count + len(y)
            right += float((output.argmax(1) == y).sum().item())
        if step is not None:
            step.step()
        losses.append(total / count)
        hits.append(right / count)
    return model, losses, hits


class Samples(Dataset[Any]):
    def __getitem__(self, i: int) -> Any:
        x, y = table()
        return x[i].numpy(), int(y[i])

    def __len__(self) -> int:
        return N


class Flow(IterableDataset[Any]):
    def __iter__(self) -> Iterator[Any]:
        yield from zip(*table(), strict=True)


def test_fit_on_arrays_is_the_loop_by_hand() -> None:
    x, y = table()
    model, losses, hits = by_hand(3, DataLoader(TensorDataset(x, y), batch_size=5, shuffle=True))
    ours, history = trained(x, y, batch_size=5, epochs=3, metrics=["accuracy"])
    assert same(model, ours)
    assert history["loss"] == pytest.approx(losses, rel=1e-12) and history["accuracy"] == pytest.approx(hits, rel=1e-12)
    assert history.epoch == [0, 1, 2]


def test_fit_with_a_generator_draws_what_the_loader_draws() -> None:
    x, y = table()
    loader = DataLoader(TensorDataset(x, y), batch_size=5, shuffle=True, generator=ag.Generator().manual_seed(7))
    model, *_ = by_hand(2, loader)
    assert same(model, trained(x, y, batch_size=5, epochs=2, generator=ag.Generator().manual_seed(7))[0])


def test_fit_with_a_scheduler_is_the_loop_by_hand() -> None:
    x, y = table()
    model, *_ = by_hand(3, DataLoader(TensorDataset(x, y), batch_size=5), scheduler=True)
    ours = net()
    optimizer = optim.Adam(ours.parameters(), lr=0.01)
    trainer = nn.Trainer(ours, optimizer, nn.CrossEntropyLoss())
    ag.manual_seed(2)
    rates = nn.callbacks.LRScheduler(StepLR(optimizer, 1, 0.5))
    history = trainer.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0, callbacks=[rates])
    assert same(model, ours)
    assert history["lr"] == [0.01, 0.005, 0.0025]


def endless() -> Iterator[Any]:
    x, y = table()
    while True:
        for at in range(0, N, 5):
            yield x[at : at + 5], y[at : at + 5]


def one_pass() -> list[Any]:
    x, y = table()
    return [(x[at : at + 5].numpy(), y[at : at + 5].numpy()) for at in range(0, N, 5)]


SOURCES: dict[str, tuple[Callable[[], tuple[Any, ...]], dict[str, Any]]] = {
    "tensors": (lambda: table(), {"batch_size": 5, "shuffle": False}),
    "arrays in float64": (lambda: (table()[0].numpy().astype(float), table()[1].numpy().astype(np.int32)), {"batch_size": 5, "shuffle": False}),
    "TensorDataset": (lambda: (TensorDataset(*table()),), {"batch_size": 5, "shuffle": False}),
    "dataset": (lambda: (Samples(),), {"batch_size": 5, "shuffle": False}),
    "stream of samples": (lambda: (Flow(),), {"batch_size": 5}),
    "loader": (lambda: (DataLoader(TensorDataset(*table()), batch_size=5),), {}),
    "loader of a stream": (lambda: (DataLoader(Flow(), batch_size=5),), {}),
    "list of batches": (lambda: (one_pass(),), {}),
    "endless generator": (lambda: (endless(),), {"steps_per_epoch": 5}),
    "function": (lambda: (lambda: iter(one_pass()),), {}),
    "list, more steps than it has": (lambda: (one_pass(),), {"steps_per_epoch": 10, "epochs": 1}),
}
# Where their loader draws a seed for each pass and ours does too; without one the dropout differs.
DRAWS = {"tensors", "arrays in float64", "TensorDataset", "dataset", "loader", "loader of a stream"}


@pytest.mark.parametrize("name", SOURCES)
def test_all_kinds_of_data_train_alike(name: str) -> None:
    make, options = SOURCES[name]
    options = {"epochs": 2, **options}
    loader: Any = DataLoader(TensorDataset(*table()), batch_size=5) if name in DRAWS else one_tensor_pass()
    model, losses, _ = by_hand(2, loader)
    ours, history = trained(*make(), **options)
    assert same(model, ours)
    if options["epochs"] == 2:
        assert history["loss"] == pytest.approx(losses, rel=1e-12)


def one_tensor_pass() -> list[Any]:
    return [(ag.tensor(x), ag.tensor(y)) for x, y in one_pass()]


def test_steps_per_epoch_ends_an_epoch_early() -> None:
    loader = DataLoader(TensorDataset(*table()), batch_size=5)
    ours, history = trained(loader, epochs=2, steps_per_epoch=2)
    model, losses, _ = by_hand(2, Short(loader, 2))
    assert same(model, ours) and history["loss"] == pytest.approx(losses, rel=1e-12)


class Short:
    def __init__(self, loader: Any, steps: int) -> None:
        self.loader, self.steps = loader, steps

    def __iter__(self) -> Iterator[Any]:
        return (batch for _, batch in zip(range(self.steps), self.loader, strict=False))


def test_validation_split_takes_the_last_samples() -> None:
    x, y = table()
    model, history = trained(x, y, batch_size=4, validation_split=0.25, metrics=["accuracy"], epochs=2)
    other, expected = trained(x[:16], y[:16], batch_size=4, validation_data=(x[16:], y[16:]), metrics=["accuracy"], epochs=2)
    assert same(model, other) and history.history == expected.history
    trainer = nn.Trainer(model, loss=nn.CrossEntropyLoss(), metrics=["accuracy"])
    assert trainer.evaluate(x[16:], y[16:], batch_size=4, verbose=0) == {
        "loss": history["val_loss"][-1],
        "accuracy": history["val_accuracy"][-1],
    }


def test_validation_by_a_list_of_batches() -> None:
    x, y = table()
    batches = [(x[16:19], y[16:19]), (x[19:], y[19:])]
    _, history = trained(x[:16], y[:16], batch_size=4, validation_data=batches)
    _, expected = trained(x[:16], y[:16], batch_size=4, validation_data=(x[16:], y[16:]))
    assert history["val_loss"] == pytest.approx(expected["val_loss"])


def test_the_history_of_an_interrupted_fit_is_kept() -> None:
    def interrupt(epoch: int, logs: Any) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    model = net()
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.1), nn.CrossEntropyLoss())
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*table(), epochs=9, verbose=0, callbacks=[nn.callbacks.LambdaCallback(on_epoch_begin=interrupt)])
    assert trainer.history.epoch == [0, 1]


def test_validation_by_a_generator_and_not_in_every_epoch() -> None:
    _, history = trained(*table(), epochs=4, validation_data=endless(), validation_steps=2, validation_freq=2)
    assert len(history["loss"]) == 4 and len(history["val_loss"]) == 2


LOSSES: dict[str, Any] = {
    "layer": nn.CrossEntropyLoss(),
    "function": F.cross_entropy,
    "layer with a sum": nn.CrossEntropyLoss(reduction="sum"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_sample_weights(name: str) -> None:
    x, y = table()
    weight = ag.rand(N, generator=ag.Generator().manual_seed(5))
    ours, history = trained(x, y, sample_weight=weight, batch_size=N, shuffle=False, loss=LOSSES[name])
    model = net()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    ag.manual_seed(2)
    ag.empty((), dtype=ag.int64).random_()  # a loader's seed
    loss = (F.cross_entropy(model(x), y, reduction="none") * weight).sum() / N
    loss.backward()
    optimizer.step()
    assert same(model, ours) and history["loss"] == [pytest.approx(loss.item(), rel=1e-6)]


def test_class_weights_are_sample_weights() -> None:
    x, y = table()
    table_of_weights = {0: 2.0, 2: 0.5}
    weight = np.array([table_of_weights.get(int(c), 1.0) for c in y])
    first, _ = trained(x, y, class_weight=table_of_weights, batch_size=5)
    second, _ = trained(x, y, sample_weight=weight, batch_size=5)
    assert same(first, second)
    third, _ = trained(x, y, sample_weight=weight, class_weight=[1.0, 1.0, 1.0], batch_size=5)
    assert same(first, third)


def test_weighted_metrics_count_samples_by_weight() -> None:
    x, y = table()
    model = net()
    trainer = nn.Trainer(model, loss=nn.CrossEntropyLoss(), metrics=["accuracy"], weighted_metrics={"weighted": "accuracy"})
    model.eval()
    right = (model(x).argmax(1) == y).numpy()
    weight = np.arange(N, dtype=float)
    results = trainer.evaluate(x, y, sample_weight=weight, verbose=0)
    assert results["accuracy"] == pytest.approx(right.mean())
    assert results["weighted"] == pytest.approx((right * weight).sum() / weight.sum())


def test_predict() -> None:
    x, y = table()
    model = net().eval()
    trainer = nn.Trainer(model)
    expected = model(x).detach().numpy()
    for given in (x, x.numpy().astype(float), [(x[:10], y[:10]), (x[10:], y[10:])]):
        out = trainer.predict(given, **({"batch_size": 7} if given is x else {}))
        assert not out.requires_grad
        np.testing.assert_allclose(out.numpy(), expected, rtol=1e-5, atol=1e-6)


class Two(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(4, 3), nn.Linear(2, 3)

    def forward(self, left: ag.Tensor, right: ag.Tensor) -> dict[str, ag.Tensor]:
        return {"sum": self.a(left) + self.b(right), "left": left}


@pytest.mark.parametrize("named", [False, True])
def test_several_inputs_and_outputs(named: bool) -> None:
    x, y = table()
    inputs: Any = {"left": x, "right": x[:, :2]} if named else (x, x[:, :2])
    model = Two()
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.1), lambda output, target: F.cross_entropy(output["sum"], target))
    history = trainer.fit(inputs, y, epochs=5, verbose=0)
    assert history["loss"][-1] < history["loss"][0]
    out = trainer.predict(inputs if named else [((x, x[:, :2]), y)])
    assert out["sum"].shape == (N, 3) and out["left"].shape == (N, 4)


def test_modes_come_back() -> None:
    model = net()
    model[1].eval()  # a frozen norm
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.0), nn.CrossEntropyLoss())
    mean = model[1].running_mean.numpy().copy()
    trainer.fit(*table(), validation_split=0.5, verbose=0)
    trainer.predict(table()[0])
    assert [module.training for module in model] == [True, False, True, True, True]
    np.testing.assert_array_equal(model[1].running_mean.numpy(), mean)


def test_gradients_are_clipped() -> None:
    model = nn.Linear(4, 3)
    start = model.weight.detach().clone()
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=1.0), lambda o, t: F.cross_entropy(o * 100, t), clip_norm=0.01)
    trainer.fit(*table(), batch_size=N, verbose=0)
    assert 0 < (model.weight - start).norm().item() <= 0.0100001


def test_train_step_may_be_replaced() -> None:
    class Noisy(nn.Trainer):
        steps = 0

        def train_step(self, x: Any, y: Any, weight: Any = None) -> Any:
            self.steps += 1
            return super().train_step(x + 0.1, y, weight)

    model = net()
    trainer = Noisy(model, optim.SGD(model.parameters(), lr=0.1), nn.CrossEntropyLoss())
    trainer.fit(*table(), batch_size=5, epochs=2, verbose=0)
    assert trainer.steps == 10


def test_optimizers_that_ask_for_the_loss_again() -> None:
    x, y = table()
    model = nn.Linear(4, 3)
    trainer = nn.Trainer(model, optim.LBFGS(model.parameters(), max_iter=5), nn.CrossEntropyLoss())
    start = F.cross_entropy(model(x), y).item()
    history = trainer.fit(x, y, batch_size=N, shuffle=False, epochs=3, verbose=0)
    assert history["loss"][0] == pytest.approx(start) and history["loss"][2] < history["loss"][1] < start


def test_a_tuple_of_arrays_is_several_inputs_to_predict() -> None:
    x, _ = table()
    out = nn.Trainer(Two()).predict((x, x[:, :2]), batch_size=5)
    assert out["sum"].shape == (N, 3)


def test_logits_decide_at_0() -> None:
    for loss in (nn.BCEWithLogitsLoss(), F.binary_cross_entropy_with_logits):
        trainer = nn.Trainer(nn.Identity(), loss=loss, metrics=["accuracy", "precision"])
        assert trainer.evaluate(ag.tensor([[0.2], [-1.0]]), ag.tensor([[1.0], [0.0]]), verbose=0)["accuracy"] == 1.0


def test_data_that_ends_too_early_warns() -> None:
    with pytest.warns(UserWarning, match="the data ended 2 batches before the 7 of this epoch") as said:
        _, history = trained(iter(one_pass()), steps_per_epoch=7, epochs=3)
    assert len(history) == 1
    assert said[0].filename == __file__  # the user's line


@pytest.mark.parametrize(("steps", "said"), [(len(one_pass()), "the data ended"), (None, "the generator gave its last batch in epoch 1")])
def test_data_that_ends_with_an_epoch_warns_and_keeps_the_history(steps: int | None, said: str) -> None:
    with pytest.warns(UserWarning, match=said):
        _, history = trained(iter(one_pass()), steps_per_epoch=steps, epochs=3)
    assert history.epoch == [0]
    with pytest.raises(ValueError, match="there is not one batch"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trained(iter([]), steps_per_epoch=steps, epochs=3)


MODEL = nn.Linear(4, 3)
SGD = optim.SGD(MODEL.parameters(), lr=0.1)
TRAINER = nn.Trainer(MODEL, SGD, nn.CrossEntropyLoss())
X, Y = table()
WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no targets": (lambda: TRAINER.fit(X, verbose=0), ValueError, "the batches have no targets: give x and y as two arguments"),
    "rows": (lambda: TRAINER.fit(X, Y[:5]), ValueError, r"one row for each sample, got x \(22, 4\); y \(5,\)"),
    "no samples": (lambda: TRAINER.fit(X[:0], Y[:0]), ValueError, "there are no samples"),
    "batch_size": (lambda: TRAINER.fit(X, Y, batch_size=0), ValueError, "batch_size must be a positive integer, got 0"),
    "loader's batch_size": (lambda: TRAINER.fit(DataLoader(Samples()), batch_size=4), ValueError, "DataLoader, which decides about its batches"),
    "loader and y": (lambda: TRAINER.fit(DataLoader(Samples()), Y), TypeError, "yields its own targets and weights: leave y out"),
    "epochs": (lambda: TRAINER.fit(X, Y, epochs=0), ValueError, "epochs must be a positive integer, got 0"),
    "split": (lambda: TRAINER.fit(X, Y, validation_split=1.0), ValueError, "validation_split must lie between 0 and 1"),
    "split of a loader": (lambda: TRAINER.fit(DataLoader(Samples()), validation_split=0.5), TypeError, "split a dataset with data.random_split"),
    "text": (lambda: TRAINER.fit([(["a", "b"], Y)], verbose=0), TypeError, "a batch must be made of tensors, arrays and numbers, got str: 'a'"),
    "empty": (lambda: TRAINER.fit([], verbose=0), ValueError, "the training data is empty"),
    "four parts": (lambda: TRAINER.fit([(X, X, X, Y)], verbose=0), ValueError, r"several inputs are one tuple, \(\(x1, x2\), y\)"),
    "no optimizer": (lambda: nn.Trainer(MODEL, loss=F.cross_entropy).fit(X, Y), ValueError, "fit needs an optimizer"),
    "no loss": (lambda: nn.Trainer(MODEL, SGD).fit(X, Y), ValueError, "fit needs a loss"),
    "loss class": (lambda: nn.Trainer(MODEL, SGD, nn.MSELoss), TypeError, r"such as nn.CrossEntropyLoss\(\)"),
    "parameters for optimizer": (lambda: nn.Trainer(MODEL, MODEL.parameters()), TypeError, r"optimizer must have step\(\)"),
    "callback class": (lambda: TRAINER.fit(X, Y, callbacks=[nn.callbacks.TerminateOnNaN]), TypeError, r"make one: TerminateOnNaN\(\)"),
    "save_every": (lambda: TRAINER.fit(X, Y, save_every=3), ValueError, "give resume=file"),
    "weights of a plain loss": (
        lambda: nn.Trainer(MODEL, SGD, lambda o, t: (o.sum() - t.sum())).fit(X, Y, class_weight={0: 2.0}, verbose=0),
        TypeError,
        "has no reduction argument",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_teach(case: str) -> None:
    fails, kind, said = WRONG[case]
    with pytest.raises(kind, match=said):
        fails()


@pytest.mark.parametrize(
    "width, loss, labels",
    [
        (1, nn.BCEWithLogitsLoss(), np.array([0, 1, 1, 0])),  # what Keras' binary generators yield
        (1, nn.BCEWithLogitsLoss(), np.array([0, 1, 1, 0], np.float32)),
        (1, nn.MSELoss(), np.array([0, 1, 1, 0], np.float32)),
        (3, nn.CrossEntropyLoss(), np.array([[0], [1], [2], [0]])),  # as Keras keeps CIFAR's labels
    ],
)
def test_targets_in_keras_shapes(width, loss, labels):
    x = ag.randn(4, 5)
    model = nn.Linear(5, width)
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.0), loss)
    history = trainer.fit(x, labels, verbose=0)
    shaped = ag.tensor(labels.astype(np.float32)).reshape(4, 1) if width == 1 else ag.tensor(labels.reshape(-1))
    assert history["loss"][0] == pytest.approx(loss(model(x), shaped).item(), rel=1e-5)
