"""save and load: tensors and the plain structures around them in one safetensors file. Runs nothing from a file; imports Tensor.

Any dictionary, list or tuple of tensors, numbers, strings, bools and None is kept: the tensors under their path as
names (a state_dict keeps its own keys, so that every reader of safetensors understands it), the rest as JSON in the
file's metadata.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_bytes
from safetensors.numpy import save as save_bytes

from .tensor import Tensor, wrap

FORMAT = "autograd_core.1"
File = str | os.PathLike[str] | IO[bytes]


def save(obj: Any, f: File) -> None:
    """Write obj to a path or a binary file. A path is replaced at once and synced: a crash leaves the old file or the new one.

    TypeError for anything but tensors, arrays, numbers, strings, None and containers of them.
    """
    tensors: dict[str, np.ndarray] = {}
    flat = isinstance(obj, Mapping) and all(isinstance(k, str) and isinstance(v, Tensor) for k, v in obj.items())
    structure = _flat(obj, tensors) if flat else _describe(obj, "", tensors)
    notes = getattr(obj, "_metadata", None)
    metadata = {"format": FORMAT, "structure": json.dumps(structure)}
    if notes:
        metadata["versions"] = json.dumps(notes)
    data = save_bytes({k: v.copy(order="C") for k, v in tensors.items()}, metadata)
    if hasattr(f, "write"):
        f.write(data)
    else:
        _replace(Path(f), data)


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that it is either the old one or the new one, whatever happens."""
    if not path.parent.is_dir():
        raise RuntimeError(f"Parent directory {path.parent} does not exist: make it first")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _flat(obj: Mapping[str, Tensor], tensors: dict[str, np.ndarray]) -> Any:
    for key, value in obj.items():
        tensors[key] = value.array
    return {"flat": list(obj)}


def _describe(value: Any, path: str, tensors: dict[str, np.ndarray]) -> Any:
    """The structure as JSON; tensors go into `tensors` under their path."""
    if value is None or isinstance(value, (bool, int, str)):
        return {"value": value}
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        array = value.array if isinstance(value, Tensor) else np.asarray(value)
        tensors[path] = array
        kind = "tensor" if isinstance(value, Tensor) else "array"
        return {kind: path, "grad": isinstance(value, Tensor) and value.requires_grad}
    if isinstance(value, Mapping):
        return {"dict": [[_key(k), _describe(v, f"{path}.{k}" if path else str(k), tensors)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        parts = [_describe(v, f"{path}.{i}" if path else str(i), tensors) for i, v in enumerate(value)]
        return {"tuple" if isinstance(value, tuple) else "list": parts}
    raise TypeError(
        f"save() keeps tensors, numbers, strings, None, and dictionaries, lists and tuples of them: got {type(value).__name__} at "
        f"{path or 'the top'}; "
        "save a module's or an optimizer's state_dict()"
    )


def _key(key: Any) -> Any:
    if isinstance(key, (str, int)) and not isinstance(key, bool):
        return key
    raise TypeError(f"save() keeps dictionaries with string and integer keys: got {key!r}")


def load(f: File, map_location: Any = None, *, weights_only: bool = True, mmap: bool | None = None) -> Any:
    """What `save` wrote, or any safetensors file as a dictionary of tensors. RuntimeError names what is wrong with a broken file."""
    name = getattr(f, "name", f)
    data = f.read() if hasattr(f, "read") else Path(f).read_bytes()
    try:
        arrays = load_bytes(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    except (SafetensorError, ValueError, KeyError) as error:
        raise RuntimeError(f"{name} is no whole safetensors file ({error}): it may be truncated or of another kind") from None
    metadata = header.get("__metadata__", {})
    if metadata.get("format") != FORMAT:
        return {key: wrap(array) for key, array in arrays.items()}
    out = _restore(json.loads(metadata["structure"]), arrays)
    if "versions" in metadata and isinstance(out, OrderedDict):
        out._metadata = json.loads(metadata["versions"])  # type: ignore[attr-defined]
    return out


def _restore(node: dict[str, Any], arrays: dict[str, np.ndarray]) -> Any:
    kind = next(iter(node))
    value = node[kind]
    if kind == "flat":
        return OrderedDict((key, wrap(np.array(arrays[key]))) for key in value)
    if kind == "float":
        return float.fromhex(value)
    if kind == "tensor":
        out = wrap(np.array(arrays[value]))
        return out.requires_grad_() if node["grad"] else out
    if kind == "array":
        return np.array(arrays[value])
    if kind == "dict":
        return {k: _restore(v, arrays) for k, v in value}
    if kind in ("list", "tuple"):
        parts = [_restore(v, arrays) for v in value]
        return tuple(parts) if kind == "tuple" else parts
    return value
