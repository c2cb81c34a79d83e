"""`/stats session`, `sessions`, `awards`, `today`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import discord
from discord import app_commands

from slomix.bot.answers import Answer, Picture, answering
from slomix.bot.manners import manners
from slomix.bot.sources import Source
from slomix_stats.api import RoundDetail, SessionDetail
from slomix_stats.discord import suggest
from slomix_stats.discord.boards import PAGE, memory_embed, sessions_embed
from slomix_stats.discord.charts import draw
from slomix_stats.discord.charts.heat import map_heat
from slomix_stats.discord.charts.lines import Line, session_graph
from slomix_stats.discord.checks import quality_embed
from slomix_stats.discord.dates import parse_month
from slomix_stats.discord.desk import Part
from slomix_stats.discord.evenings import day, session_embed
from slomix_stats.discord.looks import HOLD, no_such_session
from slomix_stats.discord.meetings import score_embed
from slomix_stats.discord.now import now_embed
from slomix_stats.discord.session_views import VIEWS, awards_embed, top_embed, view_embed, weapons_embed
from slomix_stats.metrics.basic import dpm

PICTURES = {"graphs": "Graphs", "heat": "Heat"}
NAMES = {
    "overview": "Overview", "top": "Top", "combat": "Combat", "weapons": "Weapons", "support": "Support",
    "objectives": "Objectives", "sprees": "Sprees", "time": "Time", **PICTURES, "maps": "Maps", "awards": "Awards",
}  # fmt: skip
#: Views without a button, as two rows are enough: `/stats team score` and `/stats awards` show them too.
ELSEWHERE = ("maps", "awards")


class Sessions(Part):
    """Evenings."""

    @app_commands.command(name="session", description="An evening: score, maps, players, and more views of it")
    @app_commands.describe(session="Which one; the latest if you leave it out", view="What to show of it")
    @app_commands.choices(view=[app_commands.Choice(name=name, value=key) for key, name in NAMES.items()])
    @app_commands.autocomplete(session=suggest.sessions)
    async def session(self, source: Source, session: str | None = None, view: str = "overview") -> None:
        await self.show_session(source, session, view)

    async def show_session(self, source: Source, session: str | None, view: str = "overview") -> None:
        """Answer with an evening; None is the latest."""
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            if session_id is not None:
                await self._show(answer, session_id, view)

    async def _show(self, answer: Answer, session_id: str, view: str) -> None:
        desk = self.desk
        also = {
            name: None if key == view else {"session": session_id, "view": key}
            for key, name in NAMES.items()
            if key not in ELSEWHERE
        }
        picture: Picture | None = None
        embed: discord.Embed | None = None
        if view in ("overview", *PICTURES):
            detail, rounds = await desk.reader.session(session_id), await desk.reader.session_rounds(session_id)
            if detail is not None and view == "overview":
                embed = session_embed(detail, rounds, desk.public_url)
            elif detail is not None:
                embed, picture = await _pictured(detail, rounds, view)
        elif view == "maps":
            teams = await desk.insight.session_teams(session_id)
            embed = score_embed(teams, desk.public_url) if teams else None
        elif view == "awards":
            awards = await desk.insight.session_awards(session_id)
            embed = awards_embed(awards, desk.public_url) if awards else None
        else:
            found = await desk.insight.session_insight(session_id)
            if found is not None and view in VIEWS:
                embed = view_embed(found, VIEWS[view], desk.public_url)
            elif found is not None:
                embed = (weapons_embed if view == "weapons" else top_embed)(found, desk.public_url)
        if embed is None:
            await answer.send(no_such_session(), ephemeral=True)
        else:
            await answer.send(embed, picture=picture, also=also, ask="stats session")

    @app_commands.command(name="sessions", description="The list of evenings, of all time or of a month")
    @app_commands.describe(month="2026-11, 11, nov or November; the latest evenings if you leave it out")
    async def sessions(self, source: Source, month: str | None = None) -> None:
        async with answering(source) as answer:
            since = until = None
            when = ""
            if month:
                found = parse_month(month, datetime.now(UTC).date())
                if found is None:
                    text = "Name a month as `2026-11`, `11`, `nov` or `November`."
                    await answer.send(discord.Embed(description=text), ephemeral=True)
                    return
                since = datetime(*found, 1, tzinfo=UTC)
                until = datetime(found[0] + found[1] // 12, found[1] % 12 + 1, 1, tzinfo=UTC)
                when = f" of {since:%B %Y}"
            page = await self.desk.reader.sessions(limit=(answer.page + 1) * PAGE + 1, since=since, until=until)
            lines = page.sessions[answer.page * PAGE :]
            embed = sessions_embed(lines, when, answer.page, self.desk.public_url)
            await answer.send(embed, more=len(lines) > PAGE)

    @app_commands.command(name="awards", description="The awards of an evening, from medic to glass cannon")
    @app_commands.describe(session="Which one; the latest if you leave it out")
    @app_commands.autocomplete(session=suggest.sessions)
    async def awards(self, source: Source, session: str | None = None) -> None:
        await self.show_session(source, session, "awards")

    @app_commands.command(name="quality", description="What is there of an evening's rounds, and what looks wrong")
    @app_commands.describe(session="Which one; the latest if you leave it out")
    @app_commands.autocomplete(session=suggest.sessions)
    async def quality(self, source: Source, session: str | None = None) -> None:
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            coverage = await self.desk.insight.endstats_coverage(session_id) if session_id else None
            if coverage is not None:
                found = await self.desk.reader.findings(coverage.session.session_id)
                await answer.send(quality_embed(coverage, found.findings, self.desk.public_url))

    @app_commands.command(name="live", description="What happens on the servers now")
    async def live(self, source: Source) -> None:
        async with answering(source) as answer:
            asked, live = await self.desk.live.servers(), await self.desk.live.live(limit=1)
            await answer.send(now_embed(asked, live, self.desk.public_url))

    @app_commands.command(
        name="today", description="What was played on this day in earlier years", extras=manners(3, 15)
    )
    async def today(self, source: Source) -> None:
        async with answering(source) as answer:
            await answer.send(memory_embed(await self.desk.insight.on_this_day(), self.desk.public_url))


async def _pictured(
    detail: SessionDetail, rounds: Sequence[RoundDetail], view: str
) -> tuple[discord.Embed, Picture | None]:
    title = day(detail.session)
    embed = discord.Embed(title=f"{PICTURES[view]} · {title}", colour=HOLD)
    maps, damage, kills = by_map(detail, rounds)
    if not damage:
        embed.description = "Nobody has played a round in this session."
        return embed, None
    if view == "graphs":
        png = await draw(session_graph, title, maps, damage, kills)
    else:
        png = await draw(map_heat, title, maps, damage)
    alt = f"Damage per minute of {len(damage)} players on {len(maps)} maps"
    return embed, Picture(f"{view}.png", png, alt)


def by_map(detail: SessionDetail, rounds: Sequence[RoundDetail]) -> tuple[list[str], list[Line], list[Line]]:
    """Maps in the order of play, and for each player damage per minute and kills on each; the best first."""
    column = {match.match_id: index for index, match in enumerate(detail.matches)}
    sums: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for each in rounds:
        at = column.get(each.round.match_id) if each.round.invalid_reason is None else None
        for player in each.players if at is not None else ():
            mine = sums[player.player_id][at]  # type: ignore[index]
            mine[0] += player.damage_given
            mine[1] += player.time_played_s
            mine[2] += player.kills
    places = range(len(detail.matches))
    order = [player for player in detail.players if player.player_id in sums]
    damage = [Line(p.name, tuple(_dpm(sums[p.player_id], at) for at in places)) for p in order]
    kills = [Line(p.name, tuple(_kills(sums[p.player_id], at) for at in places)) for p in order]
    return [match.map for match in detail.matches], damage, kills


def _dpm(mine: dict[int, list[int]], at: int) -> float | None:
    return dpm(mine[at][0], mine[at][1]) if at in mine and mine[at][1] else None


def _kills(mine: dict[int, list[int]], at: int) -> float | None:
    return mine[at][2] if at in mine else None
