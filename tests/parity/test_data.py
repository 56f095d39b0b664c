"""Orders, batches and random augmentation against torch.utils.data for the same seed; image functions against torch's own."""

from __future__ import annotations

import random

import numpy as np
import pytest

import autograd_core as ag
import data
from data import transforms as T
from data.transforms import functional as F
from data.worker import numpy_seed

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torch.utils.data")

# PyTorch's own remarks on forking worker processes here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

SEEDS = [0, 1, 42, 2**40 + 17]


class Draws:
    """Samples that draw from the three global random streams; made for either library."""

    def __init__(self, rand):
        self.rand = rand

    def __len__(self):
        return 11

    def __getitem__(self, i):
        return i, float(self.rand(1).item()), random.random(), float(np.random.rand())


def plain(batch):
    """The same nested lists from either library's tensors."""
    if isinstance(batch, dict):
        return {key: plain(value) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return [plain(value) for value in batch]
    return (str(batch.numpy().dtype), batch.tolist()) if isinstance(batch, (ag.Tensor, torch.Tensor)) else batch


def run(library, torch_like, seed, make, epochs=2):
    torch_like.manual_seed(seed)
    loader = make(library, torch_like)
    passes = [[plain(batch) for batch in loader] for _ in range(epochs)]
    return passes, torch_like.rand(2).tolist()


def generator(torch_like, seed=7):
    g = torch_like.Generator()
    g.manual_seed(seed)
    return g


LOADERS = {
    "shuffle": lambda d, t: d.DataLoader(range(100), 8, shuffle=True),
    "shuffle, drop_last": lambda d, t: d.DataLoader(range(100), 8, shuffle=True, drop_last=True),
    "shuffle, own generator": lambda d, t: d.DataLoader(range(100), 8, shuffle=True, generator=generator(t)),
    "no shuffle": lambda d, t: d.DataLoader(range(10), 3),
    "no batches": lambda d, t: d.DataLoader(range(10), batch_size=None, shuffle=True),
    "replacement": lambda d, t: d.DataLoader(range(9), 4, sampler=d.RandomSampler(range(9), replacement=True, num_samples=70)),
    "two permutations": lambda d, t: d.DataLoader(range(9), 4, sampler=d.RandomSampler(range(9), num_samples=20, generator=generator(t))),
    "whole permutations": lambda d, t: d.DataLoader(range(9), 4, sampler=d.RandomSampler(range(9), num_samples=18, generator=generator(t))),
    "subset": lambda d, t: d.DataLoader(range(30), 4, sampler=d.SubsetRandomSampler([3, 9, 27, 1, 2])),
    "weighted": lambda d, t: d.DataLoader(range(5), 4, sampler=d.WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0], 13)),
    "weighted, no replacement": lambda d, t: d.DataLoader(range(5), 4, sampler=d.WeightedRandomSampler([1, 9, 4, 7, 3], 4, False)),
    "distributed": lambda d, t: d.DataLoader(range(25), 4, sampler=d.DistributedSampler(range(25), 4, 2, seed=5)),
    "split": lambda d, t: d.DataLoader(d.random_split(range(100), [0.3, 0.3, 0.4])[1], 7, shuffle=True),
    "split with generator": lambda d, t: d.DataLoader(d.random_split(range(20), [12, 8], generator=generator(t))[0], 5),
    "tensors": lambda d, t: d.DataLoader(d.TensorDataset(t.arange(20), t.arange(40).reshape(20, 2)), 6, shuffle=True),
    "stack": lambda d, t: d.DataLoader(d.StackDataset(a=range(9), b=t.arange(9)), 4, shuffle=True),
    "concat": lambda d, t: d.DataLoader(d.ConcatDataset([range(4), range(5)]), 2, shuffle=True),
    "samples that draw": lambda d, t: d.DataLoader(Draws(t.rand), 4, shuffle=True),
    "workers": lambda d, t: d.DataLoader(range(50), 4, shuffle=True, num_workers=2),
    "workers, own generator": lambda d, t: d.DataLoader(range(50), 4, shuffle=True, num_workers=1, generator=generator(t)),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", [name for name in LOADERS if not name.startswith("workers")])
