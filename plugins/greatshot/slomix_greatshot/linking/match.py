"""How sure it is that a round of a demo is a round of stats: names, kills, time, length, half, winner. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Out of 100; less than this is a guess that nobody is told.
LEAST = 60
#: The best one must be this much better than the next.
MARGIN = 15
_NEAR = timedelta(minutes=3)
_HOUR = timedelta(hours=1)
#: Clocks of players all over the world differ by so much.
_ZONES = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filmed:
    """A round of a demo. `kills` by name (without colours, casefolded) of all who were in a team; `started_at` by the
    name of the file; `seconds` None where the recording has not all of it."""

    kills: Mapping[str, int]
    started_at: datetime | None
    seconds: float | None
    number: int
    winner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A round of stats. `kills` by name; None of whom they are not known."""

    round_id: str
    kills: Mapping[str, int | None]
    ended_at: datetime
    seconds: float | None
    number: int
    winner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`confidence` 0 to 100, and why, in words."""

    round_id: str
    confidence: int
    evidence: tuple[str, ...]


def best(filmed: Filmed, candidates: Iterable[Played]) -> Judged | None:
    """The round that it is; None where that is not clear."""
    judged = sorted((judge(filmed, each) for each in candidates), key=lambda each: -each.confidence)
    if not judged or judged[0].confidence < LEAST:
        return None
    if len(judged) > 1 and judged[0].confidence - judged[1].confidence < MARGIN:
        return None
    return judged[0]


def judge(filmed: Filmed, played: Played) -> Judged:
    """How well one fits."""
    told = [_roster(filmed, played), _kills(filmed, played), _time(filmed, played), _length(filmed, played)]
    told += [_number(filmed, played), _winner(filmed, played)]
    points = sum(point for point, _ in told)
    words = tuple(word for _, word in told if word)
    return Judged(round_id=played.round_id, confidence=max(0, min(100, points)), evidence=words)


def _graded(value: float, grades: Sequence[tuple[float, int]], otherwise: int) -> int:
    """The points of the first limit that the value keeps."""
    return next((points for limit, points in grades if value <= limit), otherwise)


def _roster(filmed: Filmed, played: Played) -> tuple[int, str]:
    same = len(filmed.kills.keys() & played.kills.keys())
    most = max(len(filmed.kills), len(played.kills), 1)
    points = _graded(1 - same / most, ((0.2, 35), (0.5, 20), (0.7, 5)), -40)
    return points, f"{same} of {most} players have the same name"


def _kills(filmed: Filmed, played: Played) -> tuple[int, str]:
    pairs = _pairs(filmed, played)
    if not pairs:
        return 0, ""
    whole = max(sum(count for _, count in pairs), 1)
    if filmed.seconds is None:
        more = sum(max(seen - count, 0) for seen, count in pairs)
        points = 15 if more <= 0.05 * whole else -30
        return points, f"{more} kills more than the round had"
    off = sum(abs(seen - count) for seen, count in pairs)
    return _graded(off / whole, ((0.1, 35), (0.25, 20), (0.5, 5)), -20), f"kills differ by {off} of {whole}"


def _pairs(filmed: Filmed, played: Played) -> list[tuple[int, int]]:
    known = ((filmed.kills.get(name), count) for name, count in played.kills.items())
    return [(seen, count) for seen, count in known if seen is not None and count is not None]


def _time(filmed: Filmed, played: Played) -> tuple[int, str]:
    """By the clock of whoever recorded, which may be in another time zone."""
    if filmed.started_at is None or played.seconds is None:
        return 0, ""
    off = abs(played.ended_at - timedelta(seconds=played.seconds) - filmed.started_at)
    if off <= _NEAR:
        return 20, f"it began {round(off.total_seconds())} s apart"
    beside = min(off % _HOUR, _HOUR - off % _HOUR)
    if off <= _ZONES and beside <= _NEAR:
        return 10, f"it began {round(off / _HOUR)} h apart, as in another time zone"
    return -10, ""


def _length(filmed: Filmed, played: Played) -> tuple[int, str]:
    if filmed.seconds is None or played.seconds is None:
        return 0, ""
    off = abs(filmed.seconds - played.seconds)
    return _graded(off, ((10, 15), (30, 8), (60, 0)), -15), f"its lengths differ by {off:.0f} s"


def _number(filmed: Filmed, played: Played) -> tuple[int, str]:
    return (5, f"both are round {played.number}") if filmed.number == played.number else (-10, "")


def _winner(filmed: Filmed, played: Played) -> tuple[int, str]:
    if filmed.winner is None or played.winner is None:
        return 0, ""
    return (5, "the same side won") if filmed.winner == played.winner else (-15, "")
