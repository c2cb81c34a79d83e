"""The old way to ask: `!stats bronze`. Each word stands for a slash command and runs the same function.

Only where `slomix.discord.prefix` is set, as it needs the intent to read messages.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import discord
import structlog

from slomix.bot.answers import HINT_SECONDS
from slomix.bot.errors import RED, log_failure
from slomix.bot.invoke import find, run
from slomix.bot.sources import Asked, Spoken
from slomix.host.contain import own_task

if TYPE_CHECKING:
    from slomix.bot.bot import SlomixBot
    from slomix.contrib import Word

log = structlog.get_logger("slomix.bot")

#: What Discord has to send for it.
INTENTS = frozenset({"guild_messages", "message_content"})


def vocabulary(words: Iterable[tuple[str, Word]]) -> Mapping[str, Word]:
    """Every name of every word, in lower case; of two words with one name the first has it. (plugin, word) each."""
    known: dict[str, Word] = {}
    for plugin, word in words:
        for name in word.names:
            if known.setdefault(name.casefold(), word) is not word:
                log.warning("a word is taken already", plugin=plugin, word=name, means=known[name.casefold()].command)
    return known


def understand(word: Word, rest: str) -> Asked:
    """What follows a word, as options of its command: one word each, the last takes what is left. Pure."""
    values: dict[str, str] = dict(word.fixed)
    if word.between:
        parts = [part.strip() for part in re.split(rf"\s+{re.escape(word.between)}\s+", rest, maxsplit=1)]
    else:
        parts = _split(rest, len(word.options))
    values.update({name: part for name, part in zip(word.options, parts, strict=False) if part})
    return Asked(word.command, values)


def _split(text: str, most: int) -> list[str]:
    """At most so many parts; quotation marks hold words together."""
    reader = shlex.shlex(text, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.quotes, reader.escape, reader.commenters = True, '"', "", ""
    try:
        words = list(reader)
    except ValueError:
        words = text.split()
    if len(words) <= most:
        return words
    return [*words[: most - 1], " ".join(words[most - 1 :])] if most else []


async def hear(bot: SlomixBot, prefix: str, words: Mapping[str, Word], message: discord.Message) -> None:
    """Answer a line of the channel if it begins with the prefix and a known word."""
    if message.author.bot or not message.content.startswith(prefix):
        return
    name, _, rest = message.content[len(prefix) :].partition(" ")
    word = words.get(name.casefold())
    command = find(bot.tree, word.command) if word else None
    if word is None or command is None:
        return
    source = Spoken(bot, message, understand(word, rest.strip()))
    try:
        refusal = bot.gate.refusal(command, message.author.id, _places(message))
        if refusal is None:
            await own_task(run(command, source, source.asked.values), "line")
        else:
            await _tell(message, refusal)
    except Exception as error:
        said, _ = log_failure(error, bot.owner_of(word.command.partition(" ")[0]), word.command)
        await _tell(message, said)


def _places(message: discord.Message) -> tuple[int | None, ...]:
    return message.channel.id, getattr(message.channel, "parent_id", None)


async def _tell(message: discord.Message, text: str) -> None:
    try:
        embed = discord.Embed(description=text, colour=RED)
        await message.reply(embed=embed, mention_author=False, delete_after=HINT_SECONDS)
    except discord.HTTPException as error:
        log.warning("a line could not be answered", error=str(error))
