"""From the server's wall clock to real time.

At the end of summer time one local hour is played twice and a file does not say which. A round in it takes the
earlier offset, unless another choice keeps more second halves right after their first halves. The choice is a pure
function of the set of rounds: the order of arrival does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from slomix.nouns import RoundFacts, RoundSighting

#: Rounds of one repeated hour lie closer together than this.
_SAME_NIGHT = timedelta(hours=12)


def at(local: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The moment that `local` (without offset) means in `zone`; `fold` 1 is the second time in a repeated hour.

    With a fixed offset: Python compares two moments of one zone by their wall clocks, which are wrong in that hour.
    """
    return local.replace(tzinfo=timezone(_offset(local, zone, fold)))


def _offset(local: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    offset = local.replace(tzinfo=zone, fold=fold).utcoffset()
    assert offset is not None
    return offset


def on_the_clock_of(zone: ZoneInfo, sighting: RoundSighting) -> RoundSighting:
    """The sighting with its times on the wall clock of `zone`, where it has them with an offset."""
    ended, started = sighting.ended_local, sighting.started_local
    if ended.tzinfo is None:
        return sighting
    return replace(
        sighting,
        ended_local=ended.astimezone(zone).replace(tzinfo=None, microsecond=0),
        started_local=None if started is None else started.astimezone(zone).replace(tzinfo=None, microsecond=0),
    )


def is_repeated(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of `zone` shows `local` twice."""
    return _offset(local, zone, 0) > _offset(local, zone, 1)


def changes_near(local: datetime, zone: ZoneInfo, reach: timedelta) -> bool:
    """Whether the offset of `zone` is not the same all the time from `reach` before `local` to `reach` after it."""
    around = (local - reach, local, local + reach)
    return len({_offset(moment, zone, fold) for moment in around for fold in (0, 1)}) > 1


def moments(rounds: Iterable[RoundFacts], zone: ZoneInfo, window: timedelta) -> dict[str, datetime]:
    """When each round ended, with offset, by its `local` alone (`ended_at` is not looked at).

    `window` is the longest time between the two halves of a match.
    """
    ordered = sorted(rounds, key=lambda each: (each.local, each.number, each.map, each.round_id))
    folds: dict[str, int] = {}
    twice = [index for index, each in enumerate(ordered) if not each.aborted and is_repeated(each.local, zone)]
    for first, last in _nights(ordered, twice):
        before = next((each for each in reversed(ordered[:first]) if not each.aborted), None)
        after = next((each for each in ordered[last + 1 :] if not each.aborted), None)
        night = [each for each in ordered[first : last + 1] if not each.aborted]
        chosen = _Night(zone, window, before, after).folds(night)
        folds.update(zip((each.round_id for each in night), chosen, strict=True))
    return {each.round_id: at(each.local, zone, folds.get(each.round_id, 0)) for each in ordered}


def _nights(ordered: Sequence[RoundFacts], twice: Sequence[int]) -> list[tuple[int, int]]:
    """First and last index of the repeated rounds of each changeover."""
    nights: list[tuple[int, int]] = []
    for index in twice:
        if nights and ordered[index].local - ordered[nights[-1][1]].local < _SAME_NIGHT:
            nights[-1] = (nights[-1][0], index)
        else:
            nights.append((index, index))
    return nights


#: Second halves right after their first halves, negated; rounds in the second hour; the choice. Smaller is better.
_Score = tuple[int, int, tuple[int, ...]]
#: The last round of the first hour, the last and the first of the second; as places in the night, None for none.
_Ends = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class _Night:
    """One repeated hour, with the rounds just before and just after it."""

    zone: ZoneInfo
    window: timedelta
    before: RoundFacts | None
    after: RoundFacts | None

    def folds(self, night: Sequence[RoundFacts]) -> tuple[int, ...]:
        """The best choice for rounds in local order.

        Dynamic programming over who was last in the first hour, last in the second and first in the second.
        """
        best: dict[_Ends, _Score] = {(None, None, None): (0, 0, ())}
        for index, each in enumerate(night):
            following: dict[_Ends, _Score] = {}
            for (early, late, opening), (halves, moved, chosen) in best.items():
                first = self.before if early is None else night[early]
                second = None if late is None else night[late]
                stays = (halves - self._follows(first, 0, each, 0), moved, (*chosen, 0))
                moves = (halves - self._follows(second, 1, each, 1), moved + 1, (*chosen, 1))
                start = index if opening is None else opening
                for key, score in (((index, late, opening), stays), ((early, index, start), moves)):
                    following[key] = min(score, following.get(key, score))
            best = following
        return min(self._closed(night, ends, score) for ends, score in best.items())[2]

    def _closed(self, night: Sequence[RoundFacts], ends: _Ends, score: _Score) -> _Score:
        """The score with the halves that meet between the two hours and after them."""
        early = self.before if ends[0] is None else night[ends[0]]
        halves, moved, chosen = score
        if ends[1] is None or ends[2] is None:
            return halves - self._follows(early, 0, self.after, 0), moved, chosen
        halves -= self._follows(early, 0, night[ends[2]], 1)
        halves -= self._follows(night[ends[1]], 1, self.after, 0)
        return halves, moved, chosen

    def _follows(self, first: RoundFacts | None, fold: int, second: RoundFacts | None, second_fold: int) -> int:
        """1 if `second` answers `first`, else 0."""
        if first is None or second is None or (first.number, second.number) != (1, 2) or first.map != second.map:
            return 0
        if None not in (first.target_s, second.limit_s) and first.target_s != second.limit_s:
            return 0
        ends = at(first.local, self.zone, fold), at(second.local, self.zone, second_fold)
        return int(timedelta() < ends[1] - ends[0] <= self.window)
