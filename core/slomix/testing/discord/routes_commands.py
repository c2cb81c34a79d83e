"""REST: who the bot is, where the gateway is, and the application's commands."""

from __future__ import annotations

from aiohttp import web

from slomix.testing.discord import payloads
from slomix.testing.discord.limits import check_commands
from slomix.testing.discord.rest import API, answer, read_body
from slomix.testing.discord.world import World

GLOBAL = "global"


class CommandRoutes:
    """Log-in and the bulk upsert and listing of commands, global and of the guild."""

    def __init__(self, world: World, gateway_url: str) -> None:
        self.world = world
        self.gateway_url = gateway_url

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_get(f"{API}/users/@me", self.me)
        router.add_get(f"{API}/oauth2/applications/@me", self.application)
        router.add_get(f"{API}/gateway/bot", self.gateway)
        for scope in ("", "/guilds/{guild}"):
            router.add_get(f"{API}/applications/{{app}}{scope}/commands", self.list)
            router.add_put(f"{API}/applications/{{app}}{scope}/commands", self.replace)

    async def me(self, request: web.Request) -> web.Response:
        """The bot's user."""
        return answer(self.world.bot)

    async def application(self, request: web.Request) -> web.Response:
        """The bot's application."""
        return answer(payloads.application(self.world.application_id, self.world.person))

    async def gateway(self, request: web.Request) -> web.Response:
        """Where to connect."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return answer({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def list(self, request: web.Request) -> web.Response:
        """The commands of a scope."""
        return answer(list(self.world.commands.get(request.match_info.get("guild", GLOBAL), {}).values()))

    async def replace(self, request: web.Request) -> web.Response:
        """Bulk upsert: the set becomes exactly this; a command keeps its id by its name."""
        scope = request.match_info.get("guild", GLOBAL)
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
        return answer(list(stored.values()))
