"""The members of a zip archive, read where they lie and never extracted. Imports source.

Python's `zipfile` reads the list of members only: their bytes are read here, which is as fast as the disk and can be mapped.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import Any

import numpy as np

from .source import Source
from .tensor_file import Damaged

HIGHEST_RATIO = 1100  # DEFLATE itself cannot pass 1032 : 1


class Archive:
    """A zip file's members by name. Damaged for one that is broken, encrypted, or lies about its sizes."""

    def __init__(self, source: Source) -> None:
        self.source = source
        try:
            source.file.seek(source.start)
            self.zip = zipfile.ZipFile(source.file)
            self.members = {info.filename: info for info in self.zip.infolist()}
        except (
            zipfile.BadZipFile,
            ValueError,
            ArithmeticError,
            LookupError,
            NotImplementedError,
            OSError,
            EOFError,
            RuntimeError,
        ) as error:
            raise self.damaged(f"no whole zip archive ({error}): it is truncated or damaged; take another copy") from None
        if len(self.members) != len(self.zip.infolist()):
            raise self.damaged("a zip archive that holds a name twice")
        if sum(info.compress_size for info in self.members.values()) > source.size:
            raise self.damaged("a zip archive whose members are larger than the file: it is made to deceive, or damaged")
        # torch.serialization.set_crc32_options(False) writes zeros
        self.checked = any(info.CRC for info in self.members.values())

    def damaged(self, what: str) -> Damaged:
        """The error, with the file's name."""
        return Damaged(f"{self.source.name} is {what}")

    def open(self, name: str) -> tuple[Any, int]:
        """(a member as a stream of its unpacked bytes, their number). The checksum is compared where the stream ends."""
        info = self.members[name]
        if info.file_size > HIGHEST_RATIO * info.compress_size or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.damaged(f"a zip archive whose member {name!r} would unpack {info.compress_size} bytes to {info.file_size}")
        return self.zip.open(info), info.file_size

    def array(self, name: str) -> np.ndarray:
        """The bytes of a stored member. Damaged for a packed one, and where the checksum differs."""
        info = self.members.get(name)
        if info is None:
            raise self.damaged(f"an archive without {name!r}: it is damaged")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.flag_bits & 1:
            raise self.damaged(
                f"an archive whose member {name!r} is packed or encrypted, as PyTorch never writes it: unzip and zip it with -0"
            )
        try:
            begin = info.header_offset - self.source.start
            local = self.source.read(begin, 30)
            if local[:4] != b"PK\x03\x04" or len(local) < 30:
                raise EOFError("no member begins where the list says")
            at = begin + 30 + int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
            out = self.source.array(at, info.file_size)
        except EOFError as error:
            raise self.damaged(f"a damaged archive, member {name!r}: {error}") from None
        if self.checked and zlib.crc32(out.data) != info.CRC:
            raise self.damaged(f"a damaged archive: the bytes of member {name!r} are not those that were saved; take another copy")
        return out
