"""One play of a map: round 1, the break with its comings and goings, round 2 with the sides swapped."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from slomix_stats.simulate.battle import Battle, Beat
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
    beats: list[Beat]


class Stay(NamedTuple):
    """Where somebody is in a round: his side, from when until when (seconds)."""

    person: Person
    role: Role
    side: int
    came: float = 0.0
    left: float = inf


class Fought(NamedTuple):
    """A round that is over: its fighters with their tallies."""

    fighters: list[Fighter]
    ending: Ending
    story: set[Story]
    beats: list[Beat]


@dataclass(slots=True)
class Break:
    """What happened between the rounds. `watching` and `gone` do not play round 2; `arrivals` come during it, each
    with his side."""

    watching: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    reconnected: set[str] = field(default_factory=set)
    arrivals: list[tuple[Person, int]] = field(default_factory=list)
    story: set[Story] = field(default_factory=set)


def play_match(dice: Dice, plan: MapPlan, lineup: LineUp, counter: int) -> tuple[Half, Half]:
    """Both rounds of a map. `counter` is the session counter of everybody in round 1; `lineup` is left as it is after
    the match (names, substitutes)."""
    side = dice.whole(1, 2)
    roles = lineup.roles(dice)
    stays = [Stay(p, roles[p.guid], side if team == 0 else 3 - side) for team, p in lineup.everybody()]
    fought = _fight(dice, plan, stays, ending(dice, plan, plan.limit_s, _edge(plan, stays), chased=False))
    first = _first_half(dice, plan, lineup.names, fought, counter)
    between = _break(dice, lineup, team_0_side=3 - side)
    second = _second_half(dice, lineup.names, first, fought, between)
    if not first.ending.won and not second.ending.won:
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


def _fight(dice: Dice, plan: MapPlan, stays: list[Stay], end: Ending) -> Fought:
    """Fight a round to its end; now and then somebody goes to the spectators during it."""
    story: set[Story] = set()
    if dice.chance(0.03):
        place = dice.pick([place for place, stay in enumerate(stays) if stay.came == 0])
        stays[place] = stays[place]._replace(left=end.seconds * dice.between(0.4, 0.9))
        story.add("left_to_spectator")
    fighters = [Fighter(*stay) for stay in stays]
    battle = Battle(dice, plan, fighters, end.seconds)
    battle.run(end.won)
    return Fought(fighters, end, story, battle.beats)


def _first_half(dice: Dice, plan: MapPlan, names: dict[str, str], fought: Fought, counter: int) -> Half:
    end, lines, players = fought.ending, [], {}
    for fighter in fought.fighters:
        guid, name = fighter.person.guid, names[fighter.person.guid]
        team = fighter.side if fighter.left >= end.seconds else 3
        lines.append(FileLine(guid, name, counter, team, fighter.tally, fighter.tally))
        players[guid] = PlayerTruth(guid=guid, name=name, side=team, counter=counter, tally=fighter.tally)
    return Half(plan, 1, plan.limit_s, end, dice.shuffled(lines), players, fought.story, fought.beats)


def _break(dice: Dice, lineup: LineUp, team_0_side: int) -> Break:
    """Draw what happens between the rounds, and change the line-up accordingly. `team_0_side` is where team 0 fights
    in round 2."""
    between = Break()
    if dice.chance(0.06):
        team, person = dice.pick(lineup.everybody())
        (between.watching if dice.chance(0.5) else between.gone).add(person.guid)
        if lineup.bench and dice.chance(0.8):
            substitute = lineup.substitute(team, person)
            between.arrivals.append((substitute, team_0_side if team == 0 else 3 - team_0_side))
    elif lineup.bench and dice.chance(0.04):
        between.arrivals.append((lineup.bench[0], dice.whole(1, 2)))
    if dice.chance(0.05):
        between.reconnected.add(dice.pick(lineup.everybody())[1].guid)
    if dice.chance(0.07):
        lineup.rename(dice.pick(lineup.everybody())[1])
        between.story.add("renamed")
    if between.watching or between.gone:
        between.story.add("left_after_r1")
    return between


def _second_half(dice: Dice, names: dict[str, str], first: Half, before: Fought, between: Break) -> Half:
    """Round 2: everybody on the other side, with the comings and goings of the break."""
    plan, absent = first.plan, between.watching | between.gone
    # Who went to the spectators during round 1 plays on: he only had to answer the phone.
    stays = [Stay(f.person, f.role, 3 - f.side) for f in before.fighters if f.person.guid not in absent]
    end = ending(dice, plan, first.ending.target_s, _edge(plan, stays), chased=first.ending.won)
    for person, side in between.arrivals:
        stays.append(Stay(person, "medic", side, came=end.seconds * dice.between(0.05, 0.6)))
    fought = _fight(dice, plan, stays, end)
    lines, players, story = [], {}, fought.story | between.story
    for fighter in fought.fighters:
        guid = fighter.person.guid
        line, truth = _second_line(fighter, names[guid], first, guid in between.reconnected, end)
        lines.append(line)
        players[guid] = truth
        if "joined_r2" in truth.flags:
            story.add("late_joiner")
        if "reconnected" in truth.flags:
            story.add("reconnected")
    for guid in between.watching:
        old = first.players[guid]
        lines.append(FileLine(guid, names[guid], old.counter + 1, 3, old.tally, Tally()))
    return Half(plan, 2, first.ending.target_s, end, dice.shuffled(lines), players, story, fought.beats)


def _second_line(
    fighter: Fighter, name: str, first: Half, reconnected: bool, end: Ending
) -> tuple[FileLine, PlayerTruth]:
    """A fighter's line of round 2: everything since he came to the map, for most both rounds."""
    guid, alone = fighter.person.guid, fighter.tally
    stayed = fighter.left >= end.seconds
    old = first.players.get(guid)
    counter, running = first.lines[0].counter, alone
    flags: tuple[str, ...] = ("joined_r2",)
    if old is not None and reconnected:
        flags = ("reconnected",)
    elif old is not None:
        counter, running, flags = counter + 1, together(old.tally, alone), ()
    side = 3 if old is None and not stayed else fighter.side
    line = FileLine(guid, name, counter, fighter.side if stayed else 3, running, alone)
    return line, PlayerTruth(guid=guid, name=name, side=side, counter=counter, tally=alone, flags=flags)
