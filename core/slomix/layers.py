"""One source of settings after the other: nested values, and where each of them was read."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, SecretStr
from pydantic_core import to_json
from pydantic_settings import BaseSettings, EnvSettingsSource
from pydantic_settings import SettingsError as UnreadableVariable

from slomix.errors import SettingsError
from slomix.secret_files import read_secret_files

_HEADER = re.compile(r"\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""\s*(?P<path>(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
#: An address with a password, before the host or among the parameters.
_PASSWORD_IN_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://([^/:@\s]*:[^/@\s]+@|\S*[?&]password=[^&\s])")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


@dataclass(frozen=True, slots=True)
class Layer:
    """The nested `values` of one source; `describe(path)` says where one of them is, `base` anchors relative paths."""

    values: dict[str, Any]
    describe: Callable[[tuple[str, ...]], str]
    base: Path


class _Variables(EnvSettingsSource):
    """pydantic-settings' reader of variables, on a given mapping instead of the process environment."""

    def __init__(
        self, cls: type[BaseModel], variables: Mapping[str, str], prefix: str, *, case_sensitive: bool
    ) -> None:
        self._variables = variables
        # The reader only looks at the fields of the class, which any pydantic model has.
        super().__init__(
            cast(type[BaseSettings], cls),
            env_prefix=prefix,
            env_nested_delimiter="__",
            case_sensitive=case_sensitive,
        )

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return (
            self._variables if self.case_sensitive else {key.lower(): value for key, value in self._variables.items()}
        )


def environment_layer(cls: type[BaseModel], environ: Mapping[str, str], prefix: str, plugin: str | None) -> Layer:
    """The variables that begin with `prefix` (and the plugin's name), and the files of secrets, as nested values."""
    start = prefix if plugin is None else f"{prefix}{plugin.upper()}__"
    environ, files = read_secret_files(cls, environ, start)

    def describe(path: tuple[str, ...]) -> str:
        variable = _longest(environ, start, path)
        return files.get(variable, variable)

    values = _read(_Variables(cls, environ, start, case_sensitive=False), environ, start)
    values |= {key: value for key, value in _strangers(cls, environ, start).items() if plugin is not None}
    return Layer(values, describe, Path.cwd())


def _longest(environ: Mapping[str, str], start: str, path: tuple[str, ...]) -> str:
    """The variable that gave `path`: itself, or a section above it given as JSON."""
    names = {name.upper(): name for name in environ}
    for length in range(len(path), 0, -1):
        name = (start + "__".join(path[:length])).upper()
        if name in names:
            return names[name]
    return (start + "__".join(path)).upper()


def _strangers(cls: type[BaseModel], environ: Mapping[str, str], start: str) -> dict[str, Any]:
    """Variables of a plugin's section that no field of its class reads; the class refuses them by name."""
    fields = {name.lower() for name in cls.model_fields}
    found = {name[len(start) :].lower().split("__")[0] for name in environ if name.upper().startswith(start.upper())}
    return dict.fromkeys(found - fields, "")


def override_layer(cls: type[BaseModel], overrides: Mapping[str, Any], plugin: str | None) -> Layer:
    """Dotted keys of the command line (`web.port`, `stats.min_rounds`) as nested values."""
    start = "" if plugin is None else f"{plugin}."
    own = {key[len(start) :]: value for key, value in overrides.items() if key.startswith(start)}
    variables = {
        "-" + key.replace(".", "__"): value if isinstance(value, str) else _text(value) for key, value in own.items()
    }
    values = _read(_Variables(cls, variables, "-", case_sensitive=True), variables, "-")
    if plugin is not None:
        values |= _strangers(cls, variables, "-")
    return Layer(values, lambda path: f"-s {start}{'.'.join(path)}", Path.cwd())


def _text(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    return to_json(value).decode()


def _read(source: _Variables, variables: Mapping[str, str], start: str) -> dict[str, Any]:
    try:
        return source()
    except UnreadableVariable as error:
        field = re.search(r'field "([^"]+)"', str(error))
        words = (start + (field[1] if field else "")).upper()
        names = [name for name in variables if name.upper().startswith(words)]
        raise SettingsError(f"{' or '.join(names) or words} is not valid JSON, which this setting needs.") from None


def deep_merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`; tables merge, everything else replaces."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = deep_merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def contains(values: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether `values` give something at `path` (a value above it that is no table counts)."""
    here: Any = values
    for part in path:
        if not isinstance(here, dict):
            return True
        if part not in here:
            return False
        here = here[part]
    return True


def secret_paths(
    cls: type[BaseModel], values: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Where `values` give a field that is typed as a secret."""
    for name, value in values.items():
        info = cls.model_fields.get(name)
        if info is None:
            continue
        kinds = list(_kinds(info.annotation))
        if any(kind is SecretStr for kind in kinds):
            yield (*path, name)
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, dict):
                yield from secret_paths(kind, value, (*path, name))


def passwords_in_urls(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where `values` hold an address with a password in it."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from passwords_in_urls(value, (*path, name))
        elif isinstance(value, str) and _PASSWORD_IN_URL.search(value):
            yield (*path, name)


def _kinds(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in typing.get_args(annotation):
        yield from _kinds(part)


def toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """The line (from 1) of every table header and key that begins a line."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header["path"])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _parts(key["path"]), number)
    return lines


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part[0] or part[1] or part[2] for part in _PART.findall(path))
