"""The calls that are answered otherwise than in PyTorch, with the reason for each."""

from __future__ import annotations

# (function, what is wrong with the call and the call, verdict: regular expressions; the reason)
TABLE: tuple[tuple[str, str, str, str], ...] = (
    (".*", r"Raw\(|ndarray", "", "arrays may stand for tensors: ops have a meaning on both"),
    (".*", r": (number|list of numbers|int|float|nan|True|huge int) ", "accepts", "a number may stand for a tensor: an op is a function of arrays, too"),
    (".*", "by keyword", "accepts", "every function takes its tensors by PyTorch's documented names"),
    (".*", r"1j|complex", "^TypeError for", "there are no complex numbers here, so they are arguments of a wrong kind"),
    (".*", "huge int", "^OverflowError for TypeError", "a number may stand for a tensor, and this one is too large"),
    (".*", "", "for (Attribute|Assertion|UnboundLocal)Error", "PyTorch stumbles over the argument; here the error says which one"),
    (".*", "", "^LinAlgError for _LinAlgError", "the same error by its public name"),
)
