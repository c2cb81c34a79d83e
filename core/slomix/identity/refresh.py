"""Put a round in its place: what is stored of sessions, matches and rounds becomes what the set of rounds says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from slomix.identity import ids, stored
from slomix.identity.arrange import Arrangement, Changes, Rules, arrange, changes, go_on
from slomix.identity.localtime import at, changes_near
from slomix.identity.rounds import Resolved
from slomix.nouns import RoundFacts

if TYPE_CHECKING:
    from slomix.storage.database import Connection

#: Around a change of the clock the offsets of all rounds are found anew; the files' clock can be off by this much.
_CHANGE_REACH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Placement:
    """A round with its moment, and everything that changed by it. `before` is what was stored near it."""

    facts: RoundFacts
    changes: Changes
    before: Arrangement
    after: Arrangement


async def find_place(tx: Connection, server: str, found: Resolved, look: stored.Look, rules: Rules) -> Placement:
    """Where the round stands, and what follows for the rounds near it. Writes nothing.

    `server` is the server's name, whose lock must be held. The usual case, a new round after all others of its
    server, looks only at what is still open; any other case derives the sessions around it anew.
    """
    facts = _facts(found, rules)
    steady = not changes_near(facts.local, rules.zone, _CHANGE_REACH)
    if found.known is None and steady:
        last, before = look.last, look.open_end
        if last is None or facts.ended_at > last.ended_at + rules.gap:
            return _placement(facts, Arrangement(), arrange([facts], rules))
        if facts.ended_at > last.ended_at:
            return _placement(facts, before, go_on(last, [*before.rounds.values(), facts], rules))
    reach = rules.gap if steady else rules.gap + _CHANGE_REACH
    before = await stored.around(tx, ids.server_id(server), facts.ended_at, reach)
    others = [each for each in before.rounds.values() if each.round_id != facts.round_id]
    if found.roster_stays:
        facts = replace(facts, continuity=before.rounds[facts.round_id].continuity)
    after = arrange([*others, facts], rules)
    return _placement(after.rounds[facts.round_id], before, after)


def _placement(facts: RoundFacts, before: Arrangement, after: Arrangement) -> Placement:
    place = after.places[facts.round_id]
    match = after.matches[place.match_id]
    # numbers of a second half hang on those of its first half, even where its place is the same as before
    touched = {facts.round_id} | ({match.r2_round_id} if match.r2_round_id and place.number == 1 else set())
    return Placement(facts, changes(before, after, frozenset(touched)), before, after)


def _facts(found: Resolved, rules: Rules) -> RoundFacts:
    sighting = found.sighting
    return RoundFacts(
        round_id=found.round_id,
        map=sighting.map,
        number=sighting.number,
        ended_at=at(found.ended_local, rules.zone),
        local=found.ended_local,
        limit_s=sighting.limit_s,
        target_s=sighting.target_s,
        aborted=sighting.aborted,
        continuity={each.key: each.continuity for each in sighting.roster if each.continuity is not None},
    )
