"""What older PyTorch programs write: constructors by type, formats, settings and printed named results, read on both sides."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag

torch = pytest.importorskip("torch")

EXPRESSIONS = """
T.FloatTensor([1, 2])
T.FloatTensor(2, 3).shape
T.FloatTensor(T.Size([2, 3])).shape
T.Tensor(T.Size([2, 3])).shape
T.Tensor(3.0)
T.Tensor(np.int64(3)).shape
T.FloatTensor()
T.FloatTensor(np.arange(4).reshape(2, 2))
T.FloatTensor(T.ones(2))
T.FloatTensor(T.ones(2).double())
T.FloatTensor(1, 2.5)
T.FloatTensor(-1)
T.FloatTensor('ab')
T.FloatTensor(1.5)
T.LongTensor([1.5, 2])
T.LongTensor(range(3))
T.LongTensor(np.arange(3) % 2)
T.DoubleTensor(2).dtype
T.HalfTensor([1.0])
T.IntTensor([3])
T.ShortTensor([3])
T.CharTensor([3])
T.ByteTensor([1])
T.BoolTensor([1, 0])
T.ones(2).type(T.IntTensor)
T.ones(2).new(3, 2).shape
T.ones(2).new([1, 2])
T.ones(2, dtype=T.int64).new(2).dtype
[isinstance(T.ones(1), t) for t in (T.FloatTensor, T.LongTensor, T.Tensor)]
T.set_default_tensor_type(T.FloatTensor)
T.set_default_tensor_type('torch.FloatTensor')
T.set_default_tensor_type(T.LongTensor)
T.set_default_tensor_type(3)
T.ones(2).layout, T.strided, T.contiguous_format, T.preserve_format, T.channels_last
T.ones(2, 3).t().contiguous(memory_format=T.contiguous_format)
T.ones(2).clone(memory_format=T.preserve_format)
T.set_float32_matmul_precision('no such')
T.is_anomaly_enabled()
T.vmap(lambda a: a * 2)(T.ones(2, 2))
T.max(T.ones(2, 2), 0)
T.typename(T.ones(1)), T.typename(3)
T.is_inference(T.ones(1)), T.is_signed(T.ones(1)), T.is_signed(T.ones(1).byte()), T.is_same_size(T.ones(2), T.ones(3))
T.detach(T.ones(2, requires_grad=True))
T.is_inference(3)
T.ones(2, 2).sort()
T.ones(3).topk(2)
T.aminmax(T.ones(3))
T.linalg.qr(T.eye(2))
T.std_mean(T.ones(2, 2))
"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", EXPRESSIONS.strip().split("\n"))
def test_alike(text: str) -> None:
    said = []
    for T in (torch, ag):
        try:
            said.append(repr(eval(text, {"T": T, "np": np})))
        except Exception as error:
            said.append(type(error).__name__)
    assert said[1] == said[0]


def test_only_inputs_keeps_its_place() -> None:
    for T in (torch, ag):
        x, unused = T.ones(2, requires_grad=True), T.ones(2, requires_grad=True)
        (g,) = T.autograd.grad(outputs=(x * x).sum(), inputs=x, retain_graph=True, create_graph=True, only_inputs=True)
        assert g.tolist() == [2, 2] and g.requires_grad
        assert T.autograd.grad((x * x).sum(), [x, unused], None, None, False, True, True)[1] is None
        with pytest.raises(RuntimeError, match="cannot be empty"):
            T.autograd.grad((x * x).sum(), [])
        with warnings.catch_warnings(), pytest.raises(FutureWarning, match="only_inputs"):
            warnings.simplefilter("error")
            T.autograd.grad((x * x).sum(), x, only_inputs=False)
