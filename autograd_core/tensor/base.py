"""The Tensor class: an array, the node that made it, and its gradient. Methods made from ops are added by `methods`.

Imports graph, dtypes, printing; the ops reach Tensor through the carrier in `record`, never by name.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..graph import Handle, Leaf, Node, Output, dress, hooks_of, thread, titled
from ..printing import format_tensor, tensor_text

if TYPE_CHECKING:
    from .declared import DeclaredMethods  # a stub without code: what the registry and the modules beside this one give to Tensor
else:
    DeclaredMethods = object

new = object.__new__
OF_NUMPY = dtypes.OF_NUMPY


INFERENCE = (
    "Inference tensors cannot be saved for backward: a tensor made under inference_mode() stands where the backward pass needs its "
    "value. Clone it outside of inference_mode() to get a normal tensor, or make it under no_grad()."
)


class Size(tuple[int, ...]):
    """A shape: a tuple that prints as PyTorch's and knows its number of elements."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        n = 1
        for size in self:
            n *= size
        return n

    def __getitem__(self, index: Any) -> Any:
        out = tuple.__getitem__(self, index)
        return Size(out) if isinstance(index, slice) else out

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, tuple(other)))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"  # the same text as PyTorch's, so that printed output is the same


class NoDevice(AssertionError, RuntimeError):
    """A device that does not exist here: the AssertionError of PyTorch's build without CUDA, and the RuntimeError of a name it does not know."""


class device:  # noqa: N801  PyTorch's name
    """Where a tensor lives: always the CPU. Any other name is a RuntimeError that says so."""

    __slots__ = ()
    type = "cpu"
    index = None

    def __init__(self, kind: Any = "cpu", index: int | None = None) -> None:
        name = kind.type if isinstance(kind, device) else str(kind)
        if name.split(":")[0] != "cpu":
            raise NoDevice(f"device {name!r} does not exist here: autograd_core runs on the CPU, use device='cpu' or leave it out")

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) or other == "cpu"

    def __hash__(self) -> int:
        return hash("cpu")


CPU = device()


class Cell:
    """Holds the `.grad` of a tensor that is not a leaf in need of gradients."""

    __slots__ = ("__weakref__", "grad")

    def __init__(self, grad: Any = None) -> None:
        self.grad = grad


