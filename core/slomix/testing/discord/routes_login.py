"""OAuth 2 as people log in with it: the page where they agree, the token for the code, and who the token is of.

`GET /oauth2/authorize` is a plain page with a link per person of the guild; `FakeDiscord.agree` does what a click does.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from slomix.testing.discord import payloads
from slomix.testing.discord.models import ApiError, Json
from slomix.testing.discord.rest import API, answer, read_body
from slomix.testing.discord.world import World

#: Discord's codes live about as long.
CODE_SECONDS = 600.0
TOKEN_SECONDS = 604_800
SCOPES = frozenset(("identify", "guilds.members.read"))
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in as · fake Discord</title>
<link rel="stylesheet" href="/_/static/login.css">
</head>
<body>
<main>
<h1>Who are you?</h1>
<p>This is a fake Discord. Slomix at <b>{redirect}</b> asks who you are ({scope}).</p>
<ul>
{people}
</ul>
<p><a class="no" href="{refuse}">Cancel</a></p>
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application asks for in the address of the page."""

    redirect: str
    scope: str
    state: str
    challenge: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """A code: for whom, what was asked, until when."""

    person: str
    asked: Asked
    until: float


class LoginRoutes:
    """The endpoints. A code is good once, a token for what its scope says."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._codes: dict[str, Agreed] = {}
        self._tokens: dict[str, Agreed] = {}

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_get("/oauth2/authorize", self.authorize)
        router.add_post(f"{API}/oauth2/token", self.token)
        router.add_get(f"{API}/users/@me/guilds/{{guild}}/member", self.member)

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """The page; with `person` (an id, or `nobody`) what its links do."""
        query = request.query
        asked = Asked(
            query.get("redirect_uri", ""),
            query.get("scope", ""),
            query.get("state", ""),
            query.get("code_challenge", ""),
        )
        if problem := self._problem(query.get("client_id", ""), query.get("response_type", ""), asked):
            return web.Response(text=problem, status=400)
        if asked.challenge and query.get("code_challenge_method") != "S256":
            return web.Response(text="code_challenge_method: only S256 is known", status=400)
        person = query.get("person")
        if person is None:
            return self._page(request, asked)
        raise web.HTTPFound(self._back(asked, person))

    def _problem(self, client: str, kind: str, asked: Asked) -> str:
        if client != self.world.application_id:
            return "client_id: there is no such application"
        if kind != "code":
            return "response_type: only code is known"
        if not asked.redirect.startswith(("http://", "https://")):
            return "redirect_uri: is missing"
        if not asked.scope or not set(asked.scope.split()) <= SCOPES:
            return f"scope: one of {', '.join(sorted(SCOPES))}"
        return ""

    def _page(self, request: web.Request, asked: Asked) -> web.Response:
        def link(person: str) -> str:
            return escape(f"/oauth2/authorize?{urlencode({**request.query, 'person': person})}")

        people = "\n".join(
            f'<li><a href="{link(each["id"])}">{escape(each["global_name"])}</a></li>'
            for each in self.world.people.values()
        )
        page = PAGE.format(
            redirect=escape(asked.redirect), scope=escape(asked.scope), people=people, refuse=link("nobody")
        )
        return web.Response(text=page, content_type="text/html", headers=HEADERS)

    def _back(self, asked: Asked, person: str) -> str:
        """Where the browser goes on to."""
        if person not in self.world.people:
            told = {"error": "access_denied", "error_description": "The resource owner denied the request"}
        else:
            code = secrets.token_urlsafe(20)
            self._codes[code] = Agreed(person, asked, time.monotonic() + CODE_SECONDS)
            told = {"code": code}
        return f"{asked.redirect}?{urlencode({**told, 'state': asked.state})}"

    async def token(self, request: web.Request) -> web.Response:
        """A token for a code, once, for the application that asked and the browser that began."""
        body, _ = await read_body(request)
        if not self._is_the_application(request, body):
            return answer({"error": "invalid_client"}, 401)
        if body.get("grant_type") != "authorization_code":
            return answer({"error": "unsupported_grant_type"}, 400)
        agreed = self._codes.pop(body.get("code", ""), None)
        if agreed is None or agreed.until < time.monotonic() or body.get("redirect_uri") != agreed.asked.redirect:
            return answer({"error": "invalid_grant", "error_description": 'Invalid "code" in request.'}, 400)
        if agreed.asked.challenge and _challenge(body.get("code_verifier", "")) != agreed.asked.challenge:
            return answer({"error": "invalid_grant", "error_description": "Invalid code_verifier"}, 400)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = agreed
        told: Json = {"token_type": "Bearer", "access_token": token, "expires_in": TOKEN_SECONDS}
        return answer(told | {"refresh_token": secrets.token_urlsafe(24), "scope": agreed.asked.scope})

    def _is_the_application(self, request: web.Request, body: Json) -> bool:
        """By HTTP Basic, or by what stands in the body."""
        kind, _, basic = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            client, _, secret = b64decode(basic).decode().partition(":")
        else:
            client, secret = body.get("client_id", ""), body.get("client_secret", "")
        return client == self.world.application_id and hmac.compare_digest(secret, self.world.client_secret)

    def person_of(self, request: web.Request, scope: str) -> Json:
        """Whose bearer token this is. `ApiError` without one that may be used for this."""
        agreed = self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if agreed is None:
            raise ApiError(401, 0, "401: Unauthorized")
        if scope not in agreed.asked.scope.split():
            raise ApiError(403, 50001, "Missing Access")
        return self.world.people[agreed.person]

    async def member(self, request: web.Request) -> web.Response:
        """The person in a guild, with their roles there."""
        person = self.person_of(request, "guilds.members.read")
        if request.match_info["guild"] != self.world.guild_id:
            raise ApiError(404, 10004, "Unknown Guild")
        return answer(payloads.member(person, self.world.roles.get(person["id"], ())))


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
