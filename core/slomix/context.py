"""What a plugin is handed: settings, database, events, services, jobs, posts, contributions, tasks, people …"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import asyncio

    import structlog

    from slomix.clock import Clock
    from slomix.events import Event
    from slomix.people.search import FoundPlayer
    from slomix.people.tiers import Tier
    from slomix.settings import CoreSettings
    from slomix.storage.database import Connection

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reads(Protocol):
    """Single reads, which can not write. SQL names its tables with their schema; values are always parameters."""

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows of a read."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> Any | None:
        """The first row of a read, or None."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row."""
        ...


class Db(Reads, Protocol):
    """The plugin's door to PostgreSQL: its own tables, core's to read, and what others publish as views `pub_…`."""

    def transaction(
        self, *, durable: bool = True, read_only: bool = False, prologue: Sequence[str] = ()
    ) -> AbstractAsyncContextManager[Connection]:
        """One transaction on one connection. `durable=False` may lose the commit (never half of it) in a crash;
        `prologue` are statements without values that come first (settings, locks), all in one way to the server."""
        ...

    def replica(self) -> Reads:
        """For reads that may be a moment old: a read replica where there is one."""
        ...


class Events(Protocol):
    """Publishing."""

    async def publish(self, tx: Connection, *events: Event) -> None:
        """Write the events and their deliveries in this transaction; they leave when it commits."""
        ...

    async def signal(self, tx: Connection, event: Event) -> None:
        """Tell a small event to whoever listens when this transaction commits; it is not kept and not delivered.

        For what is old news in a second. A public one reaches the browsers at `/-/events`, without a number.
        """
        ...

    def version(self) -> tuple[int, int] | None:
        """The data as this process knows it while it answers a GET: what was read under one value stays true under it.

        It may be some milliseconds late, so whoever handles an event must not ask for it. None there, and while nobody
        tells this process what changes.
        """
        ...


class Jobs(Protocol):
    """The queue."""

    async def enqueue(
        self,
        tx: Connection,
        name: str,
        payload: Mapping[str, Any],
        *,
        dedupe: str | None = None,
        run_at: datetime | None = None,
    ) -> None:
        """Put a job on the queue when this transaction commits. A second one with the same `dedupe` is dropped."""
        ...


class Posts(Protocol):
    """Messages in Discord channels."""

    async def request(self, tx: Connection, post: str, subject: str) -> None:
        """Ask for the post of this subject to be there and up to date; the bot does it after the commit."""
        ...

    async def refresh(self, tx: Connection, post: str, subject: str) -> None:
        """Ask for an edit if the post was asked for before; nothing otherwise."""
        ...


class Services(Protocol):
    """Typed reads of other plugins."""

    def get(self, protocol: type[T]) -> T:
        """The implementation; raises `PluginError` that names the plugin to enable when there is none."""
        ...

    def find(self, protocol: type[T]) -> T | None:
        """The implementation, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Contribution(Generic[T_co]):
    """A record that a plugin gave to a hook of another one (`HookSpecs`)."""

    plugin: str
    record: T_co


class Contributions(Protocol):
    """What plugins gave to the hooks of this one."""

    def of(self, kind: type[T]) -> Sequence[Contribution[T]]:
        """All records of a kind from the plugins that run, in plugin order; complete once everything has started."""
        ...


class Tasks(Protocol):
    """Background work that the host owns: cancelled at stop, failures logged with the plugin's name."""

    def spawn(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start it."""
        ...


class People(Protocol):
    """Who is who. Changes go through core's own commands."""

    async def player_of(self, discord_id: int) -> str | None:
        """The id of the player that a Discord account is, None where it is linked to none."""
        ...

    async def display_name(self, player_id: str) -> str:
        """What a player is called: custom name, chosen alias, Discord name, most recent alias, short GUID.

        In SQL it is the column `slomix.player.display` (`display_raw` with the game's colour codes).
        """
        ...

    async def find(self, text: str, *, limit: int = 5) -> list[FoundPlayer]:
        """Players by id, GUID, Discord account (`<@1234…>`) or part of a name, the best match first."""
        ...

    async def tier_of(self, discord_id: int) -> Tier:
        """`owner`, `admin`, `moderator` or `everyone`."""
        ...

    async def may(self, discord_id: int, capability: str, default: str = "admin") -> bool:
        """Whether a Discord account has a right (`Capability`), by grant or by its tier."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How an event reached a handler. `tx` is the handler's open transaction; None for live handlers."""

    event_id: int
    published_at: datetime
    tx: Connection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContext:
    """The one argument of every hook. `settings` is an instance of the plugin's `Settings`, `core` of the core's."""

    name: str
    settings: Any
    core: CoreSettings
    db: Db
    events: Events
    jobs: Jobs
    posts: Posts
    services: Services
    contributions: Contributions
    tasks: Tasks
    people: People
    clock: Clock
    log: structlog.stdlib.BoundLogger
