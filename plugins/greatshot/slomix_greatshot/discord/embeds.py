"""Embeds: a demo that was read, the best moments of a night."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from slomix_greatshot.api import DemoLine, HighlightLine

COLOUR = 0xC9A227
#: Of a field of an embed.
LONGEST = 1000
_SHOWN = 5


def moments(lines: Sequence[HighlightLine], base: str | None) -> str:
    """One line for each, with a link where there is an address."""
    told, length = [], 0
    for line in lines:
        text = discord.utils.escape_markdown(line.explanation)
        where = (
            f"[{line.title}]({base.rstrip('/')}/greatshot/demos/{line.demo_id}#h-{line.highlight_id})" if base else ""
        )
        words = f"**{where or line.title}** {text}"
        length += len(words) + 1
        if length > LONGEST:
            break
        told.append(words)
    return "\n".join(told)


def night_embed(lines: Sequence[HighlightLine], base: str | None, session_id: str) -> discord.Embed:
    """The best moments of a session."""
    embed = discord.Embed(title="Best moments of the night", description=moments(lines, base), colour=COLOUR)
    if base:
        embed.url = f"{base.rstrip('/')}/sessions/{session_id}"
    return embed


def demo_embed(demo: DemoLine, lines: Sequence[HighlightLine], base: str | None) -> discord.Embed:
    """A demo and what was found in it, or why nothing was."""
    embed = discord.Embed(title=discord.utils.escape_markdown(demo.name), colour=COLOUR)
    if base:
        embed.url = f"{base.rstrip('/')}/greatshot/demos/{demo.demo_id}"
    if demo.state == "failed":
        embed.description = f"It could not be read: {demo.reason}"
        return embed
    if demo.state in {"queued", "scanning"}:
        embed.description = "It is being read; ask again in a moment."
        return embed
    minutes, seconds = divmod(demo.seconds, 60)
    facts = f"{demo.map or 'unknown map'}, {minutes}:{seconds:02d}, {demo.players} players, {demo.kills} kills"
    damaged = "\nThe file is damaged; this is what could be read." if demo.state == "partial" else ""
    embed.description = facts + damaged
    told = moments(lines[:_SHOWN], base) or "Nothing that stands out."
    embed.add_field(name=f"Highlights ({demo.highlights})", value=told, inline=False)
    return embed
