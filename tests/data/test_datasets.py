"""The packaged datasets: sizes, values that are known, and orders; toys; folders of images; CIFAR's files."""

from __future__ import annotations

import hashlib
import io
import math
import os
import pickle
import tarfile

import numpy as np
import pytest
from PIL import Image

import autograd_core as ag
from data import DataLoader, Subset, default_collate
from data import datasets as D
from data import transforms as T
from data.datasets import packaged


@pytest.fixture
def untold(monkeypatch):
    monkeypatch.setattr(packaged, "_told", set())


TABLES = {
    D.Iris: (150, 4, 3, [5.1, 3.5, 1.4, 0.2], 0),
    D.Wine: (178, 13, 3, [14.23, 1.71, 2.43, 15.6], 0),
    D.BreastCancer: (569, 30, 2, [17.99, 10.38, 122.8, 1001.0], 0),
    D.Digits: (1797, 64, 10, [0, 0, 5, 13], 0),
    D.Diabetes: (442, 10, 0, [59, 2, 32.1, 101], 151),
    D.Spambase: (4601, 57, 2, [0, 0.64, 0.64, 0], 1),
    D.Letters: (20000, 16, 26, [2, 8, 3, 5], 19),
}


class TestTables:
    @pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
    def test_size_and_first_row(self, kind):
        rows, features, classes, first, label = TABLES[kind]
        table = kind()
        x, y = table[0]
        assert (len(table), tuple(table.x.shape), len(table.classes)) == (rows, (rows, features), classes)
        assert np.allclose(x[:4].numpy(), first, atol=1e-5) and y.item() == label and table.x.dtype == ag.float32
        assert table.y.dtype == (ag.int64 if classes else ag.float32) and (not classes or table.y.unique().tolist() == [*range(classes)])
        assert len(table.feature_names) in (features, 0) and f"rows={rows}" in repr(table)

    def test_standardized(self):
        x = D.Wine(standardize=True).x.numpy().astype(np.float64)
        assert np.allclose(x.mean(0), 0, atol=1e-6) and np.allclose(x.std(0), 1, atol=1e-6)
        assert np.isfinite(D.Digits(standardize=True).x.numpy()).all()

    def test_batches_are_read_whole(self):
        x, y = next(iter(DataLoader(D.Iris(), 64)))
        assert x.shape == (64, 4) and y.tolist() == [0] * 50 + [1] * 14

    @pytest.mark.parametrize(
        ("name", "shape", "first"), [("sunspots", (309,), 5), ("airpassengers", (144,), 112), ("elnino", (61, 12), 23.11)]
    )
    def test_series(self, name, shape, first):
        series = D.time_series(name)
        assert tuple(series.shape) == shape and abs(series.flatten()[0].item() - first) < 1e-4
        with pytest.raises(ValueError, match="sunspots"):
            D.time_series("sunspot")


class TestGraphs:
    @pytest.mark.parametrize(
        ("kind", "nodes", "edges", "features", "classes", "split"),
        [
            (D.Karate, 34, 156, 34, 2, (2, 0, 32)),
            (D.Cora, 2708, 10556, 1433, 7, (140, 500, 1000)),
            (D.Citeseer, 3327, 9228, 3703, 6, (120, 500, 1000)),
        ],
    )
    def test_sizes(self, kind, nodes, edges, features, classes, split):
        dataset = kind()
        (graph,) = [dataset[i] for i in range(len(dataset))]
        assert (graph.num_nodes, graph.num_edges, dataset.num_features, dataset.num_classes) == (nodes, edges, features, classes)
        assert tuple(graph.x.shape) == (nodes, features) and graph.y.unique().tolist() == [*range(classes)]
        assert tuple(int(mask.sum()) for mask in (graph.train_mask, graph.val_mask, graph.test_mask)) == split
        assert not (graph.train_mask & graph.test_mask).any()
        pairs = set(zip(*graph.edge_index.tolist(), strict=True))
        assert (
            len(pairs) == edges
            and all((b, a) in pairs for a, b in pairs)
            and sorted(pairs) == list(zip(*graph.edge_index.tolist(), strict=True))
        )
        with pytest.raises(IndexError, match="one graph"):
            dataset[1]

    def test_the_karate_club(self):
        graph = D.Karate()[0]
        assert graph.y[[0, 33]].tolist() == [0, 1] and graph.y.sum() == 17
        matrix = graph.adjacency().numpy()
        assert (matrix == matrix.T).all() and (matrix > 0).sum(0)[[0, 33, 11]].tolist() == [16, 17, 1] and matrix.max() > 1

    def test_normalised_adjacency(self):
        matrix = D.Karate()[0].adjacency(self_loops=True, normalize=True).numpy()
        assert np.allclose(np.linalg.eigvalsh(matrix.astype(np.float64))[-1], 1, atol=1e-6)

    def test_normalised_words(self):
        assert np.allclose(D.Cora(normalize=True)[0].x.sum(1).numpy(), 1, atol=1e-5)


