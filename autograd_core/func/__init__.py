"""Functions of functions: grad, vmap, jvp and their kin, which nest in each other. `torch.func`'s names.

Imports autograd, tensor, engine and ops. Forward mode and batches are readings of the same rules, not new rules.
"""

from __future__ import annotations

from .functional_call import functional_call, stack_module_state
from .transforms import grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp
from .vmap import vmap

__all__ = [
    "functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "stack_module_state", "vjp", "vmap",
]  # fmt: skip
