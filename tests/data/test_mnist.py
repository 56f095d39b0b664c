"""MNIST: where the digits come from, damaged files, downloads, and whole batches against single images."""

from __future__ import annotations

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from data import DataLoader, Subset, default_collate, random_split
from data import transforms as T
from data.datasets import KMNIST, MNIST, FashionMNIST, packaged, read_idx
from data.datasets import download as downloading
from data.transforms.batched import batched

MNIST_TRANSFORM = T.Compose([T.ToTensor(), T.Normalize((0.1307,), (0.3081,))])

# The official uncompressed files.
OFFICIAL = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def idx(array: np.ndarray, code: int = 8) -> bytes:
    return (
        bytes([0, 0, code, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.astype(array.dtype.newbyteorder(">")).tobytes()
    )


def small(n=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 28, 28), dtype=np.uint8), rng.integers(0, 10, n, dtype=np.uint8)


def write_raw(root: Path, name="MNIST", compress=False, n=5):
    folder = root / name / "raw"
    folder.mkdir(parents=True)
    for seed, prefix in enumerate(("train", "t10k")):
        for array, suffix in zip(small(n, seed), ("images-idx3", "labels-idx1"), strict=True):
            path = folder / f"{prefix}-{suffix}-ubyte"
            if compress:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(idx(array)))
            else:
                path.write_bytes(idx(array))
    return folder


@pytest.fixture(scope="module")
def test_digits():
    return MNIST("nowhere", train=False, transform=MNIST_TRANSFORM)


class TestPackaged:
    @pytest.mark.parametrize(("train", "prefix", "n"), [(True, "train", 60000), (False, "t10k", 10000)])
    def test_they_are_the_official_digits(self, train, prefix, n):
        dataset = MNIST("nowhere", train=train)
        assert dataset.data.shape == (n, 28, 28) and dataset.data.dtype == ag.uint8
        assert dataset.targets.shape == (n,) and dataset.targets.dtype == ag.int64 and len(dataset) == n
        images, labels = idx(dataset.data.numpy()), idx(dataset.targets.numpy().astype(np.uint8))
        assert hashlib.md5(images).hexdigest() == OFFICIAL[f"{prefix}-images-idx3-ubyte"]
        assert hashlib.md5(labels).hexdigest() == OFFICIAL[f"{prefix}-labels-idx1-ubyte"]

    def test_a_sample_is_an_image_and_an_int(self):
        dataset = MNIST(Path("nowhere"), train=False)
        image, label = dataset[0]
        assert (image.mode, image.size, label, type(label)) == ("L", (28, 28), 7, int)
        assert np.array_equal(np.asarray(image), dataset.data[0].numpy())
        assert dataset[-1][1] == dataset.targets[-1].item()
        with pytest.raises(IndexError):
            dataset[10000]

    def test_transforms_and_repr(self):
        dataset = MNIST("here", train=False, transform=MNIST_TRANSFORM, target_transform=lambda y: y + 1)
        x, y = dataset[0]
        assert x.shape == (1, 28, 28) and x.dtype == ag.float32 and y == 8
        head = "Dataset MNIST\n    Number of datapoints: 10000\n    Root location: here\n    Split: Test\n    StandardTransform\n"
        assert repr(dataset).startswith(head + "Transform: Compose(\n               ToTensor()\n")
        assert repr(MNIST("here", train=False)) == head[: head.index("\n    Standard")]

    def test_classes(self, test_digits):
        assert test_digits.classes[3] == "3 - three" and test_digits.class_to_idx["9 - nine"] == 9

    def test_two_datasets_do_not_share_memory(self):
        one, other = MNIST("nowhere", train=False), MNIST("nowhere", train=False)
        one.data[0] = 0
        assert other.data[0].numpy().any()

    def test_nothing_is_written(self, tmp_path):
        MNIST(tmp_path, train=False)
        assert list(tmp_path.iterdir()) == []

    def test_a_damaged_package_says_so(self, tmp_path, monkeypatch):
        monkeypatch.setattr(packaged, "PACKAGED", tmp_path)
        (tmp_path / "mnist_70k.npz").write_bytes(b"PK\x03\x04 not an archive")
        with pytest.raises(RuntimeError, match="damaged"):
            MNIST("nowhere")

    def test_those_without_a_copy_ask_for_files(self, tmp_path):
        with pytest.raises(RuntimeError, match="download=True"):
            KMNIST(tmp_path)

    def test_a_packaged_part_is_said_aloud_once(self, tmp_path, monkeypatch):
        monkeypatch.setattr(packaged, "_told", set())
        with pytest.warns(UserWarning, match=r"6,000 of 60,000.*download=True") as caught:
            train, test = FashionMNIST(tmp_path), FashionMNIST(tmp_path, train=False)
        assert len(caught) == 1 and caught[0].filename == __file__
        assert (len(train), len(test)) == (6000, 1000) and np.bincount(train.targets.numpy(), minlength=10).min() > 500
        assert train.targets[:3].tolist() == [9, 0, 0] and abs(train.data.numpy().mean() / 255 - 0.286) < 0.005


