"""`torch.utils.model_zoo`, the older place of `hub.load_state_dict_from_url`. Imports hub."""

from __future__ import annotations

from ..hub import load_state_dict_from_url as load_url

__all__ = ["load_url"]
