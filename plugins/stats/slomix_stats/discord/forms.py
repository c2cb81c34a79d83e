"""The embeds about one player beside the profile: how evenly, where, in which role, how long, and what is reached."""

from __future__ import annotations

import discord

from slomix_stats.api import (
    Achievements,
    AttackDefence,
    Bands,
    Consistency,
    Fatigue,
    Form,
    MapAffinity,
    Milestone,
    Number,
    PlayerNumbers,
    Playstyle,
    RoleForm,
    SessionLine,
    StatsInsightV1,
)
from slomix_stats.discord.evenings import day
from slomix_stats.discord.looks import EARLY, HOLD, NEUTRAL, OBJECTIVE, link
from slomix_stats.discord.text import bar, cell, clock, listed, number, prose, signed, table

TIERS = {"consistent": "Consistent", "average": "Average", "streaky": "Streaky"}
TRENDS = {"improving": "more even lately", "stable": "as even as before", "declining": "less even lately"}
BANDS = {"elite": "🟣", "great": "🔵", "good": "🟢", "average": "🟡", "below average": "⚪"}
MOST_MAPS = 12


def page_of(public_url: str | None, player_id: str) -> str | None:
    """The page of a player."""
    return link(public_url, f"players/{player_id}")


def consistency_embed(found: Consistency, public_url: str | None) -> discord.Embed:
    """How evenly somebody plays."""
    embed = discord.Embed(
        title=f"{prose(found.who.name)} · consistency", colour=NEUTRAL, url=page_of(public_url, found.who.player_id)
    )
    if found.score is None:
        embed.description = _too_few(found.rounds, found.needed, "of more than a minute in the last 30 days")
        return embed
    embed.colour = discord.Colour(OBJECTIVE if found.tier == "consistent" else EARLY)
    embed.description = (
        f"**{TIERS.get(found.tier or '', '')}** · {found.score:.0f} of 100\n`{bar(found.score, 20)}`\n"
        f"{number(found.mean_dpm)} DPM ± {number(found.stdev_dpm)} over {found.rounds} rounds"
        + (f", {TRENDS[found.trend]}" if found.trend else "")
    )
    return embed.set_footer(text="100 would be the same DPM every round · rounds over a minute, last 30 days")


def maps_embed(found: MapAffinity, public_url: str | None) -> discord.Embed:
    """A player's maps against their own level."""
    embed = discord.Embed(
        title=f"{prose(found.who.name)} · maps", colour=HOLD, url=page_of(public_url, found.who.player_id)
    )
    if not found.maps:
        embed.description = f"No map with at least {found.needed} rounds in the last 90 days."
        return embed
    rows = [
        (cell(each.map, 15), number(each.dpm), f"{signed(each.delta_percent)}%", number(each.rounds))
        for each in found.maps[:MOST_MAPS]
    ]
    embed.description = table(("map", "DPM", "±", "rds"), rows, longest=2000)
    return embed.set_footer(text=f"± against {number(found.dpm)} DPM over all maps · {found.needed}+ rounds, 90 days")


def sides_embed(found: AttackDefence, public_url: str | None) -> discord.Embed:
    """Attack against defence."""
    embed = discord.Embed(
        title=f"{prose(found.who.name)} · attack and defence", colour=HOLD,
        url=page_of(public_url, found.who.player_id),
    )  # fmt: skip
    rows = [_role("attack", found.attack), _role("defence", found.defence)]
    said = {
        "attack": "Better in **attack**", "defence": "Better in **defence**", "balanced": "Equally good in both",
        None: f"A verdict takes {found.needed} rounds and both roles",
    }[found.preference]  # fmt: skip
    told = found.strength_percent is not None and found.preference in ("attack", "defence")
    strength = f" by {found.strength_percent:.0f} %" if told else ""
    embed.description = f"{said}{strength}.\n" + table(("", "DPM", "K/D", "rds", "time"), rows)
    return embed.set_footer(text="last 90 days; defence is the side that the map defends with")


def style_embed(found: Playstyle, session: SessionLine, public_url: str | None) -> discord.Embed:
    """The style of a player in a session."""
    embed = discord.Embed(
        title=f"{prose(found.who.name)} · {found.title}", colour=OBJECTIVE,
        url=page_of(public_url, found.who.player_id),
        description=f"{day(session)}, {found.confidence * 100:.0f} % sure",
    )  # fmt: skip
    best = max(found.scores.values(), default=0.0) or 1.0
    rows = [
        (style.capitalize(), bar(score / best * 100), f"{score:.1f}")
        for style, score in sorted(found.scores.items(), key=lambda item: -item[1])
    ]
    if rows:
        embed.add_field(name="What speaks for what", value=table(("", "", ""), rows), inline=False)
    return embed


