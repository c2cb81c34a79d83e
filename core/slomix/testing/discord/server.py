"""The fake as one aiohttp server on loopback."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

from aiohttp import ClientSession, web
from yarl import URL

from slomix.testing.discord.gateway import Gateway
from slomix.testing.discord.models import Call, Json, Message
from slomix.testing.discord.page import PageRoutes
from slomix.testing.discord.people import Person
from slomix.testing.discord.quotas import Quotas, too_many
from slomix.testing.discord.rest import API, frame
from slomix.testing.discord.routes_commands import CommandRoutes
from slomix.testing.discord.routes_interactions import InteractionRoutes
from slomix.testing.discord.routes_login import LoginRoutes
from slomix.testing.discord.routes_messages import MessageRoutes
from slomix.testing.discord.world import Fault, Hold, World

MAX_BODY = 30 << 20
FAKE_TOKEN = "fake-token"  # noqa: S105 - accepted by the fake only


class FakeDiscord:
    """Discord for one bot, one guild, one channel and one person.

    `port` 0 takes a free one. `answer_within` is the time in which an interaction must be acknowledged (seconds).
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = FAKE_TOKEN,
        guild_id: str | None = None,
        channel_id: str | None = None,
        heartbeat_ms: int = 10_000,
        answer_within: float = 3.0,
    ) -> None:
        self._socket = socket.create_server((host, port))
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self.world = World(token=token, guild_id=guild_id, channel_id=channel_id, answer_within=answer_within)
        self.gateway = Gateway(self.world, self.gateway_url, heartbeat_ms=heartbeat_ms)
        self.person = Person(self.world, self.gateway, f"http://{host}:{self.port}")
        self._runner: web.AppRunner | None = None

    @property
    def token(self) -> str:
        """The bot token that the fake accepts."""
        return self.world.token

    @property
    def guild_id(self) -> int:
        """The guild's id."""
        return int(self.world.guild_id)

    @property
    def channel_id(self) -> int:
        """The channel's id."""
        return int(self.world.channel_id)

    @property
    def client_id(self) -> int:
        """The id of the application that people log in with; `world.client_secret` is its secret."""
        return int(self.world.application_id)

    @property
    def api_base(self) -> str:
        """What `SLOMIX_DISCORD__API_BASE` has to be."""
        return f"http://{self.host}:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        """What `SLOMIX_DISCORD__GATEWAY_URL` has to be."""
        return f"ws://{self.host}:{self.port}/gateway/"

    async def start(self) -> None:
        """Serve."""
        logins = LoginRoutes(self.world)
        app = web.Application(client_max_size=MAX_BODY, middlewares=[frame(self.world)])
        app.router.add_get("/gateway/", self.gateway.handle)
        for routes in (
            logins,
            CommandRoutes(self.world, self.gateway_url, logins),
            InteractionRoutes(self.world),
            MessageRoutes(self.world),
            PageRoutes(self.person),
        ):
            routes.add_to(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def stop(self) -> None:
        """Close every connection and the port."""
        await self.gateway.drop(code=1000)
        for hold in self.world.holds:
            hold.release()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> FakeDiscord:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def agree(self, url: str, person: str | None = None) -> str:
        """Do what a click on the page at `url` does, where a website asks who somebody is; answers where it leads to.

        `person` is an id, `nobody` cancels; None is `world.person`. LookupError with what the page says against it.
        """
        as_whom = {"person": person or self.world.person["id"]}
        async with (
            ClientSession() as session,
            session.get(URL(url, encoded=True).update_query(as_whom), allow_redirects=False) as answer,
        ):
            if answer.status != 302:
                raise LookupError(await answer.text())
            return answer.headers["Location"]

    # ---- what a test looks at and breaks ------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """Every REST request so far."""
        return self.world.calls

    def calls_of(self, method: str, pattern: str) -> list[Call]:
        """The requests of a method whose path matches."""
        return [call for call in self.calls if call.method == method and re.search(pattern, call.path)]

    def posts(self) -> list[Message]:
        """What stands in the channel, oldest first."""
        return self.world.history()

    def fail_next(
        self,
        pattern: str,
        status: int,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
        *,
        after: bool = False,
    ) -> None:
        """Answer the next request whose "METHOD /path" matches with this: without any effect, or `after` it."""
        fault = Fault(re.compile(pattern), status, body or {"message": "fault", "code": 0}, headers or {}, after)
        self.world.faults.append(fault)

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """Discord is down: connections are closed, and every request is answered with 502."""
        self.world.out = True
        await self.gateway.drop(code=1001)
        try:
            yield
        finally:
            self.world.out = False

    @property
    def quotas(self) -> Quotas:
        """The rate limits: `ration` a route, `close` all of it for a time."""
        return self.world.quotas

    def limit_next(self, pattern: str, seconds: float) -> None:
        """Answer the next matching request with 429 and `Retry-After`."""
        body, headers = too_many(seconds)
        self.fail_next(pattern, 429, body, headers)

    def hold_next(self, pattern: str) -> Hold:
        """Let the next matching request have its effect, but hold the answer back."""
        hold = Hold(re.compile(pattern))
        self.world.holds.append(hold)
        return hold
