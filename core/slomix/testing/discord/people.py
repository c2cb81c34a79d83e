"""What a person on Discord does: types a command, presses a button, submits a form, says something."""

from __future__ import annotations

import asyncio
import time
from typing import Any, NamedTuple

from slomix.testing.discord import payloads
from slomix.testing.discord.gateway import Gateway
from slomix.testing.discord.models import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction, Json, Message
from slomix.testing.discord.world import World

#: How long a person waits; a machine under load is no failure of what is tested.
PATIENCE_SECONDS = 15.0
BOOLEAN, INTEGER, NUMBER = 5, 4, 10
CHAT_INPUT, SUB_COMMAND, STRING, BUTTON, TEXT_INPUT, ROW = 1, 1, 3, 2, 4, 1


class Attached(NamedTuple):
    """A file that goes along with a command, for an option that takes one."""

    name: str
    data: bytes


class Person:
    """A member of the guild. What they see is what the methods return."""

    def __init__(self, world: World, gateway: Gateway, origin: str) -> None:
        self.world = world
        self.gateway = gateway
        self._origin = origin

    async def slash(self, path: str, *, timeout: float = PATIENCE_SECONDS, **options: Any) -> Message:
        """Run a command (`stats player`) and wait for its answer, past a deferral.

        An option for a user takes a user object, as `payloads.user` makes it, one for a file an `Attached`.

        LookupError where the command was never published or an option does not exist or is missing.
        """
        command, rest = self._command(path)
        files = {name: self._attach(value) for name, value in options.items() if isinstance(value, Attached)}
        options |= {name: attached["id"] for name, attached in files.items()}
        data = {
            "id": command["id"],
            "name": command["name"],
            "type": CHAT_INPUT,
            "options": self._options(command, rest, options),
        }
        if files:
            data["resolved"] = {"attachments": {attached["id"]: attached for attached in files.values()}}
        users = {value["id"]: value for value in options.values() if isinstance(value, dict)}
        if users:
            members = {number: _resolved(user) for number, user in users.items()}
            data["resolved"] = {"users": users, "members": members}
        return await self._do(COMMAND, data, used=path, timeout=timeout)

    async def autocomplete(
        self, path: str, option: str, typed: str, *, timeout: float = PATIENCE_SECONDS, **filled: Any
    ) -> list[Json]:
        """What Discord offers while the person types: `name` and `value` of each choice. `filled` is typed already."""
        command, rest = self._command(path)
        options: list[Json] = [
            *({"name": name, "type": _type_of(value), "value": value} for name, value in filled.items()),
            {"name": option, "type": STRING, "value": typed, "focused": True},
        ]
        for name in reversed(rest):
            options = [{"name": name, "type": SUB_COMMAND, "options": options}]
        data = {"id": command["id"], "name": command["name"], "type": CHAT_INPUT, "options": options}
        seen = await self._do(AUTOCOMPLETE, data, timeout=timeout)
        return seen.choices or []

    async def click(self, message: Message, custom_id: str, *, timeout: float = PATIENCE_SECONDS) -> Message:
        """Press a button. LookupError where the message has no such button that can be pressed."""
        if custom_id not in message.custom_ids():
            raise LookupError(f"no button {custom_id!r} to press; there are {message.custom_ids()}")
        data = {"custom_id": custom_id, "component_type": BUTTON}
        return await self._do(COMPONENT, data, source=message, timeout=timeout)

    async def submit(self, form: Message, *, timeout: float = PATIENCE_SECONDS, **values: str) -> Message:
        """Fill in and send a modal."""
        if form.modal is None:
            raise LookupError("that answer is not a modal")
        rows = [
            {"type": ROW, "components": [{"type": TEXT_INPUT, "custom_id": name, "value": value}]}
            for name, value in values.items()
        ]
        data = {"custom_id": form.modal["custom_id"], "components": rows}
        return await self._do(MODAL, data, timeout=timeout)

    async def say(self, content: str) -> Message:
        """Write in the channel."""
        message = self.world.new_message({"content": content}, self.world.person)
        event = payloads.message(message, self.world.guild_id)
        await self.gateway.dispatch("MESSAGE_CREATE", event | {"member": payloads.member(self.world.person)})
        return message

    async def next_post(self, *, timeout: float = PATIENCE_SECONDS) -> Message:
        """The next message that the bot posts in the channel by itself."""
        return await asyncio.wait_for(self.world.posted.get(), timeout)

    # ---- how --------------------------------------------------------------------------------

    async def _do(
        self, kind: int, data: Json, *, source: Message | None = None, used: str = "", timeout: float
    ) -> Message:
        world = self.world
        interaction = Interaction(
            id=world.snowflake(),
            token=f"token-{world.snowflake()}",
            kind=kind,
            created=time.monotonic(),
            source=source,
            used=used,
            shown=asyncio.get_running_loop().create_future(),
        )
        world.interactions[interaction.token] = interaction
        event = {
            "id": interaction.id,
            "application_id": world.application_id,
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "guild_id": world.guild_id,
            "channel_id": world.channel_id,
            "channel": world.channel(),
            "member": payloads.member(world.person),
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": payloads.ALL_PERMISSIONS,
            "entitlements": [],
            "context": 0,
            "attachment_size_limit": 10 << 20,
            "authorizing_integration_owners": {"0": world.guild_id},
            "data": data,
        }
        if source is not None:
            event["message"] = payloads.message(source, world.guild_id)
        await self.gateway.dispatch("INTERACTION_CREATE", event)
        return await asyncio.wait_for(interaction.shown, timeout)

    def _attach(self, file: Attached) -> Json:
        """The file on Discord's own machines; this one is all of them."""
        message = self.world.new_message({"content": ""}, self.world.person, files={file.name: file.data})
        (attached,) = payloads.message(message, self.world.guild_id)["attachments"]
        address = f"{self._origin}{attached['url']}"
        return {**attached, "url": address, "proxy_url": address}

    def _command(self, path: str) -> tuple[Json, list[str]]:
        root, *rest = path.split()
        published = [command for scope in self.world.commands.values() for command in scope.values()]
        for command in published:
            if command["name"] == root:
                return command, rest
        raise LookupError(f"/{root} was never published; published: {[c['name'] for c in published]}")

    def _options(self, command: Json, rest: list[str], values: dict[str, Any]) -> list[Json]:
        known = {option["name"]: option for option in command.get("options") or ()}
        if rest:
            if rest[0] not in known:
                raise LookupError(f"/{command['name']} has no {rest[0]!r}; it has {sorted(known)}")
            below = known[rest[0]]
            return [{"name": rest[0], "type": below["type"], "options": self._options(below, rest[1:], values)}]
        unknown = sorted(set(values) - set(known))
        missing = [name for name, option in known.items() if option.get("required") and name not in values]
        if unknown or missing:
            raise LookupError(f"/{command['name']} has options {sorted(known)}; unknown {unknown}, missing {missing}")
        return [{"name": name, "type": known[name]["type"], "value": _plain(value)} for name, value in values.items()]


def _type_of(value: Any) -> int:
    """The type of an option, by what was filled in."""
    return {bool: BOOLEAN, int: INTEGER, float: NUMBER}.get(type(value), STRING)


def _plain(value: Any) -> Any:
    """What stands in the option itself: of a user the id."""
    return value["id"] if isinstance(value, dict) else value


def _resolved(user: Json) -> Json:
    """A member beside its user, which Discord does not repeat."""
    return {key: value for key, value in payloads.member(user).items() if key not in ("user", "deaf", "mute")}
