"""Reading safetensors: the header is proved before it is believed, and every tensor's bytes before they are used. Imports checksums."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np

from . import checksums
from .elements import BFLOAT16, WIDER, Unknown, size_of, widened
from .sharing import View
from .source import Source

LONGEST_HEADER = 100_000_000  # bytes: safetensors' own limit
TYPES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "U32": "uint32", "I32": "int32", "U64": "uint64",
    "I64": "int64", "F16": "float16", "BF16": BFLOAT16, "F32": "float32", "F64": "float64",
}  # fmt: skip


class Entry(NamedTuple):
    """Where the bytes of a tensor are, from the start of the file."""

    kind: str
    shape: tuple[int, ...]
    at: int
    length: int


class Damaged(RuntimeError):
    """A file that is not what was written, or of no kind that can be read."""


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object without repeated keys."""
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a name occurs twice")
    return out


def header_of(source: Source) -> tuple[bytes, bytes]:
    """(the length field, the header). ValueError where there is none."""
    length = source.read(0, 8)
    count = int.from_bytes(length, "little")
    if len(length) < 8 or not 2 <= count <= min(source.size - 8, LONGEST_HEADER):
        raise ValueError(f"its header would have {count} bytes, the file has {source.size}")
    header = source.read(8, count)
    if header[:1] != b"{":
        raise ValueError("its header does not begin with a brace")
    return length, header


def entries_of(header: dict[str, Any], start: int, size: int, whole: bool) -> dict[str, Entry]:
    """The tensors of a header, whose bytes must follow one another without gaps to the end. ValueError for any other."""
    found: dict[str, Entry] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
            raise ValueError(f"tensor {name!r} is described by {str(entry)[:60]}")
        shape, offsets = entry["shape"], entry["data_offsets"]
        if (
            not all(isinstance(part, list) and all(type(n) is int and n >= 0 for n in part) for part in (shape, offsets))
            or len(offsets) != 2
        ):
            raise ValueError(f"tensor {name!r} has shape {shape} and offsets {offsets}")
        found[name] = Entry(str(entry["dtype"]), tuple(shape), start + offsets[0], offsets[1] - offsets[0])
    end = start
    for name, (_, _, at, count) in sorted(found.items(), key=lambda item: (item[1].at, item[1].length)):
        if at != end or count < 0:
            raise ValueError(f"tensor {name!r} begins at byte {at} where {end} was expected")
        end = at + count
    if end > size or (whole and end < size):
        raise ValueError(f"it should have {end} bytes and has {size}")
    return found


def values_of(source: Source, name: str, entry: Entry, crc: str | None, strict: bool) -> tuple[np.ndarray, str]:
    """(the array of a tensor, its type in the file). With `strict` types that no tensor has are kept as they are."""
    if entry.kind not in TYPES:
        raise Unknown(f"tensor {name!r} has elements of type {entry.kind}, which no tensor here has: convert it to F32")
    kind = TYPES[entry.kind]
    elements = 1
    for n in entry.shape:
        elements *= n
    if elements * size_of(kind) != entry.length:
        raise ValueError(f"tensor {name!r} of type {entry.kind} and shape {list(entry.shape)} has {entry.length} bytes")
    raw = source.array(entry.at, entry.length)
    if crc is not None and checksums.of(raw) != crc:
        raise ValueError(f"the bytes of tensor {name!r} are not those that were saved (checksum {checksums.of(raw)}, not {crc})")
    if strict and kind in WIDER:
        return raw.view(kind).reshape(entry.shape), kind
    return widened(raw, kind).reshape(entry.shape), kind


class Contents(NamedTuple):
    """What a safetensors file holds; `root` is the structure that our own files describe, None in those of others."""

    arrays: dict[str, np.ndarray]
    kinds: dict[str, str]
    root: Any
    ours: bool


def read(source: Source) -> Contents:
    """The arrays and the structure of a safetensors file. Damaged names what is wrong with it."""
    try:
        length, header = header_of(source)
        at = checksums.seal_at(header)
        if at is not None and checksums.seal(length, header, at) != header[at : at + len(checksums.BLANK)]:
            raise ValueError("its header is not the one that was saved: the checksum differs")
        described = json.loads(header.decode(), object_pairs_hook=unique)
        entries = entries_of(described, 8 + len(header), source.size, whole=source.owned)
        notes: dict[str, Any] = {"root": None, "arrays": {}}
        if at is not None:
            notes = json.loads(
                described["__metadata__"][checksums.KEY][len(checksums.MARK) + len(checksums.BLANK) :].removesuffix(checksums.END)
            )
        arrays, kinds = {}, {}
        for name, entry in entries.items():
            note = notes["arrays"].get(name, {})
            arrays[name], kinds[name] = values_of(source, name, entry, note["crc"] if at is not None else None, at is not None)
        for name, note in notes["arrays"].items():
            arrays[name] = arranged(name, note, arrays)
        if not source.owned:
            source.file.seek(source.start + max((e.at + e.length for e in entries.values()), default=8 + len(header)))
        return Contents(arrays, kinds, notes["root"], at is not None)
    except Unknown as error:
        raise Damaged(f"{source.name}: {error}") from None
    except (ValueError, KeyError, TypeError, EOFError, AttributeError, OverflowError, RecursionError) as error:
        raise Damaged(
            f"{source.name} is no whole safetensors file: {error}. It is truncated, damaged, or was changed by a program that kept "
            "its old checksums; take another copy"
        ) from None


def arranged(name: str, note: dict[str, Any], arrays: dict[str, np.ndarray]) -> np.ndarray:
    """An array as it lay in memory: cut from another, or with its dimensions in the old order."""
    if "of" in note:
        return View(**note).within(arrays[note["of"]])
    if "order" in note:
        order = note["order"]
        return np.ascontiguousarray(arrays[name].transpose(order)).transpose(np.argsort(order))
    return arrays[name]
