"""The embeds of a player and of a leaderboard, and who is meant by what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import discord

from slomix_stats.api import PlayerHit, PlayerProfile, StatsReaderV1
from slomix_stats.discord.evenings import day
from slomix_stats.discord.looks import NEUTRAL, OBJECTIVE, link
from slomix_stats.discord.text import cell, number, prose, table

NEAREST = 5


async def find_player(reader: StatsReaderV1, typed: str) -> PlayerProfile | tuple[PlayerHit, ...]:
    """The player that an id, a GUID or a name means, or those whose names come nearest."""
    profile = await reader.player(typed)
    if profile is not None:
        return profile
    hits = await reader.find_players(typed)
    exact = [hit for hit in hits if hit.name.casefold() == typed.casefold()]
    for only in (exact, hits):
        if len(only) == 1 and (profile := await reader.player(only[0].player_id)) is not None:
            return profile
    for length in range(min(3, len(typed) - 1), 0, -1):
        if hits:
            break
        hits = await reader.find_players(typed[:length])
    likeness = {hit.player_id: SequenceMatcher(None, typed.casefold(), hit.name.casefold()).ratio() for hit in hits}
    return tuple(sorted(hits, key=lambda hit: -likeness[hit.player_id])[:NEAREST])


def player_embed(profile: PlayerProfile, public_url: str | None, badges: Sequence[str] = ()) -> discord.Embed:
    """A player's lifetime, weapons and last evenings; `badges` are the signs behind the name."""
    line = profile.lifetime
    hours = line.time_played_s / 3600
    embed = discord.Embed(
        title=f"{' '.join((prose(profile.name), *badges))} · {number(line.dpm)} DPM · {number(line.kd, 2)} K/D",
        description=f"{number(line.rounds)} rounds in {number(hours, 1)} hours, last seen <t:{_stamp(profile)}:R>",
        colour=OBJECTIVE if line.kd >= 1 else NEUTRAL,
        url=link(public_url, f"players/{profile.player_id}"),
    )
    numbers = (
        ("Kills / deaths", f"{number(line.kills)} / {number(line.deaths)}"),
        ("Damage given", number(line.damage_given)),
        ("Damage received", number(line.damage_received)),
        ("Accuracy", _percent(line.accuracy)),
        ("Hits to the head", _percent(line.headshot_accuracy)),
        ("Revives / revived", f"{number(line.revives_given)} / {number(line.times_revived)}"),
        ("XP", number(line.xp)),
    )
    embed.add_field(name="Lifetime", value=table(numbers[0], numbers[1:]), inline=False)
    if profile.weapons:
        weapons = [
            (cell(weapon.weapon, 14), number(weapon.kills), _percent(weapon.accuracy)) for weapon in profile.weapons[:5]
        ]
        embed.add_field(name="Weapons", value=table(("", "kills", "ACC"), weapons), inline=False)
    if profile.sessions:
        evenings = [
            (day(evening.session), f"{evening.line.kills}/{evening.line.deaths}", number(evening.line.dpm))
            for evening in profile.sessions[:5]
        ]
        embed.add_field(name="Last sessions", value=table(("", "K/D", "DPM"), evenings), inline=False)
    also = [prose(seen.name) for seen in profile.names if seen.name != profile.name][:5]
    if also:
        embed.add_field(name="Also known as", value=", ".join(also), inline=False)
    return embed.set_footer(text=f"GUID {', '.join(profile.guids[:3])}")


def _percent(value: float | None) -> str:
    return number(value, 1) + (" %" if value is not None else "")


def _stamp(profile: PlayerProfile) -> int:
    return int(profile.last_seen.timestamp())
