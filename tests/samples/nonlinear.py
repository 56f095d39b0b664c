"""Samples of the activation functions."""

from __future__ import annotations

from .build import unary

RECORDS = {
    "relu": unary(away=(0,)),
}
