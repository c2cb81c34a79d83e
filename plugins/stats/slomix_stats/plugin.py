"""The plugin: says what stats reads, keeps, shows and answers. Everything heavy is imported inside the hooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from slomix.contrib import (
    Api,
    Capability,
    Check,
    CliCommand,
    CogFactory,
    DigestBlock,
    Export,
    Handler,
    Importer,
    Job,
    Page,
    Parser,
    People,
    Post,
    Service,
    Simulator,
    Static,
)
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings
from slomix_stats.derive.rules import TEAM_NAMES

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_stats.live.reader import LiveReader
    from slomix_stats.reader import StatsReader

#: The longest genuine file (64 players with every weapon) is about 64 KiB.
_MAX_BYTES = 1 << 20

TeamColour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class StatsSettings(PluginSettings):
    """`[settings.stats]`."""

    min_rounds: int = Field(3, ge=1, description="rounds that a player needs for a place on a leaderboard")
    filler_maps: tuple[str, ...] = Field(
        ("mp_sillyctf",), description="maps that only fill time: their rounds never count"
    )
    team_names: dict[str, TeamColour] = Field(
        {each.name: each.colour for each in TEAM_NAMES},
        description="what teams are called where nobody named them: names with their colours, as #rrggbb",
    )
    round_post: bool = Field(True, description="post each round in Discord")
    match_post: bool = Field(True, description="post each map once both rounds are played")
    endstats_post: bool = Field(True, description="post the awards of each round as the game server gave them")
    session_post: bool = Field(False, description="post a summary when a session is over")
    achievements: Literal["off", "summary", "individual"] = Field(
        "off", description="post milestones: never, once per session, or each with its round"
    )
    mvp_vote: bool = Field(False, description="let people vote for the best player when a session is over")
    on_this_day: bool = Field(False, description="post what was played on the same day of earlier years")
    on_this_day_at: time = Field(time(9), description="when, by slomix.timezone")
    query_seconds: int = Field(300, ge=30, le=86400, description="how often the game servers are asked who plays")


class StatsPlugin(Plugin):
    """Round stats of stopwatch servers: parser, differential, scoring, exports, commands, posts and JSON."""

    name: ClassVar[str] = "stats"
    Settings: ClassVar[type[PluginSettings]] = StatsSettings

    @hookimpl
    def register_parsers(self, ctx: PluginContext) -> Iterable[Parser]:
        from slomix_stats.derive.rules import rules_of
        from slomix_stats.filename import sniff
        from slomix_stats.inputs.parsers import parsers
        from slomix_stats.inputs.store import store_round
        from slomix_stats.parser import parse
        from slomix_stats.people.files import stats_without
        from slomix_stats.posts.endstats import telling
        from slomix_stats.record import PARSER_VERSION, sighting
        from slomix_stats.settle.session import settle

        yield Parser(
            name="stats",
            version=PARSER_VERSION,
            sniff=sniff,
            parse=parse,
            sighting=sighting,
            without=stats_without,
            store=store_round,
            settle=partial(settle, rules=rules_of(ctx.settings)),
            max_bytes=_MAX_BYTES,
        )
        yield from telling(ctx, parsers())

    @hookimpl
    def register_exports(self, ctx: PluginContext) -> Iterable[Export]:
        from slomix_stats.exports import exports

        return exports()

    @hookimpl
    def register_cli(self, ctx: PluginContext) -> Iterable[CliCommand]:
        from slomix_stats.cli import commands

        return commands(ctx)

    @hookimpl
    def register_checks(self, ctx: PluginContext) -> Iterable[Check]:
        from slomix_stats.settle.checks import checks

        return checks(ctx.db)

    @hookimpl
    def register_services(self, ctx: PluginContext) -> Iterable[Service]:
        from slomix_stats.api import StatsInsightV1, StatsLiveV1, StatsPlayersV1, StatsReaderV1, StatsVotesV1
        from slomix_stats.community.votes import Votes
        from slomix_stats.insight.answers import StatsInsight
        from slomix_stats.insight.memory import memory_of
        from slomix_stats.insight.portraits import StatsPlayers

        yield Service(protocol=StatsReaderV1, implementation=_reader(ctx))
        memory = memory_of(ctx)
        insight = StatsInsight(ctx.db, ctx.clock, least=ctx.settings.min_rounds, memory=memory)
        yield Service(protocol=StatsInsightV1, implementation=insight)
        players = StatsPlayers(ctx.db, ctx.clock, least=ctx.settings.min_rounds, memory=memory)
        yield Service(protocol=StatsPlayersV1, implementation=players)
        yield Service(protocol=StatsLiveV1, implementation=_live(ctx))
        yield Service(protocol=StatsVotesV1, implementation=Votes(ctx))

    @hookimpl
    def register_jobs(self, ctx: PluginContext) -> Iterable[Job]:
        from slomix_stats.live.jobs import jobs
        from slomix_stats.posts import all_jobs

        yield from jobs(ctx, _live(ctx))
        yield from all_jobs(ctx)

    @hookimpl
    def register_routes(self, ctx: PluginContext) -> Iterable[Api | Page | Static]:
        from slomix_stats.api import StatsInsightV1
        from slomix_stats.live.routes import routes as live_routes
        from slomix_stats.routes import insight_routes, routes

        yield from routes(ctx, _reader(ctx))
        yield from insight_routes(lambda: ctx.services.get(StatsInsightV1))  # type: ignore[type-abstract]
        yield from live_routes(ctx, _live(ctx))

    @hookimpl
    def register_capabilities(self, ctx: PluginContext) -> Iterable[Capability]:
        from slomix_stats.community.challenges import CHALLENGE
        from slomix_stats.decisions import DECIDE

        yield Capability(name=DECIDE, summary="decide which rounds count, and how teams are called and made up")
        yield Capability(name=CHALLENGE, summary="say what a week is about")

    @hookimpl
    def register_commands(self, ctx: PluginContext) -> Iterable[CogFactory]:
        from slomix_stats.discord.commands import cogs

        return cogs(ctx)

    @hookimpl
    def register_posts(self, ctx: PluginContext) -> Iterable[Post]:
        from slomix_stats.posts import all_posts

        return all_posts(ctx)

    @hookimpl
    def register_digest_blocks(self, ctx: PluginContext) -> Iterable[DigestBlock]:
        from slomix_stats.posts import digest_blocks

        return digest_blocks(ctx)

    @hookimpl
    def register_handlers(self, ctx: PluginContext) -> Iterable[Handler]:
        from slomix_stats.posts import all_handlers

        return all_handlers(ctx)

    @hookimpl
    def register_importers(self, ctx: PluginContext) -> Iterable[Importer]:
        from slomix_stats.derive.rules import rules_of
        from slomix_stats.importers import importers

        return importers(rules_of(ctx.settings))

    @hookimpl
    def register_people(self, ctx: PluginContext) -> Iterable[People]:
        from slomix_stats.people import people

        yield people()

    @hookimpl
    def register_simulators(self, ctx: PluginContext) -> Iterable[Simulator]:
        from slomix_stats.simulate import simulate

        yield Simulator(
            name="stats", run=simulate, summary="evenings of stopwatch rounds, as the files of a game server"
        )


def _reader(ctx: PluginContext) -> StatsReader:
    from slomix_stats.reader import StatsReader

    return StatsReader(ctx.db, min_rounds=ctx.settings.min_rounds)


def _live(ctx: PluginContext) -> LiveReader:
    from slomix_stats.live.reader import LiveReader

    servers = ctx.core.servers.items()
    return LiveReader(ctx.db, ctx.clock, {name: server.address for name, server in servers if server.address})


plugin = StatsPlugin()
