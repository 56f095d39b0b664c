"""The functions with a name that ends in _: torch.exp_(x) changes x. Methods and nn.functional have their own. Imports op and the ops."""

from __future__ import annotations

from ..op import alias, registry
from . import bitwise, extremes, nonlinear, special, trigonometry

__all__ = ["bitwise", "extremes", "nonlinear", "special", "trigonometry"]

NAMES = (
    "neg abs sqrt rsqrt exp log log1p expm1 sin cos tanh sigmoid floor ceil round clamp clamp_min clamp_max reciprocal square erf log2 "
    "log10 exp2 tan acos acosh asin asinh atan atanh cosh sinh trunc frac xlogy sinc deg2rad rad2deg erfc i0 logit nan_to_num ldexp gcd "
    "lcm relu conj_physical"
)
SAME = {
    "clip": "clamp",
    "fix": "trunc",
    "negative": "neg",
    **{"arc" + name: "a" + name for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")},
}
for _name in NAMES.split():
    alias(registry[_name], "torch." + _name + "_")
for _name, _own in SAME.items():
    alias(registry[_own], "torch." + _name + "_")
