"""PyTorch's checkpoints: the zip archives of 1.6 and later, and the streams before them. Imports archive, unpickler, torch_table."""

from __future__ import annotations

import io
from pickle import UnpicklingError
from typing import Any

import numpy as np

from .archive import Archive
from .elements import say_what_was_widened
from .source import Source
from .tensor_file import Damaged
from .torch_table import REFUSALS, TABLE, Storages
from .unpickler import Unpickler

MAGIC = 0x1950A86A20F9469CFC6C
STREAM = b"\x80\x02\x8a\x0a" + MAGIC.to_bytes(10, "little") + b"."
ADVICE = (
    "Nothing in the file was executed. If you trust it, load it with PyTorch, save what you need as a state_dict of tensors, and load "
    "that; if you do not, delete it"
)


def refused(name: str, error: UnpicklingError) -> UnpicklingError:
    """The error, with the file's name and what to do."""
    return UnpicklingError(f"{name} was refused: {error}. {ADVICE}")


def archived(archive: Archive, pickled: str) -> Any:
    """The object of a zip archive whose member `pickled` is the pickle."""
    root = pickled.removesuffix("data.pkl")
    if f"{root}constants.pkl" in archive.members:
        raise archive.damaged("a TorchScript program, not weights: save the module's state_dict() in PyTorch")
    order = bytes(archive.array(f"{root}byteorder")) if f"{root}byteorder" in archive.members else b"little"
    if order not in (b"little", b"big"):
        raise archive.damaged(f"an archive in byte order {order[:20]!r}: it is damaged")
    storages = Storages(lambda key, size: archive.array(f"{root}data/{key}"), order == b"big")
    pickle = bytes(archive.array(pickled))
    try:
        out = Unpickler(TABLE, storages, REFUSALS).load(io.BytesIO(pickle), len(pickle))
    except UnpicklingError as error:
        raise refused(archive.source.name, error) from None
    say_what_was_widened(storages.widened(), archive.source.name)
    return out


def streamed(source: Source) -> Any:
    """The object of a stream: a number, a version, the sizes of C's types, the pickle, and the storages one after the other."""
    file, end = source.file, source.start + source.size
    file.seek(source.start)
    waiting: dict[str, np.ndarray] = {}
    room = source.size

    def raw(key: str, size: int) -> np.ndarray:
        nonlocal room
        room -= size
        if room < 0:
            raise UnpicklingError(f"storages of more bytes than the file's {source.size}")
        waiting[key] = np.zeros(size, np.uint8)
        return waiting[key]

    def part(stored: Any) -> Any:
        return Unpickler(TABLE, stored, REFUSALS).load(file, end)

    def none(pid: Any) -> Any:
        raise UnpicklingError("a reference to a storage where none can be")

    # the storages follow the pickle that cuts tensors from them: it is read once for their sizes and once more when they are there
    try:
        if part(none) != MAGIC or part(none) != 1001:
            raise UnpicklingError("another version of the format")
        system = part(none)
        at = file.tell()
        part(Storages(raw))
        keys = part(none)
        fill(source, keys, waiting)
        after = file.tell()
        file.seek(at)
        storages = Storages(lambda key, size: waiting[key], isinstance(system, dict) and system.get("little_endian") is False)
        out = part(storages)
        file.seek(after)
    except UnpicklingError as error:
        raise refused(source.name, error) from None
    say_what_was_widened(storages.widened(), source.name)
    return out


def fill(source: Source, keys: Any, waiting: dict[str, np.ndarray]) -> None:
    """Read the storages of a stream, each behind the number of its elements."""
    if not isinstance(keys, list) or {str(key) for key in keys} != set(waiting) or len(keys) != len(waiting):
        raise UnpicklingError("a list of storages that is not that of the tensors")
    at = source.file.tell() - source.start
    for key in keys:
        count = int.from_bytes(source.read(at, 8), "little")
        storage = waiting[key]
        if count > storage.size or (storage.size and (not count or storage.size % count)):
            raise UnpicklingError(f"storage {key} of {storage.size} bytes has {count} elements")
        try:
            storage[...] = source.array(at + 8, storage.size)
        except EOFError as error:
            raise Damaged(f"{source.name} is a truncated checkpoint: {error}; take another copy") from None
        at += 8 + storage.size
    source.file.seek(source.start + at)
