"""Metrics against scikit-learn, however the data is cut into batches, and what they say about wrong shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn import metrics as M

sklearn = pytest.importorskip("sklearn.metrics")

N, C = 97, 4


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


@pytest.fixture
def many(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return softmax(rng.normal(size=(N, C))), rng.integers(0, C, N), rng.uniform(0.1, 2, N)


@pytest.fixture
def two(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores = np.round(rng.uniform(size=N), 1)  # ties, and values at the threshold
    return scores, (rng.uniform(size=N) < scores).astype(np.int64), rng.uniform(0.1, 2, N)


def in_batches(metric: M.Metric, output: np.ndarray, target: np.ndarray, weight: np.ndarray | None, size: int) -> Any:
    for start in range(0, len(output), size):
        part = slice(start, start + size)
        metric.update(output[part], target[part], None if weight is None else weight[part])
    return metric.result()


AVERAGES = ["macro", "micro", "weighted", None]
COUNTED = {
    M.Precision: lambda t, d, a, w: sklearn.precision_score(t, d, average=a, sample_weight=w, zero_division=0),
    M.Recall: lambda t, d, a, w: sklearn.recall_score(t, d, average=a, sample_weight=w, zero_division=0),
    M.F1: lambda t, d, a, w: sklearn.f1_score(t, d, average=a, sample_weight=w, zero_division=0),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("kind", COUNTED)
def test_precision_recall_f1(many: Any, kind: Any, average: str | None, weighted: bool) -> None:
    scores, true, weight = many
    w = weight if weighted else None
    expected = COUNTED[kind](true, scores.argmax(1), average, w)
    for size in (1, 10, N):
        np.testing.assert_allclose(in_batches(kind(average), scores, true, w, size), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", COUNTED)
def test_binary_decisions(two: Any, kind: Any) -> None:
    scores, true, weight = two
    expected = COUNTED[kind](true, (scores > 0.5).astype(int), "binary", weight)
    assert in_batches(kind(), scores, true, weight, 7) == pytest.approx(expected, rel=1e-12)
    assert in_batches(kind(), scores[:, None], true[:, None].astype(np.float32), weight, 7) == pytest.approx(expected, rel=1e-12)


def test_macro_averages_leave_out_classes_that_never_occur() -> None:
    true, said = np.array([0, 2, 2]), np.array([0, 2, 0])
    assert M.F1("macro")(said, true) == pytest.approx(sklearn.f1_score(true, said, average="macro"))


def test_a_class_never_predicted_has_precision_0() -> None:
    assert M.Precision(None)(np.array([0, 0]), np.array([0, 1])).tolist() == [0.5, 0.0]


@pytest.mark.parametrize("weighted", [False, True])
def test_accuracy(many: Any, two: Any, weighted: bool) -> None:
    for (scores, true, weight), decided in ((many, many[0].argmax(1)), (two, (two[0] > 0.5).astype(int))):
        w = weight if weighted else None
        expected = sklearn.accuracy_score(true, decided, sample_weight=w)
        assert in_batches(M.Accuracy(), scores, true, w, 10) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k(many: Any, k: int) -> None:
    scores, true, weight = many
    expected = sklearn.top_k_accuracy_score(true, scores, k=k, sample_weight=weight, labels=range(C))
    assert in_batches(M.TopKAccuracy(k), scores, true, weight, 10) == pytest.approx(expected, rel=1e-12)


def test_top_k_of_equal_scores_takes_the_first() -> None:
    flat = np.zeros((4, 4))
    assert M.TopKAccuracy(2)(flat, np.arange(4)) == 0.5


@pytest.mark.parametrize("weighted", [False, True])
def test_auc(many: Any, two: Any, weighted: bool) -> None:
    scores, true, weight = two
    w = weight if weighted else None
    assert in_batches(M.AUC(), scores, true, w, 9) == pytest.approx(sklearn.roc_auc_score(true, scores, sample_weight=w), rel=1e-12)
    pair = np.stack([1 - scores, scores], 1)
    assert in_batches(M.AUC(), pair, true, w, 9) == pytest.approx(sklearn.roc_auc_score(true, scores, sample_weight=w), rel=1e-12)
    precision = sklearn.average_precision_score(true, scores, sample_weight=w)
    assert in_batches(M.AUC("PR"), scores, true, w, 9) == pytest.approx(precision, rel=1e-12)
    rows, classes, weight = many
    w = weight if weighted else None
    expected = sklearn.roc_auc_score(classes, rows, multi_class="ovr", average="macro", sample_weight=w)
    assert in_batches(M.AUC(), rows, classes, w, 9) == pytest.approx(expected, rel=1e-12)


def test_auc_of_one_class_is_nan() -> None:
    assert np.isnan(M.AUC()(np.array([0.1, 0.2]), np.array([1, 1])))
    assert np.isnan(M.AUC().result())


@pytest.mark.parametrize("normalize", [None, "true", "pred", "all"])
def test_confusion_matrix(many: Any, normalize: str | None) -> None:
    scores, true, weight = many
    for w in (None, weight):
        expected = sklearn.confusion_matrix(true, scores.argmax(1), sample_weight=w, normalize=normalize)
        np.testing.assert_allclose(in_batches(M.ConfusionMatrix(normalize=normalize), scores, true, w, 10), expected, rtol=1e-12)
    assert M.ConfusionMatrix()(scores, true).dtype.kind == "i"


REGRESSION = {
    M.MeanAbsoluteError: lambda t, o, w: sklearn.mean_absolute_error(t, o, sample_weight=w),
    M.MeanSquaredError: lambda t, o, w: sklearn.mean_squared_error(t, o, sample_weight=w),
    M.R2Score: lambda t, o, w: sklearn.r2_score(t, o, sample_weight=w),
}


@pytest.mark.parametrize("kind", REGRESSION)
def test_regression(kind: Any, rng: np.random.Generator) -> None:
    target = rng.normal(1000, 1, N)
    output, weight = target + rng.normal(size=N), rng.uniform(0.1, 2, N)
    for w in (None, weight):
        assert in_batches(kind(), output[:, None], target, w, 9) == pytest.approx(REGRESSION[kind](target, output, w), rel=1e-9)


def test_classes_with_a_score_count_even_if_they_never_occur():
    scores, true = np.eye(5)[[0, 1, 1]], np.array([0, 1, 2])
    matrix = M.ConfusionMatrix()
    assert matrix(scores, true).shape == (5, 5) and matrix(np.array([0, 1]), np.array([1, 2])).shape == (3, 3)
    np.testing.assert_allclose(M.Recall(average=None)(scores, true), [1, 1, 0, 0, 0])
    assert M.Recall(average="macro")(scores, true) == pytest.approx(2 / 3)


FRESH = [M.Accuracy, M.TopKAccuracy, M.Precision, M.Recall, M.F1, M.AUC, M.ConfusionMatrix, M.MeanAbsoluteError, M.MeanSquaredError]


@pytest.mark.parametrize("kind", [*FRESH, M.R2Score])
def test_a_saved_metric_goes_on(kind: Any, many: Any) -> None:
    scores, true, _ = many
    if kind in (M.MeanAbsoluteError, M.MeanSquaredError, M.R2Score):
        scores, true = scores[:, 0], scores[:, 1]
    elif kind is M.TopKAccuracy:
        scores = np.concatenate([scores, scores], 1)
    half, whole = kind(), kind()
    half.update(scores[:50], true[:50])
    other = kind()
    other.load_state_dict(half.state_dict())
    other.update(scores[50:], true[50:])
    whole.update(scores[:50], true[:50])
    whole.update(scores[50:], true[50:])
    np.testing.assert_array_equal(other.result(), whole.result())
    other.reset()
    other.update(scores, true)
    np.testing.assert_allclose(other.result(), whole.result())


SHAPES: dict[str, tuple[Any, Any, dict[str, Any], float]] = {
    "labels in a column": (np.eye(3), np.array([[0], [1], [0]]), {}, 2 / 3),
    "rows of probabilities": (np.eye(3), np.eye(3)[[0, 1, 1]], {}, 2 / 3),
    "pixels": (np.moveaxis(np.eye(2)[[[0, 1], [1, 1]]], -1, 0)[None], np.array([[[0, 1], [1, 0]]]), {}, 0.75),
    "logits": (np.array([-1.0, 0.2, 3.0]), np.array([0, 1, 1]), {"threshold": 0.0}, 1.0),
    "several labels": (np.array([[0.9, 0.8], [0.1, 0.2]]), np.array([[1, 1], [0, 1]]), {"task": "multilabel"}, 0.75),
    "classes": (np.array([3, 1, 2]), np.array([3, 1, 1]), {}, 2 / 3),
    "scores against a column": (np.array([0.9, 0.1]), np.array([[1], [1]]), {}, 0.5),
}


@pytest.mark.parametrize("case", SHAPES)
def test_accuracy_understands(case: str) -> None:
    output, target, options, expected = SHAPES[case]
    assert M.Accuracy(**options)(output, target) == pytest.approx(expected)


WRONG: dict[str, tuple[Any, str]] = {
    "shapes": (lambda: M.Accuracy()(np.zeros((3, 2)), np.zeros(4)), r"output \(3, 2\) and target \(4,\) do not fit"),
    "negative class": (lambda: M.F1()(np.zeros((1, 2)), np.array([-1])), "must not be negative, got -1"),
    "fraction": (lambda: M.Accuracy()(np.zeros((1, 2)), np.array([0.5])), "class numbers must be whole, got 0.5"),
    "label too large": (lambda: M.TopKAccuracy(1)(np.zeros((1, 2)), np.array([2])), "labels reach from 2 to 2, but there are 2 classes"),
    "binary of three": (lambda: M.F1("binary")(np.array([0, 1, 2]), np.array([0, 1, 2])), "needs two classes, got 3"),
    "average": (lambda: M.F1("mean"), "average must be"),
    "weights": (lambda: M.Accuracy()(np.zeros(3), np.zeros(3), np.ones(2)), "one number per sample: got 2 for 3"),
    "name": (lambda: M.as_metrics(["acuracy"]), "did you mean 'accuracy'"),
    "twice": (lambda: M.as_metrics(["f1", "f1"]), "two metrics are called 'f1'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_teach(case: str) -> None:
    fails, said = WRONG[case]
    with pytest.raises(ValueError, match=said):
        fails()


def test_metrics_by_name() -> None:
    made = M.as_metrics({"a": "accuracy", "b": lambda o, t: 2.0, "top": "top_3"}, threshold=0.0)
    assert [metric.name for metric in made] == ["a", "b", "top"]
    assert made[0].threshold == 0.0  # type: ignore[attr-defined]
    assert made[2].k == 3  # type: ignore[attr-defined]
    made[1].update(np.zeros(5), np.zeros(5))
    assert made[1].result() == 2.0
