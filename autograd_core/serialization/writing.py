"""save: everything into one safetensors file, written whole or not at all. Imports structure, sharing, checksums."""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import stat
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save as as_bytes
from safetensors.numpy import save_file

from . import checksums
from .sharing import separate
from .structure import Taker

File = str | os.PathLike[str] | IO[bytes]


class CannotWrite(RuntimeError, OSError):
    """A file that could not be written: PyTorch's RuntimeError and Python's OSError in one."""


def save(obj: Any, f: File, pickle_module: Any = None, pickle_protocol: int | None = None) -> None:
    """Write obj to a path or an open binary file, as safetensors with checksums.

    obj: tensors, arrays, numbers, strings, bytes, None, and dictionaries, lists, tuples and sets of them, as a state_dict is. A
    path is replaced at once and synced to the disk: whatever happens, it is the old file or the new one. Tensors that share
    memory are written once, under the first name that covers it, and share it again after `load`. Nothing is pickled: pickle_module and
    pickle_protocol are there for PyTorch's signature.

    Raises TypeError for what is no data, RuntimeError where the file cannot be written (an OSError too).
    """
    taker = Taker()
    try:
        root = taker.take(obj)
    except RecursionError:
        raise ValueError("save() keeps at most some hundred levels of lists and dictionaries inside each other") from None
    stored, views = separate(taker.arrays)
    notes: dict[str, Any] = {}
    for name, array in stored.items():
        order = dense_order(array)
        stored[name] = array = np.asarray(array, order="C")  # other readers see the tensor's own shape
        notes[name] = {"crc": checksums.of(array)} | ({} if order is None else {"order": order})
    notes |= {name: view._asdict() for name, view in views.items()}
    text = json.dumps({"root": root, "arrays": notes}, separators=(",", ":"))
    metadata = {checksums.KEY: f"{checksums.MARK}{checksums.BLANK} {text}{checksums.END}", "format": "pt"}
    if hasattr(f, "write"):
        into_file(f, stored, metadata)
    elif isinstance(f, (str, os.PathLike)):
        into_path(Path(f), stored, metadata)
    else:
        raise TypeError(f"save() writes to a path or to a file opened with open(path, 'wb'): got {type(f).__name__}")


def dense_order(array: np.ndarray) -> list[int] | None:
    """The order of dimensions in memory of a dense array that is not in C order, as a transposed one; None for any other."""
    if array.flags.c_contiguous or not array.size:
        return None
    order = np.argsort([-s for s in array.strides], kind="stable").tolist()
    return order if array.transpose(order).flags.c_contiguous else None


def into_file(file: Any, arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """Write to an open binary file."""
    data = memoryview(as_bytes(arrays, metadata))
    length = bytes(data[:8])
    end = 8 + int.from_bytes(length, "little")
    write(file, memoryview(length + checksums.sealed(length, bytes(data[8:end]))))
    write(file, data[end:])


def write(file: Any, data: memoryview) -> None:
    """Write all bytes: an unbuffered file may take a part of them at a time. TypeError for a text file."""
    while data.nbytes:
        try:
            taken = file.write(data)
        except TypeError as error:
            raise TypeError(f"save() writes bytes: open the file with open(path, 'wb') ({error})") from None
        data = data[data.nbytes if taken is None else taken :]


def into_path(path: Path, arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """Write a file beside the old one, sync it, and put it in the old one's place; links are followed."""
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise CannotWrite(f"{path} is a directory: name a file in it")
    if not path.parent.is_dir():
        raise CannotWrite(f"Parent directory {path.parent} does not exist: make it first")
    if path.exists() and not os.access(path, os.W_OK):
        raise CannotWrite(f"{path} is read-only: make it writable, or choose another name")
    mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else None
    remove_leftovers(path)
    folder = path.parent / f"{_prefix(path)}{os.getpid()}-{secrets.token_hex(4)}.saving"
    temporary = folder / "file"
    try:
        if mode is None and path.exists():  # a device or a pipe has no other content to protect
            with open(path, "wb") as file:
                into_file(file, arrays, metadata)
            return
        folder.mkdir(0o700)
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        usual = stat.S_IMODE(temporary.stat().st_mode)
        save_file(arrays, str(temporary), metadata)
        os.chmod(temporary, usual if mode is None else mode)  # the library leaves a file that only its owner can read
        with open(temporary, "r+b") as file:
            seal(file)
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    except (OSError, SafetensorError) as error:
        raise CannotWrite(f"{path} could not be written ({error}): what was there before is untouched") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prefix(path: Path) -> str:
    """How the names of the folders begin in which this machine writes a file: the file's own name may leave no room for more."""
    return f".{zlib.crc32(path.name.encode()):08x}-{zlib.crc32(platform.node().encode()):08x}-"


def remove_leftovers(path: Path) -> None:
    """Remove what processes that were killed while they wrote this file left beside it."""
    if os.name != "posix":
        return
    for folder in path.parent.glob(f"{_prefix(path)}*.saving"):
        writer = folder.name.split("-")[2]
        try:
            os.kill(int(writer), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OSError):
            continue  # no name of ours, or somebody else's process


def seal(file: Any) -> None:
    """Write the header's checksum into it."""
    length = file.read(8)
    header = file.read(int.from_bytes(length, "little"))
    file.seek(0)
    file.write(length + checksums.sealed(length, header))
    file.flush()


def sync_folder(folder: Path) -> None:
    """Sync the folder's list of names, where the system has that."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
