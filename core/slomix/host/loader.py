"""Import one plugin and check what came: its identity, its hooks and its settings."""

from __future__ import annotations

import difflib
import inspect
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy

from slomix.errors import PluginError, SlomixError
from slomix.host.discovery import Found
from slomix.host.runner import describe, isolated
from slomix.plugin import Plugin
from slomix.settings import CoreSettings, PluginSettings, Settings, plugin_settings
from slomix.storage.roles import is_free

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: Words of the core: schemas, settings and the address space would collide.
RESERVED = frozenset(CoreSettings.model_fields) | {"slomix", "core", "public", "static", "plugins", "settings"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """An imported and configured plugin. `settings` is an instance of its `Settings`; `migrations` None has none."""

    name: str
    plugin: Plugin
    settings: PluginSettings
    version: str
    migrations: Path | None


def make_registry() -> pluggy.PluginManager:
    """A pluggy registry that knows the hooks of `Plugin`."""
    registry = pluggy.PluginManager("slomix")
    registry.add_hookspecs(Plugin)
    return registry


def hook_names() -> tuple[str, ...]:
    """Every hook, in the order of `Plugin`."""
    return tuple(name for name, member in vars(Plugin).items() if hasattr(member, "slomix_spec"))


def import_plugin(found: Found, registry: pluggy.PluginManager) -> Plugin:
    """Import the plugin and put it into the registry. Raises `PluginError` with a reason for a person."""
    outcome = isolated(found.name, found.entry_point.load)
    if outcome.error is not None:
        raise PluginError(
            f"import: {describe(outcome.error)}; mend or reinstall {found.distribution}, "
            f"or `slomix plugins disable {found.name}`"
        ) from outcome.error
    checked = isolated(found.name, lambda: _checked(found, outcome.value, registry))
    if checked.error is not None:
        known = isinstance(checked.error, PluginError)
        raise PluginError(str(checked.error) if known else describe(checked.error)) from checked.error
    plugin: Plugin = checked.value
    return plugin


def _checked(found: Found, plugin: Any, registry: pluggy.PluginManager) -> Plugin:
    if not isinstance(plugin, Plugin):
        kind = "a class" if isinstance(plugin, type) else f"a {type(plugin).__name__}"
        raise PluginError(
            f"its entry point {found.entry_point.value} is {kind}; it must name an instance of slomix.plugin.Plugin"
        )
    name = getattr(plugin, "name", None)
    if name != found.name:
        raise PluginError(f"it calls itself {name!r} and its entry point {found.name!r}; make them the same")
    if not NAME.fullmatch(found.name) or found.name in RESERVED or not is_free(found.name):
        raise PluginError(f"{found.name!r} is no name for a plugin: a-z, 0-9 and _, and no word of the core")
    problem = attribute_problem(plugin) or hook_problem(type(plugin))
    if problem:
        raise PluginError(problem)
    try:
        registry.register(plugin, found.name)
    except pluggy.PluginValidationError as error:
        raise PluginError(" ".join(str(error).split())) from error
    return plugin


def attribute_problem(plugin: Plugin) -> str:
    """The first class attribute of a plugin that is of the wrong kind, as a sentence; empty when there is none."""
    for attribute in ("requires", "after"):
        value: Any = getattr(plugin, attribute)
        if isinstance(value, str):
            return f"{attribute} is a string; write a tuple: {attribute} = ({value!r},)"
        if not isinstance(value, tuple | list) or not all(isinstance(name, str) for name in value):
            return f"{attribute} must be a tuple of plugin names"
    settings: Any = plugin.Settings
    if not isinstance(settings, type) or not issubclass(settings, PluginSettings):
        return "Settings must be a class of slomix.settings.PluginSettings"
    migrations: Any = plugin.migrations
    if migrations is not None and not isinstance(migrations, str):
        return "migrations must be the name of a folder in the package, or None"
    intents: Any = plugin.discord_intents
    if not isinstance(intents, frozenset | set) or not all(isinstance(name, str) for name in intents):
        return "discord_intents must be a set of names"
    return ""


def hook_problem(cls: type[Plugin]) -> str:
    """The first mistake in how a plugin's class overrides hooks, as a sentence; empty when there is none."""
    known = hook_names()
    owners = (cls.name, *cls.requires, *cls.after)
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        marked = hasattr(member, "slomix_impl")
        if marked and name not in known and name.startswith(tuple(f"{owner}_" for owner in owners)):
            if inspect.iscoroutinefunction(member) or list(inspect.signature(member).parameters) != ["self", "ctx"]:
                return f"{name} must be a plain `def` that takes (self, ctx)"
            continue
        if marked and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            return f"{name} is marked @hookimpl and is no hook" + (f"; did you mean {near[0]}?" if near else "")
        if name not in known or member is vars(Plugin)[name]:
            continue
        if not marked:
            return f"{name} lacks @hookimpl; add it, or give the method another name"
        problem = _shape_problem(name, member)
        if problem:
            return problem
    return ""


def _shape_problem(name: str, function: Any) -> str:
    wants_coroutine = inspect.iscoroutinefunction(vars(Plugin)[name])
    if wants_coroutine and not inspect.iscoroutinefunction(function):
        return f"{name} must be `async def`"
    if not wants_coroutine and (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
        return f"{name} must be a plain `def` that yields records"
    arguments = list(inspect.signature(function).parameters)
    if arguments != ["self", "ctx"]:
        return f"{name} must take (self, ctx), not ({', '.join(arguments)})"
    return ""


def implemented(plugin: Plugin) -> tuple[str, ...]:
    """The hooks that a plugin implements: the core's in the order of `Plugin`, then those of other plugins by name."""
    cls = type(plugin)
    others = sorted(set(dir(cls)) - set(hook_names()))
    return tuple(name for name in (*hook_names(), *others) if hasattr(getattr(cls, name), "slomix_impl"))


def configure(found: Found, plugin: Plugin, settings: Settings) -> LoadedPlugin:
    """Validate the plugin's settings and find its migrations. Raises `PluginError` with a reason for a person."""
    outcome = isolated(found.name, lambda: plugin_settings(settings, found.name, plugin.Settings))
    if outcome.error is not None:
        text = str(outcome.error) if isinstance(outcome.error, SlomixError) else describe(outcome.error)
        raise PluginError(f"settings: {' '.join(text.split())}") from outcome.error
    return LoadedPlugin(
        name=found.name,
        plugin=plugin,
        settings=outcome.value,
        version=found.version,
        migrations=migrations_folder(found, plugin.migrations),
    )


def migrations_folder(found: Found, folder: str | None) -> Path | None:
    """The folder of migrations in the plugin's package, if there is one. The package is imported already."""
    package = sys.modules.get(found.entry_point.module.partition(".")[0])
    file = getattr(package, "__file__", None)
    if folder is None or file is None:
        return None
    path = Path(file).parent / folder
    return path if path.is_dir() else None
