"""A live channel in one process: the state and the latest changes that all its readers share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from slomix.errors import PluginError
from slomix.reading import reading
from slomix.web.frames import Envelope, Polled, Ring, encode, prelude, snapshot
from slomix.web.streams import Streams, Viewer

if TYPE_CHECKING:
    from slomix.web.sse import Channel, Snapshot

log = structlog.get_logger("slomix.web")

CHANGES = "changes"
#: A state is read again after this time although nothing was heard: parts of it may age, and a signal may be lost.
FRESH_S = 5.0
#: How long a read may take that is made for readers who are connected.
READ_S = 10.0
RETRY_S = 1.0
#: Reads of a state that is ahead of what was told before everybody is told the state.
TRIES = 3
#: Numbered events that are looked through when a channel begins, for readers who come back after a restart.
LOOK_BACK = 500
#: Bytes of a state or of the changes that are told at once.
LARGEST = 1 << 20


async def running(channel: Channel, streams: Streams) -> Running:
    """The channel in this process, started where it is not."""
    await streams.ready()
    found = streams.channels.get(channel)
    if found is None:
        last = streams.last
        found = streams.channels[channel] = Running(channel, last)
        if channel.since is None:
            found.look_back(await streams.feed.since(max(0, last - LOOK_BACK), LOOK_BACK), last)
    return found


@dataclass(frozen=True, slots=True)
class _State:
    """A snapshot: its number, its JSON, what had been heard when its read began, and when that was."""

    number: int
    data: bytes
    place: int
    read_at: float


class Running:
    """A channel in one process. `audience` holds the connections that it tells."""

    def __init__(self, channel: Channel, last: int) -> None:
        self.audience: set[Viewer] = set()
        self._channel = channel
        self._ring = Ring(last)
        self._state: _State | None = None
        self._lock = asyncio.Lock()
        self._news = False
        self._reader: asyncio.Task[None] | None = None

    def heard(self, envelope: Envelope) -> None:
        """Tell an event, or look what it means."""
        if self._channel.since is not None:
            if envelope.key in self._channel.keys:
                self._look()
        elif envelope.key not in self._channel.keys:
            self._ring.pass_over(envelope.seq)
        else:
            self._tell(envelope)

    def beat(self) -> None:
        """A signal may have been lost with a connection; nobody who looks has to wait for the next one."""
        if self._channel.since is not None:
            self._look()

    def forget(self) -> None:
        """Nothing is heard any more."""
        if self._reader is not None:
            self._reader.cancel()

    def look_back(self, page: list[Any], last: int) -> None:
        """Take events that were told before this began: all there are from the first of `page` up to number `last`."""
        older = [(e.seq, e.key, self._encoded(e)) for e in page if e.seq <= last and e.key in self._channel.keys]
        if page:
            self._ring.look_back(page[0].seq - 1, [(seq, key, data) for seq, key, data in older if data is not None])

    def _tell(self, envelope: Envelope) -> None:
        data = self._encoded(envelope)
        if data is None:
            self._ring.pass_over(envelope.seq)
            return
        told = self._ring.add(envelope.seq, envelope.key, data).frame
        for viewer in self.audience:
            viewer.offer(envelope.seq, told)

    def _encoded(self, envelope: Envelope) -> bytes | None:
        tell = self._channel.tell
        try:
            value = envelope.payload if tell is None else tell(envelope)
            return None if value is None else encode(value)
        except Exception:
            log.exception("a channel could not tell an event", channel=self._channel.name, key=envelope.key)
            return None

    async def prepare(self) -> None:
        """After this, and before anything else is awaited, `join` and `polled` tell what is so now."""
        async with self._lock:
            for _ in range(TRIES):
                if self._state is not None and self._stale(self._state):
                    await self._advance()
                if self._state is not None and self._state.place == self._ring.place and not self._stale(self._state):
                    return
                found = await self._read()
                if self._channel.since is None or found.number == self._ring.last:
                    self._state = found
                    return
                if self._state is None:
                    break
                self._news = True  # it is ahead of what was told; what lies between goes first
            self._begin_with(found)

    def _stale(self, state: _State) -> bool:
        return self._news or monotonic() - state.read_at > FRESH_S

    def _look(self) -> None:
        self._news = True
        if self.audience and self._reader is None:
            self._reader = asyncio.create_task(self._read_on(), name=f"channel {self._channel.name}")

    async def _read_on(self) -> None:
        """Tell the audience what changed, until there is no more news."""
        try:
            while self._news and self.audience:
                try:
                    with reading():
                        async with asyncio.timeout(READ_S), self._lock:
                            await self._advance()
                except Exception as error:
                    log.warning("a channel could not read", channel=self._channel.name, error=repr(error))
                    await asyncio.sleep(RETRY_S)
        finally:
            self._reader = None

    async def _advance(self) -> None:
        """Read and tell what changed (with the lock)."""
        since, base = self._channel.since, self._ring.last
        if since is None:
            return
        value, number = await self._looked(since(base))
        data = encode(value)
        if number < base or len(data) > LARGEST:  # the numbers began anew, or nobody wants to read all that
            self._begin_with(await self._read())
        elif number > base:
            told = self._ring.add(number, CHANGES, data, base=base).frame
            for viewer in self.audience:
                viewer.offer(number, told)

    async def _read(self) -> _State:
        """Read the state (with the lock)."""
        place, began = self._ring.place, monotonic()
        value, number = await self._looked(self._channel.snapshot())
        data = encode(value)
        if len(data) > LARGEST:
            raise PluginError(
                f"The state of the channel {self._channel.name!r} has {len(data)} bytes, "
                f"at most {LARGEST} may be; leave out what is old."
            )
        return _State(number, data, place, began)

    def _begin_with(self, state: _State) -> None:
        """Tell a state to all: what follows on it would not fit for those who saw less."""
        self._ring.reset(state.number)
        self._state = replace(state, place=self._ring.place)
        for viewer in self.audience:
            viewer.begin(state.number, snapshot(state.number, state.data))

    async def _looked(self, read: Awaitable[Snapshot]) -> Snapshot:
        """The answer of a read. What is heard meanwhile, or a failure, makes another one necessary."""
        self._news = False
        try:
            return await read
        except BaseException:
            self._news = True
            raise

    def join(self, viewer: Viewer, after: int | None) -> None:
        """Tell a reader what he misses, or the state, and from now on what comes."""
        missed = None if after is None else self._ring.after(after)
        if after is not None and missed is not None:
            began = prelude(after)
        else:
            state = self._known()
            after, missed = state.number, self._ring.since(state.place, state.number) or []
            began = prelude() + snapshot(state.number, state.data)
        viewer.begin(
            max([after, *(entry.number for entry in missed)]), began + b"".join(entry.frame for entry in missed)
        )
        self.audience.add(viewer)

    def polled(self, after: int | None) -> Polled:
        """The same for a poll. Signals are for streams only: a poll could not say which of them it knows."""
        missed = None if after is None else self._ring.after(after)
        if after is not None and missed is not None:
            return Polled(snapshot=None, events=[entry.told for entry in missed], last=max(after, self._ring.last))
        state = self._known()
        follows = self._ring.since(state.place, state.number) or []
        return Polled(
            snapshot=msgspec.Raw(state.data),
            events=[entry.told for entry in follows if entry.number],
            last=max(state.number, self._ring.last),
        )

    def _known(self) -> _State:
        assert self._state is not None
        return self._state
