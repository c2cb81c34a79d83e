"""The plugin that docs/dashboard/hooks.md shows, made of its blocks: for the test of the page and for its pictures."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "dashboard" / "hooks.md"


def _blocks() -> list[Any]:
    spec = importlib.util.spec_from_file_location("docs_pages_of_dashboard", ROOT / "tests" / "docs" / "pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found: list[Any] = module.blocks(PAGE)
    return found


BLOCKS = _blocks()


@contextmanager
def installed(site: Path) -> Iterator[ModuleType]:
    """All examples of the page as one installed plugin, with the files that the page shows."""
    (head,) = [block.text for block in BLOCKS if block.words == "head"]
    methods = [textwrap.indent(block.text, "    ") for block in BLOCKS if block.words == "example"]
    (site / "slomix_clapping.py").write_text("\n".join([head, *methods]) + "\nplugin = Clapping()\n", "utf-8")
    for block in BLOCKS:
        if block.language in ("html", "js", "css"):
            (site / block.words).parent.mkdir(exist_ok=True)
            (site / block.words).write_text(block.text, "utf-8")
    info = site / "slomix_clapping-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-clapping\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\nclapping = slomix_clapping:plugin\n")
    sys.path.insert(0, str(site))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module("slomix_clapping")
    finally:
        sys.path.remove(str(site))
        del sys.modules["slomix_clapping"]
