"""/slomix plugins, health, system, metrics, automation: how the program is, for those who look after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.core.desk import GREEN, RED, YELLOW, Asking, Desk, note, tell
from slomix.bot.embeds import FIELDS, fit
from slomix.bot.manners import manners

if TYPE_CHECKING:
    from slomix.host.state import PluginState

SIGNS = {"running": "🟢", "degraded": "🟡", "loaded": "🟡", "disabled": "⚪", "stopped": "⚪"}
TROUBLE = "🔴"

#: What is due for so long is not moving any more.
STUCK = "5 minutes"
CHAIN = f"""
select
    (select max(received_at) from slomix.artifact) as file_at,
    (select max(imported_at) from slomix.round) as imported_at,
    (select max(ended_at) from slomix.round) as round_at,
    (select count(*) from slomix.unsettled) as unsettled,
    (select count(*) from slomix.artifact
        where outcome = 'quarantined' and received_at > now() - interval '1 day') as refused,
    (select count(*) from slomix.pgqueuer
        where status = 'queued' and execute_after < now() - interval '{STUCK}') as stuck,
    (select count(*) from slomix.pgqueuer where status = 'failed') as buried,
    (select max(sent_at) from slomix.post) as post_at,
    (select count(*) from slomix.post where done < wanted and retry_at < now() - interval '{STUCK}') as posts_waiting,
    (select count(*) from slomix.post where state = 'failed') as posts_failed
"""  # noqa: S608 - a constant in another
SUMS = """
select
    (select count(*) from slomix.artifact where received_at > $1 and outcome = 'imported') as "files imported",
    (select count(*) from slomix.artifact where received_at > $1 and outcome = 'quarantined') as "files refused",
    (select count(*) from slomix.round where imported_at > $1) as rounds,
    (select count(*) from slomix.session where ended_at > $1) as sessions,
    (select count(distinct p.player_id) from slomix.round r join slomix.round_player p on p.round_id = r.id
        where r.ended_at > $1) as players,
    (select count(*) from slomix.event where published_at > $1) as events,
    (select count(*) from slomix.inbox where done_at > $1) as "events handled",
    (select count(*) from slomix.post where sent_at > $1) as posts
"""
SCHEDULES = """
select entrypoint, min(execute_after) filter (where status = 'queued') as due,
    count(*) filter (where status = 'failed') as buried
