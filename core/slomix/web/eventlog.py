"""`GET /-/events`: what happened, as server-sent events, resumed from the event table where a browser left off."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from slomix.events import Event
from slomix.web.api import answer
from slomix.web.frames import (
    Entry,
    Envelope,
    Polled,
    Ring,
    Told,
    encode,
    frame,
    prelude,
    resume_point,
    wants_json,
)
from slomix.web.streams import Streams, Viewer

PAGE = 200


def public_keys(base: type[Event] = Event) -> frozenset[str]:
    """The keys of all events that are known now and that anyone may see (`Event.public`)."""
    found: set[str] = set()
    for kind in base.__subclasses__():
        if kind.public:
            found.add(kind.key())
        found |= public_keys(kind)
    return frozenset(found)


class EventStream:
    """The endpoint. It tells every public event; asked with `Accept: application/json` it answers with a page."""

    def __init__(self, streams: Streams, keys: frozenset[str]) -> None:
        self._streams = streams
        self._keys = keys
        self._ring: Ring | None = None
        self._audience: set[Viewer] = set()
        streams.listeners.append(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `TooManyRequests` or `BadRequest`; a database that is away is raised before anything is sent."""
        request = Request(scope)
        asked = resume_point(request, "last")
        await self._streams.ready()
        start = self._streams.last if asked is None else asked
        if start > self._streams.last:
            start = min(start, await self._streams.feed.latest())  # a number of another database is none of ours
        if wants_json(request):
            body = encode(await self._page(start))
            page = answer(request, body, media_type="application/json", headers={"Vary": "Accept"})
            await page(scope, receive, send)
        else:
            await self._streams.run(scope, receive, send, join=partial(self._join, start))

    def heard(self, envelope: Envelope) -> None:
        """Encode an event once and hand it to every browser. A signal is kept nowhere."""
        if envelope.key not in self._keys:
            if self._ring is not None:
                self._ring.pass_over(envelope.seq)
            return
        data = encode(envelope.payload)
        if self._ring is not None and envelope.seq:
            self._ring.add(envelope.seq, envelope.key, data)
        told = frame(envelope.seq, envelope.key, data)
        for viewer in self._audience:
            viewer.offer(envelope.seq, told)

    def beat(self) -> None:
        """Nothing to do."""

    def forget(self) -> None:
        """Begin anew with the next one."""
        self._ring = None

    async def _join(self, told: int, viewer: Viewer) -> set[Viewer]:
        """First what is in the table, then what this process still has, then what comes."""
        await viewer.catch_up(prelude(told))
        while (missed := self._missed(told)) is None:
            page = await self._streams.feed.since(told, PAGE)
            told = page[-1].seq if page else self._streams.last
            frames = [frame(e.seq, e.key, encode(e.payload)) for e in page if e.key in self._keys]
            if frames:
                await viewer.catch_up(b"".join(frames))
        viewer.begin(max(told, self._streams.last), b"".join(entry.frame for entry in missed))
        self._audience.add(viewer)
        return self._audience

    def _missed(self, told: int) -> list[Entry] | None:
        if self._ring is None:
            self._ring = Ring(self._streams.last)
        if told > self._ring.last:
            return []  # another process told it, this one will hear of it
        return self._ring.after(told)

    async def _page(self, after: int) -> Polled:
        page = await self._streams.feed.since(after, PAGE)
        events = [Told(id=e.seq, event=e.key, data=e.payload) for e in page if e.key in self._keys]
        return Polled(snapshot=None, events=events, last=page[-1].seq if page else after)