class TestText:
    def test_shakespeare(self):
        dataset = D.TinyShakespeare(64)
        assert len(dataset.text) == 1115394 and len(dataset.vocabulary) == 65 and dataset.text.startswith("First Citizen:\nBefore we")
        x, y = dataset[3]
        assert dataset.vocabulary.decode(x) == dataset.text[192:256] and x[1:].tolist() == y[:-1].tolist()
        assert hashlib.sha256(dataset.text.encode()).hexdigest().startswith("86c4e6aa9db7c042ec79f339dcb96d42b0075e16")
        parts = D.TinyShakespeare(64, split="train"), D.TinyShakespeare(64, split="val")
        assert parts[0].text + parts[1].text == dataset.text and len(parts[1].vocabulary) == 65
        with pytest.raises(ValueError, match="train"):
            D.TinyShakespeare(split="test")

    def test_vocabulary(self):
        vocabulary = D.Vocabulary("hello", specials=("<pad>",))
        assert vocabulary.tokens == ["<pad>", "e", "h", "l", "o"] and vocabulary.decode(vocabulary.encode("hole")) == "hole"
        assert "h" in vocabulary and "x" not in vocabulary
        with pytest.raises(KeyError, match="5 tokens"):
            vocabulary["x"]

    def test_names_reviews_and_sentences(self):
        names, reviews, sentences = D.Names(), D.MovieReviews(), D.EnglishFrench()
        assert (len(names), len(reviews), len(sentences)) == (12000, 8530, 24000)
        assert names[0] == "michael" and names.male[0] > names.female[0] and len(names.vocabulary) == 27 and names.vocabulary["."] == 0
        assert int(reviews.targets.sum()) == 4265 and all(
            isinstance(text, str) and label in (0, 1) for text, label in [reviews[0], reviews[-1]]
        )
        assert sentences[0] == ("I saw it.", "Je l’ai vu.") and "CK" in sentences.attributions[0]
        assert isinstance(next(iter(DataLoader(sentences, 4)))[1], tuple | list)


