"""A line between two processes that carries whole Python objects; large arrays travel outside the pickle, in anonymous memory.

Neither end blocks the other: an end that cannot write reads meanwhile. Anonymous memory (Linux's memfd) has no name, so nothing
is left in /dev/shm whoever is killed when; elsewhere the bytes go through the socket. Imports autograd_core and NumPy.
"""

from __future__ import annotations

import io
import mmap
import os
import pickle
import selectors
import socket
import struct
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd_core as ag

_HEAD = struct.Struct("<QQ")  # bytes in the stream, bytes in the memory file that comes along (0: none)
_COUNT = struct.Struct("<Q")
_ALIGN = 64
_INLINE = 16 << 10  # below, a file costs more than a copy through the socket: 21 µs against 8 at 4 kB, 25 against 29 at 32 kB
_MAP_FROM = 1 << 20  # reading copies 5 GB/s, mapping costs a tenth of that, and holds a file descriptor
_MAPS = 64  # so many mappings at most: a program that keeps all batches keeps its file descriptors too
_TICK = 0.5  # seconds between two looks at whether the other side still lives
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # needs no file descriptor of its own
_MEMORY_FILES = hasattr(os, "memfd_create") and hasattr(socket, "SCM_RIGHTS")
_CONTROL = socket.CMSG_SPACE(8 * struct.calcsize("i")) if _MEMORY_FILES else 0

_maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
_parent_ends: weakref.WeakSet[Channel] = weakref.WeakSet()


def _tensor_from(array: np.ndarray, requires_grad: bool) -> ag.Tensor:
    return ag.from_numpy(array).requires_grad_(requires_grad)


class _Pickler(pickle.Pickler):
    """Plain tensors without the copy that their own pickling makes."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, ag.Tensor):
            return NotImplemented
        if value.requires_grad and not value.is_leaf:
            raise RuntimeError(
                f"a tensor of shape {tuple(value.shape)} with a history (grad_fn={value.grad_fn}) cannot leave its worker process: "
                "the history would be lost; return x.detach() from the dataset or the collate_fn"
            )
        if type(value) is not ag.Tensor or value.__dict__:
            return NotImplemented
        return _tensor_from, (value.array, value.requires_grad)


def pack(value: Any) -> list[memoryview]:
    """The pickle of ``value`` and, apart from it, the memory of its arrays."""
    stream = io.BytesIO()
    buffers: list[pickle.PickleBuffer] = []
    _Pickler(stream, protocol=5, buffer_callback=buffers.append).dump(value)
    return [stream.getbuffer(), *(buffer.raw() for buffer in buffers)]


def _layout(sizes: Sequence[int]) -> tuple[bytes, list[int], int]:
    """The table of sizes that opens a message, where its parts start, and its length."""
    table = _COUNT.pack(len(sizes)) + b"".join(_COUNT.pack(size) for size in sizes)
    starts, end = [], len(table)
    for size in sizes:
        start = -(-end // _ALIGN) * _ALIGN
        starts.append(start)
        end = start + size
    return table, starts, end


def unpack(message: Any) -> Any:
    """The object in a message; its arrays lie in the message's own memory."""
    view = memoryview(message)
    (count,) = _COUNT.unpack_from(view)
    sizes = [_COUNT.unpack_from(view, _COUNT.size * (i + 1))[0] for i in range(count)]
    _, starts, _ = _layout(sizes)
    parts = [view[start : start + size] for start, size in zip(starts, sizes, strict=True)]
    return pickle.loads(parts[0], buffers=parts[1:])


def _memory_file(table: bytes, starts: Sequence[int], parts: Sequence[memoryview], total: int) -> int | None:
    """A file in memory that holds a message; None where there is none to be had."""
    if not _MEMORY_FILES or total <= _INLINE:
        return None
    try:
        file = os.memfd_create("batch", os.MFD_CLOEXEC)
    except OSError:
        return None
    try:
        # Written, not mapped: where memory runs out a write raises, and a store kills the process.
        for start, part in ((0, memoryview(table)), *zip(starts, parts, strict=True)):
            while len(part):
                done = os.pwrite(file, part, start)
                start, part = start + done, part[done:]
        if os.fstat(file).st_size < total:
            os.ftruncate(file, total)
    except OSError:
        os.close(file)
        return None
    return file


def _contents(file: int, size: int) -> Any:
    """The bytes of a memory file, mapped where they are many, else copied. Closes the file."""
    try:
        if size >= _MAP_FROM and len(_maps) < _MAPS:
            try:
                mapped = mmap.mmap(file, size, flags=mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0))
            except OSError:
                pass
            else:
                _maps.add(mapped)
                return mapped
        content = np.empty(size, dtype=np.uint8)
        done = 0
        while done < size:
            done += os.preadv(file, [content.data[done:]], done)
        return content
    finally:
        os.close(file)


