"""Packages that others wrote for PyTorch, run on ours with nothing changed but their import lines: the same losses, step by step.

Each is copied from where it is installed, and in the copy the lines that import torch, or one of these packages, name ours.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import shutil
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional
import optim

torch = pytest.importorskip("torch")

PACKAGES = (
    "entmax",
    "higher",
    "pytorch_metric_learning",
    "pytorch_msssim",
    "rotary_embedding_torch",
    "torch_einops_utils",
    "torchdiffeq",
    "x_transformers",
)
IMPORT = re.compile(r"^([ \t]*)(import |from )([\w.]+)(.*)$", re.MULTILINE)
STEPS = 3

OURS = SimpleNamespace(torch=ag, nn=nn, F=nn.functional, optim=optim, suffix="_here")
THEIRS = SimpleNamespace(torch=torch, nn=torch.nn, F=torch.nn.functional, optim=torch.optim, suffix="")


def with_our_imports(text: str) -> str:
    """The module with its import lines, and no others, naming our modules and the copies."""

    def line(match: re.Match[str]) -> str:
        space, head, module, tail = match.groups()
        root = module.split(".")[0]
        if root in PACKAGES:
            named = module.replace(root, root + "_here", 1)
            return f"{space}{head}{named}" + (f" as {root}" if head == "import " and module == root and not tail.strip() else "") + tail
        if module == "einops.layers.torch":
            return f"{space}{head}nn.einops{tail}"
        if root != "torch":
            return match.group()
        named = module.replace("torch", "autograd_core", 1)
        if head == "import " and not tail.strip().startswith("as "):
            named = "autograd_core as torch" if module == "torch" else f"{named}; import autograd_core as torch"
        return f"{space}{head}{named}{tail}"

    return IMPORT.sub(line, text)


@pytest.fixture(scope="module", autouse=True)
def copies(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder of the changed copies on the path."""
    folder = tmp_path_factory.mktemp("packages")
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        copy = shutil.copytree(Path(spec.origin).parent, folder / f"{name}_here", ignore=shutil.ignore_patterns("__pycache__"))
        for path in copy.rglob("*.py"):
            text = path.read_text()
            changed = with_our_imports(text)
            if changed != text:
                path.write_text(changed)
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


def of(m: Any, path: str) -> Any:
    """A module of a package, or of its copy."""
    root, *rest = path.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(".".join([root + m.suffix, *rest]))


def losses(m: Any, model: Any, loss: Callable[[Any], Any]) -> list[float]:
    """Those of a few steps of Adam."""
    optimizer = m.optim.Adam(model.parameters(), 1e-3)
    out = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss(model)
        value.backward()
        optimizer.step()
        out.append(float(value))
    return out


def transformer(m: Any, make: Callable[[Any], Any]) -> list[float]:
    model = make(of(m, "x_transformers"))
    words = m.torch.randint(0, 64, (2, 16))
    return losses(m, model, lambda model: m.F.cross_entropy(model(words).transpose(1, 2), words))


def decoder(m: Any) -> list[float]:
    return transformer(
        m,
        lambda x: x.TransformerWrapper(
            num_tokens=64, max_seq_len=32, attn_layers=x.Decoder(dim=32, depth=2, heads=2, rotary_pos_emb=True, ff_glu=True)
        ),
    )


def generation(m: Any) -> list[float]:
    x = of(m, "x_transformers")
    inner = x.TransformerWrapper(num_tokens=64, max_seq_len=32, attn_layers=x.Decoder(dim=32, depth=1, heads=2))
    model = x.AutoregressiveWrapper(inner)
    words = m.torch.randint(0, 64, (2, 17))
    trained = losses(m, model, lambda model: model(words))
    return trained + model.generate(words[:, :4], 6, temperature=0.0).flatten().tolist()


