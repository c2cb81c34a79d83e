"""One play of a map: round 1, the break with its comings and goings, round 2 with the sides swapped."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from slomix_stats.simulate.battle import Battle
from slomix_stats.simulate.dice import Dice
from slomix_stats.simulate.fighter import Fighter
from slomix_stats.simulate.lineup import LineUp
from slomix_stats.simulate.maps import MapPlan
from slomix_stats.simulate.outcome import Ending, ending
from slomix_stats.simulate.people import Person, Role
from slomix_stats.simulate.statsfile import FileLine
from slomix_stats.simulate.tally import Tally, together
from slomix_stats.simulate.truth import PlayerTruth, Story


@dataclass(slots=True)
class Half:
    """One round as it was played; when it ended is not its business."""

    plan: MapPlan
    number: int
    limit_s: int
    ending: Ending
    lines: list[FileLine]
    players: dict[str, PlayerTruth]
    story: set[Story]


class Stay(NamedTuple):
    """Where somebody is in a round: his side, from when until when (seconds)."""

    person: Person
    role: Role
    side: int
    came: float = 0.0
    left: float = inf


@dataclass(slots=True)
class Break:
    """What happened between the rounds. `watching` and `gone` do not play round 2; `arrivals` come during it."""

    watching: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    reconnected: set[str] = field(default_factory=set)
    arrivals: list[tuple[Person, int]] = field(default_factory=list)
    renamed: bool = False


def play_match(dice: Dice, plan: MapPlan, lineup: LineUp, counter: int) -> tuple[Half, Half]:
    """Both rounds of a map. `counter` is the session counter of everybody in round 1; `lineup` is left as it is after
    the match (names, substitutes)."""
    side = dice.whole(1, 2)
    roles = lineup.roles(dice)
    first_stays = [Stay(p, roles[p.guid], side if team == 0 else 3 - side) for team, p in lineup.everybody()]
    limit = plan.limit_s
    end = ending(dice, plan, limit, _edge(plan, first_stays), chased=False)
    story: set[Story] = set()
    if dice.chance(0.03):
        _walk_out(dice, first_stays, end.seconds, story)
    fighters = _fight(dice, plan, first_stays, end)
    first = _first_half(dice, plan, lineup, fighters, end, counter)
    first.story |= story

    between = _break(dice, lineup)
    second = _second_half(dice, lineup, first, fighters, between, 3 - side)
    if between.renamed:
        second.story.add("renamed")
    if not end.won and not second.ending.won:
        second.story.add("double_hold")
    for half in (first, second):
        if half.ending.early:
            half.story.add("surrender")
    return first, second


def _edge(plan: MapPlan, stays: list[Stay]) -> float:
    """The attackers' lead in strength as a share of all."""
    lead = total = 0.0
    for stay in stays:
        total += stay.person.skill
        lead += stay.person.skill if stay.side != plan.defender else -stay.person.skill
    return lead / total


def _walk_out(dice: Dice, stays: list[Stay], seconds: float, story: set[Story]) -> None:
    """Somebody goes to the spectators during the round."""
    index = dice.pick([place for place, stay in enumerate(stays) if stay.came == 0])
    stays[index] = stays[index]._replace(left=seconds * dice.between(0.4, 0.9))
    story.add("left_to_spectator")


def _fight(dice: Dice, plan: MapPlan, stays: list[Stay], end: Ending) -> list[Fighter]:
    fighters = [Fighter(stay.person, stay.role, stay.side, stay.came, stay.left) for stay in stays]
    Battle(dice, plan, fighters, end.seconds).run(end.won)
    return fighters


def _first_half(dice: Dice, plan: MapPlan, lineup: LineUp, fighters: list[Fighter], end: Ending, counter: int) -> Half:
    lines, players = [], {}
    for fighter in fighters:
        guid, name = fighter.person.guid, lineup.names[fighter.person.guid]
        team = fighter.side if fighter.left >= end.seconds else 3
        lines.append(FileLine(guid, name, counter, team, fighter.tally, fighter.tally))
        players[guid] = PlayerTruth(guid=guid, name=name, side=team, counter=counter, tally=fighter.tally)
    return Half(plan, 1, plan.limit_s, end, dice.shuffled(lines), players, set())


def _break(dice: Dice, lineup: LineUp) -> Break:
    """Draw what happens between the rounds, and change the line-up accordingly."""
    between = Break()
    if dice.chance(0.06):
        team, person = dice.pick(lineup.everybody())
        (between.watching if dice.chance(0.5) else between.gone).add(person.guid)
        if lineup.bench and dice.chance(0.8):
            substitute = lineup.substitute(team, person)
            between.arrivals.append((substitute, team))
    elif lineup.bench and dice.chance(0.04):
        between.arrivals.append((lineup.bench[0], dice.whole(0, 1)))
    if dice.chance(0.05):
        between.reconnected.add(dice.pick(lineup.everybody())[1].guid)
    if dice.chance(0.07):
        lineup.rename(dice.pick(lineup.everybody())[1])
        between.renamed = True
    return between


def _second_half(dice: Dice, lineup: LineUp, first: Half, before: list[Fighter], between: Break, side: int) -> Half:
    """Round 2. `before` are the fighters of round 1: who is on which side follows from theirs; arrivals of the first
    team go to `side`, those of the second to the other."""
    plan, absent = first.plan, between.watching | between.gone
    # Who went to the spectators during round 1 plays on: he only had to answer the phone.
    stays = [Stay(f.person, f.role, 3 - f.side) for f in before if f.person.guid not in absent]
    end = ending(dice, plan, first.ending.target_s, _edge(plan, stays), chased=first.ending.won)
    story: set[Story] = {"left_after_r1"} if absent else set()
    for person, team in between.arrivals:
        came = end.seconds * dice.between(0.05, 0.6)
        stays.append(Stay(person, "medic", side if team == 0 else 3 - side, came))
        story.add("late_joiner")
    if dice.chance(0.03):
        _walk_out(dice, stays, end.seconds, story)
    old = {f.person.guid: f for f in before}
    counter = first.lines[0].counter
    lines, players = [], {}
    for fighter in _fight(dice, plan, stays, end):
        line, truth = _second_line(fighter, old.get(fighter.person.guid), lineup, between, counter, end)
        lines.append(line)
        players[truth.guid] = truth
        if "reconnected" in truth.flags:
            story.add("reconnected")
    for guid in between.watching:
        lines.append(FileLine(guid, lineup.names[guid], counter + 1, 3, old[guid].tally, Tally()))
    return Half(plan, 2, first.ending.target_s, end, dice.shuffled(lines), players, story)


def _second_line(
    fighter: Fighter, old: Fighter | None, lineup: LineUp, between: Break, counter: int, end: Ending
) -> tuple[FileLine, PlayerTruth]:
    """A fighter's line of round 2: everything since he came to the map, for most both rounds."""
    guid, name = fighter.person.guid, lineup.names[fighter.person.guid]
    stayed = fighter.left >= end.seconds
    flags: tuple[str, ...] = ()
    if old is None:
        count, running, flags = counter, fighter.tally, ("joined_r2",)
    elif guid in between.reconnected:
        count, running, flags = counter, fighter.tally, ("reconnected",)
    else:
        count, running = counter + 1, together(old.tally, fighter.tally)
    team = fighter.side if stayed else 3
    side = 3 if old is None and not stayed else fighter.side
    line = FileLine(guid, name, count, team, running, fighter.tally)
    return line, PlayerTruth(guid=guid, name=name, side=side, counter=count, tally=fighter.tally, flags=flags)
