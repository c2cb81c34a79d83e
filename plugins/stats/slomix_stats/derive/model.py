"""Inputs and outputs of the derivation of one session: frozen records, no database.

Everything that `derive_session` answers is a function of these inputs alone, so that it can be thrown away and made
anew. Decisions of people are inputs too and win over whatever would be derived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from slomix.nouns import MatchStatus, Side
from slomix_stats.api import Letter, Outcome, Result
from slomix_stats.derive.rules import DEFAULT_RULES, TEAM_NAMES, Rules, TeamName
from slomix_stats.record import StatsFile

__all__ = [
    "DEFAULT_RULES",
    "DERIVATION_VERSION",
    "TEAM_NAMES",
    "Confidence",
    "Decision",
    "DecisionKind",
    "Finding",
    "InvalidReason",
    "Letter",
    "MatchDerived",
    "MatchInput",
    "Member",
    "PlayerInput",
    "Result",
    "RoundDerived",
    "RoundInput",
    "RoundStatus",
    "Rules",
    "SegmentDerived",
    "SessionDerived",
    "SessionInput",
    "Severity",
    "Substitution",
    "TeamName",
]

RoundStatus = Literal["completed", "cancelled", "substitution", "orphan_r2", "aborted", "unfinished"]
InvalidReason = Literal["filler_map", "bots", "too_short", "orphan_r2", "aborted", "cancelled", "unfinished", "manual"]
Confidence = Literal["high", "medium", "low"]
Severity = Literal["fatal", "invalid", "warn", "info"]
DecisionKind = Literal["validity", "team_names", "roster", "segment", "round_match"]

#: Raise it whenever the derivation answers otherwise for the same inputs: what is stored under an older version is
#: derived anew.
DERIVATION_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerInput:
    """One player in one round: the columns of `stats.player_round` that the derivation looks at (round 2 without what
    round 1 counted). `side` may be `spectator` for somebody who left his team before the file was written."""

    player_id: str
    guid: str
    key: str
    name: str
    side: Side | None
    is_bot: bool
    flags: tuple[str, ...] = ()
    time_played_s: int = 0
    kills: int = 0
    deaths: int = 0
    self_kills: int = 0
    team_kills: int = 0
    gibs: int = 0
    damage_given: int = 0
    damage_received: int = 0
    headshot_kills: int | None = None
    revives_given: int | None = None
    times_revived: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundInput:
    """One round of `slomix.round` with what `stats.round` says of it. `file` is what was parsed (`stats.round.raw`);
    None leaves out the checks of the file itself, and a round without a stats file has no players either."""

    round_id: str
    match_id: str
    map: str
    number: int
    ended_at: datetime
    seconds: float | None
    limit_s: int | None
    target_s: int | None
    defender: Side | None
    outcome: Outcome | None
    ended_early: bool
    aborted: bool
    players: tuple[PlayerInput, ...]
    file: StatsFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchInput:
    """One play of a map as core's pairing left it; `r1` and `r2` are round ids."""

    match_id: str
    map: str
    status: MatchStatus
    r1: str | None
    r2: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A row of `stats.decision` that nobody undid. What `subject` names and `value` holds depends on the kind:

    - `validity`: a round id; `{"valid": bool}`
    - `team_names`: a session id, or `<session id>/<segment number>`; `{"a": "name", "b": "name"}`, either may miss,
      `colour_a` and `colour_b` too
    - `roster`: a match id; `{"a": [player ids], "b": [player ids]}`, who played it for which team
    - `segment`: a match id; `{"starts": bool}`, whether a new segment starts with it
    """

    kind: DecisionKind
    subject: str
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInput:
    """One session: its rounds and matches in the order of time."""

    session_id: str
    server: str
    rounds: tuple[RoundInput, ...]
    matches: tuple[MatchInput, ...]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a check noticed (the codes are listed in `slomix_stats.derive.checks`)."""

    code: str
    severity: Severity
    text: str
    round_id: str | None = None
    match_id: str | None = None
    player_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDerived:
    """`valid` counts for lifetimes, leaderboards and records; `counts` for the score of the session."""

    round_id: str
    status: RoundStatus
    valid: bool
    counts: bool
    invalid_reason: InvalidReason | None
    mvp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDerived:
    """`result`: `first` when the attackers of round 1 won. Points are None where the map is not scored, `points_a` and
    `points_b` also where it belongs to no team (`attackers_r1` is None). Teams are GUIDs, sorted."""

    match_id: str
    result: Result
    points_r1_attackers: int | None
    points_r2_attackers: int | None
    segment: int | None
    attackers_r1: Letter | None
    roster_changed: bool
    team_a: tuple[str, ...]
    team_b: tuple[str, ...]
    points_a: int | None
    points_b: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A player of a team in a segment, with the first and last match he played for it. `replaces` is whose place he
    took at `joined_match`."""

    player_id: str
    guid: str
    team: Letter
    joined_match: str
    left_match: str
    matches: int
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """`player_in` took the place of `player_out` in `team` from match `match_id` on, the `match_number`th (from 1) of
    the segment."""

    team: Letter
    player_out: str
    player_in: str
    match_id: str
    match_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDerived:
    """Two teams that stayed together for some matches. `mvp_a` and `mvp_b` are player ids: most kills of the team."""

    number: int
    members: tuple[Member, ...]
    name_a: str
    name_b: str
    colour_a: str
    colour_b: str
    points_a: int
    points_b: int
    format: str
    confidence: Confidence
    first_match_id: str
    last_match_id: str
    substitutions: tuple[Substitution, ...] = ()
    mvp_a: str | None = None
    mvp_b: str | None = None

    def team(self, letter: Letter) -> tuple[Member, ...]:
        """The players of one team."""
        return tuple(member for member in self.members if member.team == letter)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDerived:
    """What `derive_session` answers; everything in the order of its input, segments by number."""

    session_id: str
    rounds: tuple[RoundDerived, ...]
    matches: tuple[MatchDerived, ...]
    segments: tuple[SegmentDerived, ...]
    findings: tuple[Finding, ...] = ()
