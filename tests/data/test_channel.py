"""The line between a loader and its workers: objects of every size arrive whole, in order, in memory of their own."""

from __future__ import annotations

import os
import pickle
import socket
import threading

import numpy as np
import pytest

import autograd_core as ag
import nn
from data import channel
from data.channel import Channel


@pytest.fixture(params=["memory files", "socket only"])
def line(request, monkeypatch):
    if request.param == "socket only":
        monkeypatch.setattr(channel, "_MEMORY_FILES", False)
    one, other = (Channel(end) for end in socket.socketpair())
    yield one, other
    one.close()
    other.close()


def send_and_receive(line, value):
    sender = threading.Thread(target=line[0].send, args=(value,))
    sender.start()
    got = line[1].receive(20)
    sender.join()
    return got


def open_files():
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("size", [0, 1, 1000, 4096, 300_000, 3_000_000])
def test_arrays_of_every_size(line, size, rng):
    sent = rng.integers(0, 255, size).astype(np.uint8)
    got = send_and_receive(line, {"a": sent, "t": ag.from_numpy(sent), "n": 3})
    assert got["n"] == 3 and np.array_equal(got["a"], sent) and np.array_equal(got["t"].numpy(), sent)
    got["t"] += 1
    assert np.array_equal(got["a"], sent + 1), "what shared its memory shares it still, and can be written to"


def test_many_messages_in_order_and_both_ways_at_once(line):
    """Each end fills the line before it reads: neither may wait for the other."""
    messages = [(i, np.full(i * 37, i)) for i in range(400)]

    def talk(end, got):
        for message in messages:
            end.send(message)
        got += [end.receive(20) for _ in messages]

    got = [], []
    threads = [threading.Thread(target=talk, args=pair) for pair in zip(line, got, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for heard in got:
        assert [i for i, _ in heard] == list(range(400)) and all((a == i).all() and a.size == i * 37 for i, a in heard)


def test_arrays_are_aligned_and_own_their_memory(line):
    arrays = [np.arange(n, dtype=dtype) for n in (1, 3, 700, 9000) for dtype in ("u1", "f4", "f8", "c16")]
    for sent, got in zip(arrays, send_and_receive(line, arrays), strict=True):
        assert got.flags.aligned and got.flags.writeable and got.dtype == sent.dtype and np.array_equal(got, sent)


@pytest.mark.parametrize("array", [np.zeros((200, 300)).T, np.zeros((400, 300))[::2, ::3], np.array(["a", None], object), np.array("x")])
def test_unusual_arrays(line, array):
    got = send_and_receive(line, array)
    assert np.array_equal(got, array) and got.shape == array.shape and got.dtype == array.dtype


def test_tensors_keep_what_they_are(line):
    parameter, plain = nn.Parameter(ag.ones(3)), ag.ones(2, requires_grad=True)
    one, other, same = send_and_receive(line, [parameter, plain, plain])
    assert isinstance(one, nn.Parameter) and other.requires_grad and other is same
    with pytest.raises(RuntimeError, match="detach"):
        line[0].send(plain * 2)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open files in /proc")
def test_no_file_stays_open(line):
    before = open_files()
    kept = [send_and_receive(line, np.zeros(size, np.uint8)) for size in (100, 100_000, 2_000_000) for _ in range(100)]
    assert open_files() - before <= channel._MAPS
    del kept
    assert open_files() == before


def test_hanging_up(line):
    line[0].send("last words")
    line[0].close()
    assert line[1].receive() == "last words"
    with pytest.raises(EOFError):
        line[1].receive()
    with pytest.raises(EOFError):
        for _ in range(3):
            line[1].send(np.zeros(100_000))


def test_patience(line):
    for timeout in (0, 0.05):
        with pytest.raises(TimeoutError):
            line[0].receive(timeout)


def test_what_cannot_be_pickled_sends_nothing(line):
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        line[0].send([np.zeros(9), lambda: 0])
    line[0].send(1)
    assert line[1].receive(5) == 1
