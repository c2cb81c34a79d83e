"""The views of a session beside its overview: what each player did at objectives, in fights, for others, over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import discord

from slomix_stats.api import Award, PlayerNumbers, SessionAwards, SessionInsight, SessionPlayer, WeaponLine
from slomix_stats.discord.evenings import day
from slomix_stats.discord.looks import HOLD, NEUTRAL, link
from slomix_stats.discord.text import UNKNOWN, cell, clock, listed, number, prose, table

MOST_PLAYERS = 16
WEAPONS_EACH = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view: its head, the metrics it is made of, and how the values are written."""

    head: str
    metrics: tuple[str, ...]
    show: Callable[..., str]

    def of(self, numbers: PlayerNumbers) -> str:
        """The cell of a player; a dash where a number is unknown."""
        values = [numbers.get(metric) for metric in self.metrics]
        return UNKNOWN if any(value is None for value in values) else self.show(*values)


@dataclass(frozen=True, slots=True)
class View:
    """A view: its title, what it is sorted by (most first), its columns, and what the heads stand for."""

    title: str
    order: str
    columns: tuple[Column, ...]
    legend: str


def _whole(value: float) -> str:
    return number(value)


def _thousands(value: float) -> str:
    return f"{value / 1000:.1f}k"


def _pair(one: float, other: float) -> str:
    return f"{one:.0f}/{other:.0f}"


VIEWS: dict[str, View] = {
    "objectives": View(
        "Objectives", "objective_actions",
        (
            Column("OBJ", ("objectives_stolen", "objectives_returned"), _pair),
            Column("DYN", ("dynamites_planted", "dynamites_defused"), _pair),
            Column("REP", ("repairs",), _whole), Column("XP", ("xp",), _whole),
        ),
        "OBJ stolen/returned · DYN planted/defused · REP repairs and constructions",
    ),
    "combat": View(
        "Combat", "dpm",
        (
            Column("K/D", ("kills", "deaths"), _pair), Column("DG", ("damage",), _thousands),
            Column("DR", ("damage_received",), _thousands), Column("GIB", ("gibs",), _whole),
        ),
        "by DPM · DG damage given · DR received · GIB gibs",
    ),
    "support": View(
        "Support", "revives",
        (
            Column("REV", ("revives",), _whole), Column("ED", ("times_revived",), _whole),
            Column("AST", ("assists",), _whole), Column("TD", ("team_damage",), _whole),
            Column("TK", ("team_kills",), _whole),
        ),
        "REV revives given · ED revived · AST assists · TD team damage · TK team kills",
    ),
    "sprees": View(
        "Sprees", "best_spree",
        (
            Column("BEST", ("best_spree",), _whole), Column("MULTI", ("multikills",), _whole),
            Column("WORST", ("worst_spree",), _whole),
        ),
        "BEST kills without a death · MULTI multikills · WORST deaths without a kill",
    ),
    "time": View(
        "Time", "playtime",
        (
            Column("PLAYED", ("playtime",), clock), Column("DEAD", ("time_dead",), clock),
            Column("ALIVE", ("alive_percent",), lambda value: f"{value:.0f}%"), Column("DENY", ("denied",), clock),
        ),
        "DEAD as the game counts it · DENY playtime taken from others",
    ),
}  # fmt: skip


def view_embed(found: SessionInsight, view: View, public_url: str | None) -> discord.Embed:
    """Everybody of a session in the columns of a view."""
    ordered = sorted(found.players, key=lambda player: -(player.numbers.get(view.order) or 0))
    rows = [
        (f"{player.team or ' '} {cell(player.numbers.who.name, 11)}", *(c.of(player.numbers) for c in view.columns))
        for player in ordered[:MOST_PLAYERS]
    ]
    embed = _embed(found, view.title, public_url)
    embed.description = table(("", *(column.head for column in view.columns)), rows, longest=4000) if rows else NOBODY
    rest = len(ordered) - MOST_PLAYERS
    return embed.set_footer(text=view.legend + (f" · +{rest} more players" if rest > 0 else ""))


def weapons_embed(found: SessionInsight, public_url: str | None) -> discord.Embed:
    """The weapons that each player killed most with."""
    rows = [
        (
            cell(player.numbers.who.name, 11) if first else "",
            cell(weapon.weapon, 9),
            number(weapon.kills),
            _rate(weapon),
        )
        for player in found.players[:MOST_PLAYERS]
        for first, weapon in _first(player)
    ]
    embed = _embed(found, "Weapons", public_url)
    embed.description = table(("", "", "K", "ACC"), rows, longest=4000) if rows else NOBODY
    return embed.set_footer(text=f"the {WEAPONS_EACH} with most kills of each player · ACC shots that hit")


def top_embed(found: SessionInsight, public_url: str | None) -> discord.Embed:
    """The best five with what they did and how they play, and the best of each team."""
    embed = _embed(found, "Top players", public_url)
    embed.description = "\n".join(_placed(place, player) for place, player in enumerate(found.players[:5], 1)) or NOBODY
    if found.mvps:
        lines = [
            f"**{mvp.team}** {prose(mvp.who.name)}: {mvp.kills} kills, {mvp.deaths} deaths, {number(mvp.dpm)} DPM"
            for mvp in found.mvps[:8]
        ]
        embed.add_field(name="Most kills of each team", value="\n".join(lines), inline=False)
    return embed


def awards_embed(found: SessionAwards, public_url: str | None) -> discord.Embed:
    """The fun awards of a session, then those that the game itself gave."""
    embed = discord.Embed(
        title=f"Awards · {day(found.session)}", colour=HOLD if found.fun else NEUTRAL,
        url=link(public_url, f"sessions/{found.session.session_id}"),
        description="\n".join(_award(each) for each in found.fun) or "Nobody earned a fun award in this session.",
    )  # fmt: skip
    categories: dict[str, list[Award]] = {}
    for award in found.awards:
        if award.source == "endstats":
            categories.setdefault(award.category, []).append(award)
    for category, awards in list(categories.items())[:8]:
        lines = [f"{prose(each.title)}: {prose(each.who.name)} ({prose(each.text)})" for each in awards]
        embed.add_field(name=category.capitalize(), value=listed(lines), inline=False)
    return embed


NOBODY = "Nobody has played a round that counts in this session."


def _embed(found: SessionInsight, title: str, public_url: str | None) -> discord.Embed:
    return discord.Embed(
        title=f"{title} · {day(found.session)}", colour=HOLD if found.players else NEUTRAL,
        url=link(public_url, f"sessions/{found.session.session_id}"),
    )  # fmt: skip


def _first(player: SessionPlayer) -> list[tuple[bool, WeaponLine]]:
    used = [weapon for weapon in player.weapons if weapon.kills][:WEAPONS_EACH]
    return [(index == 0, weapon) for index, weapon in enumerate(used)]


def _placed(place: int, player: SessionPlayer) -> str:
    numbers = player.numbers
    kills, deaths = numbers.get("kills"), numbers.get("deaths")
    medal = {1: "🥇", 2: "🥈", 3: "🥉"}.get(place, f"{place}.")
    return (
        f"{medal} **{prose(numbers.who.name)}** {number(numbers.get('dpm'))} DPM · {number(kills)}/{number(deaths)} · "
        f"{player.style.title}"
    )


def _award(award: Award) -> str:
    return f"{award.emoji} **{prose(award.title)}** {prose(award.who.name)}: {prose(award.text)}"


def _rate(weapon: WeaponLine) -> str:
    return UNKNOWN if weapon.accuracy is None else f"{weapon.accuracy:.0f}%"
