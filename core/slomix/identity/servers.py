"""Game servers and the tokens they upload with. A token is shown once; only its hash is stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from slomix.errors import SlomixError
from slomix.identity import ids

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.storage.database import Connection

_PREFIX = "slx_"
#: As long as a host name in a stats file may be.
LONGEST_NAME = 256

ENSURE_SERVER = "insert into slomix.server (id, name) values ($1, $2) on conflict do nothing"
INSERT_SERVER = "insert into slomix.server (id, name) values ($1, $2) on conflict do nothing returning id"
FIND_SERVER = "select id, name from slomix.server where name = $1"
INSERT_CREDENTIAL = "insert into slomix.server_token (id, server_id, token_hash) values ($1, $2, $3)"
REVOKE_CREDENTIALS = """
with revoked as (
    update slomix.server_token set revoked_at = now() where server_id = $1 and revoked_at is null returning 1
)
select count(*) from revoked
"""
SERVER_OF_CREDENTIAL = """
select s.id, s.name, coalesce(t.last_used_at < now() - interval '1 minute', true) as stale
from slomix.server_token t join slomix.server s on s.id = t.server_id
where t.token_hash = $1 and t.revoked_at is null
"""
CREDENTIAL_USED = "update slomix.server_token set last_used_at = now() where token_hash = $1"
LIST_SERVERS = """
select s.name, s.created_at,
       (select count(*) from slomix.server_token t where t.server_id = s.id and t.revoked_at is null) as tokens,
       (select max(t.last_used_at) from slomix.server_token t where t.server_id = s.id) as last_upload_at,
       (select count(*) from slomix.round r where r.server_id = s.id) as rounds,
       (select max(r.ended_at) from slomix.round r where r.server_id = s.id) as last_round_at
from slomix.server s
order by lower(s.name), s.name
"""


class ServerError(SlomixError):
    """A server is not there, or is there already."""


@dataclass(frozen=True, slots=True)
class Server:
    """A game server."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLine:
    """A server in a list. `tokens` are those that still open the door."""

    name: str
    created_at: datetime
    tokens: int
    last_upload_at: datetime | None
    rounds: int
    last_round_at: datetime | None


async def add_server(tx: Connection, name: str) -> Server:
    """A new server. Raises `ServerError` when the name is empty or taken."""
    name = name.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ServerError(f"a server needs a name of 1 to {LONGEST_NAME} printable characters")
    if await tx.fetchval(INSERT_SERVER, ids.server_id(name), name) is None:
        raise ServerError(f"there is a server {name!r} already; `slomix servers list` shows it")
    return Server(ids.server_id(name), name)


async def ensure_server(tx: Connection, name: str) -> Server:
    """The server of this name, which is new where there is none. Raises `ServerError` for what is no name."""
    row = await tx.fetchrow(FIND_SERVER, name.strip())
    return Server(row["id"], row["name"]) if row is not None else await add_server(tx, name)


async def find_server(tx: Connection, name: str) -> Server:
    """The server of this name. Raises `ServerError` when there is none."""
    row = await tx.fetchrow(FIND_SERVER, name)
    if row is None:
        raise ServerError(
            f"there is no server {name!r}; `slomix servers add` makes one, `slomix servers list` shows all"
        )
    return Server(row["id"], row["name"])


async def create_token(tx: Connection, server: str) -> str:
    """A new token of the server of this name. It can not be read again later."""
    found = await find_server(tx, server)
    token = _PREFIX + secrets.token_urlsafe(32)
    await tx.execute(INSERT_CREDENTIAL, "t" + secrets.token_hex(8), found.id, _hash(token))
    return token


async def revoke_tokens(tx: Connection, server: str) -> int:
    """Close the door for all tokens of the server; returns how many there were."""
    found = await find_server(tx, server)
    return int(await tx.fetchval(REVOKE_CREDENTIALS, found.id))


async def server_of_token(db: Db, token: str) -> Server | None:
    """The server that the token belongs to; None when it is unknown or revoked."""
    row = await db.fetchrow(SERVER_OF_CREDENTIAL, _hash(token))
    if row is None:
        return None
    if row["stale"]:
        async with db.transaction(durable=False) as tx:
            await tx.execute(CREDENTIAL_USED, _hash(token))
    return Server(row["id"], row["name"])


async def list_servers(db: Db) -> list[ServerLine]:
    """All servers by name."""
    return [ServerLine(**dict(row)) for row in await db.fetch(LIST_SERVERS)]


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
