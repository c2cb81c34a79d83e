"""What is offered while an option is typed: free functions, as the parts of `/stats` share them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import discord
from discord.app_commands import Choice

from slomix_stats.discord.desk import Desk, HasDesk
from slomix_stats.discord.evenings import session_choice

Interaction = discord.Interaction[Any]
#: What Discord shows at most.
CHOICES = 25
PERIODS = {
    "All time": "all",
    "This season": "season",
    "This month": "month",
    "7 days": "7d",
    "30 days": "30d",
    "90 days": "90d",
}


def desk_of(interaction: Interaction) -> Desk:
    """The desk of the command that is typed."""
    command = cast("discord.app_commands.Command[Any, ..., Any]", interaction.command)
    return cast(HasDesk, command.binding).desk


def _fitting(typed: str, offered: Iterable[tuple[str, str]]) -> list[Choice[str]]:
    wanted = typed.strip().casefold()
    fitting = [(name, value) for name, value in offered if wanted in name.casefold() or wanted in value.casefold()]
    return [Choice(name=name[:100], value=value[:100]) for name, value in fitting[:CHOICES]]


async def players(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Players by name or GUID, those seen last first."""
    hits = await desk_of(interaction).reader.find_players(typed.strip(), limit=CHOICES)
    return [Choice(name=f"{hit.name or '–'} · {hit.guid}"[:100], value=hit.player_id) for hit in hits]


async def several(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The last of several players with commas between them."""
    before, comma, last = typed.rpartition(",")
    hits = await desk_of(interaction).reader.find_players(last.strip(), limit=CHOICES)
    offered = [f"{before}{comma}{' ' if comma else ''}{hit.name}" for hit in hits]
    return [Choice(name=text, value=text) for text in dict.fromkeys(offered) if 0 < len(text) <= 100]


async def sessions(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Sessions by day, newest first."""
    page = await desk_of(interaction).reader.sessions(limit=100)
    return _fitting(typed, ((session_choice(line), line.session_id) for line in page.sessions))


async def maps(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Maps, most played first."""
    found = await desk_of(interaction).insight.maps()
    return _fitting(typed, ((line.map, line.map) for line in found.maps))


async def metrics(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Metrics by title, name or alias."""
    wanted = typed.strip().casefold()
    offered = [
        Choice(name=f"{info.title}{', %' if info.unit == '%' else ''}"[:100], value=info.name)
        for info in desk_of(interaction).insight.metrics()
        if any(wanted in name.casefold() for name in (info.title, info.name, *info.aliases))
    ]
    return offered[:CHOICES]


async def periods(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The usual periods, then seasons; what was typed stays possible (`2026-11`, `14d`)."""
    seasons = await desk_of(interaction).insight.seasons()
    offered = [*PERIODS.items(), *((f"{line.name} {line.season_id}", line.season_id) for line in seasons.seasons)]
    return _fitting(typed, offered)


async def seasons(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Seasons that were played in, newest first."""
    found = await desk_of(interaction).insight.seasons()
    return _fitting(typed, ((f"{line.name} {line.season_id}", line.season_id) for line in found.seasons))


async def teams(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Names of teams, those that played last first."""
    found = await desk_of(interaction).insight.team_names(typed.strip(), limit=CHOICES)
    return [Choice(name=name[:100], value=name[:100]) for name in found if name]


async def rounds(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Rounds of the latest sessions, newest first."""
    reader = desk_of(interaction).reader
    offered: list[tuple[str, str]] = []
    for line in (await reader.sessions(limit=3)).sessions:
        for each in reversed(await reader.session_rounds(line.session_id)):
            played = each.round
            name = f"{played.ended_at.day} {played.ended_at:%b %H:%M} · {played.map} R{played.number}"
            offered.append((name, played.round_id))
    return _fitting(typed, offered)
