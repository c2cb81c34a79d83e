"""Fill the classes of `slomix.settings`: command line over environment over `plugins.toml` over defaults."""

from __future__ import annotations

import difflib
import importlib.metadata
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from slomix import redact
from slomix.errors import SettingsError
from slomix.layers import (
    Layer,
    contains,
    deep_merge,
    environment_layer,
    override_layer,
    passwords_in_urls,
    secret_paths,
    toml_lines,
)
from slomix.settings import CoreSettings, PluginSettings, Section, Settings, Sources

FILE_NAME = "plugins.toml"
PREFIX = "SLOMIX_"
#: Variables that steer the program and its tests but are no settings.
EXTRA_VARIABLES = frozenset({"SLOMIX_CONFIG", "SLOMIX_PG_BINDIR", "SLOMIX_SHARED"})
PLUGIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

S = TypeVar("S", bound=Section)
P = TypeVar("P", bound=PluginSettings)


def find_file(environ: Mapping[str, str], start: Path) -> Path | None:
    """The plugins.toml that SLOMIX_CONFIG names (a file or its folder), else the nearest one at or above `start`."""
    named = environ.get("SLOMIX_CONFIG")
    if named:
        path = Path(named).absolute()
        return path / FILE_NAME if path.is_dir() else path
    return next((folder / FILE_NAME for folder in (start, *start.parents) if (folder / FILE_NAME).is_file()), None)


def load(
    path: Path | None, overrides: Mapping[str, Any] | None, environ: Mapping[str, str] | None, *, required: bool
) -> Settings:
    """See `slomix.settings.load`."""
    environ = os.environ if environ is None else environ
    redact.remember_variables(environ)
    # A variable without a value says nothing: that is how a container or a copy of .env.example leaves one out.
    variables = {k: v for k, v in environ.items() if k.startswith(PREFIX) and v}
    file = path.absolute() if path is not None else find_file(variables, Path.cwd())
    if file is None and required:
        raise SettingsError(
            f"There is no {FILE_NAME} in {Path.cwd()} or above it. "
            "`slomix plugins enable stats webui` creates one; --config FILE or SLOMIX_CONFIG names another."
        )
    text, document = _read(file)
    plugins = _choice(document, file)
    sections = _tables(document.get("settings", {}), "settings", file)
    sources = Sources(environ=variables, overrides=_normal(overrides or {}), text=text)
    _check_names(sources, file, {*plugins, *sections}, sections)
    layers = _layers(CoreSettings, sources, file, ("slomix",), document.get("slomix", {}))
    core = _validate(CoreSettings, layers, "slomix.")
    return Settings(core=core, plugins=plugins, plugin_sections=sections, file=file, sources=sources)


def plugin_settings(settings: Settings, name: str, cls: type[P]) -> P:
    """See `slomix.settings.plugin_settings`."""
    return _validate(cls, _plugin_layers(settings, name, cls), f"settings.{name}.")


def explain(settings: Settings, plugins: Mapping[str, type[PluginSettings]]) -> list[tuple[str, str, str]]:
    """See `slomix.settings.explain`."""
    raw = tomllib.loads(settings.sources.text).get("slomix", {})
    rows = _rows(settings.core, _layers(CoreSettings, settings.sources, settings.file, ("slomix",), raw), "slomix.")
    for name in settings.plugins:
        file = str(settings.file)
        rows.append((f"plugins.{name}", str(settings.plugins[name]).lower(), file))
    for name in {**settings.plugins, **settings.plugin_sections}:
        cls = plugins.get(name)
        if cls is None:
            rows += _raw_rows(settings, name)
            continue
        rows += _rows(plugin_settings(settings, name, cls), _plugin_layers(settings, name, cls), f"settings.{name}.")
    return rows


# ---- reading ------------------------------------------------------------------------------------------------------


