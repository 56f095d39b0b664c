"""One record of example inputs per op: the values, gradient, carrier and parity tests are driven from here.

An op without a record fails the suite. A family's records stand in the file of the family's name.
"""

from __future__ import annotations

import importlib
import pkgutil

from .build import Sample, Spec, draw, flags, replace

RECORDS: dict[str, list[Sample]] = {}
for _module in pkgutil.iter_modules(__path__):
    for _key, _samples in getattr(importlib.import_module(f"{__name__}.{_module.name}"), "RECORDS", {}).items():
        if _key in RECORDS:
            raise ValueError(f"two records for {_key}")
        RECORDS[_key] = _samples

CASES = [(key, i) for key, samples in sorted(RECORDS.items()) for i in range(len(samples))]

__all__ = ["CASES", "RECORDS", "Sample", "Spec", "draw", "flags", "replace"]
