"""An evening on the server: who meets whom, on which maps, at what times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from slomix_stats.simulate.dice import Dice
from slomix_stats.simulate.lineup import LineUp
from slomix_stats.simulate.maps import MAPS, MapPlan
from slomix_stats.simulate.match import Half, play_match
from slomix_stats.simulate.people import Person
from slomix_stats.simulate.statsfile import FileLine
from slomix_stats.simulate.truth import RoundTruth

#: The clock of the simulated server.
ZONE = ZoneInfo("Europe/Ljubljana")
SERVER = "^3Slo^7mix ^1#1 ^7stopwatch"

#: The script writes so long after the end of a round.
_WRITTEN_AFTER = timedelta(seconds=3)
#: Days of a week on which they play, counted from the first.
_DAYS = (0, 1, 3, 5)


@dataclass(slots=True)
class Played:
    """A round with everything its file needs; `ended_at` is when the file is written."""

    evening: int
    match: int
    config: str
    half: Half
    ended_at: datetime

    @property
    def lines(self) -> list[FileLine]:
        return self.half.lines

    def truth(self, ended_at: datetime | None = None) -> RoundTruth:
        """What happened; with `ended_at` as if the round had ended then."""
        half, end = self.half, self.half.ending
        defender = half.plan.defender
        local = (ended_at or self.ended_at).astimezone(ZONE).replace(microsecond=0)
        return RoundTruth(
            evening=self.evening,
            match=self.match,
            server=SERVER,
            config=self.config,
            map=half.plan.name,
            number=half.number,
            defender=defender,
            winner=3 - defender if end.won else defender,
            limit_s=half.limit_s,
            target_s=end.target_s,
            seconds=end.seconds,
            outcome="objective" if end.won else "hold",
            ended_early=end.early,
            ended_at=local,
            players=half.players,
            story=frozenset(half.story),
        )


def begin_of_evening(seed: int, evening: int, start: datetime) -> datetime:
    """When this evening begins, in UTC. The first one begins at `start` (naive: the server's clock), the later ones
    on four days a week at about the same time of day, up to 75 minutes later."""
    local = start.replace(tzinfo=ZONE) if start.tzinfo is None else start.astimezone(ZONE)
    if evening:
        local += timedelta(days=7 * (evening // len(_DAYS)) + _DAYS[evening % len(_DAYS)])
        local += timedelta(minutes=Dice(_seed(seed, evening) + 1).whole(0, 75))
    return local.astimezone(UTC)


def play(seed: int, evening: int, people: tuple[Person, ...], begin: datetime) -> Iterator[Played]:
    """The rounds of one evening in their order; each evening of a seed is the same whatever was played before."""
    dice = Dice(_seed(seed, evening))
    size = dice.weighted((3, 4, 5, 6), (3, 2, 1.5, 2))
    lineup = LineUp(dice, people, size)
    config = "legacy3" if size < 5 else "legacy6"
    first_day = begin.astimezone(ZONE).date()
    now = begin
    for match, (plan, again) in enumerate(_programme(dice)):
        for half in play_match(dice, plan, lineup, counter=int(again)):
            now += timedelta(seconds=half.ending.seconds)
            ended_at = now + _WRITTEN_AFTER
            if again:
                half.story.add("same_map_again")
            if ended_at.astimezone(ZONE).date() != first_day:
                half.story.add("past_midnight")
            yield Played(evening, match, config, half, ended_at)
            now += timedelta(seconds=dice.between(60, 240))


def _seed(seed: int, evening: int) -> int:
    return (seed * 1_000_003 + evening + 1) * 2


def _programme(dice: Dice) -> list[tuple[MapPlan, bool]]:
    """The maps of the evening, with whether a map is played again at once."""
    programme: list[tuple[MapPlan, bool]] = []
    wanted = dice.whole(4, 8)
    for plan in dice.shuffled(MAPS):
        programme.append((plan, False))
        if dice.chance(0.15):
            programme.append((plan, True))
    return programme[:wanted]
