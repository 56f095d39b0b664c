"""Workers and programs that are killed, interrupted and forked at bad moments: always an error in time, never a hang or a leftover."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from data import DataLoader, TensorDataset

from .programs import Slow, Squares
from .test_workers import is_gone, pids

ROOT = Path(__file__).resolve().parents[2]
SLOW = pytest.mark.slow
pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="looks into /proc")

PROGRAM = """
import signal, sys, time
from data import DataLoader
from tests.data.programs import Slow
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts the tests in the background has it ignored
if __name__ == "__main__":
    method, seconds = sys.argv[1], float(sys.argv[2])
    iterator = iter(DataLoader(Slow(seconds), 2, num_workers=2, multiprocessing_context=method))
    if seconds < 1:
        next(iterator)
    print(*(worker.process.pid for worker in iterator._pool.workers), flush=True)
    {end}
"""


def start(tmp_path, end, method="fork", seconds=0.01):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.replace("{end}", end))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", str(path), method, str(seconds)]
    program = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    workers = [int(pid) for pid in program.stdout.readline().split()]
    if len(workers) != 2:
        pytest.fail(program.communicate(timeout=20)[1])
    return program, workers


def finish(program):
    with program:
        return program.communicate(timeout=20)[1]


def open_files():
    return sorted(os.listdir("/proc/self/fd"))


def shared_memory():
    return set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set()


METHODS = ["fork", pytest.param("spawn", marks=SLOW), pytest.param("forkserver", marks=SLOW)]


class TestTheProgramEnds:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("seconds", [pytest.param(0.01, marks=SLOW), 60], ids=["between batches", "in a sample that takes a minute"])
    def test_killed(self, tmp_path, method, seconds):
        program, workers = start(tmp_path, "time.sleep(60)", method, seconds)
        program.kill()
        patience = 3 if method == "fork" else 20  # the others may still be importing
        assert all(is_gone(pid, patience) for pid in workers)
        finish(program)

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("everyone", [True, pytest.param(False, marks=SLOW)], ids=["to all", "to the program alone"])
    def test_interrupted(self, tmp_path, method, everyone):
        program, workers = start(tmp_path, "[None for _ in iterator]", method)
        time.sleep(0.1)
        (os.killpg if everyone else os.kill)(program.pid, signal.SIGINT)
        said = finish(program)
        assert said.count("Traceback") == 1 and said.rstrip().endswith("KeyboardInterrupt"), said
        assert program.returncode != 0 and all(is_gone(pid, 3) for pid in workers)

    @pytest.mark.parametrize(
        "end", ["pass", *(pytest.param(end, marks=SLOW) for end in ("sys.exit(0)", "keep = iterator", "del iterator"))]
    )
    def test_half_way(self, tmp_path, end):
        program, workers = start(tmp_path, end)
        assert finish(program) == "" and program.returncode == 0 and all(is_gone(pid, 3) for pid in workers)

    @SLOW
    def test_by_an_exception_that_holds_the_pass(self, tmp_path):
        program, workers = start(tmp_path, "raise ValueError('of the program')")
        said = finish(program)
        assert said.rstrip().endswith("ValueError: of the program") and all(is_gone(pid, 3) for pid in workers)


def trial(rng, loader):
    """Kill a worker at a random moment; either all batches came before, or there is an error in time."""
    iterator = iter(loader)
    workers = pids(iterator)
    victim, moment = rng.choice(workers), rng.random() * 0.02
    timer = threading.Timer(moment, lambda: os.kill(victim, signal.SIGKILL))
    timer.start()
    begin = time.monotonic()
    try:
        seen = [int(i) for batch in iterator for i in batch[0]]
        assert seen == list(range(loader.dataset.n))
    except RuntimeError as error:
        assert f"pid {victim}" in str(error) and "SIGKILL" in str(error)
    except ProcessLookupError:
        pass
    finally:
        timer.cancel()
        timer.join()
    assert time.monotonic() - begin < 2.5
    del iterator
    assert all(is_gone(pid, 2) for pid in workers)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the victim may be gone already
@pytest.mark.parametrize(("rounds", "method"), [(12, "fork"), pytest.param(150, "fork", marks=SLOW), pytest.param(10, "spawn", marks=SLOW)])
def test_killed_at_random(rounds, method, seed):
    rng = random.Random(seed)
    ag.rand(300, 300) @ ag.rand(300, 300)
    before, files = shared_memory(), None
    for _ in range(rounds):
        options = {"num_workers": rng.choice([1, 2]), "prefetch_factor": rng.choice([1, 3]), "in_order": True}
        trial(rng, DataLoader(Slow(0.001, n=16), 2, multiprocessing_context=method, **options))
        files = files or open_files()
    assert shared_memory() <= before and len(open_files()) <= len(files) + 1


def test_stopped_is_not_dead_and_times_out():
    iterator = iter(DataLoader(Slow(0.01), 1, num_workers=1, timeout=0.5))
    next(iterator)
    (pid,) = pids(iterator)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(RuntimeError, match=r"timed out after 0\.5"):
        for _ in iterator:
            pass
    os.kill(pid, signal.SIGCONT)
    assert int(next(iterator)[0]) > 0
    os.kill(pid, signal.SIGSTOP)
    iterator._pool.shut_down(grace=0.1)
    assert is_gone(pid, 2)


def test_workers_start_while_kernels_run_in_threads(recwarn):
    """A fork amid threads of ours: no warning, no deadlock, right values. (OpenBLAS's own threads do not stand a fork amid a product.)"""
    stop = threading.Event()
    x = ag.rand(300_000)
    expected = x.exp().tanh().tolist()
    wrong = []

    def work():
        while not stop.is_set():
            ag.rand(1000)
            np.random.rand(1000)
            if x.exp().tanh().tolist() != expected:
                wrong.append(1)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(6):
            loader = DataLoader(
                TensorDataset(ag.arange(20)), 5, num_workers=2, collate_fn=lambda rows: (x[: len(rows)] * 0 + 1).exp().tanh()
            )
            assert [len(batch) for batch in loader] == [5] * 4
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not wrong and not [w for w in recwarn if "fork" in str(w.message)]


def test_loaders_in_several_threads():
    results = {}

    def read(i):
        results[i] = [batch[0].tolist() for batch in DataLoader(Squares(20), 5, num_workers=1)]

    threads = [threading.Thread(target=read, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 4 and all(rows == results[0] and len(rows) == 4 for rows in results.values())


def test_a_pass_begun_in_a_thread_that_ends_lives_on():
    made = []
    thread = threading.Thread(target=lambda: made.append(iter(DataLoader(Squares(40), 4, num_workers=2))))
    thread.start()
    thread.join()
    time.sleep(0.1)
    assert len(list(made[0])) == 10


def test_a_forked_child_leaves_the_loader_alone():
    iterator = iter(DataLoader(Squares(40), 4, num_workers=2))
    next(iterator)
    child = os.fork()
    if child == 0:
        del iterator
        os._exit(0)
    os.waitpid(child, 0)
    assert len(list(iterator)) == 9


def test_no_memory_for_a_batch_is_an_error(monkeypatch):
    """Where the memory file cannot grow the bytes take the socket."""
    from data import channel

    monkeypatch.setattr(channel.os, "pwrite", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    x = ag.rand(4, 100_000)
    rows = [batch for (batch,) in DataLoader(TensorDataset(x), 1, num_workers=1)]
    assert np.array_equal(ag.cat(rows).numpy(), x.numpy())
