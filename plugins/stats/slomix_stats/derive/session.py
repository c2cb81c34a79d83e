"""The derivation of one session, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from slomix_stats.derive.checks import check_session
from slomix_stats.derive.decisions import read_decisions
from slomix_stats.derive.fielded import field_match
from slomix_stats.derive.model import (
    DEFAULT_RULES,
    MatchDerived,
    MatchInput,
    RoundInput,
    Rules,
    SessionDerived,
    SessionInput,
)
from slomix_stats.derive.mvp import mvp_of_round
from slomix_stats.derive.results import points, result
from slomix_stats.derive.segments import Placed, place_matches
from slomix_stats.derive.summary import Evening, summarise
from slomix_stats.derive.validity import standings


def derive_session(session: SessionInput, rules: Rules = DEFAULT_RULES) -> SessionDerived:
    """What follows from the rounds of `session`. The same input gives the same answer, at any time and in any order."""
    session = _in_order(session)
    decisions = read_decisions(session.decisions)
    by_id = {each.round_id: each for each in session.rounds}
    standing = {
        round_id: replace(stood, mvp=mvp_of_round(by_id[round_id].players))
        for round_id, stood in standings(session.rounds, session.matches, decisions, rules).items()
    }
    fielded = [field_match(match, by_id, standing) for match in session.matches]
    placed = place_matches(fielded, decisions)
    matches = tuple(
        _match(place, points(match, by_id, standing), _guids(_halves(match, by_id)))
        for match, place in zip(session.matches, placed, strict=True)
    )
    evening = Evening(
        session_id=session.session_id,
        fielded=fielded,
        placed=placed,
        matches=matches,
        counted={round_id: by_id[round_id] for round_id, stood in standing.items() if stood.valid},
        guids=_guids(session.rounds),
    )
    return SessionDerived(
        session_id=session.session_id,
        rounds=tuple(standing.values()),
        matches=matches,
        segments=summarise(evening, decisions, rules),
        findings=tuple(check_session(session.matches, placed, by_id, standing)),
    )


def _in_order(session: SessionInput) -> SessionInput:
    """Rounds as they ended, matches as their last rounds did, players by key; ties are broken by content."""
    rounds = sorted(session.rounds, key=lambda each: (each.ended_at, each.number, each.map, each.round_id))
    place = {each.round_id: index for index, each in enumerate(rounds)}
    return replace(
        session,
        rounds=tuple(
            replace(each, players=tuple(sorted(each.players, key=lambda player: player.key))) for each in rounds
        ),
        matches=tuple(sorted(session.matches, key=lambda match: (_last(match, place), match.match_id))),
    )


def _last(match: MatchInput, place: Mapping[str, int]) -> int:
    return max((place.get(half, -1) for half in (match.r1, match.r2) if half is not None), default=-1)


def _halves(match: MatchInput, rounds: Mapping[str, RoundInput]) -> list[RoundInput]:
    return [rounds[half] for half in (match.r1, match.r2) if half is not None and half in rounds]


def _guids(rounds: Iterable[RoundInput]) -> dict[str, str]:
    """A GUID for each player: the last one that these rounds saw."""
    return {player.player_id: player.guid for each in rounds for player in each.players}


def _match(place: Placed, scored: tuple[int, int] | None, guids: Mapping[str, str]) -> MatchDerived:
    first, second = scored or (None, None)
    points_a, points_b = {"A": (first, second), "B": (second, first), None: (None, None)}[place.attackers]
    return MatchDerived(
        match_id=place.match_id,
        result=result(scored),
        points_r1_attackers=first,
        points_r2_attackers=second,
        segment=place.segment,
        attackers_r1=place.attackers,
        roster_changed=place.roster_changed,
        team_a=tuple(sorted(guids[player] for player in place.team_a)),
        team_b=tuple(sorted(guids[player] for player in place.team_b)),
        points_a=points_a,
        points_b=points_b,
    )
