"""Which rounds count, and for what. A round's standing follows from the pairing of its session, never from the order
in which files arrived, so it is different again when a late file changes what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slomix.nouns import MatchStatus
from slomix_stats.derive.decisions import Decisions
from slomix_stats.derive.model import InvalidReason, MatchInput, RoundDerived, RoundInput, RoundStatus, Rules

#: Statuses whose numbers are no play of their own: nothing may be added up from them.
_EXCLUDED: dict[RoundStatus, InvalidReason] = {
    "aborted": "aborted",
    "orphan_r2": "orphan_r2",
    "cancelled": "cancelled",
}


def standings(
    rounds: Sequence[RoundInput], matches: Sequence[MatchInput], decisions: Decisions, rules: Rules
) -> dict[str, RoundDerived]:
    """Status and validity of every round of a session, by round id; `rounds` in the order of time."""
    status_of = {match.match_id: match.status for match in matches}
    followers = _followers(rounds, status_of)
    return {each.round_id: _stand(each, status_of, followers, decisions, rules) for each in rounds}


def _stand(
    each: RoundInput,
    status_of: Mapping[str, MatchStatus],
    followers: Mapping[str, RoundInput],
    decisions: Decisions,
    rules: Rules,
) -> RoundDerived:
    status = _status(each, status_of[each.match_id], followers.get(each.round_id), rules)
    reason = _EXCLUDED.get(status) or _unfit(each, rules)
    decided = decisions.validity.get(each.round_id)
    if decided is not None:
        reason = None if decided else "manual"
    valid = reason is None
    return RoundDerived(
        round_id=each.round_id,
        status=status,
        valid=valid,
        counts=valid and status == "completed",
        invalid_reason=reason,
    )


def _status(each: RoundInput, match: MatchStatus, follower: RoundInput | None, rules: Rules) -> RoundStatus:
    """The status of a round by what the pairing made of its match and by the first half that came after it."""
    if each.aborted or match == "aborted":
        return "aborted"
    if match == "orphan_r2":
        return "orphan_r2"
    if match == "complete":
        return "completed"
    restarted = (
        follower is not None
        and follower.map == each.map
        and (follower.ended_at - each.ended_at).total_seconds() <= rules.restart_window_s
    )
    if restarted and follower is not None:
        return "cancelled" if _people(each) == _people(follower) else "substitution"
    return "unfinished" if match == "abandoned_r1" else "completed"


def _followers(rounds: Sequence[RoundInput], status_of: Mapping[str, MatchStatus]) -> dict[str, RoundInput]:
    """The next first half after each round that stands alone. Cut rounds are no answer to anything."""
    found: dict[str, RoundInput] = {}
    later: RoundInput | None = None
    for each in reversed(rounds):
        if each.aborted or status_of[each.match_id] == "aborted":
            continue
        if later is not None:
            found[each.round_id] = later
        # A second half that answered nobody ends what was before it; one of a match comes after its own first half.
        later = each if each.number == 1 else (None if status_of[each.match_id] == "orphan_r2" else later)
    return found


def _people(each: RoundInput) -> frozenset[str]:
    """Who took part, spectators left out."""
    return frozenset(
        player.player_id for player in each.players if player.side in ("axis", "allies") and not player.is_bot
    )


def _unfit(each: RoundInput, rules: Rules) -> InvalidReason | None:
    """What is wrong with the numbers of a round that was played to its end."""
    if each.map.lower() in rules.filler_maps:
        return "filler_map"
    if any(player.is_bot for player in each.players):
        return "bots"
    if each.seconds is not None and each.seconds < rules.min_seconds:
        return "too_short"
    return None
