"""A run that is killed at any moment and started again gives the very numbers of one that was not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim
from nn.training import Random
from optim import lr_scheduler
from tests.training import resumed

ROOT = Path(__file__).parents[2]
KINDS = ("loader", "arrays", "dataset", "generator")


class Killed(BaseException):
    """What ends a run here in the middle of whatever it does."""


def result(model: Any, history: nn.History) -> dict[str, np.ndarray]:
    out = {f"weight {name}": tensor.numpy() for name, tensor in model.state_dict().items()}
    out |= {f"history {name}": np.asarray(values) for name, values in history.history.items()}
    return out | {"next": ag.rand(3).numpy()}


def assert_equal(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> None:
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, np.ndarray], str]]:
    """What runs of each kind that nothing disturbed came to, and their logs."""
    out = {}
    for kind in KINDS:
        folder = tmp_path_factory.mktemp(kind)
        out[kind] = result(*resumed.train(folder, kind)), (folder / "log.csv").read_text()
    return out


def stopper(event: str, at: int) -> Any:
    """A callback that ends the program when `event` happens for the `at`-th time."""
    left = [at]

    def count(*args: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    return nn.callbacks.LambdaCallback(**{event: count})


IDLE = {"on_train_end": lambda logs: None}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("save_every", [2, None])
def test_a_run_that_stops_anywhere_goes_on_exactly(kind: str, save_every: int | None, whole: Any, tmp_path: Path) -> None:
    for event, at in (("on_train_batch_end", 1), ("on_train_batch_begin", 5), ("on_epoch_end", 0), ("on_train_batch_end", 4)):
        with pytest.raises(Killed):
            resumed.train(tmp_path, kind, save_every, [stopper(event, at)])
    expected, log = whole[kind]
    assert_equal(expected, result(*resumed.train(tmp_path, kind, save_every, [nn.callbacks.LambdaCallback(**IDLE)])))
    assert (tmp_path / "log.csv").read_text() == log


def test_saving_changes_nothing(whole: Any, tmp_path: Path) -> None:
    for kind in KINDS:
        (tmp_path / kind).mkdir()
        assert_equal(whole[kind][0], result(*resumed.train(tmp_path / kind, kind, None)))


def test_a_finished_run_is_not_run_again(whole: Any, tmp_path: Path) -> None:
    resumed.train(tmp_path)
    model, history = resumed.train(tmp_path)
    expected = whole["loader"][0]
    assert_equal({k: v for k, v in expected.items() if k != "next"}, {k: v for k, v in result(model, history).items() if k != "next"})


def test_more_epochs_may_be_asked_for(whole: Any, tmp_path: Path) -> None:
    resumed.train(tmp_path, epochs=2)
    assert_equal(whole["loader"][0], result(*resumed.train(tmp_path)))


def test_an_early_stop_stays_stopped(tmp_path: Path) -> None:
    def run() -> nn.History:
        ag.manual_seed(0)
        model = nn.Linear(2, 1)
        trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.0), nn.MSELoss())
        stop = nn.callbacks.EarlyStopping("loss", patience=2)
        return trainer.fit(ag.ones(4, 2), ag.ones(4, 1), epochs=9, verbose=0, callbacks=[stop], resume=tmp_path / "state")

    assert len(run()) == 3
    assert len(run()) == 3


SCHEDULERS: dict[str, Any] = {
    "StepLR": lambda o: lr_scheduler.StepLR(o, 2, 0.5),
    "MultiStepLR": lambda o: lr_scheduler.MultiStepLR(o, [1, 3], 0.5),
    "ExponentialLR": lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    "CosineAnnealingLR": lambda o: lr_scheduler.CosineAnnealingLR(o, 5),
    "CosineAnnealingWarmRestarts": lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 2),
    "LambdaLR": lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.9**epoch),
    "OneCycleLR": lambda o: lr_scheduler.OneCycleLR(o, 0.1, 8),
    "CyclicLR": lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.1, 2, mode="exp_range", gamma=0.9),
    "ReduceLROnPlateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=0, factor=0.5, threshold=0.5),
    "SequentialLR": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.ConstantLR(o, 0.1, 2), lr_scheduler.ExponentialLR(o, 0.9)], milestones=[2]
    ),
    "ChainedScheduler": lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.StepLR(o, 2, 0.5), lr_scheduler.ExponentialLR(o, 0.9)]),
}
OPTIMIZERS: dict[str, Any] = {
    "SGD": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "Adam": lambda p: optim.Adam(p, lr=0.01, amsgrad=True),
    "Adadelta": lambda p: optim.Adadelta(p),
    "RMSprop": lambda p: optim.RMSprop(p, momentum=0.5, centered=True),
    "NAdam": lambda p: optim.NAdam(p),
    "ASGD": lambda p: optim.ASGD(p),
    "Rprop": lambda p: optim.Rprop(p),
}


def steps(folder: Path, optimizer: str, scheduler: str, epochs: int) -> np.ndarray:
    ag.manual_seed(0)
    model = nn.Linear(3, 2)
    made = OPTIMIZERS[optimizer](model.parameters())
    rates = nn.callbacks.LRScheduler(SCHEDULERS[scheduler](made), monitor="loss")
    trainer = nn.Trainer(model, made, nn.MSELoss())
    x, y = ag.randn(8, 3), ag.randn(8, 2)
    trainer.fit(x, y, batch_size=4, epochs=epochs, verbose=0, callbacks=[rates], resume=folder / "state")
    return np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])


@pytest.mark.parametrize("optimizer, scheduler", [*(("SGD", s) for s in SCHEDULERS), *((o, "StepLR") for o in OPTIMIZERS if o != "SGD")])
def test_optimizers_and_schedulers_go_on(optimizer: str, scheduler: str, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    expected = steps(tmp_path / "whole", optimizer, scheduler, 6)
    for epochs in (1, 3, 6):
        last = steps(tmp_path, optimizer, scheduler, epochs)
    np.testing.assert_array_equal(last, expected)


def test_a_run_saved_after_the_last_step_of_an_epoch_goes_on_without_a_warning(tmp_path: Path) -> None:
    def run(*callbacks: Any) -> nn.History:
        ag.manual_seed(0)
        model = nn.Linear(2, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        rates = nn.callbacks.LRScheduler(lr_scheduler.StepLR(optimizer, 1, 0.5))
        trainer = nn.Trainer(model, optimizer, nn.MSELoss())
        options: dict[str, Any] = {"resume": tmp_path / "state", "save_every": 1, "callbacks": [rates, *callbacks]}
        return trainer.fit(ag.ones(4, 2), ag.ones(4, 1), batch_size=2, epochs=2, verbose=0, **options)

    with pytest.raises(Killed):
        run(stopper("on_epoch_end", 0))
    assert run(nn.callbacks.LambdaCallback())["lr"] == [0.1, 0.05]


def start(folder: Path, kind: str, pause: float) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-m", "tests.training.resumed", str(folder), kind, str(pause)], cwd=ROOT, env=env)


def killed_and_resumed(folder: Path, kind: str, kills: int, seed: int) -> int:
    """Run the program, kill -9 it at random moments, and let the last one finish: how often it was really killed."""
    chance, done = random.Random(seed), 0
    for _ in range(kills):
        before = len(list(folder.glob("started*")))
        process = start(folder, kind, 0.02)
        while process.poll() is None and len(list(folder.glob("started*"))) == before:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.3))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            done += 1
        process.wait()
    process = start(folder, kind, 0.0)
    assert process.wait() == 0
    return done


def check_killed(folder: Path, kind: str, kills: int, seed: int, whole: Any) -> None:
    done = killed_and_resumed(folder, kind, kills, seed)
    saved = ag.load(folder / "done")
    out = {f"weight {name}": tensor.numpy() for name, tensor in saved["model"].items()}
    out |= {f"history {name}": np.asarray(values) for name, values in saved["history"]["history"].items()}
    assert_equal(whole[kind][0], out | {"next": saved["next"].numpy()})
    assert (folder / "log.csv").read_text() == whole[kind][1]
    assert done > 0


def test_kill_9(tmp_path: Path, whole: Any, seed: int) -> None:
    check_killed(tmp_path, "loader", 2, seed, whole)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_kill_9_many_times(kind: str, tmp_path: Path, whole: Any, seed: int) -> None:
    for round_ in range(3):
        folder = tmp_path / str(round_)
        folder.mkdir()
        check_killed(folder, kind, 6, seed + round_, whole)


def test_random_states_come_back() -> None:
    generators = [ag.Generator().manual_seed(1), np.random.default_rng(2), np.random.Generator(np.random.MT19937(3))]
    states = Random(generators)

    def draw() -> list[Any]:
        others = [ag.rand(2, generator=generators[0]).tolist(), *(g.normal(size=2).tolist() for g in generators[1:])]
        return [ag.randn(3).tolist(), np.random.normal(size=3).tolist(), random.random(), *others]

    draw()
    state = states.state_dict()
    expected = draw()
    states.load_state_dict(state)
    assert draw() == expected


def stopped(folder: Path, kind: str) -> None:
    with pytest.raises(Killed):
        resumed.train(folder, kind, 2, [stopper("on_train_batch_end", 5)])


WRONG: dict[str, tuple[Any, str]] = {
    "another file": (lambda folder: ag.save({"weight": ag.zeros(1)}, folder / "state"), "is not the state of a training run"),
    "a broken file": (lambda folder: (folder / "state").write_bytes(b"abc"), "state is no whole safetensors file"),
    "other callbacks": (lambda folder: resumed.train(folder, callbacks=[nn.callbacks.TerminateOnNaN()]), "a resumed run needs the same ones"),
    "other steps": (lambda folder: stopped(folder, "dataset"), "stopped inside an epoch of 11 steps, this one has 8"),
    "other data": (lambda folder: resumed.train(folder, "arrays"), "draws? from|drew from"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_teach(case: str, tmp_path: Path) -> None:
    make, said = WRONG[case]
    make(tmp_path)
    with pytest.raises(RuntimeError, match=said):
        resumed.train(tmp_path, callbacks=[nn.callbacks.LambdaCallback()] if case == "other steps" else ())
