"""Worker processes: what they give, how they are started, what their errors look like, and that they end."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import time

import numpy as np
import pytest

import autograd_core as ag
from data import DataLoader, Dataset, TensorDataset, get_worker_info

from .programs import Dies, Draws, Fails, Part, Slow, Squares, first_of

METHODS = multiprocessing.get_all_start_methods()


def pids(iterator):
    return [worker.process.pid for worker in iterator._pool.workers]


def is_gone(pid, seconds=5):
    """Whether a process is gone, or a zombie, within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def test_workers_are_other_processes():
    batches = list(DataLoader(Squares(), 3, num_workers=2))
    assert [batch[0].tolist() for batch in batches] == [[0, 1, 4], [9, 16, 25], [36, 49, 64], [81, 100, 121]]
    processes = [set(batch[1].tolist()) for batch in batches]
    assert processes[0] == processes[2] != processes[1] == processes[3] and os.getpid() not in set.union(*processes)


@pytest.mark.parametrize("method", [pytest.param(m, marks=[pytest.mark.slow] if m != "fork" else []) for m in METHODS])
@pytest.mark.parametrize("persistent", [False, True])
def test_every_start_method_gives_the_same_numbers(method, persistent):
    def epochs(**options):
        ag.manual_seed(4)
        loader = DataLoader(Draws(), 2, shuffle=True, num_workers=2, persistent_workers=persistent, **options)
        return [[[column.tolist() for column in batch] for batch in loader] for _ in range(2)]

    assert epochs(multiprocessing_context=method) == epochs(multiprocessing_context=multiprocessing.get_context(METHODS[0]))


@pytest.mark.slow
def test_what_spawn_cannot_pickle_is_explained():
    class Local(Dataset):
        def __len__(self):
            return 1

    with pytest.raises((AttributeError, TypeError)) as error:
        iter(DataLoader(Local(), num_workers=1, multiprocessing_context="spawn"))
    assert "by pickle" in error.value.__notes__[0]


def test_a_context_is_kept_as_a_context():
    loader = DataLoader(Squares(), num_workers=1, multiprocessing_context="spawn")
    assert loader.multiprocessing_context.get_start_method() == "spawn"
    with pytest.raises(ValueError, match="spawn"):
        loader.multiprocessing_context = "thread"


def test_batches_of_any_size_and_kind_arrive(rng):
    x = ag.from_numpy(rng.standard_normal((6, 3, 200, 200)).astype(np.float32))
    dataset = TensorDataset(x, ag.arange(6))
    for ours, (a, b) in zip(DataLoader(dataset, 2, num_workers=2), DataLoader(dataset, 2), strict=True):
        assert type(ours) is list and ours[0].numpy().tobytes() == a.numpy().tobytes() and ours[1].tolist() == b.tolist()
        ours[0].mul_(2)
    assert list(DataLoader(["a", None, {"b": (1, 2.5)}], batch_size=None, num_workers=1)) == ["a", None, {"b": [1, 2.5]}]


def test_streams_shared_out_and_without_batches():
    assert [batch.tolist() for batch in DataLoader(Part(), 2, num_workers=2)] == [[0, 2], [1, 3], [4, 6], [5, 7], [8], [9]]
    loader = DataLoader(Part(), None, num_workers=2, persistent_workers=True)
    assert list(loader) == list(loader) == list(range(10))
    assert sorted(DataLoader(Part(), None, num_workers=2, in_order=False)) == list(range(10))


class Uneven(Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, i):
        if get_worker_info().id == 0:
            time.sleep(0.3)
        return i


def test_in_order_or_as_they_come():
    assert list(DataLoader(Uneven(), batch_size=None, num_workers=2)) == list(range(6))
    mixed = list(DataLoader(Uneven(), batch_size=None, num_workers=2, in_order=False))
    assert sorted(mixed) == list(range(6)) and mixed[0] == 1