class Channel:
    """One end of the line.

    ``check`` is called twice a second while this end waits; it raises when the other side is gone although the line still stands
    (another process may have inherited its end). The end that a loader keeps sets ``of_parent``: forked children close it.
    """

    def __init__(self, end: socket.socket, of_parent: bool = False) -> None:
        end.setblocking(False)
        self._socket = end
        self._selector = _Selector()
        self._selector.register(end, selectors.EVENT_READ)
        self._files: deque[int] = deque()
        self._arrived: deque[Any] = deque()
        self._head: tuple[int, int] | None = None
        self._expect(_HEAD.size)
        self.check: Callable[[], None] | None = None
        if of_parent:
            _parent_ends.add(self)

    def fileno(self) -> int:
        """The socket's file descriptor, to wait on several lines at once."""
        return self._socket.fileno()

    @property
    def pending(self) -> bool:
        """Whether a message is here already."""
        return bool(self._arrived)

    def close(self) -> None:
        """Hang up: the other end reads an EOFError after what was sent."""
        self._selector.close()
        self._socket.close()
        while self._files:
            os.close(self._files.popleft())

    def send(self, value: Any) -> None:
        """Send an object.

        Raises:
            EOFError: the other side hung up.
            Exception: whatever pickling ``value`` raises; nothing has been sent then.
        """
        parts = pack(value)
        table, starts, total = _layout([part.nbytes for part in parts])
        file = _memory_file(table, starts, parts, total)
        if file is not None:
            try:
                self._write(_HEAD.pack(0, total), file)
            finally:
                os.close(file)
            return
        message = bytearray(_HEAD.size + total)
        _HEAD.pack_into(message, 0, total, 0)
        message[_HEAD.size : _HEAD.size + len(table)] = table
        for start, part in zip(starts, parts, strict=True):
            message[_HEAD.size + start : _HEAD.size + start + part.nbytes] = part
        self._write(message, None)

    def _write(self, message: bytes | bytearray, file: int | None) -> None:
        view = memoryview(message)
        rights = [] if file is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", file))]
        while len(view):
            try:
                done = self._socket.sendmsg([view], rights) if rights else self._socket.send(view)
            except (BlockingIOError, InterruptedError):
                self._wait(_TICK, writing=True)
                if self.check is not None:
                    self.check()
                continue
            except OSError as error:
                raise EOFError("the other side hung up") from error
            view, rights = view[done:], []

    def receive(self, timeout: float | None = None) -> Any:
        """The next object.

        Raises:
            EOFError: the other side hung up.
            TimeoutError: nothing came within ``timeout`` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._arrived:
            left = _TICK if deadline is None else min(_TICK, deadline - time.monotonic())
            if left < 0 and timeout:
                raise TimeoutError(f"nothing came within {timeout} seconds")
            if self._wait(max(left, 0), writing=False):
                continue
            if timeout == 0:
                raise TimeoutError("nothing is here")
            if self.check is not None:
                self.check()
        return unpack(self._arrived.popleft())

    def _wait(self, seconds: float, writing: bool) -> bool:
        """Wait until something can be done, and read what there is to read; whether that was anything."""
        if writing:
            self._selector.modify(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
        try:
            ready = self._selector.select(seconds)
        finally:
            if writing:
                self._selector.modify(self._socket, selectors.EVENT_READ)
        if ready and ready[0][1] & selectors.EVENT_READ:
            self._read()
        return bool(ready)

    def _expect(self, size: int) -> None:
        self._buffer = np.empty(size, dtype=np.uint8)
        self._missing = self._buffer.data

    def _read(self) -> None:
        """Take what the socket has, up to the end of a head or of a message."""
        try:
            if _MEMORY_FILES:
                done, rights, _, _ = self._socket.recvmsg_into([self._missing], _CONTROL, getattr(socket, "MSG_CMSG_CLOEXEC", 0))
                for level, kind, content in rights:
                    if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                        self._files.extend(struct.unpack(f"{len(content) // 4}i", content[: len(content) // 4 * 4]))
            else:
                done = self._socket.recv_into(self._missing)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            raise EOFError("the other side hung up") from error
        if not done:
            raise EOFError("the other side hung up")
        self._missing = self._missing[done:]
        if not len(self._missing):
            self._complete()

    def _complete(self) -> None:
        if self._head is None:
            inline, filed = _HEAD.unpack(self._buffer.data)
            if filed:
                self._arrived.append(_contents(self._files.popleft(), filed))
                self._expect(_HEAD.size)
            else:
                self._head = (inline, filed)
                self._expect(inline)
            return
        self._arrived.append(self._buffer)
        self._head = None
        self._expect(_HEAD.size)


def _close_inherited() -> None:
    """In a forked child: the loaders' ends of all lines belong to the parent, whose death the workers must notice."""
    for channel in list(_parent_ends):
        channel.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_inherited)