def test_batches_and_what_is_drawn_after(name, seed):
    random.seed(seed)
    np.random.seed(0)
    ours = run(data, ag, seed, LOADERS[name])
    random.seed(seed)
    np.random.seed(0)
    assert ours == run(theirs, torch, seed, LOADERS[name])


@pytest.mark.parametrize("name", [name for name in LOADERS if name.startswith("workers")])
def test_batches_of_workers(name):
    assert run(data, ag, 3, LOADERS[name]) == run(theirs, torch, 3, LOADERS[name])


@pytest.mark.parametrize("num_workers", [1, 3])
@pytest.mark.parametrize("persistent", [False, True])
def test_random_numbers_drawn_in_workers(num_workers, persistent):
    def loader(d, t):
        options = {"persistent_workers": persistent, "generator": generator(t) if persistent else None}
        return d.DataLoader(Draws(t.rand), 2, shuffle=True, num_workers=num_workers, **options)

    assert run(data, ag, 5, loader) == run(theirs, torch, 5, loader)


@pytest.mark.parametrize("base_seed", [0, 1, 2**31, 2**62 + 12345])
def test_seeds_of_numpy_in_workers(base_seed):
    from torch.utils.data._utils.worker import _generate_state

    for worker_id in range(3):
        assert numpy_seed(base_seed, worker_id).tolist() == _generate_state(base_seed, worker_id)