class TestFiles:
    @pytest.mark.parametrize("compress", [False, True])
    def test_files_under_the_root_come_first(self, tmp_path, compress):
        write_raw(tmp_path, compress=compress)
        for seed, train in enumerate((True, False)):
            dataset = MNIST(tmp_path, train=train)
            images, labels = small(5, seed)
            assert np.array_equal(dataset.data.numpy(), images) and np.array_equal(dataset.targets.numpy(), labels)

    def test_other_datasets_have_their_own_folder(self, tmp_path):
        write_raw(tmp_path, "FashionMNIST")
        assert len(FashionMNIST(str(tmp_path))) == 5 and FashionMNIST(tmp_path).classes[1] == "Trouser"
        assert len(MNIST(tmp_path, train=False)) == 10000

    def test_half_a_dataset_is_an_error(self, tmp_path):
        folder = write_raw(tmp_path)
        (folder / "train-labels-idx1-ubyte").unlink()
        with pytest.raises(RuntimeError, match="train-labels-idx1-ubyte"):
            MNIST(tmp_path)

    @pytest.mark.parametrize(
        ("name", "content", "match"),
        [
            ("train-labels-idx1-ubyte", idx(np.zeros(4, np.uint8)), "5 images and .* 4 labels"),
            ("train-labels-idx1-ubyte", idx(np.zeros((5, 1), np.uint8)), r"labels \(N,\)"),
            ("train-labels-idx1-ubyte", idx(np.zeros(5, np.int32), 12), "int32"),
            ("train-images-idx3-ubyte", idx(np.zeros(5, np.uint8)), r"images \(N, H, W\)"),
            ("train-images-idx3-ubyte", b"<html>404</html>", "magic"),
        ],
    )
    def test_wrong_contents(self, tmp_path, name, content, match):
        (write_raw(tmp_path) / name).write_bytes(content)
        with pytest.raises(ValueError, match=match):
            MNIST(tmp_path)


