"""The modules that PyTorch programs import beside the ops: jit, compile, amp, cuda, backends, distributed, hub, utils.data and their like."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd_core as torch
import data
import nn
import optim

PATHS = """
    amp backends backends.cuda backends.cudnn backends.mkl backends.mkldnn backends.mps backends.openmp compiler cpu cuda cuda.amp distributed
    distributions fft func futures hub jit mps multiprocessing nn.attention nn.parallel testing utils._pytree utils.checkpoint utils.data
    utils.data.dataloader utils.data.dataset utils.data.distributed utils.data.sampler utils.dlpack utils.hooks utils.model_zoo
"""


@pytest.mark.parametrize("path", PATHS.split())
def test_paths_are_imported_and_read(path):
    module = importlib.import_module(f"autograd_core.{path}")
    found = torch
    for part in path.split("."):
        found = getattr(found, part)
    assert found is module


def test_there_is_one_data():
    from autograd_core.utils.data import DataLoader
    from autograd_core.utils.data.sampler import RandomSampler

    assert torch.utils.data is data and DataLoader is data.DataLoader and RandomSampler is data.RandomSampler


def test_the_version_is_pytorchs_with_ours_behind_it():
    table = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text())
    assert torch.version.release == table["project"]["version"] and torch.__version__ == f"2.13.0+autograd.core.{torch.version.release}"
    assert f"torch=={torch.__version__.split('+')[0]}" in table["dependency-groups"]["parity"] and torch.version.cuda is None


def test_einops_layers():
    pytest.importorskip("einops")
    layers = importlib.import_module("nn.einops")
    x = torch.arange(24.0).reshape(2, 3, 4).requires_grad_()
    model = nn.Sequential(
        layers.Rearrange("a b c -> a (b c)"),
        layers.Reduce("a (b c) -> a b", "mean", c=2),
        layers.EinMix("a b -> a k", weight_shape="b k", bias_shape="k", b=6, k=2),
    )
    y = model(x)
    y.sum().backward()
    assert y.shape == (2, 2) and x.grad.shape == x.shape and list(model.state_dict()) == ["2.weight", "2.bias"]
    assert repr(model[0]) == "Rearrange('a b c -> a (b c)')"
    np.testing.assert_allclose(model[:2](x).detach(), np.arange(24.0).reshape(2, 6, 2).mean(-1))


def test_devices_say_that_they_are_absent():
    assert not torch.cuda.is_available() and torch.cuda.device_count() == 0 and torch.cuda.max_memory_allocated() == 0
    assert not torch.backends.cudnn.is_available() and not torch.backends.mps.is_available() and torch.cpu.is_available()
    torch.backends.cudnn.benchmark = False
    torch.cuda.manual_seed_all(0)
    with torch.backends.cuda.sdp_kernel(enable_flash=True), nn.attention.sdpa_kernel(nn.attention.SDPBackend.MATH):
        pass
    with pytest.raises(AssertionError, match="runs on the CPU"):
        torch.cuda.current_device()
    assert torch.get_default_device() == torch.device("cpu")


def test_compiled_programs_are_the_programs():
    model = nn.Linear(2, 2)
    assert (
        torch.compile(model, mode="reduce-overhead") is model and torch.jit.script(model) is model and torch.jit.trace(model, None) is model
    )

    @torch.compile(fullgraph=True)
    @torch.jit.ignore
    @torch.jit.ignore(drop=True)
    @torch.compiler.disable
    @torch.compiler.disable(recursive=False)
    def double(x):
        return 2 * x

    assert double(3) == 6 and not torch.jit.is_scripting() and not torch.compiler.is_compiling()
    assert not isinstance(model, torch.jit.ScriptModule)
    with pytest.raises(RuntimeError, match="a function or a module, got int"):
        torch.compile(3)
    with pytest.raises(NotImplementedError, match=r"save the parameters"):
        torch.jit.save(model, "file")


def test_one_process():
    assert not torch.distributed.is_available() and not torch.distributed.is_initialized()
    for call in (torch.distributed.get_rank, torch.distributed.barrier, lambda: torch.distributed.all_reduce(None)):
        with pytest.raises(ValueError, match="is_initialized"):
            call()
    with pytest.raises(RuntimeError, match="one process"):
        torch.distributed.init_process_group("gloo")
    with pytest.raises(ValueError, match="one process"):
        nn.parallel.DistributedDataParallel(nn.Linear(1, 1))
    x = torch.ones(2, 3)
    assert nn.parallel.data_parallel(nn.Flatten(), x).shape == (2, 3)


@pytest.mark.parametrize("name", ["bfloat16", "complex64", "complex128", "uint16", "uint32", "uint64", "cfloat"])
def test_types_without_tensors(name):
    kind = getattr(torch, name)
    assert isinstance(kind, torch.dtype) and kind == kind and kind != torch.float32 and torch.ones(1).dtype not in (kind,)
    assert {kind: 1}[kind] == 1 and repr(kind).startswith("torch.")
    for use in (lambda: torch.zeros(2, dtype=kind), lambda: torch.ones(2).to(kind), lambda: torch.tensor([1], dtype=kind)):
        with pytest.raises(TypeError, match="by name only"):
            use()


def test_autocast_warns_and_changes_nothing():
    x = torch.ones(2, 2)
    with pytest.warns(UserWarning, match="changes nothing"), torch.autocast("cpu", dtype=torch.bfloat16):
        assert (x @ x).dtype == torch.float32 and not torch.is_autocast_enabled()
    with pytest.warns(UserWarning, match="CUDA is not available"), torch.cuda.amp.autocast():
        pass
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with torch.amp.autocast("cuda", enabled=False):
            pass
    with pytest.raises(RuntimeError, match="'gpu'"):
        torch.autocast("gpu")

    class Twice(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cuda")
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        @torch.cuda.amp.custom_bwd
        def backward(ctx, g):
            return 2 * g

    y = torch.ones(2, requires_grad=True)
    Twice.apply(y).sum().backward()
    assert y.grad.tolist() == [2, 2]


def test_a_scaler_leaves_bad_steps_out():
    p = nn.Parameter(torch.ones(2))
    optimizer = optim.SGD([p], lr=1.0)
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
    scaler.scale((p * 2).sum()).backward()
    assert p.grad.tolist() == [16, 16]
    scaler.step(optimizer)
    scaler.update()
    assert p.tolist() == [-1, -1] and scaler.get_scale() == 8
    p.grad = torch.tensor([float("inf"), 1])
    scaler.step(optimizer)
    scaler.update()
    assert p.tolist() == [-1, -1] and scaler.get_scale() == 4
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)


def test_trees():
    tree = {"a": [1, (2, None)], "b": 3}
    p = torch.utils._pytree
    leaves, spec = p.tree_flatten(tree)
    assert leaves == [1, 2, None, 3] and p.tree_unflatten(leaves, spec) == tree and p.tree_leaves([]) == []
    assert p.tree_map(lambda x, y: (x, y), [1, 2], [3, 4]) == [(1, 3), (2, 4)]
    assert p.tree_map_only(int, lambda x: x + 1, tree) == {"a": [2, (3, None)], "b": 4}
    assert p.tree_flatten([(1, 2)], is_leaf=lambda x: isinstance(x, tuple))[0] == [(1, 2)]
    with pytest.raises(ValueError, match="nested differently"):
        p.tree_map(max, [1, 2], [1])
    with pytest.raises(ValueError, match="2 leaves do not fit"):
        p.tree_unflatten([1, 2], spec)


def test_downloads_are_whole_or_absent(tmp_path, monkeypatch):
    weights = {"w": torch.arange(3.0)}
    torch.save(weights, tmp_path / "w.safetensors")
    content = (tmp_path / "w.safetensors").read_bytes()
    digits = hashlib.sha256(content).hexdigest()[:8]
    source = tmp_path / f"w-{digits}.safetensors"
    source.write_bytes(content)
    torch.hub.set_dir(tmp_path / "hub")
    try:
        loaded = torch.hub.load_state_dict_from_url(source.as_uri(), check_hash=True)
        assert loaded["w"].tolist() == [0, 1, 2] and (tmp_path / "hub" / "checkpoints" / source.name).exists()
    finally:
        monkeypatch.setattr(torch.hub, "_chosen", None)
    with pytest.raises(RuntimeError, match="invalid hash value"):
        torch.hub.download_url_to_file(source.as_uri(), str(tmp_path / "x"), hash_prefix="0000000000")
    with contextlib.suppress(OSError):
        torch.hub.download_url_to_file((tmp_path / "none").as_uri(), str(tmp_path / "x"))
    assert not list(tmp_path.glob("x*"))
    with pytest.raises(NotImplementedError, match="import lines"):
        torch.hub.load("pytorch/vision", "resnet18")


def _write(rank, folder):
    (folder / str(rank)).write_text("here")


def _fail(rank):
    raise SystemExit(3 * rank)


def test_spawned_processes(tmp_path):
    torch.multiprocessing.spawn(_write, (tmp_path,), nprocs=2, start_method="fork")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0", "1"]
    with pytest.raises(RuntimeError, match="process 1 of spawn ended with exit code 3"):
        torch.multiprocessing.spawn(_fail, nprocs=2, start_method="fork")


def test_made_tensors():
    for dtype in (torch.float32, torch.int64, torch.uint8, torch.bool):
        made = torch.testing.make_tensor(3, 4, dtype=dtype, exclude_zero=dtype != torch.bool, noncontiguous=True)
        assert made.dtype == dtype and made.shape == (3, 4) and not made.is_contiguous()
    low = torch.testing.make_tensor((50,), dtype=torch.float64, low=2, high=3)
    assert ((low.numpy() >= 2) & (low.numpy() <= 3)).all()
    torch.testing.assert_close(low, np.asarray(low))


def test_values_that_come_later():
    first, second = torch.futures.Future(), torch.futures.Future()
    both = torch.futures.collect_all([first, second])
    doubled = first.then(lambda f: 2 * f.wait())
    failed = second.then(lambda f: 1 / f.value())
    first.set_result(3)
    assert first.done() and doubled.wait() == 6 and not both.done()
    with pytest.raises(RuntimeError, match="no value yet"):
        second.value()
    second.set_result(0)
    assert torch.futures.wait_all(both.wait()) == [3, 0]
    with pytest.raises(ZeroDivisionError):
        failed.wait()
    with pytest.raises(RuntimeError, match="set once"):
        first.set_result(4)


def test_memory_under_tensors():
    x = torch.arange(6.0).reshape(2, 3)
    row = x[1:]
    assert row.untyped_storage().data_ptr() == x.untyped_storage().data_ptr() == x.data_ptr() != x.clone().untyped_storage().data_ptr()
    assert row.storage().tolist() == [0, 1, 2, 3, 4, 5] and len(row.storage()) == 6 and row.storage()[4] == 4
    assert row.untyped_storage().nbytes() == row.storage().nbytes() == 24 and row.storage().dtype == torch.float32


def test_transforms_say_that_they_need_complex_numbers():
    with pytest.raises(NotImplementedError, match=r"np\.fft\.rfft"):
        torch.fft.rfft(torch.ones(4))
