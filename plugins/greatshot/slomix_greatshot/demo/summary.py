"""A demo as one value: everything that happened, but for the hits of nobody and what is said only to the recorder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from slomix_greatshot.demo.numbers import Counting, Numbers
from slomix_greatshot.demo.reader import READER, DemoReader, Limits
from slomix_greatshot.demo.records import (
    Bullet,
    Chat,
    ClassChanged,
    GamestateBegan,
    Happening,
    Hit,
    Joined,
    Left,
    Obituary,
    Objective,
    Paused,
    Renamed,
    Restarted,
    Revive,
    Scores,
    TeamChanged,
    Unpaused,
)
from slomix_greatshot.demo.roster import Player
from slomix_greatshot.demo.rounds import Round

#: Where a list of a demo ends, whatever the file holds.
MOST_KEPT = 100_000


class Demo(msgspec.Struct, kw_only=True):
    """Times are milliseconds of the server's clock. `obituaries[i].attacker` is a number in `players`."""

    file: str
    reader: str
    warnings: list[str]
    notes: list[str]
    segments: list[GamestateBegan]
    messages: int
    snapshots: int
    first_ms: int
    last_ms: int
    duration_ms: int
    players: list[Player]
    rounds: list[Round]
    obituaries: list[Obituary] = []
    hits: list[Bullet] = []
    told_hits: list[Hit] = []
    revives: list[Revive] = []
    objectives: list[Objective] = []
    chat: list[Chat] = []
    changes: list[Joined | Left | Renamed | TeamChanged | ClassChanged] = []
    pauses: list[Paused | Unpaused] = []
    restarts: list[Restarted] = []
    scores: Scores | None = None
    numbers: list[Numbers] = []

    @property
    def began(self) -> GamestateBegan | None:
        return self.segments[0] if self.segments else None


_LISTS: dict[type[Happening], str] = {
    GamestateBegan: "segments",
    Obituary: "obituaries",
    Hit: "told_hits",
    Revive: "revives",
    Objective: "objectives",
    Chat: "chat",
    Joined: "changes",
    Left: "changes",
    Renamed: "changes",
    TeamChanged: "changes",
    ClassChanged: "changes",
    Paused: "pauses",
    Unpaused: "pauses",
    Restarted: "restarts",
}


def read(file: Path | str, *, limits: Limits | None = None, old_protocol: bool = False) -> Demo:
    """Read a demo. Raises `NotADemo` when there is nothing to read; anything less is in `warnings`."""
    reader = DemoReader(file, limits=limits, old_protocol=old_protocol)
    lists: dict[str, list[Happening]] = {name: [] for name in (*_LISTS.values(), "hits")}
    by_type = {kind: lists[name] for kind, name in _LISTS.items()}
    hits, scores = lists["hits"], None
    counting = Counting(reader.story.roster)
    for batch in reader.batches():
        counting.add(batch)
        for happening in batch:
            kept = by_type.get(type(happening))
            if kept is None:
                if type(happening) is Bullet and happening.target_slot is not None:
                    kept = hits
                elif type(happening) is Scores:
                    scores = happening
            if kept is not None and len(kept) < MOST_KEPT:
                kept.append(happening)
    return _demo(reader, lists, scores, counting)


def _demo(reader: DemoReader, lists: dict[str, list[Happening]], scores: Scores | None, counting: Counting) -> Demo:
    told, story = reader.counters, reader.story
    return Demo(
        file=reader.path.name,
        reader=READER,
        warnings=reader.warnings,
        notes=reader.notes,
        messages=told["messages"],
        snapshots=told["snapshots"],
        first_ms=told["first_time"],
        last_ms=told["time"],
        duration_ms=max(told["time"] - told["first_time"], 0),
        players=story.roster.players,
        rounds=story.rounds.rounds,
        scores=scores,
        numbers=counting.result(),
        **lists,  # type: ignore[arg-type]
    )
