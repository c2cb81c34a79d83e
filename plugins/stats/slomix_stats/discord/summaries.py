"""The embeds of posts, and the texts of the digest. Imported in the bot role only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from slomix_stats.api import (
    MatchDetail,
    OnThisDay,
    PersonalBest,
    Reached,
    Segment,
    SessionDetail,
    SessionInsight,
    SessionTeams,
    StatsInsightV1,
)
from slomix_stats.discord.evenings import day
from slomix_stats.discord.looks import HOLD, NEUTRAL, OBJECTIVE, link
from slomix_stats.discord.rounds import players_table
from slomix_stats.discord.text import cell, clock, number, prose
from slomix_stats.discord.verdicts import map_result, outcome
from slomix_stats.inputs.awards import CATEGORIES

MOST_MAPS = 8
MOST_MILESTONES = 15
MOST_PLAYERS = 12


def match_embed(detail: MatchDetail, public_url: str | None) -> discord.Embed:
    """A map: the verdict first, then how each half ended, then the best over both."""
    line = detail.match
    halves = [f"Round {half.number}: {outcome(half)}" for half in (line.r1, line.r2) if half is not None]
    embed = discord.Embed(
        title=f"{prose(line.map)} is over",
        description="\n".join([map_result(line), *halves]),
        colour=HOLD if line.points_r1_attackers == line.points_r2_attackers else OBJECTIVE,
        url=link(public_url, f"matches/{line.match_id}"),
        timestamp=line.ended_at,
    )
    if detail.totals:
        embed.add_field(name="Both rounds together", value=players_table(detail.totals[:MOST_PLAYERS]), inline=False)
    return embed.set_footer(text=cell(line.server, 60))


def endstats_embed(
    map_name: str, number: int, awards: Sequence[Mapping[str, str]], duels: Sequence[Mapping[str, Any]]
) -> discord.Embed:
    """Awards by category, and the three most one-sided duels."""
    embed = discord.Embed(title=f"Awards of {prose(map_name)} R{number}", colour=NEUTRAL)
    for category in CATEGORIES:
        lines = [f"{each['award']}: {prose(each['player'])} ({prose(each['text'])})" for each in awards
                 if each["category"] == category]  # fmt: skip
        if lines:
            embed.add_field(name=category.capitalize(), value="\n".join(lines)[:1024])
    if duels:
        lines = [f"{prose(d['subject'])} {d['kills']} : {d['deaths']} {prose(d['opponent'])}" for d in duels]
        embed.add_field(name="Duels", value="\n".join(lines), inline=False)
    return embed


def session_summary(detail: SessionDetail, teams: SessionTeams | None, public_url: str | None) -> discord.Embed:
    """An evening in a few lines: the score of each pair of line-ups, and who did most damage."""
    line = detail.session
    embed = discord.Embed(
        title=f"{day(line)} is over",
        description=f"{line.rounds} rounds, {line.players} players on {prose(line.server)}",
        colour=HOLD,
        url=link(public_url, f"sessions/{line.session_id}"),
        timestamp=line.ended_at,
    )
    score = score_text(teams) if teams else ""
    if score:
        embed.add_field(name="Score", value=score, inline=False)
    if detail.players:
        best = players_table(detail.players[:MOST_PLAYERS])
        embed.add_field(name="Players, by damage per minute", value=best, inline=False)
    return embed


def score_text(teams: SessionTeams) -> str:
    """`**Reds 8 : 4 Blues** (3v3)` for each segment that was scored, and its maps below."""
    return "\n".join(_segment(segment) for segment in teams.segments if segment.a.points is not None)


def _segment(segment: Segment) -> str:
    a, b = segment.a, segment.b
    lines = [f"**{prose(a.name)} {a.points} : {b.points} {prose(b.name)}** ({segment.format})"]
    scored = [each for each in segment.maps if each.points_a is not None]
    for each in scored[:MOST_MAPS]:
        lines.append(f"{prose(each.map)} {each.points_a}:{each.points_b} ({clock(each.r1_seconds)})")
    if len(scored) > MOST_MAPS:
        lines.append(f"and {len(scored) - MOST_MAPS} more")
    return "\n".join(lines)


def mvp_text(insight: SessionInsight) -> str:
    """One line for each team's best."""
    return "\n".join(
        f"{prose(mvp.who.name)}: {mvp.kills} kills, {mvp.deaths} deaths, {number(mvp.dpm)} DPM" for mvp in insight.mvps
    )


def bests_text(bests: Sequence[PersonalBest], insight: StatsInsightV1) -> str:
    """What was beaten, and what it was before."""
    return "\n".join(
        f"{prose(best.who.name)}: {insight.metric(best.metric).title.lower()} {number(best.value)} on "
        f"{prose(best.map)} (was {number(best.before)})"
        for best in bests
    )


def milestones_text(reached: Sequence[Reached]) -> str:
    """One line for each milestone."""
    lines = [
        f"{one.milestone.emoji} {prose(one.who.name)}: **{one.milestone.title}** "
        f"({number(one.milestone.threshold)} {one.milestone.metric})"
        for one in reached[:MOST_MILESTONES]
    ]
    rest = len(reached) - MOST_MILESTONES
    return "\n".join([*lines, f"and {rest} more"] if rest > 0 else lines)


def milestones_embed(reached: Sequence[Reached]) -> discord.Embed:
    """Milestones that fell."""
    title = "A milestone" if len(reached) == 1 else f"{len(reached)} milestones"
    return discord.Embed(title=title, description=milestones_text(reached), colour=OBJECTIVE)


def memories_embed(found: OnThisDay, public_url: str | None) -> discord.Embed:
    """Evenings of this day in earlier years."""
    embed = discord.Embed(title=f"On this day, {found.day.day} {found.day:%B}", colour=NEUTRAL)
    for memory in found.sessions:
        line = memory.session
        score = f", {memory.points_a} : {memory.points_b}" if memory.points_a is not None else ""
        best = f"\n{prose(memory.best.name)} had {number(memory.best_dpm)} DPM" if memory.best else ""
        where = link(public_url, f"sessions/{line.session_id}")
        text = f"{line.rounds} rounds, {line.players} players on {', '.join(map(prose, line.maps[:4]))}{score}{best}"
        years = f"{memory.years_ago} year{'s' if memory.years_ago != 1 else ''} ago"
        embed.add_field(name=years, value=f"{text}\n{where}" if where else text, inline=False)
    return embed
