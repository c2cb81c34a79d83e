"""Plugins that are really installed: a module and its metadata with an entry point in a folder on the path."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from slomix.settings import CoreSettings, Settings

Install = Callable[..., None]
Told = Callable[..., Settings]

HEADER = """
from __future__ import annotations
import asyncio
from slomix.contrib import *
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder that plugins are installed into."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def install(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install(name, body, requires="slomix", version="1.0")` puts distribution `slomix-<name>` on the path.

    `body` is the module's text; a class `P` in it becomes the plugin, unless the text defines `plugin` itself.
    """
    monkeypatch.syspath_prepend(str(site))
    modules: list[str] = []

    def install_one(name: str, body: str, *, requires: str = "slomix", version: str = "1.0") -> None:
        module = f"slomix_{name}"
        text = HEADER + textwrap.dedent(body)
        if "\nplugin = " not in text and "class P(" in text:
            text += "\nplugin = P()\n"
        (site / f"{module}.py").write_text(text)
        info = site / f"slomix_{name}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: slomix-{name}\nVersion: {version}\nRequires-Dist: {requires}\n"
        (info / "METADATA").write_text(metadata)
        (info / "entry_points.txt").write_text(f"[slomix]\n{name} = {module}:plugin\n")
        modules.append(module)
        importlib.invalidate_caches()

    yield install_one
    for module in modules:
        sys.modules.pop(module, None)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """`told("a", "b", off=("c",), strict=True, sections={...})` gives the settings of a plugins.toml that says so."""

    def make(
        *on: str, off: tuple[str, ...] = (), sections: dict[str, dict[str, Any]] | None = None, **core: Any
    ) -> Settings:
        plugins = {**dict.fromkeys(on, True), **dict.fromkeys(off, False)}
        return Settings(
            core=CoreSettings(data_dir=tmp_path / "var", **core),
            plugins=plugins,
            plugin_sections=sections or {},
            file=tmp_path / "plugins.toml",
        )

    return make