class TestIdx:
    @given(st.sampled_from([("u1", 8), ("i1", 9), ("i2", 11), ("i4", 12), ("f4", 13), ("f8", 14)]), st.lists(st.integers(0, 4), max_size=4))
    @settings(deadline=None, max_examples=40)
    def test_every_type_and_shape(self, tmp_path_factory, kind, shape):
        array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind[0])
        path = tmp_path_factory.mktemp("idx") / "x"
        path.write_bytes(idx(array, kind[1]))
        out = read_idx(path)
        assert out.dtype == array.dtype and out.dtype.isnative and out.shape == array.shape and np.array_equal(out, array)
        assert out.flags.writeable

    SOUND = idx(small(2)[0])

    @pytest.mark.parametrize("compress", [False, True])
    @pytest.mark.parametrize("length", [0, 1, 3, 4, 9, 15, 16, 100, len(SOUND) - 1, len(SOUND) + 1])
    def test_a_wrong_length_is_an_error(self, tmp_path, length, compress):
        content = (self.SOUND + b"x")[:length]
        path = tmp_path / ("x.gz" if compress else "x")
        path.write_bytes(gzip.compress(content) if compress else content)
        with pytest.raises(ValueError, match="not a sound IDX file"):
            read_idx(path)

    def test_every_truncation_of_a_gzip_file_is_an_error(self, tmp_path):
        whole = gzip.compress(self.SOUND)
        for length in range(0, len(whole) - 1, 97):
            path = tmp_path / "x.gz"
            path.write_bytes(whole[:length])
            with pytest.raises(ValueError, match="not a sound IDX file"):
                read_idx(path)

    @pytest.mark.parametrize(
        "head",
        [
            b"\x00\x00\x08\x03" + b"\xff" * 12,
            b"\x00\x00\x0e\xff" + b"\xff" * 1020,
            b"\x00\x00\x08\xff" + b"\x00\x00\x00\x01" * 255,
            b"\x01\x00\x08\x01\x00\x00\x00\x00",
            b"\x00\x00\x07\x01\x00\x00\x00\x00",
        ],
        ids=["4 G of each", "255 huge dimensions", "255 dimensions", "not zero", "unknown type"],
    )
    def test_a_header_that_promises_too_much(self, tmp_path, head):
        path = tmp_path / "x"
        path.write_bytes(head + b"\0" * 64)
        with pytest.raises(ValueError, match="not a sound IDX file"):
            read_idx(path)

    @given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
    @settings(deadline=None, max_examples=60)
    def test_a_changed_byte_reads_or_raises(self, tmp_path_factory, position, value):
        content = bytearray(self.SOUND)
        content[position] = value
        path = tmp_path_factory.mktemp("idx") / "x"
        path.write_bytes(content)
        try:
            assert isinstance(read_idx(path), np.ndarray)
        except ValueError as error:
            assert str(path) in str(error)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            read_idx(tmp_path / "none")