class Ours(data.IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


class Theirs(theirs.IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


def mine_from(worker_id):
    """worker_init_fn: streams of different lengths."""
    for library in (data, theirs):
        info = library.get_worker_info()
        if info is not None:
            info.dataset.n = [5, 0, 9][worker_id]


@pytest.mark.parametrize("options", [{}, {"drop_last": True}, {"num_workers": 2}, {"num_workers": 3, "worker_init_fn": mine_from}])
def test_streams(options):
    def batches(library, dataset):
        return [plain(batch) for batch in library.DataLoader(dataset, 2, **options)]

    assert batches(data, Ours(7)) == batches(theirs, Theirs(7))


ERRORS = [
    {"num_workers": -1},
    {"timeout": -1},
    {"prefetch_factor": 2},
    {"persistent_workers": True},
    {"multiprocessing_context": "spawn"},
    {"multiprocessing_context": "nonsense", "num_workers": 1},
    {"multiprocessing_context": 3, "num_workers": 1},
    {"sampler": [0], "shuffle": True},
    {"batch_sampler": [[0]], "batch_size": 2},
    {"batch_size": None, "drop_last": True},
    {"batch_size": 0},
    {"batch_size": 1.5},
]


@pytest.mark.parametrize("options", ERRORS)
@pytest.mark.parametrize("dataset", [range(4), []], ids=["full", "empty"])
def test_the_same_kind_of_error(options, dataset):
    with pytest.raises(Exception) as expected:
        theirs.DataLoader(dataset, **options)
    with pytest.raises(type(expected.value)):
        data.DataLoader(dataset, **options)


COLLATE = [
    lambda t: [1, 2],
    lambda t: [1.5, 2],
    lambda t: [True, False],
    lambda t: ["a", "b"],
    lambda t: [(1, "a"), (2, "b")],
    lambda t: [{"x": 1.0, "y": [1, 2]}, {"x": 2.0, "y": [3, 4]}],
    lambda t: [np.float32(1), np.float32(2)],
    lambda t: [np.float64(1), np.float64(2)],
    lambda t: [np.bool_(True), np.bool_(False)],
    lambda t: [np.arange(3, dtype=np.int16)] * 2,
    lambda t: [t.ones(2), t.zeros(2)],
    lambda t: [(t.ones(2), 1), (t.zeros(2), 0)],
    lambda t: [b"x", b"y"],
    lambda t: [range(3), range(3)],
    lambda t: [[], []],
]


@pytest.mark.parametrize("case", range(len(COLLATE)))
def test_collation(case):
    ours, expected = data.default_collate(COLLATE[case](ag)), theirs.default_collate(COLLATE[case](torch))
    assert type(ours).__name__ == type(expected).__name__ and plain(ours) == plain(expected)
    ours, expected = data.default_convert(COLLATE[case](ag)), theirs.default_convert(COLLATE[case](torch))
    assert type(ours).__name__ == type(expected).__name__ and plain(ours) == plain(expected)


@pytest.mark.parametrize("batch", [[None], [object()], [[1], [1, 2]], [{"a": 1}, {"b": 1}], [np.array(["a"])]])
def test_what_cannot_be_collated(batch):
    with pytest.raises(Exception) as expected:
        theirs.default_collate(batch)
    with pytest.raises(type(expected.value)):
        data.default_collate(batch)


class TestImages:
    """torchvision's tensor transforms are thin covers of these torch functions."""

    @pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
    @pytest.mark.parametrize("antialias", [True, False])
    @pytest.mark.parametrize(("old", "new"), [((9, 13), (5, 4)), ((5, 4), (9, 13)), ((28, 28), (14, 31)), ((1, 7), (3, 1))])
    def test_resize(self, mode, antialias, old, new, rng):
        x = rng.random((2, 3, *old)).astype(np.float32)
        ours = F.resize(ag.from_numpy(x), new, T.InterpolationMode(mode), antialias=antialias)
        expected = torch.nn.functional.interpolate(torch.from_numpy(x), new, mode=mode, align_corners=False, antialias=antialias)
        np.testing.assert_allclose(ours.numpy(), expected.numpy(), atol=2e-6)

    @pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
    @pytest.mark.parametrize(("old", "new"), [((9, 13), (5, 4)), ((5, 4), (9, 13)), ((28, 28), (14, 31))])
    def test_resize_by_nearest(self, mode, old, new, rng):
        x = rng.random((1, 2, *old)).astype(np.float32)
        ours = F.resize(ag.from_numpy(x), new, T.InterpolationMode(mode))
        assert np.array_equal(ours.numpy(), torch.nn.functional.interpolate(torch.from_numpy(x), new, mode=mode).numpy())

    @pytest.mark.parametrize(("ours", "name"), [("constant", "constant"), ("edge", "replicate"), ("reflect", "reflect")])
    def test_pad(self, ours, name, rng):
        x = rng.random((2, 5, 6)).astype(np.float32)
        expected = torch.nn.functional.pad(torch.from_numpy(x)[None], (1, 3, 2, 4), mode=name)[0]
        assert np.array_equal(F.pad(ag.from_numpy(x), [1, 2, 3, 4], padding_mode=ours).numpy(), expected.numpy())

    @pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
    def test_normalisation_to_the_bit(self, dtype, rng):
        x = rng.random((3, 8, 8)).astype(dtype)
        mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
        t = torch.from_numpy(x.copy())
        expected = t.sub_(torch.tensor(mean, dtype=t.dtype)[:, None, None]).div_(torch.tensor(std, dtype=t.dtype)[:, None, None])
        assert F.normalize(ag.from_numpy(x), mean, std).numpy().tobytes() == expected.numpy().tobytes()

    def test_bytes_to_floats_to_the_bit(self):
        x = np.arange(256, dtype=np.uint8).reshape(16, 16)
        assert F.to_tensor(x).numpy().tobytes() == torch.from_numpy(x)[None].to(torch.float32).div(255).numpy().tobytes()

    def test_mnist_batches_to_the_bit(self):
        dataset = data.datasets.MNIST("nowhere", train=False, transform=T.Compose([T.ToTensor(), T.Normalize((0.1307,), (0.3081,))]))
        ag.manual_seed(1)
        ours = next(iter(data.DataLoader(dataset, 64, shuffle=True)))
        torch.manual_seed(1)
        index = next(iter(theirs.DataLoader(range(10000), 64, shuffle=True)))
        x = torch.from_numpy(dataset.data.numpy())[index][:, None].to(torch.float32).div(255)
        x = x.sub_(torch.tensor([0.1307])).div_(torch.tensor([0.3081]))
        assert ours[0].numpy().tobytes() == x.numpy().tobytes()
        assert ours[1].tolist() == torch.from_numpy(dataset.targets.numpy())[index].tolist()

    def test_random_draws_of_augmentation(self):
        x = np.arange(100, dtype=np.float32).reshape(1, 10, 10)
        ag.manual_seed(9)
        ours = [T.RandomCrop(6)(T.RandomHorizontalFlip()(ag.from_numpy(x))).tolist() for _ in range(20)]
        torch.manual_seed(9)
        expected = []
        for _ in range(20):
            image = torch.from_numpy(x)
            if torch.rand(1) < 0.5:
                image = image.flip(-1)
            top, left = (torch.randint(0, 5, size=(1,)).item() for _ in range(2))
            expected.append(image[:, top : top + 6, left : left + 6].tolist())
        assert ours == expected


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"drop_last": True}, {"drop_last": True, "shuffle": False, "seed": 3}])
@pytest.mark.parametrize("count", [1, 7, 16, 2])
@pytest.mark.parametrize("epoch", [0, 3])
def test_distributed_samplers(options, count, epoch):
    from torch.utils.data.distributed import DistributedSampler

    for rank in range(4):
        ours, expected = (cls(range(count), 4, rank, **options) for cls in (data.DistributedSampler, DistributedSampler))
        for sampler in (ours, expected):
            sampler.set_epoch(epoch)
        assert list(ours) == list(expected) and len(ours) == len(expected)


