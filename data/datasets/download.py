"""Files from mirrors: checked against an MD5 sum and put in place only when whole. Imports the standard library only."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import os
import secrets
import shutil
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

TIMEOUT = 10.0  # seconds of silence after which a mirror counts as down


class DownloadError(RuntimeError):
    """No mirror gave the file; the message lists what each one said."""


@contextlib.contextmanager
def _put_in_place(target: Path) -> Iterator[IO[bytes]]:
    """A temporary file beside ``target`` that replaces it when the block ends well, and vanishes when it does not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with open(part, "xb") as file:
            yield file
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def md5_of(path: Path) -> str:
    """The MD5 sum of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _fetch_from(url: str, target: Path, md5: str) -> None:
    """Raises OSError, HTTPException or ValueError, and leaves nothing behind, unless the whole right file is at ``target``."""
    digest = hashlib.md5(usedforsecurity=False)
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response, _put_in_place(target) as file:
        while chunk := response.read(1 << 16):
            digest.update(chunk)
            file.write(chunk)
        if digest.hexdigest() != md5:
            raise ValueError(f"its MD5 sum is {digest.hexdigest()}, expected {md5}")


def fetch(name: str, mirrors: Sequence[str], folder: Path, md5: str) -> Path:
    """``folder/name``, from the first mirror that gives it with the right MD5 sum; a good file that is there already is kept.

    Raises:
        DownloadError: every mirror failed.
    """
    target = folder / name
    if target.is_file() and md5_of(target) == md5:
        return target
    said = []
    for mirror in mirrors:
        try:
            _fetch_from(mirror + name, target, md5)
            return target
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            said.append(f"{mirror}{name}: {reason}")
    raise DownloadError("no mirror gave " + name + "\n  " + "\n  ".join(said))


def unpack(archive: Path) -> Path:
    """Decompress ``x.gz`` to ``x`` beside it.

    Raises:
        DownloadError: the archive is damaged.
    """
    target = archive.with_suffix("")
    try:
        with gzip.open(archive, "rb") as source, _put_in_place(target) as file:
            shutil.copyfileobj(source, file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DownloadError(f"{archive} is damaged ({error}): delete it and try again") from error
    return target


def unpack_members(archive: Path, members: Mapping[str, str], folder: Path) -> None:
    """Put the named files of a ``.tar.gz`` archive under ``folder``, each checked against its MD5 sum; nothing else is unpacked.

    Raises:
        DownloadError: the archive is damaged or lacks one of them.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for name, md5 in members.items():
                source = tar.extractfile(name)
                if source is None:
                    raise KeyError(name)
                with source, _put_in_place(folder / name) as file:
                    digest = hashlib.md5(usedforsecurity=False)
                    while chunk := source.read(1 << 16):
                        digest.update(chunk)
                        file.write(chunk)
                    if digest.hexdigest() != md5:
                        raise ValueError(f"the MD5 sum of {name} is {digest.hexdigest()}, expected {md5}")
    except (EOFError, KeyError, OSError, ValueError, tarfile.TarError, zlib.error) as error:
        raise DownloadError(f"{archive} is damaged ({error}): delete it and try again") from error
