"""Servers and their upload tokens."""

from __future__ import annotations

import pytest

from slomix.identity.servers import (
    ServerError,
    add_server,
    create_token,
    list_servers,
    revoke_tokens,
    server_of_token,
)
from slomix.storage.database import Database


async def test_a_token_names_its_server(db: Database) -> None:
    async with db.transaction() as tx:
        server = await add_server(tx, " Pub 1 ")
        token = await create_token(tx, "Pub 1")
    assert await server_of_token(db, token) == server
    assert server.name == "Pub 1"
    for wrong in ("", token[:-1], token + "a", "\udcff"):
        assert await server_of_token(db, wrong) is None
    stored = await db.fetchrow("select token_hash, last_used_at from slomix.server_token")
    assert token.encode() not in bytes(stored["token_hash"])
    assert stored["last_used_at"] is not None


async def test_a_revoked_token_opens_nothing(db: Database) -> None:
    async with db.transaction() as tx:
        await add_server(tx, "Pub")
        old = await create_token(tx, "Pub")
        assert await revoke_tokens(tx, "Pub") == 1
        new = await create_token(tx, "Pub")
    assert await server_of_token(db, old) is None
    assert await server_of_token(db, new) is not None
    (line,) = await list_servers(db)
    assert (line.name, line.tokens, line.rounds) == ("Pub", 1, 0)


async def test_a_server_is_added_once_and_named_well(db: Database) -> None:
    async with db.transaction() as tx:
        await add_server(tx, "Pub")
    for name in ("Pub", "", "  ", "a\nb"):
        with pytest.raises(ServerError):
            async with db.transaction() as tx:
                await add_server(tx, name)
    with pytest.raises(ServerError, match="servers add"):
        async with db.transaction() as tx:
            await create_token(tx, "Other")
