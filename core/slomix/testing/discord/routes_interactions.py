"""REST: the answers of the bot to what a person did."""

from __future__ import annotations

import time

from aiohttp import web

from slomix.testing.discord import payloads
from slomix.testing.discord.limits import check_message
from slomix.testing.discord.models import (
    ANSWER,
    CHOICES,
    DEFER,
    DEFER_UPDATE,
    OPEN_MODAL,
    UPDATE,
    ApiError,
    Interaction,
    Json,
    Message,
    invalid,
)
from slomix.testing.discord.rest import API, answer, read_body
from slomix.testing.discord.world import World


class InteractionRoutes:
    """The callback (once, within the time limit), the original answer, and follow-ups."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        original = f"{API}/webhooks/{{app}}/{{token}}/messages/@original"
        router.add_post(f"{API}/interactions/{{id}}/{{token}}/callback", self.callback)
        router.add_post(f"{API}/webhooks/{{app}}/{{token}}", self.follow_up)
        router.add_get(original, self.read_original)
        router.add_patch(original, self.edit_original)
        router.add_delete(original, self.delete_original)

    def _interaction(self, request: web.Request) -> Interaction:
        interaction = self.world.interactions.get(request.match_info["token"])
        if interaction is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        return interaction

    async def callback(self, request: web.Request) -> web.Response:
        """The one acknowledgement: an answer, a deferral, an update, choices or a modal."""
        interaction = self.world.interactions.get(request.match_info["token"])
        late = interaction is not None and time.monotonic() - interaction.created > self.world.answer_within
        if interaction is None or (late and not interaction.acknowledged):
            raise ApiError(404, 10062, "Unknown interaction")
        if interaction.acknowledged:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        body, files = await read_body(request)
        kind, data = int(body["type"]), body.get("data") or {}
        message = self._acknowledge(interaction, kind, data, files)
        interaction.acknowledged = True
        about = {
            "id": interaction.id,
            "type": interaction.kind,
            "activity_instance_id": None,
            "response_message_id": message.id,
            "response_message_loading": message.deferred,
            "response_message_ephemeral": message.ephemeral,
        }
        resource = {"type": kind, "message": payloads.message(message, self.world.guild_id)}
        return answer({"interaction": about, "resource": resource})

    def _acknowledge(self, interaction: Interaction, kind: int, data: Json, files: dict[str, bytes]) -> Message:
        if kind in (UPDATE, DEFER_UPDATE):
            if interaction.source is None:
                raise invalid("type", "There is no message to update.")
            interaction.original = interaction.source
            if kind == UPDATE:
                check_message({"embeds": interaction.source.embeds} | data)
                self.world.edit(interaction.source, data, files)
                interaction.show(interaction.source)
            return interaction.source
        if kind == ANSWER:
            check_message(data, files=bool(files))
        message = self.world.new_message(data, self.world.bot, files=files)
        message.used = interaction.used
        message.deferred = kind == DEFER
        message.choices = data.get("choices", []) if kind == CHOICES else None
        message.modal = data if kind == OPEN_MODAL else None
        if message.choices is not None and len(message.choices) > 25:
            raise invalid("data.choices", "Must be 25 or fewer in length.")
        interaction.original = message
        if kind != DEFER:
            interaction.show(message)
        return message

    async def read_original(self, request: web.Request) -> web.Response:
        """The original answer."""
        return answer(payloads.message(self._original(request), self.world.guild_id))

    def _original(self, request: web.Request) -> Message:
        original = self._interaction(request).original
        if original is None:
            raise ApiError(404, 10008, "Unknown Message")
        return original

    async def edit_original(self, request: web.Request) -> web.Response:
        """Edit the original answer; ends a deferral."""
        interaction, message = self._interaction(request), self._original(request)
        body, files = await read_body(request)
        check_message({"embeds": message.embeds, "content": message.content} | body, files=bool(files))
        self.world.edit(message, body, files)
        message.deferred = False
        interaction.show(message)
        return answer(payloads.message(message, self.world.guild_id))

    async def delete_original(self, request: web.Request) -> web.Response:
        """Take the original answer away."""
        interaction, message = self._interaction(request), self._original(request)
        self.world.remove(message)
        interaction.original = None
        return web.Response(status=204)

    async def follow_up(self, request: web.Request) -> web.Response:
        """Another message. The first one after a deferral takes its place and its visibility."""
        interaction = self._interaction(request)
        if not interaction.acknowledged:
            raise ApiError(404, 10015, "Unknown Webhook")
        body, files = await read_body(request)
        check_message(body, files=bool(files))
        message = interaction.original
        if message is not None and message.deferred:
            self.world.edit(message, {key: value for key, value in body.items() if key != "flags"}, files)
            message.deferred = False
        else:
            message = self.world.new_message(body, self.world.bot, files=files)
            message.used = interaction.used
        interaction.show(message)
        return answer(payloads.message(message, self.world.guild_id))