def test_prefetch_runs_ahead_of_the_program():
    asked = []

    class Asked:
        def __iter__(self):
            for i in range(12):
                asked.append(i)
                yield i

        def __len__(self):
            return 12

    iterator = iter(DataLoader(range(12), batch_size=None, sampler=Asked(), num_workers=2, prefetch_factor=3))
    assert asked == list(range(6))
    next(iterator)
    assert asked == list(range(7)) and list(iterator) == list(range(1, 12))


def test_a_very_long_prefetch_does_not_block():
    assert sum(1 for _ in DataLoader(range(3000), batch_size=None, num_workers=1, prefetch_factor=2500)) == 3000


def test_long_lists_of_indices():
    index = np.random.default_rng(0).integers(0, 10, 120_000)
    (batch,) = DataLoader(ag.arange(10), batch_sampler=[index.tolist()], num_workers=1, collate_fn=len)
    assert batch == 120_000


def test_in_the_worker():
    seen = []

    def note(worker_id):
        seen.append(worker_id)
        random.seed(worker_id)

    class Ask(Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, i):
            info = get_worker_info()
            return info.id, info.num_workers, ag.get_num_threads(), info.dataset is self, list(seen), random.random()

    loader = DataLoader(Ask(), batch_size=None, num_workers=2, worker_init_fn=note, collate_fn=tuple)
    assert list(loader) == [(i, 2, 1, True, [i], random.Random(i).random()) for i in range(2)]
    assert seen == [] and get_worker_info() is None