class Tensor(DeclaredMethods):
    """An n-dimensional array of one dtype that can record the operations on it.

    `array` is its NumPy array. `requires_grad` tensors record; `backward()` on a result fills the `.grad` of the
    leaves. Make one with `tensor(data)`, `zeros(shape)`, `randn(shape)` and their kin.
    """

    __slots__ = ("__dict__", "__weakref__", "_cell", "_counter", "_node", "_view", "array")
    __array_priority__ = 1000

    array: np.ndarray
    _node: Any  # None, the Leaf of a leaf that requires grad, or the Node (an Output of it) that made this tensor
    _cell: Any  # what holds .grad: the Leaf, a Cell, or None
    _counter: Any  # [id of the last change in place, how many, its name, its line], shared with views; None: an inference tensor
    _view: Any  # of a view: (tensor it was cut from, view op, its arguments, base version for which _node is right)

    def __init__(self, *data: Any, dtype: Any = None, device: Any = None) -> None:
        if len(data) == 1 and isinstance(data[0], Tensor):
            array = data[0].array
        elif data and (all(isinstance(n, (int, np.integer)) for n in data) or isinstance(data[0], Size)):
            array = np.zeros(data[0] if isinstance(data[0], Size) else data, dtypes.get_default_dtype().numpy)
        elif data and isinstance(data[0], float):
            raise TypeError(f"new(): data must be a sequence (got float): use tensor({data[0]}) for one number")
        elif len(data) <= 1:
            array = np.array(data[0] if data else [], dtypes.get_default_dtype().numpy)
        else:
            raise TypeError(f"Tensor() takes sizes, a sequence or a tensor: got {[type(d).__name__ for d in data]}; use tensor(data)")
        fill(self, array, None)
        if thread.context.inference:
            self._counter = None

    # what a tensor is

    @property
    def shape(self) -> Size:
        """The sizes of its dimensions."""
        return Size(self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of its elements."""
        return OF_NUMPY[self.array.dtype]

    @property
    def device(self) -> device:
        """Where it lives: the CPU."""
        return CPU

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        node = node_of(self)
        return node is None or type(node) is Leaf

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        return node_of(self) is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Start or stop recording operations on this leaf. RuntimeError for integers and for non-leaves."""
        if not isinstance(requires_grad, (bool, np.bool_)):
            raise TypeError(f"requires_grad_() takes True or False, got {requires_grad!r}")
        node = node_of(self)
        if node is not None and type(node) is not Leaf:
            if not requires_grad:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph "
                    "that doesn't require differentiation use var_no_grad = var.detach()."
                )
            return self
        if not requires_grad:
            if node is not None:
                node.off = True  # a backward through what was recorded before leaves .grad alone
            self._node = None
            return self
        if node is None:
            if self.array.dtype.kind != "f":
                raise RuntimeError(
                    f"only Tensors of floating point dtype can require gradients: this one is {self.dtype}; make it with "
                    "dtype=float32 or use .float()"
                )
            if self._counter is None and not thread.context.inference:
                raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed: clone() it first.")
            self._node = self._cell = self._cell if type(self._cell) is Leaf else self._new_leaf()
            self._node.off = False
        return self

    def _new_leaf(self) -> Leaf:
        leaf = Leaf(self.array.shape, self.array.dtype, weakref.ref(self))
        if self._cell is not None:
            leaf.grad = self._cell.grad
        return leaf

    @property
    def grad_fn(self) -> Node | None:
        """The node that made this tensor, None for a leaf."""
        node = node_of(self)
        if type(node) is Output:
            node = node.source
        return None if node is None or type(node) is Leaf else titled(node)

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward() accumulated here."""
        cell = self._cell
        if cell is None:
            node = node_of(self)
            if node is not None and type(node) is not Leaf:
                warnings.warn(
                    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
                    "populated during "
                    f"autograd.backward(): it was made by {self.grad_fn!r}. Call .retain_grad() on it before backward() to keep "
                    "its gradient.",
                    UserWarning,
                    stacklevel=2,
                )
            return None
        grad: Tensor | None = cell.grad
        return grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}")
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad: assign a copy, x.grad = x.detach().clone()")
            if value.array.shape != self.array.shape:
                raise RuntimeError(f"assigned grad has data of a different size: the tensor is {self.shape}, the gradient {value.shape}")
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(f"assigned grad has data of a different type: the tensor is {self.dtype}, the gradient {value.dtype}")
        if self._cell is None:
            if value is None:
                return
            self._cell = Cell()
        self._cell.grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def retain_grad(self) -> None:
        """Keep the gradient of this non-leaf in `.grad` when backward() passes."""
        node = node_of(self)
        if node is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False: set requires_grad=True on what it was made from")
        if type(node) is Leaf or self.retains_grad:
            return
        cell = self._cell = Cell()

        def keep(g: Any) -> None:
            value = g if isinstance(g, Tensor) else wrap(np.array(g))
            cell.grad = value if cell.grad is None else cell.grad + value

        hooks_of(node).retain = keep

    @property
    def retains_grad(self) -> bool:
        """Whether retain_grad() was called on this non-leaf."""
        node = node_of(self)
        return node is not None and type(node) is not Leaf and node.hooks is not None and node.hooks.retain is not None

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Call `hook(grad)` whenever a gradient for this tensor is computed; what it returns, if anything, replaces it."""
        node = node_of(self)
        if node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient: set requires_grad=True first")

        def on_value(g: Any) -> Any:
            value = g if isinstance(g, Tensor) else wrap(g)
            changed = hook(value)
            if changed is None:
                return None
            name = getattr(hook, "__name__", type(hook).__name__)
            if not isinstance(changed, Tensor):
                raise TypeError(f"expected Variable, but hook returned {type(changed).__name__!r}: {name} must return a Tensor or None")
            if changed.array.shape != value.array.shape:
                raise RuntimeError(
                    f"hook {name!r} has changed the size of value: the gradient is {value.shape}, the hook returned {changed.shape}"
                )
            if changed.array.dtype != value.array.dtype:
                raise RuntimeError(f"hook {name!r} has changed the type of value (was {value.dtype} got {changed.dtype})")
            return changed if isinstance(g, Tensor) else changed.array

        return Handle(hooks_of(node).value, on_value)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> Handle:
        """Call `hook(tensor)` after backward() has accumulated this leaf's gradient."""
        node = node_of(self)
        if type(node) is not Leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors: use register_hook")
        return Handle(hooks_of(node).done, hook)

    # detached twins

    def detach(self) -> Tensor:
        """The same memory without history. A change in place is seen by both, and noticed by backward()."""
        t = wrap(self.array, None, self._counter)
        t._counter = self._counter
        return t

    def detach_(self) -> Tensor:
        """Forget this tensor's own history."""
        if self._view is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node = None
        return self

    @property
    def data(self) -> Tensor:
        """The same memory without history and without notice of changes: prefer detach()."""
        t = wrap(self.array)
        if self._counter is None:
            t._counter = None
        return t

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        self.array = value.array
        leaf = self._cell
        if type(leaf) is Leaf:
            leaf.shape, leaf.dtype = self.array.shape, self.array.dtype

    @property
    def _version(self) -> int:
        """How often this memory was changed in place. RuntimeError for an inference tensor."""
        if self._counter is None:
            raise RuntimeError("Inference tensors do not track version counter.")
        count: int = self._counter[1]
        return count

    @property
    def _base(self) -> Tensor | None:
        return None if self._view is None else chain_of(self)[0]

    # plain values

    def item(self) -> bool | int | float:
        """The value of a tensor with one element as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar: reduce it first or use tolist()")
        return self.array.item()

    def tolist(self) -> Any:
        """The values as nested lists, or a number for a 0-d tensor."""
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array, sharing memory. RuntimeError for a tensor that requires grad unless `force`."""
        if self.requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise RuntimeError(
                f"Boolean value of Tensor with {'no values' if self.array.size == 0 else 'more than one value'} is ambiguous: use "
                ".any() or .all()"
            )
        return bool(self.array.item())

    def _number(self) -> bool | int | float:
        if self.array.size != 1:
            raise ValueError(
                f"only one element tensors can be converted to Python scalars: this one has {self.array.size} elements, shape "
                f"{list(self.shape)}; "
                "reduce it first or use tolist()"
            )
        return self.array.item()

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __complex__(self) -> complex:
        return complex(self._number())

    def __index__(self) -> int:
        if self.array.size != 1 or self.array.dtype.kind not in "iub":
            raise TypeError(
                f"only integer tensors of a single element can be converted to an index: this is {self.dtype} of shape {list(self.shape)}"
            )
        return int(self.array.item())

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor: it has one element, read it with .item()")
        return self.array.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor: read it with .item()")
        return (self[i] for i in range(self.array.shape[0]))

    def __contains__(self, element: Any) -> bool:
        if not isinstance(element, (Tensor, np.ndarray, np.generic, bool, int, float)):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element).__name__}: use tensor(...)"
            )
        return bool((self == element).any())

    def __delitem__(self, index: Any) -> None:
        raise TypeError("Tensor does not support deleting items: index what is to stay, or use cat()")

    def __hash__(self) -> int:
        return id(self)

    def __format__(self, spec: str) -> str:
        return format_tensor(self.array, spec, lambda: repr(self))

    def __repr__(self) -> str:
        node = node_of(self)
        made_by = node.name() if node is not None and type(node) is not Leaf else None
        return tensor_text(
            self.array,
            default_dtype=dtypes.get_default_dtype().numpy,
            requires_grad=node is not None and made_by is None,
            grad_fn_name=made_by,
        )


