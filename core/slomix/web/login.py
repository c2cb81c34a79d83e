"""Logging in and out: `/-/login`, `/-/callback`, `/-/logout` and `/-/logout/everywhere`."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from slomix.people import logins
from slomix.reading import reading
from slomix.web.auth import (
    CALLBACK_PATH,
    LOGIN_PATH,
    LOGOUT,
    LOGOUT_EVERYWHERE,
    Auth,
    own_path,
    why_off,
)
from slomix.web.buckets import take
from slomix.web.cookies import LOGIN
from slomix.web.guard import refuse_other_sites
from slomix.web.hosts import public_origin
from slomix.web.mounts import NamedRoute
from slomix.web.oauth import Discord
from slomix.web.problems import BadRequest, NotFound

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from slomix.people.logins import DiscordUser

log = structlog.get_logger("slomix.web")

#: Logins, begun or finished, of one address.
LOGINS_PER_MINUTE = 40
#: How long somebody may take at Discord's page.
BEGUN_S = 600
#: Of what Discord sends along.
LONGEST_ANSWER = 1024
_AGAIN = ("Begin again", LOGIN_PATH)
_SEE_OTHER = 303


class Pending(msgspec.Struct, frozen=True):
    """A login that was begun, as its cookie holds it, sealed."""

    state: str
    verifier: str
    redirect: str
    back_to: str


class LoginRoutes:
    """The endpoints. `auth` knows the sessions."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        self._discord = Discord(auth.settings)
        self._origin = public_origin(auth.settings.web)

    def routes(self) -> list[BaseRoute]:
        """The routes of core."""
        return [
            NamedRoute(LOGIN_PATH, self.login, name="login"),
            NamedRoute(CALLBACK_PATH, self.callback),
            NamedRoute(LOGOUT, self.logout, methods=["POST"], name="logout"),
            NamedRoute(LOGOUT_EVERYWHERE, self.logout_everywhere, methods=["POST"], name="logout_everywhere"),
        ]

    async def login(self, request: Request) -> Response:
        """Send the browser to Discord, and remember in its cookie what for."""
        self._admit(request)
        back_to = own_path(request.query_params.get("next", "/"))
        if elsewhere := self._other_host(request, back_to):
            return RedirectResponse(elsewhere, _SEE_OTHER)
        redirect = f"{self._origin or str(request.base_url).rstrip('/')}{CALLBACK_PATH}"
        begun = self._discord.begin(redirect)
        pending = Pending(begun.state, begun.verifier, redirect, back_to)
        response = RedirectResponse(begun.url, _SEE_OTHER, {"Cache-Control": "no-store"})
        self._auth.cookies.set(request, response, LOGIN, self._seal(pending), BEGUN_S)
        return response

    async def callback(self, request: Request) -> Response:
        """Discord sent the browser back: find out who it is, and log them in."""
        self._admit(request)
        pending = self._pending(request)
        self._auth.cookies.drop(request, LOGIN)
        query = {name: request.query_params.get(name, "")[:LONGEST_ANSWER] for name in ("state", "code", "error")}
        if pending is None or not hmac.compare_digest(query["state"].encode(), pending.state.encode()):
            raise BadRequest(
                "This login was begun in another browser, took longer than ten minutes, or is over already.",
                link=_AGAIN,
            )
        again = ("Begin again", f"{LOGIN_PATH}?next={quote(pending.back_to, safe='/')}")
        if query["error"] or not query["code"]:
            raise BadRequest("You did not let Discord say who you are, so you are not logged in.", link=again)
        try:
            user = await self._discord.who(pending.redirect, query["code"], pending.verifier)
        except BadRequest as error:
            raise BadRequest(error.detail, link=again) from error
        return await self._welcome(request, user, pending.back_to)

    async def logout(self, request: Request) -> Response:
        """End the session of this browser."""
        refuse_other_sites(request.scope)
        self._take(request)
        if digest := self._auth.digest(request):
            async with self._auth.db.transaction() as tx:
                await logins.end(tx, digest)
        return self._goodbye(request)

    async def logout_everywhere(self, request: Request) -> Response:
        """End all sessions of whose this one is."""
        refuse_other_sites(request.scope)
        self._take(request)
        if viewer := await self._auth.viewer(request):
            async with self._auth.db.transaction() as tx:
                await logins.end_all(tx, viewer.discord_id)
        return self._goodbye(request)

    async def _welcome(self, request: Request, user: DiscordUser, back_to: str) -> Response:
        lasts = timedelta(days=self._auth.settings.web.login.days)
        # the one GET of the house that writes: it comes from Discord's page and proves itself by its state
        with reading(False):
            async with self._auth.db.transaction() as tx:
                session_id = await logins.begin(
                    tx,
                    user,
                    agent=request.headers.get("user-agent", ""),
                    now=self._auth.clock.now(),
                    lasts=lasts,
                    instead=self._auth.digest(request),
                )
        response = RedirectResponse(back_to, _SEE_OTHER, {"Cache-Control": "no-store"})
        self._auth.cookies.log_in(request, response, session_id, int(lasts.total_seconds()))
        log.info("logged in", discord_id=user.discord_id)
        return response

    def _goodbye(self, request: Request) -> Response:
        self._auth.cookies.log_out(request)
        back_to = own_path(request.query_params.get("next", "/"))
        return RedirectResponse(back_to, _SEE_OTHER, {"Cache-Control": "no-store"})

    def _admit(self, request: Request) -> None:
        if reason := why_off(self._auth.settings):
            raise NotFound(f"Nobody can log in here: {reason}.")
        self._take(request)

    def _take(self, request: Request) -> None:
        take(request, "slomix.login", per_minute=LOGINS_PER_MINUTE)

    def _other_host(self, request: Request, back_to: str) -> str | None:
        """The same at the public address, for a browser that is at another one of ours: cookies belong to a host.

        A proxy that tells us another host than the browser sees would send it round and round, hence only once.
        """
        if self._origin is None or "moved" in request.query_params:
            return None
        if urlsplit(self._origin).netloc.lower() == request.headers.get("host", "").lower():
            return None
        return f"{self._origin}{LOGIN_PATH}?next={quote(back_to, safe='/')}&moved=1"

    # ---- the cookie of a login that was begun -----------------------------------------------

    def _seal(self, pending: Pending) -> str:
        now = int(self._auth.clock.now().timestamp())
        return self._fernet().encrypt_at_time(msgspec.json.encode(pending), now).decode()

    def _pending(self, request: Request) -> Pending | None:
        """What was begun in this browser; None where that was nothing, is too old or not of our making."""
        from cryptography.fernet import InvalidToken

        sealed = self._auth.cookies.read(request, LOGIN).encode("ascii", "replace")
        now = int(self._auth.clock.now().timestamp())
        try:
            opened = self._fernet().decrypt_at_time(sealed, BEGUN_S, now)
        except InvalidToken:
            return None
        return msgspec.json.decode(opened, type=Pending)

    def _fernet(self) -> Fernet:
        """The seal's key, made of the client secret: the same in every process, and no further secret to keep."""
        from cryptography.fernet import Fernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        secret = self._auth.settings.web.login.client_secret
        material = secret.get_secret_value().encode() if secret is not None else b""
        return Fernet(urlsafe_b64encode(HKDF(SHA256(), 32, None, b"slomix: a login that was begun").derive(material)))
