"""Who gets which top-level command: counted from what plugins declare, before anything is built. No discord here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Discord refuses the whole set above 100; a plugin that would pass this is refused instead.
COMMAND_BUDGET = 90
#: Beside the group with its own name, a plugin may declare so many commands of its own.
SHORTCUTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotment:
    """`owners`: plugin by top-level name. `refused`: why a plugin gets none of its commands, by plugin."""

    owners: Mapping[str, str]
    refused: Mapping[str, str]


def allot(declared: Iterable[tuple[str, Iterable[str]]], taken: Mapping[str, str]) -> Allotment:
    """Give every plugin its own name and the shortcuts that it declares, first come, first served.

    `declared` holds (plugin, shortcuts), one per cog in the plugins' order; `taken` are names with owners already.
    """
    wanted: dict[str, dict[str, None]] = {}
    for plugin, shortcuts in declared:
        wanted.setdefault(plugin, {plugin: None}).update(dict.fromkeys(shortcuts))
    owners, refused = dict(taken), {}
    for plugin, names in wanted.items():
        reason = _refusal(plugin, list(names), owners)
        if reason:
            refused[plugin] = reason
        else:
            owners |= dict.fromkeys(names, plugin)
    return Allotment(owners=owners, refused=refused)


def _refusal(plugin: str, names: list[str], owners: Mapping[str, str]) -> str:
    shortcuts = [name for name in names if name != plugin]
    if len(shortcuts) > SHORTCUTS:
        return (
            f"plugin {plugin} declares {len(shortcuts)} Discord commands beside /{plugin}; at most {SHORTCUTS} may be: "
            f"move some of {', '.join(sorted(shortcuts))} below /{plugin}"
        )
    for name in names:
        if name in owners:
            return clash(plugin, name, owners[name])
    total = len(owners) + len(names)
    if total > COMMAND_BUDGET:
        return (
            f"plugin {plugin} would make {total} Discord commands; at most {COMMAND_BUDGET} may be: "
            "disable a plugin or move commands into groups"
        )
    return ""


def clash(plugin: str, name: str, owner: str) -> str:
    """Two plugins want the same command."""
    return f"plugin {plugin} wants the Discord command /{name}, which is plugin {owner}'s; disable one of the two"
