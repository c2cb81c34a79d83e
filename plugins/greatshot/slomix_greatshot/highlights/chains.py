"""Kills in quick succession, and many in one life."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from slomix_greatshot.demo.records import Obituary
from slomix_greatshot.highlights.facts import Facts
from slomix_greatshot.highlights.moments import Moment, of_kills
from slomix_greatshot.highlights.words import level, seconds, with_weapons

Kills = Sequence[Obituary]


def runs(kills: Kills, together: Callable[[Obituary, Obituary], bool]) -> Iterator[Kills]:
    """The longest parts in which each kill belongs `together` with the one before."""
    begin = 0
    for at in range(1, len(kills) + 1):
        if at == len(kills) or not together(kills[at - 1], kills[at]):
            yield kills[begin:at]
            begin = at


def windows(kills: Kills, longest_ms: int) -> Iterator[Kills]:
    """The longest parts within so much time; none is a part of another one."""
    reached = end = 0
    for begin, first in enumerate(kills):
        while end < len(kills) and kills[end].time_ms - first.time_ms <= longest_ms:
            end += 1
        if end > reached:
            reached = end
            yield kills[begin:end]


def multikills(facts: Facts) -> Iterator[Moment]:
    gap, least = facts.tuning.multikill_gap_ms, facts.tuning.least_multikill
    for who, kills in facts.frags.items():
        for part in runs(kills, lambda one, other: other.time_ms - one.time_ms <= gap):
            if len(part) >= least:
                yield of_kills("multikill", who, part, f"{level(len(part))} {_how(part)}", weight=10)


def bursts(facts: Facts) -> Iterator[Moment]:
    for who, kills in facts.frags.items():
        for part in windows(kills, facts.tuning.burst_window_ms):
            if len(part) >= facts.tuning.least_burst:
                yield of_kills("burst", who, part, f"{len(part)} kills {_how(part)}", weight=9)


def sprees(facts: Facts) -> Iterator[Moment]:
    """Kills in one life; a revive is not a new one for whoever counts, so that each death ends it."""
    for who, kills in facts.frags.items():
        deaths = facts.deaths.get(who[0], [])
        for part in runs(kills, partial(_one_life, deaths)):
            if len(part) >= facts.tuning.least_spree:
                ended = next((death for death in deaths if death >= part[-1].time_ms), None)
                sentence = f"{len(part)} kills in one life {_how(part)}"
                if ended is not None:
                    sentence += f", dead {seconds(ended - part[-1].time_ms)} after the last one"
                yield of_kills("spree", who, part, sentence, weight=7)


def _one_life(deaths: Sequence[int], one: Obituary, other: Obituary) -> bool:
    """A death at the time of a kill comes after it, as both are told in one snapshot."""
    after = bisect_left(deaths, one.time_ms)
    return after == len(deaths) or deaths[after] >= other.time_ms


def _how(part: Kills) -> str:
    took = part[-1].time_ms - part[0].time_ms
    return f"within {seconds(took)} {with_weapons(each.mod_name for each in part)}".strip()
