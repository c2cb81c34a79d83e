"""`slomix events`: what was published, as it comes, and delivering it to a handler once more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.bus import Envelope
    from slomix.storage.database import Database

#: Events shown by `tail` where `--since` does not say.
SHOWN = 20


@click.group()
def events() -> None:
    """Show what happened; deliver it again."""


@events.command()
@click.option("--key", metavar="KEY", help="Only events of this kind, such as slomix.RoundImported.")
@click.option("--since", type=click.IntRange(0), metavar="SEQ", help="From this number on; default: the last 20.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--follow/--no-follow", "-f", default=False, help="Go on with those that come, until Ctrl-C.")
@pass_invocation
def tail(invocation: Invocation, /, key: str | None, since: int | None, as_json: bool, follow: bool) -> None:
    """Print events in the order in which they became true."""
    run_async(_tail(invocation, key, since, as_json, follow))


async def _tail(invocation: Invocation, key: str | None, since: int | None, as_json: bool, follow: bool) -> None:
    from slomix.bus.history import latest
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db:
        if since is None:
            shown = await latest(db, SHOWN, key=key)
            newest = await latest(db, 1)
            since = newest[-1].seq + 1 if newest else 0
            for envelope in shown:
                click.echo(_line(envelope, as_json))
        async for envelope in _following(db, since, key) if follow else _from(db, since, key):
            click.echo(_line(envelope, as_json))


async def _from(db: Database, since: int, key: str | None) -> AsyncIterator[Envelope]:
    from slomix.bus.history import events

    while page := await events(db, since, key=key):
        for envelope in page:
            yield envelope
        since = page[-1].seq + 1


async def _following(db: Database, since: int, key: str | None) -> AsyncIterator[Envelope]:
    import asyncio

    from slomix.bus import LiveFeed

    feed = LiveFeed(db)
    running = asyncio.create_task(feed.run(), name="live feed")
    try:
        async for envelope in feed.follow(since - 1):
            if key in (None, envelope.key):
                yield envelope
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _line(envelope: Envelope, as_json: bool) -> str:
    import msgspec

    if as_json:
        return msgspec.json.encode(envelope).decode()
    payload = " ".join(f"{name}={value}" for name, value in envelope.payload.items())
    return f"{envelope.seq:>7}  {envelope.published_at:%Y-%m-%d %H:%M:%S}  {envelope.key}  {payload}"


@events.command()
@click.option("--handler", required=True, metavar="NAME", help="The durable handler, such as stats.post_round.")
@click.option("--since", required=True, metavar="SEQ|TIME", help="From this event or moment (ISO 8601) on.")
@click.option("--key", metavar="KEY", help="Refuse when the handler is for another kind of event.")
@pass_invocation
def replay(invocation: Invocation, /, handler: str, since: str, key: str | None) -> None:
    """Deliver events to one durable handler again: it runs in a worker as if they had just happened."""
    count = run_async(_replay(invocation, handler, since, key))
    click.echo(f"{count} deliveries to {handler} are on the queue; a worker runs them.")


async def _replay(invocation: Invocation, handler: str, since: str, key: str | None) -> int:
    from slomix.bus.history import first_event, replay
    from slomix.runtime import open_runtime

    async with open_runtime(invocation.settings(), role="cli", **invocation.choice()) as runtime:
        first = await first_event(runtime.db, since)
        async with runtime.db.transaction() as tx:
            return await replay(tx, runtime.jobs, runtime.bus.durable, handler, since=first, key=key)
