"""REST: the messages of the channel."""

from __future__ import annotations

from aiohttp import web

from slomix.testing.discord import payloads
from slomix.testing.discord.limits import check_message
from slomix.testing.discord.models import ApiError, Message
from slomix.testing.discord.rest import API, answer, read_body
from slomix.testing.discord.world import World


class MessageRoutes:
    """Send, list, read, edit and delete."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        messages = f"{API}/channels/{{channel}}/messages"
        router.add_get(f"{API}/channels/{{channel}}", self.channel)
        router.add_post(f"{API}/users/@me/channels", self.open_direct)
        router.add_post(f"{API}/channels/{{channel}}/typing", self.typing)
        router.add_get(messages, self.list)
        router.add_post(messages, self.send)
        router.add_get(f"{messages}/{{message}}", self.read)
        router.add_patch(f"{messages}/{{message}}", self.edit)
        router.add_delete(f"{messages}/{{message}}", self.delete)

    def _in_channel(self, request: web.Request) -> str:
        channel = request.match_info["channel"]
        if channel not in self.world.channels:
            raise ApiError(404, 10003, "Unknown Channel")
        return channel

    def _message(self, request: web.Request) -> Message:
        channel = self._in_channel(request)
        message = self.world.messages.get(request.match_info["message"])
        if message is None or message.channel_id != channel:
            raise ApiError(404, 10008, "Unknown Message")
        return message

    async def channel(self, request: web.Request) -> web.Response:
        """The channel."""
        return answer(self.world.channels[self._in_channel(request)])

    async def open_direct(self, request: web.Request) -> web.Response:
        """The channel for direct messages to a person."""
        body, _ = await read_body(request)
        return answer(self.world.direct_channel(str(body["recipient_id"])))

    async def typing(self, request: web.Request) -> web.Response:
        """The bot types."""
        self._in_channel(request)
        return web.Response(status=204)

    async def list(self, request: web.Request) -> web.Response:
        """The last messages, newest first; `before` and `after` are message ids."""
        found = self.world.history(self._in_channel(request))
        limit = int(request.query.get("limit", "50"))
        if before := request.query.get("before"):
            found = [message for message in found if int(message.id) < int(before)]
        if after := request.query.get("after"):
            found = [message for message in found if int(message.id) > int(after)][:limit]
        return answer([payloads.message(message, self.world.guild_id) for message in reversed(found[-limit:])])

    async def send(self, request: web.Request) -> web.Response:
        """A message of the bot."""
        channel = self._in_channel(request)
        recipients = self.world.channels[channel].get("recipients", ())
        if any(person["id"] in self.world.silent for person in recipients):
            raise ApiError(403, 50007, "Cannot send messages to this user")
        body, files = await read_body(request)
        check_message(body, files=bool(files))
        return answer(payloads.message(self.world.post(body, files, channel), self.world.guild_id, nonce=True))

    async def read(self, request: web.Request) -> web.Response:
        """One message."""
        return answer(payloads.message(self._message(request), self.world.guild_id))

    async def edit(self, request: web.Request) -> web.Response:
        """Edit the bot's own message."""
        message = self._message(request)
        if message.author["id"] != self.world.bot["id"]:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        body, files = await read_body(request)
        check_message({"embeds": message.embeds, "content": message.content} | body)
        self.world.edit(message, body, files)
        return answer(payloads.message(message, self.world.guild_id))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message."""
        self.world.remove(self._message(request))
        return web.Response(status=204)
