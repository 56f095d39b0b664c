"""The Keras pages of the lectures as short programs: the same calls, the same lines, the same pictures. The data is small and made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim

STEP = r"\d+s \d+[mu]?s/step - loss: \d\.\d{4} - accuracy: \d\.\d{4}"


def pictures(count: int, side: int, channels: int, classes: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a bright row that names the class."""
    y = rng.integers(0, classes, count)
    x = rng.uniform(0, 0.3, (count, channels, side, side))
    x[np.arange(count), :, y, :] += 1
    return x, y


def test_an_image_classifier_for_cifar(rng: np.random.Generator, capsys: pytest.CaptureFixture[str]) -> None:
    x_train, y_train = pictures(600, 32, 3, 10, rng)
    network = nn.Sequential(nn.Flatten(), nn.Linear(3072, 32), nn.ReLU(), nn.Linear(32, 10))
    model = nn.Trainer(network, optim.SGD(network.parameters(), lr=0.05), nn.CrossEntropyLoss(), ["accuracy"])
    history = model.fit(x_train, y_train, batch_size=100, epochs=3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[::2] == ["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]
    assert all(re.fullmatch(rf"6/6 \[={{30}}\] - {STEP}", line) for line in lines[1::2])
    assert history["loss"][2] < history["loss"][0]


def test_the_mnist_perceptron(rng: np.random.Generator) -> None:
    x, y = pictures(256, 28, 1, 10, rng)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))
    assert nn.summary(network, (28, 28)).total_params == 101770
    model = nn.Trainer(network, optim.Adam(network.parameters()), nn.CrossEntropyLoss(), ["accuracy"])
    history = model.fit(x, y, epochs=5, validation_split=0.25, verbose=0)
    assert history["val_accuracy"][-1] > 0.9
    assert model.evaluate(x, y, verbose=0)["accuracy"] > 0.9


def generator(rng: np.random.Generator) -> Iterator[Any]:
    while True:
        x, y = pictures(4, 30, 3, 2, rng)
        yield x, y[:, None].astype(np.float32)


def test_cats_and_dogs(rng: np.random.Generator, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    network = nn.Sequential(
        *(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Conv2d(4, 8, 3), nn.ReLU(), nn.MaxPool2d(2, 2)),
        *(nn.Flatten(), nn.Linear(288, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid()),
    )
    model = nn.Trainer(network, optim.Adam(network.parameters()), nn.BCELoss(), ["accuracy"])
    history = model.fit(
        generator(rng),
        steps_per_epoch=20,
        epochs=2,
        validation_data=generator(rng),
        validation_steps=5,
        callbacks=[nn.ProgressBar(names=["loss", "accuracy"])],  # the lecture's log shows no val_ columns
    )
    lines = capsys.readouterr().out.splitlines()
    assert all(re.fullmatch(rf"20/20 \[={{30}}\] - {STEP}", line) for line in lines[1::2])
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    x, y = pictures(4, 30, 3, 2, rng)
    probabilities = model.predict(x)
    said = [f"{'Dog' if p > 0.5 else 'Cat'}, prob. {p:.2f}" for p in probabilities[:, 0].tolist()]
    assert all(re.fullmatch(r"(Dog|Cat), prob\. \d\.\d\d", line) for line in said)
    confusion = nn.metrics.ConfusionMatrix()
    confusion.update(probabilities, y)
    assert confusion.result().sum() == 4
    pytest.importorskip("matplotlib")
    confusion.plot(["cat", "dog"], title="Joint Confusion Matrix").savefig(tmp_path / "confusion.svg")
    history.plot().savefig(tmp_path / "history.svg")
    assert "Joint Confusion Matrix" in (tmp_path / "confusion.svg").read_text()


def test_the_predictions_of_the_lecture() -> None:
    confusion = nn.metrics.ConfusionMatrix()
    confusion.update(ag.tensor([0.51, 0.23, 0.74, 0.48]), np.array([1, 0, 1, 0]))
    assert confusion.result().tolist() == [[2, 0], [0, 2]]
