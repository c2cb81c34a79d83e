"""One running program: database, plugins, events, jobs and posts, put together for a role and taken down again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeVar, cast

import structlog

from slomix.bot.client import why_off
from slomix.bot.digest import digest_handlers
from slomix.bot.posts import PostLedger
from slomix.bus import Bus, LiveFeed
from slomix.bus.delivery import Deliverer, run_live_handlers
from slomix.bus.outbox import DELIVERY_JOB, DurableHandler
from slomix.clock import Clock, SystemClock
from slomix.context import PluginContext
from slomix.contrib import Handler, Job, Parser, People, Service
from slomix.errors import MigrationError, PluginError, SettingsError
from slomix.host.care import cared_for
from slomix.host.extensions import Given
from slomix.host.host import Host
from slomix.host.loader import LoadedPlugin
from slomix.identity.closing import close_sessions
from slomix.ingest.prepare import parser_name
from slomix.ingest.sessions import Sessions
from slomix.jobs.queue import JobQueue
from slomix.jobs.worker import Runnable, Worker
from slomix.people.service import PeopleService, Takers
from slomix.settings import Settings
from slomix.storage.database import Database, direct_dsn
from slomix.storage.embedded import Attachment, attach
from slomix.storage.migrate import MigrationSource, core_migrations, migrate, status

log = structlog.get_logger("slomix.runtime")

T = TypeVar("T")
Role = Literal["all", "web", "bot", "worker", "cli"]

#: Declarations that every role needs: what may be imported, published, asked and put on the queue.
EVERYWHERE = ("register_parsers", "register_handlers", "register_jobs", "register_exports", "register_people")
FOR_ROLE: dict[Role, tuple[str, ...]] = {
    "all": (
        "register_commands",
        "register_posts",
        "register_digest_blocks",
        "register_routes",
        "register_checks",
        "register_capabilities",
        "register_hookspecs",
    ),
    "web": ("register_routes", "register_checks", "register_capabilities", "register_hookspecs"),
    "bot": ("register_commands", "register_posts", "register_digest_blocks", "register_capabilities"),
    "worker": (),
    "cli": ("register_checks",),
}


class ServiceDirectory:
    """Implements `context.Services` over the plugins' `Service` records."""

    def __init__(self) -> None:
        self._implementations: dict[type, Any] = {}

    def add(self, service: Service) -> None:
        """Make a service known; the first one of a protocol stays."""
        self._implementations.setdefault(service.protocol, service.implementation)

    def find(self, protocol: type[T]) -> T | None:
        """The implementation, or None."""
        return cast("T | None", self._implementations.get(protocol))

    def get(self, protocol: type[T]) -> T:
        """The implementation; raises `PluginError` that says where to look when there is none."""
        found = self.find(protocol)
        if found is None:
            raise PluginError(
                f"no running plugin offers {protocol.__module__}.{protocol.__qualname__}; see `slomix plugins`"
            )
        return found


