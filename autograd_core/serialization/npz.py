"""NumPy's .npy and .npz as tensors. Pickled objects in them are refused. Imports archive, elements."""

from __future__ import annotations

import ast
import io
import math
import zipfile
import zlib
from typing import Any

import numpy as np

from ..tensor import wrap
from .archive import Archive
from .elements import WIDER, say_what_was_widened, widened
from .numpy_table import PLAIN
from .source import Source
from .tensor_file import Damaged

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000  # bytes: NumPy's own limit for files that are not trusted


WRONG = (ValueError, TypeError, SyntaxError, EOFError, OverflowError, RecursionError, MemoryError)  # what a header can raise


def header_of(stream: Any) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    """(shape, whether in Fortran's order, type, where the elements begin) of an .npy file. ValueError for any other."""
    begin = stream.read(10)
    if begin[:6] != MAGIC or begin[6:8] not in (b"\x01\x00", b"\x02\x00"):
        raise ValueError(f"it begins with {begin[:8]!r}")
    more = stream.read(2) if begin[6] == 2 else b""
    length = int.from_bytes(begin[8:] + more, "little")
    if length > LONGEST_HEADER:
        raise ValueError(f"a header of {length} bytes")
    header = ast.literal_eval(stream.read(length).decode("latin1").strip())
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise ValueError(f"its header is {str(header)[:60]}")
    shape, code = header["shape"], header["descr"]
    if not isinstance(code, str) or not PLAIN.fullmatch(code):
        raise ValueError(f"it holds {str(code)[:40]!r}: pickled objects and records are not read; save arrays of numbers")
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"its shape is {str(shape)[:40]}")
    return shape, header["fortran_order"] is True, np.dtype(code), 10 + len(more) + length


def array_of(stream: Any, size: int) -> np.ndarray:
    """The array of an .npy file of `size` bytes. ValueError for any other."""
    shape, fortran, kind, at = header_of(stream)
    if math.prod(shape) * kind.itemsize != size - at:
        raise ValueError(f"its {size - at} bytes are not those of {kind} in shape {shape}")
    out = np.empty(size - at, np.uint8)
    done = 0
    while done < out.size:
        got = stream.readinto(out.data[done:])
        if not got:
            raise ValueError("it ends early")
        done += got
    if stream.read(1):
        raise ValueError("it goes on behind its end")
    return out.view(kind).reshape(shape, order="F" if fortran else "C")


def as_value(array: np.ndarray, widening: list[str]) -> Any:
    """A tensor of numbers; text stays a NumPy array. Unknown for complex numbers and others."""
    if array.dtype.kind in "SU":
        return array
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    name = array.dtype.name
    if name in WIDER:
        widening.append(name)
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    flat = array.reshape(-1, order=order)  # type: ignore[call-overload]  # a literal in either case
    return wrap(widened(flat.view(np.uint8), name).reshape(array.shape, order=order))  # type: ignore[call-overload]


def single(source: Source) -> Any:
    """The tensor of an .npy file."""
    try:
        widening: list[str] = []
        out = as_value(array_of(io.BytesIO(bytes(source.read(0, source.size))), source.size), widening)
    except WRONG as error:
        raise Damaged(f"{source.name} is no .npy file that can be read: {error}") from None
    say_what_was_widened(widening, source.name)
    return out


def several(archive: Archive) -> dict[str, Any]:
    """The tensors of an .npz file by their names."""
    out: dict[str, Any] = {}
    widening: list[str] = []
    for member in archive.members:
        try:
            stream, size = archive.open(member)
            with stream:
                out[member.removesuffix(".npy")] = as_value(array_of(stream, size), widening)
        except Damaged:
            raise
        except (*WRONG, RuntimeError, OSError, zipfile.BadZipFile, zlib.error) as error:
            raise archive.damaged(f"an .npz file whose array {member!r} cannot be read: {error}") from None
    say_what_was_widened(widening, archive.source.name)
    return out
