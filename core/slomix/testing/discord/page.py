"""The channel in a browser: what a person sees there, live, and what they do, on the paths of the tests' `Person`.

`GET /` is the page, `GET /_/events` what happens (server-sent events), `POST /_/slash`, `suggest`, `press`, `submit`
and `say` what a person does; `GET /_/messages` is the channel for programs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from slomix.testing.discord import payloads
from slomix.testing.discord.catalogue import leaves, typed_values
from slomix.testing.discord.feed import COMMANDS, MESSAGE, STATUS, News
from slomix.testing.discord.models import Json, Message
from slomix.testing.discord.people import PATIENCE_SECONDS, Person
from slomix.testing.discord.rest import answer

STATIC = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
KEEP_ALIVE_SECONDS = 15.0


class PageRoutes:
    """The page, its files, what happens and what a person does."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.world, self.gateway = person.world, person.gateway

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_get("/", self.page)
        router.add_get("/_/static/{name}", self.file)
        router.add_get("/_/files/{message}/{name}", self.attached)
        router.add_get("/_/events", self.events)
        router.add_get("/_/messages", self.messages)
        for name, act in (
            ("slash", self.slash),
            ("suggest", self.suggest),
            ("press", self.press),
            ("submit", self.submit),
            ("say", self.say),
        ):
            router.add_post(f"/_/{name}", acting(act, self._refusal))

    # ---- what is seen -----------------------------------------------------------------------

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The channel for people."""
        return _file("index.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A style sheet or a module of script."""
        name = request.match_info["name"]
        if name not in {path.name for path in STATIC.iterdir()}:
            raise web.HTTPNotFound
        return _file(name)

    async def attached(self, request: web.Request) -> web.StreamResponse:
        """A file that goes along with a message; a browser shows pictures only."""
        message = self.world.messages.get(request.match_info["message"])
        name = request.match_info["name"]
        if message is None or name not in message.files:
            raise web.HTTPNotFound
        kind = "image/png" if name.endswith(".png") else "application/octet-stream"
        return web.Response(body=message.files[name], headers={**HEADERS, "Content-Type": kind})

    async def messages(self, request: web.Request) -> web.Response:
        """The channel for programs: message objects with their nonce and number of edits, oldest first."""
        found: list[dict[str, Any]] = [
            payloads.message(message, self.world.guild_id, nonce=True) | {"edits": message.edits}
            for message in self.world.history()
        ]
        return answer(found)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """All there is, then everything that happens."""
        stream = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await stream.prepare(request)
        with self.world.feed.watch() as news:
            await stream.write(_event("hello", self._everything()))
            while True:
                try:
                    happened = await asyncio.wait_for(news.get(), KEEP_ALIVE_SECONDS)
                    await stream.write(self._told(happened))
                except TimeoutError:
                    await stream.write(b": still here\n\n")
                except ConnectionResetError:
                    return stream

    def _everything(self) -> Json:
        seen = [self._seen(message) for message in self.world.messages.values() if _visible(message)]
        return {"channel": self.world.channel()["name"], "messages": seen, **self._commands(), **self._status()}

    def _commands(self) -> Json:
        return {"commands": leaves(self.world.commands)}

    def _status(self) -> Json:
        return {"connected": self.gateway.connected}

    def _seen(self, message: Message) -> Json:
        more = {"edits": message.edits, "thinking": message.deferred, "used": message.used}
        return payloads.message(message, self.world.guild_id) | more | {"ephemeral": message.ephemeral}

    def _told(self, news: News) -> bytes:
        if news.kind == MESSAGE:
            message = self.world.messages.get(news.about)
            if message is None or not _visible(message):
                return _event("gone", {"id": news.about})
            return _event(MESSAGE, self._seen(message))
        return _event(COMMANDS, self._commands()) if news.kind == COMMANDS else _event(STATUS, self._status())

    # ---- what a person does -----------------------------------------------------------------

    def _refusal(self, request: web.Request) -> str:
        """Why nothing can be done now; other sites may not act as the person at all."""
        origin = request.headers.get("Origin")
        if request.content_type != "application/json" or (origin and urlsplit(origin).netloc != request.host):
            return "Only this page may do that."
        return "" if self.gateway.connected else "slomix is away; wait until it is back."

    async def slash(self, body: Json) -> Json:
        """Run a command."""
        values = typed_values(self.world.commands, body["path"], _mapping(body["options"]))
        return _form(await self.person.slash(body["path"], timeout=PATIENCE_SECONDS, **values))

    async def suggest(self, body: Json) -> Json:
        """What the bot offers for an option while it is typed."""
        values = typed_values(self.world.commands, body["path"], _mapping(body["options"]))
        values.pop(body["option"], None)
        return {"choices": await self.person.autocomplete(body["path"], body["option"], body["typed"], **values)}

    async def press(self, body: Json) -> Json:
        """Press a button."""
        message = self._message(body["message"])
        return _form(await self.person.click(message, body["custom_id"], timeout=PATIENCE_SECONDS))

    async def submit(self, body: Json) -> Json:
        """Send a form."""
        form = self._message(body["message"])
        return _form(await self.person.submit(form, timeout=PATIENCE_SECONDS, **_mapping(body["values"])))

    async def say(self, body: Json) -> Json:
        """Write in the channel."""
        await self.person.say(str(body["content"])[:2000])
        return {}

    def _message(self, message_id: str) -> Message:
        message = self.world.messages.get(message_id)
        if message is None:
            raise LookupError("That message is gone.")
        return message


def acting(
    act: Callable[[Json], Awaitable[Json]], refusal: Callable[[web.Request], str]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A route that does something for the person; what goes wrong is told in a sentence."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if reason := refusal(request):
            return answer({"error": reason}, 409)
        try:
            return answer(await act(await request.json()))
        except TimeoutError:
            return answer({"error": "The application did not respond."}, 504)
        except (KeyError, TypeError, json.JSONDecodeError):
            return answer({"error": "That is not what this page sends."}, 400)
        except (LookupError, ValueError) as error:
            return answer({"error": str(error)}, 400)

    return handle


def _mapping(value: Any) -> Json:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _visible(message: Message) -> bool:
    return message.choices is None and message.modal is None


def _form(message: Message) -> Json:
    """What the page needs beside what arrives as an event: a form to fill in."""
    return {} if message.modal is None else {"form": message.modal, "message": message.id}


def _event(kind: str, data: Json) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def _file(name: str) -> web.Response:
    path = STATIC / name
    return web.Response(
        body=path.read_bytes(), headers={**HEADERS, "Content-Type": f"{TYPES[path.suffix]}; charset=utf-8"}
    )
