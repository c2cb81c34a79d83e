"""Ids made from content, so that the order of arrival can not change them.

A round's id names its server, map, label and end. A match carries the digits of its first round and a session those
of its earliest round, so an id that a late file supersedes still says which round it meant (see `aliases`).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256


@lru_cache(maxsize=4096)
def _digits(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def server_id(name: str) -> str:
    """Id of the server of this name."""
    return "v" + _digits(name)


def server_lock(name: str) -> int:
    """Key of the advisory lock under which rounds of this server are put in their place."""
    return int(_digits(name), 16) - (1 << 63)


def round_id(server: str, map_name: str, number: int, ended_local: datetime) -> str:
    """Id of a round; `server` is the server's name, `ended_local` its wall clock without offset."""
    return "r" + _digits(f"{server}|{map_name}|{number}|{ended_local.isoformat(timespec='seconds')}")


def match_id(first_round_id: str) -> str:
    """Id of the match whose round 1 (round 2 where no round 1 is known) has this id."""
    return "m" + first_round_id[1:]


def session_id(earliest_round_id: str) -> str:
    """Id of the session that begins with this round."""
    return "s" + earliest_round_id[1:]


def player_id(key: str) -> str:
    """Id of the player whose first known key (`RosterEntry.key`) this is."""
    return "p" + _digits(key)


def round_of(match_or_session_id: str) -> str:
    """Id of the round that a match's or a session's id was made from."""
    return "r" + match_or_session_id[1:]