class TestWindows:
    @pytest.mark.parametrize(("length", "stride"), [(1, None), (3, None), (4, 1), (5, 2), (19, None)])
    def test_windows_one_by_one_and_whole(self, length, stride):
        dataset = D.TokenWindows(ag.arange(20), length, stride)
        expected = [[*range(s, s + length)] for s in range(0, 20 - length, stride or length)]
        assert [x.tolist() for x, _ in (dataset[i] for i in range(len(dataset)))] == expected
        fast, slow = DataLoader(dataset, 3), DataLoader(dataset, 3, collate_fn=lambda b: default_collate(b))
        for (x, y), (a, b) in zip(fast, slow, strict=True):
            assert x.tolist() == a.tolist() and y.tolist() == b.tolist() == (x + 1).tolist()
        assert dataset[-1][0].tolist() == expected[-1]
        for bad in (len(dataset), -len(dataset) - 1):
            with pytest.raises(IndexError):
                dataset[bad]
            with pytest.raises(IndexError):
                list(DataLoader(dataset, 2, sampler=[0, bad]))

    @pytest.mark.parametrize("arguments", [([1, 2, 3], 3), ([1, 2, 3], 0), ([1, 2, 3], 1, 0), (ag.ones(3, 3, dtype=ag.int64), 1)])
    def test_what_cannot_be(self, arguments):
        with pytest.raises(ValueError, match="TokenWindows"):
            D.TokenWindows(*arguments)

    @pytest.mark.parametrize("batch_first", [False, True])
    def test_truncated_backpropagation(self, batch_first):
        dataset = D.BPTT(ag.arange(27), 2, 5, batch_first=batch_first)
        pieces = list(DataLoader(dataset, batch_size=None))
        if batch_first:
            pieces = [(x.T, y.T) for x, y in pieces]
        assert [tuple(x.shape) for x, _ in pieces] == [(5, 2), (5, 2), (2, 2)] and len(dataset) == 3
        assert ag.cat([x for x, _ in pieces]).T.tolist() == [[*range(12)], [*range(13, 25)]]
        assert all((y == x + 1).all() for x, y in pieces)

    def test_too_short(self):
        with pytest.raises(ValueError, match="at least 8 tokens"):
            D.BPTT(ag.arange(7), 4, 2)


TOYS = {"moons": D.make_moons, "circles": D.make_circles, "spiral": D.make_spiral, "xor": D.make_xor, "gauss": D.make_gauss}


class TestToys:
    @pytest.mark.parametrize("name", TOYS)
    def test_points_classes_and_seeds(self, name):
        def draw(seed):
            ag.manual_seed(seed)
            return TOYS[name](101)

        (x, y), (again, _), (other, _) = draw(0), draw(0), draw(1)
        assert x.shape == (101, 2) and x.dtype == ag.float32 and y.dtype == ag.int64 and y.unique().tolist() == [0, 1]
        assert x.tolist() == again.tolist() != other.tolist()
        generator = [ag.Generator().manual_seed(3) for _ in range(2)]
        assert TOYS[name](9, generator=generator[0])[0].tolist() == TOYS[name](9, generator=generator[1])[0].tolist()

    @pytest.mark.parametrize("count", [0, 1, 2, 50, (7, 20)])
    @pytest.mark.parametrize("name", ["make_moons", "make_circles"])
    def test_as_scikit_learn(self, name, count):
        theirs = getattr(pytest.importorskip("sklearn.datasets"), name)
        if count == 0:
            assert getattr(D, name)(0)[0].shape == (0, 2)
            return
        options = {"factor": 0.3} if name == "make_circles" else {}
        x, y = getattr(D, name)(count, shuffle=False, **options)
        expected, labels = theirs(count, shuffle=False, **options)
        assert np.allclose(x.numpy(), expected, atol=1e-6) and y.tolist() == labels.tolist()

    def test_shapes_in_the_plane(self):
        x, y = D.make_spiral(300, classes=3, shuffle=False)
        assert y.tolist() == [i // 100 for i in range(300)] and (x.norm(dim=1) <= 1).all()
        x, y = D.make_xor(200)
        assert ((x[:, 0] * x[:, 1] > 0).to(ag.int64) == y).all() and x.abs().min() >= 0.06 and x.abs().max() <= 1
        x, y = D.make_gauss([400, 10, 5], centers=[(0, 0), (9, 9), (-9, 9)], std=0.1)
        assert [(y == i).sum().item() for i in range(3)] == [400, 10, 5] and (x[y == 2] - ag.tensor([-9.0, 9.0])).abs().max() < 1

    def test_noise(self):
        x, _ = D.make_circles(2000, noise=0.1, factor=0)
        assert abs((x.norm(dim=1) - 1)[x.norm(dim=1) > 0.5].std().item() - 0.1) < 0.01
        assert math.isclose(D.make_moons(4, shuffle=False)[0][0, 0].item(), 1)

    @pytest.mark.parametrize(
        ("call", "match"),
        [
            (lambda: D.make_moons((1, 2, 3)), "2 classes"),
            (lambda: D.make_circles(factor=1), "factor"),
            (lambda: D.make_moons(noise=-1), "noise"),
            (lambda: D.make_spiral((-1, 3)), "n_samples"),
        ],
    )
    def test_what_cannot_be(self, call, match):
        with pytest.raises(ValueError, match=match):
            call()


@pytest.fixture
def pictures(tmp_path):
    """Two classes with three images, one of them deeper down, and a file that is none."""
    for i, name in enumerate(["dog/b.PNG", "dog/deep/a.png", "cat/1.jpg"]):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 3), 50 * i).save(path)
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    (tmp_path / "loose.png").write_bytes(b"")
    return tmp_path


