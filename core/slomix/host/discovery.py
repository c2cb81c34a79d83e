"""Find plugins from the metadata of installed distributions. Nothing of a plugin is imported here."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from slomix.plugin import ENTRY_POINT_GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An installed plugin. `needs` are its distribution's requirements on `slomix`, such as `>=0.1,<0.2`.

    `clash` names a second distribution that offers the same plugin; empty when there is none.
    """

    name: str
    entry_point: importlib.metadata.EntryPoint
    distribution: str
    version: str
    needs: tuple[str, ...] = ()
    clash: str = ""


def core_version() -> str:
    """The version of the installed core."""
    return importlib.metadata.version("slomix")


def discover() -> dict[str, Found]:
    """Every installed plugin by its name, in the order of names."""
    found: dict[str, Found] = {}
    entries = importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)
    for entry in sorted(entries, key=lambda e: (e.name, e.dist.name if e.dist else "")):
        distribution = entry.dist
        if distribution is None:
            continue
        first = found.get(entry.name)
        found[entry.name] = Found(
            name=entry.name,
            entry_point=first.entry_point if first else entry,
            distribution=first.distribution if first else distribution.name,
            version=first.version if first else distribution.version,
            needs=first.needs if first else _needs(distribution),
            clash=distribution.name if first else "",
        )
    return found


def _needs(distribution: importlib.metadata.Distribution) -> tuple[str, ...]:
    needs = []
    for text in distribution.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if canonicalize_name(requirement.name) == "slomix" and applies and requirement.specifier:
            needs.append(str(requirement.specifier))
    return tuple(needs)


def migrations_of(found: Found, folder: str = "migrations") -> Path | None:
    """The folder of migrations in the plugin's package, found without importing it; None where there is none."""
    try:
        spec = importlib.util.find_spec(found.entry_point.module.partition(".")[0])
    except (ImportError, ValueError):
        return None
    places = (spec.submodule_search_locations if spec else None) or ()
    return next((path for place in places if (path := Path(place) / folder).is_dir()), None)


def unfit(found: Found, core: str) -> str:
    """Why this plugin can not run on this core, from metadata alone; empty when it can."""
    if found.clash:
        return (
            f"two distributions offer a plugin {found.name}: {found.distribution} and {found.clash}; "
            "uninstall one of them"
        )
    for needs in found.needs:
        if not Requirement(f"slomix{needs}").specifier.contains(Version(core), prereleases=True):
            return (
                f"{found.distribution} {found.version} needs slomix {needs}, this is {core}; "
                f"install a {found.distribution} made for this version"
            )
    return ""
