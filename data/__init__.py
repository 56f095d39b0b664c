"""Datasets, loaders, samplers and transforms, with the names of torch.utils.data and torchvision."""

from __future__ import annotations

import pkgutil

# A user's own data/ folder beside the program keeps working: its modules join this package.
__path__ = pkgutil.extend_path(__path__, __name__)