class TestImageFolder:
    def test_samples(self, pictures):
        dataset = D.ImageFolder(pictures, transform=T.ToTensor())
        assert dataset.classes == ["cat", "dog"] and dataset.class_to_idx == {"cat": 0, "dog": 1} and dataset.imgs is dataset.samples
        assert [os.path.relpath(path, pictures) for path, _ in dataset.samples] == ["cat/1.jpg", "dog/b.PNG", "dog/deep/a.png"]
        assert dataset.targets == [0, 1, 1] and dataset[1][0].shape == (3, 3, 4) and len(dataset) == 3
        x, y = next(iter(DataLoader(dataset, 3, num_workers=1)))
        assert x.shape == (3, 3, 3, 4) and y.tolist() == [0, 1, 1] and "Number of datapoints: 3" in repr(dataset)

    def test_own_rules(self, pictures):
        dataset = D.ImageFolder(str(pictures), is_valid_file=lambda path: path.endswith(("txt", "PNG")), loader=os.path.basename)
        assert list(dataset) == [("notes.txt", 0), ("b.PNG", 1)]
        dataset = D.DatasetFolder(pictures, len, extensions=(".txt",), allow_empty=True, target_transform=str)
        assert dataset.targets == [0] and dataset[0][1] == "0"

    def test_what_is_missing(self, pictures, tmp_path_factory):
        with pytest.raises(FileNotFoundError, match=r"classes dog.*allow_empty"):
            D.DatasetFolder(pictures, len, extensions=(".txt",))
        with pytest.raises(FileNotFoundError, match="no class folder"):
            D.ImageFolder(tmp_path_factory.mktemp("empty"))
        with pytest.raises(FileNotFoundError):
            D.ImageFolder(pictures / "nowhere")
        with pytest.raises(ValueError, match="either"):
            D.DatasetFolder(pictures, len)


def batch_file(n, seed, **more):
    rng = np.random.default_rng(seed)
    content = {"data": rng.integers(0, 256, (n, 3072), dtype=np.uint8), "labels": rng.integers(0, 10, n).tolist(), **more}
    return content, pickle.dumps(content, protocol=2)


