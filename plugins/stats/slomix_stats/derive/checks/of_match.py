"""Checks of a match: whether its halves belong together, and whether its people stayed."""

from __future__ import annotations

from collections.abc import Iterator

from slomix_stats.derive.model import Finding, MatchInput, RoundInput, Severity
from slomix_stats.derive.segments import Placed

#: Longest time from the end of round 1 to that of round 2.
_WINDOW_S = 45 * 60
#: The end of a round is the time its file was written: give or take.
_CLOCK_S = 15
_SAME_PEOPLE = 0.5


def check_match(match: MatchInput, r1: RoundInput, r2: RoundInput) -> Iterator[Finding]:
    """Findings of a complete match."""
    if r1.target_s is not None and r2.limit_s is not None and r1.target_s != r2.limit_s:
        yield _found(match, "M1", "warn", f"Round 2 had a limit of {r2.limit_s} s, round 1 set {r1.target_s} s; they"
                     " were paired by time and players.")  # fmt: skip
    gap_s = (r2.ended_at - r1.ended_at).total_seconds()
    if gap_s > _WINDOW_S:
        yield _found(match, "M2", "warn", f"{gap_s / 60:.0f} minutes between the ends of both rounds.")
    elif r2.seconds is not None and gap_s < r2.seconds - _CLOCK_S:
        yield _found(match, "M2", "invalid", f"Round 2 took {r2.seconds:.0f} s but ended {gap_s:.0f} s after round 1.")
    first, second = _sides(r1), _sides(r2)
    both = first.keys() & second.keys()
    if len(both) < _SAME_PEOPLE * min(len(first), len(second)):
        yield _found(match, "M3", "warn", f"Only {len(both)} people played both rounds; who attacked is told by the"
                     " sides of each.")  # fmt: skip
    for player in sorted(both):
        if first[player] == second[player]:
            yield Finding(
                code="R6",
                severity="warn",
                text="Was on the same side in both rounds: changed teams between them.",
                round_id=r2.round_id,
                match_id=match.match_id,
                player_id=player,
            )


def check_teams(match: MatchInput, placed: Placed) -> Iterator[Finding]:
    """What became of the teams on this map."""
    if placed.roster_changed:
        text = "Somebody stands with the other team here"
        text += "; the map counts for the teams all the same." if placed.attackers else "; the map is nobody's."
        yield _found(match, "S2", "info", text)


def _sides(each: RoundInput) -> dict[str, str]:
    return {
        player.player_id: player.side
        for player in each.players
        if player.side in ("axis", "allies") and not player.is_bot
    }


def _found(match: MatchInput, code: str, severity: Severity, text: str) -> Finding:
    return Finding(code=code, severity=severity, text=text, match_id=match.match_id)
