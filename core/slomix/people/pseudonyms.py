"""Strangers for people who are forgotten, and how their old files are known again without keeping their GUID.

Of a forgotten key a slow, salted hash (scrypt) is kept with the key that stands for it: a GUID has only 32 bits, so a
quick hash would tell it to anybody with a day of patience.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from slomix.identity import ids
from slomix.nouns import Person, Stranger

if TYPE_CHECKING:
    from slomix.storage.database import Connection

#: No hexadecimal digit: a GUID of the game never begins so.
PREFIX = "GONE"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

SALT = "select salt from slomix.forgotten limit 1"
TAKEN = "select key from slomix.forgotten where key = any($1)"
REMEMBER = """
insert into slomix.forgotten (digest, salt, key)
select digest, $2, key from unnest($1::bytea[], $3::text[]) as t (digest, key)
on conflict (digest) do update set forgotten_at = now(), key = excluded.key
"""
KNOWN = "select digest, key from slomix.forgotten where digest = any($1) and forgotten_at > $2"


async def invent(tx: Connection, person: Person) -> Stranger:
    """Somebody who was never there, with as many keys as the person."""
    while True:
        keys = {key: PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(4)) for key in person.keys}
        taken = await tx.fetch(TAKEN, list(keys.values()))
        if not taken and len(set(keys.values())) == len(keys):
            break
    first = next(iter(keys.values()), PREFIX + secrets.token_hex(2).upper())
    return stand_in(person, keys, first)


def stand_in(person: Person, keys: dict[str, str], first: str) -> Stranger:
    """The stranger whose first key this is."""
    return Stranger(person=person, player_id=ids.player_id(first), name=f"forgotten {first[len(PREFIX) :]}", keys=keys)


async def remember(tx: Connection, stranger: Stranger) -> None:
    """Know the old files of the forgotten keys again."""
    if not stranger.keys:
        return
    salt = await tx.fetchval(SALT) or secrets.token_bytes(16)
    digests = await _digests(salt, stranger.keys)
    await tx.execute(REMEMBER, digests, salt, list(stranger.keys.values()))


async def strangers(tx: Connection, keys: Iterable[str], played_at: datetime) -> dict[str, str]:
    """Which of these keys are of people who were forgotten after `played_at`, with the keys that stand for them."""
    asked = [key for key in keys if not key.startswith(PREFIX)]
    salt = await tx.fetchval(SALT)
    if salt is None or not asked:
        return {}
    digests = await _digests(salt, asked)
    known = {row["digest"]: row["key"] for row in await tx.fetch(KNOWN, digests, played_at)}
    return {key: known[digest] for key, digest in zip(asked, digests, strict=True) if digest in known}


async def _digests(salt: bytes, keys: Iterable[str]) -> Sequence[bytes]:
    # 20 ms each: in a thread, which scrypt leaves the interpreter to
    return [await asyncio.to_thread(_digest, salt, key) for key in keys]


@lru_cache(maxsize=4096)
def _digest(salt: bytes, key: str) -> bytes:
    return hashlib.scrypt(key.encode(), salt=salt, n=1 << 13, r=8, p=1, dklen=32)
