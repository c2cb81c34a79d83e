"""A session is over when nobody played for longer than a pause may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from slomix.identity.closing import close_sessions
from slomix.testing.clock import FixedClock
from slomix.testing.running import Running

GAP = timedelta(minutes=60)
EVENING = datetime(2026, 11, 20, 21, 0)  # noqa: DTZ001 - the server's wall clock


async def closed(program: Running, clock: FixedClock) -> list[str]:
    """The sessions that were closed now."""
    before = await program.runtime.bus.live.latest()
    await close_sessions(program.runtime.db, program.runtime.bus, clock, GAP)
    events = await program.runtime.bus.since(before)
    assert {event.key for event in events} <= {"slomix.SessionClosed"}
    return [event.payload["session_id"] for event in events]


async def test_a_session_is_closed_once_and_again_when_it_is_another_one(program: Running) -> None:
    await program.play(ended_local=EVENING)
    session = await program.runtime.db.fetchval("select id from slomix.session")
    ended = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    clock = FixedClock(ended + GAP)
    assert await closed(program, clock) == []
    clock.advance(timedelta(seconds=1))
    assert await closed(program, clock) == [session]
    assert await closed(program, clock) == []
    clock.advance(timedelta(minutes=30))
    await program.play("radar", ended_local=EVENING + timedelta(minutes=20))
    assert await closed(program, clock) == [session], "a late file added to it"
    await program.play("radar", ended_local=EVENING + timedelta(minutes=50))
    assert await closed(program, clock) == [], "it is going on"
    clock.advance(timedelta(minutes=20))
    assert await closed(program, clock) == [session]
    assert await closed(program, clock) == []
