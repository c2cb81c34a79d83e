"""A candidate for a highlight, before it is weighed against those that overlap it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from slomix_greatshot.demo.records import Obituary
from slomix_greatshot.highlights.model import Kind

#: Means of death that are hard to kill with, or a humiliation.
RARE = frozenset({"knife", "knife_kabar", "backstab", "syringe", "satchel", "gpg40", "m7", "shove", "luger", "colt"})
HEADSHOT_POINTS = 2.0
RARE_POINTS = 3.0
#: For kills that follow one another at once; less, the longer it takes.
RHYTHM_POINTS = 6.0
RHYTHM_MS = 6000

Who = tuple[int, int, int | None]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """`who` is player, segment and round; `steps` are time, slot, means of death and headshot."""

    kind: Kind
    who: Who
    start_ms: int
    end_ms: int
    kills: int
    score: float
    sentence: str
    steps: tuple[tuple[int, int, str, bool | None], ...]


def of_kills(
    kind: Kind, who: Who, kills: Sequence[Obituary], sentence: str, *, weight: float, end_ms: int | None = None
) -> Moment:
    """A moment of kills; each is worth `weight`, headshots, rare weapons and speed add to it."""
    return Moment(
        kind=kind,
        who=who,
        start_ms=kills[0].time_ms,
        end_ms=max(kills[-1].time_ms, end_ms or 0),
        kills=len(kills),
        score=weight * len(kills) + _extra(kills),
        sentence=sentence,
        steps=tuple((each.time_ms, each.victim_slot, each.mod_name, each.headshot) for each in kills),
    )


def _extra(kills: Sequence[Obituary]) -> float:
    heads = sum(each.headshot is True for each in kills)
    rare = sum(each.mod_name in RARE for each in kills)
    average = (kills[-1].time_ms - kills[0].time_ms) / max(len(kills) - 1, 1)
    rhythm = max(1 - average / RHYTHM_MS, 0) if len(kills) > 1 else 0
    return HEADSHOT_POINTS * heads + RARE_POINTS * rare + RHYTHM_POINTS * rhythm
