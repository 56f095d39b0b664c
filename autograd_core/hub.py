"""`torch.hub`: weights from the web, in the folder where PyTorch keeps them too. Imports serialization."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from .serialization import load as read

__all__ = ["download_url_to_file", "get_dir", "load", "load_state_dict_from_url", "set_dir"]

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")  # a file's name may carry the first digits of its SHA-256: resnet18-f37072fd.pth
TIMEOUT = 30.0  # seconds of silence
_chosen: str | None = None


def get_dir() -> str:
    """The folder of downloads: what `set_dir` chose, else $TORCH_HOME/hub, else $XDG_CACHE_HOME/torch/hub, else ~/.cache/torch/hub."""
    if _chosen is not None:
        return _chosen
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", os.path.join(cache, "torch"))
    return os.path.join(os.path.expanduser(home), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Choose the folder of downloads."""
    global _chosen
    _chosen = os.path.expanduser(d)


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """Write what `url` gives to the file `dst`, whole or not at all.

    Raises:
        RuntimeError: its SHA-256 does not begin with `hash_prefix`.
        OSError: the download failed, or `dst` cannot be written.
    """
    target = Path(dst).expanduser()
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    digest = hashlib.sha256()
    request = urllib.request.Request(url, headers={"User-Agent": "autograd_core.hub"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer, open(part, "xb") as file:
            while chunk := answer.read(1 << 17):
                digest.update(chunk)
                file.write(chunk)
            os.fsync(file.fileno())
        found = digest.hexdigest()
        if hash_prefix and not found.startswith(hash_prefix):
            raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{found}"): {url} did not give the right file')
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def load_state_dict_from_url(
    url: str, model_dir: str | None = None, map_location: Any = None, progress: bool = True, check_hash: bool = False,
    file_name: str | None = None, weights_only: bool = False,
) -> Any:  # fmt: skip
    """The state_dict in the file at `url`, which is downloaded unless `model_dir` (get_dir()/checkpoints) holds it.

    Nothing in the file is executed. RuntimeError when `check_hash` is set and the digits in its name are not those of its SHA-256.
    """
    folder = Path(model_dir or os.path.join(get_dir(), "checkpoints")).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name or os.path.basename(urllib.parse.urlparse(url).path)
    target = folder / name
    if not target.exists():
        digits = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, str(target), digits.group(1) if digits else None, progress)
    return read(target, map_location=map_location)


def load(repo_or_dir: Any, *args: Any, **kwargs: Any) -> Any:
    """NotImplementedError: it would run a program from the web that was written for PyTorch."""
    raise NotImplementedError(
        f"hub.load({repo_or_dir!r}) would download and run code that imports torch: take the model's file, change its import lines, "
        "and load the weights with hub.load_state_dict_from_url"
    )
