"""The variables that settings can be given by, as the text of `.env.example`: from the classes, so it is never old."""

from __future__ import annotations

import textwrap
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from slomix.settings import CoreSettings, PluginSettings

WIDTH = 118
HEADER = """\
# Every variable that Slomix reads, with its default; written by `make env-example` from the settings' own classes.
# Copy it to .env, take the # from what you change, and hand it over: EnvironmentFile= of systemd, --env-file of a
# container, or `set -a; . ./.env` in a shell. A variable goes before plugins.toml, which names the same settings
# without SLOMIX_ and with a dot for the double underscore. Secrets are variables only, and have no default.
"""
STEERING = {
    "SLOMIX_CONFIG": "the plugins.toml to use, or its folder; without it the nearest one here or above",
    "SLOMIX_PG_BINDIR": "folder with postgres and initdb for the embedded database; without it the packaged ones",
}


def env_example(plugins: Mapping[str, type[PluginSettings]]) -> str:
    """The text: a commented-out line per variable below its description, section by section. Secrets are empty."""
    parts = [HEADER, _heading("where things are")]
    parts += [_entry(name, description, "") for name, description in STEERING.items()]
    parts.append(_heading("[slomix]"))
    parts += _section(CoreSettings, "SLOMIX_", "slomix")
    for name, cls in plugins.items():
        fields = list(_section(cls, f"SLOMIX_{name.upper()}__", f"settings.{name}"))
        if fields:
            parts += [_heading(f"[settings.{name}]"), *fields]
    return "\n".join(parts)


def _section(cls: type[BaseModel], prefix: str, dotted: str) -> Iterator[str]:
    """Plain settings first, then the sections below."""
    below = []
    for name, field in cls.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            below.append((name, inner))
        else:
            yield _entry(f"{prefix}{name.upper()}", field.description or "", _value(field))
    for name, inner in below:
        yield _heading(f"[{dotted}.{name}]")
        yield from _section(inner, f"{prefix}{name.upper()}__", f"{dotted}.{name}")


def _value(field: FieldInfo) -> str:
    """The default as a variable writes it; empty for a secret and for what has none."""
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if SecretStr in _kinds(field.annotation) or field.is_required() or default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Path | str | int | float):
        return str(default)
    return ""


def _kinds(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in typing.get_args(annotation):
        yield from _kinds(part)


def _entry(name: str, description: str, value: str) -> str:
    lines = textwrap.wrap(description, WIDTH, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*lines, f"#{name}={value}", ""])


def _heading(title: str) -> str:
    return f"# ---- {title} ".ljust(WIDTH, "-") + "\n"
