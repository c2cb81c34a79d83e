"""What kills alone do not tell: objectives that were saved, and team mates who stood up again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slomix_greatshot.demo.records import Revive
from slomix_greatshot.highlights.facts import Facts
from slomix_greatshot.highlights.moments import Moment, of_kills
from slomix_greatshot.highlights.words import seconds, with_weapons

#: Kills so shortly after it still belong to it.
AFTER_MS = 2000
REVIVE_POINTS = 6.0
#: For each kill in between.
KILL_POINTS = 4.0


def denials(facts: Facts) -> Iterator[Moment]:
    """Kills just before a team undid what the other one had done to an objective."""
    for team in (1, 2):
        for saved, words in facts.own_objectives(team):
            for who, kills in facts.frags.items():
                if facts.team(who[0], saved) != team:
                    continue
                part = [each for each in kills if saved - facts.tuning.denial_ms <= each.time_ms <= saved + AFTER_MS]
                if len(part) >= facts.tuning.least_denial:
                    before = seconds(max(saved - part[0].time_ms, 0))
                    sentence = f"{len(part)} kills {with_weapons(each.mod_name for each in part)} around the moment "
                    sentence += f"when {words}, the first one {before} before"
                    yield of_kills("objective_denial", who, part, sentence, weight=12, end_ms=saved)


def revive_trains(facts: Facts) -> Iterator[Moment]:
    """Revives by one medic, each no later than so long after the one before."""
    gap, least = facts.tuning.revive_ms, facts.tuning.least_revives
    for medic, revives in facts.revives.items():
        train: list[Revive] = []
        for revive in [*revives, None]:
            if revive is not None and (not train or revive.time_ms - train[-1].time_ms <= gap):
                train.append(revive)
                continue
            if len(train) >= least:
                yield _train(facts, medic, train)
            train = [revive] if revive is not None else []


def _train(facts: Facts, medic: int, train: Sequence[Revive]) -> Moment:
    first, last = train[0].time_ms, train[-1].time_ms
    between = [
        (each.time_ms, each.victim_slot, each.mod_name, each.headshot)
        for (player, *_), kills in facts.frags.items()
        if player == medic
        for each in kills
        if first <= each.time_ms <= last
    ]
    fought = f" and killed {len(between)} on the way" if between else ""
    revived = [(each.time_ms, each.revived_slot, "revive", None) for each in train]
    return Moment(
        kind="revive_train",
        who=(medic, train[0].segment, facts.round_at(first)),
        start_ms=first,
        end_ms=last,
        kills=len(between),
        score=REVIVE_POINTS * len(train) + KILL_POINTS * len(between),
        sentence=f"revived {len(train)} team mates within {seconds(last - first)}{fought}",
        steps=tuple(sorted([*revived, *between], key=lambda step: step[:2])),
    )
