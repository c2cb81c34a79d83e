"""Finds the shared folder with real input; it is not part of the project and may be missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "SLOMIX_SHARED"


def shared_folder(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder named by SLOMIX_SHARED, else `shared` beside the checkout that holds `root`; it may not exist."""
    if named := environ.get(VARIABLE):
        return Path(named)
    checkout = next((folder for folder in (root, *root.parents) if (folder / "plugins.toml").exists()), root)
    return checkout.parent / "shared"
