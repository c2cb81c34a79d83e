"""Checks of one round: its file, and its numbers after round 1 was taken away."""

from __future__ import annotations

from collections.abc import Iterator

from slomix_stats.derive.model import Finding, PlayerInput, RoundDerived, RoundInput, Severity
from slomix_stats.layout import TIME_DEAD_MINUTES
from slomix_stats.record import PlayerRecord, StatsFile

#: Playing times have a resolution of six seconds at either end.
TIME_SLACK_S = 12
_OVER_LIMIT_S = 15
_KD = 26
#: Scripts with nine header fields count dead time right.
_HONEST_HEADER = 9
_RESET = frozenset({"reconnected", "negative_differential"})

_EXCLUDED: dict[str, tuple[str, str]] = {
    "aborted": ("V1", "A shutdown cut the round short; it counts for nothing."),
    "orphan_r2": ("V2", "Round 1 is missing, so the numbers are those of both rounds; left out until it arrives."),
    "cancelled": ("V3", "The same people started the map again; this start counts for nothing."),
    "bots": ("V4", "Bots played; left out of everything that compares people."),
    "filler_map": ("V5", "The map only fills time (setting stats.filler_maps); left out."),
    "too_short": ("V6", "The round took a few seconds only; left out."),
    "manual": ("V7", "Somebody decided that the round does not count."),
}


def check_round(each: RoundInput, stood: RoundDerived, absent: bool) -> Iterator[Finding]:
    """Findings of a round. `absent`: somebody of its round 1 is not in its file at all.

    Where round 1 is missing, whoever left after it may be missing too.
    """
    if stood.invalid_reason is not None:
        code, text = _EXCLUDED[stood.invalid_reason]
        yield _found(each, code, "invalid", text)
    if stood.status == "substitution":
        yield _found(each, "S1", "info", "The map was started again with other people; this start counts for its"
                     " players, not for the score.")  # fmt: skip
    if stood.status == "unfinished":
        yield _found(each, "S1", "info", "Another map followed before round 2; the round counts for its players, the"
                     " map for no score.")  # fmt: skip
    if stood.status == "aborted":
        return
    if each.file is not None:
        yield from _check_file(each, each.file)
    yield from _check_balance(each, absent or stood.status == "orphan_r2")
    for player in each.players:
        yield from _check_player(each, player, both_rounds=stood.status == "orphan_r2")


def _check_file(each: RoundInput, file: StatsFile) -> Iterator[Finding]:
    if file.target_s > file.limit_s:
        yield _found(each, "F8", "warn", f"The target of {file.target_s} s is above the limit of {file.limit_s} s, as"
                     " in files of rounds that were cut short.")  # fmt: skip
    if file.defender is None or file.winner is None:
        missing = "who defended" if file.defender is None else "who won"
        yield _found(each, "F9", "warn", f"The header does not say {missing}; the outcome is told by the times, or"
                     " unknown.")  # fmt: skip
    played = {player.key: player for player in each.players}
    for line in file.players:
        player = played.get(line.key)
        if player is None:
            continue
        yield from _check_dead_time(each, file, line, player)
        if not _agrees(line):
            text = "The game counts other kills per death than the weapons say (kills without a weapon, or after the"
            yield _found(each, "F11", "warn", f"{text} last save); the weapons are what counts.", player)


def _check_dead_time(each: RoundInput, file: StatsFile, line: PlayerRecord, player: PlayerInput) -> Iterator[Finding]:
    dead_s = (line.values[TIME_DEAD_MINUTES] or 0) * 6
    if dead_s <= player.time_played_s + TIME_SLACK_S:
        return
    if file.header_fields < _HONEST_HEADER:
        yield _found(each, "F11", "info", f"{dead_s} s dead in {player.time_played_s} s played: scripts before"
                     " version 8 add dead time again and again, so it is never shown.", player)  # fmt: skip
    else:
        yield _found(each, "F11", "warn", f"{dead_s} s dead in {player.time_played_s} s played: paused time is in one"
                     " of them; dead time shown is what was not alive.", player)  # fmt: skip


def _agrees(line: PlayerRecord) -> bool:
    """Whether the engine's kills per death are those of the weapons, give or take one kill and one death."""
    said = line.values[_KD]
    if said is None:
        return True
    ratio, kills, deaths = said / 10, sum(line.weapons[2::5]), sum(line.weapons[3::5])
    for k in (kills, kills - 1, kills + 1):
        for d in (deaths, deaths - 1, deaths + 1):
            if abs((k / d if d > 0 else k + 1) - ratio) < 0.051 or (d <= 0 and abs(k - ratio) < 0.051):
                return True
    return False


