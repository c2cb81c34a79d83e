"""The state behind the fake: one guild, one channel, one person, the bot, and what happened between them."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from slomix.testing.discord import payloads
from slomix.testing.discord.feed import MESSAGE, Feed
from slomix.testing.discord.models import Call, Interaction, Json, Message, invalid
from slomix.testing.discord.quotas import Quotas

DISCORD_EPOCH_MS = 1420070400000
#: Members, presences and the content of messages: Discord wants a permission for these.
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15
#: Discord forgets an enforced nonce after some minutes.
NONCE_SECONDS = 300.0
CLIENT_SECRET = "fake-client-secret"  # noqa: S105 - accepted by the fake only


@dataclass(slots=True)
class Fault:
    """One answer that goes wrong: the next request whose "METHOD path" matches gets this instead.

    `after`: the request has its effect all the same.
    """

    pattern: re.Pattern[str]
    status: int
    body: Json
    headers: dict[str, str]
    after: bool = False


@dataclass(slots=True)
class Hold:
    """One answer that is held back: the request has its effect, the client waits until `release`."""

    pattern: re.Pattern[str]
    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self, timeout: float = 5.0) -> None:
        """Wait until the request arrived and had its effect."""
        await asyncio.wait_for(self._reached.wait(), timeout)

    def release(self) -> None:
        """Let the answer go."""
        self._released.set()

    async def pass_through(self) -> None:
        """Called by the server: announce, then wait."""
        self._reached.set()
        await self._released.wait()


class World:
    """Everything Discord knows. `calls` lists each REST request, in the order of arrival."""

    def __init__(self, *, token: str, guild_id: str | None, channel_id: str | None, answer_within: float) -> None:
        self._numbers = itertools.count()
        self.token = token
        self.answer_within = answer_within
        self.application_id, bot_id, person_id = self.snowflake(), self.snowflake(), self.snowflake()
        self.guild_id = guild_id or self.snowflake()
        #: every guild that the bot is in; only the first one has a channel and a person
        self.guild_ids = [self.guild_id]
        self.channel_id = channel_id or self.snowflake()
        #: the channels by id; a direct one is named after the person in it
        self.channels: dict[str, Json] = {self.channel_id: payloads.channel(self.channel_id, self.guild_id, "stats")}
        self.bot = payloads.user(bot_id, "slomix", bot=True)
        self.person = payloads.user(person_id, "tester")
        #: everybody who can log in with this Discord, by id
        self.people: dict[str, Json] = {person_id: self.person}
        #: roles in the guild (ids), by person
        self.roles: dict[str, tuple[str, ...]] = {}
        #: with the application's id what a website logs people in with
        self.client_secret = CLIENT_SECRET
        #: who is in a voice channel: voice states by person
        self.voices: dict[str, Json] = {}
        #: people (ids) who take no direct messages
        self.silent: set[str] = set()
        self.commands: dict[str, dict[str, Json]] = {}
        self.messages: dict[str, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.holds: list[Hold] = []
        self.posted: asyncio.Queue[Message] = asyncio.Queue()
        self.feed = Feed()
        self.quotas = Quotas()
        #: an outage: every request is answered with 502
        self.out = False
        #: which of the intents that need a permission the application has, as bits
        self.privileged_intents = PRIVILEGED_INTENTS
        self._nonces: dict[str, tuple[float, Message]] = {}

    def snowflake(self) -> str:
        """A fresh id; later ones are larger."""
        millis = int(time.time() * 1000) - DISCORD_EPOCH_MS
        return str((millis << 22) | (next(self._numbers) & 0x3FFFFF))

    def add_person(self, name: str, roles: Iterable[str] = ()) -> Json:
        """Another person, who is known to log in; answers their user object."""
        person = payloads.user(self.snowflake(), name)
        self.people[person["id"]] = person
        self.roles[person["id"]] = tuple(roles)
        return person

    # ---- the place ----------------------------------------------------------------------

    def channel(self) -> Json:
        """The channel object."""
        return self.channels[self.channel_id]

    def open_channel(self, name: str) -> str:
        """Another text channel of the guild; answers its id."""
        channel_id = self.snowflake()
        self.channels[channel_id] = payloads.channel(channel_id, self.guild_id, name)
        return channel_id

    def open_voice(self, name: str) -> str:
        """A voice channel of the guild; answers its id."""
        channel_id = self.snowflake()
        self.channels[channel_id] = payloads.voice_channel(channel_id, self.guild_id, name)
        return channel_id

    def join_voice(self, member: Json, channel: str | None) -> Json:
        """Somebody joins a voice channel (None: leaves); answers the event's payload for the gateway to dispatch."""
        state = payloads.voice_state(member, self.guild_id, channel)
        self.voices[member["user"]["id"]] = state
        if channel is None:
            del self.voices[member["user"]["id"]]
        return state

    def direct_channel(self, person: str) -> Json:
        """The channel of the bot and that person; one that takes no direct messages is refused when it is written."""
        for channel in self.channels.values():
            if [one["id"] for one in channel.get("recipients", ())] == [person]:
                return channel
        channel = payloads.direct_channel(self.snowflake(), payloads.user(person, f"person {person[-4:]}"))
        self.channels[channel["id"]] = channel
        return channel

    def guild(self) -> Json:
        """The guild object."""
        members = [payloads.member(self.bot), payloads.member(self.person)]
        channels = [channel for channel in self.channels.values() if "recipients" not in channel]
        guild = payloads.guild(self.guild_id, "ET community", channels, members, self.person["id"])
        return guild | {"voice_states": list(self.voices.values())}

    # ---- messages -----------------------------------------------------------------------

    def new_message(
        self, body: Json, author: Json, *, files: dict[str, bytes] | None = None, channel: str | None = None
    ) -> Message:
        """Make a message from a request's body and keep it; `channel` None is the channel of the guild."""
        message = Message(
            id=self.snowflake(),
            channel_id=channel or self.channel_id,
            author=author,
            sent_at=datetime.now(UTC),
            content=body.get("content") or "",
            embeds=body.get("embeds") or [],
            components=body.get("components") or [],
            files=files or {},
            ephemeral=bool((body.get("flags") or 0) & 64),
            nonce=None if body.get("nonce") is None else str(body["nonce"]),
        )
        self.messages[message.id] = message
        self.feed.tell(MESSAGE, message.id)
        return message

    def post(self, body: Json, files: dict[str, bytes], channel: str) -> Message:
        """A message of the bot in a channel; an enforced nonce seen before gives the message it made then."""
        nonce = str(body["nonce"]) if body.get("enforce_nonce") else None
        if nonce is not None and len(nonce) > 25:
            raise invalid("nonce", "Must be 25 or fewer in length.")
        known = self._nonces.get(nonce) if nonce is not None else None
        if known is not None and time.monotonic() - known[0] < NONCE_SECONDS:
            return known[1]
        message = self.new_message(body, self.bot, files=files, channel=channel)
        if nonce is not None:
            self._nonces[nonce] = (time.monotonic(), message)
        self.posted.put_nowait(message)
        return message

    def edit(self, message: Message, body: Json, files: dict[str, bytes] | None = None) -> None:
        """Apply an edit: only what the body names changes; `attachments` says which files stay beside the new ones."""
        if "attachments" in body:
            message.files = files or {}
        message.content = body.get("content", message.content) or ""
        message.embeds = body.get("embeds", message.embeds) or []
        message.components = body.get("components", message.components) or []
        message.edits += 1
        message.edited_at = datetime.now(UTC)
        self.feed.tell(MESSAGE, message.id)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        if self.messages.pop(message.id, None) is not None:
            self.feed.tell(MESSAGE, message.id)

    def history(self, channel: str | None = None) -> list[Message]:
        """What everybody in the channel sees, oldest first; None is the channel of the guild."""
        return [
            message
            for message in self.messages.values()
            if message.channel_id == (channel or self.channel_id)
            and not (message.ephemeral or message.deferred or message.choices is not None or message.modal)
        ]

    def forget_nonces(self) -> None:
        """As if the minutes in which Discord enforces a nonce had passed."""
        self._nonces.clear()

    # ---- faults -------------------------------------------------------------------------

    def take_fault(self, request: str) -> Fault | None:
        """The fault for this request ("METHOD path"), once."""
        for fault in self.faults:
            if fault.pattern.search(request):
                self.faults.remove(fault)
                return fault
        return None

    def take_hold(self, request: str) -> Hold | None:
        """The hold for this request, once."""
        for hold in self.holds:
            if hold.pattern.search(request):
                self.holds.remove(hold)
                return hold
        return None
