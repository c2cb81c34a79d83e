"""What goes over an event stream, and the last of it that a process keeps for browsers that come back. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec
from starlette.requests import Request

from slomix.web.problems import BadRequest

RECONNECT_MS = 2000
HEARTBEAT = b": \n\n"
#: Entries that a `Ring` keeps.
RING_LENGTH = 128

encode = msgspec.json.Encoder().encode


class Envelope(Protocol):
    """An event as the bus tells it (`slomix.bus.Envelope`). `seq` 0 is a signal."""

    @property
    def seq(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...
    @property
    def published_at(self) -> datetime: ...


class Feed(Protocol):
    """The bus's live feed."""

    async def latest(self) -> int: ...
    async def since(self, seq: int, limit: int) -> list[Any]: ...
    def subscribe(self) -> AsyncIterator[Any]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a stream. `number` 0 is a signal: nobody resumes after it.

    It follows `base`: whoever has seen a number from `base` up to but not including `number` misses all of it or,
    between the two, an unknown part. `place` counts what this process has heard.
    """

    place: int
    base: int
    number: int
    event: str
    data: bytes

    @property
    def frame(self) -> bytes:
        """As it goes over the wire."""
        return frame(self.number, self.event, self.data)

    @property
    def told(self) -> Told:
        """As the JSON answer has it."""
        return Told(id=self.number, event=self.event, data=msgspec.Raw(self.data))


class Told(msgspec.Struct, frozen=True):
    """One event of a JSON answer: its number, its key, what it says."""

    id: int
    event: str
    data: Any


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream would have said, as one answer. `last` is the next `after`.

    `snapshot` is null where `after` was a number that the events follow on.
    """

    snapshot: Any
    events: list[Told]
    last: int


class Ring:
    """The last entries of a stream. `floor`: every numbered entry after it is here; `last`: the newest number."""

    def __init__(self, floor: int) -> None:
        self._entries: deque[Entry] = deque()
        self.floor = self.last = floor
        self.place = self._dropped = 0

    def add(self, number: int, event: str, data: bytes, *, base: int | None = None) -> Entry:
        """Take what was just heard; without a `base`, no number lies between it and the one before its own."""
        self.place += 1
        entry = Entry(self.place, number - 1 if base is None else base, number, event, data)
        self._entries.append(entry)
        self.last = max(self.last, number)
        if len(self._entries) > RING_LENGTH:
            gone = self._entries.popleft()
            self.floor = max(self.floor, gone.number)
            self._dropped = gone.place
        return entry

    def look_back(self, floor: int, older: list[tuple[int, str, bytes]]) -> None:
        """Put entries before all others: every one after number `floor` that this process did not hear itself."""
        left_out = max(0, len(older) + len(self._entries) - RING_LENGTH)
        kept = older[left_out:]
        self._entries.extendleft(Entry(0, seq - 1, seq, event, data) for seq, event, data in reversed(kept))
        self.floor = older[left_out - 1][0] if left_out else floor

    def pass_over(self, number: int) -> None:
        """A number that is nothing for this stream."""
        self.last = max(self.last, number)

    def reset(self, number: int) -> None:
        """Begin anew at `number`."""
        self._entries.clear()
        self.floor = self.last = number
        self.place += 1
        self._dropped = self.place

    def after(self, number: int) -> list[Entry] | None:
        """What somebody misses who has seen `number`; None where that is not known here."""
        if not self.floor <= number <= self.last:
            return None
        missed = [entry for entry in self._entries if entry.number > number]
        return None if missed and missed[0].base < number else missed

    def since(self, place: int, number: int) -> list[Entry] | None:
        """What was heard after `place` and is not part of a state at `number`; None where some is gone."""
        if place < self._dropped:
            return None
        return [entry for entry in self._entries if entry.place > place and not 0 < entry.number <= number]


def frame(number: int, event: str, data: bytes) -> bytes:
    """One event on the wire. JSON has no line breaks, so one `data` line holds it."""
    numbered = b"id: %d\n" % number if number else b""
    return b"%bevent: %b\ndata: %b\n\n" % (numbered, event.encode(), data)


def snapshot(number: int, data: bytes) -> bytes:
    """A whole state on the wire. It has a number also where that is 0, so that one comes back with it."""
    return b"id: %d\nevent: snapshot\ndata: %b\n\n" % (number, data)


def prelude(number: int | None = None) -> bytes:
    """The first frame: how soon to come back, and the number to come back with."""
    numbered = b"" if number is None else b"id: %d\n" % number
    return b"retry: %d\n%b\n" % (RECONNECT_MS, numbered)


def part(data: bytes) -> dict[str, Any]:
    """A part of the answer's body."""
    return {"type": "http.response.body", "body": data, "more_body": True}


def wants_json(request: Request) -> bool:
    """Whether a reader asks for one JSON answer instead of a stream."""
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/event-stream" not in accept


def resume_point(request: Request, parameter: str) -> int | None:
    """The last number that a browser saw: header `Last-Event-ID`, else the query parameter; None for a new one."""
    text = request.headers.get("last-event-id") or request.query_params.get(parameter)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadRequest(f"the last event's number must be a whole number, not {text[:40]!r}")
    return int(text)