from slomix.pgqueuer where entrypoint = any($1) group by entrypoint
"""


def running_commands(desk: Desk) -> Iterable[app_commands.Command[Any, ..., Any]]:
    """The commands of the group, each with the tier that it needs."""
    return (_plugins(desk), _health(desk), _system(desk), _metrics(desk), _automation(desk))


def _plugins(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="plugins", description="What runs, what does not, and why")
    async def plugins(asking: Asking) -> None:
        await tell(asking, fit(plugins_embed(desk.states())))

    return plugins


def plugins_embed(states: Iterable[PluginState]) -> discord.Embed:
    """Those with trouble first, with their reasons; then the others."""
    listed = sorted(states, key=lambda state: (state.state in SIGNS, state.state != "degraded"))
    embed = discord.Embed(title="Plugins")
    for state in listed[:FIELDS]:
        name = f"{SIGNS.get(state.state, TROUBLE)} {state.name} {state.version}".rstrip()
        embed.add_field(name=name, value=f"**{state.state}** {state.reason}".rstrip(), inline=False)
    if not listed:
        embed.description = "None is installed."
    return embed


Line = tuple[bool, str]


def _lines(title: str, lines: list[Line]) -> discord.Embed:
    """A sign before each line; the colour is that of the worst."""
    well = all(good for good, _ in lines)
    text = "\n".join(f"{'🟢' if good else TROUBLE} {words}" for good, words in lines)
    return note(text, GREEN if well else RED, title)


def _ago(moment: Any) -> str:
    return "never" if moment is None else f"<t:{int(moment.timestamp())}:R>"


def _health(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="health", description="Admins: what is wrong, and what to do")
    async def health(asking: Asking) -> None:
        await desk.needs(asking, "admin", "see this")
        async with answering(asking) as answer:
            row: Any = await desk.db.fetchrow(CHAIN)
            lines = [
                *(
                    (state.state in SIGNS, f"plugin {state.name} is {state.state} {state.reason}")
                    for state in _on(desk)
                ),
                (not row["stuck"], f"{row['stuck']} jobs wait for more than {STUCK} (`slomix jobs`)"),
                (not row["buried"], f"{row['buried']} jobs are buried (`slomix jobs`)"),
                (not row["posts_failed"], f"{row['posts_failed']} posts failed"),
                (not row["refused"], f"{row['refused']} files were refused in the last day (`slomix ingest status`)"),
                (not row["unsettled"], f"{row['unsettled']} sessions are not settled yet"),
            ]
            await answer.send(_lines("Health", lines), ephemeral=True)

    return health


def _on(desk: Desk) -> list[PluginState]:
    return [state for state in desk.states() if state.state != "disabled"]


def _system(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(
        name="system", description="Moderators: is the whole chain running", extras=manners(1, 30, anywhere=True)
    )
    async def system(asking: Asking) -> None:
        await desk.needs(asking, "moderator", "see this")
        async with answering(asking) as answer:
            row: Any = await desk.db.fetchrow(CHAIN)
            failed = [state.name for state in _on(desk) if state.state not in SIGNS]
            lines = [
                (row["file_at"] is not None, f"game server → file: the last one came {_ago(row['file_at'])}"),
                (not row["refused"], f"file → round: the last import was {_ago(row['imported_at'])}"),
                (not row["unsettled"], f"round → numbers: {row['unsettled']} sessions wait to be settled"),
                (not row["stuck"], f"events and jobs: {row['stuck']} are stuck, {row['buried']} buried"),
                (not row["posts_waiting"], f"posts: the last one {_ago(row['post_at'])}, {row['posts_waiting']} wait"),
                (not failed, f"plugins: {', '.join(failed) + ' do not run' if failed else 'all run'}"),
            ]
            await answer.send(_lines("The chain", lines), ephemeral=True)

    return system


def _metrics(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="metrics", description="Admins: what was done in the last hours")
    @app_commands.describe(hours="How many hours back")
    async def metrics(asking: Asking, hours: app_commands.Range[int, 1, 8760] = 24) -> None:
        await desk.needs(asking, "admin", "see this")
        async with answering(asking) as answer:
            since = desk.clock.now() - timedelta(hours=hours)
            row: Any = await desk.db.fetchrow(SUMS, since)
            text = "\n".join(f"**{count}** {what}" for what, count in row.items())
            await answer.send(note(text, title=f"The last {hours} hours"), ephemeral=True)

    return metrics


def _automation(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="automation", description="Admins: what runs by itself, and when again")
    async def automation(asking: Asking) -> None:
        await desk.needs(asking, "admin", "see this")
        async with answering(asking) as answer:
            repeating = [each.record for each in desk.jobs() if each.record.every is not None]
            rows = await desk.db.fetch(SCHEDULES, [job.name for job in repeating])
            due = {row["entrypoint"]: row for row in rows}
            lines = [f"`{job.name}` every {job.every}: {_next(due.get(job.name))}" for job in repeating]
            folders = [f"folder `{folder.path}`" for folder in desk.settings.ingest.folders]
            channel = desk.settings.discord.channel
            posts = f"posts go to <#{channel}>" if channel else "posts stay in the ledger: no channel is set"
            await answer.send(note("\n".join([*lines, *folders, posts]), YELLOW, "What runs by itself"), ephemeral=True)

    return automation


def _next(row: Any) -> str:
    if row is None or row["due"] is None:
        return "not on the queue"
    return f"again <t:{int(row['due'].timestamp())}:R>{', buried before' if row['buried'] else ''}"
