"""Live channels: what a plugin's page serves so that it goes on while somebody looks at it.

A channel tells a state first (event `snapshot`), then what changes. All readers of a process share one state and one
read per change. The same address answers polls: with `Accept: application/json` and `?after=` it gives as one JSON
object what the stream would have said.

    tonight = Channel("tonight", snapshot=read_tonight, keys={"slomix.RoundImported"})

    async def endpoint(request):
        check_permission(request)
        return await tonight.answer(request)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from slomix.errors import PluginError
from slomix.host.contain import contained
from slomix.web.api import answer
from slomix.web.eventlog import public_keys
from slomix.web.frames import Envelope, encode, resume_point, wants_json
from slomix.web.running import running
from slomix.web.streams import HEADERS, Streams, Viewer

__all__ = ["Channel", "Envelope", "Snapshot"]

Snapshot = tuple[Any, int]


class Channel:
    """What is told, the same in every process.

    `snapshot()` reads the whole state: a JSON-like value and the number that it is up to date with. `keys` are the
    events and signals after which there is news. What is told of them is one of:

    - the events themselves, under their keys and numbers. `tell(event)` makes something else of an event, or None to
      leave it out; events that are not public need it. The number of `snapshot` is that of the newest event.
    - with `since(number)`, what changed after a number, and the number it leads to: one event `changes` for all that
      happened meanwhile. Numbers are the plugin's own and only grow. Keys are just what wakes it.

    Both reads are made once per process and change, whoever many look. An event told between two reads is told once:
    either it is part of the state or it follows.
    """

    def __init__(
        self,
        name: str,
        *,
        snapshot: Callable[[], Awaitable[Snapshot]],
        keys: Iterable[str],
        tell: Callable[[Envelope], Any] | None = None,
        since: Callable[[int], Awaitable[Snapshot]] | None = None,
    ) -> None:
        self.name = name
        self.keys = frozenset(keys)
        self.snapshot = contained(snapshot)
        self.tell = None if tell is None else contained(tell)
        self.since = None if since is None else contained(since)
        if tell is not None and since is not None:
            raise PluginError(f"The channel {name!r} has both `tell` and `since`; take one out.")

    async def answer(self, request: Request) -> Response:
        """The stream, or the JSON of a poll. Whoever may not see it has to be refused before.

        Raises `BadRequest`, `PluginError` for events that are not public, or what `snapshot` raises;
        `TooManyRequests` comes with the answer.
        """
        self._check()
        after = resume_point(request, "after")
        streams: Streams = request.app.state.streams
        here = await running(self, streams)
        await here.prepare()
        if wants_json(request):
            body = encode(here.polled(after))
            return answer(request, body, media_type="application/json", headers={"Vary": "Accept"})
        return _Stream(self, streams, after)

    def _check(self) -> None:
        """What events say is seen by whoever may see the channel, so they have to be for everybody, or picked."""
        hidden = self.keys - public_keys() if self.tell is None and self.since is None else None
        if hidden:
            raise PluginError(
                f"The channel {self.name!r} names events that are not public ({', '.join(sorted(hidden))}); "
                "give it a `tell` that picks what people may see."
            )


class _Stream(StreamingResponse):
    """The answer that goes on."""

    def __init__(self, channel: Channel, streams: Streams, after: int | None) -> None:
        super().__init__(iter(()))
        self.raw_headers = list(HEADERS)
        self._channel = channel
        self._streams = streams
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._streams.run(scope, receive, send, headers=self.raw_headers, join=self._join)

    async def _join(self, viewer: Viewer) -> set[Viewer]:
        here = await running(self._channel, self._streams)
        await here.prepare()
        here.join(viewer, self._after)
        return here.audience
