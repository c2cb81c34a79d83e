"""The embeds of players with and against each other, and of teams."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from slomix_stats.api import (
    Duo,
    DuoSide,
    LineupChanges,
    Matchup,
    Meeting,
    Nemesis,
    PlayerNumbers,
    Rival,
    Segment,
    SessionTeams,
    StatsInsightV1,
    Team,
    TeamMap,
    TeamRecord,
    Who,
)
from slomix_stats.discord.evenings import day
from slomix_stats.discord.forms import page_of
from slomix_stats.discord.looks import EARLY, HOLD, NEUTRAL, OBJECTIVE, link
from slomix_stats.discord.text import UNKNOWN, cell, clock, listed, number, prose, signed, table

#: What a comparison shows and what it is called there, and which of it the radar draws.
COMPARED = {
    "kd": "K/D", "dpm": "DPM", "accuracy": "Accuracy %", "headshot_accuracy": "Head hits %", "rounds": "Rounds",
    "kills": "Kills", "deaths": "Deaths", "damage": "Damage", "efficiency": "Efficiency %", "gibs": "Gibs",
    "revives": "Revives", "useful_kill_rate": "Useful %", "alive_percent": "Alive %", "xp_per_minute": "XP/min",
}  # fmt: skip
SPOKES = ("kd", "accuracy", "dpm", "headshot_accuracy", "rounds")
SURE = {"high": "high", "medium": "medium", "low": "low", "none": "no"}


def compare_embed(
    one: PlayerNumbers, other: PlayerNumbers, insight: StatsInsightV1, period: str, public_url: str | None
) -> discord.Embed:
    """Two players side by side; the better number carries a mark."""
    rows = []
    for metric, title in COMPARED.items():
        info, pair = insight.metric(metric), (one.get(metric), other.get(metric))
        shown = [number(value, info.decimals) for value in pair]
        if None not in pair and pair[0] != pair[1]:
            first = (pair[0] > pair[1]) == info.higher_is_better  # type: ignore[operator]
            shown[0 if first else 1] += "*"
        rows.append((title, *shown))
    head = ("", cell(one.who.name, 9), cell(other.who.name, 9))
    return discord.Embed(
        title=f"{prose(one.who.name)} against {prose(other.who.name)}", colour=HOLD,
        url=link(public_url, f"players/{one.who.player_id}"), description=table(head, rows, longest=2000),
    ).set_footer(text=f"{period} · * the better one")  # fmt: skip


def duo_embed(found: Duo, public_url: str | None) -> discord.Embed:
    """Two players in one team."""
    first, second = found.first.who, found.second.who
    embed = discord.Embed(
        title=f"{prose(first.name)} with {prose(second.name)}", colour=NEUTRAL, url=page_of(public_url, first.player_id)
    )
    if not found.together:
        embed.description = "They have not played a map in one team yet."
        return embed
    if found.synergy_percent is not None:
        embed.colour = discord.Colour(OBJECTIVE if found.synergy_percent >= 0 else EARLY)
    embed.description = (
        f"**{signed(found.synergy_percent, 1, ' %')}** DPM together · {found.won} won, {found.lost} lost, "
        f"{found.drawn} drawn of {found.together} maps\n"
        + table(("", "with", "else", "±"), [_duo_side(found.first), _duo_side(found.second)])
    )
    return embed.set_footer(text=f"DPM in one team and otherwise · {SURE[found.confidence]} confidence")


def _duo_side(side: DuoSide) -> tuple[str, ...]:
    return cell(side.who.name), number(side.dpm_together), number(side.dpm_apart), signed(side.synergy_percent, 0, "%")


def nemesis_embed(found: Nemesis, public_url: str | None) -> discord.Embed:
    """Opponents of a player: who troubles them, and whom they trouble."""
    embed = discord.Embed(
        title=f"{prose(found.who.name)} · nemesis", colour=EARLY, url=page_of(public_url, found.who.player_id)
    )
    if not (found.nemeses or found.prey):
        embed.description = "Too few matches against anybody so far."
        return embed
    head = ("", "maps", "DPM", "±", "K:D")
    for title, rivals in (("Trouble", found.nemeses), ("Prey", found.prey), ("Met most often", found.rivals)):
        if rivals:
            embed.add_field(name=title, value=table(head, [_rival(each) for each in rivals[:5]]), inline=False)
    how = "kills and deaths between the two" if found.method == "versus" else "DPM against them"
    return embed.set_footer(text=f"by {how} · ± against the usual {number(found.usual_dpm)} DPM")


def _rival(rival: Rival) -> tuple[str, ...]:
    duel = UNKNOWN if rival.kills is None or rival.deaths is None else f"{rival.kills}:{rival.deaths}"
    return cell(rival.who.name, 11), number(rival.matches), number(rival.dpm), f"{signed(rival.delta_percent)}%", duel


def matchup_embed(found: Matchup, public_url: str | None) -> discord.Embed:
    """Two line-ups that met."""
    embed = discord.Embed(
        title=f"{_names(found.a)} vs {_names(found.b)}"[:256], colour=NEUTRAL, url=link(public_url, "sessions")
    )
    if not found.matches:
        embed.description = "These line-ups have not met."
        return embed
    embed.colour = discord.Colour(HOLD)
    embed.description = (
        f"**{found.won_a} : {found.won_b}** maps, {found.drawn} drawn · points {found.points_a}:{found.points_b} · "
        f"{found.matches} maps in {found.sessions} session{'s' if found.sessions != 1 else ''}"
    )
    rows = [
        (
            f"{each.team} {cell(each.who.name)}",
            number(each.dpm),
            number(each.usual_dpm),
            f"{signed(each.delta_percent)}%",
        )
        for each in found.players[:14]
    ]
    if rows:
        embed.add_field(name="Players", value=table(("", "DPM", "usual", "±"), rows), inline=False)
    _add_meetings(embed, found.meetings)
    return embed.set_footer(text=f"{SURE[found.confidence]} confidence")


def teams_embed(found: SessionTeams, public_url: str | None) -> discord.Embed:
    """Who played with whom, one field per team of each segment."""
    embed = _session(found, "teams", public_url)
    for segment in found.segments[:8]:
        for team in (segment.a, segment.b):
            title = f"{_stretch(found, segment)}{team.letter} · {prose(team.name)}"
            points = "" if team.points is None else f" · {team.points} points"
            embed.add_field(name=title + points, value=_roster(team), inline=True)
        if segment.swaps:
            lines = [f"{swap.team}: {_who(swap.outgoing)} → {_who(swap.incoming)}" for swap in segment.swaps]
            embed.add_field(name="Substitutions", value=listed(lines), inline=False)
    if not found.segments:
        embed.description = "No two teams could be told apart in this session."
        return embed
    sure = ", ".join(dict.fromkeys(segment.confidence for segment in found.segments))
    formats = ", ".join(dict.fromkeys(segment.format for segment in found.segments))
    return embed.set_footer(text=f"{formats} · {sure} confidence")


def score_embed(found: SessionTeams, public_url: str | None) -> discord.Embed:
    """The score with a line for each map."""
    embed = _session(found, "score", public_url)
    for segment in found.segments[:8]:
        a, b = segment.a, segment.b
        title = f"{_stretch(found, segment)}{prose(a.name)} {_points(a)} : {_points(b)} {prose(b.name)}"
        rows = [_map(each) for each in segment.maps]
        value = table(("map", "R1", "R2", "A:B"), rows) if rows else "No map was finished."
        embed.add_field(name=title, value=value, inline=False)
    if not found.segments:
        embed.description = "No map of this session could be scored."
    return embed.set_footer(text="2 points for a map, 1:1 when both teams held")


def changes_embed(found: LineupChanges, public_url: str | None) -> discord.Embed:
    """Who played on, came and left."""
    before = f"since {day(found.previous)}" if found.previous else "the first session here"
    embed = discord.Embed(
        title=f"Line-up of {day(found.session)}", description=before, colour=HOLD,
        url=link(public_url, f"sessions/{found.session.session_id}"),
    )  # fmt: skip
    for title, players in (("Stayed", found.kept), ("Came", found.added), ("Left", found.removed)):
        if players:
            names = listed([prose(who.name) for who in players])
            embed.add_field(name=f"{title} ({len(players)})", value=names, inline=True)
    return embed


def record_embed(found: TeamRecord, public_url: str | None) -> discord.Embed:
    """What a team has won and lost, against everybody or one other."""
    against = f" against {prose(found.opponent)}" if found.opponent else ""
    embed = discord.Embed(title=f"{prose(found.name)}{against}"[:256], colour=HOLD, url=link(public_url, "sessions"))
    played = found.won + found.lost + found.drawn
    when = f"in the last {found.days} days" if found.days else "of all time"
    if not played:
        embed.colour = discord.Colour(NEUTRAL)
        embed.description = f"No meeting {when}."
        return embed
    embed.description = (
        f"**{found.won} won · {found.lost} lost · {found.drawn} drawn** · points {found.points}:{found.points_against}"
    )
    _add_meetings(embed, found.meetings)
    return embed.set_footer(text=f"{played} meetings {when}")


def _add_meetings(embed: discord.Embed, meetings: Sequence[Meeting]) -> None:
    signs = {"won": "🟢", "lost": "🔴", "drawn": "⚪"}
    lines = [
        f"{signs[each.result]} <t:{int(each.at.timestamp())}:d> {prose(each.name)} {each.points}:{each.against} "
        f"{prose(each.opponent)}"
        for each in meetings[:10]
    ]
    if lines:
        embed.add_field(name="Last meetings", value=listed(lines), inline=False)


def _session(found: SessionTeams, what: str, public_url: str | None) -> discord.Embed:
    return discord.Embed(
        title=f"{day(found.session)} · {what}", colour=HOLD if found.segments else NEUTRAL,
        url=link(public_url, f"sessions/{found.session.session_id}"),
    )  # fmt: skip


def _stretch(found: SessionTeams, segment: Segment) -> str:
    return f"{segment.number}. " if len(found.segments) > 1 else ""


def _roster(team: Team) -> str:
    return listed([prose(who.name) for who in team.players]) or UNKNOWN


def _points(team: Team) -> str:
    return UNKNOWN if team.points is None else str(team.points)


def _map(played: TeamMap) -> tuple[str, ...]:
    points = UNKNOWN
    if played.points_a is not None and played.points_b is not None:
        points = f"{played.points_a}:{played.points_b}"
    elif played.roster_changed:
        points = "mixed"
    return cell(played.map, 16), clock(played.r1_seconds), clock(played.r2_seconds), points


def _who(who: Who | None) -> str:
    return prose(who.name) if who else UNKNOWN


def _names(players: Sequence[Who]) -> str:
    return ", ".join(prose(who.name) for who in players)


def pool_embed(names: Sequence[tuple[str, str]]) -> discord.Embed:
    """The names that teams get where nobody names them; (name, colour as `#rrggbb`) each."""
    embed = discord.Embed(title="Team names", colour=HOLD)
    embed.description = listed([f"**{prose(name)}** {colour}" for name, colour in names], 4000) or "None are set."
    return embed.set_footer(text="drawn per session · the setting stats.team_names · /stats admin names decides")
