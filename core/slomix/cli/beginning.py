"""The plugins.toml that `slomix init` writes: from answers to text, proven by reading it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

FILE = """\
# Which plugins run, and what they are set to. `slomix settings` shows every value and where it comes from.
# No secret belongs here: the bot token is SLOMIX_DISCORD__TOKEN, a database password SLOMIX_DATABASE__PASSWORD.
schema = 1

[plugins]                  # true: load it. Absent or false: never imported. The order breaks ties.
{plugins}

[slomix]
timezone = {timezone}

[slomix.database]
url = "embedded"           # or postgresql://user@host/name

[slomix.ingest]
folders = {folders}

[slomix.discord]
{discord}
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answers. `folders` are `PATH` or `NAME=PATH`; no `plugins` means all that are installed."""

    folders: tuple[str, ...] = ()
    timezone: str | None = None
    guild: int | None = None
    channel: int | None = None
    plugins: tuple[str, ...] = ()


def here() -> str:
    """The zone of this machine where it can be told, else UTC."""
    named = os.environ.get("TZ") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    try:
        return ZoneInfo(named).key
    except (ValueError, OSError):
        return "UTC"


def text(wanted: Wanted, installed: tuple[str, ...]) -> str:
    """The file. JSON strings are TOML strings."""
    plugins = wanted.plugins or installed
    ids = [f"{key} = {value}" for key, value in (("guild", wanted.guild), ("channel", wanted.channel)) if value]
    return FILE.format(
        plugins="\n".join(f"{name} = true" for name in plugins),
        timezone=json.dumps(wanted.timezone or here(), ensure_ascii=False),
        folders=json.dumps([_anchored(folder) for folder in wanted.folders], ensure_ascii=False),
        discord="\n".join(ids) or "# guild = 123456789012345678",
    )


def write(file: Path, wanted: Wanted) -> None:
    """Write the file, if it can be read: raises `SettingsError` for an answer that can not be, and writes nothing."""
    from slomix.errors import PluginError, SettingsError
    from slomix.host.discovery import discover
    from slomix.settings import load

    installed = tuple(discover())
    unknown = [name for name in wanted.plugins if name not in installed]
    if unknown:
        raise PluginError(f"No installed package offers {', '.join(unknown)}; installed are: {', '.join(installed)}.")
    draft = file.with_name(f".{file.name}.new")
    try:
        draft.write_text(text(wanted, installed), "utf-8")
        load(draft)
        draft.replace(file)
    except SettingsError as error:
        raise SettingsError(str(error).replace(str(draft), "your answers, line").replace("line:", "line ")) from None
    finally:
        draft.unlink(missing_ok=True)


def _anchored(folder: str) -> str:
    """The folder with its path made absolute, as plugins.toml may be read from elsewhere."""
    server, equals, path = folder.partition("=")
    if equals and "/" not in server:
        return f"{server}={Path(path).expanduser().absolute()}"
    return str(Path(folder).expanduser().absolute())
