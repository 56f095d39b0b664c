"""Memory shared with PyTorch through DLPack, and the protocols of Python that both must answer alike."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from typing import Any

import numpy as np
import pytest

import autograd_core as ag

torch = pytest.importorskip("torch")

TYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0)])
def test_dlpack_to_pytorch_and_back(kind, shape):
    mine = ag.ones(shape, dtype=getattr(ag, kind))
    theirs = torch.from_dlpack(mine)
    assert (theirs.dtype, tuple(theirs.shape)) == (getattr(torch, kind), shape)
    theirs.zero_()
    assert not mine.any()
    back = ag.from_dlpack(theirs)
    assert (back.dtype, back.shape) == (mine.dtype, mine.shape)
    assert back.size() == mine.size()
    back.fill_(1)
    assert theirs.bool().all()


def test_strides_pass_through_dlpack():
    mine = ag.arange(6.0).reshape(2, 3).t()
    theirs = torch.from_dlpack(mine)
    assert theirs.stride() == mine.stride() == (1, 3)
    assert ag.from_dlpack(theirs[1:]).tolist() == mine[1:].tolist()


@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
def test_a_tensor_that_needs_gradients_is_exported_for_reading():
    mine = ag.tensor([1.0, 2.0], requires_grad=True)
    assert torch.from_dlpack(mine.detach()).tolist() == [1.0, 2.0]
    assert np.from_dlpack(mine).flags.writeable is False
    theirs = torch.tensor([1.0], requires_grad=True)
    with pytest.raises(BufferError, match="require gradient"):
        ag.from_dlpack(theirs)


@pytest.mark.parametrize("kind", TYPES)
def test_a_capsule(kind):
    theirs = torch.ones(3, dtype=getattr(torch, kind))
    mine = ag.from_dlpack(torch.utils.dlpack.to_dlpack(theirs))
    assert mine.tolist() == theirs.tolist()
    assert torch.from_dlpack(mine.__dlpack__()).tolist() == theirs.tolist()


def test_arrays_between_the_two():
    mine, theirs = ag.ones(3), torch.ones(3)
    assert ag.tensor(theirs.numpy()).tolist() == [1.0, 1.0, 1.0]
    assert torch.from_numpy(np.array(mine)).tolist() == [1.0, 1.0, 1.0]
    assert torch.as_tensor(mine.numpy()).data_ptr() == mine.data_ptr()


# One expression, both libraries: the same value, or an exception of the same type.
ALIKE = """
float(T.tensor(2.5)) | int(T.tensor(2.7)) | complex(T.tensor(1.0)) | bool(T.tensor(0.0)) | bool(T.tensor([[3]])) | float(T.ones(1, 1))
float(T.ones(2)) | int(T.ones(0)) | complex(T.ones(3)) | math.sqrt(T.ones(2)) | bool(T.ones(2)) | bool(T.tensor([])) | T.ones(2).item()
T.ones(1).item() | math.floor(T.tensor(1.5)) | math.sqrt(T.tensor(4.0)) | hex(T.tensor(10)) | operator.index(T.tensor([3]))
operator.index(T.tensor(2.0)) | operator.index(T.tensor([1, 2])) | [1, 2, 3][T.tensor(1)] | [1, 2, 3][T.tensor(True)]
list(range(T.tensor(3))) | "ab" * T.tensor(2) | [1] * T.tensor(2) | f"{T.tensor(1.5):.2f}" | f"{T.tensor(3):4d}" | f"{T.ones(2):.2f}"
f"{T.ones(1):.2f}" | f"{T.tensor(1.5)}" | f"{T.tensor([1.5])}" | "%.1f" % T.tensor(1.25) | len(T.ones(3, 2)) | len(T.tensor(1))
list(T.arange(3)) | list(T.tensor(1.0)) | sorted(T.tensor([3.0, 1.0, 2.0])) | max(T.tensor([1, 5, 3])) | sum(T.tensor([1.0, 2.0]))
reversed(T.arange(3)) | reversed(T.tensor(1)) | 2 in T.arange(3) | 5 in T.arange(3) | T.ones(2).tolist() | T.tensor(3).tolist()
T.tensor([T.tensor(1.0), T.tensor(2.0)]) | T.ones(2) + [1, 2] | T.ones(2) + "a" | T.ones(2) + None | T.ones(2) == None | T.ones(2) == "a"
T.ones(2) < "a" | copy.copy(T.ones(2, requires_grad=True)).requires_grad | copy.deepcopy(T.ones(2, requires_grad=True) * 2)
pickle.loads(pickle.dumps(T.arange(3))) | pickle.loads(pickle.dumps(T.ones(2, requires_grad=True) * 2)).is_leaf
T.ones(2, requires_grad=True).numpy() | np.float64(2) * T.ones(2) | T.ones(2) * np.float64(2) | T.ones(3, 2) @ np.ones((2, 3))
np.asarray(T.arange(3)) | np.array(T.ones(2), dtype=int) | np.ones(3)[T.tensor([True, False, True])] | np.arange(4)[T.tensor(2)]
np.array([T.tensor(1), T.tensor(2)]) | T.tensor(np.arange(3)) | T.as_tensor(np.ones(2)) | T.from_numpy(np.arange(3, dtype=np.int16))
T.from_numpy([1]) | T.from_numpy(np.array(["a"])) | T.tensor("a") | T.tensor([[1], [2, 3]]) | T.ones(2).dot(T.ones(2))
divmod(T.tensor(7), 2) | round(1.5) | ~T.tensor(True) | -T.tensor(True) | abs(T.tensor(-2)) | +T.tensor(2) | T.tensor(7) // 2
7 % T.tensor(4) | 2 ** T.tensor(3.0)
"""
CASES = [case.strip() for line in ALIKE.strip().splitlines() for case in line.split(" | ")]


def outcome(case: str, library: Any) -> Any:
    scope = {"T": library, "np": np, "math": math, "operator": operator, "copy": copy, "pickle": pickle}
    try:
        return plain(eval(case, scope))
    except Exception as error:
        return type(error)


def plain(value: Any) -> Any:
    """A result as (type, dtype, values), the same for both libraries."""
    if isinstance(value, list | tuple):
        return type(value), [plain(v) for v in value]
    if isinstance(value, ag.Tensor | torch.Tensor):
        return "tensor", str(value.dtype), value.tolist()
    if isinstance(value, np.ndarray):
        return "array", str(value.dtype), value.tolist()
    return type(value), value


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own, about NumPy 2
@pytest.mark.parametrize("case", CASES)
def test_alike(case):
    assert outcome(case, ag) == outcome(case, torch)
