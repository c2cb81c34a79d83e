"""Rounds as the other common Lua script posts them: JSON with the engine's own line of numbers per player.

Two generations (`stats_version` from 2.0.0 on, else the first) become one `StatsFile`. The numbers count on into round
2, as those of stats files do; a player's time is not among them and is that of the round.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from slomix.errors import BadArtifact, EmptyArtifact
from slomix.names import clean_name
from slomix.nouns import RoundSighting
from slomix_stats import layout
from slomix_stats.inputs import texts
from slomix_stats.inputs.engine_line import parse_engine_line
from slomix_stats.inputs.peer_events import Deeds, deeds_of
from slomix_stats.record import TEAM_SIDES, PlayerRecord, StatsFile
from slomix_stats.record import sighting as sighting_of_file
from slomix_stats.times import parse_time

#: Raise it whenever the parser reads more, or reads something otherwise.
PEER_VERSION = 1

_NAME = re.compile(r"(?:game)?stats-.+-(\d{4}-\d{2}-\d{2}-\d{6})-.+-round-\d+\.json", re.ASCII | re.IGNORECASE)
_KEYS = (b'"round_info"', b'"player_stats"', b'"stats_version"', b'"gamelog"')
_CODE = b"\\u{"
_CODED = re.compile(rb"(?<!\\)((?:\\\\)*)\\u\{")
_BYTES = re.compile(r"(?:\\u\{[0-9a-fA-F]{1,2}\})+")
_PRIVATE = re.compile(rb'("(?:message|vsay_text|pw|password|rcon|token)"\s*:\s*)"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_MOST_PEOPLE = 64
_LONGEST_NAME = 100
_MOST_NUMBERS = 400
_OVER_LIMIT_MS = 15_000
_PREFIX = 8


class _RoundInfo(msgspec.Struct, frozen=True):
    """What is read of `round_info`; the long lists in it are skipped."""

    servername: Any = None
    config: Any = None
    mapname: Any = None
    round: Any = None
    defenderteam: Any = None
    winnerteam: Any = None
    timelimit: Any = None
    nextTimeLimit: Any = None  # noqa: N815 - the producer's name
    round_start: Any = None
    round_end: Any = None
    round_start_unix: Any = None
    round_end_unix: Any = None
    matchID: Any = None  # noqa: N815 - the producer's name


class _Event(msgspec.Struct, frozen=True):
    """What is read of an event of the game log."""

    label: Any = None
    leveltime: Any = None
    player: Any = None
    victim: Any = None


class _Peer(msgspec.Struct, frozen=True):
    round_info: _RoundInfo
    player_stats: dict[str, dict[str, Any]] | list[Any]
    gamelog: list[_Event] | dict[str, Any] = []


_decode = msgspec.json.Decoder(_Peer).decode


def sniff(name: str, head: bytes) -> float:
    """How sure it is that this is such a round: by what is in it, or by its name."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return 0.0
    if any(key in head for key in _KEYS):
        return 0.9
    return 0.7 if _NAME.fullmatch(name) else 0.0


def kept(data: bytes) -> bytes:
    """The file without chat and passwords, also where it is damaged."""
    return _PRIVATE.sub(rb'\1""', data)


