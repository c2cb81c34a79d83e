"""Achievements: ladders of milestones over a lifetime. One list for what is announced and for badges. Pure.

A count is reached in the round in which the sum got there. A ratio (K/D) is looked at when a session is over, from 20
rounds on, and is kept when the ratio falls again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from slomix_stats.api.people import Milestone, Progress
from slomix_stats.metrics import basic

#: Rounds that a ratio takes.
RATIO_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Ladder:
    """One ladder. `columns` are the sums added up; two of them with `ratio` are divided."""

    name: str
    title: str
    emoji: str
    columns: tuple[str, ...]
    steps: tuple[tuple[float, str], ...]
    ratio: bool = False

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        """Its steps, lowest first; tiers count from 1."""
        return tuple(
            Milestone(
                ladder=self.name,
                metric=self.name,
                threshold=threshold,
                title=title,
                emoji=self.emoji,
                tier=tier,
                min_rounds=RATIO_ROUNDS if self.ratio else 0,
            )
            for tier, (threshold, title) in enumerate(self.steps, 1)
        )

    def value(self, sums: Mapping[str, float | None]) -> float:
        """Where these sums are on it; what is unknown counts nothing."""
        numbers = [float(sums.get(column) or 0) for column in self.columns]
        return round(basic.kd(numbers[0], numbers[1]), 4) if self.ratio else sum(numbers)


LADDERS: tuple[Ladder, ...] = (
    Ladder("kills", "Kills", "⚔️", ("kills",), (
        (100, "Warmed up"), (500, "Sharpshooter"), (1000, "Thousand strong"), (2500, "Frontliner"),
        (5000, "Terror of the trenches"), (10_000, "War machine"), (20_000, "Legend of the field"),
    )),
    Ladder("rounds", "Rounds played", "🎖️", ("rounds",), (
        (10, "Fresh recruit"), (50, "Regular"), (100, "Corporal of the evening"), (250, "Sergeant"), (500, "Veteran"),
        (1000, "Old guard"), (5000, "Part of the furniture"), (10_000, "Institution"), (30_000, "Monument"),
    )),
    Ladder("kd", "Kills per death", "⚖️", ("kills", "deaths"), (
        (1.0, "Break even"), (1.5, "On the front foot"), (2.0, "Two for one"), (2.5, "Hard to kill"),
        (3.0, "Untouchable"),
    ), ratio=True),
    Ladder("revives", "Revives given", "💉", ("revives_given",), (
        (100, "First aid"), (500, "Field medic"), (5000, "Guardian angel"),
    )),
    Ladder("times_revived", "Times revived", "🩹", ("times_revived",), (
        (100, "Back again"), (500, "Good friends with the medic"), (3000, "Immortal"),
    )),
    Ladder("planted", "Dynamites planted", "🧨", ("dynamites_planted",), (
        (50, "Short fuse"), (200, "Demolition man"), (1000, "Earthquake"),
    )),
    Ladder("defused", "Dynamites defused", "✂️", ("dynamites_defused",), (
        (50, "Steady hands"), (200, "Bomb squad"), (1000, "Ice in the veins"),
    )),
    Ladder("objectives", "Objectives stolen or returned", "🏴", ("objectives_stolen", "objectives_returned"), (
        (25, "Courier"), (250, "Document thief"), (2500, "Secret agent"),
    )),
)  # fmt: skip

#: Every column that a ladder adds up, besides the rounds themselves.
COLUMNS: tuple[str, ...] = tuple(
    dict.fromkeys(column for ladder in LADDERS for column in ladder.columns if column != "rounds")
)

_BY_NAME = {ladder.name: ladder for ladder in LADDERS}
_MILESTONES = {(step.ladder, step.threshold): step for ladder in LADDERS for step in ladder.milestones}

MILESTONES: tuple[Milestone, ...] = tuple(_MILESTONES.values())


def milestone(ladder: str, threshold: float) -> Milestone | None:
    """A step by its ladder and threshold; None for one that there is no more."""
    return _MILESTONES.get((ladder, threshold))


def reached_count(sums: Mapping[str, float | None]) -> set[tuple[str, float]]:
    """Ladder and threshold of every step that these lifetime sums are past."""
    rounds = int(sums.get("rounds") or 0)
    return {
        (ladder.name, threshold)
        for ladder in LADDERS
        if not ladder.ratio or rounds >= RATIO_ROUNDS
        for threshold, _ in ladder.steps
        if ladder.value(sums) >= threshold
    }


def first_reached(parts: Iterable[Mapping[str, float | None]]) -> list[tuple[int, str, float]]:
    """When each step was reached first: (index of the part, ladder, threshold). `parts` are sums in the order of time
    (sessions, say), each with `rounds` and `COLUMNS`; what is missing counts nothing."""
    played = list(parts)
    grown = {name: list(accumulate(part.get(name) or 0 for part in played)) for name in ("rounds", *COLUMNS)}
    found = []
    for ladder in LADDERS:
        columns = [grown[column] for column in ladder.columns]
        if ladder.ratio:
            first = bisect_left(grown["rounds"], RATIO_ROUNDS)
            values = [round(basic.kd(one, other), 4) for one, other in zip(*columns, strict=True)][first:]
            best = list(accumulate(values, max))
        else:
            first, best = 0, list(map(sum, zip(*columns, strict=True)))
        for threshold, _ in ladder.steps:
            at = bisect_left(best, threshold)
            if at == len(best):
                break
            found.append((first + at, ladder.name, threshold))
    return sorted(found)


def is_ratio(ladder: str) -> bool:
    """Whether a ladder is looked at only when a session is over."""
    return _BY_NAME[ladder].ratio


def progress(sums: Mapping[str, float | None], kept: Sequence[Milestone]) -> list[Progress]:
    """Where these lifetime sums stand on every ladder; `kept` are the steps reached at some time."""
    rounds = int(sums.get("rounds") or 0)
    return [_progress(ladder, ladder.value(sums), rounds, kept) for ladder in LADDERS]


def _progress(ladder: Ladder, value: float, rounds: int, kept: Sequence[Milestone]) -> Progress:
    had = [step for step in kept if step.ladder == ladder.name]
    best = max(had, key=lambda step: step.threshold, default=None)
    following = next((step for step in ladder.milestones if best is None or step.threshold > best.threshold), None)
    start = best.threshold if best is not None and not ladder.ratio else 0.0
    percent = 100.0 if following is None else 100 * (value - start) / (following.threshold - start)
    return Progress(
        ladder=ladder.name,
        title=ladder.title,
        value=value,
        reached=best,
        next=following,
        percent=round(min(100.0, max(0.0, percent)), 1),
        rounds_missing=max(0, RATIO_ROUNDS - rounds) if ladder.ratio else 0,
    )
