"""The report of a round's end, whatever it came in: how long was really played, pauses, surrender, who was there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import msgspec

from slomix.errors import BadArtifact
from slomix.nouns import RoundMention, Side
from slomix_stats.inputs import texts
from slomix_stats.lines import identify

#: Raise it whenever one of the parsers reads more, or reads something otherwise.
REPORT_VERSION = 1

EndReason = Literal["objective", "surrender", "time_expired"]
END_REASONS: tuple[EndReason, ...] = get_args(EndReason)

_MOST_PEOPLE = 64
#: The clock of the round may stand beside the wall clock by so much.
_SLACK_S = 5.0
_PREFIX = 8


class Pause(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One pause; times are seconds since 1970, None where the script does not say."""

    start: float | None
    end: float | None
    seconds: float


class Person(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Somebody who was there: the whole GUID, the raw name, the side, and the spawns where they were counted."""

    guid: str
    name: str
    side: Side | None
    spawns: int | None = None
    deaths: int | None = None
    dead_s: float | None = None
    avg_respawn_s: float | None = None
    max_respawn_s: float | None = None

    @property
    def key(self) -> str:
        """The key of the player in stats files, which have the first eight characters of the GUID."""
        who = identify(self.guid[:_PREFIX], self.name)
        return who.key if who is not None else self.guid[:_PREFIX]


class RoundReport(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a script says at the end of a round. `seconds` are those of play, without pauses and warm-up.

    `surrender_side` is who called the vote; whether it passed, only the winner tells. None means unknown.
    """

    map: str
    number: int
    started_at: datetime | None
    ended_at: datetime
    seconds: float | None
    limit_s: float | None
    warmup_s: float | None
    pause_count: int | None
    pause_s: float | None
    pauses: list[Pause]
    end_reason: EndReason | None
    surrender_side: Side | None
    surrender_guid: str | None
    surrender_name: str | None
    winner: Side | None
    defender: Side | None
    people: list[Person]
    script: str | None

    @property
    def richness(self) -> int:
        """How much it tells: of two reports of one round the richer one counts."""
        facts = (self.started_at, self.seconds, self.warmup_s, self.pause_count, self.end_reason, self.winner)
        spawns = sum(person.spawns is not None for person in self.people)
        return sum(fact is not None for fact in facts) + len(self.people) + len(self.pauses) + spawns


_decode = msgspec.msgpack.Decoder(RoundReport).decode


def unpack_report(raw: bytes | None) -> RoundReport | None:
    """The report of `stats.input.raw`; None for None."""
    return None if raw is None else _decode(raw)


def sighting(record: RoundReport) -> RoundMention:
    """It adds to the round of a stats file, and does not name the server."""
    return RoundMention()


def checked(report: RoundReport) -> RoundReport:
    """The report, if a round can have been like that; else raises `BadArtifact`."""
    if report.started_at is not None:
        wall = report.ended_at - report.started_at
        if not timedelta() < wall <= timedelta(days=1):
            raise BadArtifact("impossible_value", "the round ends before it starts, or a day later")
        if report.seconds is not None and report.seconds > wall.total_seconds() + _SLACK_S:
            raise BadArtifact("impossible_value", f"{report.seconds:.0f} s played in {wall.total_seconds():.0f} s")
    if len({person.guid for person in report.people}) != len(report.people):
        raise BadArtifact("duplicate_guid", "a player is there twice")
    if len(report.people) > _MOST_PEOPLE:
        raise BadArtifact("impossible_value", f"{len(report.people)} players")
    return report


def people(values: Iterable[Any], side: Side | None) -> list[Person]:
    """The people of a roster list of `{guid, name}`; whoever has no GUID is left out."""
    found: dict[str, Person] = {}
    for value in values:
        guid = texts.guid_of(value.get("guid")) if isinstance(value, dict) else None
        if guid is not None:
            found.setdefault(guid, Person(guid, texts.text(value, "name") or "", side))
    return list(found.values())