class TestCIFAR:
    NAMES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")

    @pytest.fixture
    def official(self, monkeypatch, tmp_path):
        """Five small batches and a test batch in an archive on a mirror that is a folder."""
        batches = {name: batch_file(4, i) for i, name in enumerate(self.NAMES)}
        mirror = tmp_path / "mirror"
        mirror.mkdir()
        archive = mirror / D.CIFAR10.filename
        with tarfile.open(archive, "w:gz") as tar:
            for name, (_, content) in {**batches, "../evil": (None, b"out of the folder")}.items():
                member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        sums = [(name, hashlib.md5(content).hexdigest()) for name, (_, content) in batches.items()]
        monkeypatch.setattr(D.CIFAR10, "mirrors", (mirror.as_uri() + "/",))
        monkeypatch.setattr(D.CIFAR10, "tgz_md5", hashlib.md5(archive.read_bytes()).hexdigest())
        monkeypatch.setattr(D.CIFAR10, "train_list", sums[:5])
        monkeypatch.setattr(D.CIFAR10, "test_list", sums[5:])
        return batches, archive

    def test_the_packaged_part(self, tmp_path, untold):
        with pytest.warns(UserWarning, match="300 of 5,000") as caught:
            train, test = D.CIFAR10(tmp_path), D.CIFAR10(tmp_path, train=False)
        assert len(caught) == 1 and caught[0].filename == __file__
        assert train.data.shape == (3000, 32, 32, 3) and np.bincount(train.targets).tolist() == [300] * 10
        assert np.bincount(test.targets).tolist() == [50] * 10 and np.allclose(
            train.data.mean((0, 1, 2)) / 255, [0.4914, 0.4822, 0.4465], atol=0.01
        )
        assert train.classes[train.targets[0]] == "frog" and train.data[0, 0, 0].tolist() == [59, 62, 63]

    def test_download_and_read(self, official, tmp_path):
        batches, _ = official
        dataset = D.CIFAR10(tmp_path / "root", download=True)
        data = np.concatenate([batches[name][0]["data"] for name in self.NAMES[:5]])
        assert np.array_equal(dataset.data, data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        assert dataset.targets == [label for name in self.NAMES[:5] for label in batches[name][0]["labels"]]
        assert len(D.CIFAR10(tmp_path / "root", train=False, download=True)) == 4
        assert not list(tmp_path.rglob("*evil*")) and not list(tmp_path.rglob("*.part"))

    def test_whole_batches_to_the_same_bits(self, official, tmp_path):
        for transform in (
            T.ToTensor(),
            T.Compose([T.ToTensor(), T.Normalize((0.49, 0.48, 0.45), (0.25, 0.24, 0.26)), T.Normalize(0.5, (2,))]),
            T.Compose([T.RandomCrop(32, padding=4), T.RandomHorizontalFlip(), T.ToTensor()]),
        ):
            dataset = Subset(D.CIFAR10(tmp_path / "root", transform=transform, download=True), [3, 7, 19, 0])
            found = []
            for collate in (None, lambda batch: default_collate(batch)):
                ag.manual_seed(8)
                found.append([*next(iter(DataLoader(dataset, 4, collate_fn=collate))), ag.rand(1).item()])
            (x, y, after), (a, b, later) = found
            assert (
                x.numpy().tobytes() == a.numpy().tobytes() and x.shape == (4, 3, 32, 32) and y.tolist() == b.tolist() and y.dtype == b.dtype
            )
            assert after == later

    @pytest.mark.parametrize("how", ["cut", "lacks"])
    def test_a_bad_archive_leaves_nothing_partial(self, official, tmp_path, how, monkeypatch, untold):
        _, archive = official
        if how == "cut":
            archive.write_bytes(archive.read_bytes()[:-500])
            monkeypatch.setattr(D.CIFAR10, "tgz_md5", hashlib.md5(archive.read_bytes()).hexdigest())
        else:
            monkeypatch.setattr(D.CIFAR10, "test_list", [("another", "0" * 32)])
        with pytest.warns(UserWarning, match="damaged") as caught:
            monkeypatch.setattr(D.CIFAR10, "train_list", [("elsewhere", "")])
            assert len(D.CIFAR10(tmp_path / "root", download=True)) == 3000
        assert "damaged" in str(caught[0].message) and not list(tmp_path.rglob("*.part"))

    def test_no_code_runs_from_a_batch(self, tmp_path):
        class Evil:
            def __reduce__(self):
                return os.system, ("touch /tmp/evil",)

        folder = tmp_path / "cifar-10-batches-py"
        folder.mkdir()
        for content, match in (
            (pickle.dumps(Evil()), "asks for"),
            (b"nonsense", "no batch"),
            (pickle.dumps([1]), "list"),
            (pickle.dumps({}), "N labels"),
        ):
            (folder / "test_batch").write_bytes(content)
            with pytest.raises(RuntimeError, match=match):
                D.CIFAR10(tmp_path, train=False)
        (folder / "data_batch_1").write_bytes(b"")
        with pytest.raises(RuntimeError, match="lacks data_batch_2"):
            D.CIFAR10(tmp_path)

    def test_its_sister_has_no_copy(self, tmp_path):
        with pytest.raises(RuntimeError, match="download=True"):
            D.CIFAR100(tmp_path)