def _check_balance(each: RoundInput, absent: bool) -> Iterator[Finding]:
    """Sums over the round: what one side did is what the other suffered."""
    players = each.players
    reason = _loss(each, absent)
    kills = sum(player.kills for player in players)
    deaths = sum(player.deaths for player in players)
    if kills != deaths:
        yield _lost(each, "R1", f"{kills} kills and {deaths} deaths", reason)
    given = sum(player.damage_given for player in players)
    received = sum(player.damage_received for player in players)
    if given != received:
        yield _lost(each, "R2", f"{given} damage given and {received} received", reason)
    known = [
        (player.revives_given, player.times_revived)
        for player in players
        if player.revives_given is not None and player.times_revived is not None
    ]
    revives, revived = sum(one for one, _ in known), sum(other for _, other in known)
    if len(known) == len(players) and revives != revived:
        text = reason or "somebody left with them, or the script missed some; revives are the script's own count"
        yield _found(each, "R3", "warn", f"{revives} revives given and {revived} received: {text}.")


def _lost(each: RoundInput, code: str, text: str, reason: str | None) -> Finding:
    if reason is None:
        return _found(each, code, "invalid", f"{text}, and nothing explains it.")
    return _found(each, code, "warn", f"{text}: {reason}.")


def _loss(each: RoundInput, absent: bool) -> str | None:
    """Why numbers of the round may be lost, if there is a reason."""
    if any(_RESET & set(player.flags) for player in each.players):
        return "somebody reconnected, and what he did before is lost"
    longest = max((player.time_played_s for player in each.players), default=0)
    if any(longest - player.time_played_s > TIME_SLACK_S for player in each.players):
        return "somebody was not there all the time, and what he did before he reconnected or as he left is lost"
    return "who left after round 1 is not in the file, and his numbers with him" if absent else None


def _check_player(each: RoundInput, player: PlayerInput, *, both_rounds: bool) -> Iterator[Finding]:
    heads = player.headshot_kills
    if heads is not None and heads > player.kills + player.team_kills:
        severity: Severity = "warn" if _RESET & set(player.flags) else "invalid"
        yield _found(each, "F11", severity, f"{heads} kills by headshot among {player.kills} kills and"
                     f" {player.team_kills} of team mates.", player)  # fmt: skip
    if player.times_revived is not None and player.times_revived > player.deaths + player.self_kills:
        yield _found(each, "R4", "info", f"Revived {player.times_revived} times, with {player.deaths} deaths and"
                     f" {player.self_kills} self kills: deaths by team mates and by the map are in neither.",
                     player)  # fmt: skip
    if "negative_differential" in player.flags:
        yield _found(each, "R5", "invalid", "A counter fell from round 1 to round 2 though the player stayed; his"
                     " numbers are those of the file.", player)  # fmt: skip
    if "reconnected" in player.flags:
        yield _found(each, "R5", "info", "Reconnected since round 1: counters began again, and the file's numbers are"
                     " this round's.", player)  # fmt: skip
    if player.side == "spectator":
        yield _found(each, "R7", "info", "Had left his team when the round was saved; what he did counts.", player)
    if not both_rounds:
        yield from _check_time(each, player)


def _check_time(each: RoundInput, player: PlayerInput) -> Iterator[Finding]:
    if each.seconds is None:
        return
    if each.limit_s is not None and player.time_played_s > each.limit_s + _OVER_LIMIT_S:
        yield _found(each, "R7", "warn", f"Played {player.time_played_s} s of a round with a limit of {each.limit_s} s:"
                     " pauses or the warm-up are in it.", player)  # fmt: skip
    elif player.time_played_s < each.seconds - TIME_SLACK_S:
        how = "joined in round 2" if "joined_r2" in player.flags else "came late or left early"
        yield _found(each, "R7", "info", f"Played {player.time_played_s} of {each.seconds:.0f} s: {how}.", player)


def _found(each: RoundInput, code: str, severity: Severity, text: str, player: PlayerInput | None = None) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        text=text,
        round_id=each.round_id,
        match_id=each.match_id,
        player_id=None if player is None else player.player_id,
    )