@dataclass(slots=True)
class Runtime:
    """What the roles work with. `jobs` puts jobs on the queue; `worker` runs them, in the roles that do.

    `db` is the core's door to the database, `db.plugin(name)` a plugin's.
    `bot_off` says why the Discord bot does not run; empty while it does or may.
    """

    settings: Settings
    clock: Clock
    db: Database
    host: Host
    bus: Bus
    jobs: JobQueue
    posts: PostLedger
    services: ServiceDirectory
    people: PeopleService
    worker: Worker
    bot_off: str
    live_handlers: list[tuple[str, Handler]] = field(default_factory=list)

    async def run_live(self) -> None:
        """Feed subscribers and live handlers until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.bus.live.run(), name="live feed")
            group.create_task(run_live_handlers(self.bus.live, self.live_handlers), name="live handlers")


@asynccontextmanager
async def open_database(
    settings: Settings, host: Host | None = None, *, migrating: bool = True
) -> AsyncIterator[Database]:
    """Attach to the database (start it where it is embedded), migrate core and the host's plugins, open the pool.

    A plugin whose migration fails is marked failed and the rest goes on. `migrating=False` only looks whether a
    database of its own server has been migrated; the embedded one always is. Raises `DatabaseUnavailable`,
    `MigrationError`, and `SettingsError` for a pooler without a way around it.
    """
    core = settings.core
    if core.database.pooled and core.database.direct_url is None:
        raise SettingsError(
            "slomix.database.pooled is true, but slomix.database.direct_url does not say how to reach PostgreSQL past "
            "the pooler; LISTEN, locks and migrations need it (SLOMIX_DATABASE__DIRECT_URL)."
        )
    async with AsyncExitStack() as stack:
        revive = None
        dsn = core.database.url
        if dsn == "embedded":
            attachment: Attachment = await attach(core.data_dir, run_as=core.database.run_as)
            stack.push_async_callback(attachment.release)
            dsn, revive, migrating = attachment.dsn, attachment.ensure, True
        sources = [core_migrations()]
        if host is not None:
            sources += [
                MigrationSource(name=p.name, schema=p.name, folder=p.migrations) for p in host.loaded if p.migrations
            ]
        bring = _migrate if migrating else _require
        for name, reason in (await bring(direct_dsn(core.database, dsn), sources, core.database.walled)).items():
            if host is not None:
                host.fail(name, reason)
        database = await Database.open(core.database, dsn, revive=revive)
        stack.push_async_callback(database.close)
        yield database


async def _migrate(dsn: str, sources: Sequence[MigrationSource], roles: bool) -> dict[str, str]:
    """Bring the database up to date; answers why a plugin can not run."""
    return {
        outcome.name: f"its migration failed: {outcome.error}; mend it and run `slomix migrate`"
        for outcome in await migrate(dsn, sources, roles=roles)
        if outcome.error is not None
    }


async def _require(dsn: str, sources: Sequence[MigrationSource], roles: bool) -> dict[str, str]:
    """Look whether the database is at the version of this program; answers why a plugin can not run.

    Raises `MigrationError` when the core's own tables are not.
    """
    behind: dict[str, str] = {}
    for standing in await status(dsn, sources, roles=roles):
        if standing.error is not None:
            reason = standing.error
        elif standing.pending:
            reason = f"the database does not have migration {standing.pending[0]} yet; run `slomix migrate`"
        else:
            continue
        if standing.name == "core":
            raise MigrationError(f"The database is not at the version of this program: {reason.rstrip('.')}.")
        behind[standing.name] = reason
    return behind


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    *,
    role: Role,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
    clock: Clock | None = None,
) -> AsyncIterator[Runtime]:
    """Everything that a role needs, started in order and stopped in reverse."""
    host = Host(settings, only=only, without=without)
    host.load()
    async with open_database(settings, host, migrating=role in ("all", "cli")) as door:
        database = door.core()
        runtime = await _compose(settings, host, database, role, clock or SystemClock())
        await host.startup()
        async with AsyncExitStack() as stack:
            if role != "cli":
                care = cared_for(host, database, role=role, delivery_job=DELIVERY_JOB)
                await stack.enter_async_context(care)
            try:
                yield runtime
            finally:
                await host.shutdown()


async def _compose(settings: Settings, host: Host, database: Database, role: Role, clock: Clock) -> Runtime:
    """Hand every plugin its context, collect what it declares, and build what hangs on that."""
    queue = JobQueue(clock)
    bus = Bus(queue, clock, LiveFeed(database))
    posts = PostLedger(database)
    services = ServiceDirectory()
    people = PeopleService(database, bus, clock, settings.core.discord.owner, lambda: _takers(host))

    def context(plugin: LoadedPlugin) -> PluginContext:
        return PluginContext(
            name=plugin.name,
            settings=plugin.settings,
            core=settings.core,
            db=database.plugin(plugin.name, schema=plugin.migrations is not None),
            events=bus,
            jobs=queue,
            posts=posts,
            services=services,
            contributions=Given(host, plugin.name),
            tasks=host.tasks(plugin.name),
            people=people,
            clock=clock,
            log=structlog.get_logger(f"slomix.{plugin.name}"),
        )

    host.register(context, ("register_services",))
    for contributed in host.records(Service):
        services.add(contributed.record)
    host.register(context, (*EVERYWHERE, *FOR_ROLE[role]))
    host.extend()

    handlers = [(f"slomix.{own.run.__name__}", own) for own in digest_handlers(settings.core, posts)]
    handlers += [(f"{c.plugin}.{c.record.run.__name__}", c.record) for c in host.records(Handler)]
    durable = [DurableHandler(name, handler) for name, handler in handlers if handler.mode == "durable"]
    jobs = [_closing(settings, database, bus, clock), *(contributed.record for contributed in host.records(Job))]
    queue.declare(job.name for job in jobs)
    bus.declare(durable)
    return Runtime(
        settings=settings,
        clock=clock,
        db=database,
        host=host,
        bus=bus,
        jobs=queue,
        posts=posts,
        services=services,
        people=people,
        worker=Worker(
            database,
            queue,
            _runnables(Deliverer(database, durable), jobs),
            heartbeat=timedelta(seconds=settings.core.jobs.heartbeat_s),
        ),
        bot_off=why_off(settings.core.discord),
        live_handlers=[(name, handler) for name, handler in handlers if handler.mode == "live"],
    )


def _closing(settings: Settings, database: Database, bus: Bus, clock: Clock) -> Job:
    """The job that finds sessions which are over."""
    gap = timedelta(minutes=settings.core.sessions.gap_minutes)

    async def close(payload: Mapping[str, Any]) -> None:
        await close_sessions(database, bus, clock, gap)

    return Job(name="slomix.close_sessions", run=close, every=timedelta(minutes=1))


def _takers(host: Host) -> Takers:
    """What the running plugins have to do with people."""
    parsers = host.records(Parser)
    return Takers(
        plugins=host.records(People),
        parsers={parser_name(parser): parser.record for parser in parsers},
        settle=Sessions(parsers).settle,
    )


#: A delivery waits for those before it; what a handler itself may take is the handler's own limit.
_DELIVERY_LIMIT = timedelta(hours=1)


def _runnables(deliverer: Deliverer, jobs: Sequence[Job]) -> list[Runnable]:
    """Everything the queue may run: the delivery of events, and the plugins' jobs."""
    runnables = [Runnable(name=DELIVERY_JOB, run=deliverer.deliver, timeout=_DELIVERY_LIMIT, retries=5)]
    runnables += [
        Runnable(name=job.name, run=job.run, timeout=job.timeout, retries=job.retries, every=job.every) for job in jobs
    ]
    return runnables
