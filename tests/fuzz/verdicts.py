"""What is wrong with the outcome of a call: alone, and beside PyTorch's. The agreed differences stand in `differences`."""

from __future__ import annotations

import re
from typing import Any

from autograd_core.op import registry

from .differences import TABLE

Record = dict[str, Any]
Finding = tuple[str, str]  # what is wrong, and the details

# errors that say that the library stumbled, not that the call was wrong
STUMBLES = {"AttributeError", "UnboundLocalError", "NameError", "KeyError", "RecursionError", "SystemError", "ZeroDivisionError"}
GIVEN = re.compile(r"\d|'|\"|nan|inf|Tensor|float|int|bool|shape|argument|got|expected|known", re.IGNORECASE)
LIMIT = 1.0  # seconds of processor time, compiled


def fault(record: Record) -> Finding | None:
    """What no call may do, whatever PyTorch does; None where all is well."""
    ours = record["ours"]
    if "died" in ours:
        return "the process died", ours["died"]
    if ours["mutated"] and "max_norm" not in record["wrong"]:  # an embedding renormalises its weight in place
        return "an input was changed", ""
    leaked = [w for w in ours["warned"] if w[0] not in ("UserWarning", "FutureWarning")]
    if leaked:
        return "a warning", str(leaked[0])
    if ours["seconds"] > LIMIT:
        return "slow", f"took {ours['seconds']:.1f} s"
    return _bad_error(record) if "raised" in ours else None


def _bad_error(record: Record) -> Finding | None:
    ours = record["ours"]
    said = f"{ours['raised']}: {ours['text']}"
    if ours["room"].startswith("numpy") and ours["raised"] != "LinAlgError":
        return "NumPy's own error", said
    if ours["raised"] in STUMBLES and record.get("theirs", {}).get("raised") != ours["raised"]:
        return "an internal error", said
    if len(ours["text"]) < 40 and not GIVEN.search(ours["text"]):
        return "the text does not say what was given", said
    if record["name"] in registry and not named(record["name"], ours["text"]):
        return "the text does not name the function", said
    return None


def named(function: str, text: str) -> bool:
    """Whether an error says which function it is about."""
    short = function.rpartition(".")[2].strip("_")
    return short.replace("_", "").lower() in re.sub(r"[_ ]", "", text).lower()


def disagreement(record: Record) -> Finding | None:
    """Where PyTorch does otherwise; None where both agree or the difference is a known one."""
    found = _compare(record)
    return None if found is None or known(record, found[0]) is not None else found


def known(record: Record, verdict: str) -> str | None:
    """The reason why this difference is right, None where there is none."""
    call = f"{record['wrong']} {record['call']}"
    for names, wrongs, verdicts, reason in TABLE:
        if re.fullmatch(names, record["name"]) and re.search(wrongs, call) and re.search(verdicts, verdict):
            return reason
    return None


def _compare(record: Record) -> Finding | None:
    ours, theirs = record.get("ours", {}), record.get("theirs", {})
    if "died" in ours or "died" in theirs or not ours or not theirs:
        return None
    if "raised" in theirs:
        said = f"PyTorch: {theirs['raised']}: {theirs['text'][:200]}"
        if "raised" not in ours:
            return f"accepts what is {theirs['raised']}: {theirs['text'][:80]}", said
        if ours["raised"] in theirs["mro"] or theirs["raised"] in ours["mro"]:
            return None
        return f"{ours['raised']} for {theirs['raised']}: {theirs['text'][:80]}", f"ours: {ours['text'][:200]}; {said}"
    if "raised" in ours:
        return f"refuses with {ours['raised']}: {ours['text'][:80]}", f"PyTorch makes {theirs['made']}"
    if ours["made"] != theirs["made"]:
        return "makes something else", f"{ours['made']}, PyTorch {theirs['made']}"
    if record.get("differs"):
        return "other values", record["differs"]
    return None
