"""The tables of people: applied to a database with players, undone, applied again."""

from __future__ import annotations

from slomix.storage.database import Database

PLAYER = """
insert into slomix.player (id, first_seen, last_seen, name_raw, name) values ('p1', now(), now(), '^1F^2rag', 'Frag')
"""
SHOWN = "select display, display_raw from slomix.player"


async def test_the_name_to_show_is_the_first_of_custom_chosen_linked_and_most_recent(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(PLAYER)
        assert tuple(await tx.fetchrow(SHOWN) or ()) == ("Frag", "^1F^2rag")
        for column, raw, clean in (
            ("linked_name", "frag on Discord", "frag on Discord"),
            ("chosen_name", "^3Alias", "Alias"),
            ("custom_name", "^", "^"),
            ("custom_name", "^/^?", "Frag"),
        ):
            await tx.execute(f"update slomix.player set {column} = $1", raw)
            assert tuple(await tx.fetchrow(SHOWN) or ()) == (clean, raw)
