"""The IDX file format of MNIST and its kin: two zero bytes, a type byte, the number of dimensions, big-endian sizes, values.

Reads plain and gzip files; imports NumPy only. Nothing is allocated on the word of a header before the bytes are there.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import IO

import numpy as np

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
Source = IO[bytes] | gzip.GzipFile
_CHUNK = 1 << 20


def _malformed(path: Path, found: str, expected: str) -> ValueError:
    return ValueError(f"{path} is not a sound IDX file: {found}, expected {expected}. Delete it and fetch it again")


def _take(file: Source, count: int) -> bytes:
    """Up to ``count`` bytes, read in pieces."""
    parts, left = [], count
    while left > 0 and (part := file.read(min(left, _CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _parse(file: Source, path: Path) -> np.ndarray:
    head = _take(file, 4)
    if len(head) < 4:
        raise _malformed(path, f"it ends after {len(head)} bytes", "a magic number of 4 bytes")
    if head[:2] != b"\0\0" or head[2] not in TYPES:
        known = ", ".join(f"{code:02x}" for code in TYPES)
        raise _malformed(path, f"magic number {head.hex()}", f"0000, one of {known}, and the number of dimensions")
    sizes = _take(file, 4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise _malformed(path, f"it ends within the sizes of {head[3]} dimensions", f"{4 * head[3]} bytes of sizes")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    if len(shape) > 32:
        raise _malformed(path, f"{len(shape)} dimensions", "at most 32")
    kind = np.dtype(TYPES[head[2]])
    wanted = math.prod(shape) * kind.itemsize
    values = _take(file, wanted + 1)
    if len(values) != wanted:
        found = f"{len(values)} bytes of values" if len(values) < wanted else "more bytes of values"
        raise _malformed(path, f"{found} after the header", f"{wanted} for shape {shape} of {kind.name}")
    return np.frombuffer(bytearray(values), kind).reshape(shape).astype(kind.newbyteorder("="), copy=False)


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """The array in an IDX file; a name that ends in ``.gz`` is decompressed.

    Raises:
        ValueError: a file that is truncated, too long, damaged or of another format. It names the file and what is wrong.
        OSError: a file that cannot be opened.
    """
    path = Path(path)
    if path.suffix != ".gz":
        with open(path, "rb") as file:
            return _parse(file, path)
    try:
        with gzip.open(path, "rb") as file:
            return _parse(file, path)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _malformed(path, f"gzip says {error}", "an undamaged gzip file") from error
