"""The embed of a session: the score of its two line-ups, its maps with their results, its players."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from slomix_stats.api import EveningScore, Letter, MatchLine, RoundDetail, SessionDetail, SessionLine
from slomix_stats.discord.looks import HOLD, link
from slomix_stats.discord.text import cell, number, prose, table
from slomix_stats.discord.verdicts import brief
from slomix_stats.lineups import LineUps, evening_score, find_lineups

MAPS_HEAD = ("map", "R1", "R2", "A:B")
PLAYERS_HEAD = ("", "K/D", "DPM", "ACC", "R")
#: Points of a map on which the line-ups were mixed: they are nobody's.
MIXED = "mixed"
MOST_PLAYERS = 16
MAP_WIDTH = 16


def day(line: SessionLine) -> str:
    """`Tue 14 Oct 2025`, in the server's zone."""
    return f"{line.started_at:%a} {line.started_at.day} {line.started_at:%b %Y}"


def session_embed(detail: SessionDetail, rounds: Sequence[RoundDetail], public_url: str | None) -> discord.Embed:
    """One evening; `rounds` are all of its rounds, by whose players the line-ups A and B are told apart."""
    line = detail.session
    lineups = find_lineups(detail.matches, {each.round.round_id: each for each in rounds})
    total = evening_score(detail.matches, lineups)
    embed = discord.Embed(
        title=f"{day(line)} · {verdict(total)}",
        description=f"{prose(line.server)} · {line.started_at:%H:%M}–{line.ended_at:%H:%M} · "
        f"{line.rounds} rounds · {line.players} players",
        colour=HOLD,
        url=link(public_url, f"sessions/{line.session_id}"),
        timestamp=line.ended_at,
    )
    if detail.matches:
        maps = table(MAPS_HEAD, [_map(match, lineups.attackers.get(match.match_id)) for match in detail.matches])
        embed.add_field(name="Maps", value=maps, inline=False)
    if detail.players:
        embed.add_field(name="Players, by damage per minute", value=_players(detail, lineups), inline=False)
    return embed.set_footer(text=_counted(total))


def verdict(total: EveningScore | None) -> str:
    """`A 8 : 4 B`."""
    return "no map decided" if total is None else f"A {total.a} : {total.b} B"


def _counted(total: EveningScore | None) -> str:
    """What the score is made of."""
    if total is None:
        return "A attacked first"
    left_out = f", {total.left_out} with mixed teams left out" if total.left_out else ""
    return f"A attacked first · {total.counted} map{'s' if total.counted != 1 else ''} of 2 points{left_out}"


def _map(match: MatchLine, attackers: Letter | None) -> tuple[str, ...]:
    return cell(match.map, MAP_WIDTH), brief(match.r1), brief(match.r2), _points(match, attackers)


def _points(match: MatchLine, attackers: Letter | None) -> str:
    """Points of A and of B; `attackers` attacked in round 1."""
    first, second = match.points_r1_attackers, match.points_r2_attackers
    if first is None or second is None:
        return "–"
    if attackers is None:
        return MIXED
    return f"{first}:{second}" if attackers == "A" else f"{second}:{first}"


def _players(detail: SessionDetail, lineups: LineUps) -> str:
    rows = [
        (
            f"{lineups.letters.get(player.player_id, ' ')} {cell(player.name)}",
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
