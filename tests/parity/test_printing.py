"""The printed text against PyTorch's own, on generated arrays."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.printing import get_printoptions, printoptions, tensor_text

torch = pytest.importorskip("torch")

DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool", "complex64", "complex128"]
SHAPES = [
    (),
    (1,),
    (3,),
    (17,),
    (1001,),
    (0,),
    (0, 3),
    (2, 0, 3),
    (2, 3),
    (1, 12),
    (7, 200),
    (2, 3, 4),
    (30, 2, 20),
    (1, 1, 1, 1),
    (4, 3, 2, 50),
]
SCALES = [1.0, 1e-3, 1e-5, 1e3, 1e7, 3e8, 1e30]
OPTIONS = [
    {},
    {"precision": 2},
    {"precision": 0},
    {"profile": "short"},
    {"profile": "full"},
    {"threshold": 5, "edgeitems": 2},
    {"linewidth": 40},
    {"linewidth": 1},
    {"sci_mode": True},
    {"sci_mode": False},
    {"threshold": 10, "edgeitems": 0},
    {"precision": 9, "linewidth": 120},
]


def theirs(array: np.ndarray, requires_grad: bool = False) -> str:
    return repr(torch.from_numpy(array.copy()).requires_grad_(requires_grad))


@pytest.fixture(autouse=True)
def same_options():
    torch.set_printoptions(profile="default")
    yield
    torch.set_printoptions(profile="default")


def arrays(dtype: str, seed: int):
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    for shape in SHAPES:
        if kind == "b":
            yield rng.random(shape) > 0.5 if shape else np.asarray(rng.random() > 0.5)
        elif kind in "iu":
            limit = np.iinfo(dtype)
            for high in (3, 100, limit.max):
                yield np.asarray(rng.integers(0 if kind == "u" else -high, high, shape), dtype=dtype)
        else:
            for scale in SCALES:
                if scale > 1e4 and dtype == "float16":
                    continue
                yield from floats(rng, shape, scale, dtype)


def floats(rng: np.random.Generator, shape: tuple[int, ...], scale: float, dtype: str):
    plain = rng.standard_normal(shape) * scale
    if np.dtype(dtype).kind == "c":
        yield np.asarray(plain + 1j * rng.standard_normal(shape) * rng.choice(SCALES), dtype=dtype)
        return
    yield np.asarray(plain, dtype=dtype)
    yield np.asarray(np.round(plain), dtype=dtype)
    special = np.where(
        rng.random(shape) < 0.3, rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0], shape), np.round(plain, rng.integers(0, 3))
    )
    yield np.asarray(special, dtype=dtype)


@pytest.mark.parametrize(
    ("dtype", "options"),
    [(dtype, {}) for dtype in DTYPES] + [(dtype, options) for dtype in ("float32", "int64", "complex64") for options in OPTIONS[1:]],
    ids=str,
)
def test_text_is_pytorchs(dtype, options):
    torch.set_printoptions(**options)
    with printoptions(**options):
        for array in arrays(dtype, seed=len(str(options))):
            assert tensor_text(array) == theirs(array), (dtype, array.shape, options)


@pytest.mark.parametrize(
    "values",
    [
        [np.nan],
        [np.inf, -np.inf],
        [0.0, -0.0],
        [1.0, np.nan],
        [1.5, np.inf],
        [1e-300, 1e300],
        [5e-324],
        [99999.5],
        [1e8],
        [1.0001e8],
        [1e-4],
        [0.99e-4],
        [1.0, 1000.0],
        [1.0, 1000.5],
        [0.1, 100.0],
        [-1.0, 20000.0],
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_where_the_style_changes(values, dtype):
    with np.errstate(over="ignore"):
        array = np.asarray(values, dtype=dtype)
    assert tensor_text(array) == theirs(array)


@pytest.mark.parametrize("shape", [(), (3,), (7,), (8,), (9,), (2, 7), (0,), (0, 2), (3, 9)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_gradient_suffix_and_its_line(shape, dtype):
    array = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    leaf = torch.from_numpy(np.asarray(array).copy()).requires_grad_()
    assert tensor_text(array, requires_grad=True) == repr(leaf)
    total = leaf * 1
    assert tensor_text(array, grad_fn_name=type(total.grad_fn).__name__, requires_grad=True) == repr(total)
    assert tensor_text(array, requires_grad=True, is_parameter=True) == repr(torch.nn.Parameter(leaf.detach()))


@pytest.mark.parametrize("width", range(1, 90, 4))
def test_suffix_breaks_where_pytorch_breaks(width):
    array = np.arange(width, dtype=np.float64)
    assert tensor_text(array, requires_grad=True) == theirs(array, requires_grad=True)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "complex64", "complex128", "int64", "bool"])
@pytest.mark.parametrize("shape", [(2,), (0,), (0, 2)])
def test_default_dtype_is_not_named(dtype, shape):
    array = np.ones(shape, dtype=dtype)
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        expected = theirs(array)
    finally:
        torch.set_default_dtype(before)
    assert tensor_text(array, default_dtype=np.float64) == expected


@pytest.mark.parametrize(
    "view", [lambda a: a.T, lambda a: a[::2], lambda a: a[::-1].copy()[::2], lambda a: a[:, :1], lambda a: np.broadcast_to(a[:1], (40, 31))]
)
def test_views(view):
    array = view(np.random.default_rng(1).standard_normal((40, 31)).astype(np.float32))
    assert tensor_text(array) == theirs(array)


def test_bfloat16():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    values = np.random.default_rng(2).standard_normal((4, 5)).astype(np.float32)
    assert tensor_text(values.astype(ml_dtypes.bfloat16)) == repr(torch.from_numpy(values).bfloat16())


def test_options_have_the_same_names_and_defaults():
    assert get_printoptions() == torch._tensor_str.get_printoptions()


STEPS = """
x + 1; x * 2; x / 2; x ** 2; 2 ** x; x ** x; x @ x.t(); x @ v; v @ x.t(); T.dot(v, v); -x; x.sum(); x.sum(0); x.mean(); x.mean(1)
x.max(); x.max(1)[0]; x.min(); x.amax(1); x.prod(); x.prod(0); x.median(); x.median(0)[0]; x.exp(); x.log1p(); x.sqrt(); x.relu()
x.view(12); x.reshape(12); x.flatten(); x.unflatten(1, (2, 2)); x.t(); x.permute(1, 0); x.squeeze(); x.squeeze(0); x.unsqueeze(0)
x.expand(2, 3, 4); x[0]; x[0, 1]; x[:, 1]; x[1:]; x[None]; x[..., 0]; x[[0, 1]]; x[x > 2]; x[:, None]; x.clamp(0, 1); x.clamp(min=0)
x.norm(); T.linalg.norm(x); x.std(); T.cat([x, x]); T.stack([x, x]); T.where(x > 1, x, 0.0); x.softmax(1); x.log_softmax(1)
F.linear(x, x); F.linear(x, x, v[:3]); F.linear(im, T.ones(3, 6)); x[None] @ x.t(); F.max_pool2d(im, 2); F.avg_pool2d(im, 2)
F.adaptive_avg_pool2d(im, 2); F.adaptive_max_pool2d(im, 2); F.max_pool1d(im[0], 2); F.conv2d(im, T.ones(1, 2, 3, 3)); F.pad(im, (1, 1))
F.pad(im, (1, 1, 1, 1), mode='reflect'); F.pad(im, (1, 1, 1, 1), mode='replicate'); F.interpolate(im, scale_factor=2)
F.interpolate(im, scale_factor=2, mode='bilinear'); F.interpolate(im[0], scale_factor=2, mode='linear'); F.gelu(x); F.selu(x)
F.mse_loss(x, x + 1); F.l1_loss(x, x + 1); F.l1_loss(x, x + 1, reduction='sum'); F.nll_loss(x, T.tensor([0, 1, 2]))
F.binary_cross_entropy_with_logits(x, x.detach()); F.layer_norm(x, (4,)); F.embedding(T.tensor([0]), x); F.prelu(x, v[:1])
T.outer(v, v); T.linalg.det(x[:, :3]); T.linalg.inv(x[:, :3] + T.eye(3)); x.tile(2, 1); x.scatter(1, T.zeros(3, 1).long(), 1.0)
"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", [step.strip() for step in STEPS.replace("\n", ";").split(";") if step.strip()])
def test_the_step_is_called_as_in_pytorch(text):
    said = []
    for T, F in ((torch, torch.nn.functional), (ag, nn.functional)):
        x, v = T.arange(12.0).reshape(3, 4).requires_grad_(), T.arange(4.0).requires_grad_()
        made = eval(text, {"T": T, "F": F, "x": x, "v": v, "im": T.ones(1, 2, 6, 6, requires_grad=True)})
        said.append((made.grad_fn.name(), type(made.grad_fn).__name__, repr(made).rpartition("grad_fn")[2]))
    assert said[1] == said[0]


def test_a_walk_over_the_graph_reads_the_types_of_nodes():
    said = []
    for T in (torch, ag):
        x = T.ones(2, 3, requires_grad=True)
        todo, names = [(x.exp() * x).sum(1).max().grad_fn], []
        while todo:
            node = todo.pop()
            names.append(type(node).__name__)
            todo += [n for n, _ in node.next_functions if n is not None] if hasattr(node, "next_functions") else []
        said.append(names)
    assert said[1] == said[0]
