"""The embeds about everybody: places, records, maps, weapons, seasons, this day in other years."""

from __future__ import annotations

import discord

from slomix_stats.api import (
    AwardBoards,
    Board,
    Hall,
    HallOfFame,
    MapDetail,
    Maps,
    MetricInfo,
    OnThisDay,
    Record,
    RecordBook,
    ScopeUsed,
    Season,
    SessionLine,
    Weapons,
)
from slomix_stats.discord.evenings import day
from slomix_stats.discord.looks import HOLD, NEUTRAL, OBJECTIVE, link
from slomix_stats.discord.text import cell, clock, listed, number, percent, prose, table

PAGE = 10
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def value(info: MetricInfo, amount: float) -> str:
    """A value as its metric is written: seconds as a clock, the rest with its decimals."""
    return clock(amount) if info.unit == "s" else number(amount, info.decimals)


def scope_words(scope: ScopeUsed) -> str:
    """`30d · supply · attack · at least 10 rounds`."""
    period = "all time" if scope.period == "all" else scope.period
    parts = [period, scope.map, scope.side, scope.format]
    return " · ".join([*(cell(part, 24) for part in parts if part), f"at least {scope.min_rounds} rounds"])


def board_embed(board: Board, page: int, public_url: str | None) -> discord.Embed:
    """One page of places; `page` counts from 0."""
    info = board.metric
    unit = ", %" if info.unit == "%" else ""
    embed = discord.Embed(
        title=f"{info.title}{unit}", colour=OBJECTIVE, url=link(public_url, f"leaderboard?metric={info.name}")
    )
    if not board.rows:
        embed.colour = discord.Colour(NEUTRAL)
        embed.description = (
            f"Nobody has played {board.scope.min_rounds} rounds of this yet. A place here takes that many, so that one "
            "lucky round does not lead; play on."
            if page == 0
            else "There are no more places."
        )
        return embed.set_footer(text=scope_words(board.scope))
    rows = [
        (f"{row.rank:>2} {cell(row.who.name, 15)}", value(info, row.value), number(row.rounds))
        for row in board.rows[:PAGE]
    ]
    embed.description = table(("", "", "rds"), rows, longest=2000)
    pages = -(-board.players // PAGE)
    return embed.set_footer(text=f"page {page + 1} of {pages} · {scope_words(board.scope)}")


def records_embed(book: RecordBook, page: int, public_url: str | None) -> tuple[discord.Embed, bool]:
    """Eight records at a time, with the first three of each; whether more follow."""
    where = prose(book.map) if book.map else "all maps"
    embed = discord.Embed(title=f"Records · {where}", colour=HOLD, url=link(public_url, "leaderboard"))
    shown = [record for record in book.records if record.rows]
    for record in shown[page * 8 : page * 8 + 8]:
        embed.add_field(name=f"{record.metric.title}, in one {record.over}", value=_record(record), inline=False)
    if not embed.fields:
        embed.description = "No round that counts was played here yet."
    return embed.set_footer(text=f"page {page + 1} of {max(1, -(-len(shown) // 8))}"), len(shown) > page * 8 + 8


def _record(record: Record) -> str:
    return listed(
        [
            f"{MEDALS.get(row.rank, f'{row.rank}.')} **{value(record.metric, row.value)}** {prose(row.who.name)} · "
            f"{prose(row.map)} <t:{int(row.at.timestamp())}:d>"
            for row in record.rows[:3]
        ]
    )


def fame_embed(found: HallOfFame, page: int, public_url: str | None) -> tuple[discord.Embed, bool]:
    """Nine halls at a time; the weapons last."""
    period = "all time" if found.scope.period == "all" else cell(found.scope.period, 24)
    embed = discord.Embed(title=f"Hall of fame · {period}", colour=OBJECTIVE, url=link(public_url, "leaderboard"))
    halls = [hall for hall in found.halls if hall.rows]
    for hall in halls[page * 9 : page * 9 + 9]:
        embed.add_field(name=hall.metric.title, value=_hall(hall, 3), inline=True)
    more = len(halls) > page * 9 + 9
    if not more and found.weapons:
        rows = [(cell(each.weapon, 12), cell(each.who.name, 13), number(each.line.kills)) for each in found.weapons]
        embed.add_field(name="Most kills with a weapon", value=table(("", "", "K"), rows), inline=False)
    if not embed.fields:
        embed.description = "Nobody is in it yet."
    return embed.set_footer(text=f"page {page + 1}"), more


def winners_embed(found: AwardBoards, page: int, public_url: str | None) -> tuple[discord.Embed, bool]:
    """Who won the awards of rounds most often; nine awards at a time."""
    period = "all time" if found.scope.period == "all" else cell(found.scope.period, 24)
    embed = discord.Embed(title=f"Award winners · {period}", colour=OBJECTIVE, url=link(public_url, "leaderboard"))
    shown = [board for board in found.awards if board.rows]
    if page == 0 and found.all:
        rows = [(f"{place:>2} {cell(each.who.name, 15)}", number(each.wins)) for place, each in enumerate(found.all, 1)]
        embed.description = table(("", "awards"), rows, longest=2000)
    for board in shown[page * 9 : page * 9 + 9]:
        lines = [f"{prose(each.who.name)} {each.wins}" for each in board.rows[:3]]
        embed.add_field(name=prose(board.award)[:256], value=listed(lines), inline=True)
    if not (embed.fields or embed.description):
        embed.description = "No round of this time has told its awards (endstats)."
    return embed.set_footer(text=f"page {page + 1} · {number(found.rounds)} rounds"), len(shown) > page * 9 + 9


def _hall(hall: Hall, places: int) -> str:
    return listed(
        [
            f"{MEDALS.get(row.rank, f'{row.rank}.')} {prose(row.who.name)} {value(hall.metric, row.value)}"
            for row in hall.rows[:places]
        ]
    )


def map_list_embed(found: Maps, page: int, public_url: str | None) -> tuple[discord.Embed, bool]:
    """Maps, most played first."""
    rows = []
    for line in found.maps[page * PAGE : page * PAGE + PAGE]:
        best = clock(line.fastest.seconds if line.fastest else None)
        rows.append((cell(line.map, 15), number(line.matches), _held(line.hold_percent), best))
    embed = discord.Embed(title="Maps", colour=HOLD, url=link(public_url, "maps"))
    head = ("map", "plays", "held", "best")
    embed.description = table(head, rows, longest=2000) if rows else "No map was played yet."
    embed.set_footer(text="held: attacks that did not succeed · best: fastest attack; without rounds given up")
    return embed, len(found.maps) > (page + 1) * PAGE


def map_embed(found: MapDetail, public_url: str | None) -> discord.Embed:
    """One map: how it goes, its fastest attacks, who plays it best."""
    line = found.line
    embed = discord.Embed(
        title=prose(line.map), colour=HOLD, url=link(public_url, f"maps/{line.map}"),
        description=f"{line.matches} plays, {line.players} players, last <t:{int(line.last_played.timestamp())}:R>\n"
        f"Held in {percent(line.hold_percent)} of {line.attacks} attacks · "
        f"a round takes {clock(line.seconds_mean)}, a success {clock(line.attack_seconds_median)}",
    )  # fmt: skip
    if found.fastest:
        lines = []
        for each in found.fastest[:5]:
            names = ", ".join(prose(who.name) for who in each.players)
            lines.append(f"**{clock(each.seconds)}** <t:{int(each.at.timestamp())}:d> {names}")
        embed.add_field(name="Fastest attacks", value=listed(lines), inline=False)
    if found.best:
        best = found.best[:8]
        rows = [(f"{row.rank:>2} {cell(row.who.name, 15)}", number(row.value), number(row.rounds)) for row in best]
        embed.add_field(name="Best by damage per minute", value=table(("", "DPM", "rds"), rows), inline=False)
    return embed


def weapons_of_all_embed(found: Weapons, page: int, public_url: str | None) -> tuple[discord.Embed, bool]:
    """Weapons over everybody, most kills first, with who kills most with each."""
    rows = []
    for use in found.weapons[page * PAGE : page * PAGE + PAGE]:
        most = cell(use.best[0].who.name, 9) if use.best else "–"
        rows.append((cell(use.line.weapon, 11), number(use.line.kills), _held(use.line.accuracy), most))
    embed = discord.Embed(title="Weapons", colour=HOLD, url=link(public_url, "leaderboard"))
    embed.description = table(("", "kills", "ACC", "most"), rows, longest=2000) if rows else "No weapon was fired yet."
    return embed.set_footer(text="most: who has killed most with it"), len(found.weapons) > (page + 1) * PAGE


def season_embed(found: Season, public_url: str | None) -> discord.Embed:
    """A season: how long it still goes, who leads it, who leads all time."""
    season = found.season
    left = f"{season.days_left} days left" if season.current else "over"
    embed = discord.Embed(
        title=f"{season.name} · {season.season_id}", colour=OBJECTIVE if season.current else NEUTRAL,
        url=link(public_url, "leaderboard"),
        description=f"{season.first_day:%d %b} to {season.last_day:%d %b %Y}, {left}\n"
        f"{season.sessions} sessions, {number(season.rounds)} rounds, {season.players} players",
    )  # fmt: skip
    for title, halls in (("Leaders", found.leaders), ("Of all time", found.all_time)):
        lines = [f"**{hall.metric.title}** {_hall(hall, 1)}" for hall in halls if hall.rows]
        if lines:
            embed.add_field(name=title, value=listed(lines), inline=False)
    if found.awards:
        lines = [f"🏆 **{prose(each.title)}** {prose(each.who.name)}: {prose(each.text)}" for each in found.awards]
        embed.add_field(name="Awards", value=listed(lines), inline=False)
    return embed


def memory_embed(found: OnThisDay, public_url: str | None) -> discord.Embed:
    """Sessions of the same day in other years."""
    embed = discord.Embed(title=f"On {found.day.day} {found.day:%B}", colour=HOLD, url=link(public_url, "sessions"))
    for each in found.sessions[:8]:
        score = "" if each.points_a is None else f" · A {each.points_a} : {each.points_b} B"
        best = f"\nBest: {prose(each.best.name)} with {number(each.best_dpm)} DPM" if each.best else ""
        years = "a year ago" if each.years_ago == 1 else f"{each.years_ago} years ago"
        maps = ", ".join(prose(name) for name in each.session.maps[:6])
        text = f"{each.session.rounds} rounds, {each.session.players} players{score}\n{maps}{best}"
        embed.add_field(name=f"{years} · {day(each.session)}", value=text, inline=False)
    if not embed.fields:
        embed.description = "Nobody played here on this day in earlier years."
    return embed


def sessions_embed(lines: tuple[SessionLine, ...], when: str, page: int, public_url: str | None) -> discord.Embed:
    """A list of sessions, newest first."""
    embed = discord.Embed(title=f"Sessions{when}", colour=HOLD, url=link(public_url, "sessions"))
    rows = []
    for line in lines[:PAGE]:
        minutes = (line.ended_at - line.started_at).total_seconds() / 60
        rows.append(
            f"**{day(line)}** {line.started_at:%H:%M} · {line.rounds} rounds · {line.players} players · "
            f"{clock(minutes)} h\n{', '.join(prose(name) for name in line.maps[:8])}"
        )
    embed.description = listed(rows, 4000) or "No session."
    return embed.set_footer(text=f"page {page + 1} · /stats session shows one")


def _held(share: float | None) -> str:
    return "–" if share is None else f"{share:.0f}%"
