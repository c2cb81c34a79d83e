"""Choosing players in a form that works without script: ids in the address, and a name that is typed to add one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from slomix_stats.api import PlayerHit, StatsReaderV1

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Players that a typed name may mean, and names that the form offers.
MOST_MEANT = 8
MOST_OFFERED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A name that was typed into the field `field`. `hits` are players it may mean; none: nobody is called so."""

    field: str
    text: str
    hits: tuple[PlayerHit, ...]


def ids_in(text: str, most: int) -> tuple[str, ...]:
    """Ids or GUIDs with commas between them, each once. Pure."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))[:most]


async def meant(ctx: PluginContext, field: str, text: str) -> tuple[Typed, PlayerHit | None]:
    """Who may be meant by a name, and the one where there is no doubt."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    hits = await reader.find_players(text, limit=MOST_MEANT)
    return Typed(field=field, text=text, hits=hits), surely(text, hits)


def surely(text: str, hits: Sequence[PlayerHit]) -> PlayerHit | None:
    """The only one, or the only one of exactly this name or GUID. Pure."""
    if len(hits) == 1:
        return hits[0]
    wanted = text.strip().casefold()
    exact = [hit for hit in hits if wanted in (hit.name.casefold(), hit.guid.casefold())]
    return exact[0] if len(exact) == 1 else None


async def offered(ctx: PluginContext) -> tuple[str, ...]:
    """Names of who played lately, for the list that browsers show while somebody types."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    hits = await reader.find_players("", limit=MOST_OFFERED)
    return tuple(dict.fromkeys(hit.name for hit in hits if hit.name))


def address(path: str, **values: str) -> str:
    """An address with a query, empty values left out. Commas stay commas. Pure."""
    kept = {key: value for key, value in values.items() if value}
    return f"{path}?{urlencode(kept, safe=',')}" if kept else path
