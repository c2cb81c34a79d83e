"""All detectors over a demo; of moments that overlap, the best one is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slomix_greatshot.demo import Demo
from slomix_greatshot.highlights.aim import aim_moments, quick_headshots
from slomix_greatshot.highlights.chains import bursts, multikills, sprees
from slomix_greatshot.highlights.deeds import denials, revive_trains
from slomix_greatshot.highlights.facts import Facts
from slomix_greatshot.highlights.model import Highlight, Own, Step, Tuning
from slomix_greatshot.highlights.moments import Moment
from slomix_greatshot.highlights.teams import aces, last_men
from slomix_greatshot.highlights.words import plain

DETECTORS = (multikills, bursts, sprees, quick_headshots, aim_moments, aces, last_men, denials, revive_trains)
#: What can be seen through the player's own eyes is worth more, as a clip shows it.
VIEW_POINTS = 5.0
#: No evening has so many deaths; whoever made a file that does will not keep us busy with it.
MOST_OBITUARIES = 20_000


def find(demo: Demo, tuning: Tuning | None = None) -> tuple[Highlight, ...]:
    """The moments of a demo worth watching, the best first; of one player no two at the same time."""
    if len(demo.obituaries) > MOST_OBITUARIES:
        return ()
    facts = Facts(demo, tuning or Tuning())
    moments = [moment for detect in DETECTORS for moment in detect(facts)]
    found = [_highlight(facts, moment) for moment in best(moments)]
    return tuple(sorted(found, key=lambda each: (-each.score, each.start_ms, each.player_slot)))[: facts.tuning.most]


def best(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Without those of a player that overlap a better one; of equals the first kind in the order of `DETECTORS`."""
    taken: dict[int, list[Moment]] = {}
    for moment in sorted(moments, key=lambda each: (-each.score, each.start_ms, each.end_ms)):
        others = taken.setdefault(moment.who[0], [])
        if all(moment.end_ms < other.start_ms or other.end_ms < moment.start_ms for other in others):
            others.append(moment)
            yield moment


def _highlight(facts: Facts, moment: Moment) -> Highlight:
    player, segment, number = moment.who
    held = facts.demo.players[player]
    name = facts.name(player, moment.start_ms)
    began = next((each for each in facts.demo.segments if each.segment == segment), None)
    in_view = began is not None and not began.broadcast and began.viewer_slot == held.slot
    steps = tuple(_steps(facts, moment, segment))
    sentence = moment.sentence.strip()
    gaps = [step.gap_ms for step in steps[1:]]
    return Highlight(
        kind=moment.kind,
        player=player,
        player_slot=held.slot,
        name=name,
        team=facts.team(player, moment.start_ms),
        round=number,
        start_ms=moment.start_ms,
        end_ms=moment.end_ms,
        clock_ms=facts.clock(moment.start_ms, number),
        kills=moment.kills,
        headshots=sum(step.headshot is True for step in steps),
        score=round(moment.score + (VIEW_POINTS if in_view else 0), 1),
        explanation=f"{plain(name)}: {sentence}",
        sentence=sentence,
        steps=steps,
        weapons=tuple(dict.fromkeys(step.weapon for step in steps if step.weapon != "revive")),
        fastest_gap_ms=min(gaps, default=None),
        average_gap_ms=round(sum(gaps) / len(gaps)) if gaps else None,
        own=_own(facts, player),
        in_view=in_view,
    )


def _steps(facts: Facts, moment: Moment, segment: int) -> Iterator[Step]:
    before = moment.steps[0][0]
    for time, slot, means, headshot in moment.steps:
        holder = facts.holder(slot, time, segment)
        name = facts.name(holder, time) if holder is not None else ""
        yield Step(
            time_ms=time, slot=slot, player=holder, name=name, weapon=means, headshot=headshot, gap_ms=time - before
        )
        before = time


def _own(facts: Facts, player: int) -> Own:
    numbers = next((each for each in facts.demo.numbers if each.player == player), None)
    if numbers is None:
        return Own(kills=0, deaths=0, headshots=0, headshot_share=None, hits_seen=0, head_hits_seen=0)
    told, seen = numbers.obituaries, numbers.bullets
    known = told.kills - told.headshots_unknown
    return Own(
        kills=told.kills,
        deaths=told.deaths,
        headshots=told.headshots,
        headshot_share=round(100 * told.headshots / known, 1) if known else None,
        hits_seen=seen.hits,
        head_hits_seen=seen.head_hits,
    )
