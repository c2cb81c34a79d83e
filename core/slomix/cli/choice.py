"""One-line edits of plugins.toml: turn a plugin on or off and leave everything else, comments too, as it is."""

from __future__ import annotations

import re
import tomllib

from slomix.errors import SettingsError

_TABLE = re.compile(r"\s*\[\s*(?P<name>[^\[\]]+?)\s*\]\s*(#.*)?$")
_ENTRY = re.compile(r"""(?P<head>\s*["']?(?P<name>[a-z][a-z0-9_]*)["']?\s*=\s*)(?P<value>true|false)(?P<tail>.*)$""")

NEW_FILE = """\
# Which plugins run, and what they are set to. `slomix settings` shows every value and where it comes from.
schema = 1

[plugins]                  # true: load it. Absent or false: never imported. The order breaks ties.

[slomix]
strict = false             # true: refuse to start when a plugin is failed, missing or blocked

[slomix.database]
url = "embedded"           # or postgresql://user@host/name; a password comes from the environment
"""


def set_plugin(text: str, name: str, on: bool) -> str:
    """The text of a plugins.toml in which `name` is on or off. Raises `SettingsError` when it can not be done so."""
    value = "true" if on else "false"
    lines = text.splitlines(keepends=True)
    start, end = _plugins_table(lines)
    if start is None:
        gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        return _proven(f"{text}{gap}[plugins]\n{name} = {value}\n", name, on)
    for index in range(start + 1, end):
        match = _ENTRY.match(lines[index].rstrip("\r\n"))
        if match and match["name"] == name:
            ending = lines[index][len(lines[index].rstrip("\r\n")) :]
            lines[index] = f"{match['head']}{value}{match['tail']}{ending}"
            return _proven("".join(lines), name, on)
    last = max((i for i in range(start, end) if lines[i].strip()), default=start)
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    lines.insert(last + 1, f"{name} = {value}\n")
    return _proven("".join(lines), name, on)


def _plugins_table(lines: list[str]) -> tuple[int | None, int]:
    """Where `[plugins]` begins and where the next table does."""
    start: int | None = None
    for index, line in enumerate(lines):
        header = _TABLE.match(line)
        if start is not None and line.lstrip().startswith("["):
            return start, index
        if header and header["name"].strip("\"'") == "plugins":
            start = index
    return start, len(lines)


def _proven(text: str, name: str, on: bool) -> str:
    try:
        written = tomllib.loads(text).get("plugins", {}).get(name)
    except tomllib.TOMLDecodeError:
        written = None
    if written is not on:
        raise SettingsError(
            f"plugins.toml is written in a way that is not edited here; set {name} = {str(on).lower()} below [plugins]."
        )
    return text
