"""Histories, confusion matrices and searches as pictures, and the error that names the extra without matplotlib."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.training import search


def history() -> nn.History:
    out = nn.History()
    for epoch in range(3):
        out.append(epoch, {"loss": 3.0 - epoch, "accuracy": 0.1 * epoch, "val_loss": 3.5 - epoch, "confusion_matrix": np.eye(2)})
    return out


def confusion() -> Any:
    metric = nn.metrics.ConfusionMatrix()
    metric.update(np.array([0.51, 0.23, 0.74, 0.48]), np.array([1, 0, 1, 0]))
    return metric


PICTURES = {
    "history": lambda: history().plot(),
    "confusion matrix": lambda: confusion().plot(["cat", "dog"]),
    "search": lambda: search({"x": [3, 1, 2]}, lambda x: x, "grid").plot(),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    PICTURES[name]().savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_a_history_has_a_panel_for_each_quantity_and_its_validation() -> None:
    pytest.importorskip("matplotlib")
    figure = history().plot()
    drawn = [[line.get_label() for line in panel.lines] for panel in figure.axes]
    assert drawn == [["loss", "val_loss"], ["accuracy"]]
    assert figure.axes[0].lines[1].get_ydata().tolist() == [3.5, 2.5, 1.5]
    assert history().plot("accuracy", ax=figure.axes[0]) is figure
    assert history()._repr_png_().startswith(b"\x89PNG")  # type: ignore[union-attr]


def test_a_confusion_matrix_shows_its_numbers_and_names() -> None:
    pytest.importorskip("matplotlib")
    (panel,) = confusion().plot(["cat", "dog"]).axes
    assert [text.get_text() for text in panel.texts] == ["2", "0", "0", "2"]
    assert [label.get_text() for label in panel.get_xticklabels()] == ["cat", "dog"]
    assert confusion()._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="labels has 1 names for 2 classes"):
        confusion().plot(["cat"])


@pytest.mark.parametrize("name", PICTURES)
def test_without_matplotlib_the_error_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [module for module in sys.modules if module.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, module)
    real = builtins.__import__

    def absent(module: str, *args: Any, **kwargs: Any) -> Any:
        if module.split(".")[0] == "matplotlib":
            raise ImportError(module)
        return real(module, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ImportError, match=r"pip install 'autograd-core\[plot\]'"):
        PICTURES[name]()
    assert history()._repr_png_() is None and confusion()._repr_png_() is None
