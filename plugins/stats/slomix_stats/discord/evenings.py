"""The embed of a session: its maps with their results, then its players."""

from __future__ import annotations

import discord

from slomix_stats.api import MatchLine, SessionDetail, SessionLine
from slomix_stats.discord.looks import HOLD, link
from slomix_stats.discord.text import cell, number, prose, table
from slomix_stats.discord.verdicts import brief, score

MAPS_HEAD = ("map", "R1", "R2", "pts")
PLAYERS_HEAD = ("", "K/D", "DPM", "ACC", "R")
MOST_PLAYERS = 16
MAP_WIDTH = 16


def day(line: SessionLine) -> str:
    """`Tue 14 Oct 2025`, in the server's zone."""
    return f"{line.started_at:%a} {line.started_at.day} {line.started_at:%b %Y}"


def session_embed(detail: SessionDetail, public_url: str | None) -> discord.Embed:
    """One evening. `pts` are those of the attackers of round 1 and of round 2, two per map."""
    line = detail.session
    counted = sum(score(match) is not None for match in detail.matches)
    embed = discord.Embed(
        title=f"{day(line)} · {counted} map{'s' if counted != 1 else ''} decided",
        description=f"{prose(line.server)} · {line.started_at:%H:%M}–{line.ended_at:%H:%M} · "
        f"{line.rounds} rounds · {line.players} players",
        colour=HOLD,
        url=link(public_url, f"sessions/{line.session_id}"),
        timestamp=line.ended_at,
    )
    if detail.matches:
        maps = table(MAPS_HEAD, [_map(match) for match in detail.matches])
        embed.add_field(name="Maps", value=maps, inline=False)
    if detail.players:
        embed.add_field(name="Players, by damage per minute", value=_players(detail), inline=False)
    return embed.set_footer(text="pts: attackers of round 1 : attackers of round 2")


def _map(match: MatchLine) -> tuple[str, ...]:
    return cell(match.map, MAP_WIDTH), brief(match.r1), brief(match.r2), score(match) or "–"


def _players(detail: SessionDetail) -> str:
    rows = [
        (
            cell(player.name),
            f"{player.kills}/{player.deaths}",
            number(player.dpm),
            number(player.accuracy),
            number(player.revives_given),
        )
        for player in detail.players[:MOST_PLAYERS]
    ]
    rest = len(detail.players) - MOST_PLAYERS
    return table(PLAYERS_HEAD, rows, longest=1000) + (f"+{rest} more" if rest > 0 else "")


def session_choice(line: SessionLine) -> str:
    """How a session is offered while typing: `Tue 14 Oct 2025 21:03 · 12 rounds · server`; at most 100."""
    return f"{day(line)} {line.started_at:%H:%M} · {line.rounds} rounds · {line.server}"[:100]