def fatigue_embed(found: Fatigue, public_url: str | None) -> discord.Embed:
    """An evening in thirds."""
    embed = discord.Embed(
        title=f"{prose(found.who.name)} · {found.verdict or 'fatigue'}", colour=NEUTRAL,
        url=page_of(public_url, found.who.player_id),
    )  # fmt: skip
    if found.change_percent is None:
        embed.description = _too_few(found.rounds, found.needed, f"on {day(found.session)}")
        return embed
    embed.colour = discord.Colour(OBJECTIVE if found.change_percent >= 0 else EARLY)
    thirds = (("early", found.early_dpm), ("middle", found.mid_dpm), ("late", found.late_dpm))
    top = max((value or 0 for _, value in thirds), default=0) or 1
    rows = [(name, bar((value or 0) / top * 100), number(value)) for name, value in thirds]
    embed.description = (
        f"{day(found.session)}: late against early {signed(found.change_percent, 0, ' %')} DPM\n"
        + table(("", "", "DPM"), rows)
    )
    return embed.set_footer(text=f"{found.rounds} rounds in thirds · more than ±10 % counts")


def bands_embed(found: Bands, insight: StatsInsightV1, public_url: str | None) -> discord.Embed:
    """Where somebody stands among the others."""
    embed = discord.Embed(
        title=f"{prose(found.who.name)} · among the others", colour=HOLD, url=page_of(public_url, found.who.player_id)
    )
    if not found.bands:
        embed.description = _too_few(found.rounds, found.needed, "that count")
        return embed
    embed.description = listed(
        [
            f"{BANDS[each.band]} **{insight.metric(each.metric).title}** "
            f"{number(each.value, insight.metric(each.metric).decimals)} · better than {each.better_than:.0f} %"
            for each in found.bands
        ],
        4000,
    )
    most = max(each.players for each in found.bands)
    return embed.set_footer(text=f"among up to {most} with enough rounds · 🟣 elite 🔵 great 🟢 good 🟡 average")


def achievements_embed(found: Achievements, public_url: str | None) -> discord.Embed:
    """Badges, and the way to the next of each ladder."""
    badges = " ".join(badge.emoji for badge in found.badges)
    embed = discord.Embed(
        title=f"{prose(found.who.name)} {badges}".strip(), colour=OBJECTIVE if found.badges else NEUTRAL,
        url=page_of(public_url, found.who.player_id),
    )  # fmt: skip
    ways = []
    for way in found.progress:
        if way.next is None:
            ways.append(f"{_emoji(way.reached)} **{way.title}** done: {_amount(way.value)}")
            continue
        missing = f", {way.rounds_missing} more rounds first" if way.rounds_missing else ""
        ways.append(
            f"{_emoji(way.reached)} **{way.title}** {_amount(way.value)} of {_amount(way.next.threshold)}{missing}\n"
            f"`{bar(way.percent, 16)}` {way.next.title}"
        )
    embed.description = listed(ways, 4000) or "Nothing yet; play on."
    if found.reached:
        latest = [f"{each.milestone.emoji} {each.milestone.title} <t:{int(each.reached_at.timestamp())}:R>"
                  for each in found.reached[:6]]  # fmt: skip
        embed.add_field(name="Reached last", value=listed(latest), inline=False)
    return embed


def legend_embed(milestones: tuple[Milestone, ...]) -> discord.Embed:
    """Every badge and what it takes."""
    ladders: dict[str, list[Milestone]] = {}
    for each in milestones:
        ladders.setdefault(each.ladder, []).append(each)
    embed = discord.Embed(
        title="Badges", colour=HOLD, description="The highest step of each ladder stands behind a name."
    )
    for ladder, steps in list(ladders.items())[:24]:
        rounds = max(step.min_rounds for step in steps)
        lines = [f"{step.emoji} {_amount(step.threshold)} · {step.title}" for step in steps]
        title = ladder.replace("_", " ").capitalize() + (f" (from {rounds} rounds)" if rounds > 1 else "")
        embed.add_field(name=title, value=listed(lines), inline=False)
    return embed


def form_embed(found: Form, public_url: str | None) -> discord.Embed:
    """Who plays above and who below their own level."""
    rows = [(cell(each.who.name, 13), number(each.value), f"{signed(each.delta_percent)}%") for each in found.rows[:15]]
    embed = discord.Embed(title="Form", colour=HOLD, url=link(public_url, "leaderboard"))
    embed.description = table(("", "DPM", "±"), rows, longest=2000) if rows else "Nobody has played enough lately."
    return embed.set_footer(text=f"the last {found.recent} sessions against the {found.usual} before them")


def numbers_of(found: PlayerNumbers, metrics: tuple[str, ...]) -> tuple[Number | None, ...]:
    """The numbers of some metrics."""
    by_name = {each.metric: each for each in found.numbers}
    return tuple(by_name.get(metric) for metric in metrics)


def _role(name: str, role: RoleForm) -> tuple[str, ...]:
    return name, number(role.dpm), number(role.kd, 2), number(role.rounds), clock(role.time_played_s)


def _emoji(step: Milestone | None) -> str:
    return step.emoji if step else "▫️"


def _amount(value: float) -> str:
    return number(value, 0 if value == int(value) else 1 if value * 10 == int(value * 10) else 2)


def _too_few(rounds: int, needed: int, which: str) -> str:
    return f"{rounds} round{'s' if rounds != 1 else ''} {which}; this takes {needed}. Play on."
