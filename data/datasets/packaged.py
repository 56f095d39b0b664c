"""The real data inside the package: ``data/_files``, whose SOURCES.md says where each file comes from. Imports NumPy only."""

from __future__ import annotations

import gzip
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np

PACKAGED = Path(__file__).resolve().parent.parent / "_files"

_told: set[str] = set()


def arrays(name: str, *keys: str) -> list[np.ndarray]:
    """The arrays called ``keys`` of a packaged .npz file.

    Raises:
        RuntimeError: the file is missing or damaged.
    """
    try:
        # Opened here, because np.load leaves a file open when it is no archive.
        with open(PACKAGED / name, "rb") as file, np.load(file, allow_pickle=False) as found:
            return [found[key] for key in keys]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise RuntimeError(f"the packaged {name} is damaged ({error}): install the package again") from error


def text(name: str) -> str:
    """The text of a packaged .gz file. RuntimeError where it is missing or damaged."""
    try:
        with gzip.open(PACKAGED / name, "rt", encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise RuntimeError(f"the packaged {name} is damaged ({error}): install the package again") from error


def table(name: str) -> list[list[str]]:
    """The rows of a packaged tab-separated file without its first line, which is a heading."""
    return [line.split("\t") for line in text(name).rstrip("\n").split("\n")[1:]]


def say_once(topic: str, message: str, stacklevel: int = 3) -> None:
    """Warn, the first time that a topic comes up."""
    if topic not in _told:
        _told.add(topic)
        warnings.warn(message, stacklevel=stacklevel + 1)
