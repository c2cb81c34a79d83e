"""A simulated round as both logs tell it, read by the agent, taken by the site: its numbers are those of the files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from slomix_stats.live.events import Batch, LiveEvent
from slomix_stats.live.state import LiveState, take
from slomix_stats.simulate import play_evening, simulate


class Clock:
    """Goes on by what is waited for."""

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 22, 18, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    @property
    def ms(self) -> int:
        return int(self.at.timestamp() * 1000)


def batch(events: list[dict[str, Any]], sent: int) -> Batch:
    numbered = [dict(event, n=n) for n, event in enumerate(events)]
    return msgspec.convert({"sender": "a" * 32, "sent": sent, "events": numbered}, Batch)


def test_both_logs_together_tell_what_happened(agent: Any, tmp_path: Path) -> None:
    clock = Clock()
    feed = simulate(tmp_path, seed=1, speed=1, rounds=1, live_logs=tmp_path, clock=clock, wait=clock.wait)
    next(feed)
    engine = (tmp_path / "legacy3.log").read_text().splitlines()
    script = (tmp_path / "slomix-live.log").read_text().splitlines()
    ended = clock.ms - 1000  # a second passes between the end and the file
    events = [*agent.engine_events(engine, ended), *agent.script_events(script, ended)]
    events.sort(key=lambda event: event["at"])
    state, told = LiveState(), 0
    for first in range(0, len(events), 200):
        entries, _ = take(state, batch(events[first : first + 200], ended), ended)
        told += sum(entry.type == "kill" for entry in entries)
        state.senders.clear()

    truth = play_evening(seed=1)[0].truth
    tallies = [player.tally for player in truth.players.values()]
    assert (state.map, state.phase, state.ended) == (truth.map, "intermission", True)
    assert sum(player.kills for player in state.players.values()) == sum(tally.kills for tally in tallies)
    assert told == sum(tally.kills + tally.self_kills + tally.team_kills for tally in tallies)
    assert {player.name for player in state.players.values()} == {player.name for player in truth.players.values()}


def test_events_are_told_apart_by_their_types(agent: Any) -> None:
    """Every type that the agent makes is one that the site has, and the other way round."""
    known = {kind.__struct_config__.tag for kind in LiveEvent.__subclasses__()}
    assert {fixed["type"] for _, fixed in agent.LINES} == known