class Odd(Exception):
    def __init__(self, code, reason):
        super().__init__(code, reason)


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (KeyError("bad sample"), KeyError),
            (ValueError("bad sample"), ValueError),
            (IndexError("bad sample"), IndexError),
            (EOFError("bad sample"), EOFError),
            (NotImplementedError("bad sample"), NotImplementedError),
            (Odd(1, "bad sample"), RuntimeError),
            (UnicodeDecodeError("utf8", b"x", 0, 1, "bad sample"), RuntimeError),
        ],
        ids=lambda value: getattr(value, "__name__", type(value).__name__),
    )
    def test_the_same_type_with_the_traceback_and_the_pass_goes_on(self, error, kind):
        iterator = iter(DataLoader(Fails(error), batch_size=None, num_workers=2))
        assert next(iterator) == 0
        with pytest.raises(kind) as caught:
            next(iterator)
        text = str(caught.value)
        assert text.startswith(f"Caught {type(error).__name__} in DataLoader worker process 1.\nOriginal Traceback (most recent")
        assert "bad sample" in text and "programs.py" in text and "raise self.error" in text
        assert list(iterator) == [2, 3]

    def test_in_worker_init_fn(self):
        with pytest.raises(ZeroDivisionError, match="worker process 0"):
            list(DataLoader(Squares(), num_workers=1, worker_init_fn=lambda i: 1 // i))

    def test_in_the_sampler(self):
        with pytest.raises(KeyError, match="no order"):
            list(DataLoader(Squares(), sampler=(_ for _ in Fails(KeyError("no order"))), num_workers=1))

    def test_a_batch_that_cannot_be_pickled(self):
        with pytest.raises((AttributeError, TypeError), match=r"(?s)pickle.*return tensors"):
            list(DataLoader([lambda: 0], batch_size=None, num_workers=1))

    def test_too_slow(self):
        iterator = iter(DataLoader(Slow(0.6, n=2), batch_size=None, num_workers=1, timeout=0.2))
        with pytest.raises(RuntimeError, match=r"timed out after 0.2 seconds: worker process \d+"):
            next(iterator)

    def test_no_prefetch(self):
        with pytest.raises(AssertionError, match="prefetch_factor"):
            iter(DataLoader(Squares(), num_workers=1, prefetch_factor=0))


class TestDeaths:
    @pytest.mark.parametrize("name", ["SIGKILL", "SIGHUP", "SIGTERM"])
    @pytest.mark.parametrize("in_order", [True, False])
    def test_by_a_signal(self, name, in_order):
        loader = DataLoader(Dies(7, signal=getattr(signal, name)), 2, num_workers=2, in_order=in_order)
        iterator = iter(loader)
        processes, start = pids(iterator), time.monotonic()
        with pytest.raises(RuntimeError, match=rf"DataLoader worker \(pid ({processes[0]}|{processes[1]})\) is killed by signal: .*{name}"):
            list(iterator)
        assert time.monotonic() - start < 2 and all(is_gone(pid, 1) for pid in processes)
        with pytest.raises(RuntimeError, match="begin a new pass"):
            next(iterator)

    def test_by_an_exit_code(self):
        with pytest.raises(RuntimeError, match=r"exited unexpectedly with exit code 3"):
            list(DataLoader(Dies(0, code=3), num_workers=1))

    @pytest.mark.parametrize("persistent", [False, True])
    def test_the_next_epoch_works(self, persistent):
        loader = DataLoader(Squares(100), 2, num_workers=2, persistent_workers=persistent)
        for _ in range(2):
            iterator = iter(loader)
            next(iterator)
            os.kill(pids(iterator)[1], signal.SIGKILL)
            with pytest.raises(RuntimeError, match="SIGKILL"):
                list(iterator)
        assert len(list(loader)) == 50

    def test_of_another_worker_than_the_awaited_one_is_noticed_too(self):
        iterator = iter(DataLoader(Slow(30), batch_size=None, num_workers=2))
        start = time.monotonic()
        os.kill(pids(iterator)[1], signal.SIGKILL)
        with pytest.raises(RuntimeError, match="SIGKILL"):
            next(iterator)
        assert time.monotonic() - start < 2

    @pytest.mark.parametrize("persistent", [False, True])
    def test_a_loader_dropped_half_way_takes_its_workers_along(self, persistent):
        loader = DataLoader(Squares(100), 2, num_workers=2, persistent_workers=persistent)
        iterator = iter(loader)
        next(iterator)
        processes = pids(iterator)
        del iterator
        if persistent:
            assert len(list(loader)) == 50 and pids(loader._pass) == processes
        del loader
        assert all(is_gone(pid) for pid in processes)

    def test_a_pass_is_freed_without_the_garbage_collector(self):
        gc.disable()
        try:
            iterator = iter(DataLoader(Squares(100), 2, num_workers=1))
            (pid,) = pids(iterator)
            del iterator
            assert is_gone(pid)
        finally:
            gc.enable()

    def test_workers_end_with_the_epoch(self):
        iterator = iter(DataLoader(Squares(4), 2, num_workers=2))
        processes = pids(iterator)
        assert len(list(iterator)) == 2 and all(is_gone(pid, 1) for pid in processes)

    def test_stubborn_workers_are_killed(self, monkeypatch):
        from data import pool

        def stubborn(_):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)

        iterator = iter(DataLoader(Slow(60), batch_size=None, num_workers=1, worker_init_fn=stubborn))
        (pid,) = pids(iterator)
        time.sleep(0.2)
        iterator._pool.shut_down(grace=0.1)
        assert is_gone(pid, 1) and pool._GRACE == 5


def test_a_collation_of_ones_own():
    assert list(DataLoader([5, 6, 7], 2, collate_fn=first_of, num_workers=1)) == [5, 7]


def test_several_passes_at_once():
    loader = DataLoader(range(6), 2, num_workers=1)
    one, two = iter(loader), iter(loader)
    assert next(one).tolist() == next(two).tolist() == [0, 1]
    assert [len(one), next(one).tolist(), next(one).tolist(), next(two).tolist()] == [3, [2, 3], [4, 5], [2, 3]]


def test_a_persistent_pass_begins_again():
    loader = DataLoader(range(6), 2, num_workers=2, persistent_workers=True)
    one = iter(loader)
    next(one)
    assert iter(loader) is one and [batch.tolist() for batch in one] == [[0, 1], [2, 3], [4, 5]]
