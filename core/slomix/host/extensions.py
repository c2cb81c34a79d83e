"""Hooks of plugins for plugins: what they are called, what they take, and who implements one that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from slomix.errors import PluginError
from slomix.host.records import problem

if TYPE_CHECKING:
    from slomix.context import Contribution
    from slomix.contrib import HookSpecs
    from slomix.host.host import Host
    from slomix.plugin import Plugin

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One hook of a plugin for others: whose it is, which kinds of records it takes, and what they stand for."""

    owner: str
    kinds: tuple[type, ...]
    translate: Callable[[str, Any], Iterable[Any]] | None


def extensions(owner: str, specs: HookSpecs) -> dict[str, Extension]:
    """The hooks by name. Raises `PluginError` where the class and the kinds do not fit together."""
    marked = {name for name, member in vars(specs.hooks).items() if hasattr(member, "slomix_spec")}
    for name in marked ^ set(specs.records):
        raise PluginError(f"{owner}: the hook {name} needs a method marked @hookspec and an entry in `records`")
    for name in marked:
        if not name.startswith(f"{owner}_"):
            raise PluginError(f"{owner}: the hook {name} must begin with {owner}_")
    return {
        name: Extension(owner=owner, kinds=tuple(kinds), translate=specs.translate)
        for name, kinds in specs.records.items()
    }


def unknown_hooks(plugin: Plugin, known: Mapping[str, Extension], is_active: Callable[[str], bool]) -> dict[str, str]:
    """Hooks of other plugins that a plugin implements and that do not exist, each with a sentence.

    One whose owner does not run (`after` names plugins that may be absent) is no mistake.
    """
    cls = type(plugin)
    offering = {extension.owner for extension in known.values()}
    owners = [owner for owner in (cls.name, *cls.requires, *cls.after) if owner in offering and is_active(owner)]
    wrong = {}
    for name in dir(cls):
        if not hasattr(getattr(cls, name), "slomix_impl") or name in known:
            continue
        owner = next((owner for owner in owners if name.startswith(f"{owner}_")), None)
        if owner is not None:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            wrong[name] = f"the plugin {owner} has no such hook{hint}"
    return wrong


def translated(translate: Callable[[str, Any], Iterable[Any]], plugin: str, record: Any) -> list[Any]:
    """What a record stands for; raises `PluginError` where that is nothing of the core's."""
    made = list(translate(plugin, record))
    for each in made:
        if wrong := problem(each):
            raise PluginError(wrong)
    return made


class Given:
    """Implements `context.Contributions` for one plugin."""

    def __init__(self, host: Host, owner: str) -> None:
        self._host = host
        self._owner = owner

    def of(self, kind: type[R]) -> Sequence[Contribution[R]]:
        """All records of a kind that were given to the plugin's hooks."""
        return self._host.contributions(self._owner, kind)
