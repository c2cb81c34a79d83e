"""The embed of a round: map, verdict and target first, then who did what on each side."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from slomix.nouns import Side
from slomix_stats.api import MatchDetail, PlayerLine, RoundDetail, RoundLine
from slomix_stats.discord.looks import colour, link
from slomix_stats.discord.text import cell, number, prose, table
from slomix_stats.discord.verdicts import attackers, outcome, score, target

HEAD = ("", "K/D", "DPM", "ACC/HS", "R")
ROWS_PER_SIDE = 8


def round_embed(detail: RoundDetail, match: MatchDetail | None, public_url: str | None) -> discord.Embed:
    """What happened in one round. The sides' tables hold the best by damage per minute."""
    line = detail.round
    played = match.match if match else None
    points = score(played) if played and line.number == 2 else None
    title = f"{prose(line.map)} R{line.number} · {outcome(line)}" + (f" · {points}" if points else "")
    embed = discord.Embed(
        title=title,
        description=target(line, played) or None,
        colour=colour(line),
        url=link(public_url, f"rounds/{line.round_id}"),
        timestamp=line.ended_at,
    )
    attacking = attackers(line)
    order: tuple[Side, ...] = ("axis", "allies") if attacking == "axis" else ("allies", "axis")
    for side in order:
        players = [player for player in detail.players if player.side == side]
        if players:
            embed.add_field(name=side_title(line, side, players), value=players_table(players), inline=False)
    if not embed.fields:
        embed.add_field(name="Players", value="The file names nobody on a side.", inline=False)
    return embed.set_footer(text=cell(line.server, 60))


def side_title(line: RoundLine, side: Side, players: Sequence[PlayerLine]) -> str:
    """`Allies attacked, won · 5 players`."""
    role = "" if line.defender is None else " defended" if line.defender == side else " attacked"
    won = ", won" if line.winner == side and line.outcome is not None and not line.aborted else ""
    return f"{side.capitalize()}{role}{won} · {len(players)} player{'s' if len(players) != 1 else ''}"


def players_table(players: Sequence[PlayerLine]) -> str:
    """The best of one side; how many more there are, below."""
    rows = [
        (
            cell(player.name),
            f"{player.kills}/{player.deaths}",
            number(player.dpm),
            f"{number(player.accuracy)}/{player.headshot_hits}",
            number(player.revives_given),
        )
        for player in players[:ROWS_PER_SIDE]
    ]
    rest = len(players) - ROWS_PER_SIDE
    return table(HEAD, rows, longest=1000) + (f"+{rest} more" if rest > 0 else "")