def _read(file: Path | None) -> tuple[str, dict[str, Any]]:
    if file is None:
        return "", {}
    try:
        text = file.read_text("utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} can not be read: {error}. Check the path and its permissions.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.") from error
    known = ("schema", "plugins", "slomix", "settings")
    for key in document:
        if key not in known:
            line = toml_lines(text).get((key,), 1)
            raise SettingsError(f"Unknown section {key} ({file}:{line}).{_nearest(key, known)}")
    if document.get("schema", 1) != 1:
        raise SettingsError(f"{file}: schema = {document['schema']} is newer than this Slomix, which reads schema = 1.")
    _tables({"slomix": document.get("slomix", {})}, "", file)
    return text, document


def _tables(value: Any, where: str, file: Path | None) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise SettingsError(f"{file}: {where} must be a table, written [{where}].")
    for name, table in value.items():
        if not isinstance(table, dict):
            dotted = f"{where}.{name}".lstrip(".")
            raise SettingsError(f"{file}: {dotted} must be a table, written [{dotted}].")
    return value


def _choice(document: Mapping[str, Any], file: Path | None) -> dict[str, bool]:
    chosen = document.get("plugins", {})
    if not isinstance(chosen, dict):
        raise SettingsError(f"{file}: plugins must be a table of names with true or false.")
    for name, value in chosen.items():
        if not isinstance(value, bool) or not PLUGIN_NAME.fullmatch(name):
            raise SettingsError(f"{file}: plugins.{name} must be a plugin's name (a-z, 0-9, _) with true or false.")
    return dict(chosen)


def _normal(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Keys without the file's outer section: `slomix.web.port` is `web.port`, `settings.stats.x` is `stats.x`."""
    return {
        key.removeprefix("slomix.").removeprefix("settings."): value
        for key, value in overrides.items()
        if value is not None
    }


def _check_names(sources: Sources, file: Path | None, plugins: set[str], sections: Mapping[str, Any]) -> None:
    """The first word of every key is a setting or section of the core, or a plugin."""
    core = set(CoreSettings.model_fields)
    keys = [(name, name.removeprefix(PREFIX).lower().split("__"), "__") for name in sources.environ]
    keys += [(f"-s {key}", key.split("."), ".") for key in sources.overrides]
    unknown = [
        (shown, words, joint)
        for shown, words, joint in keys
        if shown not in EXTRA_VARIABLES and words[0] not in core and (words[0] not in plugins or len(words) < 2)
    ]
    strangers = [name for name in sections if name not in plugins]
    if not unknown and not strangers:
        return
    installed = {entry.name for entry in importlib.metadata.entry_points(group="slomix")} | plugins
    for shown, words, joint in unknown:
        if words[0] in installed and len(words) > 1:
            continue
        near = difflib.get_close_matches(words[0], sorted(core | installed), n=1)
        hint = joint.join([near[0], *words[1:]]) if near else ""
        hint = f"{PREFIX}{hint.upper()}" if hint and joint == "__" else hint
        raise SettingsError(f"Unknown setting {shown}.{f' Did you mean {hint}?' if hint else _HELP}")


_HELP = " `slomix settings` lists what there is."


def _layers(
    cls: type[BaseModel], sources: Sources, file: Path | None, path: tuple[str, ...], values: dict[str, Any]
) -> list[Layer]:
    """Highest first. `path` is where `values` lie in the file."""
    base = file.parent if file is not None else Path.cwd()
    lines = toml_lines(sources.text)

    def line_of(key: tuple[str, ...]) -> str:
        full = path + key
        while full and full not in lines:
            full = full[:-1]
        return f"{file}:{lines.get(full, 1)}"

    plugin = path[1] if path[0] == "settings" else None
    for secret in secret_paths(cls, values):
        variable = PREFIX + "__".join([*([plugin] if plugin else []), *secret]).upper()
        raise SettingsError(
            f"{'.'.join(path + secret)} ({line_of(secret)}) is a secret and must not be in a file: "
            f"take it out and set the variable {variable}."
        )
    for path_of_url in passwords_in_urls(values):
        raise SettingsError(
            f"{'.'.join(path + path_of_url)} ({line_of(path_of_url)}) holds a password, which must not be in a file: "
            "take it out and set SLOMIX_DATABASE__PASSWORD, or give the whole address in its variable."
        )
    return [
        override_layer(cls, sources.overrides, plugin),
        environment_layer(cls, sources.environ, PREFIX, plugin),
        Layer(values, line_of, base),
        Layer({}, lambda _: "default", base),
    ]


def _plugin_layers(settings: Settings, name: str, cls: type[BaseModel]) -> list[Layer]:
    values = settings.plugin_sections.get(name, {})
    return _layers(cls, settings.sources, settings.file, ("settings", name), values)


# ---- validating ---------------------------------------------------------------------------------------------------


def _validate(cls: type[S], layers: list[Layer], prefix: str) -> S:
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        merged = deep_merge(merged, layer.values)
    try:
        model = cls.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_readable(cls, error, layers, prefix)) from None
    redact.remember_model(model)
    return _anchored(model, layers, ())


