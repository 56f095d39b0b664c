"""The progress bar's text, character by character: the lines of the lectures, terminals, files."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

import autograd_core as ag
import nn
import optim
from nn.training import Bar
from nn.training.progress import each, number, remaining


class Clock:
    """A time that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# (epochs, steps, [(seconds, loss, accuracy)], the lines); the lectures' own figures, their bars shortened to five signs
CIFAR = (
    "500/500 [=====] - 1s 2ms/step - loss: {:.4f} - accuracy: {:.4f}",
    [(2.0992, 0.2314), (1.8704, 0.3424), (1.8263, 0.3621), (1.7248, 0.4058), (1.7164, 0.4129), (1.7209, 0.4062)],
)
CATS = [
    "200/200 [=====] - 82s 408ms/step - loss: 0.6836 - accuracy: 0.5409",
    "200/200 [=====] - 103s 513ms/step - loss: 0.6494 - accuracy: 0.6167",
    "200/200 [=====] - 108s 538ms/step - loss: 0.6333 - accuracy: 0.6411",
    "200/200 [=====] - 107s 535ms/step - loss: 0.6059 - accuracy: 0.6594",
    "200/200 [=====] - 108s 541ms/step - loss: 0.5860 - accuracy: 0.6870",
    "200/200 [=====] - 111s 554ms/step - loss: 0.5629 - accuracy: 0.7047",
    "200/200 [=====] - 111s 552ms/step - loss: 0.5638 - accuracy: 0.7038",
    "200/200 [=====] - 108s 539ms/step - loss: 0.5426 - accuracy: 0.7198",
    "200/200 [=====] - 109s 543ms/step - loss: 0.5409 - accuracy: 0.7280",
    "200/200 [=====] - 107s 535ms/step - loss: 0.5462 - accuracy: 0.7222",
]


def line(steps: int, first: float, step: float, values: dict[str, Any], **options: Any) -> str:
    clock, stream = Clock(), io.StringIO()
    bar = Bar(steps, stream=stream, clock=clock, **options)
    clock.now += first
    for done in range(1, steps + 1):
        bar.update(done, values)
        clock.now += step if done < steps else 0
    bar.close(values)
    return stream.getvalue()


@pytest.mark.parametrize("loss, accuracy", CIFAR[1])
def test_the_lines_of_the_cifar_lecture(loss: float, accuracy: float) -> None:
    expected = CIFAR[0].format(loss, accuracy) + "\n"
    assert line(500, 0.4, 0.0021, {"loss": loss, "accuracy": accuracy}, width=5) == expected


@pytest.mark.parametrize("expected", CATS)
def test_the_lines_of_the_cats_and_dogs_lecture(expected: str) -> None:
    total, step = float(expected.split("- ")[1].split("s ")[0]), float(expected.split("s ")[1].split("ms/")[0]) / 1000
    loss, accuracy = (float(part.split(": ")[1]) for part in expected.split(" - ")[2:])
    first = max(0.0, total - 199 * step)
    assert line(200, first, step, {"loss": loss, "accuracy": accuracy}, width=5) == expected + "\n"


def test_the_bar_is_thirty_wide() -> None:
    assert line(2, 0.001, 0.001, {}).startswith("2/2 [" + "=" * 30 + "] - 0s ")


def test_one_line_an_epoch() -> None:
    assert line(500, 0.0, 0.002, {"loss": 2.0992}, verbose=2) == "500/500 - 1s - loss: 2.0992 - 998ms/epoch - 2ms/step\n"
    assert line(500, 0.0, 0.002, {"loss": 2.0992}, verbose=0) == ""


def test_a_terminal_sees_it_grow() -> None:
    clock, stream = Clock(), Terminal()
    bar = Bar(10, width=10, stream=stream, clock=clock)
    for done in (1, 2, 10):
        clock.now += 1
        bar.update(done, {"loss": 0.5})
    bar.close({"loss": 0.25})
    drawn = stream.getvalue().split("\r")
    assert drawn[0] == " 1/10 [>.........] - ETA: 9s - loss: 0.5000"
    assert drawn[1] == " 2/10 [=>........] - ETA: 8s - loss: 0.5000"
    assert drawn[2].rstrip(" \n") == "10/10 [==========] - 3s 222ms/step - loss: 0.2500"
    assert drawn[2].endswith("\n") and len(drawn) == 3


def test_a_file_gets_no_control_codes_and_only_whole_lines() -> None:
    text = line(3, 0.1, 0.1, {"loss": 1.0})
    assert text.count("\n") == 1 and not set(text) & {"\r", "\b", "\x1b"}


def test_unknown_lengths() -> None:
    clock, stream = Clock(), Terminal()
    bar = Bar(None, width=4, stream=stream, clock=clock)
    clock.now += 1
    bar.update(1, {"loss": 0.5})
    clock.now += 1
    bar.update(2, {"loss": 0.5})
    bar.close({"loss": 0.5})
    first, second, last = stream.getvalue().split("\r")
    assert first == "      1/Unknown - 1s 1s/step - loss: 0.5000"
    assert second == "      2/Unknown - 2s 1s/step - loss: 0.5000"
    assert last.rstrip() == "2/2 [====] - 2s 1s/step - loss: 0.5000"


@pytest.mark.parametrize(
    "text, expected",
    [
        (number(0.5), "0.5000"),
        (number(0.001), "1.0000e-03"),
        (number(-12.34567), "-12.3457"),
        (number(float("nan")), "nan"),
        (each(0.0005, "step"), "500us/step"),
        (each(0.0214, "step"), "21ms/step"),
        (each(3.4, "step"), "3s/step"),
        (remaining(59.9), "59s"),
        (remaining(61), "1:01"),
        (remaining(3725), "1:02:05"),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    assert text == expected


def test_a_fit_prints_epochs(capsys: pytest.CaptureFixture[str]) -> None:
    model = nn.Linear(3, 2)
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.1), nn.CrossEntropyLoss(), ["accuracy", "confusion_matrix"])
    x, y = ag.randn(10, 3), ag.randint(0, 2, (10,))
    trainer.fit(x, y, batch_size=4, epochs=2, validation_data=(x, y))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2" and lines[2] == "Epoch 2/2" and len(lines) == 4
    names = [part.split(":")[0] for part in lines[1].split(" - ")[2:]]
    assert re.match(r"3/3 \[={30}\] - \ds \d+[mu]?s/step - loss: \d\.\d{4} - ", lines[1])
    assert names == ["loss", "accuracy", "val_loss", "val_accuracy"]  # a matrix is no number to show
    trainer.fit(x, y, verbose=0)
    assert capsys.readouterr().out == ""
    trainer.fit(x, y, callbacks=[nn.ProgressBar(width=5, names=["accuracy"])])
    assert capsys.readouterr().out.startswith("1/1 [=====] - ")
    trainer.evaluate(x, y, batch_size=5)
    assert capsys.readouterr().out.startswith("2/2 [==============================] - ")
    trainer.predict(x, verbose=1)
    assert capsys.readouterr().out.startswith("1/1 [=")
