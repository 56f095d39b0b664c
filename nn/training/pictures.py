"""Pictures of training with matplotlib, which is imported when one is drawn. Imports NumPy.

Figures are made without pyplot: nothing is kept alive, and no window or backend is needed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["axes", "curves", "matrix", "png"]


def axes(ax: Any = None, size: tuple[float, float] = (6.4, 4.0), columns: int = 1) -> tuple[Any, list[Any]]:
    """(figure, axes): those of `ax`, or new ones. ImportError, naming the extra, without matplotlib."""
    if ax is not None:
        return ax.figure, [ax]
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("pictures need matplotlib: pip install 'autograd-core[plot]'") from error
    figure = Figure(figsize=(size[0] * columns, size[1]), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(np.atleast_1d(figure.subplots(1, columns)))


def curves(epochs: Sequence[int], groups: Mapping[str, Mapping[str, Sequence[float]]], ax: Any = None) -> Any:
    """One panel for each group (title → name → values), all panels in `ax` if it is given. Returns the Figure."""
    figure, panels = axes(ax, (5.2, 3.6), max(1, len(groups)))
    for at, (title, lines) in enumerate(groups.items()):
        panel = panels[min(at, len(panels) - 1)]
        for name, values in lines.items():
            panel.plot(epochs[: len(values)], values, "--" if name.startswith("val_") else "-", marker=".", label=name)
        panel.set_xlabel("epoch")
        panel.set_ylabel(title if ax is None or len(groups) == 1 else "")
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.legend()
    return figure


def matrix(values: np.ndarray, labels: Sequence[Any] | None = None, ax: Any = None, title: str = "") -> Any:
    """A confusion matrix with its numbers: true classes down, predicted ones across. Returns the Figure."""
    names = [str(label) for label in (labels if labels is not None else range(len(values)))]
    if len(names) != len(values):
        raise ValueError(f"labels has {len(names)} names for {len(values)} classes")
    side = max(3.2, 0.55 * len(values) + 1.6)
    figure, (panel,) = axes(ax, (side, side))
    panel.imshow(values, cmap="Blues", vmin=0)
    whole = values.dtype.kind in "iu"
    for (row, column), value in np.ndenumerate(values):
        dark = value > values.max(initial=0) / 2
        panel.text(column, row, str(value) if whole else f"{value:.2f}", ha="center", va="center", color="white" if dark else "black")
    panel.set_xticks(range(len(names)), names, rotation=45 if max(map(len, names)) > 3 else 0)
    panel.set_yticks(range(len(names)), names)
    panel.set(xlabel="predicted", ylabel="true", title=title)
    return figure


def png(draw: Callable[[], Any]) -> bytes | None:
    """A picture as a notebook shows it, None without matplotlib."""
    try:
        figure = draw()
    except ImportError:
        return None
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
