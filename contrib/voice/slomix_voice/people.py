"""What voice keeps about a person: where they are now. A merge of players changes nothing, as rows are of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from slomix.contrib import People

if TYPE_CHECKING:
    from slomix.nouns import Person, Stranger
    from slomix.storage.database import Connection

_WHERE = "select channel, since from voice.presence where person = $1"
_FORGET = "delete from voice.presence where person = $1"


def people() -> People:
    """For `register_people`."""

    async def export(tx: Connection, person: Person) -> Mapping[str, Any]:
        row = await tx.fetchrow(_WHERE, person.discord_id)
        return {"in_voice": {"channel": row["channel"], "since": row["since"].isoformat()} if row else None}

    async def forget(tx: Connection, stranger: Stranger) -> None:
        await tx.execute(_FORGET, stranger.person.discord_id)

    async def move(tx: Connection, keys: tuple[str, ...], from_player: str, to_player: str) -> None:
        """Nothing here is a player's."""

    return People(export=export, forget=forget, move=move)
