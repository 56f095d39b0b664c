"""The MNIST program: its own text runs under PyTorch with other import lines, to the same weights, batches and losses."""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import data
from autograd_core import random

PROGRAM = Path(__file__).parents[1] / "notebooks" / "mnist.py"

IMPORTS = {
    "import autograd_core as torch\n": "import torch\n",
    "import nn\n": "import torch.nn as nn\n",
    "import nn.functional as F\n": "import torch.nn.functional as F\n",
    "import optim\n": "import torch.optim as optim\n",
    "from data import DataLoader, datasets, transforms\n": "from torch.utils.data import DataLoader\n",
    "from optim.lr_scheduler import StepLR\n": "from torch.optim.lr_scheduler import StepLR\n",
}

pytestmark = pytest.mark.filterwarnings("ignore:dropout2d. Received a 2-D input:UserWarning")


def program() -> Any:
    spec = importlib.util.spec_from_file_location("mnist_program", PROGRAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def under_pytorch() -> Any:
    """The program with PyTorch's import lines."""
    text = PROGRAM.read_text()
    for ours, theirs in IMPORTS.items():
        assert text.count(ours) == 1, ours
        text = text.replace(ours, theirs)
    module = types.ModuleType("mnist_under_pytorch")
    exec(compile(text, "mnist.py with PyTorch's imports", "exec"), module.__dict__)
    return module


class First:
    """The first batches of a loader."""

    def __init__(self, loader: Any, count: int) -> None:
        self.loader, self.count, self.dataset = loader, count, loader.dataset

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(self.loader, self.count)

    def __len__(self) -> int:
        return self.count


def normalised(train: bool) -> Any:
    return data.datasets.MNIST(
        "nowhere",
        train=train,
        transform=data.transforms.Compose([data.transforms.ToTensor(), data.transforms.Normalize((0.1307,), (0.3081,))]),
    )


ARGS = argparse.Namespace(log_interval=1000, dry_run=False)


@pytest.mark.parametrize("dropout", [False, True])
def test_weights_batches_and_losses_are_those_of_pytorch(dropout: bool, capsys: pytest.CaptureFixture[str]) -> None:
    torch = pytest.importorskip("torch")
    digits = normalised(train=True)
    ours, theirs = program(), under_pytorch()
    random.manual_seed(1)
    torch.manual_seed(1)
    mine, other = ours.Net(), theirs.Net()
    for (name, p), (same, q) in zip(mine.named_parameters(), other.named_parameters(), strict=True):
        assert name == same
        np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy(), err_msg=name)
    if not dropout:
        for net in (mine, other):
            net.dropout1.p = net.dropout2.p = 0.0

    class Digits(torch.utils.data.Dataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return 60000

        def __getitem__(self, i: int) -> Any:
            image, label = digits[i]
            return torch.from_numpy(image.numpy()), label

    loaders = [
        First(ours.DataLoader(digits, batch_size=16, shuffle=True), 4),
        First(theirs.DataLoader(Digits(), batch_size=16, shuffle=True), 4),
    ]
    losses = []
    for lib, net, loader in zip((ours, theirs), (mine, other), loaders, strict=True):
        optimizer = lib.optim.Adadelta(net.parameters(), lr=1.0)
        scheduler = lib.StepLR(optimizer, step_size=1, gamma=0.7)
        seen = []
        for epoch in (1, 2):
            seen += lib.train(ARGS, net, lib.torch.device("cpu"), loader, optimizer, epoch)
            scheduler.step()
        losses.append(seen)
    capsys.readouterr()
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)
    assert losses[0][0] == pytest.approx(losses[1][0], rel=1e-5)
    for (name, p), q in zip(mine.named_parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), atol=2e-3, err_msg=name)
    np.testing.assert_array_equal(np.asarray(random.get_rng_state()), torch.get_rng_state().numpy())


def test_shuffled_batches_come_in_pytorchs_order() -> None:
    torch = pytest.importorskip("torch")
    digits = normalised(train=True)
    random.manual_seed(1)
    torch.manual_seed(1)
    loader = data.DataLoader(digits, batch_size=64, shuffle=True)
    labels = torch.utils.data.TensorDataset(torch.from_numpy(digits.targets.numpy()))
    theirs = torch.utils.data.DataLoader(labels, batch_size=64, shuffle=True)
    for (_, mine), (other,) in itertools.islice(zip(loader, theirs, strict=True), 5):
        assert mine.tolist() == other.tolist()


def test_a_dry_run_leaves_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lib = program()
    few = {train: data.Subset(normalised(train), range(40)) for train in (True, False)}
    monkeypatch.setattr(lib.datasets, "MNIST", lambda root, train, transform: few[train])
    lib.main(["--dry-run", "--batch-size", "8", "--test-batch-size", "20", "--save-model", "--out", str(tmp_path / "out")])
    said = capsys.readouterr().out
    assert "Train Epoch: 1 [0/40 (0%)]\tLoss: " in said and re.search(r"Test set: Average loss: \d\.\d{4}, Accuracy: \d+/40", said)
    from safetensors.numpy import load_file

    weights = load_file(tmp_path / "out" / "mnist_cnn.safetensors")
    assert {name: value.shape for name, value in weights.items()}["fc1.weight"] == (128, 9216) and len(weights) == 8
    assert sum(value.size for value in weights.values()) == 1_199_882
    graph = (tmp_path / "out" / "mnist_graph.svg").read_text()
    assert "<svg" in graph and "conv2.weight" in graph
    assert 10_000 < (tmp_path / "out" / "mnist_steps.html").stat().st_size < 2_000_000
    assert (tmp_path / "out" / "mnist_loss.png").read_bytes().startswith(b"\x89PNG")
    for name in ("mnist_cnn.safetensors", "mnist_loss.png", "mnist_graph.svg", "mnist_steps.html"):
        assert str(tmp_path / "out" / name) in said


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_epochs_read_985_of_1000_digits(tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAM), "--epochs", "2", "--log-interval", "100", "--save-model", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=PROGRAM.parents[1], capture_output=True, text=True, timeout=1700)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"Accuracy: (\d+)/10000", done.stdout)
    assert len(found) == 2 and int(found[-1]) >= 9850
