"""Which reader runs: the native modules where they were built, or the same files as Python.

`SLOMIX_GREATSHOT_READER=python` in the environment takes the Python ones although the native ones are there.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLE = "SLOMIX_GREATSHOT_READER"
#: What is compiled, in the order of their imports: the hot part with C types, the others as they are.
MODULES = ("bits", "states", "decoder", "text", "spoken", "rounds", "deaths", "story")


class _SourceOnly(MetaPathFinder):
    """Finds the sources of the modules that are compiled, and nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package != __package__ or name not in MODULES:
            return None
        file = str(Path(__file__).with_name(f"{name}.py"))
        return importlib.util.spec_from_file_location(fullname, file, loader=SourceFileLoader(fullname, file))


def forced() -> bool:
    return os.environ.get(VARIABLE) == "python"


def choose() -> None:
    """To be called before any of the modules is imported."""
    if forced():
        sys.meta_path.insert(0, _SourceOnly())