def fill(t: Tensor, array: np.ndarray, node: Any) -> None:
    """Set every slot of a new tensor."""
    t.array = array
    t._node = node
    t._cell = None
    t._counter = [0, 0, None, None]
    t._view = None


def wrap(array: np.ndarray, node: Any = None, version: Any = None) -> Tensor:
    """A tensor around an array, with the node that made it."""
    t = new(Tensor)
    t.array = array
    t._node = node
    t._cell = None
    t._counter = [0, 0, None, None] if version is None else version
    t._view = None
    return t


def created(array: np.ndarray) -> Tensor:
    """A tensor made from nothing: an inference tensor under inference_mode()."""
    t = wrap(array)
    if thread.context.inference:
        t._counter = None
    return t


def node_of(t: Tensor) -> Any:
    """The node through which gradients reach a tensor. A view whose base has changed in place gets its node anew."""
    view = t._view
    if view is None or t._counter is None or view[3] == t._counter[0]:
        return t._node
    base, chain = chain_of(t)
    old = t._node
    t._node = None if base._node is None else replay(base._node, base.array, chain)
    t._view = (*view[:3], t._counter[0])
    move_retained(old, t._node)
    return t._node


def move_retained(old: Any, node: Any) -> None:
    """retain_grad() speaks of a tensor's present value: after a change in place it goes on to the new node."""
    if old is not None and node is not None and old.hooks is not None and old.hooks.retain is not None and old is not node:
        hooks_of(node).retain = old.hooks.retain
        old.hooks.retain = None


def chain_of(t: Tensor) -> tuple[Tensor, list[Any]]:
    """(the base, the view ops with their arguments that lead from it to this view)."""
    chain = []
    while t._view is not None:
        t, op, statics, _ = t._view
        chain.append((op, statics))
    return t, chain[::-1]


def replay(node: Any, array: np.ndarray, chain: list[Any]) -> Any:
    """The nodes of a chain of view ops on top of a node."""
    for op, statics in chain:
        before = array
        array = op.run((array, *statics))
        plan = op.plan((True,))
        named = {"shape": before.shape, "dtype": before.dtype}
        saved = tuple(named[kind] if kind in named else statics[at - 1] for kind, at in plan.take)
        node = Node(op, plan, (node,), saved, (), array.shape, array.dtype, None, statics)
    return node


dress.kind, dress.wrap, dress.unwrap = Tensor, lambda g: wrap(np.asarray(g)), lambda t: t.array
