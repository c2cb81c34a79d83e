"""Matches: which round 2 answers which round 1. A pure walk over one session's rounds in the order of time.

The stopwatch target is the decisive key: round 2 is played against the time that round 1 set, so the limit in its
header equals the target in round 1's. Where one of the two is unknown, the players' session counters decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from slomix.identity.sessions import in_order
from slomix.nouns import MatchStatus, RoundFacts


@dataclass(frozen=True, slots=True)
class Play:
    """One play of a map as the walk found it; a round that stands alone fills the slot of its label."""

    status: MatchStatus
    r1: RoundFacts | None
    r2: RoundFacts | None

    @property
    def first(self) -> RoundFacts:
        """The round that the match takes its id from."""
        found = self.r1 or self.r2
        assert found is not None
        return found

    @property
    def last(self) -> RoundFacts:
        """The round that the match ends with."""
        found = self.r2 or self.r1
        assert found is not None
        return found


def pair(rounds: Sequence[RoundFacts], window: timedelta) -> list[Play]:
    """The plays of one session's rounds. `window` is the longest time from the end of round 1 to that of round 2."""
    plays: list[Play] = []
    waiting: list[RoundFacts] = []  # first halves of one map that no second half answered yet
    for each in in_order(rounds):
        if each.aborted or _is_cut_second_half(each, waiting):
            plays.append(_alone("aborted", each))
        elif each.number == 1:
            if waiting and waiting[-1].map != each.map:
                plays.extend(_alone("abandoned_r1", old) for old in waiting)
                waiting = []
            waiting.append(each)
        else:
            answered = _answered_by(each, waiting, window)
            plays.extend(_alone("abandoned_r1", old) for old in waiting if old is not answered)
            plays.append(Play("complete", answered, each) if answered else _alone("orphan_r2", each))
            waiting = []
    plays.extend(_alone("open", old) for old in waiting)
    return plays


def _alone(status: MatchStatus, each: RoundFacts) -> Play:
    return Play(status, each, None) if each.number == 1 else Play(status, None, each)


def _answered_by(second: RoundFacts, waiting: Sequence[RoundFacts], window: timedelta) -> RoundFacts | None:
    """The nearest first half whose target `second` was played against, else the nearest that may be it."""
    near = [
        first for first in reversed(waiting) if first.map == second.map and second.ended_at - first.ended_at <= window
    ]
    if second.limit_s is not None:
        for first in near:
            if first.target_s == second.limit_s:
                return first
    for first in near:
        unknown = first.target_s is None or second.limit_s is None
        if unknown and _players_continued(first, second) is not False:
            return first
    return None


def _is_cut_second_half(each: RoundFacts, waiting: Sequence[RoundFacts]) -> bool:
    """Whether a round labelled 1 is a second half that a shutdown cut short (the label is inverted then).

    It is played against the target of a waiting first half of the same map, which differs from that half's own
    limit, and most players' session counters went up by one.
    """
    return each.number == 1 and any(
        first.map == each.map
        and each.limit_s is not None
        and each.limit_s == first.target_s
        and each.limit_s != first.limit_s
        and _counters_grew(first, each) is True
        for first in waiting
    )


def _steps(first: RoundFacts, second: RoundFacts) -> list[int]:
    """How far the session counter of each player in both rounds moved."""
    before, after = first.continuity or {}, second.continuity or {}
    return [after[key] - before[key] for key in before.keys() & after.keys()]


def _players_continued(first: RoundFacts, second: RoundFacts) -> bool | None:
    """Whether most players in both rounds stayed for the next round; None where no counters are known."""
    if not first.continuity or not second.continuity:
        return None
    steps = _steps(first, second)
    return 2 * sum(step == 1 for step in steps) > len(steps)


def _counters_grew(first: RoundFacts, second: RoundFacts) -> bool | None:
    """Whether the counters of most players in both rounds are higher in the second; None where none are known."""
    steps = _steps(first, second)
    return 2 * sum(step >= 1 for step in steps) > len(steps) if steps else None
