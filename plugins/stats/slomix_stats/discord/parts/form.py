"""`/stats form …`: how somebody plays, in more words than one number."""

from __future__ import annotations

import discord
from discord import app_commands

from slomix.bot.answers import Answer, Picture, answering
from slomix.bot.manners import manners
from slomix.bot.sources import Source
from slomix_stats.discord import suggest
from slomix_stats.discord.charts import draw
from slomix_stats.discord.charts.heat import map_bars
from slomix_stats.discord.charts.lines import form_graph
from slomix_stats.discord.desk import PartGroup
from slomix_stats.discord.forms import (
    bands_embed,
    consistency_embed,
    fatigue_embed,
    form_embed,
    maps_embed,
    page_of,
    sides_embed,
    style_embed,
)
from slomix_stats.discord.looks import HOLD, NEUTRAL
from slomix_stats.discord.text import prose

WHO = "Any name, GUID or mention; yourself if you leave it out"
SESSION = "Which evening; the latest if you leave it out"


class FormGroup(PartGroup, name="form", description="How somebody plays"):
    """Form and style."""

    @app_commands.command(name="consistency", description="How evenly somebody plays, and whether it changes")
    @app_commands.describe(player=WHO)
    @app_commands.autocomplete(player=suggest.players)
    async def consistency(self, source: Source, player: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self._who(source, answer, player)
            found = await self.desk.insight.consistency(who) if who else None
            if found:
                await answer.send(consistency_embed(found, self.desk.public_url))

    @app_commands.command(name="maps", description="Somebody's good and bad maps", extras=manners(3, 15))
    @app_commands.describe(player=WHO)
    @app_commands.autocomplete(player=suggest.players)
    async def maps(self, source: Source, player: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self._who(source, answer, player)
            found = await self.desk.insight.map_affinity(who) if who else None
            if not found:
                return
            picture = None
            if found.maps:
                bars = [(each.map, each.dpm, each.delta_percent) for each in found.maps]
                png = await draw(map_bars, found.who.name, found.dpm, bars)
                picture = Picture("maps.png", png, "Maps against the own level")
            await answer.send(maps_embed(found, self.desk.public_url), picture=picture)

    @app_commands.command(name="sides", description="Somebody in attack and in defence")
    @app_commands.describe(player=WHO)
    @app_commands.autocomplete(player=suggest.players)
    async def sides(self, source: Source, player: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self._who(source, answer, player)
            found = await self.desk.insight.attack_defence(who) if who else None
            if found:
                await answer.send(sides_embed(found, self.desk.public_url))

    @app_commands.command(name="style", description="Fragger, medic, tank …: how somebody played an evening")
    @app_commands.describe(player=WHO, session=SESSION)
    @app_commands.autocomplete(player=suggest.players, session=suggest.sessions)
    async def style(self, source: Source, player: str | None = None, session: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self.desk.someone(source, answer, player)
            if who is None:
                return
            own = who.sessions[0].session.session_id if who.sessions and not session else None
            session_id = own or await self.desk.session_id(answer, session)
            found = await self.desk.insight.session_insight(session_id) if session_id else None
            if found is None:
                return
            mine = [each for each in found.players if each.numbers.who.player_id == who.player_id]
            if mine:
                await answer.send(style_embed(mine[0].style, found.session, self.desk.public_url))
            else:
                text = f"{prose(who.name)} did not play in that session."
                await answer.send(discord.Embed(description=text, colour=NEUTRAL), ephemeral=True)

    @app_commands.command(name="fatigue", description="Somebody early, in the middle and late of an evening")
    @app_commands.describe(player=WHO, session="Which evening; the player's latest if you leave it out")
    @app_commands.autocomplete(player=suggest.players, session=suggest.sessions)
    async def fatigue(self, source: Source, player: str | None = None, session: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self._who(source, answer, player)
            if who is None:
                return
            session_id = await self.desk.session_id(answer, session) if session else None
            if session and session_id is None:
                return
            found = await self.desk.insight.fatigue(who, session_id)
            if found:
                await answer.send(fatigue_embed(found, self.desk.public_url))
            else:
                text = "They did not play in that session."
                await answer.send(discord.Embed(description=text, colour=NEUTRAL), ephemeral=True)

    @app_commands.command(name="standing", description="Where somebody stands among the others, number by number")
    @app_commands.describe(player=WHO)
    @app_commands.autocomplete(player=suggest.players)
    async def standing(self, source: Source, player: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self._who(source, answer, player)
            found = await self.desk.insight.bands(who) if who else None
            if found:
                await answer.send(bands_embed(found, self.desk.insight, self.desk.public_url))

    @app_commands.command(
        name="graph", description="Somebody's damage per minute, evening by evening", extras=manners(3, 15)
    )
    @app_commands.describe(player=WHO)
    @app_commands.autocomplete(player=suggest.players)
    async def graph(self, source: Source, player: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self.desk.someone(source, answer, player)
            if who is None:
                return
            evenings = [each for each in reversed(who.sessions) if each.line.time_played_s]
            embed = discord.Embed(
                title=f"{prose(who.name)} · form", colour=HOLD, url=page_of(self.desk.public_url, who.player_id)
            )
            if len(evenings) < 2:
                embed.description = "A graph takes two evenings; play on."
                await answer.send(embed)
                return
            days = [f"{each.session.started_at.day} {each.session.started_at:%b}" for each in evenings]
            dpm = [each.line.dpm for each in evenings]
            png = await draw(form_graph, who.name, days, dpm, who.lifetime.dpm)
            await answer.send(embed, picture=Picture("form.png", png, "Damage per minute of the last evenings"))

    @app_commands.command(name="now", description="Who plays above and who below their own level")
    async def now(self, source: Source) -> None:
        async with answering(source) as answer:
            await answer.send(form_embed(await self.desk.insight.form(), self.desk.public_url))

    async def _who(self, source: Source, answer: Answer, player: str | None) -> str | None:
        found = await self.desk.someone(source, answer, player)
        return found.player_id if found else None
