"""One map of stopwatch in words and lengths: who set which time, who held, and what that gave."""

from __future__ import annotations

from dataclasses import dataclass

from slomix_stats.api import Letter, MatchLine, RoundLine, opposite
from slomix_webui.formats import clock
from slomix_webui.wording import say

_UNSCORED = {
    "open": "Round 2 is still to come",
    "abandoned_r1": "Round 2 was not played: not counted",
    "orphan_r2": "Round 1 is missing: not counted",
    "aborted": "Aborted: not counted",
    "cancelled": "Started again: not counted",
    "substitution": "Started again with other people: not counted",
    "bots": "Bots played: not counted",
    "filler_map": "Fills time: not counted",
    "too_short": "Over in seconds: not counted",
    "manual": "Not counted by decision",
}
_UNKNOWN = "The result is unknown: not counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One half. `attackers` and `defenders` are names to print, `letter` the attackers' line-up.

    `length` is the time in percent of the map's limit, `mark` the time to beat on the same scale.
    """

    round_id: str
    number: int
    letter: Letter | None
    attackers: str
    verdict: str
    done: bool
    length: float | None
    mark: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One play of a map. `result` is the sentence, `a` and `b` the points of the line-ups where they are known.

    `scale` is how many seconds the full length of its strips is.
    """

    match: MatchLine
    halves: tuple[Half, ...]
    scale: float
    result: str
    winner: Letter | None
    a: int | None
    b: int | None


def tell(match: MatchLine, attackers: Letter | None) -> Play:
    """The map as `attackers` (the line-up that attacked in round 1; None where unknown) saw it."""
    scale = _scale(match)
    halves = []
    if match.r1 is not None:
        halves.append(_half(match.r1, attackers, scale, target=None))
    if match.r2 is not None:
        made = match.r1 is not None and match.r1.outcome == "objective"
        letter = opposite(attackers) if attackers else None
        halves.append(_half(match.r2, letter, scale, target=match.r2.limit_s if made else None))
    first, second = match.points_r1_attackers, match.points_r2_attackers
    if first is None or second is None:
        return Play(
            match=match, halves=tuple(halves), scale=scale, result=_unscored(match), winner=None, a=None, b=None
        )
    a, b = (None, None) if attackers is None else (first, second) if attackers == "A" else (second, first)
    winner = None if first == second or attackers is None else attackers if first > second else opposite(attackers)
    return Play(
        match=match,
        halves=tuple(halves),
        scale=scale,
        result=_result(match, attackers),
        winner=winner,
        a=a,
        b=b,
    )


def _scale(match: MatchLine) -> float:
    """What the strips of this map are measured against: the limit of round 1, else the longest time known."""
    limits = [line.limit_s for line in (match.r1, match.r2) if line and line.limit_s]
    return float(max(limits)) if limits else max((r.seconds or 0 for r in (match.r1, match.r2) if r), default=0)


def _half(line: RoundLine, letter: Letter | None, scale: float, *, target: float | None) -> Half:
    side = None if line.defender is None else "allies" if line.defender == "axis" else "axis"
    return Half(
        round_id=line.round_id,
        number=line.number,
        letter=letter,
        attackers=letter or (say(side.capitalize()) if side else say("Attackers")),
        verdict=_verdict(line),
        done=line.outcome == "objective",
        length=_share(_took(line), scale),
        mark=_share(target, scale),
    )


def _share(seconds: float | None, scale: float) -> float | None:
    return None if seconds is None or not scale else round(min(100.0, 100 * seconds / scale), 1)


def _took(line: RoundLine) -> float | None:
    """Seconds of the round. A full hold lasts as long as its limit; what was measured may be some seconds off."""
    return line.limit_s if line.outcome == "hold" and not line.ended_early and line.limit_s else line.seconds


def _verdict(line: RoundLine) -> str:
    if line.aborted:
        return say("aborted")
    if line.outcome == "objective":
        return say("set {time}" if line.number == 1 else "did it in {time}", time=clock(line.seconds))
    if line.outcome == "hold":
        if line.ended_early:
            return say("gave up {time}", time=clock(line.seconds))
        return say("held {time}", time=clock(_took(line)))
    return say("result unknown")


def _unscored(match: MatchLine) -> str:
    return say(_UNSCORED.get(match.unscored_because or "", _UNKNOWN))


def _result(match: MatchLine, attackers: Letter | None) -> str:
    first, second = match.points_r1_attackers or 0, match.points_r2_attackers or 0
    if first == second:
        return say("Draw, both held")
    if attackers is None:
        return say("Attackers of round {number} win", number=1 if first > second else 2)
    return say("{letter} wins", letter=attackers if first > second else opposite(attackers))
