"""Versions: that of PyTorch whose programs run here, which they ask for, with ours behind it. Imports nothing of ours."""

from __future__ import annotations

__all__ = ["__version__", "cuda", "git_version", "hip", "release"]

release = "0.1.0"  # ours
__version__ = f"2.13.0+autograd.core.{release}"  # compares as PyTorch's: programs choose by it what they may call
debug = False
cuda: str | None = None
hip: str | None = None
git_version = "unknown"
