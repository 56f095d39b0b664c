"""Datasets and their combinations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from data import (
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from data.dataset import batch_reader


class Squares(Dataset):
    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        if not 0 <= i < self.n:
            raise IndexError(i)
        return i * i

    def __len__(self):
        return self.n


class Stream(IterableDataset):
    def __init__(self, *values):
        self.values = values

    def __iter__(self):
        return iter(self.values)

    def __len__(self):
        return len(self.values)


class Together(Squares):
    """Counts how often it was read as a whole."""

    calls = 0

    def __getitems__(self, indices):
        type(self).calls += 1
        return [i * i for i in indices]


def tensors(n=6):
    return ag.from_numpy(np.arange(n * 2, dtype=np.float32).reshape(n, 2)), ag.from_numpy(np.arange(n))


def test_an_abstract_dataset_names_the_missing_method():
    with pytest.raises(NotImplementedError, match="__getitem__"):
        Dataset()[0]
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(IterableDataset())


def test_tensor_dataset():
    x, y = tensors()
    dataset = TensorDataset(x, y)
    assert len(dataset) == 6
    row, label = dataset[-1]
    assert row.tolist() == [10, 11] and label.item() == 5
    assert [t.tolist() for t in dataset[1:3]] == [[[2, 3], [4, 5]], [1, 2]]


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda x, y: TensorDataset(x, y[:3]), AssertionError, r"\(6, 2\), \(3,\)"),
        (lambda x, y: TensorDataset(x.numpy(), y), TypeError, "argument 0 is a ndarray"),
        (lambda x, y: TensorDataset(), AssertionError, "at least one"),
        (lambda x, y: ConcatDataset([]), AssertionError, "at least one"),
        (lambda x, y: ConcatDataset([Stream(1)]), AssertionError, "ChainDataset"),
        (lambda x, y: list(ChainDataset([Squares(2)])), AssertionError, "ConcatDataset"),
        (lambda x, y: StackDataset(), ValueError, "none"),
        (lambda x, y: StackDataset(x, a=y), ValueError, "both"),
        (lambda x, y: StackDataset(Squares(2), Squares(3)), ValueError, r"\[2, 3\]"),
    ],
)
def test_what_cannot_be_combined(make, error, match):
    with pytest.raises(error, match=match):
        make(*tensors())


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5))
@settings(deadline=None, max_examples=40)
def test_concat_reads_as_one_list(sizes):
    dataset = ConcatDataset([Squares(n) for n in sizes])
    expected = [i * i for n in sizes for i in range(n)]
    assert len(dataset) == len(expected)
    assert [dataset[i] for i in range(len(dataset))] == expected
    assert [dataset[i] for i in range(-len(dataset), 0)] == expected
    with pytest.raises(IndexError):
        dataset[len(dataset)]
    with pytest.raises(ValueError, match="out of range"):
        dataset[-len(dataset) - 1]


def test_plus():
    both = Squares(3) + Squares(2)
    assert isinstance(both, ConcatDataset) and [both[i] for i in range(5)] == [0, 1, 4, 0, 1]
    chained = Stream(1, 2) + Stream(3)
    assert isinstance(chained, ChainDataset) and list(chained) == [1, 2, 3] and len(chained) == 3


def test_stack():
    pair, named = StackDataset(Squares(3), Together(3)), StackDataset(a=Squares(3), b=Together(3))
    assert pair[2] == (4, 4) and named[2] == {"a": 4, "b": 4}
    Together.calls = 0
    assert pair.__getitems__([0, 2]) == [(0, 0), (4, 4)]
    assert named.__getitems__([1]) == [{"a": 1, "b": 1}]
    assert Together.calls == 2


def test_subset_reads_through_getitems_where_there_is_one():
    Together.calls = 0
    assert Subset(Together(9), [8, 3]).__getitems__([1, 0]) == [9, 64] and Together.calls == 1
    nested = Subset(Subset(Squares(9), [8, 3, 2]), [2, 0])
    assert [nested[0], nested[1], len(nested)] == [4, 64, 2]


def test_subset_that_replaces_only_getitem_is_refused():
    class Doubled(Subset):
        def __getitem__(self, i):
            return 2 * super().__getitem__(i)

    with pytest.raises(NotImplementedError, match="def __getitems__"):
        Doubled(Squares(3), [0, 1])


@pytest.mark.parametrize(
    ("n", "lengths", "sizes"),
    [
        (10, [3, 7], [3, 7]),
        (10, [0.3, 0.7], [3, 7]),
        (10, [0.25, 0.25, 0.5], [3, 2, 5]),
        (7, [1 / 3] * 3, [3, 2, 2]),
        (3, [1.0], [3]),
        (1, [1], [1]),
    ],
)
def test_random_split_deals_every_sample_once(n, lengths, sizes):
    parts = random_split(Squares(n), lengths, generator=ag.Generator().manual_seed(1))
    assert [len(part) for part in parts] == sizes
    assert sorted(i for part in parts for i in part.indices) == list(range(n))


def test_random_split_repeats_with_the_generator():
    first, second = (random_split(Squares(50), [20, 30], generator=ag.Generator().manual_seed(4)) for _ in range(2))
    assert [part.indices for part in first] == [part.indices for part in second]


@pytest.mark.parametrize("lengths", [[3, 3], [0.5, 0.2], [-0.5, 1.5]])
def test_random_split_refuses_wrong_lengths(lengths):
    with pytest.raises(ValueError):
        random_split(Squares(10), lengths)


def test_random_split_warns_of_an_empty_part():
    with pytest.warns(UserWarning, match="part 1 is empty"):
        random_split(Squares(2), [0.9, 0.1])


def test_a_subclass_that_changes_samples_is_not_read_in_batches():
    class Shifted(TensorDataset):
        def __getitem__(self, i):
            x, y = super().__getitem__(i)
            return x, y + 100

    assert batch_reader(TensorDataset(*tensors())) is not None
    assert batch_reader(Shifted(*tensors())) is None
    assert next(iter(DataLoader(Shifted(*tensors()), 6)))[1].tolist() == [100, 101, 102, 103, 104, 105]

    class Both(Shifted):
        def __getbatch__(self, indices):
            return "mine"

    assert batch_reader(Both(*tensors()))([0]) == "mine"


def test_batches_of_tensors_that_need_gradients_keep_them():
    x = ag.tensor([[1.0], [2.0]], requires_grad=True)
    (batch,) = next(iter(DataLoader(TensorDataset(x), 2)))
    (batch * 3).sum().backward()
    assert x.grad.tolist() == [[3.0], [3.0]]
