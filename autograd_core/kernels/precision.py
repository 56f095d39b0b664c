"""How closely convolutions keep to the products of their definition. Imports nothing of ours."""

from __future__ import annotations

import warnings

PRECISIONS = ("highest", "high", "medium")


class Precision:
    """The word that was set last."""

    word = "high"


def set_float32_matmul_precision(precision: str) -> None:
    """Choose "highest", which keeps convolutions to the products of their definition, or "high", which it is at first, or "medium".

    Those two let convolutions go through Winograd's transforms where they are faster: in their own dtype throughout, in float32
    within 1e-4 of the largest result. Matrix products are the same in all three. Warns about a word that is no
    precision, which changes nothing.
    """
    if precision not in PRECISIONS:
        warnings.warn(f"{precision!r} is no float32 matmul precision: give one of {', '.join(PRECISIONS)}", stacklevel=2)
        return
    Precision.word = precision


def get_float32_matmul_precision() -> str:
    """What was set last: "highest", "high" or "medium"."""
    return Precision.word
