"""Asking Discord who somebody is: OAuth 2, authorization code with PKCE, by Authlib. The library loads at first use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin

import msgspec
import structlog

from slomix.people.logins import DiscordUser
from slomix.web.problems import BadRequest, Unavailable

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    from slomix.settings import CoreSettings

log = structlog.get_logger("slomix.web")

#: All that is asked for; the second one only where roles of the guild give rights.
IDENTIFY, MEMBER = "identify", "guilds.members.read"
#: How long Discord may take for one answer.
TIMEOUT_S = 10.0

T = TypeVar("T")


class _User(msgspec.Struct, frozen=True):
    id: int
    username: str
    global_name: str | None = None
    avatar: str | None = None


class _Member(msgspec.Struct, frozen=True):
    roles: list[int] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A login that was begun: where the browser goes, and what must be known when it comes back."""

    url: str
    state: str
    verifier: str


class Discord:
    """The application that people log in with. What Discord gives for a code is used for one login and forgotten."""

    def __init__(self, settings: CoreSettings) -> None:
        self._api = settings.discord.api_base.rstrip("/")
        self._login = settings.web.login
        self._guild = settings.discord.guild

    def begin(self, redirect: str) -> Begun:
        """A new login that comes back to `redirect`."""
        from authlib.common.security import generate_token

        state, verifier = generate_token(43), generate_token(64)
        client = self._client(redirect)
        url, _ = client.create_authorization_url(
            urljoin(self._api, "/oauth2/authorize"), state=state, code_verifier=verifier
        )
        return Begun(url=str(url), state=state, verifier=verifier)

    async def who(self, redirect: str, code: str, verifier: str) -> DiscordUser:
        """Who let us know, by the code that Discord sent along. Raises `BadRequest` for one it does not accept."""
        import httpx2
        from authlib.integrations.base_client import OAuthError

        try:
            async with self._client(redirect) as client:
                await client.fetch_token(f"{self._api}/oauth2/token", code=code, code_verifier=verifier)
                user = await self._read(client, "/users/@me", _User)
                roles = await self._roles(client)
        except OAuthError as error:
            raise _refused(error.error or "") from error
        except (httpx2.HTTPError, ValueError, msgspec.MsgspecError) as error:
            log.warning("Discord did not say who logs in", error=repr(error))
            raise Unavailable("Discord did not answer as it should; try again in a minute.") from error
        name = user.global_name or user.username
        return DiscordUser(discord_id=user.id, name=name, avatar=user.avatar, roles=roles)

    async def _roles(self, client: AsyncOAuth2Client) -> tuple[int, ...]:
        """Those roles in the guild that give rights; none of who is not in it."""
        if not self._asks_for_roles:
            return ()
        member = await self._read(client, f"/users/@me/guilds/{self._guild}/member", _Member, missing=_Member())
        return tuple(sorted(role for role in member.roles if role in self._login.roles))

    @property
    def _asks_for_roles(self) -> bool:
        return self._guild is not None and bool(self._login.roles)

    async def _read(self, client: AsyncOAuth2Client, path: str, kind: type[T], *, missing: T | None = None) -> T:
        answer = await client.get(f"{self._api}{path}")
        if answer.status_code == 404 and missing is not None:
            return missing
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=kind, strict=False)

    def _client(self, redirect: str) -> AsyncOAuth2Client:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        secret = self._login.client_secret
        more: dict[str, Any] = {"code_challenge_method": "S256", "timeout": TIMEOUT_S}
        return AsyncOAuth2Client(
            str(self._login.client_id),
            secret.get_secret_value() if secret is not None else None,
            scope=f"{IDENTIFY} {MEMBER}" if self._asks_for_roles else IDENTIFY,
            redirect_uri=redirect,
            **more,
        )


def _refused(error: str) -> BadRequest | Unavailable:
    """The answer for what Discord says in `error`, a word of RFC 6749."""
    if error in ("invalid_client", "unauthorized_client"):
        log.error("Discord refuses the client id or the client secret", error=error)
        return Unavailable("The login is not set up right: Discord refuses this Slomix. Tell an admin.")
    log.info("Discord refused a login", error=error)
    return BadRequest("Discord did not accept this login: it was used already or is too old. Begin again.")
