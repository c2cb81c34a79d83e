"""Who looks at a page, and what they may do. For pages of plugins:

    async def settings(request: Request) -> Response:
        me = await require_login(request)          # 401 with a link to the login
        ...
    async def retry(request: Request) -> Response:
        me = await require(request, "ingest.retry")    # 403 without the right
        ...

Nothing is read before somebody asks, and nothing at all of a browser without our cookie. Rights are read from the
database with each request, so that one that was taken is gone with the next click. An answer after such a question is
marked as private to that person (`slomix.web.headers`): keep pages for everybody free of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit

import structlog
from starlette.requests import Request
from starlette.types import Scope

from slomix.people import logins
from slomix.people.audit import Who
from slomix.people.tiers import Tier, reaches
from slomix.reading import reading
from slomix.web.cookies import SESSION, Cookies
from slomix.web.guard import SAFE_METHODS
from slomix.web.headers import PRIVATE
from slomix.web.hosts import is_https
from slomix.web.problems import Forbidden, LoginNeeded

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.contrib import Capability
    from slomix.people.service import PeopleService
    from slomix.settings import CoreSettings
    from slomix.storage.database import Database

__all__ = [
    "LOGOUT",
    "LOGOUT_EVERYWHERE",
    "Auth",
    "LoginNeeded",
    "Viewer",
    "login_address",
    "own_path",
    "require",
    "require_login",
    "require_tier",
    "viewer",
]

log = structlog.get_logger("slomix.web")

#: Where people log in; a link, not a form: the content policy lets no form lead to another site.
LOGIN_PATH = "/-/login"
CALLBACK_PATH = "/-/callback"
#: Where a form is posted to log out this browser, or all of a person.
LOGOUT = "/-/logout"
LOGOUT_EVERYWHERE = "/-/logout/everywhere"
#: Of a path to go on to after the login.
LONGEST_PATH = 2000
_VIEWER = "slomix.viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who is logged in, as the database says it at this request.

    `rights` are names of capabilities: granted by name, everybody's by default, of a role of the guild, and of an admin
    all that plugins declare. `avatar` is Discord's hash of the picture, `session` tells this browser from the person's
    others, `since` is when it logged in.
    """

    discord_id: int
    name: str
    avatar: str | None
    player_id: str | None
    tier: Tier
    rights: frozenset[str]
    session: str
    since: datetime

    def may(self, capability: str) -> bool:
        """Whether they have a right."""
        return capability in self.rights or self.is_at_least("admin")

    def is_at_least(self, tier: Tier) -> bool:
        """Whether their tier reaches this one."""
        return reaches(self.tier, tier)

    def who(self, reason: str = "") -> Who:
        """Who asks for a change, for the audit log."""
        return Who.on_discord(self.discord_id, reason)


class Declared(Protocol):
    """A capability and the plugin that declares it."""

    @property
    def plugin(self) -> str: ...
    @property
    def record(self) -> Capability: ...