def sighting(record: StatsFile) -> RoundSighting:
    """Which round it is of. A stats file of the same round knows better: its end is the round's for good."""
    seen = sighting_of_file(record)
    return replace(seen, exact=False, aborted=record.target_s > record.limit_s + _OVER_LIMIT_MS // 1000)


def parse(name: str, data: bytes) -> StatsFile:
    """Read a posted round; raises `BadArtifact` with the reason to quarantine it, `EmptyArtifact` without players."""
    found = _read(data)
    info = found.round_info
    number = texts.round_number(info.round)
    map_name = texts.map_name(_text(info.mapname, "mapname"))
    limit_s, target_s = _time(info.timelimit, "timelimit"), _time(info.nextTimeLimit, "nextTimeLimit")
    if not 0 < limit_s <= 24 * 3600:
        raise BadArtifact("impossible_value", f"a time limit of {limit_s} s")
    defender, winner = texts.side(info.defenderteam, "defenderteam"), texts.side(info.winnerteam, "winnerteam")
    played_s = _played_s(info, limit_s)
    events = found.gamelog if isinstance(found.gamelog, list) else []
    start, end = (texts.number(each, "a level time", 1e12) for each in (info.round_start, info.round_end))
    deeds = deeds_of(((each.label, each.leveltime, each.player, each.victim) for each in events), start, end)
    made_it = defender is not None and winner is not None and defender != winner
    host = _text(info.servername, "servername") or ""
    return StatsFile(
        host_raw=host,
        host=clean_name(host),
        config=_text(info.config, "config") or "",
        map=map_name,
        number=number,
        ended_local=_ended(info, name),
        defender=defender,
        winner=winner,
        limit_s=limit_s,
        target_s=target_s,
        # A pause is in it, and not in the time that the attackers needed.
        measured_s=None if made_it else played_s,
        header_fields=0,
        layout=layout.ENGINE_LINE,
        players=_players(found.player_stats, number, target_s if made_it else played_s or limit_s, deeds),
    )


def _read(data: bytes) -> _Peer:
    plain = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return _decode(_CODED.sub(rb"\1\\\\u{", plain) if _CODE in plain else plain)
    except msgspec.ValidationError as error:
        raise BadArtifact("bad_header", f"no round of such a script: {error}"[:200]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadArtifact("truncated" if "truncated" in str(error) else "not_text", f"no JSON: {error}"[:200]) from None


def _text(value: Any, what: str) -> str | None:
    found = texts.text({what: value}, what)
    return None if found is None else _decoded(found)


def _decoded(value: str) -> str:
    """Bytes that the producer wrote as `\\u{c3}` are what they were."""

    def plain(found: re.Match[str]) -> str:
        raw = bytes(int(code, 16) for code in re.findall(r"[0-9a-fA-F]+(?=\})", found[0]))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    return _BYTES.sub(plain, value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _time(value: Any, what: str) -> int:
    try:
        return parse_time(value if isinstance(value, str) else str(value))
    except ValueError as error:
        raise BadArtifact("bad_header", f"{what}: {error}") from None


def _played_s(info: _RoundInfo, limit_s: int) -> float | None:
    """Seconds from the start to the end by the level's clock; None where that is no time of this round."""
    start, end = (texts.number(each, "a level time", 1e12) for each in (info.round_start, info.round_end))
    if start is None or end is None or not 0 < end - start <= limit_s * 1000 + _OVER_LIMIT_MS:
        return None
    return (end - start) / 1000


def _ended(info: _RoundInfo, name: str) -> datetime:
    """Real time where the file has it, else the wall clock in its name."""
    ended = texts.moment(info.round_end_unix, "round_end_unix")
    if ended is not None:
        return ended
    named = _NAME.fullmatch(name)
    if named is None:
        raise BadArtifact("bad_header", "round_end_unix is missing, and the file's name has no time")
    try:
        local = datetime.strptime(named[1], "%Y-%m-%d-%H%M%S")  # noqa: DTZ007 - the server's wall clock
    except ValueError as error:
        raise BadArtifact("bad_name", f"no such date or time: {error}") from None
    texts.moment(local.replace(tzinfo=UTC).timestamp(), "the time in the name")
    return local


def _players(
    stats: dict[str, dict[str, Any]] | list[Any], number: int, played_s: float, deeds: dict[str, Deeds]
) -> list[PlayerRecord]:
    if isinstance(stats, list):
        if stats:
            raise BadArtifact("bad_line", "player_stats is a list")
        raise EmptyArtifact("a round without a player")
    if len(stats) > _MOST_PEOPLE:
        raise BadArtifact("impossible_value", f"{len(stats)} players")
    found: dict[str, PlayerRecord] = {}
    for at, (guid, each) in enumerate(stats.items(), start=1):
        known = deeds.get(guid.upper(), Deeds())
        player = _player(guid, each, known, number=number, played_s=played_s, at=at)
        if player is None:
            continue
        if player.key in found:
            raise BadArtifact("duplicate_guid", f"{player.guid} is there twice", line=at)
        found[player.key] = player
    if not found:
        raise EmptyArtifact("a round without a player")
    return list(found.values())


def _player(
    guid: str, each: dict[str, Any], deeds: Deeds, *, number: int, played_s: float, at: int
) -> PlayerRecord | None:
    """One player; None for somebody who never fired and never died."""
    numbers = texts.children(each, "weaponStats", _MOST_NUMBERS)
    if not numbers:
        return None
    name = _text(each.get("name"), "name") or ""
    if len(name) > _LONGEST_NAME:
        raise BadArtifact("bad_line", f"a name of {len(name)} characters", line=at)
    counter = texts.whole(each.get("rounds"), "rounds", 10_000)
    team = texts.whole(each.get("team"), "team", len(TEAM_SIDES) - 1)
    seconds = played_s if deeds.seconds is None else min(played_s, deeds.seconds)
    return parse_engine_line(
        guid=(texts.text(each, "guid", 64) or guid)[:_PREFIX],
        name=name,
        # Where the script does not say, a player who stayed has one more than in round 1.
        counter=number - 1 if counter is None else counter,
        team=team or 0,
        numbers=numbers,
        more={layout.TIME_PLAYED_MINUTES: round(seconds / 6), **_objectives(each, deeds.counts)},
        line=at,
    )


#: Fields of a player's line, by the producer's name for what he did.
_OBJECTIVES = {
    "obj_taken": layout.OBJECTIVES_STOLEN,
    "obj_returned": layout.OBJECTIVES_RETURNED,
    "obj_planted": layout.DYNAMITES_PLANTED,
    "obj_defused": layout.DYNAMITES_DEFUSED,
    "obj_repaired": layout.REPAIRS,
}


def _objectives(each: dict[str, Any], counts: Counter[str] | None) -> dict[int, int]:
    """Objectives of this round, and the revives where the game log has them."""
    found = {field: len(texts.child(each, name)) for name, field in _OBJECTIVES.items() if name in each}
    if counts is not None:
        found[layout.REVIVES_GIVEN] = counts["revive"]
        found[layout.TIMES_REVIVED] = counts["revived"]
    return found
