"""Classic tables and time series as tensors: Iris and its kin, Spambase, letters, sunspots. Imports autograd_core and NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import autograd_core as ag

from ..dataset import TensorDataset
from .packaged import arrays


class Table(TensorDataset):
    """Rows of numbers with a label each: sample i is (x[i], y[i]).

    ``x`` is (N, F) float32; ``y`` is (N,) int64, or float32 where it is a quantity. ``standardize`` shifts and scales every column to
    mean 0 and standard deviation 1 over all rows. ``feature_names`` and ``classes`` are lists of text, empty where there are none.
    """

    name: str
    feature_names: Sequence[str] = ()
    classes: Sequence[str] = ()

    def __init__(self, standardize: bool = False) -> None:
        x, y = arrays("tables.npz", f"{self.name}_x", f"{self.name}_y")
        values = x.astype(np.float32)
        if standardize:
            exact = values.astype(np.float64)
            spread = exact.std(0)
            values = ((exact - exact.mean(0)) / np.where(spread > 0, spread, 1)).astype(np.float32)
        super().__init__(ag.from_numpy(values), ag.from_numpy(y if y.dtype == np.float32 else y.astype(np.int64)))

    @property
    def x(self) -> ag.Tensor:
        """The features (N, F)."""
        return self.tensors[0]

    @property
    def y(self) -> ag.Tensor:
        """The labels (N,)."""
        return self.tensors[1]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(rows={len(self)}, features={self.x.shape[1]}, classes={len(self.classes)})"


class Iris(Table):
    """150 flowers of three species: length and width of sepal and petal in cm. Source: Fisher 1936."""

    name = "iris"
    feature_names = ("sepal length", "sepal width", "petal length", "petal width")
    classes = ("setosa", "versicolor", "virginica")


class Wine(Table):
    """178 wines of three growers, 13 chemical measurements. Source: Forina et al. 1991, UCI."""

    name = "wine"
    feature_names = (
        "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids", "nonflavanoid phenols",
        "proanthocyanins", "color intensity", "hue", "od280/od315 of diluted wines", "proline",
    )  # fmt: skip
    classes = ("class_0", "class_1", "class_2")


class BreastCancer(Table):
    """569 tumours, 30 measurements of cell nuclei: malignant 0, benign 1. Source: Wolberg, Street, Mangasarian 1993, UCI."""

    name = "breast_cancer"
    feature_names = tuple(
        f"{statistic} {measure}"
        for statistic in ("mean", "error of", "worst")
        for measure in (
            "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
            "fractal dimension",
        )
    )  # fmt: skip
    classes = ("malignant", "benign")


class Digits(Table):
    """1,797 handwritten digits of 8 × 8 pixels with values 0..16; ``images`` has them as pictures. Source: Alpaydin, Kaynak 1998, UCI."""

    name = "digits8x8"
    classes = tuple("0123456789")

    @property
    def images(self) -> ag.Tensor:
        """The digits as (N, 1, 8, 8)."""
        return self.x.reshape(-1, 1, 8, 8)


class Diabetes(Table):
    """442 patients, ten measurements, and the progression of the disease a year later (a quantity). Source: Efron et al. 2004."""

    name = "diabetes"
    feature_names = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


class Spambase(Table):
    """4,601 e-mails, 57 counts of words and letters, spam 1 or not 0. Source: Hopkins et al. 1999, UCI."""

    name = "spam"
    classes = ("email", "spam")

    @property
    def feature_names(self) -> Sequence[str]:  # type: ignore[override]
        """The names of the 57 columns."""
        return [str(name) for name in arrays("tables.npz", "spam_features")[0]]


class Letters(Table):
    """20,000 printed capital letters, 16 measurements 0..15 each. By custom the first 16,000 train. Source: Slate 1991, UCI."""

    name = "letter"
    classes = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    @property
    def feature_names(self) -> Sequence[str]:  # type: ignore[override]
        """The names of the 16 columns."""
        return [str(name) for name in arrays("tables.npz", "letter_features")[0]]


_SERIES = ("sunspots", "airpassengers", "co2", "elnino")


def time_series(name: str) -> ag.Tensor:
    """A measured series, float32.

    "sunspots": yearly numbers 1700-2008 (309,). "airpassengers": monthly thousands 1949-1960 (144,). "co2": weekly ppm at Mauna Loa
    1958-2001 (2284,), NaN where nothing was measured. "elnino": monthly sea temperatures 1950-2010 (61, 12).

    Raises:
        ValueError: another name.
    """
    if name not in _SERIES:
        raise ValueError(f"time_series: no series {name!r}, there are {', '.join(_SERIES)}")
    return ag.from_numpy(arrays("timeseries.npz", name)[0].astype(np.float32))
