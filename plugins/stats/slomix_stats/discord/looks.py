"""Colours, links, and the short embeds that say why there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from slomix_stats.api import PlayerHit, RoundLine
from slomix_stats.discord.text import prose

OBJECTIVE, HOLD, EARLY, NEUTRAL = 0x3BA55D, 0x4A7FC1, 0xD9A441, 0x80848E


def colour(line: RoundLine) -> int:
    """By result: green for an objective, blue for a hold, amber for an early end, grey for unknown."""
    if line.aborted or line.outcome is None:
        return NEUTRAL
    if line.outcome == "objective":
        return OBJECTIVE
    return EARLY if line.ended_early else HOLD


def link(public_url: str | None, path: str) -> str | None:
    """The page of it, where people reach the web side."""
    return f"{public_url.rstrip('/')}/{path}" if public_url else None


def nothing_yet() -> discord.Embed:
    """Before the first round."""
    return discord.Embed(
        title="No rounds yet",
        description="Nothing was imported so far. An admin can name the game server's folder in "
        "`SLOMIX_INGEST__FOLDERS` or run `slomix ingest PATH`; the next round then appears here by itself.",
        colour=NEUTRAL,
    )


def no_such_session() -> discord.Embed:
    """An option that was typed, not chosen."""
    return discord.Embed(
        description="There is no such session. Start typing a date and choose one of the suggestions, "
        "or leave the option out for the latest one.",
        colour=NEUTRAL,
    )


def who_are_you() -> discord.Embed:
    """Nobody was named, and nobody knows which player the caller is."""
    return discord.Embed(
        description="Which player? Name one, or tell once who you are with `/link`; then you may leave it out.",
        colour=NEUTRAL,
    )


def no_such_player(typed: str, nearest: Sequence[PlayerHit]) -> discord.Embed:
    """With those whose names come closest."""
    namesakes = [hit for hit in nearest if hit.name.casefold() == typed.strip().casefold()]
    if len(namesakes) > 1:
        names = "\n".join(f"`{hit.guid}` last seen <t:{int(hit.last_seen.timestamp())}:R>" for hit in namesakes)
        text = f"Several are called **{prose(typed[:40])}**. Name one by the GUID:\n{names}"
        return discord.Embed(description=text, colour=NEUTRAL)
    said = f"Nobody here is called **{prose(typed[:40])}**."
    if not nearest:
        return discord.Embed(description=f"{said} No similar name was seen on the server.", colour=NEUTRAL)
    names = "\n".join(f"{prose(hit.name)} · `{hit.guid}`" for hit in nearest)
    return discord.Embed(description=f"{said} Did you mean:\n{names}\nA GUID works too.", colour=NEUTRAL)
