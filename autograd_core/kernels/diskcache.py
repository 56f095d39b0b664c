"""Compiled kernels on disk: one checked file per kernel and signature in a private folder.

Imports the standard library; Numba only once a kernel is being compiled. Any trouble here means that the
kernel is compiled without the cache, and is said once on stderr.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pathlib
import pickle
import platform
import shutil
import stat
import sys
import tempfile
import threading
import time
from typing import Any

import numpy as np

_MAGIC = b"autograd_core kernel 1\n"
_KEPT_FOLDERS = 8
_said: set[str] = set()


def say_once(topic: str, text: str) -> None:
    """One line on stderr, the first time that this process has something to say on `topic`."""
    if topic not in _said:
        _said.add(topic)
        print(f"autograd_core: {text}", file=sys.stderr, flush=True)


def cache_root() -> pathlib.Path:
    """AUTOGRAD_CORE_CACHE_DIR, or the user's cache folder of this platform."""
    chosen = os.environ.get("AUTOGRAD_CORE_CACHE_DIR")
    if chosen:
        return pathlib.Path(chosen).expanduser()
    home = pathlib.Path.home()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = str(home / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(home / ".cache")
    return pathlib.Path(base) / "autograd_core"


@functools.cache
def environment_key() -> str:
    """A hash of all that the machine code depends on besides the kernel itself: sources, versions, CPU, options."""
    import llvmlite.binding
    import numba

    parts = [numba.__version__, llvmlite.__version__, np.__version__, sys.version, platform.machine()]
    parts += [llvmlite.binding.get_host_cpu_name(), llvmlite.binding.get_host_cpu_features().flatten()]
    parts.append(str(getattr(numba.config, "USING_SVML", False)))
    parts += sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
    digest = hashlib.sha256("\0".join(parts).encode())
    here = pathlib.Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        digest.update(str(path.relative_to(here)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def _claim(folder: pathlib.Path) -> None:
    """Make `folder` if need be; OSError unless it is a real folder that only this user can write to."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise OSError(f"{folder} is not a plain folder")
    if hasattr(os, "geteuid"):
        if status.st_uid != os.geteuid():
            raise OSError(f"{folder} belongs to another user")
        if status.st_mode & 0o077:
            folder.chmod(0o700)
    tempfile.TemporaryFile(dir=folder).close()


def _prune(root: pathlib.Path) -> None:
    """Drop the folders of older sources and versions beyond the most recent few."""
    folders = sorted(root.glob("kernels-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in folders[_KEPT_FOLDERS:]:
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def cache_folder() -> pathlib.Path | None:
    """The private folder for this version of everything, or None when there is none to be had."""
    try:
        root = cache_root()
        folder = root / f"kernels-{environment_key()}"
        is_new = not folder.exists()
        _claim(folder)
        if is_new:
            _prune(root)
        return folder
    except Exception as error:
        say_once("cache", f"compiling kernels without a disk cache ({error}); AUTOGRAD_CORE_CACHE_DIR can name another folder")
        return None


def read_entry(path: pathlib.Path) -> bytes | None:
    """The payload of an entry, None if there is none; ValueError if it is not whole, OSError if it is not ours."""
    try:
        with open(path, "rb") as file:
            if hasattr(os, "geteuid") and os.fstat(file.fileno()).st_uid != os.geteuid():
                raise OSError(f"{path} belongs to another user")
            data = file.read()
    except FileNotFoundError:
        return None
    head = len(_MAGIC) + 32
    if not data.startswith(_MAGIC) or hashlib.sha256(data[head:]).digest() != data[len(_MAGIC) : head]:
        raise ValueError(f"{path} is damaged")
    return data[head:]


def write_entry(path: pathlib.Path, payload: bytes) -> None:
    """Write an entry so that a reader in any process sees either all of it or none."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + hashlib.sha256(payload).digest() + payload)
        os.replace(temporary, path)
    except BaseException:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise


class _Stopwatch:
    """Seconds spent compiling in this process; speaks up while the first slow compilation is still running."""

    spent = 0.0

    def __init__(self) -> None:
        self.begin = time.perf_counter()
        wait = max(0.0, 1.0 - _Stopwatch.spent)
        self.timer = threading.Timer(wait, say_once, ("compile", "compiling kernels, once"))
        self.timer.daemon = True
        self.timer.start()

    def stop(self) -> None:
        self.timer.cancel()
        _Stopwatch.spent += time.perf_counter() - self.begin


class KernelCache:
    """What a Numba dispatcher asks for compiled code before compiling, and hands it to afterwards.

    Numba's own cache has an index beside its data files, and the two disagree when processes race; here every
    entry is one file with its checksum, named by all that it depends on.
    """

    def __init__(self, name: str, fingerprint: str) -> None:
        self._name = name
        self._fingerprint = fingerprint
        self._watches: list[_Stopwatch] = []

    @property
    def cache_path(self) -> str | None:
        folder = cache_folder()
        return None if folder is None else str(folder)

    def _entry(self, sig: Any) -> pathlib.Path | None:
        folder = cache_folder()
        if folder is None:
            return None
        key = hashlib.sha256(f"{self._fingerprint}\0{sig!r}".encode()).hexdigest()[:32]
        return folder / f"{self._name}-{key}.bin"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        from numba.core import compiler

        target_context.refresh()
        try:
            path = self._entry(sig)
            payload = None if path is None else read_entry(path)
            if payload is not None:
                return compiler.CompileResult._rebuild(target_context, *pickle.loads(payload))
        except Exception as error:
            say_once("cache", f"a kernel in the disk cache cannot be used and is compiled again ({error})")
        self._watches.append(_Stopwatch())
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        from numba.core.serialize import dumps

        if self._watches:
            self._watches.pop().stop()
        try:
            path = self._entry(sig)
            if path is not None and not data.lifted and not data.library.has_dynamic_globals:
                write_entry(path, dumps(data._reduce()))
        except Exception as error:
            say_once("cache", f"a compiled kernel cannot be kept in the disk cache ({error})")

    def enable(self) -> None: ...

    def disable(self) -> None: ...

    def flush(self) -> None: ...
