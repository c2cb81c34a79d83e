"""A parsed stats file, exactly as it says, before anything is derived."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import msgspec

from slomix.nouns import RosterEntry, RoundSighting, Side
from slomix_stats import layout

#: Raise it whenever the parser reads more, or reads something otherwise: `slomix ingest retry` looks at it.
PARSER_VERSION = 1

#: Numbers per weapon slot: hits, shots, kills, deaths, headshot hits.
WEAPON_NUMBERS = 5

#: The clock of a target may run over the limit by a few seconds.
_OVER_LIMIT_S = 15

TEAM_SIDES: tuple[Side | None, ...] = (None, "axis", "allies", "spectator")


@lru_cache(maxsize=8192)
def weapon_slots(mask: int) -> tuple[int, ...]:
    """The bits of a weapon mask, ascending."""
    return tuple(slot for slot in range(mask.bit_length()) if mask >> slot & 1)


class PlayerRecord(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One player line. `weapons` holds five numbers per bit of `mask`, ascending; `values` is indexed by
    `slomix_stats.layout` (tenths where the file has a decimal, None where the layout lacks the field)."""

    key: str
    guid: str
    name_raw: str
    name: str
    is_bot: bool
    guid_missing: bool
    counter: int
    team: int
    mask: int
    weapons: list[int]
    values: list[int | None]

    def value(self, number: int) -> int:
        """A field that every layout has."""
        value = self.values[number]
        assert value is not None
        return value

    @property
    def time_played_s(self) -> int:
        """Seconds on a team, counted on from round 1 in round 2 (the file's resolution is 6 s)."""
        return self.value(layout.TIME_PLAYED_MINUTES) * 6

    def slots(self) -> tuple[int, ...]:
        """The weapon slots of the line, in the order of `weapons`."""
        return weapon_slots(self.mask)


class StatsFile(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One stats file. `target_s` is what the header calls the next time limit: 0 where the script wrote `0:00`.
    `measured_s` is the ninth header field in seconds, None where it is missing or says nothing."""

    host_raw: str
    host: str
    config: str
    map: str
    number: int
    ended_local: datetime
    defender: Side | None
    winner: Side | None
    limit_s: int
    target_s: int
    measured_s: float | None
    header_fields: int
    layout: int
    players: list[PlayerRecord]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(StatsFile)


def pack(record: StatsFile) -> bytes:
    """The record as bytes, for `stats.round.raw`."""
    return _ENCODER.encode(record)


def unpack(raw: bytes) -> StatsFile:
    """The record of `pack`."""
    return _DECODER.decode(raw)


def sighting(record: StatsFile) -> RoundSighting:
    """Which round the file is of.

    A file labelled 2 in which nobody's session counter moved is an aborted round 1: the game toggles the label when
    a round ends, so the fallback at map change or server stop writes the other one. Where the same map was played
    before, counters had moved; what such a file calls its target is then a time above its limit.
    """
    return RoundSighting(
        server_hint=record.host or None,
        map=record.map,
        number=record.number,
        ended_local=record.ended_local,
        exact=True,
        limit_s=record.limit_s,
        target_s=record.target_s,
        defender=record.defender,
        winner=record.winner,
        aborted=record.target_s > record.limit_s + _OVER_LIMIT_S
        or (record.number == 2 and all(player.counter == 0 for player in record.players)),
        roster=tuple(
            RosterEntry(p.key, p.guid, p.name_raw, TEAM_SIDES[p.team], p.counter, p.is_bot) for p in record.players
        ),
    )