class TestDownload:
    """Mirrors are folders, read through file:// addresses: no network."""

    @pytest.fixture
    def mirror(self, tmp_path, monkeypatch):
        folder = write_raw(tmp_path / "mirror", compress=True)
        monkeypatch.setattr(MNIST, "mirrors", ("file:///no/such/mirror/", folder.as_uri() + "/"))
        sums = [(name, hashlib.md5((folder / name).read_bytes()).hexdigest()) for name, _ in MNIST.resources]
        monkeypatch.setattr(MNIST, "resources", sums)
        monkeypatch.setattr(packaged, "_told", set())
        return folder

    def test_the_second_mirror_serves(self, mirror, tmp_path):
        root = tmp_path / "root"
        dataset = MNIST(root, download=True)
        assert np.array_equal(dataset.data.numpy(), small(5, 0)[0])
        names = sorted(path.name for path in (root / "MNIST" / "raw").iterdir())
        assert names == sorted([*OFFICIAL, *(name + ".gz" for name in OFFICIAL)])

    def test_what_is_there_is_not_fetched_again(self, mirror, tmp_path, monkeypatch):
        MNIST(tmp_path / "root", download=True)
        monkeypatch.setattr(downloading, "_fetch_from", lambda *_: pytest.fail("fetched again"))
        MNIST(tmp_path / "root", train=False, download=True)
        (tmp_path / "root" / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
        assert len(MNIST(tmp_path / "root", train=False, download=True)) == 5

    @pytest.mark.parametrize("how", ["missing", "cut short", "other bytes"])
    def test_without_a_copy_a_failure_names_mirrors_and_ways_out_and_leaves_nothing_partial(self, mirror, tmp_path, monkeypatch, how):
        monkeypatch.setattr(MNIST, "packaged", None)
        bad = mirror / "t10k-labels-idx1-ubyte.gz"
        if how == "missing":
            bad.unlink()
        else:
            bad.write_bytes(bad.read_bytes()[:-3] if how == "cut short" else b"<html>503</html>")
        with pytest.raises(RuntimeError, match=r"t10k-labels-idx1-ubyte\.gz") as caught:
            MNIST(tmp_path / "root", download=True)
        assert "no/such/mirror" in str(caught.value) and str(tmp_path / "root") in str(caught.value)
        left = {path.name for path in (tmp_path / "root" / "MNIST" / "raw").iterdir()}
        assert not any("t10k-labels" in name or name.endswith(".part") for name in left)

    def test_offline_the_packaged_digits_are_used_and_said_so_once(self, tmp_path, monkeypatch):
        monkeypatch.setattr(MNIST, "mirrors", ("file:///no/such/mirror/",))
        monkeypatch.setattr(packaged, "_told", set())
        with pytest.warns(UserWarning, match="packaged copy") as caught:
            assert len(MNIST(tmp_path / "root", train=False, download=True)) == 10000
            assert len(MNIST(tmp_path / "root", train=False, download=True)) == 10000
        assert len(caught) == 1 and caught[0].filename == __file__

    def test_an_unwritable_root_counts_as_a_failed_download(self, tmp_path, monkeypatch, mirror):
        (tmp_path / "file").write_text("in the way")
        with pytest.warns(UserWarning, match="packaged copy"):
            assert len(MNIST(tmp_path / "file", train=False, download=True)) == 10000

    def test_an_interrupted_write_leaves_nothing(self, tmp_path, monkeypatch):
        class Breaks:
            def __init__(self):
                self.parts = [b"begin"]

            def read(self, _):
                if self.parts:
                    return self.parts.pop()
                raise KeyboardInterrupt

            def __enter__(self):
                return self

            def __exit__(self, *_):
                return False

        monkeypatch.setattr(downloading.urllib.request, "urlopen", lambda *_, **__: Breaks())
        with pytest.raises(KeyboardInterrupt):
            downloading.fetch("x.gz", ["http://mirror/"], tmp_path, "0" * 32)
        assert list(tmp_path.iterdir()) == []


class TestWholeBatches:
    """One index for the whole batch, and the same bits as one image after another."""

    TRANSFORMS = [
        T.ToTensor(),
        MNIST_TRANSFORM,
        T.Compose([T.Compose([T.ToTensor()]), T.Normalize([0.5], [0.5]), T.Normalize(mean=0.1, std=3.0)]),
        T.Compose([T.RandomHorizontalFlip(), T.RandomCrop(26, padding=(1, 2)), T.RandomVerticalFlip(0.3), MNIST_TRANSFORM]),
        T.Compose([T.RandomCrop((9, 28)), T.RandomCrop(9), T.ToTensor()]),
    ]

    @staticmethod
    def assert_same(fast, slow):
        for (x, y), (a, b) in zip(fast, slow, strict=True):
            assert x.dtype == a.dtype and y.dtype == b.dtype and x.shape == a.shape
            assert x.numpy().tobytes() == a.numpy().tobytes() and y.numpy().tobytes() == b.numpy().tobytes()

    @pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda t: type(t).__name__)
    @pytest.mark.parametrize("num_workers", [0, 2])
    def test_the_same_bits(self, transform, num_workers):
        dataset = Subset(MNIST("nowhere", train=False, transform=transform), list(range(9900, 10000)))
        options = {"batch_size": 32, "shuffle": True, "num_workers": num_workers}
        ag.manual_seed(0)
        slow = list(DataLoader(dataset, collate_fn=lambda batch: default_collate(batch), **options))
        after = ag.rand(3).tolist()
        ag.manual_seed(0)
        fast = list(DataLoader(dataset, **options))
        self.assert_same(fast, slow)
        assert ag.rand(3).tolist() == after

    def test_single_images_are_not_read(self, test_digits, monkeypatch):
        monkeypatch.setattr(MNIST, "__getitem__", lambda *_: pytest.fail("read an image by itself"))
        parts = random_split(test_digits, [0.5, 0.5])
        batch = next(iter(DataLoader(parts[1], 64, shuffle=True)))
        assert isinstance(batch, list) and batch[0].shape == (64, 1, 28, 28) and batch[1].shape == (64,)

    def test_another_default_dtype(self):
        before = ag.get_default_dtype()
        dataset = MNIST("nowhere", train=False, transform=MNIST_TRANSFORM)
        try:
            ag.set_default_dtype(ag.float64)
            slow = DataLoader(dataset, 5, sampler=range(5), collate_fn=lambda b: default_collate(b))
            self.assert_same(DataLoader(dataset, 5, sampler=range(5)), slow)
            assert next(iter(DataLoader(dataset)))[0].dtype == ag.float64
        finally:
            ag.set_default_dtype(before)

    @pytest.mark.parametrize(
        "transform",
        [
            None,
            T.Lambda(lambda img: 1),
            T.Compose([]),
            T.Compose([T.Pad(2), T.ToTensor()]),
            T.Compose([T.RandomCrop(28, padding=2, fill=1), T.ToTensor()]),
            T.Compose([T.RandomCrop(28, padding=2, padding_mode="edge"), T.ToTensor()]),
            T.Compose([T.RandomHorizontalFlip()]),
            T.Compose([T.ToTensor(), T.RandomHorizontalFlip()]),
            T.Compose([T.ToTensor(), T.Normalize((0.1, 0.2), (1.0, 1.0))]),
            T.Compose([T.ToTensor(), T.Normalize((0.1,), (0.0,))]),
            T.Normalize((0.1,), (1.0,)),
            type("Mine", (T.ToTensor,), {})(),
        ],
        ids=str,
    )
    def test_what_is_read_one_by_one(self, transform):
        assert batched(transform) is None

    def test_the_error_of_a_wrong_transform_names_it(self):
        dataset = MNIST("nowhere", train=False, transform=T.Compose([T.ToTensor(), T.Normalize((0.1,), (0.0,))]))
        with pytest.raises(ValueError, match="std") as caught:
            next(iter(DataLoader(dataset)))
        assert "in transform 1 of Compose" in caught.value.__notes__[0]

    def test_windows_that_do_not_fit_are_the_single_images_error(self):
        dataset = MNIST("nowhere", train=False, transform=T.Compose([T.RandomCrop(40), T.ToTensor()]))
        with pytest.raises(ValueError, match="pad_if_needed"):
            next(iter(DataLoader(dataset, 4)))

    def test_without_a_transform_the_loader_says_what_to_do(self):
        with pytest.raises(TypeError, match="ToTensor"):
            next(iter(DataLoader(MNIST("nowhere", train=False), 4)))

    def test_target_transforms_and_replaced_data_are_respected(self):
        dataset = MNIST("nowhere", train=False, transform=T.ToTensor(), target_transform=lambda y: -y)
        assert next(iter(DataLoader(dataset, 3)))[1].tolist() == [-7, -2, -1]
        dataset.target_transform = None
        dataset.data, dataset.targets = dataset.data[1:4], dataset.targets[1:4]
        assert next(iter(DataLoader(dataset, 9)))[1].tolist() == [2, 1, 0]
        dataset.targets = ["a", "b", "c"]
        with pytest.raises(ValueError):
            next(iter(DataLoader(dataset, 9)))
        dataset.targets = ["4", "5", "6"]
        assert next(iter(DataLoader(dataset, 9)))[1].tolist() == [4, 5, 6]

    def test_a_subclass_with_its_own_samples(self):
        class Inverted(MNIST):
            def __getitem__(self, index):
                image, label = super().__getitem__(index)
                return 1 - image, label

        x, _ = next(iter(DataLoader(Inverted("nowhere", train=False, transform=T.ToTensor()), 2)))
        assert x.numpy()[0, 0, 0, 0] == 1

    def test_changed_constants_count_from_the_next_batch(self, test_digits):
        normalize = T.Normalize((0.0,), (1.0,))
        dataset = MNIST("nowhere", train=False, transform=T.Compose([T.ToTensor(), normalize]))
        batches = iter(DataLoader(dataset, 2))
        next(batches)
        normalize.mean = (1.0,)
        assert next(batches)[0].numpy().max() <= 0

    def test_batches_do_not_share_the_datasets_memory(self, test_digits):
        x, y = next(iter(DataLoader(test_digits, 4)))
        before = test_digits.targets[:4].tolist()
        x += 1
        y += 1
        assert test_digits.targets[:4].tolist() == before
