"""The fields of a node that a user may read, and what errors about changed or freed values say."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.autograd import Function
from autograd_core.autograd import graph as edges


def line(back: int = 0) -> str:
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return f"{__file__}:{frame.f_back.f_lineno - back}"


def test_a_node_is_readable() -> None:
    x, w = ag.tensor([1.0, 2.0], requires_grad=True), ag.tensor([3.0, 4.0], requires_grad=True)
    node = (x * w).grad_fn
    assert node.name() == "MulBackward0" and node.op.name == "mul"
    assert [n.variable is t for n, t in zip(node.inputs, (x, w), strict=True)] == [True, True]
    assert {k: v.tolist() for k, v in node.saved_values.items()} == {"y": [3.0, 4.0], "x": [1.0, 2.0]}
    assert node.shape == (2,) and node.dtype == np.float32
    assert "∂x = g · y" in node.formula and "∂y = g · x" in node.formula
    total = x.sum(0, keepdim=True).grad_fn
    assert total.attributes["dim"] == 0 and total.attributes["keepdim"] is True
    assert total.saved_values["x_shape"] == (2,)
    assert "MulBackward0" in repr(node) and isinstance(node, edges.Node)


def test_freed_values_are_named() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    node = y.grad_fn.next_functions[0][0]
    y.backward()
    with pytest.raises(RuntimeError, match="freed by backward"):
        node.saved_values
    with pytest.raises(RuntimeError, match=r"second time: the values saved by MulBackward0 \(output of shape \(2,\)\).*retain_graph=True"):
        y.backward()


def test_saved_values_through_hooks() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with edges.saved_tensors_hooks(lambda t: t * 10, lambda t: t):
        node = x.exp().grad_fn
    assert node.saved_values["out"].tolist() == pytest.approx([10 * np.e, 10 * np.e**2])


CHANGES = {
    "add_": lambda t: t.add_(1),
    "__setitem__": lambda t: t.__setitem__(0, 5.0),
    "sub_": lambda t: t.sub_(1),
    "mul_": lambda t: t[:1].mul_(3),
    "copy_": lambda t: t.detach().copy_(ag.ones(2)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_value_is_named_with_its_line(name: str) -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    z = y.exp() if name != "copy_" else y * y
    CHANGES[name](z if name != "copy_" else y)
    with pytest.raises(RuntimeError) as caught:
        z.sum().backward()
    text = str(caught.value)
    assert text.startswith("one of the variables needed for gradient computation has been modified by an inplace operation")
    assert f"{name} changed afterwards at {__file__}:" in text and "output of shape (2,)" in text and "clone()" in text


@pytest.mark.parametrize(
    ("fn", "words"),
    [
        (lambda x: x.add_(1), ["leaf Variable that requires grad", "add_", "[2]", "no_grad()"]),
        (lambda x: x[:1].add_(1), ["view of a leaf Variable", "add_"]),
        (lambda x: x.__setitem__(0, 1.0), ["leaf Variable", "__setitem__"]),
        (lambda x: (x * 1).backward(), ["scalar outputs", "[2]", ".sum()", "gradient="]),
        (lambda x: (x * 1).backward(ag.ones(3)), ["Mismatch in shape", "[3]", "[2]"]),
        (lambda x: x.detach().sum().backward(), ["does not require grad", "requires_grad=True", "no_grad()"]),
        (lambda x: ag.autograd.grad(x.sum(), ag.ones(1, requires_grad=True)), ["not have been used", "allow_unused=True", "[1]"]),
        (lambda x: (x * 1).requires_grad_(False), ["leaf variables", "detach()"]),
        (lambda x: ag.ones(2, dtype=ag.int64).requires_grad_(), ["floating point", "int64", ".float()"]),
        (lambda x: x.numpy(), ["requires grad", "detach().numpy()"]),
        (lambda x: ag.ones(3).expand(2, 3).add_(1), ["expanded tensor", "clone()"]),
    ],
)
def test_errors_teach(fn, words) -> None:
    with pytest.raises((RuntimeError, TypeError)) as caught:
        fn(ag.tensor([1.0, 2.0], requires_grad=True))
    text = str(caught.value)
    assert all(word in text for word in words), text


def test_the_dropped_gradient_of_a_non_leaf_explains_itself() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.sum().backward()
    with pytest.warns(UserWarning, match=r"not a leaf Tensor.*MulBackward0.*retain_grad\(\)"):
        assert y.grad is None


def test_custom_functions_in_the_graph() -> None:
    class Scale(Function):
        @staticmethod
        def forward(ctx, x, k):
            ctx.k = k
            ctx.save_for_backward(x)
            return x * k

        @staticmethod
        def backward(ctx, g):
            return g * ctx.k, None

    x = ag.tensor([1.0, 2.0], requires_grad=True)
    node = Scale.apply(x, 3).grad_fn
    assert node.name() == "ScaleBackward" and node.k == 3 and node.needs_input_grad == (True, False)
    assert node.saved_tensors[0] is x and node.op.name == "Scale" and "written by the user" in node.formula
    assert [n for n, _ in node.next_functions] == [x.grad_fn or edges.get_gradient_edge(x).node]
    with pytest.raises(AttributeError):
        node.no_such
    assert "ScaleBackward" in repr(node)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda g: g, ["ScaleBackward", "expected 2, got 1", "None for those"]),
        (lambda g: (g[:1], None), ["invalid gradient at index 0", "[1]", "[2]"]),
        (lambda g: (1.0, None), ["expected Variable or None", "float"]),
        (lambda g: (g, g), ["different than None at position 2"]),
    ],
)
def test_wrong_gradients_of_custom_functions(returned, words) -> None:
    class Scale(Function):
        @staticmethod
        def forward(ctx, x, k):
            return x * k

        @staticmethod
        def backward(ctx, g):
            return returned(g)

    with pytest.raises(RuntimeError) as caught:
        Scale.apply(ag.tensor([1.0, 2.0], requires_grad=True), 3).sum().backward()
    assert all(word in str(caught.value) for word in words), caught.value


def test_gradcheck_names_the_worst_entry_and_both_numbers() -> None:
    x = ag.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=ag.float64, requires_grad=True)
    with pytest.raises(ag.autograd.gradcheck.__globals__["GradcheckError"]) as caught:
        ag.autograd.gradcheck(lambda a: a * a.detach(), (x,))
    text = str(caught.value)
    assert "output 0 with respect to input 0: 4 of 16 entries differ" in text
    assert "∂output[1, 1] / ∂input[1, 1], numerical" in text and "analytical 4, difference 4" in text
    assert "0.5 times the numerical one everywhere" in text and "MulBackward0" in text


def test_gradcheck_says_why_single_precision_fails() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.warns(UserWarning, match=r"Input #0 requires gradient and is not a double precision.*rounding error.*x\.double\(\)"):
        ag.autograd.gradcheck(lambda a: a * a, (x,), raise_exception=False)


def test_gradcheck_leaves_its_input_as_it_was() -> None:
    x = ag.tensor([0.1, 0.7, 1.3], dtype=ag.float64, requires_grad=True)
    before = x.detach().clone()
    assert ag.autograd.gradcheck(lambda a: a.exp() / a, (x,)) and ag.autograd.gradcheck(lambda a: a.exp() / a, (x,), fast_mode=True)
    assert x.tolist() == before.tolist() and x._version == 0 and x.grad is None


def test_all_gradients_are_kept_on_request() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with ag.autograd.keep_all_grads():
        y = x * 2
        z = y.sin()
        z = z + y
        z.mul_(3)
        rows = z[:1]
        total = rows.sum() + z.sum()
    total.backward()
    assert total.grad.item() == 1 and rows.grad.tolist() == [1.0] and z.grad.tolist() == [2.0, 1.0]
    np.testing.assert_allclose(y.grad.numpy(), [6 * (np.cos(2) + 1), 3 * (np.cos(4) + 1)], rtol=1e-5)
    after = x * 2
    assert not after.retains_grad


def test_kept_gradients_and_anomaly_mode_together() -> None:
    x = ag.tensor([-1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="by log at"), ag.autograd.detect_anomaly(), ag.autograd.keep_all_grads():
        y = x.log()
        y.sum().backward()
    with ag.autograd.keep_all_grads(), ag.autograd.detect_anomaly():
        y = x.exp()
        y.sum().backward()
    assert y.grad.tolist() == [1.0, 1.0]
