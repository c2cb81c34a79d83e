"""The embed of what happens on the servers now."""

from __future__ import annotations

import discord

from slomix_stats.api.live import Live, LiveServer, ServerStatus, ServerStatuses
from slomix_stats.discord.looks import NEUTRAL, OBJECTIVE, link
from slomix_stats.discord.text import cell, clock, listed, number, prose, table

MOST_SERVERS = 8


def now_embed(asked: ServerStatuses, live: Live, public_url: str | None) -> discord.Embed:
    """Every server: its map, who is on it, and the running round where it tells."""
    told = {each.server: each for each in live.servers}
    said = {each.server: each for each in asked.servers}
    names = list(dict.fromkeys([*said, *told]))
    there = any(each.online for each in asked.servers) or bool(told)
    embed = discord.Embed(title="Servers", colour=OBJECTIVE if there else NEUTRAL, url=link(public_url, "live"))
    for name in names[:MOST_SERVERS]:
        status, running = said.get(name), told.get(name)
        up = running is not None or (status is not None and status.online)
        embed.add_field(
            name=f"{'🟢' if up else '🔴'} {prose(name)[:200]}", value=_server(status, running), inline=False
        )
    if not names:
        embed.description = (
            'No server is known by its address. An admin names it in plugins.toml: `[slomix.servers."name"] address`, '
            "or lets the game server's agent tell."
        )
    return embed


def _server(status: ServerStatus | None, running: LiveServer | None) -> str:
    lines: list[str] = []
    if running is not None:
        clock_said = "" if running.clock_s is None else f" {clock(running.clock_s)}"
        lines.append(f"**{prose(running.map or 'no map')}** round {running.round}, {running.phase}{clock_said}")
        lines.append(f"Axis {running.axis_kills} : {running.allies_kills} Allies in kills")
        players = sorted(running.players, key=lambda each: -each.kills)[:14]
        fighting = [(_side(each.side) + cell(each.name, 16), f"{each.kills}/{each.deaths}") for each in players]
        return listed(lines, 300) + "\n" + (table(("", "K/D"), fighting, longest=700) if fighting else "Nobody plays.")
    if status is None:
        return "Nothing was heard."
    if not status.online:
        ago = f", last <t:{int(status.answered_at.timestamp())}:R>" if status.answered_at else ""
        return f"Does not answer{ago}."
    places = f"/{status.max_players}" if status.max_players else ""
    lines.append(f"**{prose(status.map or 'no map')}** · {status.humans}{places} players")
    rows = [(cell(p.name, 16), number(p.score), number(p.ping)) for p in status.players if not p.bot][:14]
    return "\n".join(lines) + "\n" + (table(("", "score", "ping"), rows, longest=700) if rows else "Nobody plays.")


def _side(side: str | None) -> str:
    return {"axis": "X ", "allies": "A "}.get(side or "", "  ")
