"""The calls that are answered otherwise than in PyTorch, with the reason for each kind."""

from __future__ import annotations

# (function, what is wrong with the call and the call, verdict: regular expressions; the reason)
TABLE: tuple[tuple[str, str, str, str], ...] = (
    (".*", r"Raw\(|ndarray", "", "arrays may stand for tensors: an op has a meaning on both"),
    (".*", r": (number|list of numbers|int|float|nan|True|huge int) ", "accepts|makes", "a number may stand for a tensor, as an array of no dimension"),
    (".*", "huge int|1180591620717411303424", "OverflowError|accepts", "what does not fit 64 bits is refused as a number, wherever it stands"),
    (".*", "by keyword", "accepts", "every function takes its tensors by PyTorch's documented names"),
    (".*", r"1j|complex", "", "there are no complex numbers here: they are arguments of a wrong kind"),
    (".*", r"(True\)|''|'x'|\[\]|<thing>|1\.0|\(\)|None|2|0)", "refuses with TypeError",
     "a bool is no size, and a flag is True or False: a slip is found where it stands"),
    (".*", "", "for (Attribute|Assertion|UnboundLocal)Error", "PyTorch stumbles over the argument; here the error says which one"),
    (".*", "", "accepts what is (Attribute|Assertion|UnboundLocal)Error", "PyTorch stumbles over what is a right call"),
    (".*", "", "^LinAlgError for _LinAlgError", "the same error by its public name"),
    (".*", "", "accepts what is NotImplementedError", "element types for which PyTorch has no CPU kernel are computed"),
    (".*", "", "OutOfMemory for|MemoryError for", "what cannot be held is refused before the rest is looked at"),
    (r"(linalg\.)?(svd|eigh|qr|lu.*|lstsq|cond|householder_product|solve.*|ldl.*|cholesky.*|pinv.*|slogdet|matrix_.*)", "", "other values",
     "NaN, infinity and the signs of singular vectors come out of another LAPACK"),
    (r"special\..*polynomial.*", "", "", "degrees past 100,000, NaN and infinity among them, are refused rather than counted up to"),
    ("functional.scaled_dot_product_attention", "nan|inf", "other values", "a masked key takes no part, NaN or not"),
    ("functional.gelu|vander|trapezoid|conv_tbc", "nan|inf", "other values", "rounding beside an infinite element"),
    ("functional.fractional_max_pool.*", "None", "other values", "the samples are random"),
)  # fmt: skip
