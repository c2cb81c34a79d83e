"""`/system`: whether the whole chain runs, for everybody; what is wrong is told with where to look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from slomix.web.chain import Chain, PluginInfo, Unfinished, chain
from slomix_stats.api import DataQuality, StatsLiveV1, StatsReaderV1
from slomix_webui import api
from slomix_webui.pages.system.links import Heard, Link, State, links, verdict

if TYPE_CHECKING:
    from slomix.context import PluginContext

log = structlog.get_logger("slomix.webui")

#: What plugins tell beside core may take so long.
ASK_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRow:
    """A game server: what it played last, and how it is now (None where nobody asks it)."""

    name: str
    rounds: int
    last_round_at: datetime | None
    last_map: str | None
    last_upload_at: datetime | None
    online: bool | None
    people: int | None
    hostname: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How often a check of the stored rounds noticed something."""

    code: str
    severity: str
    looks_at: str
    explained: bool
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """The verdict, every link, the servers, matches that lack a round, plugins, and what checks noticed."""

    state: State
    verdict: str
    links: tuple[Link, ...]
    servers: tuple[ServerRow, ...]
    unfinished: tuple[Unfinished, ...]
    plugins: tuple[PluginInfo, ...]
    checks: tuple[Check, ...]
    version: str
    uptime_s: int


def system_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/system",
        name="system",
        title="System",
        summary="Whether everything between the game server and these pages works",
        load=partial(load, ctx),
        template="webui/system/system.html",
        model=SystemView,
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The facts of core and stats, judged. Nobody keeps the answer."""
    facts = await chain(asked.request)
    heard, quality = (Heard(), None) if facts.files is None else await _asked(ctx)
    found = links(facts, heard, asked.text)
    state, sentence = verdict(found, asked.text)
    view = SystemView(
        state=state,
        verdict=sentence,
        links=found,
        servers=servers(facts, heard),
        unfinished=facts.files.unfinished if facts.files is not None else (),
        plugins=facts.plugins,
        checks=checks(quality),
        version=facts.version,
        uptime_s=facts.uptime_s,
    )
    return api.Shown(model=view, title=asked.text("System"), description=sentence, fresh=False)


async def _asked(ctx: PluginContext) -> tuple[Heard, DataQuality | None]:
    """What stats knows; the page goes without where it fails."""
    live: StatsLiveV1 = ctx.services.get(StatsLiveV1)  # type: ignore[type-abstract]
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    try:
        async with asyncio.timeout(ASK_S):
            statuses = await live.servers()
            now = await live.live(limit=1)
            return Heard(asked=statuses.servers, live=now.servers), await reader.quality()
    except Exception as error:
        log.warning("the state of the servers is not known", error=repr(error))
        return Heard(), None


def servers(facts: Chain, heard: Heard) -> tuple[ServerRow, ...]:
    """The game servers by name. Pure."""
    if facts.files is None:
        return ()
    statuses = {each.server: each for each in heard.asked or ()}
    last = {each.server: each.map for each in facts.files.rounds}
    rows = []
    for each in facts.files.servers:
        status = statuses.get(each.name)
        rows.append(
            ServerRow(
                name=each.name,
                rounds=each.rounds,
                last_round_at=each.last_round_at,
                last_map=last.get(each.name),
                last_upload_at=each.last_upload_at,
                online=status.online if status is not None else None,
                people=status.humans if status is not None and status.online else None,
                hostname=status.hostname if status is not None else None,
            )
        )
    return tuple(rows)


def checks(quality: DataQuality | None) -> tuple[Check, ...]:
    """What checks noticed; those that nothing explains first. Pure."""
    found = quality.counts if quality is not None else ()
    told = [
        Check(
            code=each.code,
            severity=each.severity,
            looks_at=each.looks_at,
            explained=each.explained,
            findings=each.findings,
        )
        for each in found
    ]
    return tuple(sorted(told, key=lambda each: (each.explained, -each.findings)))


def tables(view: SystemView) -> Mapping[str, api.Table]:
    """The links and the servers."""
    return {
        "links": api.Table(
            columns=("link", "state", "words", "at"),
            rows=[(each.label, each.state, each.words, _moment(each.at)) for each in view.links],
        ),
        "servers": api.Table(
            columns=("server", "rounds", "last_map", "last_round_at"),
            rows=[(each.name, each.rounds, each.last_map, _moment(each.last_round_at)) for each in view.servers],
        ),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
