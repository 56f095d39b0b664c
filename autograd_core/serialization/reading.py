"""load: what kind of file it is, and the reader for it. Imports the readers."""

from __future__ import annotations

import os
from typing import IO, Any

from ..tensor import device, wrap
from . import npz, tensor_file, torch_zip
from .archive import Archive
from .elements import BFLOAT16, WIDER, say_what_was_widened
from .source import Source
from .structure import Builder
from .tensor_file import Damaged

STRANGERS = {
    b"version https://git-lfs": "the pointer that Git LFS leaves in place of a file: run `git lfs pull`",
    b"<!DOCTYPE": "a web page: the download gave a page, not the file",
    b"<!doctype": "a web page: the download gave a page, not the file",
    b"<html": "a web page: the download gave a page, not the file",
    b"\x89HDF": "an HDF5 file, as Keras writes: open it with h5py",
    b"\x1f\x8b": "a gzip file: gunzip it first, or pass gzip.open(path)",
    b"GGUF": "a GGUF file: convert it to safetensors",
    b"\x08\x00\x12": "a protocol buffer, as TensorFlow and ONNX write: convert it to safetensors",
    b"\x80": "a pickle, but no checkpoint of PyTorch's: a pickle can run any program, and this library reads none but those",
}
KINDS = "a file of ag.save, safetensors, a .pt or .pth checkpoint of PyTorch, .npz or .npy"


def load(
    f: str | os.PathLike[str] | IO[bytes],
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """What `save` wrote; or the tensors of a safetensors file, a PyTorch checkpoint (.pt, .pth, of any age since 0.4), .npz or .npy.

    The kind is read off the bytes, not the name. Nothing in a file is executed and no class looked up, whatever weights_only says:
    dictionaries, lists, numbers, strings, tensors and NumPy arrays come back, all on the CPU. bfloat16 becomes float32 (with a warning). With
    mmap=True the tensors of a path are pages of the file that a write makes private; checksums are compared in either case.

    Raises FileNotFoundError, IsADirectoryError; RuntimeError for a damaged file or one of another kind (an empty one is an EOFError too);
    pickle.UnpicklingError for a checkpoint that asks for anything but data; TypeError for what is no path or binary file.
    """
    if isinstance(map_location, (str, device)) or hasattr(map_location, "type"):
        device(map_location)
    source = Source(f, bool(mmap))
    try:
        return contents(source)
    finally:
        source.close()


def contents(source: Source) -> Any:
    """The object of a file of any kind."""
    begin = source.read(0, 512)
    if begin.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zipped(Archive(source))
    if begin.startswith(torch_zip.STREAM):
        return torch_zip.streamed(source)
    if begin.startswith(npz.MAGIC):
        return npz.single(source)
    if begin[8:9] != b"{":
        stranger(source, begin)
    found = tensor_file.read(source)
    if found.ours:
        try:
            return Builder(found.arrays).build(found.root)
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, StopIteration) as error:
            raise Damaged(f"{source.name} was not written by ag.save: its structure does not fit its tensors ({error})") from None
    widened = [kind for kind in found.kinds.values() if kind == BFLOAT16 or kind in WIDER]
    say_what_was_widened(widened, source.name)
    return {name: wrap(array) for name, array in found.arrays.items()}


def zipped(archive: Archive) -> Any:
    """The object of a zip archive: a checkpoint, or an .npz."""
    pickles = [name for name in archive.members if name.count("/") <= 1 and name.split("/")[-1] == "data.pkl"]
    if len(pickles) == 1:
        return torch_zip.archived(archive, pickles[0])
    if not pickles and all(name.endswith(".npy") for name in archive.members):
        return npz.several(archive)
    raise archive.damaged(f"a zip archive of something else ({', '.join(list(archive.members)[:3])}, ...): load() reads {KINDS}")


def stranger(source: Source, begin: bytes) -> None:
    """Say what a file is that cannot be read, where that can be told; return where it may be a damaged safetensors file."""
    for mark, what in STRANGERS.items():
        if begin.startswith(mark):
            raise Damaged(f"{source.name} is {what}. load() reads {KINDS}")
    if begin[257:262] == b"ustar":
        raise Damaged(
            f"{source.name} is a tar archive, as PyTorch wrote before 0.1.10: load it with PyTorch and save its state_dict() anew"
        )
    try:
        text = begin.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable() or all(c.isprintable() or c.isspace() for c in text):
        raise Damaged(f"{source.name} is no whole safetensors file but text ({text[:30]!r}): load() reads {KINDS}")
