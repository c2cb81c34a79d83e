"""Demos as values, made by hand: only what highlights look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from slomix_greatshot.demo import Demo
from slomix_greatshot.demo.records import Bullet, GamestateBegan, Obituary, Objective, Revive
from slomix_greatshot.demo.roster import Player
from slomix_greatshot.demo.rounds import Round

AXIS, ALLIES = 1, 2
END = 600_000


def kill(time: int, attacker: int | None, victim: int, **other: Any) -> Obituary:
    """`attacker` and `victim` are slots, and numbers in the list of players."""
    values: dict[str, Any] = {
        "mod": 9,
        "mod_name": "thompson",
        "kind": "kill",
        "headshot": False,
        "weapon": None,
        "attacker": attacker,
        "victim": victim,
        "phase": 0,
        "round": 1,
        "segment": 1,
    }
    return Obituary(time_ms=time, attacker_slot=attacker, victim_slot=victim, **{**values, **other})


def kills(attacker: int, victims: Iterable[int], times: Iterable[int], **other: Any) -> list[Obituary]:
    return [kill(time, attacker, victim, **other) for time, victim in zip(times, victims, strict=True)]


def head_hit(time: int, attacker: int, target: int, hit: Any = "head") -> Bullet:
    return Bullet(time_ms=time, attacker_slot=attacker, target_slot=target, hit=hit, weapon="mp40", at=(0.0, 0.0, 0.0))


def revive(time: int, medic: int, revived: int) -> Revive:
    return Revive(time_ms=time, medic_slot=medic, revived_slot=revived, source="event", segment=1)


def demo(
    obituaries: Sequence[Obituary] = (),
    *,
    teams: Sequence[int] = (AXIS, AXIS, AXIS, ALLIES, ALLIES, ALLIES),
    hits: Sequence[Bullet] = (),
    revives: Sequence[Revive] = (),
    objectives: Sequence[Objective] = (),
    viewer: int = 63,
) -> Demo:
    """A round from 0 to `END` with one player for each of `teams`."""
    began = GamestateBegan(
        time_ms=0,
        segment=1,
        viewer_slot=viewer,
        map="supply",
        mod="legacy",
        version="v2.84.0",
        protocol=84,
        broadcast=False,
        server="here",
    )
    players = [
        Player(slot=slot, segment=1, name=f"^{slot}p{slot}", team=team, class_=0, first_ms=0, names=[(0, f"^1p{slot}")])
        for slot, team in enumerate(teams)
    ]
    return Demo(
        file="made.dm_84",
        reader="python",
        warnings=[],
        notes=[],
        segments=[began],
        messages=1,
        snapshots=1,
        first_ms=0,
        last_ms=END,
        duration_ms=END,
        players=players,
        rounds=[Round(number=1, segment=1, map="supply", start_ms=0, partial=False, stopwatch=1)],
        obituaries=sorted(obituaries, key=lambda each: each.time_ms),
        hits=list(hits),
        revives=list(revives),
        objectives=list(objectives),
    )
