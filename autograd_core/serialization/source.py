"""The bytes that are read: a file on disk or an open one, never more than it holds. Imports nothing of ours."""

from __future__ import annotations

import io
import mmap
import os
from typing import Any

import numpy as np


class NothingThere(RuntimeError, EOFError):
    """An empty file: PyTorch's EOFError, and the RuntimeError of any other file that is not whole."""


class Source:
    """A seekable file between the position it is given at and its end, positions counted from there.

    Raises TypeError for what is no binary file, FileNotFoundError and IsADirectoryError for a path, NothingThere for an empty file.
    """

    def __init__(self, f: Any, mapped: bool) -> None:
        self.owned = isinstance(f, (str, os.PathLike))
        if self.owned:
            if os.path.isdir(f):
                raise IsADirectoryError(f"load() reads a file: {os.fspath(f)} is a directory")
            self.file: Any = open(f, "rb")  # noqa: SIM115  closed by close()
        elif hasattr(f, "read"):
            self.file = f if hasattr(f, "seek") and hasattr(f, "tell") else io.BytesIO(binary(f.read(), f))
        else:
            raise TypeError(f"load() reads a path or a file opened with open(path, 'rb'): got {type(f).__name__}")
        if mapped and not self.owned:
            raise ValueError("mmap=True reads from a path: got an open file; pass its name, or leave mmap out")
        self.name = os.fspath(f) if self.owned else str(getattr(f, "name", f"the {type(f).__name__}"))
        try:
            self.start = self.file.tell()
            self.size = self.file.seek(0, os.SEEK_END) - self.start
        except OSError:  # a pipe
            self.file = io.BytesIO(binary(self.file.read(), f))
            self.start, self.size = 0, len(self.file.getbuffer())
        if self.size <= 0:
            self.close()
            raise NothingThere(
                f"{self.name} is empty (Ran out of input): the program that wrote it was interrupted, or has not closed it yet"
            )
        self.map = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_COPY) if mapped else None

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self.owned:
            self.file.close()

    def read(self, at: int, count: int) -> bytes:
        """At most `count` bytes from a position. EOFError for one before the beginning."""
        if at < 0:
            raise EOFError(f"bytes before its beginning, at {at}, are needed")
        self.file.seek(self.start + at)
        return binary(self.file.read(max(0, min(count, self.size - at))), self.file)

    def array(self, at: int, count: int) -> np.ndarray:
        """`count` bytes from a position, as an array of its own, or of the mapped memory. EOFError where there are fewer."""
        if at < 0 or count < 0 or at + count > self.size:
            raise EOFError(f"it ends after {self.size} bytes, bytes {at} to {at + count} are needed")
        if self.map is not None:
            return np.frombuffer(self.map, np.uint8, count, at)
        out = np.empty(count, np.uint8)
        self.file.seek(self.start + at)
        done = 0
        while done < count:
            some = self.fill(out.data[done:])
            if not some:
                raise EOFError(f"it ended {count - done} bytes early while it was read")
            done += some
        return out

    def fill(self, view: memoryview) -> int:
        """Read into memory: how many bytes came."""
        if hasattr(self.file, "readinto"):
            return int(self.file.readinto(view) or 0)
        data = self.file.read(len(view))
        view[: len(data)] = data
        return len(data)


def binary(data: Any, file: Any) -> bytes:
    """The bytes that a file gave. TypeError for text."""
    if not isinstance(data, bytes):
        raise TypeError(f"load() needs bytes: {getattr(file, 'name', file)} gives {type(data).__name__}; open it with open(path, 'rb')")
    return data
