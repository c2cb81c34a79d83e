"""A new plugin from the templates: names, files, and where they go."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from slomix.errors import PluginError

#: Where each template goes; `[[name]]` and the like are replaced in paths and in texts.
LAYOUT = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "init.py.txt": "slomix_[[name]]/__init__.py",
    "plugin.py.txt": "slomix_[[name]]/plugin.py",
    "parser.py.txt": "slomix_[[name]]/parser.py",
    "store.py.txt": "slomix_[[name]]/store.py",
    "people.py.txt": "slomix_[[name]]/people.py",
    "routes.py.txt": "slomix_[[name]]/routes.py",
    "cog.py.txt": "slomix_[[name]]/cog.py",
    "simulator.py.txt": "slomix_[[name]]/simulator.py",
    "sample.txt": "slomix_[[name]]/samples/2026-01-02-200000-supply-round-1.[[name]]",
    "migration.sql.txt": "slomix_[[name]]/migrations/[[name]].0001.points.sql",
    "migration.rollback.sql.txt": "slomix_[[name]]/migrations/[[name]].0001.points.rollback.sql",
    "test.py.txt": "tests/test_[[name]].py",
}
EMPTY = ("slomix_[[name]]/py.typed",)


def check_name(name: str) -> None:
    """Raise `PluginError` where a plugin can not be called so."""
    from slomix.cli.program import COMMANDS
    from slomix.host.discovery import discover
    from slomix.host.loader import NAME, RESERVED
    from slomix.storage.roles import is_free

    if not NAME.fullmatch(name):
        raise PluginError(f"{name!r} is no name for a plugin: begin with a-z, then a-z, 0-9 and _, 40 at most.")
    if name in RESERVED or not is_free(name) or name in COMMANDS or name in ("testing", "api"):
        raise PluginError(f"{name!r} is a word of the core; choose another name.")
    if name in discover():
        raise PluginError(f"A plugin {name} is installed already; choose another name.")


def version_range() -> str:
    """The versions of slomix that a plugin made now is for: this minor one."""
    from packaging.version import Version

    from slomix.host.discovery import core_version

    major, minor = Version(core_version()).release[:2]
    return f">={major}.{minor},<{major}.{minor + 1}" if major == 0 else f">={major}.{minor},<{major + 1}"


def write(name: str, folder: Path) -> list[Path]:
    """Write the plugin's files below `folder`, which must be new or empty; answers their paths."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PluginError(f"{folder} is there already and not empty; nothing was written. Choose another with --dir.")
    words = {
        "[[name]]": name,
        "[[NAME]]": name.upper(),
        "[[Name]]": "".join(part.capitalize() for part in name.split("_")),
        "[[dist]]": name.replace("_", "-"),
        "[[range]]": version_range(),
    }
    written = []
    for template, target in {**LAYOUT, **dict.fromkeys(EMPTY)}.items():
        text = "" if target is None else (files("slomix.cli") / "templates" / template).read_text("utf-8")
        path = folder / _filled(target or template, words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(text, words), "utf-8", newline="\n")
        written.append(path)
    return written


def _filled(text: str, words: dict[str, str]) -> str:
    for token, word in words.items():
        text = text.replace(token, word)
    return text
