"""What availability keeps about a person: answers and wishes. Rows are of Discord accounts, so a merge of players
changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from slomix.contrib import People

if TYPE_CHECKING:
    from slomix.nouns import Person, Stranger
    from slomix.storage.database import Connection

_ANSWERS = "select day, status, answered_at from availability.answer where person = $1 order by day"
_WISH = "select enough, reminders, threshold from availability.wish where person = $1"
_FORGET = ("delete from availability.answer where person = $1", "delete from availability.wish where person = $1")


def people() -> People:
    """For `register_people`."""

    async def export(tx: Connection, person: Person) -> Mapping[str, Any]:
        answers = await tx.fetch(_ANSWERS, person.discord_id)
        wish = await tx.fetchrow(_WISH, person.discord_id)
        return {
            "answers": [
                {"day": row["day"].isoformat(), "status": row["status"], "answered_at": row["answered_at"].isoformat()}
                for row in answers
            ],
            "direct_messages": dict(wish) if wish else None,
        }

    async def forget(tx: Connection, stranger: Stranger) -> None:
        for statement in _FORGET:
            await tx.execute(statement, stranger.person.discord_id)

    async def move(tx: Connection, keys: tuple[str, ...], from_player: str, to_player: str) -> None:
        """Nothing here is a player's."""

    return People(export=export, forget=forget, move=move)
