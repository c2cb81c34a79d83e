"""REST: who the bot is, where the gateway is, and the application's commands."""

from __future__ import annotations

from aiohttp import web

from slomix.testing.discord import payloads
from slomix.testing.discord.feed import COMMANDS
from slomix.testing.discord.limits import check_commands
from slomix.testing.discord.models import ApiError, Json
from slomix.testing.discord.rest import API, answer, read_body
from slomix.testing.discord.routes_login import LoginRoutes
from slomix.testing.discord.world import World

GLOBAL = "global"


class CommandRoutes:
    """Log-in and the bulk upsert, listing and deletion of commands, global and of a guild."""

    def __init__(self, world: World, gateway_url: str, logins: LoginRoutes) -> None:
        self.world = world
        self._logins = logins
        self.gateway_url = gateway_url

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_get(f"{API}/users/@me", self.me)
        router.add_get(f"{API}/oauth2/applications/@me", self.application)
        router.add_get(f"{API}/gateway/bot", self.gateway)
        router.add_get(f"{API}/users/@me/guilds", self.guilds)
        for scope in ("", "/guilds/{guild}"):
            router.add_get(f"{API}/applications/{{app}}{scope}/commands", self.list)
            router.add_put(f"{API}/applications/{{app}}{scope}/commands", self.replace)
            router.add_delete(f"{API}/applications/{{app}}{scope}/commands/{{command}}", self.delete)

    async def me(self, request: web.Request) -> web.Response:
        """The bot's user, or the person whose token it is."""
        if request.headers.get("Authorization", "").startswith("Bearer "):
            return answer(self._logins.person_of(request, "identify"))
        return answer(self.world.bot)

    async def application(self, request: web.Request) -> web.Response:
        """The bot's application."""
        return answer(payloads.application(self.world.application_id, self.world.person))

    async def gateway(self, request: web.Request) -> web.Response:
        """Where to connect."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return answer({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def guilds(self, request: web.Request) -> web.Response:
        """Where the bot is."""
        about: Json = {"icon": None, "owner": False, "permissions": payloads.ALL_PERMISSIONS, "features": []}
        return answer([{"id": guild_id, "name": "ET community", **about} for guild_id in self.world.guild_ids])

    def _scope(self, request: web.Request) -> str:
        scope = request.match_info.get("guild", GLOBAL)
        if scope not in (GLOBAL, *self.world.guild_ids):
            raise ApiError(403, 50001, "Missing Access")
        return scope

    async def list(self, request: web.Request) -> web.Response:
        """The commands of a scope."""
        return answer(list(self.world.commands.get(self._scope(request), {}).values()))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete one command."""
        commands = self.world.commands.get(self._scope(request), {})
        if commands.pop(request.match_info["command"], None) is None:
            raise ApiError(404, 10063, "Unknown application command")
        self.world.feed.tell(COMMANDS)
        return web.Response(status=204)

    async def replace(self, request: web.Request) -> web.Response:
        """Bulk upsert: the set becomes exactly this; a command keeps its id by its name."""
        scope = self._scope(request)
        body, _ = await read_body(request)
        check_commands(body)
        ids = {command["name"]: known for known, command in self.world.commands.get(scope, {}).items()}
        stored = {}
        for command in body:
            own_id = ids.get(command["name"]) or self.world.snowflake()
            stored[own_id] = {
                "type": 1,
                "default_member_permissions": None,
                **command,
                "id": own_id,
                "application_id": self.world.application_id,
                "version": self.world.snowflake(),
                **({} if scope == GLOBAL else {"guild_id": scope}),
            }
        self.world.commands[scope] = stored
        self.world.feed.tell(COMMANDS)
        return answer(list(stored.values()))