@pytest.mark.parametrize("arguments", [(4, 4), (4, -1), (None, 0), (2, None)])
def test_distributed_samplers_that_cannot_be(arguments):
    from torch.utils.data.distributed import DistributedSampler

    with pytest.raises(Exception) as expected:
        DistributedSampler(range(9), *arguments)
    kind = RuntimeError if None in arguments else type(expected.value)  # PyTorch asks a process group, of which there is none
    with pytest.raises(kind):
        data.DistributedSampler(range(9), *arguments)


class Raises:
    def __init__(self, error):
        self.error = error

    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i == 1:
            raise self.error
        return i


@pytest.mark.parametrize(
    "error", [KeyError("k"), ValueError("v"), IndexError(3), OSError(2, "no"), UnicodeDecodeError("a", b"", 0, 1, "r")], ids=repr
)
def test_errors_of_workers(error):
    """The same type and the same first lines."""
    caught = []
    for library in (theirs, data):
        iterator = iter(library.DataLoader(Raises(error), num_workers=1))
        next(iterator)
        with pytest.raises(Exception) as raised:
            next(iterator)
        assert [int(batch) for batch in iterator] == [2]
        caught.append(raised.value)
    expected, ours = caught
    assert type(ours) is type(expected) and str(ours).splitlines()[:2] == str(expected).splitlines()[:2]
    assert str(ours).splitlines()[-1] == str(expected).splitlines()[-1]


@pytest.mark.parametrize("in_order", [True, False])
def test_streams_that_end_at_different_times(in_order):
    def numbers(library, dataset):
        loader = library.DataLoader(dataset, 2, num_workers=3, worker_init_fn=mine_from, in_order=in_order)
        return [plain(batch) for batch in loader]

    ours, expected = numbers(data, Ours(7)), numbers(theirs, Theirs(7))
    assert ours == expected if in_order else sorted(map(str, ours)) == sorted(map(str, expected))
