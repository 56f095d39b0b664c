"""NumPy's .npy and .npz as tensors. Pickled objects in them are refused. Imports archive, elements."""

from __future__ import annotations

import io
import math
import warnings
import zipfile
import zlib
from typing import Any

import numpy as np
from numpy.lib import format as npy

from ..tensor import wrap
from .archive import Archive
from .elements import WIDER, say_what_was_widened, widened
from .source import Source
from .tensor_file import Damaged

MAGIC = b"\x93NUMPY"


def array_of(stream: Any, size: int) -> np.ndarray:
    """The array of an .npy file of `size` bytes. ValueError for any other."""
    version = npy.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"version {version} of the format")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a header of Python 2
        shape, fortran, kind = (npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0)(stream)
    if kind.hasobject or kind.fields or not kind.itemsize:
        raise ValueError(f"it holds {kind}: pickled objects and records are not read; save arrays of numbers")
    if any(n < 0 for n in shape):
        raise ValueError(f"shape {shape}")
    at = stream.tell()
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
    except (ValueError, UserWarning, TypeError, SyntaxError, EOFError, OverflowError, RecursionError) as error:
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
        except (ValueError, UserWarning, TypeError, SyntaxError, EOFError, OverflowError, RecursionError, RuntimeError, OSError,
                NotImplementedError, zipfile.BadZipFile, zlib.error) as error:  # fmt: skip
            raise archive.damaged(f"an .npz file whose array {member!r} cannot be read: {error}") from None
    say_what_was_widened(widening, archive.source.name)
    return out
