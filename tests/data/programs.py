"""Datasets and loaders for the tests of worker processes; importable, so that spawned workers find them."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import numpy as np

import autograd_core as ag
from data import Dataset, IterableDataset, get_worker_info


class Squares(Dataset):
    """i², and the process that read it."""

    def __init__(self, n=12):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i * i, os.getpid()


class Draws(Dataset):
    """Draws from the three global streams."""

    def __len__(self):
        return 8

    def __getitem__(self, i):
        return i, random.random(), float(np.random.rand()), ag.rand(1).item()


class Slow(Dataset):
    """Sleeps at every sample; writes its process into a folder, so that a test can see who lives."""

    def __init__(self, seconds, folder=None, n=1000):
        self.seconds, self.folder, self.n = seconds, folder, n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if self.folder is not None:
            Path(self.folder, str(os.getpid())).touch()
        time.sleep(self.seconds)
        return i, np.zeros(50_000, np.float32)


class Dies(Dataset):
    """Ends its process at one sample, by a signal or by an exit code."""

    def __init__(self, at, signal=None, code=None):
        self.at, self.signal, self.code = at, signal, code

    def __len__(self):
        return 20

    def __getitem__(self, i):
        if i == self.at:
            if self.signal is not None:
                os.kill(os.getpid(), self.signal)
            else:
                os._exit(self.code)
        return i


class Fails(Dataset):
    """Raises what it was given at sample 1."""

    def __init__(self, error):
        self.error = error

    def __len__(self):
        return 4

    def __getitem__(self, i):
        if i == 1:
            raise self.error
        return i


class Part(IterableDataset):
    """A stream of which each worker reads its own part."""

    def __iter__(self):
        info = get_worker_info()
        step, start = (1, 0) if info is None else (info.num_workers, info.id)
        return iter(range(start, 10, step))


def first_of(batch):
    """A collation that keeps the first sample."""
    return batch[0]
