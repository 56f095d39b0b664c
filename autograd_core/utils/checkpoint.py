"""Checkpointing: the values inside a stretch of a program are not kept for backward but computed again when it comes by.

Imports autograd, tensor and random. Memory falls to what the stretch returns; its forward runs twice.
"""

from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .. import random
from ..autograd.function import Function
from ..autograd.grad_mode import enable_grad, no_grad
from ..autograd.graph import saved_tensors_hooks
from ..graph import thread
from ..tensor.base import Tensor
from ..tensor.gradient import backward

__all__ = ["CheckpointError", "checkpoint", "checkpoint_sequential", "noop_context_fn", "set_checkpoint_early_stop"]


class CheckpointError(RuntimeError):
    """The second run of a checkpointed function did not do what the first did."""


class _Enough(Exception):
    """Everything that backward asked for has been computed again."""


_early_stop = [True]


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Whether the second run of checkpointed functions stops once nothing more of it is needed."""
    before, _early_stop[0] = _early_stop[0], enable
    try:
        yield
    finally:
        _early_stop[0] = before


def noop_context_fn() -> tuple[contextlib.AbstractContextManager[None], contextlib.AbstractContextManager[None]]:
    """The default context_fn of checkpoint: nothing around either run."""
    return contextlib.nullcontext(), contextlib.nullcontext()


@contextlib.contextmanager
def _same_numbers(state: Any) -> Iterator[None]:
    """The default generator as it was then; afterwards as it is now."""
    if state is None:
        yield
        return
    now = random.get_rng_state()
    random.set_rng_state(state)
    try:
        yield
    finally:
        random.set_rng_state(now)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[Any, Any]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs) without keeping what its operations save; backward runs the function again instead.

    With `use_reentrant=False` (recommended) everything works as without checkpoint: autograd.grad, keyword arguments,
    nested structures. `use_reentrant=True` runs one backward inside another: only tensors among `args` carry gradients,
    one of them must require grad, and only backward() without inputs= may be called. `preserve_rng_state` gives
    the second run the same random numbers, so that dropout drops the same places. `context_fn` returns two context
    managers, for the first and the second run. `determinism_check="none"` leaves shapes and types of the second run
    unchecked; `debug` names the operations of both runs in the error.
    """
    if use_reentrant is None:
        warnings.warn(
            "checkpoint: the use_reentrant parameter should be passed explicitly: use_reentrant=False is recommended",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = False
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check is 'default' or 'none': got {determinism_check!r}")
    if use_reentrant:
        if context_fn is not noop_context_fn or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs) + ": use_reentrant=False takes them")
        return Reentrant.apply(function, preserve_rng_state, *args)
    first, second = context_fn()
    state = random.get_rng_state() if preserve_rng_state else None

    def again() -> None:
        with second, _same_numbers(state), enable_grad():
            function(*args, **kwargs)

    frame = Frame(again, determinism_check == "default", early_stop and _early_stop[0], debug)
    with saved_tensors_hooks(frame.forget, frame.recall), first:
        result = function(*args, **kwargs)
    return result


class Slot:
    """Stands in a node for a value that was not kept."""

    __slots__ = ("__weakref__", "facts", "frame", "place", "value")

    def __init__(self, frame: Frame, place: int, t: Tensor) -> None:
        self.frame = frame
        self.place = place
        self.facts = (t.array.shape, t.array.dtype)
        self.value: Any = None