def differential_equations(m: Any) -> list[float]:
    solvers = of(m, "torchdiffeq")

    class Slope(m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = m.nn.Sequential(m.nn.Linear(2, 16), m.nn.Tanh(), m.nn.Linear(16, 2))

        def forward(self, t: Any, y: Any) -> Any:
            return self.net(y**3)

    model, start, times = Slope(), m.torch.tensor([[2.0, 0.0]]), m.torch.linspace(0.0, 2.0, 10)
    out = losses(m, model, lambda model: solvers.odeint(model, start, times).abs().mean())
    for method in ("dopri5", "rk4", "bosh3", "implicit_adams"):
        out += losses(m, model, lambda model, method=method: solvers.odeint_adjoint(model, start, times, method=method).abs().mean())
    return out


def sparse_softmax(m: Any) -> list[float]:
    package = of(m, "entmax")
    x, labels = m.torch.randn(4, 7, requires_grad=True), m.torch.tensor([1, 2, 3, 0])
    out: list[float] = []
    for f in (package.sparsemax, package.entmax15, package.entmax_bisect, package.sparsemax_bisect):
        y = f(x)
        y.pow(2).sum().backward()
        out += y.flatten().tolist() + x.grad.flatten().tolist()
    for kind in (package.SparsemaxLoss, package.Entmax15Loss, package.EntmaxBisectLoss):
        value = kind()(x, labels)
        value.backward()
        out += [float(value), *x.grad.flatten().tolist()]
    return out


def unrolled_training(m: Any) -> list[float]:
    model = m.nn.Sequential(m.nn.Linear(3, 8), m.nn.Tanh(), m.nn.Linear(8, 1))
    optimizer = m.optim.SGD(model.parameters(), lr=0.1)
    x = m.torch.randn(10, 3)
    y = x.sum(1, keepdim=True)
    with of(m, "higher").innerloop_ctx(model, optimizer) as (unrolled, step):
        for _ in range(3):
            step.step((unrolled(x) - y).pow(2).mean())
        value = (unrolled(x) - y).pow(2).mean()
        slopes = m.torch.autograd.grad(value, unrolled.parameters(time=0))
    return [float(value), *(v for slope in slopes for v in slope.flatten().tolist())]


def similarity_of_pictures(m: Any) -> list[float]:
    package = of(m, "pytorch_msssim")
    a, b = m.torch.rand(1, 3, 176, 176, requires_grad=True), m.torch.rand(1, 3, 176, 176)
    value = package.ms_ssim(a, b, data_range=1.0) + package.ssim(a, b, data_range=1.0)
    value.backward()
    return [float(value), float(a.grad.norm())]


def rotations(m: Any) -> list[float]:
    rotary = of(m, "rotary_embedding_torch").RotaryEmbedding(dim=16)
    q = m.torch.randn(1, 2, 8, 32, requires_grad=True)
    y = rotary.rotate_queries_or_keys(q)
    y.pow(3).sum().backward()
    return y.flatten().tolist() + q.grad.flatten().tolist()


def distances(m: Any) -> list[float]:
    package = of(m, "pytorch_metric_learning.losses")
    x, labels = m.torch.randn(16, 8, requires_grad=True), m.torch.randint(0, 4, (16,))
    names = (
        "TripletMarginLoss ContrastiveLoss NTXentLoss MultiSimilarityLoss CircleLoss LiftedStructureLoss SupConLoss AngularLoss FastAPLoss"
    )
    kinds = [getattr(package, name)() for name in names.split()]
    kinds += [
        getattr(package, name)(4, 8) for name in ("ArcFaceLoss", "CosFaceLoss", "ProxyAnchorLoss", "SoftTripleLoss", "SphereFaceLoss")
    ]
    out: list[float] = []
    for kind in kinds:
        x.grad = None
        value = kind(x, labels)
        value.backward()
        out += [float(value), float(x.grad.norm())]
    return out


PROGRAMS = {
    decoder: "x_transformers", generation: "x_transformers", differential_equations: "torchdiffeq", sparse_softmax: "entmax",
    unrolled_training: "higher", similarity_of_pictures: "pytorch_msssim", rotations: "rotary_embedding_torch",
    distances: "pytorch_metric_learning",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_same_numbers(program):
    pytest.importorskip(PROGRAMS[program])
    found = []
    for m in (OURS, THEIRS):
        m.torch.manual_seed(0)
        found.append(program(m))
    np.testing.assert_allclose(*found, rtol=2e-3, atol=2e-5)


def test_only_import_lines_change():
    text = (
        "import torch\nimport torch.nn as nn\nfrom torch import Tensor\nx = 'import torch'\n"
        "    from torch.nn import functional as F\nimport torch.nn.functional\n"
    )
    assert with_our_imports(text).splitlines() == [
        "import autograd_core as torch", "import autograd_core.nn as nn", "from autograd_core import Tensor", "x = 'import torch'",
        "    from autograd_core.nn import functional as F", "import autograd_core.nn.functional; import autograd_core as torch",
    ]  # fmt: skip