def _readable(cls: type[BaseModel], error: ValidationError, layers: list[Layer], prefix: str) -> str:
    """All problems, one sentence each. Values are left out: they may be secret."""
    sentences = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        path = tuple(str(part) for part in problem["loc"])
        source, dotted = _source(layers, path).describe(path), prefix + ".".join(path)
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(path[-1], _fields_at(cls, path[:-1]), n=1)
            hint = f" Did you mean {prefix}{'.'.join([*path[:-1], near[0]])}?" if near else _HELP
            sentences.append(f"Unknown setting {dotted} ({source}).{hint}")
        else:
            sentences.append(f"{dotted} ({source}): {problem['msg'].removeprefix('Value error, ')}.")
    return "\n".join(sentences)


def _fields_at(cls: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    model: type[BaseModel] | None = cls
    for part in path:
        info = model.model_fields.get(part) if model else None
        annotation = info.annotation if info else None
        model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return list(model.model_fields) if model else []


def _source(layers: list[Layer], path: tuple[str, ...]) -> Layer:
    return next((layer for layer in layers if contains(layer.values, path)), layers[-1])


def _anchored(model: S, layers: list[Layer], path: tuple[str, ...]) -> S:
    """Relative paths of the file are relative to its folder, others to the current one."""
    changed = {}
    for name in type(model).model_fields:
        old = getattr(model, name)
        new = _anchored_value(old, layers, (*path, name))
        if new is not old:
            changed[name] = new
    return model.model_copy(update=changed) if changed else model


def _anchored_value(value: Any, layers: list[Layer], path: tuple[str, ...]) -> Any:
    if isinstance(value, Path) and not value.is_absolute():
        return _source(layers, path).base / value
    if isinstance(value, Section):
        return _anchored(value, layers, path)
    if isinstance(value, tuple) and any(isinstance(item, Path | Section) for item in value):
        return tuple(_anchored_value(item, layers, path) for item in value)
    return value


# ---- explaining ---------------------------------------------------------------------------------------------------


def _rows(model: BaseModel, layers: list[Layer], prefix: str) -> list[tuple[str, str, str]]:
    return [
        (prefix + ".".join(path), _shown(value), _source(layers, path).describe(path)) for path, value in _leaves(model)
    ]


def _leaves(model: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, (*path, name))
        elif isinstance(value, dict) and value and all(isinstance(item, BaseModel) for item in value.values()):
            for key, item in value.items():
                yield from _leaves(item, (*path, name, key))
        else:
            yield (*path, name), value


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    if isinstance(value, BaseModel):
        return " ".join(f"{key}={item}" for key, item in value if item is not None)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else redact.mask(str(value))


def _raw_rows(settings: Settings, name: str) -> list[tuple[str, str, str]]:
    """What was given to a plugin that is not loaded. Only its class knows what is secret: variables are hidden."""
    rows = [
        (f"settings.{name}.{key}", str(redact.mask_values({key: value})[key]), str(settings.file))
        for key, value in settings.plugin_sections.get(name, {}).items()
    ]
    start = f"{PREFIX}{name.upper()}__"
    for variable in settings.sources.environ:
        if variable.upper().startswith(start):
            key = variable[len(start) :].lower().replace("__", ".")
            rows.append((f"settings.{name}.{key}", "***", variable))
    return rows


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]}?" if near else f" Known are {', '.join(known)}."
