"""How a round and a map ended, in words. Pure."""

from __future__ import annotations

from slomix.nouns import Side
from slomix_stats.api import MatchLine, RoundLine
from slomix_stats.discord.text import clock

_STATUS = {
    "open": "Round 2 is still to come.",
    "abandoned_r1": "Round 2 was not played: the map does not count.",
    "orphan_r2": "Round 1 is missing: the numbers may be of both rounds, and the map does not count.",
    "aborted": "Aborted: the map does not count.",
    "cancelled": "Started again by the same people: this start does not count.",
    "substitution": "Started again with other people: this start counts for its players, not for the score.",
    "bots": "Bots played: the map does not count.",
    "filler_map": "A map that fills time: it does not count.",
    "too_short": "Over after a few seconds: the map does not count.",
    "manual": "Somebody decided that the map does not count.",
}


def attackers(line: RoundLine) -> Side | None:
    """The attacking side."""
    return {"axis": "allies", "allies": "axis"}.get(line.defender or "")  # type: ignore[return-value]


def outcome(line: RoundLine) -> str:
    """`objective in 3:51`, `hold (12:00)`, `ended early (4:10)`, `aborted`, `result unknown`."""
    if line.aborted:
        return "aborted"
    if line.outcome == "objective":
        return f"objective in {clock(line.seconds)}"
    if line.outcome == "hold":
        length = clock(line.seconds if line.seconds is not None else line.limit_s)
        return f"ended early ({length})" if line.ended_early else f"hold ({length})"
    return "result unknown"


def brief(line: RoundLine | None) -> str:
    """The same for a table: `3:51`, `hold`, `early`, or a dash."""
    if line is None or line.outcome is None or line.aborted:
        return "–"
    if line.outcome == "objective":
        return clock(line.seconds)
    return "early" if line.ended_early else "hold"


def score(match: MatchLine) -> str | None:
    """Points of who attacked in round 1 and in round 2, `2:0`; None where the map was not scored."""
    if match.points_r1_attackers is None or match.points_r2_attackers is None:
        return None
    return f"{match.points_r1_attackers}:{match.points_r2_attackers}"


def map_result(match: MatchLine) -> str:
    """What the map gave, in a sentence. Sides are those of round 2, where its attackers defended in round 1."""
    points = score(match)
    if points is None:
        return _STATUS.get(match.unscored_because or "", "The result is unknown: the map does not count.")
    first, second = match.points_r1_attackers or 0, match.points_r2_attackers or 0
    if first == second:
        return f"**{points}**, both teams held."
    side = None
    if match.r2 is not None:
        side = attackers(match.r2) if second > first else match.r2.defender
    name = f" ({side.capitalize()} in round 2)" if side else ""
    return f"**{points}**, the map goes to the attackers of round {2 if second > first else 1}{name}."


def target(line: RoundLine, match: MatchLine | None) -> str:
    """The line below the title: what round 2 has to beat, or what the map gave."""
    if match is not None and match.status == "aborted":
        return _STATUS["aborted"]
    if line.number == 1 and (match is None or match.r2 is None):
        if line.outcome == "objective":
            return f"Target to beat: **{clock(line.seconds)}**"
        return f"Target to beat: any finish within {clock(line.limit_s)}" if line.outcome == "hold" else ""
    if match is None:
        return ""
    beaten = match.r1.seconds if line.number == 2 and match.r1 and match.r1.outcome == "objective" else None
    against = f"Target was {clock(beaten)}. " if beaten is not None else ""
    return against + map_result(match)
