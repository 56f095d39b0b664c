"""CRC-32 of every tensor and of the header: a flipped bit anywhere in a file is found, and named. Imports nothing of ours.

CRC-32 finds every change of up to 32 neighbouring bits and takes 36 ms for 100 MB (SHA-256 160, BLAKE2b 310; to write and sync
them takes 160 in all, to read them 110). It guards against accidents, not against a forger.
"""

from __future__ import annotations

import zlib

import numpy as np

KEY = "autograd_core"
MARK = "autograd_core.2 "
BLANK = "0" * 8
END = " end of autograd_core.2"
# A header with any of the three is ours: damage in one place cannot remove them all and so turn the checks off.
_OPENING = f'"{KEY}":"'.encode()
_MARK = MARK.encode()
_FIRST = b'{"__metadata__":{'
FORMAT = b'"format":"pt"'  # Hugging Face's loaders open no file without it


def of(array: np.ndarray) -> str:
    """The checksum of the bytes of a C-contiguous array, as 8 hexadecimal digits."""
    return f"{zlib.crc32(array.reshape(-1).view(np.uint8).data) if array.nbytes else 0:08x}"


def seal_at(header: bytes) -> int | None:
    """Where in a header its own checksum stands; None in a file that is not ours. ValueError where that cannot be told."""
    found = header.find(_OPENING)
    if found >= 0:
        return found + len(_OPENING) + len(_MARK)
    found = header.find(_MARK)
    if found < 0 and END.encode() in header:
        raise ValueError("its header has lost the mark of the format")
    return found + len(_MARK) if found >= 0 else None


def seal(length: bytes, header: bytes, at: int) -> bytes:
    """The checksum of the length field and the header, taken with blanks where it will stand itself."""
    blank = header[:at] + BLANK.encode() + header[at + len(BLANK) :]
    return f"{zlib.crc32(blank, zlib.crc32(length)):08x}".encode()


def sealed(length: bytes, header: bytes) -> bytes:
    """The header with its checksum written in, and its metadata in one order: the library's differs from process to process."""
    if header.startswith(_FIRST + _OPENING) and b"," + FORMAT + b"}" in header:
        header = _FIRST + FORMAT + b"," + header.removeprefix(_FIRST).replace(b"," + FORMAT + b"}", b"}", 1)
    at = seal_at(header)
    assert at is not None
    return header[:at] + seal(length, header, at) + header[at + len(BLANK) :]
