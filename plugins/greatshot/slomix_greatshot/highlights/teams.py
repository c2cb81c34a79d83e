"""Moments of one against all: aces, and whoever is the last of a team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slomix_greatshot.demo.records import Obituary
from slomix_greatshot.highlights.chains import runs, windows
from slomix_greatshot.highlights.facts import TEAMS, Facts
from slomix_greatshot.highlights.moments import Moment, of_kills
from slomix_greatshot.highlights.words import seconds, with_weapons

#: A team of fewer has nobody to be the last of.
LEAST_TEAM = 3


def aces(facts: Facts) -> Iterator[Moment]:
    """All of the enemy's team killed by one player, each of them within the time."""
    for who, kills in facts.frags.items():
        team = facts.team(who[0], kills[0].time_ms)
        if team not in TEAMS:
            continue
        for part in windows(kills, facts.tuning.ace_ms):
            if len(part) < facts.tuning.least_ace:
                continue
            enemies = set(facts.members(3 - team, part[-1].time_ms, who[1]))
            if len(enemies) < facts.tuning.least_ace or not enemies <= {each.victim for each in part}:
                continue
            shortest = _shortest(part, enemies)
            took = seconds(shortest[-1].time_ms - shortest[0].time_ms)
            sentence = f"killed all {len(enemies)} of the other team within {took} "
            sentence += with_weapons(each.mod_name for each in shortest)
            yield of_kills("ace", who, shortest, sentence, weight=15)


def _shortest(part: Sequence[Obituary], enemies: set[int]) -> Sequence[Obituary]:
    """The first stretch in which all of them fell, without what comes before and after."""
    missing, end = set(enemies), 0
    while missing:
        missing.discard(_victim(part[end]))
        end += 1
    missing, begin = set(enemies), end
    while missing:
        begin -= 1
        missing.discard(_victim(part[begin]))
    return part[begin:end]


def _victim(kill: Obituary) -> int:
    return -1 if kill.victim is None else kill.victim


def last_men(facts: Facts) -> Iterator[Moment]:
    """Kills by whoever stood while every team mate was down; nobody is taken to be down for long."""
    for who, kills in facts.frags.items():
        player, segment, _ = who
        alone = [each for each in kills if _mates_down(facts, player, segment, each.time_ms)]
        for part in runs(alone, lambda one, other: other.time_ms - one.time_ms <= facts.tuning.down_ms):
            if len(part) >= facts.tuning.least_last_man:
                team = facts.team(player, part[0].time_ms)
                mates = len(facts.members(team, part[0].time_ms, segment)) - 1
                sentence = f"{len(part)} kills as the last one standing while all {mates} team mates were down, "
                sentence += with_weapons(each.mod_name for each in part)
                yield of_kills("last_man_standing", who, part, sentence, weight=14)


def _mates_down(facts: Facts, player: int, segment: int, time: int) -> bool:
    team = facts.team(player, time)
    mates = [each for each in facts.members(team, time, segment) if each != player]
    if team not in TEAMS or len(mates) < LEAST_TEAM - 1:
        return False
    return all(_down(facts, mate, time) for mate in mates)


def _down(facts: Facts, player: int, time: int) -> bool:
    """Died just now, and neither was revived nor has shot anybody since."""
    died = [death for death in facts.deaths.get(player, ()) if time - facts.tuning.down_ms <= death <= time]
    return bool(died) and not any(died[-1] < sign <= time for sign in facts.signs_of_life.get(player, ()))