class Auth:
    """Knows people by their cookies. There is one for an application, as `app.state.auth`."""

    def __init__(
        self,
        db: Database,
        people: PeopleService,
        clock: Clock,
        settings: CoreSettings,
        declared: Callable[[], Sequence[Declared]],
    ) -> None:
        """`declared` gives the capabilities of the running plugins."""
        self.db = db
        self.people = people
        self.clock = clock
        self.settings = settings
        self.declared = declared
        self.cookies = Cookies(https=is_https(settings.web))
        self._noting: dict[bytes, asyncio.Task[None]] = {}

    def digest(self, request: Request) -> bytes | None:
        """The hash of what this browser's cookie holds; None where it has none."""
        return logins.digest_of(self.cookies.read(request, SESSION))

    async def viewer(self, request: Request) -> Viewer | None:
        """See `slomix.web.auth.viewer`. Whoever asks within one request gets the answer of one read."""
        looking: asyncio.Task[Viewer | None] | None = request.scope.get(_VIEWER)
        if looking is None:
            request.scope[PRIVATE] = True
            looking = request.scope[_VIEWER] = asyncio.create_task(self._look(request), name="viewer")
        # a part of a page that is given up must not take the answer from the others
        return await asyncio.shield(looking)

    async def _look(self, request: Request) -> Viewer | None:
        digest = self.digest(request)
        if digest is None:
            return None
        now = self.clock.now()
        found = await logins.find(self.db, digest, now)
        if found is None:
            self.cookies.log_out(request)
            return None
        if now - found.last_seen_at >= logins.SEEN_EVERY:
            self._note_seen(digest, now)
        tier: Tier = "owner" if found.discord_id == self.people.owner else found.tier
        return Viewer(
            discord_id=found.discord_id,
            name=found.name,
            avatar=found.avatar,
            player_id=found.player_id,
            tier=tier,
            rights=self._rights(found, tier),
            session=logins.key_of(digest),
            since=found.created_at,
        )

    def _rights(self, found: logins.Login, tier: Tier) -> frozenset[str]:
        everything = reaches(tier, "admin")
        declared = (each.record for each in self.declared())
        own = {right.name for right in declared if everything or right.default == "everyone"}
        mapped = self.settings.web.login.roles
        return frozenset({*own, *found.granted, *(right for role in found.roles for right in mapped.get(role, ()))})

    def _note_seen(self, digest: bytes, now: datetime) -> None:
        """Write down that a session is used, beside the request: that one may only read, and need not wait."""
        if digest in self._noting:
            return
        with reading(False):
            task = asyncio.create_task(self._seen(digest, now), name="note a session as seen")
        self._noting[digest] = task
        task.add_done_callback(lambda _: self._noting.pop(digest, None))

    async def _seen(self, digest: bytes, now: datetime) -> None:
        try:
            async with self.db.transaction(durable=False) as tx:
                await logins.seen(tx, digest, now)
        except Exception as error:
            log.warning("a session was not noted as seen", error=repr(error))

    async def settled(self) -> None:
        """Wait until all that is being noted is written."""
        await asyncio.gather(*self._noting.values())


async def viewer(request: Request) -> Viewer | None:
    """Who is logged in where this request comes from, None for a stranger."""
    return await auth_of(request).viewer(request)


async def require_login(request: Request) -> Viewer:
    """Who is logged in. Raises `LoginNeeded`."""
    found = await viewer(request)
    if found is None:
        raise LoginNeeded("You have to be logged in for this.", login=login_address(request))
    return found


async def require(request: Request, capability: str) -> Viewer:
    """Who is logged in and has a right. Raises `LoginNeeded` or `Forbidden`."""
    found = await require_login(request)
    if not found.may(capability):
        raise Forbidden(f"You need the right {capability!r} for this; an admin can grant it.")
    return found


async def require_tier(request: Request, tier: Tier) -> Viewer:
    """Who is logged in and is owner, admin or moderator, or more. Raises `LoginNeeded` or `Forbidden`."""
    found = await require_login(request)
    if not found.is_at_least(tier):
        raise Forbidden(f"This is for {'the owner' if tier == 'owner' else f'{tier}s'} only.")
    return found


def login_address(request: Request, *, back_to: str | None = None) -> str | None:
    """Where a link "Log in" leads, None while nobody can. After it people are back at `back_to`, else at this page."""
    if why_off(auth_of(request).settings):
        return None
    return f"{LOGIN_PATH}?next={quote(own_path(back_to if back_to is not None else _here(request.scope)), safe='/')}"


def why_off(settings: CoreSettings) -> str:
    """Why nobody can log in, by the settings; empty where they can."""
    login = settings.web.login
    if login.client_id is None:
        return "no slomix.web.login.client_id is set (SLOMIX_WEB__LOGIN__CLIENT_ID)"
    if login.client_secret is None:
        return "SLOMIX_WEB__LOGIN__CLIENT_SECRET is not set"
    return ""


def own_path(text: str) -> str:
    """`text` where it is a path of this site, `/` for anything that could lead elsewhere, or to the login again."""
    if not text.startswith("/") or len(text) > LONGEST_PATH or "\\" in text:
        return "/"
    if text.startswith("//") or any(character < " " or character == "\x7f" for character in text):
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith((LOGIN_PATH, CALLBACK_PATH, LOGOUT)):
        return "/"
    return text


def auth_of(request: Request) -> Auth:
    """The one `Auth` of the application."""
    auth: Auth = request.app.state.auth
    return auth


def _here(scope: Scope) -> str:
    """The page that is asked for; of a change the page that it was sent from."""
    request = Request(scope)
    if scope["method"] in SAFE_METHODS:
        where = request.url
        return f"{where.path}?{where.query}" if where.query else where.path
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.headers.get("host"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
