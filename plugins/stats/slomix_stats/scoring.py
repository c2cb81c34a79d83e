"""How a round ended, how long it took, and what a match is worth: the one scoring function of Slomix."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from slomix.nouns import MatchStatus
from slomix_stats.api import Outcome
from slomix_stats.differential import PlayerRound, is_lossy
from slomix_stats.inputs.report import RoundReport
from slomix_stats.record import StatsFile

#: A round can not be longer than its limit by more than this: the clock then ran through the warm-up.
_OVER_LIMIT_S = 15

#: Holds that run their course end within 6 s of the limit; early ends began at 15 s below it.
_EARLY_S = 10

#: Points of the two halves' attackers, on the scale of 2 per map.
_POINTS: dict[tuple[Outcome, Outcome], tuple[int, int]] = {
    ("objective", "objective"): (0, 2),
    ("objective", "hold"): (2, 0),
    ("hold", "objective"): (0, 2),
    ("hold", "hold"): (1, 1),
}


class RoundResult(msgspec.Struct, frozen=True, gc=False):
    """How a round ended. `seconds` is its true duration; `flags` are sorted (`aborted`, `lossy`)."""

    outcome: Outcome | None
    seconds: float
    ended_early: bool
    flags: tuple[str, ...]


def judge(
    file: StatsFile, rows: Sequence[PlayerRound], status: MatchStatus, report: RoundReport | None = None
) -> RoundResult:
    """The result of a round from its file, its players (those of `slomix_stats.differential.derive`) and the report
    of its end, where there is one."""
    aborted = status == "aborted"
    ended = None if aborted else outcome(file, report)
    # The times of a round 2 without its round 1 are those of both rounds.
    longest_s = None if status == "orphan_r2" else max((row.time_played_s for row in rows), default=None)
    flags = ("aborted",) if aborted else ()
    seconds = duration(file, ended, longest_s, report)
    return RoundResult(
        outcome=ended,
        seconds=seconds,
        ended_early=ended_early(file, ended, seconds, report),
        flags=(*flags, "lossy") if is_lossy(rows) else flags,
    )


def outcome(file: StatsFile, report: RoundReport | None = None) -> Outcome | None:
    """`hold` when the defenders won, else `objective`; None where neither the header nor the report says.

    The sides decide, never the times: an objective may be reached in the last second. Only without sides a target
    below the limit tells that the attackers made it.
    """
    defender = file.defender or (report.defender if report else None)
    winner = file.winner or (report.winner if report else None)
    if defender is not None and winner is not None:
        return "hold" if winner == defender else "objective"
    return "objective" if 0 < file.target_s < file.limit_s else None


def duration(file: StatsFile, ended: Outcome | None, longest_s: int | None, report: RoundReport | None = None) -> float:
    """Seconds the round took: those of the report, else the script's own measurement, else the attackers' time, else
    the longest time a player was on a team (`longest_s`), else the limit. What exceeds the limit is no duration."""
    reported = report.seconds if report else None
    for seconds in (reported, file.measured_s, file.target_s if ended == "objective" else None, longest_s):
        if seconds is not None and 0 < seconds <= file.limit_s + _OVER_LIMIT_S:
            return seconds
    return file.limit_s


def ended_early(file: StatsFile, ended: Outcome | None, seconds: float, report: RoundReport | None = None) -> bool:
    """Whether a team gave up: the attackers, where a hold was not played to the limit, or the defenders, where a
    report says so. A vote that was only called makes no surrender: whoever called it must have lost."""
    if ended == "hold":
        return file.limit_s - seconds > _EARLY_S
    if ended != "objective" or report is None or report.end_reason != "surrender":
        return False
    return report.surrender_side is not None and report.surrender_side == (file.defender or report.defender)


def score(r1: Outcome | None, r2: Outcome | None) -> tuple[int, int] | None:
    """Points of round 1's and round 2's attackers: 2 to the winner, 1 each for two holds; None if one is unknown."""
    if r1 is None or r2 is None:
        return None
    return _POINTS[r1, r2]
