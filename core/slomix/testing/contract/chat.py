"""Checks: Discord commands are described, within the budget, and answer in time. On the fake Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from slomix.contrib import CogFactory
from slomix.testing.contract.base import ContractBase
from slomix.testing.contract.house import House
from slomix.testing.contract.tiers import tier

if TYPE_CHECKING:
    from slomix.testing.discord.fixtures import Chat

SHORTCUTS = 5
GROUPS = (1, 2)
#: What is typed into required options, by their kind.
TYPED: dict[int, Any] = {3: "x", 4: 1, 5: True, 10: 1.0}
CHAT_INPUT = 1


@asynccontextmanager
async def talking(house: House) -> AsyncIterator[Chat]:
    """The bot with the plugin's commands on a Discord of its own."""
    from slomix.testing.discord.fixtures import Chat
    from slomix.testing.discord.server import FakeDiscord

    async with FakeDiscord() as fake:
        chat = Chat(fake)
        cogs = [cog for cog in house.program.cogs() if cog.plugin == house.subject.name]
        await chat.start(cogs)
        try:
            yield chat
        finally:
            await chat.stop()


def published(chat: Chat) -> list[dict[str, Any]]:
    """The top-level commands that Discord has."""
    return [command for scope in chat.fake.world.commands.values() for command in scope.values()]


def leaves(command: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command that can be run: its words, and its description."""
    words = f"{path} {command['name']}".strip()
    below = [option for option in command.get("options") or () if option["type"] in GROUPS]
    if not below:
        yield words, command
    for option in below:
        yield from leaves(option, words)


class ChatChecks(ContractBase):
    """What the bot shows of it."""

    @tier("bronze")
    async def test_its_commands_are_described(self, house: House) -> None:
        """Commands and their options have descriptions, and live below /<plugin> but for five at most"""
        if not house.records(CogFactory):
            return
        async with talking(house) as chat:
            assert not chat.degraded, "; ".join(chat.degraded.values())
            commands = published(chat)
        shortcuts = [command["name"] for command in commands if command["name"] != house.subject.name]
        assert len(shortcuts) <= SHORTCUTS, f"{len(shortcuts)} commands beside /{house.subject.name}"
        for command in commands:
            for words, leaf in leaves(command):
                if leaf.get("type", CHAT_INPUT) != CHAT_INPUT:
                    continue
                bare = [o["name"] for o in leaf.get("options") or () if o.get("description", "…") in ("", "…")]
                assert leaf.get("description", "…") not in ("", "…"), f"/{words} has no description"
                assert not bare, f"/{words}: no description of {', '.join(bare)}"

    @tier("silver")
    async def test_its_commands_answer(self, house: House) -> None:
        """Commands answer in time, before the first round and after, also what they do not know"""
        if not house.records(CogFactory):
            return
        async with talking(house) as chat:
            for _ in range(2):
                for command in published(chat):
                    for words, leaf in leaves(command):
                        await self._run(chat, words, leaf)
                await house.fill()

    async def _run(self, chat: Chat, words: str, leaf: dict[str, Any]) -> None:
        required = [option for option in leaf.get("options") or () if option.get("required")]
        if any(option["type"] not in TYPED for option in required):
            return
        choices = {o["name"]: o["choices"][0]["value"] for o in required if o.get("choices")}
        options = {option["name"]: TYPED[option["type"]] for option in required} | choices
        try:
            answer = await chat.fake.person.slash(words, **options)
        except TimeoutError:
            raise AssertionError(f"/{words} does not answer") from None
        assert "incident number" not in answer.text, f"/{words} fails; the log says how"
