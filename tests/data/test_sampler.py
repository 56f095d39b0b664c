"""Orders of reading: coverage, lengths, repetition by seed, wrong arguments. That orders are PyTorch's is in tests/parity."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from data import BatchSampler, RandomSampler, Sampler, SequentialSampler, SubsetRandomSampler, WeightedRandomSampler


def seeded(seed=0):
    return ag.Generator().manual_seed(seed)


def test_the_base_class_names_the_missing_method():
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(Sampler())


@given(st.integers(1, 40), st.integers(1, 100))
@settings(deadline=None, max_examples=30)
def test_random_sampler_covers_before_it_repeats(n, num_samples):
    drawn = list(RandomSampler(range(n), num_samples=num_samples, generator=seeded(n)))
    assert len(drawn) == num_samples
    for start in range(0, num_samples, n):
        part = drawn[start : start + n]
        assert len(set(part)) == len(part) and set(part) <= set(range(n))


def test_random_sampler_with_replacement_stays_in_range():
    drawn = list(RandomSampler(range(5), replacement=True, num_samples=200, generator=seeded()))
    assert len(drawn) == 200 and set(drawn) == set(range(5))


def test_the_order_changes_every_epoch_and_repeats_with_the_seed():
    ag.manual_seed(3)
    sampler = RandomSampler(range(100))
    first, second = list(sampler), list(sampler)
    assert first != second
    ag.manual_seed(3)
    assert [list(sampler), list(sampler)] == [first, second]


def test_what_the_program_draws_meanwhile_does_not_change_the_order():
    ag.manual_seed(5)
    undisturbed = list(RandomSampler(range(20)))
    ag.manual_seed(5)
    disturbed = []
    for i in RandomSampler(range(20)):
        disturbed.append(i)
        ag.rand(3)
    assert disturbed == undisturbed


def test_the_length_follows_the_dataset():
    source = [1, 2]
    sampler = RandomSampler(source)
    source += [3, 4]
    assert len(sampler) == 4 and sorted(sampler) == [0, 1, 2, 3]


def test_subset_and_weighted():
    assert sorted(SubsetRandomSampler([5, 7, 9], generator=seeded())) == [5, 7, 9]
    drawn = list(WeightedRandomSampler([0.0, 1.0, 3.0], 400, generator=seeded()))
    assert set(drawn) == {1, 2} and 250 < drawn.count(2) < 350
    assert sorted(WeightedRandomSampler([1, 2, 3], 3, replacement=False, generator=seeded())) == [0, 1, 2]


@given(st.integers(0, 30), st.integers(1, 8), st.booleans())
@settings(deadline=None, max_examples=40)
def test_batches_are_the_sampler_cut_in_pieces(n, size, drop_last):
    sampler = BatchSampler(SequentialSampler(range(n)), size, drop_last)
    batches = list(sampler)
    assert len(batches) == len(sampler)
    assert list(itertools.chain(*batches)) == list(range(n - n % size if drop_last else n))
    assert all(len(batch) == size for batch in batches[:-1])


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: RandomSampler([]), ValueError, "empty"),
        (lambda: RandomSampler([1], num_samples=0), ValueError, "num_samples=0"),
        (lambda: RandomSampler([1], num_samples=1.5), ValueError, "num_samples=1.5"),
        (lambda: RandomSampler([1], replacement=1), TypeError, "replacement"),
        (lambda: list(RandomSampler([], num_samples=3)), ValueError, "empty"),
        (lambda: WeightedRandomSampler([1.0], True), ValueError, "num_samples"),
        (lambda: WeightedRandomSampler([1.0], 1, replacement=0), ValueError, "replacement"),
        (lambda: WeightedRandomSampler([[1.0]], 1), ValueError, r"\(1, 1\)"),
        (lambda: BatchSampler([1], 0, False), ValueError, "batch_size"),
        (lambda: BatchSampler([1], 2.0, False), ValueError, "batch_size"),
        (lambda: BatchSampler([1], 2, 1), ValueError, "drop_last"),
    ],
)
def test_wrong_arguments(make, error, match):
    with pytest.raises(error, match=match):
        make()
