"""How an op runs on a whole batch at once: the rule of each op that has one. Imports op and the files of rules."""

from __future__ import annotations

import numpy as np

from ..op import Op
from .lanes import Rule
from .rules_elements import FLATTENED, ONE_DIM, SEVERAL_DIMS, elementwise, over_dims
from .rules_layers import LAYERS
from .rules_products import PRODUCTS
from .rules_shapes import SHAPES

ELEMENTWISE = {
    "pointwise", "comparison", "exponential", "rounding", "bitwise", "extremes", "trigonometry", "nonlinear", "special", "dropout",
}  # fmt: skip
# of these families, what looks beyond one element or has a dimension of its own
NOT_ELEMENTWISE = {"isin", "flat", "prelu", "glu", "rrelu", "cast"}
RULES: dict[str, Rule] = {**SHAPES, **PRODUCTS, **LAYERS, "masked_fill": elementwise}


def rule_of(op: Op) -> Rule | None:
    """The rule of an op, None when there is none."""
    found = RULES.get(op.name)
    if found is not None:
        return found
    if isinstance(getattr(op.fn, "ufunc", op.fn), np.ufunc):
        return elementwise
    if op.family in ELEMENTWISE and op.name not in NOT_ELEMENTWISE and "dim" not in op.params:
        return elementwise
    if op.name in SEVERAL_DIMS | ONE_DIM | FLATTENED and "dim" in op.params and len(op.inputs) == 1:
        return over_dims
    return None
