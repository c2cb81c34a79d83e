"""The segments of a session with their people, names, scores and best players."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slomix_stats.derive.decisions import Decisions
from slomix_stats.derive.fielded import Fielded
from slomix_stats.derive.members import Lineup, confidence, members, strength
from slomix_stats.derive.model import MatchDerived, Member, RoundInput, Rules, SegmentDerived
from slomix_stats.derive.mvp import mvp_of_team
from slomix_stats.derive.naming import Named, name_teams
from slomix_stats.derive.segments import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What the summary is made of. `counted` holds the valid rounds, `guids` a GUID for each player."""

    session_id: str
    fielded: Sequence[Fielded]
    placed: Sequence[Placed]
    matches: Sequence[MatchDerived]
    counted: Mapping[str, RoundInput]
    guids: Mapping[str, str]

    def lineups(self) -> list[Lineup]:
        """The matches of each segment that tell who belongs together."""
        numbers = sorted({place.segment for place in self.placed if place.segment is not None})
        return [self._lineup(number) for number in numbers]

    def _lineup(self, number: int) -> Lineup:
        here = [
            (each, place)
            for each, place in zip(self.fielded, self.placed, strict=True)
            if each.forms and place.segment == number
        ]
        return Lineup([each for each, _ in here], [place for _, place in here])


def summarise(evening: Evening, decisions: Decisions, rules: Rules) -> tuple[SegmentDerived, ...]:
    """The segments, by number."""
    lineups = evening.lineups()
    people = [members(lineup, evening.guids) for lineup in lineups]
    teams = [(_team(found, "A"), _team(found, "B")) for found, _ in people]
    names = name_teams(evening.session_id, teams, decisions, rules)
    segments = []
    for number, (lineup, (found, swaps), (team_a, team_b)) in enumerate(
        zip(lineups, people, teams, strict=True), start=1
    ):
        here = [match for match in evening.matches if match.segment == number]
        rounds = _rounds(lineup, evening.counted)
        segments.append(
            SegmentDerived(
                number=number,
                members=found,
                points_a=sum(match.points_a or 0 for match in here),
                points_b=sum(match.points_b or 0 for match in here),
                format=strength(lineup),
                confidence=confidence(lineup),
                first_match_id=lineup.placed[0].match_id,
                last_match_id=lineup.placed[-1].match_id,
                substitutions=swaps,
                mvp_a=mvp_of_team(team_a, rounds),
                mvp_b=mvp_of_team(team_b, rounds),
                **_names(names[number - 1]),
            )
        )
    return tuple(segments)


def _team(found: Sequence[Member], letter: str) -> frozenset[str]:
    return frozenset(one.player_id for one in found if one.team == letter)


def _rounds(lineup: Lineup, counted: Mapping[str, RoundInput]) -> list[RoundInput]:
    halves = (half.round_id for each in lineup.fielded for half in each.halves)
    return [counted[round_id] for round_id in halves if round_id in counted]


def _names(named: Named) -> dict[str, str]:
    return {
        "name_a": named.a.name,
        "name_b": named.b.name,
        "colour_a": named.a.colour,
        "colour_b": named.b.colour,
    }
