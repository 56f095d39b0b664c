"""Bytes and counts as people read them. Imports nothing."""

from __future__ import annotations

__all__ = ["amount", "size"]


def size(count: float) -> str:
    """18.42 MB, 128.00 Byte: in the largest unit, of 1024 each, in which the number is not below 1."""
    for unit in ("Byte", "KB", "MB", "GB"):
        if count < 1024:
            return f"{count:.2f} {unit}"
        count /= 1024
    return f"{count:.2f} TB"


def amount(count: float) -> str:
    """204.4 M: four digits, in units of 1000."""
    for unit in ("", " K", " M", " G"):
        if abs(count) < 1000:
            return f"{count:.4g}{unit}"
        count /= 1000
    return f"{count:.4g} T"
