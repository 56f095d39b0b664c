"""Stepping with other parameters and another state for a while. Imports the base."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograd_core.tensor.base import Tensor

from .optimizer import Group, Optimizer, State

__all__ = ["swap_in_optimizer_params_and_state"]

_WHO = "swap_in_optimizer_params_and_state"


@contextmanager
def swap_in_optimizer_params_and_state(
    optimizer: Optimizer, swapin_parameters: dict[str, Tensor], swapin_optim_state: dict[str, Any]
) -> Iterator[None]:
    """Inside the block the optimizer has these parameters, in the order of its groups, and the state of a `state_dict()`.

    Afterwards its own are back. RuntimeError when the optimizer has no state yet or the groups do not match.
    """
    state, groups = _checked(optimizer, swapin_optim_state)
    tensors = iter(swapin_parameters.values())
    own_state, own_groups = optimizer.state, [dict(group) for group in optimizer.param_groups]
    sizes = [len(group["params"]) for group in groups]
    if len(swapin_parameters) < sum(sizes):
        raise RuntimeError(
            f"{_WHO} requires the parameters of all optimizer.param_groups in their order: {sum(sizes)}, but got {len(swapin_parameters)}"
        )
    try:
        swapped: defaultdict[Any, State] = defaultdict(dict)
        for group, given in zip(optimizer.param_groups, groups, strict=True):
            group.update({**given, "params": [next(tensors) for _ in given["params"]]})
            for tensor, number in zip(group["params"], given["params"], strict=True):
                swapped[tensor] = dict(state.get(number, {}))
        optimizer.state = swapped
        yield
    finally:
        for group, kept in zip(optimizer.param_groups, own_groups, strict=True):
            group.clear()
            group.update(kept)
        optimizer.state = own_state


def _checked(optimizer: Optimizer, given: Any) -> tuple[dict[Any, Any], list[Group]]:
    """The state and the groups of a state_dict. RuntimeError unless they fit the optimizer."""
    if not optimizer.state:
        raise RuntimeError(f"{_WHO} requires initialized optimizer state: call step() once before")
    if not isinstance(given, dict):
        raise RuntimeError(f"{_WHO} requires what optimizer.state_dict() returns, got {type(given).__name__}")
    state, groups = given.get("state"), given.get("param_groups")
    if not isinstance(state, dict):
        raise RuntimeError(f"{_WHO} requires swapin_optim_state['state'] to be a dict by parameter number, got {type(state).__name__}")
    if not isinstance(groups, list):
        raise RuntimeError(f"{_WHO} requires swapin_optim_state['param_groups'] to be a list of dicts, got {type(groups).__name__}")
    if len(groups) != len(optimizer.param_groups):
        raise RuntimeError(f"{_WHO} got {len(groups)} parameter groups, the optimizer has {len(optimizer.param_groups)}")
    for i, (own, group) in enumerate(zip(optimizer.param_groups, groups, strict=True)):
        _check_group(i, own, group)
    numbers = {number for group in groups for number in group["params"]}
    for key, value in state.items():
        if key not in numbers or not isinstance(value, dict):
            raise RuntimeError(f"{_WHO} requires a dict of state for each parameter number of the groups, got {type(value).__name__} for {key!r}")
    return state, groups


def _check_group(i: int, own: Group, group: Any) -> None:
    if not isinstance(group, dict):
        raise RuntimeError(f"{_WHO} requires each param group to be a dict, got {type(group).__name__} for group {i}")
    numbers = group.get("params")
    if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
        raise RuntimeError(f"{_WHO} requires param_groups[{i}]['params'] to be parameter numbers, as in optimizer.state_dict()")
    if len(numbers) != len(own["params"]):
        raise RuntimeError(f"{_WHO} got {len(numbers)} parameters in group {i}, the optimizer has {len(own['params'])}")
    if set(group) != set(own):
        raise RuntimeError(f"{_WHO} requires the optimizer's keys in group {i}: only given {set(group) - set(own)}, only own {set(own) - set(group)}")
