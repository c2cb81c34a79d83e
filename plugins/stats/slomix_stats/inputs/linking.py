"""Which round an input is of. Pure: the same rounds and inputs give the same answer, whatever came first.

An endstats file carries the wall clock of the same machine as the stats file and is written a few seconds from it. A
round-end report counts real time. Neither is ever given to another play of the map: it rather waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["endstats", "report"]

#: Two files of one round are written within this time.
TOLERANCE = timedelta(seconds=30)
#: How far a report's end may be from its round's, where both say that they were played at the same time.
WINDOW = timedelta(minutes=45)
#: So many of those whom an input names must have played the round.
_LEAST_SHARE = 0.5
#: So much of a report's time must lie within its round's (which began later than assumed if it ended early).
_LEAST_OVERLAP = 0.75


@dataclass(frozen=True, slots=True)
class LinkRound:
    """A stored round. `people` are its players' keys and clean names; empty where they are not known."""

    round_id: str
    server_id: str
    ended_local: datetime
    ended_at: datetime
    limit_s: int | None
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class LinkInput:
    """A stored input of the same map and label. `people` are keys or clean names that it mentions."""

    artifact: str
    kind: Kind
    server_id: str | None
    ended_local: datetime | None
    ended_at: datetime | None
    started_at: datetime | None
    richness: int
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Link:
    """Where an input belongs (None: it waits), and whether it is the one that counts there."""

    round_id: str | None
    counts: bool


def link(rounds: Sequence[LinkRound], inputs: Iterable[LinkInput]) -> Mapping[str, Link]:
    """Links by artifact. Of several inputs of one kind and round the richest counts."""
    chosen: dict[str, str | None] = {}
    best: dict[tuple[object, ...], tuple[tuple[object, ...], str]] = {}
    for each in inputs:
        found = _round_of(each, rounds)
        chosen[each.artifact] = None if found is None else found.round_id
        place: tuple[object, ...] = (each.kind, None if found is None else found.round_id)
        if found is None:
            place = (*place, each.server_id, each.ended_local, each.ended_at)
        apart = timedelta() if found is None else _apart(each, found)
        rank = (each.richness, -apart, each.artifact)
        if place not in best or rank > best[place][0]:
            best[place] = (rank, each.artifact)
    counting = {artifact for _, artifact in best.values()}
    return {artifact: Link(round_id, artifact in counting) for artifact, round_id in chosen.items()}


def _round_of(each: LinkInput, rounds: Sequence[LinkRound]) -> LinkRound | None:
    possible = [
        played for played in rounds if each.server_id in (None, played.server_id) and _same_people(each, played)
    ]
    near = [played for played in possible if _apart(each, played) <= TOLERANCE]
    near = near or [played for played in possible if _played_together(each, played)]
    return min(near, key=lambda played: (_apart(each, played), played.ended_at, played.round_id), default=None)


def _apart(each: LinkInput, played: LinkRound) -> timedelta:
    if each.ended_local is not None:
        return abs(each.ended_local - played.ended_local)
    assert each.ended_at is not None
    return abs(each.ended_at - played.ended_at)


def _same_people(each: LinkInput, played: LinkRound) -> bool:
    if not each.people or not played.people:
        return True
    return len(each.people & played.people) >= _LEAST_SHARE * len(each.people)


def _played_together(each: LinkInput, played: LinkRound) -> bool:
    """Whether a report and a round were played at the same time."""
    if each.started_at is None or each.ended_at is None or played.limit_s is None:
        return False
    if abs(each.ended_at - played.ended_at) > WINDOW:
        return False
    begun = played.ended_at - timedelta(seconds=played.limit_s)
    shared = min(each.ended_at, played.ended_at) - max(each.started_at, begun)
    return shared > timedelta() and shared >= _LEAST_OVERLAP * (each.ended_at - each.started_at)
