"""`/stats team …`: who plays with whom, and what teams have won."""

from __future__ import annotations

from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.sources import Source
from slomix_stats.derive.rules import rules_of
from slomix_stats.discord import suggest
from slomix_stats.discord.desk import PartGroup
from slomix_stats.discord.looks import no_such_session
from slomix_stats.discord.meetings import changes_embed, pool_embed, record_embed, score_embed, teams_embed

SESSION = "Which evening; the latest if you leave it out"
DAYS = app_commands.Range[int, 1, 5000]


class TeamGroup(PartGroup, name="team", description="Teams of evenings and their records"):
    """Teams."""

    @app_commands.command(name="show", description="Both teams of an evening, and substitutions")
    @app_commands.describe(session=SESSION)
    @app_commands.autocomplete(session=suggest.sessions)
    async def show(self, source: Source, session: str | None = None) -> None:
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            found = await self.desk.insight.session_teams(session_id) if session_id else None
            if found:
                await answer.send(teams_embed(found, self.desk.public_url))

    @app_commands.command(name="score", description="The score of an evening, map by map")
    @app_commands.describe(session=SESSION)
    @app_commands.autocomplete(session=suggest.sessions)
    async def score(self, source: Source, session: str | None = None) -> None:
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            found = await self.desk.insight.session_teams(session_id) if session_id else None
            if found:
                await answer.send(score_embed(found, self.desk.public_url))

    @app_commands.command(name="changes", description="Who stayed, came and left between two evenings")
    @app_commands.describe(session=SESSION, previous="Compared with; the one before if you leave it out")
    @app_commands.autocomplete(session=suggest.sessions, previous=suggest.sessions)
    async def changes(self, source: Source, session: str | None = None, previous: str | None = None) -> None:
        async with answering(source) as answer:
            now = await self.desk.session_id(answer, session)
            before = await self.desk.session_id(answer, previous) if now and previous else None
            if now is None or (previous and before is None):
                return
            found = await self.desk.insight.lineup_changes(now, before)
            if found:
                await answer.send(changes_embed(found, self.desk.public_url))
            else:
                await answer.send(no_such_session(), ephemeral=True)

    @app_commands.command(name="pool", description="The names that teams get where nobody names them")
    async def pool(self, source: Source) -> None:
        async with answering(source) as answer:
            rules = rules_of(self.desk.ctx.settings)
            await answer.send(pool_embed([(each.name, each.colour) for each in rules.team_names]))

    @app_commands.command(name="record", description="What a team has won and lost, against all or one other")
    @app_commands.describe(name="The team", opponent="Against this team only", days="In the last so many days")
    @app_commands.autocomplete(name=suggest.teams, opponent=suggest.teams)
    async def record(self, source: Source, name: str, opponent: str | None = None, days: DAYS | None = None) -> None:
        async with answering(source) as answer:
            found = await self.desk.insight.team_record(name, opponent=opponent, days=days)
            await answer.send(record_embed(found, self.desk.public_url))