class Frame:
    """One checkpointed call: the places of the values that its operations wanted to save, and how to compute them again."""

    def __init__(self, again: Callable[[], None], check: bool, early_stop: bool, debug: bool) -> None:
        self.again = again
        self.check = check
        self.early_stop = early_stop
        self.debug = debug
        self.count = 0
        self.slots: list[weakref.ref[Slot]] = []

    def forget(self, t: Tensor) -> Slot:
        """The pack hook of the first run: only the place is kept."""
        slot = Slot(self, self.count, t)
        self.count += 1
        self.slots.append(weakref.ref(slot))
        return slot

    def recall(self, slot: Slot) -> Tensor:
        """The unpack hook: the value, after a second run where there is none yet. It is handed out once."""
        if slot.value is None:
            self._run()
            if slot.value is None:
                raise CheckpointError(
                    "checkpoint: a different number of tensors was saved during the original forward and recomputation: "
                    f"{self.count} then, fewer now. The function must do the same both times: no randomness of its own, no change of "
                    f"what it reads."
                )
        value: Tensor = slot.value
        slot.value = None
        return value

    def _run(self) -> None:
        place = 0
        last = max((i for i, ref in enumerate(self.slots) if ref() is not None), default=-1)

        def remember(t: Tensor) -> Tensor:
            nonlocal place
            if place >= self.count:
                raise CheckpointError(
                    f"checkpoint: trying to save more tensors during recomputation than during the original forward pass, which saved "
                    f"{self.count}"
                )
            slot = self.slots[place]()
            if slot is not None:
                facts = (t.array.shape, t.array.dtype)
                if self.check and facts != slot.facts:
                    raise CheckpointError(
                        "checkpoint: Recomputed values for the following tensors have different metadata than during the forward "
                        "pass: tensor "
                        f"{place} had shape {list(slot.facts[0])} and dtype {slot.facts[1]}, now shape {list(facts[0])} and dtype "
                        f"{facts[1]}"
                    )
                slot.value = t
            place += 1
            if self.early_stop and place > last:
                raise _Enough
            return t

        context = thread.context
        watch, context.watch = context.watch, None
        try:
            with saved_tensors_hooks(remember, _never):
                self.again()
        except _Enough:
            pass
        finally:
            context.watch = watch


def _never(kept: Any) -> Tensor:
    return kept  # type: ignore[no-any-return]


class Reentrant(Function):
    """The checkpoint that runs backward inside backward."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], preserve: bool, *args: Any) -> Any:
        if not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", UserWarning, stacklevel=3)
        ctx.function = function
        ctx.state = random.get_rng_state() if preserve else None
        ctx.rest = [None if isinstance(a, Tensor) else a for a in args]
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if thread.context.partial:
            raise RuntimeError(
                "When use_reentrant=True, checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(): "
                "its own backward "
                "accumulates into every leaf. Set use_reentrant=False, or call .backward() without inputs."
            )
        args = list(ctx.rest)
        for i, t in zip(ctx.places, ctx.saved_tensors, strict=True):
            args[i] = t.detach()
            args[i].requires_grad_(t.requires_grad)
        with _same_numbers(ctx.state), enable_grad():
            outputs = ctx.function(*args)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        pairs = [(o, g) for o, g in zip(outputs, grads, strict=True) if isinstance(o, Tensor) and o.requires_grad]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([o for o, _ in pairs], [g for _, g in pairs])
        return (None, None, *[a.grad if isinstance(a, Tensor) else None for a in args])


def checkpoint_sequential(
    functions: Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """A chain of functions (a list, or a Sequential) in `segments` checkpointed stretches; the last one is not checkpointed."""
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if use_reentrant is None:
        warnings.warn(
            "checkpoint_sequential: the use_reentrant parameter should be passed explicitly: use_reentrant=False is recommended",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = False
    chain: list[Callable[[Any], Any]] = list(functions.children()) if hasattr(functions, "children") else list(functions)
    size = len(chain) // segments

    def stretch(part: Iterable[Callable[[Any], Any]]) -> Callable[[Any], Any]:
        def forward(value: Any) -> Any:
            for function in part:
                value = function(value)
            return value

        return forward

    end = 0
    for start in range(0, size * (segments - 1), size):
        end = start + size
        input = checkpoint(stretch(chain[start:end]), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return stretch(chain[end:])(input)


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The devices of the arguments other than the CPU, and their random states: none."""
    return [], []


def set_device_states(devices: Any, states: Any, *, device_type: str | None = None) -> None:
    """Nothing to set: there is the CPU."""
