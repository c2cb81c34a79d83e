"""Where every round stands: its session, its match and its other half. Pure; the same set gives the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from slomix.identity import ids
from slomix.identity.localtime import moments
from slomix.identity.matches import pair
from slomix.identity.sessions import in_order, split
from slomix.nouns import MatchFacts, RoundFacts, RoundPlace, SessionFacts


@dataclass(frozen=True, slots=True)
class Rules:
    """How rounds of a server hang together: `gap` ends a session, `window` is the longest time within a match."""

    zone: ZoneInfo
    gap: timedelta
    window: timedelta


@dataclass(slots=True)
class Arrangement:
    """Rounds with their places, and the matches and sessions they make; all by id."""

    rounds: dict[str, RoundFacts] = field(default_factory=dict)
    places: dict[str, RoundPlace] = field(default_factory=dict)
    matches: dict[str, MatchFacts] = field(default_factory=dict)
    sessions: dict[str, SessionFacts] = field(default_factory=dict)


def arrange(rounds: Iterable[RoundFacts], rules: Rules) -> Arrangement:
    """The arrangement of rounds of one server; their `ended_at` is found anew from their wall clock."""
    given = list(rounds)
    ended = moments(given, rules.zone, rules.window)
    found = Arrangement()
    for played in split((replace(each, ended_at=ended[each.round_id]) for each in given), rules.gap):
        session = SessionFacts(
            session_id=ids.session_id(played[0].round_id),
            started_at=played[0].ended_at,
            ended_at=played[-1].ended_at,
            round_ids=tuple(each.round_id for each in played),
        )
        _add(found, session, played, rules)
    return found


def go_on(session: SessionFacts, tail: Sequence[RoundFacts], rules: Rules) -> Arrangement:
    """The arrangement of the end of a session: its open first halves and one later round, all in `tail`.

    It equals what `arrange` says of these rounds, because the walk over the rounds before left nothing else open.
    """
    found = Arrangement()
    last = in_order(tail)[-1]
    grown = replace(session, ended_at=last.ended_at, round_ids=(*session.round_ids, last.round_id))
    _add(found, grown, tail, rules)
    return found


def _add(found: Arrangement, session: SessionFacts, played: Sequence[RoundFacts], rules: Rules) -> None:
    found.sessions[session.session_id] = session
    found.rounds.update((each.round_id, each) for each in played)
    for play in pair(played, rules.window):
        match = MatchFacts(
            match_id=ids.match_id(play.first.round_id),
            session_id=session.session_id,
            map=play.first.map,
            ended_at=play.last.ended_at,
            r1_round_id=play.r1.round_id if play.r1 else None,
            r2_round_id=play.r2.round_id if play.r2 else None,
            status=play.status,
        )
        found.matches[match.match_id] = match
        found.places.update((place.round_id, place) for place in places_of(match))


def places_of(match: MatchFacts) -> list[RoundPlace]:
    """The places of the rounds of a match."""
    halves = ((1, match.r1_round_id, None), (2, match.r2_round_id, match.r1_round_id))
    return [
        RoundPlace(
            round_id=round_id,
            number=number,
            match_id=match.match_id,
            session_id=match.session_id,
            status=match.status,
            partner_id=partner,
        )
        for number, round_id, partner in halves
        if round_id is not None
    ]


@dataclass(frozen=True, slots=True)
class Changes:
    """What has to be written so that what is stored becomes what was derived."""

    places: tuple[RoundPlace, ...]
    moved: tuple[RoundFacts, ...]  # rounds whose moment, match or session is another one now
    matches: tuple[MatchFacts, ...]
    gone_matches: tuple[str, ...]
    sessions: tuple[SessionFacts, ...]
    gone_sessions: tuple[str, ...]


def changes(before: Arrangement, after: Arrangement, touched: frozenset[str]) -> Changes:
    """The difference. Rounds in `touched` were imported or stand on numbers that were: they are always named,
    and so are their matches and sessions."""
    places = [
        place
        for place in after.places.values()
        if place.round_id in touched or place != before.places.get(place.round_id)
    ]
    names_match = {place.match_id for place in places if place.round_id in touched}
    names_session = {place.session_id for place in places}
    return Changes(
        places=tuple(places),
        moved=tuple(each for each in after.rounds.values() if _moved(each, before, after)),
        matches=tuple(
            m for m in after.matches.values() if m.match_id in names_match or m != before.matches.get(m.match_id)
        ),
        gone_matches=tuple(sorted(before.matches.keys() - after.matches.keys())),
        sessions=tuple(s for s in after.sessions.values() if s.session_id in names_session),
        gone_sessions=tuple(sorted(before.sessions.keys() - after.sessions.keys())),
    )


def _moved(each: RoundFacts, before: Arrangement, after: Arrangement) -> bool:
    stood, old, new = before.rounds.get(each.round_id), before.places.get(each.round_id), after.places[each.round_id]
    if stood is None or old is None:
        return False
    return (stood.ended_at, old.match_id, old.session_id) != (each.ended_at, new.match_id, new.session_id)
