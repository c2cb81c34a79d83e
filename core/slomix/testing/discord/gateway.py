"""The gateway websocket: HELLO, IDENTIFY, READY, RESUME with a replay of what was missed, heartbeats."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from slomix.testing.discord.feed import STATUS
from slomix.testing.discord.models import Json
from slomix.testing.discord.world import PRIVILEGED_INTENTS, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 8, 9, 10, 11
KEPT_EVENTS = 100


@dataclass(slots=True)
class Session:
    """A client's session; `events` are the last ones, so that a RESUME gets what it missed."""

    id: str
    socket: web.WebSocketResponse
    events: list[tuple[int, str, Json]] = field(default_factory=list)
    sequence: int = 0

    async def send(self, event: str, data: Json) -> None:
        """Number, keep and, if the client is there, deliver."""
        self.sequence += 1
        self.events = [*self.events[-KEPT_EVENTS:], (self.sequence, event, data)]
        if not self.socket.closed:
            await _frame(self.socket, self.sequence, event, data)

    async def replay(self, after: int) -> None:
        """Deliver again what came after a sequence number."""
        for sequence, event, data in self.events:
            if sequence > after:
                await _frame(self.socket, sequence, event, data)


async def _frame(socket: web.WebSocketResponse, sequence: int, event: str, data: Json) -> None:
    await socket.send_json({"op": DISPATCH, "t": event, "s": sequence, "d": data})


class Gateway:
    """All sessions. `identifies` and `resumes` hold what clients sent."""

    def __init__(self, world: World, url: str, *, heartbeat_ms: int) -> None:
        self.world = world
        self.url = url
        self.heartbeat_ms = heartbeat_ms
        self.sessions: dict[str, Session] = {}
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self._present = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One client's connection, until it closes."""
        socket = web.WebSocketResponse()
        if self.world.out:
            raise web.HTTPBadGateway
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None, "t": None})
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._frame(socket, json.loads(message.data))
        self.world.feed.tell(STATUS)
        return socket

    @property
    def connected(self) -> bool:
        """Whether a client is there."""
        return any(not session.socket.closed for session in self.sessions.values())

    async def _frame(self, socket: web.WebSocketResponse, frame: Json) -> None:
        match frame["op"]:
            case 1:
                await socket.send_json({"op": ACK, "d": None, "s": None, "t": None})
            case 2:
                await self._identify(socket, frame["d"])
            case 6:
                await self._resume(socket, frame["d"])
            case 8:
                await self._members(socket, frame["d"])

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        if data["token"] != self.world.token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & PRIVILEGED_INTENTS & ~self.world.privileged_intents:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        session = Session(f"session-{self.world.snowflake()}", socket)
        self.sessions[session.id] = session
        ready = {
            "v": 10,
            "user": self.world.bot,
            "guilds": [{"id": self.world.guild_id, "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": self.world.application_id, "flags": 0},
        }
        await session.send("READY", ready)
        await session.send("GUILD_CREATE", self.world.guild())
        self.world.feed.tell(STATUS)
        async with self._present:
            self.identifies.append(data)
            self._present.notify_all()

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send_json({"op": INVALID, "d": False, "s": None, "t": None})
            return
        session.socket = socket
        await session.replay(int(data["seq"]))
        await session.send("RESUMED", {"_trace": []})
        self.world.feed.tell(STATUS)
        async with self._present:
            self.resumes.append(data)
            self._present.notify_all()

    async def _members(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = next(s for s in self.sessions.values() if s.socket is socket)
        chunk = {
            "guild_id": self.world.guild_id,
            "members": self.world.guild()["members"],
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": data.get("nonce"),
        }
        await session.send("GUILD_MEMBERS_CHUNK", chunk)

    async def dispatch(self, event: str, data: Json) -> None:
        """Send an event to every session; one whose client is away gets it at its RESUME."""
        if not self.sessions:
            raise LookupError("no client has connected to the fake Discord yet")
        for session in list(self.sessions.values()):
            await session.send(event, data)

    async def ready(self, *, identifies: int = 1, timeout: float = 10.0) -> None:
        """Wait until so many sessions were opened."""
        async with self._present:
            await asyncio.wait_for(self._present.wait_for(lambda: len(self.identifies) >= identifies), timeout)

    async def resumed(self, *, times: int = 1, timeout: float = 10.0) -> None:
        """Wait until a client resumed so many times."""
        async with self._present:
            await asyncio.wait_for(self._present.wait_for(lambda: len(self.resumes) >= times), timeout)

    async def drop(self, code: int = 4000) -> None:
        """Close every connection as Discord does on a bad day; sessions stay, so clients can resume."""
        for session in self.sessions.values():
            if not session.socket.closed:
                await session.socket.close(code=code)
