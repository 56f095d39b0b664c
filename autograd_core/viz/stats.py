"""What a drawing says about an array: its statistics, a few of its values and a thumbnail. Imports the kernel `summary`."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..graph import Region
from ..kernels.summary import summary

THUMBNAIL = 32  # rows and columns at most
SAMPLES = 6


class Stats(NamedTuple):
    """Statistics of an array's finite elements, and counts of the others. `histogram` counts log|x| in 16 bins (see kernels.summary)."""

    size: int
    least: float
    greatest: float
    mean: float
    std: float
    l2: float
    zeros: int
    nans: int
    infs: int
    histogram: tuple[int, ...]
    samples: tuple[float, ...]
    thumbnail: np.ndarray | None

    @staticmethod
    def of(array: Any) -> Stats:
        """Measure an array; what is no number counts as empty."""
        a = np.asarray(array)
        if a.dtype.kind not in "fiubc":
            return Stats(int(a.size), math.nan, math.nan, math.nan, math.nan, 0.0, 0, 0, 0, (0,) * 16, (), None)
        least, greatest, mean, std, l2, zeros, nans, infs, bins = summary(a)
        count = min(SAMPLES, a.size)
        places = [i * (a.size - 1) // max(count - 1, 1) for i in range(count)]
        shown = tuple([float(abs(a.flat[i]) if a.dtype.kind == "c" else a.flat[i]) for i in places])
        return Stats(int(a.size), least, greatest, mean, std, l2, zeros, nans, infs, tuple(int(n) for n in bins), shown, thumbnail(a))

    @property
    def absmax(self) -> float:
        """The largest magnitude."""
        return max(abs(self.least), abs(self.greatest))

    @property
    def rms(self) -> float:
        """L2 / √n, the size of a typical element: NaN when an element is, infinity when one is, 0 for an empty array."""
        if self.nans:
            return math.nan
        if self.infs:
            return math.inf
        return self.l2 / math.sqrt(self.size) if self.size else 0.0

    @property
    def bad(self) -> int:
        """How many elements are NaN or infinite."""
        return self.nans + self.infs

    def to_json(self) -> dict[str, Any]:
        """The numbers, NaN and infinity as text."""
        plain = {"size": self.size, "zeros": self.zeros, "nans": self.nans, "infs": self.infs, "histogram": list(self.histogram)}
        numbers = {"min": self.least, "max": self.greatest, "mean": self.mean, "std": self.std, "l2": self.l2, "absmax": self.absmax}
        rounded = {k: float(f"{v:.6g}") if math.isfinite(v) else str(v) for k, v in numbers.items()}
        return {**plain, **rounded, "samples": [float(f"{v:.6g}") if math.isfinite(v) else str(v) for v in self.samples]}


class Kept:
    """What a recording holds of an array: the array itself, or its statistics only (`array` is None then)."""

    __slots__ = ("_rms", "_source", "_stats")

    def __init__(self, source: Any, stats: Stats | None = None) -> None:
        self._source = source
        self._stats = stats
        self._rms: float | None = None  # for facts.rms_of, which is asked for the same array again and again

    @property
    def array(self) -> np.ndarray | None:
        """The values, None where they were not kept. Read only: it is what the computation saw."""
        source = self._source
        return source.dense() if type(source) is Region else None if source is None else np.asarray(source)

    @property
    def raw(self) -> Any:
        """What was kept as it flowed: an array, or the few elements of one (a Region)."""
        return self._source

    @property
    def size(self) -> int:
        """How many elements it has."""
        source = self._source
        return self.stats.size if source is None else math.prod(source.shape)

    @property
    def cheap(self) -> bool:
        """Whether the values are at hand and nobody has measured them yet."""
        return self._stats is None and type(self._source) is not Region

    @property
    def stats(self) -> Stats:
        """The statistics, measured when first asked for."""
        if self._stats is None:
            self._stats = Stats.of(self.array)
        return self._stats

    def __repr__(self) -> str:
        return f"<kept {'values' if self._source is not None else 'statistics'}>"


def thumbnail(a: np.ndarray) -> np.ndarray | None:
    """The last two dimensions of the first item, averaged over areas to at most 32 × 32 float32. None for less than two dimensions."""
    if a.ndim < 2 or not a.size or a.dtype.kind == "c":
        return None
    sheet = a[(0,) * (a.ndim - 2)]
    for axis in (0, 1):
        n = sheet.shape[axis]
        if n > THUMBNAIL:
            edges = np.arange(THUMBNAIL) * n // THUMBNAIL
            widths = np.diff(np.append(edges, n))
            with np.errstate(all="ignore"):
                sheet = np.add.reduceat(sheet, edges, axis=axis, dtype=np.float64) / (widths[:, None] if axis == 0 else widths)
    with np.errstate(all="ignore"):
        return np.array(sheet, np.float32)
