"""From an offered file to rows: prepare it, look it up in the ledger, import it. One file is one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from slomix.errors import DatabaseUnavailable, SlomixError
from slomix.events import ArtifactRejected, RoundRevised
from slomix.identity import ids
from slomix.identity.arrange import Rules
from slomix.identity.localtime import at, on_the_clock_of
from slomix.identity.place import MayBeForgotten, Placed, arrival_prologue, place, prologue
from slomix.identity.servers import ENSURE_SERVER
from slomix.ingest import ledger
from slomix.ingest.forgotten import mentions_forgotten, nothing_of, without_forgotten
from slomix.ingest.outcome import Outcome
from slomix.ingest.prepare import Prepared, parser_name, prepare
from slomix.ingest.sessions import Sessions
from slomix.names import clean_name
from slomix.nouns import Arrival, RoundMention, RoundSighting
from slomix.storage.database import CONNECTION_ERRORS, is_broken
from slomix.storage.link import lend

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.context import Db, Events
    from slomix.contrib import Parser
    from slomix.host.host import Contributed
    from slomix.settings import CoreSettings
    from slomix.storage.database import Connection

__all__ = ["Outcome", "Pipeline", "StoreError"]

log = structlog.get_logger("slomix.ingest")

UNKNOWN_SERVER = "unknown server"
PLACES = "select id as round_id, match_id, session_id from slomix.round where id = any($1::text[]) order by ended_at"


class StoreError(SlomixError):
    """A file could not be imported and nothing of it was written: it may be offered again."""


class _KnownError(Exception):
    """The content is in the ledger already: what was written of it in this transaction goes."""


_NO_PLUGIN_TO_BLAME: tuple[type[Exception], ...] = (SlomixError, _KnownError, *CONNECTION_ERRORS)


class Pipeline:
    """Imports files. `parsers` are those of the running plugins, `bus` publishes what became true."""

    def __init__(
        self, db: Db, parsers: Iterable[Contributed[Parser]], bus: Events, clock: Clock, settings: CoreSettings
    ) -> None:
        self.db = db
        self.parsers = tuple(parsers)
        self.clock = clock
        self.settings = settings
        self.sessions = Sessions(self.parsers)
        self._bus = bus
        self._by_name = {parser_name(parser): parser for parser in self.parsers}

    async def offer(
        self,
        name: str,
        data: bytes,
        *,
        source: str,
        server: str | None = None,
        durable: bool = True,
        later: bool = False,
    ) -> Outcome:
        """Import one file; `server` names the game server it came from, None takes what the file says.

        The outcome is on disk when this returns, unless `durable` is false: then it is lost in a crash together with
        everything after it, until a later durable commit. `later` leaves what follows for the whole session to
        `sessions.settle_left`, which the caller of many offers awaits at the end. Raises `StoreError` when a plugin
        fails to store it and `DatabaseUnavailable` when there is no database; nothing is written then.
        """
        prepared = prepare(self.parsers, name, data)
        return await self.take(prepared, source=source, server=server, durable=durable, later=later)

    async def take(
        self,
        prepared: Prepared,
        *,
        source: str,
        server: str | None = None,
        durable: bool = True,
        later: bool = False,
    ) -> Outcome:
        """`offer` for a file that was prepared elsewhere (in another process)."""
        if prepared.verdict == "ignored":
            return Outcome(name=prepared.name, outcome="ignored")
        try:
            async with self.db.transaction(durable=durable, prologue=self.prologue(prepared, server)) as tx:
                outcome = await self.take_in(tx, prepared, source=source, server=server, later=later)
        except _KnownError:
            outcome = _duplicate(prepared)
        except CONNECTION_ERRORS as error:
            raise DatabaseUnavailable(f"PostgreSQL went away while {prepared.name} was imported: {error}") from error
        if outcome.outcome == "quarantined":
            log.warning("file quarantined", file=outcome.name, reason=outcome.reason, detail=outcome.detail)
        else:
            log.debug("file handled", file=outcome.name, outcome=outcome.outcome, round=outcome.round_id)
        return outcome

    async def take_in(
        self, tx: Connection, prepared: Prepared, *, source: str, server: str | None, later: bool = False
    ) -> Outcome:
        """`take` in an open transaction, which must have begun with `prologue`; roll it back when this raises."""
        try:
            return await self._take(tx, prepared, source, server, later)
        except _NO_PLUGIN_TO_BLAME:
            raise
        except Exception as error:
            if is_broken(error):
                raise
            log.exception("import failed", file=prepared.name, parser=prepared.parser)
            raise StoreError(
                f"{prepared.name} could not be imported: {prepared.parser or 'core'} failed with "
                f"{type(error).__name__}: {error}. Nothing of it was stored; offer it again when this is mended."
            ) from error

    async def _take(self, tx: Connection, prepared: Prepared, source: str, server: str | None, later: bool) -> Outcome:
        if isinstance(prepared.sighting, RoundMention):
            return await self._arrive(tx, prepared, source, server, later)
        if prepared.verdict == "round":
            return await self._import(tx, prepared, source, server, later)
        server_id = None
        if server is not None:
            server_id = ids.server_id(server)
            await tx.execute(ENSURE_SERVER, server_id, server)
        if not await ledger.add(tx, prepared, source=source, server_id=server_id):
            return _duplicate(prepared)
        artifact = prepared.sha256.hex()
        if prepared.reason is not None:
            rejected = ArtifactRejected(artifact=artifact, name=prepared.name, reason=prepared.reason)
            await self._bus.publish(tx, rejected)
        return Outcome(
            name=prepared.name,
            outcome="quarantined" if prepared.reason is not None else "empty",
            reason=prepared.reason,
            detail=prepared.detail,
            artifact=artifact,
        )

    async def _import(
        self, tx: Connection, prepared: Prepared, source: str, server: str | None, later: bool
    ) -> Outcome:
        sighting = prepared.sighting
        assert isinstance(sighting, RoundSighting)
        assert prepared.parser is not None
        server = _server_of(sighting, server)
        artifact = prepared.sha256.hex()
        try:
            placed = await self._place(tx, prepared, sighting, server)
        except MayBeForgotten:
            zone = self.rules(server).zone
            played_at = at(on_the_clock_of(zone, sighting).ended_local, zone)
            prepared = await without_forgotten(tx, self.parsers, prepared, played_at)
            if prepared.verdict != "round":
                return await self._take(tx, prepared, source, server, later)
            assert isinstance(prepared.sighting, RoundSighting)
            placed = await self._place(tx, prepared, prepared.sighting, server, known_clean=True)
        imported = placed.imported
        if not await ledger.add(
            tx,
            prepared,
            source=source,
            server_id=imported.server_id,
            round_id=imported.round_id,
            revision=imported.revision,
            marks=self.sessions.marks(placed.sessions, server) if later else ledger.NO_MARKS,
        ):
            raise _KnownError
        assert prepared.parser is not None
        parser = self._by_name[prepared.parser]
        async with lend(tx, parser.plugin, back=False):  # publishing is everybody's right
            await parser.record.store(tx, prepared.record, imported)
            if not later:
                await self.sessions.settle(tx, placed.sessions)
        await self._bus.publish(tx, *placed.events)
        return Outcome(
            name=prepared.name,
            outcome="imported",
            artifact=artifact,
            round_id=imported.round_id,
            revision=imported.revision,
        )

    async def _place(
        self, tx: Connection, prepared: Prepared, sighting: RoundSighting, server: str, *, known_clean: bool = False
    ) -> Placed:
        assert prepared.parser is not None
        return await place(
            tx,
            server,
            sighting,
            self.rules(server),
            artifact=prepared.sha256.hex(),
            name=prepared.name,
            parser=prepared.parser,
            known_clean=known_clean,
        )

    async def _arrive(
        self, tx: Connection, prepared: Prepared, source: str, server: str | None, later: bool
    ) -> Outcome:
        """Store what adds to a round that other files make."""
        assert prepared.sighting is not None
        assert prepared.parser is not None
        server = server or clean_name(prepared.sighting.server_hint or "") or None
        if await mentions_forgotten(tx, prepared, self.rules(server or UNKNOWN_SERVER).zone):
            return await self._take(tx, nothing_of(prepared), source, server, later)
        server_id = None if server is None else ids.server_id(server)
        artifact = prepared.sha256.hex()
        if server is not None:
            await tx.execute(ENSURE_SERVER, server_id, server)
        if not await ledger.add(tx, prepared, source=source, server_id=server_id):
            raise _KnownError
        arrival = Arrival(artifact=artifact, name=prepared.name, server_id=server_id, server=server)
        parser = self._by_name[prepared.parser]
        async with lend(tx, parser.plugin):
            changed = await parser.record.store(tx, prepared.record, arrival)
        places = await tx.fetch(PLACES, list(changed or ()))
        if later:
            await self.sessions.mark_rounds(tx, [place["round_id"] for place in places])
        else:
            await self.sessions.settle(tx, sorted({place["session_id"] for place in places}))
        await self._bus.publish(tx, *(RoundRevised(**dict(place), cause="arrival") for place in places))
        return Outcome(
            name=prepared.name,
            outcome="imported",
            artifact=artifact,
            round_id=places[0]["round_id"] if places else None,
        )

    def prologue(self, prepared: Prepared, server: str | None) -> tuple[str, ...]:
        """What the transaction that imports a file has to begin with."""
        if isinstance(prepared.sighting, RoundMention):
            return arrival_prologue()
        return () if prepared.sighting is None else prologue(_server_of(prepared.sighting, server))

    def rules(self, server: str) -> Rules:
        """How rounds of this server hang together, by the settings."""
        own = self.settings.servers.get(server)
        return Rules(
            zone=ZoneInfo((own.timezone if own else None) or self.settings.timezone),
            gap=timedelta(minutes=self.settings.sessions.gap_minutes),
            window=timedelta(minutes=self.settings.sessions.match_window_minutes),
        )


def _server_of(sighting: RoundSighting, given: str | None) -> str:
    """The name of the game server: as it was given, else as the file says it."""
    return given or clean_name(sighting.server_hint or "") or UNKNOWN_SERVER


def _duplicate(prepared: Prepared) -> Outcome:
    return Outcome(name=prepared.name, outcome="duplicate", artifact=prepared.sha256.hex())
