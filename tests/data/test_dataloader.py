"""The loader: batches, order, streams, workers, and the arguments that exclude each other."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    SequentialSampler,
    Subset,
    TensorDataset,
    default_collate,
    get_worker_info,
)


class Noisy(Dataset):
    """Samples that draw from all three global random streams."""

    def __len__(self):
        return 12

    def __getitem__(self, i):
        return i, random.random(), float(np.random.rand()), ag.rand(1).item()


class Count(IterableDataset):
    def __init__(self, start, end, length=None):
        self.start, self.end, self.length = start, end, length

    def __iter__(self):
        return iter(range(self.start, self.end))

    def __len__(self):
        if self.length is None:
            raise TypeError("no length")
        return self.length


def share_out(worker_id):
    """Each worker reads its own part of a Count."""
    info = get_worker_info()
    info.dataset.start, info.dataset.end = 10 * worker_id, 10 * worker_id + 3 + 2 * worker_id


def rows(loader):
    return [batch.tolist() for batch in loader]


@given(st.integers(1, 30), st.integers(1, 9), st.booleans(), st.booleans(), st.sampled_from([0, 0, 0, 0, 1, 2]))
@settings(deadline=None, max_examples=60)
def test_every_sample_once_in_batches(n, size, shuffle, drop_last, num_workers):
    loader = DataLoader(range(n), size, shuffle=shuffle, drop_last=drop_last, num_workers=num_workers)
    batches = rows(loader)
    assert len(batches) == len(loader) == (n // size if drop_last else -(-n // size))
    seen = [i for batch in batches for i in batch]
    assert len(set(seen)) == len(seen) and (shuffle or seen == list(range(len(seen))))
    assert all(len(batch) == size for batch in batches[:-1]) and (drop_last or len(seen) == n)


def test_lists_tensors_and_mappings_are_datasets():
    assert rows(DataLoader([1.5, 2.5, 3.5], 2)) == [[1.5, 2.5], [3.5]]
    assert rows(DataLoader(ag.tensor([[1], [2]]), 2)) == [[[1], [2]]]
    assert rows(DataLoader({"a": 1, "b": 2}, batch_sampler=[["b", "a"], ["a"]])) == [[2, 1], [1]]


def test_no_batches_with_batch_size_none():
    loader = DataLoader([np.array([1, 2]), "text", 3], batch_size=None)
    first, second, third = loader
    assert isinstance(first, ag.Tensor) and second == "text" and third == 3 and len(loader) == 3


def test_samplers():
    assert rows(DataLoader(range(10), 2, sampler=[9, 8, 7])) == [[9, 8], [7]]
    assert rows(DataLoader(range(10), batch_sampler=BatchSampler(SequentialSampler(range(5)), 3, True))) == [[0, 1, 2]]
    assert rows(DataLoader(range(10), batch_sampler=[[1], [2, 3]], num_workers=2)) == [[1], [2, 3]]


@pytest.mark.parametrize("num_workers", [0, 2])
def test_orders_repeat_with_the_seed_and_with_the_generator(num_workers):
    ag.manual_seed(1)
    loader = DataLoader(range(50), 7, shuffle=True, num_workers=num_workers)
    epochs = [rows(loader), rows(loader)]
    assert epochs[0] != epochs[1]
    ag.manual_seed(1)
    assert [rows(loader), rows(loader)] == epochs
    own = [rows(DataLoader(range(50), 7, shuffle=True, generator=ag.Generator().manual_seed(2))) for _ in range(2)]
    assert own[0] == own[1]


def test_an_own_collation_gets_the_list_of_samples():
    assert list(DataLoader(TensorDataset(ag.arange(4)), 2, collate_fn=lambda batch: [len(batch), type(batch)])) == [[2, list]] * 2


def test_several_passes_at_once_do_not_mix():
    loader = DataLoader(range(6), 2)
    one, two = iter(loader), iter(loader)
    assert next(one).tolist() == next(two).tolist() == [0, 1]
    assert [len(one), next(one).tolist(), next(one).tolist()] == [3, [2, 3], [4, 5]]
    with pytest.raises(StopIteration):
        next(one)


class TestStreams:
    def test_batches_and_their_last(self):
        assert rows(DataLoader(Count(0, 5), 2)) == [[0, 1], [2, 3], [4]]
        assert rows(DataLoader(Count(0, 5), 2, drop_last=True)) == [[0, 1], [2, 3]]
        assert list(DataLoader(Count(0, 3), batch_size=None)) == [0, 1, 2]
        assert rows(DataLoader(Count(0, 0), 2)) == []

    def test_length(self):
        assert len(DataLoader(Count(0, 5, length=5), 2)) == 3 and len(DataLoader(Count(0, 5, length=5), 2, drop_last=True)) == 2
        with pytest.raises(TypeError):
            len(DataLoader(Count(0, 5), 2))

    def test_more_than_was_promised_warns(self):
        loader = DataLoader(Count(0, 5, length=2), 1)
        assert len(loader) == 2
        with pytest.warns(UserWarning, match="reported a length of 2"):
            rows(loader)

    def test_every_worker_reads_the_whole_stream_unless_told_otherwise(self):
        assert rows(DataLoader(Count(0, 3), 2, num_workers=2)) == [[0, 1], [0, 1], [2], [2]]
        loader = DataLoader(Count(0, 0), 2, num_workers=3, worker_init_fn=share_out)
        assert rows(loader) == [[0, 1], [10, 11], [20, 21], [2], [12, 13], [22, 23], [14], [24, 25], [26]]
        assert (loader.dataset.start, loader.dataset.end) == (0, 0)

    @pytest.mark.parametrize("option", [{"shuffle": True}, {"sampler": [0]}, {"batch_sampler": [[0]]}])
    def test_their_order_is_their_own(self, option):
        with pytest.raises(ValueError, match=next(iter(option))):
            DataLoader(Count(0, 3), **option)
        assert rows(DataLoader(Count(0, 3), 3, shuffle=False)) == [[0, 1, 2]]


class TestWorkers:
    def test_their_random_streams_differ_repeat_and_leave_the_programs_alone(self):
        def epoch(workers):
            ag.manual_seed(0)
            random.seed(0)
            np.random.seed(0)
            batches = [[column.tolist() for column in batch] for batch in DataLoader(Noisy(), 3, num_workers=workers)]
            return batches, (random.random(), np.random.rand())

        (two, after), (again, _) = epoch(2), epoch(2)
        random.seed(0)
        np.random.seed(0)
        assert two == again and after == (random.random(), np.random.rand())
        for column in (1, 2, 3):
            values = [value for batch in two for value in batch[column]]
            assert len(set(values)) == 12
        assert [batch[0] for batch in two] == [batch[0] for batch in epoch(0)[0]]

    def test_new_seeds_every_epoch_unless_persistent(self):
        ag.manual_seed(0)
        loader = DataLoader(Noisy(), 12, num_workers=1)
        assert next(iter(loader))[3].tolist() != next(iter(loader))[3].tolist()

        class Seeds(Dataset):
            calls = 0

            def __len__(self):
                return 2

            def __getitem__(self, i):
                self.calls += 1
                return [get_worker_info().seed, self.calls]

        loader = DataLoader(Seeds(), batch_size=None, num_workers=2, persistent_workers=True)
        (one, _), (two, _) = first = list(loader)
        assert two == one + 1 and list(loader) == [[one, 2], [two, 2]] != first

    def test_who_am_i(self):
        class Asks(Dataset):
            def __len__(self):
                return 4

            def __getitem__(self, i):
                info = get_worker_info()
                return (i, info.id, info.num_workers, int(info.dataset is self))

        assert [row.tolist() for row in next(iter(DataLoader(Asks(), 4, num_workers=2)))] == [[0, 1, 2, 3], [0] * 4, [2] * 4, [1] * 4]
        assert get_worker_info() is None

    def test_an_error_in_a_worker_comes_out_as_it_is_and_the_streams_are_put_back(self):
        class Bad(Dataset):
            def __len__(self):
                return 2

            def __getitem__(self, i):
                raise KeyError("bad sample")

        random.seed(1)
        before = random.getstate()
        with pytest.raises(KeyError, match="bad sample"):
            next(iter(DataLoader(Bad(), num_workers=2)))
        assert get_worker_info() is None and random.getstate() == before

    def test_nothing_needs_to_be_pickled(self):
        assert rows(DataLoader(range(3), 2, num_workers=2, collate_fn=lambda batch: ag.tensor(batch))) == [[0, 1], [2]]

    @pytest.mark.parametrize("context", ["spawn", "fork"])
    def test_a_context_is_accepted(self, context):
        import multiprocessing

        for given_context in (context, multiprocessing.get_context(context)):
            assert rows(DataLoader(range(3), 2, num_workers=1, multiprocessing_context=given_context)) == [[0, 1], [2]]


class TestWholeBatchReading:
    """``__getbatch__`` against reading sample by sample: the same to the last bit."""

    DTYPES = ["float32", "float64", "int64", "uint8", "bool", "float16"]

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("shape", [(13,), (13, 3), (13, 2, 0)])
    def test_tensor_datasets(self, dtype, shape, rng):
        dataset = TensorDataset(ag.from_numpy((rng.standard_normal(shape) * 5).astype(dtype)), ag.arange(13))
        for source in (dataset, Subset(dataset, [12, 0, 3, 3, -1]), Subset(Subset(dataset, list(range(13))), [5, 4])):
            fast, slow = DataLoader(source, 4), DataLoader(source, 4, collate_fn=lambda b: default_collate(b))
            for one, other in zip(fast, slow, strict=True):
                assert type(one) is type(other) is list
                for a, b in zip(one, other, strict=True):
                    assert a.dtype == b.dtype and a.shape == b.shape
                    assert a.numpy().tobytes() == b.numpy().tobytes()

    def test_batches_own_their_memory(self):
        x = ag.arange(4)
        (batch,) = next(iter(DataLoader(TensorDataset(x), 4)))
        batch += 1
        assert x.tolist() == [0, 1, 2, 3]

    @pytest.mark.parametrize("index", [99, -99])
    def test_indices_out_of_range_raise(self, index):
        with pytest.raises(IndexError):
            list(DataLoader(TensorDataset(ag.arange(4)), 2, sampler=[0, index]))


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"num_workers": -1}, ValueError, "num_workers"),
        ({"timeout": -1}, ValueError, "timeout"),
        ({"prefetch_factor": 2}, ValueError, "num_workers > 0"),
        ({"prefetch_factor": -2, "num_workers": 1}, ValueError, "prefetch_factor"),
        ({"persistent_workers": True}, ValueError, "num_workers > 0"),
        ({"multiprocessing_context": "spawn"}, ValueError, "num_workers > 0"),
        ({"multiprocessing_context": "thread", "num_workers": 1}, ValueError, "spawn"),
        ({"multiprocessing_context": 3, "num_workers": 1}, TypeError, "context"),
        ({"sampler": [0], "shuffle": True}, ValueError, "exclude"),
        ({"batch_sampler": [[0]], "batch_size": 2}, ValueError, "batch_sampler"),
        ({"batch_sampler": [[0]], "drop_last": True}, ValueError, "batch_sampler"),
        ({"batch_size": None, "drop_last": True}, ValueError, "drop_last"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"batch_size": 2.0}, ValueError, "batch_size"),
    ],
)
def test_arguments_that_cannot_be(options, error, match):
    with pytest.raises(error, match=match):
        DataLoader(range(4), **options)


def test_an_empty_dataset():
    assert rows(DataLoader([], 2)) == [] and len(DataLoader([], 2)) == 0
    with pytest.raises(ValueError, match="empty"):
        DataLoader([], 2, shuffle=True)


@pytest.mark.parametrize("name", ["batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"])
def test_what_is_fixed_once_made(name):
    loader = DataLoader(range(4))
    with pytest.raises(ValueError, match=name):
        setattr(loader, name, None)
    loader.num_workers = 0


def test_accepted_and_without_effect():
    assert rows(DataLoader(range(3), 2, pin_memory=True, pin_memory_device="cuda", in_order=False)) == [[0, 1], [2]]
    with pytest.raises(AssertionError, match="timeout"):
        iter(DataLoader(range(3), timeout=3))
    assert rows(DataLoader(range(3), 2, timeout=3, num_workers=1)) == [[0, 1], [2]]


def test_loaders_can_be_pickled_and_passes_cannot():
    loader = pickle.loads(pickle.dumps(DataLoader(list(range(5)), 2)))
    assert rows(loader) == [[0, 1], [2, 3], [4]]
    with pytest.raises(NotImplementedError):
        pickle.dumps(iter(loader))
