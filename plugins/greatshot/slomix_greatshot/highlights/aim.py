"""Headshots: kills in quick succession, and runs of hits that all went to the head."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from slomix_greatshot.demo.records import Bullet, Obituary
from slomix_greatshot.highlights.chains import runs
from slomix_greatshot.highlights.facts import Facts
from slomix_greatshot.highlights.moments import Moment, Who, of_kills
from slomix_greatshot.highlights.words import seconds, with_weapons


def quick_headshots(facts: Facts) -> Iterator[Moment]:
    """Headshot kills one after the other, no more than so far apart."""
    gap, least = facts.tuning.quick_headshot_ms, facts.tuning.least_quick_headshots
    for who, heads in _head_kills(facts):
        for part in runs(heads, lambda one, other: other.time_ms - one.time_ms <= gap):
            if len(part) >= least:
                sentence = f"{len(part)} headshot kills within {_took(part)}"
                yield of_kills("quick_headshots", who, part, sentence, weight=8)


def aim_moments(facts: Facts) -> Iterator[Moment]:
    """More headshot kills with a little more time, or hits to the head and nowhere else that end in a kill."""
    tuning = facts.tuning
    for who, heads in _head_kills(facts):
        for part in runs(heads, lambda one, other: other.time_ms - one.time_ms <= tuning.aim_ms):
            if len(part) >= tuning.least_aim:
                sentence = f"{len(part)} headshot kills in a row within {_took(part)}"
                yield of_kills("aim_moment", who, part, sentence, weight=11)
    hits = _hits(facts)
    for who, kills in facts.frags.items():
        yield from _only_heads(facts, who, kills, hits.get(who[0], []))


def _head_kills(facts: Facts) -> Iterator[tuple[Who, list[Obituary]]]:
    for who, kills in facts.frags.items():
        yield who, [each for each in kills if each.headshot]


def _hits(facts: Facts) -> dict[int, list[Bullet]]:
    """Bullets that struck enemies, by shooter, in the order of time."""
    found: defaultdict[int, list[Bullet]] = defaultdict(list)
    for hit in facts.demo.hits:
        if hit.hit not in {"head", "body"}:
            continue
        player = facts.holder(hit.attacker_slot, hit.time_ms, facts.segment_at(hit.time_ms))
        if player is not None:
            found[player].append(hit)
    return dict(found)


def _only_heads(facts: Facts, who: Who, kills: Sequence[Obituary], hits: Sequence[Bullet]) -> Iterator[Moment]:
    """Runs of hits to the head with nothing between them, and the kills that they made."""
    begin = 0
    for at in range(len(hits) + 1):
        goes_on = at < len(hits) and hits[at].hit == "head"
        if goes_on and (at == begin or hits[at].time_ms - hits[at - 1].time_ms <= facts.tuning.aim_ms):
            continue
        run = hits[begin:at]
        begin = at if goes_on else at + 1
        if len(run) < facts.tuning.least_head_hits:
            continue
        made = [each for each in kills if run[0].time_ms <= each.time_ms <= run[-1].time_ms and each.headshot]
        if made:
            first = run[0].time_ms
            sentence = f"{len(run)} hits to the head in a row, {len(made)} of them deadly, within "
            sentence += f"{seconds(run[-1].time_ms - first)} {with_weapons(each.mod_name for each in made)}"
            moment = of_kills("aim_moment", who, made, sentence, weight=11, end_ms=run[-1].time_ms)
            yield _from(moment, first, 2.0 * (len(run) - len(made)))


def _from(moment: Moment, start_ms: int, points: float) -> Moment:
    return msgspec.structs.replace(moment, start_ms=start_ms, score=moment.score + points)


def _took(part: Sequence[Obituary]) -> str:
    took = seconds(part[-1].time_ms - part[0].time_ms)
    return f"{took} {with_weapons(each.mod_name for each in part)}"
