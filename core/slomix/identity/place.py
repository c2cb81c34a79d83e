"""One sighting from an artifact into the shared nouns: server, players, round, match, session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix.events import Event, MatchCompleted, PlayerFirstSeen, RoundImported, RoundRevised, SessionOpened
from slomix.identity import ids, stored
from slomix.identity.arrange import Rules
from slomix.identity.localtime import on_the_clock_of
from slomix.identity.players import Roster
from slomix.identity.refresh import Placement, find_place
from slomix.identity.rounds import Resolved, resolve
from slomix.identity.write import write
from slomix.nouns import Import, MatchFacts, RoundPlace, RoundSighting

if TYPE_CHECKING:
    from slomix.storage.database import Connection


# Rounds of one server are put in their place one after another. Artifacts that only mention a round are stored while
# no round is, so that the two never miss each other. The locks are taken in a statement of their own, so that they are
# older than every snapshot of the import, and always in this order.
_ARRIVALS = 0x536C6F6D6978
LOCK = f"select pg_advisory_xact_lock({{:d}}), pg_advisory_xact_lock_shared({_ARRIVALS})"
LOCK_ROUNDS_OUT = f"select pg_advisory_xact_lock({_ARRIVALS})"
# The statements of an import are planned once per connection: planning them takes longer than running them, and
# PostgreSQL would do it each time, as it takes every list for ten rows long. The plan may come from a time when the
# tables were empty, so one that reads a whole table must lose against an index, and none is worth compiling.
PLAN_ONCE = (
    "set local plan_cache_mode to force_generic_plan",
    "set local enable_seqscan to off",
    "set local jit to off",
)


def prologue(server: str) -> tuple[str, ...]:
    """What a transaction that places rounds of this server has to begin with."""
    return (LOCK.format(ids.server_lock(server)), *PLAN_ONCE)


def arrival_prologue() -> tuple[str, ...]:
    """What a transaction that stores an artifact without a round of its own has to begin with."""
    return (LOCK_ROUNDS_OUT, *PLAN_ONCE)


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of a sighting: what parsers store by, the events that it made true, and the ids of all sessions that
    it changed, also of those that exist no more."""

    imported: Import
    events: tuple[Event, ...]
    sessions: tuple[str, ...]


class MayBeForgotten(Exception):
    """Somebody was forgotten after the round was played: their part in it must not be stored. Nothing was written."""


async def place(
    tx: Connection,
    server: str,
    sighting: RoundSighting,
    rules: Rules,
    *,
    artifact: str,
    name: str,
    parser: str,
    known_clean: bool = False,
) -> Placed:
    """Store the round of a sighting and everything that follows from it. The transaction must have begun with
    `prologue`.

    `artifact` is the content's hash in hex, `name` its file name, `parser` who read it. `rules` hold the server's
    time zone. Raises `MayBeForgotten`, unless it is `known_clean` that the roster has no forgotten people.
    """
    sighting = on_the_clock_of(rules.zone, sighting)
    look = await stored.look(tx, ids.server_id(server), sighting, parser=parser, name=name)
    if look.somebody_forgotten and not known_clean:
        raise MayBeForgotten
    found = await resolve(tx, server, sighting, look.candidates)
    placement = await find_place(tx, server, found, look, rules)
    roster = await write(tx, server, found, placement)
    imported = Import(
        artifact=artifact,
        name=name,
        server_id=ids.server_id(server),
        server=server,
        round_id=found.round_id,
        revision=found.revision,
        places=placement.changes.places,
        matches=placement.changes.matches,
        gone_matches=placement.changes.gone_matches,
        players=roster.ids,
    )
    return Placed(imported, events_of(server, found, placement, roster), _sessions(placement))


def _sessions(placement: Placement) -> tuple[str, ...]:
    changes, before = placement.changes, placement.before.places
    found = {place.session_id for place in changes.places} | {match.session_id for match in changes.matches}
    found |= {before[place.round_id].session_id for place in changes.places if place.round_id in before}
    return tuple(sorted(found.union(changes.gone_sessions)))


def events_of(server: str, found: Resolved, placement: Placement, roster: Roster) -> tuple[Event, ...]:
    """What became true: the round first, then what hangs on it."""
    facts, after = placement.facts, placement.after
    place = after.places[facts.round_id]
    events: list[Event] = []
    if found.known is None:
        events.append(
            RoundImported(
                round_id=facts.round_id,
                match_id=place.match_id,
                session_id=place.session_id,
                server=server,
                map=facts.map,
                number=facts.number,
                ended_at=facts.ended_at,
            )
        )
    else:
        events.append(_revised(place, "revision" if found.revision else "sighting"))
    events += [
        _revised(other, "pairing")
        for other in placement.changes.places
        if other.round_id != facts.round_id and other.number == 2 and _is_another_half(other, placement, facts.round_id)
    ]
    events += [_completed(match) for match in placement.changes.matches if _is_new_pair(match, placement)]
    session = after.sessions[place.session_id]
    if session.round_ids == (facts.round_id,) and place.session_id not in placement.before.sessions:
        events.append(SessionOpened(session_id=place.session_id, server=server))
    events += [PlayerFirstSeen(player_id=player_id, name=name) for player_id, name in roster.first_seen]
    return tuple(events)


def _revised(place: RoundPlace, cause: str) -> RoundRevised:
    return RoundRevised(round_id=place.round_id, match_id=place.match_id, session_id=place.session_id, cause=cause)


def _is_another_half(place: RoundPlace, placement: Placement, imported: str) -> bool:
    """Whether a second half has another first half now, or its first half is the one with other numbers."""
    old = placement.before.places.get(place.round_id)
    return old is None or old.partner_id != place.partner_id or place.partner_id == imported


def _is_new_pair(match: MatchFacts, placement: Placement) -> bool:
    old = placement.before.matches.get(match.match_id)
    pair = (match.r1_round_id, match.r2_round_id)
    return match.status == "complete" and (old is None or (old.r1_round_id, old.r2_round_id) != pair)


def _completed(match: MatchFacts) -> MatchCompleted:
    assert match.r1_round_id is not None
    assert match.r2_round_id is not None
    return MatchCompleted(
        match_id=match.match_id,
        session_id=match.session_id,
        r1_round_id=match.r1_round_id,
        r2_round_id=match.r2_round_id,
    )
