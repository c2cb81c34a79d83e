"""Which round a sighting is of. One physical round arrives in several files, whose clocks differ by seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slomix.identity import ids
from slomix.nouns import RoundSighting

if TYPE_CHECKING:
    from slomix.storage.database import Connection

#: How far the end in a file that does not name the round for good may be from the end that another file says.
TOLERANCE = timedelta(seconds=30)

TAKE_OVER = "update slomix.round set id = $2, ended_local = $3 where id = $1"
ADD_ALIAS = "insert into slomix.round_alias (id, round_id) values ($1, $2) on conflict (id) do update set round_id = $2"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored round of the same server, map and label that ended about then.

    `claimed`: an artifact of the same parser told of it already; `same_name`: one with the same file name.
    """

    id: str
    ended_local: datetime
    exact: bool
    limit_s: int | None
    target_s: int | None
    defender: Any
    winner: Any
    aborted: bool
    claimed: bool
    same_name: bool


@dataclass(frozen=True, slots=True)
class Resolved:
    """The round of a sighting: its id, its end, and what is stored of it already (None where it is new).

    `superseded` is the id that it had until now, where this sighting knows better. `revision`: the same kind of file
    told of this round before. `sighting` holds the numbers to store, with those of other files where this one has none.
    `roster_stays`: the stored players are better known than those of this sighting.
    """

    round_id: str
    ended_local: datetime
    known: Candidate | None
    superseded: str | None
    revision: bool
    sighting: RoundSighting
    roster_stays: bool = False


async def resolve(tx: Connection, server: str, sighting: RoundSighting, candidates: Sequence[Candidate]) -> Resolved:
    """Find the round of a sighting, or say that it is a new one.

    `server` is the server's name, `candidates` what is stored of its rounds of this map and label that ended within
    `TOLERANCE`. A round that was known by other clocks only takes over the id of an exact sighting; the old id becomes
    an alias. Call it with the server's lock held.
    """
    found = settle(server, sighting, candidates)
    if found.superseded is not None:
        await tx.execute(TAKE_OVER, found.superseded, found.round_id, found.ended_local)
        await tx.execute(ADD_ALIAS, found.superseded, found.round_id)
    return found


def settle(server: str, sighting: RoundSighting, candidates: Sequence[Candidate]) -> Resolved:
    """The pure part of `resolve`."""
    known = _same_end(sighting, candidates) or _nearest(sighting, candidates)
    if known is None:
        own = ids.round_id(server, sighting.map, sighting.number, sighting.ended_local)
        return Resolved(own, sighting.ended_local, None, None, False, sighting)
    ended, superseded = known.ended_local, None
    if sighting.exact and not known.exact and known.ended_local != sighting.ended_local:
        ended, superseded = sighting.ended_local, known.id
    own = ids.round_id(server, sighting.map, sighting.number, ended)
    stays = not sighting.roster or not (known.claimed or _is_better(sighting, known))
    return Resolved(own, ended, known, superseded, known.claimed, _merged(sighting, known), stays)


def _same_end(sighting: RoundSighting, candidates: Sequence[Candidate]) -> Candidate | None:
    return next((each for each in candidates if each.ended_local == sighting.ended_local), None)


def _nearest(sighting: RoundSighting, candidates: Sequence[Candidate]) -> Candidate | None:
    """The round nearest in time that this sighting can be of.

    Two exact sightings with different ends are two rounds. Of two files of one kind each has its own round, unless
    it is the same file again. A round that was over before the sighting began is another one.
    """
    fitting = [
        each
        for each in candidates
        if not (sighting.exact and each.exact)
        and (each.same_name or not each.claimed)
        and (sighting.started_local is None or each.ended_local > sighting.started_local)
    ]
    return min(
        fitting,
        key=lambda each: (not each.same_name, abs(each.ended_local - sighting.ended_local), each.ended_local),
        default=None,
    )


def _is_better(sighting: RoundSighting, known: Candidate) -> bool:
    return sighting.exact or not known.exact


def _merged(sighting: RoundSighting, known: Candidate) -> RoundSighting:
    """The numbers to store: those of the better clock, those of the other where it has none."""
    if known.claimed:
        return replace(sighting, exact=sighting.exact or known.exact)
    ours = _is_better(sighting, known)

    def better(new: Any, old: Any) -> Any:
        first, second = (new, old) if ours else (old, new)
        return second if first is None else first

    return replace(
        sighting,
        exact=sighting.exact or known.exact,
        limit_s=better(sighting.limit_s, known.limit_s),
        target_s=better(sighting.target_s, known.target_s),
        defender=better(sighting.defender, known.defender),
        winner=better(sighting.winner, known.winner),
        aborted=sighting.aborted if ours else known.aborted,
    )
