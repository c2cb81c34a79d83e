"""The embed of a session: the score of its teams, its maps with their results, its players."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from slomix_stats.api import MatchLine, RoundDetail, SegmentLine, SessionDetail, SessionLine
from slomix_stats.discord.looks import HOLD, link
from slomix_stats.discord.text import cell, number, prose, table
from slomix_stats.discord.verdicts import brief

MAPS_HEAD = ("map", "R1", "R2", "A:B")
PLAYERS_HEAD = ("", "K/D", "DPM", "ACC", "R")
#: Points of a map on which the teams were mixed: they are nobody's.
MIXED = "mixed"
MOST_PLAYERS = 16
MAP_WIDTH = 16


def day(line: SessionLine) -> str:
    """`Tue 14 Oct 2025`, in the server's zone."""
    return f"{line.started_at:%a} {line.started_at.day} {line.started_at:%b %Y}"


def session_embed(detail: SessionDetail, rounds: Sequence[RoundDetail], public_url: str | None) -> discord.Embed:
    """One evening: the score of its teams, its maps with their results, its players."""
    line = detail.session
    embed = discord.Embed(
        title=f"{day(line)} · {verdict(detail)}",
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
    return embed.set_footer(text=_counted(detail))


def verdict(detail: SessionDetail) -> str:
    """`A 8 : 4 B`, and the same of every other pair of teams of the evening."""
    scores = [f"A {each.points_a} : {each.points_b} B" for each in _scored(detail)]
    return ", then ".join(scores) or "no map decided"


def _scored(detail: SessionDetail) -> list[SegmentLine]:
    return [segment for segment in detail.segments if detail.scored(segment)]


def _counted(detail: SessionDetail) -> str:
    """What the score is made of."""
    segments = _scored(detail)
    if not segments:
        return "A attacked first"
    names = ", then ".join(f"A {each.name_a}, B {each.name_b}" for each in segments)
    maps = sum(map(detail.scored, segments))
    mixed = sum(match.points_r1_attackers is not None and match.points_a is None for match in detail.matches)
    left_out = f", {mixed} with mixed teams left out" if mixed else ""
    return f"{names} · {maps} map{'s' if maps != 1 else ''} of 2 points{left_out}"


def _map(match: MatchLine) -> tuple[str, ...]:
    return cell(match.map, MAP_WIDTH), brief(match.r1), brief(match.r2), _points(match)


def _points(match: MatchLine) -> str:
    """Points of A and of B."""
    if match.points_r1_attackers is None:
        return "–"
    return MIXED if match.points_a is None else f"{match.points_a}:{match.points_b}"


def _players(detail: SessionDetail) -> str:
    letters = detail.letters
    rows = [
        (
            f"{letters.get(player.player_id, ' ')} {cell(player.name)}",
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
