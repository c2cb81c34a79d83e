"""The plugin that is looked at: its distribution, its package, what it needs, its papers."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from slomix.host.discovery import Found, discover
from slomix.plugin import Plugin
from slomix.storage.sources import MigrationSource
from slomix.testing.database import plugin_migrations


@dataclass(frozen=True, slots=True)
class Subject:
    """An installed plugin. `needs` are the plugins that it requires, directly or not, in the order to load them.

    `optional` are those of its `after` that are installed, `beside` what those require.
    """

    name: str
    found: Found
    plugin: Plugin
    package: Path
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    beside: tuple[str, ...]

    @property
    def everyone(self) -> tuple[str, ...]:
        """All plugins of the program in which it is checked."""
        return tuple(dict.fromkeys((*self.needs, *self.beside, *self.optional, self.name)))

    @property
    def migrations(self) -> MigrationSource | None:
        """Its migrations; None when it has none."""
        return None if self.plugin.migrations is None else plugin_migrations(self.name)

    def readme(self) -> str:
        """The README of its project, or what the distribution was built from; empty when there is none."""
        distribution = importlib.metadata.distribution(self.found.distribution)
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        if origin.get("dir_info", {}).get("editable"):
            file = Path(url2pathname(urlsplit(origin["url"]).path), "README.md")
            if file.is_file():
                return file.read_text("utf-8")
        papers: Any = distribution.metadata  # an email.message.Message, which the type does not say
        return str(papers.get_payload() or papers.get("Description") or "")


@cache
def subject_of(name: str) -> Subject:
    """Find and import a plugin. LookupError where it is not installed."""
    found = discover()
    if name not in found:
        listed = ", ".join(found) or "none"
        raise LookupError(f"no installed distribution offers the plugin {name!r} (installed: {listed}); install it")
    plugin: Plugin = found[name].entry_point.load()
    optional = tuple(other for other in plugin.after if other in found and other not in plugin.requires)
    return Subject(
        name=name,
        found=found[name],
        plugin=plugin,
        package=package_folder(found[name]),
        needs=tuple(dict.fromkeys(_needs(plugin, found))),
        optional=optional,
        beside=tuple(need for other in optional for need in _needs(found[other].entry_point.load(), found)),
    )


def package_folder(found: Found) -> Path:
    """The folder of a plugin's package (of its module, where it is a single file)."""
    spec = find_spec(found.entry_point.module.partition(".")[0])
    assert spec is not None
    assert spec.origin is not None, f"{spec.name} is a namespace package; give it an __init__.py"
    return Path(spec.origin).parent


def _needs(plugin: Plugin, found: dict[str, Found]) -> Iterator[str]:
    for name in plugin.requires:
        assert name in found, f"{plugin.name} requires {name}, which is not installed; install it"
        yield from _needs(found[name].entry_point.load(), found)
        yield name
