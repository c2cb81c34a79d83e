"""What a scan says of a demo, in the names of `slomix greatshot scan --json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from slomix_greatshot.demo import READER, Demo
from slomix_greatshot.highlights import Highlight

TEAMS = ("none", "axis", "allies", "spectator")


class PlayerLine(msgspec.Struct, kw_only=True):
    """`name` is as in the file, colours too; demos hold no GUIDs, so `guid` is None. `team` is the last one."""

    slot: int
    name: str
    guid: str | None
    team: str


class ObituaryLine(msgspec.Struct, kw_only=True):
    """`headshot` None: the file cannot say. `attacker_slot` None: the world."""

    time_ms: int
    attacker_slot: int | None
    victim_slot: int
    mod: int
    mod_name: str
    kind: str
    headshot: bool | None


class HighlightLine(msgspec.Struct, kw_only=True):
    """A moment worth watching."""

    kind: str
    player_slot: int
    start_ms: int
    end_ms: int
    kills: int
    score: float
    explanation: str


class Report(msgspec.Struct, kw_only=True):
    """One line of `--json`. `ok` False: nothing could be read, and `error` says why."""

    file: str
    ok: bool
    error: str | None = None
    warnings: list[str] = []
    notes: list[str] = []
    reader: Literal["native", "python"] | str = READER
    protocol: int | None = None
    version: str | None = None
    map: str | None = None
    snapshots: int = 0
    duration_ms: int = 0
    players: list[PlayerLine] = []
    obituaries: list[ObituaryLine] = []
    highlights: list[HighlightLine] = []


def highlight_lines(found: Iterable[Highlight]) -> list[HighlightLine]:
    return [
        HighlightLine(
            kind=each.kind,
            player_slot=each.player_slot,
            start_ms=each.start_ms,
            end_ms=each.end_ms,
            kills=each.kills,
            score=each.score,
            explanation=each.explanation,
        )
        for each in found
    ]


def report(file: str, demo: Demo, found: Iterable[Highlight]) -> Report:
    """`file` is the name as it was given."""
    began = demo.began
    return Report(
        file=file,
        ok=True,
        warnings=demo.warnings,
        notes=demo.notes,
        reader=demo.reader,
        protocol=began.protocol if began else None,
        version=began.version if began else None,
        map=began.map if began else None,
        snapshots=demo.snapshots,
        duration_ms=demo.duration_ms,
        players=[
            PlayerLine(slot=each.slot, name=each.name, guid=None, team=TEAMS[each.team] if each.team < 4 else "none")
            for each in demo.players
        ],
        obituaries=[
            ObituaryLine(
                time_ms=each.time_ms,
                attacker_slot=each.attacker_slot,
                victim_slot=each.victim_slot,
                mod=each.mod,
                mod_name=each.mod_name,
                kind=each.kind,
                headshot=each.headshot,
            )
            for each in demo.obituaries
        ],
        highlights=highlight_lines(found),
    )


def refusal(file: str, error: str) -> Report:
    return Report(file=file, ok=False, error=error)
